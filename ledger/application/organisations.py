"""Commands on organisations: founding, keys, eligibility, receipt numbers, limits."""

from __future__ import annotations

from datetime import date

from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.domain import organisations, receipt_books
from ledger.domain.organisations import AUTHORITY


class OrganisationCommands:
    """Who may do what: decided by the authority."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def found(self, name: str, kid: str, public: str) -> bool:
        """Record the ledger's first fact; tell whether it was new."""
        if self._desk.streams.find_organisation(AUTHORITY) is not None:
            return False
        self._desk.record(Batch([organisations.found_ledger(name, kid, public, self._desk.now())]))
        return True

    def check_charity(self, uscc: str, name: str) -> None:
        """Refuse a registration that would be refused, before a key is made for it."""
        known = self._desk.streams.find_organisation(uscc)
        organisations.register_charity(known, uscc, name, AUTHORITY, self._desk.now())

    @retried
    def register_charity(self, uscc: str, name: str, kid: str, public: str) -> bool:
        """Record a charity with its key; tell whether anything was new."""
        known, at = self._desk.streams.find_organisation(uscc), self._desk.now()
        batch = Batch()
        registered = organisations.register_charity(known, uscc, name, AUTHORITY, at)
        if registered:
            batch.events.append(registered)
            known = organisations.evolve(None, registered)
        assert known is not None, "registered just now or before"
        if kid not in known.keys:
            batch.events.append(organisations.register_key(known, kid, public, AUTHORITY, at))
        self._desk.record(batch)
        return bool(batch.events)

    @retried
    def revoke_key(self, organisation: str, kid: str, reason: str) -> None:
        """Record that a key signs nothing more."""
        known = self._desk.streams.organisation(organisation)
        self._desk.record(
            Batch([organisations.revoke_key(known, kid, reason, AUTHORITY, self._desk.now())])
        )

    @retried
    def grant_eligibility(
        self, organisation: str, first: date, last: date, notice: str, applicant_kind: int
    ) -> bool:
        """Record a period of eligibility; tell whether it was new."""
        granted = organisations.grant_eligibility(
            self._desk.streams.charity(organisation),
            first,
            last,
            notice,
            applicant_kind,
            AUTHORITY,
            self._desk.now(),
        )
        self._desk.record(Batch([granted] if granted else []))
        return granted is not None

    @retried
    def cancel_eligibility(self, organisation: str, notice_date: date) -> date:
        """Record a cancel notice; return the first day without eligibility."""
        cancelled = organisations.cancel_eligibility(
            self._desk.streams.charity(organisation), notice_date, AUTHORITY, self._desk.now()
        )
        self._desk.record(Batch([cancelled]))
        return cancelled.effective

    @retried
    def allot_numbers(self, organisation: str, code: str, first: int, last: int) -> bool:
        """Record a lot of receipt numbers; tell whether it was new."""
        self._desk.streams.charity(organisation)
        allotted = receipt_books.allot(
            self._desk.streams.book(code), organisation, first, last, AUTHORITY, self._desk.now()
        )
        self._desk.record(Batch([allotted] if allotted else []))
        return allotted is not None
