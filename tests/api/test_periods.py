"""The page of a closed period and its data: sums that never change again, and what proves them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest

from api.settings import Settings
from api.wiring import House
from ledger.application import ReceiveGift, ReceiveGoods
from ledger.domain.funds import Binding
from ledger.money import Money
from tests.api.portal import Get, reading, words
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, payment, register
from tests.ledger.corrected import goods, line, why

QUARTER, YEAR, SPRING = date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31)
CHARITY = f"/charities/{USCC}"
MOVES = ("received", "transferred_in", "recovered", "disbursed", "transferred_out", "returned",
         "reversed")  # fmt: skip


@dataclass
class Kept:
    """A charity whose books were closed three times, and how it was done."""

    house: House
    get: Get
    funds: tuple[str, str, str]
    gifts: list[str]
    before_close: int

    def period(self, last: date, asked: str = "") -> Any:
        """Return the data of a period."""
        answer = self.get(f"/api/v1{CHARITY}/periods/{last}{asked}")
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def kept(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    settings = Settings(
        data=tmp_path_factory.mktemp("periods"), database_url=database_url,
        schema=f"t_{uuid.uuid4().hex[:16]}",
    )  # fmt: skip
    with closing(House(settings, create=True)) as house:
        yield _closed(house)


def _closed(house: House) -> Kept:
    """Move money and goods in two quarters, close each, put something right, close again."""
    register(house)
    register(house, OTHER_USCC, "另一慈善总会")
    general, project = general_fund(house), general_fund(house, name="助学资金")
    binding = Binding(recipient="示范县第一小学")
    agency = house.ledger.funds.open_fund(USCC, "代管款", "agency", None, None, binding)
    ledger = house.ledger
    (first,) = _receive(house, general, "100.00", 8)
    ledger.periods.close(USCC, QUARTER, house.recorder.size(), "clerk")
    house.publish()
    before = house.recorder.size()
    gifts = [first, *_receive(house, general, "50.00", 10), *_receive(house, general, "7.00", 11)]
    given: list[ReceiveGift | ReceiveGoods] = [replace(goods(line(200)), received_on=YEAR)]
    gifts += ledger.gifts.receive_gifts(USCC, general, given)
    _receive(house, agency, "9.00", 12)
    ledger.funds.allocate(general, project, Money(2000), "council")
    spent = replace(payment("30.00"), paid_on=date(2025, 11, 3))
    paid, *_ = map(str, ledger.disbursements.pay_out(USCC, general, [spent], "clerk", "reviewer"))
    ledger.disbursements.recover(general, paid, Money(300), date(2025, 12, 1), why())
    _receive(house, general, "1.00", 1, year=2026)
    ledger.periods.close(USCC, YEAR, house.recorder.size(), "clerk")
    house.publish()
    ledger.disbursements.recover(general, paid, Money(200), date(2025, 12, 9), why())
    ledger.disbursements.recover(general, paid, Money(100), date(2026, 2, 9), why())
    _receive(house, general, "4.00", 10)
    ledger.periods.close(USCC, SPRING, house.recorder.size(), "clerk")
    house.publish()
    return Kept(house, reading(house), (general, project, agency), gifts, before)


def _receive(house: House, fund: str, yuan: str, month: int, year: int = 2025) -> list[str]:
    given = replace(gift(yuan), received_on=date(year, month, 5))
    return house.ledger.gifts.receive_gifts(USCC, fund, [given])


def cells(row: dict[str, Any]) -> dict[str, str]:
    """Return what is not nought of a row of sums."""
    named = ("opening", *MOVES, "closing")
    return {name: row[name] for name in named if row[name].strip("0.")}


def test_a_period_tells_what_came_in_went_out_and_was_left(kept: Kept) -> None:
    said = kept.period(YEAR)

    assert (said["first_day"], said["last_day"]) == ("2025-10-01", "2025-12-31")
    money, things = said["totals"]
    assert cells(money) == {
        "opening": "100.00", "received": "57.00", "recovered": "3.00", "disbursed": "30.00",
        "closing": "130.00",
    }  # fmt: skip
    assert (money["gifts"], money["payments"]) == (2, 1)
    assert cells(things) == {"received": "200", "closing": "200"}
    (held,) = said["held_for_others"]
    assert cells(held) == {"received": "9.00", "closing": "9.00"}
    assert {(one["fund"], one["unit"]) for one in said["funds"]} == {
        (kept.funds[0], "CNY"), (kept.funds[0], things["unit"]), (kept.funds[2], "CNY"),
    }  # fmt: skip


def test_each_period_begins_with_what_the_one_before_left(kept: Kept) -> None:
    first, second, third = (kept.period(day) for day in (QUARTER, YEAR, SPRING))

    assert first["first_day"] is None
    assert cells(first["totals"][0]) == {"received": "100.00", "closing": "100.00"}
    for before, after in ((first, second), (second, third)):
        left = {one["unit"]: one["closing"] for one in before["totals"]}
        found = {one["unit"]: one["opening"] for one in after["totals"] if one["unit"] in left}
        assert found == left


def test_what_is_put_right_after_the_close_stands_in_the_period_it_is_booked_in(
    kept: Kept,
) -> None:
    year, spring = kept.period(YEAR), kept.period(SPRING)

    assert [(one["amount"], one["late"]) for one in year["corrections"]] == [("3.00", False)]
    assert [(one["amount"], one["day"], one["late"]) for one in spring["corrections"]] == [
        ("2.00", "2025-12-09", True), ("1.00", "2026-02-09", False),
    ]  # fmt: skip
    assert (year["corrected_later"], spring["corrected_later"]) == (1, 0)
    page = words(kept.get(f"{CHARITY}/periods/{YEAR}").text)
    assert "结账后又有 1 笔更正涉及这一期间的事项" in page
    assert "结账后又有" not in kept.get(f"{CHARITY}/periods/{SPRING}").text


def test_a_page_of_corrections_leads_to_the_next(kept: Kept) -> None:
    answer = kept.get(f"/api/v1{CHARITY}/periods/{SPRING}?limit=1")
    (one,) = answer.json()["corrections"]
    more = answer.headers["link"]

    assert more == f'</api/v1{CHARITY}/periods/{SPRING}?after={one["leaf"]}&limit=1>; rel="next"'
    last = kept.get(more[1:].partition(">")[0])
    assert [each["amount"] for each in last.json()["corrections"]] == ["1.00"]
    assert "link" not in last.headers
    onward = kept.get(f"{CHARITY}/periods/{SPRING}?after={one['leaf']}").text
    assert f'href="{CHARITY}/periods/{SPRING}">← 从头' in onward


def test_a_long_list_of_corrections_goes_on_on_another_page(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("api.routes.periods.LISTED", 1)
    leaf = kept.period(SPRING)["corrections"][0]["leaf"]
    page = reading(kept.house)(f"{CHARITY}/periods/{SPRING}").text
    assert f'href="{CHARITY}/periods/{SPRING}?after={leaf}">后面的' in page


def test_a_period_is_not_there_before_it_was_closed_and_the_same_ever_after(kept: Kept) -> None:
    path = f"/api/v1{CHARITY}/periods/{QUARTER}"
    then = kept.get(f"{path}?as_of={kept.before_close}").json()

    now = kept.period(QUARTER)
    assert {**now, "as_of": None} == {**then, "as_of": None}
    assert then["as_of"]["size"] == kept.before_close
    for asked in (f"{CHARITY}/periods/{YEAR}", f"/api/v1{CHARITY}/periods/{YEAR}"):
        gone = kept.get(f"{asked}?as_of={kept.before_close}")
        assert gone.status_code == 404
    assert "closed no period with 2025-12-31 as its last day" in gone.json()["detail"]


def test_the_list_of_periods_turns_page_by_page(kept: Kept) -> None:
    path, seen = f"/api/v1{CHARITY}/periods?limit=2", []
    while path:
        answer = kept.get(path)
        assert answer.json()["name"] == "示范基金会"
        seen.append([(one["first_day"], one["last_day"]) for one in answer.json()["periods"]])
        path = answer.headers.get("link", "<>")[1:].partition(">")[0]

    assert seen == [
        [(None, "2025-09-30"), ("2025-10-01", "2025-12-31")], [("2026-01-01", "2026-03-31")],
    ]  # fmt: skip
    past = kept.get(f"/api/v1{CHARITY}/periods?as_of={kept.before_close}").json()
    assert len(past["periods"]) == 1


def test_the_page_leads_to_the_entry_that_closed_it_and_to_its_neighbours(kept: Kept) -> None:
    entry = kept.period(YEAR)["entry"]
    page = kept.get(f"{CHARITY}/periods/{YEAR}").text

    assert f'href="/log?entry={entry}#check-it"' in page
    assert kept.get(f"/log?entry={entry}").status_code == 200
    for near in (QUARTER, SPRING):
        assert f'href="{CHARITY}/periods/{near}"' in page
    assert "上一期" not in kept.get(f"{CHARITY}/periods/{QUARTER}").text
    assert "next period" not in kept.get(f"{CHARITY}/periods/{SPRING}?lang=en").text


def test_charity_and_fund_lead_to_the_closed_periods(kept: Kept) -> None:
    for page in (CHARITY, f"/funds/{kept.funds[0]}"):
        assert f'href="{CHARITY}/periods/{QUARTER}"' in kept.get(page).text, page


def test_a_charity_without_a_close_has_an_empty_list(kept: Kept) -> None:
    found = kept.get(f"/api/v1/charities/{OTHER_USCC}/periods").json()
    assert (found["name"], found["periods"]) == ("另一慈善总会", [])
    assert kept.get("/api/v1/charities/911/periods").status_code == 404
    assert kept.get(f"/api/v1/charities/{OTHER_USCC}/periods/{QUARTER}").status_code == 404
    assert kept.get(f"/api/v1{CHARITY}/periods/yesterday").status_code == 400


def test_a_period_in_which_nothing_ever_moved_says_so(house: House, get: Get) -> None:
    register(house)
    house.ledger.periods.close(USCC, QUARTER, house.recorder.size(), "clerk")
    house.publish()
    page = words(get(f"{CHARITY}/periods/{QUARTER}").text)
    assert "这一期间及以前没有收支。" in page
    assert "这一期间没有更正。" in page
