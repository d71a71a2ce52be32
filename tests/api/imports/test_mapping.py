from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.imports.cells import Cell
from api.imports.mapping import (
    ROLES,
    Mapping,
    MappingUnreadable,
    RoleUnknown,
    guessed,
    mapping_of,
    signature_of,
)
from api.imports.rows import MoneyTable
from api.imports.sheets import Sheet
from api.imports.tables import read_sheet
from api.imports.texts import read_delimited
from tests.api.imports.statements import EXPORTS, Export

Rows = list[Sequence[Cell]]
TEXTS = st.text(min_size=1, max_size=8)


def read(rows: Rows, roles: dict[str, str] | None = None, at: int = 0) -> list[MoneyTable]:
    mapping = None
    if roles is not None:
        mapping = Mapping({signature_of([str(cell) for cell in rows[at]]): roles})
    return list(read_sheet(Sheet("表", rows), "auto", None, mapping).tables)


def entries(tables: Sequence[MoneyTable]) -> list[tuple[str | None, str]]:
    return [(row.party, row.amount.decimal()) for table in tables for row in table.rows]


def test_a_guess_names_each_column_and_shows_nobody_whole() -> None:
    rows: Rows = [
        ["某会公示"],
        ["捐赠人", "金额（元）", "金额（元）", "", "日期", "电话"],
        ["王某某", 5.0, 5.0, "李某", "2020-01-22", "13800000000"],
        ["示范公司", "1,000.00", 1000.0, "", "2020-01-23", ""],
    ]
    (table,) = guessed(Sheet("表", rows))
    assert (table.header_row, table.sheet) == (2, "表")
    assert [(c.key, c.role) for c in table.columns] == [
        ("捐赠人", "donor"), ("金额（元）", "amount"), ("金额（元） (2)", "amount"),
        ("#4", "ignore"),
        ("日期", "date"), ("电话", "ignore"),
    ]  # fmt: skip
    assert [c.samples for c in table.columns] == [
        ("王**", "示**"), ("5", "1,000.00"), ("5", "1000"), ("李**",),
        ("2020-01-22", "2020-01-23"), ("**0000",),
    ]  # fmt: skip


def test_a_mapping_goes_before_the_guess() -> None:
    rows: Rows = [["捐赠人", "推荐人", "金额", "备注"], ["甲", "乙", 5.0, 7.0]]
    assert entries(read(rows)) == [("甲", "5.00")]
    roles = {"推荐人": "donor", "捐赠人": "ignore", "备注": "amount", "金额": "ignore"}
    assert entries(read(rows, roles)) == [("乙", "7.00")]


def test_a_mapping_names_a_header_that_no_guess_finds() -> None:
    rows: Rows = [["说明"], ["谁", "多少", "何时"], ["甲", 5.0, "2020-01-22"]]
    assert read(rows) == []
    roles = {"谁": "donor", "多少": "amount", "何时": "date"}
    (table,) = read(rows, roles, at=1)
    assert (entries([table]), table.header_row) == ([("甲", "5.00")], 2)
    assert str(table.rows[0].date) == "2020-01-22"


def test_a_mapping_tells_money_in_from_money_out() -> None:
    rows: Rows = [["谁", "进", "出", "剩"], ["甲", 5.0, "", 105.0], ["乙", "", 3.0, 102.0]]
    roles = {"谁": "party", "进": "amount-in", "出": "amount-out", "剩": "balance"}
    (table,) = read(rows, roles)
    assert entries([table]) == [("甲", "5.00")]
    assert [row.row for row in table.rejected] == [3]
    assert table.statement is not None
    assert (str(table.statement.opening), table.statement.breaks) == ("100.00 CNY", ())


def test_a_mapping_of_another_header_changes_nothing() -> None:
    rows: Rows = [["捐赠人", "金额"], ["甲", 5.0]]
    other = Mapping({signature_of(["捐赠人", "数"]): {"捐赠人": "ignore"}})
    sheet = Sheet("表", rows)
    assert read_sheet(sheet, "auto", None, other) == read_sheet(sheet, "auto", None)


def test_a_header_is_known_again_however_it_is_spaced() -> None:
    assert signature_of(["捐赠人 ", "", "金额（元）"]) == signature_of(["捐 赠人", "金额(元)", ""])


@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_the_guess_said_back_as_a_mapping_reads_the_same(export: Export) -> None:
    sheet = read_delimited(export.text, "流水")
    said = mapping_of(guessed(sheet))
    plain, mapped = (read_sheet(sheet, "auto", None, m).tables[0] for m in (None, said))
    assert [(r.row, r.amount, r.party, r.date, r.serial) for r in mapped.rows] == [
        (r.row, r.amount, r.party, r.date, r.serial) for r in plain.rows
    ]
    assert (mapped.statement is None) == (plain.statement is None)


@given(st.dictionaries(TEXTS, st.dictionaries(TEXTS, st.sampled_from(ROLES), max_size=5)))
def test_a_mapping_written_is_read_again(headers: dict[str, dict[str, str]]) -> None:
    assert Mapping.parse(Mapping(headers).dump()) == Mapping(headers)


def test_a_role_there_is_not_is_refused_by_name() -> None:
    with pytest.raises(RoleUnknown, match="'金额' holds 'betrag'; say one of amount, amount-in"):
        Mapping.parse(json.dumps({"捐赠人 | 金额": {"金额": "betrag"}}))


@pytest.mark.parametrize("text", ["", "[]", '{"a": 1}', '{"a": {"b": 1}}', "[" * 100_000])
def test_a_mapping_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(MappingUnreadable):
        Mapping.parse(text)


CELLS = st.one_of(st.sampled_from(["甲", "金额", "", "5", "2020-01-02", "合计"]), st.floats())


@given(st.lists(st.lists(CELLS, max_size=4), min_size=1, max_size=6), st.data())
@settings(deadline=None, max_examples=200)
def test_any_sheet_is_read_with_any_mapping(
    rows: list[list[str | float]], data: st.DataObject
) -> None:
    sheet = Sheet("表", rows)
    header = [str(cell) for cell in data.draw(st.sampled_from(rows))]
    keys = st.sampled_from([*header, "#1", "#2"])
    roles = data.draw(st.dictionaries(keys, st.sampled_from(ROLES), max_size=4))
    mapping = Mapping({signature_of(header): roles})
    for table in read_sheet(sheet, "auto", None, mapping).tables:
        assert all(row.amount.minor > 0 for row in table.rows)
    for guess in guessed(sheet, "auto", mapping):
        assert len(guess.columns) == len({column.key for column in guess.columns})
