"""Commands on names given in thanks, and on what donors get beyond a name."""

from __future__ import annotations

import argparse
import re
from argparse import Namespace
from pathlib import Path
from typing import get_args

from api import naming_page, naming_tables, naming_words
from api.answers import Answer, facts, table
from api.arguments import Commands, command, day, digest_of, group
from api.commands import naming_decisions
from api.commands.founding import home_of
from api.commands.naming_telling import on_name, today, told
from ledger.application.naming_requests import ProposeName, Screening
from ledger.domain.events.naming import NamingRule
from ledger.domain.naming_grant import FORMS, PROPOSERS, THINGS, WHOLE, WISHES
from ledger.domain.naming_screen import Person
from ledger.money import Money
from projections import namings

SHARE = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?%?")


def share(text: str) -> int:
    """Read a share such as 50 or 33.33% as basis points; a rule checks whether it can be."""
    found = SHARE.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r} is no share; write it as 50% or 33.33%")
    whole, part = found.groups(default="")
    return int(whole) * (WHOLE // 100) + int(part.ljust(2, "0"))


def declare(commands: Commands) -> None:
    """Declare the commands on names."""
    named = group(commands, "naming", "项目冠名 names given in thanks")
    _declare_asking(named)
    _declare_proving(named)
    naming_decisions.declare_on_names(named)
    page = command(named, "show", show)
    page.add_argument("naming", metavar="ID")
    listed = command(named, "list", list_names)
    listed.add_argument("--charity", metavar="USCC")
    listed.add_argument("--fund", metavar="FUND")
    listed.add_argument("--reviews", action="store_true", help="only those under review")


def _declare_asking(named: Commands) -> None:
    ask = command(named, "propose", propose, writes=True).add_argument
    ask("--charity", required=True, metavar="USCC")
    ask("--fund", required=True, help="what the name is for; its gifts lie there")
    ask("--text", required=True, help="the exact text; sealed, never in the public log")
    ask("--thing", choices=THINGS, required=True)
    ask("--form", choices=FORMS, default="name", help="冠名, or 留名 (plaque)")
    ask("--construction", action="store_true", help="something is built for the gift")
    ask("--proposed-by", choices=PROPOSERS, default="donor")
    ask("--language", default="zh-Hans", metavar="TAG")
    ask("--place", metavar="CODE")
    ask("--benefit", help="what the donor gets beyond the name; for the public")
    ask("--cost", metavar="AMOUNT", help="what it costs in all")
    ask("--unit", default="CNY", metavar="CUR")
    ask("--gift", action="append", default=[], metavar="GIFT")
    ask("--share-asked", type=share, metavar="PERCENT")
    ask("--follows", metavar="ID", help="the name that this one changes or renews")
    ask("--by", required=True, metavar="ROLE")
    want = on_name(command(named, "wish", wish, writes=True)).add_argument
    want("wish", choices=WISHES)
    want("--document", type=Path, required=True, metavar="FILE")
    want("--publish", action="store_true", help="the donor lets public pages show the name")
    want("--other", metavar="TEXT", help="the name that the donor wants instead")


def _declare_proving(named: Commands) -> None:
    check = on_name(command(named, "screen", screen, writes=True)).add_argument
    check("--person", choices=get_args(Person), required=True, help="whose name the text holds")
    test = on_name(command(named, "fund", fund, writes=True)).add_argument
    test("--gift", action="append", default=[], metavar="GIFT",
         help="left out: those that counted before, or that it was proposed for")  # fmt: skip
    test("--cost", metavar="AMOUNT")
    test("--unit", default="CNY", metavar="CUR")
    test("--rule", required=True, metavar="ID", help="the rule that says what is enough")
    test("--rule-from", type=day, required=True, metavar="D")
    test("--rule-to", type=day, metavar="D")
    test("--share", type=share, metavar="PERCENT", help="the share of the cost that it asks for")
    test("--least", metavar="AMOUNT", help="the least amount that it asks for")
    test("--source", required=True, help="the text that says so")
    test("--on", type=day, metavar="D", help="the day of the test; today if left out")
    agree = on_name(command(named, "consent", consent, writes=True)).add_argument
    agree("--from", dest="beneficiary", required=True, metavar="NAME")
    agree("--document", type=Path, required=True, metavar="FILE")
    agree("--refused", action="store_true", help="the beneficiary does not agree")


def propose(args: Namespace) -> Answer:
    """Record that a name is asked for; nothing is promised by it."""
    asked = ProposeName(
        text=args.text,
        proposed_by=args.proposed_by,
        thing=args.thing,
        form=args.form,
        construction=args.construction,
        fund=args.fund,
        language=args.language,
        place=args.place,
        benefit=args.benefit,
        cost=Money.parse(args.cost, args.unit) if args.cost else None,
        gifts=tuple(args.gift),
        share_asked=args.share_asked,
        follows=args.follows,
    )
    with home_of(args) as home:
        naming = home.ledger.naming.propose(args.charity, asked, args.by)
        home.publish()
    return told("冠名已提出 proposed", naming=naming, status="proposed")


def wish(args: Namespace) -> Answer:
    """Record what the donor wants: `no` ends it, another text is a new proposal."""
    paper = digest_of(args.document)
    with home_of(args) as home:
        home.ledger.naming.record_wish(
            args.naming, args.wish, paper, publish=args.publish, other=args.other
        )
        home.publish()
    return told("捐赠人意愿 wish", naming=args.naming, wish=args.wish, document=paper)


def screen(args: Namespace) -> Answer:
    """Check the text against the word lists, names in use and donors not to be named."""
    with home_of(args) as home:
        home.runner.catch_up()
        against = Screening(
            person=args.person,
            taken=[name for name in namings.in_use(home.runner) if name != args.naming],
            withheld=namings.unnamed_gifts(home.runner),
        )
        found = home.ledger.naming.screen(args.naming, against)
        home.publish()
    words = "；".join(naming_words.FINDINGS[finding] for finding in found)
    data = {"naming": args.naming, "passed": not found, "findings": list(found)}
    return Answer(data, [facts("名称审查 screened", data | {"findings": words or None})])


def fund(args: Namespace) -> Answer:
    """Set what the gifts hold against what a rule asks for."""
    on = args.on or today()
    rule = NamingRule(
        id=args.rule,
        from_day=args.rule_from,
        to_day=args.rule_to,
        share_basis_points=args.share,
        least=Money.parse(args.least, args.unit) if args.least else None,
        source=args.source,
    )
    cost = Money.parse(args.cost, args.unit) if args.cost else None
    with home_of(args) as home:
        tested = home.ledger.naming.test_funding(args.naming, tuple(args.gift), cost, rule, on)
        home.publish()
    return told(
        "到账核对 funding tested",
        naming=args.naming,
        received=tested.received.decimal(),
        needed=tested.needed.decimal(),
        unit=tested.needed.currency,
        met=tested.met,
    )


def consent(args: Namespace) -> Answer:
    """Record what the beneficiary says to the name."""
    paper = digest_of(args.document)
    with home_of(args) as home:
        home.ledger.naming.record_consent(
            args.naming, args.beneficiary, paper, given=not args.refused
        )
        home.publish()
    return told("受益人意见 consent", naming=args.naming, given=not args.refused, document=paper)


def show(args: Namespace) -> Answer:
    """Show all that an approver needs on one page; the text is not for the public."""
    with home_of(args) as home:
        data = naming_page.page(home, args.naming, today())
    return Answer(data, naming_tables.tables(data))


def list_names(args: Namespace) -> Answer:
    """List names without their texts: where each stands, and which are under review."""
    with home_of(args) as home:
        home.runner.catch_up()
        found = namings.names(home.runner, args.charity, args.fund)
    kept = [entry for entry in found if entry.under_review or not args.reviews]
    data = [
        {
            "naming": entry.naming,
            "status": entry.status,
            "charity": entry.organisation,
            "fund": entry.fund,
            "thing": entry.thing,
            "form": entry.form,
            "place": entry.place,
            "from": entry.first_day.isoformat() if entry.first_day else None,
            "to": entry.last_day.isoformat() if entry.last_day else None,
            "shown_today": entry.shown_on(today()),
            "under_review": entry.under_review,
        }
        for entry in kept
    ]
    columns = ("编号 id", "状态 status", "对象 thing", "起 from", "止 to", "复核中 review")
    rows = [
        (d["naming"], naming_words.STATUS[str(d["status"])], naming_words.THINGS[str(d["thing"])],
         d["from"], d["to"], "是" if d["under_review"] else "")
        for d in data
    ]  # fmt: skip
    return Answer(data, [table("冠名 names", columns, rows)])
