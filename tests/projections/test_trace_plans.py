"""Every step of a trace is a range of an index, however many gifts lie in the fund."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import md5
from itertools import count
from typing import Any

import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.errors import Diagnostic

from api.settings import Settings
from api.wiring import House
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    Event,
    FundsAllocated,
    GiftReceived,
)
from ledger.domain.values import Payee
from ledger.money import Money
from ledger.store.database import Database
from ledger.store.recorder import LedgerRecorder
from projections import statements, trace_queries
from projections.journal import JOURNAL
from projections.runner import BATCH, Position, Runner, table_names
from projections.trace_accounts import EVERY
from projections.traces import TRACES
from tests.conftest import USCC

FUND, NEXT, BACK = "fund-1", "fund-2", "fund-back"
GIFTS, TRANSFERS, PAYMENTS, OTHER_FUNDS = 20_000, 500, 1_500, 500
MOVED, LARGE, SMALL = 100, 1_500, Money(250)
WIDE, WIDE_MOVED = PAYMENTS, PAYMENTS + 1
RETURNED = 600
"""Payments out of one fund that all come back, so that the same units are paid again and again."""
BACK_GIFT = GIFTS + OTHER_FUNDS
SIZE = BACK_GIFT + TRANSFERS + 3 * (PAYMENTS + 2) + 1 + 4 * RETURNED
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
READ = ("inflows", "outflows", "disbursements", "accounts", "undone", "recoveries", "journal")
WATCHED = (
    "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0"
    " -c auto_explain.log_analyze=on -c auto_explain.log_buffers=on"
    " -c auto_explain.log_format=json -c client_min_messages=log"
)


@dataclass
class Plans:
    """The plans of what was asked of a ledger's traces, as the server has run them."""

    runner: Runner
    found: list[dict[str, Any]] = field(default_factory=list)

    def hear(self, told: Diagnostic) -> None:
        """Take in a plan that the server tells of."""
        said = told.message_primary or ""
        if "plan:" in said:
            self.found.append(json.loads(said.split("plan:", 1)[1]))

    def of(self, ask: Callable[[Runner], object]) -> list[dict[str, Any]]:
        """Return the nodes of all plans of a question."""
        self.found.clear()
        ask(self.runner)
        assert self.found, "the server told of no plan"
        return [node for plan in self.found for node in _nodes(plan["Plan"])]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


