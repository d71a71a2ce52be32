"""Where every unit lies and went: inflows and outflow segments as ranges on each fund's axis.

One row an inflow and one an outflow segment, whatever the number of gifts. Who paid for what is the
intersection of ranges (projections/trace_queries.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property, singledispatchmethod
from typing import Any

from ledger.domain.axis import Span, cut_tail
from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    CostClassified,
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    DisbursementWithdrawn,
    Event,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
)
from ledger.domain.goods import Amount
from ledger.domain.history.accounts import SUMS
from projections import fund_totals
from projections.fund_totals import FundTotals
from projections.rows import copy_rows, update_rows
from projections.runner import Connection, Recorded
from projections.trace_accounts import (
    COLUMNS,
    EVERY,
    MILESTONE,
    AxisAccount,
    account_row,
    load,
    milestone,
    milestone_row,
    touched,
)
from projections.views import facts_of, handlers

INFLOW = ("fund", "unit", "start_at", "end_at", "leaf", "gift", "from_fund", "from_start",
          "allocation")  # fmt: skip
OUTFLOW = ("fund", "unit", "start_at", "end_at", "leaf", "kind", "id", "to_start", "allocation",
           "since")  # fmt: skip
DISBURSEMENT = (
    "id", "fund", "payee", "amount", "unit", "purpose", "place", "status", "paid_on", "leaf",
    "cost_class", "accepted_on", "recovered", "paid_leaf", "accepted_leaf",
    "evidence",
)  # fmt: skip


def axis(fund: str, unit: str) -> str:
    """Return what stands for an axis in an index of ranges, which takes no text."""
    code = f"hashtext({fund} || ' ' || {unit})::bigint"
    return f"int8range({code}, {code}, '[]')"


AXIS = axis("fund", "unit")
HELD = "int8range(begin_at, greatest(begin_at, end_at))"
DURING = "int8range(since, greatest(since, by_leaf))"
"""By which rows of `undone` are found: axis, units, entries."""


LARGEST = "status = 'paid' AND unit NOT LIKE 'goods:%'"
"""Payments of money, which are found by their amounts."""


class Traces:
    """Read model of axes, segments and disbursements."""

    name = "traces"
    sought = ("outflows_id", "outflows_allocation")
    tables = (
        "CREATE TABLE accounts (fund text NOT NULL, unit text NOT NULL,"
        + "".join(f" {name} bigint NOT NULL," for name in SUMS)
        + " counted bigint NOT NULL, leaf bigint NOT NULL, next bigint NOT NULL,"
        " free jsonb NOT NULL, PRIMARY KEY (fund, unit))",
        f"CREATE TABLE milestones /* every {EVERY} */ (fund text NOT NULL, unit text NOT NULL,"
        " size bigint NOT NULL,"
        + "".join(f" {name} bigint NOT NULL," for name in SUMS)
        + " counted bigint NOT NULL, PRIMARY KEY (fund, unit, size))",
        "CREATE TABLE inflows (fund text NOT NULL, unit text NOT NULL, start_at bigint NOT NULL,"
        " end_at bigint NOT NULL, leaf bigint NOT NULL, gift text, from_fund text,"
        " from_start bigint, allocation bigint, PRIMARY KEY (fund, unit, start_at))",
        "CREATE TABLE outflows (fund text NOT NULL, unit text NOT NULL, start_at bigint NOT NULL,"
        " end_at bigint NOT NULL, leaf bigint NOT NULL, kind text NOT NULL, id text NOT NULL,"
        " to_start bigint, allocation bigint, since bigint NOT NULL,"
        " PRIMARY KEY (fund, unit, start_at))",
        "CREATE TABLE undone (fund text NOT NULL, unit text NOT NULL, start_at bigint NOT NULL,"
        " end_at bigint NOT NULL, leaf bigint NOT NULL, kind text NOT NULL, id text NOT NULL,"
        " by_leaf bigint NOT NULL, begin_at bigint NOT NULL, since bigint NOT NULL,"
        " to_start bigint, allocation bigint, PRIMARY KEY (by_leaf, start_at))",
        "CREATE TABLE disbursements (id text PRIMARY KEY, fund text NOT NULL, payee text,"
        " amount bigint NOT NULL, unit text NOT NULL, purpose text, place text,"
        " status text NOT NULL, paid_on date, leaf bigint NOT NULL, cost_class text,"
        " accepted_on date, recovered bigint NOT NULL, paid_leaf bigint, accepted_leaf bigint,"
        " evidence text[])",
        "CREATE TABLE recoveries (id text NOT NULL, leaf bigint NOT NULL, amount bigint NOT NULL,"
        " PRIMARY KEY (id, leaf))",
        "CREATE TABLE cost_classes (id text NOT NULL, leaf bigint NOT NULL,"
        " cost_class text NOT NULL, PRIMARY KEY (id, leaf))",
        "CREATE INDEX inflows_gift ON inflows (gift)",
        "CREATE INDEX inflows_allocation ON inflows (from_fund, allocation)"
        " WHERE allocation IS NOT NULL",
        "CREATE INDEX outflows_id ON outflows (id)",
        "CREATE INDEX outflows_allocation ON outflows (fund, allocation)"
        " WHERE allocation IS NOT NULL",
        f"CREATE INDEX undone_spans ON undone USING gist ({AXIS}, {HELD}, {DURING})",
        "CREATE INDEX undone_id ON undone (id)",
        "CREATE INDEX disbursements_place ON disbursements (place text_pattern_ops)",
        "CREATE INDEX disbursements_fund ON disbursements (fund, leaf)",
        "CREATE INDEX disbursements_paid ON disbursements (fund, leaf) WHERE status = 'paid'",
        "CREATE INDEX disbursements_proposed ON disbursements (fund, leaf)"
        " WHERE status = 'proposed'",
        "CREATE INDEX disbursements_largest ON disbursements (fund, amount DESC, paid_leaf)"
        f" WHERE {LARGEST}",
        *fund_totals.TABLES,
    )

    @cached_property
    def facts(self) -> frozenset[type[Event]]:
        """The classes of events that a batch has its say on."""
        return facts_of(_Page, "take_in")

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in gifts, allocations, disbursements, returns and corrections."""
        page = _Page(connection, [event for _, event in recorded])
        for leaf, event in recorded:
            _HANDLERS(type(event))(page, event, leaf)
        page.write()


