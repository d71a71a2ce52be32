"""What each fund's gifts say of themselves, counted: how much came in which month, what is unknown.

A sum is kept as it stands and as it stood at each milestone of the log, so that asking costs the
same however many gifts there are. How it stood in between is the milestone before, and the entries
since: a thousand at most.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from ledger.domain.events import DonorIdentified, Event, GiftReceived, GoodsReceived
from projections.questions import Question, Row, ask
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner

EVERY = 1024
"""Entries from one milestone to the next."""

MONTH = "month "
"""Before the month (2026-11) of gifts of money; nothing follows it where the day is unknown."""
UNDATED, UNCLAIMED, UNPROVED = "undated", "unclaimed", "unproved"
"""Gifts whose day or donor nobody knows, and gifts in kind of which nobody proved the value."""

Key: TypeAlias = tuple[str, str, str]
"""Fund, what is counted, and in which currency; "" of what is not money."""
Sum: TypeAlias = tuple[int, int]
"""How many gifts, and how many smallest units they are."""
FundOf: TypeAlias = Callable[[str], str | None]
"""Names the fund of a gift that came in without a donor."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Gifts of one kind (`what`) in a fund: how many, and their sum in smallest units."""

    what: str
    unit: str
    gifts: int
    amount: int


class FundTallies:
    """Read model of these sums (`sums`, and `stood` at milestones), and of gifts in suspense."""

    name = "fund_tallies"
    facts = (GiftReceived, GoodsReceived, DonorIdentified)
    sought = ()
    tables = (
        "CREATE TABLE sums (fund text NOT NULL, what text NOT NULL, unit text NOT NULL,"
        " gifts bigint NOT NULL, amount bigint NOT NULL, leaf bigint NOT NULL,"
        " PRIMARY KEY (fund, what, unit))",
        f"CREATE TABLE stood /* every {EVERY} */ (fund text NOT NULL, what text NOT NULL,"
        " unit text NOT NULL, size bigint NOT NULL, gifts bigint NOT NULL, amount bigint NOT NULL,"
        " PRIMARY KEY (fund, what, unit, size))",
        "CREATE TABLE suspense (gift text PRIMARY KEY, fund text NOT NULL)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Count; before a sum goes past a milestone, note how it stood there."""
        copy_rows(connection, "suspense", ("gift", "fund"), _suspended(recorded))
        fund_of = _suspense(connection, recorded)
        counted = [(leaf, key, s) for leaf, e in recorded for key, s in _counted(e, fund_of)]
        known = _known(connection, {key for _, key, _ in counted})
        passed: list[tuple[object, ...]] = []
        for leaf, key, added in counted:
            before, last = known.get(key, ((0, 0), -1))
            if last < (size := leaf - leaf % EVERY):
                passed.append((*key, size, *before))
            known[key] = ((before[0] + added[0], before[1] + added[1]), leaf)
        rows = [(*key, *stands, leaf) for key, (stands, leaf) in known.items()]
        copy_rows(connection, "sums", (*KEY, "gifts", "amount", "leaf"), rows)
        copy_rows(connection, "stood", (*KEY, "size", "gifts", "amount"), passed)


KEY = ("fund", "what", "unit")
FUND_TALLIES = FundTallies()


def of(runner: Runner, fund: str, at: Position | None = None) -> list[Tally]:
    """Return the sums of a fund, by what is counted and unit; of what is none there is no row."""
    with runner.reading(FUND_TALLIES, at) as (connection, _):
        if at is None:
            return ask(connection, of_now(fund))
        start = at.size - at.size % EVERY
        rows = connection.execute(_THEN, {"fund": fund, "size": start}).fetchall()
        since = runner.entries(start, at.size)
        fund_of = _suspense(connection, since)
    found: dict[tuple[str, str], Sum] = defaultdict(lambda: (0, 0))
    found.update({(r["what"], r["unit"]): (r["gifts"], r["amount"]) for r in rows})
    for _, event in since:
        for (whose, *what), (gifts, amount) in _counted(event, fund_of):
            if whose == fund:
                before = found[what[0], what[1]]
                found[what[0], what[1]] = (before[0] + gifts, before[1] + amount)
    return _tallies(found)


def of_now(fund: str) -> Question[list[Tally]]:
    """Return what asks for the sums of a fund as they are."""
    return Question(_NOW, {"fund": fund}, _read)


def _read(rows: Sequence[Row]) -> list[Tally]:
    return _tallies({(row["what"], row["unit"]): (row["gifts"], row["amount"]) for row in rows})


def _tallies(found: dict[tuple[str, str], Sum]) -> list[Tally]:
    return [Tally(*key, *found[key]) for key in sorted(found) if found[key][0]]


def _counted(event: Event, fund_of: FundOf) -> list[tuple[Key, Sum]]:
    """Return what a fact adds to which sums."""
    match event:
        case GiftReceived():
            day, booked = event.received_on, event.booked
            month = MONTH + (day.isoformat()[:7] if day else "")
            here = ((event.fund, month, booked.unit), (1, booked.units))
            return [here, *_unknown(event)]
        case GoodsReceived():
            unproved = any(line.value is None or not line.evidence for line in event.lines)
            told = [((event.fund, UNPROVED, ""), (1, 0))] if unproved else []
            return [*told, *_unknown(event)]
        case DonorIdentified():
            fund = fund_of(event.originator_id)
            return [((fund, UNCLAIMED, ""), (-1, 0))] if fund else []
        case _:
            return []


def _unknown(event: GiftReceived | GoodsReceived) -> list[tuple[Key, Sum]]:
    told = [(UNDATED, event.received_on is None), (UNCLAIMED, event.donor is None)]
    return [((event.fund, what, ""), (1, 0)) for what, unknown in told if unknown]


def _suspended(recorded: Iterable[Recorded]) -> list[tuple[str, str]]:
    return [
        (event.originator_id, event.fund)
        for _, event in recorded
        if isinstance(event, GiftReceived | GoodsReceived) and event.donor is None
    ]


def _suspense(connection: Connection, recorded: Iterable[Recorded]) -> FundOf:
    """Return what names the funds of the gifts whose donors these facts tell."""
    gifts = [event.originator_id for _, event in recorded if isinstance(event, DonorIdentified)]
    query = "SELECT gift, fund FROM suspense WHERE gift = ANY(%s)"
    found = connection.execute(query, [gifts]).fetchall() if gifts else []
    return {row["gift"]: str(row["fund"]) for row in found}.get


def _known(connection: Connection, keys: set[Key]) -> dict[Key, tuple[Sum, int]]:
    """Take out the rows of these sums; return how they stand and by which entry."""
    columns = [[key[column] for key in sorted(keys)] for column in range(3)]
    found: list[dict[str, Any]] = connection.execute(_TAKEN, columns).fetchall()
    return {
        (r["fund"], r["what"], r["unit"]): ((r["gifts"], r["amount"]), r["leaf"]) for r in found
    }


_TAKEN = (
    "DELETE FROM sums WHERE (fund, what, unit) IN"
    " (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[])) RETURNING *"
)
_NOW = "SELECT what, unit, gifts, amount FROM sums WHERE fund = %(fund)s"
_THEN = (
    "SELECT what, unit, coalesce(passed.gifts, now.gifts) AS gifts,"
    " coalesce(passed.amount, now.amount) AS amount FROM sums AS now"
    " LEFT JOIN LATERAL (SELECT gifts, amount FROM stood WHERE stood.fund = now.fund"
    " AND stood.what = now.what AND stood.unit = now.unit AND stood.size >= %(size)s"
    " ORDER BY stood.size LIMIT 1) AS passed ON true WHERE now.fund = %(fund)s"
)
