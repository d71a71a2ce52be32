"""A form made from what an operation is asked with, and what was typed read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from api.desk.choices import CHOICES, Pair
from api.operations.operation import Body

TICKED = "true"
SENTENCES = ("note", "reason", "ground", "what", "outcome")
"""Fields that take a sentence, where they are not chosen from a list."""

KINDS = {"sha-256": "file", "date": "day", "boolean": "tick", "integer": "number"}
"""How a field is filled in, by its format or type in JSON Schema."""

Typed = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A field as a page asks for it: its words, how it is filled in, what stands in it.

    `kind` is "text", "amount", "number", "day", "choice", "tick", "file" or "sentence".
    """

    name: str
    zh: str
    en: str
    kind: str
    required: bool
    value: str
    choices: tuple[tuple[str, Pair], ...] = ()
    error: str = ""


def fields_of(body: type[Body], typed: Typed, errors: Typed) -> list[Field]:
    """Return the fields of a form, with what was typed and what is wrong with it."""
    schema = body.model_json_schema()
    required = schema.get("required", ())
    return [
        _field(name, _flat(said), typed, errors, required=name in required)
        for name, said in schema["properties"].items()
    ]


def _flat(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return a field's schema as it is where the field is given."""
    kinds: list[dict[str, Any]] = said.get("anyOf", [])
    given = next((one for one in kinds if one.get("type") != "null"), {})
    return {**given, **said}


def _field(
    name: str, said: Mapping[str, Any], typed: Typed, errors: Typed, *, required: bool
) -> Field:
    zh, _, en = said["title"].partition(" | ")
    default = said.get("default")
    kind = _kind(name, said)
    return Field(
        name=name,
        zh=zh,
        en=en,
        kind=kind,
        required=required,
        value=typed.get(name, TICKED if default is True else str(default or "")),
        choices=tuple((one, CHOICES[one]) for one in said.get("enum", ())),
        error=errors.get(name, ""),
    )


def _kind(name: str, said: Mapping[str, Any]) -> str:
    if "enum" in said:
        return "choice"
    known = KINDS.get(said.get("format", "")) or KINDS.get(said.get("type", ""))
    if known:
        return known
    if "100.00" in said.get("examples", ()):
        return "amount"
    return "sentence" if name in SENTENCES else "text"


def read(body: type[Body], typed: Typed) -> tuple[Body | None, dict[str, str]]:
    """Return the body that was typed, or what is wrong with each field.

    A box that was left empty is not given; a tick that is not there says no.
    """
    given: dict[str, object] = {}
    for field in fields_of(body, typed, {}):
        if field.kind == "tick":
            given[field.name] = typed.get(field.name) == TICKED
        elif typed.get(field.name):
            given[field.name] = typed[field.name]
    try:
        return body.model_validate(given), {}
    except ValidationError as error:
        return None, {str(one["loc"][0]): str(one["msg"]) for one in error.errors()}
