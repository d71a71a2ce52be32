"""What is read as of a size of the log is what a ledger of just those entries would say."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from functools import partial
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.settings import Settings
from api.wiring import House
from ledger.application import PayOut
from ledger.domain.disbursements import COST_CLASSES
from ledger.domain.funds import Binding
from ledger.domain.goods import amount_of
from ledger.errors import LedgerError
from ledger.money import Money
from ledger.store.database import Database
from projections import (
    accounts,
    directory,
    fund_page,
    fund_story,
    journal_queries,
    statements,
    trace_accounts,
)
from projections import trace_queries as traces
from projections.directory import DIRECTORY
from projections.fund_page import Room
from projections.fund_tallies import FUND_TALLIES
from projections.journal import JOURNAL
from projections.namings import NAMINGS
from projections.runner import BeyondTheLog, Position, Runner, ViewBehind
from projections.traces import TRACES
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, general_fund, gift, give, pay, register
from tests.ledger.corrected import DOCUMENT, GOWNS, MASKS, goods, line, why

VIEWS = (DIRECTORY, JOURNAL, TRACES, FUND_TALLIES, NAMINGS)
SCHOOL, CLINIC = "示范县第一小学", "示范卫生院"
VILLAGE = "230108001201"

Read = Callable[[Runner, Position | None], object]


class Told:
    """Acts at random on three funds of two charities, and all that anyone may read of them."""

    def __init__(self, house: House, chance: Random) -> None:
        self.house, self.chance = house, chance
        register(house)
        register(house, OTHER_USCC, "另一基金会")
        self.holders = (USCC, USCC, OTHER_USCC)
        self.funds = [general_fund(house, holder) for holder in self.holders]
        self.gifts: list[str] = []
        self.paid: list[tuple[str, str, str]] = []
        self.moved: list[tuple[str, int]] = []
        for fund in range(3):
            self._give(fund, 9)
            self._give_goods(fund, 9)

    def act(self, times: int) -> None:
        """Do each thing once, then so many at random; those that a rule refuses count too."""
        acts = (
            self._give, self._give_goods, self._pay, self._classify, self._accept, self._recover,
            self._move, self._take_back, self._return, self._reverse, self._bind, self._use,
        )  # fmt: skip
        for act in acts:
            assert any(self._reached(act) for _ in range(40)), act
        likely = (*acts, self._pay, self._pay, self._move, self._recover, self._recover)
        for _ in range(times):
            self._done(self.chance.choice(likely))

    def _reached(self, act: Callable[[int, int], None]) -> bool:
        """Do it, or bring in and pay out a little more, so that it can be done."""
        return self._done(act) or (self._done(self._give) and self._done(self._pay) and False)

    def _done(self, act: Callable[[int, int], None]) -> bool:
        try:
            act(self.chance.randrange(3), self.chance.randint(1, 6))
        except LedgerError:
            return False
        return True

    def _give(self, fund: int, count: int) -> None:
        given = gift(f"0.0{count}")
        self.gifts += self.house.ledger.gifts.receive_gifts(
            self.holders[fund], self.funds[fund], [given]
        )

    def _give_goods(self, fund: int, count: int) -> None:
        given = goods(line(count, MASKS), line(count, GOWNS))
        self.gifts += self.house.ledger.gifts.receive_gifts(
            self.holders[fund], self.funds[fund], [given]
        )

    def _unit(self) -> str:
        return self.chance.choice(["CNY", "CNY", MASKS])

    def _pay(self, fund: int, count: int) -> None:
        unit = self._unit()
        asked = PayOut(
            payee=self.chance.choice([SCHOOL, CLINIC, "王某某"]),
            amount=amount_of(2 * count, unit),
            paid_on=GIFT_DAY,
            place=self.chance.choice([None, "230108001", "230108002", VILLAGE, "230109"]),
            purpose="助学",
        )
        (one,) = self.house.ledger.disbursements.pay_out(
            self.holders[fund], self.funds[fund], [asked], "clerk", "reviewer"
        )
        if isinstance(one, str):
            self.paid.append((self.funds[fund], one, unit))

    def _some_payment(self) -> tuple[str, str, str]:
        return self.chance.choice(self.paid or [("fund-none", "disbursement-none", "CNY")])

    def _move(self, fund: int, count: int) -> None:
        source, target = self.funds[fund], self.funds[(fund + 1) % 3]
        amount = amount_of(count, self._unit())
        number = self.house.ledger.funds.allocate(source, target, amount, "clerk")
        self.moved.append((source, number))

    def _take_back(self, _fund: int, _count: int) -> None:
        for fund, number in self.moved[-1:]:
            self.house.ledger.funds.take_back(fund, number, why("wrong-fund"))

    def _return(self, _fund: int, count: int) -> None:
        one = self.chance.choice(self.gifts)
        amount = amount_of(min(count, 2), self._unit())
        self.house.ledger.corrections.return_gift(one, amount, "donor's wish", "clerk")

    def _reverse(self, _fund: int, _count: int) -> None:
        self.house.ledger.corrections.reverse_gift(self.chance.choice(self.gifts), why("duplicate"))

    def _recover(self, _fund: int, count: int) -> None:
        fund, one, unit = self._some_payment()
        self.house.ledger.disbursements.recover(
            fund, one, amount_of(min(count, 3), unit), GIFT_DAY, why()
        )

    def _classify(self, _fund: int, count: int) -> None:
        fund, one, _ = self._some_payment()
        self.house.ledger.disbursements.classify(fund, one, COST_CLASSES[count % 4])

    def _accept(self, _fund: int, _count: int) -> None:
        fund, one, _ = self._some_payment()
        self.house.ledger.disbursements.accept(fund, one, (DOCUMENT,), GIFT_DAY, "donor")

    def _bind(self, fund: int, _count: int) -> None:
        one = self.house.ledger.funds.open_fund(
            self.holders[fund], "专项", "project", "助学", None,
            Binding(basis="agreement", last_day=date(2027, 1, 1), brand="书香"),
        )  # fmt: skip
        self.house.ledger.funds.close_fund(one, "none", "note", "council")

    def _use(self, fund: int, _count: int) -> None:
        self.house.ledger.funds.change_use(
            self.funds[fund], "助医", None, "donor-consent", DOCUMENT, "council"
        )

    def reads(self) -> Iterator[Read]:
        """Yield every question that anyone may ask."""
        yield lambda runner, at: directory.funds(runner, at=at)
        yield lambda runner, at: directory.funds(runner, OTHER_USCC, at=at)
        yield directory.names
        yield _pages_of_funds
        yield lambda runner, at: traces.balances(runner, at=at)
        yield lambda runner, at: journal_queries.corrections(runner, at=at)
        yield lambda runner, at: journal_queries.corrections(runner, None, OTHER_USCC, at)
        yield partial(_every_page, fund=None)
        for fund in self.funds:
            yield partial(_of_fund, fund=fund)
            yield partial(_page_of_fund, fund=fund)
            yield partial(_every_page, fund=fund)
            yield partial(_traced, traces.trace_fund, fund)
        for gift_id in self.gifts:
            yield partial(_traced, traces.trace_gift, gift_id)
        for _, paid, _ in self.paid:
            yield partial(_traced, traces.trace_disbursement, paid)
            yield partial(_ended, paid=paid)
        for place in ("230108", "230108001"):
            yield partial(_traced, traces.trace_place, place)


def _traced(
    trace: Callable[[Runner, str, Position | None], object],
    what: str,
    runner: Runner,
    at: Position | None,
) -> object:
    return trace(runner, what, at)


def _of_fund(runner: Runner, at: Position | None, fund: str) -> object:
    return (
        traces.balances(runner, fund, at),
        statements.gift_counts(runner, fund, at),
        journal_queries.corrections(runner, fund, at=at),
    )


def _pages_of_funds(runner: Runner, at: Position | None) -> object:
    """Turn the pages of funds, two on each; tell whose they are, and the names of them all."""
    pages, after = [], None
    while True:
        page, after = directory.page(runner, 2, after, at)
        pages.append(page)
        if after is None:
            ids = [entry.fund for page in pages for entry, _ in page]
            return pages, directory.fund_names(runner, ids, at), traces.balances(runner, ids, at)


def _page_of_fund(runner: Runner, at: Position | None, fund: str) -> object:
    """Return what the page of a fund tells beside its statement; as of now it is kept in sums."""
    story, sums = fund_page.opening(runner, fund, at)
    if story is None:
        return directory.fund(runner, fund, at)
    pages = [
        fund_page.told(runner, story, unit, Room(most, 2, 3, 3, 2, 9), at=at)
        for unit, most in (("CNY", 1), (MASKS, 9))
    ]
    return (
        story,
        story == fund_story.story(runner, fund, at),
        story.entry == directory.fund(runner, fund, at),
        sums,
        sums == statements.sums(runner, fund, at),
        [(replace(page, names=(), steps=()), sorted(page.steps, key=repr)) for page in pages],
    )


def _ended(runner: Runner, at: Position | None, paid: str) -> object:
    return fund_page.outcomes(runner, [paid], at)


def _every_page(runner: Runner, at: Position | None, fund: str | None) -> object:
    pages, older = [], None
    for one in [fund] if fund else [entry.fund for entry in directory.funds(runner, at=at)]:
        while True:
            page, older = statements.payments(runner, one, 2, older, at)
            pages.append((page, older))
            if older is None:
                break
    return pages


def _answer(read: Read, runner: Runner, at: Position | None) -> object:
    """Return what is answered, or the words of the refusal."""
    try:
        return read(runner, at)
    except LedgerError as refused:
        return str(refused)


def _compare_at_every_size(told: Told) -> None:
    """Follow the log entry by entry beside the house, and ask both the same at every size."""
    house = told.house
    house.runner.catch_up()
    schema, url = f"{house.settings.schema}_then", house.settings.database_url
    with closing(Database(str(url), schema)) as database:
        database.prepare()
        then = Runner(database, house.recorder, VIEWS, time.monotonic)
        then.prepare()
        reads = list(told.reads())
        for size in range(1, house.recorder.size() + 1):
            then._follow([then._followed(view, then.schema(view), size) for view in VIEWS])
            at = house.runner.position(size)
            for read in reads:
                assert _answer(read, house.runner, at) == _answer(read, then, None), size


@settings(
    max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), every=st.sampled_from([1, 3, 8, 1024]))
@pytest.mark.long
def test_an_answer_as_of_a_size_is_that_of_a_ledger_of_just_those_entries(
    seed: int, every: int, database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    schema = f"t_{uuid.uuid4().hex[:16]}"
    folder = tmp_path_factory.mktemp("house")
    given = Settings(data=folder, database_url=database_url, schema=schema)
    with pytest.MonkeyPatch.context() as patch, closing(House(given, create=True)) as house:
        patch.setattr(trace_accounts, "EVERY", every)
        told = Told(house, Random(seed))  # noqa: S311 a game, no secret
        told.act(14)
        _compare_at_every_size(told)
        assert all(rebuilt.equal for rebuilt in house.runner.rebuild(keep=False))


def test_a_ledger_of_the_past_shows_what_was_corrected_since_as_it_was(house: House) -> None:
    register(house)
    fund, other = general_fund(house), general_fund(house, name="专项")
    one, two = give(house, fund, "1.00", "1.00")
    (paid,) = pay(house, fund, "1.50")
    number = house.ledger.funds.allocate(fund, other, Money(30), "clerk")
    before = house.recorder.size()
    house.ledger.funds.take_back(fund, number, why("wrong-fund"))
    house.ledger.disbursements.recover(fund, paid, Money(60), GIFT_DAY, why())
    house.ledger.disbursements.recover(fund, paid, Money(20), GIFT_DAY, why())
    house.ledger.corrections.return_gift(two, Money(40), "donor's wish", "clerk")
    house.runner.catch_up()
    at = house.runner.position(before)

    (then,) = traces.trace_gift(house.runner, two, at)
    (now,) = traces.trace_gift(house.runner, two)

    assert [(s.start, s.end) for s in then.segments] == [(100, 150)]
    assert (then.unspent, then.returned, then.position) == (50, 0, at)
    assert (now.segments, now.unspent, now.returned) == ((), 60, 40)
    for asked, end in ((at, 100), (None, 70)):
        (of_one,) = traces.trace_gift(house.runner, one, asked)
        assert [(s.start, s.end) for s in of_one.segments] == [(0, end)]
        assert of_one.unspent == 100 - end
    back = traces.trace_disbursement(house.runner, paid, at)
    assert back.amount == 150
    assert [(s.gift, s.start, s.end) for s in back.segments] == [(one, 0, 100), (two, 100, 150)]
    (was,), _ = statements.payments(house.runner, fund, 5, at=at)
    (is_now,), _ = statements.payments(house.runner, fund, 5)
    assert (was.recovered, is_now.recovered) == (0, 80)
    (moved,) = (b for b in traces.balances(house.runner, at=at)[0] if b.fund == other)
    assert (moved.transferred_in, moved.balance) == (30, 30)


def test_what_came_back_came_back_at_its_entry_and_no_sooner_or_later(house: House) -> None:
    register(house)
    fund = general_fund(house)
    (one,) = give(house, fund, "1.00")
    (paid,) = pay(house, fund, "0.90")
    held = {house.recorder.size(): 90}
    for back in (20, 30, 40):
        house.ledger.disbursements.recover(fund, paid, Money(back), GIFT_DAY, why())
        held[house.recorder.size()] = held[house.recorder.size() - 1] - back
    house.runner.catch_up()

    for size, left in held.items():
        at = house.runner.position(size)
        spans = [(0, left)] if left else []
        (gone,) = traces.trace_gift(house.runner, one, at)
        assert [(s.start, s.end) for s in gone.segments] == spans
        came = traces.trace_disbursement(house.runner, paid, at)
        assert [(s.start, s.end) for s in came.segments] == spans
        assert (gone.unspent, came.amount) == (100 - left, left)


def test_an_account_is_kept_as_it_stood_at_each_milestone_that_it_passed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trace_accounts, "EVERY", 4)
    register(house)
    fund = general_fund(house)
    give(house, fund, *["1.00"] * 9)
    first = house.recorder.size() - 9
    house.runner.catch_up()

    with house.runner.reading(TRACES) as (connection, _):
        rows = connection.execute("SELECT size, received, counted FROM milestones").fetchall()

    assert [row["size"] % 4 for row in rows] == [0] * len(rows) != []
    assert [row["counted"] for row in rows] == [row["size"] - first for row in rows]
    for size in range(first + 1, first + 10):
        ((_, account),), _ = accounts.standing(house.runner, fund, house.runner.position(size))
        assert (account.counted, account.balance) == (size - first, 100 * (size - first))


def test_what_a_view_has_not_taken_in_yet_is_not_answered(house: House) -> None:
    register(house)
    house.runner.catch_up()
    seen = house.recorder.size()
    general_fund(house)

    with pytest.raises(ViewBehind, match=f"followed {seen} entries, not {seen + 1} yet"):
        directory.funds(house.runner, at=house.runner.position(seen + 1))


@pytest.mark.parametrize("beside", [-1, 1])
def test_no_answer_is_as_of_a_size_that_the_log_never_had(house: House, beside: int) -> None:
    size = house.recorder.size() + 1 if beside > 0 else -1
    with pytest.raises(BeyondTheLog, match=f"size {size} is not between 0 and"):
        house.runner.position(size)


def test_before_the_first_entry_there_was_nothing(house: House) -> None:
    register(house)
    give(house, general_fund(house), "1.00")
    house.runner.catch_up()
    empty = house.runner.position(0)

    assert empty == Position(0, None)
    assert traces.balances(house.runner, at=empty) == ([], empty)
    assert directory.names(house.runner, empty) == {}
