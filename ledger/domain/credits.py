"""What a gift counts for beside its money: credits, a joint gift's shares, promises, a conduit.

A credit is no money: nothing here is ever added to what a fund holds.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import reduce

from ledger.domain.events.base import Event
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
    Share,
)
from ledger.domain.events.gift import GiftReceived
from ledger.domain.events.pledge import GiftFreedFromPledge, GiftSetAgainstPledge
from ledger.domain.funds import AmountNotPositive, Fund
from ledger.domain.grounds import reason
from ledger.domain.payees import names_organisation
from ledger.domain.values import Party, Payee
from ledger.errors import Refused, Unknown
from ledger.money import CurrenciesDiffer, Money

MATCHING = "matching"
KINDS = ("soft", MATCHING, "on-behalf")
WITHDRAWN = "gift-returned"
REASONS = ("mistake", "asked-by-donor", WITHDRAWN)
FEWEST_SHARES, MOST_SHARES = 2, 300
"""As many still fit into one entry of the log (65,535 bytes)."""

RAISES_GIFTS = re.compile(
    r".*(红十字会|慈善(总|联合|协)?会|基金会|Foundation)([（(][^（()）]*[)）])?", re.IGNORECASE
)
"""Bodies that raise gifts themselves, and so have counted what they pass on."""


class OnlyMoneyCounts(Refused):
    """Credits, shares and promises are set against gifts of money, in money."""

    def __init__(self, gift: str) -> None:
        super().__init__(
            f"{gift} is no gift of money; its goods bear no credits and keep no pledge"
        )


class CreditKindUnknown(Refused):
    """A credit is soft, matching or on behalf of somebody."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"credit {kind!r} is none of {', '.join(KINDS)}")


class CreditExceedsGift(Refused):
    """Credits of one kind together are no more than what is left of the gift."""

    def __init__(self, kind: str, asked: Money, left: Money) -> None:
        super().__init__(f"a {kind} credit of {asked} exceeds the {left} of this gift still free")
        self.left = left


class MatchUnnamed(Refused):
    """A matching credit names the gift that is matched, and no other credit does."""

    def __init__(self, kind: str) -> None:
        super().__init__(
            "name the gift that this one matches"
            if kind == MATCHING
            else f"a {kind} credit matches no gift; leave the matched gift out"
        )


class MatchedAlready(Refused):
    """A gift matches another one once, never itself, and never one that matches it."""

    def __init__(self, gift: str, matched: str) -> None:
        super().__init__(f"{gift} and {matched} are matched already, or are the same gift")


class CreditUnknown(Unknown):
    """The gift has no standing credit under that id."""

    def __init__(self, credit: str) -> None:
        super().__init__(f"no standing credit {credit} on this gift: unknown, or withdrawn already")


class SharesTooFew(Refused):
    """A joint gift has at least two donors."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} donors share no gift; state the shares of two or more")


class SharesTooMany(Refused):
    """The shares of a gift are one entry of the log, which holds only so many."""

    def __init__(self, count: int) -> None:
        super().__init__(
            f"{count} shares can't be recorded as one gift; at most {MOST_SHARES} can, so split it"
        )


class PartyUsedTwice(Refused):
    """Every donor of a joint gift has a party of its own, so that no two gifts can be joined."""

    def __init__(self, count: int, parties: int) -> None:
        super().__init__(f"{count} shares name {parties} parties; give every donor a new one")


class SharesDontAddUp(Refused):
    """The shares of a joint gift are the gift, to the fen."""

    def __init__(self, added: Money, booked: Money) -> None:
        super().__init__(f"the shares add up to {added}, but the gift is {booked}")


class SharesStatedAlready(Refused):
    """The shares of a gift are stated once."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"the shares of {gift} are stated already; nothing is stated twice")


