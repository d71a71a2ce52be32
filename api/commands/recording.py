"""Commands that record: files of gifts and payments, receipts, erasure."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import partial
from io import BytesIO
from pathlib import Path

import xlsxwriter
from rich.table import Table

from api import importing
from api.answers import DONE, NOT_UNDERSTOOD, WRONG, Answer, progress, table
from api.arguments import Commands, command, day, number
from api.commands import mappings
from api.commands.founding import home_of
from api.importing import Imported, Order
from api.importing.checks import check_totals
from api.importing.lists import Lists
from api.importing.orders import worth_of
from api.imports.roles import Mapping
from api.imports.rows import SourceFile
from api.wiring import House
from ledger.application.people import Forgotten, Kept
from ledger.domain.days import day_in_china
from ledger.domain.disbursements import COST_CLASSES
from ledger.domain.retention import source_of
from ledger.domain.values import account
from ledger.errors import Refused, Unreadable
from ledger.money import Money
from ledger.store.durable import write_atomically

ROWS_SHOWN = 50
KINDS = ("auto", "gifts", "goods-received", "goods-issued", "payments", "disbursements")
STATUS = {"new": "新 new", "known": "已有 known", "unclear": "待判断 unclear",
          "refused": "退回 refused"}  # fmt: skip
KEPT = (
    {
        "what": "金额、日期、票据代码与号码 (amounts, dates, receipt codes and numbers)",
        "why": "会计凭证与票据存根依法保存，且不含个人信息 (accounting records must be kept by "
        "law; they hold no personal data)",
    },
    {
        "what": "已交付捐赠人的票据文件 (receipt files handed to the donor)",
        "why": "不在本账本之内 (they are not in this ledger)",
    },
)


class ErrorsFileUnusable(Unreadable):
    """The spreadsheet of refused rows can't be written where it was asked for."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path}: refused rows can't be written there ({why})")


class WhomToErase(Unreadable):
    """It is a person's data that is erased, or what has come due: one of the two."""

    def __init__(self) -> None:
        super().__init__("name the person to erase, or give --due alone for what has come due")


class LawfulTermNotOver(Refused):
    """What a law keeps can't be erased as of a day that has not come."""

    def __init__(self, on: date) -> None:
        super().__init__(
            f"--on {on} has not come yet: what a law keeps goes when its last day has passed; "
            "with --dry-run you see what will have come due by then"
        )


def declare(commands: Commands) -> None:
    """Declare the commands that take in files, and the one that forgets."""
    files = command(commands, "import", import_files, writes=True)
    files.add_argument("files", nargs="+", type=Path, metavar="FILE")
    files.add_argument("--charity", required=True, metavar="USCC")
    files.add_argument("--fund", required=True)
    files.add_argument("--kind", choices=KINDS, default="auto")
    files.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="refused rows come here")
    files.add_argument("--date", type=day, metavar="D", help="day of rows that have none")
    files.add_argument("--rate", action="append", default=[], metavar="CUR:RATE:PER:DATE:SOURCE")
    files.add_argument("--cost-class", choices=COST_CLASSES, default="charitable")
    files.add_argument("--preview", action="store_true", help="say of each row what it is: new, "
                       "known, unclear or refused; record nothing")  # fmt: skip
    files.add_argument("--unclear", choices=("record", "hold", "skip"), default="record",
                       help="rows like a gift from another list")  # fmt: skip
    files.add_argument("--record-row", action="append", default=[], metavar="SHEET!ROW",
                       help="an unclear row that is a gift of its own")  # fmt: skip
    files.add_argument("--show-mapping", action="store_true", help="how columns are understood")
    files.add_argument("--map", type=Path, metavar="FILE.json",
                       help="correct that, now and for later files of this charity")  # fmt: skip
    files.add_argument("--expect-count", type=number, metavar="N", help="control total: entries")
    files.add_argument("--expect-total", action="append", default=[], metavar="[CUR:]AMOUNT")
    files.add_argument("--despite-breaks", action="store_true",
                       help="record a statement whose balances do not add up")  # fmt: skip
    files.add_argument("--proposed-by", default="clerk", metavar="ROLE")
    files.add_argument("--approved-by", default="reviewer", metavar="ROLE")
    erased = command(commands, "erase", erase, writes=True)
    erased.add_argument(
        "person",
        nargs="?",
        metavar="PERSON",
        help="a name as recorded, or the id of a gift or of a name (naming-...)",
    )
    erased.add_argument("--namesakes", action="store_true", help="all who bear that name")
    erased.add_argument("--ground", default="request of the person", help="why it is erased")
    erased.add_argument("--due", action="store_true", help="what a law kept, and no longer keeps")
    erased.add_argument("--on", type=day, metavar="D", help="as of this day, not of today")


