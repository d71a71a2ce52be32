"""Organisations as the public log tells of them: registration, keys, eligibility, at any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from api.public_house import PublicHouse
from ledger import codec
from ledger.domain import organisations
from ledger.domain.days import day_in_china
from ledger.domain.events import (
    Event,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    KeyWithdrawn,
    LedgerFounded,
    OrganisationEvent,
)
from ledger.domain.organisations import SERVER, Organisation

REGISTERED, ROTATED, REVOKED, WITHDRAWN = "registered", "rotated", "revoked", "withdrawn"


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key that signs, or once signed, for an organisation.

    `how` it came is "registered" or "rotated" (in place of `replaces`); `gone` is how it ended:
    "revoked", "rotated" or "withdrawn", None while it works. `custody` says who keeps its private
    half: "server" or "organisation".
    """

    kid: str
    how: str
    since: datetime
    custody: str
    replaces: str | None = None
    gone: str | None = None
    until: datetime | None = None
    ground: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An organisation, since when it is in the ledger, and every key it ever had."""

    known: Organisation
    since: datetime
    keys: tuple[KeyLine, ...]

    @property
    def registered(self) -> date:
        """Return the day in China on which the ledger came to know it."""
        return day_in_china(self.since)


def seen(home: PublicHouse, codes: Sequence[str], end: int) -> dict[str, Seen]:
    """Return these organisations, by credit code, as entries below leaf `end` tell of them.

    What it costs grows with what was recorded of them, and not with gifts. Entries are read as
    views read them: the integrator verified each before it was published.
    """
    streams = [organisations.stream(code) for code in codes]
    origin = home.recorder.origin()
    told: dict[str, list[OrganisationEvent]] = {}
    for row in home.recorder.log_of(streams):
        if row.leaf < end and row.entry is not None:
            event = codec.read(row.entry, origin)[1]
            if isinstance(event, OrganisationEvent):
                told.setdefault(event.organisation, []).append(event)
    return {code: _folded(events) for code, events in told.items()}


def _folded(events: Sequence[OrganisationEvent]) -> Seen:
    known: Organisation | None = None
    for event in events:
        known = organisations.evolve(known, event)
    assert known is not None, "there is at least the registration"
    return Seen(known, events[0].timestamp, _keys(events))


def _keys(events: Sequence[Event]) -> tuple[KeyLine, ...]:
    """Return the keys in the order they came, with how each ended."""
    lines: dict[str, KeyLine] = {}
    for event in events:
        match event:
            case LedgerFounded() | KeyRegistered():
                lines[event.kid] = KeyLine(event.kid, REGISTERED, event.timestamp, SERVER)
            case KeyRotated():
                if event.replaces is not None:
                    _end(lines, event.replaces, ROTATED, event.timestamp, event.ground)
                lines[event.kid] = KeyLine(
                    event.kid, ROTATED, event.timestamp, event.custody, event.replaces
                )
            case KeyRevoked():
                _end(lines, event.kid, REVOKED, event.timestamp, event.reason)
            case KeyWithdrawn():
                _end(lines, event.kid, WITHDRAWN, event.timestamp, event.ground)
            case _:
                pass
    return tuple(lines.values())


def _end(lines: dict[str, KeyLine], kid: str, how: str, at: datetime, ground: str) -> None:
    if kid in lines and lines[kid].gone is None:
        lines[kid] = replace(lines[kid], gone=how, until=at, ground=ground)
