"""The shapes of the portal's JSON, for the OpenAPI document and whoever writes a client."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """An object with these fields and no others; amounts are decimal strings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class AsOf(Shape):
    """The stamp of every number: entries of the log taken in, and the time of the last of them."""

    size: int
    time: datetime | None


class BalanceShape(Shape):
    """What a fund received, moved, paid and kept in one unit."""

    fund: str
    unit: str
    received: str
    transferred_in: str
    transferred_out: str
    disbursed: str
    returned: str
    balance: str


class FundShape(Shape):
    """A fund; no balance in `balances` means no movement yet, not zero."""

    fund: str
    organisation: str
    name: str
    kind: str
    purpose: str | None
    place: str | None
    balances: list[BalanceShape]


class FundsShape(Shape):
    """A page of funds, in the order they were opened."""

    as_of: AsOf
    funds: list[FundShape]


class GiftCountShape(Shape):
    """How many gifts came in, and their sum."""

    unit: str
    gifts: int
    amount: str


class PaymentShape(Shape):
    """A payment that was made; a private person is never named."""

    disbursement: str
    payee: str
    amount: str
    unit: str
    purpose: str | None
    place: str | None
    date: date


class StatementShape(FundShape):
    """A fund with its gifts counted and a page of its payments, newest first."""

    as_of: AsOf
    rule: str
    gifts: list[GiftCountShape]
    payments: list[PaymentShape]


class InflowShape(Shape):
    """What was traced; `from` and `to` are smallest units on the fund's axis."""

    gift: str | None = None
    disbursement: str | None = None
    fund: str | None
    start: int | None = Field(alias="from")
    end: int | None = Field(alias="to")
    amount: str
    unit: str


class SegmentShape(Shape):
    """Units `from` to `to` of a gift, paid out through the funds in `via`."""

    start: int = Field(alias="from")
    end: int = Field(alias="to")
    amount: str
    unit: str
    gift: str
    via: list[str]
    disbursement: str
    payee: str
    place: str | None
    date: date | None


class TraceShape(Shape):
    """A gift followed to payments, or a payment back to gifts, with a page of its segments."""

    inflow: InflowShape
    rule: str
    as_of: AsOf
    segments: list[SegmentShape]
    returned: str
    unspent: str


class ViolationShape(Shape):
    """A parameter that was refused, and why."""

    field: str
    reason: str


class ProblemDocument(Shape):
    """A problem (RFC 9457): its stable type, and what was wrong this time."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    violations: list[ViolationShape] = []
