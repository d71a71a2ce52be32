"""The way of a gift as a list of steps: received, receipt, allocated, disbursed, accepted.

Amounts, days and places alone: no donor is named, neither this gift's nor another's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from api.public_house import PublicHouse
from ledger import codec
from ledger.domain.days import day_in_china
from ledger.domain.events import (
    Event,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    GiftReceived,
    GoodsReceived,
)
from projections import fund_page
from projections.fund_page import Outcome
from projections.runner import Position
from projections.trace_queries import Segment, Trace

DONE, OPEN, GONE = "done", "open", "gone"


@dataclass(frozen=True, slots=True)
class Step:
    """A step: its `kind`, its `state` (done, open, gone), its day, so many smallest units of it.

    `what` is a receipt's number, a fund's id, or a payee; `id` the payment's, `proofs` how many
    files prove that it was accepted.
    """

    kind: str
    state: str
    day: date | None = None
    amount: int | None = None
    what: str | None = None
    place: str | None = None
    id: str | None = None
    proofs: int = 0


def steps(
    home: PublicHouse, gift: str, found: Trace, segments: Sequence[Segment], at: Position | None
) -> list[Step]:
    """Return the steps of a gift; of the payments those that these segments were paid by."""
    story = _story(home, gift, found.position)
    ids = list(dict.fromkeys(one.disbursement for one in segments))
    outcomes = fund_page.outcomes(home.runner, ids, at)
    proved = fund_page.evidence(home.runner, outcomes.values())
    return [
        Step("received", DONE, _received(story), found.amount, found.fund),
        _receipt(story),
        *_allocated(segments),
        *_paid(segments, outcomes),
        *_accepted(segments, outcomes, {one: len(files) for one, files in proved.items()}),
        *_back(found),
    ]


def _story(home: PublicHouse, gift: str, position: Position) -> list[Event]:
    """Return the facts of a gift's own stream, as far as its trace has read."""
    origin, rows = home.recorder.origin(), home.recorder.log_of([gift])
    return [codec.read(r.entry, origin)[1] for r in rows if r.entry and r.leaf < position.size]


def _received(story: Sequence[Event]) -> date | None:
    first = story[0]
    return first.received_on if isinstance(first, GiftReceived | GoodsReceived) else None


def _receipt(story: Sequence[Event]) -> Step:
    """Return how it stands with the receipt: the last of what was recorded of it."""
    step = Step("receipt", OPEN)
    for event in story:
        day = day_in_china(event.timestamp)
        match event:
            case GiftReceipted():
                step = Step("receipt", DONE, day, what=f"{event.code} {event.number}")
            case GiftReceiptReversed():
                step = Step("receipt-reversed", GONE, day, what=f"{event.code} {event.number}")
            case GiftReceiptWaived():
                step = Step(f"receipt-{event.reason}", GONE, day)
            case _:
                pass
    return step


def _allocated(segments: Sequence[Segment]) -> Iterator[Step]:
    """Yield what was moved on to other funds before it was paid out, a step a fund."""
    moved: dict[str, int] = defaultdict(int)
    for one in segments:
        for fund in one.via:
            moved[fund] += one.end - one.start
    for fund, amount in moved.items():
        yield Step("allocated", DONE, None, amount, fund)


def _paid(segments: Sequence[Segment], outcomes: dict[str, Outcome]) -> Iterator[Step]:
    if not segments:
        yield Step("disbursed", OPEN)
    for one, amount in _shares(segments).items():
        paid = outcomes[one]
        yield Step("disbursed", DONE, paid.paid_on, amount, paid.payee, paid.place, one)


def _accepted(
    segments: Sequence[Segment], outcomes: dict[str, Outcome], proofs: dict[str, int]
) -> Iterator[Step]:
    """Yield what was found there, a step a payment, and how much nobody has looked at yet."""
    waiting = 0
    for one, amount in _shares(segments).items():
        paid = outcomes[one]
        if paid.accepted_on is None:
            waiting += amount
            continue
        yield Step("accepted", DONE, paid.accepted_on, amount, paid.payee, paid.place, one,
                   proofs[one])  # fmt: skip
    if waiting or not segments:
        yield Step("accepted", OPEN, amount=waiting or None)


def _back(found: Trace) -> Iterator[Step]:
    for kind, amount in (("returned", found.returned), ("reversed", found.reversed)):
        if amount:
            yield Step(kind, GONE, amount=amount)


def _shares(segments: Sequence[Segment]) -> dict[str, int]:
    """Return how much of the gift each payment took, in the order of the gift."""
    shares: dict[str, int] = defaultdict(int)
    for one in segments:
        shares[one.disbursement] += one.end - one.start
    return shares
