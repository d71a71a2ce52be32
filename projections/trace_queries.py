"""Answers from the traces: balances, and the way of every fen in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.axis import Span
from ledger.domain.funds import GiftPlace, place_prefix
from ledger.domain.history.accounts import UnitAccount
from ledger.errors import Unknown
from projections.runner import Connection, Position, Runner
from projections.trace_accounts import account_of
from projections.traces import TRACES

COLUMNS = {"inflows": "", "outflows": ", paid.payee, paid.place, paid.paid_on"}
JOINED = {
    "inflows": "",
    "outflows": " LEFT JOIN disbursements AS paid"
    " ON flow.kind = 'disbursement' AND paid.id = flow.id",
}
"""An outflow that is a payment brings along what is known of it."""


class NotTraceable(Unknown):
    """There is no inflow or outflow under that id."""

    def __init__(self, kind: str, what: str) -> None:
        super().__init__(f"no {kind} {what} in this ledger")


@dataclass(frozen=True, slots=True)
class Balance:
    """One (fund, unit): what came in, what went out, what is left; whole smallest units.

    Corrections are taken out where they belong: `received` without gifts that were mistakes
    (`reversed`), `disbursed` without what payees gave back (`recovered`).
    """

    fund: str
    unit: str
    received: int
    transferred_in: int
    transferred_out: int
    disbursed: int
    returned: int
    balance: int
    reversed: int = 0
    recovered: int = 0

    @classmethod
    def of(cls, fund: str, unit: str, account: UnitAccount) -> Balance:
        """Return the balance of an account."""
        return cls(
            fund,
            unit,
            account.gifts - account.reversed,
            account.allocated_in - account.given_back,
            account.allocated_out - account.taken_back,
            account.disbursed - account.recovered,
            account.returned,
            account.balance,
            account.reversed,
            account.recovered,
        )


@dataclass(frozen=True, slots=True)
class Segment:
    """Units `start` to `end` of the gift's own fund, paid out through the funds in `via`."""

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
    """What was asked for, the segments found, and what of it is unspent, returned, a mistake."""

    fund: str | None
    unit: str
    start: int | None
    end: int | None
    amount: int
    segments: tuple[Segment, ...]
    unspent: int
    returned: int
    position: Position
    reversed: int = 0


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span on a fund's axis, the offset to its gift's own axis, and the way it came."""

    fund: str
    span: Span
    shift: int
    via: tuple[str, ...]
    origin: dict[str, Any]
    """The gift it is part of, or the disbursement that it paid for."""


def balances(runner: Runner, fund: str | None = None) -> tuple[list[Balance], Position]:
    """Return what every fund, or one, has received, moved, paid and kept."""
    where = "" if fund is None else " WHERE fund = %s"
    query = f"SELECT * FROM accounts{where} ORDER BY fund, unit"  # noqa: S608 fixed words
    with runner.reading(TRACES) as (connection, position):
        found = connection.execute(query, [fund] if where else []).fetchall()
    return [Balance.of(row["fund"], row["unit"], account_of(row)) for row in found], position


def received(runner: Runner, fund: str, unit: str) -> int:
    """Return how many units have come into a fund, as far as the view has read."""
    query = "SELECT received FROM accounts WHERE fund = %s AND unit = %s"
    with runner.reading(TRACES) as (connection, _):
        found = connection.execute(query, [fund, unit]).fetchone()
    return int(found["received"]) if found else 0


def units_of(runner: Runner, fund: str) -> tuple[str, ...]:
    """Return the units in which anything has come into a fund."""
    query = "SELECT unit FROM accounts WHERE fund = %s ORDER BY unit"
    with runner.reading(TRACES) as (connection, _):
        return tuple(row["unit"] for row in connection.execute(query, [fund]).fetchall())


def place_of(runner: Runner, gift: str, unit: str) -> GiftPlace:
    """Return where the part of a gift that is counted in a unit lies."""
    with runner.reading(TRACES) as (connection, _):
        found = [place for place in _places(connection, gift) if place.unit == unit]
    if not found:
        raise NotTraceable(f"{unit} of gift", gift)
    return found[0]


def allocated(runner: Runner, fund: str, allocation: int) -> tuple[GiftPlace, ...]:
    """Return where what the allocation at that version of a fund's stream moved came to lie."""
    query = (
        "SELECT fund, unit, start_at, end_at FROM inflows WHERE from_fund = %s AND allocation = %s"
        " ORDER BY start_at"
    )
    with runner.reading(TRACES) as (connection, _):
        found = connection.execute(query, [fund, allocation]).fetchall()
    return tuple(map(_place, found))


