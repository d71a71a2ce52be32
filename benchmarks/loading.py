"""Asks a web server for paths as fast as it answers, in a process of its own, with little effort.

An ordinary client spends more time on an answer than the server does; on a machine of few
processors it would measure itself.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from itertools import cycle
from types import TracebackType
from typing import Self

END = b"\r\n\r\n"
LENGTH = b"content-length:"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to ask: a port of this machine, paths in turn, how many at once, for how long."""

    port: int
    paths: list[str]
    connections: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Told:
    """How many answers came, how many a second, and how long the slowest took."""

    answers: int
    per_second: float
    slowest_ms: float


class Loader:
    """The process that asks; what it is to ask comes in a line, what came of it goes out in one."""

    def __enter__(self) -> Self:
        """Start the process."""
        self._process = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        """End it."""
        self._process.communicate(timeout=20)

    def ask(self, asked: Asked) -> Told:
        """Let it ask; return what came."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(asdict(asked)) + "\n")
        self._process.stdin.flush()
        return Told(**json.loads(self._process.stdout.readline()))


class Asking(asyncio.Protocol):
    """One connection: asks, reads the answer, asks again."""

    def __init__(self, requests: Iterator[bytes], until: float) -> None:
        self._requests, self._until = requests, until
        self.answers, self.slowest = 0, 0.0
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._read, self._begun = b"", 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the first time."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def _ask(self) -> None:
        self._begun = time.perf_counter()
        self._transport.write(next(self._requests))

    def data_received(self, data: bytes) -> None:
        """Count an answer that is there as a whole; only 200 is one."""
        self._read += data
        head, found, body = self._read.partition(END)
        if not found or len(body) < _length(head):
            return
        assert b" 200 " in head[:15], head
        now = time.perf_counter()
        self.answers, self.slowest = self.answers + 1, max(self.slowest, now - self._begun)
        self._read = b""
        if now < self._until:
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 the protocol's own
        """Say that it is over."""
        if not self.over.done():
            self.over.set_result(None)


def _length(head: bytes) -> int:
    at = head.lower().index(LENGTH) + len(LENGTH)
    return int(head[at : (head + b"\r\n").index(b"\r\n", at)])


async def ask(asked: Asked) -> Told:
    """Ask on several connections at once until the time is over."""
    head = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: */*\r\n\r\n"
    requests = cycle([head.format(path).encode() for path in asked.paths])
    began = time.perf_counter()
    until = began + asked.seconds
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Asking(requests, until), "127.0.0.1", asked.port)
        for _ in range(asked.connections)
    ]
    await asyncio.gather(*(one.over for _, one in made))
    answers = sum(one.answers for _, one in made)
    took = time.perf_counter() - began
    return Told(answers, answers / took, 1000 * max(one.slowest for _, one in made))


def main() -> None:
    """Be the process that asks, until nothing more comes in."""
    for line in sys.stdin:
        told = asyncio.run(ask(Asked(**json.loads(line))))
        sys.stdout.write(json.dumps(asdict(told)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
