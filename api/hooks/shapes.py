"""What programs are told of hooks and events, as the OpenAPI document describes it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from api.routes.shapes import AsOf, Shape


class ProofShape(Shape):
    """Where an event's proof is: a signed checkpoint of `size` entries, and the bundle it is in."""

    size: int
    checkpoint: str = Field(examples=["/log/checkpoints/40"])
    entries: str = Field(examples=["/log/tile/entries/000.p/40"])


class EventShape(Shape):
    """A published event: `id` is its name for ever, `leaf` its index in the log.

    It is also the body of a webhook. `data` holds personal data as digests only.
    """

    id: str = Field(examples=["evt_9f86d081884c7d65_17"])
    type: str = Field(examples=["gift-received.v1"])
    timestamp: datetime = Field(description="when it was recorded")
    leaf: int
    origin: str = Field(examples=["ledger.example.org"])
    actor: str = Field(description="the organisation that says so")
    stream: str
    version: int
    data: dict[str, Any]
    proof: ProofShape


class EventsShape(Shape):
    """Events in the order of the log; `after` is what to ask with for those that follow.

    There may be fewer than `limit`, or none, before the end: the header Link leads on until there
    are no more published ones for now.
    """

    as_of: AsOf
    events: list[EventShape]
    after: int = Field(description="the last entry that was looked at; -1 is before the first")


class AttemptShape(Shape):
    """What came of one attempt to tell a hook of an entry: an HTTP status, or why there is none."""

    at: datetime
    leaf: int
    answer: str = Field(examples=["204", "too-slow"])


class HookShape(Shape):
    """A hook: whom it tells (`url`) of which events, and how far that has come.

    `after` is the last entry that was delivered or passed over, -1 before the first.
    """

    id: str
    url: str
    topics: list[str] = Field(description="none named: all")
    charity: str | None = Field(description="only what this organisation says; null: what all say")
    state: Literal["active", "failing", "paused"]
    why: str = Field(description="why it is paused: asked, silent, gone, closed; or empty")
    failing_since: datetime | None
    next_try: datetime | None
    after: int
    created: datetime
    answers: list[AttemptShape] = Field(description="the last ones, the newest first")


class MadeShape(HookShape):
    """A hook with its secret, which is given this once; null where the key has made it before."""

    secret: str | None = Field(examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"])


class HooksShape(Shape):
    """The hooks of an organisation, the newest first."""

    hooks: list[HookShape]
