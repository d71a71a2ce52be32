"""Examples for the OpenAPI document, made from its own schemas, so that none can disagree with one.

What a property is called picks a value that reads like the real one; where that value does not
meet the schema, the schema's own examples, default or choices are taken.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from api.openapi_words import ANY, FORMATS, NUMBERS, PATTERNS, SUMS, TEXTS, USUAL

Schema = Mapping[str, Any]
DEEP = 12
"""Schemas within schemas; what refers to itself ends here."""


def example_of(schema: Schema, known: Mapping[str, Schema], name: str = "", deep: int = 0) -> Any:
    """Return a value that meets a schema; `known` are the components that it refers to."""
    if "$ref" in schema:
        found = known[schema["$ref"].rpartition("/")[2]]
        return example_of(found, known, name, deep + 1)
    for given in ("examples", "enum"):
        if schema.get(given):
            return schema[given][0]
    if "const" in schema:
        return schema["const"]
    if "anyOf" in schema:
        return _first_of(schema, known, name, deep)
    return _of_type(schema, known, name, deep)


def _first_of(schema: Schema, known: Mapping[str, Schema], name: str, deep: int) -> Any:
    """Take the first choice that is not null."""
    choices = [one for one in schema["anyOf"] if one.get("type") != "null"]
    return example_of(choices[0], known, name, deep) if choices and deep < DEEP else None


def _of_type(schema: Schema, known: Mapping[str, Schema], name: str, deep: int) -> Any:
    match schema.get("type"):
        case "object":
            return _object(schema, known, name, deep)
        case "array":
            items = schema.get("items", {})
            return [] if deep >= DEEP else [example_of(items, known, name, deep + 1)]
        case "string":
            return _text(schema, name)
        case "integer" | "number":
            return schema.get("default", max(schema.get("minimum", 1), NUMBERS.get(name, 1)))
        case "boolean":
            return bool(schema.get("default", False))
        case _:
            return None


def _object(schema: Schema, known: Mapping[str, Schema], name: str, deep: int) -> Any:
    told = {
        each: example_of(said, known, each, deep + 1)
        for each, said in schema.get("properties", {}).items()
        if each in USUAL or not _left_out(schema, each)
    }
    more = schema.get("additionalProperties")
    if not told and isinstance(more, Mapping):
        return {"CNY" if name == "totals" else "name": example_of(more, known, name, deep + 1)}
    return told


def _left_out(schema: Schema, name: str) -> bool:
    """Tell whether a property is there only in cases of its own: it may be missing, and is then."""
    kinds = [one.get("type") for one in schema["properties"][name].get("anyOf", ())]
    return name not in schema.get("required", ()) and "null" in kinds


def _text(schema: Schema, name: str) -> str:
    """Return a text: the one for its name if it meets the schema, else one that does."""
    offered = (
        "100.00" if name in SUMS else TEXTS.get(name), PATTERNS.get(schema.get("pattern", "")),
        FORMATS.get(schema.get("format", "")), schema.get("default"), ANY,
        *TEXTS.values(),
    )  # fmt: skip
    fits = (one for one in offered if one is not None and _meets(schema, one))
    return next(fits, "x" * int(schema.get("minLength", 1)))


def _meets(schema: Schema, text: str) -> bool:
    if not schema.get("minLength", 0) <= len(text) <= schema.get("maxLength", len(text)):
        return False
    if "format" in schema and schema["format"] in FORMATS:
        return text == FORMATS[schema["format"]]
    return bool(re.search(schema.get("pattern", ""), text))
