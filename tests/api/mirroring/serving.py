"""A server of a published log on this machine, honest unless it is told to play a trick."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from api.mirroring.fetching import Patience
from tests.attacks.forging import LOG, TRUST, Log

Trick = Callable[["Handler"], None]

HASTY = Patience(silence_s=0.3, tries=3, pause=lambda _: None)
"""Waits for nobody, so that no test does."""


class Handler(BaseHTTPRequestHandler):
    """Answers from the files of its server."""

    server: LogServer

    def do_GET(self) -> None:
        path = self.path.removeprefix("/").partition("?")[0]
        with self.server.counting:
            self.server.asked[path] += 1
        trick = self.server.tricks.get(path) or self.server.tricks.get("*")
        if trick:
            trick(self)
        elif path in self.server.files:
            self.say(self.server.files[path])
        else:
            self.send_error(404)

    def say(
        self,
        data: bytes,
        code: int = 200,
        length: int | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """Answer with a body, whatever length it is said to have."""
        self.send_response(code)
        self.send_header("Content-Length", str(len(data) if length is None else length))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        return


class LogServer(ThreadingHTTPServer):
    """Files by path, what was asked for, and the tricks played instead, by path."""

    daemon_threads = True

    def __init__(self, files: dict[str, bytes]) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files = files
        self.tricks: dict[str, Trick] = {}
        self.asked: Counter[str] = Counter()
        self.counting = threading.Lock()
        self.end = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """Say nothing of readers who went away."""


@contextmanager
def serving(files: dict[str, bytes]) -> Iterator[LogServer]:
    """Serve files until the block is left."""
    server = LogServer(files)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server
    finally:
        server.end.set()
        server.shutdown()
        thread.join()
        server.server_close()


def log_of(size: int, word: str = "entry") -> Log:
    """A log of entries that say nothing but which they are."""
    return Log(entries=[b"%s %d" % (word.encode(), number) for number in range(size)])


def files_of(log: Log, key: Ed25519PrivateKey = LOG) -> dict[str, bytes]:
    """Publish a log with its key line."""
    return {**log.files(key), "vkey": f"{TRUST.log.line}\n".encode()}
