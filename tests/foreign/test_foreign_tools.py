"""A checker that is not installed is named with its remedy, and on a build server it is missed."""

from __future__ import annotations

import pytest

from tests.foreign import asking


def test_a_missing_tool_is_skipped_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="Go is not installed; get it"):
        asking.missing("Go", "get it")


@pytest.mark.parametrize("said", ["true", "1", "True"])
def test_a_missing_tool_fails_on_a_build_server(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", said)
    with pytest.raises(pytest.fail.Exception, match="Go is not installed; get it"):
        asking.missing("Go", "get it")


def test_a_checker_that_breaks_is_no_refusal() -> None:
    with pytest.raises(AssertionError, match="can't open file"):
        asking.answers(["python3", "/nowhere/check.py"], [], {})
