"""The marks of a receipt as operators of a PDF's page (ISO 32000-1 annex A)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from math import cos, radians, sin

from receipts import typeface
from receipts.layout import POINT_MM, QR_BOX, WIDTH_MM, Box, Run, Sheet

INKS = {
    "ink": (0.12, 0.16, 0.2),
    "accent": (0.05, 0.33, 0.36),
    "grey": (0.36, 0.42, 0.46),
    "tint": (0.93, 0.96, 0.96),
    "line": (0.72, 0.79, 0.8),
    "white": (1.0, 1.0, 1.0),
    "mark": (0.88, 0.92, 0.92),
}
RED_INKS = INKS | {
    "ink": (0.62, 0.05, 0.05),
    "accent": (0.7, 0.08, 0.08),
    "tint": (0.99, 0.95, 0.95),
    "line": (0.87, 0.72, 0.72),
    "mark": (0.97, 0.9, 0.9),
}
HAIRLINE_PT = 0.5
HEAVY = 0.028
"""Outline of heavy text, in sizes of its type: the file carries one weight only."""

WATERMARK_PT, WATERMARK_DEGREES = 56, 25
WATERMARK_WIDTH_PT = 420
MIDDLE = 0.37

QR_QUIET = 4
"""Blank modules around the code (ISO/IEC 18004 5.3.8)."""

ALWAYS, OTHER, RARE = b"F0", b"F1", b"F2"
"""The names of the embedded parts: of every receipt, of this one, of rare ideographs."""


class Codes:
    """Numbers the characters of one receipt in the part of a typeface that has them."""

    def __init__(self) -> None:
        self.other: dict[str, int] = {}
        self.rare: dict[str, int] = {}

    def shown(self, text: str, size: float) -> bytes:
        """Show a text, each stretch of it in the part that has it."""
        known = _digits()
        try:
            return b"/F0 %.2f Tf <%b> Tj\n" % (size, "".join([known[c] for c in text]).encode())
        except KeyError:
            return self._mixed(text, size)

    def _mixed(self, text: str, size: float) -> bytes:
        return b"".join(
            b"/%b %.2f Tf <%b> Tj\n" % (font, size, "".join(codes).encode())
            for font, codes in self._stretches(text)
        )

    def _stretches(self, text: str) -> Iterator[tuple[bytes, list[str]]]:
        last, codes, known = b"", list[str](), _digits()
        for char in text:
            code = known.get(char)
            font, code = (ALWAYS, code) if code else self._numbered(char)
            if codes and font != last:
                yield last, codes
                codes = []
            last = font
            codes.append(code)
        yield last, codes

    def _numbered(self, char: str) -> tuple[bytes, str]:
        if ord(char) in typeface.main().glyphs:
            return OTHER, f"{self.other.setdefault(char, len(self.other) + 1):04x}"
        return RARE, f"{self.rare.setdefault(char, len(self.rare) + 1):04x}"


@cache
def _digits() -> dict[str, str]:
    """The codes of the characters that stand on every receipt, in hex."""
    return {char: f"{code:04x}" for char, code in typeface.always().items()}


def painted(sheet: Sheet, modules: bytes, codes: Codes) -> bytes:
    """Return the page's content: fills, rules, watermark, code, then texts in reading order."""
    inks = RED_INKS if sheet.red else INKS
    parts = [_fills(sheet, inks), _rules(sheet, inks)]
    if sheet.watermark:
        parts.append(_watermark(sheet, inks["mark"], codes))
    parts.extend((_code(sheet.height, modules), b"BT\n"))
    parts.extend(_texts(sheet, codes))
    parts.append(b"ET")
    return b"".join(parts)


def _texts(sheet: Sheet, codes: Codes) -> Iterator[bytes]:
    for run in sheet.runs:
        if run.fixed:
            yield _fixed(run, sheet.height, sheet.red) or _text(run, sheet, codes)
        else:
            yield _text(run, sheet, codes)


@lru_cache(maxsize=4096)
def _fixed(run: Run, height: float, red: bool) -> bytes:  # noqa: FBT001 a key of the cache
    """Paint words that stand on every receipt, once for all; nothing for rarer ones."""
    if typeface.always().keys() >= set(run.text):
        return _text(run, Sheet(height=height, red=red), Codes())
    return b""


