from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import jws
from ledger.proof.ed25519 import KeyUnusable, SignatureFails
from ledger.proof.encoding import b64url, canonical, unb64url
from tests.ledger.proof.given import CHARITY, STRANGER, TYP, one_letter_off, vector

PAYLOAD = b'{"amount":"100.00"}'
DOCUMENT = "捐赠票据\r\n.".encode()


def resigned(header: object) -> str:
    """Sign with a header of the forger's own making."""
    text = f"{b64url(canonical(header))}.{b64url(PAYLOAD)}"
    return f"{text}.{b64url(CHARITY.sign(text.encode()))}"


def header(**changes: object) -> dict[str, object]:
    return {"alg": "EdDSA", "kid": CHARITY.kid, "typ": TYP} | changes


def test_the_signature_of_rfc_8037_a_4_is_made_and_accepted() -> None:
    rfc = vector("rfc8037.json")
    signer = jws.Ed25519Signer(Ed25519PrivateKey.from_private_bytes(unb64url(rfc["d"])))
    text, _, signature = rfc["jws"].rpartition(".")
    assert b64url(signer.sign(text.encode())) == signature


def test_the_thumbprint_is_that_of_rfc_8037_a_3() -> None:
    rfc = vector("rfc8037.json")
    members = {"kty": "OKP", "crv": "Ed25519", "x": rfc["x"]}
    public = jws.public_of(members)
    assert jws.thumbprint(public) == rfc["thumbprint"]
    assert jws.jwk(public) == members


def test_a_header_of_another_shape_is_refused_even_from_the_rfc() -> None:
    with pytest.raises(jws.JwsMalformed, match="must hold alg, kid, typ"):
        jws.parse(vector("rfc8037.json")["jws"])


def test_the_header_holds_exactly_three_members() -> None:
    compact = jws.sign(PAYLOAD, CHARITY, TYP)
    written = f'{{"alg":"EdDSA","kid":"{CHARITY.kid}","typ":"{TYP}"}}'
    assert unb64url(compact.split(".")[0]) == written.encode()


@settings(deadline=None)
@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8"), max_size=20))
def test_what_is_signed_verifies_and_reads_back(payload: bytes, typ: str) -> None:
    compact = jws.sign(payload, CHARITY, typ)
    assert jws.verify(compact, CHARITY.public, typ) == payload
    assert jws.verify(compact.encode(), CHARITY.public, typ) == payload


def test_a_parsed_string_can_be_checked_without_parsing_it_again() -> None:
    seen = jws.parse(jws.sign(PAYLOAD, CHARITY, TYP))
    assert (seen.kid, seen.typ, seen.payload) == (CHARITY.kid, TYP, PAYLOAD)
    assert jws.check(seen, CHARITY.public, TYP) == PAYLOAD


def test_one_letter_off_is_refused_wherever_it_stands() -> None:
    compact = jws.sign(PAYLOAD, CHARITY, TYP)
    for forged in one_letter_off(compact, "AQ-_.= \n"):
        with pytest.raises(Untrusted):
            jws.verify(forged, CHARITY.public, TYP)


@settings(deadline=None)
@given(st.text(max_size=30) | st.binary(max_size=30))
def test_any_other_text_is_untrusted_never_another_error(text: str | bytes) -> None:
    with pytest.raises(Untrusted):
        jws.verify(text, CHARITY.public, TYP)
    with pytest.raises(Untrusted):
        jws.seal_kid(text if isinstance(text, str) else text.decode("latin-1"))


@pytest.mark.parametrize(
    "forged",
    [
        header(alg="none"),
        header(alg="HS256"),
        header(alg="Ed25519"),
        header(jwk={}),
        header(crit=["b64"], b64=False),
        header(b64=True),
        header(kid=1),
        header(typ=None),
        {"alg": "EdDSA", "kid": CHARITY.kid},
        [],
        "EdDSA",
    ],
)
def test_a_header_of_another_shape_is_refused_though_signed(forged: object) -> None:
    with pytest.raises(jws.JwsMalformed, match="its header must hold"):
        jws.parse(resigned(forged))


def test_a_long_header_is_refused_before_it_is_read() -> None:
    with pytest.raises(jws.JwsMalformed, match="more than 1024"):
        jws.parse(resigned(header(typ="x" * 2000)))


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c.d", "a.b.c." + "." * 9, b"\xff.b.c", "é.b.c"])
def test_three_ascii_parts_make_a_signed_string(text: str | bytes) -> None:
    with pytest.raises(jws.JwsMalformed):
        jws.parse(text)


