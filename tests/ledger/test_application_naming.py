"""Names and the gifts they rest on: recorded together, whatever goes back."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.settings import Settings
from api.wiring import House
from ledger.application import Correction
from ledger.application.streams import ActsOnAnothers, NamingUnknown
from ledger.domain import naming_life, organisations
from ledger.domain.events.naming import NamingReviewOpened, NamingSuspended
from ledger.domain.naming_support import NoPowerOverNames
from ledger.errors import Refused
from ledger.money import Money
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.houses import gift as gift_of
from tests.invariants import check_house
from tests.ledger.domain.naming_given import COUNTY
from tests.ledger.named import APPROVAL, PAPER, TODAY, Named, another, named


@pytest.fixture
def charity(house: House) -> House:
    register(house)
    return house


# A return and a name.


def test_a_return_opens_the_review_in_its_own_commit_right_after_it(charity: House) -> None:
    case = named(charity, "600.00")
    case.approved()
    case.enter()

    case.give_back(case.gifts[0], 200_00)

    review = case.ledger.streams.naming_facts(case.name)[-1]
    assert isinstance(review, NamingReviewOpened)
    said = (review.gift, review.received, review.needed)
    assert said == (case.gifts[0], Money(400_00), Money(500_00))
    size = charity.recorder.size()
    topics = [row.topic for row in charity.recorder.log(size - 2, size)]
    assert topics == ["gift-returned.v1", "naming-review-opened.v1"]
    check_house(charity)


def test_a_small_return_leaves_the_name_alone(charity: House) -> None:
    case = named(charity, "600.00")
    case.approved()
    case.enter()

    case.give_back(case.gifts[0], 100_00)

    assert not case.ledger.streams.naming(case.name).under_review
    check_house(charity)


def test_a_gift_that_is_reversed_opens_the_review_and_its_replacement_can_carry_the_name(
    charity: House,
) -> None:
    case = named(charity, "600.00")
    case.approved()
    case.enter()
    known = case.ledger.streams.gift(case.gifts[0])
    assert known.namings == (case.name,)

    why = Correction(reason="wrong-donor", note="捐赠人登记有误", decided_by="council")
    done = case.ledger.corrections.reverse_gift(known.id, why, gift_of("600.00", donor="李某某"))

    assert case.ledger.streams.naming(case.name).under_review
    assert done.replaced_by
    assert case.test(done.replaced_by).met
    case.ledger.naming.close_review(case.name, "kept", "已更正", "council", "reviewer")
    assert not case.unseen()
    check_house(charity)


def test_a_gift_tells_once_of_each_name_that_rests_on_it(charity: House) -> None:
    case = named(charity, "300.00", "300.00")

    case.test(case.gifts[0])
    case.test()
    case.test()

    assert [case.ledger.streams.gift(g).namings for g in case.gifts] == [(case.name,)] * 2
    check_house(charity)


# Whoever may not.


def test_a_ledger_founded_before_names_were_known_decides_on_none(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(organisations, "POWERS", ("register", "eligibility", "finance"))
    with another(settings, create=True) as old:
        register(old)
        case = named(old, "600.00")
        case.test()
        case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")

        with pytest.raises(NoPowerOverNames, match="founded without the power"):
            case.ledger.naming.approve(case.name, APPROVAL)
        with pytest.raises(NoPowerOverNames, match="plaques and names of funds here"):
            case.ledger.naming.reject(case.name, COUNTY, "重名", "officer", "director")

        assert case.ledger.streams.naming(case.name).status == "submitted"
        check_house(old)


def test_a_fact_that_a_stranger_signed_in_a_names_story_is_not_believed(charity: House) -> None:
    case = named(charity, "600.00")
    case.approved()
    case.enter()
    register(charity, OTHER_USCC, "另一基金会")
    grant = case.ledger.streams.naming(case.name)
    forged = replace(
        naming_life.suspend(grant, "无", "council", USCC, charity.ledger.naming._desk.now()),
        actor=OTHER_USCC,
    )
    assert isinstance(forged, NamingSuspended)
    charity.ledger.naming._desk._engine.record([forged], {})

    with pytest.raises(ActsOnAnothers):
        case.ledger.streams.naming(case.name)


@pytest.mark.parametrize("nothing", ["naming-none", "gift-1", "fund-1", ""])
def test_what_is_no_name_is_not_known_as_one(house: House, nothing: str) -> None:
    with pytest.raises(NamingUnknown):
        house.ledger.streams.naming(nothing)


# Whatever goes back, in whatever order.

STEPS = ("return", "reverse", "test", "enter", "keep", "revoke", "give")
step = st.tuples(st.sampled_from(STEPS), st.integers(0, 3), st.integers(1, 400))


@settings(
    max_examples=6, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(step, min_size=4, max_size=14))
def test_refunds_in_any_order_never_leave_a_name_below_its_threshold_without_a_review(
    charity: House, steps: list[tuple[str, int, int]]
) -> None:
    case = named(charity, "300.00", "250.00", "200.00")
    case.approved()
    case.enter()
    gifts = list(case.gifts)

    for what, which, yuan in steps:
        gift = gifts[which % len(gifts)]
        with suppress(Refused):
            carry_out(case, what, gift, yuan, gifts)
        assert not case.unseen(), (what, gift, yuan)

    check_house(charity)


def carry_out(case: Named, what: str, gift: str, yuan: int, gifts: list[str]) -> None:
    naming = case.ledger.naming
    match what:
        case "return":
            case.give_back(gift, yuan * 100)
        case "reverse":
            why = Correction(reason="not-received", note="未到账", decided_by="council")
            case.ledger.corrections.reverse_gift(gift, why)
        case "test":
            case.test(*dict.fromkeys([gift, *gifts[: yuan % 4]]))
        case "enter":
            case.enter()
        case "keep":
            naming.close_review(case.name, "kept", "已补足", "council", "reviewer")
        case "revoke":
            naming.close_review(case.name, "revoked", "未补足", "council", "reviewer")
        case _:
            gifts += give(case.house, case.fund, f"{yuan}.00")


def test_a_benefit_is_recorded_before_a_receipt_or_after_its_reversal_never_beside_it(
    charity: House,
) -> None:
    fund = general_fund(charity)
    (gift,) = give(charity, fund, "100.00")
    ready_for_receipts(charity)
    charity.ledger.naming.record_benefit(gift, Money(40_00), "展位", "council", PAPER)
    issued = charity.ledger.receipts.issue_receipts(USCC, [gift], ["23050126"], TODAY)[gift]
    assert isinstance(issued, tuple)
    assert charity.ledger.streams.receipt(*issued).amount == Money(60_00)
    with pytest.raises(Refused, match="receipts reverse"):
        charity.ledger.naming.record_benefit(gift, Money(0), "无", "council", PAPER)

    why = Correction(reason="wrong-amount", note="回报估价有误", decided_by="council")
    charity.ledger.receipts.reverse(*issued, ["23050126"], TODAY, why)
    charity.ledger.naming.record_benefit(gift, Money(0), "无回报", "council", PAPER)

    again = charity.ledger.receipts.issue_receipts(USCC, [gift], ["23050126"], TODAY)[gift]
    assert isinstance(again, tuple)
    assert charity.ledger.streams.receipt(*again).amount == Money(100_00)
    check_house(charity)
