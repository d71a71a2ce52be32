"""The file that brings a key to a ledger: its public half, with its holder's proof.

Nothing of the private half is in it (docs/formats/key-file.md).
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from ledger.domain.key_rotation import HANDOVER, POSSESSION, OfferedKey, statement
from ledger.domain.organisations import ORGANISATION
from ledger.errors import Refused, Unreadable
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer, Signer
from ledger.store.tokens import TokenSigner

FORMAT = "donation-ledger-public-key.v1"
NAMES = ("handover", "kid", "organisation", "origin", "possession", "public", "replaces")
OPTIONAL = ("handover", "replaces")


class PublicHalfMalformed(Unreadable):
    """The bytes are no public half of a key."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no public half of a key ({why}); make one with: key prove")


class OtherKeyHandsOver(Refused):
    """A handover is signed by the key that is replaced, and by no other."""

    def __init__(self, kid: str, replaces: str | None) -> None:
        super().__init__(f"key {kid} is not the one that is replaced ({replaces or 'none'})")


class MadeForOther(Refused):
    """A proof was made for another organisation or another ledger."""

    def __init__(self, organisation: str, origin: str) -> None:
        super().__init__(f"this key was proved for {organisation} at {origin}; prove it anew")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHalf:
    """A public key (JWK `x`) that an organisation offers to the ledger of that origin."""

    organisation: str
    origin: str
    kid: str
    public: str
    replaces: str | None
    possession: str
    handover: str | None

    def encode(self) -> bytes:
        """Return the file's content."""
        said = {name: getattr(self, name) for name in NAMES}
        return json.dumps({**said, "format": FORMAT}, indent=1, sort_keys=True).encode() + b"\n"

    @classmethod
    def parse(cls, data: bytes) -> PublicHalf:
        """Read a file; its signatures are checked where the key is registered."""
        try:
            said = json.loads(data)
        except (ValueError, RecursionError):
            raise PublicHalfMalformed("it is not JSON") from None
        if not isinstance(said, dict) or said.get("format") != FORMAT:
            raise PublicHalfMalformed(f"its format is not {FORMAT}")
        if set(said) != {*NAMES, "format"} or not all(
            isinstance(said[n], str) or (said[n] is None and n in OPTIONAL) for n in NAMES
        ):
            raise PublicHalfMalformed("its members are not those of a public half")
        return cls(**{name: said[name] for name in NAMES})

    def handed_over(self, old: Signer) -> PublicHalf:
        """Return the file with the signature of the key that is replaced."""
        if old.kid != self.replaces:
            raise OtherKeyHandsOver(old.kid, self.replaces)
        signed = statement(HANDOVER, self.origin, self.organisation, self.kid, self.replaces)
        return replace(self, handover=b64url(old.sign(signed)))

    def offered(self, organisation: str, origin: str, custody: str = ORGANISATION) -> OfferedKey:
        """Return the key as it is offered to this organisation at this ledger."""
        if (organisation, origin) != (self.organisation, self.origin):
            raise MadeForOther(self.organisation, self.origin)
        return OfferedKey(
            kid=self.kid,
            public=self.public,
            replaces=self.replaces,
            custody=custody,
            possession=self.possession,
            handover=self.handover,
        )


def prove(
    signer: Ed25519Signer | TokenSigner, organisation: str, origin: str, replaces: str | None
) -> PublicHalf:
    """Let a key prove that its holder has it, for one organisation of one ledger."""
    signed = statement(POSSESSION, origin, organisation, signer.kid, replaces)
    return PublicHalf(
        organisation=organisation,
        origin=origin,
        kid=signer.kid,
        public=b64url(signer.public.public_bytes_raw()),
        replaces=replaces,
        possession=b64url(signer.sign(signed)),
        handover=None,
    )
