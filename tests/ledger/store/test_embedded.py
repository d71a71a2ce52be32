"""The embedded server is found, started, started again after every kind of end, and stopped."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from ledger.store.embedded import (
    ServerDied,
    ServerRefuses,
    ServerSilent,
    ensure,
    stop,
)
from ledger.store.embedded_cluster import MajorVersionDiffers
from ledger.store.embedded_place import Account, ClusterGone, FolderUnusable, account_for, programs

ROOT = Path(__file__).parents[3]

ASK = """
import sys
from pathlib import Path
import psycopg
from ledger.store.embedded import ensure
with psycopg.connect(ensure(Path(sys.argv[1]))) as connection:
    print(connection.execute("select pg_postmaster_start_time()").fetchone()[0])
"""

ADOPT = """
import ctypes, os, signal, subprocess, sys
from pathlib import Path
from ledger.store.embedded import ensure, stop
assert ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
home = Path(sys.argv[1])
stop(home)
ensure(home)
note = home / "postgres/data/postmaster.pid"
server = int(note.read_text().split()[0])
os.kill(server, signal.SIGKILL)
os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
assert subprocess.run([sys.executable, "-c", sys.argv[2], home]).returncode == 0
os.kill(server, 0)
"""
"""Become the parent of the server, leave it a zombie, and let another process start the next."""


def served(home: Path) -> Iterator[Path]:
    """Give a data folder; end its server and remove its cluster, wherever it was put."""
    yield home
    stop(home)
    if (home / "postgres").is_symlink():
        shutil.rmtree((home / "postgres").readlink(), ignore_errors=True)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Give the data folder of the tests that leave a sound cluster, running or not."""
    yield from served(tmp_path_factory.mktemp("kept") / "var")


@pytest.fixture
def new_home(tmp_path: Path) -> Iterator[Path]:
    """Give a data folder that does not exist yet."""
    yield from served(tmp_path / "var")


@pytest.fixture
def open_home() -> Iterator[Path]:
    """Give a data folder, 100 bytes deep, that every account reaches."""
    top = Path("/tmp") / f"ledger-test-{os.getpid()}"  # noqa: S108 deeper than any socket may be
    top.mkdir(mode=0o755)
    home = top / ("deep" * 25)
    yield home
    stop(home)
    shutil.rmtree(top)


def values(conninfo: str, query: str) -> list[str]:
    with psycopg.connect(conninfo, autocommit=True) as connection:
        rows = connection.execute(query.encode()).fetchall()
    return [str(value) for row in rows for value in row]


def started(home: Path) -> list[str]:
    return values(ensure(home), "select pg_postmaster_start_time()")


def ask(home: Path) -> subprocess.Popen[str]:
    command: list[str | Path] = [sys.executable, "-c", ASK, home]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def answer(process: subprocess.Popen[str]) -> list[str]:
    said, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return said.split("\n")[:-1]


def note(home: Path) -> Path:
    return home / "postgres/data/postmaster.pid"


def server(home: Path) -> int:
    return int(note(home).read_text().split()[0])


def give(home: Path, rows: int) -> None:
    """Record that many rows, each acknowledged on its own, then kill the server."""
    with psycopg.connect(ensure(home), autocommit=True) as connection:
        connection.execute("drop table if exists kept")
        connection.execute("create table kept (row int)")
        for row in range(rows):
            connection.execute("insert into kept values (%s)", [row])
        os.kill(server(home), signal.SIGKILL)


def kept(home: Path) -> list[str]:
    return values(ensure(home), "select count(*) from kept")


def account(home: Path) -> Account:
    return account_for(home / "postgres/data", os.geteuid())


