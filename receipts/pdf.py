"""The receipt as a PDF: one page, embedded typefaces, signed; the same bytes for the same receipt.

PDF/A-3u (ISO 19005-3) with the proof attached.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import zxingcpp

from ledger.errors import Refused
from receipts import pades, typeface
from receipts.attachment import stream
from receipts.layout import POINT_MM, WIDTH_MM, Box, Sheet, lay_out
from receipts.pades import Signer
from receipts.page import Page
from receipts.painting import ALWAYS, OTHER, RARE, Codes, painted
from receipts.pdf_file import PAGE, PAGES, Objects, describe, output_intent, text_string
from receipts.typeface import FONT_FILE, LEVEL, Part, missing_glyphs

__all__ = ["FONT_FILE", "GlyphMissing", "QrUnprintable", "missing_glyphs", "render", "render_all"]

CREATOR = "善款账本 Donation Ledger"

QR_BYTES_MAX = 450
"""At level M a code of 81 modules a side, 0.38 mm each: what a telephone still reads off paper."""


class GlyphMissing(Refused):
    """A text holds characters that the typefaces can't draw."""

    def __init__(self, missing: str) -> None:
        named = ", ".join(f"{char!r} (U+{ord(char):04X})" for char in missing)
        super().__init__(f"the receipt's typeface can't print {named}: write them another way")


class QrUnprintable(Refused):
    """The text for the QR code is empty, or makes modules too small for a telephone."""

    def __init__(self, text: str) -> None:
        size = len(text.encode())
        super().__init__(f"{size} bytes make no readable QR code: give 1 to {QR_BYTES_MAX}")


def render(
    page: Page,
    attachment: bytes,
    signer: Signer | None = None,
    attachment_name: str = "bundle.json",
) -> bytes:
    """Return the receipt as a PDF of one page, 210 mm wide, with `attachment` inside it.

    With a `signer` it carries a signature over every byte. The same arguments give the same
    bytes, whenever and wherever. Refuse with `GlyphMissing`, `TextDoesNotFit` or `QrUnprintable`
    before anything is drawn. ISO 32000-1; /AF of 32000-2.
    """
    (made,) = render_all([(page, attachment)], signer, attachment_name)
    if isinstance(made, Refused):
        raise made
    return made


def render_all(
    wanted: Sequence[tuple[Page, bytes]],
    signer: Signer | None = None,
    attachment_name: str = "bundle.json",
) -> list[bytes | Refused]:
    """Return for each page and attachment what `render` returns, or why it refuses.

    A step is done for all before the next one is: that keeps its code and tables at hand for the
    processor. About sixteen at once are enough.
    """
    drafts = [_Draft(page, attachment) for page, attachment in wanted]
    for step in (_place, _encode, _paint, _pack, _cut_out):
        for draft in drafts:
            if draft.refusal is None:
                step(draft)
    for draft in drafts:
        if draft.refusal is None:
            _write(draft, signer, attachment_name)
    for draft in drafts:
        if draft.refusal is None and signer is not None:
            pades.sign(draft.file, draft.at, signer)
    return [draft.refusal or bytes(draft.file) for draft in drafts]


class _Draft:
    """A receipt in the making: what its steps have come to so far."""

    __slots__ = (
        "at", "attachment", "codes", "content", "file", "modules", "page", "parts", "refusal",
        "sheet",
    )  # fmt: skip

    def __init__(self, page: Page, attachment: bytes) -> None:
        self.page, self.attachment = page, attachment
        self.refusal: Refused | None = None
        self.sheet: Sheet
        self.modules: bytes
        self.codes = Codes()
        self.content: bytes
        self.parts: dict[bytes, Part]
        self.file: bytearray
        self.at: int


def _place(draft: _Draft) -> None:
    try:
        draft.sheet = lay_out(draft.page, typeface.advance)
    except Refused as refusal:
        draft.refusal = refusal
        return
    if missing := missing_glyphs("".join(run.text for run in draft.sheet.runs)):
        draft.refusal = GlyphMissing(missing)


def _encode(draft: _Draft) -> None:
    try:
        draft.modules = _modules(draft.page.qr)
    except Refused as refusal:
        draft.refusal = refusal


def _paint(draft: _Draft) -> None:
    draft.content = painted(draft.sheet, draft.modules, draft.codes)


def _pack(draft: _Draft) -> None:
    draft.content = zlib.compress(draft.content, LEVEL)


def _cut_out(draft: _Draft) -> None:
    draft.parts, codes = {ALWAYS: typeface.always_part()}, draft.codes
    if codes.other:
        draft.parts[OTHER] = typeface.part_of(typeface.main(), tuple(codes.other))
    if codes.rare:
        draft.parts[RARE] = typeface.part_of(typeface.rare(), tuple(codes.rare))


