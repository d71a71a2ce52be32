"""Commands that decide on a name: approved, in force, ended, reviewed; and on benefits."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from api.answers import Answer
from api.arguments import Commands, OneLineParser, command, day, digest_of
from api.commands.founding import home_of
from api.commands.naming_telling import on_name, today, told
from ledger.application.naming_requests import ApproveName
from ledger.domain.naming_approval import LEVELS
from ledger.domain.naming_grant import Term
from ledger.domain.naming_life import OUTCOMES, PARTIES
from ledger.errors import Unreadable
from ledger.money import Money


class TermHalf(Unreadable):
    """A term has two ends."""

    def __init__(self) -> None:
        super().__init__("name both the first and the last day of the term (--from D --to D)")


def declare_on_names(named: Commands) -> None:
    """Declare the commands on decided names."""
    _declare_deciding(named)
    _declare_living(named)


def _declare_deciding(named: Commands) -> None:
    put = on_name(command(named, "submit", submit, writes=True)).add_argument
    put("--authority", required=True, metavar="USCC")
    put("--level", choices=(*LEVELS, "township", "village"), required=True)
    put("--by", required=True, metavar="ROLE")
    grant = on_name(command(named, "approve", approve, writes=True))
    grant.add_argument("--authority", required=True, metavar="USCC")
    grant.add_argument("--text", required=True, help="the text as the approval has it")
    grant.add_argument("--number", required=True, help="of the approval")
    grant.add_argument("--on", type=day, required=True, metavar="D")
    _term_days(grant, required=True)
    _two(grant)
    refuse = on_name(command(named, "reject", reject, writes=True))
    refuse.add_argument("--authority", required=True, metavar="USCC")
    refuse.add_argument("--reason", required=True, help="for the public")
    _two(refuse)
    begin = on_name(command(named, "enter", enter, writes=True))
    _term_days(begin, required=False)
    begin.add_argument("--on", type=day, metavar="D", help="today if left out")
    begin.add_argument("--by", required=True, metavar="ROLE")


def _declare_living(named: Commands) -> None:
    for name, run in (("suspend", suspend), ("revoke", revoke)):
        end = on_name(command(named, name, run, writes=True))
        end.add_argument("--ground", required=True, help="for the public")
        _acting(end)
    again = on_name(command(named, "resume", resume, writes=True))
    again.add_argument("--on", type=day, metavar="D", help="today if left out")
    _acting(again)
    back = on_name(command(named, "withdraw", withdraw, writes=True)).add_argument
    back("party", choices=PARTIES)
    back("--document", type=Path, required=True, metavar="FILE")
    over = on_name(command(named, "expire", expire, writes=True)).add_argument
    over("--on", type=day, metavar="D", help="today if left out")
    close = on_name(command(named, "review", review, writes=True))
    close.add_argument("outcome", choices=OUTCOMES)
    close.add_argument("--reason", required=True, help="for the public")
    _two(close)


def declare_on_gifts(gift: Commands) -> None:
    """Declare the command on what a donor gets for a gift."""
    got = command(gift, "benefit", benefit, writes=True)
    got.add_argument("gift", metavar="GIFT")
    worth = got.add_mutually_exclusive_group(required=True)
    worth.add_argument("--value", metavar="AMOUNT", help="what it is worth; 0.00 if nothing")
    worth.add_argument("--unvalued", action="store_true", help="nobody can value it")
    got.add_argument("--what", required=True, help="for the public")
    got.add_argument("--document", type=Path, required=True, metavar="FILE")
    got.add_argument("--by", required=True, metavar="ROLE")


def _two(parser: OneLineParser) -> None:
    parser.add_argument("--by", required=True, metavar="ROLE")
    parser.add_argument("--countersigned-by", required=True, metavar="ROLE")


def _acting(parser: OneLineParser) -> None:
    parser.add_argument("--by", required=True, metavar="ROLE")
    parser.add_argument("--as-authority", action="store_true", help="signed by who approved it")


def _term_days(parser: OneLineParser, *, required: bool) -> None:
    parser.add_argument("--from", dest="first", type=day, required=required, metavar="D")
    parser.add_argument("--to", dest="last", type=day, required=required, metavar="D")


def _term(args: Namespace) -> Term | None:
    if (args.first is None) != (args.last is None):
        raise TermHalf
    return Term(args.first, args.last) if args.first else None


def submit(args: Namespace) -> Answer:
    """Put the name before a government of county level or above."""
    with home_of(args) as home:
        home.ledger.naming.submit(args.naming, args.authority, args.level, args.by)
        home.publish()
    return told("已报送 submitted", naming=args.naming, authority=args.authority)


def approve(args: Namespace) -> Answer:
    """Record that a government approved exactly this text for a term."""
    term = Term(args.first, args.last)
    said = ApproveName(
        text=args.text,
        authority=args.authority,
        number=args.number,
        approved_on=args.on,
        term=term,
        decided_by=args.by,
        countersigned_by=args.countersigned_by,
    )
    with home_of(args) as home:
        home.ledger.naming.approve(args.naming, said)
        home.publish()
    return told("已批准 approved", naming=args.naming, number=args.number,
                 first_day=args.first.isoformat(), last_day=args.last.isoformat())  # fmt: skip


def reject(args: Namespace) -> Answer:
    """Record that a government refused the name, and why."""
    with home_of(args) as home:
        home.ledger.naming.reject(
            args.naming, args.authority, args.reason, args.by, args.countersigned_by
        )
        home.publish()
    return told("不予批准 rejected", naming=args.naming, reason=args.reason)


def enter(args: Namespace) -> Answer:
    """Bring the name into force, as another person than who proposed it."""
    with home_of(args) as home:
        entered = home.ledger.naming.enter(args.naming, _term(args), args.on or today(), args.by)
        home.publish()
    return told("已生效 in force", naming=args.naming, received=entered.received.decimal(),
                 first_day=entered.first_day.isoformat(),
                 last_day=entered.last_day.isoformat())  # fmt: skip


def suspend(args: Namespace) -> Answer:
    """Take the name from public pages for now."""
    with home_of(args) as home:
        home.ledger.naming.suspend(
            args.naming, args.ground, args.by, as_authority=args.as_authority
        )
        home.publish()
    return told("已暂停 suspended", naming=args.naming, ground=args.ground)


def resume(args: Namespace) -> Answer:
    """Bring a suspended name back into force; only who suspended it may."""
    on = args.on or today()
    with home_of(args) as home:
        home.ledger.naming.resume(args.naming, on, args.by, as_authority=args.as_authority)
        home.publish()
    return told("已恢复 resumed", naming=args.naming, on=on.isoformat())


def revoke(args: Namespace) -> Answer:
    """Take the name back, for good; its history stays."""
    with home_of(args) as home:
        home.ledger.naming.revoke(args.naming, args.ground, args.by, as_authority=args.as_authority)
        home.publish()
    return told("已撤销 revoked", naming=args.naming, ground=args.ground)


def withdraw(args: Namespace) -> Answer:
    """Record that donor or beneficiary took a consent back; that ends the name."""
    paper = digest_of(args.document)
    with home_of(args) as home:
        home.ledger.naming.withdraw(args.naming, args.party, paper)
        home.publish()
    return told("同意已撤回 withdrawn", naming=args.naming, by=args.party, document=paper)


def expire(args: Namespace) -> Answer:
    """Record that the term is over."""
    on = args.on or today()
    with home_of(args) as home:
        home.ledger.naming.expire(args.naming, on)
        home.publish()
    return told("已到期 expired", naming=args.naming, on=on.isoformat())


def review(args: Namespace) -> Answer:
    """Close the review that a return opened: keep the name if it is paid for again, or revoke."""
    with home_of(args) as home:
        home.ledger.naming.close_review(
            args.naming, args.outcome, args.reason, args.by, args.countersigned_by
        )
        home.publish()
    return told("复核结束 review closed", naming=args.naming, outcome=args.outcome)


def benefit(args: Namespace) -> Answer:
    """Record what a donor gets for a gift: that much of it bears no receipt."""
    paper = digest_of(args.document)
    with home_of(args) as home:
        unit = home.ledger.streams.gift(args.gift).booked.currency
        worth = None if args.unvalued else Money.parse(args.value, unit)
        home.ledger.naming.record_benefit(args.gift, worth, args.what, args.by, paper)
        home.publish()
    return told("捐赠回报 benefit", gift=args.gift, what=args.what, document=paper,
                 benefit=worth.decimal() if worth else None)  # fmt: skip
