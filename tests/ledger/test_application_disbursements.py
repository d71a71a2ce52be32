"""Disbursements: one person asks, another agrees, within limits; what was refused is on record."""

from __future__ import annotations

from datetime import date

import pytest
from psycopg import sql

from api.wiring import House, opened
from ledger.domain.corrections import ReasonUnknown
from ledger.domain.disbursements import (
    AboveLimit,
    EvidenceMissing,
    RecoveryTooLarge,
    SamePerson,
    WrongMoment,
)
from ledger.domain.events import AttemptRefused
from ledger.domain.funds import BalanceTooSmall
from ledger.domain.oversight import OwnLimit
from ledger.errors import Refused
from ledger.money import Money
from projections.trace_queries import trace_disbursement, trace_gift
from projections.traces import TRACES
from tests.conftest import USCC
from tests.houses import GIFT_DAY, general_fund, give, pay, payment, register
from tests.invariants import check_house
from tests.ledger.corrected import DOCUMENT, balance_of, events_of, topics_after, why

ACCEPTED_ON = date(2026, 12, 1)


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def attempts(house: House) -> list[tuple[str, str, str, str | None]]:
    """Return who tried what, the rule that refused it, and the limit then."""
    found = events_of(house, AttemptRefused.TOPIC)
    assert all(isinstance(one, AttemptRefused) for one in found)
    return [
        (one.attempted_by, one.attempted, one.rule, str(one.limit) if one.limit else None)
        for one in found
        if isinstance(one, AttemptRefused)
    ]


def undone(house: House) -> list[tuple[int, int, str, str]]:
    house.runner.catch_up()
    with house.runner.reading(TRACES) as (connection, _):
        found = connection.execute(
            "SELECT start_at, end_at, kind, id FROM undone ORDER BY by_leaf, start_at"
        ).fetchall()
    return [(row["start_at"], row["end_at"], row["kind"], row["id"]) for row in found]


def spans(house: House, gift: str) -> list[tuple[int, int, str]]:
    """Return which fen of a gift were paid out, and by which disbursement."""
    house.runner.catch_up()
    (trace,) = trace_gift(house.runner, gift)
    return [(s.start, s.end, s.disbursement) for s in trace.segments]


def test_a_disbursement_is_withdrawn_before_it_is_paid_and_frees_what_it_reserved(
    house: House, fund: str
) -> None:
    give(house, fund, "10.00")
    ledger = house.ledger.disbursements
    asked, agreed = (ledger.propose(fund, payment("6.00"), "clerk") for _ in range(2))
    ledger.approve(fund, agreed, "reviewer")
    with pytest.raises(BalanceTooSmall, match=r"only 4\.00 CNY is left"):
        ledger.approve(fund, asked, "reviewer")

    ledger.withdraw(fund, agreed, "项目取消", "clerk")
    ledger.approve(fund, asked, "reviewer")
    ledger.pay(fund, asked, GIFT_DAY)

    for never in (agreed, asked):
        with pytest.raises(WrongMoment):
            ledger.withdraw(fund, never, "项目取消", "clerk")
    with pytest.raises(WrongMoment, match="is withdrawn; it can't be paid"):
        ledger.pay(fund, agreed, GIFT_DAY)
    assert balance_of(house, fund).balance == 400
    check_house(house)


