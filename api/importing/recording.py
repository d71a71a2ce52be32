"""Records what a file holds: rows known before are counted, not recorded again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

from api.importing import described
from api.importing.checks import check_statements
from api.importing.matching import lookalikes
from api.importing.orders import Imported, Order, Row, UnclearRow
from api.imports.files import read
from api.imports.goods_rows import GoodsRow, GoodsTable
from api.imports.rows import MoneyRow, MoneyTable, SourceFile
from api.wiring import House
from api.words import in_words
from ledger.application import PayOut, ReceiveGift, ReceiveGoods
from ledger.domain.gifts import LARGEST_MINOR
from ledger.domain.values import Source
from ledger.engine import Conflict
from ledger.errors import Refused, Unreadable
from ledger.money import Money

BATCH = 1000
"""Rows recorded in one commit: an interrupted import loses none, and goes on where it was."""

MONTHS = re.compile(r"(?:([0-9]{4})年)?([0-9]{1,2})月(?:([0-9]{1,2})日)?")
PAYING = ("payments", "goods-issued")

Named = tuple[Row, Source]
Table = MoneyTable | GoodsTable
Progress = Callable[[int], None]


class NoRows(Unreadable):
    """A file has a header and nothing below it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: there is a header, but no row of a gift or payment below it")


def open_file(path: Path, order: Order, called: str | None = None) -> SourceFile:
    """Read a file whole before anything of it is recorded; it may be `called` by another name."""
    file = read(path, order.kind, order.date_given, order.mapping, called)
    if not any(t.rows or t.rejected for t in file.tables):
        raise NoRows(file.path)
    if not order.despite_breaks:
        check_statements(file)
    return file


def record(house: House, file: SourceFile, order: Order, progress: Progress) -> list[Imported]:
    """Record the tables of a file; `progress` is told how many rows are done.

    Returns one report for each kind of table in it. One file of a charity at a time: of two
    lists that overlap, the second must see the first.
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


def preview(house: House, file: SourceFile, order: Order) -> list[tuple[Row, str, str]]:
    """Say of every row of a file what would become of it: new, known, unclear or refused."""
    shown: list[tuple[Row, str, str]] = []
    for number, table in enumerate(file.tables, 1):
        report = Imported(file.path, file.sha256, table.kind)
        named = _named(house, file, number, table, order, report)
        known = house.sources.known([source.identity for _, source in named])
        unclear = _unclear(house, table, named, known, order)
        for row, source in named:
            status = "known" if source.identity in known else "new"
            gift = unclear.get(source.identity, "")
            shown.append((row, "unclear" if gift else status, gift))
    return shown


def _record_table(
    house: House,
    file: SourceFile,
    number: int,
    table: Table,
    order: Order,
    report: Imported,
    progress: Progress,
) -> None:
    report.rejected += table.rejected
    if isinstance(table, MoneyTable):
        _warn_of_total(table, report)
    named = _named(house, file, number, table, order, report)
    already = report.already
    for first in range(0, len(named), BATCH):
        _record_batch(house, table, named[first : first + BATCH], order, report)
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
    house: House, file: SourceFile, number: int, table: Table, order: Order, report: Imported
) -> list[Named]:
    """Give every row its identity; hand back those that can't be told from another."""
    period = period_of(file, table)
    rows: Sequence[Row] = table.rows
    identities = house.sources.identify(
        order.charity, [(r.serial, described.said_by(r, table.kind, period)) for r in rows]
    )
    named: list[Named] = []
    met: dict[str, Row] = {}
    for row, identity in zip(rows, identities, strict=True):
        if table.kind == "gifts" and isinstance(row, MoneyRow) and row.amount.minor > LARGEST_MINOR:
            report.refuse(row, "金额过大，请核对单位 (too large, look at its unit)")
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
            report.refuse(row, reason)
    return named


def period_of(file: SourceFile, table: Table) -> str:
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


