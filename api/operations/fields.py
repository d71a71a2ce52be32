"""The kinds of fields that bodies are made of, as programs send them and as pages ask for them.

A title holds the Chinese and the English words, parted by ` | `.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic.fields import FieldInfo

AMOUNT = r"^[0-9]{1,15}(\.[0-9]{1,2})?$"
ID = r"^[0-9A-Za-z_.:-]{1,100}$"
WORDS_MAX = 500


def titled(zh: str, en: str, **said: Any) -> Any:
    """Describe a field in both languages."""
    return Field(title=f"{zh} | {en}", **said)


def title_of(field: FieldInfo) -> tuple[str, str]:
    """Return a field's Chinese and English words."""
    zh, _, en = (field.title or "").partition(" | ")
    return zh, en


def _given(value: Any) -> Any:
    """Take a box that was left empty as not given."""
    return None if value == "" else value


Amount = Annotated[str, Field(pattern=AMOUNT, examples=["100.00"])]
"""Money in the unit's main units, a decimal string: never a float."""

Words = Annotated[str, Field(min_length=1, max_length=WORDS_MAX)]
Id = Annotated[str, Field(pattern=ID)]
Unit = Annotated[str, Field(min_length=1, max_length=200, examples=["CNY"])]
Day = Annotated[date, Field(examples=["2026-11-22"])]
Digest = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$", json_schema_extra={"format": "sha-256"}),
]
"""The SHA-256 of a document, in hex: the document itself is not kept."""

MaybeAmount = Annotated[Amount | None, BeforeValidator(_given)]
MaybeWords = Annotated[Words | None, BeforeValidator(_given)]
MaybeId = Annotated[Id | None, BeforeValidator(_given)]
MaybeDay = Annotated[Day | None, BeforeValidator(_given)]
MaybeDigest = Annotated[Digest | None, BeforeValidator(_given)]
Count = Annotated[int, Field(ge=1, le=2**53), WithJsonSchema({"type": "integer", "minimum": 1})]
