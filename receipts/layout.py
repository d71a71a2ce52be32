"""Where everything on a receipt stands: text is broken and shrunk until it fits, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from ledger.errors import Refused
from receipts import labels as words
from receipts.labels import Label
from receipts.page import MEMBERS_MAX, Page, PageLine, written_date

WIDTH_MM = 210.0
HEIGHT_MM = 140.0
"""Of a receipt with one line; more of them, members and further rows make it taller."""

POINT_MM = 25.4 / 72
SMALLEST_PT, STEP_PT = 4.5, 0.25
LEADING = 1.28
"""Distance of two baselines in sizes of the type."""

MIDDLE = 0.37
"""How far the middle of an ideograph lies above the baseline, in sizes of the type."""

_OPENING = r"[（《〈“‘「『【〔]*"
_CLOSING = r"[，。、；：？！）》〉”’」』】〕…]*"
_UNBROKEN = re.compile(f"{_OPENING}(?:[!-~¡-ɏͰ-ӿ]+|.){_CLOSING} *", re.DOTALL)

SURE = 1e-6
"""So many millimetres of room to spare fit a line, however its widths are added up."""

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
    fixed: bool = False


@dataclass(slots=True)
class Sheet:
    """All marks of one receipt, in the order in which they are painted and read."""

    height: float = HEIGHT_MM
    red: bool = False
    watermark: str = ""
    middle: float = 80.0
    """Where the watermark's middle lies, in millimetres from the top."""
    fills: list[tuple[Box, str]] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    links: list[tuple[Box, str]] = field(default_factory=list)
    """Places that lead to an address."""


QR_BOX = Box(166, 7, 34, 34)

_TOP = 46.0
"""Where the table begins."""

_FOOT = 23.5
"""Height of what stands below the table."""

_LEFT, _VALUE, _SECOND, _SECOND_VALUE, _RIGHT = 10.0, 36.0, 114.0, 138.0, 200.0
_THIRD, _FOURTH = 144.0, 172.0
_WHOLE = (_LEFT, _VALUE, _RIGHT)
_HALF = (_LEFT, _VALUE, _SECOND)
_OTHER_HALF = (_SECOND, _SECOND_VALUE, _RIGHT)
_FUND = (_LEFT, _VALUE, 94.0)
_DAY = (94.0, 112.0, _THIRD)
_HAND = (_THIRD, 162.0, _RIGHT)
_ACROSS = _RIGHT - _LEFT
_PADDING, _CELL_PADDING = 0.8, 2.0

_COLUMNS = (
    (words.ITEM_CODE, 27.0, 0.0), (words.ITEM_NAME, 65.0, 0.0), (words.UNIT, 14.0, 0.5),
    (words.QUANTITY, 24.0, 1.0), (words.STANDARD, 28.0, 1.0), (words.LINE_AMOUNT, 32.0, 1.0),
)  # fmt: skip
"""Heading, width and alignment of the columns of lines."""

_DAY_WIDTH = 20.0
"""Of the column of days, which takes its room from the names of items."""

_ROW, _MEMBER_ROW, _MEMBER_COLUMNS = 6.0, 4.6, 3

_TITLE = Style(19, lines=1, ink="accent", heavy=True)
_LABEL = Style(8.5, lines=1, ink="accent")
_ENGLISH = Style(5.5, lines=1, ink="grey")
_PLAIN = Style(9.5)
_NAME = Style(11)
_CELL = Style(8.5, lines=2)
_DIGITS = Style(12, lines=1, heavy=True)
_IN_WORDS = Style(13, lines=2, heavy=True)
_WORDS_READABLE_PT = 10
"""Down to this size the amount in words is set on one line."""

_IN_FIGURES = Style(15, lines=1, heavy=True)
_ON_ACCENT = Style(10.5, lines=1, ink="white", heavy=True)
_CANCELS = Style(8, lines=1, ink="white", heavy=True)
_PROSE = Style(9)
_TAG = Style(6, lines=1, ink="grey")
_NOTE = Style(7.5, ink="grey")
_SMALL = Style(6.5, lines=2, ink="grey")
_FOLLOW = Style(6.5, lines=1, ink="accent")
_LINK = 2.6
"""How much a link takes of the height."""


