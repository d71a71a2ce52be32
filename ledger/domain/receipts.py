"""Receipts: what one says, and the form of its number and check code."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from ledger.domain.benefits import Verdict, sponsorship
from ledger.domain.events import ReceiptLine, ReceiptMadeOut, ReceiptNumber
from ledger.domain.funds import Fund
from ledger.domain.gifts import (
    AgencyMoney,
    Gift,
    GiftWasReturned,
    GiftWasReversed,
    PartlyReturned,
    receiptable,
)
from ledger.domain.organisations import Organisation, printable_name
from ledger.domain.receipt_books import receipt_code
from ledger.domain.values import Party, place_code
from ledger.errors import Refused, Unknown
from ledger.money import Money

CHECK_ALPHABET = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
"""Digits and letters of both cases, without those that a reader mistakes for another."""

LINES_MAX = 150
"""Gifts that one receipt can name: an entry of the log has at most 65,535 bytes."""

MEMBERS_MAX = 500
"""Donors that one joint receipt can name."""

ANONYMOUS = "匿名捐赠人"
"""The payer of a receipt that is kept on file for somebody whose name is not known."""


class ReceiptNumberMalformed(Refused):
    """A receipt number is not ten digits."""

    def __init__(self, number: str) -> None:
        super().__init__(f"receipt number {number!r}: format is 10 digits")


class CheckCodeMalformed(Refused):
    """A check code is not six letters and digits."""

    def __init__(self, check_code: str) -> None:
        super().__init__(f"check code {check_code!r}: format is 6 letters and digits")


class ReceiptUnknown(Unknown):
    """No receipt was issued under that code and number."""

    def __init__(self, code: str, number: str) -> None:
        super().__init__(f"no receipt {code} {number} was issued by this ledger")


class NotEligibleOnDay(Refused):
    """A receipt for a deduction was asked for, and gifts of that day could not be deducted."""

    def __init__(self, day: date) -> None:
        super().__init__(
            f"no receipt: the charity was not eligible for deductible gifts on {day}; without "
            "--deductible one is made out that says so"
        )


class NothingToReceipt(Refused):
    """A receipt is for at least one gift."""

    def __init__(self) -> None:
        super().__init__("no receipt: there is no gift that it could be made out for")


class TooManyLines(Refused):
    """More gifts than one receipt can name."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} gifts do not fit on one receipt, which names at most {LINES_MAX}; name "
            "some of them with --gift"
        )


class GiftOfAnotherYear(Refused):
    """An annual receipt is for the gifts of one year."""

    def __init__(self, gift: str, day: date, year: int) -> None:
        super().__init__(f"{gift} was given on {day}, not in {year}")


class WaivedSingly(Refused):
    """A receipt that is only kept on file is no part of an annual one."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"the donor of {gift} takes no receipt; it is made out singly and kept")


class DonorsDiffer(Refused):
    """An annual receipt is one donor's."""

    def __init__(self, names: int) -> None:
        super().__init__(f"these gifts bear {names} names; an annual receipt names one donor")


class MembersUnusable(Refused):
    """A joint receipt has a list of at least one donor, each with a name and an amount."""

    def __init__(self, why: str) -> None:
        super().__init__(f"no joint receipt: {why}")


