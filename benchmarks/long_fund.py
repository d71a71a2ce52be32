"""One fund with as many gifts as are asked for: its rows in the traces, and the events they say.

The gifts are made inside the server, a row as the fold would write it; `prove` folds the same
gifts as events and compares every row. What leaves the fund is always folded from events.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from itertools import accumulate, islice
from typing import Any

from psycopg import sql

from api.wiring import House
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    Event,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
)
from ledger.domain.values import Payee
from ledger.money import Money
from projections.runner import BATCH, Connection, Recorded, table_names
from projections.trace_accounts import EVERY
from projections.traces import TRACES

USCC = "532300000000000198"
TIME = datetime(2026, 10, 1, tzinfo=UTC)
DAY = date(2026, 10, 1)
PERIOD = 1000
AMOUNTS = tuple(100 * (1 + i * 919 % PERIOD) for i in range(PERIOD))
"""What gifts bring, in turn: each whole yuan from 1 to 1,000 once in every 1,000 gifts."""

STARTS = (0, *accumulate(AMOUNTS))
TURN = STARTS[-1]
MEAN = TURN // PERIOD

BLOCK = 10_000
"""Gifts for which there is one round of outflows; they use half, and half stays unspent."""

SPENT = BLOCK // 2
BEFORE = (1, 1, 5, 50, 100, 200)
MOVED = (400, 200)
AFTER = (286, 2000, 2000)
RECOVERED = 43
"""Widths in mean gifts: payments, what goes through three funds and what the last one pays,
payments again, and what comes back of the first of these. They add up to `SPENT`."""


def gift_id(number: int) -> str:
    """Return the id of a gift, as random as a real one."""
    return "gift-" + hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest()


def place(number: int) -> tuple[int, int]:
    """Return where a gift begins and ends on its fund's axis."""
    turns, at = divmod(number, PERIOD)
    return turns * TURN + STARTS[at], turns * TURN + STARTS[at + 1]


def payment_id(block: int, number: int) -> str:
    """Return the id of a payment of a block."""
    named = hashlib.md5(f"{block}/{number}".encode(), usedforsecurity=False).hexdigest()
    return f"disbursement-{named}"


