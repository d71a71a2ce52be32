"""Cuts the receipt's typefaces into the slices that pages load, as README.md says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hashlib import sha256
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
SOURCES = HERE.parents[2] / "receipts" / "fonts"
PLAIN = "NotoSansSC-Regular.ttf"
RARE = "NotoSansCJKRare-Regular.ttf"

LETTERS = (*range(0x20, 0x180), *range(0x2010, 0x2027), 0x2032, 0x2033, 0x20AC, 0x2116, 0x2122,
           *range(0x2190, 0x2194), 0x2212, 0x2713, *range(0x3000, 0x3020),
           *range(0xFF01, 0xFF5F), 0xFFE5)  # fmt: skip
"""Latin letters, and the punctuation and signs of both languages: on every page."""

STEPS = (300, 700, 1200, 1700, 2300, 3000)
"""After how many of the characters in order.txt a new slice begins."""

WIDE = 800
"""How many of the characters that order.txt does not have share a slice."""

FACE = """@font-face {{
  font-family: "Ledger Sans";
  font-style: normal;
  font-weight: 400;
  font-display: swap;
  src: url("{name}?v={digest}") format("woff2");
  unicode-range: {ranges};
}}
"""


def slices() -> Iterator[tuple[str, list[int]]]:
    """Yield which characters, by code point, are cut out of which file."""
    plain = characters_of(PLAIN)
    rare = characters_of(RARE) - plain
    common = [ord(each) for each in (HERE / "order.txt").read_text("utf-8") if each != "\n"]
    chosen = [list(LETTERS)]
    chosen += [common[a:b] for a, b in zip((0, *STEPS), (*STEPS, len(common)), strict=True)]
    rest = sorted(plain.difference(*chosen))
    chosen += [rest[at : at + WIDE] for at in range(0, len(rest), WIDE)]
    for characters in chosen:
        yield PLAIN, sorted(plain.intersection(characters))
    others = sorted(rare)
    for at in range(0, len(others), WIDE):
        yield RARE, others[at : at + WIDE]


def characters_of(source: str) -> set[int]:
    """Return the code points that a typeface has a form for."""
    with TTFont(SOURCES / source, lazy=True) as font:
        return set(font.getBestCmap())


def cut(source: str, characters: Iterable[int], target: Path) -> None:
    """Write a font of these characters alone, compressed (WOFF2)."""
    font = TTFont(SOURCES / source, lazy=True, recalcTimestamp=False)
    options = Options(layout_features=[], hinting=False, glyph_names=False, notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    font.flavor = "woff2"
    font.save(target)


def ranges(characters: Iterable[int]) -> str:
    """Write code points as CSS does: `U+20-7E,U+4E00`."""
    runs: list[list[int]] = []
    for each in sorted(characters):
        if runs and each == runs[-1][1] + 1:
            runs[-1][1] = each
        else:
            runs.append([each, each])
    return ",".join(f"U+{a:X}" if a == b else f"U+{a:X}-{b:X}" for a, b in runs)


def main() -> None:
    """Write every slice, and the style sheet that names them."""
    faces = []
    for number, (source, characters) in enumerate(slices()):
        target = HERE / f"ledger-sans-{number:02}.woff2"
        cut(source, characters, target)
        digest = sha256(target.read_bytes()).hexdigest()[:16]
        faces.append(FACE.format(name=target.name, digest=digest, ranges=ranges(characters)))
    (HERE / "fonts.css").write_text("".join(faces), "utf-8")


if __name__ == "__main__":
    main()