def test_a_cold_start_gives_a_durable_and_private_database(new_home: Path) -> None:
    conninfo = ensure(new_home)

    names = "fsync synchronous_commit full_page_writes data_checksums listen_addresses TimeZone"
    shown = values(conninfo, f"select current_setting(unnest(string_to_array('{names}', ' ')))")
    assert shown == ["on", "on", "on", "on", "", "UTC"]
    assert values(
        conninfo,
        "select pg_encoding_to_char(encoding), datcollate, datctype, rolname, rolsuper"
        " from pg_database join pg_roles on datdba = pg_roles.oid"
        " where datname = current_database()",
    ) == ["UTF8", "C", "C", "ledger", "True"]
    assert "scram-sha-256" in values(conninfo, "select distinct auth_method from pg_hba_file_rules")
    given = conninfo_to_dict(conninfo)
    assert (given["user"], given["dbname"], given["port"]) == ("ledger", "ledger", "5432")
    assert Path(str(given["passfile"])).stat().st_mode & 0o777 == 0o600
    assert Path(str(given["host"])).stat().st_mode & 0o777 == 0o700
    assert not (new_home / "postgres/data.new").exists()


def test_a_server_is_found_again_by_every_later_process_and_thread(home: Path) -> None:
    stop(home)

    with ThreadPoolExecutor(4) as threads:
        firsts = list(threads.map(started, [home] * 4))

    assert answer(ask(home)) == firsts[0]
    assert firsts == [firsts[0]] * 4


def test_a_server_outlives_the_command_that_started_it(home: Path) -> None:
    stop(home)

    first = answer(ask(home))

    assert started(home) == first
    assert os.getsid(server(home)) != os.getsid(0)


def test_no_acknowledged_row_is_lost_when_the_server_is_killed(home: Path) -> None:
    give(home, rows=50)
    assert kept(home) == ["50"]

    give(home, rows=50)
    answer(ask(home))
    assert kept(home) == ["50"]


