"""Deductions of receipts: one receipt is deducted once, by the one who paid (domain rules 3.9)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

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
from ledger.domain.days import day_in_china
from ledger.domain.events import (
    CheckCount,
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    ReceiptClaimed,
    ReceiptNumber,
    ReceiptsChecked,
)
from ledger.domain.grounds import document
from ledger.domain.organisations import AUTHORITY, Organisation, printable_name
from ledger.domain.public_words import public_words
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import stream
from ledger.domain.values import Party, account
from ledger.money import Money

POWER = "tax"


def check_power(authority: Organisation) -> None:
    """Refuse when the authority of this ledger may not record deductions."""
    if POWER not in authority.powers:
        raise TaxPowerMissing


def claimed(receipt: Receipt, token: str | None = None) -> Money:
    """Return what stands claimed of a receipt, by all, or by the one that `token` stands for."""
    counted = (c.amount.minor for c in receipt.claims if token in (None, c.token))
    return Money(sum(counted))


def deductible(receipt: Receipt) -> Money:
    """Return how much was given on days that allow a deduction: all claims together stay within."""
    return Money(sum(line.amount.minor for line in receipt.lines if line.eligible))


def left(receipt: Receipt) -> Money:
    """Return how much may still be claimed of a receipt: nothing, if nobody may claim it."""
    if receipt.red is not None or receipt.held is not None:
        return Money(0)
    return Money(max(0, (deductible(receipt) - claimed(receipt)).minor))


def claim(
    receipt: Receipt,
    claim_id: str,
    taxpayer: Party,
    token: str,
    year: int,
    amount: Money,
    officer: str,
    at: datetime,
    *,
    share: Money | None = None,
    paper: ReceiptNumber | None = None,
) -> ReceiptClaimed:
    """Decide that a taxpayer deducts `amount` (CNY) of a receipt in a tax year.

    `token` knows the same taxpayer again (`claimants.known_by`), `share` is what the members of
    that name in a joint receipt gave, `paper` the paper receipt that was presented. In how many
    years something may be carried forward is for the bureau (domain rules 1.2, 1.3).
    """
    _check_claimable(receipt, paper)
    _check_year(receipt, year, day_in_china(at).year)
    for known in receipt.claims:
        if (known.token, known.year) == (token, year):
            raise AlreadyClaimed(known, receipt.kind)
    _check_amount(receipt, token, amount, share)
    return ReceiptClaimed(
        originator_id=stream(receipt.code, receipt.number),
        originator_version=receipt.version + 1,
        timestamp=at,
        actor=AUTHORITY,
        code=receipt.code,
        number=receipt.number,
        claim=claim_id,
        taxpayer=taxpayer,
        token=token,
        year=year,
        amount=amount,
        officer=account(officer),
    )


def _check_claimable(receipt: Receipt, paper: ReceiptNumber | None) -> None:
    if receipt.red is not None:
        raise ReceiptIsVoid(receipt, receipt.red)
    if receipt.held is not None:
        raise ReceiptHeldOnFile(receipt, receipt.held)
    if paper is None and receipt.paper is not None:
        raise PaperNotPresented(receipt)
    if paper is not None and paper != receipt.paper:
        raise PaperDiffers(receipt, paper)


def _check_year(receipt: Receipt, year: int, now: int) -> None:
    given = max(line.gift_on.year for line in receipt.lines)
    if year < given:
        raise ClaimBeforeGift(year, given)
    if year > now:
        raise ClaimYearAhead(year, now)


def _check_amount(receipt: Receipt, token: str, amount: Money, share: Money | None) -> None:
    if amount.currency != receipt.amount.currency:
        raise ClaimNotInYuan(amount.currency)
    if amount.minor <= 0:
        raise ClaimNotPositive(amount)
    if left(receipt) < amount and deductible(receipt) < receipt.amount:
        raise ClaimExceedsEligible(receipt, amount, deductible(receipt), left(receipt))
    if left(receipt) < amount:
        raise ClaimExceedsReceipt(amount, left(receipt))
    if share is not None and share - claimed(receipt, token) < amount:
        raise ClaimExceedsShare(amount, share - claimed(receipt, token))


def release(
    receipt: Receipt, claim_id: str, reason: str, officer: str, at: datetime
) -> ClaimReleased:
    """Decide that a deduction is taken back, for a reason in public words; it can be made again."""
    _standing(receipt, claim_id)
    if claim_id in receipt.notices:
        raise NoticeStillOpen(claim_id)
    return ClaimReleased(
        originator_id=stream(receipt.code, receipt.number),
        originator_version=receipt.version + 1,
        timestamp=at,
        actor=AUTHORITY,
        code=receipt.code,
        number=receipt.number,
        claim=claim_id,
        reason=public_words(printable_name(reason)),
        officer=account(officer),
    )


def _standing(receipt: Receipt, claim_id: str) -> None:
    if claim_id not in {known.id for known in receipt.claims}:
        raise ClaimUnknown(claim_id)


def notices(
    receipt: Receipt, red: ReceiptNumber, reason: str, at: datetime
) -> list[ClaimNoticeRaised]:
    """Tell the tax bureau of every deduction of a receipt that `red` voids, in the same commit.

    The organisation that makes the receipt red says so. The notices come right after the red
    receipt: `receipt` may be handed in as it was just before that, or as it is with it.
    """
    last = receipt.version if receipt.red else receipt.version + 1
    return [
        ClaimNoticeRaised(
            originator_id=stream(receipt.code, receipt.number),
            originator_version=last + place,
            timestamp=at,
            actor=receipt.organisation,
            code=receipt.code,
            number=receipt.number,
            claim=known.id,
            amount=known.amount,
            year=known.year,
            red=red,
            reason=reason,
        )
        for place, known in enumerate(receipt.claims, 1)
    ]


def settle_notice(
    receipt: Receipt, claim_id: str, outcome: str, officer: str, at: datetime
) -> ClaimNoticeSettled:
    """Decide that the bureau has corrected a deduction of a void receipt, in public words how."""
    if claim_id not in receipt.notices:
        raise NoticeUnknown(claim_id)
    return ClaimNoticeSettled(
        originator_id=stream(receipt.code, receipt.number),
        originator_version=receipt.version + 1,
        timestamp=at,
        actor=AUTHORITY,
        code=receipt.code,
        number=receipt.number,
        claim=claim_id,
        outcome=public_words(printable_name(outcome)),
        officer=account(officer),
    )


def checked(
    check: str,
    officer: str,
    results: Sequence[CheckCount],
    sheet: str,
    rules: str,
    status: str | None,
    at: datetime,
) -> ReceiptsChecked:
    """Decide that a check of receipts goes on record under the stream `check` (rules 3.9, 10).

    `sheet`, `rules` and `status` are SHA-256 in hex: of the result sheet, of the rule table, and
    of the status list that was used, if one was.
    """
    words = {one.result for one in results}
    if len(words) != len(results) or not results or any(one.receipts < 1 for one in results):
        raise NothingChecked
    return ReceiptsChecked(
        originator_id=check,
        originator_version=1,
        timestamp=at,
        actor=AUTHORITY,
        officer=account(officer),
        results=tuple(sorted(results, key=lambda one: one.result)),
        sheet=_digest(sheet),
        rules=_digest(rules),
        status=document(status),
    )


def _digest(text: str) -> str:
    document(text)
    return text
