"""A small status list for tests: receipts of every fate, two organisations, fixed keys."""

from __future__ import annotations

from datetime import date
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.money import Money
from ledger.proof.encoding import b64url
from ledger.proof.notes import VerifierKey
from receipts.status import AsOf, StatusList, sign, tag
from receipts.status_body import Entry
from receipts.status_issuers import DocumentKey, Issuer, Period, WorkingKey
from receipts.trust import Trust
from tests.conftest import USCC

ORIGIN = "donations.example/ledger"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TRUST = Trust(VerifierKey.of(ORIGIN, PRIVATE.public_key()), "root-kid")
DAY = date(2026, 11, 22)
AS_OF = AsOf(DAY, 1234, bytes(range(32)), date(2026, 11, 29))
ISSUED_ON = date(2026, 11, 21)
CODE = "23050126"
LEADING_ZERO = "00050125"
CHECK = "a1B2c3"

AUTHORITY = Issuer(
    "authority", "示范省民政厅", "authority", (WorkingKey("root", "A" * 43, 0, None),),
    (DocumentKey("ab" * 32, b64url(b"root certificate"), 1, None),), (),
)  # fmt: skip
CHARITY = Issuer(
    USCC, "示范基金会", "charity",
    (WorkingKey("kid-1", "B" * 43, 3, 90), WorkingKey("kid-2", "C" * 43, 91, None)),
    (DocumentKey("cd" * 32, b64url(b"leaf certificate"), 4, 95),),
    (Period(date(2026, 1, 1), date(2028, 12, 31), "公告示例1号"),),
)  # fmt: skip
ISSUERS = (CHARITY, AUTHORITY)


def entry(number: int, fen: int = 8000, *, code: str = CODE, check: str | None = CHECK,
          **others: Any) -> Entry:  # fmt: skip
    """Make an entry; anything can be said otherwise."""
    known = f"{number:010d}"
    told = tag(code, known, check, ISSUED_ON, Money(fen)) if check else None
    members: dict[str, Any] = {
        "code": code, "number": known, "issued_on": ISSUED_ON, "amount": fen, "eligible": fen,
        "claimed": 0, "issuer": USCC, "notice": "公告示例1号", "kind": "single", "held": None,
        "specimen": True, "red": None, "replaced_by": None, "paper": None, "tag": told,
    }  # fmt: skip
    return Entry(**{**members, **others})


RED = (CODE, "0000000009")
ENTRIES = (
    entry(1),
    entry(2, red=(CODE, "0000000008")),
    entry(3, 10000, red=RED, replaced_by=(CODE, "0000000004"), claimed=10000),
    entry(4, 6000),
    entry(5, red=(CODE, "0000000007"), replaced_by=(CODE, "0000000006")),
    entry(6, kind="annual", paper=("23052126", "0000000007"), specimen=False, claimed=8000),
    entry(10, eligible=3000, kind="joint", held="declined"),
    entry(11, eligible=0, notice=None, held="anonymous", check=None),
    entry(9_999_999_999, 2**53 - 1, code=LEADING_ZERO, notice="公告示例2号"),
)


def signed(*entries: Entry, **others: Any) -> bytes:
    """Sign a list of these entries, of all if none is named."""
    told: dict[str, Any] = {
        "issuers": ISSUERS, "as_of": AS_OF, "origin": ORIGIN, "private": PRIVATE, **others,
    }  # fmt: skip
    return sign(entries or ENTRIES, **told)


def parsed(*entries: Entry, **others: Any) -> StatusList:
    """Sign a list and read it."""
    return StatusList.parse(signed(*entries, **others), TRUST)
