"""Commands that ask: balances and traces."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from rich.table import Table

from api import erasure_marks
from api.answers import Answer, table
from api.arguments import Commands, command, number
from api.commands.founding import home_of
from api.times import rfc3339, written
from api.units import unit_words
from api.wiring import House
from ledger.domain.axis import RULE
from ledger.domain.goods import amount_of
from ledger.domain.values import place_code
from projections import directory, trace_queries
from projections.runner import Position
from projections.trace_queries import Balance, NotTraceable, Segment, Trace

SEGMENTS_SHOWN = 40
AMOUNTS = ("received", "transferred_in", "transferred_out", "disbursed", "returned", "balance")
CORRECTED = ("reversed", "recovered")
PERSON = "（个人，不公开） private person"


def declare(commands: Commands) -> None:
    """Declare the commands."""
    traced = command(commands, "trace", trace)
    traced.add_argument("what", choices=("gift", "disbursement", "fund", "place"))
    traced.add_argument("id", metavar="ID")
    traced.add_argument("--unit", metavar="CUR", help="of several currencies, this one")
    traced.add_argument("--at", type=number, metavar="SIZE", help="as of this size of the log")
    balanced = command(commands, "balance", balance)
    balanced.add_argument("--fund")
    balanced.add_argument("--at", type=number, metavar="SIZE", help="as of this size of the log")


def balance(args: Namespace) -> Answer:
    """Say what every fund received, moved, paid and kept, now or at a size of the log."""
    with home_of(args) as home:
        home.runner.catch_up()
        names = {f.fund: f.name for f in directory.funds(home.runner)}
        if args.fund:
            home.ledger.streams.fund(args.fund)
        found, position = trace_queries.balances(home.runner, args.fund, position_of(home, args))
    data = [balance_json(b) | {"as_of": as_of(position)} for b in found]
    columns = ("资金 fund", "单位 unit", "受赠 received>", "转入 in>", "转出 out>", "支出 paid>",
               "退赠 returned>", "余额 balance>")  # fmt: skip
    rows = [
        [f"{names.get(b.fund, '')}\n{shortened(b.fund)}", unit_words(b.unit), *_grouped(b)]
        for b in found
    ]
    return Answer(data, [table("余额 balance", columns, rows)], lines=[stamp(position)])


def _grouped(found: Balance) -> list[str]:
    return [amount_of(getattr(found, name), found.unit).grouped() for name in AMOUNTS]


def balance_json(found: Balance) -> dict[str, str]:
    """Return a balance as the command line and the pages give it."""
    names = (*AMOUNTS, *CORRECTED)
    amounts = {n: amount_of(getattr(found, n), found.unit).decimal() for n in names}
    return {"fund": found.fund, "unit": found.unit, **amounts}


def position_of(home: House, args: Namespace) -> Position | None:
    """Return the position that `--at` names; None means now."""
    return None if args.at is None else home.runner.position(args.at)


def as_of(position: Position) -> dict[str, object]:
    """Return the stamp that every public number carries."""
    return {"size": position.size, "time": rfc3339(position.time)}


def stamp(position: Position) -> str:
    """Write the stamp that every public number carries."""
    return (
        f"截至账本第 {position.size} 条，{written(position.time)} (as of log size {position.size})"
    )


def trace(args: Namespace) -> Answer:
    """Follow a gift, a payment, a fund or a place to the other end."""
    with home_of(args) as home:
        home.runner.catch_up()
        found = _one(_traced(home, args.what, args.id, position_of(home, args)), args)
        gone = erasure_marks.mark(home, args.id, args.at) if args.what == "gift" else None
    data = trace_json(found, args.what, args.id)
    lines = _trace_lines(found)
    if args.what == "gift":
        data["erased"] = gone
    if gone:
        lines.append(f"捐赠人信息 the donor's data: {gone['words']}（{gone['erased_on']}）")
    return Answer(data, [_segment_table(found)], lines=lines)


def _traced(home: House, what: str, asked: str, at: Position | None) -> Sequence[Trace]:
    match what:
        case "gift":
            return trace_queries.trace_gift(home.runner, asked, at)
        case "disbursement":
            return [trace_queries.trace_disbursement(home.runner, asked, at)]
        case "fund":
            return trace_queries.trace_fund(home.runner, asked, at)
        case _:
            return trace_queries.trace_place(home.runner, place_code(asked), at)


def _one(found: Sequence[Trace], args: Namespace) -> Trace:
    """Pick the trace of one unit: the one asked for, else yuan, else the first."""
    units = {t.unit: t for t in found}
    if args.unit:
        if args.unit not in units:
            raise NotTraceable(f"{args.unit} in {args.what}", args.id)
        return units[args.unit]
    return units.get("CNY", found[0])


def trace_json(found: Trace, what: str, asked: str) -> dict[str, object]:
    """Return a trace as the command line and the pages give it."""
    inflow = {
        what: asked,
        "fund": found.fund,
        "from": found.start,
        "to": found.end,
        "amount": amount_of(found.amount, found.unit).decimal(),
        "unit": found.unit,
    }
    return {
        "inflow": inflow,
        "rule": RULE,
        "as_of": as_of(found.position),
        "segments": [_segment_json(s) for s in found.segments],
        "returned": amount_of(found.returned, found.unit).decimal(),
        "reversed": amount_of(found.reversed, found.unit).decimal(),
        "unspent": amount_of(found.unspent, found.unit).decimal(),
    }


def _segment_json(segment: Segment) -> dict[str, object]:
    return {
        "from": segment.start,
        "to": segment.end,
        "amount": amount_of(segment.end - segment.start, segment.unit).decimal(),
        "unit": segment.unit,
        "gift": segment.gift,
        "via": list(segment.via),
        "disbursement": segment.disbursement,
        "payee": segment.payee or PERSON,
        "place": segment.place,
        "date": segment.day.isoformat() if segment.day else None,
    }


def _segment_table(found: Trace) -> Table:
    columns = (
        "起 from>",
        "止 to>",
        "金额 amount>",
        "捐赠 gift",
        "经由 via",
        "收款方 payee",
        "日期 date",
    )
    rows = [
        (
            s.start,
            s.end,
            amount_of(s.end - s.start, s.unit).grouped(),
            shortened(s.gift),
            " → ".join(map(shortened, s.via)) or "—",
            s.payee or PERSON,
            s.day or "—",
        )
        for s in found.segments[:SEGMENTS_SHOWN]
    ]
    return table("追踪 trace", columns, rows)


def shortened(name: str) -> str:
    """Return an id short enough for a table; --json gives it whole."""
    kind, _, random = name.rpartition("-")
    return f"{kind}-{random[:8]}…"


def _trace_lines(found: Trace) -> list[str]:
    total = sum(s.end - s.start for s in found.segments)
    amounts = [
        amount_of(n, found.unit).grouped()
        for n in (found.amount, total, found.returned, found.unspent, found.reversed)
    ]
    wrong = f"，已冲正 {amounts[4]}" if found.reversed else ""
    more = len(found.segments) - SEGMENTS_SHOWN
    return [
        *(
            [f"另有 {more} 段未显示，--json 可见全部 ({more} more segments with --json)"]
            if more > 0
            else []
        ),
        f"共 {amounts[0]} {unit_words(found.unit)}：已支出 {amounts[1]}，已退赠 {amounts[2]}，"
        f"未用 {amounts[3]}{wrong} (total: spent, returned, unspent, reversed)",
        f"规则 rule: {RULE}",
        stamp(found.position),
    ]
