"""What the code printed on a receipt says: its five elements, signed by the issuer, in one line.

A telephone reads it off paper; whoever has the issuer's public key checks it without our server
(docs/formats/receipt.md).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from ledger.errors import Refused, Untrusted
from ledger.money import Money
from ledger.proof.ed25519 import check_signature
from ledger.proof.encoding import b64url, unb64url
from ledger.proof.jws import Signer

PREFIX = "DLR2|"
KID_CHARACTERS = 8
"""So much of a key's name finds it among an issuer's few; the signature decides."""

TEXT_MAX = 400
_FORM = re.compile(
    r"DLR2"
    r"\|(?P<code>[0-9]{8})"
    r"\|(?P<number>[0-9]{10})"
    r"\|(?P<check_code>[0-9A-Za-z]{6})"
    r"\|(?P<day>[0-9]{8})"
    r"\|(?P<amount>(?:0|[1-9][0-9]{0,15})\.[0-9]{2})"
    r"\|(?P<issuer>[0-9A-Z]{18})"
    r"\|(?P<leaf>[A-Za-z0-9_-]{43})"
    rf"\|(?P<kid>[A-Za-z0-9_-]{{{KID_CHARACTERS}}})"
    r"\|(?P<signature>[A-Za-z0-9_-]{86})"
)


class QrMalformed(Untrusted):
    """A text is not what the code of a receipt says."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no code of a receipt ({why}): scan the one printed on it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """The five elements of a receipt check, its issuer's credit code, its event's leaf hash."""

    code: str
    number: str
    check_code: str
    issued_on: date
    amount: Money
    issuer: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class SignedElements:
    """A code taken apart; nothing in it is to be believed before `check`."""

    says: Elements
    kid: str
    """The first characters of the signing key's name."""
    signature: bytes
    signed: bytes


def payload(says: Elements, signer: Signer) -> str:
    """Return the line for the code of a receipt, at most 220 characters below 10^12 yuan.

    ASCII; the issuer's Ed25519 key signs all that stands before the last `|`. No signed string of
    ours can be taken for it, for none of them holds a `|` (RFC 7515 3.1).
    """
    text = told(says) + signer.kid[:KID_CHARACTERS]
    return f"{text}|{b64url(signer.sign(text.encode('ascii')))}"


def told(says: Elements) -> str:
    """Return the line up to the name of its key."""
    fields = (
        says.code, says.number, says.check_code, says.issued_on.isoformat().replace("-", ""),
        says.amount.decimal(), says.issuer, b64url(says.leaf), "",
    )  # fmt: skip
    return PREFIX + "|".join(fields)


def parse(text: str) -> SignedElements:
    """Take a line apart without believing it; refuse any but the one form `payload` writes.

    Raise `QrMalformed` or another `Untrusted`.
    """
    found = _FORM.fullmatch(text) if len(text) <= TEXT_MAX else None
    if found is None:
        raise QrMalformed("its form is another")
    says = Elements(
        code=found["code"],
        number=found["number"],
        check_code=found["check_code"],
        issued_on=_day(found["day"]),
        amount=_amount(found["amount"]),
        issuer=found["issuer"],
        leaf=unb64url(found["leaf"]),
    )
    signed = text[: found.end("kid")].encode("ascii")
    return SignedElements(says, found["kid"], unb64url(found["signature"]), signed)


def check(code: SignedElements, key: Ed25519PublicKey) -> Elements:
    """Return what a code says if this key signed it; else raise `SignatureFails`."""
    check_signature(key, code.signature, code.signed, what="receipt's code")
    return code.says


def _day(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise QrMalformed(f"{digits} is no day") from None


def _amount(text: str) -> Money:
    try:
        return Money.parse(text, "CNY")
    except Refused as error:
        raise QrMalformed(str(error)) from None
