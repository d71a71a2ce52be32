"""Cosignatures (C2SP tlog-cosignature): a witness says when it saw a log stand at a checkpoint."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Literal, TypeAlias

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

from ledger.errors import Untrusted
from ledger.proof import ed25519, mldsa, notes
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.encoding import COUNT_MAX, b64, unb64

Kind: TypeAlias = Literal["ed25519", "ml-dsa-44"]

ED25519: Final = b"\x04"
MLDSA44: Final = b"\x06"
"""The type bytes of the two kinds of cosigners' keys."""

TIME_BYTES = 8
TIME_MAX = COUNT_MAX
"""The last second that can be written: 2^63 - 1 after 1970."""

NAME_MAX = 255
"""The longest name of a cosigner or a log, in bytes, that an ML-DSA-44 message holds."""


class CosignerKeyMalformed(Untrusted):
    """A line is no key of a cosigner."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not the key of a witness (name+id+key, type 04 or 06): {why}")


class CosignatureMalformed(Untrusted):
    """A line by a known witness has not the form of its cosignatures."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"the cosignature of {name!r} is not one: {why}")


class NotCosigned(Untrusted):
    """A checkpoint carries no cosignature by the key it is checked against."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the checkpoint carries no cosignature by the witness {name!r}")


@dataclass(frozen=True, eq=False, slots=True)
class CosignerKey:
    """The named public key of a witness; two are equal if their lines are."""

    name: str
    key_id: bytes
    public: Ed25519PublicKey | MLDSA44PublicKey

    @classmethod
    def of_ed25519(cls, name: str, public: Ed25519PublicKey) -> CosignerKey:
        """Name an Ed25519 key; ValueError if the name can't stand in a note."""
        return cls._of(name, public)

    @classmethod
    def of_mldsa(cls, name: str, public: MLDSA44PublicKey) -> CosignerKey:
        """Name an ML-DSA-44 key; ValueError if the name can't stand in a note."""
        return cls._of(name, public)

    @classmethod
    def parse(cls, line: str) -> CosignerKey:
        """Read a line `name+id+key`; refuse all but the one spelling `line` gives."""
        match line.split("+", 2):
            case [name, _, encoded] if _can_name(name):
                raw = unb64(encoded)
            case _:
                raise CosignerKeyMalformed("it needs a name, an id and a key with a plus between")
        if raw[:1] == ED25519:
            key = cls.of_ed25519(name, ed25519.public_key(raw[1:]))
        elif raw[:1] == MLDSA44:
            key = cls.of_mldsa(name, mldsa.public_key(raw[1:]))
        else:
            raise CosignerKeyMalformed("its type is neither Ed25519 (04) nor ML-DSA-44 (06)")
        if key.line != line:
            raise CosignerKeyMalformed("its id does not belong to its name and key")
        return key

    @property
    def kind(self) -> Kind:
        """The algorithm it cosigns with."""
        return "ed25519" if isinstance(self.public, Ed25519PublicKey) else "ml-dsa-44"

    @property
    def line(self) -> str:
        """The key as people pass it on: `name+id+key`."""
        return f"{self.name}+{self.key_id.hex()}+{b64(_typed(self.public))}"

    @classmethod
    def _of(cls, name: str, public: Ed25519PublicKey | MLDSA44PublicKey) -> CosignerKey:
        if not _can_name(name):
            raise ValueError(
                f"{name!r} can't name a witness: write it without blanks and plus signs, "
                f"in at most {NAME_MAX} bytes"
            )
        hashed = sha256(name.encode() + b"\n" + _typed(public)).digest()
        return cls(name, hashed[: notes.KEY_ID_BYTES], public)

    def __eq__(self, other: object) -> bool:
        """Compare by line."""
        return isinstance(other, CosignerKey) and other.line == self.line

    def __hash__(self) -> int:
        """Hash by line."""
        return hash(self.line)


def cosign_ed25519(checkpoint: Checkpoint, name: str, private: Ed25519PrivateKey, at: int) -> str:
    """Cosign a checkpoint at a POSIX second; return the signature line, its line feed included."""
    key = CosignerKey.of_ed25519(name, private.public_key())
    return _line(key, at, private.sign(_ed25519_message(checkpoint, at)))


