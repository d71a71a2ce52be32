"""Commands on promises: made, agreed, changed, kept, written off, due. They are never money."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from rich.table import Table

from api.answers import Answer, facts, table
from api.arguments import Commands, OneLineParser, command, day, digest_of, group, number
from api.commands.asking import as_of, shortened, stamp
from api.commands.founding import home_of
from api.times import BEIJING
from ledger.domain import schedules
from ledger.domain.events.pledge import Instalment
from ledger.domain.pledge_payments import WRITTEN_OFF
from ledger.domain.pledges import CHANGED, ENDED, Due
from ledger.domain.schedules import MONTHS
from ledger.errors import Unreadable
from ledger.money import Money
from projections import pledges
from projections.pledges import DueEntry, PledgeChange, PledgeStory

NOT_MONEY = (
    "认捐不是收入，不计入任何金额合计；付款时公开与捐赠的对应关系 (a promise is no money and in no "
    "total; what paid it is public)"
)
STATES = {"paid": "已付", "written-off": "已核销", "open": "未到期", "overdue": "逾期"}
STANDING = ("pledged", "ahead", "paid", "written_off", "outstanding")


class InstalmentsUnnamed(Unreadable):
    """A promise is spread by a rule, or its days are named one by one."""

    def __init__(self) -> None:
        super().__init__(
            "name the instalments either by rule (--instalments N --every month --from D) or one "
            "by one (--due D:AMOUNT, as often as needed)"
        )


class DueUnreadable(Unreadable):
    """An instalment is a day and an amount."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no instalment; write it as 2026-12-31:5000.00")


class ChangeUnnamed(Unreadable):
    """A change names what becomes another."""

    def __init__(self) -> None:
        super().__init__("name the new amount (--amount), the new rhythm (--every), or both")


def declare(commands: Commands) -> None:
    """Declare the commands on promises."""
    pledge = group(commands, "pledge", "promises: not money, disclosed apart")
    fixed = command(pledge, "make", make, writes=True)
    _by_donor(fixed)
    fixed.add_argument("--total", required=True, metavar="AMOUNT")
    fixed.add_argument("--due", action="append", default=[], metavar="D:AMOUNT")
    fixed.add_argument("--instalments", type=number, metavar="N")
    fixed.add_argument("--every", choices=tuple(MONTHS), default="month")
    fixed.add_argument("--from", dest="first", type=day, metavar="D")
    fixed.add_argument("--agreement", type=Path, metavar="FILE", help="the written agreement")
    again = command(pledge, "agree", agree, writes=True)
    _by_donor(again)
    again.add_argument("--amount", required=True)
    again.add_argument("--every", choices=tuple(MONTHS), required=True)
    again.add_argument("--from", dest="first", type=day, required=True, metavar="D")
    again.add_argument("--to", dest="last", type=day, metavar="D")
    other = command(pledge, "change", change, writes=True)
    _from_a_day(other, CHANGED)
    other.add_argument("--amount")
    other.add_argument("--every", choices=tuple(MONTHS))
    _from_a_day(command(pledge, "end", end, writes=True), ENDED)
    for name, run in (("pay", pay), ("undo", undo)):
        by_gift = command(pledge, name, run, writes=True)
        by_gift.add_argument("pledge", metavar="PLEDGE")
        by_gift.add_argument("gift", metavar="GIFT")
        by_gift.add_argument("amount", metavar="AMOUNT")
    gone = command(pledge, "write-off", write_off, writes=True)
    gone.add_argument("pledge", metavar="PLEDGE")
    gone.add_argument("amount", metavar="AMOUNT")
    gone.add_argument("--reason", choices=WRITTEN_OFF, required=True)
    gone.add_argument("--document", type=Path, metavar="FILE", help="the report or the judgment")
    gone.add_argument("--by", required=True, metavar="ROLE")
    open_ones = command(pledge, "due", due)
    open_ones.add_argument("--charity", metavar="USCC")
    open_ones.add_argument("--fund", metavar="FUND")
    open_ones.add_argument("--until", type=day, metavar="D", help="today, if left out")
    command(pledge, "show", show).add_argument("pledge", metavar="PLEDGE")


def _by_donor(parser: OneLineParser) -> None:
    add = parser.add_argument
    add("--charity", required=True, metavar="USCC")
    add("--fund", required=True)
    add("--donor", required=True, metavar="NAME", help="kept in the vault, not in public")
    add("--unit", default="CNY", metavar="CUR")


