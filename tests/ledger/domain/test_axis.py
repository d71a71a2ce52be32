"""The axis of a fund, against a model that knows the owner of every single fen."""

from __future__ import annotations

from itertools import accumulate, pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.domain.axis import Axis, Span, cut_tail, without
from tests.ledger.domain.given import UNHURRIED

FREE, BACK = "free", "gone back to the donor"


class Fens:
    """A row of fens, each free, gone back, or held by an outflow; gifts lie in it end to end."""

    def __init__(self, gifts: list[int]) -> None:
        ends = [0, *accumulate(gifts)]
        self.gifts = [Span(a, b) for a, b in pairwise(ends)]
        self.row: list[str] = [FREE] * ends[-1]
        self.held: list[tuple[Span, ...]] = []

    def of(self, owner: str, span: Span | None = None) -> list[int]:
        span = span or Span(0, len(self.row))
        return [n for n in range(span.start, span.end) if self.row[n] == owner]

    def change(self, fens: list[int], before: str, after: str) -> None:
        assert all(self.row[n] == before for n in fens), "a fen has two owners"
        for n in fens:
            self.row[n] = after


def fens_of(spans: tuple[Span, ...]) -> list[int]:
    return [n for span in spans for n in range(span.start, span.end)]


def take(fens: Fens, axis: Axis, length: int) -> Axis:
    """Let an outflow take the first free fens, those that came back before all others."""
    free = fens.of(FREE)
    length = min(length, len(free))
    spans, axis = axis.take(length)
    assert fens_of(spans) == free[:length]
    assert all(span.length > 0 for span in spans)
    fens.change(fens_of(spans), FREE, f"outflow {len(fens.held)}")
    fens.held.append(spans)
    return axis


def punch(fens: Fens, axis: Axis, which: int, length: int) -> Axis:
    """Let a donor have the end of what is unspent of a gift back, or of its first stretch."""
    unspent = axis.unspent(fens.gifts[which % len(fens.gifts)])
    if not unspent:
        return axis
    stretch = unspent[0] if which % 2 else unspent[-1]
    hole = Span(max(stretch.start, stretch.end - length), stretch.end)
    fens.change(fens_of((hole,)), FREE, BACK)
    return axis.punch(hole)


def give_back(fens: Fens, axis: Axis, which: int, length: int) -> Axis:
    """Let the payee of an outflow send the last of what it holds back."""
    if not fens.held:
        return axis
    outflow = which % len(fens.held)
    stays, cut = cut_tail(fens.held[outflow], length)
    assert fens_of(stays) + fens_of(cut) == fens_of(fens.held[outflow])
    assert len(fens_of(cut)) == min(length, len(fens_of(fens.held[outflow])))
    fens.held[outflow] = stays
    fens.change(fens_of(cut), f"outflow {outflow}", FREE)
    return axis.give_back(cut)


steps = st.lists(
    st.tuples(
        st.sampled_from(["take", "return", "give back"]), st.integers(0, 7), st.integers(1, 12)
    ),
    max_size=25,
)


@given(st.lists(st.integers(1, 9), min_size=1, max_size=8), steps)
@settings(UNHURRIED, max_examples=300)
def test_every_fen_has_one_owner_at_most_whatever_is_taken_returned_and_given_back(
    gifts: list[int], moves: list[tuple[str, int, int]]
) -> None:
    fens, axis = Fens(gifts), Axis()

    for move, which, length in moves:
        if move == "take":
            axis = take(fens, axis, length)
        elif move == "return":
            axis = punch(fens, axis, which, length)
        else:
            axis = give_back(fens, axis, which, length)
        check(fens, axis)

    axis = take(fens, axis, len(fens.row))
    assert axis.used == len(fens.row)
    assert axis.free == ()


