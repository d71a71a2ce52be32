"""A signed example of what a hook would be sent: a real event, under a secret that is nobody's."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass

from api.hooks import asking
from api.hooks.events import Published, Stretch, Wanted, published
from api.wiring import House
from ledger.proof.standard_webhooks import MARK, headers
from ledger.store.hooks import Hook

SECRET = f"{MARK}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""The secret of the examples of Standard Webhooks: it signs nothing but examples."""

LOOKED_BACK = 512
"""So many of the newest entries are looked through for an example."""


@dataclass(frozen=True, slots=True)
class Example:
    """A request as it would be sent: headers and body, and the secret that signed it."""

    headers: Mapping[str, str]
    body: str
    secret: str = SECRET


def example_for(house: House, hook: Hook) -> Example | None:
    """Return the newest event that a hook would be told of, signed; None if there was none."""
    size = asking.published(house)
    stretch = Stretch(max(size - LOOKED_BACK, 0), size, size)
    wanted = Wanted(frozenset(hook.topics), hook.charity)
    found = list(published(house.log, stretch, wanted))
    return _example(found[-1], int(house.hooks.now().timestamp())) if found else None


def _example(event: Published, at: int) -> Example:
    body = event.body()
    signed = headers([b64decode(SECRET.removeprefix(MARK))], event.id, at, body)
    return Example(signed, body.decode())
