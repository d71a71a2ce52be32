"""How quickly commands start: what only others need is not loaded for them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from api.cli import PARTS, main, parser

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
