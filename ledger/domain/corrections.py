"""Corrections: what was recorded by mistake is reversed by a linked fact, never edited.

Each has a typed reason and a note for the public (民政部令第81号 art. 16: 更正说明).
"""

from __future__ import annotations

from datetime import datetime

from ledger.domain.axis import Span
from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    GiftReturned,
    GiftReversed,
)
from ledger.domain.funds import (
    AmountNotPositive,
    BalanceTooSmall,
    Fund,
    Inflows,
    check_within,
)
from ledger.domain.goods import Amount, amount_of
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.values import account
from ledger.errors import Refused, Unknown

REASONS = (
    "refund", "duplicate", "wrong-amount", "wrong-fund", "wrong-donor", "wrong-date",
    "wrong-payee", "not-received", "not-paid", "dispute", "court",
)  # fmt: skip


class ReasonUnknown(Refused):
    """A correction has one of a few reasons, so that corrections can be counted."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"reason {reason!r} is none of {', '.join(REASONS)}")


class NothingLeftOfGift(Refused):
    """More was asked back than is left of the gift."""

    def __init__(self, asked: Amount, left: Amount) -> None:
        super().__init__(f"return of {asked} exceeds the {left} left of this gift")


class SpentAlready(Refused):
    """What was recorded by mistake has been spent or moved on; that must be reversed first."""

    def __init__(self, what: str, spent: Amount) -> None:
        super().__init__(
            f"{spent} of {what} are spent or moved on; recover those payments or take those "
            "allocations back first"
        )


class ReversedAlready(Refused):
    """A gift is reversed once."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"{gift} is reversed already, or nothing of it is left")


class AllocationUnknown(Unknown):
    """The fund made no such allocation, or took it back already."""

    def __init__(self, fund: str, allocation: int) -> None:
        super().__init__(f"no allocation {allocation} stands in {fund}")


def correction(reason: str, note: str) -> tuple[str, str]:
    """Return the typed reason and the public note of a correction, checked."""
    if reason not in REASONS:
        raise ReasonUnknown(reason)
    return reason, public_words(printable_name(note))


def return_gift(
    fund: Fund,
    inflows: Inflows,
    gift: str,
    amount: Amount,
    reason: str,
    decided_by: str,
    at: datetime,
) -> list[GiftReturned]:
    """Decide that unspent units of one gift go back to its donor, from the end of its range.

    Where spent units lie between, there is one fact for each stretch that goes back.
    """
    if amount.units <= 0:
        raise AmountNotPositive(amount)
    place = inflows.place_of(gift, amount.unit)
    unspent = fund.axis(place.unit).unspent(place.span)
    left = amount_of(sum(span.length for span in unspent), place.unit)
    if left.units < amount.units:
        raise NothingLeftOfGift(amount, left)
    check_within(fund, inflows, amount)
    return [
        GiftReturned(
            originator_id=fund.id,
            originator_version=fund.version + number,
            timestamp=at,
            actor=fund.organisation,
            gift=gift,
            amount=amount_of(span.length, place.unit),
            start=span.start,
            end=span.end,
            reason=public_words(printable_name(reason)),
            decided_by=account(decided_by),
        )
        for number, span in enumerate(_last(unspent, amount.units), 1)
    ]


def _last(unspent: tuple[Span, ...], length: int) -> list[Span]:
    """Return the last units of what is unspent, the very last stretch first."""
    found: list[Span] = []
    for span in reversed(unspent):
        if length:
            found.append(Span(max(span.start, span.end - length), span.end))
            length -= found[-1].length
    return found


def reverse_gift(
    fund: Fund,
    inflows: Inflows,
    gift: str,
    units: tuple[str, ...],
    reason: str,
    note: str,
    replaced_by: str | None,
    decided_by: str,
    at: datetime,
) -> list[GiftReversed]:
    """Decide that a gift was recorded by mistake: all that was not returned goes, in every unit."""
    typed, told = correction(reason, note)
    if gift in fund.reversed:
        raise ReversedAlready(gift)
    left = [(unit, span) for unit in units for span in _whole(fund, inflows, gift, unit)]
    if not left:
        raise ReversedAlready(gift)
    return [
        GiftReversed(
            originator_id=fund.id,
            originator_version=fund.version + number,
            timestamp=at,
            actor=fund.organisation,
            gift=gift,
            amount=amount_of(span.length, unit),
            start=span.start,
            end=span.end,
            reason=typed,
            note=told,
            replaced_by=replaced_by,
            decided_by=account(decided_by),
        )
        for number, (unit, span) in enumerate(left, 1)
    ]


def _whole(fund: Fund, inflows: Inflows, gift: str, unit: str) -> tuple[Span, ...]:
    """Return all that was not returned of a gift in one unit; refuse if any of it is spent."""
    span = inflows.place_of(gift, unit).span
    unspent = fund.axis(unit).unspent(span)
    kept = span.length - fund.returned.get((gift, unit), 0)
    there = sum(part.length for part in unspent)
    if there < kept:
        raise SpentAlready(gift, amount_of(kept - there, unit))
    if kept:
        check_within(fund, inflows, amount_of(kept, unit))
    return unspent


def target_of(fund: Fund, allocation: int) -> str:
    """Return the fund that an allocation went to."""
    made = fund.allocations.get(allocation)
    if made is None:
        raise AllocationUnknown(fund.id, allocation)
    return made.to_fund


def take_back(
    fund: Fund,
    target: Fund,
    inflows: Inflows,
    allocation: int,
    reason: str,
    note: str,
    decided_by: str,
    at: datetime,
) -> tuple[AllocationTakenBack, list[AllocationGivenBack]]:
    """Decide that an allocation was a mistake: what it moved lies where it was again.

    It leaves the other fund with one fact for each stretch that lies there unspent.
    """
    typed, told = correction(reason, note)
    target_of(fund, allocation)
    made = fund.allocations[allocation]
    _check_still_there(target, inflows, made.amount)
    axis = target.axis(made.amount.unit)
    places = inflows.allocated(fund.id, allocation)
    spans = [span for place in places for span in axis.unspent(place.span)]
    there = sum(span.length for span in spans)
    if there < made.amount.units:
        spent = amount_of(made.amount.units - there, made.amount.unit)
        raise SpentAlready(f"allocation {allocation}", spent)
    taken = AllocationTakenBack(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        allocation=allocation,
        to_fund=target.id,
        amount=made.amount,
        reason=typed,
        note=told,
        decided_by=account(decided_by),
    )
    return taken, [
        AllocationGivenBack(
            originator_id=target.id,
            originator_version=target.version + number,
            timestamp=at,
            actor=target.organisation,
            from_fund=fund.id,
            allocation=allocation,
            amount=amount_of(span.length, made.amount.unit),
            start=span.start,
            end=span.end,
        )
        for number, span in enumerate(spans, 1)
    ]


def _check_still_there(target: Fund, inflows: Inflows, amount: Amount) -> None:
    left = target.available(amount.unit, inflows.received(target.id, amount.unit))
    if left.units < amount.units:
        raise BalanceTooSmall(amount, left)
