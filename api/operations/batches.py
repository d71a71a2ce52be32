"""The operation on a batch: gifts of money that were counted first, recorded together or not."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from api.operations.fields import Amount, Id, MaybeDay, MaybeWords, titled
from api.operations.operation import Body, Operation, Request
from ledger.application import ReceiveGift
from ledger.domain import events as facts
from ledger.domain.control_totals import ControlTotals
from ledger.money import Money

ROWS_MAX = 500
"""So many gifts are recorded in one batch."""

Counted = Annotated[int, Field(ge=1, le=ROWS_MAX, examples=[1])]


class BatchedGift(Body):
    """A gift of a batch, in yuan."""

    received_on: MaybeDay = titled("到账日期", "Day received", default=None)
    donor: MaybeWords = titled("捐赠人（空：待认领）", "Donor (empty: in suspense)", default=None)
    amount: Amount = titled("金额（元）", "Amount (yuan)")
    note: MaybeWords = titled("备注（不公开）", "Note (not public)", default=None)


class GiftBatch(Body):
    """Gifts of money into one fund, and how many and how much they were counted to be."""

    fund: Id = titled("资金", "Fund")
    count: Counted = titled("应有笔数", "Gifts expected")
    total: Amount = titled("应有金额（元）", "Amount expected (yuan)")
    gifts: Annotated[list[BatchedGift], Field(min_length=1, max_length=ROWS_MAX)] = titled(
        "各笔捐款", "The gifts"
    )


def receive_batch(request: Request, body: GiftBatch) -> None:
    """Record a batch of gifts, all or none; refused unless number and sum are those expected."""
    request.house.ledger.gifts.receive_batch(
        request.charity,
        body.fund,
        [_received(one) for one in body.gifts],
        ControlTotals(body.count, Money.parse(body.total)),
    )


def _received(one: BatchedGift) -> ReceiveGift:
    return ReceiveGift(
        amount=Money.parse(one.amount),
        donor=one.donor,
        received_on=one.received_on,
        date_basis="given" if one.received_on else "none",
        note=one.note,
    )


OPERATIONS = (
    Operation("gifts", "receive-batch", "成批登记捐款", "Key in a batch of gifts",
              facts.GiftReceived, GiftBatch, receive_batch),
)  # fmt: skip
