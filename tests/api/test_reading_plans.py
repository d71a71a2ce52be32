"""No public read asks anything whose cost grows with the number of gifts, nor any of the desk."""

from __future__ import annotations

import itertools
import json
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, cast

import pytest
from fastapi import FastAPI
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.errors import Diagnostic

from api.app import create_app
from api.public_house import PublicHouse
from api.settings import Settings
from api.wiring import VIEWS, House
from ledger.domain.events import DisbursementPaid, DisbursementProposed, Event
from ledger.domain.values import Payee
from ledger.money import Money
from ledger.store.checkpoints import Checkpoints
from ledger.store.database import Database
from ledger.store.integrator import States, states
from ledger.store.log_folder import LogFolder
from ledger.store.recorder import LedgerRecorder
from projections import directory, newest_gifts, trace_queries, waiting
from projections.journal import JOURNAL
from projections.runner import Runner
from projections.trace_accounts import EVERY
from projections.traces import TRACES
from tests.api.test_kept_answers import asked
from tests.conftest import USCC
from tests.houses import general_fund, gift, pay, register

FEW = 100
MANY = FEW + 3 * EVERY
"""Both ledgers lie equally far after a milestone: answers of the past read what came since."""

TIME = datetime(2026, 11, 1, tzinfo=UTC)
LAST_DAY = date(2026, 10, 31)
"""The last day of the period that is closed in both, after the gifts and before later payments."""

FEW_PAID, MANY_PAID = 40, 6000
WAITING = 10
"""Payments of each ledger that nobody has approved yet: the oldest ones."""
PAGE = 20

BLOCKS = 15
"""Blocks that one question may read more among the many, beside one more for each it read before:
every index it asks may have grown by a level. A table read whole would be thirty times as large."""
BY_INDEX = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
"""How the small ledger is read: its tables are a page or two, which a server reads whole for less
than it asks an index. The large one is read as the server likes."""

WATCHED = (
    "-c session_preload_libraries=auto_explain -c auto_explain.log_min_duration=0"
    " -c auto_explain.log_analyze=on -c auto_explain.log_buffers=on -c auto_explain.log_timing=off"
    " -c auto_explain.log_format=json -c client_min_messages=log"
)


@dataclass
class Watched:
    """The public part of a house, whose server tells how it answered each question."""

    database: Database
    log: LogFolder
    told: list[tuple[str, int]] = field(default_factory=list)
    """Each question and how many blocks were read for it."""

    def __post_init__(self) -> None:
        self.recorder = LedgerRecorder(self.database)
        self.runner = Runner(self.database, self.recorder, VIEWS, time.monotonic)
        self.checkpoints = Checkpoints(self.database)
        with self.database.get_connection() as connection:
            connection.add_notice_handler(self.hear)

    def states(self) -> States:
        """Return how many entries are sequenced, integrated and published."""
        return states(self.recorder, self.checkpoints, self.log)

    def public_policy(self) -> None:
        """Return no policy: these logs have no witnesses."""

    def hear(self, said: Diagnostic) -> None:
        """Take in what the server tells of an answer."""
        _, found, plan = (said.message_primary or "").partition("plan:")
        if found:
            self.told.append(_blocks(json.loads(plan)))


def _blocks(told: dict[str, Any]) -> tuple[str, int]:
    plan = told["Plan"]
    return told["Query Text"], plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


