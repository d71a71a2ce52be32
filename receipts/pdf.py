"""The receipt as a PDF: one page, an embedded typeface, the same bytes for the same receipt."""

from __future__ import annotations

import re
import threading
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
from reportlab import rl_config
from reportlab.pdfbase import pdfdoc, pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace
from reportlab.pdfgen.canvas import Canvas

from ledger.errors import Refused
from receipts.attachment import stream
from receipts.layout import HEIGHT_MM, POINT_MM, QR_BOX, WIDTH_MM, Box, Run, Sheet, lay_out
from receipts.page import WATERMARK, Page

FONT = "NotoSansSC-Regular"
FONT_FILE = Path(__file__).with_name("fonts") / f"{FONT}.ttf"
CREATOR = "善款账本 Donation Ledger"

INKS = {
    "ink": (0.12, 0.16, 0.2),
    "accent": (0.05, 0.33, 0.36),
    "grey": (0.36, 0.42, 0.46),
    "tint": (0.93, 0.96, 0.96),
    "line": (0.72, 0.79, 0.8),
    "white": (1.0, 1.0, 1.0),
}
HAIRLINE_PT = 0.5
HEAVY = 0.028
"""Outline of heavy text, in sizes of its type: the file carries one weight only."""

WATERMARK_PT, WATERMARK_DEGREES, WATERMARK_ALPHA = 56, 25, 0.09
WATERMARK_MIDDLE = Box(100, 80, 0, 0)

QR_BYTES_MAX = 450
"""At level M a code of 81 modules a side, 0.38 mm each: what a telephone still reads off paper."""

QR_QUIET = 4
"""Blank modules around the code (ISO/IEC 18004 5.3.8)."""

_WIDE = re.compile("<([0-9A-F]{5,6})>")
_DRAWING = threading.Lock()


class GlyphMissing(Refused):
    """A text holds characters that the typeface can't draw."""

    def __init__(self, missing: str) -> None:
        named = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in missing)
        super().__init__(f"the receipt's typeface can't print {named}: write them another way")


class QrUnprintable(Refused):
    """The text for the QR code is empty, or makes modules too small for a telephone."""

    def __init__(self, text: str) -> None:
        size = len(text.encode())
        super().__init__(f"{size} bytes make no readable QR code: give 1 to {QR_BYTES_MAX}")


def render(page: Page, attachment: bytes, attachment_name: str = "bundle.json") -> bytes:
    """Return the receipt as a PDF of one page, 210 by 140 mm, with `attachment` inside it.

    The same arguments give the same bytes, whenever and wherever. Refuse with `GlyphMissing`,
    `TextDoesNotFit` or `QrUnprintable` before anything is drawn. ISO 32000-1; /AF of 32000-2.
    """
    sheet = lay_out(page, _advance)
    missing = missing_glyphs("".join(run.text for run in sheet.runs))
    if missing:
        raise GlyphMissing(missing)
    code = _qr_modules(page.qr)
    with _DRAWING:  # the typeface keeps one reading position for all
        return _drawn(page, sheet, code, _EmbeddedFile(attachment), attachment_name)


def missing_glyphs(text: str) -> str:
    """Return the characters of `text` that the receipt's typeface lacks, each once, in order."""
    known = _font().face.charToGlyph
    return "".join(char for char in dict.fromkeys(text) if ord(char) not in known)


class _Face(TTFontFace):
    """The parsed font file, which lends its outlines out instead of copying all 10 MB."""

    _ttf_data: bytes

    def get_table(self, tag: str) -> bytes | memoryview:
        if tag != "glyf":
            return bytes(super().get_table(tag))  # type: ignore[no-untyped-call] # reportlab's
        start, length = self.get_table_pos(tag)
        return memoryview(self._ttf_data)[start : start + length]


class _Font(TTFont):
    """A TrueType font whose text can be copied out again, in all of Unicode."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 reportlab names it
        """Write code points above U+FFFF as UTF-16 pairs in ToUnicode (ISO 32000-1 9.10.3)."""
        super().addObjects(doc)
        for name, added in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                added.content = _WIDE.sub(_utf16_pair, added.content)


class _EmbeddedFile(pdfdoc.PDFObject):
    """The attached file, laid out by `receipts.attachment` and never compressed."""

    __RefOnly__ = 1

    def __init__(self, content: bytes) -> None:
        self.content = content

    def format(self, document: Any) -> bytes:  # noqa: ARG002 reportlab's signature
        return stream(self.content)


@cache
def _font() -> _Font:
    """Read and register the typeface once; from bytes, so that no path gets into a receipt."""
    rl_config.useA85 = rl_config.pdfComments = rl_config.pdfMultiLine = 0  # whatever $RL_ says
    font = _Font(FONT, BytesIO(FONT_FILE.read_bytes()), asciiReadable=False, shapable=False)
    font.face.__class__ = _Face
    pdfmetrics.registerFont(font)
    return font


def _advance(text: str) -> float:
    widths = _font().face.charWidths
    return float(sum(widths.get(ord(char), 1000) for char in text)) / 1000


def _utf16_pair(found: re.Match[str]) -> str:
    return f"<{chr(int(found[1], 16)).encode('utf-16-be').hex().upper()}>"


def _qr_modules(text: str) -> list[bytearray]:
    """Encode at level M under one fixed mask: choosing the best mask costs five times the rest."""
    if not 1 <= len(text.encode()) <= QR_BYTES_MAX:
        raise QrUnprintable(text)
    code = segno.make_qr(text, error="m", mask=0, boost_error=False, encoding="utf-8")
    return list(code.matrix)


def _drawn(
    page: Page, sheet: Sheet, code: list[bytearray], embedded: _EmbeddedFile, name: str
) -> bytes:
    file = BytesIO()
    canvas = Canvas(
        file,
        pagesize=(WIDTH_MM / POINT_MM, HEIGHT_MM / POINT_MM),
        pageCompression=1,
        invariant=1,
        initialFontName=FONT,  # type: ignore[arg-type] # a name, whatever the stub says
        pdfVersion=(1, 7),
        lang="zh-CN",
    )
    _describe(canvas, page)
    _embed(canvas, embedded, name)
    _paint(canvas, sheet, specimen=page.specimen)
    _paint_qr(canvas, code)
    for run in sheet.runs:
        _write(canvas, run)
    canvas.save()
    return file.getvalue()


def _describe(canvas: Canvas, page: Page) -> None:
    """Say what the file is; its date is the day of issue, never the clock's."""
    canvas.setTitle(f"{page.title.zh} {page.code} {page.number}")
    canvas.setSubject(f"{page.title.en}, {page.origin} leaf {page.leaf}")
    canvas.setAuthor(page.recipient)
    canvas.setCreator(CREATOR)
    canvas.setDateFormatter(lambda *_clock: f"D:{page.issued_on:%Y%m%d}")
    canvas.setViewerPreference("DisplayDocTitle", "true")


