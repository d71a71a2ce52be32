"""Gets cosignatures for a log's checkpoints from the witnesses of its policy, all at once.

What a witness has seen last it keeps itself, and tells. A witness that does not answer, or answers
nonsense, is left out: whether the others suffice is for the policy to say. One that has seen more
than we hold, or another tree, is an alarm.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, wait
from typing import TypeAlias
from urllib.parse import urlsplit

from ledger.errors import Unreadable
from ledger.proof.policy import Policy, QuorumMissing, Witness
from ledger.store.witness_asking import (
    Asking,
    Consistency,
    Post,
    Question,
    WitnessSilent,
    WitnessUnusable,
)

PATIENCE_S = 15.0
"""How long all witnesses together are waited for."""

Lines: TypeAlias = dict[str, str]
"""Cosignature lines by the names that the policy gives the witnesses."""


class AddressUnusable(Unreadable):
    """A policy names an address where no witness can be asked."""

    def __init__(self, name: str, url: str) -> None:
        super().__init__(
            f"the witness {name!r} can't be asked at {url!r}: write http(s)://HOST/..."
        )


class Cosigning:
    """Gets cosignatures on checkpoints; it may be called again for those that are missing.

    `clock` gives the POSIX time in seconds; `patience_s` bounds one call as a whole.
    """

    def __init__(
        self,
        policy: Policy,
        post: Post,
        clock: Callable[[], float],
        patience_s: float = PATIENCE_S,
    ) -> None:
        check_addresses(policy)
        self._policy = policy
        self._post = post
        self._clock = clock
        self._patience_s = patience_s
        self._sizes: dict[str, int] = {}
        self._busy: set[str] = set()
        self._lock = threading.Lock()
        self.silent: dict[str, str] = {}
        """Why the last call got nothing from a witness, by its name in the policy."""

    def satisfied(self, note: str) -> bool:
        """Tell whether the policy's quorum is on a note; Untrusted if the log did not sign it."""
        try:
            self._policy.check(note)
        except QuorumMissing:
            return False
        return True

    def __call__(self, note: str, consistency: Consistency) -> str:
        """Return the note with the cosignatures that were to be had; those on it are kept.

        1. The log itself signed the note, and each cosignature on it holds.
        2. The witnesses that are missing are asked, each address once, and waited for.
        3. An alarm of any of them is raised, whatever the others say.
        4. What the others gave is added, in the order of the policy.
        """
        seen, present = self._policy.signed(note), self._policy.cosigners(note)  # 1
        asked = self._askings(present)
        begun = self._begin(asked, Question(note, seen, consistency))  # 2
        wait([future for future in begun.values() if future], timeout=self._patience_s)
        lines: Lines = {}
        self.silent = {}
        for asking in asked:
            lines |= self._taken(asking, begun[asking.url])  # 3
        order = [each.name for each in self._policy.witnesses]
        return note + "".join(lines[name] for name in order if name in lines)  # 4

    def _askings(self, present: dict[str, int]) -> list[Asking]:
        """Return whom to ask: the witnesses that are missing and have an address, by address."""
        by_url: dict[str, list[Witness]] = {}
        for each in self._policy.witnesses:
            if each.name not in present and each.url is not None:
                by_url.setdefault(each.url, []).append(each)
        return [Asking(url, tuple(them), self._post, self._clock) for url, them in by_url.items()]

    def _begin(self, asked: list[Asking], question: Question) -> dict[str, Future[Lines] | None]:
        """Ask each address in a thread of its own; None where the last question still hangs.

        A thread that takes too long is left behind: it holds nothing but its own address.
        """
        begun: dict[str, Future[Lines] | None] = {}
        for asking in asked:
            with self._lock:
                free = asking.url not in self._busy
                self._busy.add(asking.url)
            future: Future[Lines] | None = Future() if free else None
            begun[asking.url] = future
            if future:
                arguments = (future, asking, question)
                threading.Thread(target=self._run, args=arguments, daemon=True).start()
        return begun

    def _run(self, future: Future[Lines], asking: Asking, question: Question) -> None:
        try:
            lines = asking.ask(question, min(self._sizes.get(asking.url, 0), question.seen.size))
        except Exception as error:  # noqa: BLE001 it is raised where the answer is taken
            self._busy.discard(asking.url)
            future.set_exception(error)
        else:
            self._sizes[asking.url] = question.seen.size
            self._busy.discard(asking.url)
            future.set_result(lines)

    def _taken(self, asking: Asking, future: Future[Lines] | None) -> Lines:
        """Return what an address gave; keep in mind why, where it gave nothing."""
        if future is None or not future.done():
            why: Exception = WitnessSilent(asking.url, "it takes too long")
        else:
            try:
                return future.result()
            except (WitnessSilent, WitnessUnusable) as error:
                why = error
        self.silent |= {each.name: str(why) for each in asking.witnesses}
        return {}


def check_addresses(policy: Policy) -> None:
    """Refuse a policy with an address where no witness can be asked; none at all is good."""
    for each in policy.witnesses:
        parts = urlsplit(each.url or "https://none")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise AddressUnusable(each.name, each.url or "")
