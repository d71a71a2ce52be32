"""Says of drafts, in both languages, what their states are called and what was prepared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.desk.choices import CHOICES, Pair
from api.desk.drafting import Looked
from api.desk.forms import fields_of
from api.operations.batches import BatchedGift
from api.operations.fields import title_of
from ledger.store.drafts import EXPIRED, RECORDED, REFUSED, WAITING, WITHDRAWN

STATES: Mapping[str, Pair] = {
    WAITING: ("待复核", "Waiting"),
    RECORDED: ("已记入账本", "Recorded"),
    REFUSED: ("未通过", "Refused"),
    WITHDRAWN: ("已撤回", "Withdrawn"),
    EXPIRED: ("已过期", "Expired"),
}
YES, NO = ("是", "Yes"), ("否", "No")


@dataclass(frozen=True, slots=True)
class Line:
    """A field of what was prepared: what it is called, and what stands in it."""

    words: Pair
    value: Pair


def lines(looked: Looked) -> list[Line]:
    """Return what was prepared, field by field, without those that were left empty."""
    body = looked.body or {}
    return [
        Line((field.zh, field.en), _value(field.kind, body[field.name]))
        for field in fields_of(looked.operation.body, {}, {})
        if field.name in body and not isinstance(body[field.name], list)
    ]


@dataclass(frozen=True, slots=True)
class Part:
    """What was prepared in several: what they are called, a heading for each cell, the rows."""

    words: Pair
    heads: tuple[Pair, ...]
    rows: tuple[tuple[str, ...], ...]


def parts(looked: Looked) -> list[Part]:
    """Return what was prepared as a table for each field that holds several of a kind."""
    body = looked.body or {}
    words = {one.name: (one.zh, one.en) for one in fields_of(looked.operation.body, {}, {})}
    return [_part(words[name], rows) for name, rows in body.items() if isinstance(rows, list)]


def _part(words: Pair, rows: list[Any]) -> Part:
    """Lay several of a kind out as a table; a cell that none of them fills has no column."""
    known = [name for name in BatchedGift.model_fields if any(name in row for row in rows)]
    heads = tuple(title_of(BatchedGift.model_fields[name]) for name in known)
    cells = tuple(tuple(str(row.get(name, "")) for name in known) for row in rows)
    return Part(words, heads, cells)


def _value(kind: str, value: object) -> Pair:
    if kind == "tick":
        return YES if value else NO
    said = str(value)
    return CHOICES[said] if kind == "choice" else (said, said)
