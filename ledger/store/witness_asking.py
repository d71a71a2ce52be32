"""One question to one witness, over HTTP: what it answers, and what the answer is worth."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TypeAlias
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, Request

from ledger.errors import Unreadable, Untrusted
from ledger.proof.add_checkpoint import SIZE_TYPE, AddCheckpoint
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignatures import CosignerKey, cosigned
from ledger.proof.encoding import b64, parse_count
from ledger.proof.policy import Witness

ANSWER_MAX = 2**16
"""The longest answer that is read, in bytes; a cosignature of the larger kind has about 3,300."""

TIMEOUT_S = 5.0
"""How long a witness may be silent before it is given up."""

AHEAD_S, BEHIND_S = 300, 86_400
"""How far the time in a cosignature may lie before and behind our clock."""

OK, CONFLICT, UNPROCESSABLE = 200, 409, 422

Consistency: TypeAlias = Callable[[int, int], list[bytes]]
"""(old, new) -> the proof that our tree of size `new` extends that of size `old`."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What came back: HTTP status, content type, body."""

    status: int
    kind: str
    body: bytes

    def __str__(self) -> str:
        """Say it in one short line without control characters: it comes from outside."""
        shown = self.body[:200].decode("utf-8", errors="replace")
        return f"it answered {self.status}: {shown.strip()!a}"


Post: TypeAlias = Callable[[str, bytes], Answered]
"""(URL, body) -> what was answered; raises WitnessSilent when nothing was."""


class WitnessSilent(Unreadable):
    """A witness could not be reached, or gave no whole answer in time."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"no answer from {url} ({why})")


class WitnessUnusable(Untrusted):
    """A witness answered, but gave no cosignature that is good."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"no cosignature from {url} ({why})")


class WitnessSawMore(Untrusted):
    """A witness has cosigned a larger tree of this log than the one we hold."""

    def __init__(self, name: str, theirs: int, ours: Checkpoint, answer: Answered) -> None:
        super().__init__(
            f"the witness {name!r} has seen {theirs} entries of this log, we hold {ours.size}: "
            "entries were lost, as after a restore from a backup, or somebody else signs with the "
            f"log's key; publish nothing until it is explained ({answer})"
        )
        self.name, self.theirs, self.ours, self.answer = name, theirs, ours, answer


class WitnessSawOther(Untrusted):
    """A witness has cosigned another tree of this log than the one we hold."""

    def __init__(self, name: str, size: int, ours: Checkpoint, answer: Answered) -> None:
        super().__init__(
            f"the witness {name!r} has seen another tree of {size} entries than ours (we hold "
            f"{ours.size}, root {b64(ours.root)}): history was changed, or somebody else signs "
            f"with the log's key; publish nothing until it is explained ({answer})"
        )
        self.name, self.size, self.ours, self.answer = name, size, ours, answer


class Question:
    """A checkpoint to be cosigned, and the proofs that it extends what a witness has seen."""

    def __init__(self, note: str, seen: Checkpoint, consistency: Consistency) -> None:
        self.seen = seen
        by_log = [line for line in note.splitlines() if line.startswith(f"\u2014 {seen.origin} ")]
        self._note = f"{seen.text}\n" + "".join(f"{line}\n" for line in by_log)
        self._consistency = consistency
        self._one_by_one = threading.Lock()

    def body(self, old: int) -> bytes:
        """Return the request to a witness that has seen `old` entries."""
        with self._one_by_one:
            path = self._consistency(old, self.seen.size) if 0 < old < self.seen.size else []
        return AddCheckpoint(old, tuple(path), self._note).encode()


