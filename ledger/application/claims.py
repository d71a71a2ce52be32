"""Commands of the tax bureau: receipts deducted, released, checked; notices settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.application.batch import Batch, digests
from ledger.application.desk import Desk, retried
from ledger.domain import claims
from ledger.domain.claimants import Taxpayer, entitled, known_by, taxpayer
from ledger.domain.events import CheckCount, ReceiptNumber
from ledger.domain.organisations import AUTHORITY
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import stream
from ledger.domain.values import Party
from ledger.money import Money
from ledger.proof.disclosure import Opening


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimReceipt:
    """What a tax officer enters: whose deduction, of which tax year, how much (CNY).

    `name` is needed where the receipt bears no taxpayer number or is a joint one, `paper` where
    the receipt was exchanged for a paper one, which the taxpayer then presents.
    """

    taxpayer: str
    year: int
    amount: Money
    officer: str
    name: str | None = None
    paper: ReceiptNumber | None = None


class ClaimCommands:
    """Receipts deducted once, by those who paid; each act by the authority, on public record."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @retried
    def claim(self, code: str, number: str, asked: ClaimReceipt) -> str:
        """Mark (part of) a receipt as deducted; return the claim's id.

        What the taxpayer is called goes to the vault. Claims at the same moment are decided one
        after the other: they lie in the receipt's own stream.
        """
        self._check_power()
        receipt = self._desk.streams.receipt(code, number)
        who, batch = taxpayer(asked.taxpayer, asked.name), Batch()
        share = self._entitled(who, receipt, batch)
        openings = self._openings(who)
        claimed = claims.claim(
            receipt,
            f"claim-{self._desk.random_id()}",
            Party(id=self._desk.random_id(), sealed=digests(openings)),
            self._desk.vault.token(stream(code, number), *known_by(who, receipt.kind)),
            asked.year,
            asked.amount,
            asked.officer,
            self._desk.now(),
            share=share,
            paper=asked.paper,
        )
        batch.events.append(claimed)
        batch.openings += self._desk.sealer.rows(openings, claimed)
        self._desk.record(batch)
        return claimed.claim

    def _entitled(self, who: Taxpayer, receipt: Receipt, batch: Batch) -> Money | None:
        """Compare with what the receipt's openings say; an erasure meanwhile spoils that."""
        vault = self._desk.vault
        payer = vault.of_digests(receipt.payer.sealed)
        members = vault.of_digests(receipt.digests)
        batch.needed += [*payer, *members]
        fields = {o.name: o.value for o in payer.values()}
        listed = [o.value for o in members.values() if o.name == "member"]
        return entitled(who, receipt.kind, fields, listed)

    def _openings(self, who: Taxpayer) -> list[Opening]:
        named = [self._desk.sealer.opening("name", who.name)] if who.name else []
        return [*named, self._desk.sealer.opening("taxpayer", who.number)]

    @retried
    def release(self, code: str, number: str, claim: str, reason: str, officer: str) -> None:
        """Take a deduction back; its amount can be claimed again."""
        self._check_power()
        receipt, at = self._desk.streams.receipt(code, number), self._desk.now()
        self._desk.record(Batch([claims.release(receipt, claim, reason, officer, at)]))

    @retried
    def settle(self, code: str, number: str, claim: str, outcome: str, officer: str) -> None:
        """Record that the deduction of a receipt that became void was corrected, and how."""
        self._check_power()
        receipt, at = self._desk.streams.receipt(code, number), self._desk.now()
        self._desk.record(Batch([claims.settle_notice(receipt, claim, outcome, officer, at)]))

    @retried
    def checked(
        self,
        officer: str,
        results: Sequence[CheckCount],
        sheet: str,
        rules: str,
        status: str | None,
    ) -> str:
        """Put a check of receipts on record; return its stream (see `claims.checked`)."""
        self._check_power()
        check, at = f"check-{self._desk.random_id()}", self._desk.now()
        self._desk.record(
            Batch([claims.checked(check, officer, results, sheet, rules, status, at)])
        )
        return check

    def _check_power(self) -> None:
        claims.check_power(self._desk.streams.organisation(AUTHORITY))
