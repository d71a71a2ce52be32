"""Hooks as programs are told of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from api.hooks.words import state_of
from api.times import rfc3339
from ledger.proof.standard_webhooks import shown
from ledger.store.hooks import Hook


def answers_of(hook: Hook) -> list[tuple[datetime, int, str]]:
    """Return the last answers: when, for which entry, what came."""
    parts = [line.split(" ") for line in hook.answers]
    return [(datetime.fromisoformat(at), int(leaf), what) for at, leaf, what in parts]


def told(hook: Hook) -> dict[str, Any]:
    """Return what is said of a hook; never its secret."""
    return {
        "id": hook.id,
        "url": hook.url,
        "topics": list(hook.topics),
        "charity": hook.charity or None,
        "state": state_of(hook),
        "why": hook.why,
        "failing_since": rfc3339(hook.failing_since),
        "next_try": rfc3339(hook.try_at),
        "after": hook.next - 1,
        "created": rfc3339(hook.created),
        "answers": [
            {"at": rfc3339(at), "leaf": leaf, "answer": what} for at, leaf, what in answers_of(hook)
        ],
    }


def made(hook: Hook, secret: bytes | None) -> dict[str, Any]:
    """Return what is said of a hook whose secret was made just now."""
    return {**told(hook), "secret": shown(secret) if secret else None}
