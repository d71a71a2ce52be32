"""Gifts: money or goods that a donor gave, whose they are, whether a receipt was made out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from ledger.domain.events import (
    BenefitRecorded,
    DonorIdentified,
    DonorShown,
    GiftEvent,
    GiftFreedFromPledge,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    GiftReceived,
    GiftSetAgainstPledge,
    GiftSupportsName,
    GoodsLine,
    GoodsReceived,
)
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
)
from ledger.domain.funds import AmountNotPositive, Fund, check_open
from ledger.domain.grounds import DOCUMENT
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.values import Exchange, Party, Source
from ledger.errors import Refused
from ledger.money import MINOR_MAX, Money

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


class GiftWasReversed(Refused):
    """A gift that was recorded by mistake bears no receipt."""

    def __init__(self) -> None:
        super().__init__("no receipt: the gift was recorded by mistake and reversed")


class PartlyReturned(Refused):
    """Goods of which a part went back are worth what nobody has valued."""

    def __init__(self) -> None:
        super().__init__("no receipt: part of the goods went back; reverse the gift and record "
                         "what was kept, with its value")  # fmt: skip


class NoValuationEvidence(Refused):
    """Goods without proof of their fair value bear no receipt (公告2020年第27号 art. 13)."""

    def __init__(self) -> None:
        super().__init__(
            "no receipt: goods without proof of their value are recorded by name and quantity only"
        )


class AgencyMoney(Refused):
    """What is only passed on to a recipient whom the giver fixed is no gift to the charity."""

    def __init__(self) -> None:
        super().__init__("no receipt: the gift is held for a fixed recipient (受托代理)")


class NameWasErased(Refused):
    """The donor's name is no longer in the vault."""

    def __init__(self) -> None:
        super().__init__("no receipt: the donor's name was erased")


class ReceiptStands(Refused):
    """A gift whose receipt stands can't go back as if nothing was: it could still be deducted."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(
            f"receipt {code} {number} stands for this gift; reverse it first (receipts reverse), "
            "or say how to settle it (--settle)"
        )
        self.code = code
        self.number = number


class NoReceiptStands(Refused):
    """There is no receipt that could be reversed."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"no receipt stands for {gift}")


@dataclass(frozen=True, slots=True)
class Gift:
    """What the ledger knows of a gift.

    `booked` is the money on the fund's axis; of a gift in kind the value that is proved, which
    lies on none. `units` are the axes on which the gift lies. What was `given`, the rate it was
    booked at or the `lines` of a gift in kind are as they were recorded. `benefit` is the last
    decision on what the donor gets for it; `namings` are the names that rest on it. `waived` says
    why its donor takes no receipt; `red` is its last receipt that a red one reversed; `shown` is
    how its donor chose last to be shown in public.
    """

    id: str
    version: int
    organisation: str
    fund: str
    booked: Money
    donor: Party | None
    received_on: date | None
    receipt: tuple[str, str] | None = None
    units: tuple[str, ...] = ()
    kind: str = "money"
    given: Money | None = None
    exchange: Exchange | None = None
    lines: tuple[GoodsLine, ...] = ()
    benefit: BenefitRecorded | None = None
    namings: tuple[str, ...] = ()
    waived: str | None = None
    red: tuple[str, str] | None = None
    shown: DonorShown | None = None


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
    check_holder(fund, organisation)
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


def check_holder(fund: Fund, organisation: str) -> None:
    """Refuse a gift into a fund that another organisation holds, or that is closed."""
    if fund.organisation != organisation:
        raise FundOfAnotherCharity(fund.id, fund.organisation, organisation)
    check_open(fund)


def _proof(evidence: str) -> str:
    """Return what proves a donor: a document's digest, or words for the public."""
    proof = printable_name(evidence)
    return proof if DOCUMENT.fullmatch(proof) else public_words(proof)


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
        evidence=_proof(evidence),
    )


def returnable(gift: Gift) -> None:
    """Refuse the return of a gift whose receipt stands (domain rules 3.7)."""
    if gift.receipt is not None:
        raise ReceiptStands(*gift.receipt)


def receiptable(gift: Gift) -> date:
    """Return the gift's day if a receipt can be made out for it; refuse with the reason."""
    if gift.receipt is not None:
        raise AlreadyReceipted(*gift.receipt)
    if gift.donor is None and gift.waived is None:
        raise DonorNotIdentified
    if gift.kind != "money" and not gift.booked.minor:
        raise NoValuationEvidence
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


def reverse_receipt(
    gift: Gift, red_code: str, red_number: str, at: datetime
) -> GiftReceiptReversed:
    """Decide that the gift's receipt no longer stands; the red one is `red_code` `red_number`."""
    if gift.receipt is None:
        raise NoReceiptStands(gift.id)
    code, number = gift.receipt
    return GiftReceiptReversed(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        code=code,
        number=number,
        red_code=red_code,
        red_number=red_number,
    )


def without_receipt(gift: Gift) -> Gift:
    """Return the gift as it is once its receipt is reversed."""
    return replace(gift, version=gift.version + 1, receipt=None, red=gift.receipt)


def worth(event: GiftReceived | GoodsReceived) -> Money:
    """Return what a receipt may say at most: money as booked, goods at the value that is proved.

    The value of a gift in kind counts only if every line's is proved, in yuan.
    """
    if isinstance(event, GiftReceived):
        return event.booked
    proved = [line.value.minor for line in event.lines if line.value and line.evidence
              and line.value.currency == "CNY"]  # fmt: skip
    total = sum(proved)
    return Money(total if len(proved) == len(event.lines) and total <= MINOR_MAX else 0)


def evolve(gift: Gift | None, event: GiftEvent) -> Gift:  # noqa: C901, PLR0911 a line a fact
    """Apply one fact."""
    if isinstance(event, GiftReceived):
        return Gift(
            event.originator_id, 1, event.organisation, event.fund, event.booked, event.donor,
            event.received_on, units=(event.booked.currency,), given=event.amount,
            exchange=event.exchange,
        )  # fmt: skip
    if isinstance(event, GoodsReceived):
        return Gift(
            event.originator_id, 1, event.organisation, event.fund, worth(event),
            event.donor, event.received_on, units=tuple(line.quantity.item for line in event.lines),
            kind=event.kind, lines=event.lines,
        )  # fmt: skip
    assert gift is not None, "only its receipt can open a gift's story"
    gift = replace(gift, version=event.originator_version)
    match event:
        case DonorIdentified():
            return replace(gift, donor=event.donor, waived=None)
        case GiftReceipted():
            return replace(gift, receipt=(event.code, event.number))
        case GiftReceiptReversed():
            return replace(gift, receipt=None, red=(event.code, event.number))
        case GiftReceiptWaived():
            return replace(gift, waived=event.reason)
        case BenefitRecorded():
            return replace(gift, benefit=event)
        case DonorShown():
            return replace(gift, shown=event)
        case GiftSupportsName():
            return replace(gift, namings=(*gift.namings, event.naming))
        case (
            CreditGiven()
            | CreditWithdrawn()
            | GiftSharesStated()
            | ConduitNamed()
            | GiftSetAgainstPledge()
            | GiftFreedFromPledge()
        ):
            return gift
        case _:
            assert_never(event)
