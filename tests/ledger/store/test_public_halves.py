"""The public half of a key travels with its proof, and is taken only where it was made for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ledger.domain.key_rotation import HANDOVER, POSSESSION, statement
from ledger.proof.ed25519 import check_signature
from ledger.proof.encoding import unb64url
from ledger.store.public_halves import (
    MadeForOther,
    OtherKeyHandsOver,
    PublicHalf,
    PublicHalfMalformed,
    prove,
)
from tests.ledger.domain.given import CHARITY, ORIGIN, OTHER
from tests.ledger.domain.keyed import key

OLD, NEW = key(2), key(3)


def test_a_public_half_is_read_back_as_it_was_written() -> None:
    half = prove(NEW, CHARITY, ORIGIN, OLD.kid).handed_over(OLD)

    assert PublicHalf.parse(half.encode()) == half
    first = prove(NEW, CHARITY, ORIGIN, None)
    assert PublicHalf.parse(first.encode()) == first


def test_it_holds_the_signatures_of_both_keys_over_their_statements() -> None:
    half = prove(NEW, CHARITY, ORIGIN, OLD.kid).handed_over(OLD)

    said = {
        use: statement(use, ORIGIN, CHARITY, NEW.kid, OLD.kid) for use in (POSSESSION, HANDOVER)
    }
    check_signature(NEW.public, unb64url(half.possession), said[POSSESSION], what="test")
    assert half.handover is not None
    check_signature(OLD.public, unb64url(half.handover), said[HANDOVER], what="test")
    offered = half.offered(CHARITY, ORIGIN)
    assert (offered.kid, offered.replaces, offered.custody) == (NEW.kid, OLD.kid, "organisation")


def test_only_the_replaced_key_hands_over() -> None:
    with pytest.raises(OtherKeyHandsOver, match=f"{NEW.kid} is not the one that is replaced"):
        prove(NEW, CHARITY, ORIGIN, OLD.kid).handed_over(NEW)
    with pytest.raises(OtherKeyHandsOver, match="none"):
        prove(NEW, CHARITY, ORIGIN, None).handed_over(OLD)


def test_a_key_proved_for_one_is_not_taken_by_another() -> None:
    half = prove(NEW, CHARITY, ORIGIN, None)

    for organisation, origin in ((OTHER, ORIGIN), (CHARITY, "other.example/ledger")):
        with pytest.raises(MadeForOther, match=f"proved for {CHARITY} at {ORIGIN}"):
            half.offered(organisation, origin)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda said: said.update(format="other"), "its format"),
        (lambda said: said.update(more=1), "its members"),
        (lambda said: said.pop("kid"), "its members"),
        (lambda said: said.update(kid=None), "its members"),
        (lambda said: said.update(handover=7), "its members"),
    ],
)
def test_what_is_no_public_half_is_refused(change: Callable[[Any], None], why: str) -> None:
    said = json.loads(prove(NEW, CHARITY, ORIGIN, None).encode())
    change(said)

    with pytest.raises(PublicHalfMalformed, match=why):
        PublicHalf.parse(json.dumps(said).encode())
    for data in (b"{", b"[]"):
        with pytest.raises(PublicHalfMalformed):
            PublicHalf.parse(data)
