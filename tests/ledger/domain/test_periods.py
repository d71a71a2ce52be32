"""Periods are closed day by day, forwards only; what comes late is booked on the first open day."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import periods
from ledger.domain.events import (
    DisbursementPaid,
    DisbursementRecovered,
    Event,
    FundsAllocated,
    GiftReceived,
    GoodsReceived,
    PeriodClosed,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.periods import Booking, ClosedBeyond, DayNotOver, Periods
from ledger.domain.values import AccountMalformed
from tests.ledger.domain import receipt_given
from tests.ledger.domain.given import CHARITY, NOON, fact

TODAY = date(2026, 11, 21)
OCTOBER = date(2026, 10, 31)
LATE_EVENING_UTC = datetime(2026, 10, 31, 16, 30, tzinfo=UTC)
"""Half past midnight of 1 November in China."""

days = st.dates(date(2000, 1, 1), date(2100, 1, 1))


def closed(last_day: date = OCTOBER, version: int = 1) -> PeriodClosed:
    event = periods.close(Periods(CHARITY, version - 1), last_day, 7, "reviewer", NOON)
    assert event is not None
    return event


def test_books_are_closed_up_to_a_day_by_a_role_that_says_what_it_had_seen() -> None:
    event = closed()

    assert event.originator_id == f"periods-{CHARITY}"
    assert (event.originator_version, event.actor) == (1, CHARITY)
    assert (event.last_day, event.closed_by, event.size) == (OCTOBER, "reviewer", 7)
    assert periods.evolve(Periods(CHARITY), event) == Periods(CHARITY, 1, OCTOBER)


def test_the_next_close_goes_further() -> None:
    known = periods.evolve(Periods(CHARITY), closed())

    later = periods.close(known, TODAY, 9, "reviewer", NOON)

    assert later is not None
    assert (later.originator_version, later.last_day) == (2, TODAY)


def test_the_same_day_twice_records_nothing() -> None:
    known = periods.evolve(Periods(CHARITY), closed())

    assert periods.close(known, OCTOBER, 9, "reviewer", NOON) is None


def test_a_closed_period_is_never_opened_or_shortened() -> None:
    known = periods.evolve(Periods(CHARITY), closed())

    with pytest.raises(ClosedBeyond, match="closed up to 2026-10-31 already, beyond 2026-10-30"):
        periods.close(known, OCTOBER - timedelta(days=1), 9, "reviewer", NOON)


def test_a_day_in_the_future_of_china_can_not_be_closed() -> None:
    with pytest.raises(DayNotOver, match="2026-11-22 is in the future"):
        periods.close(Periods(CHARITY), TODAY + timedelta(days=1), 0, "reviewer", NOON)

    begun = periods.close(Periods(CHARITY), date(2026, 11, 1), 0, "reviewer", LATE_EVENING_UTC)
    assert begun is not None, "in China that day has begun, in Greenwich it has not"


def test_who_closes_is_a_role_and_no_name() -> None:
    with pytest.raises(AccountMalformed):
        periods.close(Periods(CHARITY), OCTOBER, 0, "王某某", NOON)


OWN_DAYS: dict[type[Event], str] = {
    GiftReceived: "received_on",
    GoodsReceived: "received_on",
    DisbursementPaid: "paid_on",
    DisbursementRecovered: "recovered_on",
}


@pytest.mark.parametrize(("cls", "name"), OWN_DAYS.items())
def test_a_fact_belongs_to_the_day_it_names_else_to_the_day_it_was_recorded(
    cls: type[Event], name: str
) -> None:
    said: dict[str, Any] = {name: OCTOBER}
    nothing: dict[str, Any] = {name: None}
    without = fact(cls, "stream-1", **nothing)

    assert periods.day_of(fact(cls, "stream-1", **said)) == OCTOBER
    assert periods.day_of(without) == TODAY
    assert periods.day_of(replace(without, timestamp=LATE_EVENING_UTC)) == date(2026, 11, 1)


def test_a_reversed_receipt_belongs_to_the_day_of_the_red_one() -> None:
    assert periods.day_of(fact(ReceiptReversed, "receipt-1", reversed_on=OCTOBER)) == OCTOBER
    red = receipt_given.fact(RedReceiptMadeOut, "receipt-1", reversed_on=OCTOBER)
    assert periods.day_of(red) == OCTOBER


def test_a_fact_without_a_day_of_its_own_belongs_to_the_day_it_was_recorded() -> None:
    assert periods.day_of(fact(FundsAllocated, "fund-1")) == TODAY


@given(days, days)
def test_a_fact_of_an_open_day_is_booked_on_it_and_a_late_one_on_the_first_open_day(
    day: date, last: date
) -> None:
    found = periods.book(day, last)

    assert found.day == day
    assert found.late == (day <= last)
    assert found.booked_on == max(day, last + timedelta(days=1))
    assert periods.book(day, None) == Booking(day, day, late=False)
