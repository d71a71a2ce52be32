"""The function that records: all rows of a commit in one call, or none of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent
from psycopg.rows import DictRow

from api.wiring import House
from ledger.domain.keeping import AskedRow, SourceRow, Unless, VaultRow
from ledger.proof.merkle import leaf_hash
from ledger.store.recording import FUNCTION
from tests.houses import register


def event(stream: str, version: int = 1, topic: str = "t.v1") -> StoredEvent:
    return StoredEvent(stream, version, topic, f"{stream} {version}".encode())


def opening(digest: str) -> VaultRow:
    return VaultRow(digest, "gift-a", 1, "org", bytes(32), b"\0box")


def source(identity: str) -> SourceRow:
    return SourceRow(identity, "org", "list", "content", "gift-a")


def rows(house: House, table: str, order: str) -> list[DictRow]:
    with house.database.get_connection() as connection:
        query = psycopg.sql.SQL("SELECT * FROM {} ORDER BY {}").format(
            house.database.table(table), psycopg.sql.Identifier(order)
        )
        return connection.execute(query).fetchall()


@contextmanager
def nothing_is_stored(house: House) -> Iterator[None]:
    def all_rows() -> list[list[DictRow]]:
        tables = (
            ("head", "size"), ("leaves", "leaf"), ("ledger_events", "notification_id"),
            ("vault", "digest"), ("sources", "identity"), ("answered", "key"),
        )  # fmt: skip
        return [rows(house, *table) for table in tables]

    before = all_rows()
    with pytest.raises(IntegrityError):
        yield
    assert all_rows() == before


def test_every_row_lies_where_it_belongs(house: House) -> None:
    register(house)
    size = house.recorder.size()
    asked = [
        AskedRow("clerk", "k1", "d1", (("gift-a", 1), ("gift-b", 1)), "s1"),
        AskedRow("clerk", "k2", "d2", (), "s2"),
        AskedRow("other", "k3", "d3", (("gift-b", 2),), "s3"),
    ]
    stored = [event("gift-b"), event("gift-a"), event("gift-b", 2)]
    ids = house.recorder.insert_events(
        stored, openings=[opening("o1"), opening("o2")], sources=[source("i1")], asked=asked
    )

    assert ids is not None
    assert list(ids) == sorted(ids)
    assert house.recorder.size() == size + 3
    assert [(row.stream, row.version, row.hash) for row in house.recorder.log(size, size + 3)] == [
        (one.originator_id, one.originator_version, leaf_hash(one.state)) for one in stored
    ]
    kept = [row for row in rows(house, "vault", "digest") if row["digest"] in ("o1", "o2")]
    assert [VaultRow(**row) for row in kept] == [opening("o1"), opening("o2")]
    assert [SourceRow(**row) for row in rows(house, "sources", "identity")] == [source("i1")]
    assert [tuple(row.values()) for row in rows(house, "answered", "key")] == [
        ("clerk", "k1", "d1", ["gift-a", "gift-b"], [1, 1], "s1"),
        ("clerk", "k2", "d2", [], [], "s2"),
        ("other", "k3", "d3", ["gift-b"], [2], "s3"),
    ]


def test_what_is_refused_leaves_nothing_of_any_kind(house: House) -> None:
    register(house)
    house.recorder.insert_events([event("fund-a", 7, "closed.v1")], openings=[opening("o1")])
    beside = {"openings": [opening("o2")], "sources": [source("i1")]}
    with nothing_is_stored(house):
        spoiled = [Unless("fund-b", 1, "closed.v1"), Unless("fund-a", 6, "closed.v1")]
        house.recorder.insert_events([event("gift-a")], unless=spoiled, **beside)
    with nothing_is_stored(house):
        house.recorder.insert_events([event("gift-a")], needed=["o1", "gone"], **beside)
    with nothing_is_stored(house):
        house.recorder.insert_events([event("gift-a")], openings=[opening("o2"), opening("o1")])
    with nothing_is_stored(house):
        house.recorder.insert_events([event("gift-a"), event("fund-a", 7)], **beside)
    twice = AskedRow("clerk", "k1", "d1", (("gift-a", 1),))
    with nothing_is_stored(house):
        house.recorder.insert_events([event("gift-a")], asked=[twice, twice], **beside)

    still = [Unless("fund-a", 7, "closed.v1"), Unless("fund-a", 0, "opened.v1")]
    house.recorder.insert_events([event("gift-a")], unless=still, needed=["o1"], **beside)


def test_plans_made_while_the_ledger_was_empty_do_not_read_all_of_it_later(house: House) -> None:
    """The server keeps a function's plans until it has looked at the tables again (ANALYZE)."""
    register(house)
    beside = {"unless": [Unless("fund-a", n, "closed.v1") for n in (1, 2, 3)]}

    def read_row_by_row() -> dict[str, int]:
        query = "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE schemaname = %s"
        found = connection.execute(query, [house.database.schema]).fetchall()
        told = {row["relname"]: row["seq_tup_read"] for row in found}
        return {name: told[name] for name in ("ledger_events", "leaves", "vault")}

    with house.database.writing() as connection, connection.cursor() as cursor:
        record = house.recorder._recording.record
        for n in range(12):
            needed = [opening(f"o{n}")]
            record(cursor, [event(f"gift-{n}")], {**beside, "openings": needed})
            record(cursor, [event(f"gift-b{n}")], {**beside, "needed": [f"o{n}"]})
        many = [opening(f"many-o{n}") for n in range(2000)]
        record(cursor, [event(f"many-{n}") for n in range(2000)], {"openings": many})
        before = read_row_by_row()
        record(cursor, [event("gift-last")], {**beside, "needed": ["o0", "many-o7"]})
        assert read_row_by_row() == before


def test_a_ledger_made_before_the_function_gets_it(house: House) -> None:
    register(house)
    with house.database.writing() as connection:
        drop = psycopg.sql.SQL("DROP FUNCTION {}").format(house.database.table(FUNCTION))
        connection.execute(drop)
    later = House(house.settings)
    try:
        later.recorder.insert_events([event("gift-a")])
        assert later.recorder.size() == house.recorder.size()
    finally:
        later.close()
