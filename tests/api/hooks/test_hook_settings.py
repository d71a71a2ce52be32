"""Hooks lead to this machine only where the operator says so."""

from __future__ import annotations

import pytest

from api.settings import Settings, SettingUnusable


def test_hooks_lead_to_this_machine_only_where_it_is_said() -> None:
    assert not Settings.read({}).hooks_loopback
    assert not Settings.read({"LEDGER_HOOKS_LOOPBACK": "no"}).hooks_loopback
    assert Settings.read({"LEDGER_HOOKS_LOOPBACK": "yes"}).hooks_loopback
    with pytest.raises(SettingUnusable, match="yes or no"):
        Settings.read({"LEDGER_HOOKS_LOOPBACK": "1"})
