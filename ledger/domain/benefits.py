"""Gift or sponsorship: how much of a gift may stand on a donation receipt.

财综〔2024〕1号 art. 8 keeps the donation receipt for gifts: what is paid for an advertising right
or any other return is sponsorship (赞助), and gets none (domain rules 3.5 and 4).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ledger.domain.events.gift_benefit import BenefitRecorded
from ledger.domain.events.naming import SealedText
from ledger.domain.gifts import Gift, ReceiptStands
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.values import account
from ledger.errors import Refused
from ledger.money import CurrenciesDiffer, Money


class BenefitNegative(Refused):
    """A donor can't get less than nothing."""

    def __init__(self, benefit: Money) -> None:
        super().__init__(f"a benefit of {benefit} can't be right; write 0.00 if there is none")


class BenefitUnvalued(Refused):
    """The donor gets something whose worth nobody has set."""

    def __init__(self) -> None:
        super().__init__("no receipt: the donor gets something in return that has not been valued")


class GiftIsSponsorship(Refused):
    """The donor gets as much as was given, or more: nothing of it is a gift."""

    def __init__(self, benefit: Money, gift: Money) -> None:
        super().__init__(f"no receipt: the donor gets {benefit} in return for {gift}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of the receipt: made out in whole, in part, or not at all."""

    outcome: Literal["whole", "split", "blocked"]
    receipt: Money
    sponsored: Money
    refusal: Refused | None = None

    def require(self) -> Money:
        """Return what the receipt is made out for; refuse if there is none."""
        if self.refusal is not None:
            raise self.refusal
        return self.receipt


def sponsorship(benefit: Money | None, gift: Money) -> Verdict:
    """Decide how much of what is left of a gift is a gift; a receipt is never for the benefit.

    Of an unvalued benefit, or one not below the gift, nothing is receipted.
    """
    nothing = Money(0, gift.currency)
    if benefit is None:
        return Verdict("blocked", nothing, gift, BenefitUnvalued())
    if gift <= benefit:
        return Verdict("blocked", nothing, gift, GiftIsSponsorship(benefit, gift))
    if benefit == nothing:
        return Verdict("whole", gift, nothing)
    return Verdict("split", gift - benefit, benefit)


def record_benefit(
    gift: Gift,
    benefit: Money | None,
    what: str,
    decided_by: str,
    document: SealedText,
    at: datetime,
) -> BenefitRecorded:
    """Decide what the donor gets for a gift, before its receipt is made out and not after."""
    if gift.receipt is not None:
        raise ReceiptStands(*gift.receipt)
    if benefit is not None and benefit.currency != gift.booked.currency:
        raise CurrenciesDiffer(benefit.currency, gift.booked.currency)
    if benefit is not None and benefit.minor < 0:
        raise BenefitNegative(benefit)
    return BenefitRecorded(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        benefit=benefit,
        what=public_words(printable_name(what)),
        decided_by=account(decided_by),
        document=document,
    )