def _embed(canvas: Canvas, embedded: _EmbeddedFile, name: str) -> None:
    """List the file among the attachments and as data of the document (ISO 32000-2 7.11, 14.13)."""
    document = canvas._doc  # type: ignore[attr-defined] # noqa: SLF001 there is no other door
    filespec = pdfdoc.PDFDictionary({
        "Type": "/Filespec",
        "F": pdfdoc.PDFString(name),
        "UF": pdfdoc.PDFString(name),
        "AFRelationship": "/Data",
        "EF": pdfdoc.PDFDictionary({"F": document.Reference(embedded)}),
    })  # fmt: skip
    reference = document.Reference(filespec)
    listed = pdfdoc.PDFDictionary({"Names": pdfdoc.PDFArray([pdfdoc.PDFString(name), reference])})
    catalog = document.Catalog
    catalog.__NoDefault__ = [*catalog.__NoDefault__, "AF"]
    catalog.Names = pdfdoc.PDFDictionary({"EmbeddedFiles": listed})
    catalog.AF = pdfdoc.PDFArray([reference])


def _paint(canvas: Canvas, sheet: Sheet, *, specimen: bool) -> None:
    for box, ink in sheet.fills:
        canvas.setFillColorRGB(*INKS[ink])
        canvas.rect(*_points(box), stroke=0, fill=1)
    canvas.setStrokeColorRGB(*INKS["line"])
    canvas.setLineWidth(HAIRLINE_PT)
    for rule in sheet.rules:
        left, bottom, width, _ = _points(rule)
        canvas.line(left, bottom, left + width, bottom)
    if specimen:
        _paint_watermark(canvas)


def _paint_watermark(canvas: Canvas) -> None:
    canvas.saveState()
    canvas.setFillColorRGB(*INKS["accent"])
    canvas.setFillAlpha(WATERMARK_ALPHA)
    canvas.setFont(FONT, WATERMARK_PT)
    canvas.translate(*_points(WATERMARK_MIDDLE)[:2])
    canvas.rotate(WATERMARK_DEGREES)
    canvas.drawCentredString(0, -WATERMARK_PT * 0.37, WATERMARK)
    canvas.restoreState()


def _paint_qr(canvas: Canvas, code: list[bytearray]) -> None:
    """Stamp the modules as one black stencil (inline image, ISO 32000-1 8.9.7)."""
    left, bottom, width, _ = _points(QR_BOX)
    side = len(code)
    module = width / (side + 2 * QR_QUIET)
    size, quiet = module * side, module * QR_QUIET
    bits = "".join(_packed(row) for row in code)
    canvas.addLiteral(
        f"q 0 g {size:.4f} 0 0 {size:.4f} {left + quiet:.4f} {bottom + quiet:.4f} cm\n"
        f"BI /W {side} /H {side} /IM true /BPC 1 /D [1 0] /F /AHx ID\n{bits}>\nEI Q"
    )


def _packed(row: bytearray) -> str:
    """One row of modules as hex digits, padded to whole bytes."""
    digits = (len(row) + 7) // 8 * 2
    return f"{int(''.join(map(str, row)), 2) << (digits * 4 - len(row)):0{digits}x}"


def _write(canvas: Canvas, run: Run) -> None:
    ink = INKS[run.style.ink]
    canvas.setFillColorRGB(*ink)
    canvas.setFont(FONT, run.size)
    if run.style.heavy:
        canvas.setStrokeColorRGB(*ink)
        canvas.setLineWidth(run.size * HEAVY)
    left, baseline = run.left / POINT_MM, (HEIGHT_MM - run.baseline) / POINT_MM
    canvas.drawString(left, baseline, run.text, mode=2 if run.style.heavy else None)


def _points(box: Box) -> tuple[float, float, float, float]:
    """Left, bottom, width, height in points from the page's bottom left corner."""
    bottom = HEIGHT_MM - box.top - box.height
    return box.left / POINT_MM, bottom / POINT_MM, box.width / POINT_MM, box.height / POINT_MM
