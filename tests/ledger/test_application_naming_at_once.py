"""Names while somebody else acts at the same moment: no return and no name passes unseen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.settings import Settings
from api.wiring import House
from ledger.application.people import GROUNDS
from ledger.domain.naming_refusals import BelowThreshold
from ledger.domain.naming_support import NameStands, NameTextErased
from ledger.engine import Conflict
from ledger.money import Money
from tests.houses import register
from tests.invariants import check_house
from tests.ledger.domain.naming_given import COUNTY
from tests.ledger.named import APPROVAL, TEXT, another, named


@pytest.fixture
def charity(house: House) -> House:
    register(house)
    return house


def test_a_return_between_the_figures_and_the_funding_test_makes_it_decide_anew(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: case.give_back(case.gifts[0], 200_00, other.ledger)
        )

        tested = case.test()

    assert (tested.received, tested.met) == (Money(400_00), False)
    check_house(charity)


def test_a_funding_test_that_comes_between_a_return_is_seen_by_it(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00", "600.00")
    case.test(case.gifts[0])
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    case.ledger.naming.approve(case.name, APPROVAL)
    case.enter()
    case.give_back(case.gifts[0], 600_00)
    with another(settings) as other:

        def keep_it_by_the_second() -> None:
            case.test(case.gifts[1], ledger=other.ledger)
            other.ledger.naming.close_review(case.name, "kept", "已补足", "council", "reviewer")

        with_somebody_in_between(monkeypatch, charity, keep_it_by_the_second)
        case.give_back(case.gifts[1], 200_00)  # it knew of no name when it began

    assert case.ledger.streams.naming(case.name).under_review
    assert not case.unseen()
    check_house(charity)


def test_a_name_that_enters_into_force_between_a_return_is_put_under_review(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.approved()
    with another(settings) as other:
        with_somebody_in_between(monkeypatch, charity, lambda: case.enter(other.ledger))

        case.give_back(case.gifts[0], 200_00)

    assert case.ledger.streams.naming(case.name).under_review
    check_house(charity)


def test_a_return_that_comes_between_keeps_a_name_out_of_force(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.approved()
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: case.give_back(case.gifts[0], 200_00, other.ledger)
        )
        with pytest.raises(BelowThreshold):
            case.enter()

    assert case.ledger.streams.naming(case.name).status == "approved"
    check_house(charity)


def test_a_second_return_that_comes_between_keeps_a_review_open(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00", "200.00")
    case.test(case.gifts[0])
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    case.ledger.naming.approve(case.name, APPROVAL)
    case.enter()
    case.give_back(case.gifts[0], 200_00)
    case.test()
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: case.give_back(case.gifts[1], 150_00, other.ledger)
        )
        with pytest.raises(BelowThreshold):
            case.ledger.naming.close_review(case.name, "kept", "已补足", "council", "reviewer")

    assert case.ledger.streams.naming(case.name).under_review
    check_house(charity)


def test_a_review_that_is_closed_between_a_return_is_opened_again(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00", "300.00")
    case.test(case.gifts[0])
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    case.ledger.naming.approve(case.name, APPROVAL)
    case.enter()
    case.give_back(case.gifts[0], 200_00)
    case.test()
    with another(settings) as other:
        keeping = (case.name, "kept", "已补足", "council", "reviewer")
        with_somebody_in_between(
            monkeypatch, charity, lambda: other.ledger.naming.close_review(*keeping)
        )
        case.give_back(case.gifts[1], 250_00)

    assert case.ledger.streams.naming(case.name).under_review
    check_house(charity)


def test_the_text_of_a_name_that_enters_into_force_meanwhile_is_not_erased(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.test()
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: other.ledger.naming.approve(case.name, APPROVAL)
        )
        with pytest.raises(Conflict):
            case.ledger.people.erase(case.name, GROUNDS[0])

    with pytest.raises(NameStands):
        case.ledger.people.erase(case.name, GROUNDS[0])
    assert case.ledger.naming.text_of(case.name) == TEXT
    check_house(charity)


def test_a_name_whose_text_is_erased_meanwhile_does_not_enter_into_force(
    charity: House, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = named(charity, "600.00")
    case.test()
    case.ledger.naming.submit(case.name, COUNTY, "county", "clerk")
    with another(settings) as other:
        with_somebody_in_between(
            monkeypatch, charity, lambda: other.ledger.people.erase(case.name, GROUNDS[0])
        )
        with pytest.raises(NameTextErased):
            case.ledger.naming.approve(case.name, APPROVAL)

    assert case.ledger.naming.text_of(case.name) is None
    check_house(charity)


def with_somebody_in_between(
    monkeypatch: pytest.MonkeyPatch, house: House, act: Callable[[], object]
) -> None:
    """Let somebody else act once, after the next command has decided and before it records."""
    store = house.recorder.insert_events
    todo = [act]

    def insert(*args: Any, **kwargs: Any) -> Any:
        if todo:
            todo.pop()()
        return store(*args, **kwargs)

    monkeypatch.setattr(house.recorder, "insert_events", insert)
