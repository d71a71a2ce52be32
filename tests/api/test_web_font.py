"""The slices of the web font: every character of the receipt's typefaces, each in one slice."""

from __future__ import annotations

import re
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parents[2]
FONTS = ROOT / "api" / "pages" / "fonts"
SOURCES = ("NotoSansSC-Regular.ttf", "NotoSansCJKRare-Regular.ttf")
FACE = re.compile(r'url\("([^"?]+)\?v=(\w+)"\)[^;]*;\s*unicode-range: ([^;]+);')
FEW, SMALL = 8, 400_000


@pytest.fixture(scope="module")
def faces() -> dict[str, set[int]]:
    """Return what the style sheet promises of each slice, having looked at its digest."""
    sheet = (FONTS / "fonts.css").read_text("utf-8")
    assert sheet.count("font-display: swap;") == sheet.count("@font-face") > 30
    promised = {}
    for name, digest, ranges in FACE.findall(sheet):
        assert sha256((FONTS / name).read_bytes()).hexdigest()[:16] == digest
        promised[name] = {c for one in ranges.split(",") for c in _range(one)}
    return promised


def _range(written: str) -> range:
    first, _, last = written.strip().removeprefix("U+").partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)


def _characters(path: Path) -> set[int]:
    with TTFont(path, lazy=True) as font:
        return set(font.getBestCmap())


def _slices(faces: dict[str, set[int]], text: str) -> list[str]:
    return [name for name, covered in faces.items() if covered & set(map(ord, text))]


def test_every_character_of_the_typefaces_lies_in_one_slice(faces: dict[str, set[int]]) -> None:
    known: set[int] = set()
    for source in SOURCES:
        known |= _characters(ROOT / "receipts" / "fonts" / source)
    counted = Counter(c for covered in faces.values() for c in covered)

    assert set(counted) == known
    assert max(counted.values()) == 1
    assert {path.name for path in FONTS.glob("*.woff2")} == set(faces)


def test_a_slice_holds_what_its_range_promises(faces: dict[str, set[int]]) -> None:
    for name in (next(iter(faces)), _slices(faces, "𠮷")[0]):
        assert _characters(FONTS / name) == faces[name]


@pytest.mark.parametrize("rare", "䶮𠮷㛃堃")
def test_rare_characters_of_names_are_there(rare: str, faces: dict[str, set[int]]) -> None:
    assert len(_slices(faces, rare)) == 1


def test_a_page_of_common_words_loads_few_slices(faces: dict[str, set[int]]) -> None:
    for page in ("home.html", "fund.html", "check.html", "log.html"):
        text = (ROOT / "api" / "pages" / page).read_text("utf-8")
        needed = _slices(faces, text)
        assert len(needed) <= FEW, (page, needed)
        assert sum((FONTS / name).stat().st_size for name in needed) < SMALL, (page, needed)
    assert len(_slices(faces, "The log, 22 Nov 2026: “CNY 1,234.00” · ¥ — …")) == 1
