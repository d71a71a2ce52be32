"""Commands on what gifts count for: credits, shares of joint gifts, who passed them on."""

from __future__ import annotations

from argparse import Namespace

from api.answers import Answer, facts, table
from api.arguments import Commands, command
from api.commands.asking import as_of, shortened, stamp
from api.commands.founding import home_of
from ledger.domain.credits import KINDS, REASONS, WITHDRAWN
from ledger.errors import Unreadable
from ledger.money import Money
from projections import credits as gift_credits
from projections import directory
from projections.credits import Credited, CreditEntry, NewMoney

RULE = (
    "软性、配捐、代捐记录只列在实收旁边，从不相加；他方已统计的转入款与受托代理资金不计为新增 "
    "(credits stand beside hard money and are never added to it; what another charity counted "
    "before, and agency money, is not new)"
)
BY_HAND = tuple(why for why in REASONS if why != WITHDRAWN)
COUNTED = tuple(NewMoney.__slots__)


class ShareUnreadable(Unreadable):
    """A share is a name and an amount."""

    def __init__(self) -> None:
        super().__init__("a share is written as NAME:AMOUNT, such as 王某某:100.00")


def declare(commands: Commands) -> None:
    """Declare the command that lists credits."""
    listed = command(commands, "credits", credits_beside_money)
    listed.add_argument("--charity", metavar="USCC")
    listed.add_argument("--fund", metavar="FUND")


def declare_on_gifts(gift: Commands) -> None:
    """Declare the commands that say what a gift counts for."""
    speaks = command(gift, "credit", give_credit, writes=True)
    speaks.add_argument("gift", metavar="GIFT")
    speaks.add_argument("name", metavar="NAME", help="kept in the vault, not in public")
    speaks.add_argument("amount", metavar="AMOUNT")
    speaks.add_argument("--kind", choices=KINDS, default="soft")
    speaks.add_argument("--matches", metavar="GIFT", help="the gift that this one matches")
    speaks.add_argument("--note", help="kept in the vault, not in public")
    gone = command(gift, "uncredit", withdraw_credit, writes=True)
    gone.add_argument("gift", metavar="GIFT")
    gone.add_argument("credit", metavar="CREDIT")
    gone.add_argument("--reason", choices=BY_HAND, required=True)
    joint = command(gift, "shares", state_shares, writes=True)
    joint.add_argument("gift", metavar="GIFT")
    joint.add_argument("shares", nargs="+", metavar="NAME:AMOUNT")
    through = command(gift, "conduit", name_conduit, writes=True)
    through.add_argument("gift", metavar="GIFT")
    through.add_argument("name", metavar="NAME", help="public if it is an organisation's")
    through.add_argument("--counted-before", action="store_true",
                         help="its own totals hold this gift: no new money")  # fmt: skip


def give_credit(args: Namespace) -> Answer:
    """Record whom a gift speaks for beside its donor; that is never money."""
    with home_of(args) as home:
        currency = home.ledger.streams.counted_gift(args.gift).booked.currency
        amount = Money.parse(args.amount, currency)
        credit = home.ledger.credits.give(
            args.gift, args.kind, args.name, amount, args.matches, args.note
        )
        home.publish()
    data: dict[str, object] = {
        "gift": args.gift, "credit": credit, "kind": args.kind, "amount": amount.decimal(),
        "unit": currency, "matches": args.matches,
    }  # fmt: skip
    return Answer(data, [facts("捐赠关联已登记 credited", data)])


def withdraw_credit(args: Namespace) -> Answer:
    """Record that a credit stands no longer."""
    with home_of(args) as home:
        home.ledger.credits.withdraw(args.gift, args.credit, args.reason)
        home.publish()
    data: dict[str, object] = {"gift": args.gift, "credit": args.credit, "reason": args.reason}
    return Answer(data, [facts("捐赠关联已撤销 credit withdrawn", data)])


def state_shares(args: Namespace) -> Answer:
    """Record what each of several donors gave of a joint gift, in the money it was given in."""
    with home_of(args) as home:
        currency = home.ledger.streams.counted_gift(args.gift).given.currency
        shares = [_share(text, currency) for text in args.shares]
        home.ledger.credits.state_shares(args.gift, shares)
        home.publish()
    amounts = [amount.decimal() for _, amount in shares]
    data: dict[str, object] = {"gift": args.gift, "shares": amounts, "unit": currency}
    return Answer(data, [facts("联名捐赠 shares", data)])


def _share(text: str, currency: str) -> tuple[str, Money]:
    name, _, amount = text.replace("：", ":").rpartition(":")
    if not name.strip():
        raise ShareUnreadable
    return name.strip(), Money.parse(amount.strip(), currency)


def name_conduit(args: Namespace) -> Answer:
    """Record who passed a gift on; an organisation by its name, a person sealed."""
    with home_of(args) as home:
        home.ledger.credits.name_conduit(args.gift, args.name, counted_before=args.counted_before)
        found = home.ledger.streams.counted_gift(args.gift).conduit
        home.publish()
    data: dict[str, object] = {
        "gift": args.gift,
        "conduit": found.organisation if found else None,
        "counted_before": args.counted_before,
    }
    return Answer(data, [facts("经由 conduit", data)])


def credits_beside_money(args: Namespace) -> Answer:
    """Show hard money and credits side by side, and what of the money is new."""
    with home_of(args) as home:
        if args.charity:
            home.ledger.streams.charity(args.charity)
        if args.fund:
            home.ledger.streams.fund(args.fund)
        home.runner.catch_up()
        found, position = gift_credits.credited(home.runner, args.charity, args.fund)
        given = gift_credits.entries(home.runner, args.charity, args.fund)
        new = gift_credits.new_money(home.runner, args.charity, args.fund)
        names = {f.fund: f.name for f in directory.funds(home.runner)}
    data = {
        "rule": RULE,
        "funds": [_credited_json(one) for one in found],
        "new_money": [
            {"unit": one.new.currency, **{n: getattr(one, n).decimal() for n in COUNTED}}
            for one in new
        ],
        "credits": [_entry_json(one) for one in given],
        "as_of": as_of(position),
    }
    beside = ("资金 fund", "单位 unit", "实收 hard>", "软性 soft>", "配捐 matching>",
              "代捐 on behalf>")  # fmt: skip
    rows = [
        (f"{names[one.fund]}\n{shortened(one.fund)}", one.hard.currency, one.hard.grouped(),
         *(one.credits[kind].grouped() for kind in KINDS))
        for one in found
    ]  # fmt: skip
    summed = ("单位 unit", "实收 received>", "受托代理 agency>", "他方转入 passed on>", "新增 new>")
    sums = [(one.new.currency, *(getattr(one, n).grouped() for n in COUNTED)) for one in new]
    shown = [table("实收与关联 money and credits", beside, rows),
             table("新增捐赠 new money", summed, sums)]  # fmt: skip
    return Answer(data, shown, lines=[RULE, stamp(position)])


def _credited_json(one: Credited) -> dict[str, object]:
    credited = {kind: amount.decimal() for kind, amount in one.credits.items()}
    unit = one.hard.currency
    return {"fund": one.fund, "unit": unit, "hard": one.hard.decimal(), "credits": credited}


def _entry_json(one: CreditEntry) -> dict[str, object]:
    return {
        "credit": one.credit,
        "gift": one.gift,
        "fund": one.fund,
        "kind": one.kind,
        "amount": one.amount.decimal(),
        "unit": one.amount.currency,
        "matches": one.matched,
        "withdrawn": one.withdrawn,
    }