class ConduitNamedAlready(Refused):
    """A gift came through one conduit, named once."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"the conduit of {gift} is named already; nothing is named twice")


class ConduitNotPublic(Refused):
    """A conduit is an organisation with its public name, or a person, sealed."""

    def __init__(self) -> None:
        super().__init__(
            "a conduit is either an organisation by its public name, or a person whose name "
            "is sealed; this is neither"
        )


class PersonHasNoBooks(Refused):
    """Only another organisation can have counted a gift before; from a person it is new money."""

    def __init__(self) -> None:
        super().__init__("a person passed this gift on, so it is new money")


@dataclass(frozen=True, slots=True)
class Credit:
    """A credit that stands."""

    kind: str
    minor: int
    matched: str | None


@dataclass(frozen=True, slots=True)
class CountedGift:
    """What the ledger knows of a gift of money to decide what it counts for."""

    id: str
    version: int
    organisation: str
    fund: str
    given: Money
    booked: Money
    credits: Mapping[str, Credit] = field(default_factory=dict)
    """Credits that stand, by id, in the order they were given."""
    pledges: Mapping[str, Money] = field(default_factory=dict)
    """How much of the gift keeps which promise, in the order they were set against each other."""
    shares: tuple[Share, ...] = ()
    conduit: Payee | None = None

    def credited(self, kind: str) -> int:
        """Return the sum of the standing credits of a kind."""
        return sum(credit.minor for credit in self.credits.values() if credit.kind == kind)

    def matches(self, gift: str) -> bool:
        """Tell whether this gift matches another one."""
        return any(credit.matched == gift for credit in self.credits.values())


def counted(story: Sequence[Event]) -> CountedGift:
    """Fold a gift's whole story; refuse a gift in kind."""
    if not isinstance(story[0], GiftReceived):
        raise OnlyMoneyCounts(story[0].originator_id)
    return reduce(evolve, story[1:], evolve(None, story[0]))


def give_credit(
    gift: CountedGift,
    kept: Money,
    credit: str,
    kind: str,
    credited: Party,
    amount: Money,
    matched: CountedGift | None,
    sealed: tuple[str, ...],
    at: datetime,
) -> CreditGiven:
    """Decide that somebody is credited with a part of what is `kept` of a gift.

    Matching: the company's own gift credits the employee and names the gift it matches.
    """
    if kind not in KINDS:
        raise CreditKindUnknown(kind)
    if (kind == MATCHING) != (matched is not None):
        raise MatchUnnamed(kind)
    if matched and (matched.id == gift.id or gift.matches(matched.id) or matched.matches(gift.id)):
        raise MatchedAlready(gift.id, matched.id)
    if amount.minor <= 0:
        raise AmountNotPositive(amount)
    left = kept - Money(gift.credited(kind), gift.booked.currency)
    if left < amount:
        raise CreditExceedsGift(kind, amount, left)
    return CreditGiven(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        credit=credit,
        kind=kind,
        credited=credited,
        amount=amount,
        matched=matched.id if matched else None,
        sealed=sealed,
    )


def withdraw_credit(gift: CountedGift, credit: str, why: str, at: datetime) -> CreditWithdrawn:
    """Decide that a credit stands no longer."""
    if credit not in gift.credits:
        raise CreditUnknown(credit)
    return CreditWithdrawn(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        credit=credit,
        reason=reason(why, REASONS),
    )


def credits_too_many(gift: CountedGift, kept: Money) -> tuple[str, ...]:
    """Return the credits to withdraw when only so much of a gift is kept, the latest first."""
    over = {kind: gift.credited(kind) - kept.minor for kind in KINDS}
    found: list[str] = []
    for name, credit in reversed(list(gift.credits.items())):
        if over[credit.kind] > 0:
            over[credit.kind] -= credit.minor
            found.append(name)
    return tuple(found)


def state_shares(gift: CountedGift, shares: Sequence[Share], at: datetime) -> GiftSharesStated:
    """Decide who gave how much of a joint gift."""
    if gift.shares:
        raise SharesStatedAlready(gift.id)
    if len(shares) < FEWEST_SHARES:
        raise SharesTooFew(len(shares))
    if len(shares) > MOST_SHARES:
        raise SharesTooMany(len(shares))
    if (parties := len({share.party.id for share in shares})) < len(shares):
        raise PartyUsedTwice(len(shares), parties)
    added = Money(0, gift.booked.currency)
    for share in shares:
        if share.amount.minor <= 0:
            raise AmountNotPositive(share.amount)
        added += share.amount
    if added != gift.booked:
        raise SharesDontAddUp(added, gift.booked)
    return GiftSharesStated(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        shares=tuple(shares),
    )


