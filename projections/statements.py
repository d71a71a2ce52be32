"""What a fund shows of itself: how many gifts came in, and the payments made, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from projections import accounts
from projections.outflows import disbursements, was_paid
from projections.questions import Question, Row, ask
from projections.runner import LAST, Position, Runner, end_of
from projections.trace_queries import Balance, shown_place
from projections.traces import TRACES


@dataclass(frozen=True, slots=True)
class GiftCount:
    """How many gifts of one unit a fund received, and their sum in smallest units."""

    unit: str
    gifts: int
    amount: int


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment that was made; `leaf` orders payments.

    `recovered` of it came back; `evidence` holds digests (SHA-256, hex) of what proves that it was
    accepted. For a private person `payee` is None, and so is `purpose`, whose
    words could tell who it was.
    """

    disbursement: str
    payee: str | None
    amount: int
    unit: str
    purpose: str | None
    place: str | None
    day: date | None
    leaf: int
    recovered: int
    accepted_on: date | None
    cost_class: str | None
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """A fund's balances and its counts of gifts, by unit, at a position of the log."""

    balances: list[Balance]
    gifts: list[GiftCount]
    position: Position


def sums(runner: Runner, fund: str, at: Position | None = None) -> Sums:
    """Return what a fund received, moved, paid and kept, and how many gifts it received."""
    return sums_of(*accounts.standing(runner, fund, at))


def sums_of(found: Sequence[accounts.Standing], position: Position) -> Sums:
    """Return the sums of a fund whose accounts were found at a position."""
    return Sums([Balance.of(*key, one) for key, one in found], _counts(found), position)


def gift_counts(
    runner: Runner, fund: str, at: Position | None = None
) -> tuple[list[GiftCount], Position]:
    """Count the gifts that came into a fund, a row a unit; transfers from funds are no gifts."""
    found, position = accounts.standing(runner, fund, at)
    return _counts(found), position


def _counts(found: Sequence[accounts.Standing]) -> list[GiftCount]:
    return [
        GiftCount(unit, account.counted, account.gifts)
        for (_, unit), account in found
        if account.counted
    ]


def payments(
    runner: Runner, fund: str, limit: int, before: int | None = None, at: Position | None = None
) -> tuple[Sequence[Payment], int | None]:
    """Return at most `limit` payments of a fund, newest first, older than leaf `before`.

    With them comes the leaf to go on before, or None when these are the last.
    """
    with runner.reading(TRACES, at) as (connection, _):
        return ask(connection, payments_before(fund, limit, before, at))


def payments_before(
    fund: str, limit: int, before: int | None, at: Position | None
) -> Question[tuple[Sequence[Payment], int | None]]:
    """Return what asks for these payments and that leaf."""
    query = (
        "SELECT id AS disbursement, payee, amount, unit, place, paid_on AS day, leaf, recovered,"  # noqa: S608 our words
        " accepted_on, cost_class, evidence,"
        " CASE WHEN payee IS NOT NULL THEN purpose END AS purpose"
        f" FROM {disbursements(at)} WHERE fund = %(fund)s AND {was_paid(at)}"
        " AND leaf < %(before)s ORDER BY leaf DESC LIMIT %(limit)s"
    )
    given = {
        "fund": fund, "before": LAST if before is None else before, "limit": limit + 1,
        "size": end_of(at),
    }  # fmt: skip
    written = {"day": date.fromisoformat, "accepted_on": date.fromisoformat}
    return Question(query, given, partial(_page, limit), written)


def _page(limit: int, rows: Sequence[Row]) -> tuple[Sequence[Payment], int | None]:
    found = sorted(map(_payment, rows), key=lambda one: -one.leaf)
    shown = found[:limit]
    return shown, shown[-1].leaf if len(found) > limit else None


def _payment(row: Row) -> Payment:
    place = shown_place(row["place"], row["payee"])
    return Payment(**row | {"place": place, "evidence": tuple(row["evidence"] or ())})
