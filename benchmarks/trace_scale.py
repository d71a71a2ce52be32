"""How tracing and recording fare in a fund of millions of gifts, beside one of ten thousand.

Both ledgers lie in one temporary database and are measured in turn, round by round, on the same
machine. Prints a table and writes benchmarks/trace_scale.json (docs/benchmarks.md). The promise:
ten million gifts cost no trace more than one and a half times what ten thousand do.
"""

from __future__ import annotations

import shutil
import signal
import statistics
import tempfile
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, field
from functools import partial
from itertools import count
from random import Random
from typing import Any

from bench import USCC, furnished, gift, server
from long_fund import (
    BLOCK,
    MEAN,
    MOVED,
    PERIOD,
    SPENT,
    STARTS,
    Story,
    build,
    enter,
    gift_id,
    gift_received,
    payment_id,
    prove,
)
from machine import asking, keep
from psycopg import sql
from rich.console import Console

from api.answers import table
from api.fund_page import ROOM
from api.wiring import House
from ledger.application import PayOut
from ledger.money import Money
from ledger.store.recorder import EVENTS
from projections import fund_page, statements, trace_queries
from projections.traces import TRACES

RESULTS = "trace_scale.json"
SMALL = BLOCK
LARGE = 10_000_000
STORED = 1_000_000
"""Gifts whose event is in the event store too, at the most."""

SHORT, LONG, FIRST_READS = 10, 10_000, 3
"""Payments in the own story of a fund."""

BYTES_A_GIFT, BYTES_AN_EVENT = 400, 2500
FOLDED_GIFTS, FOLDED_PAYMENTS = 1000, 100
NEW = 10**12
"""Numbers from here on are gifts that are made while measuring."""


