"""The database: reached or refused in words, read in one snapshot."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, PersistenceError
from psycopg.sql import SQL

from api.wiring import House
from ledger.store.database import (
    Database,
    DatabaseReadOnly,
    DatabaseUnreachable,
    Look,
    NotReplicated,
    first_line,
)
from projections.directory import DIRECTORY
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


def test_a_server_that_follows_another_is_told_from_one_that_is_gone(database_url: str) -> None:
    database = Database(f"{database_url} options='-c default_transaction_read_only=on'", "never")

    with pytest.raises(DatabaseReadOnly, match="it takes no writes, as it follows another server"):
        database.prepare()
    database.close()


def test_a_connection_apart_that_breaks_is_told_as_one_of_the_pool(house: House) -> None:
    def ended_meanwhile() -> None:
        with house.database.alone("a place") as connection:
            with psycopg.connect(house.database.conninfo, autocommit=True) as server:
                server.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
            connection.execute("SELECT 1")

    with pytest.raises(OperationalError, match="terminat"):
        ended_meanwhile()
    gone = Database("host=/nowhere port=1 connect_timeout=2", "t")
    with pytest.raises(OperationalError, match="nowhere"), gone.alone_if_free("a place"):
        pass
    gone.close()


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


def test_all_that_is_read_in_a_sitting_is_one_snapshot_on_one_connection(house: House) -> None:
    database, before = house.database, house.recorder.size()
    with database.sitting():
        lent = database.pool.get_stats()["requests_num"]
        assert house.recorder.size() == before
        with closing(House(house.settings)) as other:
            register(other)
            other.publish()
        assert house.recorder.size() == before
        with house.runner.reading(DIRECTORY) as (_, position), database.get_connection() as one:
            assert position.size == before
            with database.reading() as another:
                assert one is another
        assert database.pool.get_stats()["requests_num"] == lent + 1
    assert house.recorder.size() > before
    assert database.noted is None


def test_what_is_written_in_a_sitting_is_written_at_once_and_seen_after_it(house: House) -> None:
    with house.database.sitting():
        before = house.recorder.size()
        register(house)
        assert house.recorder.size() == before
    assert house.recorder.size() > before


def test_a_sitting_that_reads_nothing_takes_no_connection(house: House) -> None:
    lent = house.database.pool.get_stats()["requests_num"]
    with house.database.sitting():
        pass
    assert house.database.pool.get_stats()["requests_num"] == lent


def test_each_write_of_this_process_is_told_even_one_that_failed(house: House) -> None:
    seen = {house.database.writes}
    for statement in ("SELECT 1", "SELECT 1/0"):
        with suppress(PersistenceError), house.database.writing() as connection:
            connection.execute(statement)
        assert house.database.writes not in seen
        seen.add(house.database.writes)


@pytest.fixture
def absent_standby(database_url: str) -> Iterator[None]:
    """Let the server wait for a standby that never comes, where a transaction asks for that.

    The tests' server acknowledges before the disk has anything: all others go on meanwhile.
    """
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        server.execute("SELECT pg_reload_conf()")
        yield
        server.execute("ALTER SYSTEM RESET synchronous_standby_names")
        server.execute("SELECT pg_reload_conf()")


def cancelled_while_it_waits(url: str, work: Callable[[], None]) -> BaseException | None:
    """Do in a thread what waits for a standby; cancel that wait; return the error it ends with."""
    raised: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except PersistenceError as error:
            raised.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    cancelled = (
        "SELECT pg_cancel_backend(pid) FROM pg_stat_activity"
        " WHERE wait_event = 'SyncRep' AND datname = current_database()"
    )
    with psycopg.connect(url, autocommit=True) as server:
        while thread.is_alive():
            server.execute(cancelled)
            thread.join(0.05)
    return raised[0] if raised else None


def test_a_commit_that_only_the_leader_has_is_not_taken_for_done(
    house: House, absent_standby: None
) -> None:
    def write() -> None:
        with house.database.writing() as connection:
            connection.execute("SET LOCAL synchronous_commit = on")
            connection.execute(SQL("CREATE TABLE {} ()").format(house.database.table("alone")))

    error = cancelled_while_it_waits(house.database.conninfo, write)
    assert isinstance(error, NotReplicated)
    assert "look whether this was recorded" in str(error)
    with house.database.reading() as connection:
        found = connection.execute("SELECT FROM pg_class WHERE relname = 'alone'")
        assert found.fetchall(), "it can be read, and is not there for good"


def test_what_is_found_is_not_confirmed_before_a_standby_has_it(
    house: House, absent_standby: None
) -> None:
    def look() -> None:
        with database.looking() as looked:
            looked.confirm()

    with house.database.looking() as looked:
        looked.confirm()  # this server does not wait: nothing is to be confirmed
    with psycopg.connect(house.database.conninfo, autocommit=True) as server:
        name = psycopg.sql.Identifier(server.info.dbname)
        server.execute(SQL("ALTER DATABASE {} SET synchronous_commit = on").format(name))
    database = Database(house.database.conninfo, house.database.schema)

    def at_once() -> None:
        with database.writing(at_once=True) as connection:
            connection.execute(SQL("CREATE TABLE {} ()").format(database.table("alone")))

    with closing(database):
        for work in (look, at_once):
            error = cancelled_while_it_waits(house.database.conninfo, work)
            assert isinstance(error, NotReplicated)


def test_all_that_is_looked_at_comes_from_the_connection_that_confirms_it(house: House) -> None:
    database = house.database
    with database.looking() as look:
        with database.get_connection() as read, database.reading() as snapshot:
            assert read is snapshot is look.connection
        before = house.recorder.size()
        register(house)  # written apart, and seen here: nobody looks at an old snapshot
        assert house.recorder.size() > before
        with database.sitting(), database.get_connection() as apart:
            assert apart is not look.connection
        with database.get_connection() as again:
            assert again is look.connection, "a sitting within it has ended"
    with database.looking() as look, database.writing() as writing:
        assert writing is not look.connection


def test_what_is_refused_for_what_stands_there_waits_until_that_stands_for_good(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    confirmed = []
    monkeypatch.setattr(Look, "confirm", lambda look: confirmed.append(look.connection))
    statement = SQL("INSERT INTO {} SELECT * FROM {}")
    head = house.database.table("head")
    for at_once in (False, True):
        with pytest.raises(IntegrityError), house.database.writing(at_once=at_once) as connection:
            connection.execute(statement.format(head, head))
        assert confirmed == [connection]
        confirmed.clear()


def test_a_table_that_another_process_makes_meanwhile_is_left_as_it_is(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([False, True])
    monkeypatch.setattr(house.database, "_has", lambda _: next(looks))
    house.database.ensure("heads", "CREATE TABLE {table} (never integer)")
    assert next(looks, None) is None
    with house.database.get_connection() as connection:
        found = connection.execute(
            "SELECT to_regclass(%s) AS it", [f"{house.database.schema}.heads"]
        )
        assert found.fetchall() == [{"it": None}]