def _unclear(
    house: House, table: Table, named: Sequence[Named], known: dict[str, str], order: Order
) -> dict[str, str]:
    """Return the rows that only a person can tell from a gift of another list, by identity."""
    if table.kind != "gifts":
        return {}
    fresh = [
        (row, source)
        for row, source in named
        if isinstance(row, MoneyRow)
        and source.identity not in known
        and f"{row.sheet}!{row.row}" not in order.decided
    ]
    return lookalikes(house, order.charity, fresh)


def _record_batch(
    house: House, table: Table, batch: Sequence[Named], order: Order, report: Imported
) -> None:
    """Record what is new of a batch; who else records the same rows meanwhile is noticed."""
    for _ in range(8):
        known = house.sources.known([source.identity for _, source in batch])
        unclear = _unclear(house, table, batch, known, order)
        kept_out = known | {
            source.identity: source.content
            for row, source in batch
            if source.identity in unclear and becomes(row, order) != "record"
        }
        fresh = [named for named in batch if named[1].identity not in kept_out]
        try:
            refused = _record_fresh(house, table.kind, fresh, order)
        except Conflict:
            continue
        break
    else:
        raise Conflict(order.fund)
    for row, source in batch:
        if known.get(source.identity, source.content) != source.content:
            refused[source.identity] = "此交易单号已用于另一笔 (this number is another gift's)"
        if source.identity in refused:
            report.refuse(row, refused[source.identity])
            continue
        if source.identity in unclear and _hold(row, unclear[source.identity], order, report):
            continue
        lines = 1 + (row.joined if isinstance(row, GoodsRow) else 0)
        settled = source.identity in known or (
            source.identity in unclear and becomes(row, order) == "skip"
        )
        report.already += lines * settled
        report.recorded += lines * (not settled)
        report.count(row)


def becomes(row: Row, order: Order) -> str:
    """Return what becomes of an unclear row: what was decided of it, else of all such rows."""
    return "skip" if f"{row.sheet}!{row.row}" in order.skipped else order.unclear


def _hold(row: Row, gift: str, order: Order, report: Imported) -> bool:
    """Point out a row that looks like a gift from another list; tell whether it has to wait."""
    held = becomes(row, order) == "hold"
    reason = (
        f"与另一份名单中的捐赠 {gift} 的捐赠人、金额、日期相同，请人工判断 "
        "(same donor, amount and day as a gift from another list)"
    )
    if becomes(row, order) != "skip":
        report.unclear.append(UnclearRow(row.sheet, row.row, gift, reason, row.content, held))
    return held


def _record_fresh(house: House, kind: str, fresh: Sequence[Named], order: Order) -> dict[str, str]:
    """Record rows; return the reasons of those that a rule refused, by identity."""
    refused: dict[str, str] = {}
    ready: list[tuple[str, ReceiveGift | ReceiveGoods | PayOut]] = []
    describe = described.payment if kind in PAYING else described.gift
    for row, source in fresh:
        try:
            ready.append((source.identity, describe(row, source, order)))
        except Refused as refusal:
            refused[source.identity] = in_words(refusal)
    outcomes = _recorded(house, kind, [what for _, what in ready], order) if ready else []
    for (identity, _), outcome in zip(ready, outcomes, strict=True):
        if isinstance(outcome, Refused):
            refused[identity] = in_words(outcome)
    return refused


def _recorded(
    house: House,
    kind: str,
    ready: Sequence[ReceiveGift | ReceiveGoods | PayOut],
    order: Order,
) -> list[str | Refused]:
    if kind in PAYING:
        return house.ledger.disbursements.pay_out(
            order.charity,
            order.fund,
            [one for one in ready if isinstance(one, PayOut)],
            order.proposed_by,
            order.approved_by,
            from_stock=kind == "goods-issued",
        )
    gifts = [one for one in ready if not isinstance(one, PayOut)]
    return house.ledger.gifts.receive_listed(order.charity, order.fund, gifts)
