"""Tells which paper and official numbers were written by hand, and for which receipts."""

from __future__ import annotations

from psycopg.rows import DictRow

from projections.claims import CLAIMS, Number
from projections.runner import Runner


class CaughtUpNumbers:
    """Tells decisions of numbers written by hand, from the view brought to the log's end."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner

    def stands_for(self, code: str, number: str) -> Number | None:
        """Return the receipt that a paper or official one was recorded for, if one was."""
        found = self._find(code, number, number)
        return None if found is None else (found["for_code"], found["for_number"])

    def first_within(self, code: str, first: int, last: int) -> str | None:
        """Return the lowest of the numbers first to last that was written by hand, if one was."""
        found = self._find(code, f"{first:010d}", f"{last:010d}")
        return None if found is None else str(found["number"])

    def _find(self, code: str, first: str, last: str) -> DictRow | None:
        self._runner.follow(CLAIMS)
        with self._runner.reading(CLAIMS) as (connection, _):
            return connection.execute(_FIRST, [code, first, last]).fetchone()


_FIRST = (
    "SELECT number, for_code, for_number FROM written"
    " WHERE code = %s AND number BETWEEN %s AND %s ORDER BY number, leaf LIMIT 1"
)
