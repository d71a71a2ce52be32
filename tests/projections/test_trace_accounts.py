"""What is loaded of an account suffices to fold a batch, however many gifts have gone back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from api.wiring import House
from ledger.domain.axis import Axis, Span
from ledger.domain.events import Event, FundsAllocated, GiftReceived, GiftReturned
from ledger.money import Money
from projections.runner import Connection
from projections.trace_accounts import load, touched
from projections.traces import TRACES
from tests.conftest import USCC

FUND, OTHER = "fund-1", "fund-2"
NOON = datetime(2026, 10, 1, 12, tzinfo=UTC)
GIFTS, EACH = 40, 10


def _head(stream: str) -> dict[str, Any]:
    return {"originator_id": stream, "originator_version": 1, "timestamp": NOON, "actor": USCC}


def _received(number: int, fund: str = FUND, unit: str = "CNY") -> Event:
    amount = Money(EACH, unit)
    return GiftReceived(
        **_head(f"gift-{fund}-{unit}-{number}"), organisation=USCC, fund=fund, amount=amount,
        booked=amount, exchange=None, donor=None, received_on=None, date_basis="row", source=None,
        sealed=(),
    )  # fmt: skip


def _moved(fen: int) -> Event:
    return FundsAllocated(**_head(FUND), to_fund=OTHER, amount=Money(fen), decided_by="clerk")


def _returned(number: int, fen: int) -> Event:
    end = (number + 1) * EACH
    return GiftReturned(
        **_head(FUND), gift=f"gift-{FUND}-CNY-{number}", amount=Money(fen), start=end - fen,
        end=end, reason="wish", decided_by="clerk",
    )  # fmt: skip


class Story:
    """Events of one fund as a whole axis decides them, and the spans that it takes."""

    def __init__(self) -> None:
        self.axis, self.events = Axis(), [_received(number) for number in range(GIFTS)]
        self.taken: list[Span] = []

    def move(self, fen: int) -> None:
        """Take from the front, as far as there is something."""
        if fen <= GIFTS * EACH - self.axis.used:
            spans, self.axis = self.axis.take(fen)
            self.taken += spans
            self.events.append(_moved(fen))

    def give_back(self, number: int, fen: int) -> None:
        """Return the end of a gift that is wholly unspent."""
        gift = Span(number * EACH, (number + 1) * EACH)
        if self.axis.unspent(gift) == (gift,):
            self.axis = self.axis.punch(Span(gift.end - fen, gift.end))
            self.events.append(_returned(number, fen))


def _fold(house: House, events: Sequence[Event], size: int, leaves: Iterable[int]) -> None:
    numbered = iter(leaves)
    for first in range(0, len(events), size):
        with house.database.writing() as connection:
            _enter(connection, house)
            batch = [(next(numbered), event) for event in events[first : first + size]]
            TRACES.fold(batch, connection)


def _enter(connection: Connection, house: House) -> None:
    schema = sql.Identifier(house.runner.schema(TRACES))
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))


def _taken(house: House) -> list[Span]:
    query = (
        "SELECT start_at, end_at FROM outflows WHERE kind = 'allocation' ORDER BY leaf, start_at"
    )
    with house.runner.reading(TRACES) as (connection, _):
        return [Span(row["start_at"], row["end_at"]) for row in connection.execute(query)]


def _empty(house: House) -> None:
    with house.database.writing() as connection:
        _enter(connection, house)
        connection.execute("TRUNCATE accounts, milestones, inflows, outflows, undone")


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(1, 60), st.just(0)),
        st.tuples(st.just("back"), st.integers(0, GIFTS - 1), st.integers(1, EACH)),
    ),
    max_size=40,
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS, size=st.sampled_from([1, 2, 7, 1000]))
def test_batches_step_over_every_hole_that_the_whole_axis_steps_over(
    house: House, acts: list[tuple[str, int, int]], size: int
) -> None:
    story = Story()
    for kind, number, fen in acts:
        if kind == "move":
            story.move(number)
        else:
            story.give_back(number, fen)
    _empty(house)

    _fold(house, story.events[:GIFTS], GIFTS, count())
    _fold(house, story.events[GIFTS:], size, count(GIFTS))

    assert _taken(house) == story.taken


def test_only_the_holes_within_reach_are_loaded(house: House) -> None:
    backs = [_returned(number, 4) for number in range(5, GIFTS)]
    _fold(house, [*(_received(number) for number in range(GIFTS)), *backs], 1000, count())

    with house.database.writing() as connection:
        _enter(connection, house)
        (account,) = load(connection, touched([_moved(64)])).values()

    assert account.axis.holes == (Span(56, 60), Span(66, 70))
    assert account.balance == GIFTS * EACH - 4 * len(backs)


@pytest.mark.parametrize("event", [_received(1), _moved(5), _returned(3, 2)])
def test_a_batch_loads_the_accounts_that_it_touches_and_no_others(
    house: House, event: Event
) -> None:
    before = [_received(0, fund, unit) for fund in (FUND, OTHER) for unit in ("CNY", "USD")]
    _fold(house, before, 1000, count())

    with house.database.writing() as connection:
        _enter(connection, house)
        found = set(load(connection, touched([event])))

    moved = {(OTHER, "CNY")} if isinstance(event, FundsAllocated) else set()
    assert found == {(FUND, "CNY")} | moved
