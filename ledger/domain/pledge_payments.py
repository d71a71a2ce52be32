"""How promises are kept and let go: gifts pay them, returns undo that, write-offs need a ground."""

from __future__ import annotations

from datetime import datetime

from ledger.domain.credits import CountedGift, worth
from ledger.domain.days import day_in_china
from ledger.domain.events.pledge import (
    GiftFreedFromPledge,
    GiftSetAgainstPledge,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
)
from ledger.domain.funds import AmountNotPositive
from ledger.domain.grounds import document, reason
from ledger.domain.pledges import Pledge, standing
from ledger.domain.values import account
from ledger.errors import Refused
from ledger.money import Money

UNDONE = ("gift-returned", "gift-reversed", "other-promise")
WRITTEN_OFF = ("hardship", "court", "uncollectable", "mistake")
"""The donor's hardship (Charity Law art. 41), a judgment, money that can't be had, or a promise
that was recorded but never made."""

ON_PAPER = ("hardship", "court")
"""Hardship is reported to civil affairs and explained in public (art. 41); a court judges."""


class NotForThisPledge(Refused):
    """A promise is kept by gifts to the same charity's same fund."""

    def __init__(self, gift: str, fund: str, pledged: str) -> None:
        super().__init__(f"{gift} lies in {fund}; this promise is for {pledged}")


class GiftUsedUp(Refused):
    """A gift keeps promises up to its own amount, and in one currency."""

    def __init__(self, asked: Money, left: Money) -> None:
        super().__init__(f"{asked} is set against the promise, but only {left} of the gift is free")
        self.left = left


class MoreThanOutstanding(Refused):
    """A fixed promise is not paid over, and no promise is written off over what is outstanding."""

    def __init__(self, asked: Money, outstanding: Money) -> None:
        super().__init__(f"{asked} is more than the {outstanding} outstanding")
        self.outstanding = outstanding


class NotPaidByGift(Refused):
    """Only what a gift paid can be undone."""

    def __init__(self, gift: str, asked: Money, paid: Money) -> None:
        super().__init__(f"{gift} paid {paid} of this promise; {asked} can't be undone")


class PromiseStands(Refused):
    """A promise for relief is not dropped at will (Civil Code art. 658 and 660)."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"a promise to charity can't be dropped for {why!r} (民法典 658、660); "
            f"the grounds are {', '.join(WRITTEN_OFF)}"
        )


class DocumentMissing(Refused):
    """Hardship and judgments are proved by a document."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"give the document's SHA-256: {why} needs the report to civil affairs or the "
            "judgment (慈善法 41)"
        )


def pay(
    pledge: Pledge, gift: CountedGift, kept: Money, amount: Money, at: datetime
) -> tuple[PledgePaid, GiftSetAgainstPledge]:
    """Decide that `amount` of what is `kept` of a gift keeps a promise: one fact in each story."""
    if (gift.organisation, gift.fund) != (pledge.organisation, pledge.fund):
        raise NotForThisPledge(gift.id, gift.fund, pledge.fund)
    if amount.minor <= 0:
        raise AmountNotPositive(amount)
    left = worth(gift.given, gift.booked, kept.minor, pledge.currency)
    for counted in gift.pledges.values():
        left -= counted
    if left < amount:
        raise GiftUsedUp(amount, left)
    outstanding = standing(pledge, day_in_china(at)).outstanding
    if pledge.instalments and outstanding < amount:
        raise MoreThanOutstanding(amount, outstanding)
    paid = PledgePaid(
        originator_id=pledge.id,
        originator_version=pledge.version + 1,
        timestamp=at,
        actor=pledge.organisation,
        gift=gift.id,
        amount=amount,
    )
    return paid, GiftSetAgainstPledge(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        pledge=pledge.id,
        amount=amount,
    )


def undo(
    pledge: Pledge, gift: CountedGift, amount: Money, why: str, at: datetime
) -> tuple[PledgePaymentUndone, GiftFreedFromPledge]:
    """Decide that this much of a gift keeps the promise no longer; it is outstanding again."""
    if amount.minor <= 0:
        raise AmountNotPositive(amount)
    paid = pledge.money(pledge.payments.get(gift.id, 0))
    if paid < amount:
        raise NotPaidByGift(gift.id, amount, paid)
    undone = PledgePaymentUndone(
        originator_id=pledge.id,
        originator_version=pledge.version + 1,
        timestamp=at,
        actor=pledge.organisation,
        gift=gift.id,
        amount=amount,
        reason=reason(why, UNDONE),
    )
    return undone, GiftFreedFromPledge(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        pledge=pledge.id,
        amount=amount,
    )


def payments_too_many(gift: CountedGift, kept: Money) -> dict[str, Money]:
    """Return what to undo, by promise, when only so much of a gift is kept, the latest first."""
    found: dict[str, Money] = {}
    if not gift.pledges:
        return found
    currency = next(iter(gift.pledges.values())).currency
    counted = sum(amount.minor for amount in gift.pledges.values())
    over = counted - worth(gift.given, gift.booked, kept.minor, currency).minor
    for pledge, amount in reversed(list(gift.pledges.items())):
        if over > 0:
            found[pledge] = Money(min(over, amount.minor), currency)
            over -= amount.minor
    return found


def write_off(
    pledge: Pledge,
    amount: Money,
    why: str,
    proof: str | None,
    decided_by: str,
    at: datetime,
) -> PledgeWrittenOff:
    """Decide that nobody waits for a part of a promise any longer, on a ground the law leaves.

    Of a recurring gift only what has fallen due can be written off; what comes is ended.
    """
    if why not in WRITTEN_OFF:
        raise PromiseStands(why)
    if why in ON_PAPER and proof is None:
        raise DocumentMissing(why)
    if amount.minor <= 0:
        raise AmountNotPositive(amount)
    outstanding = standing(pledge, day_in_china(at)).outstanding
    if outstanding < amount:
        raise MoreThanOutstanding(amount, outstanding)
    return PledgeWrittenOff(
        originator_id=pledge.id,
        originator_version=pledge.version + 1,
        timestamp=at,
        actor=pledge.organisation,
        amount=amount,
        reason=why,
        document=document(proof),
        decided_by=account(decided_by),
    )
