"""What a history remembers of every gift, in some 55 bytes of most gifts.

Ten million gifts are to be audited beside one another, so what is told of a gift of money lies in
columns of numbers. What does not fit there, such as goods, lies beside them as it is.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from ledger.domain.axis import Span
from ledger.domain.funds import GiftPlace
from ledger.domain.history.packing import NOWHERE, Kinds, Table, gift_key
from ledger.money import Money

START_MAX = 2**63 - 1
RECEIPTED, SUSPENSE = 1, 2
"""Marks of a gift: its receipt stands; nobody has said yet who gave it."""

ReceivedMoney = tuple[str, str, Money, Money]
"""Of a gift of money: organisation, fund, amount given and amount booked."""


@dataclass(frozen=True, slots=True)
class GiftStory:
    """What was said of a gift as it came in.

    `given` is the amount in its own currency, None of goods; `value` is what a receipt may say:
    booked money, or the proved value of goods. It lies in `places`, by unit.
    """

    organisation: str
    fund: str
    received_on: date | None
    given: Money | None
    value: Money
    places: dict[str, GiftPlace]


class Gifts:
    """Stories and marks by the name of a gift; `streams` has the version of each, and its row."""

    def __init__(self) -> None:
        self.streams = Table(gift_key)
        self._kinds = Kinds[tuple[str, str, str]]()
        self._last: str | None = None
        self._last_story: GiftStory | None = None
        """The story that was asked for last: several rules ask for the same one in a row."""
        self._other_stories: dict[str, GiftStory] = {}
        self._other_marks: Counter[str] = Counter()
        self._before: dict[str, GiftStory] = {}
        """The gifts of money that a second, of goods, came upon under one name."""
        self._again: Counter[tuple[str, str]] = Counter()

    def __contains__(self, gift: str) -> bool:
        row = self.streams.row(gift)
        return (row != NOWHERE and self.streams.kinds[row] > 0) or gift in self._other_stories

    def get(self, gift: str) -> GiftStory | None:
        """Return what was said of a gift; None of one that never came in."""
        if gift != self._last:
            self._last, self._last_story = gift, self._looked_up(gift)
        return self._last_story

    def put(self, gift: str, story: GiftStory) -> None:
        """Note what is said of a gift; a second one takes the place of the first."""
        if gift in self:
            self._keep_old(gift, story)
        self._last, self._last_story = gift, story
        place = story.places.get(story.value.currency)
        plain = place is not None and len(story.places) == 1 and story.given == story.value
        row, streams = self.streams.made(gift), self.streams
        if row == NOWHERE or not plain or place is None or abs(place.span.start) > START_MAX:
            self._other_stories[gift] = story
            return
        self._other_stories.pop(gift, None)
        streams.kinds[row] = self._kinds.number((story.organisation, story.fund, place.unit))
        streams.days[row] = story.received_on.toordinal() if story.received_on else 0
        streams.places[row] = place.span.start
        streams.minors[row] = story.value.minor

    def received(self, gift: str) -> ReceivedMoney | None:
        """Return what was said of a gift of money; None of goods, or where there is none."""
        story = self.get(gift)
        if story and story.given is None:
            story = self._before.get(gift)
        if story is None or story.given is None:
            return None
        return story.organisation, story.fund, story.given, story.value

    def booked(self, gift: str, currency: str) -> int:
        """Return the minor units of money that came in under the name of a gift."""
        found = self.received(gift)
        newest = found[3].minor if found and found[3].currency == currency else 0
        return newest + self._again[gift, currency] if self._again else newest

    def marked(self, gift: str, mark: int) -> bool:
        """Tell whether a gift bears a mark."""
        row = self.streams.row(gift)
        marks = self._other_marks.get(gift, 0) if row == NOWHERE else self.streams.marks[row]
        return bool(marks & mark)

    def mark(self, gift: str, mark: int) -> None:
        """Give a gift a mark."""
        row = self.streams.made(gift)
        if row == NOWHERE:
            self._other_marks[gift] |= mark
        else:
            self.streams.marks[row] |= mark

    def unmark(self, gift: str, mark: int) -> None:
        """Take a mark from a gift, if it bears it."""
        row = self.streams.row(gift)
        if row == NOWHERE:
            self._other_marks[gift] &= ~mark
        else:
            self.streams.marks[row] &= ~mark

    def _keep_old(self, gift: str, story: GiftStory) -> None:
        """Keep what promises and names still count of a gift that is received once more."""
        old = self.received(gift)
        if old is None:
            return
        if story.given is None:
            self._before[gift] = GiftStory(old[0], old[1], None, old[2], old[3], {})
            return
        self._again[gift, old[3].currency] += old[3].minor
        self._before.pop(gift, None)

    def _looked_up(self, gift: str) -> GiftStory | None:
        if story := self._other_stories.get(gift):
            return story
        row, streams = self.streams.row(gift), self.streams
        if row == NOWHERE or not streams.kinds[row]:
            return None
        organisation, fund, currency = self._kinds[streams.kinds[row]]
        booked, start = Money(streams.minors[row], currency), streams.places[row]
        place = GiftPlace(fund, currency, Span(start, start + booked.minor))
        day = streams.days[row]
        received_on = date.fromordinal(day) if day else None
        return GiftStory(organisation, fund, received_on, booked, booked, {currency: place})