@dataclass
class Sized:
    """A charity's ledger with so many gifts in its fund."""

    settings: Settings
    log: LogFolder
    gifts: list[str]
    fund: str
    paid: str
    size: int

    def paid_paths(self) -> dict[str, str]:
        """Return what shows payments that were made and those that wait, by name."""
        return {name: self.paths()[name] for name in ("front page", "fund", "funds", "statement")}

    def paths(self) -> dict[str, str]:
        """Return what is asked for, by name."""
        fund, traced = f"/funds/{self.fund}", f"/gifts/{self.gifts[-1]}/trace"
        now = {
            "front page": "/",
            "fund": fund,
            "spent gift": f"/trace/gift/{self.gifts[0]}",
            "unspent gift": f"/trace/gift/{self.gifts[-1]}",
            "payment": f"/trace/disbursement/{self.paid}",
            "funds": "/api/v1/funds",
            "statement": f"/api/v1{fund}",
            "gift's trace": f"/api/v1{traced}",
            "payment's trace": f"/api/v1/disbursements/{self.paid}/trace",
            "charities": "/charities",
            "charity": f"/charities/{USCC}",
            "period": f"/charities/{USCC}/periods/{LAST_DAY}",
            "villages": "/villages",
            "names": "/namings",
            "promises": "/pledges",
            "log": "/log",
            "notes on the data": "/data/notes",
            "search": "/search?q=%E5%AD%A6",
        }
        return now | {f"{name} in the past": f"{path}{'&' if '?' in path else '?'}as_of={self.size}"
                      for name, path in now.items()}  # fmt: skip


DESK: dict[str, Callable[[Runner, Sized], object]] = {
    "payments that wait": lambda runner, one: waiting.proposed(runner, [one.fund], PAGE),
    "newest gifts": lambda runner, _: newest_gifts.newest(runner, USCC, PAGE),
    "gifts in suspense": lambda runner, one: newest_gifts.in_suspense(runner, [one.fund]),
    "funds of a charity": lambda runner, _: directory.funds(runner, USCC),
    "balances of a fund": lambda runner, one: trace_queries.balances(runner, one.fund),
}
"""What the pages of the desk ask of the read models: the queue, the overview of a charity."""


@pytest.fixture(scope="module")
def ledgers(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sized, Sized]]:
    """Make two ledgers that differ in the number of gifts, all in one fund."""
    with ExitStack() as stack:
        yield cast("tuple[Sized, Sized]", tuple(
            stack.enter_context(_made(database_url, tmp_path_factory.mktemp("sized"), gifts))
            for gifts in (FEW, MANY)
        ))  # fmt: skip


@contextmanager
def _made(database_url: str, data: Any, gifts: int) -> Iterator[Sized]:
    given = Settings(data=data, database_url=database_url, schema=f"t_{uuid.uuid4().hex[:16]}")
    with closing(House(given, create=True)) as house:
        register(house)
        fund = general_fund(house)
        many = [gift(f"{1 + number % 7}.00") for number in range(gifts)]
        ids = house.ledger.gifts.receive_gifts(USCC, fund, many)
        (paid, *_) = pay(house, fund, "20.00", "30.00", "10.00")
        house.ledger.periods.close(USCC, LAST_DAY, house.recorder.size(), "reviewer")
        house.publish()
        with house.database.alone("analyze") as connection:
            connection.execute("ANALYZE")
        yield Sized(given, house.log, ids, fund, paid, house.recorder.size())


@pytest.fixture(scope="module")
def spent(
    database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Sized, Sized]]:
    """Make two ledgers of as many gifts that differ in the number of payments."""
    with ExitStack() as stack:
        pair = []
        for payments in (FEW_PAID, MANY_PAID):
            made = _made(database_url, tmp_path_factory.mktemp("spent"), FEW)
            pair.append(stack.enter_context(made))
            _pay_out(pair[-1], payments)
        yield pair[0], pair[1]


def _pay_out(sized: Sized, payments: int) -> None:
    """Fold payments into the read models as a batch would: some wait, the rest is paid."""
    with closing(House(sized.settings)) as house:
        recorded = list(enumerate(_payments(sized.fund, payments), house.recorder.size()))
        for view in (TRACES, JOURNAL):
            name = sql.Identifier(house.runner.schema(view))
            with house.database.writing() as connection:
                connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
                view.fold(recorded, connection)
        with house.database.alone("analyze") as connection:
            connection.execute("ANALYZE")


