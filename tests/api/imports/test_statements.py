from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.imports.cells import Cell
from api.imports.rows import MoneyTable, Statement
from api.imports.sheets import Sheet
from api.imports.tables import SumTooLarge, read_sheet
from api.imports.texts import decode, read_delimited
from tests.api.imports.statements import ENCODINGS, EXPORTS, Export

Rows = list[Sequence[Cell]]
HEADER: Sequence[Cell] = ["交易日期", "对方户名", "收入", "支出", "余额"]


def table(rows: Sequence[Sequence[Cell]], kind: str = "auto") -> MoneyTable:
    (only,) = read_sheet(Sheet("流水", rows), kind, None).tables
    return only


def statement(rows: Sequence[Sequence[Cell]]) -> Statement:
    found = table(rows).statement
    assert found is not None
    return found


def figures(found: Statement | None) -> list[str]:
    if found is None:
        return []
    told = (found.opening, found.movements_in, found.movements_out, found.closing)
    return [money.decimal() if money else "None" for money in told]


# Exports of payment services and banks


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("export", EXPORTS.values(), ids=EXPORTS)
def test_an_export_is_read_in_every_encoding(export: Export, encoding: str) -> None:
    sheet = read_delimited(decode(export.text.encode(encoding)), "流水")
    (found,) = read_sheet(sheet, "auto", None).tables
    gifts = [(r.party, r.amount.decimal(), str(r.serial), str(r.note)) for r in found.rows]
    assert gifts == list(export.gifts)
    assert found.kind == "gifts"
    reasons = [row.reason for row in found.rejected]
    assert len(reasons) == len(export.refused)
    assert all(
        word in reason or "另一方向" in reason
        for word, reason in zip(export.refused, reasons, strict=True)
    )
    assert figures(found.statement) == list(export.statement)
    assert found.statement is None or found.statement.breaks == ()


def test_a_row_keeps_its_time_of_day_from_one_column_or_two() -> None:
    personal, cmb = (
        read_sheet(read_delimited(EXPORTS[name].text, ""), "auto", None).tables[0]
        for name in ("wechat_personal", "cmb")
    )
    assert personal.rows[0].moment == datetime.fromisoformat("2020-01-22T10:00:01")
    assert cmb.rows[0].moment == datetime.fromisoformat("2020-01-23T09:00:00")


def test_payments_are_the_other_half_of_the_same_statement() -> None:
    rows: Rows = [
        HEADER,
        ["2020-01-01", "甲", 5.0, "", 105.0],
        ["2020-01-02", "乙", "", 7.0, 98.0],
        ["2020-01-03", "丙", "-", "8.00", 90.0],
    ]
    gifts, payments = table(rows, "gifts"), table(rows, "payments")
    assert [r.party for r in gifts.rows] == ["甲"]
    assert [r.party for r in payments.rows] == ["乙", "丙"]
    assert gifts.statement == payments.statement
    assert [r.row for r in gifts.rejected] == [3, 4]


def test_the_account_is_told_by_its_last_four_digits_only() -> None:
    export = EXPORTS["bank_debit_credit"].text
    (found,) = read_sheet(read_delimited(export, "流水"), "auto", None).tables
    assert found.statement is not None
    assert found.statement.account == "1234"
    assert "6222" not in str(found.statement)


def test_a_plain_list_of_gifts_is_no_statement() -> None:
    assert table([["捐赠人", "金额"], ["甲", 5.0]]).statement is None


# Opening + movements = closing


@pytest.mark.parametrize("wrong", [1, 2, 3])
def test_a_balance_that_does_not_follow_is_named_by_sheet_and_row(wrong: int) -> None:
    rows: list[list[Cell]] = [
        ["2020-01-01", "甲", 5.0, "", 105.0],
        ["2020-01-02", "乙", "", 7.0, 98.0],
        ["2020-01-03", "丙", 2.0, "", 100.0],
        ["2020-01-04", "丁", 1.0, "", 101.0],
    ]
    assert statement([HEADER, *rows]).breaks == ()
    rows[wrong][2 if rows[wrong][2] else 3] = 3.0
    (told,) = statement([HEADER, *rows]).breaks
    assert told.startswith(f"流水 第{wrong + 2}行：")


