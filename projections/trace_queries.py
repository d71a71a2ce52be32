"""Answers from the traces: balances, and the way of every fen in both directions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.axis import Span
from ledger.domain.funds import GiftPlace, place_prefix
from ledger.domain.history.accounts import UnitAccount
from ledger.domain.small_cells import COUNTY_DIGITS, coarse
from ledger.errors import Unknown
from projections import accounts, outflows
from projections.runner import Connection, Position, Runner, end_of
from projections.traces import TRACES

WITHIN = f"place LIKE %(asked)s AND (payee IS NOT NULL OR length(%(asked)s) <= {COUNTY_DIGITS + 1})"
"""Payments to people are found by their county, and by no finer place."""

COLUMNS = {"inflows": "", "outflows": ", paid.payee, paid.place, paid.paid_on"}


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
class _Then:
    """The tables of the traces, to be read as they stand, or as they stood `at` a position."""

    connection: Connection
    at: Position | None

    def execute(self, query: str, given: dict[str, Any]) -> list[dict[str, Any]]:
        return self.connection.execute(query, given | {"size": end_of(self.at)}).fetchall()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span on a fund's axis, the offset to its gift's own axis, and the way it came."""

    fund: str
    span: Span
    shift: int
    via: tuple[str, ...]
    origin: dict[str, Any]
    """The gift it is part of, or the disbursement that it paid for."""


def balances(
    runner: Runner, fund: str | list[str] | None = None, at: Position | None = None
) -> tuple[list[Balance], Position]:
    """Return what every fund, or one, or some, has received, moved, paid and kept."""
    found, position = accounts.standing(runner, fund, at)
    return [Balance.of(*key, account) for key, account in found], position


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
        return _paid(_Then(connection, None), disbursement)


def trace_gift(runner: Runner, gift: str, at: Position | None = None) -> list[Trace]:
    """Follow a gift to the payments it paid for, through any number of funds, a trace a unit."""
    with runner.reading(TRACES, at) as (connection, position):
        places = _places(connection, gift, at)
        then = _Then(connection, at)
        return [_followed(then, gift, place, position) for place in places]


def trace_disbursement(runner: Runner, disbursement: str, at: Position | None = None) -> Trace:
    """Follow a payment back to the gifts that paid for it."""
    with runner.reading(TRACES, at) as (connection, position):
        then = _Then(connection, at)
        found = _paid(then, disbursement)
        return _trace_of(found["fund"], [found], _sources(then, [found]), position)


def trace_fund(runner: Runner, fund: str, at: Position | None = None) -> list[Trace]:
    """Follow all payments of a fund back to gifts, one trace a unit."""
    since = accounts.moves(runner, fund, at)
    with runner.reading(TRACES, at) as (connection, position):
        then, standing = _Then(connection, at), accounts.read(connection, fund, at, since)
        if not standing:
            raise NotTraceable("money in fund", fund)
        paid = _disbursements(then, "fund = %(asked)s", fund)
        return [
            _trace_of_account(then, key, account, [d for d in paid if d["unit"] == key[1]],
                              position)
            for key, account in standing
        ]  # fmt: skip


def trace_place(runner: Runner, place: str, at: Position | None = None) -> list[Trace]:
    """Follow all payments to a place, or to places within it, back to gifts."""
    with runner.reading(TRACES, at) as (connection, position):
        then = _Then(connection, at)
        found = _disbursements(then, WITHIN, f"{place_prefix(place)}%")
        if not found:
            raise NotTraceable("payment to place", place)
        units = sorted({d["unit"] for d in found})
        return [
            _trace_of(None, mine, _sources(then, mine), position)
            for mine in ([d for d in found if d["unit"] == unit] for unit in units)
        ]


def shown_place(place: str | None, payee: str | None) -> str | None:
    """Return the place of a payment as everybody may know it: of a person (no payee), the county.

    Payments recorded before that rule say a finer one in their event.
    """
    return place if payee or place is None else coarse(place)


