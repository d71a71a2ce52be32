"""Promises: how each stands, what is due, and how it was changed. No total of money has one.

What recurs is computed when it is asked for: it falls due without anybody recording it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, LiteralString, assert_never, get_args

from psycopg import sql

from ledger.domain import pledges
from ledger.domain.events import PledgeEvent
from ledger.domain.events.pledge import (
    Instalment,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringAgreed,
    RecurringChanged,
    RecurringEnded,
)
from ledger.domain.pledges import Due, Pledge, Standing
from ledger.domain.schedules import Term
from ledger.money import Money
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner, ViewStuck

CHANGE = (
    "leaf", "pledge", "kind", "previous_minor", "previous_every", "minor", "every", "from_day",
    "gift", "reason", "document", "decided_by",
)  # fmt: skip
PARTS = ("instalments", "cuts", "terms", "payments")


@dataclass(frozen=True, slots=True)
class PledgeChange:
    """An entry of a promise's log: what was, what is from then on, and why."""

    leaf: int
    kind: str
    previous: Money | None
    previous_every: str | None
    amount: Money | None
    every: str | None
    from_day: date | None
    gift: str | None
    reason: str | None
    document: str | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class PledgeStory:
    """A promise with its dues, as of a day, and its changes."""

    pledge: Pledge
    standing: Standing
    dues: tuple[Due, ...]
    changes: tuple[PledgeChange, ...]
    position: Position


@dataclass(frozen=True, slots=True)
class DueEntry:
    """An instalment that is still open."""

    pledge: str
    organisation: str
    fund: str
    due: Due


