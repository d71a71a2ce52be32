"""Funds: what they are bound to, and every outflow, so that nothing is overspent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Protocol, assert_never

from ledger.domain.axis import Axis, Span
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    FundEvent,
    FundOpened,
    FundsAllocated,
    GiftReturned,
)
from ledger.domain.organisations import printable_name
from ledger.domain.values import Payee, Source, account, place_code
from ledger.errors import Refused, Unknown
from ledger.money import MINOR_MAX, Money

KINDS = ("general", "project", "enterprise", "named")


class FundKindUnknown(Refused):
    """A fund is general, or bound: project, enterprise (扶贫公益基金), named (专项基金)."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"fund kind {kind!r} is none of {', '.join(KINDS)}")


class GeneralFundBound(Refused):
    """A general fund can't be bound to a purpose or place."""

    def __init__(self) -> None:
        super().__init__("a general fund has no purpose and no place; open a project fund instead")


class AmountNotPositive(Refused):
    """Nothing, or less than nothing, can't be given, moved or paid."""

    def __init__(self, amount: Money) -> None:
        super().__init__(f"an amount of {amount} can't be booked; it must be above zero")


class BalanceTooSmall(Refused):
    """An outflow exceeds what the fund still holds."""

    def __init__(self, asked: Money, left: Money) -> None:
        super().__init__(f"{asked} is asked for, but only {left} is left in the fund")


class FundFull(Refused):
    """The sum of a fund's inflows would pass what can be counted exactly."""

    def __init__(self, fund: str) -> None:
        super().__init__(f"{fund} can't hold that much: its sums must stay below 2**53 units")


class OffPurpose(Refused):
    """A payment names another purpose or place than the fund is bound to."""

    def __init__(self, what: str, asked: str, bound: str) -> None:
        super().__init__(f"{what} {asked!r} is not what the fund is bound to: {bound!r}")


class SamePerson(Refused):
    """A disbursement must be approved by somebody other than who proposed it."""

    def __init__(self, person: str) -> None:
        super().__init__(f"{person} proposed this disbursement; another person must approve it")


class DisbursementUnknown(Unknown):
    """The fund has no open disbursement under that id."""

    def __init__(self, disbursement: str) -> None:
        super().__init__(
            f"no open disbursement {disbursement} in this fund: unknown, or paid already"
        )


class WrongMoment(Refused):
    """A disbursement goes from proposed to approved to paid, each once."""

    def __init__(self, disbursement: str, is_now: str, asked: str) -> None:
        super().__init__(f"disbursement {disbursement} is {is_now}; it can't be {asked}")


class SameFund(Refused):
    """An allocation leads from one fund to another one."""

    def __init__(self, fund: str) -> None:
        super().__init__(f"fund {fund} can't be allocated to itself")


class NothingLeftOfGift(Refused):
    """More was asked back than is left of the gift."""

    def __init__(self, asked: Money, left: Money) -> None:
        super().__init__(f"return of {asked} exceeds the {left} left of this gift")


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

    def place_of(self, gift: str) -> GiftPlace:
        """Return where the gift lies."""


@dataclass(frozen=True, slots=True)
class Disbursement:
    """A payment on its way: proposed or approved; once paid it is no longer open."""

    id: str
    amount: Money
    status: str
    proposed_by: str


@dataclass(frozen=True, slots=True)
class Fund:
    """A fund, its outflows and its open disbursements; what comes in is told by `Inflows`."""

    id: str
    version: int
    organisation: str
    name: str
    kind: str
    purpose: str | None
    place: str | None
    axes: Mapping[str, Axis] = field(default_factory=dict)
    reserved: Mapping[str, int] = field(default_factory=dict)
    disbursements: Mapping[str, Disbursement] = field(default_factory=dict)
    returned: Mapping[str, int] = field(default_factory=dict)
    """Units that went back to the donor, by gift."""

    def axis(self, unit: str) -> Axis:
        """Return how far outflows have taken from a unit."""
        return self.axes.get(unit, Axis())

    def available(self, unit: str, received: int) -> Money:
        """Return what is neither used nor reserved of `received` units."""
        return Money(received - self.axis(unit).used - self.reserved.get(unit, 0), unit)


def check_room(fund: str, inflows: Inflows, unit: str, more: int) -> None:
    """Refuse inflows whose sum could no longer be written as an exact number."""
    if inflows.received(fund, unit) + more > MINOR_MAX:
        raise FundFull(fund)


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
        name=printable_name(name),
        kind=kind,
        purpose=printable_name(purpose) if purpose else None,
        place=place_code(place) if place else None,
    )


def propose(
    fund: Fund,
    inflows: Inflows,
    disbursement: str,
    payee: Payee,
    amount: Money,
    purpose: str | None,
    place: str | None,
    proposed_by: str,
    source: Source | None,
    at: datetime,
) -> DisbursementProposed:
    """Decide that a payment may be asked for; what can't be paid now is refused now."""
    _within(fund, inflows, amount)
    if fund.purpose and purpose and purpose != fund.purpose:
        raise OffPurpose("purpose", purpose, fund.purpose)
    if fund.place and place and not place.startswith(place_prefix(fund.place)):
        raise OffPurpose("place", place, fund.place)
    return DisbursementProposed(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        payee=payee,
        amount=amount,
        purpose=fund.purpose,
        place=place_code(place) if place else fund.place,
        proposed_by=account(proposed_by),
        source=source,
    )


