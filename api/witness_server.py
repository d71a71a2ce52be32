"""A witness over HTTP (C2SP tlog-witness): one POST, and a GET for whoever compares."""

from __future__ import annotations

import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from typing import Any

from ledger.errors import LedgerError, Untrusted
from ledger.proof.add_checkpoint import SIZE_TYPE, RequestMalformed
from ledger.proof.notes import NOTE_MAX
from ledger.store.witness import (
    GrowthUnproved,
    LogNotWitnessed,
    NotByTheLog,
    SizeDiffers,
    SplitView,
    Witness,
)

AT_ONCE = 32
"""So many connections are served at once; more are closed at once, and may come again."""

SILENCE_S = 10
"""How long a client may say nothing."""

NEWEST = re.compile(r"/([0-9a-f]{64})/checkpoint")
TEXT = "text/plain; charset=utf-8"
STATUSES: dict[type[LedgerError], int] = {
    RequestMalformed: 400,
    NotByTheLog: 403,
    LogNotWitnessed: 404,
    SizeDiffers: 409,
    SplitView: 422,
    GrowthUnproved: 422,
    Untrusted: 400,
}
"""The status code for each refusal; the first that fits."""


class WitnessServer(ThreadingHTTPServer):
    """Serves one witness, on so many threads at most."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], witness: Witness) -> None:
        self.witness = witness
        self._room = threading.BoundedSemaphore(AT_ONCE)
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Serve a connection, if there is room for one more."""
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection in its own thread."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Say nothing of a client that went away."""


class Handler(BaseHTTPRequestHandler):
    """Reads one request after another from a connection."""

    protocol_version = "HTTP/1.1"
    timeout = SILENCE_S
    server: WitnessServer

    def do_POST(self) -> None:
        """Cosign a checkpoint."""
        length = self.headers.get("Content-Length", "")
        if self.path != "/add-checkpoint":
            self._refuse(404, "post to /add-checkpoint")
        elif not re.fullmatch(r"[0-9]{1,9}", length):
            self._refuse(411, "say how long the request is")
        elif int(length) > NOTE_MAX:
            self._refuse(413, f"a request has at most {NOTE_MAX} bytes")
        else:
            self._cosign(self.rfile.read(int(length)))

    def do_GET(self) -> None:
        """Show the newest checkpoint that was cosigned of a log."""
        named = NEWEST.fullmatch(self.path)
        try:
            note = self.server.witness.newest(named[1] if named else "")
        except LogNotWitnessed as error:
            self._answer(404, f"{error}\n")
        else:
            self._answer(200, note)

    def _cosign(self, body: bytes) -> None:
        try:
            self._answer(200, self.server.witness.add_checkpoint(body))
        except SizeDiffers as error:
            self._answer(409, f"{error.size}\n", SIZE_TYPE)
        except LedgerError as error:
            codes = [code for kind, code in STATUSES.items() if isinstance(error, kind)]
            self._answer(codes[0] if codes else 500, f"{error}\n")

    def _refuse(self, status: int, why: str) -> None:
        """Answer without having read the request; the connection ends with it."""
        self.close_connection = True
        self._answer(status, f"{why}\n")

    def _answer(self, status: int, text: str, kind: str = TEXT) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Cache-Control", "no-store")
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(data)

    def version_string(self) -> str:
        """Tell nobody what this runs on."""
        return "witness"

    def log_message(self, *_: object) -> None:
        """Keep no list of who asked."""
