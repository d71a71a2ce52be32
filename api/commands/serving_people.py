"""Commands on help that is neither money nor goods: hours, skills, training, technology, jobs."""

from __future__ import annotations

import re
from argparse import ArgumentTypeError, Namespace
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from api.answers import Answer, facts, table
from api.arguments import Commands, command, day, digest_of, group, number
from api.commands.asking import as_of, shortened, stamp
from api.commands.founding import home_of
from ledger.application import GiveService
from ledger.domain.services import BASES, KINDS, REASONS
from ledger.domain.small_cells import TOTAL, Table, two_way
from ledger.money import Money
from projections import services
from projections.services import ServiceEntry, ServiceTotal

NOT_MONEY = (
    "服务时间不折算为金额；专业服务的估值单列，从不与款物相加 "
    "(hours are no money; the worth of professional services stands apart and is added to nothing)"
)
KIND_WORDS = {
    "volunteer": "志愿服务",
    "professional": "专业服务",
    "training": "培训",
    "technology": "技术",
    "jobs": "就业",
}
MINUTES = 60
HOURS = re.compile(r"[0-9]{1,12}(\.[0-9]{1,6})?")


def declare(commands: Commands) -> None:
    """Declare the commands on services."""
    service = group(commands, "service", "help that is neither money nor goods")
    given = command(service, "record", record, writes=True)
    add = given.add_argument
    add("--charity", required=True, metavar="USCC")
    add("--kind", choices=KINDS, required=True)
    add("--people", type=number, required=True, metavar="N", help="who helped, or found jobs")
    add("--hours", dest="minutes", type=minutes_of, default=0, metavar="H",
        help="of all of them together, such as 2.5")  # fmt: skip
    add("--on", type=day, required=True, metavar="D")
    add("--until", type=day, metavar="D", help="the last day, if there were several")
    add("--fund", metavar="FUND")
    add("--project", metavar="NAME", help="a project's public name")
    add("--place", metavar="CODE")
    add("--value", metavar="AMOUNT", help="in yuan, of a professional service only")
    add("--basis", choices=BASES, help="what the value rests on")
    add("--evidence", type=Path, metavar="FILE", help="proof of the value")
    add("--provider", metavar="NAME", help="public if it is an organisation's, else sealed")
    add("--note", help="kept in the vault, not in public")
    wrong = command(service, "correct", correct, writes=True)
    wrong.add_argument("service", metavar="SERVICE")
    wrong.add_argument("--reason", choices=REASONS, required=True)
    wrong.add_argument("--replaced-by", metavar="SERVICE", help="the record in its place")
    for name, run in (("list", listed), ("totals", totals)):
        command(service, name, run).add_argument("--charity", metavar="USCC")


def minutes_of(text: str) -> int:
    """Read hours such as 2.5 as whole minutes, exactly."""
    if not HOURS.fullmatch(text):
        raise ArgumentTypeError(f"{text!r} is no number of hours; write it as 2.5")
    minutes = Fraction(text) * MINUTES
    if minutes.denominator != 1:
        raise ArgumentTypeError(f"{text} hours are no whole minutes; write quarters or tenths")
    return int(minutes)


def in_hours(minutes: int) -> str:
    """Write minutes as hours and minutes, 2:30."""
    return f"{minutes // MINUTES}:{minutes % MINUTES:02d}"


def record(args: Namespace) -> Answer:
    """Record help that was given; people and hours are counted, nobody is named."""
    given = GiveService(
        kind=args.kind,
        people=args.people,
        minutes=args.minutes,
        given_on=args.on,
        until=args.until or args.on,
        fund=args.fund,
        project=args.project,
        place=args.place,
        value=Money.parse(args.value) if args.value else None,
        basis=args.basis,
        evidence=digest_of(args.evidence) if args.evidence else None,
        provider=args.provider,
        note=args.note,
    )
    with home_of(args) as home:
        service = home.ledger.services.give(args.charity, given)
        home.publish()
    data: dict[str, object] = {
        "service": service, "kind": given.kind, "people": given.people, "minutes": given.minutes,
        "hours": in_hours(given.minutes), "worth": given.value and given.value.decimal(),
    }  # fmt: skip
    return Answer(data, [facts("服务已登记 service recorded", data)], lines=[NOT_MONEY])


