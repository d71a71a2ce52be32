"""Records what a file holds: rows known before are counted, not recorded again."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from api.imports.files import read
from api.imports.rows import MoneyRow, MoneyTable, RejectedRow, SourceFile
from api.wiring import House
from api.words import in_words
from ledger.application import PayOut, ReceiveGift
from ledger.domain.gifts import LARGEST_MINOR
from ledger.domain.values import PLACE, Exchange, Source, exchange
from ledger.engine import Conflict
from ledger.errors import Refused, Unreadable
from ledger.money import PLACES, Money

BATCH = 1000
"""Rows recorded in one commit: an interrupted import loses none, and goes on where it was."""

MONTHS = re.compile(r"(?:([0-9]{4})年)?([0-9]{1,2})月(?:([0-9]{1,2})日)?")

Named = tuple[MoneyRow, Source]
Progress = Callable[[int], None]


class RateUnreadable(Unreadable):
    """An exchange rate on the command line is not of the form asked for."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"rate {text!r} can't be read; write CUR:RATE:PER:DATE:SOURCE, "
            "such as USD:6.9249:1:2020-02-03:PBOC"
        )


class NoRows(Unreadable):
    """A file has a header and nothing below it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: there is a header, but no row of a gift or payment below it")


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """How a file is to be recorded."""

    charity: str
    fund: str
    kind: str = "auto"
    date_given: date | None = None
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    proposed_by: str = "clerk"
    approved_by: str = "reviewer"


@dataclass(slots=True)
class Imported:
    """What became of a file's rows; `totals` are minor units of its valid rows by currency."""

    path: Path
    sha256: str
    kind: str = "gifts"
    recorded: int = 0
    already: int = 0
    unidentified: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    ignored: tuple[tuple[str, int, str], ...] = ()
    """Sheet, row and text of what was taken for a title, note, total or signature."""

    @property
    def rows(self) -> int:
        """How many rows the file's tables hold, refused ones included."""
        return self.recorded + self.already + len(self.rejected)

    def count(self, row: MoneyRow) -> None:
        """Add a valid row to the totals."""
        currency = row.amount.currency
        self.totals[currency] = self.totals.get(currency, 0) + row.amount.minor
        self.unidentified += row.party is None

    def as_json(self) -> dict[str, object]:
        """Return the object that the command line prints."""
        return {
            "file": str(self.path),
            "sha256": self.sha256,
            "kind": self.kind,
            "rows": self.rows,
            "recorded": self.recorded,
            "already": self.already,
            "unidentified": self.unidentified,
            "rejected": [
                {"sheet": r.sheet, "row": r.row, "reason": r.reason} for r in self.rejected
            ],
            "totals": {c: Money(minor, c).decimal() for c, minor in sorted(self.totals.items())},
            "warnings": self.warnings,
            "ignored": [{"sheet": s, "row": r, "text": t} for s, r, t in self.ignored],
        }


def open_file(path: Path, order: Order) -> SourceFile:
    """Read a file whole before anything of it is recorded."""
    kind = "payments" if order.kind == "disbursements" else order.kind
    file = read(path, kind, order.date_given)
    if not any(t.rows or t.rejected for t in file.tables):
        raise NoRows(path)
    return file


def record(house: House, file: SourceFile, order: Order, progress: Progress) -> list[Imported]:
    """Record the tables of a file; `progress` is told how many rows are done.

    Returns one report for its gifts and one for its payments, as far as it has them. One file of
    a charity at a time: of two lists that overlap, the second must see the first.
    """
    reports = {
        t.kind: Imported(file.path, file.sha256, t.kind, ignored=file.ignored) for t in file.tables
    }
    with house.database.alone(f"import {house.settings.schema} {order.charity}"):
        for number, table in enumerate(file.tables, 1):
            _record_table(house, file, number, table, order, reports[table.kind], progress)
    for report in reports.values():
        report.rejected.sort(key=lambda r: (r.sheet, r.row))
    return list(reports.values())


def _record_table(
    house: House,
    file: SourceFile,
    number: int,
    table: MoneyTable,
    order: Order,
    report: Imported,
    progress: Progress,
) -> None:
    report.rejected += table.rejected
    _warn_of_total(table, report)
    named = _named(house, file, number, table, order, report)
    already = report.already
    for first in range(0, len(named), BATCH):
        _record_batch(house, table.kind, named[first : first + BATCH], order, report)
        progress(min(BATCH, len(named) - first))
    undated = not any(row.serial or row.date_basis == "row" for row in table.rows)
    if undated and named and report.already - already == len(named):
        report.warnings.append(
            f"{table.sheet}: 与此前导入的一份名单相同，未重复入账；如确为另一批捐赠，"
            "请在表中注明日期 (the same list as before; give the rows of other gifts their dates)"
        )


def _warn_of_total(table: MoneyTable, report: Imported) -> None:
    stated, minor = table.stated_total, sum(r.amount.minor for r in table.rows)
    if stated is not None and not table.rejected and stated.minor != minor:
        found = Money(minor, table.currency)
        report.warnings.append(
            f"{table.sheet}: 表内合计 {stated} 与各行之和 {found} 不符 (the sheet's total differs)"
        )


