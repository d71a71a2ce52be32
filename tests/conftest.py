"""What all tests share: one real database server, and houses with a schema of their own."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import coverage
import hypothesis
import psycopg
import pytest
from fastapi import routing
from fastapi.params import Depends
from psycopg.conninfo import make_conninfo

from api.cli import main
from api.settings import Settings
from api.wiring import House
from ledger.store import embedded

SHARED = Path(__file__).resolve().parents[1] / ".." / "shared"
USCC = "53100000500021326D"
"""The credit code of a real foundation, from its public filing number; used here as a form only."""

OTHER_USCC = "53330000501874064B"

MEMORY = Path("/dev/shm")  # noqa: S108 what is made in it has names of its own
"""A folder in memory, as Linux has it: the tests write some 100,000 files that nobody keeps."""

ROOM = 4 * 2**30
"""Bytes that must be free in it; else files go to disk, which takes two to ten times as long."""

if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")


def pytest_sessionfinish() -> None:
    """Keep what was measured: a worker that does not end in ten seconds is killed, unheard."""
    measured = coverage.Coverage.current()
    if measured is not None:
        measured.save()


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Start one embedded PostgreSQL for the whole run, and remove it afterwards.

    It waits for no disk and ends at once: tests of crashes start servers of their own. The
    folders of a run are closed to others, and so to the server of a run as root: it has its own.
    """
    home = Path(tempfile.mkdtemp(prefix="ledger-", dir=os.environ.get("PYTEST_DEBUG_TEMPROOT")))
    home.chmod(0o711)
    hasty = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_wal_size=1GB")
    yield embedded.ensure(home, extra=hasty)
    cluster = (home / "postgres").resolve()
    os.kill(int((cluster / "data/postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
    embedded.stop(home)
    shutil.rmtree(cluster, ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture(scope="session", autouse=True)
def routes_are_read_once() -> Iterator[None]:
    """Let the framework read each route's signature once a run, not once for every portal.

    What it finds depends on the route alone, and takes half a second for all of ours.
    """
    read = routing._build_dependant_with_parameterless_dependencies
    known: dict[tuple[object, ...], Any] = {}

    def once(*, path: str, call: Callable[..., Any], dependencies: Sequence[Depends]) -> Any:
        asked = (path, call, *dependencies)
        if asked not in known:
            known[asked] = read(path=path, call=call, dependencies=dependencies)
        return known[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(routing, read.__name__, once)
        yield


@dataclass(frozen=True)
class Founded:
    """A ledger that was founded once, to be copied: its data folder, and its database."""

    settings: Settings

    @property
    def database(self) -> str:
        """The name of its database."""
        return f"founded_{self.settings.schema}"

    def copy(self, settings: Settings) -> Iterator[Settings]:
        """Copy it to where `settings` point, in a database of its own; drop that afterwards."""
        name = f"copy_{settings.schema}"
        shutil.copytree(self.settings.data, settings.data)
        with psycopg.connect(str(settings.database_url), autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name} TEMPLATE {self.database}")
            url = make_conninfo(str(settings.database_url), dbname=name)
            yield replace(settings, database_url=url, schema=self.settings.schema)
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def founded(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """Found a ledger in a database of its own."""
    given = Settings(tmp_path_factory.mktemp("founded") / "var", database_url, "ledger")
    made = Founded(given)
    with psycopg.connect(database_url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {made.database}")
    url = make_conninfo(database_url, dbname=made.database)
    House(replace(given, database_url=url), create=True).close()
    return made


@pytest.fixture
def settings(
    request: pytest.FixtureRequest, database_url: str, tmp_path: Path
) -> Iterator[Settings]:
    """Name a data folder and a schema that no other test uses.

    Where the test also asks for the house, they hold a ledger that was founded before.
    """
    schema = f"t_{uuid.uuid4().hex[:16]}"
    given = Settings(data=tmp_path / "var", database_url=database_url, schema=schema)
    if "house" in request.fixturenames:
        yield from request.getfixturevalue("founded").copy(given)
    else:
        yield given


@pytest.fixture
def house(settings: Settings) -> Iterator[House]:
    """Open a ledger in which nothing was recorded yet."""
    home = House(settings)
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