@dataclass(slots=True)
class Story:
    """The events of a fund and of the three that its money goes on to, in log order from `leaf`."""

    funds: Sequence[str]
    gifts: int
    leaf: int
    _versions: dict[str, int] = field(default_factory=lambda: defaultdict(lambda: 1))

    def received(self, start: int = 0, stop: int | None = None) -> Iterator[Recorded]:
        """Yield the gifts, or those between two numbers."""
        for number in range(start, self.gifts if stop is None else stop):
            yield self.leaf + number, gift_received(self.funds[0], number)

    def outflows(self) -> Iterator[Recorded]:
        """Yield what leaves the funds, after all gifts."""
        blocks = range(self.gifts // BLOCK)
        events = (event for block in blocks for event in self._block(block))
        return enumerate(events, self.leaf + self.gifts)

    def _block(self, block: int) -> Iterator[Event]:
        first, *others = self.funds
        last = self.funds[-1]
        for number, width in enumerate(BEFORE):
            yield from self.payment(first, payment_id(block, number), width * MEAN)
        for source, target in zip(self.funds, others, strict=False):
            yield FundsAllocated(
                **self._head(source), to_fund=target, amount=Money(MOVED[0] * MEAN),
                decided_by="clerk",
            )  # fmt: skip
        yield from self.payment(last, payment_id(block, 100), MOVED[1] * MEAN)
        for number, width in enumerate(AFTER, len(BEFORE)):
            yield from self.payment(first, payment_id(block, number), width * MEAN)
            if number == len(BEFORE):
                yield self._recovered(first, payment_id(block, number))
        yield self._returned(first, self.gifts // 2 + block * SPENT + 777)

    def payment(self, fund: str, disbursement: str, fen: int) -> Iterator[Event]:
        """Yield a payment asked for, approved and paid."""
        payee = Payee(id=disbursement[-32:], organisation="示范县第一小学", sealed=())
        yield DisbursementProposed(
            **self._head(fund), disbursement=disbursement, payee=payee, amount=Money(fen),
            purpose=None, place="230108", proposed_by="clerk", source=None,
        )  # fmt: skip
        yield DisbursementApproved(
            **self._head(fund), disbursement=disbursement, approved_by="reviewer"
        )
        yield DisbursementPaid(
            **self._head(fund), disbursement=disbursement, amount=Money(fen), paid_on=DAY
        )

    def _recovered(self, fund: str, disbursement: str) -> Event:
        return DisbursementRecovered(
            **self._head(fund), disbursement=disbursement, amount=Money(RECOVERED * MEAN),
            reason="refund", note="", recovered_on=DAY, decided_by="clerk",
        )  # fmt: skip

    def _returned(self, fund: str, number: int) -> Event:
        end = place(number)[1]
        return GiftReturned(
            **self._head(fund), gift=gift_id(number), amount=Money(100), start=end - 100, end=end,
            reason="donor's wish", decided_by="clerk",
        )  # fmt: skip

    def _head(self, fund: str) -> dict[str, Any]:
        self._versions[fund] += 1
        return {
            "originator_id": fund,
            "originator_version": self._versions[fund],
            "timestamp": TIME,
            "actor": USCC,
        }


def gift_received(fund: str, number: int) -> GiftReceived:
    """Return the fact of a gift."""
    amount = Money(AMOUNTS[number % PERIOD])
    return GiftReceived(
        originator_id=gift_id(number), originator_version=1, timestamp=TIME, actor=USCC,
        organisation=USCC, fund=fund, amount=amount, booked=amount, exchange=None, donor=None,
        received_on=DAY, date_basis="row", source=None, sealed=(),
    )  # fmt: skip


def build(house: House, story: Story) -> int:
    """Put a story's rows into the house's traces; return the size of the log that they tell of."""
    write_gifts(house, story)
    return fold(house, story.outflows(), story.leaf + story.gifts)


def write_gifts(house: House, story: Story) -> None:
    """Write the rows of the gifts inside the server; indexes are made when all are there."""
    index = next(one for one in TRACES.tables if one.startswith("CREATE INDEX inflows_gift "))
    given = {
        "fund": story.funds[0], "gifts": story.gifts, "leaf": story.leaf, "turn": TURN,
        "period": PERIOD, "starts": list(STARTS), "received": place(story.gifts)[0],
    }  # fmt: skip
    with house.database.writing() as connection:
        enter(connection, house)
        connection.execute("SET LOCAL maintenance_work_mem = '512MB'")
        connection.execute("DROP INDEX inflows_gift")
        connection.execute(_INFLOWS, given)
        connection.execute(sql.SQL(index))
        connection.execute(_ACCOUNT, given)
        connection.execute(_MILESTONES, given | {"every": EVERY})


_INFLOWS = (
    "INSERT INTO inflows (fund, unit, start_at, end_at, leaf, gift)"
    " SELECT %(fund)s, 'CNY', i / %(period)s * %(turn)s + starts[i %% %(period)s + 1],"
    " i / %(period)s * %(turn)s + starts[i %% %(period)s + 2], %(leaf)s + i,"
    " 'gift-' || md5(i::text)"
    " FROM generate_series(0::bigint, %(gifts)s::bigint - 1) AS i,"
    " (SELECT %(starts)s::bigint[] AS starts) AS amounts"
)
_ACCOUNT = (
    "INSERT INTO accounts SELECT %(fund)s, 'CNY', %(received)s, %(received)s, 0, 0, 0, 0, 0, 0,"
    " 0, 0, %(gifts)s, %(leaf)s + %(gifts)s - 1, 0, '[]'"
)
_MILESTONES = (
    "INSERT INTO milestones SELECT fund, unit, leaf + 1, end_at, end_at, 0, 0, 0, 0, 0, 0, 0, 0,"
    " leaf + 1 - %(leaf)s FROM inflows WHERE fund = %(fund)s AND (leaf + 1) %% %(every)s = 0"
    " AND leaf + 1 < %(leaf)s + %(gifts)s"
)


def fold(house: House, recorded: Iterator[Recorded], leaf: int) -> int:
    """Fold events from `leaf` on in batches, as the runner does; return where the log then ends."""
    while batch := list(islice(recorded, BATCH)):
        with house.database.writing() as connection:
            enter(connection, house)
            TRACES.fold(batch, connection)
        leaf = batch[-1][0] + 1
    with house.database.writing() as connection:
        enter(connection, house)
        connection.execute("UPDATE position SET size = %s, time = %s", [leaf, TIME])
    return leaf


def enter(connection: Connection, house: House) -> None:
    """Let a transaction see the tables of the house's traces."""
    name = sql.Identifier(house.runner.schema(TRACES))
    connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))


def prove(made: House, folded: House, story: Story) -> int:
    """Fold a story whole in one house, compare with the rows made in the other, return how many.

    Each table must hold the same rows, as often.
    """
    end = fold(folded, story.received(), story.leaf)
    fold(folded, Story(story.funds, story.gifts, story.leaf).outflows(), end)
    rows = 0
    with made.database.reading() as connection:
        for table in table_names(TRACES):
            pair = [
                sql.SQL("SELECT * FROM {}.{}").format(
                    sql.Identifier(house.runner.schema(TRACES)), sql.Identifier(table)
                )
                for house in (made, folded)
            ]
            for one, other in (pair, pair[::-1]):
                query = sql.SQL("SELECT count(*) AS n FROM ({} EXCEPT ALL {}) AS missing")
                found = connection.execute(query.format(one, other)).fetchall()[0]["n"]
                assert found == 0, f"{found} rows of {table} differ from what the fold writes"
            count = sql.SQL("SELECT count(*) AS n FROM ({}) AS rows").format(pair[1])
            rows += connection.execute(count).fetchall()[0]["n"]
    return rows
