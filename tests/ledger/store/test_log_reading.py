"""The log is read in its order, by ids where they help, and whole where they do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from eventsourcing.persistence import OperationalError
from psycopg.rows import DictRow
from psycopg.sql import SQL

from api.wiring import House
from ledger.store.database import Look
from ledger.store.log_reading import FEW
from ledger.store.recorder import LogRow
from tests.houses import general_fund, register
from tests.ledger.store.test_log_folder import change, grow

SIZE = 3 * FEW


@pytest.fixture
def grown(house: House) -> list[LogRow]:
    """Record enough for the range to be read by ids; return it as it is read one by one."""
    register(house)
    grow(house, general_fund(house), SIZE)
    return [row for leaf in range(SIZE) for row in house.recorder.log(leaf, leaf + 1)]


def test_a_range_read_by_ids_is_what_its_leaves_are_one_by_one(
    house: House, grown: list[LogRow]
) -> None:
    assert house.recorder.log(0, SIZE) == grown
    assert house.recorder.log(7, 7 + FEW + 1) == grown[7 : 7 + FEW + 1]
    assert house.recorder.log(10, SIZE + 100) == grown[10:], "past the end there is nothing"
    assert house.recorder.log(SIZE, SIZE + 100) == []
    assert house.recorder.entries(0, SIZE) == [(row.leaf, row.entry) for row in grown]


@pytest.mark.parametrize("moved", [0, 100, SIZE - 1])
def test_an_id_that_is_out_of_order_hides_no_event(
    house: House, grown: list[LogRow], moved: int
) -> None:
    change(
        house,
        "UPDATE {ledger_events} SET notification_id = 100000 FROM {leaves} WHERE leaf = %s"
        " AND originator_id = stream AND originator_version = version",
        moved,
    )
    assert house.recorder.log(0, SIZE) == grown


@pytest.mark.parametrize("gone", [0, 100, SIZE - 1])
def test_an_event_that_is_gone_is_shown_as_gone_and_no_other(
    house: House, grown: list[LogRow], gone: int
) -> None:
    change(
        house,
        "DELETE FROM {ledger_events} USING {leaves} WHERE leaf = %s"
        " AND originator_id = stream AND originator_version = version",
        gone,
    )
    found = house.recorder.log(0, SIZE)
    assert [row.leaf for row in found if row.entry is None] == [gone]
    assert [row for row in found if row.leaf != gone] == [r for r in grown if r.leaf != gone]


def test_the_events_of_a_range_are_read_by_their_ids(house: House, grown: list[LogRow]) -> None:
    """What is read must not grow with the ledger: a range of ids, not a lookup for each event."""
    change(house, "ANALYZE {ledger_events}")
    change(house, "ANALYZE {leaves}")
    reading = house.recorder._reading
    with house.database.writing() as connection:
        connection.execute("SET LOCAL enable_seqscan = off")
        asked = {"start": 0, "stop": FEW + 1, "first": 1, "last": FEW + 1}
        told = connection.execute(b"EXPLAIN " + reading._rows[0], asked).fetchall()
    plan = "\n".join(str(row["QUERY PLAN"]) for row in told)
    assert "ledger_events_notification_id_idx" in plan, plan


def test_no_plan_is_kept_from_when_the_ledger_was_small(house: House, grown: list[LogRow]) -> None:
    """The server would keep to one that reads every row until it looks at the tables again."""
    with house.database.sitting():
        for leaf in range(12):
            assert house.recorder.log(leaf, leaf + 1) == grown[leaf : leaf + 1]
        with house.database.get_connection() as connection:
            kept = connection.execute("SELECT statement FROM pg_prepared_statements").fetchall()
    assert [row for row in kept if "leaf >=" in row["statement"]] == []


def test_leaves_that_a_former_leader_does_not_know_are_read_where_that_is_confirmed(
    house: House, grown: list[LogRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of two servers stood still while the other one led; both are in the pool."""
    leader = house.database.get_connection
    confirmed: list[object] = []

    @contextmanager
    def either() -> Iterator[psycopg.Connection[DictRow]]:
        with leader() as connection:
            if not confirmed:
                connection.execute("BEGIN")
                connection.execute(forgotten)
            yield connection
            connection.execute("ROLLBACK")

    def confirm(look: Look) -> None:
        confirmed.append(look.connection)

    forgotten = SQL("DELETE FROM {} WHERE leaf >= 150").format(house.database.table("leaves"))
    monkeypatch.setattr(house.database, "get_connection", either)
    assert [row.leaf for row in house.recorder.log(0, 150)] == list(range(150))
    assert not confirmed
    monkeypatch.setattr(Look, "confirm", confirm)
    assert house.recorder.log(140, SIZE) == grown[140:]
    assert len(confirmed) == 1
    confirmed.clear()
    assert house.recorder.entries(140, SIZE) == [(r.leaf, r.entry) for r in grown[140:]]
    assert len(confirmed) == 1


def test_a_former_leader_that_confirms_nothing_has_no_row_gone(
    house: House, grown: list[LogRow], monkeypatch: pytest.MonkeyPatch
) -> None:
    def confirm(_: Look) -> None:
        raise OperationalError("terminating connection due to administrator command")

    monkeypatch.setattr(Look, "confirm", confirm)
    with pytest.raises(OperationalError):
        house.recorder.log(0, len(grown) + 1)
