"""What an auditor finds in promises, credits and services: every false fact leaves a trace."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ledger.domain.events.base import Event
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
    Share,
)
from ledger.domain.events.fund import FundOpened, GiftReturned, GiftReversed
from ledger.domain.events.gift import GiftReceived
from ledger.domain.events.pledge import (
    GiftFreedFromPledge,
    GiftSetAgainstPledge,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringAgreed,
    RecurringChanged,
    RecurringEnded,
)
from ledger.domain.events.service import ServiceCorrected, ServiceGiven
from ledger.domain.values import Party
from ledger.money import MINOR_MAX, Money
from tests.ledger.domain.promises import (
    DOCUMENT,
    FOUNDATION,
    OTHER,
    PERSON,
    Story,
    cny,
    parts,
    party,
)

USD = Money(1, "USD")


def begun() -> Story:
    """Open funds of two charities; 100.00 lies in the first."""
    return (
        Story()
        .tell(FundOpened, "fund-1")
        .tell(FundOpened, "fund-2", actor=OTHER, organisation=OTHER)
        .tell(GiftReceived, "gift-1")
    )


def made() -> Story:
    return begun().tell(PledgeMade, "pledge-1")


def agreed() -> Story:
    return begun().tell(RecurringAgreed, "pledge-1")


def paid() -> Story:
    return made().tell(PledgePaid, "pledge-1").tell(GiftSetAgainstPledge, "gift-1")


def credited() -> Story:
    return begun().tell(CreditGiven, "gift-1")


def served() -> Story:
    return begun().tell(ServiceGiven, "service-1")


def test_an_honest_log_is_clean() -> None:
    story = (
        paid()
        .tell(PledgeWrittenOff, "pledge-1", amount=cny("70.00"))
        .tell(PledgePaymentUndone, "pledge-1")
        .tell(GiftFreedFromPledge, "gift-1")
        .tell(RecurringAgreed, "pledge-2")
        .tell(RecurringChanged, "pledge-2")
        .tell(RecurringEnded, "pledge-2", from_day=date(2027, 12, 1))
        .tell(PledgePaid, "pledge-2", amount=cny("40.00"))
        .tell(GiftSetAgainstPledge, "gift-1", pledge="pledge-2", amount=cny("40.00"))
        .tell(PledgeWrittenOff, "pledge-1", reason="mistake", document=None, amount=cny("5.00"))
        .tell(CreditGiven, "gift-1")
        .tell(CreditWithdrawn, "gift-1")
        .tell(GiftSharesStated, "gift-1")
        .tell(ConduitNamed, "gift-1")
        .tell(GiftReceived, "gift-2")
        .tell(CreditGiven, "gift-2", kind="matching", matched="gift-1", credit="c",
              credited=party("employee"))
        .tell(ServiceGiven, "service-1")
        .tell(ServiceGiven, "service-2", fund=None, provider=PERSON, kind="professional",
              value=cny("1"), basis="market", evidence=DOCUMENT)
        .tell(ServiceCorrected, "service-1", replaced_by="service-2")
    )  # fmt: skip

    assert story.findings(closed=True) == []


def test_a_gift_that_went_back_in_part_counts_for_what_is_left_of_it() -> None:
    story = (
        paid()
        .tell(CreditGiven, "gift-1", amount=cny("20.00"))
        .tell(GiftReturned, "fund-1")
        .tell(PledgePaymentUndone, "pledge-1", amount=cny("10.00"))
        .tell(GiftFreedFromPledge, "gift-1", amount=cny("10.00"))
    )

    assert story.findings(closed=True) == []


# Promises.


@pytest.mark.parametrize(
    "said",
    [
        {"actor": OTHER},
        {"organisation": OTHER},
        {"fund": "fund-2"},
        {"fund": "fund-9"},
        {"actor": OTHER, "organisation": OTHER},
    ],
)
@pytest.mark.parametrize("cls", [PledgeMade, RecurringAgreed])
def test_a_promise_was_recorded_for_anothers_fund(cls: type[Event], said: Any) -> None:
    story = begun().tell(cls, "pledge-1", **said)

    assert story.findings() == [f"pledge-1 is not {story.log[-1].actor}'s to record"]


def test_a_promise_was_recorded_twice() -> None:
    assert "is not" in made().tell(RecurringAgreed, "pledge-1").findings()[0]


@pytest.mark.parametrize(
    "instalments",
    [(), parts(("2026-10-31", "40.00")), parts(("2026-10-31", "40.00"), ("2026-12-31", "60.01"))],
)
def test_instalments_are_not_what_was_promised(instalments: Any) -> None:
    story = begun().tell(PledgeMade, "pledge-1", instalments=instalments)

    assert story.findings() == ["the instalments of pledge-1 are not the 100.00 CNY promised"]


@pytest.mark.parametrize(
    "instalments",
    [
        parts(("2026-10-31", "40.00"), ("2026-10-31", "60.00")),
        parts(("2026-10-31", "0.00"), ("2026-12-31", "100.00")),
    ],
)
def test_instalments_stand_on_one_day_or_are_nothing(instalments: Any) -> None:
    story = begun().tell(PledgeMade, "pledge-1", instalments=instalments)

    assert story.findings() == ["pledge-1 has instalments that can't be"]


def test_instalments_are_in_another_currency() -> None:
    story = begun().tell(PledgeMade, "pledge-1", total=Money(10_000, "USD"))

    assert story.findings() == ["pledge-1 has instalments that can't be"]


@pytest.mark.parametrize("said", [{"every": "week"}, {"amount": cny("0")}])
def test_a_gift_recurs_in_no_known_way(said: Any) -> None:
    story = begun().tell(RecurringAgreed, "pledge-1", **said)

    assert story.findings() == ["pledge-1 recurs in no way that can be"]


@pytest.mark.parametrize(
    "cls", [RecurringChanged, RecurringEnded, PledgePaid, PledgePaymentUndone, PledgeWrittenOff]
)
@pytest.mark.parametrize("story", [begun, made])
def test_somebody_acts_on_a_promise_that_is_not_theirs(cls: type[Event], story: Any) -> None:
    told = story().tell(cls, "pledge-1", actor=OTHER)

    assert told.findings() == [f"{OTHER} says of pledge-1 what can't be said of it"]


@pytest.mark.parametrize("cls", [PledgePaid, PledgePaymentUndone, PledgeWrittenOff])
@pytest.mark.parametrize("amount", [cny("0"), cny("-1"), USD])
def test_a_promise_moves_by_what_is_no_amount_of_it(cls: type[Event], amount: Money) -> None:
    found = paid().tell(cls, "pledge-1", amount=amount).findings()

    assert [line.endswith("says of pledge-1 what can't be said of it") for line in found] == [True]


@pytest.mark.parametrize(
    "said",
    [
        {"previous_amount": cny("9.00")},
        {"previous_every": "year"},
        {"every": "week"},
        {"amount": USD},
        {"amount": cny("0")},
    ],
)
def test_a_change_forges_what_was_or_what_is(said: Any) -> None:
    story = agreed().tell(RecurringChanged, "pledge-1", **said)

    assert story.findings() == ["pledge-1 is changed from what it was not, or to what can't be"]


def test_a_fixed_promise_was_changed_or_ended() -> None:
    assert "is changed" in made().tell(RecurringChanged, "pledge-1").findings()[0]
    assert made().tell(RecurringEnded, "pledge-1").findings() == [
        "pledge-1 can't end on 2026-12-01"
    ]


def test_a_change_takes_back_what_had_fallen_due() -> None:
    story = agreed().tell(RecurringChanged, "pledge-1", from_day=date(2026, 11, 21))

    assert story.findings() == ["the change of pledge-1 reaches back to 2026-11-21"]


@pytest.mark.parametrize("day", [date(2026, 11, 21), date.min])
def test_an_end_takes_back_what_had_fallen_due(day: date) -> None:
    story = agreed().tell(RecurringEnded, "pledge-1", from_day=day)

    assert story.findings() == [f"pledge-1 can't end on {day}"]


def test_what_ended_ends_again() -> None:
    story = agreed().tell(RecurringEnded, "pledge-1").tell(RecurringEnded, "pledge-1")

    assert story.findings() == ["pledge-1 can't end on 2026-12-01"]


def test_a_fixed_promise_is_paid_over() -> None:
    story = paid().tell(PledgePaid, "pledge-1", amount=cny("70.01"))

    assert story.findings() == ["pledge-1 is not what was paid, written off and is outstanding"]


@pytest.mark.parametrize("story", [made, agreed])
def test_more_is_written_off_than_is_outstanding(story: Any) -> None:
    told = story().tell(PledgeWrittenOff, "pledge-1", amount=cny("100.01"))

    assert told.findings() == ["pledge-1 is not what was paid, written off and is outstanding"]


@pytest.mark.parametrize("said", [{"gift": "gift-9"}, {"gift": "gift-2"}])
def test_a_promise_is_paid_by_no_gift_of_its_fund(said: Any) -> None:
    story = made().tell(GiftReceived, "gift-2", fund="fund-2", organisation=OTHER, actor=OTHER)
    gift = said["gift"]

    assert story.tell(PledgePaid, "pledge-1", **said).findings() == [
        f"pledge-1 is paid by {gift}, which is no gift to its fund"
    ]


def test_a_payment_is_undone_that_never_was() -> None:
    story = paid().tell(PledgePaymentUndone, "pledge-1", amount=cny("30.01"))

    assert story.findings() == ["gift-1 never paid the 30.01 CNY that pledge-1 takes back"]


@pytest.mark.parametrize("said", [{"reason": "changed-mind"}, {"document": None}])
def test_a_promise_is_dropped_at_will(said: Any) -> None:
    story = made().tell(PledgeWrittenOff, "pledge-1", **said)

    assert story.findings() == ["pledge-1 is written off without a ground the law leaves"]


@pytest.mark.parametrize("cls", [PledgePaid, PledgePaymentUndone])
def test_a_payment_is_told_on_the_promises_side_only(cls: type[Event]) -> None:
    story = paid().tell(cls, "pledge-1", amount=cny("1.00"))

    assert story.findings(closed=True) == [
        "pledge-1 and gift-1 do not say the same of what paid it"
    ]


@pytest.mark.parametrize("cls", [GiftSetAgainstPledge, GiftFreedFromPledge])
def test_a_payment_is_told_on_the_gifts_side_only(cls: type[Event]) -> None:
    story = paid().tell(cls, "gift-1", amount=cny("1.00"))

    assert story.findings(closed=True) == [
        "pledge-1 and gift-1 do not say the same of what paid it"
    ]


# What gifts count for.

COUNTS = [
    GiftSetAgainstPledge,
    GiftFreedFromPledge,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
    ConduitNamed,
]


@pytest.mark.parametrize("cls", COUNTS)
@pytest.mark.parametrize(("gift", "actor"), [("gift-1", OTHER), ("gift-9", OTHER)])
def test_somebody_says_what_anothers_gift_counts_for(
    cls: type[Event], gift: str, actor: str
) -> None:
    assert begun().tell(cls, gift, actor=actor).findings() == [
        f"{actor} says what {gift} counts for, which is not its gift of money"
    ]


@pytest.mark.parametrize("amount", [cny("0"), cny("-1.00"), USD])
def test_a_gift_keeps_a_promise_with_what_it_is_not(amount: Money) -> None:
    story = begun().tell(GiftSetAgainstPledge, "gift-1", amount=amount)

    assert story.findings() == [f"{amount} of gift-1 can't keep a promise"]


def test_one_gift_keeps_promises_in_two_currencies() -> None:
    story = (
        begun()
        .tell(GiftReceived, "gift-2", amount=Money(100, "USD"), booked=cny("7.12"))
        .tell(GiftSetAgainstPledge, "gift-2", amount=Money(1, "USD"))
        .tell(GiftSetAgainstPledge, "gift-2", amount=cny("1.00"))
    )

    assert story.findings() == ["1.00 CNY of gift-2 can't keep a promise"]


def test_a_gift_booked_as_nothing_keeps_no_promise() -> None:
    story = begun().tell(GiftReceived, "gift-2", amount=USD, booked=cny("0"))

    assert story.tell(GiftSetAgainstPledge, "gift-2", amount=USD).findings() == [
        "0.01 USD of gift-2 can't keep a promise"
    ]


@pytest.mark.parametrize("minor", [7_001, MINOR_MAX])
def test_one_gift_keeps_two_promises_with_the_same_money(minor: int) -> None:
    story = paid().tell(GiftSetAgainstPledge, "gift-1", pledge="pledge-2", amount=Money(minor))

    assert story.findings() == [
        "gift-1 keeps promises of more than the 100.00 CNY that is left of it"
    ]


@pytest.mark.parametrize(
    "said", [{"pledge": "pledge-2"}, {"amount": cny("30.01")}, {"amount": USD}]
)
def test_a_gift_is_freed_from_what_it_never_kept(said: Any) -> None:
    found = paid().tell(GiftFreedFromPledge, "gift-1", **said).findings()

    assert [line.startswith("gift-1 never kept") for line in found] == [True]


@pytest.mark.parametrize(
    "gone", [(GiftReturned, {"amount": cny("70.01")}), (GiftReversed, {})], ids=["part", "whole"]
)
@pytest.mark.parametrize("story", [paid, lambda: begun().tell(CreditGiven, "gift-1")])
def test_a_gift_that_went_back_still_counts_in_full(story: Any, gone: Any) -> None:
    cls, said = gone
    found = story().tell(cls, "fund-1", **said).findings(closed=True)

    assert [line.startswith("gift-1 counts for more than the ") for line in found] == [True]


def test_a_return_below_zero_makes_no_gift_larger() -> None:
    story = paid().tell(GiftReturned, "fund-1", amount=cny("-1.00"))
    story.tell(GiftSetAgainstPledge, "gift-1", pledge="pledge-2", amount=cny("70.01"))

    assert "the 100.00 CNY that is left of it" in story.findings()[0]


def test_credits_exceed_their_gift() -> None:
    story = credited().tell(
        CreditGiven, "gift-1", credit="c", amount=cny("40.01"), credited=party("another")
    )

    assert story.findings() == ["the soft credits of gift-1 exceed it"]


@pytest.mark.parametrize(
    "said", [{"kind": "hard"}, {"credit": "credit-1"}, {"amount": USD}, {"amount": cny("0")}]
)
def test_a_credit_is_none(said: Any) -> None:
    told = {"credit": "c", "amount": cny("1.00"), "credited": party("another"), **said}

    assert credited().tell(CreditGiven, "gift-1", **told).findings() == [
        f"{told['credit']} is no credit of gift-1"
    ]


@pytest.mark.parametrize(
    "said",
    [
        {"kind": "matching", "matched": "gift-9"},
        {"kind": "matching", "matched": "gift-1"},
        {"kind": "matching", "matched": None},
        {"kind": "soft", "matched": "gift-2"},
    ],
)
def test_a_credit_matches_what_it_cannot(said: Any) -> None:
    story = begun().tell(GiftReceived, "gift-2").tell(CreditGiven, "gift-1", **said)

    assert story.findings() == ["credit-1 does not match another gift"]


def test_a_credit_is_withdrawn_twice() -> None:
    story = credited().tell(CreditWithdrawn, "gift-1").tell(CreditWithdrawn, "gift-1")

    assert story.findings() == ["credit-1 is withdrawn, but does not stand"]


@pytest.mark.parametrize(
    "shares",
    [
        (),
        (Share(party=party("one"), amount=cny("100.00")),),
        (
            Share(party=party("one"), amount=cny("70.00")),
            Share(party=party("two"), amount=cny("30.01")),
        ),
        (
            Share(party=party("one"), amount=cny("101.00")),
            Share(party=party("two"), amount=cny("-1.00")),
        ),
    ],
)
def test_shares_are_not_the_gift(shares: Any) -> None:
    story = begun().tell(GiftSharesStated, "gift-1", shares=shares)

    assert story.findings() == ["the shares of gift-1 are stated twice, or are not the gift"]


def test_shares_are_stated_twice() -> None:
    story = begun().tell(GiftSharesStated, "gift-1")
    again = (
        Share(party=party("three"), amount=cny("50.00")),
        Share(party=party("four"), amount=cny("50.00")),
    )

    assert story.tell(GiftSharesStated, "gift-1", shares=again).findings() == [
        "the shares of gift-1 are stated twice, or are not the gift"
    ]


def test_a_conduit_is_named_twice_or_has_no_books() -> None:
    wrong = "the conduit of gift-1 is named twice, or can't have counted it"
    twice = (
        begun()
        .tell(ConduitNamed, "gift-1")
        .tell(ConduitNamed, "gift-1", conduit=PERSON, new_money=True)
    )

    assert twice.findings() == [wrong]
    assert begun().tell(ConduitNamed, "gift-1", conduit=PERSON).findings() == [wrong]


def test_two_facts_name_one_party() -> None:
    story = (
        begun()
        .tell(ConduitNamed, "gift-1")
        .tell(CreditGiven, "gift-1", credited=Party(id=FOUNDATION.id, sealed=()))
    )

    assert story.findings() == [f"party {FOUNDATION.id} stands for two"]


# Services.


@pytest.mark.parametrize("said", [{"actor": OTHER}, {"organisation": OTHER}, {"fund": "fund-2"}])
def test_a_service_was_recorded_for_another(said: Any) -> None:
    story = begun().tell(ServiceGiven, "service-1", **said)

    assert story.findings() == [f"service-1 is not {story.log[-1].actor}'s to record"]


def test_a_service_was_recorded_twice() -> None:
    assert "to record" in served().tell(ServiceGiven, "service-1").findings()[0]


@pytest.mark.parametrize(
    "said",
    [
        {"minutes": 34_561},
        {"minutes": -1},
        {"people": 0, "minutes": 0},
        {"people": -1, "minutes": 0, "until": date(2026, 9, 29)},
        {"until": date(2026, 9, 1)},
    ],
)
def test_a_service_took_more_time_than_there_is(said: Any) -> None:
    story = begun().tell(ServiceGiven, "service-1", **said)

    assert story.findings() == ["service-1 took more time than there is"]


@pytest.mark.parametrize("said", [{"kind": "volunteer"}, {"basis": None}, {"evidence": None}])
def test_hours_were_turned_into_money(said: Any) -> None:
    proved = {"kind": "professional", "value": cny("1"), "basis": "market", "evidence": DOCUMENT}
    story = begun().tell(ServiceGiven, "service-1", **{**proved, **said})

    assert story.findings() == ["service-1 has a value that nothing proves"]


@pytest.mark.parametrize("said", [{"actor": OTHER}, {"service": "service-9"}])
def test_a_correction_refers_to_no_service_of_its_own(said: Any) -> None:
    told = dict(said)
    service, actor = told.pop("service", "service-1"), told.get("actor", "53100000500021326D")

    assert served().tell(ServiceCorrected, service, **told).findings() == [
        f"{service} is no service that {actor} can correct"
    ]


def test_a_service_is_corrected_twice() -> None:
    story = served().tell(ServiceCorrected, "service-1").tell(ServiceCorrected, "service-1")

    assert len(story.findings()) == 1


@pytest.mark.parametrize("other", ["service-9", "service-1"])
def test_a_service_is_replaced_by_none(other: str) -> None:
    story = served().tell(ServiceCorrected, "service-1", replaced_by=other)

    assert story.findings() == [f"{other} can't stand in the place of service-1"]


# Bytes that nobody honest writes.


def test_the_last_moment_of_time_breaks_no_audit() -> None:
    late = {"timestamp": datetime.max.replace(tzinfo=UTC)}
    story = (
        begun()
        .tell(RecurringAgreed, "pledge-1", first_day=date(9999, 11, 30))
        .tell(RecurringEnded, "pledge-1", from_day=date.max, **late)
        .tell(PledgeWrittenOff, "pledge-1", amount=cny("10.00"), **late)
    )

    assert story.findings() == ["pledge-1 can't end on 9999-12-31"]


def test_sums_beyond_what_can_be_counted_break_no_audit() -> None:
    huge = {"amount": Money(MINOR_MAX), "gift": "gift-1"}
    story = agreed().tell(PledgePaid, "pledge-1", **huge).tell(PledgePaid, "pledge-1", **huge)

    assert story.findings() == []
    assert len(story.findings(closed=True)) == 1
