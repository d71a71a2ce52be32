"""Key files: secrets of 32 bytes, encrypted at rest under one passphrase.

The passphrase opens a folder key (scrypt, RFC 7914); each file is that secret under AES-256-GCM,
bound to its own name, so that files can't be swapped (docs/formats/key-file.md).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cached_property, lru_cache
from itertools import count, takewhile
from pathlib import Path
from typing import TypeAlias

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from cryptography.x509 import load_der_x509_certificate

from ledger.errors import Unreadable, Untrusted
from ledger.proof.encoding import b64, unb64
from ledger.proof.jws import Ed25519Signer
from ledger.store.durable import write_once

FORMAT = "donation-ledger-key.v1"
SCRYPT_N = 2**14
NONCE_BYTES = 12
DocumentKey: TypeAlias = ec.EllipticCurvePrivateKey
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""The order of P-256's base point (SP 800-186 3.2.1.3)."""

EXTRA_BYTES = 16
"""More than the order has, so that taking the remainder favours no scalar (FIPS 186-5 A.2.1)."""


class KeyMissing(Unreadable):
    """A key file is not where it should be."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the key file {path} is missing; put it back from your backup (an organisation may "
            "register a new key instead; nothing stands in for a vault's)"
        )


class KeyUnreadable(Unreadable):
    """A key file can't be opened: altered, of another folder, or another passphrase."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"the key file {path} can't be opened: it was altered, or the passphrase is not "
            "the one it was made with (LEDGER_PASSPHRASE_FILE)"
        )


class KeyFiles:
    """Named secrets in a folder. `random(n)` returns n random bytes."""

    def __init__(self, folder: Path, passphrase: bytes, random: Callable[[int], bytes]) -> None:
        self._folder = folder
        self._passphrase = passphrase
        self._random = random
        self._signers: dict[str, Ed25519Signer] = {}

    def has(self, name: str) -> bool:
        """Tell whether there is a secret of that name."""
        return self._path(name).exists()

    def create(self, name: str) -> bytes:
        """Make a new secret and keep it; one that is there stays as it is."""
        if self.has(name):
            return self.secret(name)
        secret, nonce = self._random(32), self._random(NONCE_BYTES)
        box = AESGCM(self._folder_key).encrypt(nonce, secret, name.encode())
        text = json.dumps({"box": b64(box), "format": FORMAT, "name": name, "nonce": b64(nonce)})
        write_once(self._path(name), text.encode() + b"\n", mode=0o600)
        return self.secret(name)

    def secret(self, name: str) -> bytes:
        """Return a secret; refuse when its file is missing or can't be opened."""
        path = self._path(name)
        try:
            kept = json.loads(path.read_bytes())
            return AESGCM(self._folder_key).decrypt(
                unb64(kept["nonce"]), unb64(kept["box"]), name.encode()
            )
        except FileNotFoundError:
            raise KeyMissing(path) from None
        except (ValueError, KeyError, TypeError, InvalidTag, Untrusted):
            raise KeyUnreadable(path) from None

    def signing_key(self, name: str) -> Ed25519PrivateKey:
        """Return the Ed25519 key whose seed (RFC 8032 5.1.5) is kept under that name."""
        return Ed25519PrivateKey.from_private_bytes(self.secret(name))

    def signer_of(self, organisation: str) -> Ed25519Signer:
        """Return the signer of an organisation whose key lies here: with the newest of its keys."""
        if organisation not in self._signers:
            newest = self.newest(organisation)
            self._signers[organisation] = Ed25519Signer(self.signing_key(newest))
        return self._signers[organisation]

    def signers(self, organisation: str) -> list[Ed25519Signer]:
        """Return the signers of all keys of an organisation that lie here, the newest first."""
        numbers = count(1)
        names = [
            organisation,
            *takewhile(self.has, (_numbered(organisation, n + 1) for n in numbers)),
        ]
        return [Ed25519Signer(self.signing_key(name)) for name in reversed(names) if self.has(name)]

    def document_key(self, name: str) -> DocumentKey:
        """Return the P-256 key that follows from the secret kept under that name.

        The scalar is HKDF-SHA-256 (RFC 5869) of the secret to 48 bytes, reduced as FIPS 186-5
        A.2.1 asks (docs/formats/key-file.md).
        """
        return ec.derive_private_key(_scalar(self.secret(name)), ec.SECP256R1())

    def passing_document_key(self) -> DocumentKey:
        """Return a P-256 key that is kept nowhere, for what is only tried."""
        return ec.derive_private_key(_scalar(self._random(32)), ec.SECP256R1())

    def newest(self, name: str) -> str:
        """Return the name of the last of a line of secrets: NAME, NAME-2, NAME-3 and so on."""
        number = 1
        while self.has(_numbered(name, number + 1)):
            number += 1
        return _numbered(name, number)

    def renew(self, name: str) -> str:
        """Make one more secret in a line of secrets and keep it; return its name."""
        number = 1
        while self.has(_numbered(name, number)):
            number += 1
        self.create(_numbered(name, number))
        self._signers.pop(name, None)
        return _numbered(name, number)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.key"

    @cached_property
    def _folder_key(self) -> bytes:
        path = self._folder / "salt"
        locked_up = any(self._folder.glob("*.key"))
        if not path.exists():
            if locked_up:  # another salt would lock these up for good
                raise KeyMissing(path)
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_once(path, self._random(16), mode=0o600)
        return _stretched(self._passphrase, path.read_bytes())


@lru_cache(maxsize=4)
def _stretched(passphrase: bytes, salt: bytes) -> bytes:
    """Make the folder's key of the passphrase; slow by design, so done once in a process."""
    return Scrypt(salt=salt, length=32, n=SCRYPT_N, r=8, p=1).derive(passphrase)


def certifies(certificate: bytes, key: DocumentKey) -> bool:
    """Tell whether a certificate (DER) that the ledger holds is of this key."""
    return load_der_x509_certificate(certificate).public_key() == key.public_key()


def _numbered(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _scalar(secret: bytes) -> int:
    expand = HKDF(SHA256(), 32 + EXTRA_BYTES, salt=None, info=b"document key P-256")
    return int.from_bytes(expand.derive(secret), "big") % (P256_ORDER - 1) + 1


def passphrase(path: Path, random: Callable[[int], bytes], *, fresh: bool = True) -> bytes:
    """Return the passphrase kept in a file, making a random one in a `fresh` data folder.

    Where there are keys already, a new passphrase would open none of them: KeyMissing then.
    """
    if not path.exists():
        if not fresh:
            raise KeyMissing(path)
        write_once(path, b64(random(32)).encode() + b"\n", mode=0o600)
    text = path.read_bytes().strip()
    if not text:
        raise KeyUnreadable(path)
    return text