@pytest.fixture(scope="module")
def long_fund(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Put gifts, transfers and payments of a long fund into the traces of a ledger."""
    schema = f"t_{uuid.uuid4().hex[:16]}"
    given = Settings(
        data=tmp_path_factory.mktemp("house"), database_url=database_url, schema=schema
    )
    with closing(House(given, create=True)) as house:
        _fold(house, _story())
    return given


@pytest.fixture(params=["force_custom_plan", "force_generic_plan"])
def plans(request: pytest.FixtureRequest, long_fund: Settings) -> Iterator[Plans]:
    """Hear how the server answers, on one connection.

    A statement that a connection has run often gets a plan that does not look at what is asked.
    """
    options = f"{WATCHED} -c plan_cache_mode={request.param}"
    watched = make_conninfo(str(long_fund.database_url), options=options)
    with closing(Database(watched, long_fund.schema, pool_size=1)) as database:
        heard = Plans(Runner(database, LedgerRecorder(database), [TRACES], time.monotonic))
        with database.get_connection() as connection:
            connection.add_notice_handler(heard.hear)
        yield heard


def _fold(house: House, story: Iterator[Event]) -> None:
    """Fold events as the runner does, and let the server look at the tables."""
    recorded = list(enumerate(story))
    for view in (TRACES, JOURNAL):
        schema = sql.Identifier(house.runner.schema(view))
        with house.database.writing() as connection:
            connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))
            for first in range(0, len(recorded), BATCH):
                view.fold(recorded[first : first + BATCH], connection)
            connection.execute("UPDATE position SET size = %s, time = %s", [len(recorded), NOON])
            for table in set(READ) & set(table_names(view)):
                connection.execute(sql.SQL("ANALYZE {}").format(sql.Identifier(table)))


def _story() -> Iterator[Event]:
    """Tell of gifts, two of them large, of many small transfers, of payments small and wide."""
    versions = count(2)
    yield from (_gift(number, FUND) for number in range(GIFTS))
    yield from (_gift(GIFTS + n, f"fund-other-{n}") for n in range(OTHER_FUNDS))
    for _ in range(TRANSFERS):
        head = _head(FUND) | {"originator_version": next(versions)}
        yield FundsAllocated(**head, to_fund=NEXT, amount=SMALL, decided_by="clerk")
    for number in range(PAYMENTS):
        yield from _payment(number, FUND, SMALL)
    yield from _payment(WIDE, FUND, Money(2000 * 125))
    yield from _payment(WIDE_MOVED, NEXT, Money(400 * SMALL.minor))
    yield _gift(BACK_GIFT, BACK)
    for number in range(BACK_GIFT, BACK_GIFT + RETURNED):
        yield from _payment(number, BACK, Money(100))
        yield DisbursementRecovered(
            **_head(BACK), disbursement=_id("disbursement", number), amount=Money(100),
            reason="refund", note="", recovered_on=date(2026, 11, 2), decided_by="clerk",
        )  # fmt: skip


def _gift(number: int, fund: str) -> Event:
    amount = Money(400 * SMALL.minor if number in (MOVED, LARGE) else 100 + number % 50)
    return GiftReceived(
        **_head(_id("gift", number)), organisation=USCC, fund=fund, amount=amount, booked=amount,
        exchange=None, donor=None, received_on=None, date_basis="row", source=None, sealed=(),
    )  # fmt: skip


def _payment(number: int, fund: str, amount: Money) -> Iterator[Event]:
    one = _id("disbursement", number)
    yield DisbursementProposed(
        **_head(fund), disbursement=one, payee=Payee(id=one, organisation="示范小学", sealed=()),
        amount=amount, purpose=None, place=f"2301{number % 100:02}", proposed_by="clerk",
        source=None,
    )  # fmt: skip
    yield DisbursementApproved(**_head(fund), disbursement=one, approved_by="reviewer")
    yield DisbursementPaid(
        **_head(fund), disbursement=one, amount=amount, paid_on=date(2026, 11, 1)
    )


def _head(stream: str) -> dict[str, Any]:
    return {"originator_id": stream, "originator_version": 1, "timestamp": NOON, "actor": USCC}


def _id(kind: str, number: int) -> str:
    return f"{kind}-{md5(str(number).encode(), usedforsecurity=False).hexdigest()}"


@pytest.mark.parametrize("number", [0, MOVED, LARGE, GIFTS - 1])
def test_a_gift_is_traced_by_index_ranges_alone(plans: Plans, number: int) -> None:
    (found,) = trace_queries.trace_gift(plans.runner, _id("gift", number))

    nodes = plans.of(lambda runner: trace_queries.trace_gift(runner, _id("gift", number)))

    _check_ranges(nodes, rows=60 + 3 * len(found.segments))


@pytest.mark.parametrize("number", [0, PAYMENTS - 1, WIDE, WIDE_MOVED])
def test_a_payment_is_traced_by_index_ranges_alone(plans: Plans, number: int) -> None:
    one = _id("disbursement", number)
    found = trace_queries.trace_disbursement(plans.runner, one)

    nodes = plans.of(lambda runner: trace_queries.trace_disbursement(runner, one))

    _check_ranges(nodes, rows=20 + 2 * len(found.segments))


ASKED: dict[str, Callable[[Runner], object]] = {
    "received": lambda runner: trace_queries.received(runner, FUND, "CNY"),
    "units": lambda runner: trace_queries.units_of(runner, FUND),
    "place": lambda runner: trace_queries.place_of(runner, _id("gift", 7), "CNY"),
    "allocated": lambda runner: trace_queries.allocated(runner, FUND, 1),
    "balances": lambda runner: trace_queries.balances(runner, FUND),
    "counts": lambda runner: statements.gift_counts(runner, FUND),
    "newest": lambda runner: statements.payments(runner, FUND, 10),
    "older": lambda runner: statements.payments(runner, FUND, 10, before=GIFTS + 2000),
}


@pytest.mark.parametrize("asked", ASKED)
def test_what_decisions_and_pages_ask_reads_index_ranges_alone(plans: Plans, asked: str) -> None:
    _check_ranges(plans.of(ASKED[asked]), rows=20)


def then(size: int) -> Position:
    return Position(size, NOON)


PAST = {
    "before the transfers": then(BACK_GIFT),
    "among the payments": then(BACK_GIFT + TRANSFERS + 2000),
    "while payments came back": then(SIZE - 2 * RETURNED),
    "at the end": then(SIZE),
}


@pytest.mark.parametrize("at", PAST)
@pytest.mark.parametrize("number", [0, LARGE, GIFTS - 1, BACK_GIFT])
def test_a_gift_is_traced_as_of_the_past_by_index_ranges_alone(
    plans: Plans, number: int, at: str
) -> None:
    gift = _id("gift", number)
    if PAST[at].size <= SIZE - 4 * RETURNED and number == BACK_GIFT:
        return  # it was not there yet
    (now,) = trace_queries.trace_gift(plans.runner, gift)

    nodes = plans.of(lambda runner: trace_queries.trace_gift(runner, gift, PAST[at]))

    _check_ranges(nodes, rows=60 + 3 * len(now.segments))


@pytest.mark.parametrize("number", [0, WIDE, BACK_GIFT + RETURNED // 2 - 1, BACK_GIFT + 1])
def test_a_payment_is_traced_as_of_the_past_by_index_ranges_alone(
    plans: Plans, number: int
) -> None:
    one, at = _id("disbursement", number), PAST["while payments came back"]
    found = trace_queries.trace_disbursement(plans.runner, one, at)

    nodes = plans.of(lambda runner: trace_queries.trace_disbursement(runner, one, at))

    _check_ranges(nodes, rows=20 + 2 * len(found.segments))


@pytest.mark.parametrize("at", PAST)
def test_what_pages_ask_as_of_the_past_reads_no_more_than_a_thousand_entries(
    plans: Plans, at: str
) -> None:
    mine = plans.of(lambda runner: trace_queries.balances(runner, FUND, PAST[at]))
    _check_ranges(mine, rows=EVERY)
    all_of_them = plans.of(lambda runner: trace_queries.balances(runner, at=PAST[at]))
    _check_ranges([n for n in all_of_them if n.get("Relation Name") != "accounts"], rows=EVERY)
    _check_ranges(plans.of(lambda runner: statements.gift_counts(runner, FUND, PAST[at])), EVERY)
    paid = plans.of(lambda runner: statements.payments(runner, FUND, 10, at=PAST[at]))
    _check_ranges(paid, rows=20)


def _check_ranges(nodes: list[dict[str, Any]], rows: int) -> None:
    """Check that no table is read from end to end, nor many rows only to be dropped."""
    for node in nodes:
        if node.get("Relation Name") in READ:
            assert node["Node Type"] != "Seq Scan", _told(node)
        read = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        assert read * node["Actual Loops"] <= rows, _told(node)


def _told(node: dict[str, Any]) -> str:
    said = ("Node Type", "Relation Name", "Index Name", "Index Cond", "Filter", "Actual Rows",
            "Actual Loops", "Rows Removed by Filter")  # fmt: skip
    return "; ".join(f"{name}: {node[name]}" for name in said if name in node)
