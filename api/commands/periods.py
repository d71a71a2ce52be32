"""Commands of accountants: close the books, export a period, ask what changed since."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from hashlib import file_digest
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from rich.table import Table

from api.answers import Answer, facts, table
from api.arguments import Commands, command, day, group, number
from api.commands.asking import as_of, shortened, stamp
from api.commands.founding import home_of
from api.statement_files import KINDS, heading, write_csv, write_xlsx
from api.times import rfc3339
from api.units import unit_words
from api.wiring import House
from ledger.domain.goods import amount_of
from ledger.errors import Refused, Unreadable
from ledger.money import Money
from ledger.store.durable import atomically
from projections import journal_queries
from projections.journal import JOURNAL
from projections.journal_queries import AccountSum, Close, Row, Span
from projections.runner import LAST

ROWS_SHOWN = 40


class PeriodOpen(Refused):
    """Days that are still open can change."""

    def __init__(self, last: date, closed: date | None) -> None:
        known = f"closed up to {closed}" if closed else "not closed yet"
        super().__init__(
            f"the books are {known}, so {last} can still change; close it first (period close), "
            "or add --open for a preview that says so"
        )


class DaysReversed(Unreadable):
    """A statement ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"--from {first} is after --to {last}")


class FileKindUnknown(Unreadable):
    """A statement is written as CSV or as a spreadsheet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: name a file that ends with .csv or .xlsx")


def declare(commands: Commands) -> None:
    """Declare the commands on accounting periods."""
    period = group(commands, "period", "账期 accounting periods")
    closing = command(period, "close", close, writes=True)
    closing.add_argument("uscc", metavar="USCC")
    closing.add_argument("day", type=day, metavar="DAY", help="the last day of the period")
    closing.add_argument("--by", required=True, metavar="ROLE")
    listing = command(period, "list", show_closes)
    listing.add_argument("uscc", metavar="USCC")
    out = command(period, "export", export, writes=True)
    out.add_argument("uscc", metavar="USCC")
    out.add_argument("out", type=Path, metavar="OUT.csv|OUT.xlsx")
    out.add_argument("--from", dest="first", type=day, metavar="DAY", help="the period's first day")
    out.add_argument("--to", dest="last", type=day, required=True, metavar="DAY")
    out.add_argument("--open", action="store_true", help="days that are not closed, too")
    since = command(period, "changes", changes)
    since.add_argument("uscc", metavar="USCC")
    since.add_argument("--since", type=number, metavar="LEAF", help="rows after this entry")
    since.add_argument("--until", type=number, metavar="LEAF", help="rows up to this entry")


def close(args: Namespace) -> Answer:
    """Close a charity's books up to a day; what comes later goes to the next period."""
    with home_of(args) as home:
        home.ledger.streams.charity(args.uscc)
        home.runner.catch_up()
        with home.runner.reading(JOURNAL) as (_, seen):
            pass
        new = home.ledger.periods.close(args.uscc, args.day, seen.size, args.by)
        home.publish()
        days = journal_queries.span(home.runner, args.uscc, args.day)
        size = days.close.size if days.close else LAST
        counts: Counter[str] = Counter(rows=0, late=0, unseen=0)
        reading = journal_queries.reading_rows(home.runner, args.uscc, days.first, days.last)
        with reading as (rows, position):
            sums = journal_queries.trial_balance(_counted(rows, size, counts))
    data: dict[str, object] = {
        "uscc": args.uscc,
        "from": _iso(days.first),
        "to": args.day.isoformat(),
        "closed_by": days.close.closed_by if days.close else args.by,
        "seen": days.close.size if days.close else seen.size,
        "new": new,
        **counts,
        "income": _income(sums),
        "as_of": as_of(position),
    }
    shown = [facts("结账 period closed", data), _account_table(sums)]
    return Answer(data | {"accounts": _accounts(sums)}, shown, lines=[stamp(position)])


def _counted(rows: Iterable[Row], size: int, counts: Counter[str]) -> Iterator[Row]:
    """Yield rows, and count them: all, the late ones, those that a log of `size` did not hold."""
    for row in rows:
        counts["rows"] += 1
        counts["late"] += row.late
        counts["unseen"] += row.leaf >= size
        yield row


def show_closes(args: Namespace) -> Answer:
    """List the periods that a charity has closed."""
    with home_of(args) as home:
        home.ledger.streams.charity(args.uscc)
        home.runner.catch_up()
        found = journal_queries.closes(home.runner, args.uscc)
    columns = ("至 to", "序号 leaf>", "经手 by", "时间 time")
    rows = [(c.last_day, c.leaf, c.closed_by, rfc3339(c.time)) for c in found]
    return Answer(
        [_close_json(c) for c in found], [table("已结账期 closed periods", columns, rows)]
    )