def _from_a_day(parser: OneLineParser, reasons: Sequence[str]) -> None:
    add = parser.add_argument
    add("pledge", metavar="PLEDGE")
    add("--from", dest="first", type=day, required=True, metavar="D")
    add("--reason", choices=reasons, required=True)


def today() -> date:
    """Return the day in China."""
    return datetime.now(BEIJING).date()


def _told(title: str, data: dict[str, object]) -> Answer:
    return Answer(data, [facts(title, data)], lines=[NOT_MONEY])


def make(args: Namespace) -> Answer:
    """Record a promise of a fixed sum, in instalments that add up to it."""
    total = Money.parse(args.total, args.unit)
    parts = _instalments(args, total)
    agreement = digest_of(args.agreement) if args.agreement else None
    with home_of(args) as home:
        pledge = home.ledger.pledges.make(
            args.charity, args.fund, args.donor, total, parts, agreement
        )
        home.publish()
    return _told("认捐已登记 pledged", {
        "pledge": pledge, "fund": args.fund, "pledged": total.decimal(), "unit": total.currency,
        "instalments": len(parts), "agreement": agreement,
    })  # fmt: skip


def _instalments(args: Namespace, total: Money) -> Sequence[Instalment]:
    by_rule = args.instalments is not None or args.first is not None
    if bool(args.due) == by_rule:
        raise InstalmentsUnnamed
    if args.due:
        return [_instalment(text, args.unit) for text in args.due]
    if args.instalments is None or args.first is None:
        raise InstalmentsUnnamed
    return schedules.spread(total, args.instalments, args.every, args.first)


def _instalment(text: str, currency: str) -> Instalment:
    written, _, amount = text.partition(":")
    try:
        due_on = date.fromisoformat(written)
    except ValueError:
        raise DueUnreadable(text) from None
    return Instalment(due_on=due_on, amount=Money.parse(amount, currency))


def agree(args: Namespace) -> Answer:
    """Record that a donor means to give the same again and again."""
    amount = Money.parse(args.amount, args.unit)
    with home_of(args) as home:
        pledge = home.ledger.pledges.agree(
            args.charity, args.fund, args.donor, amount, args.every, args.first, args.last
        )
        home.publish()
    return _told("定期捐赠已登记 recurring", {
        "pledge": pledge, "fund": args.fund, "amount": amount.decimal(), "unit": amount.currency,
        "every": args.every, "from": args.first.isoformat(),
        "to": args.last.isoformat() if args.last else None,
    })  # fmt: skip


def change(args: Namespace) -> Answer:
    """Record that a recurring gift has another amount or rhythm from a day on."""
    if args.amount is None and args.every is None:
        raise ChangeUnnamed
    with home_of(args) as home:
        currency = home.ledger.streams.pledge(args.pledge).currency
        amount = Money.parse(args.amount, currency) if args.amount else None
        home.ledger.pledges.change(args.pledge, amount, args.every, args.first, args.reason)
        home.publish()
    return _told("定期捐赠已变更 changed", {
        "pledge": args.pledge, "amount": amount.decimal() if amount else None,
        "every": args.every, "from": args.first.isoformat(), "reason": args.reason,
    })  # fmt: skip


def end(args: Namespace) -> Answer:
    """Record that nothing of a recurring gift falls due from a day on."""
    with home_of(args) as home:
        home.ledger.pledges.end(args.pledge, args.first, args.reason)
        home.publish()
    return _told("定期捐赠已终止 ended", {
        "pledge": args.pledge, "from": args.first.isoformat(), "reason": args.reason,
    })  # fmt: skip


def pay(args: Namespace) -> Answer:
    """Record that a part of a gift keeps a promise."""
    with home_of(args) as home:
        amount = Money.parse(args.amount, home.ledger.streams.pledge(args.pledge).currency)
        home.ledger.pledges.pay(args.pledge, args.gift, amount)
        home.publish()
    return _told("认捐已付 paid", _by_gift(args, amount))


def undo(args: Namespace) -> Answer:
    """Record that a part of a gift was meant for something else than this promise."""
    with home_of(args) as home:
        amount = Money.parse(args.amount, home.ledger.streams.pledge(args.pledge).currency)
        home.ledger.pledges.undo(args.pledge, args.gift, amount)
        home.publish()
    return _told("认捐付款已撤销 undone", _by_gift(args, amount))


def _by_gift(args: Namespace, amount: Money) -> dict[str, object]:
    return {
        "pledge": args.pledge, "gift": args.gift, "amount": amount.decimal(),
        "unit": amount.currency,
    }  # fmt: skip


