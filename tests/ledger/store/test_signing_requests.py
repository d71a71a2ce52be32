"""The file to sign holds what is signed and nothing to be believed; a key signs only its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from ledger import codec
from ledger.domain.events import FundOpened
from ledger.engine import Unsigned
from ledger.proof.jws import Ed25519Signer
from ledger.store.requests import Request
from ledger.store.signing_requests import NothingToSign, RequestMalformed, SigningRequest
from tests.ledger.domain.given import ORIGIN, fact
from tests.ledger.domain.keyed import key

OWN, OTHERS, SERVER = key(2), key(3), key(4)
EVENT = fact(FundOpened, "fund-1")


def unsigned(signer: Ed25519Signer, *, elsewhere: bool = True) -> Unsigned:
    entry = codec.encode(EVENT, ORIGIN, signer).rpartition(b".")[0]
    return Unsigned(EVENT.actor, signer.kid, entry, elsewhere)


def request(*entries: Unsigned) -> SigningRequest:
    expires = datetime(2026, 11, 29, 8, tzinfo=UTC)
    return SigningRequest.of(Request("name", expires, entries, {}), ORIGIN)


def test_only_what_must_be_signed_elsewhere_is_in_the_file() -> None:
    made = request(unsigned(OWN), unsigned(SERVER, elsewhere=False))

    (item,) = made.items
    assert (item.kid, item.event, item.signature) == (OWN.kid, EVENT, None)
    assert SigningRequest.parse(made.encode()) == made


def test_several_keys_sign_one_after_the_other() -> None:
    made = request(unsigned(OWN), unsigned(OTHERS))
    with pytest.raises(NothingToSign, match=f"nothing here is for key {SERVER.kid}; wanted: "):
        made.signed_by(SERVER)

    once = SigningRequest.parse(made.signed_by(OWN).encode())
    both = SigningRequest.parse(once.signed_by(OTHERS).encode())

    assert [item.signature is not None for item in once.items] == [True, False]
    whole = [item.signing_input + b"." for item in both.items]
    for signer, item, start in zip((OWN, OTHERS), both.items, whole, strict=True):
        assert codec.encode(EVENT, ORIGIN, signer).startswith(start)
        assert item.signature == signer.sign(item.signing_input)


def test_bytes_that_are_no_entry_of_the_ledger_are_never_signed() -> None:
    for text in ("DLR2|23050126|0000000001", "e30.e30", "ä.e30", ""):
        forged = json.loads(request(unsigned(OWN)).encode())
        forged["sign"][0]["input"] = text
        with pytest.raises(RequestMalformed, match="make one with --prepare FILE"):
            SigningRequest.parse(json.dumps(forged).encode())


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.update(format="other"),
        lambda said: said.update(more=1),
        lambda said: said.update(expires="tomorrow"),
        lambda said: said.update(origin="other.example/ledger"),
        lambda said: said.update(sign=None),
        lambda said: said.update(sign=[{"input": 7, "signature": None}]),
        lambda said: said.update(sign=[{}]),
        lambda said: said["sign"][0].update(signature="!"),
    ],
)
def test_what_is_no_request_is_refused(change: Callable[[Any], None]) -> None:
    said = json.loads(request(unsigned(OWN)).encode())
    change(said)

    with pytest.raises(RequestMalformed):
        SigningRequest.parse(json.dumps(said).encode())
    for data in (b"{", b"[]"):
        with pytest.raises(RequestMalformed):
            SigningRequest.parse(data)
