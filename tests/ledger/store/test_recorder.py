"""The event store: commits in line, no gap, no event missed, all or nothing."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event, Timer

import pytest
from eventsourcing.persistence import IntegrityError
from psycopg import sql

from api.settings import Settings
from api.wiring import CaughtUpInflows, House
from ledger.domain.events import TOPICS
from ledger.domain.keeping import SourceRow
from ledger.money import Money
from ledger.proof.merkle import leaf_hash
from ledger.store.database import Database
from ledger.store.recorder import EVENTS, LedgerRecorder, OtherLedger
from projections.rows import copy_rows
from projections.runner import Connection, Recorded, Runner
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, give, register
from tests.invariants import check_house

BATCHES = 8
LONGEST_S = 60.0
"""What never happens in time is a failure, not a wait."""

WRITER = """
import random, sys
from datetime import date
from pathlib import Path
from api.settings import Settings
from api.wiring import CaughtUpInflows, House
from ledger.application import ReceiveGift
from ledger.money import Money
data, url, schema, charity, fund, seed, batches = sys.argv[1:]
house = House(Settings(data=Path(data), database_url=url, schema=schema))
given = ReceiveGift(amount=Money(1), donor=None, received_on=date(2026, 1, 1), date_basis="row")
chance = random.Random(int(seed))
for _ in range(int(batches)):
    house.ledger.gifts.receive_gifts(charity, fund, [given] * chance.randint(1, 5))
