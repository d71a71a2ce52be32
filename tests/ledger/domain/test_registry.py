"""Who may sign which fact, at every point of the log."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityGranted,
    Event,
    FundOpened,
    KeyRegistered,
    KeyRevoked,
    LedgerFounded,
    OrganisationRegistered,
    ReceiptNumbersAllotted,
)
from ledger.domain.organisations import AUTHORITY, POWERS
from ledger.domain.registry import (
    POWER_FOR,
    ActsBeyondPower,
    Registry,
    RootKeyDiffers,
    SignerUnknown,
    StoryBroken,
)
from ledger.errors import Untrusted
from tests.ledger.domain.every_fact import FACTS, golden
from tests.ledger.domain.given import CHARITY, OTHER, digest, fact

ROOT = digest("kid")
KID = digest("kid of charity")
FOUNDED = fact(LedgerFounded, f"organisation-{AUTHORITY}", actor=AUTHORITY, powers=POWERS)
REGISTERED = fact(OrganisationRegistered, f"organisation-{CHARITY}", actor=AUTHORITY)
KEYED = fact(KeyRegistered, f"organisation-{CHARITY}", 2, AUTHORITY)
REVOKED = fact(KeyRevoked, f"organisation-{CHARITY}", 3, AUTHORITY)
OPENED = fact(FundOpened, "fund-1")


def registry(*events: Event, root: str | None = None) -> Registry:
    known = Registry(root)
    for event in events:
        assert isinstance(
            event, LedgerFounded | OrganisationRegistered | KeyRegistered | KeyRevoked
        )
        known.apply(event)
    return known


def test_a_ledger_is_founded_by_the_key_that_it_names() -> None:
    assert Registry().public_key(ROOT, FOUNDED) == FOUNDED.public
    assert Registry(ROOT).public_key(ROOT, FOUNDED) == FOUNDED.public
    assert registry(FOUNDED).public_key(ROOT, REGISTERED) == FOUNDED.public


def test_a_ledger_founded_with_another_key_than_the_pinned_one_is_refused() -> None:
    with pytest.raises(RootKeyDiffers, match=f"founded with key {ROOT}, which is not the trusted"):
        Registry(digest("pinned")).public_key(ROOT, FOUNDED)


@pytest.mark.parametrize(
    "forged",
    [
        fact(LedgerFounded, "organisation-authority", actor=AUTHORITY, kid=digest("other")),
        fact(LedgerFounded, "organisation-authority", actor=CHARITY),
        fact(LedgerFounded, "organisation-authority", actor=AUTHORITY, organisation=CHARITY),
    ],
    ids=["signed by another key", "founded by a charity", "founded for a charity"],
)
def test_a_founding_that_does_not_vouch_for_itself_is_refused(forged: LedgerFounded) -> None:
    with pytest.raises(SignerUnknown, match=f"key {ROOT} does not sign for {forged.actor}"):
        Registry().public_key(ROOT, forged)


def test_a_key_signs_from_its_registration_until_its_revocation() -> None:
    with pytest.raises(SignerUnknown):
        registry(FOUNDED, REGISTERED).public_key(KID, OPENED)

    working = registry(FOUNDED, REGISTERED, KEYED)
    assert working.public_key(KID, OPENED) == KEYED.public

    with pytest.raises(SignerUnknown, match=f"key {KID} does not sign for {CHARITY} at this point"):
        registry(FOUNDED, REGISTERED, KEYED, REVOKED).public_key(KID, OPENED)


def test_a_key_signs_for_its_own_organisation_only() -> None:
    known = registry(FOUNDED, REGISTERED, KEYED)

    for actor in (OTHER, AUTHORITY):
        with pytest.raises(SignerUnknown, match=f"key {KID} does not sign for {actor}"):
            known.public_key(KID, fact(FundOpened, "fund-1", actor=actor))
    with pytest.raises(SignerUnknown):
        known.public_key(ROOT, OPENED)


@pytest.mark.parametrize("cls", POWER_FOR, ids=lambda cls: cls.TOPIC)
def test_a_charity_cannot_record_what_is_the_authoritys_to_record(cls: type[Event]) -> None:
    known = registry(FOUNDED, REGISTERED, KEYED)

    known.check_power(replace(golden(cls), actor=AUTHORITY))
    for actor in (CHARITY, OTHER):
        with pytest.raises(ActsBeyondPower, match=f"{actor} has no right to record {cls.TOPIC}"):
            known.check_power(replace(golden(cls), actor=actor))


def test_an_authority_acts_only_within_the_powers_it_was_founded_with() -> None:
    known = registry(fact(LedgerFounded, "organisation-authority", powers=("register",)))

    known.check_power(REGISTERED)
    for cls in (EligibilityGranted, EligibilityCancelled, ReceiptNumbersAllotted):
        with pytest.raises(ActsBeyondPower):
            known.check_power(fact(cls, "stream-1", actor=AUTHORITY))


def test_other_facts_are_the_charitys_own() -> None:
    own = [cls for cls in FACTS if cls not in POWER_FOR]

    for cls in own:
        registry(FOUNDED).check_power(golden(cls))
    assert len(own) == len(FACTS) - 19


@pytest.mark.parametrize(
    "events",
    [
        (FOUNDED, FOUNDED),
        (FOUNDED, REGISTERED, REGISTERED),
        (FOUNDED, KEYED),
        (FOUNDED, REVOKED),
    ],
    ids=["founded twice", "registered twice", "key of nobody", "revoked for nobody"],
)
def test_an_organisations_story_begins_once_and_properly(events: tuple[Event, ...]) -> None:
    with pytest.raises(StoryBroken, match="has no proper beginning") as refusal:
        registry(*events)

    assert isinstance(refusal.value, Untrusted)