def test_six_processes_that_race_after_a_kill_start_one_server(home: Path) -> None:
    give(home, rows=10)

    log = home / "postgres/server.log"
    before = log.read_text().count("starting PostgreSQL")

    racing = [ask(home) for _ in range(6)]
    starts = [answer(each) for each in racing]

    assert starts == [starts[0]] * 6
    assert log.read_text().count("starting PostgreSQL") == before + 1
    assert kept(home) == ["10"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process adopt others")
def test_a_dead_server_that_its_parent_never_buried_stops_nothing(home: Path) -> None:
    subprocess.run([sys.executable, "-c", ADOPT, home, ASK], cwd=ROOT, timeout=60, check=True)


def test_a_process_that_got_the_id_of_the_dead_server_stops_nothing(home: Path) -> None:
    give(home, rows=1)
    with subprocess.Popen(["sleep", "600"], user=account(home).uid) as stranger:
        lines = note(home).read_text().split("\n")
        note(home).write_text("\n".join([str(stranger.pid), *lines[1:]]))

        assert kept(home) == ["1"]
        assert stop(home)
        assert stranger.poll() is None
        stranger.kill()


def test_a_note_that_a_power_failure_left_empty_stops_nothing(home: Path) -> None:
    give(home, rows=1)
    note(home).write_text("")

    assert kept(home) == ["1"]


def test_stopping_leaves_a_cleanly_shut_down_cluster(home: Path) -> None:
    conninfo = ensure(home)

    with psycopg.connect(conninfo):  # an open connection does not delay it
        assert stop(home)

    assert not note(home).exists()
    control = programs(account(home)) / "pg_controldata"
    said = subprocess.check_output([control, home / "postgres/data"], text=True)
    assert "Database cluster state:               shut down\n" in said
    assert not stop(home)


def test_there_is_nothing_to_stop_in_a_folder_without_a_server(tmp_path: Path) -> None:
    assert not stop(tmp_path / "var")
    assert list(tmp_path.iterdir()) == []


def test_a_half_made_cluster_of_a_crashed_run_is_made_again(new_home: Path) -> None:
    ensure(new_home)
    stop(new_home)
    (new_home / "postgres/data").rename(new_home / "postgres/data.new")
    (new_home / "postgres/data.new/PG_VERSION").unlink()

    assert values(ensure(new_home), "select 1") == ["1"]
    assert not (new_home / "postgres/data.new").exists()


def test_a_deep_folder_has_its_socket_in_a_short_private_one(
    open_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = started(open_home)
    socket = Path(str(conninfo_to_dict(ensure(open_home))["host"]))

    assert (open_home / "postgres").resolve() == open_home / "postgres"
    assert len(bytes(socket)) < 50
    assert socket.stat().st_mode & 0o777 == 0o700
    monkeypatch.setenv("TMPDIR", str(open_home))
    assert answer(ask(open_home)) == first

    stop(open_home)
    socket.chmod(0o777)
    with pytest.raises(FolderUnusable, match="others may write to it"):
        ensure(open_home)
    socket.rmdir()


def test_variables_of_the_callers_shell_change_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("PASSWORD", "x"), ("HOSTADDR", "192.0.2.1"), ("PORT", "1"), ("DATA", "/")):
        monkeypatch.setenv(f"PG{name}", value)

    assert values(ensure(home), "select 1") == ["1"]


@pytest.mark.skipif(
    os.geteuid() != 0, reason="only root serves folders that its server can't reach"
)
def test_root_serves_a_closed_folder_without_opening_it(home: Path) -> None:
    home.parent.chmod(0o700)
    ensure(home)

    assert home.parent.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres").readlink().parent == Path("/var/lib/donation-ledger")
    status = Path(f"/proc/{server(home)}/status").read_text().split("\n")
    rights = [line.split()[1:] for line in status if line.startswith(("Uid:", "Gid:", "Groups:"))]
    assert rights == [[str(account(home).uid)] * 4, [str(account(home).gid)] * 4, []]


def test_a_recovery_may_last_longer_than_a_silence(home: Path) -> None:
    give(home, rows=1)
    data = home / "postgres/data"
    with (data / "postgresql.auto.conf").open("a") as settings:
        settings.write("hot_standby = off\nrestore_command = 'sleep 0.5; false'\n")
    (data / "recovery.signal").touch()
    os.chown(data / "recovery.signal", account(home).uid, account(home).gid)

    ensure(home, silence_s=1)

    assert kept(home) == ["1"]


def test_a_server_that_does_not_answer_is_reported_and_left_alone(home: Path) -> None:
    first = started(home)
    os.kill(server(home), signal.SIGSTOP)

    with pytest.raises(ServerSilent, match=r"did not answer for 0\.1 s"):
        ensure(home, silence_s=0.1)
    with pytest.raises(ServerSilent, match="wait and try again"):
        stop(home, silence_s=0.1)

    os.kill(server(home), signal.SIGCONT)
    assert started(home) == first


def test_a_server_that_ends_while_starting_is_quoted(new_home: Path) -> None:
    ensure(new_home)
    stop(new_home)
    (new_home / "postgres/data/global/pg_control").write_bytes(b"")

    with pytest.raises(ServerDied, match=r"(PANIC|FATAL): .* its log is .*/server\.log$"):
        ensure(new_home)


def test_a_lost_password_is_named(home: Path) -> None:
    password = Path(str(conninfo_to_dict(ensure(home))["passfile"]))
    lost = password.rename(password.with_suffix(".lost"))

    with pytest.raises(ServerRefuses, match=r"no password supplied; its password must be in /"):
        ensure(home)
    lost.rename(password)


def test_a_cluster_of_another_major_version_is_left_alone(home: Path) -> None:
    ensure(home)
    stop(home)
    version = home / "postgres/data/PG_VERSION"
    for found, words in (("17", "PostgreSQL 17 and this is 18"), ("", "of unknown version")):
        version.write_text(found)
        with pytest.raises(MajorVersionDiffers, match=words):
            ensure(home)
    version.rename(version.with_suffix(".lost"))
    with pytest.raises(MajorVersionDiffers, match="LEDGER_DATABASE_URL"):
        ensure(home)

    version.with_suffix(".lost").rename(version)
    version.write_text("18\n")


def test_a_lost_cluster_is_not_replaced_by_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "postgres").symlink_to(tmp_path / "gone")

    with pytest.raises(ClusterGone, match=r"gone, which is gone: restore it"):
        ensure(tmp_path)


def test_a_folder_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(FolderUnusable, match=r"/file/var: not a directory; .* LEDGER_DATA"):
        ensure(tmp_path / "file" / "var")
