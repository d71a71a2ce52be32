"""What a log sends to a witness (C2SP tlog-witness): a checkpoint, and how it grew to it."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.errors import Untrusted
from ledger.proof.encoding import b64, parse_count, unb64
from ledger.proof.merkle import HASH_BYTES
from ledger.proof.notes import NOTE_MAX

OLD = "old "
PATH_MAX = 63
"""The longest consistency proof that may be sent."""

SIZE_TYPE = "text/x.tlog.size"
"""The content type of an answer 409 that tells the size a witness has seen last."""


class RequestMalformed(Untrusted):
    """Bytes are no request to cosign a checkpoint."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not a request to cosign (c2sp.org/tlog-witness): {why}")


@dataclass(frozen=True, slots=True)
class AddCheckpoint:
    """A signed checkpoint, and the proof (RFC 9162 2.1.4) that it extends `old` leaves."""

    old: int
    path: tuple[bytes, ...]
    note: str

    def encode(self) -> bytes:
        """Write the body of the request."""
        hashes = "".join(f"{b64(each)}\n" for each in self.path)
        return f"{OLD}{self.old}\n{hashes}\n{self.note}".encode()

    @classmethod
    def parse(cls, body: bytes) -> AddCheckpoint:
        """Read a request; refuse all but the one spelling `encode` gives. The note stays closed."""
        if len(body) > NOTE_MAX:
            raise RequestMalformed(f"it has more than {NOTE_MAX} bytes")
        try:
            head, gap, note = body.decode("utf-8").partition("\n\n")
        except UnicodeDecodeError:
            raise RequestMalformed("it is not UTF-8") from None
        match head.split("\n"):
            case [old, *hashes] if gap and old.startswith(OLD) and len(hashes) <= PATH_MAX:
                path = tuple([unb64(each) for each in hashes])
            case _:
                raise RequestMalformed(
                    f"it needs a line 'old SIZE', at most {PATH_MAX} hashes, an empty line and "
                    "a checkpoint"
                )
        if any(len(each) != HASH_BYTES for each in path):
            raise RequestMalformed(f"a hash has other than {HASH_BYTES} bytes")
        return cls(parse_count(old.removeprefix(OLD)), path, note)
