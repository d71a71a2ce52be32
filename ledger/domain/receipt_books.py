"""Receipt books: numbers allotted by the finance authority, drawn without gap or repeat."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import assert_never

from ledger.domain.events import (
    BookEvent,
    ReceiptLimitSet,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptNumbersLost,
)
from ledger.domain.grounds import reason
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.receipt_lots import Lot
from ledger.errors import Refused

NUMBER_MAX = 9_999_999_999
"""A number has ten digits (domain rules 3.3)."""

DONATION_CATEGORY = "05"

LOST = "lost"
LOSSES = (LOST, "spoiled", "handed-back")


class ReceiptCodeMalformed(Refused):
    """A receipt code is not eight digits."""

    def __init__(self, code: str) -> None:
        super().__init__(f"receipt code {code!r}: format is 8 digits, such as 23050126")


class NotADonationReceipt(Refused):
    """Digits 3-4 of the code name another category than donation."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"receipt code {code}: not a donation receipt (digits 3-4 are {code[2:4]}, not 05)"
        )


class NumberRangeUnusable(Refused):
    """A number range is empty, or its numbers do not have at most ten digits."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"numbers {first} to {last} are no range within 1 and {NUMBER_MAX}")


class NumbersAlreadyAllotted(Refused):
    """A number of this code belongs to somebody already."""

    def __init__(self, code: str, first: int, last: int, organisation: str) -> None:
        super().__init__(
            f"numbers {first:010d} to {last:010d} of code {code} are allotted to {organisation}"
        )


class NumbersUsedUp(Refused):
    """The organisation's lots of this code hold fewer numbers than asked."""

    def __init__(self, organisation: str, asked: int, left: int) -> None:
        super().__init__(
            f"{organisation} has {left} receipt numbers left, {asked} are asked for; "
            "have the finance authority allot more"
        )


class CodesOfOtherYears(Refused):
    """A receipt bears a code of the year it is issued in."""

    def __init__(self, codes: Sequence[str], day: date) -> None:
        super().__init__(
            f"receipts of {day.year} need a code whose digits 7-8 are {day.year % 100:02d}, and "
            f"there are only {', '.join(codes)}; have the finance authority allot numbers of it"
        )


class PassesLimit(Refused):
    """An organisation would hold more unused numbers than it may."""

    def __init__(self, unused: int, new: int, limit: int) -> None:
        super().__init__(
            f"{unused} numbers are unused and {new} are to be allotted; no more than {limit} may "
            "lie unused: old ones are used up before new ones come (财综〔2024〕1号 art. 11)"
        )