def lay_out(page: Page, advance: Advance) -> Sheet:
    """Place everything of `page`; raise `TextDoesNotFit` for what no size makes fit its box."""
    composer = _Composer(Sheet(red=page.red, watermark=page.watermark), advance)
    _head(composer, page)
    _parties(composer, page)
    _lines(composer, page)
    _amount(composer, page)
    _members(composer, page)
    _notes(composer, page)
    _foot(composer, page)
    return composer.sheet


def fit(text: str, box: Box, style: Style, advance: Advance) -> list[Run]:
    """Set `text` in `box` at the largest size that holds it whole, centred from top to bottom."""
    size = style.size
    em = size * POINT_MM
    if advance(text) * em <= box.width - SURE and LEADING * em <= box.height:
        return list(_placed([text.rstrip(" ")], size, box, style, advance))
    pieces = [(piece, advance(piece)) for piece in _UNBROKEN.findall(text)]
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


@lru_cache(maxsize=4096)
def _fit_words(text: str, box: Box, style: Style, advance: Advance) -> tuple[Run, ...]:
    """Set fixed words, which come at the same place on many receipts, once."""
    return tuple(run._replace(fixed=True) for run in fit(text, box, style, advance))


@dataclass(slots=True)
class _Composer:
    """A sheet being filled from top to bottom, and the typeface's widths."""

    sheet: Sheet
    advance: Advance
    top: float = _TOP

    def put(self, text: str, box: Box, style: Style) -> None:
        self.sheet.runs.extend(fit(text, box, style, self.advance))

    def say(self, text: str, box: Box, style: Style) -> None:
        """Put fixed words, or what many receipts of an issuer have in common."""
        self.sheet.runs.extend(_fit_words(text, box, style, self.advance))

    def fill(self, box: Box, ink: str) -> None:
        self.sheet.fills.append((box, ink))

    def rule(self) -> None:
        """Draw a line across, where the next row begins."""
        self.sheet.rules.append(Box(_LEFT, self.top, _ACROSS, 0))

    def next_row(self, height: float) -> None:
        self.rule()
        self.top += height

    def entry(
        self,
        columns: tuple[float, float, float],
        height: float,
        label: Label,
        value: str,
        style: Style = _PLAIN,
        *,
        common: bool = False,
    ) -> None:
        """Put a label on its tinted cell, and its value beside it, which many may have."""
        left, middle, right = columns
        self.fill(Box(left, self.top, middle - left, height), "tint")
        centre, inner = self.top + height / 2, middle - left - 3
        self.say(label.zh, Box(left + 2, centre - 3.3, inner, 3.9), _LABEL)
        self.say(label.en, Box(left + 2, centre + 0.6, inner, 2.6), _ENGLISH)
        room = Box(middle + 3, self.top + _PADDING, right - middle - 5, height - 2 * _PADDING)
        (self.say if common else self.put)(value, room, style)


def _head(composer: _Composer, page: Page) -> None:
    composer.fill(Box(0, 0, WIDTH_MM, 2.4), "accent")
    composer.say(page.title.zh, Box(_LEFT, 8, 150, 9.5), _TITLE)
    composer.say(page.title.en, Box(_LEFT, 17.5, 150, 4), Style(8, 1, "grey"))
    if page.replaces:
        composer.fill(Box(_LEFT, 22.4, 150, 4.4), "accent")
        composer.put(page.cancelling, Box(_LEFT + 2, 22.5, 146, 4.2), _CANCELS)
    facts = (
        (words.CODE, page.code),
        (words.NUMBER, page.number),
        (words.CHECK_CODE, page.check_code),
        (words.ISSUED_ON, written_date(page.issued_on)),
    )
    for count, (label, value) in enumerate(facts):
        left = _LEFT + count * 38
        composer.fill(Box(left, 28, 0.6, 13), "accent")
        composer.say(f"{label.zh} {label.en}", Box(left + 2.4, 28, 34, 4.5), Style(7, 1, "grey"))
        composer.put(value, Box(left + 2.4, 33.5, 34, 7), _DIGITS)
    caption = Box(QR_BOX.left, 41.4, QR_BOX.width, 3.2)
    composer.say(f"{page.scan.zh} {page.scan.en}", caption, Style(6, 1, "grey", align=0.5))


