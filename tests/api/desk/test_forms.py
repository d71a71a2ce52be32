from __future__ import annotations

import pytest

from api.desk.forms import Field, fields_of, read
from api.operations import OPERATIONS
from api.operations.gifts import GiftInKind, GiftOfMoney
from api.operations.namings import Wish
from api.operations.operation import Operation


def fields(typed: dict[str, str] | None = None) -> dict[str, Field]:
    return {field.name: field for field in fields_of(GiftInKind, typed or {}, {})}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.name)
def test_every_field_of_every_operation_is_named_in_both_languages(operation: Operation) -> None:
    found = fields_of(operation.body, {}, {})
    assert [field.name for field in found] == list(operation.body.model_fields)
    assert all(field.zh and field.en and field.zh != field.en for field in found)


def test_a_field_is_asked_for_in_the_way_of_its_kind() -> None:
    kinds = {name: field.kind for name, field in fields().items()}
    assert kinds["item"] == "text"
    assert kinds["quantity"] == "number"
    assert kinds["value"] == "amount"
    assert kinds["kind"] == "choice"
    assert kinds["evidence"] == "file"
    assert kinds["received_on"] == "day"
    assert kinds["note"] == "sentence"
    assert {f.name: f.kind for f in fields_of(Wish, {}, {})}["publish"] == "tick"


def test_choices_are_said_in_words() -> None:
    assert fields()["kind"].choices[0] == ("goods", ("物资", "Goods"))


def test_what_was_typed_stands_in_the_form_and_else_the_default() -> None:
    assert fields()["kind"].value == "goods"
    assert fields({"kind": "shares", "item": "大米"})["kind"].value == "shares"
    assert fields({"item": "大米"})["item"].value == "大米"


def test_what_must_be_given_is_marked() -> None:
    required = [name for name, field in fields().items() if field.required]
    assert required == ["fund", "item", "quantity", "unit"]


def test_a_box_left_empty_is_not_given() -> None:
    body, errors = read(GiftOfMoney, {"fund": "fund-1", "amount": "1.00", "donor": "", "note": ""})
    assert errors == {}
    assert isinstance(body, GiftOfMoney)
    assert (body.donor, body.unit) == (None, "CNY")


def test_a_tick_that_is_not_there_says_no() -> None:
    typed = {"naming": "naming-1", "wish": "yes", "document": "0" * 64}
    for publish in (True, False):
        body, _ = read(Wish, {**typed, **({"publish": "true"} if publish else {})})
        assert isinstance(body, Wish)
        assert body.publish is publish


def test_each_field_that_is_wrong_is_named() -> None:
    body, errors = read(GiftOfMoney, {"amount": "viel"})
    assert body is None
    assert set(errors) == {"fund", "amount"}
