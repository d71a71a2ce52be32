"""What becomes of a receipt once it is made out: red, exchanged for paper, official; or waived."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.corrections import correction
from ledger.domain.days import day_in_china
from ledger.domain.events import (
    GiftReceiptWaived,
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptNumber,
    RedReceiptMadeOut,
)
from ledger.domain.gifts import AlreadyReceipted, Gift
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import numbered, stream
from ledger.errors import Refused

WAIVERS = ("anonymous", "declined")


class ReceiptDoesNotStand(Refused):
    """A receipt is reversed once, and nothing else becomes of it afterwards."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(f"receipt {code} {number} is reversed already")


class PaperStillOut(Refused):
    """The paper receipt could still be booked (domain rules 3.6)."""

    def __init__(self, paper: ReceiptNumber) -> None:
        super().__init__(
            f"paper receipt {paper.code} {paper.number} is out; take it back first "
            "(receipts paper-back)"
        )


class PaperNotOut(Refused):
    """There is no paper receipt that could come back."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(f"no paper receipt is out for receipt {code} {number}")


class PaperIsTheReceipt(Refused):
    """A paper receipt bears a code and number of its own."""

    def __init__(self, paper: ReceiptNumber) -> None:
        super().__init__(
            f"{paper.code} {paper.number} is the electronic receipt itself; name the number that "
            "is printed on the paper one"
        )


class OfficialAlreadyRecorded(Refused):
    """A receipt has one official e-receipt."""

    def __init__(self, official: ReceiptNumber) -> None:
        super().__init__(
            f"official receipt {official.code} {official.number} is recorded for it already"
        )


class OfficialDayToCome(Refused):
    """A receipt that was made out was made out today at the latest."""

    def __init__(self, day: date, today: date) -> None:
        super().__init__(
            f"an official receipt of {day} can't be on record on {today}: that day is still to "
            "come; write the day that is printed on it"
        )


class ReasonToWaiveUnknown(Refused):
    """A donor takes no receipt for one of two reasons."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"reason {reason!r} is none of {', '.join(WAIVERS)}")


class WaivedAlready(Refused):
    """A receipt is waived once."""

    def __init__(self, gift: str, reason: str) -> None:
        super().__init__(f"the receipt of {gift} is waived already ({reason})")


def reverse(
    receipt: Receipt,
    red: ReceiptNumber,
    reason: str,
    note: str,
    reversed_on: date,
    at: datetime,
) -> RedReceiptMadeOut:
    """Decide that a receipt is void, by a red one with a number of its own (rules 3.7)."""
    typed, told = correction(reason, note)
    _check_stands(receipt)
    if receipt.paper is not None:
        raise PaperStillOut(receipt.paper)
    return RedReceiptMadeOut(
        originator_id=stream(receipt.code, receipt.number),
        originator_version=receipt.version + 1,
        timestamp=at,
        actor=receipt.organisation,
        organisation=receipt.organisation,
        code=receipt.code,
        number=receipt.number,
        red=red,
        gifts=receipt.gifts,
        amount=receipt.amount,
        reversed_on=reversed_on,
        reason=typed,
        note=told,
    )


def exchange(receipt: Receipt, paper: ReceiptNumber, on: date, at: datetime) -> ReceiptExchanged:
    """Decide that a paper receipt stands in place of the electronic one (domain rules 3.6)."""
    numbered(paper.code, paper.number)
    _check_stands(receipt)
    if receipt.paper is not None:
        raise PaperStillOut(receipt.paper)
    if paper == ReceiptNumber(code=receipt.code, number=receipt.number):
        raise PaperIsTheReceipt(paper)
    return ReceiptExchanged(
        originator_id=stream(receipt.code, receipt.number),
        originator_version=receipt.version + 1,
        timestamp=at,
        actor=receipt.organisation,
        organisation=receipt.organisation,
        code=receipt.code,
        number=receipt.number,
        paper=paper,
        exchanged_on=on,
    )


def take_back(receipt: Receipt, on: date, at: datetime) -> PaperTakenBack:
    """Decide that the paper receipt came back and is void; the electronic one stands alone."""
    if receipt.paper is None:
        raise PaperNotOut(receipt.code, receipt.number)
    return PaperTakenBack(
        originator_id=stream(receipt.code, receipt.number),
        originator_version=receipt.version + 1,
        timestamp=at,
        actor=receipt.organisation,
        organisation=receipt.organisation,
        code=receipt.code,
        number=receipt.number,
        paper=receipt.paper,
        taken_on=on,
    )


def record_official(
    receipt: Receipt,
    official: ReceiptNumber,
    issued_on: date,
    sealed: tuple[str, ...],
    at: datetime,
) -> OfficialReceiptRecorded:
    """Decide that the finance authority made out its own e-receipt for this one, by today."""
    numbered(official.code, official.number)
    _check_stands(receipt)
    if receipt.official is not None:
        raise OfficialAlreadyRecorded(receipt.official)
    if issued_on > day_in_china(at):
        raise OfficialDayToCome(issued_on, day_in_china(at))
    return OfficialReceiptRecorded(
        originator_id=stream(receipt.code, receipt.number),
        originator_version=receipt.version + 1,
        timestamp=at,
        actor=receipt.organisation,
        organisation=receipt.organisation,
        code=receipt.code,
        number=receipt.number,
        official=official,
        issued_on=issued_on,
        sealed=sealed,
    )


def waive(gift: Gift, reason: str, at: datetime) -> GiftReceiptWaived:
    """Decide that a gift's donor takes no receipt (慈善法 art. 38; domain rules 3.5)."""
    if reason not in WAIVERS:
        raise ReasonToWaiveUnknown(reason)
    if gift.receipt is not None:
        raise AlreadyReceipted(*gift.receipt)
    if gift.waived is not None:
        raise WaivedAlready(gift.id, gift.waived)
    return GiftReceiptWaived(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        reason=reason,
    )


def _check_stands(receipt: Receipt) -> None:
    if receipt.red is not None:
        raise ReceiptDoesNotStand(receipt.code, receipt.number)
