"""What the page of a place says: what reached it, by fund, and how little is said of persons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.commands.asking import as_of
from api.public_house import PublicHouse
from ledger.domain.goods import amount_of
from ledger.domain.small_cells import TOTAL, one_way
from ledger.domain.values import place_code
from projections import directory, place_queries, public_queries
from projections.directory import FundEntry
from projections.place_queries import PlacePayment, Reached
from projections.runner import Position
from projections.trace_queries import NotTraceable


@dataclass(frozen=True, slots=True)
class PlacePage:
    """What reached a place, with the funds and evidence that are named in it.

    `people` says how many payments each fund made to private persons, or words where that would
    give a small group away; under "" their sum. Of their amounts nothing is said.
    """

    place: str
    reached: tuple[Reached, ...]
    people: Mapping[str, int | str]
    payments: Sequence[PlacePayment]
    older: int | None
    funds: Mapping[str, FundEntry]
    evidence: Mapping[str, Sequence[str]]
    position: Position


def described(
    home: PublicHouse, code: str, limit: int, before: int | None, at: Position | None
) -> PlacePage:
    """Return what is known of a place; NotTraceable when no fund is for it and nothing reached it.

    Each payment to a person counts as one of another person: a group is never taken for larger
    than it is only if nobody was paid twice, so amounts and days are never shown here.
    """
    place = place_code(code)
    reached, people, position = place_queries.reached(home.runner, place, at)
    payments, older = place_queries.payments(home.runner, place, limit, before, at)
    known = public_queries.entries(home.runner, "place", [place], at)
    if not (reached or people or known):
        raise NotTraceable("place", place)
    ids = [payment.disbursement for payment in payments]
    return PlacePage(
        place, tuple(reached), one_way(people) if people else {}, payments, older,
        {fund.fund: fund for fund in directory.funds(home.runner, at=at)},
        public_queries.evidence(home.runner, ids, at), position,
    )  # fmt: skip


def place_json(found: PlacePage) -> dict[str, object]:
    """Return the page for programs."""
    return {
        "as_of": as_of(found.position),
        "place": found.place,
        "reached": [_reached(one, found.funds[one.fund]) for one in found.reached],
        "people": [{"fund": f, "payments": n} for f, n in found.people.items() if f != TOTAL],
        "people_total": found.people.get(TOTAL),
        "payments": [_payment(one, found.evidence) for one in found.payments],
    }


def _reached(one: Reached, fund: FundEntry) -> dict[str, object]:
    return {
        "fund": one.fund,
        "name": fund.name,
        "organisation": fund.organisation,
        "unit": one.unit,
        "payments": one.payments,
        "accepted": one.accepted,
        "paid": amount_of(one.paid, one.unit).decimal(),
        "recovered": amount_of(one.recovered, one.unit).decimal(),
    }


def _payment(one: PlacePayment, evidence: Mapping[str, Sequence[str]]) -> dict[str, object]:
    return {
        "disbursement": one.disbursement,
        "fund": one.fund,
        "payee": one.payee,
        "amount": amount_of(one.amount, one.unit).decimal(),
        "unit": one.unit,
        "purpose": one.purpose,
        "place": one.place,
        "date": one.day.isoformat() if one.day else None,
        "recovered": amount_of(one.recovered, one.unit).decimal(),
        "accepted_on": one.accepted_on.isoformat() if one.accepted_on else None,
        "evidence": list(evidence.get(one.disbursement, ())),
    }
