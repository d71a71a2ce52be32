"""Puts receipts into a batch: numbers drawn, made out, reversed; commands record them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from ledger.application.batch import Batch, digests
from ledger.application.desk import Desk
from ledger.application.requests import Correction
from ledger.domain import gifts, receipt_books, receipts
from ledger.domain.events import GiftReturned, GiftReversed
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.keeping import Unless
from ledger.domain.organisations import Organisation
from ledger.domain.values import Party
from ledger.proof.disclosure import Opening

Number = tuple[str, str]
"""A receipt's code and number."""


def draw(
    desk: Desk, organisation: str, codes: Sequence[str], count: int, batch: Batch
) -> list[Number]:
    """Draw as many numbers as there are left of `count`, through the codes in order."""
    numbers: list[Number] = []
    for code in codes:
        book = desk.streams.book(code)
        here = min(book.left(organisation), count - len(numbers))
        for drawn in receipt_books.draw(book, organisation, here, desk.now()):
            batch.events.append(drawn)
            numbers += [(code, f"{n:010d}") for n in range(drawn.first, drawn.last + 1)]
    return numbers


def draw_all(
    desk: Desk, organisation: str, codes: Sequence[str], count: int, batch: Batch
) -> list[Number]:
    """Draw exactly `count` numbers, or refuse."""
    numbers = draw(desk, organisation, codes, count, batch)
    if len(numbers) < count:
        raise receipt_books.NumbersUsedUp(organisation, count, len(numbers))
    return numbers


def unless_reduced(fund: Fund) -> list[Unless]:
    """Say what would spoil a receipt decided now: that some of the gift goes meanwhile."""
    return [Unless(fund.id, fund.version, cls.TOPIC) for cls in (GiftReturned, GiftReversed)]


def payer_of(gift: Gift, issuer: Organisation, fund: Fund, names: Mapping[str, Opening]) -> str:
    """Return the name that goes on a gift's receipt; refuse with the reason why there is none."""
    if gift.organisation != issuer.id:
        raise gifts.FundOfAnotherCharity(gift.fund, gift.organisation, issuer.id)
    gifts.receiptable(gift)
    receipts.kept_of(gift, fund)
    sealed = gift.donor.sealed if gift.donor else ()
    payer = next((names[d].value for d in sealed if d in names), None)
    if payer is None:
        raise gifts.NameWasErased
    return payer


def issue(
    desk: Desk,
    gift: Gift,
    fund: Fund,
    issuer: Organisation,
    number: Number,
    payer: str,
    issued_on: date,
    batch: Batch,
) -> None:
    """Add a receipt under a drawn number to a batch."""
    at = desk.now()
    openings = [
        desk.sealer.opening("name", payer),
        desk.sealer.opening("check_code", receipts.check_code(desk.below)),
    ]
    party = Party(id=desk.random_id(), sealed=digests(openings))
    kept = receipts.kept_of(gift, fund)
    issued = receipts.issue(gift, issuer, *number, party, kept, issued_on, at)
    batch.events += [issued, gifts.mark_receipted(gift, *number, at)]
    batch.openings += desk.sealer.rows(openings, issued)


def issue_anew(
    desk: Desk, gift: Gift, fund: Fund, number: Number, issued_on: date, batch: Batch
) -> None:
    """Add the receipt for what is kept of a gift whose receipt this batch reverses.

    `fund` is as it will be after the batch.
    """
    unmarked, issuer = gifts.without_receipt(gift), desk.streams.charity(gift.organisation)
    names = desk.vault.of_digests(gift.donor.sealed if gift.donor else ())
    batch.needed += names
    payer = payer_of(unmarked, issuer, fund, names)
    issue(desk, unmarked, fund, issuer, number, payer, issued_on, batch)


def reverse_receipt(
    desk: Desk, gift: Gift, red: Number, why: Correction, on: date, batch: Batch
) -> None:
    """Add to a batch the red receipt `red`, which voids the receipt of a gift."""
    assert gift.receipt is not None, "only a receipt that stands is reversed"
    at = desk.now()
    issued = desk.streams.receipt(*gift.receipt)
    batch.events += [
        receipts.reverse(issued, *red, why.reason, why.note, on, at),
        gifts.reverse_receipt(gift, *red, at),
    ]