def booked_shares(gift: CountedGift, given: Sequence[Money]) -> list[Money]:
    """Turn shares of what was given into shares of what is booked.

    The fen that rounding down leaves go to the shares with the largest remainders, the first of
    equals first, so that shares which add up to the gift still do.
    """
    for one in given:
        if one.currency != gift.given.currency:
            raise CurrenciesDiffer(one.currency, gift.given.currency)
    parts = [divmod(gift.booked.minor * one.minor, gift.given.minor) for one in given]
    missing = max(0, gift.booked.minor - sum(whole for whole, _ in parts))
    largest = sorted(range(len(parts)), key=lambda n: -parts[n][1])[:missing]
    return [
        Money(whole + (n in largest), gift.booked.currency) for n, (whole, _) in enumerate(parts)
    ]


def name_conduit(
    gift: CountedGift, conduit: Payee, *, new_money: bool, at: datetime
) -> ConduitNamed:
    """Decide who passed the gift on, and whether another charity has counted it already."""
    if gift.conduit is not None:
        raise ConduitNamedAlready(gift.id)
    if not public_or_sealed(conduit):
        raise ConduitNotPublic
    if not new_money and conduit.organisation is None:
        raise PersonHasNoBooks
    return ConduitNamed(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        conduit=conduit,
        new_money=new_money,
    )


def raises_gifts(name: str) -> bool:
    """Tell whether a name is a body's that raises gifts itself, and so has counted what it had."""
    return names_organisation(name) and RAISES_GIFTS.fullmatch(name) is not None


def kept_of(gift: CountedGift, fund: Fund) -> Money:
    """Return what is left of a gift after returns; nothing of one recorded by mistake."""
    currency = gift.booked.currency
    gone = fund.returned.get((gift.id, currency), 0)
    return Money(0 if gift.id in fund.reversed else gift.booked.minor - gone, currency)


def public_or_sealed(who: Payee) -> bool:
    """Tell whether this is an organisation by its name, or a person with sealed fields only."""
    if who.organisation is None:
        return bool(who.sealed)
    return names_organisation(who.organisation) and not who.sealed


def worth(given: Money, booked: Money, kept: int, currency: str) -> Money:
    """Return what the `kept` units of a gift are worth in the currency it was given or booked in.

    Of foreign money the part is rounded down to a whole minor unit.
    """
    if currency == booked.currency:
        return Money(kept, currency)
    if currency != given.currency:
        raise CurrenciesDiffer(currency, booked.currency)
    return Money(given.minor * kept // booked.minor, currency)


def evolve(gift: CountedGift | None, event: Event) -> CountedGift:
    """Apply one fact of a gift's story; those that say nothing of this only count as versions."""
    if isinstance(event, GiftReceived):
        return CountedGift(
            event.originator_id, 1, event.organisation, event.fund, event.amount, event.booked
        )
    assert gift is not None, "only its receipt can open a gift's story"
    gift = replace(gift, version=event.originator_version)
    match event:
        case CreditGiven():
            credit = Credit(event.kind, event.amount.minor, event.matched)
            gift = replace(gift, credits={**gift.credits, event.credit: credit})
        case CreditWithdrawn():
            left = {name: c for name, c in gift.credits.items() if name != event.credit}
            gift = replace(gift, credits=left)
        case GiftSharesStated():
            gift = replace(gift, shares=event.shares)
        case ConduitNamed():
            gift = replace(gift, conduit=event.conduit)
        case GiftSetAgainstPledge():
            gift = _counted(gift, event.pledge, event.amount)
        case GiftFreedFromPledge():
            gift = _counted(gift, event.pledge, -event.amount)
        case _:
            pass
    return gift


def _counted(gift: CountedGift, pledge: str, more: Money) -> CountedGift:
    now = gift.pledges.get(pledge, Money(0, more.currency)) + more
    kept = {name: amount for name, amount in gift.pledges.items() if name != pledge}
    return replace(gift, pledges={**kept, pledge: now} if now.minor else kept)
