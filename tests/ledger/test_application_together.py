"""Many threads record at the same time, as the portal's do."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from eventsourcing.persistence import StoredEvent

from api.wiring import House
from ledger.domain.events import FundClosed, GiftReceived
from ledger.domain.funds import FundIsClosed
from ledger.errors import Refused
from ledger.store.recording import Beside
from tests.houses import general_fund, give, register
from tests.invariants import check_house

THREADS, EACH = 16, 6


def together(*works: Callable[[], object]) -> list[object]:
    """Do all of it at once, each in a thread; return what came of it, refusals too."""
    ready = Barrier(len(works))

    def begun(work: Callable[[], object]) -> object:
        ready.wait(20)
        try:
            return work()
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(begun, works))


def count_commits(house: House, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return how many events each commit from now on holds."""
    commits: list[int] = []
    shared = house.recorder._commits
    write = shared._write

    def counted(stored: list[StoredEvent], beside: Beside) -> object:
        commits.append(len(stored))
        return write(stored, beside)

    monkeypatch.setattr(shared, "_write", counted)
    return commits


def test_gifts_of_many_threads_share_commits_and_all_stand(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(house)
    fund, size = general_fund(house), house.recorder.size()
    commits = count_commits(house, monkeypatch)

    def giving() -> list[str]:
        return [one for n in range(EACH) for one in give(house, fund, f"{n + 1}.00")]

    given = [one for ids in together(*[giving] * THREADS) for one in ids]  # type: ignore[attr-defined]

    assert len(set(given)) == THREADS * EACH == house.recorder.size() - size == sum(commits)
    assert len(commits) <= THREADS * EACH // 2
    check_house(house)
    assert {row.stream for row in house.recorder.log_of(given)} == set(given)


def test_a_gift_that_was_decided_before_its_fund_ended_and_comes_after_is_refused(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    register(house)
    fund = general_fund(house)
    commits, shared = count_commits(house, monkeypatch), house.recorder._commits

    def closing() -> None:
        house.ledger.funds.close_fund(fund, "none", "note", "council")

    def giving() -> list[str]:
        return give(house, fund, "1.00")

    turn = Event()
    shared._busy = True
    with ThreadPoolExecutor(3) as pool:
        asked: list[Future[object]] = []
        for work in (giving, closing, giving):
            asked.append(pool.submit(work))
            while len(shared._waiting) < len(asked):
                assert not turn.wait(0.001)
        with shared._order:
            shared._pass_on()
        found = [each.exception(20) for each in asked]

    assert [type(each) for each in found] == [type(None), type(None), FundIsClosed]
    assert commits == [2, 1]
    facts = [event for _, event in house.runner.entries(0, house.recorder.size())]
    assert [type(event) for event in facts[-2:]] == [GiftReceived, FundClosed]
