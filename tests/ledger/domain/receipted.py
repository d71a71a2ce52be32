"""What the events of receipts, claims and document keys say in tests."""

from __future__ import annotations

from datetime import date
from hashlib import sha256
from typing import Any

from ledger.domain import events
from ledger.domain.events import CheckCount, Event, ReceiptLine, ReceiptNumber
from ledger.domain.values import Party
from tests.ledger.domain.given import CHARITY, CODE, GIFT_DAY, cny, digest

NUMBER = "0000000001"
RED = ReceiptNumber(code=CODE, number="0000000002")
PAPER_NUMBER = ReceiptNumber(code="23052126", number="0000000007")
OFFICIAL = ReceiptNumber(code="23050126", number="0000009001")
CERTIFICATE = digest("certificate")
FINGERPRINT = sha256(b"certificate").hexdigest()
CLAIM = "claim-1"

_THIS: dict[str, Any] = {"code": CODE, "number": NUMBER}

FACTS: dict[type[Event], dict[str, Any]] = {
    events.DocumentKeyRegistered: {
        "organisation": CHARITY,
        "certificate": CERTIFICATE,
        "fingerprint": FINGERPRINT,
    },
    events.DocumentKeyRevoked: {
        "organisation": CHARITY,
        "fingerprint": FINGERPRINT,
        "reason": "设备遗失",
    },
    events.EligibilityListed: {
        "organisation": CHARITY,
        "first_day": date(2026, 1, 1),
        "last_day": date(2028, 12, 31),
        "notice": "公告示例2号",
        "notice_date": date(2026, 11, 16),
        "applicant_kind": 3,
        "departments": ("civil-affairs", "finance", "tax"),
        "level": "provincial",
    },
    events.EligibilityEnded: {
        "organisation": CHARITY,
        "notice": "公告示例3号",
        "notice_date": date(2027, 5, 20),
        "effective": date(2027, 6, 1),
        "ground": "spending-ratio",
        "barred_until": date(2031, 1, 1),
    },
    events.GiftReceiptWaived: {"reason": "anonymous"},
    events.ReceiptLimitSet: {"organisation": CHARITY, "code": CODE, "unused_max": 5000},
    events.ReceiptNumbersLost: {
        "organisation": CHARITY,
        "code": CODE,
        "first": 90,
        "last": 100,
        "reason": "lost",
        "note": "搬迁时遗失",
        "announced": "示范日报2026年第12期",
    },
    events.ReceiptMadeOut: {
        "organisation": CHARITY,
        **_THIS,
        "kind": "single",
        "lines": (
            ReceiptLine(
                gift="gift-1",
                amount=cny("80.00"),
                gift_on=GIFT_DAY,
                eligible=True,
                notice="公告示例1号",
                withheld=cny("20.00"),
            ),
        ),
        "amount": cny("80.00"),
        "payer": Party(id="party-2", sealed=(digest("payer"), digest("check code"))),
        "digests": (digest("member"),),
        "issued_on": date(2026, 11, 21),
        "area": "230108",
        "replaces": RED,
        "held": "anonymous",
        "specimen": True,
    },
    events.RedReceiptMadeOut: {
        "organisation": CHARITY,
        **_THIS,
        "red": RED,
        "gifts": ("gift-1",),
        "amount": cny("80.00"),
        "reversed_on": date(2026, 11, 22),
        "reason": "partial return",
        "note": "部分退赠",
    },
    events.ReceiptExchanged: {
        "organisation": CHARITY,
        **_THIS,
        "paper": PAPER_NUMBER,
        "exchanged_on": date(2026, 11, 22),
    },
    events.PaperTakenBack: {
        "organisation": CHARITY,
        **_THIS,
        "paper": PAPER_NUMBER,
        "taken_on": date(2026, 11, 23),
    },
    events.OfficialReceiptRecorded: {
        "organisation": CHARITY,
        **_THIS,
        "official": OFFICIAL,
        "issued_on": date(2026, 11, 21),
        "sealed": (digest("official check code"),),
    },
    events.ReceiptClaimed: {
        **_THIS,
        "claim": CLAIM,
        "taxpayer": Party(id="party-3", sealed=(digest("taxpayer"),)),
        "token": digest("token"),
        "year": 2026,
        "amount": cny("50.00"),
        "officer": "tax-officer-1",
    },
    events.ClaimReleased: {
        **_THIS,
        "claim": CLAIM,
        "reason": "申报更正",
        "officer": "tax-officer-1",
    },
    events.ClaimNoticeRaised: {
        **_THIS,
        "claim": CLAIM,
        "amount": cny("50.00"),
        "year": 2026,
        "red": RED,
        "reason": "partial return",
    },
    events.ClaimNoticeSettled: {
        **_THIS,
        "claim": CLAIM,
        "outcome": "已更正申报",
        "officer": "tax-officer-1",
    },
    events.ReceiptsChecked: {
        "officer": "tax-officer-1",
        "results": (
            CheckCount(result="valid", receipts=9),
            CheckCount(result="reversed", receipts=1),
        ),
        "sheet": sha256(b"sheet").hexdigest(),
        "rules": sha256(b"rules").hexdigest(),
        "status": sha256(b"status").hexdigest(),
    },
}

