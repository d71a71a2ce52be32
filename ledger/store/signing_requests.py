"""The file that goes to where a key is and comes back signed: a name, and the bytes to sign.

It holds nothing that is not public. Whoever signs reads what the bytes themselves say; nothing else
in the file is believed (docs/formats/signing-request.md).
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from ledger import codec
from ledger.domain.events import Event
from ledger.errors import Refused, Unreadable, Untrusted
from ledger.proof.ed25519 import SIGNATURE_BYTES
from ledger.proof.encoding import b64url, unb64url
from ledger.proof.jws import Signer
from ledger.store.requests import Request

FORMAT = "donation-ledger-request.v1"
MEMBERS = {"expires", "format", "id", "origin", "sign"}


class RequestMalformed(Unreadable):
    """The bytes are no request to sign."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"this is no request to sign ({why}); make one with --prepare FILE of a command"
        )


class NothingToSign(Refused):
    """None of the entries is for this key."""

    def __init__(self, kid: str, wanted: Iterable[str]) -> None:
        super().__init__(
            f"nothing here is for key {kid}; wanted: {', '.join(wanted) or 'no other key'}"
        )


@dataclass(frozen=True, slots=True)
class Item:
    """One entry: the bytes to sign, the key that must, the signature once it is there."""

    kid: str
    event: Event
    signing_input: bytes
    signature: bytes | None


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What waits under a name at the ledger of that origin."""

    id: str
    origin: str
    expires: datetime
    items: tuple[Item, ...]

    @classmethod
    def of(cls, request: Request, origin: str) -> SigningRequest:
        """Return what of a request must be signed elsewhere."""
        items = tuple(
            _item(entry.signing_input, None, origin) for entry in request.entries if entry.elsewhere
        )
        return cls(request.id, origin, request.expires, items)

    @classmethod
    def parse(cls, data: bytes) -> SigningRequest:
        """Read a file; refuse bytes to sign that are no entry of that origin's log."""
        try:
            said = json.loads(data)
        except (ValueError, RecursionError):
            raise RequestMalformed("it is not JSON") from None
        if not isinstance(said, dict) or set(said) != MEMBERS or said["format"] != FORMAT:
            raise RequestMalformed(f"its format is not {FORMAT}")
        try:
            origin, name = str(said["origin"]), str(said["id"])
            items = tuple(
                _item(one["input"].encode(), one["signature"], origin) for one in said["sign"]
            )
            expires = datetime.fromisoformat(said["expires"]).astimezone(UTC)
        except (KeyError, TypeError, ValueError, AttributeError):
            raise RequestMalformed("its members are not those of a request") from None
        return cls(name, origin, expires, items)

    def encode(self) -> bytes:
        """Return the file's content."""
        sign = [
            {
                "input": item.signing_input.decode("ascii"),
                "signature": b64url(item.signature) if item.signature else None,
            }
            for item in self.items
        ]
        said = {
            "expires": self.expires.isoformat(),
            "format": FORMAT,
            "id": self.id,
            "origin": self.origin,
            "sign": sign,
        }
        return json.dumps(said, indent=1).encode() + b"\n"

    def signed_by(self, signer: Signer) -> SigningRequest:
        """Sign what is for this key; refuse when nothing is."""
        if all(item.kid != signer.kid for item in self.items):
            raise NothingToSign(signer.kid, sorted({item.kid for item in self.items}))
        items = tuple(
            replace(item, signature=signer.sign(item.signing_input))
            if item.kid == signer.kid
            else item
            for item in self.items
        )
        return replace(self, items=items)

    @property
    def signatures(self) -> dict[bytes, bytes | None]:
        """The signatures, by the bytes that were signed."""
        return {item.signing_input: item.signature for item in self.items}


def _item(signing_input: bytes, signature: str | None, origin: str) -> Item:
    """Read bytes to sign as the entry they will be."""
    blank = b64url(bytes(SIGNATURE_BYTES)).encode()
    try:
        signed, event = codec.read(signing_input + b"." + blank, origin)
        made = None if signature is None else unb64url(signature)
    except Untrusted as error:
        raise RequestMalformed(str(error)) from None
    return Item(signed.kid, event, signing_input, made)
