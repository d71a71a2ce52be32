"""The database: reached or refused in words, read in one snapshot."""

from __future__ import annotations

import psycopg
import pytest

from api.wiring import House
from ledger.store.database import Database, DatabaseUnreachable, first_line
from tests.houses import register
from tests.invariants import check_house


@pytest.mark.parametrize(
    "conninfo", ["host=/nowhere port=1", "postgresql://localhost:1/x?connect_timeout=2", "nonsense"]
)
def test_a_server_that_does_not_answer_is_named_with_what_to_do(conninfo: str) -> None:
    database = Database(conninfo, "t")

    with pytest.raises(DatabaseUnreachable, match="check LEDGER_DATABASE_URL"):
        database.prepare()
    database.close()


def test_a_read_sees_one_snapshot_and_can_not_write(house: House) -> None:
    counted = "SELECT size FROM {}"
    with house.database.reading() as connection:
        query = psycopg.sql.SQL(counted).format(house.database.table("head"))
        before = connection.execute(query).fetchall()
        register(house)
        assert connection.execute(query).fetchall() == before
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute("CREATE TABLE t (a int)")
    check_house(house)


def test_an_error_without_words_is_named_by_its_kind() -> None:
    assert first_line(TimeoutError()) == "TimeoutError"
    assert first_line(ValueError("\none\ntwo")) == "one"
