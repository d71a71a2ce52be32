"""Commands on receipt books: numbers allotted, limited, reported lost, and their register."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api.answers import Answer, facts, table
from api.arguments import Commands, command, group, number
from api.book_register import COLUMNS, as_json, count_words, row_of, write_workbook
from api.commands.founding import home_of
from ledger.domain.receipt_books import LOSSES, Loss
from projections import receipt_register

LINES_SHOWN = 200


def declare(commands: Commands) -> None:
    """Declare what acts on receipt books."""
    book = group(commands, "book", "捐赠票据领用 receipt books")
    _declare_ranges(book)
    limited = command(book, "limit", limit, writes=True)
    limited.add_argument("uscc", metavar="USCC")
    limited.add_argument("code", metavar="CODE")
    limited.add_argument("unused_max", type=number, metavar="N")
    shown = command(book, "register", register)
    shown.add_argument("uscc", metavar="USCC")
    shown.add_argument("--code", metavar="C", help="of this code only")
    shown.add_argument("--xlsx", type=Path, metavar="OUT", help="write it as a workbook")
    shown.add_argument("--all", action="store_true", help=f"more than {LINES_SHOWN} lines, too")


def _declare_ranges(book: Commands) -> None:
    allotted = command(book, "allot", allot, writes=True)
    lost = command(book, "lose", lose, writes=True)
    for ranged in (allotted, lost):
        ranged.add_argument("uscc", metavar="USCC")
        ranged.add_argument("code", metavar="CODE")
        ranged.add_argument("first", type=number, metavar="FIRST")
        ranged.add_argument("last", type=number, metavar="LAST")
    lost.add_argument("--reason", choices=LOSSES, required=True)
    lost.add_argument("--note", required=True, metavar="TEXT", help="public: names nobody")
    lost.add_argument("--announced", metavar="WHERE", help="the public notice of a loss")


def allot(args: Namespace) -> Answer:
    """Record that the finance authority allots receipt numbers to an organisation."""
    with home_of(args) as home:
        new = home.ledger.organisations.allot_numbers(args.uscc, args.code, args.first, args.last)
        home.publish()
    data = {**_range(args), "new": new}
    return Answer(data, [facts("票据号段 receipt numbers", data)])


def limit(args: Namespace) -> Answer:
    """Record how many numbers of a code an organisation may hold unused."""
    with home_of(args) as home:
        new = home.ledger.organisations.limit_numbers(args.uscc, args.code, args.unused_max)
        unused = home.ledger.streams.book(args.code).left(args.uscc)
        home.publish()
    data: dict[str, object] = {
        "uscc": args.uscc,
        "code": args.code,
        "unused_max": args.unused_max,
        "unused": unused,
        "new": new,
    }
    return Answer(data, [facts("未用票据限量 unused numbers", data)])


def lose(args: Namespace) -> Answer:
    """Report blank numbers as lost, spoiled or handed back; they are never drawn."""
    loss = Loss(args.first, args.last, args.reason, args.note, args.announced)
    with home_of(args) as home:
        home.ledger.organisations.lose_numbers(args.uscc, args.code, loss)
        home.publish()
    data = {**_range(args), "reason": args.reason, "note": args.note, "announced": args.announced}
    return Answer(data, [facts("空白票据遗失、毁损或交回 blank numbers", data)])


def _range(args: Namespace) -> dict[str, object]:
    return {
        "uscc": args.uscc,
        "code": args.code,
        "first": f"{args.first:010d}",
        "last": f"{args.last:010d}",
        "count": args.last - args.first + 1,
    }


def register(args: Namespace) -> Answer:
    """Show what became of every receipt number that an organisation was ever allotted."""
    with home_of(args) as home:
        known = home.ledger.streams.recipient(args.uscc)
        found = receipt_register.of(home.runner, args.uscc, args.code)
    if args.xlsx:
        write_workbook(args.xlsx, known, found)
    most = None if args.all else LINES_SHOWN
    told = as_json(found, most)
    lines = [f"另有 {told['left_off']} 行未列出，见 --all 或 --xlsx (more lines)"]
    title = f"捐赠票据登记簿 register of receipts: {known.name}"
    shown = table(title, COLUMNS, [row_of(line) for line in found.lines[:most]])
    counts = facts("合计 counts", count_words(found))
    data = {"uscc": args.uscc, "name": known.name, **told}
    return Answer(data, [shown, counts], lines=lines if told["left_off"] else [])
