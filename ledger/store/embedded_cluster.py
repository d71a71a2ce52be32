"""The folder of one embedded cluster: its files, and its making, wholly or not at all."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from psycopg.conninfo import make_conninfo

from ledger.errors import Unreadable
from ledger.store.embedded_place import Account, FolderUnusable, sync, version

NAME = "ledger"
"""The role that owns the database, and the database."""

PORT = 5432
SOCKET = f".s.PGSQL.{PORT}"

SOCKET_PATH_MAX = 103
"""Bytes in a socket's path: 107 on Linux, 103 on macOS (unix(7), unix(4))."""

GRAVE = re.compile(r"(FATAL|PANIC|ERROR|error):\s+(?!\s|the database system is)")
"""What ends a program, unlike the refusal of a connection while the server starts."""

DISK_FULL = re.compile("No space left|Check free disk space")

TEMPORARY = Path("/tmp")  # noqa: S108 whatever TMPDIR says, all processes must look in one place


class MajorVersionDiffers(Unreadable):
    """The cluster was made by another major version of PostgreSQL."""

    def __init__(self, data: Path, found: str, ours: str) -> None:
        super().__init__(
            f"{data} was made by PostgreSQL {found or 'of unknown version'} and this is {ours}:"
            f" move it here with pg_upgrade, or run {found or 'its server'} yourself and name it"
            " in LEDGER_DATABASE_URL"
        )


class InitialisationFailed(Unreadable):
    """A new cluster could not be made; nothing of it was kept."""

    def __init__(self, folder: Path, why: str) -> None:
        super().__init__(f"no database could be made in {folder}: {why}; nothing of it was kept")


@dataclass(frozen=True)
class Cluster:
    """One PostgreSQL cluster: the folder of its files and the account that runs its server."""

    folder: Path
    account: Account

    @property
    def data(self) -> Path:
        """The cluster's own files; it exists once they are complete."""
        return self.folder / "data"

    @property
    def passfile(self) -> Path:
        """The password of the one role."""
        return self.folder / "password"

    @property
    def log(self) -> Path:
        """What the server said."""
        return self.folder / "server.log"

    @property
    def lock(self) -> Path:
        """The file that every process of the server holds locked as long as it lives."""
        return self.folder / "server.lock"

    @property
    def pid(self) -> Path:
        """The server's own note of its process; it outlives a kill and is believed by nobody."""
        return self.data / "postmaster.pid"

    @property
    def socket(self) -> Path:
        """The folder of the server's socket: in the cluster, unless libpq can't name that."""
        near = self.folder / "socket"
        if len(os.fsencode(near / SOCKET)) <= SOCKET_PATH_MAX and "," not in str(near):
            return near
        return TEMPORARY / f"donation-ledger-{sha256(os.fsencode(self.data)).hexdigest()[:16]}"

    @property
    def conninfo(self) -> str:
        """The libpq connection string; the empty fields keep a shell's PG* variables out."""
        return make_conninfo(
            host=str(self.socket),
            hostaddr="",
            port=PORT,
            user=NAME,
            dbname=NAME,
            password="",
            passfile=str(self.passfile),
        )


def check_major(cluster: Cluster) -> None:
    """Raise `MajorVersionDiffers` unless our programs can run the cluster."""
    note = cluster.data / "PG_VERSION"
    found = note.read_text().strip() if note.exists() else ""
    ours = version().partition(".")[0]
    if found != ours:
        raise MajorVersionDiffers(cluster.data, found, ours)


def initialise(cluster: Cluster, programs: Path, lock: int) -> None:
    """Make the cluster with its role and database; it appears under its name once it is durable.

    The programs inherit `lock`, so that they are not taken for dead if we are killed. What an
    earlier, interrupted call left is removed first. Raise `InitialisationFailed` with the
    program's own words.
    """
    fresh = cluster.folder / "data.new"
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        os.chown(fresh, cluster.account.uid, cluster.account.gid)
        _write_password(cluster)
        _make(cluster, programs, fresh, lock)
        fresh.rename(cluster.data)
        sync(cluster.folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def make_socket_folder(cluster: Cluster) -> None:
    """Make the private folder of the socket; raise `FolderUnusable` if it is somebody else's."""
    folder = cluster.socket
    folder.mkdir(mode=0o700, exist_ok=True)
    mine = folder.lstat().st_uid == os.geteuid()
    os.chown(folder, cluster.account.uid if mine else -1, -1, follow_symlinks=False)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != cluster.account.uid or found.st_mode & 0o077:
        raise FolderUnusable(folder, "others may write to it")


def in_words(said: str, folder: Path) -> str:
    """Return the first reason, or else the last line, of a failed program; name a full disk."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
    reasons = [line[found.start() :] for line in lines if (found := GRAVE.search(line))]
    full = DISK_FULL.search(said) or shutil.disk_usage(folder).free == 0
    return f"{'the disk is full: ' if full else ''}{(reasons or lines[-1:])[0]}"


def _write_password(cluster: Cluster) -> None:
    """Write a new password, durably: without it a cluster that survived would be locked.

    initdb reads the first line, libpq the line with the colons (PostgreSQL 18, 32.16).
    """
    password = secrets.token_hex(32)
    cluster.passfile.unlink(missing_ok=True)
    handle = os.open(cluster.passfile, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        os.fchown(handle, cluster.account.uid, cluster.account.gid)
        file.write(f"{password}\n*:*:*:{NAME}:{password}\n")
        file.flush()
        os.fsync(handle)
    sync(cluster.folder)


def _make(cluster: Cluster, programs: Path, fresh: Path, lock: int) -> None:
    """Fill `fresh` with a cluster that has our role and our database."""
    initdb = (
        *(programs / "initdb", "-D", fresh, "-U", NAME, "--pwfile", cluster.passfile),
        *("-A", "scram-sha-256", "-E", "UTF8", "--locale=C", "--data-checksums"),
    )
    single = ("--single", "-D", fresh, "-c", "exit_on_error=on", "postgres")
    for command, typed in (
        (initdb, ""),
        ((programs / "postgres", *single), f"CREATE DATABASE {NAME}\n"),
    ):
        ran = cluster.account.run(
            *command,
            folder=fresh,
            input=typed,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(lock,),
        )
        if ran.returncode != 0:
            raise InitialisationFailed(cluster.folder, in_words(ran.stdout, cluster.folder))
