"""The same commands bring back the database of a server that one runs oneself."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from api.settings import Settings
from api.wiring import House
from ledger.store.embedded_place import COMMON, Account, account_for, programs, shared
from tests.houses import general_fund, give, register
from tests.storage.sites import LONGEST_S, Site, commands, digest

pytestmark = pytest.mark.soak

_, STRICT = commands("Received as it is written:")
RECEIVE = commands("Received as it is written:")[0]
BASE, FOLDER = commands("Copied once a day:")
OWN = commands("On a server of your own")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """Give a folder that the server's account reaches, and remove it."""
    account = account_for(tmp_path / "none", os.geteuid())
    made = tmp_path if account.reaches(tmp_path) else shared(COMMON) / f"drill-{os.getpid()}"
    made.mkdir(mode=0o755, exist_ok=True)
    made.chmod(0o755)
    yield made
    shutil.rmtree(made, ignore_errors=True)


def run(account: Account, folder: Path, program: str, *words: str) -> None:
    ran = account.run(
        programs(account) / program, *words, folder=folder,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout


def initialised(account: Account, place: Path) -> Path:
    """Make a cluster of one's own, which trusts whoever reaches its socket."""
    data = place / "first"
    data.mkdir(mode=0o700)
    os.chown(data, account.uid, account.gid)
    run(account, data, "initdb", "-D", str(data), "-U", "ledger", "-A", "trust", "--locale=C",
        "-E", "UTF8")  # fmt: skip
    return data


@contextmanager
def serving(account: Account, data: Path) -> Iterator[str]:
    """Run a server as an operator would; give the connection string."""
    socket = data.with_name(f"{data.name}-socket")  # beside the data: a backup takes all in them
    socket.mkdir(mode=0o711, exist_ok=True)
    os.chown(socket, account.uid, account.gid)
    with (data / "server.log").open("w") as log:
        ran = account.run(
            programs(account) / "pg_ctl", "-D", str(data), "-w", "-t", str(int(LONGEST_S)),
            "-o", f"-c listen_addresses= -c unix_socket_directories={socket}", "start",
            folder=data, stdout=log, stderr=log,
        )  # fmt: skip
    assert ran.returncode == 0, (data / "server.log").read_text()
    data.chmod(0o700)
    try:
        conninfo, end = make_conninfo(host=str(socket), user="ledger", dbname="postgres"), LONGEST_S
        while PGconn.ping(conninfo.encode()) != Ping.OK:  # it replays what was received
            assert (end := end - 0.1) > 0, (data / "server.log").read_text()
            time.sleep(0.1)
        yield conninfo
    finally:
        account.run(
            programs(account) / "pg_ctl", "-D", str(data), "-m", "immediate", "stop", folder=data,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def test_a_server_of_ones_own_is_restored_with_the_same_commands(
    place: Path, tmp_path: Path
) -> None:
    account = account_for(tmp_path / "none", os.geteuid())
    site = Site(tmp_path, tmp_path / "var")
    with serving(account, initialised(account, place)) as conninfo:
        site = replace(site, url=conninfo)
        house = House(Settings(site.data, conninfo), create=True)
        try:
            register(house)
            fund = general_fund(house)
            site.receive(RECEIVE)
            site.type(STRICT)
            give(house, fund, "1.00", "2.00")
            site.type(BASE)
            house.publish()
            site.type(FOLDER)
            told = give(house, fund, "3.00")
            size = house.recorder.size()
            seen = digest(house, size)
        finally:
            house.close()
    site.stop_receiving()
    shutil.move(site.data / "passphrase", site.folder / "passphrase")
    shutil.rmtree(site.data)

    for command in OWN:
        site.type(command, PGDATA=str(place / "again"))
    subprocess.run(["chown", "-R", f"{account.uid}:{account.gid}", place / "again"], check=True)
    with serving(account, place / "again") as conninfo:
        site = replace(site, url=conninfo)
        house = House(Settings(site.data, conninfo))
        try:
            assert set(told) <= set(house.recorder.streams_with("gift-received.v1"))
            assert house.recorder.size() == size
            assert digest(house, size) == seen
        finally:
            house.close()
        assert site.audited()["findings"] == []
        with psycopg.connect(conninfo) as connection:
            row = connection.execute("SHOW synchronous_standby_names").fetchone()
            assert row == ("",), "nobody receives from the restored server yet: it must not wait"
