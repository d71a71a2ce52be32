"""Several names, whatever is asked of them while gifts come and go: nobody is wrongly named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ledger.domain import naming, naming_approval, naming_funding, naming_life
from ledger.domain.events import naming as events
from ledger.domain.events.naming import NamingEvent, NamingRule
from ledger.domain.naming_grant import ENDED, FORMS, THINGS, WISHES, NamingGrant, Term, evolve
from ledger.domain.naming_history import NamingHistory
from ledger.domain.organisations import AUTHORITY
from ledger.errors import LedgerError
from ledger.money import Money
from tests.ledger.domain.given import UNHURRIED
from tests.ledger.domain.naming_given import (
    ANOTHER_TEXT,
    BEARER,
    CHARITY,
    CITY,
    COUNTY,
    NOON,
    PAPER,
    TEXT,
    TODAY,
    proposal,
)

GIFTS = ("gift-1", "gift-2", "gift-3")
COST = Money(100)
NAMES = 3

which = st.integers(0, NAMES - 1)
people = st.sampled_from(["clerk", "reviewer", "officer"])
actors = st.sampled_from([CHARITY, AUTHORITY])
gift_sets = st.lists(st.sampled_from(GIFTS), unique=True).map(tuple)
refund_of = st.tuples(st.sampled_from(GIFTS), st.integers(1, 40))
texts = st.sampled_from([TEXT, TEXT, TEXT, ANOTHER_TEXT])


class Names(RuleBasedStateMachine):
    """Decide with the rules, fold with `evolve`, and let an auditor read along."""

    def __init__(self) -> None:
        super().__init__()
        self.audit = NamingHistory({"fund-1": CHARITY})
        self.findings: list[str] = []
        self.log: list[NamingEvent] = []
        self.grants: dict[str, NamingGrant] = {}
        self.held = dict.fromkeys(GIFTS, 0)
        self.ends: dict[str, str] = {}
        self.today = TODAY

    def record(self, event: NamingEvent) -> None:
        self.log.append(event)
        self.audit.see(len(self.log), event, self.findings.append)
        known = self.grants.get(event.originator_id)
        self.grants[event.originator_id] = evolve(known, event)

    def attempt(
        self, number: int, decide: Callable[[NamingGrant], NamingEvent | None]
    ) -> NamingEvent | None:
        """Record a decision, or let it be refused and change nothing."""
        grant = list(self.grants.values())[number]
        try:
            event = decide(grant)
        except LedgerError:
            return None
        assert grant.status not in ENDED or event is None, "final states are final"
        if event is not None:
            self.record(event)
        return event

    def received(self, grant: NamingGrant) -> Money:
        counted = grant.funding.gifts if grant.funding else grant.gifts
        return Money(sum(self.held[gift] for gift in counted))

    @initialize(
        kinds=st.lists(
            st.tuples(
                st.sampled_from(THINGS), st.sampled_from(FORMS), st.booleans(), gift_sets,
            ),
            min_size=NAMES, max_size=NAMES,
        )
    )  # fmt: skip
    def begin(self, kinds: list[Any]) -> None:
        for number, (thing, form, construction, gifts) in enumerate(kinds):
            asked = proposal(thing=thing, form=form, construction=construction, gifts=gifts)
            self.record(naming.propose(f"naming-{number}", CHARITY, asked, "clerk", NOON))

    @rule(gift=st.sampled_from(GIFTS), amount=st.integers(1, 80))
    def give(self, gift: str, amount: int) -> None:
        self.held[gift] += amount
        self.audit.gift_received(gift, Money(amount))

    @rule(gift=st.sampled_from(GIFTS), amount=st.integers(1, 80))
    def refund(self, gift: str, amount: int) -> None:
        amount = min(amount, self.held[gift])
        self.held[gift] -= amount
        self.audit.gift_reduced(gift, Money(amount))
        for number, grant in enumerate(list(self.grants.values())):
            left = self.received(grant)
            self.attempt(
                number,
                lambda g, left=left: naming_life.review_after_return(g, left, gift, NOON),  # type: ignore[misc] # bound while the loop runs
            )

    @rule(number=which, what=st.sampled_from(WISHES))
    def wish(self, number: int, what: str) -> None:
        other = ANOTHER_TEXT if what == "other-name" else None
        self.attempt(
            number, lambda g: naming.record_wish(g, what, other, PAPER, NOON, publish=True)
        )

    @rule(number=which, text=texts, bad=st.booleans())
    def screen(self, number: int, text: Any, bad: bool) -> None:  # noqa: FBT001 Hypothesis draws it
        findings = ("superlative",) if bad else ()
        self.attempt(number, lambda g: naming.screen(g, text, "lists", findings, NOON))

    @rule(number=which, gifts=gift_sets, share=st.sampled_from([2000, 5000, 9000]))
    def try_funding(self, number: int, gifts: tuple[str, ...], share: int) -> None:
        asked = NamingRule(
            id="r", from_day=TODAY, to_day=None, share_basis_points=share, least=None, source="s"
        )
        received = Money(sum(self.held[gift] for gift in gifts))
        self.attempt(
            number,
            lambda g: naming_funding.funding_test(
                g, gifts, received, COST, asked, self.today, NOON
            ),
        )

    @rule(number=which, given=st.booleans())
    def consent(self, number: int, given: bool) -> None:  # noqa: FBT001 Hypothesis draws it
        self.attempt(number, lambda g: naming.record_consent(g, BEARER, PAPER, NOON, given=given))

    @rule(number=which, authority=st.sampled_from([COUNTY, CITY]))
    def submit(self, number: int, authority: str) -> None:
        self.attempt(
            number, lambda g: naming_approval.submit(g, authority, "county", "clerk", NOON)
        )

    @rule(
        number=which, text=texts, authority=st.sampled_from([COUNTY, CITY]), days=st.integers(-1, 9)
    )
    def approve(self, number: int, text: Any, authority: str, days: int) -> None:
        term = Term(self.today, self.today + timedelta(days=days))
        self.attempt(
            number,
            lambda g: naming_approval.approve(
                g, text, authority, "1", self.today, term, "officer", "director", AUTHORITY, NOON
            ),
        )

    @rule(number=which)
    def reject(self, number: int) -> None:
        self.attempt(
            number,
            lambda g: naming_approval.reject(
                g, COUNTY, "重名", "officer", "director", AUTHORITY, NOON
            ),
        )

    @rule(number=which, days=st.none() | st.integers(-1, 9), by=people)
    def enter(self, number: int, days: int | None, by: str) -> None:
        term = None if days is None else Term(self.today, self.today + timedelta(days=days))
        self.attempt(
            number,
            lambda g: naming_approval.enter(g, self.received(g), (), term, self.today, by, NOON),
        )

    @rule(number=which, refunds=st.dictionaries(st.integers(0, 3), refund_of, max_size=2))
    def walk_into_force(self, number: int, refunds: dict[int, tuple[str, int]]) -> None:
        """Take every step in order, so that many names get there, while money goes back."""
        self.wish(number, "yes")
        self.screen(number, TEXT, bad=False)
        for gift in GIFTS:
            self.give(gift, 20)
        self.try_funding(number, GIFTS, 5000)
        self.consent(number, given=True)
        steps: list[Callable[[], None]] = [
            lambda: self.submit(number, COUNTY),
            lambda: self.approve(number, TEXT, COUNTY, 9),
            lambda: self.enter(number, None, "reviewer"),
            lambda: self.enter(number, 9, "reviewer"),
        ]
        for place, step in enumerate(steps):
            if place in refunds:
                self.refund(*refunds[place])
            step()

    @rule(number=which, gifts=gift_sets, given=st.integers(0, 30), drained=gift_sets)
    def mend_and_close_a_review(
        self, number: int, gifts: tuple[str, ...], given: int, drained: tuple[str, ...]
    ) -> None:
        for gift in drained:
            self.refund(gift, self.held[gift])
        for gift in gifts:
            self.give(gift, given)
        self.try_funding(number, gifts, 5000)
        self.close_review(number, "kept", "clerk")

    @rule(number=which, actor=actors)
    def suspend(self, number: int, actor: str) -> None:
        self.attempt(number, lambda g: naming_life.suspend(g, "维修", "council", actor, NOON))

    @rule(number=which, actor=actors)
    def resume(self, number: int, actor: str) -> None:
        self.attempt(number, lambda g: naming_life.resume(g, self.today, "council", actor, NOON))

    @rule(number=which, actor=actors)
    def revoke(self, number: int, actor: str) -> None:
        self.attempt(number, lambda g: naming_life.revoke(g, "拆除", "council", actor, NOON))

    @rule(number=which, by=st.sampled_from(["donor", "beneficiary"]))
    def withdraw(self, number: int, by: str) -> None:
        self.attempt(number, lambda g: naming_life.withdraw(g, by, PAPER, NOON))

    @rule(number=which, outcome=st.sampled_from(["kept", "kept", "revoked"]), by=people)
    def close_review(self, number: int, outcome: str, by: str) -> None:
        self.attempt(
            number,
            lambda g: naming_life.close_review(
                g, outcome, self.received(g), "补足", by, "reviewer", NOON
            ),
        )

    @rule(number=which, days=st.integers(0, 4))
    def let_days_pass(self, number: int, days: int) -> None:
        self.today += timedelta(days=days)
        self.attempt(number, lambda g: naming_life.expire(g, self.today, NOON))

    def facts(self, naming_id: str, cls: type[NamingEvent]) -> list[Any]:
        return [e for e in self.log if e.originator_id == naming_id and isinstance(e, cls)]

    def active(self) -> list[NamingGrant]:
        return [g for g in self.grants.values() if g.status in ("in force", "suspended")]

    @invariant()
    def the_auditor_finds_nothing(self) -> None:
        assert self.findings == []
        self.audit.close(self.findings.append)
        assert self.findings == []

    @invariant()
    def no_active_name_is_below_its_threshold_without_an_open_review(self) -> None:
        for grant in self.active():
            tests = self.facts(grant.id, events.NamingFundingTested)
            reviews = len(self.facts(grant.id, events.NamingReviewOpened))
            closed = len(self.facts(grant.id, events.NamingReviewClosed))
            if tests and reviews == closed:
                held = sum(self.held[gift] for gift in tests[-1].gifts)
                assert held >= tests[-1].needed.minor

    @invariant()
    def no_name_is_in_force_without_wish_and_consent_and_approval_if_needed(self) -> None:
        for grant in self.active():
            assert self.facts(grant.id, events.NamingWishRecorded)[-1].wish == "yes"
            assert self.facts(grant.id, events.NamingConsentRecorded)[-1].given
            assert self.facts(grant.id, events.NamingScreened)[-1].passed
            said = self.facts(grant.id, events.NamingProposed)[0]
            named = said.form == "name"
            tested = self.facts(grant.id, events.NamingFundingTested)
            approved = self.facts(grant.id, events.NamingApproved)
            assert tested or not (named and said.construction)
            assert approved or not (named and said.construction)
            assert approved or not (named and said.thing in {"project", "building"})
            assert not approved or named, "a plaque is not government's to approve"

    @invariant()
    def final_states_stay_final(self) -> None:
        for grant in self.grants.values():
            if grant.id in self.ends:
                assert grant.status == self.ends[grant.id]
            elif grant.status in ENDED:
                self.ends[grant.id] = grant.status

    @precondition(lambda self: self.active())
    @invariant()
    def a_page_shows_only_names_in_force(self) -> None:
        for grant in self.grants.values():
            shown = grant.shown_on(self.today)
            assert not shown or grant.status == "in force"
            assert not grant.shown_on(date.max)


TestNames = Names.TestCase
TestNames.settings = settings(UNHURRIED, max_examples=60, stateful_step_count=40)
