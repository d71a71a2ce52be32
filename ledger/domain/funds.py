"""Funds: what they are bound to, what they hold, and how each fact changes them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, assert_never

from pyrsistent import PMap, pmap

from ledger.domain.axis import Axis, Span, cut_tail
from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    CostClassified,
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    DisbursementWithdrawn,
    FundBound,
    FundClosed,
    FundEvent,
    FundOpened,
    FundsAllocated,
    GiftReturned,
    GiftReversed,
    UseChanged,
)
from ledger.domain.goods import Amount, amount_of
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.values import place_code
from ledger.errors import Refused
from ledger.money import MINOR_MAX

KINDS = ("general", "project", "enterprise", "named", "brand", "agency")
"""General; bound; 扶贫公益基金; 专项基金; welfare brand (品牌); 受托代理, which is no income."""


class FundKindUnknown(Refused):
    """A fund is general, or bound to something."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"fund kind {kind!r} is none of {', '.join(KINDS)}")


class GeneralFundBound(Refused):
    """A general fund can't be bound to a purpose or place."""

    def __init__(self) -> None:
        super().__init__("a general fund has no purpose and no place; open a project fund instead")


class AmountNotPositive(Refused):
    """Nothing, or less than nothing, can't be given, moved or paid."""

    def __init__(self, amount: Amount) -> None:
        super().__init__(f"an amount of {amount} can't be booked; it must be above zero")


class BalanceTooSmall(Refused):
    """An outflow exceeds what the fund still holds."""

    def __init__(self, asked: Amount, left: Amount) -> None:
        super().__init__(f"{asked} is asked for, but only {left} is left in the fund")
        self.left = left


class FundFull(Refused):
    """The sum of a fund's inflows would pass what can be counted exactly."""

    def __init__(self, fund: str) -> None:
        super().__init__(f"{fund} can't hold that much: its sums must stay below 2**53 units")


class FundIsClosed(Refused):
    """A closed fund takes no gifts and makes no payments."""

    def __init__(self, fund: str) -> None:
        super().__init__(
            f"{fund} is closed; what still lies there can only be allocated or returned"
        )


class FundNotEmpty(Refused):
    """A fund is closed when nothing is left in it and nothing is on its way."""

    def __init__(self, fund: str, left: str) -> None:
        super().__init__(
            f"{fund} still holds {left}; allocate, pay or return it before closing (慈善法 art. 58)"
        )


@dataclass(frozen=True, slots=True)
class GiftPlace:
    """Where a gift lies: a fixed range on the axis of a fund and unit."""

    fund: str
    unit: str
    span: Span


class Inflows(Protocol):
    """What a decision may know of inflows: bounds that only grow, and ranges that never move."""

    def received(self, fund: str, unit: str) -> int:
        """Return units that have come in, gifts and allocations; late is allowed, more is not."""

    def units_of(self, fund: str) -> tuple[str, ...]:
        """Return the units in which anything has come in."""

    def place_of(self, gift: str, unit: str) -> GiftPlace:
        """Return where the part of a gift that is counted in a unit lies."""

    def allocated(self, fund: str, allocation: int) -> tuple[GiftPlace, ...]:
        """Return where what the allocation at that version of a fund's stream moved lies now."""


