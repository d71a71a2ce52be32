"""The commands that give accounts and take them back."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from api.people.who import by_token
from api.wiring import House
from tests.conftest import OTHER_USCC, USCC
from tests.houses import register

Run = Callable[..., tuple[int, str, str]]


def test_an_account_from_its_invitation_to_its_end(command_line: Run, house: House) -> None:
    register(house)

    def told(*words: str) -> dict[str, object]:
        code, out, err = command_line("account", *words, "--json")
        assert (code, err) == (0, "")
        found: dict[str, object] = json.loads(out)
        return found

    dry = told("add", "clerk-2", "--organisation", USCC, "--role", "clerk", "--dry-run")
    assert "invitation" not in dry
    assert told("list") == {"accounts": []}

    added = told("add", "clerk-2", "--organisation", USCC, "--role", "clerk")
    assert str(added["invitation"]).startswith("http://127.0.0.1:8000/invitation/")
    assert (added["roles"], added["state"], added["factors"]) == (["clerk"], "active", [])
    told("add", "donor-1", "--role", "donor")
    told("add", "tax-1", "--organisation", "authority", "--role", "tax-officer")

    made = told("token", "clerk-2", "--scope", "clerk", "--days", "7")
    who = by_token(house.accounts, str(made["token"]))
    assert who is not None
    assert who.acting.roles == {"clerk"}
    assert told("token", "clerk-2", "--dry-run")["token"] is None
    assert told("list", "--organisation", USCC)["accounts"] == [
        {"login": "clerk-2", "account": added["account"], "organisation": USCC,
         "roles": ["clerk"], "state": "active", "factors": [], "tokens": 1}
    ]  # fmt: skip

    changed = told(
        "change", "clerk-2", "--role", "reviewer", "--subject", "https://id.example", "7"
    )
    assert (changed["roles"], changed["factors"], changed["tokens"]) == (
        ["reviewer"],
        ["organisation"],
        0,
    )
    assert by_token(house.accounts, str(made["token"])) is None
    assert told("disable", "clerk-2")["state"] == "disabled"
    again = told("reset", "clerk-2")
    assert (again["state"], "invitation" in again) == ("active", True)
    assert list(house.accounts.findings()) == []
    code, out, _ = command_line("account", "list")
    assert (code, "tax-officer" in out) == (0, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("add", "Li Si", "--organisation", USCC, "--role", "clerk"), "can't be an account's name"),
        (("add", "c-1", "--organisation", USCC, "--role", "tax-officer"), "one or more of"),
        (("add", "c-1", "--organisation", "authority", "--role", "clerk"), "one or more of"),
        (("add", "c-1", "--role", "clerk"), "name the organisation"),
        (("add", "c-1", "--organisation", OTHER_USCC, "--role", "clerk"), OTHER_USCC),
        (("add", "c-1", "--organisation", "5310", "--role", "clerk"), "5310"),
        (("change", "nobody", "--role", "clerk"), "there is no account nobody"),
        (("change", "nobody"), "say what changes"),
        (("disable", "nobody"), "there is no account nobody"),
        (("token", "nobody"), "there is no account nobody"),
        (("free-gift", "gift-1"), "no account has claimed gift-1"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(
    command_line: Run, house: House, words: tuple[str, ...], says: str
) -> None:
    code, out, err = command_line("account", *words)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_a_name_is_given_once_and_a_disabled_account_gets_no_token(
    command_line: Run, house: House
) -> None:
    words = ("account", "add", "donor-1", "--role", "donor")
    assert command_line(*words)[0] == 0
    assert "there is an account donor-1 already" in command_line(*words)[2]
    command_line("account", "disable", "donor-1")
    assert "is disabled" in command_line("account", "token", "donor-1")[2]


def test_a_gift_that_the_wrong_account_claimed_is_freed(command_line: Run, house: House) -> None:
    command_line("account", "add", "donor-1", "--role", "donor")
    account = house.accounts.named("donor-1").id
    house.accounts.bind_gift(account, "gift-1")

    assert command_line("account", "free-gift", "gift-1", "--dry-run")[0] == 0
    assert house.accounts.gifts_of(account) == ["gift-1"]
    code, out, _ = command_line("account", "free-gift", "gift-1", "--json")

    assert (code, json.loads(out)) == (0, {"gift": "gift-1"})
    assert house.accounts.gifts_of(account) == []
    assert list(house.accounts.findings()) == []
