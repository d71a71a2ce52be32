"""What must be true of promises, credits and services in a whole history, event by event.

Like `History`, it trusts no decision: it knows only what the published entries say.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise

from ledger.domain import credits as gift_credits
from ledger.domain import pledges, services
from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.credits import CountedGift, worth
from ledger.domain.days import day_in_china
from ledger.domain.events.base import Event
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
)
from ledger.domain.events.fund import FundOpened, GiftReturned, GiftReversed
from ledger.domain.events.gift import GiftReceived
from ledger.domain.events.pledge import (
    GiftFreedFromPledge,
    GiftSetAgainstPledge,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringAgreed,
    RecurringChanged,
    RecurringEnded,
)
from ledger.domain.events.service import ServiceCorrected, ServiceGiven
from ledger.domain.pledge_payments import ON_PAPER, WRITTEN_OFF, payments_too_many
from ledger.domain.pledges import Pledge
from ledger.domain.schedules import MONTHS
from ledger.domain.services import MINUTES_A_DAY, PROFESSIONAL, Service
from ledger.money import Money

Find = Callable[[str], None]
Received = tuple[str, str, Money, Money]
"""Of a gift of money: organisation, fund, amount given and amount booked."""


class PromiseHistory:
    """Promises, credits and services, folded from events in log order; breaches go to `find`."""

    def __init__(self, received: Callable[[str], Received | None] | None = None) -> None:
        """Ask `received` for what came in; without it, gifts are kept here."""
        self.pledges: dict[str, Pledge] = {}
        self.services: dict[str, Service] = {}
        self._holders: dict[str, str] = {}
        self._kept_here: dict[str, Received] | None = None if received else {}
        self._received = received or self._told
        self._counted: dict[str, CountedGift] = {}
        self._gone: Counter[str] = Counter()
        self._reversed: set[str] = set()
        self._paid: Counter[str] = Counter()
        self._written_off: Counter[str] = Counter()
        self._sides: Counter[tuple[str, str]] = Counter()
        self._credits: set[str] = set()
        self._parties: set[str] = set()

    def see(self, event: Event, find: Find) -> None:
        """Take in the next event of the log."""
        self._apply(event, find)

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class."""
        return PromiseHistory._apply.takers(self, kind)

    def close(self, find: Find) -> None:
        """Say what can't be so at the end of the log: facts with one side, gifts counted over."""
        for (pledge, payer), minor in sorted(self._sides.items()):
            if minor:
                find(f"{pledge} and {payer} do not say the same of what paid it")
        for name, gift in sorted(self._counted.items()):
            kept = self._kept(gift)
            if payments_too_many(gift, kept) or gift_credits.credits_too_many(gift, kept):
                find(f"{name} counts for more than the {kept} that is left of it")

    @ByFact
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts promise nothing."""

    # What gifts there are, and what is left of them.

    @_apply.register
    def _fund_opened(self, event: FundOpened, find: Find) -> None:  # noqa: ARG002 one signature for all
        self._holders[event.originator_id] = event.organisation

    @_apply.register
    def _received_gift(self, event: GiftReceived, find: Find) -> None:  # noqa: ARG002 see above
        if self._kept_here is not None:
            self._kept_here[event.originator_id] = (
                event.organisation, event.fund, event.amount, event.booked,
            )  # fmt: skip

    def _told(self, gift: str) -> Received | None:
        return (self._kept_here or {}).get(gift)

    @_apply.register
    def _returned(self, event: GiftReturned, find: Find) -> None:  # noqa: ARG002 see above
        self._gone[event.gift] += event.amount.units

    @_apply.register
    def _reversed_gift(self, event: GiftReversed, find: Find) -> None:  # noqa: ARG002 see above
        self._reversed.add(event.gift)

    # Promises.

    @_apply.register
    def _made(self, event: PledgeMade, find: Find) -> None:
        self._opened(event, find)
        parts = event.instalments
        days = [part.due_on for part in parts]
        in_order = all(one < following for one, following in pairwise(days))
        if any(not same(part.amount, event.total) for part in parts) or not in_order:
            find(f"{event.originator_id} has instalments that can't be")
            return
        if not parts or sum(part.amount.minor for part in parts) != event.total.minor:
            find(f"the instalments of {event.originator_id} are not the {event.total} promised")
        self.pledges[event.originator_id] = pledges.evolve(None, event)

    @_apply.register
    def _agreed(self, event: RecurringAgreed, find: Find) -> None:
        self._opened(event, find)
        if event.every not in MONTHS or event.amount.minor <= 0:
            find(f"{event.originator_id} recurs in no way that can be")
            return
        self.pledges[event.originator_id] = pledges.evolve(None, event)

    @_apply.register
    def _changed(self, event: RecurringChanged, find: Find) -> None:
        pledge = self._pledge(event, find)
        if pledge is None:
            return
        term = pledge.terms[-1] if pledge.terms else None
        was = (event.previous_amount, event.previous_every)
        fits = same(event.amount, pledge.money(1)) and event.every in MONTHS
        if term is None or was != (term.amount, term.every) or not fits:
            find(f"{event.originator_id} is changed from what it was not, or to what can't be")
        elif event.from_day <= max(day_in_china(event.timestamp), term.first_day):
            find(f"the change of {event.originator_id} reaches back to {event.from_day}")
        else:
            self.pledges[event.originator_id] = pledges.evolve(pledge, event)

    @_apply.register
    def _ended(self, event: RecurringEnded, find: Find) -> None:
        pledge = self._pledge(event, find)
        if pledge is None:
            return
        over = pledge.last_day is not None and pledge.last_day < event.from_day
        if not pledge.terms or over or event.from_day <= day_in_china(event.timestamp):
            find(f"{event.originator_id} can't end on {event.from_day}")
            return
        self.pledges[event.originator_id] = pledges.evolve(pledge, event)

    @_apply.register
    def _pledge_paid(self, event: PledgePaid, find: Find) -> None:
        pledge = self._pledge(event, find, event.amount)
        if pledge is None:
            return
        gift = self._received(event.gift)
        if gift is None or gift[:2] != (pledge.organisation, pledge.fund):
            find(f"{event.originator_id} is paid by {event.gift}, which is no gift to its fund")
        self._paid[pledge.id] += event.amount.minor
        self._sides[pledge.id, event.gift] += event.amount.minor
        self._balance(pledges.evolve(pledge, event), event, find)

    @_apply.register
    def _undone(self, event: PledgePaymentUndone, find: Find) -> None:
        pledge = self._pledge(event, find, event.amount)
        if pledge is None:
            return
        if pledge.payments.get(event.gift, 0) < event.amount.minor:
            find(f"{event.gift} never paid the {event.amount} that {pledge.id} takes back")
            return
        self._paid[pledge.id] -= event.amount.minor
        self._sides[pledge.id, event.gift] -= event.amount.minor
        self._balance(pledges.evolve(pledge, event), event, find)

    @_apply.register
    def _let_go(self, event: PledgeWrittenOff, find: Find) -> None:
        pledge = self._pledge(event, find, event.amount)
        if pledge is None:
            return
        proved = event.document is not None or event.reason not in ON_PAPER
        if event.reason not in WRITTEN_OFF or not proved:
            find(f"{pledge.id} is written off without a ground the law leaves")
        self._written_off[pledge.id] += event.amount.minor
        self._balance(pledges.evolve(pledge, event), event, find)

    def _balance(self, pledge: Pledge, event: Event, find: Find) -> None:
        """Pledged = paid + written off + outstanding; only what recurs may be paid ahead."""
        self.pledges[pledge.id] = pledge
        paid, written_off = self._paid[pledge.id], self._written_off[pledge.id]
        dues = pledges.due(pledge, day_in_china(event.timestamp))
        pledged = sum(one.amount.minor for one in dues)
        outstanding = sum(one.open.minor for one in dues)
        over = pledge.instalments and pledged != paid + written_off + outstanding
        if over or (paid, written_off) != (pledge.paid, pledge.written_off):
            find(f"{pledge.id} is not what was paid, written off and is outstanding")

    # What gifts count for.

    @_apply.register
    def _set_against(self, event: GiftSetAgainstPledge, find: Find) -> None:
        gift = self._gift(event, find)
        if gift is None:
            return
        amounts = [*gift.pledges.values(), event.amount]
        alike = all(same(amount, event.amount) for amount in amounts)
        if not alike or not in_money_of(gift, event.amount):
            find(f"{event.amount} of {gift.id} can't keep a promise")
            return
        left = worth(gift.given, gift.booked, self._kept(gift).minor, event.amount.currency)
        if sum(amount.minor for amount in amounts) > left.minor:
            find(f"{gift.id} keeps promises of more than the {left} that is left of it")
            return
        self._sides[event.pledge, gift.id] -= event.amount.minor
        self._counted[gift.id] = gift_credits.evolve(gift, event)

    @_apply.register
    def _freed(self, event: GiftFreedFromPledge, find: Find) -> None:
        gift = self._gift(event, find)
        if gift is None:
            return
        counted = gift.pledges.get(event.pledge)
        if counted is None or not same(event.amount, counted) or counted < event.amount:
            find(f"{gift.id} never kept {event.amount} of {event.pledge}")
            return
        self._sides[event.pledge, gift.id] += event.amount.minor
        self._counted[gift.id] = gift_credits.evolve(gift, event)

    @_apply.register
    def _credit_given(self, event: CreditGiven, find: Find) -> None:
        gift = self._gift(event, find)
        self._new_party(event.credited.id, find)
        if gift is None:
            return
        known = event.kind in gift_credits.KINDS and event.credit not in self._credits
        if not known or not same(event.amount, gift.booked):
            find(f"{event.credit} is no credit of {gift.id}")
            return
        matching = event.kind == gift_credits.MATCHING
        if (
            matching != (event.matched is not None and self._received(event.matched) is not None)
            or event.matched == gift.id
        ):
            find(f"{event.credit} does not match another gift")
        self._credits.add(event.credit)
        self._counted[gift.id] = gift = gift_credits.evolve(gift, event)
        if gift_credits.credits_too_many(gift, self._kept(gift)):
            find(f"the {event.kind} credits of {gift.id} exceed it")

    @_apply.register
    def _withdrawn(self, event: CreditWithdrawn, find: Find) -> None:
        gift = self._gift(event, find)
        if gift is None:
            return
        if event.credit not in gift.credits:
            find(f"{event.credit} is withdrawn, but does not stand")
        self._counted[gift.id] = gift_credits.evolve(gift, event)

    @_apply.register
    def _shares(self, event: GiftSharesStated, find: Find) -> None:
        gift = self._gift(event, find)
        for share in event.shares:
            self._new_party(share.party.id, find)
        if gift is None:
            return
        alike = all(same(share.amount, gift.booked) for share in event.shares)
        added = sum(share.amount.minor for share in event.shares)
        few = len(event.shares) < gift_credits.FEWEST_SHARES
        if gift.shares or few or not alike or added != gift.booked.minor:
            find(f"the shares of {gift.id} are stated twice, or are not the gift")
        self._counted[gift.id] = gift_credits.evolve(gift, event)

    @_apply.register
    def _conduit(self, event: ConduitNamed, find: Find) -> None:
        gift = self._gift(event, find)
        self._new_party(event.conduit.id, find)
        if gift is None:
            return
        if gift.conduit or not (event.new_money or event.conduit.organisation):
            find(f"the conduit of {gift.id} is named twice, or can't have counted it")
        self._counted[gift.id] = gift_credits.evolve(gift, event)

    # Services.

    @_apply.register
    def _service(self, event: ServiceGiven, find: Find) -> None:
        if event.provider is not None:
            self._new_party(event.provider.id, find)
        holder = event.actor if event.fund is None else self._holders.get(event.fund)
        if event.originator_id in self.services or {event.organisation, holder} != {event.actor}:
            find(f"{event.originator_id} is not {event.actor}'s to record")
        days = (event.until - event.given_on).days + 1
        if not 0 <= event.minutes <= event.people * days * MINUTES_A_DAY or event.people < 1:
            find(f"{event.originator_id} took more time than there is")
        proved = event.kind == PROFESSIONAL and event.basis and event.evidence
        if event.value is not None and not proved:
            find(f"{event.originator_id} has a value that nothing proves")
        self.services[event.originator_id] = services.evolve(None, event)

    @_apply.register
    def _corrected(self, event: ServiceCorrected, find: Find) -> None:
        service = self.services.get(event.originator_id)
        if service is None or service.corrected or service.organisation != event.actor:
            find(f"{event.originator_id} is no service that {event.actor} can correct")
            return
        self.services[service.id] = services.evolve(service, event)
        other = self.services.get(event.replaced_by or "")
        if event.replaced_by is not None and (other is None or other.corrected):
            find(f"{event.replaced_by} can't stand in the place of {service.id}")

    # What they share.

    def _opened(self, event: PledgeMade | RecurringAgreed, find: Find) -> None:
        self._new_party(event.donor.id, find)
        known = event.originator_id in self.pledges
        if known or {event.organisation, self._holders.get(event.fund)} != {event.actor}:
            find(f"{event.originator_id} is not {event.actor}'s to record")

    def _pledge(self, event: Event, find: Find, amount: Money | None = None) -> Pledge | None:
        """Return the promise that a fact is about, if the fact can be about it."""
        pledge = self.pledges.get(event.originator_id)
        fits = pledge and (amount is None or same(amount, pledge.money(1)))
        if pledge is None or pledge.organisation != event.actor or not fits:
            find(f"{event.actor} says of {event.originator_id} what can't be said of it")
            return None
        return pledge

    def _gift(self, event: Event, find: Find) -> CountedGift | None:
        """Return the gift of money that a fact is about, if it is its charity's to say."""
        name = event.originator_id
        received = self._received(name)
        if received is None or received[0] != event.actor:
            find(f"{event.actor} says what {name} counts for, which is not its gift of money")
            return None
        return self._counted.get(name) or CountedGift(name, 1, *received)

    def _kept(self, gift: CountedGift) -> Money:
        """Return what is left of a gift after returns; nothing of one recorded by mistake."""
        booked, gone = gift.booked.minor, self._gone[gift.id]
        left = 0 if gift.id in self._reversed else min(booked - gone, booked)
        return Money(max(left, 0), gift.booked.currency)

    def _new_party(self, party: str, find: Find) -> None:
        """Two facts that name one party could be joined by a stranger."""
        if party in self._parties:
            find(f"party {party} stands for two")
        self._parties.add(party)


def same(amount: Money, other: Money) -> bool:
    """Tell whether an amount is above zero and in the currency of another one."""
    return amount.minor > 0 and amount.currency == other.currency


def in_money_of(gift: CountedGift, amount: Money) -> bool:
    """Tell whether an amount is in the currency in which a gift was given or is booked."""
    return gift.booked.minor > 0 and amount.currency in (gift.booked.currency, gift.given.currency)