def test_what_was_paid_for_is_accepted_once_with_evidence_by_another_person(
    house: House, fund: str
) -> None:
    give(house, fund, "10.00")
    ledger = house.ledger.disbursements
    asked = ledger.propose(fund, payment("6.00"), "clerk")
    ledger.approve(fund, asked, "reviewer")
    with pytest.raises(WrongMoment, match="is approved; it can't be accepted"):
        ledger.accept(fund, asked, [DOCUMENT], ACCEPTED_ON, "inspector")
    ledger.pay(fund, asked, GIFT_DAY)

    with pytest.raises(SamePerson):
        ledger.accept(fund, asked, [DOCUMENT], ACCEPTED_ON, "clerk")
    with pytest.raises(EvidenceMissing):
        ledger.accept(fund, asked, [], ACCEPTED_ON, "inspector")
    with pytest.raises(Refused, match="no SHA-256"):
        ledger.accept(fund, asked, ["photo.jpg"], ACCEPTED_ON, "inspector")
    ledger.accept(fund, asked, [DOCUMENT], ACCEPTED_ON, "inspector")
    with pytest.raises(WrongMoment, match="is accepted; it can't be accepted"):
        ledger.accept(fund, asked, [DOCUMENT], ACCEPTED_ON, "inspector")

    house.runner.catch_up()
    with house.runner.reading(TRACES) as (connection, _):
        query = sql.SQL("SELECT accepted_on FROM disbursements WHERE id = %s")
        assert connection.execute(query, [asked]).fetchall() == [{"accepted_on": ACCEPTED_ON}]
    assert [(by, tried, rule) for by, tried, rule, _ in attempts(house)] == [
        ("inspector", "accept", "WrongMoment"),
        ("clerk", "accept", "SamePerson"),
        ("inspector", "accept", "EvidenceMissing"),
        ("inspector", "accept", "ProofMissing"),
        ("inspector", "accept", "WrongMoment"),
    ]
    check_house(house)


def test_a_role_approves_up_to_its_limit_and_what_was_tried_beyond_is_on_record(
    house: House, fund: str
) -> None:
    give(house, fund, "100.00")
    ledger = house.ledger.disbursements
    limit = Money.parse("50.00")
    assert ledger.set_limit(USCC, "reviewer", limit, "director")
    assert not ledger.set_limit(USCC, "reviewer", limit, "director")
    small, large = (ledger.propose(fund, payment(y), "clerk") for y in ("50.00", "50.01"))

    ledger.approve(fund, small, "reviewer")
    with pytest.raises(AboveLimit, match=r"up to 50\.00 CNY, not 50\.01 CNY"):
        ledger.approve(fund, large, "reviewer")
    with pytest.raises(SamePerson):
        ledger.approve(fund, large, "clerk")
    ledger.set_limit(USCC, "reviewer", None, "director")
    with pytest.raises(BalanceTooSmall):
        ledger.approve(fund, large, "reviewer")

    assert attempts(house) == [
        ("reviewer", "approve", "AboveLimit", "50.00 CNY"),
        ("clerk", "approve", "SamePerson", None),
        ("reviewer", "approve", "BalanceTooSmall", None),
    ]
    check_house(house)


def test_nobody_sets_a_limit_for_themselves(house: House, fund: str) -> None:
    before = house.recorder.counts()

    with pytest.raises(OwnLimit, match="another role must"):
        house.ledger.disbursements.set_limit(USCC, "reviewer", None, "reviewer")

    assert house.recorder.counts() == before
    check_house(house)


def test_payments_that_were_made_keep_to_the_limit_of_who_approved_them(
    house: House, fund: str
) -> None:
    give(house, fund, "100.00")
    house.ledger.disbursements.set_limit(USCC, "reviewer", Money.parse("10.00"), "director")

    outcomes = house.ledger.disbursements.pay_out(
        USCC, fund, [payment("10.00"), payment("10.01")], "clerk", "reviewer"
    )

    assert [type(o) for o in outcomes] == [str, AboveLimit]
    assert balance_of(house, fund).disbursed == 1000
    check_house(house)


def test_a_list_of_payments_that_its_proposer_approved_leaves_a_record_of_each_attempt(
    house: House, fund: str
) -> None:
    give(house, fund, "100.00")
    paid = house.ledger.disbursements.pay_out(
        USCC, fund, [payment("10.00"), payment("20.00")], "clerk", "clerk"
    )
    assert all(isinstance(one, SamePerson) for one in paid)
    assert attempts(house) == [("clerk", "approve", "SamePerson", None)] * 2
    assert balance_of(house, fund).disbursed == 0
    check_house(house)


