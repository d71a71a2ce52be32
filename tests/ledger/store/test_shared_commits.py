"""Threads share commits, and each sees what it would have seen alone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError, StoredEvent

from ledger.domain.keeping import Unless
from ledger.store import shared_commits
from ledger.store.shared_commits import Beside, SharedCommits

Wanted = tuple[list[StoredEvent], dict[str, Any]]

WAIT_S = 20.0


def event(stream: str, version: int = 1, topic: str = "t") -> StoredEvent:
    return StoredEvent(stream, version, topic, f"{stream} {version}".encode())


class Store:
    """Stores in memory what comes; `refuse` may raise for a commit. The first commit is held."""

    def __init__(self, refuse: Callable[[list[str]], None] = lambda _: None) -> None:
        self.commits: list[list[str]] = []
        self.beside: list[Beside] = []
        self.refuse = refuse
        self.shared = SharedCommits(self.write)
        self._begun, self._goes_on = threading.Event(), threading.Event()

    def write(self, stored: Sequence[StoredEvent], beside: Beside) -> Sequence[int]:
        self._begun.set()
        assert self._goes_on.wait(WAIT_S)
        streams = [str(each.originator_id) for each in stored]
        self.refuse(streams)
        first = sum(map(len, self.commits))
        self.commits.append(streams)
        self.beside.append(beside)
        return list(range(first, first + len(streams)))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the first commit until the block is done."""
        yield
        self._goes_on.set()

    def all_of(self, *wanted: Wanted) -> list[Any]:
        """Ask for commits in this order, each in a thread of its own; the first is on its way."""
        with ThreadPoolExecutor(len(wanted) + 1) as pool:
            asked = [pool.submit(self.shared.commit, [event("first")], {})]
            assert self._begun.wait(WAIT_S)
            with self.held():
                for number, (stored, beside) in enumerate(wanted, 1):
                    asked.append(pool.submit(self.shared.commit, stored, beside))
                    self._until_waiting(number)
            return [each.exception(WAIT_S) or each.result() for each in asked[1:]]

    def _until_waiting(self, count: int) -> None:
        turn = threading.Event()
        for _ in range(int(WAIT_S * 1000)):
            if len(self.shared._waiting) == count:
                return
            turn.wait(0.001)
        raise AssertionError


def alone(*streams: str) -> Wanted:
    return [event(stream) for stream in streams], {}


def test_one_by_itself_is_one_commit() -> None:
    store = Store()
    with store.held():
        pass
    assert store.shared.commit([event("a"), event("b")], {}) == [0, 1]
    assert store.shared.commit([event("c")], {}) == [2]
    assert store.commits == [["a", "b"], ["c"]]


def test_what_waits_shares_the_next_commit_in_its_order() -> None:
    store = Store()
    found = store.all_of(alone("a", "b"), alone("c"), alone("d", "e"))
    assert found == [[1, 2], [3], [4, 5]]
    assert store.commits == [["first"], ["a", "b", "c", "d", "e"]]


def test_rows_beside_go_along_and_what_several_rest_on_is_asked_once() -> None:
    store = Store()
    closed = Unless("fund", 3, "closed")
    store.all_of(
        ([event("a")], {"openings": ["1"], "sources": ["2"], "asked": ["3"], "unless": [closed]}),
        ([event("b")], {"openings": ["4"], "unless": [closed], "needed": ["5"], "erased": []}),
    )
    assert store.beside[1] == {
        "openings": ["1", "4"], "sources": ["2"], "asked": ["3"],
        "unless": [closed], "needed": ["5"],
    }  # fmt: skip


@pytest.mark.parametrize("name", ["erased", "request", "hidden", "shown", "new-kind"])
def test_what_takes_rows_away_comes_alone(name: str) -> None:
    store = Store()
    found = store.all_of(alone("a"), ([event("b")], {name: ["x"]}), alone("c"), alone("d"))
    assert store.commits == [["first"], ["a"], ["b"], ["c", "d"]]
    assert store.beside[2] == {name: ["x"]}
    assert found == [[1], [2], [3], [4]]


def test_a_decision_that_an_event_before_it_spoils_is_seen_to_after_that() -> None:
    store = Store()
    spoiled = {"unless": [Unless("fund", 3, "closed")]}
    closing: Wanted = ([event("fund", 4, "closed")], {})
    store.all_of(([event("a")], spoiled), closing, ([event("b")], spoiled), alone("c"))
    assert store.commits == [["first"], ["a", "fund"], ["b", "c"]]


def test_two_in_one_place_do_not_share() -> None:
    store = Store()
    store.all_of(alone("a"), alone("a"), alone("b"))
    assert store.commits == [["first"], ["a"], ["a", "b"]]


def test_only_so_many_events_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_commits, "EVENTS_MAX", 3)
    store = Store()
    store.all_of(alone("a", "b"), alone("c"), alone("d"), alone("e", "f", "g", "h"), alone("i"))
    assert store.commits == [["first"], ["a", "b", "c"], ["d"], ["e", "f", "g", "h"], ["i"]]


def test_one_that_is_refused_takes_no_other_with_it() -> None:
    def refuse(streams: list[str]) -> None:
        if "bad" in streams:
            raise IntegrityError("bad came first")

    store = Store(refuse)
    one, refused, other = store.all_of(alone("a"), alone("bad"), alone("b"))
    assert (one, other) == ([1], [2])
    assert isinstance(refused, IntegrityError)
    assert store.commits == [["first"], ["a"], ["b"]]


def test_when_the_database_is_gone_all_are_told_and_nobody_tries_alone() -> None:
    tried = []

    def refuse(streams: list[str]) -> None:
        tried.append(streams)
        if streams != ["first"]:
            raise OperationalError("gone")

    store = Store(refuse)
    found = store.all_of(alone("a"), alone("b"))
    assert [type(each) for each in found] == [OperationalError, OperationalError]
    assert tried == [["first"], ["a", "b"]]


def test_an_interruption_leaves_nobody_waiting() -> None:
    def refuse(streams: list[str]) -> None:
        if streams != ["first"]:
            raise KeyboardInterrupt

    found = Store(refuse).all_of(alone("a"), alone("b"))
    assert [type(each) for each in found] == [KeyboardInterrupt, KeyboardInterrupt]
