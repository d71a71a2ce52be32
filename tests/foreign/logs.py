"""Published logs of the sizes at which tiles begin and end, and what a tamperer makes of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from pathlib import Path

from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint, open_signed, sign
from ledger.proof.cosignatures import CosignerKey, cosign_ed25519, cosign_mldsa
from ledger.proof.mldsa import private_key
from tests.foreign.asking import Request
from tests.ledger.proof.given import LOG, LOG_KEY, ORIGIN, leaves, private, published

SIZES = (0, 1, 255, 256, 257, 65_536, 70_000)
OLDER = (1, 2, 3, 128, 255, 256, 257, 4_095, 4_096, 65_535, 65_536, 65_537, 69_999)
PLACES = (0, 1, 100, 254, 255, 256, 49_000, 65_535, 65_536, 69_999)
COSIGNED_AT = 1_767_225_600

BUREAU = private("wit seed")
BUREAU_KEY = CosignerKey.of_ed25519("witness.example/taxbureau", BUREAU.public_key())
LIBRARY = private_key(sha256(b"library seed").digest())
LIBRARY_KEY = CosignerKey.of_mldsa("witness.example/library", LIBRARY.public_key())
"""Two witnesses: one cosigns with Ed25519 (04), the other with ML-DSA-44 (06)."""

WITNESSES = (BUREAU_KEY.line, LIBRARY_KEY.line)


@cache
def signed(size: int) -> str:
    """Sign a checkpoint of the first `size` entries."""
    root = merkle.root(size, _tree()) if size else merkle.EMPTY_ROOT
    return sign(Checkpoint(ORIGIN, size, root), LOG)


@cache
def _tree() -> merkle.Subtree:
    return merkle.over(leaves(max(SIZES)))


def cosigned(note: str) -> str:
    """Let both witnesses cosign a checkpoint."""
    seen = open_signed(note, LOG_KEY)
    lines = (
        cosign_ed25519(seen, BUREAU_KEY.name, BUREAU, COSIGNED_AT),
        cosign_mldsa(seen, LIBRARY_KEY.name, LIBRARY, COSIGNED_AT),
    )
    return note + "".join(lines)


def written(folder: Path, size: int) -> Path:
    """Write a log of `size` entries with a cosigned checkpoint."""
    files = published(size)
    files["checkpoint"] = cosigned(signed(size)).encode()
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def request(log: Path, size: int, *more: str) -> Request:
    """Ask for everything that can be checked of a log; `more` are older checkpoints beside ours."""
    places = tuple(place for place in PLACES if place < size)
    older = tuple(signed(old) for old in (0, *OLDER) if old <= size)
    return Request(log, LOG_KEY.line, WITNESSES, places, (*older, *more))


@dataclass(frozen=True, slots=True)
class Tampering:
    """What is done to a log's files or to what its reader kept, and which checkers must refuse."""

    changes: Callable[[Callable[[str], bytes]], Mapping[str, bytes | None]]
    seen_by: frozenset[str]
    kept: tuple[str, ...] = ()
    readable: bool = True
    """Whether paths and entries can still be read out of it, for checkers that are handed them."""

    def apply(self, log: Path, copy: Path, size: int) -> Request:
        """Copy the log without copying its data, and put the changed files in."""
        shutil.copytree(log, copy, copy_function=os.link)
        for path, data in self.changes(lambda name: (log / name).read_bytes()).items():
            (copy / path).unlink()
            if data is not None:
                (copy / path).write_bytes(data)
        return request(copy, size, *self.kept)


ALL = frozenset({"go", "aics", "tlog_scales", "sigstore", "sigstore_js", "pymerkle"})
HANDED = frozenset({"sigstore", "sigstore_js"})
WALKS_TILES = frozenset({"go", "aics"})
WALKS_EVERY_ENTRY = WALKS_TILES | {"pymerkle"}
WALKS_ENTRIES = ALL - HANDED
READS_TILES = ALL - {"pymerkle"}
OPENS_NOTES = ALL - {"pymerkle"}
PROVES_GROWTH = frozenset({"go", "aics", "tlog_scales", "pymerkle"})
COUNTS_WITNESSES = frozenset({"aics", "tlog_scales"})
"""What a checker looks at; those of sigstore are handed paths, which we read out of the tiles."""


