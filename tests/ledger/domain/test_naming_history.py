"""What an auditor finds on names: an honest log is clean, every step left out leaves a trace."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ledger.domain.events import naming as events
from ledger.domain.events.base import Event
from ledger.domain.events.naming import NamingEvent
from ledger.domain.events.person import OpeningsErased
from ledger.domain.naming_history import NamingHistory
from ledger.domain.organisations import AUTHORITY
from ledger.money import Money
from tests.ledger.domain.naming_given import (
    ANOTHER_TEXT,
    CHARITY,
    CITY,
    FACTS,
    HALF,
    NAMING,
    NOON,
    PAID,
    TERM,
    TEXT,
    VILLAGE,
    yuan,
)

OTHER = "53330000501874064B"
WAY = (
    events.NamingProposed,
    events.NamingWishRecorded,
    events.NamingScreened,
    events.NamingFundingTested,
    events.NamingConsentRecorded,
    events.NamingSubmitted,
    events.NamingApproved,
    events.NamingEntered,
)
AUTHORITYS = (events.NamingApproved, events.NamingRejected)


class Log:
    """A log of names told fact by fact, read by an auditor."""

    def __init__(self) -> None:
        self.audit = NamingHistory({"fund-1": CHARITY, "fund-2": OTHER})
        self.audit.gift_received("gift-1", PAID)
        self.found: list[str] = []
        self.leaf = 0

    def tell(self, cls: type[NamingEvent], **said: Any) -> Log:
        """Add a fact with what a test says about it."""
        self.leaf += 1
        actor = said.pop("actor", AUTHORITY if cls in AUTHORITYS else CHARITY)
        stream = said.pop("stream", NAMING)
        members: dict[str, Any] = {**FACTS[cls], **said}
        event = cls(
            originator_id=stream,
            originator_version=self.leaf,
            timestamp=NOON,
            actor=actor,
            **members,
        )
        self.audit.see(self.leaf, event, self.found.append)
        return self

    def way(
        self,
        to: type[NamingEvent] = events.NamingEntered,
        *,
        without: tuple[type[NamingEvent], ...] = (),
        **said: Any,
    ) -> Log:
        """Tell the way into force; `said` holds what differs, by the name of the class."""
        for cls in WAY[: WAY.index(to) + 1]:
            if cls not in without:
                self.tell(cls, **said.get(cls.__name__.removeprefix("Naming"), {}))
        return self

    def back(self, amount: Money = PAID, gift: str = "gift-1") -> Log:
        """Let money of a gift go back."""
        self.audit.gift_reduced(gift, amount)
        return self

    def closed(self) -> list[str]:
        self.audit.close(self.found.append)
        return self.found


PLAQUE: dict[str, Any] = {"Proposed": {"form": "plaque"}}
NO_APPROVAL = (events.NamingFundingTested, events.NamingSubmitted, events.NamingApproved)


def test_an_honest_way_into_force_leaves_nothing_to_find() -> None:
    assert Log().way().closed() == []


def test_an_honest_plaque_needs_neither_approval_nor_funding_test() -> None:
    assert Log().way(without=NO_APPROVAL, **PLAQUE).closed() == []


def test_honest_endings_leave_nothing_to_find() -> None:
    for cls in (
        events.NamingRevoked,
        events.NamingExpired,
        events.NamingWithdrawn,
    ):
        assert Log().way().tell(cls).closed() == []
    assert Log().way(events.NamingApproved).tell(events.NamingRevoked).closed() == []
    assert Log().way(events.NamingSubmitted).tell(events.NamingRejected).closed() == []
    assert Log().way().tell(events.NamingWithdrawn, by="beneficiary").closed() == []
    no = {"wish": "no", "publish": False}
    assert Log().way(events.NamingWishRecorded, WishRecorded=no).closed() == []


def test_an_honest_suspension_by_the_authority_that_approved() -> None:
    log = Log().way().tell(events.NamingSuspended, actor=AUTHORITY)

    assert log.tell(events.NamingResumed, actor=AUTHORITY).closed() == []


def test_an_honest_review_ends_funded_again_or_revoked() -> None:
    lost = yuan("200000.00")

    def reviewed() -> Log:
        return Log().way().back(lost).tell(events.NamingReviewOpened)

    assert reviewed().closed() == []
    revoked = reviewed().tell(events.NamingReviewClosed, outcome="revoked")
    assert revoked.closed() == []
    mended = reviewed()
    mended.audit.gift_received("gift-2", lost)
    mended.tell(events.NamingFundingTested, gifts=("gift-1", "gift-2"))
    assert mended.tell(events.NamingReviewClosed).closed() == []


def test_other_facts_are_passed_over() -> None:
    log = Log()
    event: Event = OpeningsErased(
        originator_id="erasure-1", originator_version=1, timestamp=NOON, actor=CHARITY,
        digests=(), ground="request of the person",
    )  # fmt: skip
    log.audit.see(1, event, log.found.append)

    assert log.closed() == []


LEFT_OUT: list[tuple[type[NamingEvent], str]] = [
    (events.NamingProposed, "begins without a proposal"),
    (events.NamingWishRecorded, "without the donor's wish"),
    (events.NamingScreened, "lacks a screening that passed"),
    (events.NamingFundingTested, "lacks a funding test that was met"),
    (events.NamingConsentRecorded, "lacks the beneficiary's consent"),
    (events.NamingSubmitted, "decided on by a body that was not asked"),
    (events.NamingApproved, "in force without approval for that term"),
]


@pytest.mark.parametrize(("step", "finding"), LEFT_OUT, ids=lambda x: getattr(x, "TOPIC", ""))
def test_a_step_that_was_left_out_is_found(step: type[NamingEvent], finding: str) -> None:
    assert any(finding in found for found in Log().way(without=(step,)).found)


FORGED: list[tuple[str, dict[str, Any], str]] = [
    ("Proposed", {"actor": OTHER}, "fund fund-1, which is not its own"),
    ("Proposed", {"fund": "fund-2"}, "fund fund-2, which is not its own"),
    ("Proposed", {"fund": "fund-9"}, "fund fund-9, which is not its own"),
    ("Proposed", {"organisation": OTHER}, "fund fund-1, which is not its own"),
    ("Proposed", {"text": replace(TEXT, sealed=())}, "is not one digest"),
    ("Proposed", {"benefit": "广告位"}, "what its donor gets is not valued"),
    ("WishRecorded", {"wish": "no", "publish": False}, "follows the end"),
    ("WishRecorded", {"wish": "anonymous", "publish": False}, "without the donor's wish"),
    ("WishRecorded", {"wish": "anonymous"}, "published against the donor's wish"),
    ("WishRecorded", {"wish": "other-name", "publish": False}, "does not go with its other text"),
    ("WishRecorded", {"other": ANOTHER_TEXT}, "does not go with its other text"),
    ("WishRecorded", {"actor": OTHER}, "which is not its own"),
    ("Screened", {"findings": ("superlative",)}, "contradicts its findings"),
    ("Screened", {"findings": ("superlative",), "passed": False}, "lacks a screening that passed"),
    ("Screened", {"findings": ("superlative",), "passed": False}, "funded before its text"),
    ("Screened", {"text": ANOTHER_TEXT}, "about another text than proposed"),
    ("FundingTested", {"received": yuan("700000.00"), "share": 7000}, "its gifts hold"),
    ("FundingTested", {"gifts": ("gift-1", "gift-1")}, "its gifts hold"),
    ("FundingTested", {"gifts": ("gift-2",)}, "its gifts hold"),
    ("FundingTested", {"needed": yuan("1.00")}, "does not follow from its rule"),
    ("FundingTested", {"met": False}, "does not follow from its rule"),
    ("FundingTested", {"share": 6001}, "is not what was received of its cost"),
    ("FundingTested", {"cost": Money(0)}, "does not follow from its rule"),
    ("FundingTested", {"cost": None}, "does not follow from its rule"),
    ("FundingTested", {"cost": Money(1, "USD")}, "does not follow from its rule"),
    ("FundingTested", {"received": Money(0, "USD")}, "does not follow from its rule"),
    ("FundingTested", {"tested_on": date(2025, 12, 31)}, "does not follow from its rule"),
    ("FundingTested", {"rule": replace(HALF, share_basis_points=0)}, "not follow from its rule"),
    ("FundingTested", {"rule": replace(HALF, share_basis_points=None)}, "not follow from its rule"),
    ("FundingTested", {"rule": replace(HALF, least=Money(-1))}, "not follow from its rule"),
    ("FundingTested", {"rule": replace(HALF, least=PAID)}, "not follow from its rule"),
    ("FundingTested", {"rule": replace(HALF, least=Money(1, "USD"))}, "not follow from its rule"),
    ("ConsentRecorded", {"given": False}, "lacks the beneficiary's consent"),
    ("Submitted", {"level": "township"}, "no government of county level or above"),
    ("Submitted", {"authority": VILLAGE}, "no government of county level or above"),
    ("Submitted", {"authority": "somebody"}, "no government of county level or above"),
    ("Submitted", {"authority": CITY}, "decided on by a body that was not asked"),
    ("Approved", {"countersigned_by": "officer"}, "signed twice by one person"),
    ("Approved", {"text": ANOTHER_TEXT}, "about another text than proposed"),
    ("Approved", {"first_day": date(2026, 1, 1)}, "is out of order"),
    ("Approved", {"last_day": date(2026, 1, 1)}, "is out of order"),
    ("Entered", {"text": ANOTHER_TEXT}, "about another text than proposed"),
    ("Entered", {"last_day": date(2099, 1, 1)}, "without approval for that term"),
    ("Entered", {"entered_on": date(2026, 1, 1)}, "outside its term"),
    ("Entered", {"entered_by": "clerk"}, "brought into force by one person"),
    ("Entered", {"received": yuan("700000.00")}, "its gifts hold"),
]


@pytest.mark.parametrize(("cls", "said", "finding"), FORGED, ids=lambda x: str(x)[:40])
def test_a_step_that_breaks_a_rule_is_found(cls: str, said: dict[str, Any], finding: str) -> None:
    forged: dict[str, Any] = {cls: said}

    assert any(finding in found for found in Log().way(**forged).found)


def test_a_rule_with_both_amounts_is_worked_out_by_the_auditor() -> None:
    both = replace(HALF, least=PAID)

    assert Log().way(FundingTested={"rule": both, "needed": PAID}).closed() == []


def test_a_test_that_failed_does_not_carry_a_name() -> None:
    failed = {"rule": replace(HALF, share_basis_points=9000), "needed": yuan("900000.00")}
    log = Log().way(FundingTested={**failed, "met": False})

    assert any("lacks a funding test that was met" in found for found in log.found)
    assert any("stands below its threshold" in found for found in log.found)


def test_a_plaque_that_was_put_before_government_is_found() -> None:
    log = Log().way(**PLAQUE)

    assert any("its form or stage forbids" in found for found in log.found)


def test_a_valued_benefit_is_no_finding() -> None:
    log = Log()
    log.audit.benefit_recorded("gift-1")

    assert log.way(Proposed={"benefit": "广告位"}).closed() == []


AFTER_FORCE: list[tuple[str, Callable[[Log], Log], str]] = [
    ("a second proposal", lambda g: g.tell(events.NamingProposed), "a second time"),
    ("a new wish", lambda g: g.tell(events.NamingWishRecorded), "comes after it is in force"),
    ("a second entry", lambda g: g.tell(events.NamingEntered), "comes after it is in force"),
    ("a test", lambda g: g.tell(events.NamingFundingTested), "comes after it is in force"),
    ("a second submission", lambda g: g.tell(events.NamingSubmitted), "form or stage forbids"),
    ("a late rejection", lambda g: g.tell(events.NamingRejected), "a body that was not asked"),
    ("a resumption", lambda g: g.tell(events.NamingResumed), "while not suspended"),
    (
        "a suspension twice",
        lambda g: g.tell(events.NamingSuspended).tell(events.NamingSuspended),
        "while not in force",
    ),
    (
        "a resumption too late",
        lambda g: g.tell(events.NamingSuspended).tell(
            events.NamingResumed, resumed_on=date(2099, 1, 1)
        ),
        "outside its term",
    ),
    (
        "a resumption by another",
        lambda g: g.tell(events.NamingSuspended, actor=AUTHORITY).tell(events.NamingResumed),
        "which is not its own",
    ),
    (
        "a stranger's revocation",
        lambda g: g.tell(events.NamingRevoked, actor=OTHER),
        "which is not its own",
    ),
    (
        "an early end",
        lambda g: g.tell(events.NamingExpired, expired_on=TERM.last_day),
        "before the end of its term",
    ),
    (
        "a step after the end",
        lambda g: g.tell(events.NamingRevoked).tell(events.NamingEntered),
        "follows the end",
    ),
    (
        "a review for nothing",
        lambda g: g.tell(events.NamingReviewOpened, received=PAID),
        "opened on wrong figures",
    ),
    (
        "a review of a gift that does not count",
        lambda g: g.back().tell(events.NamingReviewOpened, gift="gift-2", received=Money(0)),
        "a review it does not call for",
    ),
    (
        "a review with an invented sum",
        lambda g: g.back().tell(events.NamingReviewOpened),
        "its gifts hold",
    ),
    (
        "a review with an invented threshold",
        lambda g: g.back().tell(events.NamingReviewOpened, received=Money(0), needed=yuan("1.00")),
        "opened on wrong figures",
    ),
    (
        "the end of no review",
        lambda g: g.tell(events.NamingReviewClosed),
        "was never opened",
    ),
    (
        "one person's review",
        lambda g: g.tell(events.NamingReviewClosed, countersigned_by="clerk"),
        "signed twice by one person",
    ),
    (
        "another outcome",
        lambda g: g.tell(events.NamingReviewClosed, outcome="forgotten"),
        "ends in 'forgotten'",
    ),
    (
        "a review that ends without the money",
        lambda g: (
            g.back()
            .tell(events.NamingReviewOpened, received=Money(0))
            .tell(events.NamingReviewClosed)
        ),
        "stands below its threshold",
    ),
    (
        "another step in place of the review",
        lambda g: g.back().tell(events.NamingSuspended),
        "stands below its threshold",
    ),
]


@pytest.mark.parametrize(
    ("forge", "finding"), [c[1:] for c in AFTER_FORCE], ids=[c[0] for c in AFTER_FORCE]
)
def test_what_can_not_follow_force_is_found(forge: Callable[[Log], Log], finding: str) -> None:
    assert any(finding in found for found in forge(Log().way()).found)


def test_no_name_in_force_stays_below_its_threshold_without_an_open_review() -> None:
    log = Log().way().back()

    assert log.found == []
    assert log.closed() == [
        f"{NAMING}, in force since entry 8, is below its threshold without an open review"
    ]


def test_a_consent_withdrawn_that_was_never_given_is_found() -> None:
    log = Log().way(events.NamingScreened).tell(events.NamingWithdrawn, by="beneficiary")

    assert log.found == [f"the beneficiary withdrew a consent to {NAMING} never given"]


def test_a_revocation_before_any_approval_is_found() -> None:
    log = Log().way(events.NamingSubmitted).tell(events.NamingRevoked)

    assert log.found == [f"{NAMING} was revoked before it was approved or in force"]


def test_an_authority_that_approved_nothing_may_not_act() -> None:
    log = Log().way(without=NO_APPROVAL, **PLAQUE).tell(events.NamingSuspended, actor=AUTHORITY)

    assert log.found == [f"{AUTHORITY} acts on {NAMING}, which is not its own"]


def test_a_new_fact_about_names_needs_a_rule_of_the_auditor() -> None:
    log = Log().way(events.NamingProposed)
    story = log.audit.stories[NAMING]

    with pytest.raises(NotImplementedError, match=r"naming-proposed\.v1"):
        log.audit._apply(story.proposed, story, log.found.append)
