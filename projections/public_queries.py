"""Answers on what the public looks for: a page of what was found, and how much of which sort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ledger.domain.funds import place_prefix
from projections.grams import asked
from projections.public_index import PUBLIC_INDEX
from projections.runner import Connection, Position, Runner, end_of

COUNTED = 10_000
"""Of more than so many that are found, facets say "at least"."""

FEN = 100
BANDS: dict[str, tuple[int | None, int | None]] = {
    "to-1000": (None, 1_000),
    "1000-10000": (1_000, 10_000),
    "10000-100000": (10_000, 100_000),
    "100000-1000000": (100_000, 1_000_000),
    "from-1000000": (1_000_000, None),
}
"""Amounts of payments in yuan: from, and below what."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for; None is any. `place` is a code: what lies within it is found too."""

    text: str | None = None
    kind: str | None = None
    charity: str | None = None
    year: int | None = None
    band: str | None = None
    place: str | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found; `title` None is a private person, or a name not shown here.

    `words` is the purpose of a fund or payment, the kind of an organisation, the sort of thing
    that bears a name. `amount` is in smallest units.
    """

    kind: str
    id: str
    charity: str | None
    fund: str | None
    title: str | None
    words: str | None
    place: str | None
    day: date | None
    amount: int | None
    unit: str | None
    leaf: int
    rank: int

    @property
    def cursor(self) -> str:
        """Return where to go on after it."""
        return f"{self.rank}.{self.leaf}"


@dataclass(frozen=True, slots=True)
class Facets:
    """How many were found, by sort; no more than `COUNTED` are counted."""

    total: int
    all_counted: bool
    counts: Mapping[str, Mapping[str, int]]


def search(
    runner: Runner, wanted: Asked, limit: int, after: str | None = None, at: Position | None = None
) -> tuple[list[Found], str | None, Position]:
    """Return a page of what is found, sort by sort, the newest first, and where to go on."""
    where, given = _conditions(wanted, at)
    rank, leaf = map(int, after.split(".")) if after else (-1, 0)
    query = f"{_PAGE} WHERE {where} AND {_ON} ORDER BY rank, leaf DESC LIMIT %(limit)s"
    turned = {"after_rank": rank, "after_leaf": leaf, "limit": limit + 1}
    with runner.reading(PUBLIC_INDEX, at) as (connection, position):
        rows = connection.execute(query, given | turned).fetchall()
    found = [Found(**row) for row in rows]
    return found[:limit], found[limit - 1].cursor if len(found) > limit else None, position


def facets(runner: Runner, wanted: Asked, at: Position | None = None) -> Facets:
    """Count what is found, by sort."""
    where, given = _conditions(wanted, at)
    with runner.reading(PUBLIC_INDEX, at) as (connection, _):
        return _facets(connection, where, given)


def _conditions(wanted: Asked, at: Position | None) -> tuple[str, dict[str, object]]:
    told: dict[str, object] = {"end": end_of(at)}
    said = ["leaf < %(end)s"]
    if wanted.text and (signs := asked(wanted.text)):
        said.append("grams @> %(signs)s")
        told["signs"] = signs
    for name in ("kind", "charity"):
        if (given := getattr(wanted, name)) is not None:
            said.append(f"{name} = %({name})s")
            told[name] = given
    if wanted.year is not None:
        said.append("day BETWEEN make_date(%(year)s, 1, 1) AND make_date(%(year)s, 12, 31)")
        told["year"] = wanted.year
    if wanted.place:
        said.append("place LIKE %(place)s")
        told["place"] = f"{place_prefix(wanted.place)}%"
    if wanted.band:
        said.append("unit = 'CNY' AND amount >= %(least)s AND amount < %(below)s")
        least, below = BANDS[wanted.band]
        told["least"] = (least or 0) * FEN
        told["below"] = 2**62 if below is None else below * FEN
    return " AND ".join(said), told


def _facets(connection: Connection, where: str, given: Mapping[str, object]) -> Facets:
    rows = connection.execute(
        _FACETS.format(where=where), {**given, "most": COUNTED + 1}
    ).fetchall()
    counts: dict[str, dict[str, int]] = {name: {} for name in SORTS}
    total = 0
    for row in rows:
        name = next((sort for sort in SORTS if row[sort] is not None), None)
        if name is not None:
            counts[name][str(row[name])] = row["n"]
        elif row["level"] == ALL:
            total = row["n"]
    return Facets(min(total, COUNTED), total <= COUNTED, counts)


def entries(
    runner: Runner, kind: str, ids: Sequence[str], at: Position | None = None
) -> dict[str, Found]:
    """Return these things of a kind, as far as they are there."""
    query = f"{_PAGE} WHERE kind = %s AND id = ANY(%s) AND leaf < %s"
    with runner.reading(PUBLIC_INDEX, at) as (connection, _):
        rows = connection.execute(query, [kind, list(ids), end_of(at)]).fetchall()
    return {row["id"]: Found(**row) for row in rows}


def evidence(
    runner: Runner, disbursements: Sequence[str], at: Position | None = None
) -> dict[str, list[str]]:
    """Return the digests (SHA-256, hex) that prove what these payments were for, by payment."""
    query = (
        "SELECT disbursement, digest FROM evidence WHERE disbursement = ANY(%s) AND leaf < %s"
        " ORDER BY disbursement, number"
    )
    proved: dict[str, list[str]] = {}
    with runner.reading(PUBLIC_INDEX, at) as (connection, _):
        rows: list[dict[str, Any]] = connection.execute(
            query, [list(disbursements), end_of(at)]
        ).fetchall()
    for row in rows:
        proved.setdefault(row["disbursement"], []).append(row["digest"])
    return proved


def places(
    runner: Runner, limit: int, after: str | None = None, at: Position | None = None
) -> tuple[list[str], str | None, Position]:
    """Return the place codes that funds are for or payments went to, in order, after one."""
    query = (
        "SELECT place FROM entries WHERE kind = 'place' AND leaf < %(end)s AND id > %(after)s"
        " ORDER BY id LIMIT %(limit)s"
    )
    given = {"end": end_of(at), "after": after or "", "limit": limit + 1}
    with runner.reading(PUBLIC_INDEX, at) as (connection, position):
        found = [row["place"] for row in connection.execute(query, given).fetchall()]
    return found[:limit], found[limit - 1] if len(found) > limit else None, position


def charities(
    runner: Runner, limit: int, after: int | None = None, at: Position | None = None
) -> tuple[list[Found], int | None, Position]:
    """Return organisations that may take gifts, in the order they were registered, after a leaf."""
    query = (
        f"{_PAGE} WHERE kind = 'charity' AND words <> 'authority' AND leaf < %(end)s"
        " AND leaf > %(after)s ORDER BY leaf LIMIT %(limit)s"
    )
    given = {"end": end_of(at), "after": -1 if after is None else after, "limit": limit + 1}
    with runner.reading(PUBLIC_INDEX, at) as (connection, position):
        found = [Found(**row) for row in connection.execute(query, given).fetchall()]
    return found[:limit], found[limit - 1].leaf if len(found) > limit else None, position


def without(runner: Runner, charity: str, column: str, at: Position | None = None) -> int:
    """Count the payments of a charity to organisations that say no "place", or no "words"."""
    assert column in {"place", "words"}, "our own words"
    query = (
        "SELECT count(*) AS n FROM entries WHERE charity = %s AND rank = 4"  # noqa: S608 our words
        f" AND title IS NOT NULL AND {column} IS NULL AND leaf < %s"
    )
    with runner.reading(PUBLIC_INDEX, at) as (connection, _):
        found = connection.execute(query, [charity, end_of(at)]).fetchone()
    assert found is not None, "a count is always there"
    return int(found["n"])


SORTS = ("kind", "charity", "year", "band", "place")
ALL = 31
"""What GROUPING says of the row over everything."""
_COLUMNS = ", ".join(Found.__slots__)
_PAGE = f"SELECT {_COLUMNS} FROM entries"  # noqa: S608 our columns
_ON = "(rank > %(after_rank)s OR (rank = %(after_rank)s AND leaf < %(after_leaf)s))"
_BAND = (
    "CASE WHEN unit = 'CNY' THEN CASE "
    + "".join(
        f"WHEN amount < {below * FEN} THEN '{name}' " if below else f"ELSE '{name}' END"
        for name, (_, below) in BANDS.items()
    )
    + " END"
)
_FACETS = (
    "SELECT kind, charity, year, band, place, count(*) AS n,"  # noqa: S608 our words
    " GROUPING(kind, charity, year, band, place) AS level FROM"
    " (SELECT kind, charity, extract(year FROM day)::integer AS year,"
    f" {_BAND} AS band, left(place, 6) AS place FROM entries WHERE {{where}} LIMIT %(most)s)"
    " AS found GROUP BY GROUPING SETS ((kind), (charity), (year), (band), (place), ())"
)