class LimitUnusable(Refused):
    """A limit on unused numbers is a whole number above nought."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"a limit of {limit} unused numbers is none; write 1 to {NUMBER_MAX}")


class NumbersNotBlank(Refused):
    """Only numbers that are allotted and were never drawn or reported can be reported as blank."""

    def __init__(self, code: str, first: int, last: int, organisation: str) -> None:
        super().__init__(
            f"numbers {first:010d} to {last:010d} of code {code} are not all blank numbers of one "
            f"lot of {organisation}; see book register"
        )


class LossNotAnnounced(Refused):
    """The loss of blank receipts is made public and reported."""

    def __init__(self) -> None:
        super().__init__(
            "lost blank receipts need a public notice: say where it stands (announced)"
        )


@dataclass(frozen=True, slots=True)
class Loss:
    """Blank numbers, first to last, that are lost, spoiled or handed back; what an owner reports.

    `announced` names the public notice of a loss.
    """

    first: int
    last: int
    reason: str
    note: str
    announced: str | None = None


@dataclass(frozen=True, slots=True)
class ReceiptBook:
    """All lots of one receipt code, in the order allotted, and how many may lie unused."""

    code: str
    version: int = 0
    lots: tuple[Lot, ...] = ()
    limits: tuple[tuple[str, int], ...] = ()

    def left(self, organisation: str) -> int:
        """How many numbers the organisation can still draw."""
        return sum(lot.left for lot in self.lots if lot.organisation == organisation)

    def limit(self, organisation: str) -> int | None:
        """How many unused numbers the organisation may hold, if that is limited."""
        return dict(self.limits).get(organisation)


def stream(code: str) -> str:
    """Return the stream of a receipt code."""
    return f"book-{code}"


def receipt_code(code: str) -> str:
    """Return `code` if it is the code of a donation receipt (domain rules 3.3)."""
    if not re.fullmatch(r"[0-9]{8}", code):
        raise ReceiptCodeMalformed(code)
    if code[2:4] != DONATION_CATEGORY:
        raise NotADonationReceipt(code)
    return code


def of_year(code: str, day: date) -> bool:
    """Tell whether a code is that of the year of a day: its digits 7 and 8 (rules 3.3, 3.9)."""
    return int(code[6:8]) == day.year % 100


def of_the_year(codes: Sequence[str], day: date) -> list[str]:
    """Return the codes that a receipt issued on a day may bear."""
    return [code for code in codes if of_year(code, day)]


def too_few(
    organisation: str, codes: Sequence[str], asked: int, left: int, day: date
) -> NumbersUsedUp | CodesOfOtherYears:
    """Return why fewer numbers could be drawn on a day than were asked for."""
    if codes and not of_the_year(codes, day):
        return CodesOfOtherYears(codes, day)
    return NumbersUsedUp(organisation, asked, left)


def allot(
    book: ReceiptBook, organisation: str, first: int, last: int, actor: str, at: datetime
) -> ReceiptNumbersAllotted | None:
    """Decide a lot of numbers; None when just this lot was allotted before."""
    receipt_code(book.code)
    if not 1 <= first <= last <= NUMBER_MAX:
        raise NumberRangeUnusable(first, last)
    for lot in book.lots:
        if (lot.organisation, lot.first, lot.last) == (organisation, first, last):
            return None
        if lot.first <= last and first <= lot.last:
            raise NumbersAlreadyAllotted(book.code, lot.first, lot.last, lot.organisation)
    _check_limit(book, organisation, last - first + 1)
    return ReceiptNumbersAllotted(
        originator_id=stream(book.code),
        originator_version=book.version + 1,
        timestamp=at,
        actor=actor,
        organisation=organisation,
        code=book.code,
        first=first,
        last=last,
    )


def _check_limit(book: ReceiptBook, organisation: str, new: int) -> None:
    limit, unused = book.limit(organisation), book.left(organisation)
    if limit is not None and unused + new > limit:
        raise PassesLimit(unused, new, limit)


def set_limit(
    book: ReceiptBook, organisation: str, unused_max: int, actor: str, at: datetime
) -> ReceiptLimitSet | None:
    """Decide how many unused numbers an organisation may hold (art. 11); None when it is so."""
    receipt_code(book.code)
    if not 1 <= unused_max <= NUMBER_MAX:
        raise LimitUnusable(unused_max)
    if book.limit(organisation) == unused_max:
        return None
    return ReceiptLimitSet(
        originator_id=stream(book.code),
        originator_version=book.version + 1,
        timestamp=at,
        actor=actor,
        organisation=organisation,
        code=book.code,
        unused_max=unused_max,
    )


def draw(
    book: ReceiptBook, organisation: str, count: int, at: datetime
) -> list[ReceiptNumbersDrawn]:
    """Decide the next `count` numbers, old lots used up before new (财综〔2024〕1号 art. 11).

    Lost numbers are passed over: each event is a range without a hole.
    """
    if book.left(organisation) < count:
        raise NumbersUsedUp(organisation, count, book.left(organisation))
    drawn: list[ReceiptNumbersDrawn] = []
    for lot in (lot for lot in book.lots if lot.organisation == organisation):
        for first, last in lot.blank():
            taken = min(last - first + 1, count)
            if taken:
                drawn.append(_drawn(book, organisation, first, taken, len(drawn), at))
            count -= taken
    return drawn


def _drawn(
    book: ReceiptBook, organisation: str, first: int, taken: int, before: int, at: datetime
) -> ReceiptNumbersDrawn:
    return ReceiptNumbersDrawn(
        originator_id=stream(book.code),
        originator_version=book.version + 1 + before,
        timestamp=at,
        actor=organisation,
        organisation=organisation,
        code=book.code,
        first=first,
        last=first + taken - 1,
    )


def lose(book: ReceiptBook, organisation: str, report: Loss, at: datetime) -> ReceiptNumbersLost:
    """Decide that blank numbers will never be drawn: lost, spoiled or handed back (rules 3.7)."""
    receipt_code(book.code)
    reason(report.reason, LOSSES)
    if report.reason == LOST and not report.announced:
        raise LossNotAnnounced
    if not _all_blank(book, organisation, report.first, report.last):
        raise NumbersNotBlank(book.code, report.first, report.last, organisation)
    return ReceiptNumbersLost(
        originator_id=stream(book.code),
        originator_version=book.version + 1,
        timestamp=at,
        actor=organisation,
        organisation=organisation,
        code=book.code,
        first=report.first,
        last=report.last,
        reason=report.reason,
        note=public_words(printable_name(report.note)),
        announced=public_words(printable_name(report.announced)) if report.announced else None,
    )


def _all_blank(book: ReceiptBook, organisation: str, first: int, last: int) -> bool:
    return first <= last and any(
        lot.organisation == organisation and start <= first and last <= end
        for lot in book.lots
        for start, end in lot.blank()
    )


def evolve(book: ReceiptBook, event: BookEvent) -> ReceiptBook:
    """Apply one fact."""
    match event:
        case ReceiptNumbersAllotted():
            lot = Lot(event.organisation, event.first, event.last, event.first)
            return replace(book, version=event.originator_version, lots=(*book.lots, lot))
        case ReceiptNumbersDrawn():
            lots = tuple(
                lot.drawn(event.last) if lot.first <= event.first <= lot.last else lot
                for lot in book.lots
            )
            return replace(book, version=event.originator_version, lots=lots)
        case ReceiptNumbersLost():
            lots = tuple(
                lot.without(event.first, event.last)
                if lot.first <= event.first <= lot.last
                else lot
                for lot in book.lots
            )
            return replace(book, version=event.originator_version, lots=lots)
        case ReceiptLimitSet():
            limits = {**dict(book.limits), event.organisation: event.unused_max}
            return replace(book, version=event.originator_version, limits=tuple(limits.items()))
        case _:
            assert_never(event)
