"""What must hold of deductions: within what is eligible, once a year, told when it is void."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.claims import deductible
from ledger.domain.events import (
    ClaimEvent,
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    Event,
    ReceiptClaimed,
)
from ledger.domain.history.receipt_stories import ReceiptStories
from ledger.domain.receipt_life import Claim, Receipt, evolve

Find = Callable[[str], None]


class ClaimHistory:
    """Deductions of receipts, folded in log order; who may sign them the registry checks."""

    def __init__(self, stories: ReceiptStories) -> None:
        self._stories = stories
        self._ids: set[str] = set()

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class."""
        return ClaimHistory._apply.takers(self, kind)

    def still_open(self) -> list[str]:
        """Say which deductions of void receipts nobody told the tax bureau of."""
        return [
            f"claim {claim.id} stands on receipt {code} {number}, which is reversed, unnoticed"
            for (code, number), story in sorted(self._stories.unfinished())
            if story.receipt and story.receipt.red
            for claim in story.receipt.claims
            if claim.id not in story.receipt.notices
        ]

    @ByFact
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts speak of no deduction."""

    @_apply.register
    def _claimed(self, event: ReceiptClaimed, find: Find) -> None:
        receipt = self._receipt(event, find)
        if receipt is None:
            return
        said = f"claim {event.claim} of receipt {event.code} {event.number}"
        if receipt.red or receipt.held:
            find(f"{said} is of a receipt that is void, or was handed to nobody")
        claimed = sum(claim.amount.minor for claim in receipt.claims) + event.amount.minor
        units = {event.amount.currency, receipt.amount.currency}
        if event.amount.minor <= 0 or claimed > receipt.amount.minor or len(units) > 1:
            find(f"{said} exceeds what is left of the receipt")
        elif claimed > deductible(receipt).minor:
            find(f"{said} exceeds what may be deducted of the receipt")
        if event.claim in self._ids or any(
            (claim.token, claim.year) == (event.token, event.year) for claim in receipt.claims
        ):
            find(f"{said} is made twice, or twice in a year under one number or member's name")
        if event.year < max(line.gift_on.year for line in receipt.lines):
            find(f"{said} is for a year before its gift")
        self._ids.add(event.claim)

    @_apply.register
    def _released(self, event: ClaimReleased, find: Find) -> None:
        receipt = self._receipt(event, find)
        if receipt and (_standing(receipt, event.claim) is None or event.claim in receipt.notices):
            find(f"claim {event.claim} is released, but does not stand, or has an open notice")

    @_apply.register
    def _noticed(self, event: ClaimNoticeRaised, find: Find) -> None:
        receipt = self._receipt(event, find)
        if receipt is None:
            return
        claim = _standing(receipt, event.claim)
        said = (event.amount, event.year, event.red)
        if claim is None or event.claim in receipt.notices or event.actor != receipt.organisation:
            find(f"a notice is raised on claim {event.claim}, which does not stand, or twice")
        elif said != (claim.amount, claim.year, receipt.red):
            find(f"the notice on claim {event.claim} tells another claim or red receipt")

    @_apply.register
    def _settled(self, event: ClaimNoticeSettled, find: Find) -> None:
        receipt = self._receipt(event, find)
        if receipt and event.claim not in receipt.notices:
            find(f"the notice on claim {event.claim} is settled, but is not open")

    def _receipt(self, event: ClaimEvent, find: Find) -> Receipt | None:
        """Apply a fact, and return the receipt as it was before; find one that nobody made out."""
        story = self._stories.get((event.code, event.number))
        if story is None or story.receipt is None:
            find(f"{event.code} {event.number}, which claim {event.claim} names, is no receipt")
            return None
        before = story.receipt
        receipt = evolve(before, event)
        self._stories.put((event.code, event.number), replace(story, receipt=receipt))
        return before


def _standing(receipt: Receipt, claim: str) -> Claim | None:
    return next((known for known in receipt.claims if known.id == claim), None)
