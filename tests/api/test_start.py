"""How commands start, with nothing loaded that only others need, and how they end."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from api.answers import NOT_UNDERSTOOD
from api.cli import PARTS, main, parser
from ledger.store.database import NotReplicated
from ledger.store.shared_commits import WriterInterrupted

PORTALS = {"fastapi", "starlette", "pydantic", "webauthn", "uvicorn", "obstore"}
DATABASES = {"psycopg", "eventsourcing", "api.wiring"}


def loaded_for(word: str | None) -> set[str]:
    """Return the modules that are loaded once a command's words can be read."""
    asked = (
        f"import json, sys, api.cli; api.cli.parser({word!r}); print(json.dumps([*sys.modules]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=120
    )
    return set(json.loads(told.stdout))


def test_no_command_waits_for_what_only_the_portal_needs() -> None:
    assert not PORTALS & loaded_for(None)


@pytest.mark.parametrize("word", ["check", "verify"])
def test_what_needs_no_database_loads_none(word: str) -> None:
    assert not (PORTALS | DATABASES) & loaded_for(word)


ALL = [name for names in PARTS.values() for name in names]


@pytest.mark.parametrize("names", PARTS.values(), ids=PARTS)
def test_a_part_declares_the_commands_that_the_table_names_and_no_other(
    names: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        parser(names[0]).parse_args(["nonsense"])
    told = capsys.readouterr().err
    assert [name for name in ALL if f"'{name}'" in told] == [*names]


def test_whoever_asks_for_no_known_command_is_told_all_of_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit):
        main(["nonsense"])
    told = capsys.readouterr().err
    assert all(f"'{name}'" in told for name in ALL)


@pytest.mark.parametrize("error", [NotReplicated(), WriterInterrupted()])
def test_what_may_have_been_recorded_is_not_called_undone(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken_off(_: object) -> None:
        raise error

    monkeypatch.setattr("api.cli.answered", broken_off)
    assert main(["balance"]) == NOT_UNDERSTOOD
    said = capsys.readouterr().err
    assert str(error) in said
    assert "half-done" not in said
