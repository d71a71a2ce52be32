"""Which names given in thanks and which promises there are, as lists that everybody may read.

How each stands is told by its own story: these lists give its id alone, the newest first.
"""

from __future__ import annotations

from typing import LiteralString

from projections.pledges import PLEDGES
from projections.public_index import PUBLIC_INDEX
from projections.runner import Position, Runner, View, end_of

Listed = tuple[list[str], int | None, Position]
"""Ids, the entry to go on before (None when these are the last), and as of when."""


def namings(
    runner: Runner,
    charity: str | None = None,
    fund: str | None = None,
    limit: int = 25,
    before: int | None = None,
    at: Position | None = None,
) -> Listed:
    """Return names by the order in which they were proposed, the newest first."""
    asked: LiteralString = "SELECT id, leaf FROM entries WHERE rank = 2 AND kind = 'naming'"
    return _listed(runner, PUBLIC_INDEX, asked, "charity", charity, fund, limit, before, at)


def pledges(
    runner: Runner,
    charity: str | None = None,
    fund: str | None = None,
    limit: int = 25,
    before: int | None = None,
    at: Position | None = None,
) -> Listed:
    """Return promises by the order in which they were made, the newest first."""
    asked: LiteralString = "SELECT pledge AS id, leaf FROM pledges WHERE true"
    return _listed(runner, PLEDGES, asked, "organisation", charity, fund, limit, before, at)


def _listed(
    runner: Runner,
    view: View,
    asked: LiteralString,
    holder: LiteralString,
    charity: str | None,
    fund: str | None,
    limit: int,
    before: int | None,
    at: Position | None,
) -> Listed:
    end = end_of(at)
    given: dict[str, object] = {"end": end if before is None else min(end, before)}
    query: LiteralString = asked + " AND leaf < %(end)s"
    if charity is not None:
        query, given["charity"] = query + " AND " + holder + " = %(charity)s", charity
    if fund is not None:
        query, given["fund"] = query + " AND fund = %(fund)s", fund
    with runner.reading(view, at) as (connection, position):
        found = connection.execute(
            query + " ORDER BY leaf DESC LIMIT %(limit)s", {**given, "limit": limit + 1}
        ).fetchall()
    ids = [row["id"] for row in found[:limit]]
    return ids, found[limit - 1]["leaf"] if len(found) > limit else None, position
