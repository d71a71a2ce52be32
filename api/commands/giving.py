"""Commands on gifts: one at a time, in money or in kind, as a clerk enters them."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api import importing
from api.answers import Answer, facts
from api.arguments import Commands, OneLineParser, command, day, digest_of, group
from api.commands import correcting, crediting, naming_decisions
from api.commands.founding import home_of
from ledger.application import ReceiveGift, ReceiveGoods
from ledger.domain.events import GoodsLine
from ledger.domain.gifts_in_kind import BASES, KINDS
from ledger.domain.goods import Quantity, item
from ledger.money import Money


def declare(commands: Commands) -> None:
    """Declare the commands on gifts."""
    gift = group(commands, "gift", "single gifts")
    money = command(gift, "record", record_money, writes=True)
    _common(money)
    money.add_argument("--amount", required=True)
    money.add_argument("--unit", default="CNY", metavar="CUR")
    money.add_argument("--rate", metavar="CUR:RATE:PER:DATE:SOURCE")
    money.add_argument("--pledge", metavar="PLEDGE", help="the promise that all of it keeps")
    goods = command(gift, "goods", record_goods, writes=True)
    _common(goods)
    goods.add_argument("--item", required=True, metavar="NAME")
    goods.add_argument("--specification")
    goods.add_argument("--quantity", required=True, type=int)
    goods.add_argument("--unit", required=True, metavar="个|箱|股|…")
    goods.add_argument("--kind", choices=KINDS, default="goods")
    goods.add_argument("--value", metavar="AMOUNT", help="in yuan, for the whole line")
    goods.add_argument("--basis", choices=BASES, default="none", help="what the value rests on")
    goods.add_argument("--evidence", type=Path, metavar="FILE", help="proof of the value")
    correcting.declare_on_gifts(gift)
    crediting.declare_on_gifts(gift)
    naming_decisions.declare_on_gifts(gift)


def _common(parser: OneLineParser) -> None:
    add = parser.add_argument
    add("--charity", required=True, metavar="USCC")
    add("--fund", required=True)
    add("--donor", metavar="NAME", help="left out: held in suspense until somebody claims it")
    add("--on", type=day, metavar="D", help="the day the property passed")
    add("--note", help="kept in the vault, not in public")


def record_money(args: Namespace) -> Answer:
    """Record one gift of money."""
    currency, rate = importing.exchange_of(args.rate) if args.rate else (args.unit, None)
    received = ReceiveGift(
        amount=Money.parse(args.amount, currency),
        donor=args.donor,
        received_on=args.on,
        date_basis="given" if args.on else "none",
        exchange=rate,
        note=args.note,
    )
    return _recorded(args, received)


def record_goods(args: Namespace) -> Answer:
    """Record one gift in kind; without proof of its value it bears no receipt."""
    line = GoodsLine(
        quantity=Quantity(args.quantity, item(args.item, args.specification, args.unit).code),
        written=f"{args.quantity}{args.unit}",
        conversion=None,
        value=Money.parse(args.value) if args.value else None,
        basis=args.basis,
        evidence=digest_of(args.evidence) if args.evidence else None,
    )
    received = ReceiveGoods(
        lines=[line],
        donor=args.donor,
        received_on=args.on,
        date_basis="given" if args.on else "none",
        kind=args.kind,
        note=args.note,
    )
    return _recorded(args, received)


def _recorded(args: Namespace, received: ReceiveGift | ReceiveGoods) -> Answer:
    with home_of(args) as home:
        if isinstance(received, ReceiveGift) and args.pledge:
            gift = home.ledger.pledges.receive(args.charity, args.fund, received, args.pledge)
        else:
            (gift,) = home.ledger.gifts.receive_gifts(args.charity, args.fund, [received])
        home.publish()
    if isinstance(received, ReceiveGift):
        amounts, kept = [str(received.amount)], {"pledge": args.pledge} if args.pledge else {}
    else:
        amounts, kept = [str(line.quantity) for line in received.lines], {}
    data: dict[str, object] = {"gift": gift, "fund": args.fund, "received": ", ".join(amounts)}
    data |= kept
    return Answer(data, [facts("捐赠已入账 gift recorded", data)])