def _write(draft: _Draft, signer: Signer | None, attachment_name: str) -> None:
    """Lay out the file; what its signature fills in begins at `draft.at`."""
    page, objects = draft.page, Objects()
    about, metadata = describe(objects, _about(page), page.issued_on)
    entries = [
        b"/Metadata %b\n/OutputIntents [%b]\n" % (metadata, output_intent(objects)),
        _attached(objects, draft.attachment, attachment_name),
    ]
    notes = [_followed(objects, draft.sheet, *link) for link in draft.sheet.links]
    before = b""
    if signer is not None:
        before, after = pades.dictionary(signer, page.issued_on, text_string(page.recipient))
        value = objects.add(before, after)
        field = objects.add(_FIELD % (PAGE, value))
        entries.append(_FORM % (field, value))
        notes.insert(0, field)
    _draw(objects, draft, notes)
    draft.file = objects.written(objects.add(_CATALOG % b"".join(entries)), about)
    draft.at = draft.file.index(before) + len(before)


_CATALOG = (
    b"<<\n/Type /Catalog\n/Pages 1 0 R\n/Lang (zh-CN)\n"
    b"/ViewerPreferences << /DisplayDocTitle true >>\n%b>>"
)
_FIELD = (
    b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (seal) /F 132 /Rect [0 0 0 0] /P %b /V %b >>"
)
"""Of a signature that nobody sees on the page (ISO 32000-1 12.7.4.5)."""

_LINK = (
    b"<< /Type /Annot /Subtype /Link /F 4 /Border [0 0 0] /Rect [%.2f %.2f %.2f %.2f] /P %b\n"
    b"/A << /S /URI /URI <%b> >> >>"
)
_FORM = b"/AcroForm << /SigFlags 3 /Fields [%b] >>\n/Perms << /DocMDP %b >>\n"
"""The signature forbids every change (ISO 32000-1 12.8.2.2)."""


def _modules(text: str) -> bytes:
    """Encode at level M under one fixed mask: choosing the best mask costs nine times the rest."""
    if not 1 <= len(text.encode()) <= QR_BYTES_MAX:
        raise QrUnprintable(text)
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M", dataMask=0)
    image: Any = code.to_image(scale=1, add_quiet_zones=False)
    return memoryview(image).tobytes()


def _about(page: Page) -> dict[str, str]:
    """Say what the file is; the text of the printed code stands in it for programs."""
    return {
        "Title": f"{page.title.zh} {page.code} {page.number}",
        "Subject": f"{page.title.en}, {page.origin} leaf {page.leaf}",
        "Author": page.recipient,
        "Keywords": page.qr,
        "Creator": CREATOR,
    }


def _attached(objects: Objects, content: bytes, name: str) -> bytes:
    """List the file among the attachments and as data of the document (ISO 32000-2 7.11, 14.13)."""
    embedded, named = objects.add(stream(content)), text_string(name)
    filespec = objects.add(
        b"<< /Type /Filespec /F %b /UF %b /AFRelationship /Data /EF << /F %b /UF %b >> >>"
        % (named, named, embedded, embedded)
    )
    listed = b"<< /EmbeddedFiles << /Names [%b %b] >> >>" % (named, filespec)
    return b"/AF [%b]\n/Names %b\n" % (filespec, listed)


def _followed(objects: Objects, sheet: Sheet, box: Box, link: str) -> bytes:
    """Let a place lead to an address (ISO 32000-1 12.5.6.5, 12.6.4.7)."""
    left, right = box.left / POINT_MM, (box.left + box.width) / POINT_MM
    top, bottom = sheet.height - box.top, sheet.height - box.top - box.height
    where = (left, bottom / POINT_MM, right, top / POINT_MM)
    return objects.add(_LINK % (*where, PAGE, link.encode("ascii").hex().encode()))


def _draw(objects: Objects, draft: _Draft, annotations: Sequence[bytes]) -> None:
    content, parts, sheet = objects.add_stream(draft.content), draft.parts, draft.sheet
    fonts = b" ".join(b"/%b %b" % (name, _font(objects, part)) for name, part in parts.items())
    size = (WIDTH_MM / POINT_MM, sheet.height / POINT_MM)
    notes = b" /Annots [%b]" % b" ".join(annotations) if annotations else b""
    objects.set_page(
        b"<< /Type /Page /Parent %b /MediaBox [0 0 %.2f %.2f] /Contents %b\n"
        b"/Resources << /Font << %b >> >>%b >>" % (PAGES, *size, content, fonts, notes)
    )


def _font(objects: Objects, part: Part) -> bytes:
    """Embed a part of a typeface, with its way back to Unicode (ISO 32000-1 9.7, 9.10)."""
    length = b" /Length1 %d" % part.outlines_length
    outlines = objects.add_stream(part.outlines, length)
    to_unicode = objects.add_stream(part.to_unicode)
    descriptor = objects.add(b"<< ", part.descriptor, b" /FontFile2 ", outlines, b" >>")
    name = part.name.encode()
    descendant = objects.add(
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /%b\n"
        b"/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >>\n"
        b"/FontDescriptor %b /CIDToGIDMap /Identity /DW 1000 /W %b >>"
        % (name, descriptor, part.widths)
    )
    return objects.add(
        b"<< /Type /Font /Subtype /Type0 /BaseFont /%b /Encoding /Identity-H\n"
        b"/DescendantFonts [%b] /ToUnicode %b >>" % (name, descendant, to_unicode)
    )