def check(fens: Fens, axis: Axis) -> None:
    """Assert that the axis agrees with the owner of every fen."""
    taken = Span(0, axis.next)
    ahead = Span(axis.next, max(axis.next, len(fens.row)))
    assert axis.returned == len(fens.of(BACK))
    assert axis.taken == sum(len(fens_of(spans)) for spans in fens.held)
    assert axis.used == len(fens.row) - len(fens.of(FREE))
    assert fens_of(axis.free) == fens.of(FREE, taken)
    assert fens_of(axis.holes) == fens.of(BACK, ahead)
    for gift in fens.gifts:
        assert fens_of(axis.unspent(gift)) == fens.of(FREE, gift)
    for number, spans in enumerate(fens.held):
        assert fens_of(spans) == fens.of(f"outflow {number}")


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

    assert [axis.unspent(Span(n, n + 10)) for n in (10, 20, 30)] == [()] * 3
    assert axis.unspent(Span(40, 50)) == (Span(40, 50),)
    assert axis.take(15)[0] == (Span(0, 10), Span(40, 45))


def test_repeated_returns_eat_a_gift_from_its_end() -> None:
    _, axis = Axis().take(5)
    gift = Span(0, 20)

    for left in (Span(5, 20), Span(5, 16), Span(5, 12), Span(5, 8)):
        assert axis.unspent(gift) == (left,)
        axis = axis.punch(Span(max(left.end - 4, left.start), left.end))

    assert axis.unspent(gift) == ()
    assert axis.take(3)[0] == (Span(20, 23),)


def test_nothing_is_taken_when_nothing_is_asked() -> None:
    assert Axis().take(0) == ((), Axis())


def test_fen_that_came_back_keep_their_numbers_and_are_taken_first() -> None:
    _, axis = Axis().take(30)
    axis = axis.give_back([Span(20, 25)]).give_back([Span(5, 10)])
    assert (axis.free, axis.taken, axis.next) == ((Span(5, 10), Span(20, 25)), 20, 30)

    spans, after = axis.take(12)

    assert spans == (Span(5, 10), Span(20, 25), Span(30, 32))
    assert after == Axis(next=32, taken=32)


def test_stretches_that_came_back_side_by_side_are_one() -> None:
    _, axis = Axis().take(30)

    assert axis.give_back([Span(10, 20)]).give_back([Span(0, 10)]).free == (Span(0, 20),)


def test_a_part_of_a_free_stretch_is_taken_and_the_rest_stays_free() -> None:
    _, axis = Axis().take(30)
    spans, axis = axis.give_back([Span(5, 15)]).take(4)

    assert (spans, axis.free) == ((Span(5, 9),), (Span(9, 15),))


def test_a_return_out_of_a_free_stretch_leaves_its_two_ends() -> None:
    _, axis = Axis().take(30)
    axis = axis.give_back([Span(5, 15)]).punch(Span(8, 10))

    assert (axis.free, axis.returned, axis.holes) == ((Span(5, 8), Span(10, 15)), 2, ())
    assert axis.unspent(Span(0, 40)) == (Span(5, 8), Span(10, 15), Span(30, 40))


def test_what_is_cut_off_is_the_end_and_whole_stretches_go_first() -> None:
    held = (Span(0, 4), Span(8, 10), Span(20, 23))

    assert cut_tail(held, 3) == ((Span(0, 4), Span(8, 10)), (Span(20, 23),))
    assert cut_tail(held, 6) == ((Span(0, 3),), (Span(3, 4), Span(8, 10), Span(20, 23)))
    assert cut_tail(held, 0) == (held, ())
    assert cut_tail(held, 99) == ((), held)


spans = st.tuples(st.integers(0, 20), st.integers(0, 20)).map(lambda ab: Span(*sorted(ab)))


@given(spans, spans)
@UNHURRIED
def test_two_spans_meet_in_what_both_cover(a: Span, b: Span) -> None:
    both = sorted(set(fens_of((a,))) & set(fens_of((b,))))
    met = a.meet(b)

    assert fens_of((met,) if met else ()) == both
    assert met == b.meet(a)


@given(spans, st.lists(spans, max_size=4))
@UNHURRIED
def test_what_is_left_beside_holes_is_all_that_no_hole_covers(
    span: Span, holes: list[Span]
) -> None:
    ordered = sorted(holes, key=lambda hole: (hole.start, hole.end))
    left = without(span, ordered)

    assert fens_of(left) == sorted(set(fens_of((span,))) - set(fens_of(tuple(holes))))
    assert all(part.length > 0 for part in left)
