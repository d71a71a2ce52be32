"""Tools nobody here wrote accept a real ledger's log and receipt, and refuse a tampered copy."""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import joserfc.errors
import joserfc.jws
import pymerkle
import pytest
from joserfc.jwk import OKPKey
from pymerkle.proof import InvalidProof
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader
from tlog_scales.signing import Vkey, VkeySet
from tlog_scales.tlog import InclusionProof, InclusionProofInvalid

from api.receipt_desk import IssuedReceipt, ReceiptDesk
from api.settings import Settings
from api.wiring import House
from ledger.proof.encoding import b64url
from ledger.proof.merkle import leaf_hash
from ledger.store.log_folder import export
from receipts.attachment import attached
from receipts.bundle import Bundle
from receipts.sealing import find_seal, sealed
from tests.conftest import USCC
from tests.foreign.asking import Request
from tests.foreign.checkers import CHECKERS
from tests.houses import general_fund, give, pay, ready_for_receipts, register

# RFC 9864 deprecates the name EdDSA for new uses; RFC 8037, our rule, knows no other.
pytestmark = pytest.mark.filterwarnings("ignore:.*EdDSA.*")


@dataclass(frozen=True, slots=True)
class Published:
    """What a stranger gets: the log's folder, a receipt's file, and one with a seal line."""

    log: Path
    receipt: bytes
    sealed: bytes
    lattice: str
    """The key with which the log signs for an age of quantum computers (ML-DSA-44)."""


@pytest.fixture(scope="module")
def published(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Published]:
    folder = tmp_path_factory.mktemp("foreign")
    settings = Settings(folder / "var", database_url, f"t_{uuid.uuid4().hex[:16]}")
    house = House(settings, create=True)
    try:
        register(house)
        fund = general_fund(house)
        gifts = give(house, fund, *(f"{n}.00" for n in range(1, 271)))
        pay(house, fund, "120.00")
        ready_for_receipts(house)
        desk = ReceiptDesk(house, USCC, folder / "receipts", date(2026, 11, 21))
        (issued,) = desk.issue(gifts[:1], lambda _: None)
        assert isinstance(issued, IssuedReceipt)
        house.publish()
        export(house.log, house.integrator.vkey, folder / "log")
        receipt = issued.path.read_bytes()
        older = sealed(receipt, house.keys.signer_of(USCC))
        lattice = house.integrator.signer.cosigner.line
        yield Published(folder / "log", receipt, older, lattice)
    finally:
        house.close()


def reader(published: Published) -> TilesReader:
    return TilesReader(LocalBackend(published.log))


def every_entry(published: Published) -> list[bytes]:
    tiles = reader(published)
    return [tiles.get_entry(index) for index in range(tiles.get_checkpoint().size)]


def test_tlog_scales_accepts_checkpoint_root_leaves_and_places(published: Published) -> None:
    tiles = reader(published)
    seen = tiles.get_checkpoint()
    key = Vkey.from_string((published.log / "vkey").read_text().strip())
    assert len(VkeySet(key).verify(seen.signatures, seen)) == 1
    assert not VkeySet(key).verify(seen.signatures, replace(seen, size=seen.size - 1))
    assert tiles.calculate_root_hash() == seen.root_hash
    assert seen.size > 256
    for index in (0, 1, 255, 256, seen.size - 1):
        entry = tiles.get_entry(index)
        proof = tiles.get_inclusion_proof(index, seen.size)
        proof.check(leaf_hash(entry), seen.root_hash)
        with pytest.raises(InclusionProofInvalid):
            proof.check(leaf_hash(entry + b"x"), seen.root_hash)


@pytest.mark.parametrize("checker", sorted(CHECKERS))
def test_every_checker_accepts_the_log_of_a_real_ledger_with_both_its_signatures(
    checker: str, published: Published, tmp_path: Path
) -> None:
    vkey = (published.log / "vkey").read_text().strip()
    asked = Request(published.log, vkey, (published.lattice,), (0, 1, 255, 256), ())
    (told,) = CHECKERS[checker](tmp_path, [asked])
    assert told.refused == ""
    assert told.size == reader(published).get_checkpoint().size
    assert told.checked >= len(asked.leaves)


def test_pymerkle_grows_the_root_of_the_checkpoint_from_the_entries(published: Published) -> None:
    seen = reader(published).get_checkpoint()
    entries = every_entry(published)
    assert pymerkle.InmemoryTree.init_from_entries(entries).get_root() == seen.root_hash
    forged = [*entries[:-1], entries[-1] + b"x"]
    tree = pymerkle.InmemoryTree.init_from_entries(forged)
    assert tree.get_root() != seen.root_hash
    with pytest.raises(InvalidProof):
        pymerkle.verify_inclusion(
            leaf_hash(entries[0]), seen.root_hash, tree.prove_inclusion(1, seen.size)
        )


