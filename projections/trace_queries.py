"""Answers from the traces: balances, and the way of every fen in both directions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from ledger.domain.axis import Span
from ledger.domain.funds import GiftPlace, place_prefix
from ledger.errors import Unknown
from projections.runner import Connection, Position, Runner
from projections.traces import TRACES


class NotTraceable(Unknown):
    """There is no inflow or outflow under that id."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(f"no {kind} {what} in this ledger")


@dataclass(frozen=True, slots=True)
class Balance:
    """One (fund, unit): what came in, what went out, what is left; whole minor units."""

    fund: str
    unit: str
    received: int
    transferred_in: int
    transferred_out: int
    disbursed: int
    returned: int
    balance: int


@dataclass(frozen=True, slots=True)
class Segment:
    """Fen `start` to `end` of the gift's own fund, paid out through the funds in `via`."""

    start: int
    end: int
    unit: str
    gift: str
    via: tuple[str, ...]
    disbursement: str
    payee: str | None
    place: str | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Trace:
    """What was asked for, the segments found, and what of it is unspent or returned."""

    fund: str | None
    unit: str
    start: int | None
    end: int | None
    amount: int
    segments: tuple[Segment, ...]
    unspent: int
    returned: int
    position: Position


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span on a fund's axis, with where it began: the offset to its gift's own axis."""

    fund: str
    span: Span
    shift: int
    via: tuple[str, ...]


def balances(runner: Runner, fund: str | None = None) -> tuple[list[Balance], Position]:
    """Return what every fund, or one, has received, moved, paid and kept."""
    query = (
        "SELECT fund, unit, gifts, allocated_in, allocated_out, disbursed, returned FROM accounts"
        " WHERE fund = %(fund)s OR %(fund)s::text IS NULL ORDER BY fund, unit"
    )
    with runner.reading(TRACES) as (connection, position):
        found = connection.execute(query, {"fund": fund}).fetchall()
    return [_balance(row) for row in found], position


def _balance(row: dict[str, Any]) -> Balance:
    incoming = row["gifts"] + row["allocated_in"]
    outgoing = row["allocated_out"] + row["disbursed"] + row["returned"]
    return Balance(
        row["fund"],
        row["unit"],
        row["gifts"],
        row["allocated_in"],
        row["allocated_out"],
        row["disbursed"],
        row["returned"],
        incoming - outgoing,
    )


def received(runner: Runner, fund: str, unit: str) -> int:
    """Return how many units have come into a fund, as far as the view has read."""
    query = "SELECT received FROM accounts WHERE fund = %s AND unit = %s"
    with runner.reading(TRACES) as (connection, _):
        found = connection.execute(query, [fund, unit]).fetchone()
    return int(found["received"]) if found else 0


def place_of(runner: Runner, gift: str) -> GiftPlace:
    """Return where a gift lies."""
    with runner.reading(TRACES) as (connection, _):
        return _place_of(connection, gift)


def trace_gift(runner: Runner, gift: str) -> Trace:
    """Follow a gift to the payments it paid for, through any number of funds."""
    with runner.reading(TRACES) as (connection, position):
        place = _place_of(connection, gift)
        piece = _Piece(place.fund, place.span, 0, ())
        segments, returned, unspent = _follow(connection, place.unit, piece, gift)
        return Trace(
            place.fund, place.unit, place.span.start, place.span.end, place.span.length,
            tuple(segments), unspent, returned, position,
        )  # fmt: skip


def trace_disbursement(runner: Runner, disbursement: str) -> Trace:
    """Follow a payment back to the gifts that paid for it."""
    with runner.reading(TRACES) as (connection, position):
        found = _disbursements(connection, "id = %s", disbursement)
        if not found:
            raise NotTraceable("disbursement", disbursement)
        segments = _sources(connection, found)
        return _trace_of(found[0]["fund"], found, segments, position)


def trace_fund(runner: Runner, fund: str) -> list[Trace]:
    """Follow all payments of a fund back to gifts, one trace a unit."""
    with runner.reading(TRACES) as (connection, position):
        accounts = connection.execute(
            "SELECT * FROM accounts WHERE fund = %s ORDER BY unit", [fund]
        ).fetchall()
        if not accounts:
            raise NotTraceable("money in fund", fund)
        paid = _disbursements(connection, "fund = %s", fund)
        traces = []
        for account in accounts:
            mine = [d for d in paid if d["unit"] == account["unit"]]
            balance = _balance(account)
            traces.append(
                replace(
                    _trace_of(fund, mine, _sources(connection, mine), position, account["unit"]),
                    start=0,
                    end=account["received"],
                    amount=account["received"],
                    unspent=balance.balance,
                    returned=balance.returned,
                )
            )
        return traces


def trace_place(runner: Runner, place: str) -> list[Trace]:
    """Follow all payments to a place, or to places within it, back to gifts."""
    with runner.reading(TRACES) as (connection, position):
        found = _disbursements(connection, "place LIKE %s", f"{place_prefix(place)}%")
        if not found:
            raise NotTraceable("payment to place", place)
        units = sorted({d["unit"] for d in found})
        return [
            _trace_of(None, mine, _sources(connection, mine), position)
            for mine in ([d for d in found if d["unit"] == unit] for unit in units)
        ]


def _trace_of(
    fund: str | None,
    paid: Sequence[dict[str, Any]],
    segments: list[Segment],
    position: Position,
    unit: str | None = None,
) -> Trace:
    amount = sum(d["amount"] for d in paid if d["status"] == "paid")
    named = unit or paid[0]["unit"]
    return Trace(fund, named, None, None, amount, tuple(segments), 0, 0, position)


def _place_of(connection: Connection, gift: str) -> GiftPlace:
    query = "SELECT fund, unit, start_at, end_at FROM inflows WHERE gift = %s"
    found = connection.execute(query, [gift]).fetchone()
    if found is None:
        raise NotTraceable("gift", gift)
    return GiftPlace(found["fund"], found["unit"], Span(found["start_at"], found["end_at"]))


def _disbursements(connection: Connection, condition: str, given: str) -> list[dict[str, Any]]:
    query = f"SELECT * FROM disbursements WHERE {condition} ORDER BY leaf"  # noqa: S608 fixed words
    return connection.execute(query, [given]).fetchall()


def _follow(
    connection: Connection, unit: str, piece: _Piece, gift: str
) -> tuple[list[Segment], int, int]:
    """Return the segments that a piece paid for, and how much of it was returned and is unspent."""
    segments: list[Segment] = []
    returned, unspent = 0, piece.span.length
    for row in _touching(connection, "outflows", unit, piece.fund, piece.span):
        met = piece.span.meet(Span(row["start_at"], row["end_at"]))
        assert met is not None, "only touching rows are read"
        unspent -= met.length
        if row["kind"] == "return":
            returned += met.length
        elif row["kind"] == "disbursement":
            segments.append(_segment(connection, row["id"], met, piece, gift))
        else:
            start = row["to_start"] + met.start - row["start_at"]
            shift = piece.shift + met.start - start
            moved = Span(start, start + met.length)
            onward = _Piece(row["id"], moved, shift, (*piece.via, row["id"]))
            more, back, left = _follow(connection, unit, onward, gift)
            segments += more
            returned, unspent = returned + back, unspent + left
    return segments, returned, unspent


def _segment(
    connection: Connection, disbursement: str, met: Span, piece: _Piece, gift: str
) -> Segment:
    paid = _disbursements(connection, "id = %s", disbursement)[0]
    own = Span(met.start + piece.shift, met.end + piece.shift)
    return _paid_by(paid, own, gift, piece.via)


def _paid_by(paid: dict[str, Any], own: Span, gift: str, via: tuple[str, ...]) -> Segment:
    return Segment(
        own.start,
        own.end,
        paid["unit"],
        gift,
        via,
        paid["id"],
        paid["payee"],
        paid["place"],
        paid["paid_on"],
    )


def _sources(connection: Connection, paid: Sequence[dict[str, Any]]) -> list[Segment]:
    segments: list[Segment] = []
    query = "SELECT * FROM outflows WHERE id = %s AND kind = 'disbursement' ORDER BY start_at"
    for one in paid:
        for row in connection.execute(query, [one["id"]]).fetchall():
            piece = _Piece(row["fund"], Span(row["start_at"], row["end_at"]), 0, ())
            segments += _back(connection, one, piece)
    return segments


def _back(connection: Connection, paid: dict[str, Any], piece: _Piece) -> list[Segment]:
    segments: list[Segment] = []
    for row in _touching(connection, "inflows", paid["unit"], piece.fund, piece.span):
        met = piece.span.meet(Span(row["start_at"], row["end_at"]))
        assert met is not None, "only touching rows are read"
        if row["gift"] is not None:
            segments.append(_paid_by(paid, met, row["gift"], piece.via))
            continue
        start = row["from_start"] + met.start - row["start_at"]
        source = Span(start, start + met.length)
        via = (piece.fund, *piece.via)
        segments += _back(connection, paid, _Piece(row["from_fund"], source, 0, via))
    return segments


def _touching(
    connection: Connection, table: str, unit: str, fund: str, span: Span
) -> list[dict[str, Any]]:
    """Return the rows that meet a span; rows of a fund and unit never overlap each other."""
    query = (
        f"SELECT * FROM {table} WHERE fund = %(fund)s AND unit = %(unit)s"  # noqa: S608 two tables
        " AND start_at < %(end)s AND end_at > %(start)s AND start_at >= coalesce("
        f"(SELECT max(start_at) FROM {table} WHERE fund = %(fund)s AND unit = %(unit)s"
        " AND start_at <= %(start)s), 0) ORDER BY start_at"
    )
    given = {"fund": fund, "unit": unit, "start": span.start, "end": span.end}
    return connection.execute(query, given).fetchall()
