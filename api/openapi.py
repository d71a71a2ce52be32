"""Completes the OpenAPI document: an example for each body and answer, a word on each parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from api.openapi_examples import example_of
from api.openapi_words import PARAMETERS

JSON = ("application/json", "application/problem+json")
Described = dict[str, Any]
HEADERS = {
    "Link": {
        "description": 'the next page of a list, rel="next" (RFC 8288); the last has none',
        "schema": {"type": "string"},
    },
    "ETag": {
        "description": "send it as If-None-Match: 304 if the answer is still the same",
        "schema": {"type": "string"},
    },
    "Ledger-As-Of": {
        "description": "entries of the log taken in, and the time of the last of them",
        "schema": {"type": "string"},
    },
}


def complete(document: Described) -> Described:
    """Add what can be said of every operation alike; return the document."""
    schemas = document["components"]["schemas"]
    for operation in operations(document):
        for parameter in operation.get("parameters", ()):
            if "description" not in parameter and parameter["name"] in PARAMETERS:
                parameter["description"] = PARAMETERS[parameter["name"]]
        for content in contents(operation):
            _illustrate(content, schemas)
    for path in document["paths"].values():
        if "get" in path and "200" in path["get"]["responses"]:
            _head(path["get"])
    return document


def _head(read: Described) -> None:
    """Tell which headers the answer of a read has, by what it can be asked with."""
    asked = {one["name"] for one in read.get("parameters", ())}
    told = {
        "Link": bool(asked & {"limit"}),
        "ETag": bool(asked & {"as_of"}),
        "Ledger-As-Of": bool(asked & {"as_of"}),
    }
    headers = {name: HEADERS[name] for name, there in told.items() if there}
    if headers:
        read["responses"]["200"].setdefault("headers", headers)


def operations(document: Described) -> Iterator[Described]:
    """Yield every operation."""
    for path in document["paths"].values():
        yield from path.values()


def contents(operation: Described) -> Iterator[Described]:
    """Yield the contents of its body and of its answers, by media type."""
    yield operation.get("requestBody", {}).get("content", {})
    for status, answer in operation["responses"].items():
        if str(status).startswith("2"):
            yield answer.get("content", {})


def _illustrate(content: Described, schemas: Mapping[str, Any]) -> None:
    for media in JSON:
        told = content.get(media, {})
        if told.get("schema") and "example" not in told:
            told["example"] = example_of(told["schema"], schemas)
