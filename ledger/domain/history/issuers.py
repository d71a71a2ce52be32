"""Whose gifts could be deducted on which day, as the log told when a receipt was made out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import get_args

from ledger.domain.by_fact import TakeIn
from ledger.domain.events import (
    Event,
    LedgerFounded,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.domain.organisations import Organisation, evolve

ORGANISATION_EVENTS = get_args(OrganisationEvent)


class IssuerHistory:
    """Organisations, folded in log order; that their story has no gap others check."""

    def __init__(self) -> None:
        self._known: dict[str, Organisation] = {}

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class."""
        return (self._see,) if issubclass(kind, ORGANISATION_EVENTS) else ()

    def _see(self, event: OrganisationEvent, _find: Callable[[str], None]) -> None:
        opening = isinstance(event, LedgerFounded | OrganisationRegistered)
        known = self._known.get(event.organisation)
        if opening != (known is not None):
            self._known[event.organisation] = evolve(known, event)

    def notice_on(self, organisation: str, day: date) -> tuple[bool, str | None] | None:
        """Return whether gifts of a day could be deducted and by which notice; None: unknown."""
        known = self._known.get(organisation)
        if known is None:
            return None
        period = known.eligible_on(day)
        return period is not None, period.notice if period else None
