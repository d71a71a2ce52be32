"""What one command records: events, and the rows kept beside them, all in one commit."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from ledger.domain.events import Event
from ledger.domain.funds import GiftPlace, Inflows
from ledger.domain.keeping import AskedRow, Restriction, ShownRow, SourceRow, Unless, VaultRow
from ledger.domain.values import Source
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url

SALT_BYTES = 16


class RestrictionKeeper(Protocol):
    """Knows which openings only the law keeps, and until when."""

    def rows(self, digests: Sequence[str] | None = None) -> list[Restriction]:
        """Return what is restricted, all of it or of these digests."""

    def due(self, on: date) -> list[Restriction]:
        """Return what no law keeps any longer on a day."""


class OpeningKeeper(Protocol):
    """Keeps openings of sealed fields; a vault on disk is one."""

    def row(self, opening: Opening, stream: str, version: int, organisation: str) -> VaultRow:
        """Encrypt an opening for storage in the transaction of its event."""

    def named(self, value: str) -> list[VaultRow]:
        """Return the openings whose value is exactly `value`."""

    def of_streams(self, streams: Sequence[str]) -> list[VaultRow]:
        """Return the openings of the events in these streams."""

    def of_digests(self, digests: Iterable[str]) -> dict[str, Opening]:
        """Return the openings of these digests, as far as they are still there."""

    def restricted_named(self, value: str) -> list[VaultRow]:
        """Return the openings of exactly `value` that only the law keeps."""

    def restricted_of_streams(self, streams: Sequence[str]) -> list[VaultRow]:
        """Return the openings of these streams that only the law keeps."""

    def rows_of_digests(self, digests: Iterable[str]) -> list[VaultRow]:
        """Return what is kept of these digests, closed, restricted or not."""

    def open_all(self, kept: Sequence[VaultRow]) -> dict[str, Opening]:
        """Return these openings by digest."""

    def restrict(self, rows: Sequence[Restriction]) -> None:
        """Keep openings for the law alone from now on."""

    @property
    def restrictions(self) -> RestrictionKeeper:
        """What the law alone keeps."""

    def token(self, *parts: str) -> str:
        """Return a keyed digest of parts: the same parts, the same."""

    def masked(self, source: Source | None) -> Source | None:
        """Return where a row was read from as the public may know it."""

    def sweep(self) -> None:
        """Give the space of erased openings back, so that no page keeps their bytes."""


class Sealer:
    """Seals fields that may name a person: their digests go into events, openings to the vault."""

    def __init__(self, vault: OpeningKeeper, random: Callable[[int], bytes]) -> None:
        self._vault = vault
        self._random = random

    def opening(self, name: str, value: str) -> Opening:
        """Make an opening with a salt of its own (RFC 9901 4.2.1)."""
        return Opening(b64url(self._random(SALT_BYTES)), name, value)

    def rows(self, openings: Sequence[Opening], event: Event) -> list[VaultRow]:
        """Encrypt the openings of an event."""
        stream, version = event.originator_id, event.originator_version
        return [self._vault.row(o, stream, version, event.actor) for o in openings]


class HeldInflows:
    """Inflows as they stood when a command first asked: lower bounds may be late (design 5)."""

    def __init__(self, inflows: Inflows) -> None:
        self._inflows = inflows
        self._received: dict[tuple[str, str], int] = {}

    def received(self, fund: str, unit: str) -> int:
        """Return units that had come in by then."""
        if (fund, unit) not in self._received:
            self._received[fund, unit] = self._inflows.received(fund, unit)
        return self._received[fund, unit]

    def copy(self) -> HeldInflows:
        """Return the same bounds, to be added to without a trace here."""
        copied = HeldInflows(self._inflows)
        copied._received = dict(self._received)
        return copied

    def add(self, fund: str, unit: str, more: int) -> None:
        """Count units that the command itself brings in."""
        self._received[fund, unit] = self.received(fund, unit) + more

    def units_of(self, fund: str) -> tuple[str, ...]:
        """Return the units in which anything has come in."""
        return self._inflows.units_of(fund)

    def place_of(self, gift: str, unit: str) -> GiftPlace:
        """Return where the part of a gift that is counted in a unit lies."""
        return self._inflows.place_of(gift, unit)

    def allocated(self, fund: str, allocation: int) -> tuple[GiftPlace, ...]:
        """Return where what an allocation moved lies now."""
        return self._inflows.allocated(fund, allocation)


def digests(openings: Sequence[Opening]) -> tuple[str, ...]:
    """Return the digests of openings, sorted: their order says nothing (RFC 9901 4.2.4.1)."""
    return tuple(sorted(o.digest for o in openings))


@dataclass(slots=True)
class Batch:
    """Events to record together, with the rows that belong beside them.

    They are recorded only if none of `unless` has happened and all `needed` openings are there.
    What was shown of the donors of `hidden` gifts goes, and `shown` stands in its place.
    """

    events: list[Event] = field(default_factory=list)
    openings: list[VaultRow] = field(default_factory=list)
    sources: list[SourceRow] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)
    unless: list[Unless] = field(default_factory=list)
    needed: list[str] = field(default_factory=list)
    asked: list[AskedRow] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    shown: list[ShownRow] = field(default_factory=list)

    def keep_source(self, source: Source | None, organisation: str, stream: str) -> None:
        """Keep the row of the file that an event was read from."""
        if source is not None:
            self.sources.append(
                SourceRow(source.identity, organisation, source.listing, source.content, stream)
            )

    def absorb(self, other: Batch) -> None:
        """Take in another batch, after this one."""
        self.events += other.events
        self.openings += other.openings
        self.sources += other.sources

    @property
    def beside(self) -> dict[str, object]:
        """The rows that are stored beside the events, and what the decision rests on."""
        return {
            "openings": self.openings,
            "sources": self.sources,
            "erased": self.erased,
            "unless": self.unless,
            "needed": self.needed,
            "asked": self.asked,
            "hidden": self.hidden,
            "shown": self.shown,
        }