def test_a_signature_of_another_length_is_refused() -> None:
    head = jws.sign(PAYLOAD, CHARITY, TYP).rpartition(".")[0]
    with pytest.raises(jws.JwsMalformed, match="has 63 bytes"):
        jws.parse(f"{head}.{b64url(bytes(63))}")


def test_a_string_signed_for_another_use_is_refused() -> None:
    with pytest.raises(jws.TypeDiffers, match=r"gift-received\.v1.*expected 'gift-returned\.v1'"):
        jws.verify(jws.sign(PAYLOAD, CHARITY, TYP), CHARITY.public, "gift-returned.v1")


def test_a_string_signed_with_another_key_is_refused() -> None:
    with pytest.raises(jws.SignerDiffers):
        jws.verify(jws.sign(PAYLOAD, STRANGER, TYP), CHARITY.public, TYP)


def test_a_string_in_anothers_name_is_refused() -> None:
    class Impostor:
        kid = CHARITY.kid

        def sign(self, message: bytes) -> bytes:
            return STRANGER.sign(message)

    with pytest.raises(SignatureFails, match=r"signature of this gift-received\.v1 fails"):
        jws.verify(jws.sign(PAYLOAD, Impostor(), TYP), CHARITY.public, TYP)
    with pytest.raises(SignatureFails):
        jws.check_seal(jws.seal(DOCUMENT, Impostor(), TYP), DOCUMENT, CHARITY.public, TYP)


@pytest.mark.parametrize(
    "members",
    [
        {},
        {"kty": "OKP", "crv": "Ed25519"},
        {"kty": "OKP", "crv": "Ed25519", "x": 1},
        {"kty": "OKP", "crv": "Ed448", "x": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA", "d": "AA"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
    ],
)
def test_a_jwk_of_another_shape_is_refused(members: dict[str, object]) -> None:
    with pytest.raises(KeyUnusable):
        jws.public_of(members)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_a_sealed_document_verifies_whatever_its_bytes(document: bytes) -> None:
    seal = jws.seal(document, CHARITY, TYP)
    jws.check_seal(seal, document, CHARITY.public, TYP)
    assert jws.seal_kid(seal) == CHARITY.kid


def test_the_header_of_a_seal_says_that_the_payload_is_not_encoded() -> None:
    written = unb64url(jws.seal(DOCUMENT, CHARITY, TYP).split(".")[0]).decode()
    assert written == (
        f'{{"alg":"EdDSA","b64":false,"crit":["b64"],"kid":"{CHARITY.kid}","typ":"{TYP}"}}'
    )


def test_a_seal_one_letter_off_is_refused() -> None:
    for forged in one_letter_off(jws.seal(DOCUMENT, CHARITY, TYP), "AQ-_.= \n"):
        with pytest.raises(Untrusted):
            jws.check_seal(forged, DOCUMENT, CHARITY.public, TYP)


def test_a_sealed_document_may_not_change() -> None:
    seal = jws.seal(DOCUMENT, CHARITY, TYP)
    for changed in (b"", DOCUMENT + b"\n", DOCUMENT.replace(b"\r\n", b"\n")):
        with pytest.raises(SignatureFails):
            jws.check_seal(seal, changed, CHARITY.public, TYP)


def test_a_seal_for_another_use_or_by_another_key_is_refused() -> None:
    seal = jws.seal(DOCUMENT, CHARITY, TYP)
    with pytest.raises(jws.TypeDiffers):
        jws.check_seal(seal, DOCUMENT, CHARITY.public, "status-list.v1")
    with pytest.raises(jws.SignerDiffers):
        jws.check_seal(seal, DOCUMENT, STRANGER.public, TYP)


def test_a_seal_and_a_signed_string_do_not_pass_for_each_other() -> None:
    compact = jws.sign(PAYLOAD, CHARITY, TYP)
    with pytest.raises(jws.JwsMalformed, match="a seal carries no payload"):
        jws.seal_kid(compact)
    with pytest.raises(jws.JwsMalformed, match="alg, kid, typ"):
        jws.parse(jws.seal(b"", CHARITY, TYP))
    first, _, last = compact.split(".")
    with pytest.raises(jws.JwsMalformed, match="alg, b64, crit, kid, typ"):
        jws.check_seal(f"{first}..{last}", PAYLOAD, CHARITY.public, TYP)


def test_b64_may_not_be_written_as_zero() -> None:
    forged = b64url(canonical(header(b64=0, crit=["b64"])))
    signature = b64url(CHARITY.sign(forged.encode() + b"." + DOCUMENT))
    with pytest.raises(jws.JwsMalformed):
        jws.check_seal(f"{forged}..{signature}", DOCUMENT, CHARITY.public, TYP)
