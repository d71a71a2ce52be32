"""The entries of single stories as anyone may read them: of a name given, of a promise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from api.public_house import PublicHouse
from api.times import today
from ledger import codec
from ledger.domain.days import day_in_china
from ledger.domain.events import Event
from projections.runner import Position, end_of

Story = Sequence[tuple[int, Event]]
"""Events in log order, each with the index of its entry."""


def stories(home: PublicHouse, ids: Sequence[str], at: Position | None) -> Mapping[str, Story]:
    """Return what was recorded of these by a position; what was not there yet is left out.

    Entries are read as views read them: the integrator verified each before it was published.
    """
    origin, end = home.recorder.origin(), end_of(at)
    told: dict[str, list[tuple[int, Event]]] = {}
    for row in home.recorder.log_of(ids):
        if row.leaf < end and row.entry is not None and row.stream is not None:
            told.setdefault(row.stream, []).append((row.leaf, codec.read(row.entry, origin)[1]))
    return told


def day_of(at: Position | None) -> date:
    """Return the day that an answer is of: today, or that of the position's last entry."""
    return today() if at is None or at.time is None else day_in_china(at.time)
