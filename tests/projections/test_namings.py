"""The read model of names: where each stands, on which gifts, under which review."""

from __future__ import annotations

from datetime import date

import pytest

from api.wiring import House
from ledger.application.naming_requests import ApproveName, ProposeName, Screening
from ledger.domain.naming_grant import Term
from ledger.money import Money
from projections import namings
from projections.namings import NameEntry
from tests.conftest import USCC
from tests.houses import general_fund, give, register
from tests.invariants import check_house
from tests.ledger.domain.naming_given import COUNTY, HALF

PAPER = "0" * 64
TODAY = date(2026, 11, 21)
TERM = Term(date(2026, 12, 1), date(2031, 11, 30))
COST = Money(1000_00)


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def propose(house: House, fund: str, *gifts: str, thing: str = "building") -> str:
    asked = ProposeName(
        text="示范教学楼", proposed_by="donor", thing=thing, form="name",
        construction=thing == "building", fund=fund, gifts=gifts,
    )  # fmt: skip
    return house.ledger.naming.propose(USCC, asked, "clerk")


def prepare(house: House, name: str, *gifts: str, publish: bool = True) -> None:
    naming = house.ledger.naming
    naming.record_wish(name, "yes", PAPER, publish=publish)
    naming.screen(name, Screening(person="nobody"))
    if gifts:
        naming.test_funding(name, gifts, COST, HALF, TODAY)
    naming.record_consent(name, "示范县第一小学", PAPER, given=True)


def bring_into_force(house: House, name: str) -> None:
    naming = house.ledger.naming
    naming.submit(name, COUNTY, "county", "clerk")
    naming.approve(
        name,
        ApproveName(
            text="示范教学楼",
            authority=COUNTY,
            number="示政函〔2026〕1号",
            approved_on=TODAY,
            term=TERM,
            decided_by="officer",
            countersigned_by="director",
        ),
    )
    naming.enter(name, None, TERM.first_day, "reviewer")


def entry(house: House, name: str) -> NameEntry:
    house.runner.catch_up()
    (found,) = [one for one in namings.names(house.runner) if one.naming == name]
    return found


def test_a_name_stands_where_its_last_fact_brought_it(house: House, fund: str) -> None:
    (gift,) = give(house, fund, "600.00")
    name = propose(house, fund)
    proposed = entry(house, name)
    assert (proposed.status, proposed.since) == ("proposed", proposed.proposed_at)
    assert proposed.text_digest == house.ledger.streams.naming(name).text.sealed[0]
    prepare(house, name, gift)
    house.ledger.naming.submit(name, COUNTY, "county", "clerk")
    assert (entry(house, name).status, entry(house, name).authority) == ("submitted", COUNTY)
    house.ledger.naming.reject(name, COUNTY, "重名", "officer", "director")

    rejected = entry(house, name)

    assert (rejected.status, rejected.wish, rejected.publish) == ("rejected", "yes", True)
    assert rejected.since > proposed.since
    assert namings.gifts_of(house.runner, name) == [gift]
    assert [n.naming for n in namings.names(house.runner, USCC, fund)] == [name]
    assert namings.names(house.runner, "none") == namings.names(house.runner, fund="none") == []
    check_house(house)


def test_only_a_name_in_force_on_its_days_and_consented_to_may_be_shown(
    house: House, fund: str
) -> None:
    (gift,) = give(house, fund, "600.00")
    shown, hidden, early = (propose(house, fund) for _ in range(3))
    prepare(house, shown, gift)
    prepare(house, hidden, gift, publish=False)
    for name in (shown, hidden):
        bring_into_force(house, name)
    house.runner.catch_up()

    def on(day: date) -> list[str]:
        house.runner.catch_up()
        return [one.naming for one in namings.shown_on(house.runner, day)]

    assert on(TERM.first_day) == on(TERM.last_day) == [shown]
    assert on(TODAY) == on(date(2031, 12, 1)) == []
    assert not entry(house, early).shown_on(TERM.first_day)
    assert set(namings.in_use(house.runner)) == {shown, hidden}
    house.ledger.naming.suspend(shown, "维修", "council")
    assert on(TERM.first_day) == []
    assert entry(house, shown).status == "suspended"
    house.ledger.naming.resume(shown, TERM.first_day, "council")
    assert on(TERM.first_day) == [shown]
    house.ledger.naming.expire(shown, date(2031, 12, 1))
    assert (on(TERM.first_day), entry(house, shown).status) == ([], "expired")
    check_house(house)


def test_a_review_is_open_until_it_is_decided_or_the_name_ends(house: House, fund: str) -> None:
    gifts = give(house, fund, "600.00", "600.00", "600.00")
    names = [propose(house, fund) for _ in gifts]
    for name, gift in zip(names, gifts, strict=True):
        prepare(house, name, gift)
        bring_into_force(house, name)
        house.ledger.corrections.return_gift(gift, Money(200_00), "捐赠人申请", "council")
    house.runner.catch_up()
    opened = namings.reviews(house.runner, still_open=True)
    assert [(r.naming, r.gift) for r in opened] == list(zip(names, gifts, strict=True))
    assert {(r.received, r.needed, r.currency) for r in opened} == {(400_00, 500_00, "CNY")}
    assert all(entry(house, name).under_review for name in names)

    house.ledger.naming.close_review(names[0], "revoked", "未补足", "council", "reviewer")
    house.ledger.naming.revoke(names[1], "建筑物拆除", "council")
    house.ledger.naming.withdraw(names[2], "donor", PAPER)

    house.runner.catch_up()
    assert namings.reviews(house.runner, still_open=True) == []
    assert [r.outcome for r in namings.reviews(house.runner)] == ["revoked", "revoked", "withdrawn"]
    assert not any(one.under_review for one in namings.names(house.runner))
    check_house(house)


def test_a_review_that_keeps_the_name_leaves_it_in_force(house: House, fund: str) -> None:
    first, second = give(house, fund, "600.00", "400.00")
    name = propose(house, fund)
    prepare(house, name, first)
    bring_into_force(house, name)
    house.ledger.corrections.return_gift(first, Money(200_00), "捐赠人申请", "council")
    house.ledger.naming.test_funding(name, (first, second), COST, HALF, TODAY)
    house.ledger.naming.close_review(name, "kept", "已补足", "council", "reviewer")

    kept = entry(house, name)

    assert (kept.status, kept.under_review) == ("in force", False)
    assert namings.gifts_of(house.runner, name) == sorted([first, second])
    assert [r.outcome for r in namings.reviews(house.runner)] == ["kept"]
    check_house(house)


@pytest.mark.parametrize(("wish", "status"), [("no", "declined"), ("anonymous", "proposed")])
def test_gifts_of_donors_who_are_not_to_be_named_are_known(
    house: House, fund: str, wish: str, status: str
) -> None:
    mine, theirs = give(house, fund, "600.00", "600.00")
    unnamed, named = propose(house, fund, mine), propose(house, fund, theirs)
    house.ledger.naming.record_wish(unnamed, wish, PAPER, publish=False)
    house.ledger.naming.record_wish(named, "yes", PAPER, publish=True)

    assert (entry(house, unnamed).status, entry(house, unnamed).wish) == (status, wish)
    assert namings.unnamed_gifts(house.runner) == [mine]
    check_house(house)