def import_files(args: Namespace) -> Answer:
    """Import files; all are read whole, and checked, before anything is recorded."""
    with home_of(args) as home:
        home.ledger.streams.fund_of(args.fund, args.charity)
        order = _order(args, mappings.of_charity(home.settings.data, args.charity, args.map))
        if args.show_mapping:
            return mappings.shown(args.files, order.mapping)
        files = Lists(args.files, order)
        expected = dict(_expected(text) for text in args.expect_total)
        total = check_totals(files, args.expect_count, expected)
        if args.preview:
            return _preview(home, files, order)
        if args.errors:
            _check_writable(args.errors, args.files)
        with progress("导入 import", total) as advance:
            recorded = map(partial(importing.record, home, order=order, progress=advance), files)
            reports = [report for of_file in recorded for report in of_file]
        if args.map and not home.dry_run:
            mappings.save(home.settings.data, args.charity, args.map)
        home.publish()
    if args.errors:
        _write_refused(args.errors, reports)
    return Answer([r.as_json() for r in reports], _import_tables(reports), _import_code(reports))


def _order(args: Namespace, mapping: Mapping | None) -> Order:
    return Order(
        charity=args.charity,
        fund=args.fund,
        kind=args.kind,
        date_given=args.date,
        exchanges=dict(importing.exchange_of(rate) for rate in args.rate),
        proposed_by=account(args.proposed_by),
        approved_by=account(args.approved_by),
        cost_class=args.cost_class,
        mapping=mapping,
        unclear=args.unclear,
        decided=frozenset(args.record_row),
        despite_breaks=args.despite_breaks,
    )


def _expected(text: str) -> tuple[str, Money]:
    """Read a control total given as 1234.50 or USD:1234.50."""
    currency, _, number = text.rpartition(":")
    total = Money.parse(number, currency or "CNY")
    return total.currency, total


def _preview(home: House, files: Iterable[SourceFile], order: Order) -> Answer:
    """Show what would become of every row: new, known, unclear or refused."""
    rows: list[dict[str, object]] = []
    for file in files:
        for row, status, gift in importing.preview(home, file, order):
            worth = worth_of(row)
            rows.append({"file": file.path.name, "sheet": row.sheet, "row": row.row,
                         "status": status, "gift": gift or None,
                         "amount": str(worth) if worth else None})  # fmt: skip
        rows += [
            {"file": file.path.name, "sheet": r.sheet, "row": r.row, "status": "refused",
             "gift": None, "amount": None, "reason": r.reason}
            for table in file.tables
            for r in table.rejected
        ]  # fmt: skip
    counts = Counter(str(row["status"]) for row in rows)
    columns = ("文件 file", "表 sheet", "行 row>", "状态 status", "金额 amount>", "捐赠 gift")
    names = ("file", "sheet", "row", "status", "amount", "gift")
    told = [[row[name] for name in names] for row in rows if row["status"] != "known"]
    data = {"counts": dict(counts), "rows": rows}
    lines = ["；".join(f"{STATUS[status]} {count}" for status, count in counts.items())]
    return Answer(data, [table("预览 preview", columns, told[:ROWS_SHOWN])], lines=lines)


def _import_code(reports: list[Imported]) -> int:
    if any(r.rejected and r.rows == len(r.rejected) for r in reports):
        return NOT_UNDERSTOOD
    return WRONG if any(r.rejected or r.held for r in reports) else DONE


