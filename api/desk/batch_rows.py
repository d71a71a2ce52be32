"""Reads what was typed into a batch as the lists of an import are read: nothing is guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from api.desk.batches import Batch, Row
from api.desk.choices import Pair
from api.imports.amounts import Unit, read_amount
from api.imports.cells import CellUnreadable, clean, half_width
from api.imports.dates import Period, read_date
from api.operations.batches import ROWS_MAX, BatchedGift, GiftBatch
from api.operations.fields import WORDS_MAX
from ledger.domain.control_totals import ControlTotals
from ledger.domain.gifts import LARGEST_MINOR
from ledger.errors import Refused
from ledger.money import Money

REFERENCE_MAX = 100
YUAN = Unit()
Found = TypeVar("Found")


class RowsUnreadable(Refused):
    """Rows of a batch can't be recorded as they stand."""

    def __init__(self, wrong: int) -> None:
        super().__init__(f"有 {wrong} 处填写需要更正 (what is marked must be put right: {wrong})")


class NothingKeyed(Refused):
    """A batch without a row is none."""

    def __init__(self) -> None:
        super().__init__("还没有录入捐款 (no gift is keyed yet)")


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A row that is not blank: its place in the grid from 1, the gift, or what is wrong by cell."""

    place: int
    row: Row
    gift: BatchedGift | None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def amount(self) -> Money | None:
        """What it gives, if that can be read."""
        return Money.parse(self.gift.amount) if self.gift else None


@dataclass(frozen=True, slots=True)
class ReadBatch:
    """A batch as it reads: its control totals if they can be read, its rows, what is wrong."""

    batch: Batch
    expected: ControlTotals | None
    errors: Mapping[str, str]
    rows: tuple[ReadRow, ...]

    @property
    def found(self) -> ControlTotals:
        """What the rows that can be read come to."""
        return ControlTotals.of([one.amount for one in self.rows if one.amount], "CNY")

    @property
    def wrong(self) -> tuple[ReadRow, ...]:
        """The rows that can't be recorded."""
        return tuple(one for one in self.rows if one.gift is None)

    def body(self) -> GiftBatch:
        """Return what the operation is asked with; refuse a batch with anything unreadable."""
        if self.errors or self.wrong:
            raise RowsUnreadable(len(self.errors) + sum(len(one.errors) for one in self.wrong))
        if not self.rows:
            raise NothingKeyed
        assert self.expected is not None, "else there would be an error"
        return GiftBatch(
            fund=self.batch.fund,
            count=self.expected.count,
            total=self.expected.amount.decimal(),
            gifts=[one.gift for one in self.rows if one.gift],
        )


class _Reading:
    """Reads cells one by one, and notes why one can't be read."""

    def __init__(self) -> None:
        self.errors: dict[str, str] = {}

    def __call__(self, name: str, read: Callable[[], Found]) -> Found | None:
        try:
            return read()
        except CellUnreadable as error:
            self.errors[name] = str(error)
            return None


def read(batch: Batch) -> ReadBatch:
    """Read a batch; a row's day may leave out the year or month that the batch's day has."""
    reading = _Reading()
    day = reading("received_on", lambda: read_date(batch.received_on))
    count = reading("count", lambda: _count(batch.count))
    total = reading("total", lambda: _amount(batch.total, LARGEST_MINOR * ROWS_MAX))
    reference = reading("reference", lambda: _words(batch.reference, REFERENCE_MAX))
    reading("fund", lambda: _chosen(batch.fund))
    rows = tuple(
        _row(place, row, day, reference or "")
        for place, row in enumerate(batch.rows, 1)
        if not row.blank
    )
    expected = ControlTotals(count, total) if count and total else None
    return ReadBatch(batch, expected, reading.errors, rows)


def _row(place: int, row: Row, day: date | None, reference: str) -> ReadRow:
    reading = _Reading()
    period = Period(day.year, day.month) if day else None
    on = reading("received_on", lambda: read_date(row.received_on, period))
    donor = reading("donor", lambda: _words(row.donor, WORDS_MAX))
    amount = reading("amount", lambda: _amount(row.amount, LARGEST_MINOR))
    note = reading("note", lambda: _words(row.note, WORDS_MAX - REFERENCE_MAX - 2))
    if reading.errors or amount is None:
        return ReadRow(place, row, None, reading.errors)
    told = "; ".join(filter(None, (reference, note)))
    gift = BatchedGift(
        received_on=on or day, donor=donor or None, amount=amount.decimal(), note=told or None
    )
    return ReadRow(place, row, gift)


def _amount(cell: str, most: int) -> Money:
    amount = read_amount(cell, YUAN)
    if amount.currency != YUAN.currency:
        raise CellUnreadable("本批只录人民币，外币请单独登记 (a batch is in yuan)")
    if amount.minor > most:
        raise CellUnreadable("金额过大，请核对单位 (too large, look at its unit)")
    return amount


def _count(cell: str) -> int:
    digits = half_width(clean(cell))
    if not (digits.isascii() and digits.isdigit() and 0 < int(digits[:9]) <= ROWS_MAX):
        raise CellUnreadable(f"请填 1 至 {ROWS_MAX} 的整数 (a whole number from 1 to {ROWS_MAX})")
    return int(digits)


def _words(cell: str, most: int) -> str:
    words = clean(cell)
    if len(words) > most:
        raise CellUnreadable(f"不超过 {most} 个字 (at most {most} characters)")
    return words


def _chosen(cell: str) -> str:
    if not cell:
        raise CellUnreadable("请选择资金 (choose a fund)")
    return cell


def both(reason: str) -> Pair:
    """Part a reason in Chinese, with the English in brackets behind it, into the two."""
    chinese, bracket, english = reason.rpartition(" (")
    return (chinese, english.removesuffix(")")) if bracket else (reason, reason)
