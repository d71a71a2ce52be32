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


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptNumber:
    """A receipt's code and number, which together are unique (domain rules 3.3)."""

    code: str
    number: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptLimitSet(Event):
    """How many unused numbers of a code an organisation may hold (财综〔2024〕1号 art. 11)."""

    TOPIC: ClassVar[str] = "receipt-limit-set.v1"

    organisation: str
    code: str
    unused_max: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptNumbersLost(Event):
    """Blank numbers, first to last, will never be drawn: their organisation reports why.

    `reason` is "lost", "spoiled" or "handed-back"; `announced` names the public notice of a loss.
    """

    TOPIC: ClassVar[str] = "receipt-numbers-lost.v1"

    organisation: str
    code: str
    first: int
    last: int
    reason: str
    note: str
    announced: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptLine:
    """What a receipt says of one gift: how much of it, and of which day.

    `eligible` tells whether gifts to the issuer could be deducted on that day, `notice` why;
    `withheld` is the part that is sponsorship, which stands on no receipt.
    """

    gift: str
    amount: Money
    gift_on: date
    eligible: bool
    notice: str | None
    withheld: Money | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptMadeOut(Event):
    """捐赠票据: what a receipt says, of one gift or of a donor's gifts of a year.

    `kind` is "single", "annual" or "joint". The `payer` seals name and check code, and where they
    were given address and taxpayer number; `digests` seal, for a joint receipt, who gave how much.
    `area` is the place code of the target area it names; `replaces` a receipt that a red one
    reversed; `held` says why it is kept on file: "anonymous" or "declined".
    """

    TOPIC: ClassVar[str] = "receipt-made-out.v1"

    organisation: str
    code: str
    number: str
    kind: str
    lines: tuple[ReceiptLine, ...]
    amount: Money
    payer: Party
    digests: tuple[str, ...]
    issued_on: date
    area: str | None
    replaces: ReceiptNumber | None
    held: str | None
    specimen: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RedReceiptMadeOut(Event):
    """红字票据: the receipt of this stream is void, all of it; `red` is the number of the red one.

    A part that is kept is receipted anew (domain rules 3.7).
    """

    TOPIC: ClassVar[str] = "red-receipt-made-out.v1"

    organisation: str
    code: str
    number: str
    red: ReceiptNumber
    gifts: tuple[str, ...]
    amount: Money
    reversed_on: date
    reason: str
    note: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptExchanged(Event):
    """换开纸质票据: a paper receipt stands in place of the electronic one (domain rules 3.6)."""

    TOPIC: ClassVar[str] = "receipt-exchanged.v1"

    organisation: str
    code: str
    number: str
    paper: ReceiptNumber
    exchanged_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperTakenBack(Event):
    """The paper receipt came back and is void; the electronic one stands alone again."""

    TOPIC: ClassVar[str] = "paper-taken-back.v1"

    organisation: str
    code: str
    number: str
    paper: ReceiptNumber
    taken_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class OfficialReceiptRecorded(Event):
    """The finance authority's own e-receipt for this one; its check code is sealed."""

    TOPIC: ClassVar[str] = "official-receipt-recorded.v1"

    organisation: str
    code: str
    number: str
    official: ReceiptNumber
    issued_on: date
    sealed: tuple[str, ...]