def _text(run: Run, sheet: Sheet, codes: Codes) -> bytes:
    ink = (RED_INKS if sheet.red else INKS)[run.style.ink]
    left, baseline = run.left / POINT_MM, (sheet.height - run.baseline) / POINT_MM
    mode = b"0 Tr"
    if run.style.heavy:
        mode = b"%b RG %.2f w 2 Tr" % (_colour(ink), run.size * HEAVY)
    place = b"%b rg %b 1 0 0 1 %.2f %.2f Tm\n" % (_colour(ink), mode, left, baseline)
    return place + codes.shown(run.text, run.size)


def _fills(sheet: Sheet, inks: dict[str, tuple[float, float, float]]) -> bytes:
    return b"".join(
        b"%b rg %.2f %.2f %.2f %.2f re f\n" % (_colour(inks[ink]), *_points(box, sheet.height))
        for box, ink in sheet.fills
    )


def _rules(sheet: Sheet, inks: dict[str, tuple[float, float, float]]) -> bytes:
    lines = [b"%b RG %.2f w\n" % (_colour(inks["line"]), HAIRLINE_PT)]
    for rule in sheet.rules:
        left, bottom, width, height = _points(rule, sheet.height)
        lines.append(b"%.2f %.2f m %.2f %.2f l S\n" % (left, bottom + height, left + width, bottom))
    return b"".join(lines)


def _watermark(sheet: Sheet, ink: tuple[float, float, float], codes: Codes) -> bytes:
    """Write across the page, in a pale colour that hides nothing painted after it."""
    wide = typeface.advance(sheet.watermark)
    size = min(WATERMARK_PT, WATERMARK_WIDTH_PT / wide)
    turn, across = radians(WATERMARK_DEGREES), -wide * size / 2
    x, y = WIDTH_MM / 2 / POINT_MM, (sheet.height - sheet.middle) / POINT_MM
    down = -size * MIDDLE
    x += across * cos(turn) - down * sin(turn)
    y += across * sin(turn) + down * cos(turn)
    matrix = (cos(turn), sin(turn), -sin(turn), cos(turn), x, y)
    place = b"BT 0 Tr %b rg %.4f %.4f %.4f %.4f %.2f %.2f Tm\n" % (_colour(ink), *matrix)
    return place + codes.shown(sheet.watermark, size) + b"ET\n"


def _code(height: float, modules: bytes) -> bytes:
    """Stamp the modules as one black stencil (inline image, 8.9.7): 0 is black."""
    left, bottom, width, _ = _points(QR_BOX, height)
    side = int(len(modules) ** 0.5)
    module = width / (side + 2 * QR_QUIET)
    size, quiet = module * side, module * QR_QUIET
    bits = _packed(modules, side).encode()
    place = (_colour((0, 0, 0)), size, size, left + quiet, bottom + quiet, side, side, bits)
    return (
        b"q %b rg %.3f 0 0 %.3f %.3f %.3f cm\n"
        b"BI /W %d /H %d /IM true /BPC 1 /F /AHx ID\n%b>\nEI Q\n" % place
    )


def _packed(modules: bytes, side: int) -> str:
    """Rows of modules (0 black, 255 white) as hex digits, each padded to whole bytes."""
    bits, padding = modules.translate(_BITS), b"0" * (-side % 8)
    rows = padding.join([bits[at : at + side] for at in range(0, len(bits), side)])
    return f"{int(rows + padding, 2):0{(side + len(padding)) * side // 4}x}"


_BITS = bytes(48 + (n > 127) for n in range(256))  # noqa: PLR2004 the middle of grey


@lru_cache(maxsize=64)
def _colour(ink: Iterable[float]) -> bytes:
    return " ".join(f"{part:g}" for part in ink).encode()


def _points(box: Box, height: float) -> tuple[float, float, float, float]:
    """Left, bottom, width, height in points from the page's bottom left corner."""
    bottom = height - box.top - box.height
    return box.left / POINT_MM, bottom / POINT_MM, box.width / POINT_MM, box.height / POINT_MM
