"""A receipt's event with its openings is an SD-JWT (RFC 9901) that others' libraries read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]  # it has no types
from jwcrypto.jws import InvalidJWSSignature  # type: ignore[import-untyped]  # it has no types
from sd_jwt.verifier import SDJWTVerifier

from ledger.proof import jws
from ledger.proof.disclosure import Opening
from tests.attacks.forging import CHECK, NAME, SIGNERS
from tests.conftest import OTHER_USCC, USCC
from tests.receipts.made_out import TAXPAYER, Story, made_out

# RFC 9864 deprecates the name EdDSA for new uses; RFC 8037, our rule, knows no other.
pytestmark = pytest.mark.filterwarnings("ignore:.*EdDSA.*")

OPENINGS = (NAME, CHECK, TAXPAYER)
STORY = Story(made_out(openings=OPENINGS), openings=OPENINGS)
ENTRY = STORY.log.entries[STORY.log.leaves["receipt"]].decode("ascii")


def revealed(signer: str, *openings: Opening) -> Any:
    key = JWK.from_json(json.dumps(jws.jwk(SIGNERS[signer].public)))
    text = "~".join([ENTRY, *(opening.encoded for opening in openings), ""])
    return SDJWTVerifier(text, lambda _issuer, _header: key).get_verified_payload()


def test_whoever_holds_the_openings_sees_the_payer_and_nobody_else_does() -> None:
    whole = revealed(USCC, *OPENINGS)["data"]["payer"]
    assert whole == {"id": "payer-1", "name": "王某某", "check_code": "aB3x9Z", "taxpayer": USCC}
    assert revealed(USCC, CHECK)["data"]["payer"] == {"id": "payer-1", "check_code": "aB3x9Z"}
    assert revealed(USCC)["data"]["payer"] == {"id": "payer-1"}
    assert revealed(USCC)["data"]["amount"] == {"currency": "CNY", "minor": 100_00}


def test_another_organisations_key_reveals_nothing() -> None:
    with pytest.raises(InvalidJWSSignature):
        revealed(OTHER_USCC, *OPENINGS)