class Pledges:
    """Read model of promises."""

    name = "pledges"
    facts = get_args(PledgeEvent)
    sought = ()
    tables = (
        "CREATE TABLE pledges (pledge text PRIMARY KEY, version bigint NOT NULL,"
        " organisation text NOT NULL, fund text NOT NULL, currency text NOT NULL, last_day date,"
        " settled boolean NOT NULL, leaf bigint NOT NULL)",
        "CREATE INDEX pledges_leaf ON pledges (leaf)",
        "CREATE INDEX pledges_open ON pledges (organisation, fund) WHERE NOT settled",
        "CREATE TABLE instalments (pledge text NOT NULL, due_on date NOT NULL,"
        " minor bigint NOT NULL, PRIMARY KEY (pledge, due_on))",
        "CREATE TABLE cuts (pledge text NOT NULL, due_on date NOT NULL, minor bigint NOT NULL,"
        " PRIMARY KEY (pledge, due_on))",
        "CREATE TABLE terms (pledge text NOT NULL, first_day date NOT NULL,"
        " minor bigint NOT NULL, every text NOT NULL, PRIMARY KEY (pledge, first_day))",
        "CREATE TABLE payments (pledge text NOT NULL, gift text NOT NULL, minor bigint NOT NULL,"
        " PRIMARY KEY (pledge, gift))",
        "CREATE TABLE changes (leaf bigint PRIMARY KEY, pledge text NOT NULL, kind text NOT NULL,"
        " previous_minor bigint, previous_every text, minor bigint, every text, from_day date,"
        " gift text, reason text, document text, decided_by text)",
        "CREATE INDEX changes_of ON changes (pledge, leaf)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in promises and what became of them."""
        seen = [(leaf, e) for leaf, e in recorded if isinstance(e, get_args(PledgeEvent))]
        if not seen:
            return
        touched = sorted({event.originator_id for _, event in seen})
        found = _load(connection, "pledge = ANY(%(pledges)s)", {"pledges": touched})
        for leaf, event in seen:
            first, pledge = found.get(event.originator_id, (leaf, None))
            if pledge is None and not isinstance(event, PledgeMade | RecurringAgreed):
                raise ViewStuck(self.name, f"the row of {event.originator_id} is gone")
            found[event.originator_id] = first, pledges.evolve(pledge, event)
        _replace(connection, found)
        copy_rows(connection, "changes", CHANGE, [_change(leaf, event) for leaf, event in seen])


PLEDGES = Pledges()


def _load(
    connection: Connection, condition: LiteralString, given: Mapping[str, object]
) -> dict[str, tuple[int, Pledge]]:
    """Return the promises that meet a condition, each with the leaf that it began at."""
    query = sql.SQL("SELECT * FROM pledges WHERE {} ORDER BY leaf").format(sql.SQL(condition))
    heads = connection.execute(query, given).fetchall()
    names = [head["pledge"] for head in heads]
    parts: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for table in PARTS:
        of_these = sql.SQL("SELECT * FROM {} WHERE pledge = ANY(%s) ORDER BY 1, 2")
        for row in connection.execute(of_these.format(sql.Identifier(table)), [names]):
            parts[table, row["pledge"]].append(row)
    return {head["pledge"]: (head["leaf"], _pledge(head, parts)) for head in heads}


def _pledge(head: dict[str, Any], parts: Mapping[tuple[str, str], list[dict[str, Any]]]) -> Pledge:
    name, currency = head["pledge"], head["currency"]

    def money(row: dict[str, Any]) -> Money:
        return Money(row["minor"], currency)

    instalments, cuts, terms, payments = (parts.get((table, name), []) for table in PARTS)
    return Pledge(
        name, head["version"], head["organisation"], head["fund"], currency,
        tuple(Instalment(due_on=row["due_on"], amount=money(row)) for row in instalments),
        tuple(Term(row["first_day"], money(row), row["every"]) for row in terms),
        head["last_day"],
        {row["gift"]: row["minor"] for row in payments},
        {row["due_on"]: row["minor"] for row in cuts},
    )  # fmt: skip


def _replace(connection: Connection, found: Mapping[str, tuple[int, Pledge]]) -> None:
    """Put the rows of promises as they are now in the place of those that were."""
    for table in ("pledges", *PARTS):
        gone = sql.SQL("DELETE FROM {} WHERE pledge = ANY(%s)").format(sql.Identifier(table))
        connection.execute(gone, [list(found)])
    known = [pledge for _, pledge in found.values()]
    heads = ("pledge", "version", "organisation", "fund", "currency", "last_day", "settled", "leaf")
    copy_rows(connection, "pledges", heads, [
        (p.id, p.version, p.organisation, p.fund, p.currency, p.last_day, _settled(p), leaf)
        for leaf, p in found.values()
    ])  # fmt: skip
    for table, columns, rows in (
        ("instalments", ("pledge", "due_on", "minor"),
         [(p.id, one.due_on, one.amount.minor) for p in known for one in p.instalments]),
        ("cuts", ("pledge", "due_on", "minor"),
         [(p.id, day, minor) for p in known for day, minor in p.cuts.items()]),
        ("terms", ("pledge", "first_day", "minor", "every"),
         [(p.id, t.first_day, t.amount.minor, t.every) for p in known for t in p.terms]),
        ("payments", ("pledge", "gift", "minor"),
         [(p.id, gift, minor) for p in known for gift, minor in p.payments.items()]),
    ):  # fmt: skip
        copy_rows(connection, table, columns, rows)


def _settled(pledge: Pledge) -> bool:
    """Tell whether a fixed promise is kept or let go; what recurs may always fall due again."""
    promised = sum(one.amount.minor for one in pledge.instalments)
    return bool(pledge.instalments) and pledge.paid + pledge.written_off >= promised


def _change(leaf: int, event: PledgeEvent) -> tuple[object, ...]:
    """Return an event as a row of the log of changes, in the order of its columns."""
    kind = event.TOPIC.removesuffix(".v1")
    said: dict[str, object] = {"leaf": leaf, "pledge": event.originator_id, "kind": kind}
    match event:
        case PledgeMade():
            said |= {"minor": event.total.minor, "document": event.agreement}
        case RecurringAgreed():
            said |= {"minor": event.amount.minor, "every": event.every, "from_day": event.first_day}
        case RecurringChanged():
            said |= {
                "previous_minor": event.previous_amount.minor,
                "previous_every": event.previous_every, "minor": event.amount.minor,
                "every": event.every, "from_day": event.from_day, "reason": event.reason,
            }  # fmt: skip
        case RecurringEnded():
            said |= {"from_day": event.from_day, "reason": event.reason}
        case PledgePaid():
            said |= {"gift": event.gift, "minor": event.amount.minor}
        case PledgePaymentUndone():
            said |= {"gift": event.gift, "minor": event.amount.minor, "reason": event.reason}
        case PledgeWrittenOff():
            said |= {
                "minor": event.amount.minor, "reason": event.reason, "document": event.document,
                "decided_by": event.decided_by,
            }  # fmt: skip
        case _:
            assert_never(event)
    return tuple(said.get(column) for column in CHANGE)


def story(runner: Runner, pledge: str, today: date) -> PledgeStory:
    """Return a promise of the ledger, with all that became of it, as it stands today."""
    query = "SELECT * FROM changes WHERE pledge = %s ORDER BY leaf"
    with runner.reading(PLEDGES) as (connection, position):
        _, known = _load(connection, "pledge = %(pledge)s", {"pledge": pledge})[pledge]
        rows = connection.execute(query, [pledge]).fetchall()
    changes = tuple(_entry(row, known) for row in rows)
    found = pledges.due(known, today)
    return PledgeStory(known, pledges.standing(known, today), found, changes, position)


def _entry(row: dict[str, Any], pledge: Pledge) -> PledgeChange:
    def money(minor: int | None) -> Money | None:
        return None if minor is None else pledge.money(minor)

    return PledgeChange(
        row["leaf"], row["kind"], money(row["previous_minor"]), row["previous_every"],
        money(row["minor"]), row["every"], row["from_day"], row["gift"], row["reason"],
        row["document"], row["decided_by"],
    )  # fmt: skip


def dues(
    runner: Runner, organisation: str | None, fund: str | None, until: date, today: date
) -> tuple[list[DueEntry], Position]:
    """Return what is open of all that is due up to a day, the oldest first.

    Overdue is what was due before today.
    """
    condition: LiteralString = (
        "NOT settled AND (organisation = %(organisation)s OR %(organisation)s::text IS NULL)"
        " AND (fund = %(fund)s OR %(fund)s::text IS NULL)"
    )
    with runner.reading(PLEDGES) as (connection, position):
        known = _load(connection, condition, {"organisation": organisation, "fund": fund})
    found = [
        DueEntry(
            pledge.id, pledge.organisation, pledge.fund,
            replace(due, state="overdue" if due.due_on < today else "open"),
        )
        for _, pledge in known.values()
        for due in pledges.due(pledge, until)
        if due.open.minor and due.due_on <= until
    ]  # fmt: skip
    return sorted(found, key=lambda one: one.due.due_on), position
