"""A receipt is deducted once, by one who may, and the tax bureau hears when it becomes void."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import reduce

import pytest

from ledger.domain import claims
from ledger.domain.claim_refusals import (
    AlreadyClaimed,
    ClaimBeforeGift,
    ClaimExceedsEligible,
    ClaimExceedsReceipt,
    ClaimExceedsShare,
    ClaimNotInYuan,
    ClaimNotPositive,
    ClaimUnknown,
    ClaimYearAhead,
    NothingChecked,
    NoticeStillOpen,
    NoticeUnknown,
    PaperDiffers,
    PaperNotPresented,
    ReceiptHeldOnFile,
    ReceiptIsVoid,
    TaxPowerMissing,
)
from ledger.domain.events import (
    CheckCount,
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    PaperTakenBack,
    ReceiptClaimed,
    ReceiptsChecked,
)
from ledger.domain.grounds import DocumentMalformed
from ledger.domain.organisations import AUTHORITY, POWERS, Organisation
from ledger.domain.receipt_life import Receipt, evolve
from ledger.domain.values import AccountMalformed
from ledger.money import Money
from tests.ledger.domain.claiming import (
    OFFICER,
    OTHER_TOKEN,
    STREAM,
    claim,
    claimed,
    exchanged,
    line,
    receipt,
    red,
    said,
)
from tests.ledger.domain.given import CHARITY, NOON, cny, digest
from tests.ledger.domain.receipted import PAPER_NUMBER, RED

DIGEST = "ab" * 32


def test_a_claim_says_whose_deduction_of_what_in_which_year() -> None:
    expected = said(ReceiptClaimed, 2, actor=AUTHORITY, taxpayer=claim(receipt()).taxpayer)

    assert claim(receipt()) == expected
    assert evolve(receipt(), expected).claims[0].amount == cny("50.00")


def test_all_claims_together_never_pass_the_receipts_amount() -> None:
    known = claimed(receipt())

    with pytest.raises(ClaimExceedsReceipt, match=r"30\.01 CNY exceeds the 30\.00 CNY"):
        claim(known, "30.01", token=OTHER_TOKEN)
    assert claims.claimed(claimed(known, "30.00", token=OTHER_TOKEN, claim_id="claim-2")) == cny(
        "80.00"
    )


def mixed() -> Receipt:
    """A receipt of 80.00 CNY, 50.00 of which may not be deducted."""
    other = line("50.00", date(2025, 3, 1), gift="gift-2", eligible=False)
    return receipt(lines=(line("30.00"), other))


def test_only_what_is_eligible_of_a_receipt_is_deducted() -> None:
    known = claimed(mixed(), "20.00")

    assert claims.deductible(known) == cny("30.00")
    assert claims.left(known) == cny("10.00")
    with pytest.raises(ClaimExceedsEligible, match=r"only 30\.00 CNY .* \(not on 2025-03-01\)"):
        claim(mixed(), "30.01")
    with pytest.raises(ClaimExceedsEligible, match=r"claim at most 10\.00 CNY"):
        claim(known, "10.01", token=OTHER_TOKEN)
    assert claim(known, "10.00", token=OTHER_TOKEN).amount == cny("10.00")


def test_of_a_receipt_that_is_not_eligible_nothing_is_deducted() -> None:
    known = receipt(lines=(line("80.00", eligible=False),))

    with pytest.raises(ClaimExceedsEligible, match=r"claim at most 0\.00 CNY"):
        claim(known, "0.01")
    assert claims.left(known) == cny("0.00")


def test_what_was_claimed_before_beyond_the_eligible_leaves_nothing() -> None:
    known = evolve(mixed(), said(ReceiptClaimed, 2, amount=cny("40.00")))

    assert claims.left(known) == cny("0.00")
    with pytest.raises(ClaimExceedsEligible, match=r"claim at most 0\.00 CNY"):
        claim(known, "0.01", token=OTHER_TOKEN)


def test_nothing_is_left_to_claim_of_what_is_void_or_kept_on_file() -> None:
    assert claims.left(receipt()) == cny("80.00")
    assert claims.left(red(receipt())) == cny("0.00")
    assert claims.left(receipt(held="declined")) == cny("0.00")


def test_under_a_name_of_a_joint_receipt_all_shares_are_claimed_together() -> None:
    known = claimed(receipt(kind="joint"), "15.00", share=cny("20.00"))

    with pytest.raises(AlreadyClaimed, match="release that first, and claim all shares"):
        claim(known, "5.00", share=cny("20.00"))


def test_a_taxpayer_claims_a_receipt_once_in_a_year() -> None:
    known = claimed(receipt(), "1.00")

    with pytest.raises(AlreadyClaimed, match=r"claimed 1\.00 CNY of this receipt in 2026"):
        claim(known, "1.00")
    with pytest.raises(AlreadyClaimed):
        claim(claimed(receipt(), "1.00", year=2025), "1.00", year=2025)
    assert claim(known, "1.00", token=OTHER_TOKEN).originator_version == 3


def test_what_is_carried_forward_is_claimed_in_another_year_within_the_amount() -> None:
    known = claimed(receipt(), "50.00", year=2025)

    assert claim(known, "30.00").originator_version == 3
    with pytest.raises(ClaimExceedsReceipt):
        claim(known, "30.01")


def test_a_void_receipt_is_deducted_by_nobody() -> None:
    with pytest.raises(ReceiptIsVoid, match=f"red receipt {RED.code} {RED.number}"):
        claim(red(receipt()))


def test_a_receipt_kept_on_file_is_deducted_by_nobody() -> None:
    with pytest.raises(ReceiptHeldOnFile, match="anonymous"):
        claim(receipt(held="anonymous"))


def test_of_an_exchanged_receipt_the_paper_one_must_be_presented() -> None:
    known = exchanged(receipt())

    with pytest.raises(PaperNotPresented, match="--paper"):
        claim(known)
    with pytest.raises(PaperDiffers, match=f"{RED.code} {RED.number}"):
        claim(known, paper=RED)
    assert claim(known, paper=PAPER_NUMBER).amount == cny("50.00")


def test_paper_that_stands_for_nothing_is_not_presented() -> None:
    back = evolve(exchanged(receipt()), said(PaperTakenBack, 3))

    with pytest.raises(PaperDiffers):
        claim(back, paper=PAPER_NUMBER)
    assert claim(back).originator_version == 4


def test_a_gift_is_not_deducted_before_the_year_it_was_given_in() -> None:
    lines = (line("40.00"), line("40.00", date(2026, 1, 1), gift="gift-2"))

    with pytest.raises(ClaimBeforeGift, match="a gift of 2025 can't be deducted in 2024"):
        claim(receipt(), year=2024)
    with pytest.raises(ClaimBeforeGift, match="a gift of 2026 can't be deducted in 2025"):
        claim(receipt(lines=lines), year=2025)
    assert claim(receipt(), year=2025).year == 2025


def test_a_year_that_has_not_begun_in_china_has_no_deductions() -> None:
    evening = datetime(2026, 12, 31, 15, 59, tzinfo=UTC)
    midnight = datetime(2026, 12, 31, 16, tzinfo=UTC)

    with pytest.raises(ClaimYearAhead, match="2027 has not begun"):
        claim(receipt(), year=2027, at=evening)
    assert claim(receipt(), year=2027, at=midnight).year == 2027


@pytest.mark.parametrize("amount", ["0.00", "-0.01"])
def test_a_deduction_is_more_than_nothing(amount: str) -> None:
    with pytest.raises(ClaimNotPositive):
        claim(receipt(), amount)
    assert claim(receipt(), "0.01").amount == cny("0.01")


def test_a_deduction_is_in_yuan() -> None:
    with pytest.raises(ClaimNotInYuan, match="not in USD"):
        claim(receipt(), Money.parse("1.00", "USD"))


def test_a_member_of_a_joint_receipt_deducts_what_that_member_gave() -> None:
    share = cny("20.00")
    known = claimed(receipt(), "15.00", share=share, year=2025)

    with pytest.raises(ClaimExceedsShare, match=r"5\.01 CNY exceeds the 5\.00 CNY left"):
        claim(known, "5.01", share=share)
    assert claim(known, "5.00", share=share).amount == cny("5.00")
    assert claim(known, "20.00", share=share, token=OTHER_TOKEN).amount == share


def test_an_officer_is_named_by_a_role() -> None:
    with pytest.raises(AccountMalformed):
        claim(receipt(), officer="张三")


def test_what_is_released_can_be_claimed_again() -> None:
    known = claimed(receipt(), "80.00")
    released = claims.release(known, "claim-1", "申报更正", OFFICER, NOON)

    assert released == said(ClaimReleased, 3, actor=AUTHORITY)
    assert claim(evolve(known, released), "80.00").originator_version == 4


def test_only_a_claim_that_stands_is_released() -> None:
    with pytest.raises(ClaimUnknown, match="'claim-2'"):
        claims.release(claimed(receipt()), "claim-2", "申报更正", OFFICER, NOON)


def twice_claimed() -> Receipt:
    return claimed(claimed(receipt()), "30.00", token=OTHER_TOKEN, claim_id="claim-2")


def test_every_claim_of_a_receipt_that_becomes_void_gives_notice() -> None:
    known = twice_claimed()
    found = claims.notices(red(known), RED, "partial return", NOON)

    assert found == [
        said(ClaimNoticeRaised, 5),
        said(ClaimNoticeRaised, 6, claim="claim-2", amount=cny("30.00")),
    ]
    assert {notice.actor for notice in found} == {CHARITY}
    assert claims.notices(known, RED, "partial return", NOON) == found, "as it was just before"
    assert reduce(evolve, found, red(known)).notices == ("claim-1", "claim-2")


def test_a_receipt_that_nobody_deducted_gives_no_notice() -> None:
    assert claims.notices(red(receipt()), RED, "refund", NOON) == []


def noticed() -> Receipt:
    known = red(claimed(receipt()))
    return reduce(evolve, claims.notices(known, RED, "refund", NOON), known)


def test_a_notice_is_settled_once_and_its_claim_goes() -> None:
    settled = claims.settle_notice(noticed(), "claim-1", "已更正申报", OFFICER, NOON)

    assert settled == said(ClaimNoticeSettled, 5, actor=AUTHORITY)
    after = evolve(noticed(), settled)
    assert (after.claims, after.notices) == ((), ())
    with pytest.raises(NoticeUnknown, match="'claim-1'"):
        claims.settle_notice(after, "claim-1", "已更正申报", OFFICER, NOON)


def test_a_claim_with_a_notice_is_not_released_but_settled() -> None:
    with pytest.raises(NoticeStillOpen, match="tax settle"):
        claims.release(noticed(), "claim-1", "申报更正", OFFICER, NOON)


def authority(*powers: str) -> Organisation:
    return Organisation(AUTHORITY, 1, "示范主管机关", "authority", powers)


def test_a_ledger_founded_before_deductions_were_known_has_none() -> None:
    claims.check_power(authority(*POWERS))

    with pytest.raises(TaxPowerMissing, match="founded before"):
        claims.check_power(authority("register", "eligibility", "finance", "naming"))


def counts(**results: int) -> list[CheckCount]:
    return [CheckCount(result=word, receipts=count) for word, count in results.items()]


def test_a_check_goes_on_record_with_its_counts_and_digests() -> None:
    results = counts(valid=9, reversed=1)
    found = claims.checked("check-1", OFFICER, results, DIGEST, DIGEST, None, NOON)

    assert found == ReceiptsChecked(
        originator_id="check-1", originator_version=1, timestamp=NOON, actor=AUTHORITY,
        officer=OFFICER, results=tuple(reversed(results)), sheet=DIGEST, rules=DIGEST, status=None,
    )  # fmt: skip
    with_list = claims.checked("check-1", OFFICER, results, DIGEST, DIGEST, DIGEST, NOON)
    assert with_list.status == DIGEST


@pytest.mark.parametrize("results", [[], counts(valid=0), counts(valid=1) * 2])
def test_a_check_of_nothing_is_none(results: list[CheckCount]) -> None:
    with pytest.raises(NothingChecked):
        claims.checked("check-1", OFFICER, results, DIGEST, DIGEST, None, NOON)


@pytest.mark.parametrize("wrong", ["sheet", "rules", "status"])
def test_a_check_names_documents_by_their_digests_only(wrong: str) -> None:
    given = {"sheet": DIGEST, "rules": DIGEST, "status": DIGEST, wrong: digest("other spelling")}

    with pytest.raises(DocumentMalformed):
        claims.checked("check-1", OFFICER, counts(valid=1), at=NOON, **given)


def test_a_claim_lies_in_its_receipts_own_story() -> None:
    assert claim(receipt()).originator_id == STREAM
