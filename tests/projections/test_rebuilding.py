"""A rebuild: beside the live views, in one swap, gone on with, spread, and what it finds."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Event
from time import monotonic

import pytest
from psycopg import sql

from api.wiring import VIEWS, House
from api.working import in_order
from ledger.money import Money
from projections import rebuilding, shadows
from projections.comparing import Difference
from projections.directory import DIRECTORY
from projections.gift_index import GIFT_INDEX
from projections.rebuilding import Crew, ViewsInUse, shares
from projections.runner import Connection, Recorded, RowGone, Runner, ViewStuck
from projections.shadows import Place
from projections.trace_queries import balances
from projections.traces import TRACES
from projections.views import View, definition
from tests.houses import general_fund, give, pay, ready_for_receipts, register
from tests.invariants import check_house

LONGEST_S = 60.0
TWO = Crew(2, partial(in_order, jobs=2))


class Killed(BaseException):
    """The process ended here."""


def busy(house: House) -> str:
    """Record gifts, payments and a return; return the fund."""
    register(house)
    ready_for_receipts(house)
    fund = general_fund(house)
    *_, last = give(house, fund, *["10.00"] * 12)
    pay(house, fund, "20.00", "35.00")
    house.ledger.corrections.return_gift(last, Money.parse("1.00"), "捐赠人申请", "council")
    house.runner.catch_up()
    return fund


def change(house: House, view: View, statement: str) -> None:
    """Change a view's table behind the house's back."""
    with house.database.writing() as connection:
        connection.execute(statement.format(schema=house.runner.schema(view)).encode())


def schemas(house: House) -> set[str]:
    """Return the schemas of the ledger's views, live and others."""
    query = "SELECT nspname FROM pg_namespace WHERE nspname LIKE %s"
    with house.database.reading() as connection:
        found = connection.execute(query, [f"{house.settings.schema}\\_%"]).fetchall()
    return {row["nspname"] for row in found}


def indexes(house: House) -> list[tuple[str, str]]:
    """Return all indexes of live views, as the server would make them."""
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname LIKE %s ORDER BY 1, 2"
    with house.database.reading() as connection:
        found = connection.execute(query, [f"{house.settings.schema}\\_%"]).fetchall()
    return [(row["indexname"], row["indexdef"]) for row in found]


@pytest.fixture
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shadows, "BATCH", 5)