def disbursement(runner: Runner, disbursement: str) -> dict[str, Any]:
    """Return what the view keeps of a disbursement: its fund, unit, status and so on."""
    with runner.reading(TRACES) as (connection, _):
        found = _disbursements(connection, "id = %s", disbursement)
    if not found:
        raise NotTraceable("disbursement", disbursement)
    return found[0]


def trace_gift(runner: Runner, gift: str) -> list[Trace]:
    """Follow a gift to the payments it paid for, through any number of funds, a trace a unit."""
    with runner.reading(TRACES) as (connection, position):
        return [_followed(connection, gift, place, position) for place in _places(connection, gift)]


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
        query = "SELECT * FROM accounts WHERE fund = %s ORDER BY unit"
        accounts = connection.execute(query, [fund]).fetchall()
        if not accounts:
            raise NotTraceable("money in fund", fund)
        paid = _disbursements(connection, "fund = %s", fund)
        return [
            _trace_of_account(connection, row, [d for d in paid if d["unit"] == row["unit"]],
                              position)
            for row in accounts
        ]  # fmt: skip


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


def _trace_of_account(
    connection: Connection, row: dict[str, Any], paid: Sequence[dict[str, Any]], position: Position
) -> Trace:
    account = account_of(row)
    return Trace(
        row["fund"], row["unit"], 0, account.received, account.received,
        tuple(_sources(connection, paid)), account.balance, account.returned, position,
        account.reversed,
    )  # fmt: skip


def _trace_of(
    fund: str | None, paid: Sequence[dict[str, Any]], segments: list[Segment], position: Position
) -> Trace:
    amount = sum(d["amount"] - d["recovered"] for d in paid if d["status"] == "paid")
    return Trace(fund, paid[0]["unit"], None, None, amount, tuple(segments), 0, 0, position)


def _places(connection: Connection, gift: str) -> list[GiftPlace]:
    query = "SELECT fund, unit, start_at, end_at FROM inflows WHERE gift = %s ORDER BY unit"
    found = connection.execute(query, [gift]).fetchall()
    if not found:
        raise NotTraceable("gift", gift)
    return list(map(_place, found))


def _place(row: dict[str, Any]) -> GiftPlace:
    return GiftPlace(row["fund"], row["unit"], Span(row["start_at"], row["end_at"]))


def _disbursements(connection: Connection, condition: str, given: str) -> list[dict[str, Any]]:
    query = f"SELECT * FROM disbursements WHERE {condition} ORDER BY leaf"  # noqa: S608 fixed words
    return connection.execute(query, [given]).fetchall()


def _followed(connection: Connection, gift: str, place: GiftPlace, position: Position) -> Trace:
    """Follow a gift's range fund by fund: one query for each step of the way, however wide."""
    segments: list[Segment] = []
    gone = {"return": 0, "reversal": 0}
    unspent = place.span.length
    pieces = [_Piece(place.fund, place.span, 0, (), {"gift": gift})]
    while pieces:
        onward: list[_Piece] = []
        for piece, row, met in _touching(connection, "outflows", place.unit, pieces):
            if row["kind"] == "allocation":
                onward.append(_moved_on(piece, row, met))
                continue
            unspent -= met.length
            if row["kind"] == "disbursement":
                own = Span(met.start + piece.shift, met.end + piece.shift)
                segments.append(_paid_by(row, own, gift, piece.via))
            else:
                gone[row["kind"]] += met.length
        pieces = onward
    segments.sort(key=lambda segment: segment.start)
    return Trace(
        place.fund, place.unit, place.span.start, place.span.end, place.span.length,
        tuple(segments), unspent, gone["return"], position, gone["reversal"],
    )  # fmt: skip


