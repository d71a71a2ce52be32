"""The command that holds an organisation's year against the spending and cost ratios."""

from __future__ import annotations

from argparse import Namespace
from datetime import date, datetime

from api.answers import DONE, WRONG, Answer, table
from api.deducting.reference import ratio_table
from api.times import BEIJING
from api.verifying.files import read_file
from ledger.domain.deduction.ratios import (
    SETS,
    NoRatioKnown,
    OrganisationYear,
    parse_year,
    ratio_met,
)
from ledger.domain.deduction.reading import BYTES_MAX

NAMES = {"eligibility": "扣除资格 eligibility", "supervision": "监管 supervision"}


def ratios(args: Namespace) -> Answer:
    """Judge a year by both sets of ratios; a set that has none for such a body is left out."""
    on = args.on or datetime.now(BEIJING).date()
    year = parse_year(read_file(args.year, BYTES_MAX))
    judged = [_judged(which, year, on) for which in SETS]
    found = [one for one in judged if one]
    if not found:
        raise NoRatioKnown(" or ".join(SETS), year.kind, on)
    rows = [
        (NAMES[str(one["set"])], one["spending_asked"], one["cost_allowed"],
         "✓" if one["met"] else "✗", one["source"])
        for one in found
    ]  # fmt: skip
    columns = ("标准 set", "支出不低于 spend>", "管理费不高于 cost>", "达标 met", "依据 source")
    shown = table("公益支出与管理费用比例 ratios", columns, rows)
    data = {"on": on.isoformat(), "kind": year.kind, "sets": found}
    return Answer(data, [shown], DONE if all(one["met"] for one in found) else WRONG)


def _judged(which: str, year: OrganisationYear, on: date) -> dict[str, object]:
    try:
        answer = ratio_met(ratio_table(), which, year, on)
    except NoRatioKnown:
        return {}
    return {
        "set": which,
        "spending_asked": answer.spending_asked.decimal(),
        "spending_met": answer.spending_met,
        "cost_allowed": answer.cost_allowed.decimal(),
        "cost_met": answer.cost_met,
        "met": answer.met,
        "source": answer.ratio.source,
        "from": answer.ratio.first.isoformat(),
    }
