"""The embedded PostgreSQL server: found running, or started, or started again after a crash.

Whether the server lives is never read from a process id, which a reboot gives to another program
and a zombie keeps. A connection tells that it answers; a lock that its processes inherit, and the
kernel drops with the last of them, tells that it is gone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg.pq import PGconn, Ping

from ledger.errors import Unreadable
from ledger.store.embedded_cluster import (
    SOCKET,
    Cluster,
    check_major,
    in_words,
    initialise,
    make_socket_folder,
)
from ledger.store.embedded_place import (
    FolderUnusable,
    account_for,
    hold,
    locked,
    place,
    programs,
)

SETTINGS = (
    "listen_addresses=",  # the socket only
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "shared_buffers=128MB",
    "max_connections=60",
    "max_wal_size=512MB",
    "timezone=UTC",
    "log_timezone=UTC",
    "lc_messages=C",
    "log_checkpoints=off",
    "log_error_verbosity=terse",  # details quote rows, and a row of the vault names a person
    "log_min_error_statement=panic",  # so do statements
)

PAUSE_S = 0.32
"""At most, between two looks at a server that is starting or ending."""

LAST_WORDS = 65_536
"""Bytes at the log's end in which a server that died has told why."""


class ServerDied(Unreadable):
    """The server ended while it was starting."""

    def __init__(self, log: Path, why: str) -> None:
        super().__init__(f"the embedded database ended while starting: {why}; its log is {log}")


class ServerSilent(Unreadable):
    """Processes of the server live and do not answer."""

    def __init__(self, cluster: Cluster, silence_s: float) -> None:
        super().__init__(
            f"processes of the embedded database hold {cluster.data} but did not answer for"
            f" {silence_s:g} s: wait and try again, or end them; its log is {cluster.log}"
        )


class ServerRefuses(Unreadable):
    """The server runs and does not let us in."""

    def __init__(self, cluster: Cluster, why: str) -> None:
        super().__init__(
            f"the embedded database runs and refuses us: {why};"
            f" its password must be in {cluster.passfile}, readable by its owner alone"
        )


def ensure(home: Path, silence_s: float = 60.0, extra: Sequence[str] = ()) -> str:
    """Return the libpq connection string of the data folder's server, starting it if it is down.

    `home` is made if it is missing. A server in recovery is waited for as long as it lives; one
    whose processes live but don't answer, for `silence_s` seconds. Any number of processes and
    threads may ask at once. Raise `Unreadable` when there is no server to be had, and why.
    A server that is started takes `extra` settings (`name=value`) over ours.
    """
    with _usable(home):
        home = home.resolve()
        home.mkdir(parents=True, exist_ok=True)
        with locked(home / "postgres.lock"):
            cluster = _cluster(home)
            if not _answers(cluster, silence_s):
                _start(cluster, silence_s, extra)
            _enter(cluster)
            return cluster.conninfo


def stop(home: Path, silence_s: float = 60.0) -> bool:
    """End the data folder's server cleanly and wait for its end; tell whether one was running.

    Open transactions are rolled back, committed ones are checkpointed (fast shutdown). Raise
    `ServerSilent` for a server that does not answer: it is not killed.
    """
    with _usable(home):
        home = home.resolve()
        if not (home / "postgres").exists():
            return False
        with locked(home / "postgres.lock"):
            cluster = _cluster(home)
            if not _answers(cluster, silence_s, enough=(Ping.OK, Ping.REJECT)):
                return False
            _end(cluster)
            with locked(cluster.lock):
                return True