class SharesDiffer(Refused):
    """What the members gave does not add up to what the receipt says."""

    def __init__(self, total: Money, amount: Money) -> None:
        super().__init__(
            f"the members' shares add up to {total}, the receipt is for {amount}; make it out "
            "with a list of what is kept (receipts joint --list)"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What is asked of receipts beside their gifts.

    `area` is the place code of the target area to name; with `deductible` none is made out for
    gifts that could not be deducted on their day.
    """

    issued_on: date
    area: str | None = None
    deductible: bool = False


@dataclass(frozen=True, slots=True)
class Kept:
    """A gift of which something is left that a receipt may say, and its fund."""

    gift: Gift
    fund: Fund


def stream(code: str, number: str) -> str:
    """Return the stream of a receipt; code and number together are unique (rules 3.3)."""
    return f"receipt-{code}-{number}"


def check_code(below: Callable[[int], int]) -> str:
    """Draw a check code; `below(n)` returns a random number under n."""
    return "".join(CHECK_ALPHABET[below(len(CHECK_ALPHABET))] for _ in range(6))


def well_formed(code: str, number: str, check: str) -> None:
    """Refuse a code, number or check code that no donation receipt can bear (rules 3.3)."""
    numbered(code, number)
    if not re.fullmatch(r"[0-9A-Za-z]{6}", check):
        raise CheckCodeMalformed(check)


def numbered(code: str, number: str) -> None:
    """Refuse a code or number that no donation receipt can bear (rules 3.3)."""
    receipt_code(code)
    if not re.fullmatch(r"[0-9]{10}", number):
        raise ReceiptNumberMalformed(number)


def kept_of(gift: Gift, fund: Fund) -> Money:
    """Return what a receipt of the gift may say: what is left of it in its fund's account.

    What its donor gets in return is sponsorship, and stands on no receipt (`benefits`).
    """
    return _verdict(gift, fund).require()


def _verdict(gift: Gift, fund: Fund) -> Verdict:
    left = _left_of(gift, fund)
    return sponsorship(gift.benefit.benefit if gift.benefit else Money(0, left.currency), left)


def _left_of(gift: Gift, fund: Fund) -> Money:
    if fund.kind == "agency":
        raise AgencyMoney
    if gift.id in fund.reversed:
        raise GiftWasReversed
    back = sum(fund.returned.get((gift.id, unit), 0) for unit in gift.units)
    if gift.kind != "money":
        if back:
            raise PartlyReturned
        return gift.booked
    if back >= gift.booked.minor:
        raise GiftWasReturned
    return gift.booked - Money(back, gift.booked.currency)


def gone_of(gift: Gift, fund: Fund) -> Money:
    """Return what went back of a gift, or was reversed, at the worth that it is booked at.

    Goods of which a part went back count as gone whole: what is left is valued anew.
    """
    back = sum(fund.returned.get((gift.id, unit), 0) for unit in gift.units)
    if gift.id in fund.reversed or (gift.kind != "money" and back):
        return gift.booked
    return Money(min(back, gift.booked.minor) if gift.kind == "money" else 0, gift.booked.currency)


def is_kept(gift: Gift, fund: Fund) -> bool:
    """Tell whether anything of a gift is left that a receipt could be made out for."""
    with suppress(Refused):
        kept_of(gift, fund)
        return True
    return False


def line(kept: Kept, issuer: Organisation, asked: Asked) -> ReceiptLine:
    """Decide what a receipt says of one gift.

    Eligibility is the issuer's on the day of the gift, not today's (domain rules 2.1).
    """
    gift_on = receiptable(kept.gift)
    verdict, period = _verdict(kept.gift, kept.fund), issuer.eligible_on(gift_on)
    amount = verdict.require()
    if asked.deductible and period is None:
        raise NotEligibleOnDay(gift_on)
    return ReceiptLine(
        gift=kept.gift.id,
        amount=amount,
        gift_on=gift_on,
        eligible=period is not None,
        notice=period.notice if period else None,
        withheld=verdict.sponsored if verdict.outcome == "split" else None,
    )


def single(
    kept: Kept,
    issuer: Organisation,
    number: ReceiptNumber,
    payer: Party,
    asked: Asked,
    at: datetime,
    replaces: ReceiptNumber | None = None,
) -> ReceiptMadeOut:
    """Decide the receipt of one gift; if its donor takes none it is kept on file (rules 3.5)."""
    lines, held = [line(kept, issuer, asked)], kept.gift.waived
    return _made_out("single", issuer, number, lines, payer, asked, at, replaces, held=held)


def annual(
    kept: Sequence[Kept],
    year: int,
    issuer: Organisation,
    number: ReceiptNumber,
    payer: Party,
    asked: Asked,
    at: datetime,
    replaces: ReceiptNumber | None = None,
) -> ReceiptMadeOut:
    """Decide the one receipt of a donor's gifts of a year: a line for each, same day or not."""
    for one in kept:
        if one.gift.waived is not None:
            raise WaivedSingly(one.gift.id)
        if (day := receiptable(one.gift)).year != year:
            raise GiftOfAnotherYear(one.gift.id, day, year)
    lines = [line(one, issuer, asked) for one in kept]
    return _made_out("annual", issuer, number, lines, payer, asked, at, replaces)


def joint(
    kept: Kept,
    members: Sequence[str],
    issuer: Organisation,
    number: ReceiptNumber,
    payer: Party,
    asked: Asked,
    at: datetime,
    replaces: ReceiptNumber | None = None,
) -> ReceiptMadeOut:
    """Decide the receipt of a collection with a list of names and amounts (domain rules 1.3).

    `members` are the digests of who gave how much (`check_members`).
    """
    lines = [line(kept, issuer, asked)]
    made = _made_out("joint", issuer, number, lines, payer, asked, at, replaces,
                     held=kept.gift.waived)  # fmt: skip
    return replace(made, digests=tuple(sorted(members)))


def check_members(members: Sequence[tuple[str, Money]], amount: Money) -> None:
    """Refuse a list of members that a joint receipt for `amount` can't bear."""
    if not 0 < len(members) <= MEMBERS_MAX:
        raise MembersUnusable(f"its list has {len(members)} names, not 1 to {MEMBERS_MAX}")
    for name, share in members:
        printable_name(name)
        if share.minor <= 0 or share.currency != amount.currency:
            raise MembersUnusable(f"a share of {share} can't be right")
    total = Money(sum(share.minor for _, share in members), amount.currency)
    if total != amount:
        raise SharesDiffer(total, amount)


def _made_out(
    kind: str,
    issuer: Organisation,
    number: ReceiptNumber,
    lines: Sequence[ReceiptLine],
    payer: Party,
    asked: Asked,
    at: datetime,
    replaces: ReceiptNumber | None,
    *,
    held: str | None = None,
) -> ReceiptMadeOut:
    """Receipts are specimens as long as no finance authority's system is connected (rules 3.4)."""
    if not lines:
        raise NothingToReceipt
    if len(lines) > LINES_MAX:
        raise TooManyLines(len(lines))
    return ReceiptMadeOut(
        originator_id=stream(number.code, number.number),
        originator_version=1,
        timestamp=at,
        actor=issuer.id,
        organisation=issuer.id,
        code=number.code,
        number=number.number,
        kind=kind,
        lines=tuple(lines),
        amount=Money(sum(one.amount.minor for one in lines), lines[0].amount.currency),
        payer=payer,
        digests=(),
        issued_on=asked.issued_on,
        area=None if asked.area is None else place_code(asked.area),
        replaces=replaces,
        held=held,
        specimen=True,
    )
