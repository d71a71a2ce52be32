"""A PDF file from its objects: written in one pass, the same bytes for the same objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from xml.sax.saxutils import escape

from receipts.typeface import FOLDER

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
PRODUCER = "Donation Ledger"
PAGES, PAGE = b"1 0 R", b"2 0 R"

_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/" xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part>
<pdfaid:conformance>U</pdfaid:conformance>
<dc:format>application/pdf</dc:format>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{Title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{Author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{Subject}</rdf:li></rdf:Alt></dc:description>
<pdf:Keywords>{Keywords}</pdf:Keywords>
<pdf:Producer>{Producer}</pdf:Producer>
<xmp:CreatorTool>{Creator}</xmp:CreatorTool>
<xmp:CreateDate>{day}</xmp:CreateDate>
<xmp:ModifyDate>{day}</xmp:ModifyDate>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


class Objects:
    """The objects of a file: the tree of pages is the first, its one page the second."""

    def __init__(self) -> None:
        self._bodies = [b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>", b""]

    def add(self, *body: bytes) -> bytes:
        """Take an object; return the reference to it."""
        self._bodies.append(b"".join(body))
        return b"%d 0 R" % len(self._bodies)

    def add_stream(self, content: bytes, entries: bytes = b"", *, packed: bool = True) -> bytes:
        """Take a stream, compressed by its maker if `packed` (ISO 32000-1 7.3.8)."""
        how = b" /Filter /FlateDecode" if packed else b""
        head = b"<<%b%b /Length %d >>\nstream\n" % (entries, how, len(content))
        return self.add(head, content, b"\nendstream")

    def set_page(self, body: bytes) -> None:
        """Say what the page is."""
        self._bodies[1] = body

    def written(self, root: bytes, about: bytes) -> bytearray:
        """Return the file (ISO 32000-1 7.5); its identifier comes from its content (14.4)."""
        file, places = bytearray(HEADER), []
        for number, body in enumerate(self._bodies, start=1):
            places.append(len(file))
            file += b"%d 0 obj\n%b\nendobj\n" % (number, body)
        mark = sha256(file).hexdigest()[:32].encode()
        table = b"".join(b"%010d 00000 n \n" % place for place in places)
        count = len(places) + 1
        file += (
            b"xref\n0 %d\n0000000000 65535 f \n%btrailer\n"
            b"<< /Size %d /Root %b /Info %b /ID [<%b> <%b>] >>\nstartxref\n%d\n%%%%EOF\n"
        ) % (count, table, count, root, about, mark, mark, len(file))
        return file


def text_string(text: str) -> bytes:
    """Write a text: as it is if it is plain ASCII, else in UTF-16 (ISO 32000-1 7.9.2)."""
    if text.isascii() and text.isprintable():
        plain = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
        return b"(%b)" % plain.encode()
    return b"<FEFF%b>" % text.encode("utf-16-be").hex().upper().encode()


def describe(objects: Objects, about: Mapping[str, str], day: date) -> tuple[bytes, bytes]:
    """Say what the file is twice, in the same words (ISO 19005-3 6.6.3); return references.

    Its dates are the day of issue, never the clock's.
    """
    told = {"Producer": PRODUCER, **about}
    entries = b"".join(b"/%b %b\n" % (k.encode(), text_string(v)) for k, v in told.items())
    when = b"(D:%b)" % day.strftime("%Y%m%d").encode()
    info = objects.add(b"<<\n%b/CreationDate %b\n/ModDate %b\n>>" % (entries, when, when))
    filled = _XMP.format(day=day.isoformat(), **{k: escape(v) for k, v in told.items()})
    metadata = objects.add_stream(filled.encode(), b" /Type /Metadata /Subtype /XML", packed=False)
    return info, metadata


def output_intent(objects: Objects) -> bytes:
    """Say that colours are meant as sRGB (ISO 19005-3 6.2.3)."""
    profile = objects.add_stream(_profile(), b" /N 3", packed=False)
    return (
        b"<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB)"
        b" /Info (sRGB IEC61966-2.1) /DestOutputProfile %b >>" % profile
    )


@cache
def _profile() -> bytes:
    return (FOLDER / "sRGB.icc").read_bytes()
