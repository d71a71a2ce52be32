"""Receipt books: numbers are allotted once, drawn in order, never twice, without gap."""

from __future__ import annotations

from datetime import date
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import receipt_books
from ledger.domain.events import (
    BookEvent,
    ReceiptLimitSet,
    ReceiptNumbersAllotted,
    ReceiptNumbersDrawn,
    ReceiptNumbersLost,
)
from ledger.domain.grounds import ReasonUnknown
from ledger.domain.organisations import AUTHORITY
from ledger.domain.receipt_books import (
    NUMBER_MAX,
    LimitUnusable,
    Loss,
    LossNotAnnounced,
    NotADonationReceipt,
    NumberRangeUnusable,
    NumbersAlreadyAllotted,
    NumbersNotBlank,
    NumbersUsedUp,
    PassesLimit,
    ReceiptBook,
    ReceiptCodeMalformed,
    evolve,
)
from ledger.domain.receipt_lots import Lot
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


# Limits (财综〔2024〕1号 art. 11).


def limit(known: ReceiptBook, unused: int, organisation: str = CHARITY) -> ReceiptLimitSet | None:
    return receipt_books.set_limit(known, organisation, unused, AUTHORITY, NOON)


def limited(unused: int, version: int = 1) -> BookEvent:
    event = limit(ReceiptBook(CODE, version - 1), unused)
    assert event is not None
    return event


def test_unused_numbers_are_used_up_before_new_ones_come() -> None:
    known = book(limited(100), lot(1, 60, version=2))

    with pytest.raises(PassesLimit, match="60 numbers are unused and 41 are to be allotted; no"):
        allot(known, 61, 101)
    assert allot(known, 61, 100)
    (drawn,) = draw(known, 1)
    assert allot(evolve(known, drawn), 61, 101)
    assert allot(known, 61, 9999, OTHER), "the limit is one organisation's"


def test_a_limit_may_be_changed_and_the_same_one_again_is_no_news() -> None:
    known = book(limited(100))

    assert (known.limit(CHARITY), known.limit(OTHER)) == (100, None)
    assert limit(known, 100) is None
    after = evolve(known, limited(5000, 2))
    assert (after.limit(CHARITY), after.version) == (5000, 2)


@pytest.mark.parametrize("unused", [0, -1, NUMBER_MAX + 1])
def test_a_limit_is_a_number_of_numbers(unused: int) -> None:
    with pytest.raises(LimitUnusable, match=f"a limit of {unused} unused numbers is none"):
        limit(book(), unused)


# Lost, spoiled, handed back.


def lose(
    known: ReceiptBook,
    first: int,
    last: int,
    reason: str = "spoiled",
    organisation: str = CHARITY,
    announced: str | None = None,
) -> ReceiptNumbersLost:
    report = Loss(first, last, reason, " 受潮 ", announced)
    return receipt_books.lose(known, organisation, report, NOON)


def test_lost_numbers_are_passed_over_and_have_a_fate_of_their_own() -> None:
    known = book(lot(1, 10))
    event = lose(known, 3, 5)
    after = evolve(known, event)

    assert (event.actor, event.note, event.announced) == (CHARITY, "受潮", None)
    assert after.left(CHARITY) == 7
    drawn = draw(after, 4)
    assert [(d.first, d.last, d.originator_version) for d in drawn] == [(1, 2, 3), (6, 7, 4)]
    assert draw(reduce(evolve, drawn, after), 3)[0].first == 8


def test_the_next_number_stands_on_a_blank_one_whatever_is_lost() -> None:
    known = book(lot(1, 10))
    for first, last in ((4, 5), (1, 3), (7, 10)):
        known = evolve(known, lose(known, first, last))

    assert known.lots == (Lot(CHARITY, 1, 10, 6, ((1, 3), (4, 5), (7, 10))),)
    (drawn,) = draw(known, 1)
    assert evolve(known, drawn).lots[0].next == 11
    assert evolve(known, drawn).left(CHARITY) == 0


