"""Who read personal data is written down before anything is opened, and stays written."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from eventsourcing.persistence import PersistenceError
from psycopg import sql

from api.wiring import House, opened
from ledger.domain.receipts import Asked
from tests.conftest import USCC
from tests.houses import GIFT_DAY, general_fund, give, ready_for_receipts, register


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def test_a_use_is_one_row_that_says_who_why_and_of_which_streams(house: House, fund: str) -> None:
    one, two, _ = give(house, fund, "1.00", "2.00", "3.00")
    ready_for_receipts(house)
    assert house.vault_reads.rows() == [], "nothing was opened so far"
    with opened(house.settings, why="receipts issue") as home:
        home.ledger.receipts.issue_receipts(USCC, [one, two], ["23050126"], GIFT_DAY)
        home.ledger.receiptable.standing(USCC, [one], asked())
    (read,) = house.vault_reads.rows()

    assert (read.who, read.why) == (house.settings.actor, "receipts issue")
    assert (read.openings, set(read.streams)) == (2, {one, two})
    assert abs(datetime.now(UTC) - read.at) < timedelta(minutes=10)


def asked() -> Asked:

    return Asked(issued_on=GIFT_DAY, area=None, deductible=False)


def test_who_asks_for_everything_is_written_down_as_having_read_everything(
    house: House, fund: str
) -> None:
    give(house, fund, "1.00", "2.00")
    with opened(house.settings, why="audit") as home:
        for row in home.vault.all():
            home.vault.check(row)
        home.vault.announce([fund])
    (read,) = house.vault_reads.rows()
    assert (read.openings, read.streams, read.why) == (2, (), "audit")


def test_nothing_is_opened_when_the_reading_can_not_be_written_down(
    house: House, fund: str
) -> None:
    give(house, fund, "1.00")
    with house.database.writing() as connection:
        connection.execute(
            sql.SQL("ALTER TABLE {} RENAME TO away").format(house.database.table("vault_reads"))
        )
    (row,) = house.vault.named("王某某")
    with pytest.raises(PersistenceError, match="does not exist"):
        house.vault.open(row)


def test_searching_by_name_opens_nothing_and_is_no_use(house: House, fund: str) -> None:
    give(house, fund, "1.00")
    house.vault.named("王某某")
    house.vault.of_digests([])
    assert house.vault_reads.rows() == []


@pytest.mark.parametrize(
    "statement", ["UPDATE {} SET who = 'nobody'", "DELETE FROM {}", "TRUNCATE {}"]
)
def test_the_log_of_reads_is_only_added_to(house: House, fund: str, statement: str) -> None:
    give(house, fund, "1.00")
    house.vault.open(house.vault.all()[0])
    with (
        pytest.raises(PersistenceError, match="only added to"),
        house.database.writing() as connection,
    ):
        connection.execute(sql.SQL(statement).format(house.database.table("vault_reads")))


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("UPDATE {} SET who = 'nobody' WHERE id = 2", ["vault_reads: read 2 was altered"]),
        ("DELETE FROM {} WHERE id = 1", ["vault_reads: read 1 is missing"]),
        (
            "UPDATE {} a SET streams = b.streams FROM {} b WHERE a.id = 1 AND b.id = 2",
            ["vault_reads: read 1 was altered"],
        ),
    ],
)
def test_a_hole_or_a_change_in_the_log_of_reads_is_found(
    house: House, fund: str, statement: str, finding: list[str]
) -> None:
    gifts = give(house, fund, "1.00", "2.00", "3.00")
    for one in gifts:
        house.vault.open_all(house.vault.of_streams([one]))
    assert house.vault_reads.findings() == []
    table = house.database.table("vault_reads")
    with house.database.writing() as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute(sql.SQL(statement).format(table, table))
    assert house.vault_reads.findings() == finding


def test_reads_are_shown_by_stream_and_since_a_time(house: House, fund: str) -> None:
    one, two = give(house, fund, "1.00", "2.00")
    house.vault.open_all(house.vault.of_streams([one]))
    house.vault.open_all(house.vault.of_streams([two]))
    reads = house.vault_reads
    assert [r.streams for r in reads.rows(one)] == [(one,)]
    assert len(reads.rows(since=reads.rows()[1].at)) == 1
    assert reads.rows(since=datetime.now(UTC) + timedelta(days=1)) == []
