"""What must hold of money and goods: every unit that came in is where the events say."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from ledger.domain.acting import role_of, same_person
from ledger.domain.axis import Span, cut_tail, without
from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.days import day_in_china
from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    ApprovalLimitSet,
    CostClassified,
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    DisbursementWithdrawn,
    DonorIdentified,
    Event,
    FundBound,
    FundClosed,
    FundOpened,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
    UseChanged,
)
from ledger.domain.funds import GiftPlace, place_prefix
from ledger.domain.gifts import worth
from ledger.domain.goods import Amount
from ledger.domain.history.accounts import UnitAccount
from ledger.domain.history.gifts import RECEIPTED, SUSPENSE, Gifts, GiftStory
from ledger.domain.history.stories import FundStory, Moved, Payment
from ledger.domain.oversight import limit_of
from ledger.domain.values import exchange
from ledger.errors import Refused
from ledger.money import Money

Find = Callable[[str], None]


class MoneyHistory:
    """Funds, gifts and outflows, folded in log order."""

    def __init__(self, gifts: Gifts) -> None:
        self.accounts: dict[tuple[str, str], UnitAccount] = defaultdict(UnitAccount)
        self.holders: dict[str, str] = {}
        self.gifts = gifts
        self.gone: dict[tuple[str, str], int] = defaultdict(int)
        """Units of a gift that were returned or reversed, by gift and unit."""
        self._funds: dict[str, FundStory] = {}
        self._limits: dict[str, dict[str, Money | None]] = {}
        self._payments: dict[str, dict[str, Payment]] = defaultdict(dict)
        """By fund, and by name."""
        self._allocated: dict[tuple[str, int], Moved] = {}
        self._owed_back: dict[tuple[str, int], tuple[GiftPlace, ...]] = {}

    def takers(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class."""
        return MoneyHistory._apply.takers(self, kind)

    def still_open(self) -> list[str]:
        """Say which allocations came back without leaving the fund that they had reached."""
        return [
            f"allocation {allocation} of {fund} is taken back, but not all of it left {place.fund}"
            for (fund, allocation), owed in sorted(self._owed_back.items())
            for place in owed[:1]
        ]

    def own_gift(self, event: Event, gift: str, find: Find) -> None:
        """Find fault with who acts on a gift that is not theirs."""
        story = self.gifts.get(gift)
        if not story or not story.places or self.holders.get(story.fund) != event.actor:
            find(f"{event.actor} acts on {gift}, which is not its own")

    @ByFact
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts move nothing."""

    @_apply.register
    def _opened(self, event: FundOpened, find: Find) -> None:
        if event.originator_id in self.holders:
            find(f"{event.originator_id} is opened a second time")
        self.holders[event.originator_id] = event.organisation
        self._funds[event.originator_id] = FundStory(event)
        if event.organisation != event.actor:
            find(f"{event.actor} opened a fund for {event.organisation}")

    @_apply.register
    def _bound(self, event: FundBound, find: Find) -> None:
        story = self._own_fund(event, find)
        if event.originator_version != 2:  # noqa: PLR2004 right after the opening
            find(f"{event.originator_id} is bound after it was used")
        if story:
            story.recipient = event.recipient
            story.term = (event.first_day, event.last_day)

    @_apply.register
    def _use_changed(self, event: UseChanged, find: Find) -> None:
        if story := self._own_fund(event, find):
            story.uses += (event,)

    @_apply.register
    def _closed(self, event: FundClosed, find: Find) -> None:
        story = self._own_fund(event, find)
        on_its_way = any(
            payment.status == "approved" for payment in self._payments[event.originator_id].values()
        )
        if story is None or story.closed or on_its_way:
            find(f"{event.originator_id} is closed twice, or while a payment is on its way")
        if story:
            story.closed = True

    @_apply.register
    def _gift_received(self, event: GiftReceived, find: Find) -> None:
        self._check_gift(event, find)
        expected = _expected(event)
        if event.booked != expected or event.booked.minor <= 0:
            find(f"{event.amount} is booked as {event.booked}, expected {expected}")
        places = {event.booked.currency: self._come_in(event.fund, event.booked)}
        self._put(event, event.amount, event.booked, places)

    @_apply.register
    def _goods_received(self, event: GoodsReceived, find: Find) -> None:
        self._check_gift(event, find)
        items = [line.quantity.item for line in event.lines]
        if not items or len(set(items)) < len(items) or min(
            line.quantity.count for line in event.lines
        ) <= 0:  # fmt: skip
            find(f"{event.originator_id} has no lines, an item twice, or a line of nothing")
        places = {
            line.quantity.item: self._come_in(event.fund, line.quantity) for line in event.lines
        }
        self._put(event, None, worth(event), places)

    def _put(
        self,
        event: GiftReceived | GoodsReceived,
        given: Money | None,
        value: Money,
        places: dict[str, GiftPlace],
    ) -> None:
        self.gifts.put(
            event.originator_id,
            GiftStory(event.organisation, event.fund, event.received_on, given, value, places),
        )

    def _check_gift(self, event: GiftReceived | GoodsReceived, find: Find) -> None:
        if self.holders.get(event.fund) != event.actor or event.organisation != event.actor:
            find(f"a gift lies in fund {event.fund}, which is not {event.actor}'s")
        if event.originator_id in self.gifts:
            find(f"{event.originator_id} is received a second time")
        story = self._funds.get(event.fund)
        if story and story.closed:
            find(f"a gift came into {event.fund} after it was closed")
        if event.donor is None:
            self.gifts.mark(event.originator_id, SUSPENSE)

    def _come_in(self, fund: str, amount: Amount) -> GiftPlace:
        account = self._account(fund, amount)
        span = Span(account.received, account.received + amount.units)
        account.received += amount.units
        account.gifts += amount.units
        return GiftPlace(fund, amount.unit, span)

    @_apply.register
    def _donor_identified(self, event: DonorIdentified, find: Find) -> None:
        self.own_gift(event, event.originator_id, find)
        if not self.gifts.marked(event.originator_id, SUSPENSE):
            find(f"{event.originator_id} was claimed, but its donor is known")
        self.gifts.unmark(event.originator_id, SUSPENSE)

    @_apply.register
    def _allocated_funds(self, event: FundsAllocated, find: Find) -> None:
        if event.to_fund not in self.holders:
            find(f"money goes to fund {event.to_fund}, which was never opened")
        if event.to_fund == event.originator_id:
            find(f"fund {event.to_fund} is allocated to itself")
        self._check_bound(event, find)
        account, spans = self._take(event, event.amount, find)
        account.allocated_out += event.amount.units
        target = self._account(event.to_fund, event.amount)
        span = Span(target.received, target.received + event.amount.units)
        reached = GiftPlace(event.to_fund, event.amount.unit, span)
        target.received += event.amount.units
        target.allocated_in += event.amount.units
        self._allocated[event.originator_id, event.originator_version] = Moved(
            event.to_fund, event.amount, spans, reached
        )

    def _check_bound(self, event: FundsAllocated, find: Find) -> None:
        source, target = self._funds.get(event.originator_id), self._funds.get(event.to_fund)
        if not source or not target:
            return
        if target.closed:
            find(f"money goes to fund {event.to_fund}, which is closed")
        bound = [
            source.purposes and not _all_in(target.purposes, source.purposes),
            source.places and not all(_covered(p, source.places) for p in target.places or ("",)),
            (source.agency or target.agency) and source.recipient != target.recipient,
        ]
        if any(bound):
            find(f"money of {event.originator_id} goes to {event.to_fund}, which is bound less")

    @_apply.register
    def _taken_back(self, event: AllocationTakenBack, find: Find) -> None:
        self._own_fund(event, find)
        key = (event.originator_id, event.allocation)
        moved = self._allocated.pop(key, None)
        if moved is None or (moved.to_fund, moved.amount) != (event.to_fund, event.amount):
            find(f"allocation {event.allocation} of {event.originator_id} does not stand")
            return
        account = self._account(event.originator_id, event.amount)
        account.axis = account.axis.give_back(moved.spans)
        account.taken_back += event.amount.units
        self._owed_back[key] = (moved.target,)

    @_apply.register
    def _given_back(self, event: AllocationGivenBack, find: Find) -> None:
        self._own_fund(event, find)
        key, hole = (event.from_fund, event.allocation), Span(event.start, event.end)
        here = (event.originator_id, event.amount.unit)
        owed = self._owed_back.get(key, ())
        account = self._account(event.originator_id, event.amount)
        if (
            not any((p.fund, p.unit) == here and p.span.meet(hole) == hole for p in owed)
            or hole.length != event.amount.units
            or account.axis.unspent(hole) != (hole,)
        ):
            find(f"{event.amount} of {event.originator_id} go back that were not moved there")
        self._owed_back[key] = tuple(
            GiftPlace(p.fund, p.unit, left) for p in owed for left in without(p.span, (hole,))
        )
        account.axis = account.axis.punch(hole)
        account.given_back += event.amount.units

    @_apply.register
    def _proposed(self, event: DisbursementProposed, find: Find) -> None:
        story = self._own_fund(event, find)
        if event.disbursement in self._payments[event.originator_id]:
            find(f"{event.disbursement} is proposed a second time")
        self._payments[event.originator_id][event.disbursement] = Payment(
            event.amount, event.proposed_by
        )
        if story is None:
            return
        off_purpose = story.purposes and event.purpose not in story.purposes
        off_place = story.places and not _covered(event.place, story.places)
        named = event.payee.organisation
        stranger = story.agency and (named is None or named != story.recipient)
        if off_purpose or off_place or stranger or story.closed:
            find(f"{event.disbursement} is not what {event.originator_id} is bound to")

    @_apply.register
    def _approved(self, event: DisbursementApproved, find: Find) -> None:
        self._own_fund(event, find)
        asked = self._payments[event.originator_id].get(event.disbursement)
        if (
            asked is None
            or same_person(asked.proposed_by, event.approved_by)
            or asked.status != "proposed"
        ):
            find(f"{event.disbursement} was not approved by another person than who proposed it")
            return
        limit = limit_of(self._limits.get(event.actor, {}), event.approved_by)
        if (
            limit is not None
            and isinstance(asked.amount, Money)
            and not _within(asked.amount, limit)
        ):
            find(f"{event.approved_by} approved {asked.amount}, above its limit of {limit}")
        asked.status = "approved"

    @_apply.register
    def _limited(self, event: ApprovalLimitSet, find: Find) -> None:
        if event.organisation != event.actor or event.role in (
            event.decided_by,
            role_of(event.decided_by),
        ):
            find(f"the limit of {event.role} was set by who had no right to")
        self._limits.setdefault(event.actor, {})[event.role] = event.limit

    @_apply.register
    def _paid(self, event: DisbursementPaid, find: Find) -> None:
        asked = self._payments[event.originator_id].get(event.disbursement)
        if asked is None or asked.status != "approved" or asked.amount != event.amount:
            find(f"{event.disbursement} was paid without a matching approval")
        account, spans = self._take(event, event.amount, find)
        account.disbursed += event.amount.units
        if asked is not None:
            asked.status, asked.spans = "paid", spans
        story = self._funds.get(event.originator_id)
        first, last = story.term if story else (None, None)
        day = event.paid_on or day_in_china(event.timestamp)
        if (first and day < first) or (last and day > last):
            find(f"{event.disbursement} was paid on {day}, outside the term of its fund")

    @_apply.register
    def _withdrawn(self, event: DisbursementWithdrawn, find: Find) -> None:
        asked = self._payment(event, event.disbursement, ("proposed", "approved"), find)
        if asked:
            asked.status = "withdrawn"

    @_apply.register
    def _accepted(self, event: DisbursementAccepted, find: Find) -> None:
        asked = self._payment(event, event.disbursement, ("paid",), find)
        if asked and (same_person(asked.proposed_by, event.accepted_by) or not event.evidence):
            find(f"{event.disbursement} was accepted without evidence or by who proposed it")
        if asked and asked.accepted:
            find(f"{event.disbursement} is accepted a second time")
        if asked:
            asked.accepted = True

    @_apply.register
    def _classified(self, event: CostClassified, find: Find) -> None:
        self._payment(
            event, event.disbursement, ("proposed", "approved", "paid", "withdrawn"), find
        )

    @_apply.register
    def _recovered(self, event: DisbursementRecovered, find: Find) -> None:
        asked = self._payment(event, event.disbursement, ("paid",), find)
        if asked is None:
            return
        held = sum(span.length for span in asked.spans)
        if not 0 < event.amount.units <= held or event.amount.unit != asked.amount.unit:
            find(f"{event.amount} came back of {event.disbursement}, which holds {held} units")
            return
        asked.spans, back = cut_tail(asked.spans, event.amount.units)
        account = self._account(event.originator_id, event.amount)
        account.axis = account.axis.give_back(back)
        account.recovered += event.amount.units

    @_apply.register
    def _gift_returned(self, event: GiftReturned, find: Find) -> None:
        unspent = self._unspent(event, event.gift)
        hole = Span(event.start, event.end)
        last = unspent[-1] if unspent else Span(0, 0)
        fits = last.start <= hole.start < hole.end == last.end
        if not fits or not self._leaves(event, find):
            find(f"the return of {event.amount} is not from what is left of {event.gift}")
        self._account(event.originator_id, event.amount).returned += event.amount.units

    @_apply.register
    def _gift_reversed(self, event: GiftReversed, find: Find) -> None:
        whole = Span(event.start, event.end) in self._unspent(event, event.gift)
        if not whole or not self._leaves(event, find):
            find(f"the reversal of {event.amount} is not all that is left of {event.gift}")
        self._account(event.originator_id, event.amount).reversed += event.amount.units

    def _unspent(self, event: GiftReturned | GiftReversed, gift: str) -> tuple[Span, ...]:
        story = self.gifts.get(gift)
        place = story.places.get(event.amount.unit) if story else None
        account = self._account(event.originator_id, event.amount)
        here = place is not None and place.fund == event.originator_id
        return account.axis.unspent(place.span) if place and here else ()

    def _leaves(self, event: GiftReturned | GiftReversed, find: Find) -> bool:
        """Take a part of a gift out of the axis; tell whether its span is right for its amount."""
        self._own_fund(event, find)
        hole = Span(event.start, event.end)
        account = self._account(event.originator_id, event.amount)
        account.axis = account.axis.punch(hole)
        self.gone[event.gift, event.amount.unit] += event.amount.units
        return hole.length == event.amount.units and not self.gifts.marked(event.gift, RECEIPTED)

    def _payment(
        self, event: Event, disbursement: str, expected: tuple[str, ...], find: Find
    ) -> Payment | None:
        self._own_fund(event, find)
        found = self._payments[event.originator_id].get(disbursement)
        if found is None or found.status not in expected:
            find(f"{disbursement} is not {' or '.join(expected)}")
            return None
        return found

    def _account(self, fund: str, amount: Amount) -> UnitAccount:
        return self.accounts[fund, amount.unit]

    def _own_fund(self, event: Event, find: Find) -> FundStory | None:
        if self.holders.get(event.originator_id) != event.actor:
            find(f"{event.actor} acts on fund {event.originator_id}, which is not its own")
        return self._funds.get(event.originator_id)

    def _take(
        self, event: Event, amount: Amount, find: Find
    ) -> tuple[UnitAccount, tuple[Span, ...]]:
        self._own_fund(event, find)
        account = self._account(event.originator_id, amount)
        spans, account.axis = account.axis.take(amount.units)
        if account.balance < 0 or amount.units <= 0:
            find(f"fund {event.originator_id} pays {amount} and is left with {account.balance}")
        return account, spans


def _covered(place: str | None, places: tuple[str, ...]) -> bool:
    return any((place or "").startswith(place_prefix(one)) for one in places)


def _expected(event: GiftReceived) -> Money | None:
    if event.exchange is None:
        return event.amount
    rate, quote_unit = event.exchange.rate, event.exchange.quote_unit
    try:
        checked = exchange(rate, quote_unit, event.exchange.source, event.exchange.day)
        return checked.book(event.amount) if event.amount.currency != "CNY" else event.amount
    except Refused:
        return None  # no amount is right at a rate that can't be used


def _within(amount: Money, limit: Money) -> bool:
    return amount.currency == limit.currency and amount <= limit


def _all_in(named: tuple[str, ...], bound: tuple[str, ...]) -> bool:
    return bool(named) and set(named) <= set(bound)
