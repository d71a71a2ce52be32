"""Which names given in thanks and which promises there are, as lists that everybody may read.

How each stands is told by its own story: these lists give its id alone, the newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import LiteralString

from projections.pledges import PLEDGES
from projections.public_index import PUBLIC_INDEX
from projections.runner import Position, Runner, View, end_of

Listed = tuple[list[str], int | None, Position]
"""Ids, the entry to go on before (None when these are the last), and as of when."""


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Which of them are asked for: of a charity, of a fund, those before an entry."""

    charity: str | None = None
    fund: str | None = None
    before: int | None = None

    @property
    def kept(self) -> dict[str, str | None]:
        """What stays the same from page to page."""
        return {"charity": self.charity, "fund": self.fund}


def namings(runner: Runner, asked: Narrowed, limit: int, at: Position | None) -> Listed:
    """Return names by the order in which they were proposed, the newest first."""
    columns = _Columns("id, leaf FROM entries WHERE rank = 2 AND kind = 'naming'", "charity")
    return _listed(runner, PUBLIC_INDEX, columns, asked, limit, at)


def pledges(runner: Runner, asked: Narrowed, limit: int, at: Position | None) -> Listed:
    """Return promises by the order in which they were made, the newest first."""
    columns = _Columns("pledge AS id, leaf FROM pledges WHERE true", "organisation")
    return _listed(runner, PLEDGES, columns, asked, limit, at)


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where a view has them: what is selected, and the column of the organisation."""

    select: LiteralString
    holder: LiteralString


def _listed(
    runner: Runner,
    view: View,
    columns: _Columns,
    asked: Narrowed,
    limit: int,
    at: Position | None,
) -> Listed:
    end = end_of(at)
    given: dict[str, object] = {
        "end": end if asked.before is None else min(end, asked.before),
        "limit": limit + 1, **asked.kept,
    }  # fmt: skip
    query: LiteralString = "SELECT " + columns.select + " AND leaf < %(end)s"
    if asked.charity is not None:
        query += " AND " + columns.holder + " = %(charity)s"
    if asked.fund is not None:
        query += " AND fund = %(fund)s"
    with runner.reading(view, at) as (connection, position):
        ordered: LiteralString = query + " ORDER BY leaf DESC LIMIT %(limit)s"
        found = connection.execute(ordered, given).fetchall()
    ids = [row["id"] for row in found[:limit]]
    return ids, found[limit - 1]["leaf"] if len(found) > limit else None, position