def _payments(fund: str, payments: int) -> Iterator[Event]:
    """Yield payments of ten fen to many payees and places, each seventh to a person."""
    steps = itertools.count(1000)
    for number in range(payments):
        head: dict[str, Any] = {
            "originator_id": fund, "timestamp": TIME, "actor": USCC,
            "disbursement": f"disbursement-{number:032x}",
        }  # fmt: skip
        person = number % 7 == 0
        payee = Payee(
            id=f"{number:032x}",
            organisation=None if person else f"示范机构{number % 500}",
            sealed=(),
        )
        yield DisbursementProposed(
            **head, originator_version=next(steps), payee=payee, amount=Money(10), purpose="助学",
            place=f"2301{number % 90:02d}" + ("" if person else f"{number % 900:06d}"),
            proposed_by="clerk", source=None,
        )  # fmt: skip
        if number >= WAITING:
            yield DisbursementPaid(
                **head, originator_version=next(steps), amount=Money(10), paid_on=TIME.date()
            )


@contextmanager
def _watching(sized: Sized, options: str) -> Iterator[Watched]:
    options = f"{WATCHED} {options}"
    conninfo = make_conninfo(str(sized.settings.database_url), options=options)
    with closing(Database(conninfo, sized.settings.schema, pool_size=1)) as database:
        yield Watched(database, sized.log)


def _told(sized: Sized, path: str, options: str) -> list[tuple[str, int]]:
    """Return what one read asked the server, and how many blocks each answer took."""
    with _watching(sized, options) as house:
        app: FastAPI = create_app(cast("PublicHouse", house), kept_bytes=0)
        asked(app, path)  # what the server learns of its tables is not counted
        house.told.clear()
        answer = asked(app, path)
        assert answer.status_code == 200, answer.text
        assert house.told, "the server told of no plan"
        return house.told


def _told_at_the_desk(sized: Sized, name: str, options: str) -> list[tuple[str, int]]:
    """Return the same of one question of the desk."""
    with _watching(sized, options) as house:
        DESK[name](house.runner, sized)
        house.told.clear()
        DESK[name](house.runner, sized)
        assert house.told, "the server told of no plan"
        return house.told


def _grown(
    few: Sequence[tuple[str, int]], many: Sequence[tuple[str, int]]
) -> dict[str, tuple[int, int]]:
    """Return the questions that read more among the many, with the blocks of both."""
    return {
        text: (before, after)
        for (text, before), (_, after) in zip(few, many, strict=True)
        if after > 2 * before + BLOCKS
    }


NOBODY = Sized(cast("Settings", None), cast("LogFolder", None), ["g"], "f", "d", 1)
NAMES = tuple(NOBODY.paths())
MODES = ("force_custom_plan", "force_generic_plan")


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", NAMES)
def test_no_question_reads_more_blocks_because_there_are_more_gifts(
    ledgers: tuple[Sized, Sized], name: str, mode: str
) -> None:
    small, large = ledgers
    few = _told(small, small.paths()[name], f"-c plan_cache_mode={mode} {BY_INDEX}")
    many = _told(large, large.paths()[name], f"-c plan_cache_mode={mode}")

    assert not _grown(few, many)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", NOBODY.paid_paths())
def test_no_question_of_now_reads_more_blocks_because_there_are_more_payments(
    spent: tuple[Sized, Sized], name: str, mode: str
) -> None:
    small, large = spent
    few = _told(small, small.paths()[name], f"-c plan_cache_mode={mode} {BY_INDEX}")
    many = _told(large, large.paths()[name], f"-c plan_cache_mode={mode}")

    assert not _grown(few, many)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", DESK)
@pytest.mark.parametrize("more", ["ledgers", "spent"])
def test_no_question_of_the_desk_reads_more_blocks_because_there_is_more(
    request: pytest.FixtureRequest, more: str, name: str, mode: str
) -> None:
    small, large = request.getfixturevalue(more)
    few = _told_at_the_desk(small, name, f"-c plan_cache_mode={mode} {BY_INDEX}")
    many = _told_at_the_desk(large, name, f"-c plan_cache_mode={mode}")

    assert not _grown(few, many)
