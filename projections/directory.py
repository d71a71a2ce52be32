"""Who is who: organisations and the funds they hold."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.events import (
    FundBound,
    FundClosed,
    FundOpened,
    LedgerFounded,
    OrganisationRegistered,
    UseChanged,
)
from projections.rows import copy_rows, update_rows
from projections.runner import Connection, Position, Recorded, Runner, end_of

FUND = (
    "fund", "organisation", "name", "kind", "purpose", "place", "basis", "plan", "first_day",
    "last_day", "brand", "recipient", "closed", "leaf", "bound_leaf", "closed_leaf", "time",
    "bound_time", "closed_time",
)  # fmt: skip
USE = ("fund", "purpose", "place", "ground", "document", "leaf", "time")
BINDING = ("basis", "plan", "first_day", "last_day", "brand", "recipient")


@dataclass(frozen=True, slots=True)
class FundEntry:
    """A fund as the directory lists it: what it is for, what binds it, how it ended."""

    fund: str
    organisation: str
    name: str
    kind: str
    purpose: str | None
    place: str | None
    basis: str | None = None
    plan: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    brand: str | None = None
    recipient: str | None = None
    closed: str | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """A purpose or place that was added to a fund's own, and on what ground."""

    purpose: str | None
    place: str | None
    ground: str
    document: str


