"""What a person reads on a receipt, as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from ledger.errors import Refused
from ledger.money import Money
from receipts import labels
from receipts.labels import NOT_STATE_FORM, SPECIMEN_USE, Label
from receipts.words import rmb_words

__all__ = [
    "NOT_STATE_FORM", "SPECIMEN_USE", "AmountNotInCny", "Label", "Page", "PageLine",
    "RedReceiptUnclear", "written_date", "written_days",
]  # fmt: skip

LINES_MAX = 40
"""Lines printed on a receipt; of more, the last row gives number and sum of the rest."""

MEMBERS_MAX = 60
"""Members of a joint receipt printed on it; of more, the attachment holds the list."""

NEGATIVE_WORDS = "（负数）"
NO_CHECK_CODE = "—"
"""Printed on a red receipt, which has no check code of its own."""


class AmountNotInCny(Refused):
    """A receipt is booked in yuan; another currency belongs in `original`."""

    def __init__(self, amount: Money) -> None:
        super().__init__(f"a receipt's amount is in CNY, not {amount}: name that as the original")


class RedReceiptUnclear(Refused):
    """A red receipt's amount is not below zero, or it does not say what it reverses."""

    def __init__(self) -> None:
        super().__init__("a red receipt has an amount below zero and names the one it reverses")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """One row of the table of 财综〔2024〕1号 art. 6; `amount` is in CNY, `gift_on` may be told."""

    code: str
    name: str
    unit: str
    quantity: str
    standard: str
    amount: Money | None
    gift_on: date | None = None

    def __post_init__(self) -> None:
        """Refuse an amount that is not in yuan."""
        if self.amount and self.amount.currency != "CNY":
            raise AmountNotInCny(self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything a person reads on one receipt (财综〔2024〕1号 art. 6; domain rules 3.2, 3.3).

    `item` is printed as the one row when there are no `lines`. `replaces` is code and number of
    the receipt that this one cancels; a `red` receipt reverses it, its amount is below zero, and
    `qr` is that of the receipt it reverses. `gift_until` is the last day of several. A `void` or
    `exchanged` receipt says so across the page, and in its remark by which number. `link` is the
    address at which anybody can follow where the gift went, in ASCII; None where there is none.
    """

    code: str
    number: str
    check_code: str
    issued_on: date
    payer: str
    recipient: str
    recipient_uscc: str
    gift_on: date
    item: str
    fund: str
    amount: Money
    original: str | None
    remark: str
    eligibility: str
    handler: str
    origin: str
    leaf: int
    log_size: int
    event_hash: str
    qr: str
    specimen: bool
    payer_address: str | None = None
    payer_uscc: str | None = None
    lines: tuple[PageLine, ...] = ()
    members: tuple[tuple[str, Money], ...] = ()
    area: str | None = None
    replaces: str | None = None
    copy: bool = False
    held: str | None = None
    withheld: Money | None = None
    official: str | None = None
    red: bool = False
    gift_until: date | None = None
    void: bool = False
    exchanged: bool = False
    link: str | None = None

    def __post_init__(self) -> None:
        """Refuse an amount that is not in yuan, and a red receipt that is not clear."""
        if self.amount.currency != "CNY":
            raise AmountNotInCny(self.amount)
        if self.red and not (self.amount < Money(0) and self.replaces):
            raise RedReceiptUnclear

    @property
    def marks(self) -> tuple[Label, ...]:
        """What the heading says besides: red, copy, specimen, void, exchanged for paper."""
        found = (
            (self.red, labels.RED), (self.copy, labels.COPY), (self.specimen, labels.SPECIMEN),
            (self.void, labels.VOID), (self.exchanged, labels.EXCHANGED),
        )  # fmt: skip
        return tuple(label for is_so, label in found if is_so)

    @property
    def title(self) -> Label:
        """The heading, which says when the receipt is red, a copy or only a specimen."""
        zh, en = labels.TITLE
        if self.marks:
            zh += f"（{'·'.join(mark.zh for mark in self.marks)}）"
            en += f" ({', '.join(mark.en.lower() for mark in self.marks)})"
        return Label(zh, en)

    @property
    def watermark(self) -> str:
        """What is printed across the page, if anything."""
        across = [mark for mark in self.marks if mark != labels.RED]
        return "".join(m.zh for m in across) + "".join(f" {m.en}" for m in across)

    @property
    def given(self) -> str:
        """The day of the gift, or the first and the last day of several."""
        return written_days(self.gift_on, self.gift_until or self.gift_on)

    @property
    def scan(self) -> Label:
        """What stands below the printed code: on a red receipt, whose code it is."""
        return labels.SCAN_REVERSED if self.red else labels.SCAN

    @property
    def amount_in_words(self) -> str:
        """The amount as 人民币 in capital words; （负数） stands before an amount below zero."""
        fen = self.amount.minor
        if self.red:
            return NEGATIVE_WORDS + rmb_words(-fen, prefixed=True)
        return rmb_words(fen, prefixed=True)

    @property
    def amount_in_figures(self) -> str:
        """The amount as ¥ with thousands separators and two decimals."""
        return f"¥{self.amount.grouped()}"

    @property
    def rows(self) -> tuple[PageLine, ...]:
        """The rows of the table: the lines, or one for the whole; at most `LINES_MAX`."""
        if not self.lines:
            return (PageLine(code="", name=self.item, unit="", quantity="", standard="",
                             amount=self.amount),)  # fmt: skip
        if len(self.lines) <= LINES_MAX:
            return self.lines
        shown, rest = self.lines[: LINES_MAX - 1], self.lines[LINES_MAX - 1 :]
        total = sum(line.amount.minor for line in rest if line.amount)
        name = f"{labels.REST.zh} {len(rest)} 笔，明细见附件 {len(rest)} {labels.REST.en}"
        return (*shown, PageLine(code="", name=name, unit="", quantity="", standard="",
                                 amount=Money(total)))  # fmt: skip

    @property
    def further(self) -> str:
        """What else is to be told: sponsorship, the fiscal authority's receipt, why it is held."""
        told = []
        if self.withheld:
            label, figures = labels.WITHHELD, self.withheld.grouped()
            told.append(f"{label.zh}：¥{figures} ({label.en})")
        if self.official:
            told.append(f"{labels.OFFICIAL.zh} {self.official} ({labels.OFFICIAL.en})")
        if self.held:
            told.append(self.held)
        return "；".join(told)

    @property
    def cancelling(self) -> str:
        """Which receipt this one cancels, in words."""
        label = labels.REVERSES if self.red else labels.REPLACES
        return f"{label.zh} {self.replaces} {label.en} {self.replaces}" if self.replaces else ""

    @property
    def proof(self) -> str:
        """Where the gift's event lies in the public log, and its digest."""
        return (
            f"{labels.LOG_ORIGIN.zh} {self.origin}　{labels.LEAF.zh} {labels.LEAF.en} {self.leaf}　"
            f"{labels.LOG_SIZE.zh} {labels.LOG_SIZE.en} {self.log_size}　"
            f"{labels.EVENT_HASH.zh} {labels.EVENT_HASH.en} {self.event_hash}"
        )


def written_date(day: date) -> str:
    """Write a day as people in China do: 2026年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def written_days(first: date, last: date) -> str:
    """Write a span of days, its year once if it is one: 2026年3月1日至7月1日."""
    if first == last:
        return written_date(first)
    until = f"{last.month}月{last.day}日" if first.year == last.year else written_date(last)
    return f"{written_date(first)}至{until}"
