"""A key file that stands alone: one passphrase, one secret, and nothing else opens it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ledger.proof.ed25519 import check_signature
from ledger.store import own_keys
from ledger.store.own_keys import OwnKeyUnreadable, PassphraseTooShort, ed25519

PHRASE = b"correct horse battery staple"


def counting(size: int) -> bytes:
    return bytes(range(size))


def test_a_key_is_made_once_and_opened_with_its_passphrase(tmp_path: Path) -> None:
    path = tmp_path / "key"
    signer = own_keys.make(path, PHRASE, secrets.token_bytes, ed25519)

    assert own_keys.make(path, PHRASE, secrets.token_bytes, ed25519).kid == signer.kid, "it stays"
    again = own_keys.read(path, PHRASE, ed25519)
    check_signature(signer.public, again.sign(b"said"), b"said", what="test")
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_bytes())["kid"] == signer.kid


def test_the_file_is_the_one_that_the_format_describes(tmp_path: Path) -> None:
    path = tmp_path / "key"
    own_keys.make(path, PHRASE, counting, ed25519)

    assert json.loads(path.read_bytes()) == {
        "box": "X8Hsom9YodGIOq0xKGXzsd9gNS1y+J5VEAFAzxloPENZIZhISHixWdA8zxCBw1PK",
        "format": "donation-ledger-own-key.v1",
        "kid": "1IG2tMH7J2wbJZnOf8LJzQitKf7LMvoAElsuDMVM54Y",
        "nonce": "AAECAwQFBgcICQoL",
        "salt": "AAECAwQFBgcICQoLDA0ODw==",
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda said: said.update(box="AAAA"),
        lambda said: said.update(kid="another"),
        lambda said: said.update(format="other.v1"),
        lambda said: said.update(nonce=7),
        lambda said: said.pop("salt"),
    ],
    ids=["another box", "another name", "another format", "no text", "no salt"],
)
def test_an_altered_file_is_not_opened(tmp_path: Path, change: Callable[[Any], None]) -> None:
    path = tmp_path / "key"
    own_keys.make(path, PHRASE, secrets.token_bytes, ed25519)
    said = json.loads(path.read_bytes())
    change(said)
    path.write_text(json.dumps(said))

    with pytest.raises(OwnKeyUnreadable, match="can't be opened"):
        own_keys.read(path, PHRASE, ed25519)


def test_neither_another_passphrase_nor_another_file_opens(tmp_path: Path) -> None:
    path, other = tmp_path / "key", tmp_path / "other"
    own_keys.make(path, PHRASE, secrets.token_bytes, ed25519)
    other.write_bytes(b"[]")

    for file, phrase in ((path, b"another passphrase"), (other, PHRASE)):
        with pytest.raises(OwnKeyUnreadable):
            own_keys.read(file, phrase, ed25519)


def test_a_passphrase_that_can_be_guessed_makes_no_key(tmp_path: Path) -> None:
    with pytest.raises(PassphraseTooShort, match="at least 12 characters"):
        own_keys.make(tmp_path / "key", b"hunter2", secrets.token_bytes, ed25519)
    assert not (tmp_path / "key").exists()
    own_keys.make(
        tmp_path / "key", "一二三四五六七八九十甲乙".encode(), secrets.token_bytes, ed25519
    )
