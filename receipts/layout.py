"""Where everything on a receipt stands: text is broken and shrunk until it fits, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from ledger.errors import Refused
from receipts import page as words
from receipts.page import Label, Page, written_date

WIDTH_MM = 210.0
HEIGHT_MM = 140.0
POINT_MM = 25.4 / 72
SMALLEST_PT, STEP_PT = 4.5, 0.25
LEADING = 1.28
"""Distance of two baselines in sizes of the type."""

MIDDLE = 0.37
"""How far the middle of an ideograph lies above the baseline, in sizes of the type."""

_OPENING = r"[（《〈“‘「『【〔]*"
_CLOSING = r"[，。、；：？！）》〉”’」』】〕…]*"
_UNBROKEN = re.compile(f"{_OPENING}(?:[!-~¡-ɏͰ-ӿ]+|.){_CLOSING} *", re.DOTALL)

Advance = Callable[[str], float]
"""The width of a text, in sizes of its type."""

Piece = tuple[str, float]
"""What stays together on a line, and its width."""


class TextDoesNotFit(Refused):
    """A text is too long for its place on the receipt, even at the smallest size."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{len(text)} characters do not fit their place on the receipt: shorten {text[:24]!r}"
        )


class Box(NamedTuple):
    """A place on the page in millimetres from its top left corner."""

    left: float
    top: float
    width: float
    height: float


class Style(NamedTuple):
    """How a text is set: largest size in points, most lines, colour, weight, alignment."""

    size: float
    lines: int = 9
    ink: str = "ink"
    heavy: bool = False
    align: float = 0.0


class Run(NamedTuple):
    """One line of text: its start on the baseline in millimetres, its size in points, its box."""

    text: str
    left: float
    baseline: float
    size: float
    style: Style
    box: Box


@dataclass(frozen=True, slots=True)
class Sheet:
    """All marks of one receipt, in the order in which they are painted and read."""

    fills: list[tuple[Box, str]] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)


QR_BOX = Box(166, 7, 34, 34)

_TOPS = (46.0, 56.0, 64.5, 72.5, 80.0, 95.0, 107.5, 116.5)
"""Where the rows of the table begin, and where the last one ends."""

_LEFT, _VALUE, _SECOND, _SECOND_VALUE, _RIGHT = 10.0, 36.0, 114.0, 138.0, 200.0
_WHOLE = (_LEFT, _VALUE, _RIGHT)
_HALF = (_LEFT, _VALUE, _SECOND)
_OTHER_HALF = (_SECOND, _SECOND_VALUE, _RIGHT)
_ACROSS = _RIGHT - _LEFT
_PADDING = 0.8

_TITLE = Style(19, lines=1, ink="accent", heavy=True)
_LABEL = Style(8.5, lines=1, ink="accent")
_ENGLISH = Style(5.5, lines=1, ink="grey")
_PLAIN = Style(9.5)
_NAME = Style(11)
_DIGITS = Style(12, lines=1, heavy=True)
_IN_WORDS = Style(13, lines=2, heavy=True)
_IN_FIGURES = Style(15, lines=1, heavy=True)
_ON_ACCENT = Style(10.5, lines=1, ink="white", heavy=True)
_PROSE = Style(9)
_TAG = Style(6, lines=1, ink="grey")
_NOTE = Style(7.5, ink="grey")
_SMALL = Style(6.5, lines=2, ink="grey")


def lay_out(page: Page, advance: Advance) -> Sheet:
    """Place everything of `page`; raise `TextDoesNotFit` for what no size makes fit its box."""
    composer = _Composer(Sheet(), advance)
    _head(composer, page)
    _parties(composer, page)
    _amount(composer, page)
    _notes(composer, page)
    _foot(composer, page)
    return composer.sheet


def fit(text: str, box: Box, style: Style, advance: Advance) -> list[Run]:
    """Set `text` in `box` at the largest size that holds it whole, centred from top to bottom."""
    pieces = [(piece, advance(piece)) for piece in _UNBROKEN.findall(text)]
    size = style.size
    while size >= SMALLEST_PT:
        em = size * POINT_MM
        lines = _broken(_cut(pieces, box.width / em, advance), box.width / em)
        if len(lines) <= style.lines and len(lines) * LEADING * em <= box.height:
            return list(_placed(lines, size, box, style, advance))
        size -= STEP_PT
    raise TextDoesNotFit(text)


def _placed(
    lines: list[str], size: float, box: Box, style: Style, advance: Advance
) -> Iterator[Run]:
    em = size * POINT_MM
    middle = box.top + (box.height - (len(lines) - 1) * LEADING * em) / 2
    for count, line in enumerate(lines):
        if line:
            left = box.left + (box.width - advance(line) * em) * style.align
            baseline = middle + (count * LEADING + MIDDLE) * em
            yield Run(line, left, baseline, size, style, box)


def _broken(pieces: Iterable[Piece], room: float) -> list[str]:
    """Break before ideographs and words, never before closing nor after opening marks."""
    lines, line, used = [], "", 0.0
    for piece, width in pieces:
        if line and used + width > room:
            lines.append(line.rstrip(" "))
            line, used = "", 0.0
        line += piece
        used += width
    return [*lines, line.rstrip(" ")]


def _cut(pieces: Iterable[Piece], room: float, advance: Advance) -> Iterator[Piece]:
    """Take a word apart that is wider than a whole line."""
    for piece, width in pieces:
        if width > room:
            yield from ((char, advance(char)) for char in piece)
        else:
            yield piece, width


