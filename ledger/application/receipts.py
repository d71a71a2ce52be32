"""Commands on receipts: made out, reversed, exchanged, waived."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from ledger.application.batch import Batch, digests
from ledger.application.desk import Desk, retried
from ledger.application.joining import Member, sealed_members, stated_members
from ledger.application.receipting import (
    Number,
    Payer,
    add,
    draw,
    draw_all,
    issue,
    names_of,
    numbered,
    payer_of,
    reverse_receipt,
    sealed_payer,
    unless_reduced,
)
from ledger.application.replacing import issue_anew, left_of
from ledger.application.requests import Correction
from ledger.domain import receipt_books, receipt_changes, receipts, written_numbers
from ledger.domain.events import ReceiptNumbersAllotted
from ledger.domain.keeping import Unless
from ledger.domain.receipts import Asked, DonorsDiffer, Kept, NothingToReceipt
from ledger.errors import Refused


class ReceiptCommands:
    """Numbers drawn and receipts made out, in one commit."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def issue_receipts(
        self,
        organisation: str,
        asked: Sequence[str],
        codes: Sequence[str],
        issued_on: date,
        area: str | None = None,
        payer: Payer | None = None,
        *,
        deductible: bool = False,
    ) -> dict[str, Number | Refused]:
        """Make out one receipt for each gift, numbers and receipts in one commit.

        Of `payer` only address and number are taken, for all of them. Returns by gift the code
        and number, or why there is none.
        """
        wishes = Asked(issued_on=issued_on, area=area, deductible=deductible)
        streams = self._desk.streams
        issuer, batch = streams.charity(organisation), Batch()
        known = [streams.gift(gift) for gift in dict.fromkeys(asked)]
        holders = {fund: streams.fund(fund) for fund in {gift.fund for gift in known}}
        for fund in holders.values():
            batch.unless += unless_reduced(fund)
        names = names_of(self._desk, known)
        batch.needed += names
        outcomes: dict[str, Number | Refused] = {}
        ready: list[tuple[Kept, Payer]] = []
        for gift in known:
            kept = Kept(gift, holders[gift.fund])
            try:
                name = payer_of(gift, issuer, kept.fund, names)
                receipts.line(kept, issuer, wishes)
                ready.append((kept, replace(payer or Payer(""), name=name)))
            except Refused as refusal:
                outcomes[gift.id] = refusal
        numbers = iter(draw(self._desk, organisation, codes, len(ready), batch, wishes.issued_on))
        for kept, named in ready:
            number = next(numbers, None)
            if number is None:
                outcomes[kept.gift.id] = receipt_books.too_few(
                    organisation, codes, 1, 0, wishes.issued_on
                )
                continue
            issue(self._desk, kept, issuer, number, named, wishes, batch)
            outcomes[kept.gift.id] = number
        self._desk.record(batch)
        return outcomes

    @retried
    def issue_annual(
        self,
        organisation: str,
        asked: Sequence[str],
        year: int,
        codes: Sequence[str],
        wishes: Asked,
        payer: Payer | None = None,
    ) -> Number:
        """Make out one receipt for several gifts of a year that bear one donor's name.

        In public it joins these gifts to each other: only for a donor who asks for it.
        """
        issuer, batch = self._desk.streams.charity(organisation), Batch()
        kept = self._kept(asked, batch)
        names = names_of(self._desk, [one.gift for one in kept])
        named = {payer_of(one.gift, issuer, one.fund, names) for one in kept}
        if not named:
            raise NothingToReceipt
        if len(named) > 1:
            raise DonorsDiffer(len(named))
        batch.needed += names
        (number,) = draw_all(self._desk, organisation, codes, 1, batch, wishes.issued_on)
        party, openings = sealed_payer(self._desk, replace(payer or Payer(""), name=named.pop()))
        before = {one.gift.red for one in kept}
        replaced = before.pop() if len(before) == 1 else None
        made = receipts.annual(
            kept, year, issuer, numbered(number), party, wishes, self._desk.now(),
            numbered(replaced) if replaced else None,
        )  # fmt: skip
        add(self._desk, made, [one.gift for one in kept], openings, batch)
        self._desk.record(batch)
        return number

    @retried
    def issue_joint(
        self,
        gift: str,
        codes: Sequence[str],
        wishes: Asked,
        members: Sequence[Member] | None = None,
        payer: Payer | None = None,
    ) -> Number:
        """Make out the receipt of a collection with a list of who gave how much (rules 1.3).

        Without `members` those are listed whose shares were stated.
        """
        batch = Batch()
        (kept,) = self._kept([gift], batch)
        issuer = self._desk.streams.charity(kept.gift.organisation)
        names = names_of(self._desk, [kept.gift])
        name = payer_of(kept.gift, issuer, kept.fund, names)
        batch.needed += names
        listed = members if members is not None else stated_members(self._desk, gift)
        receipts.check_members(listed, receipts.kept_of(kept.gift, kept.fund))
        (number,) = draw_all(self._desk, issuer.id, codes, 1, batch, wishes.issued_on)
        party, openings = sealed_payer(self._desk, replace(payer or Payer(""), name=name))
        sealed = sealed_members(self._desk, listed)
        made = receipts.joint(
            kept, [o.digest for o in sealed], issuer, numbered(number), party, wishes,
            self._desk.now(), numbered(kept.gift.red) if kept.gift.red else None,
        )  # fmt: skip
        add(self._desk, made, [kept.gift], [*openings, *sealed], batch)
        self._desk.record(batch)
        return number

    def _kept(self, asked: Sequence[str], batch: Batch) -> list[Kept]:
        """Return these gifts with their funds, oldest first; none of them must go meanwhile."""
        known = [self._desk.streams.gift(gift) for gift in dict.fromkeys(asked)]
        holders = {fund: self._desk.streams.fund(fund) for fund in {g.fund for g in known}}
        for fund in holders.values():
            batch.unless += unless_reduced(fund)
        known.sort(key=lambda gift: gift.received_on or date.max)
        return [Kept(gift, holders[gift.fund]) for gift in known]

    @retried
    def reverse(
        self, code: str, number: str, codes: Sequence[str], on: date, why: Correction
    ) -> Number:
        """Void a receipt by a red one, drawn from the books of `codes`; return its number."""
        receipt, batch = self._desk.streams.receipt(code, number), Batch()
        (red,) = draw_all(self._desk, receipt.organisation, codes, 1, batch, on)
        reverse_receipt(self._desk, receipt, red, why, on, batch)
        self._desk.record(batch)
        return red

    @retried
    def replace(
        self,
        code: str,
        number: str,
        codes: Sequence[str],
        wishes: Asked,
        why: Correction,
        payer: Payer | None = None,
    ) -> tuple[Number, Number]:
        """Void a receipt and make it out anew in one commit; return the red and the new number."""
        old, batch = self._desk.streams.receipt(code, number), Batch()
        kept = left_of(self._desk, old, {})
        red, anew = draw_all(self._desk, old.organisation, codes, 2, batch, wishes.issued_on)
        reverse_receipt(self._desk, old, red, why, wishes.issued_on, batch)
        issue_anew(self._desk, old, kept, anew, wishes, batch, payer)
        self._desk.record(batch)
        return red, anew

    @retried
    def exchange(self, code: str, number: str, paper: Number, on: date) -> None:
        """Record that a paper receipt stands in place of the electronic one."""
        receipt = self._desk.streams.receipt(code, number)
        exchanged = receipt_changes.exchange(receipt, numbered(paper), on, self._desk.now())
        self._desk.record(Batch([exchanged], unless=self._written(paper)))

    @retried
    def take_back(self, code: str, number: str, on: date) -> Number:
        """Record that the paper receipt came back and is void; return its number."""
        receipt = self._desk.streams.receipt(code, number)
        back = receipt_changes.take_back(receipt, on, self._desk.now())
        self._desk.record(Batch([back]))
        return back.paper.code, back.paper.number

    @retried
    def record_official(
        self, code: str, number: str, official: Number, check_code: str, on: date
    ) -> None:
        """Record the finance authority's own e-receipt for this one; its check code is sealed."""
        receipts.well_formed(*official, check_code)
        receipt = self._desk.streams.receipt(code, number)
        openings = [self._desk.sealer.opening("check_code", check_code)]
        known = receipt_changes.record_official(
            receipt, numbered(official), on, digests(openings), self._desk.now()
        )
        rows = self._desk.sealer.rows(openings, known)
        self._desk.record(Batch([known], rows, unless=self._written(official)))

    def _written(self, number: Number) -> list[Unless]:
        """Refuse a number that is not free to write by hand; say what would spoil it meanwhile."""
        book = self._desk.streams.book(number[0])
        stands_for = self._desk.written.stands_for(*number)
        written_numbers.check_written(numbered(number), book, stands_for)
        lots = receipt_books.stream(book.code)
        return [Unless(lots, book.version, ReceiptNumbersAllotted.TOPIC)]

    @retried
    def waive(self, gift: str, reason: str) -> None:
        """Record that a gift's donor takes no receipt; one may still be kept on file."""
        known = self._desk.streams.gift(gift)
        self._desk.record(Batch([receipt_changes.waive(known, reason, self._desk.now())]))
