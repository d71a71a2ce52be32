"""Why a deduction of a receipt, or what follows from it, is refused."""

from __future__ import annotations

from ledger.domain.events import ReceiptNumber
from ledger.domain.receipt_life import Claim, Receipt
from ledger.errors import Refused, Unknown
from ledger.money import Money


class TaxPowerMissing(Refused):
    """The ledger was founded before deductions were known, and powers never change."""

    def __init__(self) -> None:
        super().__init__(
            "the authority of this ledger has no power over taxes: it was founded before "
            "deductions were known, and its powers never change; keep claims in a new ledger"
        )


class ReceiptIsVoid(Refused):
    """A receipt that a red one reversed is deducted by nobody."""

    def __init__(self, receipt: Receipt, red: ReceiptNumber) -> None:
        super().__init__(
            f"receipt {receipt.code} {receipt.number} is void: red receipt {red.code} {red.number} "
            "reversed it; claim the one that replaces it, if there is one"
        )


class ReceiptHeldOnFile(Refused):
    """A receipt that is kept on file was handed to nobody who could deduct it."""

    def __init__(self, receipt: Receipt, held: str) -> None:
        super().__init__(
            f"receipt {receipt.code} {receipt.number} is kept on file by its issuer ({held}): "
            "it was handed to nobody, so nobody can deduct it"
        )


class PaperNotPresented(Refused):
    """Of a receipt and the paper one in its place, only the paper one is good for deduction."""

    def __init__(self, receipt: Receipt) -> None:
        super().__init__(
            f"receipt {receipt.code} {receipt.number} was exchanged for a paper one: ask for "
            "that, and give its code and number (--paper CODE:NUMBER)"
        )


class PaperDiffers(Refused):
    """The paper that is presented does not stand in place of this receipt."""

    def __init__(self, receipt: Receipt, shown: ReceiptNumber) -> None:
        super().__init__(
            f"paper receipt {shown.code} {shown.number} does not stand in place of receipt "
            f"{receipt.code} {receipt.number}"
        )


class ClaimNotInYuan(Refused):
    """Tax is reckoned in yuan."""

    def __init__(self, currency: str) -> None:
        super().__init__(f"a deduction is claimed in CNY, not in {currency}")


class ClaimNotPositive(Refused):
    """A deduction of nothing, or less, is none."""

    def __init__(self, amount: Money) -> None:
        super().__init__(f"a deduction of {amount} is none; claim more than 0.00 CNY")


class ClaimBeforeGift(Refused):
    """What was given in a year can't be deducted in an earlier one."""

    def __init__(self, year: int, given: int) -> None:
        super().__init__(f"a gift of {given} can't be deducted in {year}, an earlier year")


class ClaimYearAhead(Refused):
    """A tax year that has not begun has no deduction."""

    def __init__(self, year: int, now: int) -> None:
        super().__init__(f"tax year {year} has not begun, it is {now}; look for a typing error")


class AlreadyClaimed(Refused):
    """A taxpayer claims a receipt once in a tax year; members of one name count as one."""

    def __init__(self, claim: Claim, kind: str) -> None:
        who, mend = "this taxpayer", "to correct it"
        if kind == "joint":
            who, mend = "under this name somebody", "and claim all shares of the name together"
        super().__init__(
            f"{who} claimed {claim.amount} of this receipt in {claim.year} already "
            f"({claim.id}); release that first, {mend}"
        )


class ClaimExceedsReceipt(Refused):
    """All claims together would pass the receipt's amount."""

    def __init__(self, asked: Money, left: Money) -> None:
        super().__init__(f"a claim of {asked} exceeds the {left} of this receipt not yet claimed")


class ClaimExceedsEligible(Refused):
    """What was given on a day on which gifts to the issuer could not be deducted stays out."""

    def __init__(self, receipt: Receipt, asked: Money, deductible: Money, left: Money) -> None:
        days = sorted({line.gift_on.isoformat() for line in receipt.lines if not line.eligible})
        super().__init__(
            f"a claim of {asked} exceeds the {left} that may still be deducted: of this receipt's "
            f"{receipt.amount} only {deductible} are of days on which gifts to its issuer could be "
            f"deducted (not on {', '.join(days)}); claim at most {left}"
        )


class ClaimExceedsShare(Refused):
    """Of a joint receipt all claims under a name stay within what its members of that name gave."""

    def __init__(self, asked: Money, left: Money) -> None:
        super().__init__(
            f"a claim of {asked} exceeds the {left} left of the shares under this member's name"
        )


class ClaimUnknown(Unknown):
    """No such claim stands."""

    def __init__(self, claim: str) -> None:
        super().__init__(f"no claim {claim!r} stands on this receipt; see: tax claims")


class NoticeStillOpen(Refused):
    """A claim whose receipt became void ends by its notice being settled."""

    def __init__(self, claim: str) -> None:
        super().__init__(
            f"the receipt of claim {claim} became void and a notice is open: correct the "
            "deduction and settle the notice (tax settle), instead of releasing the claim"
        )


class NoticeUnknown(Unknown):
    """No notice is open on such a claim."""

    def __init__(self, claim: str) -> None:
        super().__init__(f"no notice is open on claim {claim!r}; see: tax notices --open")


class NothingChecked(Refused):
    """A check of no receipt, or with impossible counts, is none."""

    def __init__(self) -> None:
        super().__init__("a check counts at least one receipt, and each result once, above zero")
