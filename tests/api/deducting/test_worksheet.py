"""The worksheet: form or statement, steps and gifts; amounts exact, text never run."""

from __future__ import annotations

import zipfile
from datetime import date, datetime
from io import BytesIO
from typing import Any

import pytest
import python_calamine

from api.commands.deducting import tell
from api.deducting.reference import rule_table
from api.deducting.worksheet import workbook
from tests.ledger.domain.deduction.given import (
    Json,
    enterprise_case,
    gift,
    income,
    person_case,
    read,
)

MADE = datetime(2024, 1, 1)  # noqa: DTZ001 a spreadsheet has no time zone
EVIL = "=HYPERLINK(1)"


def sheets(case: Json) -> dict[str, list[list[Any]]]:
    book = python_calamine.CalamineWorkbook.from_filelike(BytesIO(written(case)))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def written(case: Json) -> bytes:
    return workbook(tell(read(case), rule_table()).sheets, MADE)


ENTERPRISE = enterprise_case(
    {2024: "1000.00"}, gift("2024-03-01", "100.07", EVIL),
    opening_carry_forward=[{"gift_year": 2021, "amount": "50.00"}],
)  # fmt: skip
PERSON = person_case(
    [income("comp", "100000.00"), income("may", "10.00", "classified", month=5)],
    [gift("2023-05-20", "80000.00", "007")], [("007", "may"), ("007", "comp")],
)  # fmt: skip


def test_the_form_has_seven_columns_and_a_row_for_each_kind() -> None:
    form = sheets(ENTERPRISE)["A105070"]
    assert form[2][1:] == [
        "账载金额", "以前年度结转可扣除的捐赠额", "按税收规定计算的扣除限额", "税收金额",
        "纳税调增金额", "纳税调减金额", "可结转以后年度扣除的捐赠额",
    ]  # fmt: skip
    assert [str(row[0]).split()[0] for row in form[3:]] == [
        "非公益性捐赠", "全额扣除", "其中：扶贫捐赠", "限额扣除", "限额扣除", "限额扣除",
        "限额扣除", "合计", "附列资料：2015",
    ]  # fmt: skip
    assert form[9][1:] == [100.07, "", 120, 70, 30.07, 0, 30.07]
    assert form[10][1:] == [100.07, 50, 120, 70, 30.07, 50, 30.07]


def test_the_steps_and_the_gifts_follow() -> None:
    found = sheets(ENTERPRISE)
    assert list(found) == ["A105070", "步骤", "捐赠"]
    assert [row[0] for row in found["步骤"][1:]] == list(range(1, len(found["步骤"])))
    assert "2024 年限额" in str(found["步骤"][2][1])
    assert found["捐赠"][1] == [
        EVIL, "2024-03-01", 100.07, "other", "eligible_org", "donation_receipt", "limited_cf",
        "CIT-12-CF3", "12 per cent with three-year carry-forward",
    ]  # fmt: skip


def test_a_person_gets_a_yearly_statement() -> None:
    found = sheets(PERSON)
    statement = found["年度明细"]
    assert statement[2] == ["comp", "comprehensive", "", 100000, 30000, 30000, 70000]
    assert statement[3] == ["may", "classified", 5, 10, 3, 3, 7]
    told = {str(row[0]).split()[0]: row[5] for row in statement[4:]}
    assert told["扣除合计"] == 30003
    assert told["未能扣除"] == 49997
    assert [row[5] for row in statement[6:8]] == [7480, 4480]
    assert statement[9:] == [
        ["007", "may", "", "", "", 3, ""],
        ["007", "comp", "", "", "", 30000, ""],
    ]
    assert found["捐赠"][1][0] == "007"


def test_a_person_without_comprehensive_income_has_no_tax_in_it() -> None:
    case = person_case([income("biz", "10.00", "business", deemed_assessment=True)], [], [])
    statement = sheets(case)["年度明细"]
    assert statement[2] == ["biz", "business", "", 10, 0, 0, ""]
    assert not any("tax before" in str(row[0]) for row in statement)


def test_nothing_that_is_text_becomes_a_formula_or_a_number() -> None:
    with zipfile.ZipFile(BytesIO(written(ENTERPRISE))) as book:
        pages = [book.read(name).decode() for name in book.namelist() if "worksheets/" in name]
    assert not any("<f>" in page for page in pages)


def test_an_amount_is_written_to_the_fen_as_it_is() -> None:
    with zipfile.ZipFile(BytesIO(written(ENTERPRISE))) as book:
        page = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert "<v>100.07</v>" in page
    assert 'formatCode="0.00"' in styles


def test_an_amount_longer_than_a_spreadsheet_keeps_is_text() -> None:
    case = enterprise_case({2024: "9999999999999.99"}, gift("2024-03-01", "99999999999.99"))
    assert sheets(case)["A105070"][1][1] == 9999999999999.99
    two = [gift("2024-03-01", "9999999999999.99", str(n)) for n in range(2)]
    form = sheets(enterprise_case({2024: "0.00"}, *two))["A105070"]
    assert form[9][1] == "19999999999999.98"


def test_the_same_case_gives_the_same_bytes() -> None:
    assert written(ENTERPRISE) == written(ENTERPRISE)
    later = workbook(tell(read(ENTERPRISE), rule_table()).sheets, datetime(2025, 1, 1))  # noqa: DTZ001
    assert later != written(ENTERPRISE)


@pytest.mark.parametrize("day", [date(2024, 1, 1)])
def test_the_day_it_was_made_is_the_one_it_is_told(day: date) -> None:
    with zipfile.ZipFile(BytesIO(written(PERSON))) as book:
        assert f"{day}T00:00:00Z" in book.read("docProps/core.xml").decode()
