"""Commands on 公益性捐赠税前扣除资格: granted by a list, ended by a notice, asked of a day."""

from __future__ import annotations

from argparse import Namespace
from datetime import date, datetime
from pathlib import Path

from api.answers import Answer, facts
from api.arguments import Commands, command, day, group
from api.commands.founding import home_of
from api.commands.ratios import ratios
from api.deductibility_words import answer_tables, class_answers, fact_words
from api.times import BEIJING
from ledger.domain import deductibility
from ledger.domain.eligibility import LEVELS, Listing, days_of
from ledger.domain.eligibility_grounds import FOR_GOOD, LAPSES, OFFENCES
from ledger.domain.organisations import EligibilityPeriod
from ledger.errors import Unreadable


class DaysMissing(Unreadable):
    """Without the day of the notice, a period's days do not follow from anything."""

    def __init__(self) -> None:
        super().__init__(
            "give both days (--from, --to), or the day of the notice that they follow from "
            "(--notice-date)"
        )


class GroundWithoutNotice(Unreadable):
    """A ground is that of a notice."""

    def __init__(self) -> None:
        super().__init__("a cancellation with a ground needs both: --notice and --ground")


def declare(commands: Commands) -> None:
    """Declare what acts on eligibility."""
    eligibility = group(commands, "eligibility", "公益性捐赠税前扣除资格")
    granted = command(eligibility, "grant", grant, writes=True)
    granted.add_argument("uscc", metavar="USCC")
    granted.add_argument("--from", dest="first", type=day, metavar="D")
    granted.add_argument("--to", dest="last", type=day, metavar="D")
    granted.add_argument("--notice", required=True, metavar="NO")
    granted.add_argument("--applicant-kind", type=int, choices=(1, 2, 3), default=1,
                         help="1 renewed, 2 regained, 3 new")  # fmt: skip
    granted.add_argument("--notice-date", type=day, metavar="D",
                         help="the days follow from it, and are checked")  # fmt: skip
    granted.add_argument("--level", choices=LEVELS, default="provincial")
    granted.add_argument("--transition", action="store_true",
                         help="a list of the first rounds, 公告2021年第3号")  # fmt: skip
    ended = command(eligibility, "cancel", cancel, writes=True)
    ended.add_argument("uscc", metavar="USCC")
    ended.add_argument("--notice-date", type=day, required=True, metavar="D")
    ended.add_argument("--notice", metavar="NO")
    ended.add_argument("--ground", choices=(*LAPSES, *OFFENCES, *FOR_GOOD), metavar="G",
                       help=f"art. 7: {', '.join(LAPSES)}; art. 8: {', '.join(OFFENCES)}; "
                       f"art. 9: {', '.join(FOR_GOOD)}")  # fmt: skip
    judged = command(eligibility, "ratios", ratios)
    judged.add_argument("year", type=Path, metavar="YEAR.json")
    judged.add_argument("--on", type=day, metavar="D", help="by the ratios in force that day")
    shown = command(eligibility, "show", show)
    shown.add_argument("uscc", metavar="USCC")
    shown.add_argument("--on", type=day, metavar="D", help="the day of a gift; otherwise today")


def grant(args: Namespace) -> Answer:
    """Record a period in which gifts to the organisation may be deducted."""
    if args.notice_date is None:
        return _granted(args)
    listing = Listing(
        args.notice, args.notice_date, args.applicant_kind, args.level, args.first, args.last,
        args.transition,
    )  # fmt: skip
    with home_of(args) as home:
        new = home.ledger.organisations.list_eligible(args.uscc, listing)
        home.publish()
    data = {
        **_period(args, *days_of(listing), new=new),
        "notice_date": args.notice_date.isoformat(),
        "level": args.level,
    }
    return Answer(data, [facts("公益性捐赠税前扣除资格 eligibility", data)])


def _granted(args: Namespace) -> Answer:
    if args.first is None or args.last is None or args.transition:
        raise DaysMissing
    with home_of(args) as home:
        new = home.ledger.organisations.grant_eligibility(
            args.uscc, args.first, args.last, args.notice, args.applicant_kind
        )
        home.publish()
    data = _period(args, args.first, args.last, new=new)
    return Answer(data, [facts("公益性捐赠税前扣除资格 eligibility", data)])


def _period(args: Namespace, first: date, last: date, *, new: bool) -> dict[str, object]:
    return {
        "uscc": args.uscc,
        "from": first.isoformat(),
        "to": last.isoformat(),
        "notice": args.notice,
        "applicant_kind": args.applicant_kind,
        "new": new,
    }


def cancel(args: Namespace) -> Answer:
    """Record a cancel notice: eligibility ends with its month."""
    if (args.notice is None) != (args.ground is None):
        raise GroundWithoutNotice
    barred: dict[str, object] = {}
    with home_of(args) as home:
        commands = home.ledger.organisations
        if args.ground is None:
            effective = commands.cancel_eligibility(args.uscc, args.notice_date)
        else:
            ended = commands.end_eligibility(args.uscc, args.notice, args.notice_date, args.ground)
            effective = ended.effective
            barred = {"ground": args.ground, **_barred(args.ground, ended.barred_until)}
        periods = home.ledger.streams.organisation(args.uscc).eligibility
        home.publish()
    data: dict[str, object] = {
        "uscc": args.uscc,
        "notice_date": args.notice_date.isoformat(),
        "effective": effective.isoformat(),
        **barred,
        "periods": [_shown(p) for p in periods],
    }
    return Answer(data, [facts("资格取消 eligibility cancelled", data)])


def _barred(ground: str, until: date | None) -> dict[str, object]:
    return {
        "barred_until": until.isoformat() if until else None,
        "barred_for_good": ground in FOR_GOOD,
    }


def show(args: Namespace) -> Answer:
    """Answer three questions about gifts of a day: issue, eligibility, deduction class."""
    on = args.on or datetime.now(BEIJING).date()
    with home_of(args) as home:
        known = home.ledger.streams.recipient(args.uscc)
    issue = deductibility.may_issue(known)
    eligible = deductibility.eligible_on(known, on)
    data = {
        "uscc": args.uscc,
        "name": known.name,
        "kind": known.kind,
        "on": on.isoformat(),
        "may_issue": _answered(issue),
        "eligible": _answered(eligible),
        "class": class_answers(known, on),
        "history": [fact_words(fact) for fact in known.eligibility_facts],
    }
    return Answer(data, [*answer_tables(data)])


def _answered(answer: deductibility.Answer) -> dict[str, object]:
    period = answer.period and _shown(answer.period)
    return {"yes": answer.yes, "reason": answer.reason, "source": answer.source, "period": period}


def _shown(period: EligibilityPeriod) -> dict[str, object]:
    bounded = period.first_day > date.min
    return {
        "from": period.first_day.isoformat() if bounded else None,
        "to": period.last_day.isoformat() if bounded else None,
        "notice": period.notice,
    }
