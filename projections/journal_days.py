"""What the journal adds up to by day, so that the sums of a period need not read its rows.

A day has one row for each fund, kind of movement and unit, however many gifts came in on it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date

from projections.runner import Connection

TABLE = (
    "CREATE TABLE days (organisation text NOT NULL, booked_on date NOT NULL, fund text NOT NULL,"
    " kind text NOT NULL, unit text NOT NULL, rows bigint NOT NULL, amount bigint NOT NULL,"
    " PRIMARY KEY (organisation, booked_on, fund, kind, unit))"
)
MOVES_NOTHING = "classification"
"""It books what a payment cost on another account; the fund holds what it held."""

Key = tuple[str, date, str, str, str]
"""Organisation, day booked, fund, kind and unit."""


class Days:
    """The sums that one batch adds."""

    def __init__(self) -> None:
        self._rows: Counter[Key] = Counter()
        self._amounts: Counter[Key] = Counter()

    def add(self, key: Key, amount: int) -> None:
        """Take in a movement of so many smallest units."""
        if key[3] != MOVES_NOTHING:
            self._rows[key] += 1
            self._amounts[key] += amount

    def write(self, connection: Connection) -> None:
        """Add the batch's sums to those of their days."""
        if not self._rows:
            return
        columns = [list(column) for column in zip(*self._rows, strict=True)]
        sums = [list(self._rows.values()), [self._amounts[key] for key in self._rows]]
        connection.execute(_ADD, [*columns, *sums])


_ADD = (
    "INSERT INTO days (organisation, booked_on, fund, kind, unit, rows, amount)"
    " SELECT * FROM unnest(%s::text[], %s::date[], %s::text[], %s::text[], %s::text[],"
    " %s::bigint[], %s::bigint[])"
    " ON CONFLICT (organisation, booked_on, fund, kind, unit) DO UPDATE"
    " SET rows = days.rows + excluded.rows, amount = days.amount + excluded.amount"
)