def test_a_line_left_out_is_seen() -> None:
    rows: Rows = [HEADER, ["2020-01-01", "甲", 5.0, "", 105.0], ["2020-01-03", "丙", 2.0, "", 99.0]]
    (told,) = statement(rows).breaks
    assert "应为 107.00，表上是 99.00" in told


def test_a_masked_or_missing_figure_is_no_alarm() -> None:
    for masked in ("***", "", "****.**", "-"):
        rows: Rows = [
            HEADER,
            ["2020-01-01", "甲", 5.0, "", 105.0],
            ["2020-01-02", "乙", masked, "", 110.0],
            ["2020-01-03", "丙", 2.0, "", 112.0],
        ]
        found = statement(rows)
        assert (found.breaks, found.movements_in) == ((), None)
        rows[2] = ["2020-01-02", "乙", 5.0, "", masked]
        assert statement(rows).breaks == ()


def test_lines_of_one_day_may_stand_in_any_order() -> None:
    rows: Rows = [
        HEADER,
        ["2020-01-01", "甲", 5.0, "", 105.0],
        ["2020-01-02", "丙", 2.0, "", 100.0],
        ["2020-01-02", "乙", "", 7.0, 98.0],
        ["2020-01-03", "丁", 1.0, "", 101.0],
    ]
    assert statement(rows).breaks == ()


def test_what_the_lines_around_state_must_follow_from_the_rows() -> None:
    body: Rows = [HEADER, ["2020-01-01", "甲", 5.0, "", 105.0], ["2020-01-02", "乙", "", 7.0, 98.0]]
    assert statement([["期初余额：100.00元  期末余额：98.00元"], *body]).breaks == ()
    for line, what in (
        ("期初余额：101.00", "期初余额"),
        ("期末余额：97.00", "期末余额"),
        ("收入合计：1笔，共6.00元", "收入合计"),
        ("总支出：8.00", "支出合计"),
    ):
        (told,) = statement([[line], *body]).breaks
        assert what in told


def test_without_a_column_of_balances_the_closing_must_still_follow() -> None:
    header: Sequence[Cell] = ["交易时间", "对方户名", "金额", "收/支"]
    rows: Rows = [header, ["2020-01-01", "甲", 5.0, "收入"], ["2020-01-02", "乙", 7.0, "支出"]]
    assert statement([["期初余额", "期末余额"], ["100.00", "98.00"], *rows]).breaks == ()
    (told,) = statement([["期初余额", "期末余额"], ["100.00", "99.00"], *rows]).breaks
    assert "期末余额 99.00，按各行应为 98.00" in told


def test_a_total_that_holds_an_undone_trade_or_not_is_no_alarm() -> None:
    header: Sequence[Cell] = ["交易时间", "对方户名", "金额", "收/支", "交易状态"]
    rows: Rows = [
        header,
        ["2020-01-01", "甲", 5.0, "收入", "成功"],
        ["2020-01-02", "乙", 7.0, "收入", "交易关闭"],
    ]
    assert statement([["收入：2笔 12.00元"], *rows]).breaks == ()
    assert statement([["收入：1笔 5.00元"], *rows]).breaks == ()
    assert len(statement([["收入：2笔 13.00元"], *rows]).breaks) == 1


def test_opening_and_closing_may_stand_in_rows_of_the_table() -> None:
    rows: Rows = [
        ["日期", "摘要", "收入", "支出", "结余"],
        ["", "期初余额", "", "", 100.0],
        ["2020-01-01", "某公司捐款", 5.0, "", 105.0],
        ["2020-01-02", "付某小学", "", 7.0, 98.0],
        ["", "合计", 5.0, 7.0, ""],
        ["", "期末余额", "", "", 98.0],
    ]
    found = statement(rows)
    assert (figures(found), found.breaks) == (["100.00", "5.00", "7.00", "98.00"], ())
    rows[1] = ["", "期初余额", "", "", 90.0]
    assert "期初余额 90.00" in statement(rows).breaks[0]


