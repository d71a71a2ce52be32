"""What the ledgers behind the browser's portals hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from api import demo, importing, status_export
from api.importing import Order
from api.receipt_desk import IssuedReceipt, ReceiptDesk
from api.wiring import House
from ledger.store.log_folder import STATUS_LIST
from projections import gift_index
from receipts.status import DAYS_GOOD
from tests.conftest import SHARED, USCC
from tests.houses import general_fund, register

CASH = SHARED / "data" / "red-cross-2020" / "cash"
GIFTS = (
    "gongshi-06-1_0122-0128.xlsx",
    "gongshi-08-1_0130.xlsx",
    "gongshi-11-1_0202.xlsx",
)
FUND = "扶贫济困资金"
ISSUED_ON = date(2026, 11, 21)
FEW = 5
"""Receipts made out over the real lists."""


def sample(house: House, place: Path) -> None:
    """Do what the demonstration does."""
    demo.run(house, place)


def real(house: House, place: Path) -> None:
    """Import real lists of gifts and payments, and make out some receipts."""
    register(house)
    order = Order(charity=USCC, fund=general_fund(house, name=FUND))
    for name in (*GIFTS, "outflows.csv"):
        file = importing.open_file(CASH / name, order)
        importing.record(house, file, order, lambda _: None)
    house.ledger.organisations.grant_eligibility(
        USCC, date(2020, 1, 1), date(2022, 12, 31), "公告示例1号", 3
    )
    house.ledger.organisations.allot_numbers(USCC, "23050126", 1, 100)
    house.publish()
    gifts = gift_index.gifts_between(house.runner, USCC, date(2020, 1, 1), date(2020, 12, 31))
    issue(house, gifts[:FEW], place / "receipts")


def issue(house: House, gifts: Sequence[str], folder: Path) -> list[IssuedReceipt]:
    """Make out receipts for gifts, and publish them with the list of their states."""
    desk = ReceiptDesk(house, USCC, folder, ISSUED_ON)
    outcomes = list(desk.issue(gifts, lambda _: None))
    listed = status_export.export(house, ISSUED_ON, DAYS_GOOD)
    house.log.replace(STATUS_LIST, listed.data)
    house.publish()
    return [one for one in outcomes if isinstance(one, IssuedReceipt)]
