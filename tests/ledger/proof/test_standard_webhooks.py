"""Signatures of webhooks are those of the published convention."""

from __future__ import annotations

import pytest

from ledger.proof.encoding import unb64
from ledger.proof.standard_webhooks import MARK, headers, shown, sign

SECRET = unb64("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
NAME, AT, BODY = "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
"""The vector of github.com/standard-webhooks/standard-webhooks, libraries/python/tests and
libraries/go/webhook_symmetric_test.go (MIT licence)."""


def test_the_published_vector_is_reproduced() -> None:
    assert sign(SECRET, NAME, AT, BODY) == SIGNATURE


@pytest.mark.parametrize(
    ("secret", "name", "at", "body"),
    [
        (b"other" * 5, NAME, AT, BODY),
        (SECRET, f"{NAME}x", AT, BODY),
        (SECRET, NAME, AT + 1, BODY),
        (SECRET, NAME, AT, BODY + b" "),
    ],
)
def test_whatever_differs_gives_another_signature(
    secret: bytes, name: str, at: int, body: bytes
) -> None:
    assert sign(secret, name, at, body) != SIGNATURE


def test_three_headers_are_sent_with_a_signature_of_every_secret() -> None:
    assert headers([SECRET, b"old" * 8], NAME, AT, BODY) == {
        "webhook-id": NAME,
        "webhook-timestamp": "1614265330",
        "webhook-signature": f"{SIGNATURE} {sign(b'old' * 8, NAME, AT, BODY)}",
    }


def test_a_secret_is_shown_with_its_mark() -> None:
    assert shown(SECRET) == f"{MARK}MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_an_id_with_a_full_stop_is_never_signed() -> None:
    with pytest.raises(AssertionError):
        sign(SECRET, "a.1", AT, BODY)