def test_rows_in_two_currencies_are_not_added_up() -> None:
    header: Sequence[Cell] = ["交易日期", "对方户名", "收入", "支出", "币种", "余额"]
    rows: Rows = [
        header,
        ["2020-01-01", "甲", 5.0, "", "人民币", 105.0],
        ["2020-01-02", "乙", 7.0, "", "美元", 7.0],
    ]
    found = read_sheet(Sheet("流水", rows), "auto", None).tables[0].statement
    assert found is not None
    assert (found.breaks, figures(found)) == ((), ["None"] * 4)


def test_many_breaks_are_cut_short() -> None:
    rows: Rows = [[f"2020-01-{day:02}", "甲", 5.0, "", 105.0] for day in range(1, 30)]
    breaks = statement([HEADER, *rows]).breaks
    assert (len(breaks), "另有 8 处" in breaks[-1]) == (21, True)


@given(
    st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=30),
    st.integers(-(10**9), 10**9),
    st.sampled_from(["rising", "falling"]),
    st.data(),
)
@settings(deadline=None)
def test_an_account_kept_by_the_rule_adds_up_and_one_wrong_fen_does_not(
    changes: list[int], opening: int, order: str, data: st.DataObject
) -> None:
    rows: list[list[Cell]] = []
    balance = opening
    for number, change in enumerate(changes):
        balance += change
        fen = [f"{abs(change) // 100}.{abs(change) % 100:02}", ""]
        shown = f"{'-' if balance < 0 else ''}{abs(balance) // 100}.{abs(balance) % 100:02}"
        time = f"2020-01-01 00:{number:02}:00"
        rows.append([time, "甲", *(fen if change > 0 else reversed(fen)), shown])
    found = statement([HEADER, *(reversed(rows) if order == "falling" and len(rows) > 1 else rows)])
    assert found.breaks == ()
    assert found.opening is not None
    assert found.closing is not None
    assert found.movements_in is not None
    assert found.movements_out is not None
    assert (found.opening.minor, found.closing.minor) == (opening, balance)
    assert found.movements_in.minor - found.movements_out.minor == balance - opening
    if len(rows) > 2:
        spoilt = data.draw(st.integers(1, len(rows) - 1))
        column = 2 if rows[spoilt][2] else 3
        whole, _, rest = str(rows[spoilt][column]).partition(".")
        rows[spoilt][column] = f"{int(whole) + 1}.{rest}"
        assert statement([HEADER, *rows]).breaks != ()


def test_a_table_that_adds_up_to_more_than_can_be_is_refused() -> None:
    largest = "90071992547409.91"
    huge: Rows = [[f"2020-01-0{day}", "甲", largest, "", "5.00"] for day in (1, 2)]
    with pytest.raises(SumTooLarge, match="'流水' adds up to more than can be; look at its unit"):
        statement([HEADER, *huge])


def test_an_unreadable_day_or_a_sum_beyond_all_money_says_nothing_of_the_account() -> None:
    rows: Rows = [HEADER, ["昨天", "甲", 5.0, "", 105.0], ["2020-01-02", "乙", 2.0, "", 107.0]]
    found = statement(rows)
    assert (str(found.first_day), found.breaks) == ("2020-01-02", ())
    largest = "90071992547409.91"
    huge: Rows = [[f"2020-01-0{day}", "甲", "", largest, "5.00"] for day in (1, 2)]
    assert (figures(statement([HEADER, *huge])), statement([HEADER, *huge]).breaks) == (
        ["None"] * 4,
        (),
    )


def test_a_balance_in_another_currency_is_not_followed() -> None:
    header = [*HEADER[:4], "余额（美元）"]
    rows: Rows = [
        header,
        ["2020-01-01", "甲", 5.0, "", 1.0],
        ["2020-01-02", "乙", 2.0, "", 9.0],
    ]
    assert statement(rows).breaks == ()
