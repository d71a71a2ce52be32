"""Commands on help that is neither money nor goods: recorded, corrected."""

from __future__ import annotations

from ledger.application.batch import Batch, digests
from ledger.application.counting import public_or_sealed
from ledger.application.desk import Desk, retried
from ledger.application.requests import GiveService
from ledger.domain import services


class ServiceCommands:
    """Hours, skills, training, technology and jobs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def give(self, organisation: str, given: GiveService) -> str:
        """Record help that was given; return the record's id."""
        desk = self._desk
        desk.streams.charity(organisation)
        provider, openings = (
            public_or_sealed(desk, given.provider) if given.provider else (None, [])
        )
        notes = [desk.sealer.opening("note", given.note)] if given.note else []
        event = services.give(
            f"service-{desk.random_id()}",
            organisation,
            desk.streams.fund(given.fund) if given.fund else None,
            given.project,
            given.kind,
            given.people,
            given.minutes,
            given.given_on,
            given.until,
            given.place,
            given.value,
            given.basis,
            given.evidence,
            provider,
            digests(notes),
            desk.now(),
        )
        batch = Batch([event])
        batch.openings += desk.sealer.rows([*openings, *notes], event)
        desk.record(batch)
        return event.originator_id

    @retried
    def correct(self, service: str, why: str, replaced_by: str | None = None) -> None:
        """Record that a record counts no longer, and which other one stands in its place."""
        streams = self._desk.streams
        other = streams.service(replaced_by) if replaced_by else None
        corrected = services.correct(streams.service(service), why, other, self._desk.now())
        self._desk.record(Batch([corrected]))
