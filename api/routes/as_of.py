"""Answers of the past: which published size was asked for, and the proof that it was published."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query
from fastapi.concurrency import run_in_threadpool

from api.public_house import PublicHouse
from api.routes.house import Home
from api.times import rfc3339
from ledger.errors import Unknown
from ledger.proof import merkle
from ledger.proof.encoding import b64
from ledger.proof.tiles import TileHashes
from ledger.store.checkpoints import CheckpointUnknown, Kept, Listed
from projections.runner import Position

RECENT = 20
"""Checkpoints that a page offers to go back to."""
FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""Of data as of a checkpoint: the numbers and the proof in it stay true."""
A_DAY = {"Cache-Control": "public, max-age=86400"}
"""Of a page as of a checkpoint: its numbers stay true, what is said around them may be improved."""


class NotPublished(Unknown):
    """An answer was asked for as of a size at which no checkpoint was published."""

    def __init__(self, size: int, below: Kept | None, above: Kept | None) -> None:
        near = " and ".join(f"as_of={kept.size}" for kept in (below, above) if kept is not None)
        super().__init__(
            f"no checkpoint of {size} entries was published; "
            + (f"the nearest are {near}" if near else "none was so far")
            + " (/log/checkpoints lists them all)"
        )


@dataclass(frozen=True, slots=True)
class Past:
    """A published state of the log: its checkpoint, and the proof that the newest extends it."""

    position: Position
    checkpoint: str
    newest: Kept
    hashes: tuple[bytes, ...]

    @property
    def size(self) -> int:
        """How many entries the log had."""
        return self.position.size

    def json(self) -> dict[str, object]:
        """Return the stamp of an answer, with the proof (RFC 9162 2.1.4, hashes in base64)."""
        consistency = {
            "from": self.size,
            "to": self.newest.size,
            "hashes": [b64(one) for one in self.hashes],
            "checkpoint": self.newest.note,
        }
        return {
            "size": self.size,
            "time": rfc3339(self.position.time),
            "checkpoint": self.checkpoint,
            "consistency": consistency,
        }


Size = Annotated[
    int | None,
    Query(ge=0, le=2**62, description="size of a published checkpoint: answer as of then"),
]


async def asked(home: Home, as_of: Size = None) -> Past | None:
    """Return the published state that an answer is asked for as of; None means the newest."""
    return None if as_of is None else await run_in_threadpool(_past, home, as_of)


def _past(home: PublicHouse, as_of: int) -> Past:
    try:
        note = home.checkpoints.at(as_of)
    except CheckpointUnknown:
        raise NotPublished(as_of, *_nearest(home, as_of)) from None
    newest = home.checkpoints.newest()
    assert newest is not None, "one that was published is never taken out"
    return Past(home.runner.position(as_of), note, newest, _proof(home, as_of, newest.size))


Then = Annotated[Past | None, Depends(asked)]


def _nearest(home: PublicHouse, size: int) -> tuple[Kept | None, Kept | None]:
    below = next(iter(home.checkpoints.published(size, 1)), None)
    return below, home.checkpoints.above(size)


def _proof(home: PublicHouse, old: int, new: int) -> tuple[bytes, ...]:
    if not 0 < old < new:
        return ()
    return tuple(merkle.consistency(old, new, TileHashes(home.log.read, new).subtree))


def at(past: Past | None) -> Position | None:
    """Return the position to read at; None means the newest."""
    return past.position if past else None


def query(past: Past | None) -> dict[str, object]:
    """Return the parameter that keeps an address in the past."""
    return {"as_of": past.size} if past else {}


@dataclass(frozen=True, slots=True)
class Links:
    """Writes the addresses on a page, which stay at the size that it shows."""

    past: Past | None

    def __call__(self, path: str, **given: object) -> str:
        """Return an address; parameters that are None are left out."""
        if not given and self.past is None:
            return path
        kept = {name: value for name, value in given.items() if value is not None}
        asked = urlencode({**kept, **query(self.past)})
        return f"{path}?{asked}" if asked else path


def shown(home: PublicHouse, past: Past | None, path: str, **kept: object) -> Mapping[str, object]:
    """Return what every page needs that can look back; `kept` parameters are asked again."""
    return {
        "past": past,
        "link": Links(past),
        "now": Links(None)(path, **kept),
        "path": path,
        "kept": {name: value for name, value in kept.items() if value is not None},
        "recent": _recent(home, past),
    }


def _recent(home: PublicHouse, past: Past | None) -> Sequence[Listed]:
    """Return the checkpoints that can be gone back to: the newest, and that which is shown."""
    newest = home.checkpoints.listed(None, RECENT)
    if past is None or past.size in {kept.size for kept in newest}:
        return newest
    return [*newest, *home.checkpoints.listed(past.size + 1, 1)]