@pytest.mark.parametrize(
    ("first", "last", "organisation"),
    [
        (1, 1, CHARITY),  # drawn
        (2, 4, CHARITY),  # drawn in part
        (6, 6, CHARITY),  # lost already
        (5, 7, CHARITY),
        (9, 12, CHARITY),  # of two lots
        (21, 21, CHARITY),  # never allotted
        (15, 15, CHARITY),  # another's
        (5, 4, CHARITY),
        (5, 5, OTHER),
    ],
)
def test_only_blank_numbers_of_ones_own_are_reported(
    first: int, last: int, organisation: str
) -> None:
    known = book(lot(1, 10), lot(11, 20, OTHER, 2))
    known = reduce(evolve, draw(known, 3), known)
    known = evolve(known, lose(known, 6, 6))

    told = f"numbers {first:010d} to {last:010d} of code {CODE} are not all blank"
    with pytest.raises(NumbersNotBlank, match=told):
        lose(known, first, last, organisation=organisation)


def test_a_loss_is_made_public_and_has_a_reason() -> None:
    known = book(lot(1, 10))

    with pytest.raises(LossNotAnnounced, match="need a public notice"):
        lose(known, 1, 2, "lost")
    assert lose(known, 1, 2, "lost", announced=" 示范日报 ").announced == "示范日报"
    assert lose(known, 1, 2, "handed-back").reason == "handed-back"
    with pytest.raises(ReasonUnknown, match="'eaten' is none of lost, spoiled, handed-back"):
        lose(known, 1, 2, "eaten")


# The code's year.


@pytest.mark.parametrize(
    ("code", "day", "fits"),
    [
        ("23050126", date(2026, 1, 1), True),
        ("23050126", date(2026, 12, 31), True),
        ("23050126", date(2027, 1, 1), False),
        ("23050126", date(2025, 12, 31), False),
        ("23050100", date(2100, 1, 1), True),
    ],
)
def test_a_code_serves_the_year_its_last_digits_name(code: str, day: date, fits: bool) -> None:  # noqa: FBT001 a table's column
    assert receipt_books.of_year(code, day) is fits
    assert receipt_books.of_the_year([code], day) == ([code] if fits else [])


def test_a_new_years_receipts_need_the_new_years_code() -> None:
    new_year = date(2027, 1, 1)

    told = str(receipt_books.too_few(CHARITY, [CODE], 1, 0, new_year))
    assert "receipts of 2027 need a code whose digits 7-8 are 27" in told
    assert f"there are only {CODE}" in told
    for codes, day in (
        ([CODE], date(2026, 12, 31)),
        ([], new_year),
        ([CODE, "23050127"], new_year),
    ):
        used_up = receipt_books.too_few(CHARITY, codes, 3, 2, day)
        assert "has 2 receipt numbers left, 3 are asked for" in str(used_up)


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
                before, taken = len(drawn), draw(known, count, organisation)
                events = [*taken]
                drawn += [n for e in taken for n in range(e.first, e.last + 1)]
                assert drawn[before:] == allotted[organisation][:count]
                del allotted[organisation][:count]
        except (NumbersAlreadyAllotted, NumbersUsedUp):
            continue
        known = reduce(evolve, events, known)
        assert all(known.left(o) == len(numbers) for o, numbers in allotted.items())

    assert len(drawn) == len(set(drawn))


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 30), st.integers(0, 6)), max_size=20))
@UNHURRIED
def test_whatever_is_drawn_and_lost_every_number_has_one_fate(
    acts: list[tuple[bool, int, int]],
) -> None:
    known, blank, drawn = book(lot(1, 30)), set(range(1, 31)), list[int]()

    for loses, first, more in acts:
        events: list[BookEvent] = []
        gone = set(range(first, first + more + 1))
        try:
            if loses:
                events = [lose(known, first, first + more)]
            else:
                taken = draw(known, more)
                events = [*taken]
                gone = {n for e in taken for n in range(e.first, e.last + 1)}
                drawn += sorted(gone)
                assert sorted(gone) == sorted(blank)[:more]
        except (NumbersNotBlank, NumbersUsedUp):
            assert not (loses and gone <= blank and max(drawn, default=0) < first)
            continue
        assert gone <= blank
        blank -= gone
        known = reduce(evolve, events, known)
        assert known.left(CHARITY) == len(blank)
        assert known.lots[0].next == min(
            (n for n in blank if n > max(drawn, default=0)), default=31
        )

    assert drawn == sorted(set(drawn))
