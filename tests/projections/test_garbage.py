"""The garbage collector rests for a while, and is afterwards what it was."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from projections.garbage import collect_new, uncollected


@pytest.fixture(params=[True, False])
def before(request: pytest.FixtureRequest) -> Iterator[bool]:
    """The collector as a caller had it, and as the tests have it afterwards."""
    ours = gc.isenabled()
    set_to(on=request.param)
    yield request.param
    set_to(on=ours)


def set_to(*, on: bool) -> None:
    (gc.enable if on else gc.disable)()


def test_garbage_waits_inside_and_the_collector_is_as_before_afterwards(*, before: bool) -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            assert not gc.isenabled()
        assert not gc.isenabled(), "the inner one does not switch on what the outer switched off"
    assert gc.isenabled() == before


def test_the_collector_is_as_before_after_an_error(*, before: bool) -> None:
    with pytest.raises(ZeroDivisionError), uncollected():
        _ = 1 // 0
    assert gc.isenabled() == before


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.me = self


def test_what_holds_itself_goes_when_the_new_is_collected() -> None:
    with uncollected():
        knot = Knot()
        gone = weakref.ref(knot)
        del knot
        assert gone() is not None
        collect_new()
        assert gone() is None
