"""Commands on disbursements: each step by another person, each refusal on record."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api.answers import Answer, facts
from api.arguments import Commands, OneLineParser, amount, command, day, digest_of, group
from api.commands.founding import home_of
from api.commands.funding import correction_of, why
from api.wiring import House
from ledger.application import PayOut
from ledger.domain.disbursements import COST_CLASSES
from ledger.money import Money
from projections import trace_queries


def declare(commands: Commands) -> None:
    """Declare the commands on disbursements."""
    spend = group(commands, "disbursement", "payments and goods issued, step by step")
    ask = command(spend, "propose", propose, writes=True)
    ask.add_argument("--fund", required=True)
    ask.add_argument("--payee", required=True)
    ask.add_argument("--amount", required=True)
    ask.add_argument("--unit", default="CNY", metavar="CUR|ITEM")
    ask.add_argument("--purpose")
    ask.add_argument("--place", metavar="CODE")
    ask.add_argument("--cost-class", choices=COST_CLASSES, default="charitable")
    ask.add_argument("--by", required=True, metavar="ROLE")
    agree = command(spend, "approve", approve, writes=True)
    _of(agree)
    paid = command(spend, "pay", pay, writes=True)
    paid.add_argument("disbursement", metavar="ID")
    paid.add_argument("--on", type=day, metavar="D")
    drop = command(spend, "withdraw", withdraw, writes=True)
    _of(drop)
    drop.add_argument("--note", required=True, help="why; for the public")
    seen = command(spend, "accept", accept, writes=True)
    _of(seen)
    seen.add_argument("--evidence", nargs="+", type=Path, required=True, metavar="FILE")
    seen.add_argument("--on", type=day, required=True, metavar="D")
    back = command(spend, "recover", recover, writes=True)
    back.add_argument("disbursement", metavar="ID")
    back.add_argument("amount", metavar="AMOUNT")
    back.add_argument("--on", type=day, metavar="D")
    why(back)
    classed = command(spend, "classify", classify, writes=True)
    classed.add_argument("disbursement", metavar="ID")
    classed.add_argument("cost_class", choices=COST_CLASSES)
    limit = command(group(commands, "limit", "who approves how much"), "set", set_limit,
                    writes=True)  # fmt: skip
    limit.add_argument("uscc", metavar="USCC")
    limit.add_argument("role", metavar="ROLE")
    limit.add_argument("amount", metavar="AMOUNT|none")
    limit.add_argument("--unit", default="CNY", metavar="CUR")
    limit.add_argument("--by", required=True, metavar="ROLE")


def _of(parser: OneLineParser) -> None:
    add = parser.add_argument
    add("disbursement", metavar="ID")
    add("--by", required=True, metavar="ROLE")


def _found(home: House, disbursement: str) -> dict[str, str]:
    home.runner.catch_up()
    return trace_queries.disbursement(home.runner, disbursement)


def _told(title: str, data: dict[str, object]) -> Answer:
    return Answer(data, [facts(title, data)])


def propose(args: Namespace) -> Answer:
    """Ask that a payee be paid, or be given goods from stock."""
    asked = PayOut(
        payee=args.payee,
        amount=amount(args.amount, args.unit),
        paid_on=None,
        purpose=args.purpose,
        place=args.place,
        cost_class=args.cost_class,
    )
    with home_of(args) as home:
        disbursement = home.ledger.disbursements.propose(args.fund, asked, args.by)
        home.publish()
    return _told("支出申请 proposed", {"disbursement": disbursement, "fund": args.fund,
                                   "amount": asked.amount.decimal(), "unit": asked.amount.unit,
                                   "status": "proposed"})  # fmt: skip


def approve(args: Namespace) -> Answer:
    """Agree, as another person than who proposed it, within the limit of the role."""
    with home_of(args) as home:
        fund = _found(home, args.disbursement)["fund"]
        home.ledger.disbursements.approve(fund, args.disbursement, args.by)
        home.publish()
    return _told("支出已批准 approved", {"disbursement": args.disbursement, "status": "approved"})


def pay(args: Namespace) -> Answer:
    """Record that an approved disbursement has been paid."""
    with home_of(args) as home:
        fund = _found(home, args.disbursement)["fund"]
        home.ledger.disbursements.pay(fund, args.disbursement, args.on)
        home.publish()
    return _told("支出已付 paid", {"disbursement": args.disbursement, "status": "paid"})


def withdraw(args: Namespace) -> Answer:
    """Record that a disbursement will not be paid; what was reserved is free again."""
    with home_of(args) as home:
        fund = _found(home, args.disbursement)["fund"]
        home.ledger.disbursements.withdraw(fund, args.disbursement, args.note, args.by)
        home.publish()
    return _told("支出已撤回 withdrawn", {"disbursement": args.disbursement,
                                     "status": "withdrawn"})  # fmt: skip


def accept(args: Namespace) -> Answer:
    """Record that what was paid for is there; files are bound by their digests, and not kept."""
    digests = [digest_of(path) for path in args.evidence]
    with home_of(args) as home:
        fund = _found(home, args.disbursement)["fund"]
        home.ledger.disbursements.accept(fund, args.disbursement, digests, args.on, args.by)
        home.publish()
    return _told("支出已验收 accepted", {"disbursement": args.disbursement, "evidence": digests})


def recover(args: Namespace) -> Answer:
    """Record that money or goods came back, or that a payment was a mistake."""
    with home_of(args) as home:
        found = _found(home, args.disbursement)
        back = amount(args.amount, found["unit"])
        home.ledger.disbursements.recover(
            found["fund"], args.disbursement, back, args.on, correction_of(args)
        )
        home.publish()
    return _told("支出退回 recovered", {"disbursement": args.disbursement,
                                    "amount": back.decimal(), "unit": back.unit})  # fmt: skip


def classify(args: Namespace) -> Answer:
    """Record which class of cost a disbursement is."""
    with home_of(args) as home:
        fund = _found(home, args.disbursement)["fund"]
        home.ledger.disbursements.classify(fund, args.disbursement, args.cost_class)
        home.publish()
    return _told("费用类别 cost class", {"disbursement": args.disbursement,
                                     "cost_class": args.cost_class})  # fmt: skip


def set_limit(args: Namespace) -> Answer:
    """Set up to what amount a role approves; `none` lifts the limit."""
    limit = None if args.amount == "none" else Money.parse(args.amount, args.unit)
    with home_of(args) as home:
        home.ledger.disbursements.set_limit(args.uscc, args.role, limit, args.by)
        home.publish()
    return _told("审批限额 limit", {"role": args.role, "limit": str(limit) if limit else None})
