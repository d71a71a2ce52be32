"""Where every fen lies and went: inflows and outflow segments as ranges on each fund's axis.

One row an inflow and one an outflow segment, whatever the number of gifts. Who paid for what is the
intersection of ranges (projections/trace_queries.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatchmethod

from psycopg.types.json import Jsonb

from ledger.domain.axis import Axis, Span
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    Event,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
)
from ledger.domain.history import UnitAccount
from ledger.money import Money
from projections.rows import copy_rows
from projections.runner import Connection, Recorded

SUMS = ("received", "gifts", "allocated_in", "allocated_out", "disbursed", "returned")
INFLOW = ("fund", "unit", "start_at", "end_at", "leaf", "gift", "from_fund", "from_start")
OUTFLOW = ("fund", "unit", "start_at", "end_at", "leaf", "kind", "id", "to_start")
DISBURSEMENT = (
    "id", "fund", "payee", "amount", "unit", "purpose", "place", "status", "paid_on", "leaf",
)  # fmt: skip


class Traces:
    """Read model of axes, segments and disbursements."""

    name = "traces"
    tables = (
        "CREATE TABLE accounts (fund text NOT NULL, unit text NOT NULL, received bigint NOT NULL,"
        " gifts bigint NOT NULL, allocated_in bigint NOT NULL, allocated_out bigint NOT NULL,"
        " disbursed bigint NOT NULL, returned bigint NOT NULL, next bigint NOT NULL,"
        " holes jsonb NOT NULL, PRIMARY KEY (fund, unit))",
        "CREATE TABLE inflows (fund text NOT NULL, unit text NOT NULL, start_at bigint NOT NULL,"
        " end_at bigint NOT NULL, leaf bigint NOT NULL, gift text, from_fund text,"
        " from_start bigint, PRIMARY KEY (fund, unit, start_at))",
        "CREATE TABLE outflows (fund text NOT NULL, unit text NOT NULL, start_at bigint NOT NULL,"
        " end_at bigint NOT NULL, leaf bigint NOT NULL, kind text NOT NULL, id text NOT NULL,"
        " to_start bigint, PRIMARY KEY (fund, unit, start_at))",
        "CREATE TABLE disbursements (id text PRIMARY KEY, fund text NOT NULL, payee text,"
        " amount bigint NOT NULL, unit text NOT NULL, purpose text, place text,"
        " status text NOT NULL, paid_on date, leaf bigint NOT NULL)",
        "CREATE INDEX inflows_gift ON inflows (gift)",
        "CREATE INDEX outflows_id ON outflows (id)",
        "CREATE INDEX disbursements_place ON disbursements (place text_pattern_ops)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in gifts, allocations, disbursements and returns."""
        page = _Page(connection, [event for _, event in recorded])
        for leaf, event in recorded:
            page.take_in(event, leaf)
        page.write()


