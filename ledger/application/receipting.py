"""Puts receipts into a batch: numbers drawn, made out, reversed; commands record them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.application.batch import Batch, digests
from ledger.application.desk import Desk
from ledger.application.requests import Correction
from ledger.domain import claims, gifts, receipt_books, receipt_changes, receipts
from ledger.domain.events import GiftReturned, GiftReversed, ReceiptMadeOut, ReceiptNumber
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.keeping import Unless
from ledger.domain.organisations import Organisation, printable_name
from ledger.domain.payer_numbers import payer_number
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import ANONYMOUS, Asked, Kept
from ledger.domain.values import Party
from ledger.proof.disclosure import Opening

Number = tuple[str, str]
"""A receipt's code and number."""


@dataclass(frozen=True, slots=True)
class Payer:
    """Who a receipt names: as they are when it is made out, sealed with it."""

    name: str
    address: str | None = None
    taxpayer: str | None = None


def draw(
    desk: Desk, organisation: str, codes: Sequence[str], count: int, batch: Batch, on: date
) -> list[Number]:
    """Draw as many numbers as there are left of `count`, through the codes of the year of `on`."""
    numbers: list[Number] = []
    for code in receipt_books.of_the_year(codes, on):
        book = desk.streams.book(code)
        here = min(book.left(organisation), count - len(numbers))
        for drawn in receipt_books.draw(book, organisation, here, desk.now()):
            batch.events.append(drawn)
            numbers += [(code, f"{n:010d}") for n in range(drawn.first, drawn.last + 1)]
    return numbers


def draw_all(
    desk: Desk, organisation: str, codes: Sequence[str], count: int, batch: Batch, on: date
) -> list[Number]:
    """Draw exactly `count` numbers, or refuse."""
    numbers = draw(desk, organisation, codes, count, batch, on)
    if len(numbers) < count:
        raise receipt_books.too_few(organisation, codes, count, len(numbers), on)
    return numbers


def unless_reduced(fund: Fund) -> list[Unless]:
    """Say what would spoil a receipt decided now: that some of the gift goes meanwhile."""
    return [Unless(fund.id, fund.version, cls.TOPIC) for cls in (GiftReturned, GiftReversed)]


def names_of(desk: Desk, known: Sequence[Gift]) -> dict[str, Opening]:
    """Return the openings of these gifts' donors, by digest, as far as they are there."""
    return desk.vault.of_digests(d for gift in known if gift.donor for d in gift.donor.sealed)


def payer_of(gift: Gift, issuer: Organisation, fund: Fund, names: Mapping[str, Opening]) -> str:
    """Return the name that goes on a gift's receipt; refuse with the reason why there is none."""
    if gift.organisation != issuer.id:
        raise gifts.FundOfAnotherCharity(gift.fund, gift.organisation, issuer.id)
    gifts.receiptable(gift)
    receipts.kept_of(gift, fund)
    payer = name_of(gift, names)
    if payer is None and gift.waived is None:
        raise gifts.NameWasErased
    return payer or ANONYMOUS


def name_of(gift: Gift, names: Mapping[str, Opening]) -> str | None:
    """Return the name of a gift's donor, if it is known."""
    sealed = gift.donor.sealed if gift.donor else ()
    return next((names[d].value for d in sealed if d in names), None)


def sealed_payer(desk: Desk, payer: Payer) -> tuple[Party, list[Opening]]:
    """Seal who a receipt names, with its check code; return the party and the openings."""
    openings = [
        desk.sealer.opening("name", payer.name),
        desk.sealer.opening("check_code", receipts.check_code(desk.below)),
    ]
    if payer.address is not None:
        openings.append(desk.sealer.opening("address", printable_name(payer.address)))
    if payer.taxpayer is not None:
        openings.append(desk.sealer.opening("taxpayer", payer_number(payer.taxpayer)))
    return Party(id=desk.random_id(), sealed=digests(openings)), openings


def add(
    desk: Desk, made: ReceiptMadeOut, known: Sequence[Gift], openings: list[Opening], batch: Batch
) -> None:
    """Add a receipt to a batch, and to the stories of its gifts."""
    marks = [gifts.mark_receipted(gift, made.code, made.number, desk.now()) for gift in known]
    batch.events += [made, *marks]
    batch.openings += desk.sealer.rows(openings, made)


def issue(
    desk: Desk,
    kept: Kept,
    issuer: Organisation,
    number: Number,
    payer: Payer,
    asked: Asked,
    batch: Batch,
) -> None:
    """Add the receipt of one gift under a drawn number to a batch."""
    party, openings = sealed_payer(desk, payer)
    before = numbered(kept.gift.red) if kept.gift.red else None
    made = receipts.single(kept, issuer, numbered(number), party, asked, desk.now(), before)
    add(desk, made, [kept.gift], openings, batch)


def numbered(number: Number) -> ReceiptNumber:
    """Return a code and number as events hold them."""
    return ReceiptNumber(code=number[0], number=number[1])


def reverse_receipt(
    desk: Desk, receipt: Receipt, red: Number, why: Correction, on: date, batch: Batch
) -> None:
    """Add to a batch the red receipt `red`: it frees all gifts of a receipt, and warns who claims.

    The tax bureau gets a notice for every deduction of it, in the same commit.
    """
    at, said = desk.now(), numbered(red)
    made = receipt_changes.reverse(receipt, said, why.reason, why.note, on, at)
    batch.events += [made, *claims.notices(receipt, said, made.reason, at)]
    for gift in receipt.gifts:
        known = desk.streams.gift(gift)
        batch.events.append(gifts.reverse_receipt(known, *red, at))