def _named(
    house: House,
    file: SourceFile,
    number: int,
    table: MoneyTable,
    order: Order,
    report: Imported,
) -> list[Named]:
    period = period_of(file, table)
    identities = house.sources.identify(
        order.charity, [(r.serial, _said_by(r, table.kind, period)) for r in table.rows]
    )
    named: list[Named] = []
    met: dict[str, MoneyRow] = {}
    for row, identity in zip(table.rows, identities, strict=True):
        if table.kind == "gifts" and row.amount.minor > LARGEST_MINOR:
            reason = "金额过大，请核对单位 (too large, look at its unit)"
            report.rejected.append(RejectedRow(row.sheet, row.row, reason, row.content))
            continue
        first = met.setdefault(identity.identity, row)
        if first is row:
            source = Source(
                file=file.sha256,
                table=number,
                row=row.row,
                listing=identity.listing,
                identity=identity.identity,
                content=identity.content,
            )
            named.append((row, source))
        else:
            reason = f"交易单号与第 {first.row} 行重复 (same transaction number as row {first.row})"
            report.rejected.append(RejectedRow(row.sheet, row.row, reason, row.content))
    return named


def _said_by(row: MoneyRow, kind: str, period: str) -> tuple[str, ...]:
    """Return what a row says, whatever its place, number or format in the list."""
    day = row.date.isoformat() if row.date and row.date_basis == "row" else period
    told = (row.party, row.purpose, row.note, row.place)
    return (kind, str(row.amount), "" if row.serial else day, *(text or "" for text in told))


def period_of(file: SourceFile, table: MoneyTable) -> str:
    """Return the months and days that a list's tab or title names, so that months stay apart.

    A list up to a day (截至, 累计) grows and is published again: its title does not set it apart.
    """
    above = [
        text for sheet, row, text in file.ignored if sheet == table.sheet and row < table.header_row
    ]
    if any(word in text for text in above for word in ("截至", "截止", "累计", "累积")):
        return ""
    named = (MONTHS.findall(text) for text in (table.sheet, *above))
    marks = next((found for found in named if found), [])
    return ",".join("-".join(part for part in mark if part) for mark in marks)


def _record_batch(
    house: House, kind: str, batch: Sequence[Named], order: Order, report: Imported
) -> None:
    """Record what is new of a batch; who else records the same rows meanwhile is noticed."""
    for _ in range(8):
        known = house.sources.known([source.identity for _, source in batch])
        fresh = [n for n in batch if n[1].identity not in known]
        try:
            refused = _record_fresh(house, kind, fresh, order)
        except Conflict:
            continue
        break
    else:
        raise Conflict(order.fund)
    for row, source in batch:
        if known.get(source.identity, source.content) != source.content:
            refused[source.identity] = "此交易单号已用于另一笔 (this number is another gift's)"
        if source.identity in refused:
            reason = refused[source.identity]
            report.rejected.append(RejectedRow(row.sheet, row.row, reason, row.content))
            continue
        report.already += source.identity in known
        report.recorded += source.identity not in known
        report.count(row)


def _record_fresh(house: House, kind: str, fresh: Sequence[Named], order: Order) -> dict[str, str]:
    """Record rows; return the reasons of those that a rule refused, by identity."""
    if kind == "payments":
        outcomes = house.ledger.pay_out(
            order.charity,
            order.fund,
            [_payment(*n) for n in fresh],
            order.proposed_by,
            order.approved_by,
        )
        pairs = zip(fresh, outcomes, strict=True)
        return {n[1].identity: in_words(o) for n, o in pairs if isinstance(o, Refused)}
    house.ledger.receive_gifts(order.charity, order.fund, [_gift(*n, order) for n in fresh])
    return {}


def _gift(row: MoneyRow, source: Source, order: Order) -> ReceiveGift:
    given = order.date_given is not None and row.date_basis == "sheet"
    return ReceiveGift(
        amount=row.amount,
        donor=row.party,
        received_on=row.date,
        date_basis="given" if given else row.date_basis,
        exchange=order.exchanges.get(row.amount.currency),
        note="; ".join(t for t in (row.purpose, row.note) if t) or None,
        source=source,
    )


def _payment(row: MoneyRow, source: Source) -> PayOut:
    """Describe a payment; a place that is no code is kept with the purpose, in the vault."""
    code = row.place if row.place and PLACE.fullmatch(row.place) else None
    told = (row.purpose, row.note, None if code else row.place)
    return PayOut(
        payee=row.party or "",
        amount=row.amount,
        paid_on=row.date,
        purpose="; ".join(t for t in told if t) or None,
        place=code,
        source=source,
    )


def exchange_of(text: str) -> tuple[str, Exchange]:
    """Read a rate given as CUR:RATE:PER:DATE:SOURCE, such as USD:6.9249:1:2020-02-03:PBOC."""
    parts = text.split(":", 4)
    if len(parts) != 5 or parts[0] not in PLACES or parts[2] not in ("1", "100"):  # noqa: PLR2004 as above
        raise RateUnreadable(text)
    try:
        day = date.fromisoformat(parts[3])
    except ValueError:
        raise RateUnreadable(text) from None
    return parts[0], exchange(parts[1], int(parts[2]), parts[4], day)
