"""What has become of a receipt: issued, exchanged, claimed, void; folded from its stream."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import assert_never

from ledger.domain.events import (
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptClaimed,
    ReceiptEvent,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptLine,
    ReceiptMadeOut,
    ReceiptNumber,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.values import Party
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class Claim:
    """A deduction that stands: by whom (a keyed digest), in which tax year, how much."""

    id: str
    token: str
    year: int
    amount: Money


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the ledger knows of a receipt.

    `red` is the number of the red receipt that voids it, `paper` that of the paper one that stands
    in its place, `official` that of the finance authority's own. `claims` are not released;
    `notices` are the claims that the tax bureau has still to correct.
    """

    code: str
    number: str
    version: int
    organisation: str
    kind: str
    lines: tuple[ReceiptLine, ...]
    amount: Money
    payer: Party
    issued_on: date
    specimen: bool
    digests: tuple[str, ...] = ()
    area: str | None = None
    replaces: ReceiptNumber | None = None
    held: str | None = None
    red: ReceiptNumber | None = None
    paper: ReceiptNumber | None = None
    official: ReceiptNumber | None = None
    claims: tuple[Claim, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def gifts(self) -> tuple[str, ...]:
        """The gifts it was made out for."""
        return tuple(line.gift for line in self.lines)


def evolve(receipt: Receipt | None, event: ReceiptEvent) -> Receipt:  # noqa: C901, PLR0911 a line a fact
    """Apply one fact."""
    if isinstance(event, ReceiptIssued | ReceiptMadeOut):
        return _opened(event)
    assert receipt is not None, "only its issue can open a receipt's story"
    receipt = replace(receipt, version=event.originator_version)
    match event:
        case ReceiptReversed():
            red = ReceiptNumber(code=event.red_code, number=event.red_number)
            return replace(receipt, red=red)
        case RedReceiptMadeOut():
            return replace(receipt, red=event.red)
        case ReceiptExchanged():
            return replace(receipt, paper=event.paper)
        case PaperTakenBack():
            return replace(receipt, paper=None)
        case OfficialReceiptRecorded():
            return replace(receipt, official=event.official)
        case ReceiptClaimed():
            claim = Claim(event.claim, event.token, event.year, event.amount)
            return replace(receipt, claims=(*receipt.claims, claim))
        case ClaimReleased():
            left = tuple(c for c in receipt.claims if c.id != event.claim)
            return replace(receipt, claims=left)
        case ClaimNoticeRaised():
            return replace(receipt, notices=(*receipt.notices, event.claim))
        case ClaimNoticeSettled():
            left = tuple(c for c in receipt.claims if c.id != event.claim)
            open_ = tuple(n for n in receipt.notices if n != event.claim)
            return replace(receipt, claims=left, notices=open_)
        case _:
            assert_never(event)


def _opened(event: ReceiptIssued | ReceiptMadeOut) -> Receipt:
    if isinstance(event, ReceiptIssued):
        line = ReceiptLine(
            gift=event.gift,
            amount=event.amount,
            gift_on=event.gift_on,
            eligible=event.eligible,
            notice=event.notice,
            withheld=None,
        )
        return Receipt(
            event.code, event.number, 1, event.organisation, "single", (line,), event.amount,
            event.payer, event.issued_on, event.specimen,
        )  # fmt: skip
    return Receipt(
        event.code, event.number, 1, event.organisation, event.kind, event.lines, event.amount,
        event.payer, event.issued_on, event.specimen, digests=event.digests, area=event.area,
        replaces=event.replaces, held=event.held,
    )  # fmt: skip
