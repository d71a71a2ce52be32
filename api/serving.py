"""Work that goes on until it is told to stop: the web server and the integrator."""

from __future__ import annotations

import signal
import socket
import sys
import threading
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import psycopg
from eventsourcing.persistence import PersistenceError

from api.answers import Answer
from api.commands.founding import home_of
from api.settings import Settings
from api.states_words import states_line
from api.wiring import House
from ledger.errors import LedgerError, Unreadable
from ledger.store.database import first_line
from projections.garbage import settle

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM)
GRACE_S = 5
"""How long answers on their way may take when the server is told to stop."""


class CannotListen(Unreadable):
    """The address to serve on is taken, or not ours."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(
            f"can't serve on {host} port {port} ({why.lower()}); stop what is there, or set "
            "LEDGER_PORT or LEDGER_HOST to another"
        )


def serve(_args: Namespace) -> Answer:
    """Serve the portal until Ctrl-C."""
    import uvicorn  # noqa: PLC0415 no other command waits for the web server to load

    from api.app import create_app  # noqa: PLC0415 as above

    settings = Settings.read()
    with home_of(Namespace()) as home, _listening(settings.host, settings.port) as listener:
        address = _address(settings.host, listener.getsockname()[1])
        app = create_app(home)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=GRACE_S,
        )
        server = uvicorn.Server(config)
        settle()
        _announce(address)
        stopping = on_stop(lambda: setattr(server, "should_exit", True))
        with stopping, app.state.worker, app.state.hooks:
            server.run(sockets=[listener])
    return Answer({"address": address, "stopped": True}, lines=["门户已停止 (portal stopped)"])


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        why = (error.strerror or str(error)).partition(" (while")[0]
        raise CannotListen(host, port, why) from None
    with listener:
        yield listener


def _address(host: str, port: int) -> str:
    """Return the address that a browser on this machine opens."""
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host)  # noqa: S104 compared, not bound
    return f"http://{shown or (f'[{host}]' if ':' in host else host)}:{port}"


def _announce(address: str) -> None:
    for line in (
        f"门户 portal      {address}/",
        f"接口 JSON        {address}/api/v1/funds",
        f"检查点 checkpoint {address}/log/checkpoint",
        "按 Ctrl-C 停止 (Ctrl-C stops it)",
    ):
        sys.stderr.write(line + "\n")
    sys.stderr.flush()


@contextmanager
def on_stop(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` instead of dying when told to end, until the block is left."""
    before = {number: signal.signal(number, lambda *_: stop()) for number in STOP_SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def integrate(args: Namespace) -> Answer:
    """Publish what is new and bring the views up to it; with --every, again and again.

    Going on, a round that fails is told in one line and tried again: the database may be
    restarting, a witness or the bucket out of reach.
    """
    told = threading.Event()
    every: int | None = getattr(args, "every", None)
    with home_of(args) as home, on_stop(told.set):
        if getattr(args, "write_again", False):
            home.integrator.write_again()
        if every is None:
            home.publish()
        while every is not None and not told.is_set():
            _round(home, every)
            told.wait(every)
        found = home.states()
    return Answer({"size": found.published, **asdict(found)}, lines=[states_line(found)])


def _round(home: House, every: int) -> None:
    try:
        home.publish()
    except (LedgerError, psycopg.Error, PersistenceError, OSError) as error:
        sys.stderr.write(f"integrate: {first_line(error)}; tried again in {every} s\n")
        sys.stderr.flush()