class _Page:
    """The rows that one batch touches, in memory until they are written."""

    def __init__(self, connection: Connection, events: Sequence[Event]) -> None:
        self._connection = connection
        self._accounts = load(connection, touched(events))
        self._totals = FundTotals(connection, events)
        self._milestones: list[list[object]] = []
        self._recoveries: list[tuple[object, ...]] = []
        self._classes: list[tuple[object, ...]] = []
        self._inflows: list[tuple[object, ...]] = []
        self._outflows: list[tuple[object, ...]] = []
        self._fresh: dict[str, dict[str, object]] = {}
        self._changed: list[tuple[str, dict[str, object]]] = []

    @singledispatchmethod
    def take_in(self, event: Event, leaf: int) -> None:
        """Most facts move nothing."""

    @take_in.register
    def _received(self, event: GiftReceived, leaf: int) -> None:
        self._gift(event.fund, event.booked, leaf, event.originator_id)

    @take_in.register
    def _goods_received(self, event: GoodsReceived, leaf: int) -> None:
        for line in event.lines:
            self._gift(event.fund, line.quantity, leaf, event.originator_id)

    def _gift(self, fund: str, amount: Amount, leaf: int, gift: str) -> None:
        account = self._account(fund, amount, leaf)
        start = account.received
        account.received += amount.units
        account.gifts += amount.units
        account.counted += 1
        self._inflows.append(
            (fund, amount.unit, start, account.received, leaf, gift, None, None, None)
        )

    @take_in.register
    def _allocated(self, event: FundsAllocated, leaf: int) -> None:
        source = self._account(event.originator_id, event.amount, leaf)
        target = self._account(event.to_fund, event.amount, leaf)
        unit, number = event.amount.unit, event.originator_version
        for span in _take(source, event.amount):
            start, target.received = target.received, target.received + span.length
            self._outflow(event, unit, span, leaf, "allocation", event.to_fund, start, number)
            self._inflows.append(
                (event.to_fund, unit, start, target.received, leaf, None, event.originator_id,
                 span.start, number)
            )  # fmt: skip
        source.allocated_out += event.amount.units
        target.allocated_in += event.amount.units

    @take_in.register
    def _taken_back(self, event: AllocationTakenBack, leaf: int) -> None:
        account = self._account(event.originator_id, event.amount, leaf)
        found = self._held("fund = %s AND allocation = %s", event.originator_id, event.allocation)
        self._free(account, found, event.amount.units, leaf)
        account.taken_back += event.amount.units

    @take_in.register
    def _given_back(self, event: AllocationGivenBack, leaf: int) -> None:
        account = self._account(event.originator_id, event.amount, leaf)
        self._punch(event, account, event.amount, leaf, "given-back", event.from_fund)
        account.given_back += event.amount.units

    @take_in.register
    def _proposed(self, event: DisbursementProposed, leaf: int) -> None:
        self._fresh[event.disbursement] = {
            "id": event.disbursement,
            "fund": event.originator_id,
            "payee": event.payee.organisation,
            "amount": event.amount.units,
            "unit": event.amount.unit,
            "purpose": event.purpose,
            "place": event.place,
            "status": "proposed",
            "paid_on": None,
            "leaf": leaf,
            "cost_class": None,
            "accepted_on": None,
            "recovered": 0,
            "paid_leaf": None,
            "accepted_leaf": None,
            "evidence": None,
        }

    @take_in.register
    def _classified(self, event: CostClassified, leaf: int) -> None:
        self._classes.append((event.disbursement, leaf, event.cost_class))
        self._change(event.disbursement, cost_class=event.cost_class)

    @take_in.register
    def _approved(self, event: DisbursementApproved, _leaf: int) -> None:
        self._change(event.disbursement, status="approved")

    @take_in.register
    def _withdrawn(self, event: DisbursementWithdrawn, _leaf: int) -> None:
        self._change(event.disbursement, status="withdrawn")

    @take_in.register
    def _accepted(self, event: DisbursementAccepted, leaf: int) -> None:
        accepted = {"accepted_on": event.accepted_on, "accepted_leaf": leaf}
        self._change(event.disbursement, evidence=list(event.evidence), **accepted)

    @take_in.register
    def _paid(self, event: DisbursementPaid, leaf: int) -> None:
        account, unit = self._account(event.originator_id, event.amount, leaf), event.amount.unit
        for span in _take(account, event.amount):
            self._outflow(event, unit, span, leaf, "disbursement", event.disbursement)
        account.disbursed += event.amount.units
        paid = {"status": "paid", "paid_on": event.paid_on, "paid_leaf": leaf}
        self._change(event.disbursement, **paid)

    @take_in.register
    def _recovered(self, event: DisbursementRecovered, leaf: int) -> None:
        account = self._account(event.originator_id, event.amount, leaf)
        found = self._held("id = %s AND kind = 'disbursement'", event.disbursement)
        self._free(account, found, event.amount.units, leaf)
        account.recovered += event.amount.units
        self._recoveries.append((event.disbursement, leaf, event.amount.units))
        self._connection.execute(
            "UPDATE disbursements SET recovered = recovered + %s WHERE id = %s",
            [event.amount.units, event.disbursement],
        )

    @take_in.register
    def _returned(self, event: GiftReturned, leaf: int) -> None:
        account = self._account(event.originator_id, event.amount, leaf)
        self._punch(event, account, event.amount, leaf, "return", event.gift)
        account.returned += event.amount.units

    @take_in.register
    def _reversed(self, event: GiftReversed, leaf: int) -> None:
        account = self._account(event.originator_id, event.amount, leaf)
        self._punch(event, account, event.amount, leaf, "reversal", event.gift)
        account.reversed += event.amount.units

    def _punch(
        self,
        event: GiftReturned | GiftReversed | AllocationGivenBack,
        account: AxisAccount,
        amount: Amount,
        leaf: int,
        kind: str,
        what: str,
    ) -> None:
        hole = Span(event.start, event.end)
        account.axis = account.axis.punch(hole)
        self._outflow(event, amount.unit, hole, leaf, kind, what)

    def _held(self, condition: str, *given: object) -> list[dict[str, Any]]:
        """Return the outflow rows that meet a condition; the batch's own are written first."""
        self._write_flows()
        query = f"SELECT * FROM outflows WHERE {condition} ORDER BY start_at"  # noqa: S608 fixed words
        return self._connection.execute(query, given).fetchall()

    def _free(
        self, account: AxisAccount, found: Sequence[dict[str, Any]], units: int, leaf: int
    ) -> None:
        """Free the last `units` of what these rows hold, and keep on record that they held it.

        A row of `undone` says which part was freed, and that the row reached from `begin_at` to
        the end of that part, from entry `since` on until now.
        """
        kept, back = cut_tail((Span(row["start_at"], row["end_at"]) for row in found), units)
        ends = {span.start: span.end for span in kept}
        account.axis = account.axis.give_back(back)
        for row, span in zip(reversed(found), reversed(back), strict=False):
            key = (row["fund"], row["unit"], row["start_at"])
            where = "fund = %s AND unit = %s AND start_at = %s"
            if row["start_at"] in ends:
                self._connection.execute(
                    f"UPDATE outflows SET end_at = %s, since = %s WHERE {where}",  # noqa: S608 fixed words
                    [ends[row["start_at"]], leaf, *key],
                )
            else:
                self._connection.execute(f"DELETE FROM outflows WHERE {where}", key)  # noqa: S608 as above
            self._connection.execute(
                "INSERT INTO undone VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [row["fund"], row["unit"], span.start, span.end, row["leaf"], row["kind"],
                 row["id"], leaf, row["start_at"], row["since"], row["to_start"],
                 row["allocation"]],
            )  # fmt: skip

    def _account(self, fund: str, amount: Amount, leaf: int) -> AxisAccount:
        """Return an account to be moved by an entry; note how it stood if that is a milestone."""
        key = (fund, amount.unit)
        account = self._accounts.setdefault(key, AxisAccount(leaf=leaf))
        if passed := milestone(account.leaf, leaf):
            self._milestones.append(milestone_row(key, passed, account))
        account.leaf = leaf
        return account

    def _outflow(
        self,
        event: Event,
        unit: str,
        span: Span,
        leaf: int,
        kind: str,
        what: str,
        to_start: int | None = None,
        allocation: int | None = None,
    ) -> None:
        self._outflows.append(
            (event.originator_id, unit, span.start, span.end, leaf, kind, what, to_start,
             allocation, leaf)
        )  # fmt: skip

    def _change(self, disbursement: str, **changed: object) -> None:
        if disbursement in self._fresh:
            self._fresh[disbursement] |= changed
        else:
            self._changed.append((disbursement, changed))

    def _write_flows(self) -> None:
        """Write the rows collected so far."""
        copy_rows(self._connection, "inflows", INFLOW, self._inflows)
        copy_rows(self._connection, "outflows", OUTFLOW, self._outflows)
        fresh = [[row[c] for c in DISBURSEMENT] for row in self._fresh.values()]
        copy_rows(self._connection, "disbursements", DISBURSEMENT, fresh)
        self._inflows, self._outflows, self._fresh = [], [], {}

    def write(self) -> None:
        """Write all rows of the batch."""
        self._write_flows()
        update_rows(self._connection, "disbursements", "id", self._changed)
        with self._connection.cursor() as cursor:
            keys = list(self._accounts)
            cursor.execute(
                "DELETE FROM accounts WHERE (fund, unit) IN (SELECT * FROM unnest(%s::text[],"
                " %s::text[]))",
                [[fund for fund, _ in keys], [unit for _, unit in keys]],
            )
        copy_rows(self._connection, "accounts", COLUMNS, map(account_row, self._accounts.items()))
        copy_rows(self._connection, "milestones", MILESTONE, self._milestones)
        copy_rows(self._connection, "recoveries", ("id", "leaf", "amount"), self._recoveries)
        copy_rows(self._connection, "cost_classes", ("id", "leaf", "cost_class"), self._classes)
        self._totals.write()


_HANDLERS = handlers(_Page, "take_in")


def _take(account: AxisAccount, amount: Amount) -> tuple[Span, ...]:
    spans, account.axis = account.axis.take(amount.units)
    return spans


TRACES = Traces()