class Directory:
    """Read model of organisations and funds."""

    name = "directory"
    facts = (
        LedgerFounded, OrganisationRegistered, FundOpened, FundBound, FundClosed, UseChanged,
    )  # fmt: skip
    sought = ()
    tables = (
        "CREATE TABLE organisations (organisation text PRIMARY KEY, name text NOT NULL,"
        " kind text NOT NULL, leaf bigint NOT NULL)",
        "CREATE TABLE funds (fund text PRIMARY KEY, organisation text NOT NULL, name text NOT NULL,"
        " kind text NOT NULL, purpose text, place text, basis text, plan text, first_day date,"
        " last_day date, brand text, recipient text, closed text, leaf bigint NOT NULL,"
        " bound_leaf bigint, closed_leaf bigint, time timestamptz NOT NULL,"
        " bound_time timestamptz, closed_time timestamptz)",
        "CREATE TABLE uses (fund text NOT NULL, purpose text, place text, ground text NOT NULL,"
        " document text NOT NULL, leaf bigint PRIMARY KEY, time timestamptz NOT NULL)",
        "CREATE INDEX funds_leaf ON funds (leaf)",
        "CREATE INDEX uses_fund ON uses (fund, leaf)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in registrations, openings, and what binds and ends funds."""
        organisations: list[tuple[object, ...]] = []
        uses: list[tuple[object, ...]] = []
        funds: dict[str, dict[str, object]] = {}
        later: list[tuple[str, dict[str, object]]] = []
        for leaf, event in recorded:
            match event:
                case LedgerFounded():
                    organisations.append((event.organisation, event.name, "authority", leaf))
                case OrganisationRegistered():
                    organisations.append((event.organisation, event.name, event.kind, leaf))
                case FundOpened():
                    funds[event.originator_id] = _opened(event, leaf)
                case FundBound():
                    bound = {name: getattr(event, name) for name in BINDING}
                    bound |= {"bound_leaf": leaf, "bound_time": event.timestamp}
                    later.append((event.originator_id, bound))
                case FundClosed():
                    ended = {"closed": event.left_over, "closed_leaf": leaf,
                             "closed_time": event.timestamp}  # fmt: skip
                    later.append((event.originator_id, ended))
                case UseChanged():
                    uses.append((event.originator_id, event.purpose, event.place, event.ground,
                                 event.document, leaf, event.timestamp))  # fmt: skip
                case _:
                    pass
        for fund, change in later:
            if fund in funds:
                funds[fund] |= change
        copy_rows(connection, "organisations", ("organisation", "name", "kind", "leaf"),
                  organisations)  # fmt: skip
        copy_rows(connection, "funds", FUND, ([row[c] for c in FUND] for row in funds.values()))
        copy_rows(connection, "uses", USE, uses)
        update_rows(connection, "funds", "fund", [one for one in later if one[0] not in funds])


def _opened(event: FundOpened, leaf: int) -> dict[str, object]:
    empty = dict.fromkeys(
        (*BINDING, "closed", "bound_leaf", "closed_leaf", "bound_time", "closed_time")
    )
    return empty | {
        "fund": event.originator_id,
        "organisation": event.organisation,
        "name": event.name,
        "kind": event.kind,
        "purpose": event.purpose,
        "place": event.place,
        "leaf": leaf,
        "time": event.timestamp,
    }


DIRECTORY = Directory()


BOUND = ", ".join(f"CASE WHEN bound_leaf < %(end)s THEN {name} END AS {name}" for name in BINDING)
ENTRY = (
    f"fund, organisation, funds.name, funds.kind, purpose, place, {BOUND},"
    " CASE WHEN closed_leaf < %(end)s THEN closed END AS closed"
)
HELD = "coalesce(organisations.name, organisation) AS holder"
FUNDS = "funds LEFT JOIN organisations USING (organisation)"


def funds(
    runner: Runner, organisation: str | None = None, at: Position | None = None
) -> list[FundEntry]:
    """Return the funds, of one organisation or of all, in the order they were opened."""
    query = (
        f"SELECT {ENTRY} FROM funds"  # noqa: S608 our columns
        " WHERE (organisation = %(organisation)s OR %(organisation)s::text IS NULL)"
        " AND leaf < %(end)s ORDER BY leaf"
    )
    with runner.reading(DIRECTORY, at) as (connection, _):
        given = {"organisation": organisation, "end": end_of(at)}
        found = connection.execute(query, given).fetchall()
    return [FundEntry(**row) for row in found]


def page(
    runner: Runner, limit: int, after: str | None = None, at: Position | None = None
) -> tuple[list[tuple[FundEntry, str]], str | None]:
    """Return at most `limit` funds with their holders' names, in the order they were opened.

    They are those opened after the fund `after`. With them comes the fund to go on after, or None
    when these are the last.
    """
    query = (
        f"SELECT {ENTRY}, {HELD} FROM {FUNDS} WHERE funds.leaf < %(end)s AND funds.leaf >"  # noqa: S608 our columns
        " coalesce((SELECT leaf FROM funds WHERE fund = %(after)s), -1)"
        " ORDER BY funds.leaf LIMIT %(limit)s"
    )
    given = {"after": after, "limit": limit + 1, "end": end_of(at)}
    with runner.reading(DIRECTORY, at) as (connection, _):
        found = connection.execute(query, given).fetchall()
    shown = [(entry_of(row), row["holder"]) for row in found[:limit]]
    return shown, shown[-1][0].fund if len(found) > limit else None


def fund(runner: Runner, asked: str, at: Position | None = None) -> FundEntry | None:
    """Return one fund, or None when there is none of that id."""
    query = f"SELECT {ENTRY} FROM funds WHERE fund = %(fund)s AND leaf < %(end)s"  # noqa: S608 our columns
    with runner.reading(DIRECTORY, at) as (connection, _):
        found = connection.execute(query, {"fund": asked, "end": end_of(at)}).fetchone()
    return FundEntry(**found) if found else None


def entry_of(row: dict[str, Any]) -> FundEntry:
    """Return the fund that a row of `ENTRY` tells of."""
    return FundEntry(**{name: row[name] for name in FundEntry.__slots__})


def use_of(row: dict[str, Any]) -> Use:
    """Return the change of use that a row of `USES` tells of."""
    return Use(row["purpose"], row["place"], row["ground"], row["document"])


def fund_names(
    runner: Runner, asked: Collection[str], at: Position | None = None
) -> dict[str, str]:
    """Return the names of these funds, by id."""
    if not asked:
        return {}
    query = "SELECT fund, name FROM funds WHERE fund = ANY(%s) AND leaf < %s"
    with runner.reading(DIRECTORY, at) as (connection, _):
        found = connection.execute(query, [sorted(asked), end_of(at)]).fetchall()
    return {row["fund"]: row["name"] for row in found}


def names(runner: Runner, at: Position | None = None) -> dict[str, str]:
    """Return the public names of all organisations, by id."""
    query = "SELECT organisation, name FROM organisations WHERE leaf < %s"
    with runner.reading(DIRECTORY, at) as (connection, _):
        found = connection.execute(query, [end_of(at)]).fetchall()
    return {row["organisation"]: row["name"] for row in found}


USES = (
    "SELECT purpose, place, ground, document, leaf, time FROM uses WHERE fund = %(fund)s"
    " AND leaf < %(end)s"
)


def closed_at(runner: Runner, organisation: str) -> dict[str, int]:
    """Return the entries that closed funds of an organisation, by fund."""
    query = (
        "SELECT fund, closed_leaf FROM funds WHERE organisation = %s AND closed_leaf IS NOT NULL"
    )
    with runner.reading(DIRECTORY) as (connection, _):
        found = connection.execute(query, [organisation]).fetchall()
    return {row["fund"]: row["closed_leaf"] for row in found}
