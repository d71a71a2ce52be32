"""Columns packed for the server: what goes in comes out, item by item."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.store import packed

BIGINT_MAX = 2**63 - 1
TEXTS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
ROWS = st.lists(st.tuples(TEXTS, st.integers(-BIGINT_MAX - 1, BIGINT_MAX), st.binary()))


def test_arrays_come_out_as_they_went_in(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, connection.cursor() as curs:
        packed.taught(curs)

        @settings(deadline=None, max_examples=50)
        @given(ROWS)
        def check(rows: list[tuple[str, int, bytes]]) -> None:
            columns = (
                packed.texts(name for name, _, _ in rows),
                packed.numbers([count for _, count, _ in rows]),
                packed.blobs([box for _, _, box in rows]),
            )
            curs.execute("SELECT * FROM unnest(%s::text[], %s::bigint[], %s::bytea[])", columns)
            assert curs.fetchall() == rows

        check()


def test_a_text_that_no_column_can_hold_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, connection.cursor() as curs:
        packed.taught(curs)
        with pytest.raises(psycopg.DataError):
            curs.execute("SELECT %s::text[]", [packed.texts(["a\0b"])])
