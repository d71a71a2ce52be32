"""Hooks on the command line: added, listed, paused, resumed, replayed, removed, told."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.wiring import House
from tests.api.hooks.receiving import Receiver, receiving
from tests.conftest import USCC
from tests.houses import general_fund, give, register

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def at_work(house: House, monkeypatch: pytest.MonkeyPatch) -> House:
    register(house)
    give(house, general_fund(house), "1.00", "2.00")
    house.publish()
    monkeypatch.setenv("LEDGER_HOOKS_LOOPBACK", "yes")
    return house


def ran(command_line: Run, *words: object, code: int = 0) -> Any:
    found, out, err = command_line("hooks", *words, "--json")
    assert (found, err) == (code, ""), (out, err)
    return json.loads(out)


def test_hooks_are_added_told_and_removed_by_commands(at_work: House, command_line: Run) -> None:
    with receiving() as receiver:
        _tell(at_work, command_line, receiver)


def _tell(house: House, command_line: Run, receiver: Receiver) -> None:
    add = ("add", receiver.url, "--organisation", USCC, "--topic", "gift-received.v1")
    assert ran(command_line, *add, "--dry-run")["secret"] is None
    assert ran(command_line, "list") == {"hooks": []}
    made = ran(command_line, *add, "--said-by", USCC, "--after", "-1")
    assert made["secret"].startswith("whsec_")
    hook, size = made["id"], house.recorder.size()
    listed = ran(command_line, "list", "--organisation", USCC)["hooks"]
    assert [one["id"] for one in listed] == [hook]
    assert ran(command_line, "list", "--organisation", "authority") == {"hooks": []}

    waiting = ran(command_line, "deliver", "--dry-run")
    assert waiting == {"taken": 0, "failing": [], "behind": {hook: size}}
    assert receiver.came == []
    receiver.status = 500
    failed = ran(command_line, "deliver", code=1)
    assert failed["failing"] == [hook]
    receiver.status = 200
    assert ran(command_line, "pause", hook)["state"] == "paused"
    assert ran(command_line, "deliver")["taken"] == 0
    assert ran(command_line, "resume", hook)["state"] == "active"
    assert ran(command_line, "deliver") == {"taken": 2, "failing": [], "behind": {}}
    assert ran(command_line, "replay", hook, "--after", size - 2)["after"] == size - 2
    assert ran(command_line, "deliver")["taken"] == 1
    assert [one.leaf for one in receiver.came[1:]] == [size - 2, size - 1, size - 1]
    assert ran(command_line, "remove", hook)["id"] == hook
    assert ran(command_line, "list") == {"hooks": []}


def test_people_are_shown_a_table_and_the_secret_once(at_work: House, command_line: Run) -> None:
    code, out, _ = command_line("hooks", "add", "https://a.example/", "--organisation", "authority")
    assert code == 0
    assert "whsec_" in out
    code, out, _ = command_line("hooks", "list")
    assert "https://a.example/" in out
    assert "whsec_" not in out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("replay", "nobody", "--after", "soon"), "is no entry"),
        (("replay", "nobody", "--after", "0"), "no hook nobody is known"),
        (("add", "https://10.0.0.1/", "--organisation", "authority"), "inside a network"),
        (
            ("add", "https://a.example/", "--organisation", "authority", "--topic", "gift"),
            "there is no event 'gift'",
        ),
    ],
)
def test_what_can_not_be_done_is_said_in_one_line(
    at_work: House, command_line: Run, words: tuple[str, ...], said: str
) -> None:
    code, out, err = command_line("hooks", *words)
    assert (code, out) == (2, "")
    assert said in err
    assert err.count("\n") == 1
