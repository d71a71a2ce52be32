"""A long list is read in one look at each row: what is seldom there is looked for quickly."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports import cells, goods_tables, headers
from api.imports.amounts import looks_numeric
from api.imports.capitals import DIGITS, UNITS, read_capitals
from api.imports.cells import HIDDEN, SPACES, UNCLEAN, WIDE, folded
from api.imports.files import read
from api.imports.headers import PLAIN_NUMBER, is_wordy
from api.imports.prose import CONTACT_SIGN, TOTAL_HINT, TOTAL_SIGN

ROWS = 50
EVERY = "".join(map(chr, range(sys.maxunicode + 1)))
CLEANED_A_CELL = 4
"""How often one cell is cleaned at most; a name was 20 times, when each question cleaned it."""


def listed(folder: Path) -> Path:
    path = folder / "名单.csv"
    rows = (f"示例捐赠人{n},{n}.00,2026-03-{1 + n % 28:02},助学\n" for n in range(1, ROWS + 1))
    path.write_text("捐赠人,捐赠金额（元）,捐赠日期,用途\n" + "".join(rows), encoding="utf-8")
    return path


def test_a_cell_is_cleaned_a_few_times(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cleaned: list[str] = []
    clean = cells.clean

    def counted(text: str) -> str:
        cleaned.append(text)
        return clean(text)

    monkeypatch.setattr(cells, "clean", counted)
    file = read(listed(tmp_path))
    assert len(file.tables[0].rows) == ROWS
    assert cleaned.count("助学") <= CLEANED_A_CELL * ROWS
    assert cleaned.count("示例捐赠人7") <= CLEANED_A_CELL


def test_headers_are_looked_for_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(goods_tables, "find_headers", None)
    assert len(read(listed(tmp_path)).tables[0].rows) == ROWS


def test_a_row_with_a_plain_number_is_no_header_at_a_glance(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(headers, "looks_numeric", None)
    assert not is_wordy(["示例捐赠人", " 1,234.00\t", "2026-03-01", "助学"])
    assert not is_wordy(["示例捐赠人", 5.0])


@given(st.from_regex(PLAIN_NUMBER, fullmatch=True))
def test_a_plain_number_looks_numeric(text: str) -> None:
    assert looks_numeric(cells.text_of(text))


def test_what_is_hidden_or_blank_is_unclean_and_nothing_else() -> None:
    assert set(UNCLEAN.findall(EVERY)) == {*HIDDEN.findall(EVERY), *"".join(SPACES.findall(EVERY))}


def test_what_is_wide_is_all_that_is_made_half_as_wide() -> None:
    assert set(WIDE.findall(EVERY)) == {chr(code) for code in cells.FULL_WIDTH}


@pytest.mark.parametrize("sign", [*CONTACT_SIGN.pattern.strip("[]"), "计"])
def test_no_other_character_is_written_for_a_sign(sign: str) -> None:
    assert [each for each in EVERY if each != sign and sign in folded(each)] == []


@given(st.text("计总额数和页余转结tTsSſoOaAlLuUmM捐", max_size=12))
def test_what_hints_at_a_total_has_its_first_sign(text: str) -> None:
    assert TOTAL_SIGN.search(text) or not TOTAL_HINT.search(text)


@given(st.text(DIGITS + "拾佰仟万亿萬億整正", max_size=12))
def test_no_amount_in_words_lacks_its_unit(text: str) -> None:
    assert not UNITS.search(text)
    assert read_capitals(text) is None