@dataclass(slots=True)
class Sized:
    """A ledger whose first fund has a number of gifts, and what is asked of it."""

    house: House
    story: Story
    random: Random
    fresh: count[int] = field(default_factory=lambda: count(NEW))

    @property
    def fund(self) -> str:
        """The fund that all gifts came into."""
        return self.story.funds[0]

    def trace(self, number: int) -> None:
        """Trace a gift."""
        trace_queries.trace_gift(self.house.runner, gift_id(number))

    def block(self) -> int:
        """Choose one of the rounds of outflows."""
        return self.random.randrange(self.story.gifts // BLOCK)

    def gift(self, start: float, stop: float) -> int:
        """Choose a gift between two shares of all."""
        return self.random.randrange(int(self.story.gifts * start), int(self.story.gifts * stop))

    def moved_gift(self) -> int:
        """Choose a gift of which a part was paid out three funds further on."""
        ahead = self.random.randrange(MOVED[1] * MEAN) + 357 * MEAN
        turns, at = divmod(ahead, STARTS[-1])
        return self.block() * SPENT + turns * PERIOD + bisect_right(STARTS, at) - 1

    def trace_payment(self, number: int) -> None:
        """Trace a payment back to the gifts that paid for it."""
        trace_queries.trace_disbursement(self.house.runner, payment_id(self.block(), number))

    def page(self, before: int | None) -> None:
        """Read a page of payments."""
        statements.payments(self.house.runner, self.fund, 50, before)

    def deep_page(self) -> None:
        """Read a page of payments from anywhere in the list."""
        first = self.story.leaf + self.story.gifts
        self.page(first + self.random.randrange(300, 300 + self.story.gifts // 1000))

    def shown(self) -> None:
        """Read all that the public page of the fund shows."""
        runner = self.house.runner
        with runner.sitting():
            story, _ = fund_page.opening(runner, self.fund)
            assert story is not None
            fund_page.told(runner, story, "CNY", ROOM)

    def fold(self) -> None:
        """Fold a batch of new gifts and payments into the traces, one commit.

        They are not in the log: after it the accounts stand again where the log ends, for what is
        really recorded next.
        """
        leaf = self.house.recorder.size()
        gifts = [gift_received(self.fund, next(self.fresh)) for _ in range(FOLDED_GIFTS)]
        payments = [
            event
            for _ in range(FOLDED_PAYMENTS)
            for event in self.story.payment(
                self.fund, payment_id(-1, next(self.fresh)), FOLDED_GIFTS // FOLDED_PAYMENTS * MEAN
            )
        ]
        with self.house.database.writing() as connection:
            enter(connection, self.house)
            TRACES.fold(list(enumerate([*gifts, *payments], leaf)), connection)
            connection.execute(
                "DELETE FROM milestones WHERE fund = %s AND unit = 'CNY' AND size > %s",
                [self.fund, leaf],
            )
            connection.execute("UPDATE accounts SET leaf = %s WHERE leaf > %s", [leaf, leaf])

    def receive(self) -> None:
        """Record one gift."""
        self.house.ledger.gifts.receive_gifts(USCC, self.fund, [gift(100)])

    def pay(self) -> None:
        """Record one payment."""
        pay(self.house, self.fund, 1)


Work = Callable[[Sized], None]
WORKS: dict[str, tuple[int, Work]] = {
    "trace a gift at the front, spent": (60, lambda s: s.trace(s.gift(0, 0.05))),
    "trace a gift in the middle, where payments are": (60, lambda s: s.trace(s.gift(0.45, 0.5))),
    "trace a gift at the end, unspent": (60, lambda s: s.trace(s.gift(0.5, 1))),
    "trace a gift through three transfers": (60, lambda s: s.trace(s.moved_gift())),
    "trace a payment out of 1 or 2 gifts": (40, lambda s: s.trace_payment(0)),
    "trace a payment out of 100 gifts": (20, lambda s: s.trace_payment(4)),
    "trace a payment out of 2,000 gifts": (6, lambda s: s.trace_payment(8)),
    "count the gifts of the fund": (40, lambda s: _ask(s, statements.gift_counts)),
    "balances of the fund": (40, lambda s: _ask(s, trace_queries.balances)),
    "newest page of payments": (40, lambda s: s.page(None)),
    "a page of payments further back": (40, Sized.deep_page),
    "what the public page of the fund shows": (40, Sized.shown),
    "how much has come in, for a decision": (
        40, lambda s: _ask(s, lambda runner, fund: trace_queries.received(runner, fund, "CNY")),
    ),
    "fold 1,000 gifts and 100 payments": (1, Sized.fold),
    "record one gift": (8, Sized.receive),
    "record one payment": (8, Sized.pay),
}  # fmt: skip


def _ask(sized: Sized, question: Callable[..., object]) -> None:
    question(sized.house.runner, sized.fund)


Pair = tuple[float, float]
"""Milliseconds in the small ledger and in the large one."""


@dataclass(frozen=True, slots=True)
class Compared:
    """Milliseconds of one call, small and large, and the median over rounds of their ratio."""

    name: str
    small_ms: float
    large_ms: float
    ratio: float


def pay(house: House, fund: str, payments: int) -> None:
    """Record payments of one yuan."""
    one = PayOut(payee="示范县第一小学", amount=Money(100), paid_on=None)
    outcomes = house.ledger.disbursements.pay_out(USCC, fund, [one] * payments, "clerk", "reviewer")
    assert all(isinstance(outcome, str) for outcome in outcomes), outcomes


def furnish(house: House, fund: str, gifts: int) -> Sized:
    """Give a house the traces of a long story, and events of as many of its gifts as bearable."""
    others = [house.ledger.funds.open_fund(USCC, n, "general", None, None) for n in "省县村样"]
    (sample,) = house.ledger.gifts.receive_gifts(USCC, others.pop(), [gift(100)])
    house.runner.catch_up()
    story = Story([fund, *others], gifts, house.recorder.size())
    size = build(house, story)
    (entry,) = house.recorder.log_of([sample])
    store_events(house, story, entry.entry, size)
    with house.database.alone("analyze") as connection:
        connection.execute("VACUUM ANALYZE")
    return Sized(house, story, Random(story.gifts))  # noqa: S311 a choice of rows


def store_events(
    house: House, story: Story, entry: bytes | None, size: int, stored: int = STORED
) -> None:
    """Store rows as large as a real gift's for the last gifts, and let the log be that long.

    Their bytes are those of one real entry: nobody reads them back here.
    """
    given = {
        "first": max(0, story.gifts - stored), "last": story.gifts - 1, "leaf": story.leaf,
        "entry": entry, "size": size,
    }  # fmt: skip
    names = {name: house.database.table(name) for name in ("leaves", "head", EVENTS)}
    with house.database.writing() as connection:
        for statement in _STORED:
            connection.execute(sql.SQL(statement).format(**names), given)


_STORED = (
    "INSERT INTO {ledger_events} (originator_id, originator_version, topic, state)"
    " SELECT 'gift-' || md5(i::text), 1, 'gift-received.v1', %(entry)s"
    " FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i",
    "INSERT INTO {leaves} SELECT %(leaf)s + i, 'gift-' || md5(i::text), 1,"
    " sha256(md5(i::text)::bytea) FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i",
    "UPDATE {head} SET size = %(size)s",
)


def check_alike(sizes: Sequence[Sized]) -> None:
    """Check that a payment which is traced touches as many gifts in each of the ledgers."""
    for number in (0, 4, 8):
        found = {
            len(trace_queries.trace_disbursement(s.house.runner, payment_id(b, number)).segments)
            for s in sizes
            for b in (0, s.story.gifts // BLOCK - 1)
        }
        assert len(found) == 1, f"payments {number} touch {found} gifts"


def compare(small: Sized, large: Sized, rounds: int) -> list[Compared]:
    """Do every work in both ledgers in turn, call by call, round by round."""
    for sized in (small, large):
        for _, work in WORKS.values():
            work(sized)  # plans are made, caches filled with what all calls share
    taken: dict[str, list[Pair]] = {name: [] for name in WORKS}
    for _ in range(rounds):
        for name, (calls, work) in WORKS.items():
            taken[name].append(_in_turn(partial(work, small), partial(work, large), calls))
    return [_compared(name, pairs) for name, pairs in taken.items()]


def _in_turn(one: Callable[[], object], other: Callable[[], object], calls: int) -> Pair:
    """Return the median milliseconds of each, measured in turn: both meet the same weather."""
    pairs = [(_timed(one), _timed(other)) for _ in range(calls)]
    few, many = (statistics.median(times) for times in zip(*pairs, strict=True))
    return few, many


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return 1000 * (time.perf_counter() - started)


def _compared(name: str, pairs: Sequence[tuple[float, float]]) -> Compared:
    small, large = (statistics.median(times) for times in zip(*pairs, strict=True))
    return Compared(name, small, large, statistics.median(b / a for a, b in pairs))


def own_story(house: House, short: str, rounds: int) -> list[Compared]:
    """Compare paying from a fund with few earlier payments and with many, in one ledger."""
    long = house.ledger.funds.open_fund(USCC, "长", "general", None, None)
    for fund in (short, long):
        house.ledger.gifts.receive_gifts(USCC, fund, [gift(10**9)])
    pay(house, short, SHORT)
    for _ in range(LONG // 500):
        pay(house, long, 500)
    few, many = partial(pay, house, short, 1), partial(pay, house, long, 1)
    paid = [_in_turn(few, many, 8) for _ in range(rounds)]
    read = [(_first_read(house, short), _first_read(house, long)) for _ in range(FIRST_READS)]
    return [
        _compared(f"pay with {LONG:,} earlier payments, beside {SHORT}", paid),
        _compared("the same fund read once, by a new process", read),
    ]


def _first_read(house: House, fund: str) -> float:
    fresh = House(house.settings)
    try:
        streams = fresh.ledger.streams
        return _timed(lambda: streams.fund(fund))
    finally:
        fresh.close()


def check_room(gifts: int) -> None:
    """Stop before a disk is filled."""
    need = gifts * BYTES_A_GIFT + min(gifts, STORED) * BYTES_AN_EVENT + 10**9
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if free < need:
        raise SystemExit(f"{need / 1e9:.1f} GB of disk are needed, {free / 1e9:.1f} are free")


def run(gifts: int, rounds: int) -> dict[str, object]:
    """Build both ledgers in a database of their own, measure, and remove it."""
    with server() as conninfo, ExitStack() as stack:
        started = time.perf_counter()
        made, folded, short, *pair = (stack.enter_context(furnished(conninfo)) for _ in range(5))
        rows = prove_rows(made[0], folded[0])
        small, large = (furnish(*one, n) for one, n in zip(pair, (SMALL, gifts), strict=True))
        built = time.perf_counter() - started
        check_alike((small, large))
        found = compare(small, large, rounds)
        size = large.house.runner.schema(TRACES)
        with large.house.database.reading() as connection:
            query = (
                "SELECT sum(pg_total_relation_size(c.oid))::bigint AS bytes FROM pg_class AS c"
                " WHERE relkind = 'r' AND relnamespace = to_regnamespace(%s)"
            )
            view_bytes = connection.execute(query, [size]).fetchall()[0]["bytes"]
        own = own_story(*short, rounds)
    return {
        "gifts": {"small": SMALL, "large": gifts, "with_event": min(gifts, STORED)},
        "rounds": rounds,
        "rows_proved": rows,
        "build_s": round(built, 1),
        "view_bytes": view_bytes,
        "sizes": [asdict(one) for one in found],
        "own_story": [asdict(one) for one in own],
    }


def prove_rows(made: House, folded: House) -> int:
    """Check that the rows made in the server are those of the fold, and return how many."""
    story = Story([f"fund-{n}" for n in range(4)], SMALL, 0)
    build(made, story)
    return prove(made, folded, story)


def show(found: dict[str, Any]) -> None:
    """Print what was found."""
    console = Console()
    console.width = max(console.width, 120)
    gifts = found["gifts"]
    for title, key, columns in (
        ("one fund of {large:,} gifts beside {small:,}".format(**gifts), "sizes", "small large"),
        ("a fund's own story", "own_story", "few many"),
    ):
        rows = [
            (m["name"], f"{m['small_ms']:.2f}", f"{m['large_ms']:.2f}", f"{m['ratio']:.2f}")
            for m in found[key]
        ]
        heads = ("what", *(f"{one}, ms>" for one in columns.split()), "ratio>")
        console.print(table(f"{title}, {found['rounds']} rounds", heads, rows))


def main() -> None:
    """Measure at the size that is asked for."""
    parser = asking("Measure tracing against the number of gifts.")
    parser.add_argument("--gifts", type=int, default=LARGE, help=f"a multiple of {BLOCK:,}")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    if asked.gifts < BLOCK or asked.gifts % BLOCK:
        parser.error(f"--gifts must be a multiple of {BLOCK}")
    check_room(asked.gifts)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is temporary is removed
    found = run(asked.gifts, asked.rounds)
    show(found)
    keep(asked.results / RESULTS, found, asked.rounds)


if __name__ == "__main__":
    main()
