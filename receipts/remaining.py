"""What can still be deducted with a receipt: nothing, if it is void or kept on file."""

from __future__ import annotations

from ledger.money import Money
from receipts.known import Known
from receipts.status import Status


def listed(known: Known) -> Status | None:
    """Return what the status list says of the receipt, if there is a list and it does."""
    return known.status.of(known.receipt.code, known.receipt.number) if known.status else None


def is_void(known: Known) -> bool:
    """Tell whether it is reversed, replaced or exchanged; a list goes before an older proof."""
    receipt, found = known.receipt, listed(known)
    if receipt.red is not None:
        return True
    return receipt.paper is not None if found is None else stands_no_more(found)


def stands_no_more(found: Status) -> bool:
    """Tell whether the list says that it is reversed, replaced or exchanged."""
    return found.red is not None or found.paper is not None


def remaining(found: Status) -> Money:
    """Return how much can still be deducted with this receipt, by the list; never below zero."""
    if found.held is not None or stands_no_more(found):
        return Money(0)
    return Money(max(0, (found.eligible_amount - found.claimed).minor))