def _moved_on(piece: _Piece, row: dict[str, Any], met: Span) -> _Piece:
    start = row["to_start"] + met.start - row["start_at"]
    shift = piece.shift + met.start - start
    moved = Span(start, start + met.length)
    return _Piece(row["id"], moved, shift, (*piece.via, row["id"]), piece.origin)


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
    """Follow payments of one unit back to gifts, in the order of payments and of their spans."""
    by_id = {one["id"]: one for one in paid}
    query = (
        "SELECT * FROM outflows WHERE id = ANY(%s) AND kind = 'disbursement'"
        " ORDER BY leaf, start_at"
    )
    rows = connection.execute(query, [list(by_id)]).fetchall()
    found: list[tuple[tuple[int, int], Segment]] = []
    pieces = [
        _Piece(row["fund"], Span(row["start_at"], row["end_at"]), -row["start_at"], (), row)
        for row in rows
    ]
    while pieces:
        onward: list[_Piece] = []
        for piece, row, met in _touching(connection, "inflows", paid[0]["unit"], pieces):
            if row["gift"] is None:
                onward.append(_came_from(piece, row, met))
                continue
            one = by_id[piece.origin["id"]]
            place = (piece.origin["leaf"], piece.origin["start_at"] + met.start + piece.shift)
            found.append((place, _paid_by(one, met, row["gift"], piece.via)))
        pieces = onward
    return [segment for _, segment in sorted(found, key=lambda each: each[0])]


def _came_from(piece: _Piece, row: dict[str, Any], met: Span) -> _Piece:
    start = row["from_start"] + met.start - row["start_at"]
    source = Span(start, start + met.length)
    shift = piece.shift + met.start - start
    return _Piece(row["from_fund"], source, shift, (piece.fund, *piece.via), piece.origin)


def _touching(
    connection: Connection, table: str, unit: str, pieces: Sequence[_Piece]
) -> Iterator[tuple[_Piece, dict[str, Any], Span]]:
    """Yield the rows that meet each piece, in order, with the span that both cover.

    Rows of a fund and unit never overlap each other, so the one before a piece's start is the
    only earlier one that can reach into it.
    """
    query = (
        f"SELECT piece.number, flow.*{COLUMNS[table]} FROM unnest(%(funds)s::text[],"  # noqa: S608 two tables
        " %(starts)s::bigint[], %(ends)s::bigint[]) WITH ORDINALITY"
        " AS piece (fund, start_at, end_at, number) CROSS JOIN LATERAL ("
        f"SELECT * FROM {table} AS each WHERE each.fund = piece.fund AND each.unit = %(unit)s"
        " AND each.start_at < piece.end_at AND each.end_at > piece.start_at"
        f" AND each.start_at >= coalesce((SELECT max(start_at) FROM {table} AS before"
        " WHERE before.fund = piece.fund AND before.unit = %(unit)s"
        " AND before.start_at <= piece.start_at), 0)) AS flow"
        f"{JOINED[table]} ORDER BY piece.number, flow.start_at"
    )
    given = {
        "funds": [piece.fund for piece in pieces],
        "starts": [piece.span.start for piece in pieces],
        "ends": [piece.span.end for piece in pieces],
        "unit": unit,
    }
    for row in connection.execute(query, given).fetchall():
        piece = pieces[row["number"] - 1]
        met = piece.span.meet(Span(row["start_at"], row["end_at"]))
        assert met is not None, "only touching rows are read"
        yield piece, row, met
