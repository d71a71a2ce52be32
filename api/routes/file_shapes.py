"""The shapes of the files of open data, where they are had as JSON."""

from __future__ import annotations

from pydantic import Field

from api.routes.public_shapes import FundRow, GiftRowShape, PaymentRowShape
from api.routes.shapes import AsOf, BalanceShape, Shape


class FileShape(Shape):
    """What stands before the rows: as of when, the address of their schema, the rule of traces."""

    as_of: AsOf
    described_by: str = Field(alias="schema")
    rule: str


class FundsFile(FileShape):
    """All funds, a row for each fund and unit."""

    funds: list[FundRow]


class GiftsFile(FileShape):
    """All gifts of a fund, a row for each gift and unit; `balances` are the fund's totals."""

    fund: str
    name: str
    balances: list[BalanceShape]
    gifts: list[GiftRowShape]


class PaymentsFile(FileShape):
    """All payments of a fund, the newest first; `balances` are the fund's totals."""

    fund: str
    name: str
    balances: list[BalanceShape]
    payments: list[PaymentRowShape]
