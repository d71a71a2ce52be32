"""How donors wish to be shown: openings that stand open for everybody, by the donor's own choice.

A row is the opening of a digest that the newest `donor-shown.v1` of its gift holds, so that anybody
can check it against the log, and whoever alters, puts back or makes up a row is refused when it is
read and named by the audit. A row goes in the commit that records another choice, and in the one
that erases the opening in the vault.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ledger.domain.keeping import ShownRow
from ledger.errors import Untrusted
from ledger.proof.disclosure import Opening
from ledger.store.database import Database

TABLE = "shown_names"


def ensure(database: Database) -> None:
    """Create the table if it is not there."""
    schema = sql.Identifier(database.schema).as_string()
    made = (
        f"CREATE TABLE {schema}.{TABLE} (digest text PRIMARY KEY, gift text NOT NULL UNIQUE,"
        " opening text NOT NULL)"
    )
    database.ensure(TABLE, made)


def change(
    cursor: psycopg.Cursor[DictRow],
    database: Database,
    hidden: Sequence[str],
    shown: Sequence[ShownRow],
    erased: Sequence[str],
) -> None:
    """Take away the rows of gifts and of erased digests, and put new ones in."""
    table = database.table(TABLE)
    if hidden or erased:
        gone = sql.SQL("DELETE FROM {} WHERE gift = ANY(%s) OR digest = ANY(%s)").format(table)
        cursor.execute(gone, [list(hidden), list(erased)])
    for row in shown:
        put = sql.SQL("INSERT INTO {} VALUES (%s, %s, %s)").format(table)
        cursor.execute(put, [row.digest, row.gift, row.opening])


def rows(database: Database, gift: str | None = None) -> list[ShownRow]:
    """Return the row of a gift, or all of them."""
    query = sql.SQL("SELECT digest, gift, opening FROM {} WHERE gift = %(gift)s OR %(gift)s::text"
                    " IS NULL ORDER BY digest").format(database.table(TABLE))  # fmt: skip
    with database.get_connection() as connection:
        return [ShownRow(**row) for row in connection.execute(query, {"gift": gift}).fetchall()]


def opened(database: Database, gift: str, digests: Sequence[str]) -> Opening | None:
    """Return the opening that stands open for a gift, if it is of one of these digests."""
    for row in rows(database, gift):
        try:
            found = Opening.parse(row.opening)
        except Untrusted:
            return None
        return found if found.digest == row.digest and row.digest in digests else None
    return None


def findings(database: Database, chosen: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Say which rows do not belong to the newest choice of their gift, and which are missing.

    `chosen` has the digests of each gift's newest choice, those left out that were erased.
    """
    there = {row.gift for row in rows(database)}
    for gift in sorted(there | chosen.keys()):
        digests = chosen.get(gift, ())
        if gift not in there and digests:
            yield f"{TABLE}: the row of {gift} is missing"
        if gift in there and opened(database, gift, digests) is None:
            yield f"{TABLE}: the row of {gift} is not what its donor chose"
