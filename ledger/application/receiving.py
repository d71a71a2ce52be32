"""Describes a gift that came in as facts, names and notes sealed; commands record them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from ledger.application.batch import Batch, digests
from ledger.application.counting import name_conduit, state_shares
from ledger.application.desk import Desk
from ledger.application.requests import ReceiveGift, ReceiveGoods
from ledger.domain import credits as gift_credits
from ledger.domain import funds, gifts, gifts_in_kind
from ledger.domain.events import GiftReceived, GoodsReceived
from ledger.domain.funds import Fund
from ledger.domain.values import Party

Received = ReceiveGift | ReceiveGoods
LARGE_SUM = 10**11


def receive(
    desk: Desk, fund: Fund, organisation: str, received: Received, batch: Batch
) -> GiftReceived | GoodsReceived:
    """Add a gift to a batch, with its openings and its row; return its first fact."""
    gift = f"gift-{desk.random_id()}"
    source = desk.vault.masked(received.source)
    names = [desk.sealer.opening("name", received.donor)] if received.donor else []
    notes = [desk.sealer.opening("note", received.note)] if received.note else []
    donor = Party(id=desk.random_id(), sealed=digests(names)) if names else None
    event: GiftReceived | GoodsReceived
    beside = Batch()
    if isinstance(received, ReceiveGift):
        event = gifts.receive(
            gift, fund, organisation, received.amount, received.exchange, donor,
            received.received_on, received.date_basis, source, digests(notes), desk.now(),
        )  # fmt: skip
        if received.conduit or received.shares:
            _say_whose(desk, event, received, beside)
    else:
        event = gifts_in_kind.receive(
            gift, fund, organisation, received.kind, "donor", received.lines, donor,
            received.received_on, received.date_basis, source, digests(notes), desk.now(),
        )  # fmt: skip
    batch.events.append(event)
    batch.openings += desk.sealer.rows([*names, *notes], event)
    batch.keep_source(received.source, organisation, gift)
    batch.absorb(beside)
    return event


def _say_whose(desk: Desk, event: GiftReceived, received: ReceiveGift, batch: Batch) -> None:
    """Add who passed a gift on and what each of its joint donors gave, if somebody said so.

    A body that raises gifts itself, and names no donor, passes on what it has counted.
    """
    gift = gift_credits.counted([event])
    if received.conduit:
        before = received.donor is None and gift_credits.raises_gifts(received.conduit)
        gift = name_conduit(desk, gift, received.conduit, batch, counted_before=before)
    if received.shares:
        state_shares(desk, gift, received.shares, batch)


def check_room(desk: Desk, fund: Fund, came: Sequence[GiftReceived | GoodsReceived]) -> None:
    """Refuse a sum that can't be counted; small sums would need ages to get there."""
    sums: Counter[str] = Counter()
    for event in came:
        if isinstance(event, GiftReceived):
            sums[event.booked.currency] += event.booked.minor
        else:
            sums.update({line.quantity.item: line.quantity.count for line in event.lines})
    for unit, more in sums.items():
        if more > LARGE_SUM:
            funds.check_room(fund.id, desk.inflows, unit, more)
