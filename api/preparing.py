"""What a command leaves when the key it acts for is elsewhere: a file to sign, and a request."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from api.answers import Answer, facts
from ledger.engine import Unsigned
from ledger.store.durable import write_atomically
from ledger.store.requests import Requests
from ledger.store.signing_requests import SigningRequest

TITLE = "待签署，尚未入账 (to be signed; nothing is recorded yet)"
AGAIN = (
    "若该命令还要记录别的，提交之后再运行一次 "
    "(if the command records more than this, run it again once submitted)"
)


class Prepared(Exception):
    """A command ended with a request in place of a record; it is no error."""

    def __init__(self, request: SigningRequest, path: Path) -> None:
        super().__init__(f"request {request.id} was prepared in {path}")
        self.request = request
        self.path = path


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


def answered(args: Namespace) -> Answer:
    """Run a command; answer with the request if that is how it ended."""
    try:
        answer: Answer = args.run(args)
    except Prepared as prepared:
        return _told(prepared)
    return answer


def _told(prepared: Prepared) -> Answer:
    request = prepared.request
    data: dict[str, object] = {
        "prepared": str(prepared.path),
        "request": request.id,
        "entries": len(request.items),
        "expires": request.expires.isoformat(),
    }
    keys = {item.kid for item in request.items}
    shown = facts(TITLE, {**data, "keys": ", ".join(sorted(keys))})
    return Answer({**data, "keys": sorted(keys)}, [shown], lines=[AGAIN])
