"""A typeface's file is written as ReportLab writes it, whose checksums readers have long taken."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase.ttfonts import TTFontMaker

from receipts import sfnt

TAGS = ("glyf", "hhea", "hmtx", "loca", "maxp", "post", "cvt ", "name")


@given(
    st.binary(min_size=54, max_size=60),
    st.dictionaries(st.sampled_from(TAGS), st.binary(max_size=40), min_size=1),
)
def test_the_file_is_the_one_that_the_library_writes(head: bytes, others: dict[str, bytes]) -> None:
    unadjusted = head[:8] + bytes(4) + head[12:]
    maker: Any = TTFontMaker()
    for tag, table in {**others, "head": head}.items():
        maker.add(tag, table)
    tables = {tag.encode(): table for tag, table in {**others, "head": unadjusted}.items()}
    sums = {tag: sfnt.word_sum(table) for tag, table in tables.items()}
    assert sfnt.written(tables, sums) == maker.makeStream()


@pytest.mark.parametrize(
    ("data", "words"), [(b"", 0), (b"\x01", 1 << 24), (b"\x00\x00\x00\x02" * 3, 6)]
)
def test_words_are_of_four_bytes_the_last_one_padded(data: bytes, words: int) -> None:
    assert sfnt.word_sum(data) == words
