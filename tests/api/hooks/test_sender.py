"""The threads of the portal that send: they begin, tell, go on after a fault, and end."""

from __future__ import annotations

import logging
import threading

import pytest

from api.hooks.worker import Sender
from ledger.store.log_objects import FileMissing
from tests.api.hooks.telling import Telling

LONG_S = 30


def test_what_is_published_is_told_by_the_server_itself(telling: Telling) -> None:
    hook = telling.hook()
    with Sender(telling.house):
        assert telling.receiver.some.wait(LONG_S)
    threads = [one for one in threading.enumerate() if one.name.startswith("hooks-")]
    assert threads == [], "it ends when the server does"
    assert telling.receiver.leaves == list(range(telling.now(hook).next))


@pytest.mark.parametrize("fault", [FileMissing("tile"), ValueError("a fault of ours")])
def test_a_fault_of_one_round_is_told_and_the_next_one_comes(
    telling: Telling, caplog: pytest.LogCaptureFixture, fault: Exception
) -> None:
    telling.hook()
    house, faults = telling.house, [fault]

    class Broken:
        """A house whose log can't be read at first."""

        def __getattr__(self, name: str) -> object:
            if name == "log" and faults:
                raise faults.pop()
            return getattr(house, name)

    faults *= 2
    sender = Sender(Broken())  # type: ignore[arg-type]  # a house but for its log
    with caplog.at_level(logging.WARNING):
        assert not sender._round()
        assert not sender._round()
    told = [str(fault) in f"{one.message} {one.exc_text}" for one in caplog.records]
    assert told == [True] * (1 if isinstance(fault, FileMissing) else 2), "a wait is told once"
    assert sender._round()
