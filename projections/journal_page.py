"""One batch of the journal: books each fact, and finds what a correction corrects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import singledispatchmethod
from typing import Any

from ledger.domain import periods
from ledger.domain.events import (
    AllocationGivenBack,
    AllocationTakenBack,
    CostClassified,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    Event,
    FundOpened,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
    PeriodClosed,
    ReceiptReversed,
    RedReceiptMadeOut,
    UseChanged,
)
from ledger.domain.goods import ITEM, Amount, amount_of
from ledger.domain.periods import Booking
from projections import postings
from projections.journal_days import Days
from projections.rows import copy_rows
from projections.runner import Connection

ROW = (
    "leaf", "line", "organisation", "fund", "kind", "id", "unit", "amount", "day", "booked_on",
    "late", "cost_class", "counterpart", "corrects", "debit", "credit", "value", "value_debit",
    "value_credit",
)  # fmt: skip
CORRECTION = (
    "leaf", "organisation", "fund", "kind", "id", "unit", "amount", "day", "booked_on", "late",
    "corrects", "reason", "note", "was", "became", "counterpart",
)  # fmt: skip
FUND = ("fund", "organisation", "name", "kind")
CLOSE = ("leaf", "organisation", "last_day", "closed_by", "size", "time")


class Page:
    """The rows that one batch adds, and what it must know to book them."""

    def __init__(self, connection: Connection, events: Sequence[Event]) -> None:
        self._connection = connection
        self._funds = _load_funds(connection, events)
        holders = {event.actor for event in events} | {holder for holder, _ in self._funds.values()}
        self._closed = _load_closed(connection, sorted(holders))
        self._costs = _load_costs(connection, events)
        self._unpaid: set[str] = set()
        """Disbursements that this batch proposes, as long as it does not pay them."""
        self._classed: set[str] = set()
        self._added: dict[str, list[tuple[object, ...]]] = {
            "books": [], "closes": [], "journal": [], "corrections": [],
        }  # fmt: skip
        self._last = (-1, -1)
        self._days = Days()

    @singledispatchmethod
    def take_in(self, event: Event, leaf: int) -> None:
        """Most facts move nothing."""

    @take_in.register
    def _opened(self, event: FundOpened, _leaf: int) -> None:
        self._funds[event.originator_id] = (event.organisation, event.kind)
        fund = (event.originator_id, event.organisation, event.name, event.kind)
        self._added["books"].append(fund)

    @take_in.register
    def _period_closed(self, event: PeriodClosed, leaf: int) -> None:
        self._closed[event.organisation] = event.last_day
        self._added["closes"].append(
            (leaf, event.organisation, event.last_day, event.closed_by, event.size, event.timestamp)
        )

    @take_in.register
    def _received(self, event: GiftReceived, leaf: int) -> None:
        self._move(event, leaf, "gift", event.fund, event.originator_id, event.booked)

    @take_in.register
    def _goods_received(self, event: GoodsReceived, leaf: int) -> None:
        for line in event.lines:
            proved = line.value.minor if line.value and line.evidence else None
            self._move(
                event, leaf, "goods", event.fund, event.originator_id, line.quantity, value=proved
            )

    @take_in.register
    def _allocated(self, event: FundsAllocated, leaf: int) -> None:
        source, target, amount = event.originator_id, event.to_fund, event.amount
        moved = allocation_id(source, event.originator_version)
        self._move(event, leaf, "allocation-out", source, moved, amount, counterpart=target)
        self._move(event, leaf, "allocation-in", target, moved, amount, counterpart=source)

    @take_in.register
    def _taken_back(self, event: AllocationTakenBack, leaf: int) -> None:
        moved = allocation_id(event.originator_id, event.allocation)
        first = self._first_leaf(moved)
        self._move(event, leaf, "take-back", event.originator_id, moved, event.amount,
                   counterpart=event.to_fund, corrects=first)  # fmt: skip
        self._correct(event, leaf, "take-back", event.originator_id, moved, event.amount,
                      corrects=first, reason=event.reason, note=event.note,
                      counterpart=event.to_fund)  # fmt: skip

    @take_in.register
    def _given_back(self, event: AllocationGivenBack, leaf: int) -> None:
        moved = allocation_id(event.from_fund, event.allocation)
        self._move(event, leaf, "given-back", event.originator_id, moved, event.amount,
                   counterpart=event.from_fund, corrects=self._first_leaf(moved))  # fmt: skip

    @take_in.register
    def _proposed(self, event: DisbursementProposed, _leaf: int) -> None:
        self._unpaid.add(event.disbursement)

    @take_in.register
    def _paid(self, event: DisbursementPaid, leaf: int) -> None:
        self._unpaid.discard(event.disbursement)
        self._move(event, leaf, "disbursement", event.originator_id, event.disbursement,
                   event.amount, cost_class=self._costs.get(event.disbursement))  # fmt: skip

    @take_in.register
    def _recovered(self, event: DisbursementRecovered, leaf: int) -> None:
        fund, paid = event.originator_id, event.disbursement
        first = self._first_leaf(paid)
        self._move(event, leaf, "recovery", fund, paid, event.amount,
                   cost_class=self._costs.get(paid), corrects=first)  # fmt: skip
        self._correct(event, leaf, "recovery", fund, paid, event.amount, corrects=first,
                      reason=event.reason, note=event.note)  # fmt: skip

    @take_in.register
    def _classified(self, event: CostClassified, leaf: int) -> None:
        paid, fund = event.disbursement, event.originator_id
        was, became = self._costs.get(paid), event.cost_class
        self._costs[paid] = became
        self._classed.add(paid)
        if was == became:
            return
        known = [] if paid in self._unpaid else self._rows_of(paid)
        first = known[0]["leaf"] if known else None
        held = _held(known)
        if held is not None and held.units and not held.unit.startswith(ITEM):
            self._reclass(event, leaf, held, was, first)
        if was is not None:
            self._correct(event, leaf, "classification", fund, paid, held, corrects=first,
                          was=was, became=became)  # fmt: skip

    def _reclass(
        self, event: CostClassified, leaf: int, held: Amount, was: str | None, first: int | None
    ) -> None:
        """Move what a payment cost from one class's account to another's; agency money has none."""
        if self._fund(event.originator_id, event)[1] != "agency":
            accounts = (postings.COSTS[event.cost_class], postings.COSTS[was])
            self._move(event, leaf, "classification", event.originator_id, event.disbursement,
                       held, cost_class=event.cost_class, corrects=first,
                       accounts=accounts)  # fmt: skip

    @take_in.register
    def _returned(self, event: GiftReturned, leaf: int) -> None:
        self._gone(event, leaf, "return", event.reason, None, None)

    @take_in.register
    def _reversed(self, event: GiftReversed, leaf: int) -> None:
        self._gone(event, leaf, "reversal", event.reason, event.note, event.replaced_by)

    def _gone(
        self,
        event: GiftReturned | GiftReversed,
        leaf: int,
        kind: str,
        reason: str,
        note: str | None,
        became: str | None,
    ) -> None:
        known = self._rows_of(event.gift)
        first = known[0]["leaf"] if known else None
        self._move(event, leaf, kind, event.originator_id, event.gift, event.amount,
                   corrects=first, value=_value_gone(known, event.amount))  # fmt: skip
        self._correct(event, leaf, kind, event.originator_id, event.gift, event.amount,
                      corrects=first, reason=reason, note=note, became=became)  # fmt: skip

    @take_in.register
    def _receipt_reversed(self, event: ReceiptReversed, leaf: int) -> None:
        self._void(event, leaf, event.gift, f"{event.red_code} {event.red_number}")

    @take_in.register
    def _red_receipt(self, event: RedReceiptMadeOut, leaf: int) -> None:
        self._void(event, leaf, event.gifts[0], f"{event.red.code} {event.red.number}")

    def _void(
        self, event: ReceiptReversed | RedReceiptMadeOut, leaf: int, gift: str, red: str
    ) -> None:
        """Note that a receipt is void; of an annual one its first gift stands for them all."""
        known = self._rows_of(gift)
        self._correct(
            event, leaf, "receipt-reversal", known[0]["fund"] if known else None,
            f"{event.code} {event.number}", event.amount,
            corrects=known[0]["leaf"] if known else None, reason=event.reason, note=event.note,
            became=red,
        )  # fmt: skip

    @take_in.register
    def _use_changed(self, event: UseChanged, leaf: int) -> None:
        fund, use = event.originator_id, [text for text in (event.purpose, event.place) if text]
        self._correct(event, leaf, "use-change", fund, fund, None, reason=event.ground,
                      note=event.document, became="，".join(use))  # fmt: skip

    def _move(
        self,
        event: Event,
        leaf: int,
        kind: str,
        fund: str,
        what: str,
        amount: Amount,
        *,
        cost_class: str | None = None,
        counterpart: str | None = None,
        corrects: int | None = None,
        value: int | None = None,
        accounts: tuple[str, str] | None = None,
    ) -> None:
        holder, fund_kind = self._fund(fund, event)
        booking = self._book(event, holder)
        form = postings.QUANTITY if amount.unit.startswith(ITEM) else postings.MONEY
        booked = accounts or postings.entry(kind, fund_kind, form, cost_class)
        valued = (
            postings.entry(kind, fund_kind, postings.VALUE) if value is not None else (None,) * 2
        )
        self._last = (leaf, self._last[1] + 1 if self._last[0] == leaf else 0)
        self._days.add((holder, booking.booked_on, fund, kind, amount.unit), amount.units)
        self._added["journal"].append(
            (*self._last, holder, fund, kind, what, amount.unit, amount.units, booking.day,
             booking.booked_on, booking.late, cost_class, counterpart, corrects, *booked, value,
             *valued)
        )  # fmt: skip

    def _correct(
        self,
        event: Event,
        leaf: int,
        kind: str,
        fund: str | None,
        what: str,
        amount: Amount | None,
        *,
        corrects: int | None = None,
        reason: str | None = None,
        note: str | None = None,
        was: str | None = None,
        became: str | None = None,
        counterpart: str | None = None,
    ) -> None:
        booking = self._book(event, event.actor)
        unit, units = (amount.unit, amount.units) if amount else (None, None)
        self._added["corrections"].append(
            (leaf, event.actor, fund, kind, what, unit, units, booking.day, booking.booked_on,
             booking.late, corrects, reason, note, was, became, counterpart)
        )  # fmt: skip

    def _fund(self, fund: str, event: Event) -> tuple[str, str]:
        return self._funds.get(fund, (event.actor, "general"))

    def _book(self, event: Event, holder: str) -> Booking:
        return periods.book(periods.day_of(event), self._closed.get(holder))

    def _rows_of(self, what: str) -> list[dict[str, Any]]:
        """Return the rows on a gift, a disbursement or an allocation, its first one first."""
        self._write_rows()
        query = "SELECT * FROM journal WHERE id = %s ORDER BY leaf, line"
        return self._connection.execute(query, [what]).fetchall()

    def _first_leaf(self, what: str) -> int | None:
        known = self._rows_of(what)
        return known[0]["leaf"] if known else None

    def _write_rows(self) -> None:
        columns = {"books": FUND, "closes": CLOSE, "journal": ROW, "corrections": CORRECTION}
        for table, rows in self._added.items():
            if rows:
                copy_rows(self._connection, table, columns[table], rows)
                rows.clear()

    def write(self) -> None:
        """Write all rows of the batch."""
        self._write_rows()
        self._days.write(self._connection)
        if self._classed:
            classed = sorted(self._classed)
            query = "DELETE FROM costs WHERE disbursement = ANY(%s)"
            self._connection.execute(query, [classed])
            costs = [(one, self._costs[one]) for one in classed]
            copy_rows(self._connection, "costs", ("disbursement", "cost_class"), costs)


def allocation_id(fund: str, number: int) -> str:
    """Name an allocation: the fund that it left, and its number there."""
    return f"{fund}/{number}"


def _held(known: Sequence[dict[str, Any]]) -> Amount | None:
    """Return what a payee still holds of a payment; None if it was not paid."""
    paid = [row for row in known if row["kind"] == "disbursement"]
    if not paid:
        return None
    back = sum(row["amount"] for row in known if row["kind"] == "recovery")
    return amount_of(paid[0]["amount"] - back, paid[0]["unit"])


def _value_gone(known: Sequence[dict[str, Any]], amount: Amount) -> int | None:
    """Return what goods that go back were booked at; all parts together make the whole value."""
    mine = [row for row in known if row["unit"] == amount.unit]
    if not mine or mine[0]["value"] is None:
        return None
    whole, worth = mine[0]["amount"], mine[0]["value"]
    before = sum(row["amount"] for row in mine[1:])
    return int(worth * (before + amount.units) // whole - worth * before // whole)


ON_FUNDS = (
    FundsAllocated
    | AllocationTakenBack
    | AllocationGivenBack
    | CostClassified
    | DisbursementPaid
    | DisbursementRecovered
    | GiftReturned
    | GiftReversed
)


def _load_funds(connection: Connection, events: Sequence[Event]) -> dict[str, tuple[str, str]]:
    """Return holder and kind of the funds that these events speak of."""
    asked: set[str] = set()
    for event in events:
        if isinstance(event, GiftReceived | GoodsReceived):
            asked.add(event.fund)
        elif isinstance(event, ON_FUNDS):
            asked.add(event.originator_id)
        if isinstance(event, FundsAllocated):
            asked.add(event.to_fund)
    query = "SELECT fund, organisation, kind FROM books WHERE fund = ANY(%s)"
    found = connection.execute(query, [sorted(asked)]).fetchall()
    return {row["fund"]: (row["organisation"], row["kind"]) for row in found}


def _load_closed(connection: Connection, organisations: Sequence[str]) -> dict[str, Any]:
    query = (
        "SELECT organisation, max(last_day) AS last_day FROM closes"
        " WHERE organisation = ANY(%s) GROUP BY organisation"
    )
    found = connection.execute(query, [list(organisations)]).fetchall()
    return {row["organisation"]: row["last_day"] for row in found}


def _load_costs(connection: Connection, events: Sequence[Event]) -> dict[str, str]:
    asked = {
        event.disbursement
        for event in events
        if isinstance(event, CostClassified | DisbursementPaid | DisbursementRecovered)
    }
    query = "SELECT * FROM costs WHERE disbursement = ANY(%s)"
    found = connection.execute(query, [sorted(asked)]).fetchall()
    return {row["disbursement"]: row["cost_class"] for row in found}
