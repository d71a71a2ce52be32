"""A receipt of ten years ago still proves itself, and says what has become of its issuer since."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from api.deducting.reference import rule_table, target_areas
from ledger.domain.events import DocumentKeyRevoked, EligibilityEnded, KeyRevoked
from receipts import certificates
from receipts.classes import DeductionClasses
from receipts.known import Asked
from receipts.status import tag
from receipts.status_issuers import DocumentKey, Period, WorkingKey
from receipts.verify import verify
from tests.attacks.forging import CHECK, NOTICE, SIGNERS, TRUST, VALID, judgement, public
from tests.conftest import USCC
from tests.receipts.made_out import Story, line, made_out
from tests.receipts.signed import document, printed, register, register_root, registration, signer
from tests.receipts.verified import ISSUER, listed, step

OLD = "23050116"
GIFT_DAY, ISSUED_ON = date(2016, 10, 1), date(2016, 11, 21)
KID = SIGNERS[USCC].kid


def told() -> Story:
    at = datetime(2016, 11, 21, 4, tzinfo=UTC)
    said = made_out(
        [line(day=GIFT_DAY)], code=OLD, stream=f"receipt-{OLD}-0000000001", issued_on=ISSUED_ON
    )
    lies: dict[str, Any] = {
        name: {"timestamp": at} for name in ("founded", "registered", "key", "fund")
    }
    story = Story(
        said | {"timestamp": at},
        allotted={"code": OLD, "timestamp": at},
        gift={"received_on": GIFT_DAY, "timestamp": at},
        granted={"first_day": date(2016, 1, 1), "last_day": date(2016, 12, 31), "timestamp": at},
        **lies,
    )
    register_root(story)
    register(story, signer())
    return story


def test_of_a_body_that_has_lost_everything_since_the_receipt_is_still_valid_and_says_so() -> None:
    story = told()
    file = document(story.encode(), printed(story, code=OLD, issued_on=ISSUED_ON))
    at = len(story.log.entries)
    since = replace(
        ISSUER,
        keys=(WorkingKey(KID, public(SIGNERS[USCC]), 2, at + 5),),
        documents=(DocumentKey(**_document(), since=at, until=at + 6),),
        eligibility=(Period(date(2016, 1, 1), date(2016, 12, 31), NOTICE),),
    )
    today = date(2027, 3, 1)
    amount = listed().of("23050126", "0000000001")
    assert amount is not None
    status = listed(
        issuer=since, code=OLD, issued_on=ISSUED_ON,
        tag=tag(OLD, "0000000001", CHECK.value, ISSUED_ON, amount.amount),
    )  # fmt: skip
    classes = DeductionClasses(rule_table(), target_areas())
    verdict = verify(file, TRUST, status, Asked(classes=classes, today=today))
    assert judgement(verdict) == VALID
    assert (verdict.deduction_class, verdict.rule) == ("limited", "CIT-12-CF3")
    assert "revoked later" in step(verdict, "signers").says
    assert "revoked later" in step(verdict, "signature").says
    assert "2016-12-31" in step(verdict, "eligibility").says


def _document() -> dict[str, str]:
    said = registration(signer())
    return {"fingerprint": said["fingerprint"], "certificate": said["certificate"]}


def test_its_bundle_proved_anew_today_tells_the_same_without_any_list() -> None:
    story = told()
    fingerprint = certificates.fingerprint(signer().certificate)
    story.of_issuer("revoked", KeyRevoked, kid=KID, reason="replaced")
    story.of_issuer("gone", DocumentKeyRevoked, fingerprint=fingerprint, reason="replaced")
    story.of_issuer(
        "ended", EligibilityEnded, notice="公告示例3号", notice_date=date(2018, 5, 20),
        effective=date(2018, 6, 1), ground="spending-ratio", barred_until=None,
    )  # fmt: skip
    verdict = verify(story.encode(), TRUST)
    assert judgement(verdict) == VALID
    assert "revoked later" in step(verdict, "signers").says
    assert "2018-06-01" in step(verdict, "eligibility").says
