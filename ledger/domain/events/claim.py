"""Facts of the tax bureau: receipts deducted, released, checked; notices when one is void."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.events.receipt import ReceiptNumber
from ledger.domain.values import Party
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptClaimed(Event):
    """A taxpayer deducted `amount` of this receipt in a tax year.

    `taxpayer` seals name and number; `token` is a keyed digest of receipt and number (of receipt
    and member's name for a joint one), so that the same taxpayer is known again here, and nowhere
    else. `officer` is a role.
    """

    TOPIC: ClassVar[str] = "receipt-claimed.v1"

    code: str
    number: str
    claim: str
    taxpayer: Party
    token: str
    year: int
    amount: Money
    officer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimReleased(Event):
    """A deduction was taken back; its amount can be claimed again."""

    TOPIC: ClassVar[str] = "claim-released.v1"

    code: str
    number: str
    claim: str
    reason: str
    officer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimNoticeRaised(Event):
    """A receipt became void that was deducted: the tax bureau has to correct `amount`.

    Recorded in the commit of the red receipt, by the organisation that made it out.
    """

    TOPIC: ClassVar[str] = "claim-notice-raised.v1"

    code: str
    number: str
    claim: str
    amount: Money
    year: int
    red: ReceiptNumber
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ClaimNoticeSettled(Event):
    """The tax bureau has corrected what a notice told of; `outcome` says how."""

    TOPIC: ClassVar[str] = "claim-notice-settled.v1"

    code: str
    number: str
    claim: str
    outcome: str
    officer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckCount:
    """How many receipts of one check had a result."""

    result: str
    receipts: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptsChecked(Event):
    """An officer checked receipts: how many, with what results, under which rules.

    `sheet` is the SHA-256 (hex) of the result sheet, `rules` of the rule table, `status` of the
    status list that was used, if one was (domain rules 3.9, check 10).
    """

    TOPIC: ClassVar[str] = "receipts-checked.v1"

    officer: str
    results: tuple[CheckCount, ...]
    sheet: str
    rules: str
    status: str | None
