"""Keys in place of others: what is decided, what must be vouched for, what a log may say."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from typing import Any

import pytest

from ledger import codec
from ledger.domain import key_rotation
from ledger.domain.events import (
    KeyRegistered,
    KeyRotated,
    LedgerFounded,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.domain.key_rotation import (
    COMPROMISED,
    FIRST,
    HANDOVER,
    LOST,
    POSSESSION,
    SUPERSEDED,
    CustodyUnknown,
    GroundUnknown,
    HandoverMissing,
    HandoverNotTaken,
    KeyWorksAlready,
    OfferedKey,
    ReplacedKeyUnnamed,
    RotationBroken,
    rotate,
    statement,
    withdraw,
)
from ledger.domain.organisations import (
    AUTHORITY,
    POWERS,
    KeyUnknown,
    KeyWasRevoked,
    NameUnusable,
    Organisation,
    evolve,
)
from ledger.domain.registry import Registry, SignerUnknown, StoryBroken
from ledger.errors import Refused, Untrusted
from ledger.proof.ed25519 import SignatureFails
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer, SignerDiffers
from tests.ledger.domain.given import CHARITY, NOON, ORIGIN, fact
from tests.ledger.domain.keyed import key, public

STREAM = f"organisation-{CHARITY}"
ROOT, OLD, NEW, THIEF = key(1), key(2), key(3), key(4)
FOUNDED = fact(
    LedgerFounded, "organisation-authority", actor=AUTHORITY, powers=POWERS,
    kid=ROOT.kid, public=public(ROOT),
)  # fmt: skip
REGISTERED = fact(OrganisationRegistered, STREAM, actor=AUTHORITY)
KEYED = fact(KeyRegistered, STREAM, 2, AUTHORITY, kid=OLD.kid, public=public(OLD))


def charity(*later: OrganisationEvent) -> Organisation:
    return reduce(evolve, later, evolve(None, REGISTERED))


def signed(use: str, by: Ed25519Signer, kid: str, replaces: str | None) -> str:
    return b64url(by.sign(statement(use, ORIGIN, CHARITY, kid, replaces)))


def offered(
    new: Ed25519Signer = NEW, old: Ed25519Signer | None = OLD, *, handover: bool = True
) -> OfferedKey:
    replaces = old.kid if old else None
    return OfferedKey(
        kid=new.kid,
        public=public(new),
        replaces=replaces,
        custody="organisation",
        possession=signed(POSSESSION, new, new.kid, replaces),
        handover=signed(HANDOVER, old, new.kid, replaces) if old and handover else None,
    )


def rotated(
    known: Organisation, key_: OfferedKey, ground: str = SUPERSEDED, note: str | None = None
) -> KeyRotated:
    return rotate(known, key_, ground, note, AUTHORITY, NOON)


def admitted(event: KeyRotated, *before: OrganisationEvent) -> Registry:
    """Admit a rotation that the authority signed, after these events."""
    registry = Registry(ROOT.kid)
    for one in (FOUNDED, REGISTERED, *before):
        registry.apply(one)
    codec.admit(codec.encode(event, ORIGIN, ROOT), ORIGIN, registry)
    return registry


def test_a_key_is_superseded_by_one_that_both_vouch_for() -> None:
    known = charity(KEYED)

    event = rotated(known, offered(), note=" 五年期满 ")

    after = evolve(known, event)
    assert (event.originator_version, event.note, event.actor) == (3, "五年期满", AUTHORITY)
    assert after.keys == {NEW.kid: public(NEW)}
    assert after.revoked == {OLD.kid}
    assert after.own_keys == {NEW.kid}
    assert admitted(event, KEYED).organisations[CHARITY] == after


def test_a_lost_key_is_replaced_without_its_signature() -> None:
    event = rotated(charity(KEYED), offered(handover=False), LOST)

    assert admitted(event, KEYED).organisations[CHARITY].keys == {NEW.kid: public(NEW)}


def test_an_organisation_may_begin_with_a_key_of_its_own() -> None:
    event = rotated(charity(), offered(old=None), FIRST)

    assert admitted(event).organisations[CHARITY].own_keys == {NEW.kid}


def test_a_key_kept_by_the_server_is_not_the_organisations_own() -> None:
    event = rotated(charity(KEYED), replace(offered(), custody="server"))

    assert evolve(charity(KEYED), event).own_keys == frozenset()


def test_a_replaced_key_signs_nothing_more_whoever_holds_it() -> None:
    registry = admitted(rotated(charity(KEYED), offered()), KEYED)
    fund = fact(KeyRegistered, STREAM, 4, CHARITY)

    assert registry.public_key(NEW.kid, fund) == public(NEW)
    with pytest.raises(SignerUnknown):
        registry.public_key(OLD.kid, fund)


def test_a_replaced_key_hands_nothing_over_again() -> None:
    known = evolve(charity(KEYED), rotated(charity(KEYED), offered()))

    with pytest.raises(HandoverNotTaken, match=f"{OLD.kid} hands nothing over"):
        rotated(known, offered(THIEF, OLD))


WAYS: list[tuple[type[Refused], dict[str, Any], str, str]] = [
    (HandoverMissing, {"handover": None}, SUPERSEDED, "still works and did not sign"),
    (HandoverNotTaken, {}, LOST, "hands nothing over"),
    (HandoverNotTaken, {}, COMPROMISED, "hands nothing over"),
    (GroundUnknown, {}, FIRST, "'first' is none of: superseded, lost, compromised"),
    (GroundUnknown, {}, "ceased", "is none of: superseded, lost, compromised"),
    (ReplacedKeyUnnamed, {"replaces": None, "handover": None}, FIRST, "--replaces=KID"),
    (KeyUnknown, {"replaces": "another"}, SUPERSEDED, "no working key another"),
    (CustodyUnknown, {"custody": "cloud"}, SUPERSEDED, "'cloud' is none of: server, organisation"),
]


@pytest.mark.parametrize(("refusal", "changes", "ground", "says"), WAYS)
def test_what_does_not_fit_the_replaced_key_is_refused_and_found_on_record(
    refusal: type[Refused], changes: dict[str, Any], ground: str, says: str
) -> None:
    key_ = replace(offered(), **changes)
    with pytest.raises(refusal, match=says):
        rotated(charity(KEYED), key_, ground)

    honest = rotated(charity(KEYED), offered())
    forged = replace(honest, ground=ground, **changes)
    with pytest.raises(RotationBroken, match=f"of {CHARITY} to key {NEW.kid} does not hold: "):
        admitted(forged, KEYED)


def test_a_first_key_has_no_other_ground_and_nobody_to_hand_over() -> None:
    with pytest.raises(GroundUnknown, match="'lost' is none of: first"):
        rotated(charity(), offered(old=None), LOST)
    with pytest.raises(HandoverNotTaken, match="None hands nothing over"):
        rotated(charity(), replace(offered(old=None), handover="x"), FIRST)


def test_a_key_is_brought_in_once() -> None:
    known = evolve(charity(KEYED), rotated(charity(KEYED), offered()))

    with pytest.raises(KeyWorksAlready, match=f"{NEW.kid} signs for {CHARITY} already"):
        rotated(known, offered(NEW, NEW))
    with pytest.raises(KeyWasRevoked):
        rotated(known, offered(OLD, NEW))
    honest = rotated(charity(KEYED), offered())
    for kid, old in ((NEW.kid, NEW), (OLD.kid, NEW)):
        again = replace(honest, kid=kid, replaces=old.kid, originator_version=4)
        with pytest.raises(RotationBroken, match="was registered before"):
            admitted(again, KEYED, honest)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"possession": signed(POSSESSION, THIEF, NEW.kid, OLD.kid)}, SignatureFails),
        ({"possession": signed(POSSESSION, NEW, NEW.kid, None)}, SignatureFails),
        ({"possession": signed(HANDOVER, NEW, NEW.kid, OLD.kid)}, SignatureFails),
        ({"handover": signed(HANDOVER, THIEF, NEW.kid, OLD.kid)}, SignatureFails),
        ({"handover": signed(HANDOVER, OLD, THIEF.kid, OLD.kid)}, SignatureFails),
        ({"handover": signed(POSSESSION, OLD, NEW.kid, OLD.kid)}, SignatureFails),
        ({"public": public(THIEF)}, SignerDiffers),
        ({"possession": "!"}, Untrusted),
        ({"possession": ""}, SignatureFails),
    ],
    ids=[
        "possession by another key", "possession for another place", "a handover as possession",
        "handover by another key", "handover to another key", "a possession as handover",
        "another key under this name", "no base64", "no signature",
    ],
)  # fmt: skip
def test_a_forged_proof_is_found_by_whoever_reads_the_log(
    changes: dict[str, Any], refusal: type[Untrusted]
) -> None:
    honest = rotated(charity(KEYED), offered())
    admitted(honest, KEYED)

    with pytest.raises(refusal):
        admitted(replace(honest, **changes), KEYED)


def test_a_proof_for_one_ledger_is_none_for_another() -> None:
    honest = rotated(charity(KEYED), offered())
    vouchers = key_rotation.vouchers(honest, charity(KEYED), "other.example/ledger")

    with pytest.raises(SignatureFails, match="proof of possession"):
        codec.check_vouchers(vouchers)


def test_a_rotation_for_nobody_is_refused() -> None:
    event = rotated(charity(KEYED), offered())
    registry = Registry(ROOT.kid)
    registry.apply(FOUNDED)

    with pytest.raises(StoryBroken):
        codec.admit(codec.encode(event, ORIGIN, ROOT), ORIGIN, registry)


def test_what_a_key_signs_of_itself_is_five_lines() -> None:
    assert statement(POSSESSION, ORIGIN, CHARITY, "new", "old") == (
        b"donation-ledger-key-possession.v1\ndonations.example/ledger\n53100000500021326D\n"
        b"new\nold\n"
    )
    assert statement(HANDOVER, ORIGIN, CHARITY, "new", None).endswith(b"\nnew\n-\n")


# Withdrawal.


def test_a_key_is_withdrawn_for_a_typed_ground_with_words_for_the_public() -> None:
    known = charity(KEYED)

    event = withdraw(known, OLD.kid, COMPROMISED, " 办公室失窃 ", AUTHORITY, NOON)

    assert (event.ground, event.note, event.originator_version) == ("compromised", "办公室失窃", 3)
    after = evolve(known, event)
    assert after.keys == {}
    assert after.revoked == {OLD.kid}


def test_a_withdrawal_needs_a_key_that_works_a_ground_and_words() -> None:
    known = charity(KEYED)

    with pytest.raises(KeyUnknown, match=f"{CHARITY} has no working key kid-9"):
        withdraw(known, "kid-9", LOST, "设备遗失", AUTHORITY, NOON)
    with pytest.raises(GroundUnknown, match="'first' is none of: compromised, superseded, lost"):
        withdraw(known, OLD.kid, FIRST, "设备遗失", AUTHORITY, NOON)
    with pytest.raises(NameUnusable):
        withdraw(known, OLD.kid, LOST, "", AUTHORITY, NOON)