@dataclass(frozen=True, slots=True)
class _Composer:
    """A sheet being filled, and the typeface's widths."""

    sheet: Sheet
    advance: Advance

    def put(self, text: str, box: Box, style: Style) -> None:
        self.sheet.runs.extend(fit(text, box, style, self.advance))

    def fill(self, box: Box, ink: str) -> None:
        self.sheet.fills.append((box, ink))

    def entry(
        self,
        row: int,
        columns: tuple[float, float, float],
        label: Label,
        value: str,
        style: Style = _PLAIN,
    ) -> None:
        """Put a label on its tinted cell, and its value beside it."""
        left, middle, right = columns
        top, height = _TOPS[row], _TOPS[row + 1] - _TOPS[row]
        self.fill(Box(left, top, middle - left, height), "tint")
        centre, inner = top + height / 2, middle - left - 3
        self.put(label.zh, Box(left + 2, centre - 3.3, inner, 3.9), _LABEL)
        self.put(label.en, Box(left + 2, centre + 0.6, inner, 2.6), _ENGLISH)
        room = Box(middle + 3, top + _PADDING, right - middle - 5, height - 2 * _PADDING)
        self.put(value, room, style)


def _head(composer: _Composer, page: Page) -> None:
    composer.fill(Box(0, 0, WIDTH_MM, 2.4), "accent")
    composer.put(page.title.zh, Box(_LEFT, 8, 150, 9.5), _TITLE)
    composer.put(page.title.en, Box(_LEFT, 17.5, 150, 4), Style(8, 1, "grey"))
    facts = (
        (words.CODE, page.code),
        (words.NUMBER, page.number),
        (words.CHECK_CODE, page.check_code),
        (words.ISSUED_ON, written_date(page.issued_on)),
    )
    for count, (label, value) in enumerate(facts):
        left = _LEFT + count * 38
        composer.fill(Box(left, 27, 0.6, 13), "accent")
        composer.put(f"{label.zh} {label.en}", Box(left + 2.4, 27, 34, 4.5), Style(7, 1, "grey"))
        composer.put(value, Box(left + 2.4, 32.5, 34, 7), _DIGITS)
    caption = Box(QR_BOX.left, 41.4, QR_BOX.width, 3.2)
    composer.put(f"{words.SCAN.zh} {words.SCAN.en}", caption, Style(6, 1, "grey", align=0.5))


def _parties(composer: _Composer, page: Page) -> None:
    composer.entry(0, _WHOLE, words.PAYER, page.payer, _NAME)
    composer.entry(1, _HALF, words.RECIPIENT, page.recipient)
    composer.entry(1, _OTHER_HALF, words.RECIPIENT_USCC, page.recipient_uscc)
    composer.entry(2, _HALF, words.ITEM, page.item)
    composer.entry(2, _OTHER_HALF, words.FUND, page.fund)
    composer.entry(3, _HALF, words.GIFT_ON, written_date(page.gift_on))
    composer.entry(3, _OTHER_HALF, words.HANDLER, page.handler)


def _amount(composer: _Composer, page: Page) -> None:
    top, height = _TOPS[4], _TOPS[5] - _TOPS[4]
    composer.fill(Box(_VALUE, top, _RIGHT - _VALUE, height), "tint")
    composer.fill(Box(_LEFT, top, _VALUE - _LEFT, height), "accent")
    composer.put(words.AMOUNT.zh, Box(_LEFT + 2, top + 2.6, 22, 5.5), _ON_ACCENT)
    composer.put(words.AMOUNT.en, Box(_LEFT + 2, top + 8.1, 22, 3.5), Style(6.5, 1, "white"))
    _in_words(composer, page, top)
    _in_figures(composer, page, top)


def _in_words(composer: _Composer, page: Page, top: float) -> None:
    left, width = _VALUE + 3, _SECOND - _VALUE - 5
    tag = f"{words.IN_WORDS.zh} {words.IN_WORDS.en}"
    composer.put(tag, Box(left, top + 1, width, 2.9), _TAG)
    composer.put(page.amount_in_words, Box(left, top + 3.9, width, 10.6), _IN_WORDS)


def _in_figures(composer: _Composer, page: Page, top: float) -> None:
    left, width = _SECOND + 2, _RIGHT - _SECOND - 4
    tag = f"{words.IN_FIGURES.zh} {words.IN_FIGURES.en}"
    composer.put(tag, Box(left, top + 1, width, 2.9), _TAG)
    height = 6.6 if page.original else 10.6
    composer.put(page.amount_in_figures, Box(left, top + 3.9, width, height), _IN_FIGURES)
    if page.original:
        text = f"{words.ORIGINAL.zh} {words.ORIGINAL.en}：{page.original}"
        composer.put(text, Box(left, top + 10.5, width, 4), _NOTE)


def _notes(composer: _Composer, page: Page) -> None:
    composer.entry(5, _WHOLE, words.REMARK, page.remark, _PROSE)
    composer.entry(6, _WHOLE, words.ELIGIBILITY, page.eligibility, _PROSE)
    composer.sheet.rules.extend(Box(_LEFT, top, _ACROSS, 0) for top in _TOPS)


def _foot(composer: _Composer, page: Page) -> None:
    label = f"{words.LOG_PROOF.zh} {words.LOG_PROOF.en}"
    composer.put(label, Box(_LEFT, 119, 24, 6), Style(6.5, 1, "accent"))
    composer.put(page.proof, Box(_VALUE, 119, _RIGHT - _VALUE, 6), _SMALL)
    zh, en = words.NOT_STATE_FORM
    if page.specimen:
        zh, en = words.SPECIMEN_USE.zh + zh, f"{words.SPECIMEN_USE.en} {en}"
    composer.put(zh, Box(_LEFT, 126.5, _ACROSS, 3.6), Style(7, 1))
    composer.put(en, Box(_LEFT, 130.1, _ACROSS, 3.2), Style(6, 1, "grey"))
