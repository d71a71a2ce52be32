"""Says of drafts, in both languages, what their states are called and what was prepared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.desk.choices import CHOICES, Pair
from api.desk.drafting import Looked
from api.desk.forms import fields_of
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
        if field.name in body
    ]


def _value(kind: str, value: object) -> Pair:
    if kind == "tick":
        return YES if value else NO
    said = str(value)
    return CHOICES[said] if kind == "choice" else (said, said)