def _import_tables(reports: list[Imported]) -> list[Table]:
    columns = ("文件 file", "类别 kind", "行 rows>", "新记 recorded>", "已有 already>",
               "待认领 unidentified>", "退回 refused>", "合计 total>")  # fmt: skip
    rows = [
        (r.path.name, r.kind, r.rows, r.recorded, r.already, r.unidentified, len(r.rejected),
         "\n".join(f"{c} {Money(minor, c).grouped()}" for c, minor in sorted(r.totals.items())))
        for r in reports
    ]  # fmt: skip
    shown = [table("导入 import", columns, rows)]
    refused = [(r.path.name, x.sheet, x.row, x.reason) for r in reports for x in r.rejected]
    if refused:
        names = ("文件 file", "表 sheet", "行 row>", "原因 reason")
        shown.append(table("退回的行 refused rows", names, refused[:ROWS_SHOWN]))
    unclear = [(r.path.name, x.sheet, x.row, x.reason) for r in reports for x in r.unclear]
    if unclear:
        names = ("文件 file", "表 sheet", "行 row>", "为何 why")
        title = "似与另一名单相同的行 unclear rows (import --help: --unclear, --record-row)"
        shown.append(table(title, names, unclear[:ROWS_SHOWN]))
    warnings = [(r.path.name, w) for r in reports for w in r.warnings]
    if warnings:
        shown.append(table("提醒 warnings", ("文件 file", "内容 what"), warnings))
    return shown


def _check_writable(path: Path, lists: list[Path]) -> None:
    """Refuse, before anything is recorded, a place that refused rows can't be written to."""
    if path.exists() and any(path.samefile(one) for one in lists):
        raise ErrorsFileUnusable(path, "it is the list itself")
    _write_refused(path, [])


def _write_refused(path: Path, reports: list[Imported]) -> None:
    """Give refused rows back as a spreadsheet with a column for the reason, all cells text."""
    content = BytesIO()
    try:
        if path.exists() and not path.is_file():
            raise ErrorsFileUnusable(path, "it is no file")
        with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
            sheet = book.add_worksheet("退回")
            for column, name in enumerate(("文件", "表", "行", "原因", "原内容")):
                sheet.write_string(0, column, name)
            for line, cells in enumerate(given_back(reports), 1):
                for column, text in enumerate(cells):
                    sheet.write_string(line, column, text)
        write_atomically(path, content.getvalue())
    except OSError as error:
        raise ErrorsFileUnusable(path, error.strerror or str(error)) from None


def given_back(reports: Sequence[Imported]) -> Iterator[tuple[str, ...]]:
    """Return the cells of each row that was refused or waits: file, sheet, row, reason, content."""
    for report in reports:
        name = report.path.name
        for row in report.rejected:
            yield (name, row.sheet, str(row.row), row.reason, *row.cells)
        for held in report.held:
            yield (name, held.sheet, str(held.row), held.reason, *held.cells)


def erase(args: Namespace) -> Answer:
    """Erase what the vault keeps on a person; amounts and receipt numbers stay."""
    with home_of(args) as home:
        done = _erased(home, args)
        home.publish()
    erased = done.erased
    data = {
        "erased": [{"stream": o.stream, "digest": o.digest} for o in erased],
        "restricted": [_restricted(one) for one in done.kept],
        "kept": KEPT,
    }
    rows = [(o.stream, o.digest) for o in erased]
    shown = [
        table(f"已删除 {len(erased)} 项 erased", ("所属 stream", "摘要 digest"), rows[:ROWS_SHOWN])
    ]
    if done.kept:
        lawful = [(k.stream, k.until.isoformat(), source_of(k.rule)) for k in done.kept]
        title = f"依法限制处理 {len(lawful)} 项，到期后以 erase --due 删除 kept for the law alone"
        columns = ("所属 stream", "保存至 until", "依据 rule")
        shown.append(table(title, columns, lawful[:ROWS_SHOWN]))
    always = [(k["what"], k["why"]) for k in KEPT]
    shown.append(table("依法保留 kept", ("内容 what", "原因 why"), always))
    return Answer(data, shown)


def _erased(home: House, args: Namespace) -> Forgotten:
    if args.due == (args.person is not None):
        raise WhomToErase
    if args.on and args.on > day_in_china(datetime.now(UTC)) and not home.dry_run:
        raise LawfulTermNotOver(args.on)
    if args.due:
        return home.ledger.people.erase_due(args.on)
    return home.ledger.people.erase(args.person, args.ground, namesakes=args.namesakes, on=args.on)


def _restricted(one: Kept) -> dict[str, str]:
    return {
        "stream": one.stream,
        "digest": one.digest,
        "until": one.until.isoformat(),
        "rule": one.rule,
        "source": source_of(one.rule),
    }
