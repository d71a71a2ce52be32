"""Facts about receipt numbers and receipts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.values import Party
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptNumbersAllotted(Event):
    """The finance authority allots the numbers first to last of a code to an organisation."""

    TOPIC: ClassVar[str] = "receipt-numbers-allotted.v1"

    organisation: str
    code: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptNumbersDrawn(Event):
    """The organisation takes the next numbers, first to last, for the receipts issued with it."""

    TOPIC: ClassVar[str] = "receipt-numbers-drawn.v1"

    organisation: str
    code: str
    first: int
    last: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptIssued(Event):
    """捐赠票据: what the receipt says. The payer's name and the check code are sealed."""

    TOPIC: ClassVar[str] = "receipt-issued.v1"

    organisation: str
    code: str
    number: str
    gift: str
    payer: Party
    amount: Money
    issued_on: date
    gift_on: date
    eligible: bool
    notice: str | None
    specimen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptReversed(Event):
    """红字票据: the receipt of this stream is void; the red one bears a number of its own.

    `amount` is what the reversed receipt said, all of it (domain rules 3.7: a partial return
    reverses the whole, and a new receipt is made out for the part kept).
    """

    TOPIC: ClassVar[str] = "receipt-reversed.v1"

    organisation: str
    code: str
    number: str
    red_code: str
    red_number: str
    gift: str
    amount: Money
    reversed_on: date
    reason: str
    note: str
