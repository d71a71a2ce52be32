"""Batches as spreadsheets: rows as typed, those to be put right, what was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from api.desk.batch_rows import ReadBatch, both
from api.desk.choices import Pair
from api.jobs.sheets import write_text
from api.languages import Say
from ledger.domain.events import Event, GiftReceived

CELLS: tuple[Pair, ...] = (
    ("到账日期", "Day received"),
    ("捐赠人", "Donor"),
    ("金额（元）", "Amount (yuan)"),
    ("备注", "Note"),
)
"""What the cells of a row are called, in their order."""

PLACE: Pair = ("行", "Row")
REASON: Pair = ("原因", "Reason")
RECORDED: tuple[Pair, ...] = (PLACE, ("捐赠编号", "Gift"), CELLS[0], CELLS[2])


def keyed(batch: ReadBatch, say: Say) -> bytes:
    """Return the rows of a batch as they were typed."""
    rows = ([str(one.place), *one.row.cells] for one in batch.rows)
    return _sheet(say, ("批次", "Batch"), (PLACE, *CELLS), rows)


def wrong(batch: ReadBatch, say: Say) -> bytes:
    """Return the rows that can't be recorded, each with the reasons."""
    rows = (
        [str(one.place), *one.row.cells, "; ".join(say(*both(why)) for why in one.errors.values())]
        for one in batch.wrong
    )
    return _sheet(say, ("退回", "Handed back"), (PLACE, *CELLS, REASON), rows)


def recorded(events: Iterable[Event], say: Say) -> bytes:
    """Return what was recorded of a batch: gifts by their ids, without names."""
    gifts = (event for event in events if isinstance(event, GiftReceived))
    rows = (
        [str(place), one.originator_id, str(one.received_on or ""), one.amount.decimal()]
        for place, one in enumerate(gifts, 1)
    )
    return _sheet(say, ("批次", "Batch"), RECORDED, rows)


def _sheet(say: Say, title: Pair, heads: Sequence[Pair], rows: Iterable[Sequence[str]]) -> bytes:
    content = BytesIO()
    write_text(content, say(*title), [say(*head) for head in heads], rows)
    return content.getvalue()
