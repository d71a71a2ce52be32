"""Accountants close, export and ask for changes; the public reads corrections and totals."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.wiring import House
from ledger.domain.funds import Binding
from ledger.money import Money
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, give, pay, payment, register
from tests.invariants import check_house
from tests.projections.books import WHY

Run = Callable[..., tuple[int, str, str]]
OCTOBER = date(2025, 10, 31)
"""All days lie in the past of whatever day the tests run on."""


def said(answer: tuple[int, str, str]) -> Any:
    code, out, err = answer
    assert code == 0, err
    return json.loads(out)


@pytest.fixture
def fund(house: House) -> str:
    """Open a fund with two gifts and a payment of October 2025."""
    register(house)
    fund = general_fund(house)
    receive(house, fund, "100.00", 10, 3)
    receive(house, fund, "50.00", 10, 31)
    spend(house, fund, "30.00", 10, 12)
    receive(house, fund, "8.00", 11, 1)
    return fund


def receive(house: House, fund: str, yuan: str, month: int, day: int) -> str:
    given = replace(gift(yuan), received_on=date(2025, month, day))
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [given])
    return one


def spend(house: House, fund: str, yuan: str, month: int, day: int) -> str:
    paid = replace(payment(yuan), paid_on=date(2025, month, day), cost_class="charitable")
    spending = house.ledger.disbursements
    (one,) = spending.pay_out(USCC, fund, [paid], "clerk", "reviewer")
    assert isinstance(one, str)
    return one


def close(command_line: Run, last: date = OCTOBER) -> Any:
    return said(command_line("period", "close", USCC, last, "--by", "accountant", "--json"))


def exported(command_line: Run, out: Path, *more: object) -> bytes:
    said(command_line("period", "export", USCC, out, *more, "--json"))
    return out.read_bytes()


def test_a_period_is_closed_with_its_sums_and_once_only(
    command_line: Run, house: House, fund: str
) -> None:
    seen = house.recorder.size()

    closed = close(command_line)

    assert (closed["from"], closed["to"], closed["new"]) == (None, "2025-10-31", True)
    assert (closed["rows"], closed["late"], closed["unseen"]) == (3, 0, 0)
    assert (closed["seen"], closed["income"]) == (seen, {"CNY": "150.00"})
    cash = {"account": "货币资金", "unit": "CNY", "debit": "150.00", "credit": "30.00"}
    assert cash in closed["accounts"]
    assert closed["as_of"]["size"] == house.recorder.size() == seen + 1
    again = close(command_line)
    assert (again["new"], again["rows"]) == (False, 3)
    assert house.recorder.size() == seen + 1
    check_house(house)


def test_a_dry_run_of_a_close_shows_the_sums_and_closes_nothing(
    command_line: Run, house: House, fund: str
) -> None:
    words = ("period", "close", USCC, OCTOBER, "--by", "accountant", "--dry-run")

    shown = said(command_line(*words, "--json"))

    assert (shown["rows"], shown["income"]) == (3, {"CNY": "150.00"})
    assert said(command_line("period", "list", USCC, "--json")) == []
    code, out, _ = command_line(*words)
    assert code == 0
    assert "科目汇总" in out
    check_house(house)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("close", USCC, "9999-12-31", "--by", "accountant"), "is in the future"),
        (("close", USCC, "2025-10-30", "--by", "accountant"), "closed up to 2025-10-31 already"),
        (("close", USCC, "2025-11-30", "--by", "王某某"), "not a role name"),
        (("close", USCC, "2025-11-31", "--by", "accountant"), "is no day"),
        (("close", OTHER_USCC, "2025-10-31", "--by", "accountant"), "no organisation"),
        (("export", USCC, "--to", "2025-11-30", "out.csv"), "closed up to 2025-10-31, so"),
        (("export", USCC, "--to", "2025-10-31", "out.txt"), r".csv or .xlsx"),
        (("export", USCC, "--from", "2025-11-01", "--to", "2025-10-31", "out.csv"), "is after"),
        (("export", OTHER_USCC, "--to", "2025-10-31", "out.csv"), "no organisation"),
        (("changes", USCC, "--since", "999999"), "entry 999999 is not in the log"),
        (("changes", USCC, "--since", "-1"), "is no whole number"),
    ],
)
def test_what_can_not_be_done_is_refused_in_one_line(
    words: tuple[str, ...], complaint: str, command_line: Run, fund: str, house: House
) -> None:
    close(command_line)

    code, out, err = command_line("period", *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert complaint in err
    check_house(house)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_the_export_of_a_closed_period_is_the_same_bytes_for_ever(
    suffix: str, command_line: Run, house: House, fund: str, tmp_path: Path
) -> None:
    out, days = tmp_path / f"october{suffix}", ("--to", OCTOBER)
    close(command_line)
    first = exported(command_line, out, *days)

    late = receive(house, fund, "7.00", 10, 15)
    spend(house, fund, "2.00", 10, 20)
    gifts = give(house, fund, "5.00", "6.00")
    house.ledger.corrections.reverse_gift(late, WHY)
    house.ledger.corrections.return_gift(gifts[1], Money(100), "捐赠人申请", "council")
    paid = pay(house, fund, "1.00")
    house.ledger.disbursements.recover(fund, paid[0], Money(40), date(2025, 10, 9), WHY)
    close(command_line, date(2025, 11, 30))
    assert exported(command_line, out, *days) == first

    said(command_line("rebuild", "--json"))
    assert exported(command_line, out, *days) == first
    november = said(command_line("period", "export", USCC, out, "--to", "2025-11-30", "--json"))
    assert (november["from"], november["state"]) == ("2025-11-01", "closed")
    assert november["rows"] == 4, "a gift of November, and late: a gift, a payment, a recovery"
    check_house(house)


def test_late_rows_say_which_day_they_belong_to(
    command_line: Run, house: House, fund: str, tmp_path: Path
) -> None:
    close(command_line)
    receive(house, fund, "7.00", 10, 15)
    close(command_line, date(2025, 11, 30))

    content = exported(command_line, tmp_path / "n.csv", "--to", "2025-11-30")

    _, _, *found = csv.reader(StringIO(content.decode("utf-8-sig")))
    assert [row[:3] for row in found] == [
        ["2025-11-01", "2025-11-01", ""],
        ["2025-11-01", "2025-10-15", "补记 late"],
    ]
    check_house(house)


def test_open_days_are_exported_only_on_request_and_the_file_says_so(
    command_line: Run, house: House, fund: str, tmp_path: Path
) -> None:
    out = tmp_path / "open.csv"
    code, _, err = command_line("period", "export", USCC, "--to", OCTOBER, out)
    assert (code, "not closed yet" in err, out.exists()) == (2, True, False)

    content = exported(command_line, out, "--to", OCTOBER, "--open")

    assert "未结账" in content.decode().splitlines()[0]
    spread = exported(command_line, tmp_path / "open.XLSX", "--to", OCTOBER, "--open")
    (tmp_path / "open.xlsx").write_bytes(spread)
    rows = CalamineWorkbook.from_path(tmp_path / "open.xlsx").get_sheet_by_index(0).to_python()
    assert "未结账" in str(rows[0])
    check_house(house)


def test_a_dry_run_of_an_export_writes_no_file(
    command_line: Run, house: House, fund: str, tmp_path: Path
) -> None:
    out = tmp_path / "none.csv"

    told = said(command_line(
        "period", "export", USCC, "--to", OCTOBER, "--open", out, "--dry-run", "--json"
    ))  # fmt: skip

    assert (told["rows"], told["state"], out.exists()) == (3, "open", False)
    check_house(house)


def test_an_export_of_a_charity_without_facts_is_an_empty_statement(
    command_line: Run, house: House, tmp_path: Path
) -> None:
    register(house)

    content = exported(command_line, tmp_path / "n.csv", "--to", OCTOBER, "--open")

    assert content.count(b"\r\n") == 2
    check_house(house)


def test_changes_are_handed_out_once_from_cursor_to_cursor(
    command_line: Run, house: House, fund: str
) -> None:
    first = said(command_line("period", "changes", USCC, "--json"))
    assert [row["amount"] for row in first["rows"]] == ["100.00", "50.00", "30.00", "8.00"]
    close(command_line)
    receive(house, fund, "7.00", 10, 15)

    then = said(command_line("period", "changes", USCC, "--since", first["cursor"], "--json"))

    (row,) = then["rows"]
    assert (row["amount"], row["late"], row["day"]) == ("7.00", True, "2025-10-15")
    assert (row["booked_on"], row["debit"]) == ("2025-11-01", "货币资金")
    cursor = then["cursor"]
    assert said(command_line("period", "changes", USCC, "--since", cursor, "--json"))["rows"] == []
    code, out, _ = command_line("period", "changes", USCC, "--since", first["cursor"])
    assert (code, "补记" in out, f"--since {cursor}" in out) == (0, True, True)
    check_house(house)


def test_many_changes_are_shown_in_part_and_counted(
    command_line: Run, house: House, fund: str
) -> None:
    give(house, fund, *["1.00"] * 45)

    code, out, _ = command_line("period", "changes", USCC)

    assert (code, "另有 9 行未显示" in out) == (0, True)
    check_house(house)


def test_closed_periods_are_listed(command_line: Run, house: House, fund: str) -> None:
    close(command_line)

    (one,) = said(command_line("period", "list", USCC, "--json"))

    assert (one["to"], one["closed_by"]) == ("2025-10-31", "accountant")
    assert "2025-10-31" in command_line("period", "list", USCC)[1]
    check_house(house)


def test_corrections_are_listed_in_words_with_their_stamp(
    command_line: Run, house: House, fund: str
) -> None:
    wrong = receive(house, fund, "7.00", 10, 15)
    house.ledger.corrections.reverse_gift(wrong, WHY)
    house.ledger.funds.change_use(fund, "助医", None, "filing", f"{USCC}A26001", "council")

    answer = said(command_line("corrections", "--charity", USCC, "--json"))

    reversal, use = answer["corrections"]
    assert (reversal["kind"], reversal["amount"], reversal["id"]) == ("reversal", "7.00", wrong)
    assert "重复登记" in reversal["says"]
    assert (use["kind"], use["amount"], use["became"]) == ("use-change", None, "助医")
    assert answer["as_of"]["size"] == house.recorder.size()
    mine = said(command_line("corrections", "--fund", fund, "--json"))["corrections"]
    assert mine == answer["corrections"]
    assert "更正公告" in command_line("corrections")[1]
    assert command_line("corrections", "--fund", "fund-none")[0] == 2
    assert command_line("corrections", "--charity", OTHER_USCC)[0] == 2
    check_house(house)


@pytest.mark.parametrize("by", ["tier", "organisation", "kind"])
def test_totals_count_a_move_between_tiers_once(
    by: str, command_line: Run, house: House, fund: str
) -> None:
    register(house, OTHER_USCC, "另一基金会")
    county = house.ledger.funds.open_fund(OTHER_USCC, "县级", "project", None, "230108")
    house.ledger.funds.allocate(fund, county, Money(2500), "council")

    answer = said(command_line("totals", "--by", by, "--json"))

    (bridge,) = answer["bridge"]
    assert bridge == {
        "unit": "CNY", "external_in": "158.00", "external_out": "30.00", "balance": "128.00",
        "internal_in": "25.00", "internal_out": "25.00",
    }  # fmt: skip
    groups = {group["group"]: group for group in answer["groups"]}
    assert len(groups) == 2
    assert sorted(g["transferred_in"] for g in groups.values()) == ["0.00", "25.00"]
    assert answer["as_of"]["size"] == house.recorder.size()
    code, out, _ = command_line("totals", "--by", by)
    assert (code, "勾稽 bridge" in out, "as of log size" in out) == (0, True, True)
    check_house(house)


def test_agency_money_has_a_table_of_its_own(command_line: Run, house: House, fund: str) -> None:
    bound = Binding(recipient="示范县第一小学")
    held = house.ledger.funds.open_fund(USCC, "代管资金", "agency", None, None, bound)
    assert "代管余额" not in command_line("totals")[1]
    give(house, held, "500.00")

    answer = said(command_line("totals", "--by", "kind", "--json"))

    groups = {group["group"]: group for group in answer["groups"]}
    assert (groups["agency"]["gifts"], groups["agency"]["agency_received"]) == ("0.00", "500.00")
    assert answer["bridge"][0]["external_in"] == "158.00"
    assert "代管余额" in command_line("totals")[1]
    check_house(house)