def place_prefix(code: str) -> str:
    """Return the digits that all places within `code` share: 230000 covers 230108."""
    if len(code) > len("230108"):
        return code
    return code[:2] if code.endswith("0000") else code[:4] if code.endswith("00") else code


def approve(
    fund: Fund, inflows: Inflows, disbursement: str, approved_by: str, at: datetime
) -> DisbursementApproved:
    """Decide the second person's approval, which reserves the money."""
    asked = _disbursement(fund, disbursement, "proposed", "approved")
    if asked.proposed_by == approved_by:
        raise SamePerson(approved_by)
    _within(fund, inflows, asked.amount)
    return DisbursementApproved(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        approved_by=account(approved_by),
    )


def pay(fund: Fund, disbursement: str, paid_on: date | None, at: datetime) -> DisbursementPaid:
    """Decide that the reserved money has left."""
    approved = _disbursement(fund, disbursement, "approved", "paid")
    return DisbursementPaid(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        amount=approved.amount,
        paid_on=paid_on,
    )


def allocate(
    fund: Fund, inflows: Inflows, to_fund: Fund, amount: Money, decided_by: str, at: datetime
) -> FundsAllocated:
    """Decide that money moves to another fund (of the same or of another organisation)."""
    if fund.id == to_fund.id:
        raise SameFund(fund.id)
    _within(fund, inflows, amount)
    check_room(to_fund.id, inflows, amount.currency, amount.minor)
    if fund.purpose and to_fund.purpose != fund.purpose:
        raise OffPurpose("purpose", to_fund.purpose or "", fund.purpose)
    if fund.place and not (to_fund.place or "").startswith(place_prefix(fund.place)):
        raise OffPurpose("place", to_fund.place or "", fund.place)
    return FundsAllocated(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        to_fund=to_fund.id,
        amount=amount,
        decided_by=account(decided_by),
    )


def return_gift(
    fund: Fund,
    inflows: Inflows,
    gift: str,
    amount: Money,
    reason: str,
    decided_by: str,
    at: datetime,
) -> GiftReturned:
    """Decide that unspent fen of one gift go back to its donor, from the end of its range."""
    if amount.minor <= 0:
        raise AmountNotPositive(amount)
    place = inflows.place_of(gift)
    unspent = fund.axis(place.unit).unspent(place.span)
    left = Money(unspent.length if unspent else 0, place.unit)
    if unspent is None or left < amount:
        raise NothingLeftOfGift(amount, left)
    _within(fund, inflows, amount)
    return GiftReturned(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        gift=gift,
        amount=amount,
        start=unspent.end - amount.minor,
        end=unspent.end,
        reason=printable_name(reason),
        decided_by=account(decided_by),
    )


def _within(fund: Fund, inflows: Inflows, amount: Money) -> None:
    if amount.minor <= 0:
        raise AmountNotPositive(amount)
    left = fund.available(amount.currency, inflows.received(fund.id, amount.currency))
    if left < amount:
        raise BalanceTooSmall(amount, left)


def _disbursement(fund: Fund, disbursement: str, expected: str, asked: str) -> Disbursement:
    found = fund.disbursements.get(disbursement)
    if found is None:
        raise DisbursementUnknown(disbursement)
    if found.status != expected:
        raise WrongMoment(disbursement, found.status, asked)
    return found


def evolve(fund: Fund | None, event: FundEvent) -> Fund:
    """Apply one fact."""
    if isinstance(event, FundOpened):
        return Fund(
            event.originator_id, 1, event.organisation, event.name, event.kind, event.purpose,
            event.place,
        )  # fmt: skip
    assert fund is not None, "only an opening can start a fund's story"
    fund = replace(fund, version=event.originator_version)
    match event:
        case FundsAllocated():
            return _taken(fund, event.amount)
        case DisbursementProposed():
            proposed = Disbursement(event.disbursement, event.amount, "proposed", event.proposed_by)
            return _with(fund, proposed)
        case DisbursementApproved():
            found = fund.disbursements[event.disbursement]
            return _with(_reserve(fund, found.amount, 1), replace(found, status="approved"))
        case DisbursementPaid():
            found = fund.disbursements[event.disbursement]
            fund = _taken(_reserve(fund, found.amount, -1), event.amount)
            still_open = {k: d for k, d in fund.disbursements.items() if k != found.id}
            return replace(fund, disbursements=still_open)
        case GiftReturned():
            unit = event.amount.currency
            axis = fund.axis(unit).punch(Span(event.start, event.end))
            back = fund.returned.get(event.gift, 0) + event.amount.minor
            returned = {**fund.returned, event.gift: back}
            return replace(fund, axes={**fund.axes, unit: axis}, returned=returned)
        case _:
            assert_never(event)


def _with(fund: Fund, disbursement: Disbursement) -> Fund:
    return replace(fund, disbursements={**fund.disbursements, disbursement.id: disbursement})


def _reserve(fund: Fund, amount: Money, sign: int) -> Fund:
    reserved = fund.reserved.get(amount.currency, 0) + sign * amount.minor
    return replace(fund, reserved={**fund.reserved, amount.currency: reserved})


def _taken(fund: Fund, amount: Money) -> Fund:
    _, axis = fund.axis(amount.currency).take(amount.minor)
    return replace(fund, axes={**fund.axes, amount.currency: axis})
