"""What the page of a closed period says: what came in, went out and was left, and its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from api.commands.asking import as_of
from api.commands.reporting import correction_json
from api.correction_words import in_words
from api.organisations_seen import seen
from api.public_house import PublicHouse
from api.times import rfc3339
from ledger.domain.goods import amount_of
from ledger.errors import Unknown
from projections import public_periods
from projections.journal_queries import Correction
from projections.public_index import PUBLIC_INDEX
from projections.public_periods import FundSums, Period
from projections.runner import Position
from projections.trace_queries import NotTraceable

AGENCY = "agency"
CORRECTION = ("leaf", "fund", "kind", "id", "corrects", "amount", "unit", "day", "booked_on",
              "late", "reason", "note")  # fmt: skip
MOVES = {
    "received": ("gift", "goods"),
    "transferred_in": ("allocation-in", "take-back"),
    "recovered": ("recovery",),
    "disbursed": ("disbursement",),
    "transferred_out": ("allocation-out", "given-back"),
    "returned": ("return",),
    "reversed": ("reversal",),
}
"""The columns of a period, and the movements of the journal that each adds up."""


class PeriodUnknown(Unknown):
    """An organisation closed no period on that day."""

    def __init__(self, uscc: str, last: date) -> None:
        super().__init__(
            f"{uscc} closed no period with {last} as its last day; its page lists those it closed"
        )


@dataclass(frozen=True, slots=True)
class PeriodPage:
    """A closed period of an organisation, as of a position."""

    uscc: str
    name: str
    period: Period
    before: Period | None
    after: Period | None
    sums: Sequence[FundSums]
    corrections: Sequence[Correction]
    more: int | None
    corrected_later: int
    position: Position

    @property
    def own(self) -> list[FundSums]:
        """The totals by unit, without what is only held for others."""
        return totals([one for one in self.sums if one.kind != AGENCY])

    @property
    def held(self) -> list[FundSums]:
        """The totals of what is held for others (受托代理), which is nobody's income here."""
        return totals([one for one in self.sums if one.kind == AGENCY])


def totals(sums: Sequence[FundSums]) -> list[FundSums]:
    """Add up funds, each unit by itself."""
    by_unit: dict[str, FundSums] = {}
    for one in sums:
        total = by_unit.setdefault(one.unit, FundSums("", "", one.kind, one.unit))
        total.opening += one.opening
        for kind, amount in one.moved.items():
            total.moved[kind] = total.moved.get(kind, 0) + amount
            total.counted[kind] = total.counted.get(kind, 0) + one.counted[kind]
    return list(by_unit.values())


def known(home: PublicHouse, uscc: str, at: Position | None) -> tuple[str, Position]:
    """Return the name of an organisation and the position; NotTraceable if nobody registered it."""
    position = home.runner.reached(PUBLIC_INDEX, at)
    found = seen(home, [uscc], position.size).get(uscc)
    if found is None:
        raise NotTraceable("organisation", uscc)
    return found.known.name, position


def described(
    home: PublicHouse,
    uscc: str,
    last: date,
    limit: int,
    after: int | None,
    at: Position | None,
) -> PeriodPage:
    """Return a closed period with a page of its corrections; PeriodUnknown if it was not closed."""
    name, position = known(home, uscc, at)
    listed = [None, *public_periods.periods(home.runner, uscc, at), None]
    found = next((n for n, one in enumerate(listed) if one and one.last == last), None)
    if found is None:
        raise PeriodUnknown(uscc, last)
    before, period, following = listed[found - 1 : found + 2]
    assert period is not None, "it was just found"
    shown, more = public_periods.corrections(home.runner, uscc, period, limit, after)
    later = public_periods.corrected_later(home.runner, uscc, period, at)
    sums = public_periods.sums(home.runner, uscc, period)
    return PeriodPage(
        uscc, name, period, before, following, sums, shown, more, later, position
    )  # fmt: skip


def period_json(found: PeriodPage) -> dict[str, object]:
    """Return the page for programs."""
    return {
        "as_of": as_of(found.position),
        "uscc": found.uscc,
        "name": found.name,
        **line_json(found.period),
        "totals": list(map(_moved, found.own)),
        "held_for_others": list(map(_moved, found.held)),
        "funds": [
            {"fund": one.fund, "name": one.name, "kind": one.kind, **_moved(one)}
            for one in found.sums
        ],
        "corrections": list(map(_correction, found.corrections)),
        "corrected_later": found.corrected_later,
    }


def line_json(period: Period) -> dict[str, object]:
    """Return a closed period as a line of a list."""
    return {
        "first_day": period.first.isoformat() if period.first else None,
        "last_day": period.last.isoformat(),
        "entry": period.close.leaf,
        "closed_at": rfc3339(period.close.time),
        "size": period.close.size,
    }


def _moved(one: FundSums) -> dict[str, object]:
    def decimal(units: int) -> str:
        return amount_of(units, one.unit).decimal()

    return {
        "unit": one.unit,
        "opening": decimal(one.opening),
        **{name: decimal(one.sum_of(*kinds)) for name, kinds in MOVES.items()},
        "closing": decimal(one.closing),
        "gifts": sum(one.counted.get(kind, 0) for kind in MOVES["received"]),
        "payments": one.counted.get("disbursement", 0),
    }


def _correction(one: Correction) -> dict[str, object]:
    told = correction_json(one)
    return {name: told[name] for name in CORRECTION} | {"words": in_words(one)}