def write_off(args: Namespace) -> Answer:
    """Record that nobody waits for a part of a promise any longer."""
    proof = digest_of(args.document) if args.document else None
    with home_of(args) as home:
        amount = Money.parse(args.amount, home.ledger.streams.pledge(args.pledge).currency)
        home.ledger.pledges.write_off(args.pledge, amount, args.reason, proof, args.by)
        home.publish()
    return _told("认捐已核销 written off", {
        "pledge": args.pledge, "amount": amount.decimal(), "unit": amount.currency,
        "reason": args.reason, "document": proof,
    })  # fmt: skip


def due(args: Namespace) -> Answer:
    """List what is due and not paid, the oldest first."""
    now = today()
    with home_of(args) as home:
        if args.charity:
            home.ledger.streams.charity(args.charity)
        if args.fund:
            home.ledger.streams.fund(args.fund)
        home.runner.catch_up()
        found, position = pledges.dues(home.runner, args.charity, args.fund, args.until or now, now)
    data = {"due": [_entry_json(one) for one in found], "as_of": as_of(position)}
    columns = ("到期 due", "认捐 pledge", "资金 fund", "应付 amount>", "未付 open>", "状态 state")
    rows = [
        (one.due.due_on, shortened(one.pledge), shortened(one.fund), *_amounts(one.due))
        for one in found
    ]
    return Answer(data, [table("到期认捐 due", columns, rows)], lines=[NOT_MONEY, stamp(position)])


def _amounts(found: Due) -> tuple[str, str, str]:
    still = f"{found.open.grouped()} {found.open.currency}"
    return found.amount.grouped(), still, STATES[found.state]


def _entry_json(one: DueEntry) -> dict[str, object]:
    named = {"pledge": one.pledge, "charity": one.organisation, "fund": one.fund}
    return {**named, **_due_json(one.due)}


def _due_json(found: Due) -> dict[str, object]:
    return {
        "due_on": found.due_on.isoformat(),
        "amount": found.amount.decimal(),
        "paid": found.paid.decimal(),
        "written_off": found.written_off.decimal(),
        "open": found.open.decimal(),
        "unit": found.open.currency,
        "state": found.state,
    }


def show(args: Namespace) -> Answer:
    """Show how a promise stands: pledged = paid + written off + outstanding."""
    with home_of(args) as home:
        home.ledger.streams.pledge(args.pledge)
        home.runner.catch_up()
        found = pledges.story(home.runner, args.pledge, today())
    known = found.pledge
    amounts = {name: getattr(found.standing, name).decimal() for name in STANDING}
    data: dict[str, object] = {
        "pledge": known.id, "charity": known.organisation, "fund": known.fund,
        "recurring": bool(known.terms), "unit": known.currency, **amounts,
    }  # fmt: skip
    shown = [facts("认捐 pledge", data), _dues(found.dues), _changes(found)]
    data |= {
        "dues": [_due_json(one) for one in found.dues],
        "payments": {
            gift: known.money(minor).decimal() for gift, minor in known.payments.items() if minor
        },
        "changes": [_change_json(one) for one in found.changes],
        "as_of": as_of(found.position),
    }
    return Answer(data, shown, lines=[NOT_MONEY, stamp(found.position)])


def _dues(found: Sequence[Due]) -> Table:
    columns = ("到期 due", "应付 amount>", "已付 paid>", "核销 written off>", "未付 open>",
               "状态 state")  # fmt: skip
    rows = [
        (one.due_on, one.amount.grouped(), one.paid.grouped(), one.written_off.grouped(),
         one.open.grouped(), STATES[one.state])
        for one in found
    ]  # fmt: skip
    return table("到期明细 dues", columns, rows)


def _changes(found: PledgeStory) -> Table:
    columns = ("序号 leaf>", "事项 what", "金额 amount>", "捐赠 gift", "自 from", "原因 reason")
    rows = [
        (one.leaf, one.kind, one.amount.grouped() if one.amount else "—",
         shortened(one.gift) if one.gift else "—", one.from_day or "—", one.reason or "—")
        for one in found.changes
    ]  # fmt: skip
    return table("变更记录 changes", columns, rows)


def _change_json(one: PledgeChange) -> dict[str, object]:
    return {
        "leaf": one.leaf,
        "what": one.kind,
        "previous_amount": one.previous.decimal() if one.previous else None,
        "previous_every": one.previous_every,
        "amount": one.amount.decimal() if one.amount else None,
        "every": one.every,
        "from": one.from_day.isoformat() if one.from_day else None,
        "gift": one.gift,
        "reason": one.reason,
        "document": one.document,
        "by": one.decided_by,
    }
