"""The OpenAPI document is understood by a stranger: words on all of it, examples that hold."""

from __future__ import annotations

from typing import Any, cast

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from pydantic import ValidationError

from api.app import create_app
from api.openapi import contents, operations
from api.openapi_examples import example_of
from api.operations import OPERATIONS
from api.operations.operation import Operation
from api.public_house import PublicHouse
from tests.api.portal import Broken


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """Return the document; it takes no ledger."""
    return create_app(cast("PublicHouse", Broken())).openapi()


def examples(document: dict[str, Any]) -> list[tuple[str, dict[str, Any], Any]]:
    """Return each example with the schema that it is of."""
    return [
        (str(operation["operationId"]), told["schema"], told["example"])
        for operation in operations(document)
        for content in contents(operation)
        for told in content.values()
        if "example" in told
    ]


def test_every_example_meets_its_schema(document: dict[str, Any]) -> None:
    found = examples(document)
    components = {"components": document["components"]}

    assert len(found) > 100
    for name, schema, example in found:
        checked = Draft202012Validator({**schema, **components}, format_checker=FormatChecker())
        wrong = [error.message for error in checked.iter_errors(example)]
        assert not wrong, f"{name}: {wrong}"


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_the_example_of_a_body_is_taken_by_its_operation(
    document: dict[str, Any], operation: Operation
) -> None:
    told = document["paths"][operation.path]["post"]["requestBody"]["content"]
    example = told["application/json"]["example"]
    try:
        operation.body.model_validate(example)
    except ValidationError as error:
        pytest.fail(f"{example}: {error}")


def test_every_body_and_every_json_answer_has_an_example(document: dict[str, Any]) -> None:
    without = [
        operation["operationId"]
        for operation in operations(document)
        for content in contents(operation)
        if (told := content.get("application/json"))
        and told.get("schema")
        and "example" not in told
    ]
    assert not without


def test_every_operation_parameter_and_shape_is_described(document: dict[str, Any]) -> None:
    for operation in operations(document):
        assert len(operation["description"]) > 10, operation["operationId"]
        for parameter in operation.get("parameters", ()):
            assert parameter["description"], (operation["operationId"], parameter["name"])
    for name, shape in document["components"]["schemas"].items():
        assert shape.get("description"), name


@pytest.mark.parametrize(
    ("schema", "example"),
    [
        ({"type": "null"}, None),
        ({"anyOf": [{"type": "null"}]}, None),
        ({"const": 7}, 7),
        ({"type": "integer", "minimum": 4}, 4),
        ({"type": "string", "minLength": 2, "maxLength": 2, "pattern": "^x+$"}, "xx"),
        ({"type": "object", "additionalProperties": {"type": "boolean"}}, {"name": False}),
        ({"type": "object"}, {}),
    ],
)
def test_an_example_is_made_for_each_kind_of_schema(schema: dict[str, Any], example: Any) -> None:
    assert example_of(schema, {}) == example


def test_a_shape_that_holds_itself_comes_to_an_end() -> None:
    known = {
        "List": {"type": "array", "items": {"$ref": "#/components/schemas/List"}},
        "Tree": {
            "type": "object",
            "properties": {"left": {"anyOf": [{"$ref": "#/Tree"}, {"type": "null"}]}},
        },
    }
    for name in known:
        Draft202012Validator({"type": ["object", "array"]}).validate(
            example_of({"$ref": f"#/{name}"}, known)
        )
