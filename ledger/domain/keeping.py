"""What is kept beside events, in the same commit: encrypted openings, and the rows read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class VaultRow:
    """An encrypted opening: whose event, under which digest, how its value is found again."""

    digest: str
    stream: str
    version: int
    organisation: str
    tag: bytes
    box: bytes


@dataclass(frozen=True, slots=True)
class Restriction:
    """An opening that only a law keeps: by which rule, until which day (the last), since when.

    `tag` is how it was found until now.
    """

    digest: str
    rule: str
    until: date
    at: datetime
    tag: bytes = b""


@dataclass(frozen=True, slots=True)
class Unless:
    """A fact that spoils a decision: an event of this topic in a stream after this version."""

    stream: str
    version: int
    topic: str


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A row of a file that was recorded: its identity, its list, its content, its stream."""

    identity: str
    organisation: str
    listing: str
    content: str
    stream: str


@dataclass(frozen=True, slots=True)
class ShownRow:
    """An opening that stands open for everybody: under which digest, of which gift."""

    digest: str
    gift: str
    opening: str


@dataclass(frozen=True, slots=True)
class AskedRow:
    """A request that was answered: whose, under which key, what it asked, what was recorded.

    `key` and `digest` are SHA-256 in hex; `places` are streams and versions of the events. `seal`
    is a keyed digest of the others, which only this ledger can make.
    """

    account: str
    key: str
    digest: str
    places: tuple[tuple[str, int], ...]
    seal: str = ""

    def sealed(self, token: Callable[..., str]) -> AskedRow:
        """Return the row with its seal, made by `token` of its parts."""
        places = [f"{stream} {version}" for stream, version in self.places]
        return replace(self, seal=token("asked", self.account, self.key, self.digest, *places))
