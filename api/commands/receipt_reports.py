"""The list of gifts without a receipt: each with its reason, adding up to all gifts."""

from __future__ import annotations

import re
from argparse import Namespace
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import xlsxwriter
from rich.table import Table

from api.answers import Answer, table
from api.arguments import Commands, command, day
from api.commands.founding import home_of
from api.times import today
from api.wiring import House
from api.words import in_words
from ledger.application.receiptable import Standing
from ledger.domain.gifts import AlreadyReceipted
from ledger.domain.receipts import Asked
from ledger.errors import Refused
from ledger.money import Money
from ledger.store.durable import write_atomically
from projections import gift_index

BATCH = 500
ROWS_SHOWN = 50
NOT_YET = ("not-yet", "可以开具，尚未开具 (can be made out, was not yet)")
RECEIPTED = "receipted"


@dataclass(frozen=True, slots=True)
class Row:
    """A gift of the period: on a receipt or why not; `gone` went back or was reversed."""

    gift: str
    day: str
    booked: Money
    gone: Money
    code: str
    reason: str


def declare(receipts: Commands) -> None:
    """Declare the list."""
    listed = command(receipts, "not-issued", not_issued)
    listed.add_argument("--charity", required=True, metavar="USCC")
    listed.add_argument("--from", dest="first", type=day, required=True, metavar="D")
    listed.add_argument("--to", dest="last", type=day, required=True, metavar="D")
    listed.add_argument("--xlsx", type=Path, metavar="OUT.xlsx")


def not_issued(args: Namespace) -> Answer:
    """List every gift of a period without a receipt, with the reason; sums reconcile."""
    with home_of(args) as home:
        home.ledger.streams.charity(args.charity)
        home.runner.catch_up()
        gifts = gift_index.gifts_between(home.runner, args.charity, args.first, args.last)
        undated = gift_index.undated(home.runner, args.charity)
        rows = list(_rows(home, args.charity, gifts))
    left = [row for row in rows if row.code != RECEIPTED]
    data: dict[str, object] = {
        "from": args.first.isoformat(),
        "to": args.last.isoformat(),
        "summary": _summary(rows),
        "undated": undated,
        "gifts": [
            {"gift": r.gift, "day": r.day, "amount": r.booked.decimal(),
             "currency": r.booked.currency, "gone": r.gone.decimal(), "code": r.code,
             "reason": r.reason}
            for r in left
        ],
    }  # fmt: skip
    if args.xlsx:
        _write(args.xlsx, left)
    totals = [(e["code"], e["count"], _told(e["amount"]), _told(e["gone"])) for e in _by_code(rows)]
    columns = ("原因 reason", "笔数 gifts>", "金额 amount>", "其中已退回或冲正 gone>")
    return Answer(data, [table("全部捐赠 = 已开具 + 未开具 all gifts", columns, totals),
                         _table(left)])  # fmt: skip


def _told(sums: object) -> str:
    assert isinstance(sums, dict), "sums are by currency"
    return "\n".join(f"{c} {a}" for c, a in sums.items())


def _rows(home: House, charity: str, gifts: Sequence[str]) -> Iterator[Row]:
    """Tell of each gift, some at a time: a year of them does not lie in memory at once."""
    asked = Asked(issued_on=today())
    for first in range(0, len(gifts), BATCH):
        for one in home.ledger.receiptable.standing(charity, gifts[first : first + BATCH], asked):
            code, reason = _reason(one)
            day_ = one.gift.received_on
            yield Row(one.gift.id, day_.isoformat() if day_ else "", one.booked, one.gone,
                      code, reason)  # fmt: skip


def _reason(one: Standing) -> tuple[str, str]:
    if isinstance(one.refusal, AlreadyReceipted):
        return RECEIPTED, in_words(one.refusal)
    if one.refusal is None:
        return NOT_YET
    return code_of(one.refusal), in_words(one.refusal)


def code_of(refusal: Refused) -> str:
    """Return the code of a reason: the refusal's name in small letters, such as agency-money."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", type(refusal).__name__).lower()


def _summary(rows: Sequence[Row]) -> dict[str, object]:
    """All gifts = receipted + not receipted, by currency, in amounts as they were booked."""
    on, off = ([r for r in rows if (r.code == RECEIPTED) is said] for said in (True, False))
    return {
        "all": _counted(rows),
        "receipted": _counted(on),
        "not_receipted": _counted(off),
        "by_reason": _by_code(rows),
    }


def _by_code(rows: Sequence[Row]) -> list[dict[str, object]]:
    codes = dict.fromkeys(row.code for row in rows)
    return [{"code": code, **_counted([r for r in rows if r.code == code])} for code in codes]


def _counted(rows: Sequence[Row]) -> dict[str, object]:
    amount: dict[str, int] = defaultdict(int)
    gone: dict[str, int] = defaultdict(int)
    for row in rows:
        amount[row.booked.currency] += row.booked.minor
        gone[row.gone.currency] += row.gone.minor
    return {
        "count": len(rows),
        "amount": {c: Money(m, c).decimal() for c, m in sorted(amount.items())},
        "gone": {c: Money(m, c).decimal() for c, m in sorted(gone.items())},
    }


def _table(left: Sequence[Row]) -> Table:
    columns = ("捐赠 gift", "日期 day", "金额 amount>", "原因 reason")
    rows = [(r.gift, r.day, str(r.booked), r.reason) for r in left[:ROWS_SHOWN]]
    return table(f"未开具 {len(left)} 笔 not issued", columns, rows)


def _write(path: Path, left: Sequence[Row]) -> None:
    """Write the list as a spreadsheet in which codes and amounts are text."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("未开具")
        heads = ("捐赠", "日期", "币种", "金额", "已退回或冲正", "原因代码", "原因")
        lines = [heads, *(
            (r.gift, r.day, r.booked.currency, r.booked.decimal(), r.gone.decimal(), r.code,
             r.reason) for r in left
        )]  # fmt: skip
        for place, cells in enumerate(lines):
            for column, text in enumerate(cells):
                sheet.write_string(place, column, text)
    write_atomically(path, content.getvalue())