def _parties(composer: _Composer, page: Page) -> None:
    composer.entry(_WHOLE, 9.5, words.PAYER, page.payer, _NAME)
    composer.next_row(9.5)
    if page.payer_uscc or page.payer_address:
        composer.entry(_HALF, 8, words.PAYER_USCC, page.payer_uscc or "")
        composer.entry(_OTHER_HALF, 8, words.PAYER_ADDRESS, page.payer_address or "")
        composer.next_row(8)
    composer.entry(_HALF, 8, words.RECIPIENT, page.recipient, common=True)
    composer.entry(_OTHER_HALF, 8, words.RECIPIENT_USCC, page.recipient_uscc, common=True)
    composer.next_row(8)
    composer.entry(_FUND, 7.5, words.FUND, page.fund, common=True)
    composer.entry(_DAY, 7.5, words.GIFT_ON, page.given, common=True)
    composer.entry(_HAND, 7.5, words.HANDLER, page.handler, common=True)
    composer.next_row(7.5)
    if page.area:
        composer.entry(_WHOLE, 7, words.AREA, page.area, common=True)
        composer.next_row(7)


def _lines(composer: _Composer, page: Page) -> None:
    """Set the table of 财综〔2024〕1号 art. 6, with a column of days where lines have theirs."""
    dated = any(line.gift_on for line in page.rows)
    columns = _columns(dated=dated)
    composer.fill(Box(_LEFT, composer.top, _ACROSS, 4.6), "tint")
    for label, (left, width, align) in columns:
        heading = Box(left + _CELL_PADDING, composer.top + 0.3, width - 2 * _CELL_PADDING, 4)
        composer.say(f"{label.zh} {label.en}", heading, Style(6.5, 1, "accent", align=align))
    composer.next_row(4.6)
    for line in page.rows:
        cells = _cells(line, dated=dated)
        for text, (label, (left, width, align)) in zip(cells, columns, strict=True):
            room = Box(
                left + _CELL_PADDING, composer.top + 0.3, width - 2 * _CELL_PADDING, _ROW - 0.6
            )
            put = composer.put if label == words.LINE_AMOUNT else composer.say
            put(text, room, _CELL._replace(align=align))
        composer.next_row(_ROW)


@lru_cache
def _columns(*, dated: bool) -> tuple[tuple[Label, tuple[float, float, float]], ...]:
    found, left = [], _LEFT
    for label, width, align in _COLUMNS:
        if dated and label == words.ITEM_NAME:
            found.append((words.LINE_DAY, (left, _DAY_WIDTH, 0.0)))
            left, width = left + _DAY_WIDTH, width - _DAY_WIDTH  # noqa: PLW2901 what is left of it
        found.append((label, (left, width, align)))
        left += width
    return tuple(found)


def _cells(line: PageLine, *, dated: bool) -> list[str]:
    amount = line.amount.grouped() if line.amount else ""
    days = [line.gift_on.isoformat() if line.gift_on else ""] if dated else []
    return [line.code, *days, line.name, line.unit, line.quantity, line.standard, amount]


def _amount(composer: _Composer, page: Page) -> None:
    top, height = composer.top, 14.4
    composer.fill(Box(_VALUE, top, _RIGHT - _VALUE, height), "tint")
    composer.fill(Box(_LEFT, top, _VALUE - _LEFT, height), "accent")
    composer.say(words.AMOUNT.zh, Box(_LEFT + 2, top + 2.3, 22, 5.5), _ON_ACCENT)
    composer.say(words.AMOUNT.en, Box(_LEFT + 2, top + 7.8, 22, 3.5), Style(6.5, 1, "white"))
    _in_words(composer, page, top)
    _in_figures(composer, page, top)
    composer.next_row(height)


def _in_words(composer: _Composer, page: Page, top: float) -> None:
    left, width = _VALUE + 3, _SECOND - _VALUE - 5
    tag = f"{words.IN_WORDS.zh} {words.IN_WORDS.en}"
    composer.say(tag, Box(left, top + 0.8, width, 2.9), _TAG)
    text = page.amount_in_words
    one_line = composer.advance(text) * _WORDS_READABLE_PT * POINT_MM <= width
    style = _IN_WORDS._replace(lines=1) if one_line else _IN_WORDS
    composer.put(text, Box(left, top + 3.7, width, 10.4), style)