@contextmanager
def _usable(home: Path) -> Iterator[None]:
    """Turn what the system refuses into an error that names the folder."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        raise FolderUnusable(error.filename or home, why[:1].lower() + why[1:]) from error


def _cluster(home: Path) -> Cluster:
    """Return the cluster of a data folder, placed if it is new."""
    account = account_for(home / "postgres" / "data", os.geteuid())
    return Cluster(place(home, account), account)


def _answers(cluster: Cluster, silence_s: float, enough: tuple[Ping, ...] = (Ping.OK,)) -> bool:
    """Wait until the server answers with one of `enough`; return False once all of it is gone.

    A server that starts, recovers or shuts down answers `REJECT` (SQLSTATE 57P03).
    """
    asked = f"{cluster.conninfo} connect_timeout=2".encode()
    heard_at, pause_s = time.monotonic(), 0.01
    while (answer := PGconn.ping(asked)) not in enough:
        if not _lives(cluster):
            return False
        heard_at = time.monotonic() if answer == Ping.REJECT else heard_at
        if time.monotonic() - heard_at > silence_s:
            raise ServerSilent(cluster, silence_s)
        time.sleep(pause_s)
        pause_s = min(2 * pause_s, PAUSE_S)
    return True


def _end(cluster: Cluster) -> None:
    """Ask for a fast shutdown, with no more rights than the server has; it may be ending already.

    The process id is believed here only: the server has just answered, and it keeps the note.
    """
    ask = f'kill -{signal.SIGINT:d} "$(head -n 1 postmaster.pid)"'
    cluster.account.run("/bin/sh", "-c", ask, folder=cluster.data, stderr=subprocess.DEVNULL)


def _lives(cluster: Cluster) -> bool:
    """Tell whether any process of the server is left, a backend without its postmaster included."""
    try:
        os.close(hold(cluster.lock))
    except BlockingIOError:
        return True
    return False


def _start(cluster: Cluster, silence_s: float, extra: Sequence[str]) -> None:
    """Start the server of a cluster, made if it is new, and wait until it answers."""
    found = programs(cluster.account)
    log = os.open(cluster.log, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        before = os.fstat(log).st_size
        _launch(cluster, found, log, extra)
        if not _answers(cluster, silence_s):
            raise ServerDied(cluster.log, in_words(_said(log, before), cluster.folder))
    finally:
        os.close(log)


def _said(log: int, before: int) -> str:
    """Return the end of what the log has gained since it was `before` bytes long."""
    begin = max(before, os.fstat(log).st_size - LAST_WORDS)
    return os.pread(log, LAST_WORDS, begin).decode(errors="replace")


def _launch(cluster: Cluster, found: Path, log: int, extra: Sequence[str]) -> None:
    """Run the programs in `found` under the server's lock, which they keep if we are killed."""
    lock = hold(cluster.lock)
    try:
        if not cluster.data.exists():
            initialise(cluster, found, lock)
        check_major(cluster)
        make_socket_folder(cluster)
        _detach(cluster, found / "postgres", (log, lock), extra)
    finally:
        os.close(lock)


def _detach(
    cluster: Cluster, postgres: Path, handles: tuple[int, int], extra: Sequence[str]
) -> None:
    """Start the server in a session of its own, without us as its parent.

    The shell ends at once, so that init inherits the server and no zombie of it is ever ours.
    """
    log, lock = handles
    settings = (*SETTINGS, *extra, f"unix_socket_directories={cluster.socket}")
    arguments = [part for setting in settings for part in ("-c", setting)]
    cluster.account.run(
        *("/bin/sh", "-c", '"$0" "$@" &', str(postgres), "-D", str(cluster.data), *arguments),
        folder=cluster.data,
        env=_forget(cluster),
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
        pass_fds=(lock,),
        start_new_session=True,
    )


def _forget(cluster: Cluster) -> dict[str, str]:
    """Keep the notes of a dead server from stopping the next; return its variables for that.

    A note whose process id now belongs to another program, or to a zombie, would do so. The server
    passes over the id of its grandparent and still checks that no one else has its memory attached.
    """
    (cluster.socket / f"{SOCKET}.lock").unlink(missing_ok=True)
    note = cluster.pid.read_text().split() if cluster.pid.exists() else []
    if not note:  # none, or one that a power failure left empty
        cluster.pid.unlink(missing_ok=True)
        return {}
    return {"PG_GRANDPARENT_PID": note[0]}


def _enter(cluster: Cluster) -> None:
    """Open one real connection; raise `ServerRefuses` with the server's own words."""
    try:
        psycopg.connect(cluster.conninfo).close()
    except psycopg.OperationalError as error:
        raise ServerRefuses(cluster, " ".join(str(error).split())) from error
