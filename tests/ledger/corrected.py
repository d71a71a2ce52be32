"""Corrections, goods and bound funds as commands ask for them, for tests through a database."""

from __future__ import annotations

from datetime import date

from api.wiring import House
from ledger import codec
from ledger.application import Correction, PayOut, ReceiveGoods, Settlement
from ledger.domain.axis import Axis
from ledger.domain.events import Event, GoodsLine
from ledger.domain.goods import Quantity, item
from ledger.money import Money
from projections.trace_queries import Balance, balances
from tests.houses import GIFT_DAY

CODE = "23050126"
DOCUMENT = "ab" * 32
"""A SHA-256, in form."""

MASKS = item("医用口罩", "KN95", "个").code
GOWNS = item("防护服", None, "套").code


def why(reason: str = "refund", note: str = "项目取消") -> Correction:
    """Give a reason for a correction."""
    return Correction(reason=reason, note=note, decided_by="reviewer")


def settling(*codes: str, replace: bool) -> Settlement:
    """Ask for a red receipt, with `replace` for a new one too."""
    return Settlement(codes=codes or (CODE,), on=date(2026, 12, 1), replace=replace)


def line(count: int, item_code: str = MASKS, value: str | None = None) -> GoodsLine:
    """Describe a line of goods; one with a value has an invoice for it."""
    return GoodsLine(
        quantity=Quantity(count, item_code), written=str(count), conversion=None,
        value=Money.parse(value) if value else None, basis="invoice" if value else "none",
        evidence=DOCUMENT if value else None,
    )  # fmt: skip


def goods(*lines: GoodsLine, donor: str | None = "示范制衣有限公司") -> ReceiveGoods:
    """Describe a gift in kind."""
    return ReceiveGoods(lines=lines, donor=donor, received_on=GIFT_DAY, date_basis="row")


def issued(count: int, item_code: str = MASKS, payee: str = "示范县人民医院") -> PayOut:
    """Describe goods that were issued from stock."""
    return PayOut(payee=payee, amount=Quantity(count, item_code), paid_on=date(2026, 11, 1))


def events_of(house: House, topic: str) -> list[Event]:
    """Return the events of a topic, in log order."""
    rows = house.recorder.log(0, house.recorder.size())
    origin = house.recorder.origin()
    return [codec.read(r.entry, origin)[1] for r in rows if r.entry and r.topic == topic]


def topics_after(house: House, size: int) -> list[str | None]:
    """Return the topics of the entries from a log size on."""
    return [row.topic for row in house.recorder.log(size, house.recorder.size())]


def balance_of(house: House, fund: str, unit: str = "CNY") -> Balance:
    """Return the balance of a fund in one unit."""
    house.runner.catch_up()
    (found,) = [b for b in balances(house.runner, fund)[0] if b.unit == unit]
    return found


def axis_of(house: House, fund: str, unit: str = "CNY") -> Axis:
    """Return how far outflows have taken from a fund, as its stream tells."""
    return house.ledger.streams.fund(fund).axis(unit)
