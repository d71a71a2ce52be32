"""Promises: instalments that add up, recurring gifts that change in the open, what is due."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from ledger.domain import pledges
from ledger.domain.events.pledge import (
    Instalment,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringAgreed,
    RecurringChanged,
    RecurringEnded,
)
from ledger.domain.funds import AmountNotPositive, FundIsClosed
from ledger.domain.grounds import DocumentMalformed, ReasonUnknown
from ledger.domain.pledges import (
    EndsBeforeItBegins,
    InstalmentsDontAddUp,
    InstalmentsOutOfOrder,
    NothingChanges,
    NotRecurring,
    Pledge,
    PledgeTooLarge,
    ReachesBack,
    RecurringIsOver,
)
from ledger.domain.schedules import DayOutOfReach, RhythmUnknown, TooManyInstalments
from ledger.errors import Refused
from ledger.money import CurrenciesDiffer, Money
from tests.ledger.domain.promises import (
    DOCUMENT,
    NOON,
    TODAY,
    cny,
    dues,
    fact,
    fund,
    monthly,
    parts,
    party,
    pledge,
)

TWO = parts(("2026-10-31", "40.00"), ("2026-12-31", "60.00"))


def make(
    total: str = "100.00", instalments: tuple[Instalment, ...] = TWO, agreement: str | None = None
) -> PledgeMade:
    return pledges.make(
        "pledge-1", fund(), party("pledge"), cny(total), instalments, agreement, NOON
    )


def agree(
    amount: str = "10.00",
    every: str = "month",
    first_day: date = date(2026, 8, 31),
    last_day: date | None = None,
) -> RecurringAgreed:
    return pledges.agree(
        "pledge-1", fund(), party("recurring"), cny(amount), every, first_day, last_day, NOON
    )


# Making a promise.


def test_a_promise_says_who_gives_what_for_which_fund_and_when() -> None:
    assert make(agreement=DOCUMENT) == fact(PledgeMade, "pledge-1")


@pytest.mark.parametrize("last", ["59.99", "60.01"])
def test_instalments_are_the_promise_to_the_fen(last: str) -> None:
    with pytest.raises(InstalmentsDontAddUp, match=r"add up to \d+\.\d\d CNY, but 100\.00 CNY"):
        make(instalments=parts(("2026-10-31", "40.00"), ("2026-12-31", last)))


@pytest.mark.parametrize("day", ["2026-10-31", "2026-10-30"])
def test_instalments_are_in_the_order_of_their_days(day: str) -> None:
    with pytest.raises(InstalmentsOutOfOrder, match=f"{day} is not later"):
        make(instalments=parts(("2026-10-31", "40.00"), (day, "60.00")))


@pytest.mark.parametrize(("first", "second"), [("100.00", "0.00"), ("101.00", "-1.00")])
def test_an_instalment_is_above_zero(first: str, second: str) -> None:
    with pytest.raises(AmountNotPositive):
        make(instalments=parts(("2026-10-31", first), ("2026-12-31", second)))


def test_a_promise_of_nothing_is_none() -> None:
    with pytest.raises(AmountNotPositive):
        make(total="0")
    with pytest.raises(AmountNotPositive):
        agree(amount="-10.00")


def test_a_promise_without_instalments_is_refused() -> None:
    with pytest.raises(TooManyInstalments, match="0 instalments"):
        make(instalments=())


def test_a_promise_of_more_than_any_gift_was_misread() -> None:
    with pytest.raises(PledgeTooLarge, match=r"100000000000\.01 CNY can't be right"):
        make(total="100000000000.01")


def test_all_instalments_are_in_the_currency_of_the_promise() -> None:
    dollars = Instalment(due_on=date(2026, 12, 31), amount=Money(6_000, "USD"))

    with pytest.raises(CurrenciesDiffer):
        make(instalments=(TWO[0], dollars))


def test_a_due_day_in_another_age_was_misread() -> None:
    with pytest.raises(DayOutOfReach, match="2926-10-31 can't be right"):
        make(instalments=parts(("2926-10-31", "100.00")))
    with pytest.raises(DayOutOfReach):
        agree(last_day=date(2926, 10, 31))


def test_an_agreement_is_named_by_its_digest_only() -> None:
    with pytest.raises(DocumentMalformed, match="'王某某的协议' is no SHA-256"):
        make(agreement="王某某的协议")


@pytest.mark.parametrize(
    "promise",
    [
        lambda closed: pledges.make("pledge-1", closed, party("a"), cny("100.00"), TWO, None, NOON),
        lambda closed: pledges.agree(
            "pledge-1", closed, party("a"), cny("1"), "month", TODAY, None, NOON
        ),
    ],
)
def test_nothing_is_promised_to_a_closed_fund(promise: Callable[[object], object]) -> None:
    with pytest.raises(FundIsClosed):
        promise(replace(fund(), closed=True))


# Recurring gifts.


def test_a_recurring_gift_says_how_much_how_often_from_when() -> None:
    assert agree() == fact(RecurringAgreed, "pledge-1")
    assert agree(last_day=date(2026, 8, 31)).last_day == date(2026, 8, 31)


def test_a_recurring_gift_does_not_end_before_it_begins() -> None:
    with pytest.raises(EndsBeforeItBegins, match="2026-08-30 lies before the first day 2026-08-31"):
        agree(last_day=date(2026, 8, 30))


def test_a_recurring_gift_has_a_known_rhythm() -> None:
    with pytest.raises(RhythmUnknown):
        agree(every="weekly")


def change(
    known: Pledge,
    amount: Money | None = None,
    every: str = "quarter",
    day: date = date(2026, 12, 15),
    why: str = "asked-by-donor",
) -> RecurringChanged:
    return pledges.change(known, amount or cny("15.00"), every, day, why, NOON)


def test_a_change_keeps_what_was_before_and_what_is_after() -> None:
    event = change(monthly())
    changed = pledges.evolve(monthly(), event)

    assert event == fact(RecurringChanged, "pledge-1", 2)
    found = pledges.due(changed, date(2027, 4, 1))
    assert [(str(one.due_on), one.amount.decimal()) for one in found] == [
        ("2026-08-31", "10.00"),
        ("2026-09-30", "10.00"),
        ("2026-10-31", "10.00"),
        ("2026-11-30", "10.00"),
        ("2026-12-15", "15.00"),
        ("2027-03-15", "15.00"),
    ]


@pytest.mark.parametrize("day", [date(2026, 9, 30), TODAY])
def test_what_has_fallen_due_stays_due(day: date) -> None:
    with pytest.raises(ReachesBack, match="begin after 2026-11-21"):
        change(monthly(), day=day)
    with pytest.raises(ReachesBack, match="write off what was due before"):
        pledges.end(monthly(), day, "asked-by-donor", NOON)


def test_a_change_begins_after_the_term_that_it_ends() -> None:
    later = monthly(first_day=date(2027, 1, 31))

    with pytest.raises(ReachesBack, match="begin after 2027-01-31"):
        change(later, day=date(2027, 1, 31))


def test_a_change_changes_something() -> None:
    with pytest.raises(NothingChanges, match=r"10\.00 CNY every month is what holds"):
        change(monthly(), cny("10.00"), "month")
    assert change(monthly(), cny("10.00")).every == "quarter"
    assert change(monthly(), every="month").amount == cny("15.00")


def test_a_change_keeps_the_currency() -> None:
    with pytest.raises(CurrenciesDiffer):
        change(monthly(), Money(1_500, "USD"))


@pytest.mark.parametrize(
    ("amount", "every", "day", "refusal"),
    [
        (cny("0"), "month", date(2026, 12, 15), AmountNotPositive),
        (cny("15.00"), "week", date(2026, 12, 15), RhythmUnknown),
        (cny("15.00"), "month", date(2226, 12, 15), DayOutOfReach),
    ],
)
def test_a_change_is_held_to_what_an_agreement_is(
    amount: Money, every: str, day: date, refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        change(monthly(), amount, every, day)


def test_a_reason_is_one_of_a_few_words() -> None:
    with pytest.raises(ReasonUnknown, match="reason '王某某失业' is none of asked-by-donor"):
        change(monthly(), why="王某某失业")
    with pytest.raises(ReasonUnknown):
        pledges.end(monthly(), date(2026, 12, 1), "王某某失业", NOON)


def test_a_fixed_promise_neither_changes_nor_ends() -> None:
    with pytest.raises(NotRecurring, match="pledge-1 is a fixed promise"):
        change(pledge())
    with pytest.raises(NotRecurring):
        pledges.end(pledge(), date(2026, 12, 1), "asked-by-donor", NOON)


def test_an_end_stops_what_comes_and_keeps_what_was_due() -> None:
    event = pledges.end(monthly(), date(2026, 12, 1), "payments-fail", NOON)
    ended = pledges.evolve(monthly(), event)

    assert event == fact(RecurringEnded, "pledge-1", 2)
    assert [str(d.due_on) for d in pledges.due(ended, date(2030, 1, 1))] == [
        "2026-08-31",
        "2026-09-30",
        "2026-10-31",
        "2026-11-30",
    ]


def test_what_has_ended_neither_changes_nor_ends_again() -> None:
    ended = monthly(fact(RecurringEnded, "pledge-1", 2))

    for day in (date(2026, 12, 1), date(2027, 5, 1)):
        with pytest.raises(RecurringIsOver, match="nothing falls due after 2026-11-30"):
            change(ended, day=day)
        with pytest.raises(RecurringIsOver):
            pledges.end(ended, day, "asked-by-donor", NOON)


def test_an_agreed_last_day_can_be_brought_forward() -> None:
    agreed = monthly(last_day=date(2027, 8, 31))
    event = pledges.end(agreed, date(2027, 8, 31), "purpose-met", NOON)

    assert pledges.evolve(agreed, event).last_day == date(2027, 8, 30)


# What is due.


def test_payments_fill_the_oldest_instalment_first() -> None:
    known = pledge(fact(PledgePaid, "pledge-1", 2, amount=cny("50.00")))

    assert dues(pledges.due(known, TODAY)) == [
        ("2026-10-31", "40.00", "0.00", "0.00", "paid"),
        ("2026-12-31", "10.00", "0.00", "50.00", "open"),
    ]


def test_what_is_open_is_overdue_after_its_day() -> None:
    known = pledge()

    assert [d.state for d in pledges.due(known, date(2026, 10, 31))] == ["open", "open"]
    assert [d.state for d in pledges.due(known, date(2026, 11, 1))] == ["overdue", "open"]
    assert [d.state for d in pledges.due(known, date(2027, 1, 1))] == ["overdue", "overdue"]


def test_what_is_written_off_is_cut_from_the_latest_due_day() -> None:
    known = pledge(
        fact(PledgePaid, "pledge-1", 2, amount=cny("10.00")),
        fact(PledgeWrittenOff, "pledge-1", 3, amount=cny("75.00")),
    )

    assert dues(pledges.due(known, TODAY)) == [
        ("2026-10-31", "10.00", "15.00", "15.00", "overdue"),
        ("2026-12-31", "0.00", "60.00", "0.00", "written-off"),
    ]


def test_of_a_recurring_gift_only_what_was_due_is_cut() -> None:
    known = monthly(fact(PledgeWrittenOff, "pledge-1", 2, amount=cny("15.00")))

    assert dues(pledges.due(known, date(2026, 11, 30))) == [
        ("2026-08-31", "0.00", "0.00", "10.00", "overdue"),
        ("2026-09-30", "0.00", "5.00", "5.00", "overdue"),
        ("2026-10-31", "0.00", "10.00", "0.00", "written-off"),
        ("2026-11-30", "0.00", "0.00", "10.00", "open"),
    ]


def test_payments_flow_past_what_was_cut() -> None:
    known = monthly(
        fact(PledgeWrittenOff, "pledge-1", 2, amount=cny("15.00")),
        fact(PledgePaid, "pledge-1", 3, amount=cny("22.00")),
    )

    assert dues(pledges.due(known, date(2026, 11, 30))) == [
        ("2026-08-31", "10.00", "0.00", "0.00", "paid"),
        ("2026-09-30", "5.00", "5.00", "0.00", "paid"),
        ("2026-10-31", "0.00", "10.00", "0.00", "written-off"),
        ("2026-11-30", "7.00", "0.00", "3.00", "open"),
    ]


def test_pledged_is_paid_and_written_off_and_outstanding() -> None:
    known = pledge(
        fact(PledgePaid, "pledge-1", 2, amount=cny("50.00")),
        fact(PledgeWrittenOff, "pledge-1", 3, amount=cny("20.00")),
        fact(PledgePaymentUndone, "pledge-1", 4, amount=cny("5.00")),
    )
    found = pledges.standing(known, TODAY)

    assert (found.pledged, found.ahead) == (cny("100.00"), cny("0"))
    assert (found.paid, found.written_off) == (cny("45.00"), cny("20.00"))
    assert found.outstanding == cny("35.00")
    assert known.version == 4


def test_a_recurring_gift_may_be_paid_ahead() -> None:
    known = monthly(fact(PledgePaid, "pledge-1", 2, amount=cny("45.00")))
    now, later = (pledges.standing(known, day) for day in (TODAY, date(2027, 1, 1)))

    assert (now.pledged, now.ahead, now.outstanding) == (cny("30.00"), cny("15.00"), cny("0"))
    assert (later.pledged, later.ahead, later.outstanding) == (
        cny("50.00"),
        cny("0"),
        cny("5.00"),
    )


def test_only_a_promise_can_open_a_pledges_story() -> None:
    with pytest.raises(AssertionError, match="only a promise"):
        pledges.evolve(None, fact(PledgePaid, "pledge-1"))