def flipped(path: str, at: int, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Change one bit of a file."""
    data = bytearray(read(path))
    data[at] ^= 1
    return {path: bytes(data)}


def reworded(path: str, old: bytes, new: bytes, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Replace words in a file."""
    data = read(path)
    assert old in data, path
    return {path: data.replace(old, new, 1)}


def swapped(path: str, tile: str, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Swap entries 100 and 101 of a bundle, and their hashes in the tile over it."""
    entries, hashes = tiles.unpack_entries(read(path)), read(tile)
    entries[100:102] = entries[101], entries[100]
    at, size = 100 * merkle.HASH_BYTES, merkle.HASH_BYTES
    pair = hashes[at + size : at + 2 * size] + hashes[at : at + size]
    return {
        path: tiles.pack_entries(entries),
        tile: hashes[:at] + pair + hashes[at + 2 * size :],
    }


def one_less(path: str, read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Drop the first entry of a bundle."""
    return {path: tiles.pack_entries(tiles.unpack_entries(read(path))[1:])}


def gone(path: str, read: Callable[[str], bytes]) -> dict[str, None]:
    """Remove a file."""
    assert read(path)
    return {path: None}


def instead(note: str, _read: Callable[[str], bytes]) -> dict[str, bytes]:
    """Put another checkpoint there."""
    return {"checkpoint": note.encode()}


def _forked(size: int) -> str:
    """Sign, with the log's own key, a tree of that size with other leaves."""
    return sign(Checkpoint(ORIGIN, size, sha256(b"fork").digest()), LOG)


def _by_another_key(size: int) -> str:
    return sign(open_signed(signed(size), LOG_KEY), private("another seed"))


def _later(note: str) -> str:
    """Move the time in the Ed25519 cosignature on by moving one letter of its base64."""
    head, mark, rest = note.partition(f"\u2014 {BUREAU_KEY.name} ")
    return head + mark + rest[:14] + ("A" if rest[14] != "A" else "B") + rest[15:]


LAST = "tile/entries/000"
SMALL = {
    "one bit of a tile of leaves": Tampering(partial(flipped, "tile/0/000", 32), READS_TILES),
    "one bit of the topmost tile": Tampering(partial(flipped, "tile/1/000.p/1", 5), READS_TILES),
    "an entry changed": Tampering(partial(reworded, LAST, b"D-100", b"D-999"), ALL),
    "two entries swapped with their hashes": Tampering(partial(swapped, LAST, "tile/0/000"), ALL),
    "an entry removed": Tampering(partial(one_less, LAST), WALKS_ENTRIES, readable=False),
    "a tile gone": Tampering(partial(gone, "tile/0/000"), READS_TILES - HANDED, readable=False),
    "the last bundle gone": Tampering(
        partial(gone, "tile/entries/001.p/1"), WALKS_ENTRIES, readable=False
    ),
    "a checkpoint of another size": Tampering(
        partial(reworded, "checkpoint", b"\n257\n", b"\n256\n"), ALL
    ),
    "a bit of the log's signature": Tampering(
        lambda read: instead(_bent(read("checkpoint").decode()), read), OPENS_NOTES
    ),
    "a checkpoint by another key": Tampering(
        lambda read: instead(cosigned_as_is(_by_another_key(257)), read), OPENS_NOTES
    ),
    "a checkpoint of another tree, well signed": Tampering(
        lambda read: instead(cosigned(_forked(257)), read), ALL
    ),
    "an older tree was another one": Tampering(
        lambda read: {"checkpoint": read("checkpoint")}, PROVES_GROWTH, (_forked(200),)
    ),
    "a cosignature moved in time": Tampering(
        lambda read: instead(_later(read("checkpoint").decode()), read), COUNTS_WITNESSES
    ),
    "no cosignature at all": Tampering(
        lambda read: instead(signed(257), read), COUNTS_WITNESSES
    ),
}  # fmt: skip
"""Done to a log of 257 entries: two tiles of leaves, one above."""

LARGE = {
    "one bit of a tile in the midst": Tampering(partial(flipped, "tile/0/100", 8), WALKS_TILES),
    "one bit of the tile over them": Tampering(partial(flipped, "tile/1/000", 3232), READS_TILES),
    "one bit of the topmost tile": Tampering(partial(flipped, "tile/2/000.p/1", 31), READS_TILES),
    "an entry in the midst changed": Tampering(
        partial(reworded, "tile/entries/100", b"D-25601", b"D-99999"),
        WALKS_EVERY_ENTRY,
    ),
    "an older tree was another one": Tampering(
        lambda read: {"checkpoint": read("checkpoint")}, PROVES_GROWTH, (_forked(65_536),)
    ),
}  # fmt: skip
"""Done to a log of 70,000 entries: 274 tiles of leaves, two above, one at the top."""


def _bent(note: str) -> str:
    """Change one letter in the middle of the log's signature."""
    head, mark, rest = note.partition(f"\u2014 {ORIGIN} ")
    return head + mark + rest[:40] + ("A" if rest[40] != "A" else "B") + rest[41:]


def cosigned_as_is(note: str) -> str:
    """Cosign a checkpoint whoever signed it, as a careless witness would."""
    honest = cosigned(signed(257))
    return note + honest[len(signed(257)) :]
