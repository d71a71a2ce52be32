"""The receipt's typefaces: which has a character, how wide it is, and the part that is embedded."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from hashlib import sha256
from io import BytesIO
from itertools import accumulate, pairwise
from pathlib import Path
from struct import pack
from typing import Any

from reportlab.pdfbase.ttfonts import TTFontFace

from receipts import labels, sfnt
from receipts.words import DIGITS, GROUPS, PLACES, PREFIX

FOLDER = Path(__file__).with_name("fonts")
FONT_FILE = FOLDER / "NotoSansSC-Regular.ttf"
RARE_FILE = FOLDER / "NotoSansCJKRare-Regular.ttf"

LEVEL = 6
"""Of compression: more costs twice the time for a hundredth of the size."""

OUTLINES_KEPT = 8192
"""How many glyphs are remembered as they were cut out: names share most of theirs."""

_A_BLOCK = 100
"""Most mappings in one block of a CMap (Adobe Technical Note 5014)."""

_CMAP = (
    "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
    "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
    "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
    "{}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend"
)


@dataclass(frozen=True, slots=True)
class Part:
    """Some characters of a typeface, ready to be embedded: character *n* has the code n + 1."""

    name: str
    descriptor: bytes
    widths: bytes
    outlines: bytes
    outlines_length: int
    to_unicode: bytes


class Typeface:
    """A TrueType font of ideographs: simple outlines, 1000 units an em, no hints."""

    def __init__(self, file: Path) -> None:
        self._data = file.read_bytes()
        # From bytes, so that no path gets into a receipt.
        self._face: Any = TTFontFace(BytesIO(self._data))
        self._outlines = self._face.get_table_pos("glyf")[0]
        self.glyphs: dict[int, int] = self._face.charToGlyph
        self._outline = lru_cache(OUTLINES_KEPT)(self._outline_of)

    @cached_property
    def widths(self) -> dict[str, float]:
        """The width of each character, in sizes of the type."""
        metrics = self._face.hmetrics
        return {chr(code): metrics[glyph][0] / 1000 for code, glyph in self.glyphs.items()}

    def part(self, chars: Sequence[str]) -> Part:
        """Cut out what `chars` need (ISO 32000-1 9.7.4, 9.9): one outline for each, in order."""
        glyphs = [0, *(self.glyphs[ord(char)] for char in chars)]
        outlines = self._cut(glyphs)
        tag = sha256("".join(chars).encode()).digest()[:6]
        name = "".join(chr(65 + byte % 26) for byte in tag) + "+" + self._face.name.decode()
        widths = " ".join(str(int(self._face.hmetrics[glyph][0])) for glyph in glyphs[1:])
        return Part(
            name,
            self._described(name),
            f"[1 [{widths}]]".encode(),
            zlib.compress(outlines, LEVEL),
            len(outlines),
            zlib.compress(_to_unicode(chars), LEVEL),
        )

    def _described(self, name: str) -> bytes:
        face = self._face
        box = " ".join(str(int(edge)) for edge in face.bbox)
        return (
            f"/Type /FontDescriptor /FontName /{name} /Flags 4 /FontBBox [{box}] /ItalicAngle 0"
            f" /Ascent {face.ascent:.0f} /Descent {face.descent:.0f}"
            f" /CapHeight {face.capHeight:.0f} /StemV {face.stemV:.0f}"
        ).encode()

    def _cut(self, glyphs: Sequence[int]) -> bytes:
        """Write a font file that holds only these glyphs."""
        cut = [self._outline(glyph) for glyph in glyphs]
        places = [0, *accumulate(len(outline) for outline, _ in cut)]
        metrics = [round(n) for glyph in glyphs for n in self._face.hmetrics[glyph]]
        head, hhea, maxp = self._tables
        count = pack(">H", len(glyphs))
        tables = {
            b"glyf": b"".join(outline for outline, _ in cut),
            b"head": head,
            b"hhea": hhea[:34] + count + hhea[36:],
            b"hmtx": pack(f">{len(metrics)}H", *metrics),
            b"loca": pack(f">{len(places)}L", *places),
            b"maxp": maxp[:4] + count + maxp[6:],
        }
        sums = {tag: sfnt.word_sum(table) for tag, table in tables.items() if tag != b"glyf"}
        return sfnt.written(tables, sums | {b"glyf": sum(words for _, words in cut)})

    @cached_property
    def _tables(self) -> tuple[bytes, bytes, bytes]:
        """Its head with long places and no checksum yet, and what else counts the glyphs."""
        head = bytearray(self._face.get_table("head"))
        head[8:12], head[50:52] = bytes(4), b"\x00\x01"
        return bytes(head), self._face.get_table("hhea"), self._face.get_table("maxp")

    def _outline_of(self, glyph: int) -> tuple[bytes, int]:
        """Cut out a glyph, padded to whole words, and add those up."""
        places = self._face.glyphPos
        cut = self._data[self._outlines + places[glyph] : self._outlines + places[glyph + 1]]
        assert cut[:1] < b"\x80", "an outline made of other outlines is not in our typefaces"
        padded = cut + bytes(-len(cut) % 4)
        return padded, sfnt.word_sum(padded)


@cache
def main() -> Typeface:
    """Return the typeface of almost everything."""
    return Typeface(FONT_FILE)


@cache
def rare() -> Typeface:
    """Return the typeface of the ideographs that the main one lacks."""
    return Typeface(RARE_FILE)


def missing_glyphs(text: str) -> str:
    """Return the characters of `text` that no typeface of ours has, each once, in order."""
    known = main().widths.keys()
    if known >= set(text):
        return ""
    absent = [char for char in dict.fromkeys(text) if char not in known]
    return "".join(char for char in absent if ord(char) not in rare().glyphs)


def advance(text: str) -> float:
    """Return the width of a text in sizes of its type; what can't be drawn counts as one."""
    widths = main().widths
    try:
        return sum(map(widths.__getitem__, text))
    except KeyError:
        return sum(widths.get(char) or rare().widths.get(char, 1.0) for char in text)


@cache
def always() -> dict[str, int]:
    """Number the characters that stand on every receipt: words, ASCII, amounts."""
    words = "".join(label.zh + label.en for label in labels.ALWAYS)
    amounts = PREFIX + DIGITS + "".join(PLACES) + "".join(GROUPS) + "元角分整¥年月日　"
    ascii_ = "".join(map(chr, range(0x20, 0x7F)))
    return {char: n for n, char in enumerate(sorted({*words, *amounts, *ascii_}), start=1)}


@cache
def always_part() -> Part:
    """Return the part that is the same in every receipt, made once."""
    return main().part(tuple(always()))


@lru_cache(maxsize=64)
def part_of(typeface: Typeface, chars: tuple[str, ...]) -> Part:
    """Return a part that a receipt needs besides; the last ones are remembered."""
    return typeface.part(chars)


def _to_unicode(chars: Sequence[str]) -> bytes:
    """Say which character each code is, in UTF-16 also above U+FFFF (ISO 32000-1 9.10.3)."""
    lines = [
        f"<{code:04X}> <{char.encode('utf-16-be').hex().upper()}>"
        for code, char in enumerate(chars, start=1)
    ]
    cuts = [*range(0, len(lines), _A_BLOCK), len(lines)]
    blocks = [
        "\n".join((f"{end - start} beginbfchar", *lines[start:end], "endbfchar"))
        for start, end in pairwise(cuts)
    ]
    return _CMAP.format("\n".join(blocks)).encode()
