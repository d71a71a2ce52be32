"""A name in force: shown, suspended, reviewed when money goes back, and ended."""

from __future__ import annotations

import pytest

from ledger.domain import naming, naming_life
from ledger.domain.events.naming import NamingEvent
from ledger.domain.naming_grant import NamingGrant
from ledger.domain.naming_refusals import (
    ActsOnAnothersName,
    BelowThreshold,
    DonorDeclined,
    NamingEnded,
    NoReview,
    NotInForce,
    OutsideTerm,
    SamePerson,
    TextDiffers,
    WordUnknown,
    WrongStep,
)
from ledger.domain.organisations import AUTHORITY
from ledger.errors import Refused
from ledger.money import Money
from tests.ledger.domain.naming_given import (
    AFTER,
    HALF,
    NOON,
    PAID,
    PAPER,
    STEPS,
    TERM,
    TEXT,
    TODAY,
    Step,
    approve,
    at,
    close,
    consent,
    enter,
    fund,
    plaque,
    proposed,
    reject,
    resume,
    review,
    revoke,
    screen,
    submit,
    suspend,
    then,
    wish,
    withdraw,
    yuan,
)

ENDINGS: dict[str, tuple[str, list[Step], type[Refused]]] = {
    "declined": ("wished", [lambda g: wish(g, "no")], DonorDeclined),
    "renamed": ("wished", [lambda g: wish(g, "other-name")], TextDiffers),
    "rejected": ("submitted", [reject], NamingEnded),
    "revoked": ("in force", [revoke], NamingEnded),
    "expired": ("in force", [lambda g: naming_life.expire(g, AFTER, NOON)], NamingEnded),
    "withdrawn": ("in force", [withdraw], NamingEnded),
}


def test_a_page_shows_a_name_only_in_force_in_its_term_and_with_consent() -> None:
    assert at("in force").shown_on(TODAY)
    assert not at("in force").shown_on(AFTER)
    assert not at("approved").shown_on(TODAY)
    assert not then(at("in force"), suspend).shown_on(TODAY)


def test_a_donor_may_be_named_on_the_building_but_not_on_the_page() -> None:
    def privately(grant: NamingGrant) -> NamingEvent:
        return naming.record_wish(grant, "yes", None, PAPER, NOON, publish=False)

    grant = then(proposed(), privately, *list(STEPS.values())[1:])

    assert grant.status == "in force"
    assert not grant.shown_on(TODAY)


def test_revocation_keeps_history_but_drops_the_name_from_public_pages() -> None:
    revoked = then(at("in force"), revoke)

    assert not revoked.shown_on(TODAY)
    assert (revoked.status, revoked.text, revoked.term) == ("revoked", TEXT, TERM)


def test_an_approved_or_suspended_name_can_be_revoked_and_no_earlier_one() -> None:
    assert then(at("approved"), revoke).status == "revoked"
    assert then(at("in force"), suspend, revoke).status == "revoked"
    with pytest.raises(NotInForce):
        revoke(at("submitted"))


def test_a_suspended_name_can_be_resumed_in_its_term() -> None:
    suspended = then(at("in force"), suspend)

    assert then(suspended, resume).shown_on(TODAY)
    with pytest.raises(OutsideTerm):
        resume(suspended, AFTER)
    with pytest.raises(WrongStep):
        resume(at("in force"))
    with pytest.raises(NotInForce):
        suspend(suspended)


def test_the_authority_that_approved_a_name_may_suspend_and_revoke_it() -> None:
    suspended = then(at("in force"), lambda g: suspend(g, AUTHORITY))

    with pytest.raises(ActsOnAnothersName):
        resume(suspended)
    assert then(suspended, lambda g: resume(g, actor=AUTHORITY)).status == "in force"
    assert then(suspended, lambda g: revoke(g, AUTHORITY)).status == "revoked"


def test_nobody_else_may_suspend_or_revoke_a_name() -> None:
    standing = then(plaque(), lambda g: enter(g, term=TERM))
    for step in (suspend, revoke):
        with pytest.raises(ActsOnAnothersName):
            step(standing, AUTHORITY)


@pytest.mark.parametrize("ending", ENDINGS)
def test_what_has_ended_stays_ended(ending: str) -> None:
    stage, last, refusal = ENDINGS[ending]
    start = proposed() if stage == "wished" else at(stage)
    ended = then(start, *last)

    assert ended.status == ending
    steps: list[Step] = [
        wish, screen, fund, consent, submit, approve, reject, enter, suspend, resume, revoke,
        withdraw, lambda g: naming_life.expire(g, AFTER, NOON), lambda g: close(g, "kept", PAID),
    ]  # fmt: skip
    for step in steps:
        with pytest.raises(refusal):
            step(ended)
    assert naming_life.review_after_return(ended, Money(0), "gift-1", NOON) is None


def test_a_return_below_the_threshold_opens_a_review_by_itself() -> None:
    event = naming_life.review_after_return(at("in force"), yuan("499999.99"), "gift-1", NOON)

    assert event is not None
    assert (event.gift, event.received, event.needed) == (
        "gift-1", yuan("499999.99"), yuan("500000.00"),
    )  # fmt: skip


def test_a_suspended_name_comes_under_review_too() -> None:
    assert then(at("in force"), suspend, review).under_review


@pytest.mark.parametrize(
    ("grant", "left", "gift"),
    [
        (at("in force"), "500000.00", "gift-1"),
        (at("in force"), "0.00", "gift-2"),
        (at("approved"), "0.00", "gift-1"),
        (then(plaque(), lambda g: enter(g, term=TERM)), "0.00", "gift-1"),
        (then(at("in force"), review), "0.00", "gift-1"),
    ],
    ids=["enough left", "another gift", "not in force", "no threshold", "under review"],
)
def test_a_return_that_threatens_no_name_opens_no_review(
    grant: NamingGrant, left: str, gift: str
) -> None:
    assert naming_life.review_after_return(grant, yuan(left), gift, NOON) is None


def test_a_review_ends_with_the_name_kept_only_when_it_is_funded_again() -> None:
    under_review = then(at("in force"), review)
    with pytest.raises(BelowThreshold):
        close(under_review, "kept", yuan("400000.00"))

    again = then(under_review, lambda g: fund(g, PAID, HALF, "gift-1", "gift-2"))
    with pytest.raises(BelowThreshold):
        close(again, "kept", yuan("499999.99"))
    kept = then(again, lambda g: close(g, "kept", PAID))
    assert (kept.status, kept.under_review) == ("in force", False)
    assert naming_life.review_after_return(kept, Money(0), "gift-2", NOON) is not None


def test_a_review_may_end_with_the_name_revoked() -> None:
    ended = then(at("in force"), review, lambda g: close(g, "revoked", Money(0)))

    assert (ended.status, ended.under_review) == ("revoked", False)


def test_a_review_is_closed_by_two_people_in_one_of_two_ways() -> None:
    under_review = then(at("in force"), review)

    with pytest.raises(SamePerson):
        close(under_review, "revoked", PAID, second="a")
    with pytest.raises(WordUnknown):
        close(under_review, "forgotten", PAID)
    with pytest.raises(NoReview):
        close(at("in force"), "kept", PAID)
