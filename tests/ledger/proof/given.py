"""What the tests of proofs begin with: keys, vectors, trees, published logs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import Unknown
from ledger.proof import checkpoint, merkle, tiles
from ledger.proof.jws import Ed25519Signer
from ledger.proof.notes import VerifierKey

ROOT = Path(__file__).parents[3]
VECTORS = ROOT / "tests" / "vectors" / "proof"
SHARED = ROOT / ".." / "shared" / "data" / "vectors"
ORIGIN = "donations.example/ledger"
TYP = "gift-received.v1"


def shared(folder: str) -> Path:
    """Find a folder of vectors beside the repository, or skip."""
    if not (SHARED / folder).is_dir():
        pytest.skip("the shared vectors do not lie beside this repository")
    return SHARED / folder


def vector(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


def private(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(sha256(seed.encode()).digest())


LOG = private("log seed")
LOG_KEY = VerifierKey.of(ORIGIN, LOG.public_key())
CHARITY = Ed25519Signer(private("charity seed"))
STRANGER = Ed25519Signer(private("stranger seed"))


def entries(count: int) -> list[bytes]:
    return [b'{"id":"D-%d"}' % number for number in range(count)]


def leaves(count: int) -> list[bytes]:
    return [merkle.leaf_hash(entry) for entry in entries(count)]


class Disk:
    """Published files by path, as a log's folder holds them."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.asked: list[str] = []

    def __call__(self, path: str) -> bytes:
        self.asked.append(path)
        if path not in self.files:
            raise Unknown(path)
        return self.files[path]


def published(size: int) -> dict[str, bytes]:
    """Lay out a log of `size` entries as our layout functions say."""
    every = entries(size)
    subtree = merkle.over([merkle.leaf_hash(entry) for entry in every])
    seen = checkpoint.Checkpoint(ORIGIN, size, merkle.root(size, subtree))
    files = {"checkpoint": checkpoint.sign(seen, LOG).encode()}
    for level, index, width in tiles.hash_tiles(size):
        first = index * tiles.WIDTH
        files[tiles.tile_path(level, index, width)] = b"".join(
            subtree(level * tiles.HEIGHT, place) for place in range(first, first + width)
        )
    for index, width in tiles.entry_bundles(size):
        first = index * tiles.WIDTH
        bundle = tiles.pack_entries(every[first : first + width])
        files[tiles.entries_path(index, width)] = bundle
    return files


def one_letter_off(text: str, letters: str) -> Iterator[str]:
    """Give every text with one letter replaced, left out or put in."""
    for at, was in enumerate(text):
        yield text[:at] + text[at + 1 :]
        for letter in letters:
            yield text[:at] + letter + text[at:]
            if letter != was:
                yield text[:at] + letter + text[at + 1 :]
    for letter in letters:
        yield text + letter
