"""Sends what was published to hooks: in the order of the log, at least once, until it is taken.

Nothing but a 2xx moves a hook on, and that in a commit of its own, after the answer: whoever stops
in between sends the same event again, under the same id.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from api.hooks import asking
from api.hooks.events import Published, Stretch, Wanted, published
from api.hooks.reaching import Answer, Line, Reach
from api.times import rfc3339
from api.wiring import House
from ledger.errors import Untrusted
from ledger.proof.standard_webhooks import headers
from ledger.store.hooks import ACTIVE, CLOSED, GONE, SILENT, Hook, HookUnknown

AGENT = "donation-ledger"
A_TIME = 200
"""So many events are sent to a hook before the others have their turn."""

LOOKED_AT = 2560
"""So many entries are looked at for a hook before the others have their turn."""

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAUSES = (
    timedelta(seconds=5), 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR,
    20 * HOUR, 24 * HOUR,
)  # fmt: skip
"""After each failure the next of these, and then the last again (as Standard Webhooks suggests)."""

PATIENCE = timedelta(days=5)
"""A hook that has failed for so long is paused."""

LOG = logging.getLogger("donation-ledger.hooks")


def never() -> bool:
    """Tell that nobody wants an end."""
    return False


@dataclass(frozen=True, slots=True)
class Terms:
    """How deliveries go: whom they may reach, the pauses after failures, when to give up."""

    reach: Reach
    pauses: Sequence[timedelta] = PAUSES
    patience: timedelta = PATIENCE
    a_time: int = A_TIME
    looked_at: int = LOOKED_AT
    stopping: Callable[[], bool] = never


class Done(NamedTuple):
    """What came of sending: how many events were taken, and whether any hook has moved on."""

    taken: int = 0
    moved: bool = False


@dataclass(frozen=True, slots=True)
class Delivering:
    """Sends to the hooks of a house."""

    house: House
    terms: Terms

    def deliver_due(self) -> Done:
        """Send to every hook its share of what waits for it.

        A hook that somebody sends to just now, or whose row was altered, is passed over.
        """
        size, all_done = asking.published(self.house), Done()
        for name in self.house.hooks.due(size):
            if self.terms.stopping():
                break
            try:
                done = self.deliver(name, size)
                all_done = Done(all_done.taken + done.taken, all_done.moved or done.moved)
            except Untrusted as error:
                LOG.warning("hook %s waits: %s", name, error)
            except HookUnknown:  # it was removed just now
                continue
        return all_done

    def deliver(self, name: str, size: int) -> Done:
        """Send to one hook what is published below a size, its share."""
        with self.house.hooks.sending(name) as held:
            if held is None:
                return Done()
            hook = self.house.hooks.get(name)
            if not hook.is_due(size, self.house.hooks.now()):  # it was, before another's turn
                return Done()
            if not self._answered_for(hook):
                self.house.hooks.change(name, lambda one: one.paused(CLOSED))
                return Done()
            run = _Run(self.house, self.terms, hook, size)
            return Done(run.run(), run.hook.next != hook.next)

    def _answered_for(self, hook: Hook) -> bool:
        """Tell whether the account of a hook may still have one; the command line has none."""
        account = self.house.accounts.find(hook.account)
        return account is None or bool(account.active and asking.CHANGING & set(account.roles))


class _Run:
    """One hook's turn; whoever makes it keeps others from sending to the same hook."""

    def __init__(self, house: House, terms: Terms, hook: Hook, size: int) -> None:
        self._house, self._terms, self.hook = house, terms, hook
        self._size, self._stop = size, min(size, hook.next + terms.looked_at)

    def run(self) -> int:
        """Send event after event, until one is not taken, or there are no more for now."""
        hook, taken = self.hook, 0
        wanted = Wanted(frozenset(hook.topics), hook.charity)
        stretch = Stretch(hook.next, self._stop, self._size)
        with Line(hook.url, self._terms.reach) as line:
            for event in published(self._house.log, stretch, wanted):
                if self._terms.stopping() or taken == self._terms.a_time:
                    return taken
                body = event.body()
                answer = line.post(body, self._headers(event, body))
                self._note(event, answer)
                taken += answer.ok
                if self.hook.state != ACTIVE or self.hook.next != event.index + 1:
                    return taken  # it failed, or somebody has changed the hook meanwhile
        self._pass_over()
        return taken

    def _headers(self, event: Published, body: bytes) -> Mapping[str, str]:
        at = int(self._house.hooks.now().timestamp())
        secrets = self._house.hooks.secrets_of(self.hook)
        return {**headers(secrets, event.id, at, body), "User-Agent": AGENT}

    def _note(self, event: Published, answer: Answer) -> None:
        """Write down what came; the hook moves on only from where this turn has it."""
        now, here = self._house.hooks.now(), self.hook.next
        line = f"{rfc3339(now)} {event.index} {answer.what}"

        def noted(hook: Hook) -> Hook:
            told = hook.answered(line)
            if hook.next != here:
                return told
            return _taken(told, event.index) if answer.ok else self._failed(told, answer, now)

        self.hook = self._house.hooks.change(self.hook.id, noted)

    def _failed(self, hook: Hook, answer: Answer, now: datetime) -> Hook:
        since = hook.failing_since or now
        pauses = self._terms.pauses
        pause = max(pauses[min(hook.failures, len(pauses) - 1)], timedelta(seconds=answer.wait_s))
        failed = replace(hook, failures=hook.failures + 1, failing_since=since, try_at=now + pause)
        if hook.state != ACTIVE:
            return replace(failed, try_at=None)
        if answer.gone:
            return failed.paused(GONE)
        return failed.paused(SILENT) if now - since >= self._terms.patience else failed

    def _pass_over(self) -> None:
        """Leave behind what nobody here wants to be told of."""
        here, stop = self.hook.next, self._stop
        if here < stop:
            self.hook = self._house.hooks.change(
                self.hook.id, lambda hook: hook.moved(stop) if hook.next == here else hook
            )


def _taken(hook: Hook, index: int) -> Hook:
    return replace(hook.moved(index + 1), failures=0, failing_since=None)
