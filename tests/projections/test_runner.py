"""The runner: views follow the log, are compared, are swapped, and stop where it is broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import monotonic

import pytest
from psycopg import sql

from api.wiring import VIEWS, House
from ledger.store.recorder import EVENTS
from projections.directory import DIRECTORY, funds, names
from projections.runner import RowGone, Runner, ViewStuck, table_names
from projections.trace_queries import balances
from projections.traces import TRACES
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, register
from tests.invariants import check_house

LONGEST_S = 60.0


def change(house: House, table: str, statement: str, *given: object) -> None:
    """Change a table of the traces behind the house's back."""
    name = sql.Identifier(house.runner.schema(TRACES), table)
    with house.database.writing() as connection:
        connection.execute(sql.SQL(statement).format(name), given)


def test_a_view_is_as_far_as_the_log_and_says_so(house: House) -> None:
    register(house)
    house.runner.catch_up()

    with house.runner.reading(TRACES) as (_, position):
        assert position.size == house.recorder.size()
        assert position.time is not None
    assert len(names(house.runner)) == 2
    check_house(house)


def test_an_empty_log_makes_an_empty_view_that_equals_its_rebuild(house: House) -> None:
    assert [r.equal for r in house.runner.rebuild(keep=False)] == [True] * len(house.runner.views)
    assert balances(house.runner)[0] == []
    check_house(house)


def test_a_view_whose_rows_were_changed_is_found_and_mended_by_a_rebuild(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")
    house.runner.catch_up()
    change(house, "accounts", "UPDATE {} SET gifts = gifts + 1, received = received + 1")

    found = {r.view: r.equal for r in house.runner.rebuild(keep=False)}
    assert found.pop("traces") is False
    assert all(found.values())
    mended = {r.view: r.equal for r in house.runner.rebuild(keep=True)}
    assert mended["traces"] is False

    assert balances(house.runner, fund)[0][0].balance == 1000
    check_house(house)


def test_a_view_that_claims_more_than_the_log_holds_is_found(house: House) -> None:
    house.runner.catch_up()
    change(house, "position", "UPDATE {} SET size = size + 7")

    assert {r.view for r in house.runner.rebuild(keep=True) if not r.equal} == {"traces"}

    check_house(house)


def test_a_view_whose_rows_stand_in_the_way_says_what_to_do(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")
    house.runner.catch_up()
    change(house, "accounts", "UPDATE {} SET received = 0")
    give(house, fund, "1.00")

    with pytest.raises(ViewStuck, match=r"run: donation-ledger rebuild"):
        house.runner.catch_up()
    house.runner.rebuild(keep=True)

    house.runner.catch_up()
    assert balances(house.runner, fund)[0][0].balance == 200
    check_house(house)


@pytest.mark.parametrize(
    "lose",
    [
        lambda house: _delete(house, EVENTS, "originator_id"),
        lambda house: _delete(house, "leaves", "stream"),
    ],
)
def test_a_view_stops_at_a_row_that_is_gone(lose: Callable[[House], None], house: House) -> None:
    house.runner.catch_up()
    register(house)
    lose(house)

    with pytest.raises(RowGone, match="run an audit"):
        house.runner.catch_up()

    with house.runner.reading(TRACES) as (_, position):
        assert position.size == 1


def _delete(house: House, table: str, column: str) -> None:
    query = sql.SQL("DELETE FROM {} WHERE {} = %s").format(
        house.database.table(table), sql.Identifier(column)
    )
    with house.database.writing() as connection:
        connection.execute(query, [f"organisation-{USCC}"])


def test_rebuilds_swaps_and_writers_at_once_lose_and_double_nothing(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "0.01")
    house.runner.catch_up()
    done = Event()

    def write() -> None:
        for _ in range(15):
            house.ledger.gifts.receive_gifts(USCC, fund, [gift("0.01")] * 3)
            house.runner.catch_up()

    def rebuild(*, keep: bool) -> list[bool]:
        equal: list[bool] = []
        while not done.is_set() or not equal:
            equal += [r.equal for r in house.runner.rebuild(keep=keep)]
        return equal

    with ThreadPoolExecutor(4) as pool:
        rebuilding = [pool.submit(rebuild, keep=keep) for keep in (True, False)]
        writing = [pool.submit(write) for _ in range(2)]
        for one in writing:
            one.result(LONGEST_S)
        done.set()
        for again in rebuilding:
            assert all(again.result(LONGEST_S))

    house.runner.catch_up()
    assert balances(house.runner, fund)[0][0].balance == 91
    check_house(house)


class Widened:
    """The traces with one more column: another release of the same view."""

    name = TRACES.name
    tables = (*TRACES.tables, "CREATE TABLE widened (fund text PRIMARY KEY)")
    facts = TRACES.facts
    sought = TRACES.sought
    fold = TRACES.fold


def test_a_view_that_is_defined_otherwise_is_made_anew_and_others_are_left_alone(
    house: House,
) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1.00")
    house.runner.catch_up()
    change(house, "accounts", "UPDATE {} SET received = received + 7, gifts = gifts + 7")
    before = _oids(house)

    house.runner.prepare()
    assert _oids(house) == before
    widened = Widened()
    views = [widened if view.name == TRACES.name else view for view in house.runner.views]
    runner = Runner(house.database, house.recorder, views, monotonic)
    runner.prepare()

    after = _oids(house)
    assert {name for name in before if before[name] != after[name]} == {runner.schema(widened)}
    with runner.reading(widened) as (_, position):
        assert position.size == 0
    runner.catch_up()
    assert balances(runner, fund)[0][0].received == 100
    assert all(rebuilt.equal for rebuilt in runner.rebuild(keep=False))
    house.runner.prepare()
    check_house(house)


def _oids(house: House) -> dict[str, int]:
    """Return the identities of the schemas of views: a schema made anew has another."""
    query = "SELECT nspname, oid::bigint AS oid FROM pg_namespace WHERE nspname LIKE %s"
    with house.database.reading() as connection:
        found = connection.execute(query, [f"{house.settings.schema}\\_%"]).fetchall()
    return {row["nspname"]: row["oid"] for row in found}


def test_the_tables_of_a_view_are_read_from_its_statements() -> None:
    assert table_names(TRACES) == [
        "position", "accounts", "milestones", "inflows", "outflows", "undone", "disbursements",
        "recoveries", "cost_classes", "payees", "paid_out", "places", "reached",
    ]  # fmt: skip


def test_no_two_views_have_tables_of_one_name() -> None:
    found = Counter(name for view in VIEWS for name in table_names(view) if name != "position")
    assert [name for name, views in found.items() if views > 1] == []


def test_who_reads_several_views_in_one_go_enters_them_once(house: House) -> None:
    register(house)
    general_fund(house)
    house.runner.catch_up()

    with house.runner.sitting():
        with house.runner.reading(TRACES) as (connection, traced):
            (entered,) = connection.execute("SHOW search_path").fetchall()
        (entry,) = funds(house.runner)
        house.runner.follow(DIRECTORY)
        with house.runner.reading(DIRECTORY) as (_, found):
            assert (found, connection.execute("SHOW search_path").fetchall()) == (traced, [entered])
        assert all(house.runner.schema(view) in entered["search_path"] for view in VIEWS)
        assert balances(house.runner, entry.fund) == ([], traced)
