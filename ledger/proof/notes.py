"""Signed notes (C2SP signed-note): a text, an empty line, and lines of signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.errors import Untrusted
from ledger.proof.ed25519 import SIGNATURE_BYTES, check_signature, public_key
from ledger.proof.encoding import b64, unb64

ED25519 = b"\x01"
"""The type byte of a plain Ed25519 signature over the note's text."""

KEY_ID_BYTES = 4
NOTE_MAX = 1_000_000
SIGNATURES_MAX = 64
NAME = re.compile(r"[^\s+\x00-\x1f\ud800-\udfff]+")
"""A key's name: no blank of any alphabet, no plus, no control character."""

NOT_IN_A_NOTE = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff]")


class VerifierKeyMalformed(Untrusted):
    """A line is no verifier key of ours."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a verifier key (name+id+key, Ed25519): {why}")


class NoteMalformed(Untrusted):
    """A text is no signed note."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a signed note: {why}")


class NoteUnsigned(Untrusted):
    """A note carries no signature by the key it is checked against."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the note carries no signature by the key {name!r}")


@dataclass(frozen=True, eq=False, slots=True)
class VerifierKey:
    """A named public key; two are equal if their lines are."""

    name: str
    public: Ed25519PublicKey
    key_id: bytes

    @classmethod
    def of(cls, name: str, public: Ed25519PublicKey) -> VerifierKey:
        """Name a public key; ValueError if the name can't stand in a note."""
        if not NAME.fullmatch(name):
            raise ValueError(f"{name!r} can't name a key: write it without blanks and plus signs")
        hashed = sha256(name.encode() + b"\n" + ED25519 + public.public_bytes_raw()).digest()
        return cls(name, public, hashed[:KEY_ID_BYTES])

    @classmethod
    def parse(cls, line: str) -> VerifierKey:
        """Read a line `name+id+key`; refuse all but the one spelling `line` gives."""
        match line.split("+", 2):
            case [name, _, encoded] if NAME.fullmatch(name):
                raw = unb64(encoded)
            case _:
                raise VerifierKeyMalformed("it needs a name, an id and a key with a plus between")
        if raw[:1] != ED25519:
            raise VerifierKeyMalformed("its type is not Ed25519 (01)")
        key = cls.of(name, public_key(raw[1:]))
        if key.line != line:
            raise VerifierKeyMalformed("its id does not belong to its name and key")
        return key

    @property
    def line(self) -> str:
        """The key as people pass it on: `name+id+key`."""
        return f"{self.name}+{self.key_id.hex()}+{b64(ED25519 + self.public.public_bytes_raw())}"

    def __eq__(self, other: object) -> bool:
        """Compare by line."""
        return isinstance(other, VerifierKey) and other.line == self.line

    def __hash__(self) -> int:
        """Hash by line."""
        return hash(self.line)


def sign(text: str, name: str, private: Ed25519PrivateKey) -> str:
    """Sign a text, which ends with a line feed, under a key's name; return the whole note."""
    if not text.endswith("\n") or NOT_IN_A_NOTE.search(text):
        raise ValueError("a note's text ends with a line feed and has no control characters")
    key = VerifierKey.of(name, private.public_key())
    signature = b64(key.key_id + private.sign(text.encode()))
    return f"{text}\n\u2014 {name} {signature}\n"


def open_note(note: str, key: VerifierKey) -> str:
    """Return the text of a note that this key signed; else raise Untrusted.

    1. The note is well formed, every line of it, and no larger than we read.
    2. Signatures by other keys are ignored; exactly one is by this key.
    3. That one is over this very text, its last line feed included.
    """
    text, signatures = take_apart(note)  # 1
    ours = [signed for name, signed in signatures if _is_by(key, name, signed)]  # 2
    if not ours:
        raise NoteUnsigned(key.name)
    if len(ours) > 1 or len(ours[0]) != KEY_ID_BYTES + SIGNATURE_BYTES:
        raise NoteMalformed(f"{key.name!r} must sign once, with {SIGNATURE_BYTES} bytes")
    check_signature(key.public, ours[0][KEY_ID_BYTES:], text.encode(), what="note")  # 3
    return text


def _is_by(key: VerifierKey, name: str, signed: bytes) -> bool:
    return name == key.name and signed[:KEY_ID_BYTES] == key.key_id


def take_apart(note: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Split a note at its last empty line: its text, and signatures (name, id + signature) by any.

    Only a line feed ends a line.
    """
    if len(note) > NOTE_MAX or NOT_IN_A_NOTE.search(note):
        raise NoteMalformed(f"it has control characters, or more than {NOTE_MAX} characters")
    text, gap, signatures = note.rpartition("\n\n")
    if not gap or not signatures.endswith("\n"):
        raise NoteMalformed("a text, an empty line and signature lines make a note")
    lines = signatures[:-1].split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise NoteMalformed(f"it has more than {SIGNATURES_MAX} signatures")
    return text + "\n", [_signature(line) for line in lines]


def _signature(line: str) -> tuple[str, bytes]:
    match line.split(" "):
        case ["\u2014", name, encoded] if NAME.fullmatch(name):
            signed = unb64(encoded)
        case _:
            raise NoteMalformed("a signature line is a dash, a name and base64")
    if len(signed) <= KEY_ID_BYTES:
        raise NoteMalformed("a signature line has no room for its key's id and a signature")
    return name, signed
