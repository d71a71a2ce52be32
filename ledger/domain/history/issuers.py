"""Whose gifts could be deducted on which day, as the log told when a receipt was made out."""

from __future__ import annotations

from datetime import date
from typing import get_args

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

    def see(self, event: Event) -> None:
        """Take in one event."""
        if not isinstance(event, ORGANISATION_EVENTS):
            return
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
