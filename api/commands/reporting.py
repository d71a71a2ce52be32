"""Commands for the public: what was corrected, and totals that count nothing twice."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence

from api.answers import Answer, table
from api.arguments import Commands, command, number
from api.commands.asking import as_of, position_of, shortened, stamp
from api.commands.founding import home_of
from api.correction_words import in_words
from api.units import unit_words
from ledger.domain.goods import amount_of
from projections import directory, journal_queries, tiers
from projections.journal_queries import Correction
from projections.tiers import Bridge, Total

RULE = (
    "各级之间的拨付只是内部移动，不计入收支合计；受托代理资金单列，不相加；"
    "物资与货币、各币种分别列示 "
    "(transfers between tiers are no new money; agency money stands apart; units are never added)"
)
GROUPS = {
    "national": "全国",
    "province": "省",
    "city": "市",
    "county": "县",
    "town": "乡镇",
    "village": "村",
    "unknown": "不详",
    "general": "一般资金",
    "project": "项目资金",
    "enterprise": "企业公益基金",
    "named": "专项基金",
    "brand": "品牌资金",
    "agency": "受托代理",
}
AMOUNTS = tuple(Total.__slots__[2:])
SHOWN = tuple(name for name in AMOUNTS if not name.startswith("agency"))
AGENCY = tuple(name for name in AMOUNTS if name.startswith("agency"))
BRIDGED = tuple(Bridge.__slots__[1:])


def declare(commands: Commands) -> None:
    """Declare the commands on corrections and totals."""
    corrected = command(commands, "corrections", corrections)
    corrected.add_argument("--charity", metavar="USCC")
    corrected.add_argument("--fund", metavar="FUND")
    corrected.add_argument("--at", type=number, metavar="SIZE", help="as of this size of the log")
    summed = command(commands, "totals", totals)
    summed.add_argument("--by", choices=tuple(tiers.GROUPS), default="tier")


def corrections(args: Namespace) -> Answer:
    """List every correction with its reason and public note."""
    with home_of(args) as home:
        if args.charity:
            home.ledger.streams.charity(args.charity)
        if args.fund:
            home.ledger.streams.fund(args.fund)
        home.runner.catch_up()
        at = position_of(home, args)
        found, position = journal_queries.corrections(home.runner, args.fund, args.charity, at)
    columns = ("序号 leaf>", "资金 fund", "更正说明 correction")
    rows = [(c.leaf, shortened(c.fund) if c.fund else "—", in_words(c)) for c in found]
    data = {"corrections": [correction_json(c) for c in found], "as_of": as_of(position)}
    return Answer(data, [table("更正公告 corrections", columns, rows)], lines=[stamp(position)])


def correction_json(found: Correction) -> dict[str, object]:
    """Return a correction as the command line and the pages give it."""
    known = found.amount is not None and found.unit is not None
    amount = amount_of(found.amount or 0, found.unit or "CNY").decimal() if known else None
    return {
        "leaf": found.leaf,
        "organisation": found.organisation,
        "fund": found.fund,
        "counterpart": found.counterpart,
        "kind": found.kind,
        "id": found.id,
        "corrects": found.corrects,
        "amount": amount,
        "unit": found.unit,
        "day": found.day.isoformat(),
        "booked_on": found.booked_on.isoformat(),
        "late": found.late,
        "reason": found.reason,
        "note": found.note,
        "was": found.was,
        "became": found.became,
        "says": in_words(found),
    }


def totals(args: Namespace) -> Answer:
    """Say what came in and went out of each tier, and that moves between tiers add nothing."""
    with home_of(args) as home:
        home.runner.catch_up()
        counts, position = tiers.counted(home.runner)
        names = GROUPS | directory.names(home.runner)
    found = tiers.totals(counts, args.by)
    bridge = tiers.bridge(found)
    data = {
        "by": args.by,
        "groups": [total_json(t) for t in found],
        "bridge": [bridge_json(b) for b in bridge],
        "rule": RULE,
        "as_of": as_of(position),
    }
    columns = ("分组 group", "单位 unit", "外部受赠 gifts>", "转入 in>", "转出 out>", "支出 paid>",
               "退赠 returned>", "余额 balance>", "组内调拨 inside>")  # fmt: skip
    shown = [table("合计 totals", columns, _lines(found, names, SHOWN))]
    held = [t for t in found if any(getattr(t, name) for name in AGENCY)]
    if held:
        agency = ("分组 group", "单位 unit", "代管收到 received>", "各组间移动 moved>",
                  "代管付出 out>", "代管余额 held>")  # fmt: skip
        shown.append(table("受托代理资金 agency money", agency, _lines(held, names, AGENCY)))
    bridged = ("单位 unit", "外部收入 in>", "外部支出 out>", "余额 balance>", "内部转入 moved in>",
               "内部转出 moved out>")  # fmt: skip
    lines = [(unit_words(b.unit), *(_grouped(b, name) for name in BRIDGED)) for b in bridge]
    shown.append(table("勾稽 bridge", bridged, lines))
    return Answer(data, shown, lines=[RULE, stamp(position)])


def _lines(
    found: Sequence[Total], names: Mapping[str, str], amounts: Sequence[str]
) -> list[tuple[str, ...]]:
    return [
        (names.get(t.group, t.group), unit_words(t.unit), *(_grouped(t, name) for name in amounts))
        for t in found
    ]


def _grouped(found: Total | Bridge, name: str) -> str:
    return amount_of(getattr(found, name), found.unit).grouped()


def total_json(found: Total) -> dict[str, str]:
    """Return the total of a group in one unit."""
    amounts = {n: amount_of(getattr(found, n), found.unit).decimal() for n in AMOUNTS}
    return {"group": found.group, "unit": found.unit, **amounts}


def bridge_json(found: Bridge) -> dict[str, str]:
    """Return the public totals of one unit, with the moves that they leave out."""
    amounts = {n: amount_of(getattr(found, n), found.unit).decimal() for n in BRIDGED}
    return {"unit": found.unit, **amounts}
