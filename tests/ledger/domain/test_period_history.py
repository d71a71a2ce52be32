"""An auditor finds every close that no honest charity could have recorded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger.domain.events import DonorIdentified, Event
from ledger.domain.period_history import PeriodHistory
from tests.ledger.domain.given import CHARITY, OTHER, fact
from tests.ledger.domain.test_periods import OCTOBER, TODAY, closed


def findings(*events: Event) -> list[str]:
    history, found = PeriodHistory(), list[str]()
    for leaf, event in enumerate(events, 10):
        history.see(leaf, event, found.append)
    return found


def test_closes_in_order_are_in_order_and_other_facts_do_not_matter() -> None:
    later = closed(TODAY, version=2)

    assert findings(closed(), fact(DonorIdentified, "gift-1"), later) == []


@pytest.mark.parametrize(
    ("forged", "what"),
    [
        (replace(closed(), actor=OTHER), f"{OTHER} closed the books of {CHARITY}"),
        (replace(closed(), originator_id="periods-x"), f"{CHARITY} closed the books of {CHARITY}"),
        (replace(closed(), last_day=date(2026, 11, 22)), "before they were there"),
        (replace(closed(), size=11), "before they were there"),
        (replace(closed(), size=-1), "before they were there"),
    ],
)
def test_a_close_by_another_or_of_what_was_not_there_is_found(forged: Event, what: str) -> None:
    (found,) = findings(forged)

    assert what in found


def test_a_close_that_does_not_go_further_is_found_and_opens_nothing() -> None:
    back = replace(closed(version=3), last_day=date(2026, 10, 1))

    assert len(findings(closed(), closed(version=2), back, closed(version=4))) == 3
    assert findings(closed(), closed(TODAY, version=2)) == []
    assert OCTOBER < TODAY
