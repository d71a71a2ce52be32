"""Gifts: money that a donor gave, whose it is, whether a receipt was made out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from ledger.domain.events import DonorIdentified, GiftEvent, GiftReceipted, GiftReceived
from ledger.domain.funds import AmountNotPositive, Fund
from ledger.domain.organisations import printable_name
from ledger.domain.values import Exchange, Party, Source
from ledger.errors import Refused
from ledger.money import Money

LARGEST_MINOR = 10**13
"""A hundred billion yuan: sums of gifts must stay numbers that every reader keeps exactly."""

DATE_BASES = ("row", "given", "sheet", "none")
"""Where the day of a gift was read: in its row, handed in, on its sheet, or nowhere."""


class FundOfAnotherCharity(Refused):
    """A gift can't be booked into a fund that another organisation holds."""

    def __init__(self, fund: str, holder: str, asked: str) -> None:
        super().__init__(f"fund {fund} belongs to {holder}, not to {asked}")


class RateForYuan(Refused):
    """Yuan need no exchange rate, and a rate would multiply them."""

    def __init__(self, amount: Money, rate: str) -> None:
        super().__init__(f"{amount} can't be booked at a rate of {rate}; leave the rate out")


class GiftTooLarge(Refused):
    """A gift is larger than any ever was; its unit was surely misread."""

    def __init__(self, amount: Money) -> None:
        super().__init__(f"a gift of {amount} can't be right; look whether its unit was misread")


class DonorAlreadyKnown(Refused):
    """Only a gift in suspense can be claimed."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"the donor of {gift} is known already")


class AlreadyReceipted(Refused):
    """One gift, one receipt (domain rules 3.5)."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(f"already receipted as {code} {number}")
        self.code = code
        self.number = number


class DonorNotIdentified(Refused):
    """A receipt needs a donor."""

    def __init__(self) -> None:
        super().__init__("no receipt: the donor is not identified")


class RateUnknown(Refused):
    """A receipt is made out in yuan; foreign money needs the rate it was booked at."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"no receipt: the gift is booked in {currency}, without a rate")


class DayUnknown(Refused):
    """A receipt needs the day on which the property passed."""

    def __init__(self) -> None:
        super().__init__("no receipt: the day of the gift is not known")


class GiftWasReturned(Refused):
    """A gift that went back bears no receipt."""

    def __init__(self) -> None:
        super().__init__("no receipt: the gift was returned")


class NameWasErased(Refused):
    """The donor's name is no longer in the vault."""

    def __init__(self) -> None:
        super().__init__("no receipt: the donor's name was erased")


class ReceiptStands(Refused):
    """A gift whose receipt stands can't go back: the donor could still deduct it."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(f"receipt {code} {number} stands for this gift; reverse it first")


@dataclass(frozen=True, slots=True)
class Gift:
    """What the ledger knows of a gift."""

    id: str
    version: int
    organisation: str
    fund: str
    booked: Money
    donor: Party | None
    received_on: date | None
    receipt: tuple[str, str] | None = None


def receive(
    gift: str,
    fund: Fund,
    organisation: str,
    amount: Money,
    exchange: Exchange | None,
    donor: Party | None,
    received_on: date | None,
    date_basis: str,
    source: Source | None,
    sealed: tuple[str, ...],
    at: datetime,
) -> GiftReceived:
    """Decide that a gift came in; foreign money without a rate keeps its own unit."""
    if fund.organisation != organisation:
        raise FundOfAnotherCharity(fund.id, fund.organisation, organisation)
    if exchange and amount.currency == "CNY":
        raise RateForYuan(amount, exchange.rate)
    booked = exchange.book(amount) if exchange else amount
    if amount.minor <= 0 or booked.minor <= 0:
        raise AmountNotPositive(amount)
    if max(amount.minor, booked.minor) > LARGEST_MINOR:
        raise GiftTooLarge(amount)
    assert date_basis in DATE_BASES
    return GiftReceived(
        originator_id=gift,
        originator_version=1,
        timestamp=at,
        actor=organisation,
        organisation=organisation,
        fund=fund.id,
        amount=amount,
        booked=booked,
        exchange=exchange,
        donor=donor,
        received_on=received_on,
        date_basis=date_basis,
        source=source,
        sealed=sealed,
    )


def identify_donor(gift: Gift, donor: Party, evidence: str, at: datetime) -> DonorIdentified:
    """Decide whose a gift in suspense was."""
    if gift.donor is not None:
        raise DonorAlreadyKnown(gift.id)
    return DonorIdentified(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        donor=donor,
        evidence=printable_name(evidence),
    )


def returnable(gift: Gift) -> None:
    """Refuse the return of a gift whose receipt stands (domain rules 3.7)."""
    if gift.receipt is not None:
        raise ReceiptStands(*gift.receipt)


def receiptable(gift: Gift) -> date:
    """Return the gift's day if a receipt can be made out for it; refuse with the reason."""
    if gift.receipt is not None:
        raise AlreadyReceipted(*gift.receipt)
    if gift.donor is None:
        raise DonorNotIdentified
    if gift.booked.currency != "CNY":
        raise RateUnknown(gift.booked.currency)
    if gift.received_on is None:
        raise DayUnknown
    return gift.received_on


def mark_receipted(gift: Gift, code: str, number: str, at: datetime) -> GiftReceipted:
    """Decide that this receipt is the gift's one receipt."""
    receiptable(gift)
    return GiftReceipted(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        code=code,
        number=number,
    )


def evolve(gift: Gift | None, event: GiftEvent) -> Gift:
    """Apply one fact."""
    if isinstance(event, GiftReceived):
        return Gift(
            event.originator_id, 1, event.organisation, event.fund, event.booked, event.donor,
            event.received_on,
        )  # fmt: skip
    assert gift is not None, "only its receipt can open a gift's story"
    gift = replace(gift, version=event.originator_version)
    match event:
        case DonorIdentified():
            return replace(gift, donor=event.donor)
        case GiftReceipted():
            return replace(gift, receipt=(event.code, event.number))
        case _:
            assert_never(event)