@dataclass(frozen=True, slots=True)
class Disbursement:
    """A payment: proposed, approved, paid; once paid, the spans it holds."""

    id: str
    amount: Amount
    status: str
    proposed_by: str
    recipient: str | None = None
    spans: tuple[Span, ...] = ()
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class Allocation:
    """What moved to another fund, and from which spans it was taken."""

    to_fund: str
    amount: Amount
    spans: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Binding:
    """What binds a fund beside purpose and place (the fields of FundBound)."""

    basis: str | None = None
    plan: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    brand: str | None = None
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund, its outflows and its disbursements; what comes in is told by `Inflows`."""

    id: str
    version: int
    organisation: str
    name: str
    kind: str
    purpose: str | None
    place: str | None
    axes: PMap[str, Axis] = field(default_factory=pmap)
    reserved: PMap[str, int] = field(default_factory=pmap)
    disbursements: PMap[str, Disbursement] = field(default_factory=pmap)
    returned: PMap[tuple[str, str], int] = field(default_factory=pmap)
    """Units that went back to the donor, by gift and unit."""
    reversed: PMap[str, str | None] = field(default_factory=pmap)
    """Gifts that were recorded by mistake, and what replaced them."""
    allocations: PMap[int, Allocation] = field(default_factory=pmap)
    """Allocations that stand, by the version they were recorded as."""
    binding: Binding = Binding()
    uses: tuple[UseChanged, ...] = ()
    closed: bool = False

    def axis(self, unit: str) -> Axis:
        """Return how far outflows have taken from a unit."""
        return self.axes.get(unit, Axis())

    def available(self, unit: str, received: int) -> Amount:
        """Return what is neither used nor reserved of `received` units."""
        return amount_of(received - self.axis(unit).used - self.reserved.get(unit, 0), unit)


def check_room(fund: str, inflows: Inflows, unit: str, more: int) -> None:
    """Refuse inflows whose sum could no longer be written as an exact number."""
    if inflows.received(fund, unit) + more > MINOR_MAX:
        raise FundFull(fund)


def check_within(fund: Fund, inflows: Inflows, amount: Amount) -> None:
    """Refuse an outflow of nothing, or of more than the fund still holds."""
    if amount.units <= 0:
        raise AmountNotPositive(amount)
    left = fund.available(amount.unit, inflows.received(fund.id, amount.unit))
    if left.units < amount.units:
        raise BalanceTooSmall(amount, left)


def check_open(fund: Fund) -> None:
    """Refuse what a closed fund no longer does."""
    if fund.closed:
        raise FundIsClosed(fund.id)


def place_prefix(code: str) -> str:
    """Return the digits that all places within `code` share: 230000 covers 230108."""
    if len(code) > len("230108"):
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def open_fund(
    fund: str,
    organisation: str,
    name: str,
    kind: str,
    purpose: str | None,
    place: str | None,
    at: datetime,
) -> FundOpened:
    """Decide a new fund; only one that is not general can be bound to a purpose or a place."""
    if kind not in KINDS:
        raise FundKindUnknown(kind)
    if kind == "general" and (purpose or place):
        raise GeneralFundBound
    return FundOpened(
        originator_id=fund,
        originator_version=1,
        timestamp=at,
        actor=organisation,
        organisation=organisation,
        name=public_words(printable_name(name)),
        kind=kind,
        purpose=public_words(printable_name(purpose)) if purpose else None,
        place=place_code(place) if place else None,
    )


def evolve(fund: Fund | None, event: FundEvent) -> Fund:  # noqa: C901, PLR0911 a few lines a fact
    """Apply one fact."""
    if isinstance(event, FundOpened):
        return Fund(
            event.originator_id, 1, event.organisation, event.name, event.kind, event.purpose,
            event.place,
        )  # fmt: skip
    assert fund is not None, "only an opening can start a fund's story"
    fund = replace(fund, version=event.originator_version)
    match event:
        case FundBound():
            return replace(fund, binding=_binding(event))
        case UseChanged():
            return replace(fund, uses=(*fund.uses, event))
        case FundClosed():
            return replace(fund, closed=True)
        case FundsAllocated():
            spans, fund = _taken(fund, event.amount)
            made = Allocation(event.to_fund, event.amount, spans)
            return replace(fund, allocations=fund.allocations.set(event.originator_version, made))
        case AllocationTakenBack():
            made = fund.allocations[event.allocation]
            fund = _given_back(fund, made.amount, made.spans)
            return replace(fund, allocations=fund.allocations.remove(event.allocation))
        case AllocationGivenBack():
            return _punched(fund, event.amount, Span(event.start, event.end))
        case CostClassified():
            return fund
        case (
            DisbursementProposed()
            | DisbursementApproved()
            | DisbursementPaid()
            | DisbursementWithdrawn()
            | DisbursementAccepted()
            | DisbursementRecovered()
        ):
            return _disbursed(fund, event)
        case GiftReturned():
            key = (event.gift, event.amount.unit)
            back = fund.returned.get(key, 0) + event.amount.units
            fund = replace(fund, returned=fund.returned.set(key, back))
            return _punched(fund, event.amount, Span(event.start, event.end))
        case GiftReversed():
            fund = replace(fund, reversed=fund.reversed.set(event.gift, event.replaced_by))
            return _punched(fund, event.amount, Span(event.start, event.end))
        case _:
            assert_never(event)


DisbursementEvent = (
    DisbursementProposed
    | DisbursementApproved
    | DisbursementPaid
    | DisbursementWithdrawn
    | DisbursementAccepted
    | DisbursementRecovered
)


def _disbursed(fund: Fund, event: DisbursementEvent) -> Fund:
    if isinstance(event, DisbursementProposed):
        proposed = Disbursement(
            event.disbursement, event.amount, "proposed", event.proposed_by,
            event.payee.organisation,
        )  # fmt: skip
        return _with(fund, proposed)
    found = fund.disbursements[event.disbursement]
    match event:
        case DisbursementApproved():
            return _with(_reserve(fund, found.amount, 1), replace(found, status="approved"))
        case DisbursementPaid():
            spans, fund = _taken(_reserve(fund, found.amount, -1), event.amount)
            return _with(fund, replace(found, status="paid", spans=spans))
        case DisbursementWithdrawn():
            freed = _reserve(fund, found.amount, -1) if found.status == "approved" else fund
            return _with(freed, replace(found, status="withdrawn"))
        case DisbursementAccepted():
            return _with(fund, replace(found, accepted=True))
        case DisbursementRecovered():
            kept, back = cut_tail(found.spans, event.amount.units)
            return _with(_given_back(fund, event.amount, back), replace(found, spans=kept))
        case _:
            assert_never(event)


def _binding(event: FundBound) -> Binding:
    return Binding(
        event.basis, event.plan, event.first_day, event.last_day, event.brand, event.recipient
    )


def _with(fund: Fund, disbursement: Disbursement) -> Fund:
    return replace(fund, disbursements=fund.disbursements.set(disbursement.id, disbursement))


def _reserve(fund: Fund, amount: Amount, sign: int) -> Fund:
    reserved = fund.reserved.get(amount.unit, 0) + sign * amount.units
    return replace(fund, reserved=fund.reserved.set(amount.unit, reserved))


def _taken(fund: Fund, amount: Amount) -> tuple[tuple[Span, ...], Fund]:
    spans, axis = fund.axis(amount.unit).take(amount.units)
    return spans, _with_axis(fund, amount, axis)


def _given_back(fund: Fund, amount: Amount, spans: tuple[Span, ...]) -> Fund:
    return _with_axis(fund, amount, fund.axis(amount.unit).give_back(spans))


def _punched(fund: Fund, amount: Amount, hole: Span) -> Fund:
    return _with_axis(fund, amount, fund.axis(amount.unit).punch(hole))


def _with_axis(fund: Fund, amount: Amount, axis: Axis) -> Fund:
    return replace(fund, axes=fund.axes.set(amount.unit, axis))
