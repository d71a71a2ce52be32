"""A program that receives webhooks, on an address of this machine, and answers as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Received:
    """One request: where to, its headers in small letters, its body."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        """The id of the event."""
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        """The event."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def leaf(self) -> int:
        """The event's index in the log."""
        return int(self.said["leaf"])


@dataclass
class Receiver:
    """What came so far; `status` is answered, None breaks the line off; `meanwhile` comes first."""

    url: str = ""
    status: int | None = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    came: list[Received] = field(default_factory=list)
    lines: set[tuple[str, int]] = field(default_factory=set)
    meanwhile: Callable[[], object] = lambda: None
    some: threading.Event = field(default_factory=threading.Event)

    @property
    def leaves(self) -> list[int]:
        """The entries that came, doubles among them."""
        return [one.leaf for one in self.came]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        receiver: Receiver = vars(self.server)["receiver"]
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        receiver.came.append(Received(self.path, headers, body))
        receiver.lines.add(self.client_address)
        receiver.meanwhile()
        receiver.some.set()
        if receiver.status is None:
            self.close_connection = True
            return
        self.send_response(receiver.status)
        for name, value in receiver.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(receiver.body)))
        self.end_headers()
        self.wfile.write(receiver.body)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Receive on a free port for as long as a test needs it."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}/told?x=1")
    vars(server)["receiver"] = receiver
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
