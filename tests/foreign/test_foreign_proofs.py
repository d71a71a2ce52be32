"""Tools nobody here wrote accept what we make, and refuse a tampered copy of it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import joserfc.errors
import joserfc.jws
import pymerkle
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc.jwk import OKPKey
from jwcrypto.jwk import JWK  # type: ignore[import-untyped]  # it has no types
from jwcrypto.jws import InvalidJWSSignature  # type: ignore[import-untyped]  # it has no types
from pymerkle.proof import InvalidProof
from sd_jwt.verifier import SDJWTVerifier
from sigstore._internal.merkle import verify_merkle_inclusion
from sigstore._internal.rekor.checkpoint import SignedCheckpoint
from sigstore._internal.trust import Keyring, RekorKeyring
from sigstore._utils import KeyID
from sigstore.errors import VerificationError
from sigstore.models import TransparencyLogEntry
from sigstore_models.common.v1 import PublicKey, PublicKeyDetails
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import (
    Checkpoint,
    ConsistencyProof,
    ConsistencyProofInvalid,
    InclusionProof,
    InclusionProofInvalid,
)

from ledger.proof import jws, merkle
from ledger.proof.checkpoint import open_signed
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64, b64url, canonical
from ledger.proof.tiles import entries_path
from ledger.proof.tlog_proof import TlogProof
from tests.ledger.proof.given import (
    CHARITY,
    LOG,
    LOG_KEY,
    TYP,
    entries,
    leaves,
    private,
    published,
)

SIZES = (0, 1, 255, 256, 257, 700)
LEAVES = leaves(700)
SUBTREE = merkle.over(LEAVES)
PAYLOAD = canonical({"amount": "100.00", "fund": "F-1"})
# RFC 9864 deprecates the name EdDSA for new uses; RFC 8037, our rule, knows no other.
pytestmark = pytest.mark.filterwarnings("ignore:.*EdDSA.*")


def log_folder(folder: Path, size: int) -> Path:
    for path, data in published(size).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def tlog_tiles(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = Path(sys.executable).with_name("tlog-tiles")
    return subprocess.run([command, *arguments], capture_output=True, check=False, timeout=60)


@pytest.mark.parametrize("size", SIZES)
def test_tlog_scales_reads_our_tiles_to_the_root_in_our_checkpoint(
    size: int, tmp_path: Path
) -> None:
    reader = TilesReader(LocalBackend(log_folder(tmp_path, size)))
    seen = reader.get_checkpoint()
    key = Vkey.from_string(LOG_KEY.line)
    assert len(VkeySet(key).verify(seen.signatures, seen)) == 1
    assert not VkeySet(key).verify(seen.signatures, replace(seen, size=size + 1))
    assert reader.calculate_root_hash() == seen.root_hash
    for index in {0, size // 2, size - 1} if size else ():
        assert reader.get_entry(index) == entries(size)[index]
        ours = merkle.inclusion(index, size, SUBTREE)
        assert reader.get_inclusion_proof(index, size).node_hashes == ours
    for old in {1, size // 2, size - 1} if size > 1 else ():
        ours = merkle.consistency(old, size, SUBTREE)
        assert reader.get_consistency_proof(old, size).node_hashes == ours


@pytest.mark.parametrize("size", [1, 2, 7, 256, 257, 700])
def test_tlog_scales_accepts_our_paths_and_no_other(size: int) -> None:
    index, old = size // 2, size // 3 + 1
    path = merkle.inclusion(index, size, SUBTREE)
    root = merkle.root(size, SUBTREE)
    InclusionProof(index, size, path).check(LEAVES[index], root)
    with pytest.raises(InclusionProofInvalid):
        InclusionProof(index, size, path).check(merkle.leaf_hash(b"forged"), root)
    grown = ConsistencyProof(old, size, merkle.consistency(old, size, SUBTREE))
    grown.check(merkle.root(old, SUBTREE), root)
    with pytest.raises(ConsistencyProofInvalid):
        grown.check(merkle.leaf_hash(b"forged"), root)


def test_the_tlog_tiles_command_makes_the_proof_we_make(tmp_path: Path) -> None:
    folder = log_folder(tmp_path, 257)
    ours = TlogProof(
        index=100,
        path=tuple(merkle.inclusion(100, 257, SUBTREE)),
        checkpoint=(folder / "checkpoint").read_text(encoding="utf-8"),
    )
    theirs = tlog_tiles("gen-proof", str(folder), "100")
    assert theirs.stdout.decode() == ours.encode()
    assert TlogProof.parse(theirs.stdout.decode()).check(entries(101)[100], LOG_KEY).size == 257


def test_the_tlog_tiles_command_refuses_a_changed_entry(tmp_path: Path) -> None:
    folder = log_folder(tmp_path, 257)
    honest = tlog_tiles("get-leaf", "-c", str(folder), "256")
    assert (honest.returncode, honest.stdout) == (0, entries(257)[256])
    bundle = folder / entries_path(1, 1)
    bundle.write_bytes(bundle.read_bytes().replace(b"D-256", b"D-999"))
    forged = tlog_tiles("get-leaf", "-c", str(folder), "256")
    assert forged.returncode != 0
    assert b"InclusionProofInvalid" in forged.stderr


def test_a_checkpoint_tlog_scales_signs_is_one_we_open() -> None:
    body = Checkpoint.from_text(published(3)["checkpoint"].decode())
    assert open_signed(body.serialize(), LOG_KEY).root == body.root_hash


def test_pymerkle_grows_the_same_roots_and_accepts_our_paths() -> None:
    tree = pymerkle.InmemoryTree.init_from_entries(entries(130))
    for size in (1, 2, 3, 64, 65, 127, 130):
        assert tree.get_root(size) == merkle.root(size, SUBTREE)
    for index in range(130):
        theirs = tree.prove_inclusion(index + 1, 130)
        theirs.path[1:] = merkle.inclusion(index, 130, SUBTREE)
        pymerkle.verify_inclusion(LEAVES[index], merkle.root(130, SUBTREE), theirs)
        with pytest.raises(InvalidProof):
            pymerkle.verify_inclusion(LEAVES[index], merkle.root(129, SUBTREE), theirs)


def test_pymerkle_proves_the_growth_between_our_roots() -> None:
    # Its paths are cut finer than RFC 9162 2.1.4.1, so they are no paths of ours.
    tree = pymerkle.InmemoryTree.init_from_entries(entries(40))
    for new in range(2, 41):
        for old in range(1, new):
            before, after = merkle.root(old, SUBTREE), merkle.root(new, SUBTREE)
            proof = tree.prove_consistency(old, new)
            pymerkle.verify_consistency(before, after, proof, old, new)
            with pytest.raises(InvalidProof):
                pymerkle.verify_consistency(merkle.leaf_hash(before), after, proof, old, new)


def log_keyring() -> tuple[RekorKeyring, KeyID]:
    spki = LOG.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = PublicKey(raw_bytes=b64(spki).encode(), key_details=PublicKeyDetails.PKIX_ED25519)
    return RekorKeyring(Keyring([key])), KeyID(LOG_KEY.key_id)


def test_sigstore_accepts_our_checkpoint_and_no_changed_one() -> None:
    note = published(257)["checkpoint"].decode()
    keyring, key_id = log_keyring()
    seen = SignedCheckpoint.from_text(note)
    seen.signed_note.verify(keyring, key_id)
    assert seen.checkpoint.log_size == 257
    assert seen.checkpoint.log_hash == merkle.root(257, SUBTREE).hex()
    forged = SignedCheckpoint.from_text(note.replace("\n257\n", "\n258\n"))
    with pytest.raises(VerificationError, match="invalid signature"):
        forged.signed_note.verify(keyring, key_id)


@pytest.mark.parametrize("index", [0, 100, 256])
def test_sigstore_accepts_our_path_and_no_changed_entry(index: int) -> None:
    proof = SimpleNamespace(
        log_index=index,
        tree_size=257,
        hashes=merkle.inclusion(index, 257, SUBTREE),
        root_hash=merkle.root(257, SUBTREE),
    )

    def logged(body: bytes) -> TransparencyLogEntry:
        inner = SimpleNamespace(inclusion_proof=proof, canonicalized_body=body)
        return cast("TransparencyLogEntry", SimpleNamespace(_inner=inner))

    verify_merkle_inclusion(logged(entries(257)[index]))
    with pytest.raises(VerificationError, match="invalid root hash"):
        verify_merkle_inclusion(logged(b'{"id":"D-999"}'))


def foreign_key(public: Ed25519PublicKey, **secret: str) -> OKPKey:
    members: dict[str, str | list[str]] = {**jws.jwk(public), **secret}
    return OKPKey.import_key(members)


def test_joserfc_names_a_key_as_we_do() -> None:
    assert foreign_key(CHARITY.public).thumbprint() == CHARITY.kid


def test_joserfc_accepts_our_signed_string_and_no_changed_one() -> None:
    compact = jws.sign(PAYLOAD, CHARITY, TYP)
    key = foreign_key(CHARITY.public)
    seen = joserfc.jws.deserialize_compact(compact, key, algorithms=["EdDSA"])
    assert seen.payload == PAYLOAD
    assert seen.headers() == {"alg": "EdDSA", "kid": CHARITY.kid, "typ": TYP}
    head, _, signature = compact.split(".")
    forged = f"{head}.{b64url(PAYLOAD.replace(b'100', b'900'))}.{signature}"
    with pytest.raises(joserfc.errors.BadSignatureError):
        joserfc.jws.deserialize_compact(forged, key, algorithms=["EdDSA"])


def test_we_accept_what_joserfc_signs_in_our_form() -> None:
    seed = private("charity seed").private_bytes_raw()
    key = foreign_key(CHARITY.public, d=b64url(seed))
    header = {"alg": "EdDSA", "kid": CHARITY.kid, "typ": TYP}
    compact = joserfc.jws.serialize_compact(header, PAYLOAD, key, algorithms=["EdDSA"])
    assert compact == jws.sign(PAYLOAD, CHARITY, TYP)
    assert jws.verify(compact, CHARITY.public, TYP) == PAYLOAD


def test_joserfc_accepts_our_seal_and_no_changed_document() -> None:
    document = "捐赠票据.pdf".encode()
    seal = jws.seal(document, CHARITY, TYP)
    key = foreign_key(CHARITY.public)
    seen = joserfc.jws.deserialize_compact(seal, key, payload=document, algorithms=["EdDSA"])
    assert seen.headers()["b64"] is False
    with pytest.raises(joserfc.errors.BadSignatureError):
        joserfc.jws.deserialize_compact(seal, key, payload=document + b".", algorithms=["EdDSA"])


def test_sd_jwt_opens_what_our_digests_hide_and_nothing_more() -> None:
    donor = Opening(b64url(bytes(range(16))), "donor", "王**")
    phone = Opening(b64url(bytes(range(16, 32))), "phone", "138****0000")
    hidden = sorted([donor.digest, phone.digest])
    payload = canonical({"_sd": hidden, "_sd_alg": "sha-256", "amount": "100.00"})
    compact = jws.sign(payload, CHARITY, TYP)
    assert revealed(compact, donor) == {"amount": "100.00", "donor": "王**"}
    assert revealed(compact) == {"amount": "100.00"}
    assert revealed(compact, replace(donor, value="李**")) == {"amount": "100.00"}
    with pytest.raises(InvalidJWSSignature):
        revealed(jws.sign(payload, jws.Ed25519Signer(LOG), TYP), donor)


def revealed(compact: str, *openings: Opening) -> Any:
    key = JWK.from_json(json.dumps(jws.jwk(CHARITY.public)))
    text = "~".join([compact, *(opening.encoded for opening in openings), ""])
    return SDJWTVerifier(text, lambda _issuer, _header: key).get_verified_payload()
