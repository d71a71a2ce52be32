"""Turns rows as they were read into what the ledger's commands are given."""

from __future__ import annotations

from api.importing.orders import Order, Row
from api.imports.donors import read_donors
from api.imports.goods_rows import GoodsRow
from api.imports.rows import MoneyRow
from ledger.application import PayOut, ReceiveGift, ReceiveGoods
from ledger.domain.events import GoodsLine
from ledger.domain.goods import Quantity, item
from ledger.domain.values import PLACE, Source


def said_by(row: Row, kind: str, period: str) -> tuple[str, ...]:
    """Return what a row says, whatever its place, number or format in the list."""
    day = row.date.isoformat() if row.date and row.date_basis == "row" else period
    return tuple(text or "" for text in (kind, *_said(row, "" if row.serial else day)))


def _said(row: Row, day: str) -> tuple[str | None, ...]:
    if isinstance(row, MoneyRow):
        return (str(row.amount), day, row.party, row.purpose, row.note, row.place)
    counted, value = row.counted, str(row.value or "")
    told = (row.party, row.recipient, row.purpose, row.note, row.place)
    return (row.item, row.specification, counted.written, counted.unit, value, day, *told)


def gift(row: Row, source: Source, order: Order) -> ReceiveGift | ReceiveGoods:
    """Describe a gift of money or of goods."""
    return _money(row, source, order) if isinstance(row, MoneyRow) else _goods(row, source, order)


def _basis(row: Row, order: Order) -> str:
    given = order.date_given is not None and row.date_basis == "sheet"
    return "given" if given else row.date_basis


def _money(row: MoneyRow, source: Source, order: Order) -> ReceiveGift:
    named = read_donors(row.party or "", row.amount)
    return ReceiveGift(
        amount=row.amount,
        donor=named.donor,
        received_on=row.date,
        date_basis=_basis(row, order),
        exchange=order.exchanges.get(row.amount.currency),
        note="; ".join(t for t in (row.purpose, row.note) if t) or None,
        conduit=named.conduit,
        shares=named.shares,
        source=source,
    )


def _goods(row: GoodsRow, source: Source, order: Order) -> ReceiveGoods:
    line = GoodsLine(
        quantity=_quantity(row),
        written=row.counted.written,
        conversion=row.counted.conversion,
        value=row.value,
        basis="none",
        evidence=None,
    )
    told = (row.recipient and f"流向 {row.recipient}", row.purpose, row.note)
    return ReceiveGoods(
        lines=[line],
        donor=row.party,
        received_on=row.date,
        date_basis=_basis(row, order),
        note="; ".join(t for t in told if t) or None,
        source=source,
    )


def _quantity(row: GoodsRow) -> Quantity:
    counted = row.counted
    return Quantity(counted.count, item(row.item, row.specification, counted.unit).code)


def payment(row: Row, source: Source, order: Order) -> PayOut:
    """Describe a payment or an issue of goods; a place that is no code goes to the vault."""
    code = row.place if row.place and PLACE.fullmatch(row.place) else None
    told = (row.purpose, row.note, None if code else row.place)
    return PayOut(
        payee=row.party or "",
        amount=row.amount if isinstance(row, MoneyRow) else _quantity(row),
        paid_on=row.date,
        purpose="; ".join(t for t in told if t) or None,
        place=code,
        cost_class=order.cost_class,
        source=source,
    )
