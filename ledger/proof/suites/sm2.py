"""SM2 with SM3 (GB/T 32918.2-2016, GB/T 32905-2016): a second signature under a checkpoint.

A checkpoint is a signed note, and readers pass over signatures they do not know. So whoever must
use the national suite adds a line of it, and all others go on as before (docs/formats/log-sm2.md).
The arithmetic is that of the optional package gmalg, in Python: it is not constant in time, so
sign where nobody can measure.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from importlib import import_module
from typing import Any

from ledger.errors import Unreadable, Untrusted
from ledger.proof.encoding import b64, b64url, unb64
from ledger.proof.notes import KEY_ID_BYTES, NAME, NoteMalformed, NoteUnsigned

ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""The order of the curve's base point (GB/T 32918.5-2017 2)."""

USER_ID = b"1234567812345678"
"""The identifier that is hashed with the key if nothing else is agreed (GM/T 0009-2012 10)."""

TYPE = b"\xffSM2-with-SM3 GB/T 32918.2-2016\n"
"""The type of the signature: none is assigned, so a long one stands after ff (C2SP signed-note)."""

SCALAR_BYTES = 32
PUBLIC_BYTES, SIGNATURE_BYTES = 65, 64
PLAIN_POINT = b"\x04"


class Sm2Missing(Unreadable):
    """The optional part that does SM2 is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "SM2 needs the package gmalg; install the extra: pip install 'donation-ledger[sm]'"
        )


class Sm2KeyUnusable(Untrusted):
    """Bytes are no SM2 public key."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no usable SM2 public key: {why}")


class Sm2SignatureFails(Untrusted):
    """A signature was not made by this SM2 key over these bytes."""

    def __init__(self, what: str) -> None:
        super().__init__(f"the SM2 signature of this {what} fails: other bytes, or another key")


def sm3(data: bytes) -> bytes:
    """Return the SM3 digest of bytes (GB/T 32905-2016), 32 bytes."""
    hashing = _library().SM3()
    hashing.update(data)
    return bytes(hashing.value())


class Sm2Signer:
    """A signer whose private key follows from 32 secret bytes: modulo the order less 2, plus 1."""

    def __init__(self, secret: bytes) -> None:
        library = _library()
        scalar = int.from_bytes(secret, "big") % (ORDER - 2) + 1
        private = scalar.to_bytes(SCALAR_BYTES, "big")
        self._core = library.SM2(private, USER_ID)
        self.public = bytes(self._core.generate_pk(private))

    @property
    def kid(self) -> str:
        """Name the key: base64url of the SM3 digest of its 65 bytes."""
        return b64url(sm3(self.public))

    def sign(self, message: bytes) -> bytes:
        """Sign (GB/T 32918.2 6.1); return r and s, 32 bytes each. No two signatures are alike."""
        return b"".join(bytes(part).rjust(SCALAR_BYTES, b"\0") for part in self._core.sign(message))


def check_signature(public: bytes, signature: bytes, message: bytes, *, what: str) -> None:
    """Return quietly if `signature` is the key's over `message` (GB/T 32918.2 7.1).

    1. r and s are 32 bytes each, from 1 to n-1, and r + s is not a multiple of n.
    2. s G + (r + s) P is a point, and gives r.
    """
    library = _library()
    r, s = signature[:SCALAR_BYTES], signature[SCALAR_BYTES:]
    checking = library.SM2(uid=USER_ID, pk=usable(public))
    if len(signature) != SIGNATURE_BYTES or not checking.verify(message, r, s):
        raise Sm2SignatureFails(what)


def usable(public: bytes) -> bytes:
    """Return a public key of 65 bytes whose point lies on the curve."""
    if len(public) != PUBLIC_BYTES or not public.startswith(PLAIN_POINT):
        raise Sm2KeyUnusable("it is not 04 and two coordinates of 32 bytes")
    if not _library().SM2(uid=USER_ID).verify_pk(public):
        raise Sm2KeyUnusable("its point does not lie on the curve")
    return public


@dataclass(frozen=True, slots=True)
class Sm2Key:
    """The named public key of whoever signs checkpoints with SM2."""

    name: str
    public: bytes

    @classmethod
    def parse(cls, line: str) -> Sm2Key:
        """Read a line `name+id+key`; refuse all but the one spelling `line` gives."""
        match line.split("+", 2):
            case [name, _, encoded] if NAME.fullmatch(name):
                raw = unb64(encoded)
            case _:
                raise Sm2KeyUnusable("its line needs a name, an id and a key with a plus between")
        key = cls(name, usable(raw.removeprefix(TYPE)))
        if key.line != line:
            raise Sm2KeyUnusable("its line has another type, or an id of another key")
        return key

    @property
    def key_id(self) -> bytes:
        """The key's id (C2SP signed-note): four bytes of a SHA-256 over name, type and key."""
        return sha256(self.name.encode() + b"\n" + TYPE + self.public).digest()[:KEY_ID_BYTES]

    @property
    def line(self) -> str:
        """The verifier key in one line."""
        return f"{self.name}+{self.key_id.hex()}+{b64(TYPE + self.public)}"

    def cosign(self, note: str, signer: Sm2Signer) -> str:
        """Return a note with the signature of its text added; one that is there is left out."""
        text, lines = _parts(note)
        others = [line for line in lines if not self._is_ours(line)]
        ours = f"— {self.name} {b64(self.key_id + signer.sign(text.encode()))}"
        return "\n".join([text, *others, ours, ""])

    def check(self, note: str) -> None:
        """Return quietly if this key signed the note's text."""
        text, lines = _parts(note)
        ours = [line for line in lines if self._is_ours(line)]
        if not ours:
            raise NoteUnsigned(self.name)
        for line in ours:
            signature = unb64(line.rpartition(" ")[2])[KEY_ID_BYTES:]
            check_signature(self.public, signature, text.encode(), what="note")

    def _is_ours(self, line: str) -> bool:
        start = f"— {self.name} "
        return line.startswith(start) and unb64(line[len(start) :])[:KEY_ID_BYTES] == self.key_id


def _parts(note: str) -> tuple[str, list[str]]:
    """Return a note's text, with its last line feed, and the lines of its signatures."""
    text, found, signatures = note.rpartition("\n\n")
    lines = signatures.splitlines()
    if not found or not signatures.endswith("\n") or not all(x.startswith("— ") for x in lines):
        raise NoteMalformed("it needs a text, an empty line and lines of signatures")
    return text + "\n", lines


def _library() -> Any:
    try:
        return import_module("gmalg")
    except ImportError:
        raise Sm2Missing from None
