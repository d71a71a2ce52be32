"""Random bytes are the kernel's, of the length asked for, whatever the system can do."""

from __future__ import annotations

import os
import secrets
import uuid

import pytest

from api.randomness import WHOLE, random_bytes, random_id


@pytest.mark.parametrize("count", [0, 1, 16, WHOLE, WHOLE + 1, 100_000])
@pytest.mark.parametrize("known", [True, False])
def test_as_many_bytes_come_as_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, count: int, *, known: bool
) -> None:
    if not known:
        monkeypatch.delattr(os, "getrandom", raising=False)
    found = random_bytes(count)
    assert len(found) == count
    assert count < 16 or found != random_bytes(count)


@pytest.mark.skipif(not hasattr(os, "getrandom"), reason="this system has no getrandom(2)")
def test_few_bytes_do_not_let_another_thread_in(monkeypatch: pytest.MonkeyPatch) -> None:
    def lets_others_in(_: int) -> bytes:
        raise AssertionError

    monkeypatch.setattr(secrets, "token_bytes", lets_others_in)
    assert len(random_bytes(WHOLE)) == WHOLE


def test_an_id_is_a_random_uuid() -> None:
    ids = {random_id() for _ in range(100)}
    assert len(ids) == 100
    assert all(uuid.UUID(each).version == 4 for each in ids)
    assert all(uuid.UUID(each).variant == uuid.RFC_4122 for each in ids)
    assert all(len(each) == 32 for each in ids)
