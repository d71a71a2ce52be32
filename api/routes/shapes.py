"""The shapes of the portal's JSON, for the OpenAPI document and whoever writes a client."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field


class Shape(BaseModel):
    """An object with these fields and no others; amounts are decimal strings."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class ConsistencyShape(Shape):
    """The proof (RFC 9162 2.1.4) that the tree of `to` entries begins with that of `from`.

    `hashes` are base64; `checkpoint` is the signed note of size `to`, the newest one when asked.
    """

    start: int = Field(alias="from")
    end: int = Field(alias="to")
    hashes: list[str]
    checkpoint: str


class AsOf(Shape):
    """The stamp of every number: entries of the log taken in, and the time of the last of them.

    An answer that was asked for as of a published size brings the signed `checkpoint` of that
    size, and the proof that the newest one extends it.
    """

    size: int
    time: datetime | None
    checkpoint: str | None = None
    consistency: ConsistencyShape | None = None


class BalanceShape(Shape):
    """What a fund received, moved, paid and kept in one unit.

    `received` is without the gifts that were mistakes (`reversed`), `disbursed` without what
    payees gave back (`recovered`).
    """

    fund: str
    unit: str
    received: str
    transferred_in: str
    transferred_out: str
    disbursed: str
    returned: str
    balance: str
    reversed: str
    recovered: str


class FundShape(Shape):
    """A fund; no balance in `balances` means no movement yet, not zero."""

    fund: str
    organisation: str
    name: str
    kind: str
    purpose: str | None
    place: str | None
    basis: str | None
    plan: str | None
    first_day: date | None
    last_day: date | None
    brand: str | None
    recipient: str | None
    closed: str | None
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
    """A payment that was made; a private person is never named. `recovered` of it came back."""

    disbursement: str
    payee: str
    amount: str
    recovered: str
    unit: str
    purpose: str | None
    place: str | None
    accepted_on: date | None
    cost_class: str | None
    date: date | None


class UseShape(Shape):
    """A purpose or place added to a fund's own, and the consent or filing that allows it."""

    purpose: str | None
    place: str | None
    ground: str
    document: str


class CorrectionShape(Shape):
    """Something that was put right: what, why in a typed reason, and a note for the public."""

    leaf: int
    kind: str
    id: str
    corrects: int | None
    amount: str | None
    unit: str | None
    day: date
    reason: str | None
    note: str | None
    words: str


class StatementShape(FundShape):
    """A fund with its gifts counted and a page of its payments, newest first."""

    as_of: AsOf
    rule: str
    gifts: list[GiftCountShape]
    uses: list[UseShape]
    corrections: list[CorrectionShape]
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


class ErasedShape(Shape):
    """That personal data of a gift was erased: `fields` of its sealed fields, when and why."""

    words: str
    fields: int
    of: int
    erased_on: date
    ground: str


class TraceShape(Shape):
    """A gift followed to payments, or a payment back to gifts, with a page of its segments."""

    inflow: InflowShape
    rule: str
    as_of: AsOf
    segments: list[SegmentShape]
    returned: str
    reversed: str
    unspent: str
    erased: ErasedShape | None = None


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


class StepShape(Shape):
    """One step of a check; what was not `asked` needs the receipt's file."""

    check: int
    step: str
    ok: bool
    asked: bool
    says: str


class ListedAsOf(Shape):
    """Which state of the log a status list shows, and until when it is good."""

    day: date
    size: int
    valid_until: date
    stale: bool


class CheckShape(Shape):
    """What is known of a receipt; `not_found` says only that this ledger issued none such."""

    result: str
    steps: list[StepShape]
    receipt: dict[str, str]
    as_of: ListedAsOf