def correct(args: Namespace) -> Answer:
    """Record that a record of help counts no longer, and which one stands in its place."""
    with home_of(args) as home:
        home.ledger.services.correct(args.service, args.reason, args.replaced_by)
        home.publish()
    data: dict[str, object] = {
        "service": args.service, "reason": args.reason, "replaced_by": args.replaced_by,
    }  # fmt: skip
    return Answer(data, [facts("服务已更正 service corrected", data)])


def listed(args: Namespace) -> Answer:
    """List records of help, those that count no longer too."""
    with home_of(args) as home:
        if args.charity:
            home.ledger.streams.charity(args.charity)
        home.runner.catch_up()
        found, position = services.services(home.runner, args.charity)
    columns = ("服务 service", "类别 kind", "日期 day", "地区 place", "人数 people>", "小时 hours>",
               "更正 corrected")  # fmt: skip
    rows = [
        (shortened(one.service), KIND_WORDS[one.kind], one.given_on, one.place or "—", one.people,
         in_hours(one.minutes), one.corrected or "—")
        for one in found
    ]  # fmt: skip
    data = {"services": [_entry_json(one) for one in found], "as_of": as_of(position)}
    return Answer(data, [table("服务 services", columns, rows)], lines=[NOT_MONEY, stamp(position)])


def _entry_json(one: ServiceEntry) -> dict[str, object]:
    return {
        "service": one.service,
        "charity": one.organisation,
        "fund": one.fund,
        "project": one.project,
        "kind": one.kind,
        "people": one.people,
        "minutes": one.minutes,
        "from": one.given_on.isoformat(),
        "to": one.until.isoformat(),
        "place": one.place,
        "worth": one.value and one.value.decimal(),
        "basis": one.basis,
        "provider": one.provider,
        "corrected": one.corrected,
        "replaced_by": one.replaced_by,
    }


def totals(args: Namespace) -> Answer:
    """Sum up people and hours by kind and place; what services are worth stands apart."""
    with home_of(args) as home:
        if args.charity:
            home.ledger.streams.charity(args.charity)
        home.runner.catch_up()
        found, position = services.totals(home.runner, args.charity)
        people = _people(services.services(home.runner, None)[0])
    who = args.charity or TOTAL
    said = {(one.kind, one.place): people.cell(who, _group(one)) for one in found}
    columns = ("类别 kind", "地区 place", "次数 records>", "人数 people>", "小时 hours>",
               "估值（单列）worth apart>")  # fmt: skip
    rows = [_total_row(one, said[one.kind, one.place]) for one in found]
    totals_json = [_total_json(one, said[one.kind, one.place]) for one in found]
    data = {"totals": totals_json, "as_of": as_of(position)}
    return Answer(
        data, [table("服务合计 totals", columns, rows)], lines=[NOT_MONEY, stamp(position)]
    )


def _people(entries: Sequence[ServiceEntry]) -> Table:
    """Count people by charity, and by kind and place; small groups are hidden for all answers."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in entries:
        if one.corrected is None:
            counts[one.organisation, _group(one)] += one.people
    return two_way(counts, row_totals=False, total=False)


def _group(one: ServiceEntry | ServiceTotal) -> str:
    return f"{one.kind} {one.place or ''}"


def _total_row(one: ServiceTotal, people: int | str) -> tuple[object, ...]:
    group = (KIND_WORDS[one.kind], one.place or "—")
    if isinstance(people, str):
        return *group, "—", people, "—", "—"
    worth = ", ".join(f"{worth.grouped()} {worth.currency}" for worth in one.worth) or "—"
    return *group, one.records, people, in_hours(one.minutes), worth


def _total_json(one: ServiceTotal, people: int | str) -> dict[str, object]:
    """Tell a group; of a hidden one `suppressed` says why, and nothing else is told."""
    group: dict[str, object] = {"kind": one.kind, "place": one.place}
    if isinstance(people, str):
        hidden = dict.fromkeys(("records", "people", "minutes", "hours"))
        return {**group, **hidden, "worth": {}, "suppressed": people}
    return {
        **group,
        "records": one.records,
        "people": one.people,
        "minutes": one.minutes,
        "hours": in_hours(one.minutes),
        "worth": {worth.currency: worth.decimal() for worth in one.worth},
        "suppressed": None,
    }
