"""The way of a gift as a list of steps: received, receipt, allocated, disbursed, accepted.

Amounts, days and places alone, and the donor as the donor wishes to be shown; no other gift.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from api import donor_shown, erasure_marks
from api.donor_shown import NOBODY, Shown
from api.public_house import PublicHouse
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


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of a gift, what marks that its donor's data were erased, how the donor is shown."""

    steps: Sequence[Step]
    erased: dict[str, object] | None
    shown: Shown


def way(
    home: PublicHouse, gift: str, found: Trace, segments: Sequence[Segment], at: Position | None
) -> Way:
    """Return the way of a gift; of the payments those that these segments were paid by.

    Its donor is shown as is wished now, and on no page of the past.
    """
    ids = list(dict.fromkeys(one.disbursement for one in segments))
    outcomes = fund_page.outcomes(home.runner, ids, at)
    size = found.position.size
    told = home.runner.stream(gift)
    story = [event for leaf, event in told if leaf < size]
    known = [event for leaf, event in told if at is None or leaf < size]
    erased = erasure_marks.mark_of(home, known, at.size if at else None)
    shown = NOBODY if at else donor_shown.shown_in(home, gift, known)
    return Way(_steps(found, story, segments, outcomes), erased, shown)


def _steps(
    found: Trace,
    story: Sequence[Event],
    segments: Sequence[Segment],
    outcomes: dict[str, Outcome],
) -> list[Step]:
    return [
        Step("received", DONE, _received(story), found.amount, found.fund),
        _receipt(story),
        *_allocated(segments),
        *_paid(segments, outcomes),
        *_accepted(segments, outcomes),
        *_back(found),
    ]


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


def _accepted(segments: Sequence[Segment], outcomes: dict[str, Outcome]) -> Iterator[Step]:
    """Yield what was found there, a step a payment, and how much nobody has looked at yet."""
    waiting = 0
    for one, amount in _shares(segments).items():
        paid = outcomes[one]
        if paid.accepted_on is None:
            waiting += amount
            continue
        yield Step("accepted", DONE, paid.accepted_on, amount, paid.payee, paid.place, one,
                   len(paid.evidence))  # fmt: skip
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