def interrupted(house: House, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """Rebuild, and be killed after so many batches."""
    take_in = shadows._take_in
    done: list[int] = []

    def counted(*given: object) -> None:
        if len(done) == after:
            raise Killed
        done.append(1)
        take_in(*given)  # type: ignore[arg-type] # handed on as they are

    with monkeypatch.context() as patch, suppress(Killed):
        patch.setattr(shadows, "_take_in", counted)
        house.runner.rebuild(keep=True)


@pytest.mark.usefixtures("small_batches")
def test_a_rebuild_leaves_the_same_tables_indexes_and_nothing_else(house: House) -> None:
    busy(house)
    before, names = indexes(house), schemas(house)

    first = house.runner.rebuild(keep=True)
    again = house.runner.rebuild(keep=True)

    assert [one.digest for one in first] == [one.digest for one in again]
    assert all(one.equal and one.events == house.recorder.size() for one in first + again)
    assert indexes(house) == before
    assert schemas(house) == names
    check_house(house)


@pytest.mark.usefixtures("small_batches")
def test_a_rebuild_that_was_killed_goes_on_where_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(house)
    interrupted(house, monkeypatch, 2)

    assert {one.begun for one in house.runner.rebuild(keep=True)} == {10}
    assert {one.begun for one in house.runner.rebuild(keep=True)} == {0}
    check_house(house)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("why", ["asked", "compared", "other program"])
def test_what_was_left_half_built_is_not_always_trusted(
    why: str, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(house)
    interrupted(house, monkeypatch, 2)
    with monkeypatch.context() as patch:
        if why == "other program":
            patch.setattr(shadows, "program", lambda: "another")
        found = house.runner.rebuild(keep=why != "compared", fresh=why == "asked")

    assert {one.begun for one in found} == {0}
    check_house(house)


def test_a_shadow_that_was_planted_does_not_hide_a_change(house: House) -> None:
    busy(house)
    live = house.runner.schema(GIFT_INDEX)
    change(house, GIFT_INDEX, "UPDATE {schema}.gifts SET minor = 1 WHERE leaf % 2 = 0")
    with house.database.writing() as connection:
        connection.execute(f"CREATE SCHEMA {live}_new".encode())
        note = f"{definition(GIFT_INDEX)} {shadows.program()}"
        connection.execute(f"COMMENT ON SCHEMA {live}_new IS '{note}'".encode())
        for table in ("position", "gifts"):
            copied = f"CREATE TABLE {live}_new.{table} AS TABLE {live}.{table}"
            connection.execute(copied.encode())

    found = {one.view: one.equal for one in house.runner.rebuild(keep=False)}

    assert [view for view, equal in found.items() if not equal] == ["gift_index"]


@pytest.mark.parametrize(
    ("view", "table", "statement", "key"),
    [
        (GIFT_INDEX, "gifts", "UPDATE {schema}.gifts SET minor = 7 WHERE gift = '{gift}'",
         "({gift})"),
        (GIFT_INDEX, "gifts", "DELETE FROM {schema}.gifts WHERE gift = '{gift}'", "({gift})"),
        (DIRECTORY, "organisations", "INSERT INTO {schema}.organisations VALUES ('!', 'x', 'y', 0)",
         "(!)"),
    ],
)  # fmt: skip
def test_the_table_that_differs_is_named_with_its_first_row_that_does(
    view: View, table: str, statement: str, key: str, house: House
) -> None:
    busy(house)
    query = sql.SQL("SELECT min(gift) AS gift FROM {}").format(
        sql.Identifier(house.runner.schema(GIFT_INDEX), "gifts")
    )
    with house.database.reading() as connection:
        (row,) = connection.execute(query).fetchall()
    change(house, view, statement.replace("{gift}", row["gift"]))

    found = {one.view: one.differs for one in house.runner.rebuild(keep=False)}

    assert found.pop(view.name) == (Difference(table, key.format(gift=row["gift"])),)
    assert not any(found.values())


def test_processes_that_share_the_work_find_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = busy(house)
    alone = house.runner.rebuild(keep=False)
    monkeypatch.setattr(rebuilding, "FEW", 1)

    assert [(one.view, one.digest) for one in house.runner.rebuild(keep=True, crew=TWO)] == [
        (one.view, one.digest) for one in alone
    ]

    assert balances(house.runner, fund)[0][0].received == 12000
    check_house(house)


class Failing:
    """The index of gifts, which does not bear its own rows."""

    name = GIFT_INDEX.name
    tables = GIFT_INDEX.tables
    facts = GIFT_INDEX.facts
    sought: tuple[str, ...] = ()

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        GIFT_INDEX.fold(recorded, connection)
        GIFT_INDEX.fold(recorded, connection)


@pytest.mark.parametrize("crew", [rebuilding.ALONE, TWO])
def test_why_a_rebuild_can_not_go_on_is_told_from_whichever_process(
    crew: Crew, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy(house)
    monkeypatch.setattr(rebuilding, "FEW", 1)
    views: list[View] = [Failing() if v.name == GIFT_INDEX.name else v for v in VIEWS]
    runner = Runner(house.database, house.recorder, views, monotonic)
    with pytest.raises(ViewStuck, match="view gift_index can't go on"):
        runner.rebuild(keep=True, crew=crew)

    with house.database.writing() as connection:
        connection.execute(
            sql.SQL("DELETE FROM {} WHERE leaf = 3").format(house.database.table("leaves"))
        )
    with pytest.raises(RowGone, match="entry 3 is missing"):
        house.runner.rebuild(keep=True, crew=crew)


def test_the_live_views_answer_while_others_are_made_and_swapped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = busy(house)
    monkeypatch.setattr(shadows, "BATCH", 3)
    done = Event()

    def read() -> int:
        times = 0
        while not done.is_set():
            with house.runner.sitting():
                (found,), first = balances(house.runner, fund)
                with house.runner.reading(GIFT_INDEX) as (connection, second):
                    (row,) = connection.execute("SELECT count(*) AS n FROM gifts").fetchall()
            assert (found.received, row["n"]) == (12000, 12)
            assert first.size == second.size == house.recorder.size()
            times += 1
        return times

    with ThreadPoolExecutor(2) as pool:
        reading = [pool.submit(read) for _ in range(2)]
        for _ in range(3):
            house.runner.rebuild(keep=True)
        done.set()
        assert all(one.result(LONGEST_S) > 3 for one in reading)
    check_house(house)


def test_a_reader_without_end_is_left_alone_and_the_rebuild_gone_on_with(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = busy(house)
    monkeypatch.setattr(rebuilding, "TRIES", 2)
    with house.runner.reading(TRACES) as (connection, _):
        with pytest.raises(ViewsInUse, match="run rebuild again"):
            house.runner.rebuild(keep=True)
        assert connection.execute("SELECT count(*) AS n FROM inflows").fetchall()[0]["n"] == 12

    size = house.recorder.size()
    assert {one.begun for one in house.runner.rebuild(keep=True)} == {size}
    assert balances(house.runner, fund)[0][0].received == 12000
    check_house(house)


def test_what_is_recorded_during_a_rebuild_is_in_all_views_when_they_are_swapped(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    fund = busy(house)
    finish = shadows.finish
    late: list[str] = []

    def finish_late(place: Place, one: shadows.Shadow) -> None:
        if not late:
            late.extend(give(house, fund, "3.00"))
        finish(place, one)

    monkeypatch.setattr(rebuilding, "finish", finish_late)
    monkeypatch.setattr(Runner, "catch_up", lambda _: None)
    house.runner.rebuild(keep=True)

    sizes = {size for _, size in house.runner.standing()}
    assert (late != [], sizes) == (True, {house.recorder.size()})
    check_house(house)


def test_views_are_parted_by_their_weight(house: House) -> None:
    busy(house)
    place = Place(house.database, house.recorder, house.recorder.origin(), monotonic)

    parts = shares(place, VIEWS, 2)

    assert sorted(view.name for part in parts for view in part) == [view.name for view in VIEWS]
    assert all(len(part) > 2 for part in parts)
    assert len(shares(place, VIEWS, 99)) == len(VIEWS)


def test_a_fold_without_the_facts_it_does_not_name_gives_the_same_rows(house: House) -> None:
    """Live views are handed everything, and rebuilt ones what they name: `check_house` compares."""
    busy(house)
    for view in VIEWS:
        assert view.facts, view.name
        assert set(view.sought) <= {words[2] for words in map(str.split, view.tables)}
    check_house(house)
