"""An entry may come late into the log, but not claim to be older than a week and a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ledger.domain.events import FundOpened, GiftReceived
from ledger.domain.history.times import LATE_MAX
from tests.ledger.domain.given import NOON, Story


def findings(*behind: timedelta) -> list[str]:
    """Tell gifts that lie so far behind the opening of their fund; return what is found."""
    story = Story().tell(FundOpened, "fund-1")
    for number, late in enumerate(behind, 1):
        story.tell(GiftReceived, f"gift-{number}")
        story.log[number] = replace(story.log[number], timestamp=NOON - late)
    return story.history().findings


def test_an_entry_as_late_as_a_request_can_wait_is_no_finding() -> None:
    assert findings(timedelta(0), LATE_MAX, -LATE_MAX) == []


def test_an_entry_dated_back_further_is_named_with_the_one_it_contradicts() -> None:
    (found,) = findings(LATE_MAX + timedelta(seconds=1))
    assert found.startswith("entry 1: it is dated back: it says ")
    assert "and entry 0, which was there before it, " in found


def test_the_newest_entry_before_it_counts_not_the_last_one() -> None:
    late = LATE_MAX / 2
    (found,) = findings(-late, late, late + timedelta(minutes=1))
    assert found.startswith("entry 3: ")
    assert "entry 1, which was there before it" in found
