"""What an audit keeps of the log that it read, so that the next one checks no signature twice.

Of every full bundle, the smallest aligned block, it keeps the hash over its entries and who signed
each of them. The next audit reads and hashes the entries again. Where the hash is the same, so are
the bytes, and a signature that held once holds for ever; all else is done again. Whoever can write
the file could claim a signature that was never made: hence the sample, and who may write it.
"""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from api.auditing.entries import Proof
from ledger.errors import Unreadable, Untrusted
from ledger.proof.encoding import b64url, unb64url
from ledger.proof.merkle import HASH_BYTES
from ledger.proof.tiles import WIDTH
from ledger.store.durable import write_atomically

FORM = 1
ONE_IN = 100
"""If nobody says how many, one bundle in so many is checked again."""

NOBODY = -1
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH

Signers = tuple[tuple[int, str | None], ...]
"""How many entries side by side bear the same proved key (JWK `x`); None: nothing is proved."""


class KeptUnreadable(Unreadable):
    """A file is not what an audit keeps of this log."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is not what an audit kept of this log ({why}); move it away")


class KeptNotOurs(Untrusted):
    """A file that others can write is no ground to leave signatures unchecked."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} can be written by others than who audits; move it away, or check "
                         "who wrote it and set its mode to 0600")  # fmt: skip


@dataclass(frozen=True, slots=True)
class KeptBundle:
    """The hash over a full bundle's entries, and who signed them."""

    node: bytes
    signers: Signers

    def proofs(self) -> tuple[Proof, ...]:
        """Return what was proved of each entry."""
        return tuple(proof for count, x in self.signers for proof in [Proof(x)] * count)


class Keeping:
    """What was kept by the audit before, by number of the bundle, and what this one keeps.

    The signatures of the bundles in `sample` are checked again. `differs` once the log, or the
    kept, turned out to be not what it was.
    """

    def __init__(
        self, before: Mapping[int, KeptBundle] | None = None, sample: Collection[int] = ()
    ) -> None:
        self.before = before or {}
        self.sample = frozenset(sample)
        self.after: dict[int, KeptBundle] = dict(self.before)
        self.unchanged = 0
        self.differs = False

    def keep(self, index: int, node: bytes, proofs: Sequence[Proof]) -> None:
        """Keep a full bundle, which was read to its last entry."""
        signers = tuple((len(list(run)), x) for x, run in groupby(proof.by for proof in proofs))
        self.after[index] = KeptBundle(node, signers)


def chosen(before: Collection[int], count: int | None, random: Random) -> list[int]:
    """Choose the bundles whose signatures are checked again, so that nobody can foresee them."""
    asked = -(-len(before) // ONE_IN) if count is None else count
    return random.sample(sorted(before), min(asked, len(before)))


def read_kept(path: Path, origin: str) -> dict[int, KeptBundle]:
    """Read what was kept of a log; nothing if there is no file yet."""
    try:
        with path.open("rb") as file:
            found = os.fstat(file.fileno())
            data = file.read()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise KeptUnreadable(path, error.strerror or "can't be read") from None
    if found.st_uid != os.geteuid() or found.st_mode & OTHERS_WRITE:
        raise KeptNotOurs(path)
    try:
        return _told(json.loads(data), origin)
    except (ValueError, RecursionError, KeyError, TypeError, IndexError, Untrusted) as error:
        raise KeptUnreadable(path, f"{type(error).__name__}: {error}") from None


def _told(data: Any, origin: str) -> dict[int, KeptBundle]:
    if (data["kept"], data["origin"]) != (FORM, origin):
        raise ValueError(f"it is of form {data['kept']!r}, and of {data['origin']!r}")
    keys = [str(x) for x in data["keys"]]
    return {int(index): _bundle(told, keys) for index, told in dict(data["bundles"]).items()}


def _bundle(told: Any, keys: Sequence[str]) -> KeptBundle:
    node, runs = told
    signers = tuple((int(n), None if at == NOBODY else keys[int(at)]) for n, at in runs)
    counts = [count for count, _ in signers]
    kept = unb64url(node)
    if (
        len(kept) != HASH_BYTES
        or min(counts, default=0) < 1
        or sum(counts) != WIDTH
        or min(at for _, at in runs) < NOBODY
    ):
        raise ValueError(f"{told!r} is no bundle")
    return KeptBundle(kept, signers)


def write_kept(path: Path, origin: str, keeping: Keeping) -> None:
    """Write what the next audit may go by, for the eyes of who audits alone."""
    keys = sorted({x for one in keeping.after.values() for _, x in one.signers if x})
    places = {x: place for place, x in enumerate(keys)}
    bundles = {
        str(index): [b64url(one.node), list(_runs(one.signers, places))]
        for index, one in sorted(keeping.after.items())
    }
    told = {"kept": FORM, "origin": origin, "keys": keys, "bundles": bundles}
    write_atomically(path, json.dumps(told).encode() + b"\n", mode=0o600)


def _runs(signers: Signers, places: Mapping[str, int]) -> Iterator[tuple[int, int]]:
    for count, x in signers:
        yield count, places[x] if x else NOBODY