def export(args: Namespace) -> Answer:
    """Write the rows booked in a closed period as CSV or a spreadsheet, always the same bytes."""
    if args.first and args.first > args.last:
        raise DaysReversed(args.first, args.last)
    if args.out.suffix.lower() not in (".csv", ".xlsx"):
        raise FileKindUnknown(args.out)
    with home_of(args) as home:
        home.ledger.streams.charity(args.uscc)
        home.runner.catch_up()
        days = journal_queries.span(home.runner, args.uscc, args.last, args.first)
        if days.close is None and not args.open:
            known = journal_queries.closes(home.runner, args.uscc)
            raise PeriodOpen(args.last, known[-1].last_day if known else None)
        with TemporaryFile() if args.dry_run else atomically(args.out) as out:
            count, stamped = _write_statement(home, args.uscc, days, args.out.suffix.lower(), out)
            out.seek(0)
            digest = file_digest(out, "sha256").hexdigest()
    data: dict[str, object] = {
        "path": str(args.out),
        "sha256": digest,
        "uscc": args.uscc,
        "from": _iso(days.first),
        "to": days.last.isoformat(),
        "state": "closed" if days.close else "open",
        "closed": _close_json(days.close) if days.close else None,
        "rows": count,
        "as_of": stamped,
    }
    return Answer(data, [facts("序时账 journal", data)])


def _write_statement(
    home: House, uscc: str, days: Span, suffix: str, out: BinaryIO
) -> tuple[int, dict[str, object]]:
    """Write a statement; return how many rows it has, and the stamp of what was read."""
    reading = journal_queries.reading_rows(home.runner, uscc, days.first, days.last)
    with reading as (rows, position):
        head = heading(uscc, days, position)
        if suffix == ".csv":
            count = write_csv(out, head, rows)
        else:
            made = days.close.time if days.close else position.time
            count = write_xlsx(out, head, rows, made or datetime(2000, 1, 1, tzinfo=UTC))
    return count, as_of(position)


def changes(args: Namespace) -> Answer:
    """Say what was booked after an entry of the log, with the cursor to go on from."""
    with home_of(args) as home:
        home.ledger.streams.charity(args.uscc)
        home.runner.catch_up()
        found, cursor, position = journal_queries.changes(
            home.runner, args.uscc, args.since, args.until
        )
    data = {
        "uscc": args.uscc,
        "since": args.since,
        "cursor": cursor,
        "rows": [row_json(row) for row in found],
        "as_of": as_of(position),
    }
    lines = [f"下次从此接续 go on with: --since {cursor}", stamp(position)]
    if len(found) > ROWS_SHOWN:
        lines.insert(
            0, f"另有 {len(found) - ROWS_SHOWN} 行未显示，--json 可见全部 (more with --json)"
        )
    return Answer(data, [_row_table(found[:ROWS_SHOWN])], lines=lines)


def row_json(row: Row) -> dict[str, object]:
    """Return a row of the journal for scripts; money as decimal strings."""
    return {
        "leaf": row.leaf,
        "line": row.line,
        "kind": row.kind,
        "id": row.id,
        "fund": row.fund,
        "unit": row.unit,
        "amount": amount_of(row.amount, row.unit).decimal(),
        "day": row.day.isoformat(),
        "booked_on": row.booked_on.isoformat(),
        "late": row.late,
        "cost_class": row.cost_class,
        "counterpart": row.counterpart,
        "corrects": row.corrects,
        "debit": row.debit,
        "credit": row.credit,
        "value": None if row.value is None else Money(row.value).decimal(),
        "value_debit": row.value_debit,
        "value_credit": row.value_credit,
    }


def _row_table(found: Sequence[Row]) -> Table:
    columns = ("序号 leaf>", "入账 booked", "归属 day", "类别 kind", "编号 id", "金额 amount>",
               "单位 unit", "借 debit", "贷 credit")  # fmt: skip
    rows = [
        (
            r.leaf,
            r.booked_on,
            f"{r.day}{' 补记' if r.late else ''}",
            KINDS[r.kind],
            shortened(r.id),
            amount_of(r.amount, r.unit).grouped(),
            unit_words(r.unit),
            r.debit,
            r.credit,
        )
        for r in found
    ]
    return table("新入账 changes", columns, rows)


def _account_table(found: Iterable[AccountSum]) -> Table:
    columns = ("科目 account", "单位 unit", "借方 debit>", "贷方 credit>")
    rows = [
        (s.account, unit_words(s.unit), amount_of(s.debit, s.unit).grouped(),
         amount_of(s.credit, s.unit).grouped())
        for s in found
    ]  # fmt: skip
    return table("科目汇总 by account", columns, rows)


def _accounts(found: Iterable[AccountSum]) -> list[dict[str, str]]:
    return [
        {
            "account": s.account,
            "unit": s.unit,
            "debit": amount_of(s.debit, s.unit).decimal(),
            "credit": amount_of(s.credit, s.unit).decimal(),
        }
        for s in found
    ]


def _income(sums: Iterable[AccountSum]) -> dict[str, str]:
    income = journal_queries.income(sums)
    return {unit: amount_of(minor, unit).decimal() for unit, minor in sorted(income.items())}


def _close_json(found: Close) -> dict[str, object]:
    return {
        "leaf": found.leaf,
        "to": found.last_day.isoformat(),
        "closed_by": found.closed_by,
        "seen": found.size,
        "time": rfc3339(found.time),
    }


def _iso(known: date | None) -> str | None:
    return known.isoformat() if known else None
