"""Makes out receipts: decided by the ledger, proved by the log, printed and sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from api.evidence import Evidence, ReceiptEvidence
from api.wiring import House
from api.words import in_short, in_words
from ledger.domain.events import GiftReceived, GoodsLine, GoodsReceived
from ledger.domain.gifts import AlreadyReceipted, Gift, receiptable
from ledger.errors import Refused
from ledger.store.durable import write_atomically
from projections import directory, receipt_numbers
from receipts.page import Page
from receipts.pdf import GlyphMissing, missing_glyphs, render
from receipts.sealing import sealed

BATCH = 500
ITEM = "货币捐赠"
IN_KIND = "实物捐赠"
HANDLER = "经办岗 clerk"
LONG_NAME = 40
"""A name of more characters is tried on a page of its own before a number is drawn for it."""


@dataclass(frozen=True, slots=True)
class IssuedReceipt:
    """A new receipt, and the file it lies in."""

    gift: str
    code: str
    number: str
    check_code: str
    amount: str
    path: Path


@dataclass(frozen=True, slots=True)
class NotIssued:
    """A gift for which no receipt was made out now, and why."""

    gift: str
    reason: str
    short: str


Outcome = IssuedReceipt | NotIssued


class ReceiptDesk:
    """Issues the receipts of one charity into a folder."""

    def __init__(self, house: House, charity: str, folder: Path, issued_on: date) -> None:
        self._house = house
        self._charity = charity
        self._folder = folder
        self._issued_on = issued_on
        self._issuer = house.ledger.streams.organisation(charity)
        self._funds = {f.fund: f.name for f in directory.funds(house.runner, charity)}
        self._tried: set[tuple[str, ...]] = set()

    def issue(self, gifts: Sequence[str], progress: Callable[[int], None]) -> Iterator[Outcome]:
        """Issue a receipt for each gift that has none; print again what lacks its file."""
        for first in range(0, len(gifts), BATCH):
            batch = gifts[first : first + BATCH]
            yield from self._issue_batch(batch)
            progress(len(batch))

    def _issue_batch(self, gifts: Sequence[str]) -> Iterator[Outcome]:
        self._house.runner.catch_up()
        refused = {g: why for g in gifts if (why := self._unprintable(g))}
        outcomes = self._house.ledger.receipts.issue_receipts(
            self._charity,
            [g for g in gifts if g not in refused],
            receipt_numbers.codes_of(self._house.runner, self._charity),
            self._issued_on,
        )
        if self._house.dry_run:
            yield from (_not_issued(g, refused.get(g) or outcomes[g]) for g in gifts)
            return
        self._house.publish()
        evidence = Evidence(self._house, self._charity)
        for gift in gifts:
            yield self._outcome(evidence, gift, refused.get(gift) or outcomes[gift])

    def _outcome(
        self, evidence: Evidence, gift: str, outcome: tuple[str, str] | Refused
    ) -> Outcome:
        if isinstance(outcome, tuple):
            try:
                return self._print(evidence.of_receipt(gift, *outcome))
            except Refused as refusal:  # the others of the batch are printed all the same
                return _not_issued(gift, refusal)
        if isinstance(outcome, AlreadyReceipted):
            found = evidence.of_receipt(gift, outcome.code, outcome.number)
            if found.names and not self._path(found).exists():
                return self._print_again(found, outcome)
        return _not_issued(gift, outcome)

    def _print_again(self, found: ReceiptEvidence, known: AlreadyReceipted) -> Outcome:
        try:
            self._print(found)
        except Refused as refusal:
            return _not_issued(found.receipt.gift, refusal)
        return _not_issued(found.receipt.gift, known)

    def _path(self, found: ReceiptEvidence) -> Path:
        return self._folder / f"{found.receipt.code}-{found.receipt.number}.pdf"

    def _print(self, found: ReceiptEvidence) -> IssuedReceipt:
        page = self._page(found)
        signer = self._house.keys.signer_of(self._charity)
        path = self._path(found)
        write_atomically(path, sealed(render(page, found.bundle.encode()), signer))
        return IssuedReceipt(
            found.receipt.gift, page.code, page.number, page.check_code, page.amount.decimal(), path
        )

    def _page(self, found: ReceiptEvidence) -> Page:
        receipt, gift = found.receipt, found.gift
        original = None
        if isinstance(gift, GiftReceived) and gift.exchange:
            rate = gift.exchange
            original = (
                f"{gift.amount.currency} {gift.amount.decimal()} × {rate.rate}/{rate.quote_unit}"
            )
        return Page(
            code=receipt.code,
            number=receipt.number,
            check_code=found.names["check_code"],
            issued_on=receipt.issued_on,
            payer=found.names["name"],
            recipient=found.issuer.name,
            recipient_uscc=found.issuer.id,
            gift_on=receipt.gift_on,
            item=item_words(gift.lines if isinstance(gift, GoodsReceived) else ()),
            fund=self._funds[gift.fund],
            amount=receipt.amount,
            original=original,
            remark="",
            eligibility=eligibility_words(receipt.gift_on, receipt.notice),
            handler=HANDLER,
            origin=found.bundle.origin,
            leaf=found.leaf,
            log_size=found.log_size,
            event_hash=found.event_hash,
            qr=found.qr,
            specimen=receipt.specimen,
        )

    def _unprintable(self, gift: str) -> Refused | None:
        """Return why a receipt's page can't be printed, before a number is drawn for it."""
        known = self._house.ledger.streams.gift(gift)
        try:
            receiptable(known)
            names = self._house.vault.of_digests(known.donor.sealed if known.donor else ())
            for name in names.values():
                self._try(known, name.value)
        except AlreadyReceipted:
            return None
        except Refused as refusal:
            return refusal
        return None

    def _try(self, gift: Gift, name: str) -> None:
        """Refuse a name that the page can't bear: a glyph that is missing, or too many."""
        if missing := missing_glyphs(name):
            raise GlyphMissing(missing)
        draft = self._draft(gift, name)
        public = (draft.fund, draft.item, draft.eligibility.partition("）")[2])  # all but the day
        if public in self._tried and len(name) <= LONG_NAME:
            return
        render(draft, b"{}")
        self._tried.add(public)

    def _draft(self, gift: Gift, name: str) -> Page:
        issuer, day = self._issuer, receiptable(gift)
        period = issuer.eligible_on(day)
        return Page(
            code="0" * 8,
            number="0" * 10,
            check_code="0" * 6,
            issued_on=self._issued_on,
            payer=name,
            recipient=issuer.name,
            recipient_uscc=issuer.id,
            gift_on=day,
            item=item_words(gift.lines),
            fund=self._funds[gift.fund],
            amount=gift.booked,
            original=None,
            remark="",
            eligibility=eligibility_words(day, period.notice if period else None),
            handler=HANDLER,
            origin=self._house.recorder.origin(),
            leaf=0,
            log_size=1,
            event_hash="0" * 64,
            qr="0",
            specimen=True,
        )


def _not_issued(gift: str, outcome: tuple[str, str] | Refused) -> NotIssued:
    """Say why there is no new receipt; in a dry run the number was not really drawn."""
    if isinstance(outcome, Refused):
        return NotIssued(gift, in_words(outcome), in_short(outcome))
    return NotIssued(gift, "试运行，未开具 (dry run)", "试运行，未开具 (dry run)")


def item_words(lines: Sequence[GoodsLine]) -> str:
    """Say what was given: money, or each item of a gift in kind with its quantity."""
    if not lines:
        return ITEM
    return f"{IN_KIND}：" + "；".join(str(line.quantity) for line in lines)


def eligibility_words(day: date, notice: str | None) -> str:
    """Say whether the issuer was eligible on the day of the gift, and by which notice."""
    on = f"{day.year}年{day.month}月{day.day}日"
    if notice is None:
        return f"捐赠日（{on}）受赠单位不具有公益性捐赠税前扣除资格，本票据不得用于税前扣除。"
    return f"捐赠日（{on}）受赠单位具有公益性捐赠税前扣除资格，依据：{notice}。"
