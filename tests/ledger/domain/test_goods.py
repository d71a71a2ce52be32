"""Goods: whole numbers of an item, beside money on the same kind of axis."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.goods import (
    LONGEST,
    Item,
    ItemMalformed,
    ItemNamesPerson,
    Quantity,
    QuantityMalformed,
    amount_of,
    item,
    item_of,
)
from ledger.money import MINOR_MAX, Money
from tests.ledger.domain.given import COATS, RICE, UNHURRIED

words = st.text(
    st.characters(categories=["L", "N", "P", "S"], exclude_characters="|"), min_size=1, max_size=20
)


@given(words, st.none() | words, words)
@UNHURRIED
def test_an_item_reads_back_from_its_code(name: str, specification: str | None, unit: str) -> None:
    known = item(name, specification, unit)

    assert item_of(known.code) == known
    assert Quantity(1, known.code).unit == known.code


def test_the_same_words_are_the_same_item_and_other_words_another() -> None:
    assert item("大米", "25kg/袋", "袋").code == RICE == "goods:大米|25kg/袋|袋"
    assert item("棉衣", None, "件").code == COATS == "goods:棉衣||件"
    assert (
        len({RICE, item("大米", "50kg/袋", "袋").code, item("大米", "25kg/袋", "公斤").code}) == 3
    )


def test_a_bar_in_a_name_is_written_wide_so_that_it_parts_nothing() -> None:
    code = item("甲|乙", None, "件").code

    assert code == "goods:甲｜乙||件"
    assert item_of(code) == Item("甲｜乙", None, "件")


@pytest.mark.parametrize(
    ("what", "parts"),
    [
        ("name", ("", None, "件")),
        ("name", (" 棉衣", None, "件")),
        ("name", ("棉\n衣", None, "件")),
        ("name", ("棉\u200b衣", None, "件")),
        ("name", ("衣" * (LONGEST + 1), None, "件")),
        ("specification", ("棉衣", "", "件")),
        ("specification", ("棉衣", "加\u3000厚", "件")),
        ("unit", ("棉衣", None, "")),
        ("unit", ("棉衣", None, "件\t")),
    ],
)
def test_names_specifications_and_units_are_readable(
    what: str, parts: tuple[str, str | None, str]
) -> None:
    with pytest.raises(
        ItemMalformed, match=rf"{what} .* can't name goods: use 1 to {LONGEST} printable"
    ):
        item(*parts)


def test_a_plain_blank_inside_a_name_and_the_longest_name_are_fine() -> None:
    assert item("棉衣 加厚", "衣" * LONGEST, "件").name == "棉衣 加厚"


@pytest.mark.parametrize(
    "code", ["CNY", "goods:棉衣", "goods:棉衣|件", "goods:a|b|c|d", "棉衣||件"]
)
def test_a_code_of_another_form_counts_nothing(code: str) -> None:
    with pytest.raises(ItemMalformed, match=r"code .* can't name goods"):
        Quantity(1, code)


def test_a_code_with_an_unreadable_part_counts_nothing() -> None:
    with pytest.raises(ItemMalformed, match="name '' can't name goods"):
        Quantity(1, "goods:||件")


@pytest.mark.parametrize("count", [MINOR_MAX + 1, -MINOR_MAX - 1])
def test_a_quantity_that_json_cannot_keep_is_refused(count: int) -> None:
    with pytest.raises(QuantityMalformed, match=f"a quantity of {count} can't be counted"):
        Quantity(count, RICE)


def test_a_quantity_is_written_with_its_unit_and_item() -> None:
    assert str(Quantity(12_000, RICE)) == "12000 袋 大米（25kg/袋）"
    assert str(Quantity(3, COATS)) == "3 件 棉衣"
    assert (Quantity(12_000, RICE).grouped(), Quantity(12_000, RICE).units) == ("12,000", 12_000)


def test_units_of_an_axis_are_money_or_goods_by_what_is_counted_on_it() -> None:
    assert amount_of(500, "USD") == Money(500, "USD")
    assert amount_of(500, RICE) == Quantity(500, RICE)


@pytest.mark.parametrize(
    "text", ["口罩 13800138000", "口罩11010519491231002X", "口罩110105194912310029"]
)
def test_an_item_never_holds_a_persons_number(text: str) -> None:
    with pytest.raises(ItemNamesPerson, match="telephone or identity number"):
        item(text, None, "个")
    with pytest.raises(ItemNamesPerson):
        item("口罩", text, "个")


def test_longer_and_shorter_numbers_are_models() -> None:
    assert item("口罩 138001380001", "1234567890", "个").name == "口罩 138001380001"
