"""The axis of a fund, against a model that knows the fate of every single fen."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.axis import Axis, Span
from tests.ledger.domain.given import UNHURRIED

FREE, TAKEN, BACK = "free", "taken", "back"


class Fens:
    """A row of fens, each free, taken, or gone back; gifts lie in it end to end."""

    def __init__(self, gifts: list[int]) -> None:
        ends = [0, *accumulate(gifts)]
        self.gifts = [Span(a, b) for a, b in pairwise(ends)]
        self.row = [FREE] * ends[-1]

    def free(self, span: Span) -> list[int]:
        return [n for n in range(span.start, span.end) if self.row[n] == FREE]

    @property
    def all_free(self) -> list[int]:
        return self.free(Span(0, len(self.row)))

    def mark(self, fens: list[int], fate: str) -> None:
        assert all(self.row[n] == FREE for n in fens), "a fen is used twice"
        for n in fens:
            self.row[n] = fate


def fens_of(spans: tuple[Span, ...]) -> list[int]:
    return [n for span in spans for n in range(span.start, span.end)]


steps = st.lists(
    st.tuples(st.sampled_from(["take", "return"]), st.integers(0, 7), st.integers(1, 12)),
    max_size=25,
)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), steps)
@settings(UNHURRIED, max_examples=400)
def test_outflows_and_returns_use_every_fen_at_most_once_and_in_order(
    gifts: list[int], moves: list[tuple[str, int, int]]
) -> None:
    fens, axis = Fens(gifts), Axis()

    for move, which, length in moves:
        if move == "take":
            length = min(length, len(fens.all_free))  # noqa: PLW2901 no more than there is
            spans, axis = axis.take(length)
            assert fens_of(spans) == fens.all_free[:length]
            assert all(span.length > 0 for span in spans)
            fens.mark(fens_of(spans), TAKEN)
        else:
            unspent = axis.unspent(fens.gifts[which % len(gifts)])
            if unspent:
                hole = Span(max(unspent.start, unspent.end - length), unspent.end)
                axis = axis.punch(hole)
                fens.mark(fens_of((hole,)), BACK)
        check(fens, axis)

    rest, axis = axis.take(len(fens.all_free))
    assert fens_of(rest) == fens.all_free
    assert axis.used == len(fens.row)


def check(fens: Fens, axis: Axis) -> None:
    """Assert that the axis agrees with the fate of every fen."""
    assert axis.taken == fens.row.count(TAKEN)
    assert axis.returned == fens.row.count(BACK)
    assert axis.used == axis.taken + axis.returned
    assert list(axis.holes) == sorted(axis.holes, key=lambda span: span.start)
    assert all(a.end <= b.start for a, b in pairwise(axis.holes))
    for gift in fens.gifts:
        unspent = axis.unspent(gift)
        assert fens_of((unspent,) if unspent else ()) == fens.free(gift)


def test_an_outflow_steps_over_the_fen_that_went_back() -> None:
    axis = Axis().punch(Span(40, 50))

    spans, after = axis.take(60)

    assert spans == (Span(0, 40), Span(50, 70))
    assert after == Axis(next=70, holes=(), taken=60, returned=10)


def test_an_outflow_that_ends_at_a_hole_leaves_the_hole_for_the_next_one() -> None:
    spans, axis = Axis().punch(Span(40, 50)).take(40)
    assert (spans, axis.next, axis.holes) == ((Span(0, 40),), 40, (Span(40, 50),))

    spans, axis = axis.take(1)
    assert (spans, axis.next, axis.holes) == ((Span(50, 51),), 51, ())


def test_adjacent_gifts_that_went_back_whole_are_stepped_over_together() -> None:
    axis = Axis().punch(Span(20, 30)).punch(Span(10, 20)).punch(Span(30, 40))

    assert [axis.unspent(Span(n, n + 10)) for n in (10, 20, 30)] == [None] * 3
    assert axis.unspent(Span(40, 50)) == Span(40, 50)
    assert axis.take(15)[0] == (Span(0, 10), Span(40, 45))


def test_repeated_returns_eat_a_gift_from_its_end() -> None:
    _, axis = Axis().take(5)
    gift = Span(0, 20)

    for left in (Span(5, 20), Span(5, 16), Span(5, 12), Span(5, 8)):
        assert axis.unspent(gift) == left
        axis = axis.punch(Span(max(left.end - 4, left.start), left.end))

    assert axis.unspent(gift) is None
    assert axis.take(3)[0] == (Span(20, 23),)


def test_nothing_is_taken_when_nothing_is_asked() -> None:
    assert Axis().take(0) == ((), Axis())


spans = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ab: Span(*sorted(ab)))


@given(spans, spans)
@UNHURRIED
def test_two_spans_meet_in_what_both_cover(a: Span, b: Span) -> None:
    both = sorted(set(fens_of((a,))) & set(fens_of((b,))))
    met = a.meet(b)

    assert fens_of((met,) if met else ()) == both
    assert met == b.meet(a)
