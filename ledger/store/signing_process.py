"""A second process that signs, while this one writes down what is signed next.

A signature takes a quarter of what it takes to record a gift in bulk, and needs nothing but a key
and a message (docs/decisions/0057-a-process-that-signs.md).
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from multiprocessing.connection import Connection
from socket import SO_SNDBUF, SOL_SOCKET, socketpair
from subprocess import DEVNULL, Popen
from threading import Lock

from ledger.proof.jws import Ed25519Signer, Signer
from ledger.store import signing_work

AT_ONCE = 100
"""So many messages are sent together."""

OUT = 6
"""So many groups are out at the most: their signatures fit into the pipe if nobody reads them."""

ROOM_BYTES = 128 * 1024
"""What the pipe takes in unread, for each side: twice what the signatures that are out take."""


class SigningProcess:
    """Signs many messages with the help of one process more, which starts when there are many.

    Nobody waits for it to start, for another thread that uses it, or for one that is gone: what it
    doesn't sign is signed here. It ends with this process, or when it is closed.
    """

    def __init__(self) -> None:
        self._using = Lock()
        self._process: Popen[bytes] | None = None
        self._pipe: Connection | None = None
        self._ready = False

    def sign_all(self, signer: Signer, messages: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Yield each message, in order, with the signature that `signer` makes."""
        if not isinstance(signer, Ed25519Signer) or not self._using.acquire(blocking=False):
            yield from _here(signer, messages)
            return
        try:
            if self._process is None:
                self._start()
            yield from self._signed(signer, iter(messages))
        except BaseException:  # what is still out would be taken for an answer to the next
            self._end()
            raise
        finally:
            self._using.release()

    def close(self) -> None:
        """End the process, if there is one; whoever uses it yet sees that, and signs here.

        Nobody is waited for: it may be this thread, interrupted between two signatures.
        """
        if (process := self._process) is not None:
            process.kill()
            process.wait()
        if self._using.acquire(blocking=False):
            self._end()
            self._using.release()

    def _signed(
        self, signer: Ed25519Signer, messages: Iterator[bytes]
    ) -> Iterator[tuple[bytes, bytes]]:
        out: deque[list[bytes]] = deque()
        while group := list(islice(messages, AT_ONCE)):
            given = self._give(signer, group)
            if given:
                out.append(group)
            while len(out) > (OUT if given else 0):
                yield from self._taken(signer, out.popleft())
            if not given:
                yield from _here(signer, group)
        while out:
            yield from self._taken(signer, out.popleft())

    def _taken(self, signer: Ed25519Signer, group: list[bytes]) -> Iterator[tuple[bytes, bytes]]:
        """Return a group that was given out, signed there, or here if the process is gone."""
        signatures = self._received()
        if signatures is None:
            return _here(signer, group)
        return zip(group, signatures, strict=True)

    def _give(self, signer: Ed25519Signer, group: list[bytes]) -> bool:
        """Let the process sign a group; tell whether it will."""
        if self._pipe is None or not (self._ready or self._pipe.poll()):
            return False
        if not self._ready:
            self._ready = self._received() is not None
        if self._pipe is not None:
            with suppress(OSError):  # who is gone is seen to be gone when waited for
                self._pipe.send((signer.seed, group))
        return self._ready

    def _received(self) -> list[bytes] | None:
        """Wait for what the process says next; None if it is gone."""
        if self._pipe is None:
            return None
        try:
            said: list[bytes] = self._pipe.recv()
        except (EOFError, OSError):
            self._end()
            return None
        return said

    def _start(self) -> None:
        """Start it as a program of its own: one that is forked or spawned would run ours again."""
        ours, theirs = socketpair()
        for each in (ours, theirs):
            each.setsockopt(SOL_SOCKET, SO_SNDBUF, ROOM_BYTES)
        self._pipe = Connection(ours.detach())
        try:
            self._process = Popen(  # noqa: S603 this interpreter, and a file of ours
                [sys.executable, "-P", signing_work.__file__, str(theirs.fileno())],
                stdin=DEVNULL, stdout=DEVNULL, pass_fds=[theirs.fileno()], start_new_session=True,
            )  # fmt: skip
        except OSError:  # perhaps there may be no more processes
            self._end()
        finally:
            theirs.close()

    def _end(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._process, self._pipe, self._ready = None, None, False


def _here(signer: Signer, messages: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    return ((message, signer.sign(message)) for message in messages)
