"""Programs that record gifts over HTTP, each under a key, and send again what had no answer."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import count, cycle, pairwise
from threading import Event, Thread
from time import monotonic
from typing import Any

SILENCE_S = 8.0
"""So long a client waits for an answer before it asks the other server."""

PAUSE_S = 0.2
"""Between two attempts at one request."""


@dataclass(slots=True)
class Acknowledged:
    """A gift that a client was told of: its key, its stream, how it came, and when."""

    key: str
    stream: str
    again: bool
    at_s: float


@dataclass(slots=True)
class Clients:
    """Threads that give to one fund through these servers until they are told to stop."""

    servers: list[str]
    token: str
    fund: str
    acknowledged: list[Acknowledged] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    statuses: dict[str, int] = field(default_factory=dict)
    _stop: Event = field(default_factory=Event)
    _threads: list[Thread] = field(default_factory=list)

    def start(self, number: int) -> None:
        """Let so many clients begin."""
        for one in range(number):
            thread = Thread(target=self._give, args=(one,))
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        """Let each finish what it is at, and end."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, more: int, longest_s: float) -> float:
        """Wait until so many more are acknowledged; return how long that took, in seconds."""
        begun, wanted = monotonic(), len(self.acknowledged) + more
        while len(self.acknowledged) < wanted:
            assert monotonic() - begun < longest_s, f"no gift for {longest_s:g} s: {self.statuses}"
            self._stop.wait(0.05)
        return monotonic() - begun

    def outage_s(self, since_s: float) -> float:
        """Return the longest time without any acknowledgement that ended after then."""
        times = sorted(one.at_s for one in list(self.acknowledged))
        pauses = (later - sooner for sooner, later in pairwise(times) if later > since_s)
        return max(pauses, default=0.0)

    def _give(self, client: int) -> None:
        turn = cycle(self.servers[client % 2 :] + self.servers[: client % 2])
        for number in count():
            if self._stop.is_set():
                return
            self._one(f"client-{client}-gift-{number}", turn)

    def _one(self, key: str, turn: cycle[str]) -> None:
        """Send one request until it is answered, by whichever server answers."""
        while True:
            try:
                told, again = self._ask(next(turn), key)
            except urllib.error.HTTPError as error:
                with error:
                    self._count(f"HTTP {error.code}")
                    if error.code not in (500, 503):
                        self.unclear.append(f"{key}: {error.code} {error.read()!r}")
                        return
            except (OSError, HTTPException) as error:
                self._count(type(error).__name__)
            else:
                (event,) = told["recorded"]
                seen = Acknowledged(key, event["stream"], again, monotonic())
                self.acknowledged.append(seen)
                return
            if self._stop.wait(PAUSE_S):
                return

    def _count(self, what: str) -> None:
        self.statuses[what] = self.statuses.get(what, 0) + 1

    def _ask(self, server: str, key: str) -> tuple[dict[str, Any], bool]:
        body = {"fund": self.fund, "amount": "1.00", "donor": "王某某", "note": key}
        asked = urllib.request.Request(  # noqa: S310 our own server on this machine
            f"{server}/api/v1/gifts/receive",
            json.dumps(body).encode(),
            {
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.token}",
                "Idempotency-Key": key,
            },
        )
        with urllib.request.urlopen(asked, timeout=SILENCE_S) as answer:  # noqa: S310 as above
            replayed = answer.headers.get("Idempotency-Replayed") == "true"
            return json.load(answer), replayed
