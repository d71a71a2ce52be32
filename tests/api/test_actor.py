"""Who acts: the operating system's account, or the one that the settings name."""

from __future__ import annotations

import os
import pwd

import pytest

from api.settings import Settings, SettingUnusable, account_of_system


def test_who_acts_is_the_account_of_the_system_unless_it_is_named() -> None:
    assert Settings.read({}).actor == account_of_system() == pwd.getpwuid(os.getuid()).pw_name
    assert Settings.read({"LEDGER_ACTOR": "clerk-2"}).actor == "clerk-2"


def test_an_account_without_a_name_is_its_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 2**31 - 7)
    assert account_of_system() == f"uid-{2**31 - 7}"


@pytest.mark.parametrize("name", ["王某某", "Clerk 2", "a" * 33])
def test_an_account_that_could_be_a_persons_name_in_full_is_refused(name: str) -> None:
    with pytest.raises(SettingUnusable, match="LEDGER_ACTOR"):
        Settings.read({"LEDGER_ACTOR": name})
