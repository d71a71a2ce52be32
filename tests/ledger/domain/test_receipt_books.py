"""Receipt books: numbers are allotted once, drawn in order, never twice, without gap."""

from __future__ import annotations

from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import receipt_books
from ledger.domain.events import BookEvent, ReceiptNumbersAllotted, ReceiptNumbersDrawn
from ledger.domain.organisations import AUTHORITY
from ledger.domain.receipt_books import (
    NUMBER_MAX,
    Lot,
    NotADonationReceipt,
    NumberRangeUnusable,
    NumbersAlreadyAllotted,
    NumbersUsedUp,
    ReceiptBook,
    ReceiptCodeMalformed,
    evolve,
)
from tests.ledger.domain.given import CHARITY, CODE, NOON, OTHER, UNHURRIED, fact

STREAM = f"book-{CODE}"


def book(*events: BookEvent) -> ReceiptBook:
    return reduce(evolve, events, ReceiptBook(CODE))


def lot(first: int, last: int, organisation: str = CHARITY, version: int = 1) -> BookEvent:
    return fact(
        ReceiptNumbersAllotted, STREAM, version, organisation=organisation, first=first, last=last
    )


def allot(known: ReceiptBook, first: int, last: int, organisation: str = CHARITY) -> object:
    return receipt_books.allot(known, organisation, first, last, AUTHORITY, NOON)


def test_a_lot_of_numbers_is_allotted_to_one_organisation() -> None:
    event = allot(book(), 1, 100)

    assert event == fact(ReceiptNumbersAllotted, STREAM, actor=AUTHORITY)
    known = book(lot(1, 100))
    assert (known.left(CHARITY), known.left(OTHER)) == (100, 0)


def test_the_same_lot_again_is_no_news() -> None:
    assert allot(book(lot(1, 100)), 1, 100) is None


@pytest.mark.parametrize(("first", "last"), [(1, 100), (100, 100), (50, 200), (1, 500), (100, 101)])
def test_a_number_is_not_allotted_to_two_organisations(first: int, last: int) -> None:
    figures = f"numbers 0000000001 to 0000000100 of code {CODE} are allotted to {CHARITY}"

    with pytest.raises(NumbersAlreadyAllotted, match=figures):
        allot(book(lot(1, 100)), first, last, OTHER)


def test_lots_may_lie_end_to_end() -> None:
    assert allot(book(lot(1, 100)), 101, NUMBER_MAX, OTHER)


@pytest.mark.parametrize(
    ("first", "last"), [(0, 5), (5, 4), (-3, 2), (1, NUMBER_MAX + 1), (NUMBER_MAX + 1,) * 2]
)
def test_numbers_have_one_to_ten_digits(first: int, last: int) -> None:
    with pytest.raises(NumberRangeUnusable, match=f"numbers {first} to {last} are no range"):
        allot(book(), first, last)


@pytest.mark.parametrize(
    "code", ["", "2305012", "230501266", "2305012a", "２３０５０１２６", "23050126\n"]
)
def test_a_receipt_code_has_eight_digits(code: str) -> None:
    with pytest.raises(ReceiptCodeMalformed, match="format is 8 digits") as refusal:
        allot(ReceiptBook(code), 1, 2)

    assert repr(code) in str(refusal.value)


def test_the_code_of_another_category_is_refused() -> None:
    with pytest.raises(NotADonationReceipt, match=r"11060124: .* \(digits 3-4 are 06, not 05\)"):
        receipt_books.receipt_code("11060124")
    assert receipt_books.receipt_code("32050124") == "32050124"


# Drawing.


def draw(known: ReceiptBook, count: int, organisation: str = CHARITY) -> list[ReceiptNumbersDrawn]:
    return receipt_books.draw(known, organisation, count, NOON)


def test_the_next_numbers_are_drawn_and_then_gone() -> None:
    known = book(lot(1, 100))
    (drawn,) = draw(known, 3)
    after = evolve(known, drawn)

    assert (drawn.first, drawn.last, drawn.actor, drawn.originator_version) == (1, 3, CHARITY, 2)
    assert (after.version, after.left(CHARITY), after.lots) == (2, 97, (Lot(CHARITY, 1, 100, 4),))


def test_an_old_lot_is_used_up_before_a_new_one_and_others_stay_untouched() -> None:
    known = book(lot(1, 2), lot(3, 9, OTHER, 2), lot(20, 29, version=3))
    drawn = draw(known, 4)
    after = reduce(evolve, drawn, known)

    assert [(d.first, d.last, d.originator_version) for d in drawn] == [(1, 2, 4), (20, 21, 5)]
    assert (after.left(CHARITY), after.left(OTHER)) == (8, 7)


def test_no_more_numbers_are_drawn_than_are_left() -> None:
    known = book(lot(1, 2), lot(3, 9, OTHER, 2))

    with pytest.raises(NumbersUsedUp, match=f"{CHARITY} has 2 receipt numbers left, 3 are asked"):
        draw(known, 3)


def test_drawing_nothing_records_nothing() -> None:
    assert draw(book(), 0) == []


moves = st.lists(
    st.tuples(
        st.booleans(), st.sampled_from([CHARITY, OTHER]), st.integers(1, 40), st.integers(0, 12)
    ),
    max_size=20,
)


@given(moves)
@UNHURRIED
def test_whatever_is_allotted_and_drawn_a_number_is_drawn_once_in_the_order_of_its_lot(
    acts: list[tuple[bool, str, int, int]],
) -> None:
    known, drawn = book(), list[int]()
    allotted: dict[str, list[int]] = {CHARITY: [], OTHER: []}

    for allots, organisation, first, count in acts:
        events: list[BookEvent] = []
        try:
            if allots:
                made = receipt_books.allot(
                    known, organisation, first, first + count, AUTHORITY, NOON
                )
                events = [made] if made else []
                allotted[organisation] += range(first, first + count + 1) if made else ()
            else:
                before = len(drawn)
                events = list(draw(known, count, organisation))
                drawn += [n for e in events for n in range(e.first, e.last + 1)]
                assert drawn[before:] == allotted[organisation][:count]
                del allotted[organisation][:count]
        except (NumbersAlreadyAllotted, NumbersUsedUp):
            continue
        known = reduce(evolve, events, known)
        assert all(known.left(o) == len(numbers) for o, numbers in allotted.items())

    assert len(drawn) == len(set(drawn))
