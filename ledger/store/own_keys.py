"""The key file of an organisation that keeps its key itself: one secret, one passphrase, no folder.

It is made, opened and used where no ledger is (docs/formats/key-file.md).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from ledger.errors import Unreadable, Untrusted
from ledger.proof.encoding import b64, unb64
from ledger.proof.jws import Ed25519Signer

FORMAT = "donation-ledger-own-key.v1"
SCRYPT_N = 2**17
"""128 MiB and a third of a second: a person chose the passphrase."""

PASSPHRASE_MIN = 12
SALT_BYTES, NONCE_BYTES, SECRET_BYTES = 16, 12, 32


class PassphraseTooShort(Unreadable):
    """A passphrase that somebody could guess."""

    def __init__(self) -> None:
        super().__init__(f"a passphrase of a key file has at least {PASSPHRASE_MIN} characters")


class OwnKeyUnreadable(Unreadable):
    """The bytes are no key file, or the passphrase is another one."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the key file {path} can't be opened: it is none, was altered, or has another "
            "passphrase"
        )


class Named(Protocol):
    """A signer: it has a name for its key."""

    @property
    def kid(self) -> str:
        """Name the key."""
        ...


S = TypeVar("S", bound=Named)


def ed25519(secret: bytes) -> Ed25519Signer:
    """Return the signer of an Ed25519 seed (RFC 8032 5.1.5)."""
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(secret))


def make(
    path: Path,
    passphrase: bytes,
    random: Callable[[int], bytes],
    suite: Callable[[bytes], S],
) -> S:
    """Make a key and keep it in a file; a file that is there is opened and stays as it is.

    `random(n)` returns n random bytes; `suite` makes a signer of 32 secret ones.
    """
    if len(passphrase.decode(errors="replace")) < PASSPHRASE_MIN:
        raise PassphraseTooShort
    secret, salt, nonce = random(SECRET_BYTES), random(SALT_BYTES), random(NONCE_BYTES)
    signer = suite(secret)
    box = AESGCM(_key(passphrase, salt)).encrypt(nonce, secret, signer.kid.encode())
    said = {"box": b64(box), "format": FORMAT, "kid": signer.kid, "nonce": b64(nonce),
            "salt": b64(salt)}  # fmt: skip
    _write_new(path, json.dumps(said, indent=1).encode() + b"\n")
    return read(path, passphrase, suite)


def read(path: Path, passphrase: bytes, suite: Callable[[bytes], S]) -> S:
    """Open a key file; the file's name for the key must be the key's own, in this suite."""
    data = path.read_bytes()
    try:
        said = json.loads(data)
        kid = str(said["kid"])
        box, nonce, salt = (unb64(said[name]) for name in ("box", "nonce", "salt"))
        secret = AESGCM(_key(passphrase, salt)).decrypt(nonce, box, kid.encode())
        signer = suite(secret)
        if said["format"] != FORMAT or signer.kid != kid:
            raise OwnKeyUnreadable(path)
    except (ValueError, KeyError, TypeError, InvalidTag, Untrusted):
        raise OwnKeyUnreadable(path) from None
    return signer


def _write_new(path: Path, data: bytes) -> None:
    """Write a file unless it is there; a stick's file system need not know links."""
    with suppress(FileExistsError):
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


def _key(passphrase: bytes, salt: bytes) -> bytes:
    return Scrypt(salt=salt, length=32, n=SCRYPT_N, r=8, p=1).derive(passphrase)