house.close()
"""


class Seen:
    """A read model that notes each leaf it is given."""

    name = "seen"
    tables = ("CREATE TABLE seen (leaf bigint, stream text, version bigint)",)
    facts = tuple(TOPICS.values())
    sought = ()

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        rows = [(leaf, e.originator_id, e.originator_version) for leaf, e in recorded]
        copy_rows(connection, "seen", ("leaf", "stream", "version"), rows)


def sizes(seed: int) -> list[int]:
    chance = random.Random(seed)  # noqa: S311 the same sizes at every run
    return [chance.randint(1, 5) for _ in range(BATCHES)]


def write_in_thread(house: House, fund: str, seed: int) -> None:
    for size in sizes(seed):
        house.ledger.gifts.receive_gifts(USCC, fund, [gift("0.01")] * size)


def write_in_process(house: House, fund: str, seed: int) -> None:
    settings = house.settings
    given = (settings.data, settings.database_url, settings.schema, USCC, fund, seed, BATCHES)
    command = [sys.executable, "-c", WRITER, *map(str, given)]
    subprocess.run(command, check=True, timeout=LONGEST_S)


def subscribe(house: House, expected: int, listening: Event) -> list[tuple[int, str, int]]:
    """Return what one subscriber is told, until it has been told of all events."""
    seen: list[tuple[int, str, int]] = []
    with house.recorder.subscribe() as subscription:
        too_long = Timer(LONGEST_S, subscription.stop)
        too_long.start()
        listening.set()
        for told in subscription:
            seen.append((told.id, str(told.originator_id), told.originator_version))
            if len(seen) == expected:
                break
        too_long.cancel()
    return seen


def follow(runner: Runner, writing: Sequence[object], done: Event) -> None:
    while not done.is_set():
        runner.catch_up()
    runner.catch_up()


def test_four_writers_are_followed_without_a_miss_by_subscriber_and_by_leaf(house: House) -> None:
    register(house)
    fund = general_fund(house)
    expected = house.recorder.size() + sum(sum(sizes(seed)) for seed in range(4))
    runner = Runner(house.database, house.recorder, [Seen()], lambda: 0.0)
    runner.prepare()
    listening, done = Event(), Event()
    with ThreadPoolExecutor(6) as pool:
        told = pool.submit(subscribe, house, expected, listening)
        followed = pool.submit(follow, runner, (), done)
        assert listening.wait(LONGEST_S)
        writers = [
            pool.submit(write, house, fund, seed)
            for seed, write in enumerate([write_in_thread, write_in_process] * 2)
        ]
        for writer in writers:
            writer.result(LONGEST_S)
        done.set()
        followed.result(LONGEST_S)
        seen = told.result(LONGEST_S)

    rows = house.recorder.log(0, expected)
    assert house.recorder.size() == len(rows) == expected
    assert [row.leaf for row in rows] == list(range(expected))
    assert [(stream, version) for _, stream, version in seen] == [
        (row.stream, row.version) for row in rows
    ]
    ids = [told_id for told_id, _, _ in seen]
    assert ids == sorted(set(ids))
    with runner.reading(Seen()) as (connection, position):
        noted = connection.execute("SELECT * FROM seen ORDER BY leaf").fetchall()
    assert position.size == expected
    assert [tuple(row.values()) for row in noted] == [(r.leaf, r.stream, r.version) for r in rows]
    check_house(house)


def test_more_commands_at_once_than_connections_all_find_one(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")
    crowd = 12
    ready = Barrier(crowd)

    def ask(_: int) -> int:
        ready.wait(LONGEST_S)
        house.runner.catch_up()
        return CaughtUpInflows(house.runner).received(fund, "CNY")

    with ThreadPoolExecutor(crowd) as pool:
        give(house, fund, *["0.01"] * 300)
        assert list(pool.map(ask, range(crowd), timeout=LONGEST_S)) == [400] * crowd


def test_nothing_recorded_leaves_nothing(house: House) -> None:
    before = house.recorder.counts()

    assert house.recorder.insert_events([]) is None

    assert house.recorder.counts() == before
    check_house(house)


def test_a_batch_that_conflicts_leaves_neither_events_nor_rows_beside_them(house: House) -> None:
    register(house)
    fund = general_fund(house)
    before = house.recorder.counts()
    (stored,) = house.recorder.select_events(fund)
    row = SourceRow("identity", USCC, "listing", "content", "stream")

    with pytest.raises(IntegrityError):
        house.recorder.insert_events([stored], sources=[row])

    assert house.recorder.counts() == before
    assert house.sources.all() == []
    check_house(house)


def test_a_batch_of_megabytes_is_stored_in_order(house: House) -> None:
    register(house)
    fund = general_fund(house)
    given = [gift(f"{n}.00", donor=None) for n in range(1, 1501)]

    house.ledger.gifts.receive_gifts(USCC, fund, given)

    size = house.recorder.size()
    batches = list(house.recorder.log_in_batches(size - 1500, size, 700))
    rows = [row for batch in batches for row in batch]
    assert [len(batch) for batch in batches] == [700, 700, 100]
    assert sum(len(row.entry or b"") for row in rows) > 2**20
    assert all(row.entry and leaf_hash(row.entry) == row.hash for row in rows)
    amounts = [house.ledger.streams.gift(str(row.stream)).booked for row in rows[::500]]
    assert amounts == [Money.parse(f"{n}.00") for n in (1, 501, 1001)]
    check_house(house)


def test_the_rows_of_some_streams_come_in_log_order(house: House) -> None:
    register(house)
    one, two = give(house, general_fund(house), "1.00", "2.00")

    rows = house.recorder.log_of([two, one, "gift-none"])

    assert [row.stream for row in rows] == [one, two]
    check_house(house)


def test_a_leaf_without_its_event_is_told_by_its_empty_row(house: House) -> None:
    register(house)
    fund = general_fund(house)
    with house.database.writing() as connection:
        query = sql.SQL("DELETE FROM {} WHERE originator_id = %s")
        connection.execute(query.format(house.database.table(EVENTS)), [fund])

    (row,) = house.recorder.log(house.recorder.size() - 1, house.recorder.size())

    assert (row.stream, row.version, row.topic, row.entry) == (None, None, None, None)


def test_the_ledger_of_another_origin_is_refused(house: House) -> None:
    with pytest.raises(OtherLedger, match="set LEDGER_ORIGIN"):
        house.recorder.prepare("example.org/another")
    assert house.recorder.prepare(house.recorder.origin())
    assert house.recorder.prepare(None)


def test_tables_are_made_only_for_an_origin(settings: Settings) -> None:
    assert settings.database_url is not None, "the fixture names it"
    database = Database(settings.database_url, settings.schema)
    database.prepare()
    recorder = LedgerRecorder(database)

    assert not recorder.prepare(None)
    assert recorder.prepare("example.org/one")
    assert recorder.origin() == "example.org/one"
    assert recorder.counts() == (0, 0, 0)
    database.close()


def test_two_processes_that_found_one_ledger_at_once_agree(settings: Settings) -> None:
    program = (
        "import sys; from pathlib import Path; from api.settings import Settings;"
        "from api.wiring import CaughtUpInflows, House;"
        "house = House(Settings(Path(sys.argv[1]), sys.argv[2], sys.argv[3]), create=True);"
        "print(house.trust().encode().hex()); house.close()"
    )
    given = [settings.data, settings.database_url, settings.schema]
    command = [sys.executable, "-c", program, *map(str, given)]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=LONGEST_S)[0] for process in running]

    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(set(said)) == 1
    house = House(settings)
    assert not house.keys.has(OTHER_USCC)
    check_house(house)
    house.close()


def test_tables_that_somebody_else_made_meanwhile_are_left_as_they_are(house: House) -> None:
    origin, size = house.recorder.origin(), house.recorder.size()
    house.recorder._create("elsewhere.example/ledger")
    assert (house.recorder.origin(), house.recorder.size()) == (origin, size)
