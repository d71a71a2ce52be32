"""Gifts that a name rests on: which may, what they hold, and the mark on their own story."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from ledger.domain.events import GiftSupportsName
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.naming_grant import ENTERED, NamingGrant
from ledger.domain.naming_refusals import ActsOnAnothersName
from ledger.errors import Refused
from ledger.money import Money


class GiftOfAnotherFund(Refused):
    """A name for what one fund pays can't rest on a gift to another fund."""

    def __init__(self, gift: str, fund: str, other: str) -> None:
        super().__init__(f"{gift} lies in {other}, not in {fund}, which the name is proposed for")


class GoodsCarryNoName(Refused):
    """Whether enough came in is asked of money; goods are valued, never counted as money."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"{gift} is a gift in kind; only money counts towards a name")


class NameStands(Refused):
    """A name that may be shown can't lose its text."""

    def __init__(self, naming: str, is_now: str) -> None:
        super().__init__(
            f"the text of {naming} can't be erased while it is {is_now}; end the name first "
            "(naming withdraw, naming revoke)"
        )


class NameTextErased(Refused):
    """The text of a name is no longer in the vault."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"the text of {naming} was erased; propose the name anew")


class NoPowerOverNames(Refused):
    """A ledger founded before names were known has no authority that decides on them."""

    def __init__(self) -> None:
        super().__init__(
            "the authority of this ledger was founded without the power to decide on names; "
            "record names that need approval in a ledger founded anew (init with another "
            "LEDGER_SCHEMA and LEDGER_DATA), plaques and names of funds here"
        )


def check_fund(gift: Gift, fund: Fund) -> None:
    """Refuse a gift that lies in another fund than the one the name is proposed for."""
    if gift.fund != fund.id:
        raise GiftOfAnotherFund(gift.id, fund.id, gift.fund)


def check_follows(naming: str, holder: str, organisation: str) -> None:
    """Refuse to follow a name that another organisation proposed."""
    if holder != organisation:
        raise ActsOnAnothersName(organisation, naming)


def check_power(powers: Collection[str]) -> None:
    """Refuse a decision on a name by an authority that was founded without that power."""
    if "naming" not in powers:
        raise NoPowerOverNames


def check_forgettable(grant: NamingGrant) -> None:
    """Refuse to erase the text of a name that is approved, in force or suspended."""
    if grant.status in ("approved", *ENTERED):
        raise NameStands(grant.id, grant.status)


def held(gifts: Iterable[Gift], fund: Fund, currency: str) -> Money:
    """Return what gifts of money hold of a currency: booked, less what was returned or reversed."""
    minor = 0
    for gift in gifts:
        if gift.kind == "money" and gift.booked.currency == currency:
            minor += _left(gift, fund)
    return Money(minor, currency)


def _left(gift: Gift, fund: Fund) -> int:
    if gift.id in fund.reversed:
        return 0
    return gift.booked.minor - fund.returned.get((gift.id, gift.booked.currency), 0)


def support(gifts: Collection[Gift], naming: str, at: datetime) -> list[GiftSupportsName]:
    """Decide that a name rests on these gifts; those that bear it already say so once."""
    for gift in gifts:
        if gift.kind != "money":
            raise GoodsCarryNoName(gift.id)
    return [
        GiftSupportsName(
            originator_id=gift.id,
            originator_version=gift.version + 1,
            timestamp=at,
            actor=gift.organisation,
            naming=naming,
        )
        for gift in gifts
        if naming not in gift.namings
    ]