@dataclass(frozen=True, slots=True)
class Asking:
    """The witnesses at one address: there may be several keys, as of two algorithms."""

    url: str
    witnesses: tuple[Witness, ...]
    post: Post
    clock: Callable[[], float]

    def ask(self, question: Question, old: int) -> dict[str, str]:
        """Return the good cosignature lines by the names that the policy gives the witnesses.

        1. Ask from the size it is thought to have seen; once more from the one it names.
        2. A larger size than ours is an alarm.
        3. So is a tree that ours does not extend: the proof is made from our own tree.
        4. Of the lines it answers, those count that hold, by its keys, at about this time.
        """
        answer = self._send(question, old)
        if _tells_size(answer) and (theirs := self._size(answer)) != old:  # 1
            if theirs > question.seen.size:  # 2
                raise WitnessSawMore(self.witnesses[0].name, theirs, question.seen, answer)
            answer, old = self._send(question, theirs), theirs
        if self._refuses_tree(answer, old, question.seen.size):  # 3
            raise WitnessSawOther(self.witnesses[0].name, old, question.seen, answer)
        if answer.status != OK:
            raise WitnessUnusable(self.url, str(answer))
        return self._good(answer, question.seen)  # 4

    def _send(self, question: Question, old: int) -> Answered:
        return self.post(f"{self.url.rstrip('/')}/add-checkpoint", question.body(old))

    def _refuses_tree(self, answer: Answered, old: int, size: int) -> bool:
        """Tell whether it says that our tree does not extend its own, of `old` entries.

        Of two trees of one size, specification 1.0 says 409 and later ones say 422.
        """
        if answer.status == CONFLICT and old == size:
            return not _tells_size(answer) or self._size(answer) == old
        return answer.status == UNPROCESSABLE and old > 0

    def _size(self, answer: Answered) -> int:
        line = answer.body.decode("utf-8", errors="replace")
        try:
            return parse_count(line.removesuffix("\n"))
        except Untrusted:
            raise WitnessUnusable(self.url, str(answer)) from None

    def _good(self, answer: Answered, seen: Checkpoint) -> dict[str, str]:
        lines = answer.body.decode("utf-8", errors="replace").split("\n")
        found = {}
        for each in self.witnesses:
            for line in lines:
                if self._holds(seen, line, each.key):
                    found[each.name] = f"{line}\n"
        if not found:
            raise WitnessUnusable(self.url, str(answer))
        return found

    def _holds(self, seen: Checkpoint, line: str, key: CosignerKey) -> bool:
        try:
            at = cosigned(f"{seen.text}\n{line}\n", (key,)).get(key)
        except Untrusted:
            return False
        return at is not None and -BEHIND_S <= at - self.clock() <= AHEAD_S


def _tells_size(answer: Answered) -> bool:
    return answer.status == CONFLICT and answer.kind == SIZE_TYPE


class HttpPost:
    """Posts over HTTP or HTTPS: no redirect, no proxy, an answer bounded in bytes and in time."""

    def __init__(
        self,
        timeout_s: float = TIMEOUT_S,
        answer_max: int = ANSWER_MAX,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._timeout_s = timeout_s
        self._answer_max = answer_max
        self._monotonic = monotonic
        self._opener = OpenerDirector()  # it follows nothing: no handler for that is added
        self._opener.add_handler(HTTPHandler())
        self._opener.add_handler(HTTPSHandler())

    def __call__(self, url: str, body: bytes) -> Answered:
        """Post a body; raise WitnessSilent unless a whole answer comes back."""
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        request = Request(url, data=body, headers=headers, method="POST")  # noqa: S310 checked before
        try:
            with self._opener.open(request, timeout=self._timeout_s) as answer:
                return Answered(
                    answer.status, answer.headers.get_content_type(), self._read(answer)
                )
        except (OSError, HTTPException, ValueError) as error:
            raise WitnessSilent(url, str(error) or type(error).__name__) from None

    def _read(self, answer: HTTPResponse) -> bytes:
        started, found = self._monotonic(), b""
        while chunk := answer.read1(self._answer_max + 1 - len(found)):
            found += chunk
            if len(found) > self._answer_max:
                raise ValueError(f"more than {self._answer_max} bytes")
            if self._monotonic() - started > self._timeout_s:
                raise TimeoutError("it takes too long")
        if answer.length:
            raise ValueError(f"{answer.length} bytes are missing")
        return found
