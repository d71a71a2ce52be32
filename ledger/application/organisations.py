"""Commands on organisations: founding, keys, eligibility, receipt numbers, limits."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from ledger import codec
from ledger.application.batch import Batch
from ledger.application.desk import Desk, retried
from ledger.domain import (
    document_keys,
    eligibility,
    key_rotation,
    organisations,
    receipt_books,
    written_numbers,
)
from ledger.domain.eligibility import Listing
from ledger.domain.events import EligibilityEnded, KeyRotated
from ledger.domain.key_rotation import OfferedKey
from ledger.domain.organisations import AUTHORITY, CHARITY, Organisation
from ledger.domain.receipt_books import Loss
from ledger.proof.encoding import b64url, unb64url


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

    def check_charity(self, uscc: str, name: str, kind: str = CHARITY) -> None:
        """Refuse a registration that would be refused, before a key is made for it."""
        known = self._desk.streams.find_organisation(uscc)
        organisations.register_charity(known, uscc, name, AUTHORITY, self._desk.now(), kind)

    @retried
    def register_charity(
        self, uscc: str, name: str, kid: str, public: str, kind: str = CHARITY
    ) -> bool:
        """Record a charity, or another `kind` that may issue, with its key; tell if it was new."""
        known, at = self._desk.streams.find_organisation(uscc), self._desk.now()
        batch = Batch()
        registered = organisations.register_charity(known, uscc, name, AUTHORITY, at, kind)
        if registered:
            batch.events.append(registered)
            known = organisations.evolve(None, registered)
        assert known is not None, "registered just now or before"
        if kid not in known.keys and not known.own_keys:  # those are replaced by their holder
            batch.events.append(organisations.register_key(known, kid, public, AUTHORITY, at))
        self._desk.record(batch)
        return bool(batch.events)

    @retried
    def register_holder(self, uscc: str, name: str, offered: OfferedKey, kind: str) -> bool:
        """Record an organisation with the key that it keeps itself; tell whether it was new."""
        known, at = self._desk.streams.find_organisation(uscc), self._desk.now()
        registered = organisations.register_charity(known, uscc, name, AUTHORITY, at, kind)
        if registered is None:
            return self.rotate_key(uscc, offered, key_rotation.FIRST, None)
        rotated = self._rotated(organisations.evolve(None, registered), offered)
        self._desk.record(Batch([registered, rotated]))
        return True

    @retried
    def rotate_key(
        self, organisation: str, offered: OfferedKey, ground: str, note: str | None
    ) -> bool:
        """Record a key in place of another; tell whether it was new.

        Refuses a key whose holder does not prove to have it.
        """
        known = self._desk.streams.organisation(organisation)
        if offered.kid in known.keys:
            return False
        self._desk.record(Batch([self._rotated(known, offered, ground, note)]))
        self._desk.forget_keys()
        return True

    def _rotated(
        self,
        known: Organisation,
        offered: OfferedKey,
        ground: str = key_rotation.FIRST,
        note: str | None = None,
    ) -> KeyRotated:
        rotated = key_rotation.rotate(known, offered, ground, note, AUTHORITY, self._desk.now())
        codec.check_vouchers(key_rotation.vouchers(rotated, known, self._desk.origin))
        return rotated

    @retried
    def revoke_key(
        self, organisation: str, kid: str, note: str, ground: str = key_rotation.CEASED
    ) -> None:
        """Record that a key signs nothing more."""
        known, at = self._desk.streams.organisation(organisation), self._desk.now()
        self._desk.record(Batch([key_rotation.withdraw(known, kid, ground, note, AUTHORITY, at)]))
        self._desk.forget_keys()

    @retried
    def register_document_key(self, organisation: str, certificate: bytes) -> bytes:
        """Record a certificate (DER) whose key signs documents, unless one does so already.

        Returns the one that does: somebody else's, if they were faster.
        """
        known, at = self._desk.streams.organisation(organisation), self._desk.now()
        registered = document_keys.register(
            known, b64url(certificate), sha256(certificate).hexdigest(), AUTHORITY, at
        )
        self._desk.record(Batch([registered] if registered else []))
        working = registered.certificate if registered else next(iter(known.documents.values()))
        return unb64url(working)

    @retried
    def revoke_document_keys(self, organisation: str, reason: str) -> None:
        """Record that an organisation's certificates are used no more, if any are."""
        known, at = self._desk.streams.organisation(organisation), self._desk.now()
        batch = Batch()
        for print_ in known.documents:
            revoked = document_keys.revoke(known, print_, reason, AUTHORITY, at)
            batch.events.append(revoked)
            known = organisations.evolve(known, revoked)
        self._desk.record(batch)

    @retried
    def revoke_keys(
        self,
        organisation: str,
        reason: str,
        *,
        signing: bool,
        document: bool,
        ground: str = key_rotation.CEASED,
    ) -> list[str]:
        """Record that an organisation's working keys sign nothing more, of one sort or of both.

        Returns kids and fingerprints; refuses when none of that sort works.
        """
        known, at = self._desk.streams.recipient(organisation), self._desk.now()
        batch, gone = Batch(), list[str]()
        for kid in tuple(known.keys) if signing else ():
            ended = key_rotation.withdraw(known, kid, ground, reason, AUTHORITY, at)
            batch.events.append(ended)
            known, gone = organisations.evolve(known, ended), [*gone, kid]
        for print_ in known.documents if document else ():
            revoked = document_keys.revoke(known, print_, reason, AUTHORITY, at)
            batch.events.append(revoked)
            known, gone = organisations.evolve(known, revoked), [*gone, print_]
        if not gone:
            raise organisations.NoWorkingKey(organisation)
        self._desk.record(batch)
        self._desk.forget_keys()
        return gone

    @retried
    def grant_eligibility(
        self, organisation: str, first: date, last: date, notice: str, applicant_kind: int
    ) -> bool:
        """Record a period of eligibility; tell whether it was new."""
        known, at = self._desk.streams.recipient(organisation), self._desk.now()
        granted = eligibility.grant(known, first, last, notice, applicant_kind, AUTHORITY, at)
        self._desk.record(Batch([granted] if granted else []))
        return granted is not None

    @retried
    def list_eligible(self, organisation: str, listing: Listing) -> bool:
        """Record that a list makes an organisation eligible; tell whether it was new."""
        known, at = self._desk.streams.recipient(organisation), self._desk.now()
        listed = eligibility.listed(known, listing, AUTHORITY, at)
        self._desk.record(Batch([listed] if listed else []))
        return listed is not None

    @retried
    def cancel_eligibility(self, organisation: str, notice_date: date) -> date:
        """Record a cancel notice; return the first day without eligibility."""
        known, at = self._desk.streams.recipient(organisation), self._desk.now()
        cancelled = eligibility.cancel(known, notice_date, AUTHORITY, at)
        self._desk.record(Batch([cancelled]))
        return cancelled.effective

    @retried
    def end_eligibility(
        self, organisation: str, notice: str, notice_date: date, ground: str
    ) -> EligibilityEnded:
        """Record a cancel notice with its ground, which may bar the organisation for years."""
        known, at = self._desk.streams.recipient(organisation), self._desk.now()
        ended = eligibility.end(known, notice, notice_date, ground, AUTHORITY, at)
        self._desk.record(Batch([ended]))
        return ended

    @retried
    def allot_numbers(self, organisation: str, code: str, first: int, last: int) -> bool:
        """Record a lot of receipt numbers; tell whether it was new."""
        self._desk.streams.recipient(organisation)
        allotted = receipt_books.allot(
            self._desk.streams.book(code), organisation, first, last, AUTHORITY, self._desk.now()
        )
        if allotted:
            written_numbers.check_lot(self._desk.written, code, first, last)
        self._desk.record(Batch([allotted] if allotted else []))
        return allotted is not None

    @retried
    def limit_numbers(self, organisation: str, code: str, unused_max: int) -> bool:
        """Record how many numbers of a code may lie unused; tell whether that was new."""
        self._desk.streams.recipient(organisation)
        limited = receipt_books.set_limit(
            self._desk.streams.book(code), organisation, unused_max, AUTHORITY, self._desk.now()
        )
        self._desk.record(Batch([limited] if limited else []))
        return limited is not None

    @retried
    def lose_numbers(self, organisation: str, code: str, loss: Loss) -> None:
        """Record that blank numbers of an organisation will never be drawn, as it reports."""
        self._desk.streams.recipient(organisation)
        book = self._desk.streams.book(code)
        self._desk.record(Batch([receipt_books.lose(book, organisation, loss, self._desk.now())]))
