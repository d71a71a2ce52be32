"""Receipt books: allotted within a limit, lost numbers passed over, every number with its fate."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from api.wiring import House
from ledger.application.batch import Batch
from ledger.application.requests import Correction
from ledger.domain import receipt_changes
from ledger.domain.events import ReceiptNumber
from ledger.domain.receipt_books import CodesOfOtherYears, NumbersUsedUp
from ledger.domain.receipts import Asked
from projections import receipt_numbers, receipt_register
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, general_fund, give, register
from tests.invariants import check_house

CODE = "23050126"
WHY = Correction(reason="wrong-donor", note="票面有误", decided_by="clerk")
NOTE = ("--note", "受潮")

Run = Callable[..., tuple[int, str, str]]


def said(outcome: tuple[int, str, str]) -> Any:
    code, out, err = outcome
    assert code == 0, err
    return json.loads(out)


def refused(outcome: tuple[int, str, str]) -> str:
    code, out, err = outcome
    assert (code, out, err.count("\n")) == (2, "", 1)
    return err


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def book(command_line: Run, action: str, *words: object) -> Any:
    return said(command_line("book", action, USCC, *words, "--json"))


def issued(house: House, gifts: list[str], on: date = GIFT_DAY) -> list[object]:
    codes = receipt_numbers.codes_of(house.runner, USCC)
    outcomes = house.ledger.receipts.issue_receipts(USCC, gifts, codes, on)
    house.publish()
    return [outcomes[gift] for gift in gifts]


def test_no_more_numbers_lie_unused_than_the_limit_lets(fund: str, command_line: Run) -> None:
    assert book(command_line, "limit", CODE, 5)["new"]
    assert not book(command_line, "limit", CODE, 5)["new"]
    book(command_line, "allot", CODE, 1, 3)

    err = refused(command_line("book", "allot", USCC, CODE, 4, 6))
    assert "3 numbers are unused and 3 are to be allotted; no more than 5" in err
    assert book(command_line, "limit", CODE, 6) == {
        "uscc": USCC, "code": CODE, "unused_max": 6, "unused": 3, "new": True,
    }  # fmt: skip
    assert book(command_line, "allot", CODE, 4, 6)["new"]


def test_every_number_ever_allotted_stands_in_the_register_with_its_fate(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    book(command_line, "allot", CODE, 1, 10)
    lost = book(command_line, "lose", CODE, 3, 4, "--reason", "spoiled", *NOTE)
    assert (lost["count"], lost["reason"], lost["announced"]) == (2, "spoiled", None)
    numbers = issued(house, give(house, fund, "1.00", "2.00", "3.00"))
    assert numbers == [(CODE, f"{n:010d}") for n in (1, 2, 5)]
    house.ledger.receipts.reverse(CODE, "0000000001", [CODE], GIFT_DAY, WHY)
    house.ledger.receipts.replace(CODE, "0000000002", [CODE], Asked(issued_on=GIFT_DAY), WHY)
    house.publish()
    book(command_line, "allot", CODE, 21, 22)

    found = book(command_line, "register")

    rows = [(r["first"][-2:], r["last"][-2:], r["fate"], r["amount"]) for r in found["numbers"]]
    assert rows == [
        ("01", "01", "reversed", "1.00"),
        ("02", "02", "reversed", "2.00"),
        ("03", "04", "spoiled", None),
        ("05", "05", "issued", "3.00"),
        ("06", "06", "red", "1.00"),
        ("07", "07", "red", "2.00"),
        ("08", "08", "issued", "2.00"),
        ("09", "10", "unused", None),
        ("21", "22", "unused", None),
    ]
    see = {
        r["first"][-2:]: [(s["mark"], s["number"][-2:]) for s in r["see"]] for r in found["numbers"]
    }
    assert see["01"] == [("reversed", "06")]
    assert see["02"] == [("reversed", "07"), ("replaced", "08")]
    assert (see["06"], see["05"]) == ([("reverses", "01")], [])
    assert found["adds_up"]
    assert found["counts"] == {
        "allotted": 12, "issued": 2, "exchanged": 0, "reversed": 2, "red": 2, "paper": 0,
        "lost": 0, "spoiled": 2, "handed-back": 0, "unused": 4,
    }  # fmt: skip
    (first, second) = receipt_numbers.register(house.runner, USCC)
    assert (first.issued, first.red, first.lost, first.unused) == (4, 2, 2, 2)
    assert (second.unused, second.lost) == (2, 0)
    check_house(house)


def exchanged_in_lot(house: House, number: str, paper: ReceiptNumber) -> None:
    """Record an exchange for a number of a lot; it would be refused now, and was not always."""
    known = house.ledger.streams.receipt(CODE, number)
    event = receipt_changes.exchange(known, paper, GIFT_DAY, datetime.now(UTC))
    house.ledger.receipts._desk.record(Batch([event]))


def test_an_exchange_and_the_paper_that_came_back_are_in_the_register(
    house: House, fund: str
) -> None:
    house.ledger.organisations.allot_numbers(USCC, CODE, 1, 2)
    house.ledger.organisations.allot_numbers(USCC, "23052126", 1, 3)
    house.publish()
    assert issued(house, give(house, fund, "1.00")) == [(CODE, "0000000001")]
    paper = ReceiptNumber(code="23052126", number="0000000002")
    fates = []

    exchanged_in_lot(house, "0000000001", paper)
    for _ in range(2):
        house.publish()
        found = receipt_register.of(house.runner, USCC, None)
        fates.append([line.fate for line in found.lines])
        assert found.adds_up
        if len(fates) == 1:
            house.ledger.receipts.take_back(CODE, "0000000001", GIFT_DAY)

    assert fates == [
        ["exchanged", "unused", "unused", "paper", "unused"],
        ["issued", "unused", "unused", "paper", "unused"],
    ]
    assert receipt_numbers.register(house.runner, USCC)[1].paper == 1


def test_a_paper_of_the_same_number_never_hides_a_receipt(house: House, fund: str) -> None:
    house.ledger.organisations.allot_numbers(USCC, CODE, 1, 4)
    house.publish()
    issued(house, give(house, fund, "1.00"))
    exchanged_in_lot(house, "0000000001", ReceiptNumber(code=CODE, number="0000000002"))
    issued(house, give(house, fund, "2.00"))
    house.publish()

    found = receipt_register.of(house.runner, USCC, None)

    assert [(line.fate, line.fen) for line in found.lines] == [
        ("exchanged", 100), ("issued", 200), ("unused", None),
    ]  # fmt: skip
    assert found.adds_up
    (lot,) = receipt_numbers.register(house.runner, USCC)
    assert (lot.issued, lot.paper, lot.unused) == (2, 0, 2)


def test_the_register_is_a_workbook_to_file_and_a_page_of_so_many_lines(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    book(command_line, "allot", CODE, 1, 500)
    for first in range(1, 500, 2):
        house.ledger.organisations.allot_numbers(USCC, "23052126", first, first)
    house.publish()
    out = tmp_path / "登记簿.xlsx"

    found = book(command_line, "register", "--xlsx", out)
    everything = book(command_line, "register", "--all")
    code, shown, _ = command_line("book", "register", USCC)

    assert (len(found["numbers"]), found["left_off"]) == (200, 51)
    assert (len(everything["numbers"]), everything["left_off"]) == (251, 0)
    assert found["counts"] == everything["counts"]
    assert (code, "另有 51 行未列出" in shown, "未用 unused" in shown) == (0, True, True)
    rows = CalamineWorkbook.from_path(out).get_sheet_by_index(0).to_python()
    assert rows[0][0] == f"捐赠票据登记簿  示范基金会  {USCC}"
    assert rows[2][:4] == [CODE, "0000000001 - 0000000500", "500", "未用 unused"]
    assert len(rows) == 2 + 251 + len(found["counts"])
    assert [len(book(command_line, "register", "--code", c)["numbers"]) for c in (CODE, "23052126")] == [1, 200]  # fmt: skip  # noqa: E501


def test_the_register_of_who_was_allotted_nothing_is_empty(house: House, command_line: Run) -> None:
    register(house)

    found = book(command_line, "register")

    assert (found["numbers"], found["counts"]["allotted"], found["adds_up"]) == ([], 0, True)


def test_a_loss_is_announced_and_of_blank_numbers_of_ones_own(
    house: House, fund: str, command_line: Run
) -> None:
    book(command_line, "allot", CODE, 1, 10)
    lost = ("--reason", "lost", *NOTE)

    assert "need a public notice" in refused(command_line("book", "lose", USCC, CODE, 1, 2, *lost))
    told = book(command_line, "lose", CODE, 1, 2, *lost, "--announced", "示范日报")
    assert told["announced"] == "示范日报"
    again = refused(command_line("book", "lose", USCC, CODE, 1, 2, *lost, "--announced", "报"))
    assert "are not all blank numbers" in again
    register(house, OTHER_USCC, "另一机构")
    others = command_line("book", "lose", OTHER_USCC, CODE, 3, 3, "--reason", "spoiled", *NOTE)
    assert "are not all blank numbers" in refused(others)


def test_a_receipt_bears_a_code_of_the_year_it_is_issued_in(house: House, fund: str) -> None:
    house.ledger.organisations.allot_numbers(USCC, "23050125", 1, 9)
    house.publish()
    one, other = give(house, fund, "1.00", "2.00")

    (none,) = issued(house, [one])
    assert isinstance(none, CodesOfOtherYears)
    assert "receipts of 2026 need a code whose digits 7-8 are 26" in str(none)
    house.ledger.organisations.allot_numbers(USCC, CODE, 1, 1)
    house.publish()
    assert issued(house, [one, other])[0] == (CODE, "0000000001")
    (used_up,) = issued(house, [other])
    assert isinstance(used_up, NumbersUsedUp)
    assert house.ledger.streams.book("23050125").left(USCC) == 9


def test_a_red_receipt_of_the_next_year_bears_that_years_code(house: House, fund: str) -> None:
    house.ledger.organisations.allot_numbers(USCC, CODE, 1, 9)
    house.publish()
    issued(house, give(house, fund, "1.00"))
    later, codes = date(2027, 1, 5), [CODE, "23050127"]

    with pytest.raises(CodesOfOtherYears):
        house.ledger.receipts.reverse(CODE, "0000000001", [CODE], later, WHY)
    house.ledger.organisations.allot_numbers(USCC, "23050127", 1, 9)
    red = house.ledger.receipts.reverse(CODE, "0000000001", codes, later, WHY)

    assert red == ("23050127", "0000000001")
    check_house(house)
