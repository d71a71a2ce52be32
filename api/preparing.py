"""What a command leaves when the key it acts for is elsewhere: a file to sign, and a request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from api.prepared import Prepared
from ledger.engine import Unsigned
from ledger.store.durable import write_atomically
from ledger.store.requests import Requests
from ledger.store.signing_requests import SigningRequest


class Preparing:
    """Keeps what waits for a signature, and writes the file that goes to the key."""

    def __init__(self, requests: Requests, origin: str, path: Path | None) -> None:
        self._requests = requests
        self._origin = origin
        self._path = path

    def keep(self, entries: Sequence[Unsigned], beside: Mapping[str, object]) -> NoReturn:
        """Keep a request and write its file; end the command with `Prepared`."""
        assert self._path is not None, "without a file nothing is prepared"
        request = SigningRequest.of(self._requests.keep(entries, beside), self._origin)
        write_atomically(self._path, request.encode())
        raise Prepared(request, self._path)