def cosign_mldsa(checkpoint: Checkpoint, name: str, private: MLDSA44PrivateKey, at: int) -> str:
    """Cosign a checkpoint at a POSIX second; return the signature line, its line feed included."""
    key = CosignerKey.of_mldsa(name, private.public_key())
    return _line(key, at, private.sign(_mldsa_message(checkpoint, name, at)))


def cosigned_at(note: str, key: CosignerKey) -> int:
    """Return the POSIX second at which a witness cosigned a checkpoint; else raise Untrusted."""
    found = cosigned(note, (key,))
    if key not in found:
        raise NotCosigned(key.name)
    return found[key]


def cosigned(note: str, keys: Iterable[CosignerKey]) -> dict[CosignerKey, int]:
    """Return which of the witnesses cosigned a checkpoint, each with its POSIX second.

    1. The note is well formed, and its text is a checkpoint without extension lines.
    2. Signatures by other keys are ignored; each witness has signed once at most.
    3. Each signature by one of the witnesses is over this checkpoint at the second it names.
    """
    text, signatures = notes.take_apart(note)  # 1
    checkpoint, found = Checkpoint.parse(text), {}
    for key in keys:
        ours = [signed for name, signed in signatures if _is_by(key, name, signed)]  # 2
        if len(ours) > 1:
            raise CosignatureMalformed(key.name, "there is more than one")
        if ours:
            found[key] = _checked(checkpoint, key, ours[0][notes.KEY_ID_BYTES :])  # 3
    return found


def _is_by(key: CosignerKey, name: str, signed: bytes) -> bool:
    return name == key.name and signed[: notes.KEY_ID_BYTES] == key.key_id


def _checked(checkpoint: Checkpoint, key: CosignerKey, payload: bytes) -> int:
    """Return the time in a cosignature that holds (C2SP `timestamped_signature`)."""
    at, signature = int.from_bytes(payload[:TIME_BYTES], "big"), payload[TIME_BYTES:]
    what = f"cosignature of {key.name!r}"
    if at > TIME_MAX:
        raise CosignatureMalformed(key.name, "its time lies beyond all times")
    if isinstance(key.public, Ed25519PublicKey):
        _check_length(key, signature, ed25519.SIGNATURE_BYTES)
        message = _ed25519_message(checkpoint, at)
        ed25519.check_signature(key.public, signature, message, what=what)
    else:
        _check_length(key, signature, mldsa.SIGNATURE_BYTES)
        message = _mldsa_message(checkpoint, key.name, at)
        mldsa.check_signature(key.public, signature, message, what=what)
    return at


def _check_length(key: CosignerKey, signature: bytes, length: int) -> None:
    if len(signature) != length:
        raise CosignatureMalformed(key.name, f"it is a time and {length} bytes of signature")


def _ed25519_message(checkpoint: Checkpoint, at: int) -> bytes:
    return f"cosignature/v1\ntime {at}\n{checkpoint.text}".encode()


def _mldsa_message(checkpoint: Checkpoint, name: str, at: int) -> bytes:
    """Write the C2SP `cosigned_message` of the whole tree: its start is 0."""
    return b"".join(
        (
            b"subtree/v1\n\0",
            _counted(name),
            at.to_bytes(TIME_BYTES, "big"),
            _counted(checkpoint.origin),
            (0).to_bytes(8, "big"),
            checkpoint.size.to_bytes(8, "big"),
            checkpoint.root,
        )
    )


def _counted(text: str) -> bytes:
    raw = text.encode()
    if len(raw) > NAME_MAX:
        raise CosignatureMalformed(text[:40], f"a name in it is longer than {NAME_MAX} bytes")
    return bytes([len(raw)]) + raw


def _line(key: CosignerKey, at: int, signature: bytes) -> str:
    payload = key.key_id + at.to_bytes(TIME_BYTES, "big") + signature
    return f"\u2014 {key.name} {b64(payload)}\n"


def _typed(public: Ed25519PublicKey | MLDSA44PublicKey) -> bytes:
    kind = ED25519 if isinstance(public, Ed25519PublicKey) else MLDSA44
    return kind + public.public_bytes_raw()


def _can_name(name: str) -> bool:
    return bool(notes.NAME.fullmatch(name)) and len(name.encode()) <= NAME_MAX
