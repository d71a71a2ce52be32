"""Names and the gifts they rest on: recorded together, at once, and whatever goes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.settings import Settings
from api.wiring import House
from ledger.application import Correction, Ledger
from ledger.application.naming_requests import ApproveName, ProposeName, Screening
from ledger.application.people import GROUNDS
from ledger.application.streams import ActsOnAnothers, NamingUnknown
from ledger.domain import naming_life, organisations
from ledger.domain.events.naming import NamingReviewOpened, NamingRule, NamingSuspended
from ledger.domain.naming_grant import ENTERED, Term
from ledger.domain.naming_refusals import BelowThreshold
from ledger.domain.naming_steps import counted
from ledger.domain.naming_support import NameStands, NameTextErased, NoPowerOverNames, held
from ledger.engine import Conflict
from ledger.errors import Refused
from ledger.money import Money
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.houses import gift as gift_of
from tests.invariants import check_house
from tests.ledger.domain.naming_given import COUNTY

TEXT = "示范教学楼"
PAPER = sha256(b"letter").hexdigest()
TODAY = date(2026, 11, 21)
TERM = Term(TODAY, date(2031, 11, 20))
COST = Money(1000_00)
HALF = NamingRule(
    id="naming-2026", from_day=date(2026, 1, 1), to_day=None, share_basis_points=5000, least=None,
    source="示范县捐赠项目冠名办法",
)  # fmt: skip
APPROVAL = ApproveName(
    text=TEXT, authority=COUNTY, number="示政函〔2026〕1号", approved_on=TODAY, term=TERM,
    decided_by="officer", countersigned_by="director",
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A ledger with one fund and a name proposed for what it pays."""

    house: House
    fund: str
    gifts: tuple[str, ...]
    name: str

    @property
    def ledger(self) -> Ledger:
        return self.house.ledger

    def test(self, *gifts: str, ledger: Ledger | None = None) -> Any:
        naming = (ledger or self.ledger).naming
        return naming.test_funding(self.name, gifts or self.gifts, COST, HALF, TODAY)

    def approved(self) -> None:
        self.test()
        self.ledger.naming.submit(self.name, COUNTY, "county", "clerk")
        self.ledger.naming.approve(self.name, APPROVAL)

    def enter(self, ledger: Ledger | None = None) -> Any:
        return (ledger or self.ledger).naming.enter(self.name, None, TODAY, "reviewer")

    def give_back(self, gift: str, fen: int, ledger: Ledger | None = None) -> Any:
        corrections = (ledger or self.ledger).corrections
        return corrections.return_gift(gift, Money(fen), "捐赠人申请", "council")

    def unseen(self) -> bool:
        """Tell whether the name stands below its threshold and nobody was told."""
        grant = self.ledger.streams.naming(self.name)
        if grant.status not in ENTERED or grant.funding is None or grant.under_review:
            return False
        fund = self.ledger.streams.fund(self.fund)
        gifts = [self.ledger.streams.gift(gift) for gift in counted(grant)]
        return held(gifts, fund, "CNY") < grant.funding.needed


def named(house: House, *yuan: str, text: str = TEXT) -> Named:
    """Propose a name that its donor wants, its text passes, and its beneficiary agrees to."""
    fund = general_fund(house)
    gifts = tuple(give(house, fund, *yuan))
    asked = ProposeName(
        text=text, proposed_by="donor", thing="building", form="name", construction=True,
        fund=fund, gifts=gifts, cost=COST,
    )  # fmt: skip
    name = house.ledger.naming.propose(USCC, asked, "clerk")
    house.ledger.naming.record_wish(name, "yes", PAPER, publish=True)
    assert house.ledger.naming.screen(name, Screening(person="nobody")) == ()
    house.ledger.naming.record_consent(name, "示范县第一小学", PAPER, given=True)
    return Named(house, fund, gifts, name)


@pytest.fixture
def charity(house: House) -> House:
    register(house)
    return house


@contextmanager
def another(place: Settings, *, create: bool = False) -> Iterator[House]:
    """Open a ledger, maybe a second time, as another server would."""
    home = House(place, create=create)
    try:
        yield home
    finally:
        home.close()


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


# At once.