def payload_of(entry: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(joserfc.jws.extract_compact(entry).payload)
    return told


def keys_of(entries: list[bytes]) -> dict[str, OKPKey]:
    """Read the public keys out of the events that register them."""
    keys = {}
    for entry in entries:
        told = payload_of(entry)
        if told["topic"] in {"ledger-founded.v1", "key-registered.v1"}:
            members: dict[str, str | list[str]] = {
                "crv": "Ed25519", "kty": "OKP", "x": told["data"]["public"]
            }  # fmt: skip
            key = OKPKey.import_key(members)
            assert key.thumbprint() == told["data"]["kid"]
            keys[told["data"]["kid"]] = key
    return keys


def test_joserfc_verifies_every_event_with_the_key_it_names(published: Published) -> None:
    entries = every_entry(published)
    keys = keys_of(entries)
    assert len(keys) == 2
    for entry in entries:
        named = joserfc.jws.extract_compact(entry).headers()["kid"]
        seen = joserfc.jws.deserialize_compact(entry, keys[named], algorithms=["EdDSA"])
        assert json.loads(seen.payload)["origin"] == "localhost/donation-ledger"


def test_joserfc_refuses_an_event_whose_amount_was_changed(published: Published) -> None:
    entries = every_entry(published)
    keys = keys_of(entries)
    entry = next(e for e in entries if payload_of(e)["topic"] == "gift-received.v1")
    head, payload, signature = entry.decode().split(".")
    told = joserfc.jws.extract_compact(entry).payload.replace(b'"minor":100', b'"minor":999')
    forged = f"{head}.{b64url(told)}.{signature}"
    assert b64url(told) != payload
    key = keys[joserfc.jws.extract_compact(entry).headers()["kid"]]
    with pytest.raises(joserfc.errors.BadSignatureError):
        joserfc.jws.deserialize_compact(forged, key, algorithms=["EdDSA"])


def test_the_proofs_inside_a_receipt_are_those_that_tlog_scales_checks(
    published: Published,
) -> None:
    bundle = Bundle.parse(attached(published.receipt))
    tiles = reader(published)
    root, size = tiles.get_checkpoint().root_hash, tiles.get_checkpoint().size
    note = (published.log / "checkpoint").read_text()
    for proven in bundle.entries:
        assert proven.proof.checkpoint == note
        assert tiles.get_entry(proven.proof.index) == proven.entry
        proof = InclusionProof(proven.proof.index, size, list(proven.proof.path))
        proof.check(leaf_hash(proven.entry), root)
        with pytest.raises(InclusionProofInvalid):
            proof.check(leaf_hash(proven.entry[:-1]), root)


def test_the_tlog_tiles_command_makes_the_proofs_inside_a_receipt(published: Published) -> None:
    proven = Bundle.parse(attached(published.receipt)).entries[-1]
    command = Path(sys.executable).with_name("tlog-tiles")
    theirs = subprocess.run(
        [command, "gen-proof", published.log, str(proven.proof.index)],
        capture_output=True, check=True, timeout=60,
    )  # fmt: skip
    assert theirs.stdout.decode() == proven.proof.encode()


def test_joserfc_verifies_the_seal_of_a_receipt_and_of_no_changed_one(
    published: Published,
) -> None:
    body, seal = find_seal(published.sealed)
    assert seal is not None
    keys = keys_of(every_entry(published))
    named = json.loads(_decoded(seal.split(".")[0]))["kid"]
    seen = joserfc.jws.deserialize_compact(seal, keys[named], payload=body, algorithms=["EdDSA"])
    assert seen.headers()["b64"] is False
    changed = body.replace(b"%PDF-1.7", b"%PDF-1.6")
    assert changed != body
    with pytest.raises(joserfc.errors.BadSignatureError):
        joserfc.jws.deserialize_compact(seal, keys[named], payload=changed, algorithms=["EdDSA"])


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def test_a_tampered_copy_of_the_log_is_refused_by_tlog_scales(
    published: Published, tmp_path: Path
) -> None:
    for path in published.log.rglob("*"):
        if path.is_file():
            copy = tmp_path / path.relative_to(published.log)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    tile = tmp_path / "tile" / "0" / "000"
    tile.write_bytes(b"\x00" + tile.read_bytes()[1:])
    tiles = TilesReader(LocalBackend(tmp_path))
    seen = tiles.get_checkpoint()
    with pytest.raises(InclusionProofInvalid):
        tiles.get_inclusion_proof(1, seen.size).check(leaf_hash(tiles.get_entry(1)), seen.root_hash)
