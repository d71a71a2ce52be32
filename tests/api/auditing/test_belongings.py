"""Rows of lists are held against the events that say them, masked, or older than masks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import astuple, replace
from typing import cast

import pytest

from api.auditing.belongings import Belongings, source_findings
from ledger.domain.keeping import SourceRow
from ledger.store.database import Database
from ledger.store.row_masks import as_said, mask_key
from ledger.store.sources import Sources

SECRET = bytes(32)
ROWS = [SourceRow(f"{n:064x}", "org", "list", f"{n + 7:064x}", f"gift-{n}") for n in range(300)]


class Kept(Sources):
    """Rows of lists in memory instead of a table; counts how often one is masked."""

    def __init__(self, rows: list[SourceRow]) -> None:
        super().__init__(cast("Database", None), lambda: SECRET)
        self._rows = rows
        self.masked = 0

    def each(self) -> Iterator[SourceRow]:
        """Yield every row."""
        return iter(self._rows)

    def as_said(self, row: SourceRow) -> SourceRow | None:
        """Return a row as its event is to say it."""
        self.masked += 1
        return super().as_said(row)


def findings(said: list[SourceRow], rows: list[SourceRow]) -> list[str]:
    """Return the identities that are found; every row is masked once, not more."""
    kept = Kept(rows)
    with closing(Belongings()) as belongings:
        for row in said:
            belongings.sources.put(*astuple(row))
        found = list(source_findings(kept, belongings))
    assert kept.masked == len(rows)
    return [what.split()[2] for what in found]


MASKED = [shown for row in ROWS if (shown := as_said(row, mask_key(SECRET)))]


def test_rows_agree_with_events_that_mask_them_and_with_older_ones() -> None:
    assert findings(MASKED, ROWS) == []
    assert findings(ROWS, ROWS) == [], "events recorded before masks"
    assert findings(MASKED[:100] + ROWS[100:], ROWS) == [], "a ledger that began before them"


@pytest.mark.parametrize("said", [MASKED, ROWS])
@pytest.mark.parametrize(
    "other",
    [
        {"organisation": "other"}, {"listing": "other"}, {"stream": "gift-299"},
        {"content": "ab" * 32}, {"content": "none"}, {"content": ""},
        {"content": MASKED[7].content}, {"content": ROWS[7].content.upper()},
    ],
)  # fmt: skip
def test_an_altered_row_is_found(said: list[SourceRow], other: dict[str, str]) -> None:
    altered = [*ROWS[:7], replace(ROWS[7], **other), *ROWS[8:]]
    assert findings(said, altered) == 2 * [ROWS[7].identity], "the row, and what was said of it"


def test_rows_and_events_that_have_no_counterpart_are_found() -> None:
    assert findings(MASKED[1:], ROWS[:-1]) == [ROWS[0].identity, ROWS[-1].identity]
    assert findings(MASKED, [*ROWS, ROWS[5]]) == [ROWS[5].identity], "a row that stands twice"
