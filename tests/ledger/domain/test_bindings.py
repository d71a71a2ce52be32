"""What binds a fund: its basis, plan, term, brand and recipient; who may change its use."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger.domain import bindings, funds
from ledger.domain.bindings import (
    LEFT_OVERS,
    BasisUnknown,
    BoundAlready,
    ConsentMissing,
    LeftOverUnknown,
    NothingChanged,
    OffPurpose,
    ProofMissing,
    RecipientMayBePerson,
    RecipientNotFixed,
    TermReversed,
    check_use,
)
from ledger.domain.events import FundBound, FundClosed, FundsAllocated, UseChanged
from ledger.domain.filings import FilingNumberMalformed
from ledger.domain.funds import Binding, Fund, FundIsClosed, FundNotEmpty
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import AccountMalformed, PlaceMalformed
from tests.ledger.domain.given import (
    COATS,
    FUND,
    NOON,
    PAPER,
    Inflows,
    approved,
    cny,
    fact,
    fund,
    inflows,
    proposed,
)

PLAN = "53100000500021326DA26001"
RAISED = Binding(
    basis="public-raise",
    plan=PLAN,
    first_day=date(2026, 1, 1),
    last_day=date(2026, 12, 31),
    brand="希望工程",
)


def change(
    known: Fund,
    purpose: str | None = "助医",
    place: str | None = "230109",
    ground: str = "donor-consent",
    document: str = PAPER,
    by: str = "council",
) -> UseChanged:
    return bindings.change_use(known, purpose, place, ground, document, by, NOON)


def close(
    known: Fund, received: Inflows, left_over: str = "none", note: str = "项目结束"
) -> FundClosed:
    return bindings.close(known, received, left_over, note, "council", NOON)


# Binding.


def test_a_fund_is_bound_right_after_it_was_opened() -> None:
    event = bindings.bind(fund(), RAISED, NOON)

    assert event == fact(FundBound, FUND, 2)
    assert funds.evolve(fund(), event).binding == RAISED


def test_a_fund_may_be_bound_to_nothing_more() -> None:
    event = bindings.bind(fund(), Binding(), NOON)

    assert (event.basis, event.plan, event.brand, event.recipient) == (None,) * 4


def test_what_binds_a_fund_is_said_once_and_before_it_is_used() -> None:
    for later in (fact(FundBound, FUND, 2), fact(FundsAllocated, FUND, 2)):
        with pytest.raises(BoundAlready, match="fund-1 is bound already; a change of use needs"):
            bindings.bind(fund(later), RAISED, NOON)


def test_a_fund_rests_on_an_agreement_or_on_a_public_raise() -> None:
    with pytest.raises(BasisUnknown, match="basis 'gift' is none of agreement, public-raise"):
        bindings.bind(fund(), Binding(basis="gift"), NOON)


def test_the_plan_of_a_public_raise_is_a_filing_number() -> None:
    with pytest.raises(FilingNumberMalformed):
        bindings.bind(fund(), replace(RAISED, plan="26001"), NOON)


def test_a_term_has_a_first_day_and_a_later_last_one() -> None:
    one_day = replace(RAISED, last_day=RAISED.first_day)

    assert bindings.bind(fund(), one_day, NOON).last_day == RAISED.first_day
    assert bindings.bind(fund(), Binding(last_day=date(2026, 1, 1)), NOON).first_day is None
    with pytest.raises(TermReversed, match="from 2026-01-01 to 2025-12-31 has no day"):
        bindings.bind(fund(), replace(RAISED, last_day=date(2025, 12, 31)), NOON)


def test_agency_money_and_no_other_names_its_one_recipient() -> None:
    fixed = Binding(recipient=" 示范县第一小学 ")

    assert bindings.bind(fund(kind="agency"), fixed, NOON).recipient == "示范县第一小学"
    for kind, binding in (("agency", Binding()), ("general", fixed)):
        with pytest.raises(RecipientNotFixed, match=r"受托代理\), and no other, names its one"):
            bindings.bind(fund(kind=kind), binding, NOON)


def test_brand_and_recipient_are_readable() -> None:
    with pytest.raises(NameUnusable):
        bindings.bind(fund(), Binding(brand="希望\n工程"), NOON)
    with pytest.raises(NameUnusable):
        bindings.bind(fund(kind="agency"), Binding(recipient=" "), NOON)


def test_the_recipient_of_agency_money_is_never_a_person() -> None:
    with pytest.raises(RecipientMayBePerson, match="a person is never named"):
        bindings.bind(fund(kind="agency"), Binding(recipient="王某某"), NOON)


def test_agency_money_without_a_fixed_recipient_pays_nobody() -> None:
    with pytest.raises(RecipientNotFixed):
        bindings.check_recipient(fund(kind="agency"), "示范县第一小学")


# Changing the use.


def test_a_fund_may_also_be_spent_on_what_donors_consented_to() -> None:
    known = fund(kind="project", purpose="助学", place="230108")
    event = change(known)
    changed = funds.evolve(known, event)

    assert event == fact(UseChanged, FUND, 2)
    check_use(changed, "助医", "230109001")
    check_use(changed, "助学", "230108")
    with pytest.raises(OffPurpose, match="purpose '办公' is not what the fund is bound to: '助学'"):
        check_use(changed, "办公", None)
    with pytest.raises(OffPurpose, match="place '230110' is not what the fund is bound to"):
        check_use(changed, None, "230110")


def test_one_of_purpose_and_place_may_be_changed_alone() -> None:
    known = fund(kind="project", purpose="助学", place="230108")
    purpose = funds.evolve(known, change(known, place=None))

    check_use(purpose, "助医", "230108")
    with pytest.raises(OffPurpose, match="place '230109'"):
        check_use(purpose, None, "230109")
    assert change(known, purpose=None).purpose is None


@pytest.mark.parametrize(
    ("basis", "right", "wrong"),
    [("agreement", "donor-consent", "filing"), ("public-raise", "filing", "donor-consent")],
)
def test_donors_consent_to_agreements_and_plans_are_filed(
    basis: str, right: str, wrong: str
) -> None:
    known = fund(fact(FundBound, FUND, 2, basis=basis))
    document = {"donor-consent": PAPER, "filing": PLAN}

    assert change(known, ground=right, document=document[right]).document == document[right]
    with pytest.raises(ConsentMissing, match=f"a fund by {basis} needs {right}, not '{wrong}'"):
        change(known, ground=wrong, document=document[wrong])


def test_a_fund_of_no_stated_basis_takes_either_ground_and_no_third() -> None:
    assert change(fund(), ground="filing", document=PLAN).ground == "filing"
    with pytest.raises(ConsentMissing, match="a fund by agreement needs donor-consent, not 'wish'"):
        change(fund(), ground="wish")


def test_a_change_of_use_is_proved() -> None:
    with pytest.raises(ProofMissing, match="'letter' is no SHA-256 in hex; give the digest of"):
        change(fund(), document="letter")
    with pytest.raises(ProofMissing):
        change(fund(), document=PAPER.upper())
    with pytest.raises(FilingNumberMalformed):
        change(fund(), ground="filing", document=PAPER)


def test_a_change_of_use_names_what_and_who() -> None:
    with pytest.raises(NothingChanged, match="name the purpose or the place"):
        change(fund(), None, None)
    with pytest.raises(PlaceMalformed):
        change(fund(), place="哈尔滨")
    with pytest.raises(NameUnusable):
        change(fund(), purpose="助\n医")
    with pytest.raises(AccountMalformed):
        change(fund(), by="王某某")


# Closing.


def test_an_empty_fund_is_closed() -> None:
    event = close(fund(), Inflows())
    spent = fund(fact(FundsAllocated, FUND, 2, amount=cny("100")))

    assert event == fact(FundClosed, FUND, 2)
    assert funds.evolve(fund(), event).closed
    assert close(spent, inflows("100.00"), "similar-project").left_over == "similar-project"


def test_a_fund_that_still_holds_something_is_not_closed() -> None:
    with pytest.raises(FundNotEmpty, match=r"fund-1 still holds 100\.00 CNY; allocate, pay or"):
        close(fund(), inflows("100.00"))
    coats = Inflows()
    coats.totals[FUND, COATS] = 3
    with pytest.raises(FundNotEmpty, match="still holds 3 件 棉衣"):
        close(fund(), coats)


def test_a_fund_with_a_payment_on_its_way_is_not_closed() -> None:
    with pytest.raises(FundNotEmpty, match=r"still holds 0\.00 CNY"):
        close(fund(proposed("100"), approved()), inflows("100"))


@pytest.mark.parametrize("left_over", LEFT_OVERS)
def test_what_was_left_over_is_told(left_over: str) -> None:
    assert close(fund(), Inflows(), left_over).left_over == left_over


def test_a_closing_says_what_became_of_the_rest_and_why() -> None:
    with pytest.raises(LeftOverUnknown, match="'party' is none of none, as-plan, as-agreement"):
        close(fund(), Inflows(), "party")
    with pytest.raises(NameUnusable):
        close(fund(), Inflows(), note=" ")


def test_a_fund_is_closed_once() -> None:
    with pytest.raises(FundIsClosed, match="fund-1 is closed"):
        close(fund(fact(FundClosed, FUND, 2)), Inflows())