def test_a_dry_run_keeps_no_record_of_what_it_refuses(house: House, fund: str) -> None:
    give(house, fund, "10.00")
    asked = house.ledger.disbursements.propose(fund, payment("6.00"), "clerk")
    before = house.recorder.counts()

    with opened(house.settings, dry_run=True) as dry:
        with pytest.raises(SamePerson):
            dry.ledger.disbursements.approve(fund, asked, "clerk")
        with pytest.raises(WrongMoment):
            dry.ledger.disbursements.accept(fund, asked, [DOCUMENT], ACCEPTED_ON, "inspector")

    assert house.recorder.counts() == before
    check_house(house)


def test_money_that_came_back_keeps_its_numbers_and_is_spent_first(house: House, fund: str) -> None:
    one, two = give(house, fund, "10.00", "5.00")
    first, second = pay(house, fund, "8.00", "4.00")
    assert spans(house, one) == [(0, 800, first), (800, 1000, second)]

    house.ledger.disbursements.recover(fund, first, Money(300), GIFT_DAY, why())

    assert spans(house, one) == [(0, 500, first), (800, 1000, second)]
    (trace,) = trace_gift(house.runner, one)
    assert (trace.unspent, trace.returned) == (300, 0)
    assert trace_disbursement(house.runner, first).amount == 500
    assert undone(house) == [(500, 800, "disbursement", first)]
    known = balance_of(house, fund)
    assert (known.disbursed, known.recovered, known.balance) == (900, 300, 600)

    (third,) = pay(house, fund, "4.00")

    assert spans(house, one) == [(0, 500, first), (500, 800, third), (800, 1000, second)]
    assert spans(house, two) == [(1000, 1200, second), (1200, 1300, third)]
    assert undone(house) == [(500, 800, "disbursement", first)]
    check_house(house)


def test_a_payment_is_recovered_wholly_in_parts_and_no_further(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    (paid,) = pay(house, fund, "8.00")
    ledger = house.ledger.disbursements

    ledger.recover(fund, paid, Money(300), GIFT_DAY, why())
    with pytest.raises(RecoveryTooLarge, match=r"exceeds the 5\.00 CNY"):
        ledger.recover(fund, paid, Money(501), GIFT_DAY, why())
    with pytest.raises(ReasonUnknown):
        ledger.recover(fund, paid, Money(500), GIFT_DAY, why("because"))
    ledger.recover(fund, paid, Money(500), None, why("not-paid", "重复登记"))

    assert spans(house, one) == []
    assert undone(house) == [(500, 800, "disbursement", paid), (0, 500, "disbursement", paid)]
    known = balance_of(house, fund)
    assert (known.disbursed, known.recovered, known.balance) == (0, 800, 1000)
    with pytest.raises(RecoveryTooLarge):
        ledger.recover(fund, paid, Money(1), GIFT_DAY, why())
    with pytest.raises(WrongMoment, match="is recovered"):
        ledger.accept(fund, paid, [DOCUMENT], ACCEPTED_ON, "inspector")
    (again,) = pay(house, fund, "10.00")
    assert spans(house, one) == [(0, 800, again), (800, 1000, again)]
    check_house(house)


def test_a_payment_of_several_gifts_gives_back_the_last_it_took(house: House, fund: str) -> None:
    one, two, three = give(house, fund, "1.00", "1.00", "1.00")
    (paid,) = pay(house, fund, "2.50")
    house.ledger.disbursements.recover(fund, paid, Money(80), GIFT_DAY, why())

    assert [spans(house, g) for g in (one, two, three)] == [
        [(0, 100, paid)],
        [(100, 170, paid)],
        [],
    ]
    check_house(house)


def test_a_cost_is_classed_when_it_is_paid_and_afterwards(house: House, fund: str) -> None:
    give(house, fund, "10.00")
    (paid,) = pay(house, fund, "6.00")
    size = house.recorder.size()

    house.ledger.disbursements.classify(fund, paid, "management")
    with pytest.raises(Refused, match="none of charitable"):
        house.ledger.disbursements.classify(fund, paid, "advertising")

    assert topics_after(house, size) == ["cost-classified.v1"]
    check_house(house)
