"""What must hold of names and the gifts they rest on: neither is told without the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from ledger.domain.by_fact import ByFact, TakeIn
from ledger.domain.donor_shown import ANONYMOUS, SHOWN
from ledger.domain.events import (
    BenefitRecorded,
    DonorShown,
    Event,
    GiftReturned,
    GiftReversed,
    GiftSupportsName,
)
from ledger.domain.events.naming import NamingFundingTested
from ledger.domain.history.money import MoneyHistory
from ledger.domain.naming_history import NAMING_EVENTS, NamingHistory
from ledger.money import Money

Find = Callable[[str], None]


class NameAndGiftHistory:
    """Names, folded in log order; `money` tells of funds and gifts, and takes events in first."""

    def __init__(self, money: MoneyHistory) -> None:
        self._money = money
        self._names = NamingHistory(money.holders, money.gifts.booked)
        self._marked: dict[str, set[str]] = defaultdict(set)
        """The names that a gift says rest on it."""

    def takers(self, kind: type[Event], leaf: Callable[[], int]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class, in turn; `leaf` tells where the event stands."""

        def see(event: Event, find: Find) -> None:
            self._names.see(leaf(), event, find)

        named = (see,) if issubclass(kind, NAMING_EVENTS) else ()
        return (*named, *NameAndGiftHistory._apply.takers(self, kind))

    def close(self, find: Find) -> None:
        """Say which names still stand, at the end of the log, on money that went back."""
        self._names.close(find)

    @ByFact
    def _apply(self, event: Event, find: Find) -> None:
        """Most facts touch no name."""

    @_apply.register
    def _reduced(self, event: GiftReturned | GiftReversed, _find: Find) -> None:
        if isinstance(event.amount, Money):
            self._names.gift_reduced(event.gift, event.amount)

    @_apply.register
    def _benefit(self, event: BenefitRecorded, _find: Find) -> None:
        self._names.benefit_recorded(event.originator_id)

    @_apply.register
    def _supports(self, event: GiftSupportsName, find: Find) -> None:
        self._money.own_gift(event, event.originator_id, find)
        story = self._names.stories.get(event.naming)
        if story is None or story.proposed.actor != event.actor:
            find(f"{event.originator_id} bears {event.naming}, which is not its charity's")
        if event.naming in self._marked[event.originator_id]:
            find(f"{event.originator_id} bears {event.naming} twice")
        self._marked[event.originator_id].add(event.naming)

    @_apply.register
    def _shown(self, event: DonorShown, find: Find) -> None:
        self._money.own_gift(event, event.originator_id, find)
        if event.shown not in SHOWN or len(event.sealed) != (event.shown != ANONYMOUS):
            find(f"{event.originator_id} shows its donor as {event.shown}, with "
                 f"{len(event.sealed)} digests")  # fmt: skip

    @_apply.register
    def _tested(self, event: NamingFundingTested, find: Find) -> None:
        story = self._names.stories.get(event.originator_id)
        for gift in event.gifts:
            if event.originator_id not in self._marked[gift]:
                find(f"{event.originator_id} counts {gift}, which does not say so")
            held = self._money.gifts.get(gift)
            lies = {place.fund for place in held.places.values()} if held else set()
            if story and lies != {story.proposed.fund}:
                find(f"{event.originator_id} counts {gift}, which lies in another fund")
