"""What a history remembers of every gift and every stream, in some 55 bytes of most gifts.

Ten million gifts are to be audited beside one another, so what is told of a gift of money lies in
columns of numbers. What does not fit there, such as goods, lies beside them as it is.
"""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from datetime import date

from ledger.domain.axis import Span
from ledger.domain.funds import GiftPlace
from ledger.domain.history.packing import NOWHERE, Rows, key_of
from ledger.money import Money

VERSION_MAX = 2**32 - 1
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
    """Stories, marks and versions by the name of a gift, and versions of all other streams."""

    def __init__(self) -> None:
        self._rows = Rows()
        self._versions = array("I")
        self._kinds = array("I")
        """Which of the kinds a gift is of, and one; 0: none was received in the stream."""
        self._days = array("I")
        self._starts = array("q")
        self._minors = array("q")
        self._marks = bytearray()
        self._kind_of: dict[tuple[str, str, str], int] = {}
        self._kind: list[tuple[str, str, str]] = []
        self._last, self._last_row, self._last_key = "", NOWHERE, key_of("")
        """The name that was looked up last: each is asked for several times in a row."""
        self._other_versions: dict[str, int] = {}
        self._other_stories: dict[str, GiftStory] = {}
        self._other_marks: Counter[str] = Counter()
        self._before: dict[str, GiftStory] = {}
        """The gifts of money that a second, of goods, came upon under one name."""
        self._again: Counter[tuple[str, str]] = Counter()

    def version(self, stream: str) -> int:
        """Return the version that a stream stands at; 0 if it has not begun."""
        row = self._row(stream)
        if row == NOWHERE or stream in self._other_versions:
            return self._other_versions.get(stream, 0)
        return self._versions[row]

    def set_version(self, stream: str, version: int) -> None:
        """Note that a stream stands at a version."""
        row = self._row(stream)
        if row == NOWHERE and self._last_key:
            row = self._add(stream, self._last_key)
        if row == NOWHERE or not 0 <= version <= VERSION_MAX:
            self._other_versions[stream] = version
            return
        self._other_versions.pop(stream, None)
        self._versions[row] = version

    def __contains__(self, gift: str) -> bool:
        row = self._row(gift)
        return (row != NOWHERE and self._kinds[row] > 0) or gift in self._other_stories

    def get(self, gift: str) -> GiftStory | None:
        """Return what was said of a gift; None of one that never came in."""
        if story := self._other_stories.get(gift):
            return story
        row = self._row(gift)
        if row == NOWHERE or not self._kinds[row]:
            return None
        organisation, fund, currency = self._kind[self._kinds[row] - 1]
        booked, start = Money(self._minors[row], currency), self._starts[row]
        place = GiftPlace(fund, currency, Span(start, start + booked.minor))
        day = self._days[row]
        received_on = date.fromordinal(day) if day else None
        return GiftStory(organisation, fund, received_on, booked, booked, {currency: place})

    def put(self, gift: str, story: GiftStory) -> None:
        """Note what is said of a gift; a second one takes the place of the first."""
        if gift in self:
            self._keep_old(gift, story)
        row, place = self._row(gift), story.places.get(story.value.currency)
        plain = place is not None and len(story.places) == 1 and story.given == story.value
        if row == NOWHERE or not plain or place is None or abs(place.span.start) > START_MAX:
            self._other_stories[gift] = story
            return
        self._other_stories.pop(gift, None)
        self._kinds[row] = self._kind_number((story.organisation, story.fund, place.unit))
        self._days[row] = story.received_on.toordinal() if story.received_on else 0
        self._starts[row] = place.span.start
        self._minors[row] = story.value.minor

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
        row = self._row(gift)
        marks = self._other_marks.get(gift, 0) if row == NOWHERE else self._marks[row]
        return bool(marks & mark)

    def mark(self, gift: str, mark: int) -> None:
        """Give a gift a mark."""
        row = self._row(gift)
        if row == NOWHERE:
            self._other_marks[gift] |= mark
        else:
            self._marks[row] |= mark

    def unmark(self, gift: str, mark: int) -> None:
        """Take a mark from a gift, if it bears it."""
        row = self._row(gift)
        if row == NOWHERE:
            self._other_marks[gift] &= ~mark
        else:
            self._marks[row] &= ~mark

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

    def _row(self, name: str) -> int:
        if name != self._last:
            self._last, self._last_key = name, key_of(name)
            self._last_row = self._rows.find(self._last_key) if self._last_key else NOWHERE
        return self._last_row

    def _add(self, name: str, key: bytes) -> int:
        row = self._rows.add(key)
        for column in (self._versions, self._kinds, self._days, self._starts, self._minors):
            column.append(0)
        self._marks.append(self._other_marks.pop(name, 0))
        self._last_row = row
        return row

    def _kind_number(self, kind: tuple[str, str, str]) -> int:
        number = self._kind_of.get(kind)
        if number is None:
            self._kind.append(kind)
            number = self._kind_of[kind] = len(self._kind)
        return number