class _Page:
    """The rows that one batch touches, in memory until they are written."""

    def __init__(self, connection: Connection, events: Sequence[Event]) -> None:
        self._connection = connection
        self._accounts = _load_accounts(connection, _funds_of(events))
        self._inflows: list[tuple[object, ...]] = []
        self._outflows: list[tuple[object, ...]] = []
        self._fresh: dict[str, dict[str, object]] = {}
        self._changed: list[tuple[object, ...]] = []

    @singledispatchmethod
    def take_in(self, event: Event, leaf: int) -> None:
        """Most facts move no money."""

    @take_in.register
    def _received(self, event: GiftReceived, leaf: int) -> None:
        account = self._account(event.fund, event.booked)
        self._inflow(event.fund, event.booked, account, leaf, event.originator_id, None, None)
        account.gifts += event.booked.minor

    @take_in.register
    def _allocated(self, event: FundsAllocated, leaf: int) -> None:
        source = self._account(event.originator_id, event.amount)
        target = self._account(event.to_fund, event.amount)
        for span in _take(source, event.amount):
            self._outflow(event, event.amount, span, leaf, "allocation", event.to_fund,
                          target.received)  # fmt: skip
            part = Money(span.length, event.amount.currency)
            self._inflow(event.to_fund, part, target, leaf, None, event.originator_id, span.start)
        source.allocated_out += event.amount.minor
        target.allocated_in += event.amount.minor

    @take_in.register
    def _proposed(self, event: DisbursementProposed, leaf: int) -> None:
        self._fresh[event.disbursement] = {
            "id": event.disbursement,
            "fund": event.originator_id,
            "payee": event.payee.organisation,
            "amount": event.amount.minor,
            "unit": event.amount.currency,
            "purpose": event.purpose,
            "place": event.place,
            "status": "proposed",
            "paid_on": None,
            "leaf": leaf,
        }

    @take_in.register
    def _approved(self, event: DisbursementApproved, _leaf: int) -> None:
        self._change(event.disbursement, "approved", None)

    @take_in.register
    def _paid(self, event: DisbursementPaid, leaf: int) -> None:
        account = self._account(event.originator_id, event.amount)
        for span in _take(account, event.amount):
            self._outflow(event, event.amount, span, leaf, "disbursement", event.disbursement, None)
        account.disbursed += event.amount.minor
        self._change(event.disbursement, "paid", event.paid_on)

    @take_in.register
    def _returned(self, event: GiftReturned, leaf: int) -> None:
        account = self._account(event.originator_id, event.amount)
        hole = Span(event.start, event.end)
        account.axis = account.axis.punch(hole)
        self._outflow(event, event.amount, hole, leaf, "return", event.gift, None)
        account.returned += event.amount.minor

    def _account(self, fund: str, amount: Money) -> UnitAccount:
        return self._accounts.setdefault((fund, amount.currency), UnitAccount())

    def _inflow(
        self,
        fund: str,
        amount: Money,
        account: UnitAccount,
        leaf: int,
        gift: str | None,
        from_fund: str | None,
        from_start: int | None,
    ) -> None:
        start, end = account.received, account.received + amount.minor
        self._inflows.append((fund, amount.currency, start, end, leaf, gift, from_fund, from_start))
        account.received = end

    def _outflow(
        self,
        event: Event,
        amount: Money,
        span: Span,
        leaf: int,
        kind: str,
        what: str,
        to_start: int | None,
    ) -> None:
        self._outflows.append(
            (event.originator_id, amount.currency, span.start, span.end, leaf, kind, what, to_start)
        )

    def _change(self, disbursement: str, status: str, paid_on: object) -> None:
        if disbursement in self._fresh:
            self._fresh[disbursement] |= {"status": status, "paid_on": paid_on}
        else:
            self._changed.append((status, paid_on, disbursement))

    def write(self) -> None:
        """Write all rows of the batch."""
        copy_rows(self._connection, "inflows", INFLOW, self._inflows)
        copy_rows(self._connection, "outflows", OUTFLOW, self._outflows)
        fresh = [[row[c] for c in DISBURSEMENT] for row in self._fresh.values()]
        copy_rows(self._connection, "disbursements", DISBURSEMENT, fresh)
        with self._connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE disbursements SET status = %s, paid_on = %s WHERE id = %s", self._changed
            )
            keys = list(self._accounts)
            cursor.execute(
                "DELETE FROM accounts WHERE (fund, unit) IN (SELECT * FROM unnest(%s::text[],"
                " %s::text[]))",
                [[fund for fund, _ in keys], [unit for _, unit in keys]],
            )
        columns = ("fund", "unit", *SUMS, "next", "holes")
        copy_rows(self._connection, "accounts", columns, map(_account_row, self._accounts.items()))


def _account_row(item: tuple[tuple[str, str], UnitAccount]) -> list[object]:
    (fund, unit), account = item
    holes = Jsonb([[h.start, h.end] for h in account.axis.holes])
    return [fund, unit, *(getattr(account, s) for s in SUMS), account.axis.next, holes]


def _take(account: UnitAccount, amount: Money) -> tuple[Span, ...]:
    spans, account.axis = account.axis.take(amount.minor)
    return spans


def _funds_of(events: Sequence[Event]) -> list[str]:
    found: set[str] = set()
    for event in events:
        if isinstance(event, GiftReceived):
            found.add(event.fund)
        elif isinstance(event, FundsAllocated):
            found |= {event.originator_id, event.to_fund}
        elif isinstance(event, DisbursementPaid | GiftReturned):
            found.add(event.originator_id)
    return sorted(found)


def _load_accounts(
    connection: Connection, funds: Sequence[str]
) -> dict[tuple[str, str], UnitAccount]:
    query = "SELECT * FROM accounts WHERE fund = ANY(%s)"
    return {
        (row["fund"], row["unit"]): UnitAccount(
            **{s: row[s] for s in SUMS},
            axis=Axis(
                next=row["next"],
                holes=tuple(Span(*hole) for hole in row["holes"]),
                taken=row["disbursed"] + row["allocated_out"],
                returned=row["returned"],
            ),
        )
        for row in connection.execute(query, [list(funds)]).fetchall()
    }


TRACES = Traces()
