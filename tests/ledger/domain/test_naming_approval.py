"""A name before government, and into force: who decides, for how long, by how many."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from ledger.domain import naming, naming_life
from ledger.domain.credit_codes import CreditCodeCheckDigit
from ledger.domain.naming_grant import Term
from ledger.domain.naming_refusals import (
    AnotherAuthority,
    ApprovalNeeded,
    ApprovalNotNeeded,
    BelowThreshold,
    BeneficiaryRefused,
    BenefitNotRecorded,
    NotCountyGovernment,
    NotInForce,
    OutsideTerm,
    SamePerson,
    TermMalformed,
    TermRuns,
    WrongStep,
)
from ledger.domain.organisations import NameUnusable
from tests.ledger.domain.naming_given import (
    AFTER,
    CHARITY,
    CITY,
    COUNTY,
    FACTS,
    HALF,
    NAMING,
    NOON,
    PAID,
    SCHOOL,
    TERM,
    TODAY,
    VILLAGE,
    approve,
    at,
    consent,
    enter,
    facts_of,
    fund,
    plaque,
    proposal,
    proposed,
    reject,
    screen,
    submit,
    then,
    wish,
    yuan,
)


def test_a_project_name_needs_approval_by_government() -> None:
    with pytest.raises(ApprovalNeeded):
        enter(at("consented"), term=TERM)
    with pytest.raises(ApprovalNeeded):
        enter(at("submitted"), term=TERM)


@pytest.mark.parametrize(
    ("authority", "level"),
    [
        (COUNTY, "township"),
        (VILLAGE, "village-committee"),
        (VILLAGE, "county"),
        (SCHOOL, "school"),
        (SCHOOL, "city"),
    ],
)
def test_township_village_committee_and_school_are_no_government_of_county_level(
    authority: str, level: str
) -> None:
    with pytest.raises(NotCountyGovernment):
        submit(at("consented"), authority, level)


@pytest.mark.parametrize(("authority", "level"), [(COUNTY, "county"), (CITY, "city")])
def test_government_of_county_level_or_above_can_approve(authority: str, level: str) -> None:
    grant = then(at("consented"), lambda g: submit(g, authority, level))

    assert then(grant, lambda g: approve(g, authority=authority)).status == "approved"


def test_a_credit_code_with_a_typing_error_is_no_government() -> None:
    with pytest.raises(CreditCodeCheckDigit):
        submit(at("consented"), COUNTY[:-1] + "0")


@pytest.mark.parametrize(
    "said",
    [
        {"form": "plaque", "construction": True},
        {"thing": "fund", "construction": False},
        {"thing": "prize", "construction": False},
        {"thing": "room", "construction": False},
    ],
)
def test_a_plaque_a_fund_a_prize_or_a_room_needs_no_approval(said: dict[str, object]) -> None:
    ready = then(proposed(**said), wish, screen, consent)

    for step in (submit, approve, reject):
        with pytest.raises(ApprovalNotNeeded):
            step(ready)
    assert then(ready, lambda g: enter(g, term=TERM)).status == "in force"


@pytest.mark.parametrize("thing", ["project", "building", "road-or-place"])
def test_an_existing_projects_name_needs_approval_but_no_funding_test(thing: str) -> None:
    ready = then(proposed(thing=thing, construction=False), wish, screen, consent)

    assert then(ready, submit, approve, enter).status == "in force"


def test_a_room_that_is_built_for_the_gift_needs_funding_and_approval() -> None:
    built = proposed(thing="room", construction=True)

    assert (built.needs_funding, built.needs_approval) == (True, True)


def test_an_amount_that_was_asked_for_a_prize_binds_too() -> None:
    least = replace(HALF, share_basis_points=None, least=yuan("700000.00"))
    prize = then(
        proposed(thing="prize", construction=False),
        wish, screen, lambda g: fund(g, PAID, least), consent,
    )  # fmt: skip

    with pytest.raises(BelowThreshold):
        enter(prize, term=TERM)


def test_government_decides_what_was_put_before_it() -> None:
    for step in (approve, reject):
        with pytest.raises(WrongStep):
            step(at("consented"))
    with pytest.raises(AnotherAuthority):
        approve(at("submitted"), authority=CITY)


def test_an_approval_rests_on_all_that_came_before() -> None:
    with pytest.raises(BeneficiaryRefused):
        approve(then(at("submitted"), lambda g: consent(g, given=False)))


def test_a_decision_of_government_bears_two_signatures() -> None:
    with pytest.raises(SamePerson):
        approve(at("submitted"), countersigned_by="officer")
    with pytest.raises(SamePerson):
        reject(at("submitted"), second="officer")


def test_a_rejection_gives_its_reason() -> None:
    with pytest.raises(NameUnusable):
        reject(at("submitted"), reason=" ")
    event = reject(at("submitted"))
    assert facts_of(event) == FACTS[type(event)]


def test_a_name_is_submitted_once() -> None:
    with pytest.raises(WrongStep):
        submit(at("submitted"))


@pytest.mark.parametrize(
    "term",
    [Term(TODAY, TODAY - timedelta(days=1)), Term(TODAY - timedelta(days=1), TERM.last_day)],
)
def test_an_approved_term_begins_with_the_approval_and_ends_later(term: Term) -> None:
    with pytest.raises(TermMalformed):
        approve(at("submitted"), term=term)


def test_there_is_no_name_without_an_end() -> None:
    with pytest.raises(TermMalformed, match="no name without an end"):
        enter(plaque())
    with pytest.raises(TermMalformed, match="before it begins"):
        enter(plaque(), term=Term(TODAY, TODAY - timedelta(days=1)))


def test_the_term_of_an_approved_name_is_the_approved_one() -> None:
    longer = Term(TERM.first_day, date(2099, 1, 1))

    with pytest.raises(TermMalformed, match="not the approved one"):
        enter(at("approved"), term=longer)
    assert then(at("approved"), lambda g: enter(g, term=TERM)).term == TERM


@pytest.mark.parametrize("day", [TERM.first_day - timedelta(days=1), AFTER])
def test_a_name_comes_into_force_on_a_day_of_its_term(day: date) -> None:
    with pytest.raises(OutsideTerm):
        enter(at("approved"), entered_on=day)


def test_who_proposed_a_name_does_not_bring_it_into_force() -> None:
    with pytest.raises(SamePerson):
        enter(at("approved"), entered_by="clerk")


def test_a_name_comes_into_force_once() -> None:
    with pytest.raises(WrongStep):
        enter(at("in force"))


def test_a_benefit_beyond_the_name_is_valued_for_every_gift_first() -> None:
    ready = at("approved", benefit="大堂广告位")

    with pytest.raises(BenefitNotRecorded, match="gift-1"):
        enter(ready)
    assert then(ready, lambda g: enter(g, valued={"gift-1"})).status == "in force"


def test_the_benefit_of_gifts_that_were_never_tested_is_asked_for_too() -> None:
    with pytest.raises(BenefitNotRecorded, match="gift-1"):
        enter(plaque(benefit="大堂广告位"), term=TERM)


def test_a_name_expires_after_its_last_day_and_not_before() -> None:
    with pytest.raises(TermRuns):
        naming_life.expire(at("in force"), TERM.last_day, NOON)
    with pytest.raises(NotInForce):
        naming_life.expire(at("approved"), AFTER, NOON)
    assert naming_life.expire(at("in force"), AFTER, NOON).expired_on == AFTER


def test_a_renewal_is_a_new_proposal_that_follows_the_old_one() -> None:
    event = naming.propose("naming-2", CHARITY, proposal(follows=NAMING), "clerk", NOON)

    assert event.follows == NAMING
