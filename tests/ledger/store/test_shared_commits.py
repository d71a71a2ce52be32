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
from ledger.store.database import NotReplicated
from ledger.store.recording import Beside
from ledger.store.shared_commits import Bell, SharedCommits, WriterInterrupted

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

    def go_on(self) -> None:
        """Let the first commit end."""
        self._goes_on.set()

    def all_of(self, *wanted: Wanted) -> list[Any]:
        """Ask for commits in this order, each in a thread of its own; the first is on its way."""
        with ThreadPoolExecutor(len(wanted) + 1) as pool:
            asked = [pool.submit(self.shared.commit, [event("first")], {})]
            assert self._begun.wait(WAIT_S)
            for number, (stored, beside) in enumerate(wanted, 1):
                asked.append(pool.submit(self.shared.commit, stored, beside))
                self.until_waiting(number)
            self.go_on()
            return [each.exception(WAIT_S) or each.result() for each in asked[1:]]

    def until_waiting(self, count: int) -> None:
        """Wait until so many wait for their turn."""
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
    store.go_on()
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


@pytest.mark.parametrize("error", [OperationalError("gone"), NotReplicated()])
def test_when_the_database_is_gone_all_are_told_and_nobody_tries_alone(
    error: OperationalError,
) -> None:
    tried = []

    def refuse(streams: list[str]) -> None:
        tried.append(streams)
        if streams != ["first"]:
            raise error

    store = Store(refuse)
    found = store.all_of(alone("a"), alone("b"))
    assert [(type(each), str(each)) for each in found] == [(type(error), str(error))] * 2
    assert tried == [["first"], ["a", "b"]]


def test_a_fault_in_one_is_not_told_to_the_others() -> None:
    def refuse(streams: list[str]) -> None:
        if "bad" in streams:
            raise UnicodeEncodeError("utf-8", "x", 0, 1, "surrogates not allowed")

    store = Store(refuse)
    one, refused, other = store.all_of(alone("a"), alone("bad"), alone("b"))
    assert (one, other) == ([1], [2])
    assert isinstance(refused, UnicodeEncodeError)


def test_what_can_not_be_looked_at_stops_nobody() -> None:
    store = Store()
    store.go_on()
    with pytest.raises(TypeError):
        store.shared.commit([event("bad")], {"unless": None})
    assert store.shared.commit([event("a")], {}) == [0]


def interrupted_at(*where: list[str]) -> Store:
    def refuse(streams: list[str]) -> None:
        if streams in where:
            raise KeyboardInterrupt
        if len(streams) > 1:
            raise IntegrityError("together they are refused")

    return Store(refuse)


def test_an_interruption_leaves_nobody_waiting_and_nobody_deceived() -> None:
    found = interrupted_at(["a", "b"]).all_of(alone("a"), alone("b"))
    assert {type(each) for each in found} == {KeyboardInterrupt, WriterInterrupted}


def test_of_an_interrupted_share_only_what_was_stored_is_told_so() -> None:
    store = interrupted_at(["b"])
    one, *others = store.all_of(alone("a"), alone("b"), alone("c"), alone("d"))
    assert store.commits == [["first"], ["a"]]
    told = [one, *others]
    assert sum(isinstance(each, KeyboardInterrupt) for each in told) == 1
    assert one == [1] or isinstance(one, KeyboardInterrupt)
    assert all(isinstance(each, KeyboardInterrupt | WriterInterrupted) for each in others)


@contextmanager
def interrupted_in_line(
    shared: SharedCommits, monkeypatch: pytest.MonkeyPatch, meanwhile: Callable[[], object]
) -> Iterator[None]:
    """Another thread leads; who lines up behind it is interrupted, after something happened."""

    def interrupted(_: Bell) -> None:
        meanwhile()
        raise KeyboardInterrupt

    shared._busy = True
    with monkeypatch.context() as patched:
        patched.setattr(Bell, "wait", interrupted)
        with pytest.raises(KeyboardInterrupt):
            yield


def test_who_is_interrupted_while_waiting_is_not_stored_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store()
    store.go_on()
    with interrupted_in_line(store.shared, monkeypatch, lambda: None):
        store.shared.commit([event("gone")], {})
    store.shared._busy = False
    assert store.shared.commit([event("next")], {}) == [0]
    assert store.commits == [["next"]]


def test_who_is_interrupted_while_another_writes_for_it_goes_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shared = Store().shared
    taken = shared._waiting.clear
    with interrupted_in_line(shared, monkeypatch, taken):
        shared.commit([event("taken")], {})
    assert shared._busy, "the other one leads still"


def test_who_is_interrupted_when_its_turn_has_come_passes_it_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store()
    store.go_on()
    with interrupted_in_line(store.shared, monkeypatch, store.shared._pass_on):
        store.shared.commit([event("gone")], {})
    assert not store.shared._busy
    assert store.shared.commit([event("next")], {}) == [0]
    assert store.commits == [["next"]]


def test_who_leads_and_is_interrupted_before_writing_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store()
    store.go_on()

    def interrupted(_: SharedCommits) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(SharedCommits, "_round", interrupted)
        with pytest.raises(KeyboardInterrupt):
            store.shared.commit([event("gone")], {})
    assert store.shared.commit([event("next")], {}) == [0]
    assert store.commits == [["next"]]


def test_whoever_is_stored_is_told_before_the_next_commit_ends() -> None:
    begun, goes_on = threading.Event(), threading.Event()

    def refuse(streams: list[str]) -> None:
        if streams == ["late"]:
            begun.set()
            assert goes_on.wait(WAIT_S)

    store = Store(refuse)
    with ThreadPoolExecutor(8) as pool:
        early = [pool.submit(store.shared.commit, [event(f"e{n}")], {}) for n in range(4)]
        store.until_waiting(3)
        late = pool.submit(store.shared.commit, [event("late")], {"erased": ["x"]})
        store.until_waiting(4)
        store.go_on()
        assert begun.wait(WAIT_S)
        assert [one.result(WAIT_S) for one in early]
        assert not late.done()
        goes_on.set()
        assert late.result(WAIT_S) == [4]