def test_a_return_between_the_figures_and_the_funding_test_makes_it_decide_anew(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: case.give_back(case.gifts[0], 200_00, other.ledger)
        )

        tested = case.test()

    assert (tested.received, tested.met) == (Money(400_00), False)
    check_house(charity)


def test_a_funding_test_that_comes_between_a_return_is_seen_by_it(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00", "600.00")
    case.test(case.gifts[0])
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    case.ledger.naming.approve(case.name, APPROVAL)
    case.enter()
    case.give_back(case.gifts[0], 600_00)
    with another(settings) as other:

        def keep_it_by_the_second() -> None:
            case.test(case.gifts[1], ledger=other.ledger)
            other.ledger.naming.close_review(case.name, "kept", "已补足", "council", "reviewer")

        with_somebody_in_between(monkeypatch, charity, keep_it_by_the_second)
        case.give_back(case.gifts[1], 200_00)  # it knew of no name when it began

    assert case.ledger.streams.naming(case.name).under_review
    assert not case.unseen()
    check_house(charity)


def test_a_name_that_enters_into_force_between_a_return_is_put_under_review(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.approved()
    with another(settings) as other:
        with_somebody_in_between(monkeypatch, charity, lambda: case.enter(other.ledger))

        case.give_back(case.gifts[0], 200_00)

    assert case.ledger.streams.naming(case.name).under_review
    check_house(charity)


def test_a_return_that_comes_between_keeps_a_name_out_of_force(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.approved()
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: case.give_back(case.gifts[0], 200_00, other.ledger)
        )
        with pytest.raises(BelowThreshold):
            case.enter()

    assert case.ledger.streams.naming(case.name).status == "approved"
    check_house(charity)


def test_a_second_return_that_comes_between_keeps_a_review_open(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00", "200.00")
    case.test(case.gifts[0])
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    case.ledger.naming.approve(case.name, APPROVAL)
    case.enter()
    case.give_back(case.gifts[0], 200_00)
    case.test()
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: case.give_back(case.gifts[1], 150_00, other.ledger)
        )
        with pytest.raises(BelowThreshold):
            case.ledger.naming.close_review(case.name, "kept", "已补足", "council", "reviewer")

    assert case.ledger.streams.naming(case.name).under_review
    check_house(charity)


def test_a_review_that_is_closed_between_a_return_is_opened_again(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00", "300.00")
    case.test(case.gifts[0])
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    case.ledger.naming.approve(case.name, APPROVAL)
    case.enter()
    case.give_back(case.gifts[0], 200_00)
    case.test()
    with another(settings) as other:
        keeping = (case.name, "kept", "已补足", "council", "reviewer")
        with_somebody_in_between(
            monkeypatch, charity, lambda: other.ledger.naming.close_review(*keeping)
        )
        case.give_back(case.gifts[1], 250_00)

    assert case.ledger.streams.naming(case.name).under_review
    check_house(charity)


def test_the_text_of_a_name_that_enters_into_force_meanwhile_is_not_erased(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.test()
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: other.ledger.naming.approve(case.name, APPROVAL)
        )
        with pytest.raises(Conflict):
            case.ledger.people.erase(case.name, GROUNDS[0])

    with pytest.raises(NameStands):
        case.ledger.people.erase(case.name, GROUNDS[0])
    assert case.ledger.naming.text_of(case.name) == TEXT
    check_house(charity)


def test_a_name_whose_text_is_erased_meanwhile_does_not_enter_into_force(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.test()
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: other.ledger.people.erase(case.name, GROUNDS[0])
        )
        with pytest.raises(NameTextErased):
            case.ledger.naming.approve(case.name, APPROVAL)

    assert case.ledger.naming.text_of(case.name) is None
    check_house(charity)


def with_somebody_in_between(
    monkeypatch: pytest.MonkeyPatch, house: House, act: Callable[[], object]
) -> None:
    """Let somebody else act once, after the next command has decided and before it records."""
    store = house.recorder.insert_events
    todo = [act]

    def insert(*args: Any, **kwargs: Any) -> Any:
        if todo:
            todo.pop()()
        return store(*args, **kwargs)

    monkeypatch.setattr(house.recorder, "insert_events", insert)


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
    max_examples=12, deadline=None,
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