def _in_figures(composer: _Composer, page: Page, top: float) -> None:
    left, width = _SECOND + 2, _RIGHT - _SECOND - 4
    tag = f"{words.IN_FIGURES.zh} {words.IN_FIGURES.en}"
    composer.say(tag, Box(left, top + 0.8, width, 2.9), _TAG)
    height = 6.5 if page.original else 10.4
    composer.put(page.amount_in_figures, Box(left, top + 3.7, width, height), _IN_FIGURES)
    if page.original:
        text = f"{words.ORIGINAL.zh} {words.ORIGINAL.en}：{page.original}"
        composer.put(text, Box(left, top + 10.2, width, 4), _NOTE)


def _members(composer: _Composer, page: Page) -> None:
    """List who gave together; beyond `MEMBERS_MAX`, say where the list is."""
    if not page.members:
        return
    if len(page.members) > MEMBERS_MAX:
        zh, en = words.MEMBERS_ATTACHED
        composer.entry(_WHOLE, 8, words.MEMBERS, f"{len(page.members)} 人，{zh} ({en})")
        composer.next_row(8)
        return
    rows = -(-len(page.members) // _MEMBER_COLUMNS)
    height = max(rows * _MEMBER_ROW + 1, 8)
    composer.entry(_WHOLE, height, words.MEMBERS, "")
    width = (_RIGHT - _VALUE - 4) / _MEMBER_COLUMNS
    for count, (name, amount) in enumerate(page.members):
        row, column = divmod(count, _MEMBER_COLUMNS)
        left, top = _VALUE + 3 + column * width, composer.top + 0.5 + row * _MEMBER_ROW
        composer.put(name, Box(left, top, width - 30, _MEMBER_ROW), _CELL)
        room = Box(left + width - 29, top, 22, _MEMBER_ROW)
        composer.put(f"¥{amount.grouped()}", room, Style(8, 1, align=1.0))
    composer.next_row(height)


def _notes(composer: _Composer, page: Page) -> None:
    composer.entry(_WHOLE, 11.5, words.REMARK, page.remark, _PROSE, common=True)
    composer.next_row(11.5)
    if page.further:
        composer.entry(_WHOLE, 8, words.OTHER, page.further, _PROSE)
        composer.next_row(8)
    composer.entry(_WHOLE, 9, words.ELIGIBILITY, page.eligibility, _PROSE, common=True)
    composer.next_row(9)
    composer.rule()


def _foot(composer: _Composer, page: Page) -> None:
    top, lower = composer.top, _LINK if page.link else 0.0
    composer.sheet.height = top + _FOOT + lower
    composer.sheet.middle = (_TOP + top) / 2
    label = f"{words.LOG_PROOF.zh} {words.LOG_PROOF.en}"
    composer.say(label, Box(_LEFT, top + 2.5, 24, 6), Style(6.5, 1, "accent"))
    composer.put(page.proof, Box(_VALUE, top + 2.5, _RIGHT - _VALUE, 6), _SMALL)
    if page.link:
        _link(composer, page.link, top + 8.7)
    zh, en = words.NOT_STATE_FORM
    if page.specimen:
        zh, en = words.SPECIMEN_USE.zh + zh, f"{words.SPECIMEN_USE.en} {en}"
    composer.say(zh, Box(_LEFT, top + 10 + lower, _ACROSS, 3.6), Style(7, 1))
    composer.say(en, Box(_LEFT, top + 13.6 + lower, _ACROSS, 3.2), Style(6, 1, "grey"))


def _link(composer: _Composer, link: str, top: float) -> None:
    composer.say(f"{words.FOLLOW.zh} {words.FOLLOW.en}", Box(_LEFT, top, 24, 3.2), _FOLLOW)
    room = Box(_VALUE, top, _RIGHT - _VALUE, 3.2)
    composer.put(link, room, _SMALL._replace(size=7, lines=1))
    composer.sheet.links.append((room, link))
