"""What each organisation's data say of themselves, counted: days unknown, donors, receipts drawn.

A count is kept as it stands and as it stood at each milestone of the log, so that asking costs the
same however many gifts there are. How it stood in between is the milestone before, and the entries
since: a thousand at most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from ledger.domain.events import (
    DisbursementAccepted,
    DisbursementPaid,
    DonorIdentified,
    Event,
    GiftReceived,
    GoodsReceived,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptMadeOut,
    ReceiptNumbersAllotted,
    ReceiptNumbersLost,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner

EVERY = 1024
"""Entries from one milestone to the next."""

GIFTS, UNDATED, UNIDENTIFIED, UNPROVED = "gifts", "undated", "unidentified", "unproved"
PAID, PAID_UNDATED, ACCEPTED = "paid", "paid-undated", "accepted"
ALLOTTED, ISSUED, RED, VOID, PAPER = "allotted", "issued", "red", "void", "paper"
LOST = "lost"

Key: TypeAlias = tuple[str, str, str]
"""Whose, what is counted, and of which receipt code; "" of what has none."""


class Tallies:
    """Read model of counts, as they stand (`tallies`) and at milestones (`tallied`)."""

    name = "tallies"
    facts = (
        GiftReceived, GoodsReceived, DonorIdentified, DisbursementPaid, DisbursementAccepted,
        ReceiptNumbersAllotted, ReceiptNumbersLost, ReceiptIssued, ReceiptMadeOut,
        ReceiptReversed, RedReceiptMadeOut, ReceiptExchanged,
    )  # fmt: skip
    sought = ()
    tables = (
        "CREATE TABLE tallies (organisation text NOT NULL, what text NOT NULL, code text NOT NULL,"
        " n bigint NOT NULL, leaf bigint NOT NULL, PRIMARY KEY (organisation, what, code))",
        f"CREATE TABLE tallied /* every {EVERY} */ (organisation text NOT NULL, what text NOT NULL,"
        " code text NOT NULL, size bigint NOT NULL, n bigint NOT NULL,"
        " PRIMARY KEY (organisation, what, code, size))",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Count; before a count goes past a milestone, note how it stood there."""
        counted = [(leaf, key, n) for leaf, event in recorded for key, n in counts_of(event)]
        known = _known(connection, {key for _, key, _ in counted})
        passed: list[tuple[object, ...]] = []
        for leaf, key, n in counted:
            before, last = known.get(key, (0, -1))
            size = leaf - leaf % EVERY
            if last < size:
                passed.append((*key, size, before))
            known[key] = (before + n, leaf)
        _forget(connection, known)
        rows = [(*key, *now) for key, now in known.items()]
        copy_rows(connection, "tallies", ("organisation", "what", "code", "n", "leaf"), rows)
        copy_rows(connection, "tallied", ("organisation", "what", "code", "size", "n"), passed)


TALLIES = Tallies()


def of(
    runner: Runner, organisation: str, at: Position | None = None
) -> tuple[Counter[Key], Position]:
    """Return the counts of an organisation; nothing was counted where none stands."""
    return _standing(runner, organisation, at)


def of_all(runner: Runner, at: Position | None = None) -> tuple[Counter[Key], Position]:
    """Return the counts of all organisations."""
    return _standing(runner, None, at)


def _standing(
    runner: Runner, organisation: str | None, at: Position | None
) -> tuple[Counter[Key], Position]:
    with runner.reading(TALLIES, at) as (connection, position):
        if at is None:
            given: dict[str, object] = {"organisation": organisation}
            return _sums(connection.execute(_NOW, given).fetchall()), position
        start = at.size - at.size % EVERY
        given = {"organisation": organisation, "size": start}
        found = _sums(connection.execute(_THEN, given).fetchall())
    for _, event in runner.entries(start, at.size):
        for key, n in counts_of(event):
            if organisation in (None, key[0]):
                found[key] += n
    return found, position


def _sums(rows: Iterable[dict[str, object]]) -> Counter[Key]:
    return Counter(
        {(str(r["organisation"]), str(r["what"]), str(r["code"])): int(str(r["n"])) for r in rows}
    )


def counts_of(event: Event) -> list[tuple[Key, int]]:
    """Return what a fact adds to which counts."""
    match event:
        case GiftReceived() | GoodsReceived():
            whose = event.organisation
            told = [(GIFTS, True), (UNDATED, event.received_on is None),
                    (UNIDENTIFIED, event.donor is None), (UNPROVED, _unproved(event))]  # fmt: skip
            return [((whose, what, ""), 1) for what, yes in told if yes]
        case DonorIdentified():
            return [((event.actor, UNIDENTIFIED, ""), -1)]
        case DisbursementPaid():
            undated = [((event.actor, PAID_UNDATED, ""), 1)] if event.paid_on is None else []
            return [((event.actor, PAID, ""), 1), *undated]
        case DisbursementAccepted():
            return [((event.actor, ACCEPTED, ""), 1)]
        case _:
            return _numbers(event)


def _unproved(event: GiftReceived | GoodsReceived) -> bool:
    """Tell whether it is a gift in kind with a part of which nobody proved the value."""
    if isinstance(event, GiftReceived):
        return False
    return any(line.value is None or not line.evidence for line in event.lines)


def _numbers(event: Event) -> list[tuple[Key, int]]:
    """Return what a fact does to receipt numbers."""
    told: list[tuple[str, str, int]] = []
    match event:
        case ReceiptNumbersAllotted():
            told = [(ALLOTTED, event.code, event.last - event.first + 1)]
        case ReceiptNumbersLost():
            told = [(LOST, event.code, event.last - event.first + 1)]
        case ReceiptIssued() | ReceiptMadeOut():
            told = [(ISSUED, event.code, 1)]
        case ReceiptReversed():
            told = [(VOID, event.code, 1), (RED, event.red_code, 1)]
        case RedReceiptMadeOut():
            told = [(VOID, event.code, 1), (RED, event.red.code, 1)]
        case ReceiptExchanged():
            told = [(PAPER, event.paper.code, 1)]
        case _:
            return []
    return [((event.organisation, what, code), n) for what, code, n in told]


def _known(connection: Connection, keys: set[Key]) -> dict[Key, tuple[int, int]]:
    """Return how these counts stand, and the entry that last moved each."""
    found = connection.execute(f"SELECT * FROM tallies WHERE {_THESE}", _columns(keys)).fetchall()  # noqa: S608 our words
    return {(r["organisation"], r["what"], r["code"]): (r["n"], r["leaf"]) for r in found}


def _forget(connection: Connection, keys: Iterable[Key]) -> None:
    connection.execute(f"DELETE FROM tallies WHERE {_THESE}", _columns(keys))  # noqa: S608 our words


def _columns(keys: Iterable[Key]) -> list[list[str]]:
    ordered = sorted(keys)
    return [[key[column] for key in ordered] for column in range(3)]


_THESE = "(organisation, what, code) IN (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]))"
_MINE = "(organisation = %(organisation)s OR %(organisation)s::text IS NULL)"
_NOW = f"SELECT organisation, what, code, n FROM tallies WHERE {_MINE}"  # noqa: S608 our words
_THEN = (
    "SELECT organisation, what, code, coalesce(passed.n, now.n) AS n FROM tallies AS now"  # noqa: S608 our words
    " LEFT JOIN LATERAL (SELECT n FROM tallied WHERE tallied.organisation = now.organisation"
    " AND tallied.what = now.what AND tallied.code = now.code AND tallied.size >= %(size)s"
    f" ORDER BY tallied.size LIMIT 1) AS passed ON true WHERE {_MINE}"
)
