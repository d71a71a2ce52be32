"""What was erased: which digests no longer have an opening, since when, on what ground."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.days import day_in_china
from ledger.domain.events import OpeningsErased
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner, end_of

COLUMNS = ("digest", "erased_on", "ground", "leaf")


@dataclass(frozen=True, slots=True)
class Erasure:
    """That an opening was erased: the day in China, the ground, the entry that says so."""

    digest: str
    erased_on: date
    ground: str
    leaf: int


class Erasures:
    """Read model of erasures."""

    name = "erasures"
    facts = (OpeningsErased,)
    sought = ()
    tables = (
        "CREATE TABLE erased (digest text PRIMARY KEY, erased_on date NOT NULL,"
        " ground text NOT NULL, leaf bigint NOT NULL)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in what was erased; the first erasure of a digest is the one that counts."""
        rows: dict[str, tuple[str, date, str, int]] = {}
        for leaf, event in recorded:
            if isinstance(event, OpeningsErased):
                day = day_in_china(event.timestamp)
                for digest in event.digests:
                    rows.setdefault(digest, (digest, day, event.ground, leaf))
        query = "SELECT digest FROM erased WHERE digest = ANY(%s)"
        known = {row["digest"] for row in connection.execute(query, [list(rows)]).fetchall()}
        fresh = [row for digest, row in rows.items() if digest not in known]
        copy_rows(connection, "erased", COLUMNS, fresh)


ERASURES = Erasures()


def erased(runner: Runner, digests: Collection[str], at: Position | None = None) -> list[Erasure]:
    """Return those of these digests that were erased, now or by then, in log order."""
    if not digests:
        return []
    query = "SELECT * FROM erased WHERE digest = ANY(%s) AND leaf < %s ORDER BY leaf, digest"
    with runner.reading(ERASURES, at) as (connection, _):
        found = connection.execute(query, [list(digests), end_of(at)]).fetchall()
    return [Erasure(**row) for row in found]