def _trace_of_account(
    then: _Then,
    key: tuple[str, str],
    account: UnitAccount,
    paid: Sequence[dict[str, Any]],
    position: Position,
) -> Trace:
    return Trace(
        *key, 0, account.received, account.received, tuple(_sources(then, paid)), account.balance,
        account.returned, position, account.reversed,
    )  # fmt: skip


def _trace_of(
    fund: str | None, paid: Sequence[dict[str, Any]], segments: list[Segment], position: Position
) -> Trace:
    amount = sum(d["amount"] - d["recovered"] for d in paid if d["status"] == "paid")
    return Trace(fund, paid[0]["unit"], None, None, amount, tuple(segments), 0, 0, position)


def _places(connection: Connection, gift: str, at: Position | None = None) -> list[GiftPlace]:
    query = (
        "SELECT fund, unit, start_at, end_at FROM inflows WHERE gift = %s AND leaf < %s"
        " ORDER BY unit"
    )
    found = connection.execute(query, [gift, end_of(at)]).fetchall()
    if not found:
        raise NotTraceable("gift", gift)
    return list(map(_place, found))


def _place(row: dict[str, Any]) -> GiftPlace:
    return GiftPlace(row["fund"], row["unit"], Span(row["start_at"], row["end_at"]))


def _paid(then: _Then, disbursement: str) -> dict[str, Any]:
    found = _disbursements(then, "id = %(asked)s", disbursement)
    if not found:
        raise NotTraceable("disbursement", disbursement)
    return found[0]


def _disbursements(then: _Then, condition: str, asked: str) -> list[dict[str, Any]]:
    query = f"SELECT * FROM {outflows.disbursements(then.at)} WHERE {condition} ORDER BY leaf"  # noqa: S608 fixed words
    return then.execute(query, {"asked": asked})


def _followed(then: _Then, gift: str, place: GiftPlace, position: Position) -> Trace:
    """Follow a gift's range fund by fund: one query for each step of the way, however wide."""
    segments: list[Segment] = []
    gone = {"return": 0, "reversal": 0}
    unspent = place.span.length
    pieces = [_Piece(place.fund, place.span, 0, (), {"gift": gift})]
    while pieces:
        onward: list[_Piece] = []
        for piece, row, met in _touching(then, "outflows", place.unit, pieces):
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
        shown_place(paid["place"], paid["payee"]),
        paid["paid_on"],
    )


def _sources(then: _Then, paid: Sequence[dict[str, Any]]) -> list[Segment]:
    """Follow payments of one unit back to gifts, in the order of payments and of their spans."""
    by_id = {one["id"]: one for one in paid}
    rows = then.execute(outflows.paying(then.at), {"ids": list(by_id)})
    found: list[tuple[tuple[int, int], Segment]] = []
    pieces = [
        _Piece(row["fund"], Span(row["start_at"], row["end_at"]), -row["start_at"], (), row)
        for row in rows
    ]
    while pieces:
        onward: list[_Piece] = []
        for piece, row, met in _touching(then, "inflows", paid[0]["unit"], pieces):
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
    then: _Then, table: str, unit: str, pieces: Sequence[_Piece]
) -> Iterator[tuple[_Piece, dict[str, Any], Span]]:
    """Yield the rows that meet each piece, in order, with the span that both cover."""
    query = (
        f"SELECT piece.number, flow.*{COLUMNS[table]} FROM unnest(%(funds)s::text[],"  # noqa: S608 two tables
        " %(starts)s::bigint[], %(ends)s::bigint[]) WITH ORDINALITY"
        " AS piece (fund, start_at, end_at, number) CROSS JOIN LATERAL ("
        f"{outflows.touching(table, then.at)}) AS flow"
        f"{outflows.joined(table, then.at)} ORDER BY piece.number, flow.start_at"
    )
    given = {
        "funds": [piece.fund for piece in pieces],
        "starts": [piece.span.start for piece in pieces],
        "ends": [piece.span.end for piece in pieces],
        "unit": unit,
    }
    for row in then.execute(query, given):
        piece = pieces[row["number"] - 1]
        met = piece.span.meet(Span(row["start_at"], row["end_at"]))
        assert met is not None, "only touching rows are read"
        yield piece, row, met
