"""Facts about help that is neither money nor goods: hours, skills, training, technology, jobs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.values import Payee
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceGiven(Event):
    """People helped: `minutes` is the time of all of them together, from `given_on` to `until`.

    `value` is what a professional service is worth by `basis`, proved by a document of digest
    `evidence` (SHA-256, hex); it is never added to money. `people` who found jobs, for "jobs".
    """

    TOPIC: ClassVar[str] = "service-given.v1"

    organisation: str
    fund: str | None
    project: str | None
    kind: str
    people: int
    minutes: int
    given_on: date
    until: date
    place: str | None
    value: Money | None
    basis: str | None
    evidence: str | None
    provider: Payee | None
    sealed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCorrected(Event):
    """The record was wrong and counts no longer; `replaced_by` is the one in its place, if any."""

    TOPIC: ClassVar[str] = "service-corrected.v1"

    reason: str
    replaced_by: str | None


ServiceEvent = ServiceGiven | ServiceCorrected
