"""Checkers of other authors that are Python packages, asked in the same words as the programs."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pymerkle
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pymerkle.proof import InvalidProof
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
    InclusionProofInvalid,
)

from ledger.errors import LedgerError
from ledger.proof import merkle
from ledger.proof.checkpoint import Checkpoint as OurCheckpoint
from ledger.proof.encoding import b64, unb64
from ledger.proof.notes import VerifierKey
from ledger.proof.tiles import WIDTH, TileHashes, entries_path, entry_bundles, unpack_entries
from ledger.store.log_folder import LogFolder
from tests.foreign.asking import Answer, Request

REFUSALS = (
    InclusionProofInvalid,
    ConsistencyProofInvalid,
    VerificationError,
    InvalidProof,
    LedgerError,
    ValueError,
    RuntimeError,
)


def asked(check: Callable[[Request], Answer], request: Request) -> Answer:
    """Ask one of the checkers below; its exception is a refusal."""
    try:
        return check(request)
    except REFUSALS as error:
        return Answer(refused=f"{type(error).__name__}: {error}")


def tlog_scales(request: Request) -> Answer:
    """Check every signature and cosignature, the root from the tiles, places and growth."""
    reader = TilesReader(LocalBackend(request.log))
    seen = reader.get_checkpoint()
    _signed(seen, request.vkey, *request.witnesses)
    if reader.calculate_root_hash() != seen.root_hash:
        raise ValueError("the tiles do not give the signed root")
    for leaf in request.leaves:
        proof = reader.get_inclusion_proof(leaf, seen.size)
        proof.check(merkle.leaf_hash(reader.get_entry(leaf)), seen.root_hash)
    for note in request.older:
        older = Checkpoint.from_text(note)
        _signed(older, request.vkey)
        reader_proof = (
            reader.get_consistency_proof(older.size, seen.size)
            if older.size
            else ConsistencyProof(0, seen.size, [])  # its reader makes none from an empty tree
        )
        reader_proof.check(older.root_hash, seen.root_hash)
    done = 1 + len(request.witnesses) + len(request.leaves) + len(request.older)
    return Answer("", seen.size, b64(seen.root_hash), done)


def _signed(seen: Checkpoint, *lines: str) -> None:
    good = {str(vkey.serialize()) for vkey, _ in _keys(lines).verify(seen.signatures, seen)}  # type: ignore[no-untyped-call]  # it has no types there
    if good != set(lines):
        raise ValueError(f"not signed by {sorted(set(lines) - good)}")


def _keys(lines: tuple[str, ...]) -> VkeySet:
    return VkeySet(*(Vkey.from_string(line) for line in lines))


def sigstore(request: Request) -> Answer:
    """Check the log's signature, and the places of leaves by the paths we make for them."""
    note = SignedCheckpoint.from_text((request.log / "checkpoint").read_text(encoding="utf-8"))
    note.signed_note.verify(*_keyring(VerifierKey.parse(request.vkey)))
    size, root = note.checkpoint.log_size, bytes.fromhex(note.checkpoint.log_hash)
    for index, path, entry in proofs(request, size):
        proof = SimpleNamespace(log_index=index, tree_size=size, hashes=path, root_hash=root)
        inner = SimpleNamespace(inclusion_proof=proof, canonicalized_body=entry)
        verify_merkle_inclusion(cast("TransparencyLogEntry", SimpleNamespace(_inner=inner)))
    return Answer("", size, b64(root), 1 + len(request.leaves))


def _keyring(key: VerifierKey) -> tuple[RekorKeyring, KeyID]:
    spki = key.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    public = PublicKey(raw_bytes=b64(spki).encode(), key_details=PublicKeyDetails.PKIX_ED25519)
    return RekorKeyring(Keyring([public])), KeyID(key.key_id)


def in_javascript(request: Request) -> dict[str, object]:
    """Write the question that the JavaScript checker answers: the paths are made by us."""
    note = (request.log / "checkpoint").read_text(encoding="utf-8")
    key = VerifierKey.parse(request.vkey)
    spki = key.public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return {
        "checkpoint": note,
        "origin": key.name,
        "key": b64(spki),
        "proofs": [
            {"index": index, "path": [b64(each) for each in path], "entry": b64(entry)}
            for index, path, entry in proofs(request, _size(note))
        ],
    }


def proofs(request: Request, size: int) -> list[tuple[int, list[bytes], bytes]]:
    """Give place, path and entry of each leaf that is asked for, as the log's files tell them."""
    log = LogFolder(request.log)
    hashes = TileHashes(log.read, size)
    return [
        (leaf, merkle.inclusion(leaf, size, hashes.subtree), _entry(log, leaf, size))
        for leaf in request.leaves
        if leaf < size
    ]


def _entry(log: LogFolder, leaf: int, size: int) -> bytes:
    bundle, place = divmod(leaf, WIDTH)
    width = min(WIDTH, size - bundle * WIDTH)
    return unpack_entries(log.read(entries_path(bundle, width)))[place]


def pymerkle_(request: Request) -> Answer:
    """Grow the tree from all entries: its root, places in it, and every older root."""
    note = (request.log / "checkpoint").read_text(encoding="utf-8")
    seen, tree = _told(note), _grown(tuple(_entries(request.log, note)))
    if tree.get_size() != seen.size or (seen.size and tree.get_root() != seen.root):
        raise ValueError("the entries do not give the root of the checkpoint")
    for leaf in request.leaves:
        proof = tree.prove_inclusion(leaf + 1, seen.size)
        pymerkle.verify_inclusion(tree.get_leaf(leaf + 1), seen.root, proof)
    for older in map(_told, request.older):
        if older.size:
            proof = tree.prove_consistency(older.size, seen.size)
            pymerkle.verify_consistency(older.root, seen.root, proof, older.size, seen.size)
    return Answer("", seen.size, b64(seen.root), 1 + len(request.leaves) + len(request.older))


@cache
def _grown(entries: tuple[bytes, ...]) -> pymerkle.InmemoryTree:
    """Grow a tree once, however many checkpoints claim it."""
    return pymerkle.InmemoryTree.init_from_entries(list(entries))


def _entries(folder: Path, note: str) -> list[bytes]:
    read = LogFolder(folder).read
    bundles = (entries_path(*place) for place in entry_bundles(_size(note)))
    return [entry for path in bundles for entry in unpack_entries(read(path))]


def _told(note: str) -> OurCheckpoint:
    """Read what a checkpoint says; whether it is signed is not for a tree to know."""
    origin, size, root = note.split("\n\n", maxsplit=1)[0].split("\n")
    return OurCheckpoint(origin, int(size), unb64(root))


def _size(note: str) -> int:
    return _told(note).size
