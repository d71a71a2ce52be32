"""What all tests share: one real database server, and houses with a schema of their own."""

from __future__ import annotations

import os
import shutil
import signal
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from api.cli import main
from api.settings import Settings
from api.wiring import House
from ledger.store import embedded

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
USCC = "53100000500021326D"
"""The credit code of a real foundation, from its public filing number; used here as a form only."""

OTHER_USCC = "53330000501874064B"


@pytest.fixture(scope="session")
def database_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start one embedded PostgreSQL for the whole run, and remove it afterwards.

    It waits for no disk and ends at once: tests of crashes start servers of their own.
    """
    home = tmp_path_factory.mktemp("postgres")
    hasty = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=4GB")
    yield embedded.ensure(home, extra=hasty)
    cluster = (home / "postgres").resolve()
    os.kill(int((cluster / "data/postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    embedded.stop(home)
    shutil.rmtree(cluster, ignore_errors=True)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Name a data folder and a schema that no other test uses."""
    schema = f"t_{uuid.uuid4().hex[:16]}"
    return Settings(data=tmp_path / "var", database_url=database_url, schema=schema)


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """Open a ledger that was founded just now."""
    home = House(settings, create=True)
    yield home
    home.close()


@pytest.fixture
def command_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str, str]]:
    """Run `donation-ledger` in this process; return exit code, standard output, standard error."""
    assert settings.database_url is not None, "the settings of tests name it"
    monkeypatch.setenv("LEDGER_DATA", str(settings.data))
    monkeypatch.setenv("LEDGER_DATABASE_URL", settings.database_url)
    monkeypatch.setenv("LEDGER_SCHEMA", settings.schema)

    def run(*words: object) -> tuple[int, str, str]:
        try:
            code = main([str(word) for word in words])
        except SystemExit as stopped:  # argparse leaves this way
            code = int(stopped.code or 0)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