RANDOM = "a random id that this ledger made"
CREDIT_CODE = "a unified social credit code, public by law, or the authority's fixed id"
ROLE = "a role name such as clerk-2; `values.account` refuses anything else"
REGION = "a GB/T 2260 code of digits only"
NUMBERED = "a number of eight or ten digits"
WORDED = "an official's own words on an act, typed for the public; the page says so"
KEYED = "a digest that only the key's holder can recompute"
FIXED = "one of a few fixed words"
DOCUMENT = "the digest of a document"
NOTICE = "the number of a public notice"

SEALED = {
    ("ReceiptMadeOut", "digests"),
    ("OfficialReceiptRecorded", "sealed"),
}

_WORDS = {
    "organisation": CREDIT_CODE,
    "code": NUMBERED,
    "number": NUMBERED,
    "claim": RANDOM,
    "officer": ROLE,
    "notice": NOTICE,
    "kind": FIXED,
    "held": FIXED,
    "level": FIXED,
    "departments": FIXED,
    "ground": FIXED,
    "result": FIXED,
    "note": WORDED,
    "outcome": WORDED,
    "announced": "where a public notice was printed",
    "area": REGION,
    "gift": RANDOM,
    "gifts": RANDOM,
    "token": KEYED,
    "certificate": "a public key in its certificate, which names an organisation",
    "fingerprint": DOCUMENT,
    "sheet": DOCUMENT,
    "rules": DOCUMENT,
    "status": DOCUMENT,
}
_FIXED_REASONS = {"GiftReceiptWaived", "ReceiptNumbersLost", "RedReceiptMadeOut"}
_TEXTS = {
    "DocumentKeyRegistered": ("organisation", "certificate", "fingerprint"),
    "DocumentKeyRevoked": ("organisation", "fingerprint", "reason"),
    "EligibilityListed": ("organisation", "notice", "departments", "level"),
    "EligibilityEnded": ("organisation", "notice", "ground"),
    "GiftReceiptWaived": ("reason",),
    "ReceiptLimitSet": ("organisation", "code"),
    "ReceiptNumbersLost": ("organisation", "code", "reason", "note", "announced"),
    "ReceiptLine": ("gift", "notice"),
    "ReceiptNumber": ("code", "number"),
    "ReceiptMadeOut": ("organisation", "code", "number", "kind", "area", "held"),
    "RedReceiptMadeOut": ("organisation", "code", "number", "gifts", "reason", "note"),
    "ReceiptExchanged": ("organisation", "code", "number"),
    "PaperTakenBack": ("organisation", "code", "number"),
    "OfficialReceiptRecorded": ("organisation", "code", "number"),
    "ReceiptClaimed": ("code", "number", "claim", "token", "officer"),
    "ClaimReleased": ("code", "number", "claim", "reason", "officer"),
    "ClaimNoticeRaised": ("code", "number", "claim", "reason"),
    "ClaimNoticeSettled": ("code", "number", "claim", "outcome", "officer"),
    "CheckCount": ("result",),
    "ReceiptsChecked": ("officer", "sheet", "rules", "status"),
}
PUBLIC: dict[tuple[str, str], str] = {
    (owner, name): (FIXED if owner in _FIXED_REASONS else WORDED)
    if name == "reason"
    else _WORDS[name]
    for owner, names in _TEXTS.items()
    for name in names
}
"""Why the text in these fields is no person's."""
