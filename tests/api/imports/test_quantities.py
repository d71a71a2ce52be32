from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.imports.cells import Cell, CellUnreadable
from api.imports.quantities import COUNT_MAX, UNSTATED, counted_in, read_counted


def counted(*cells: Cell) -> tuple[int, str]:
    found = read_counted(*cells)  # type: ignore[arg-type]  # cells of one row of the test
    return found.count, found.unit


def refusal(*cells: Cell) -> str:
    with pytest.raises(CellUnreadable) as caught:
        read_counted(*cells)  # type: ignore[arg-type]  # cells of one row of the test
    return str(caught.value)


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ((15.0, "箱"), (15, "箱")),
        (("198箱",), (198, "箱")),
        (("\u00a012000 支\u200b",), (12_000, "支")),
        (("1,000 只",), (1000, "只")),
        (("１，０００只",), (1000, "只")),
        (("8400人份",), (8400, "人份")),
        (("'15", "箱"), (15, "箱")),
        (("5", "千斤顶"), (5, "千斤顶")),
        (("5千斤顶",), (5, "千斤顶")),
        (("5箱", "箱"), (5, "箱")),
        (("共5箱",), (5, "箱")),
        (("一批",), (1, "批")),
        (("两箱",), (2, "箱")),
        (("三千只",), (3000, "只")),
        ((8.0, "/"), (8, UNSTATED)),
        ((8.0, "0.5g/支"), (8, "0.5g/支")),
        ((1e12, "个"), (COUNT_MAX, "个")),
    ],
)
def test_a_quantity_is_a_whole_number_of_its_unit(
    cells: tuple[Cell, ...], found: tuple[int, str]
) -> None:
    assert counted(*cells) == found


@pytest.mark.parametrize(
    ("cells", "found", "conversion"),
    [
        ((2.5, "吨"), (2_500_000, "克"), "1 吨 = 1000000 克"),
        (("50KG", "公斤"), (50_000, "克"), "1 KG = 1000 克"),
        (("3千克",), (3000, "克"), "1 千克 = 1000 克"),
        ((3.0, "斤"), (1500, "克"), "1 斤 = 500 克"),
        ((500.0, "g"), (500, "克"), None),
        ((0.1 + 0.2, "kg"), (300, "克"), "1 kg = 1000 克"),
        (("1.5L",), (1500, "毫升"), "1 L = 1000 毫升"),
        (("2万吨",), (20_000_000_000, "克"), "1 万吨 = 10000000000 克"),
        ((3.0, "打"), (36, "个"), "1 打 = 12 个"),
        ((3.0, "打", "12双/打"), (36, "双"), "1 打 = 12 双 (list states it)"),
        (("13.5万盒",), (135_000, "盒"), "1 万盒 = 10000 盒"),
        (("5", "万只"), (50_000, "只"), "1 万只 = 10000 只"),
        (("5万", "只"), (50_000, "只"), "1 万只 = 10000 只"),
    ],
)
def test_weights_volumes_dozens_and_ten_thousands_are_converted_and_it_is_told(
    cells: tuple[Cell, ...], found: tuple[int, str], conversion: str | None
) -> None:
    assert counted(*cells) == found
    assert read_counted(*cells).conversion == conversion  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("cells", "found"),
    [
        ((5.0, "箱", "200个/箱"), (1000, "个")),
        ((15.0, "箱", "12瓶/箱"), (180, "瓶")),
        ((15.0, "件", "FFP2，480只/件"), (7200, "只")),
        (("2箱（200个/箱）",), (400, "个")),
        (("2.5箱（200个/箱）",), (500, "个")),
        ((2.0, "箱（20盒/箱）"), (40, "盒")),
        ((2.0, "箱", "每箱20盒"), (40, "盒")),
        ((2.0, "箱", "1箱=20盒"), (40, "盒")),
        ((2.0, "箱", "10盒/箱，10支/盒"), (20, "盒")),
        ((2.0, "箱", "2.5L/瓶，6瓶 / 箱"), (12, "瓶")),
        ((2.0, "箱", "1.2万只/箱"), (24_000, "只")),
        (("1万箱", "", "20盒/箱"), (200_000, "盒")),
    ],
)
def test_a_packing_the_row_states_for_the_unit_counted_is_used(
    cells: tuple[Cell, ...], found: tuple[int, str]
) -> None:
    assert counted(*cells) == found
    conversion = read_counted(*cells).conversion  # type: ignore[arg-type]  # as above
    assert "(list states it)" in str(conversion)


@pytest.mark.parametrize(
    "specification",
    [
        "50箱（*1000）", "80箱*100", "348瓶/箱，324瓶/箱", "2、5KG/箱", "30只*80盒/箱",
        "500g*30瓶/箱",
        "700/箱", "200个/盒", "5小箱，12个/箱", "200元/箱", "3层/箱", "25kg/箱", "12箱/箱",
        "0个/箱",
        "0.5个/箱", "100盒/箱(4瓶装)", "约200个/箱", "20盒/箱 每箱30盒",
    ],
)  # fmt: skip
def test_a_packing_that_could_mean_two_things_leaves_the_unit_as_it_is(specification: str) -> None:
    found = read_counted(3.0, "箱", specification)
    assert (found.count, found.unit, found.conversion) == (3, "箱", None)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("",), "没有数量"),
        (("/", "箱"), "没有数量"),
        ((2.5, "箱"), "数量不是整数"),
        ((0.5, "克"), "数量不是整数"),
        (("0.0005公斤",), "数量不是整数"),
        ((0, "个"), "数量为零"),
        (("-5箱",), "数量为负数"),
        ((-5.0, "箱"), "数量为负数"),
        ((1e300, "个"), "数量太大"),
        (("9" * 40,), "数量太大"),
        ((1e12 + 1, "个"), "数量太大"),
        ((float("nan"),), "数量不是数字"),
        ((float("inf"), "个"), "数量不是数字"),
        ((True, "个"), "数量栏里不是数"),
        ((date(2020, 1, 30), "个"), "数量栏里不是数"),
        (("#REF!", "个"), "数量写法不清"),
        (("10-20箱",), "数量写法不清"),
        (("1/2箱",), "数量写法不清"),
        (("1.2.3",), "数量写法不清"),
        (("1400瓶60箱",), "数量写法不清"),
        (("80盒/件",), "数量写法不清"),
        (("三十五箱",), "数量写法不清"),
        (("200余只",), "数量不是确数"),
        (("若干",), "数量写法不清"),
        (("100元",), "数量栏里是金额"),
        (("5" + "箱" * 30,), "数量写法不清"),
        (("5箱", "个"), "数量里的单位与计量单位栏不一致"),
        (("5万", "万只"), "数量里的单位与计量单位栏不一致"),
        ((5.0, "2"), "计量单位栏里不是单位"),
        ((5.0, "箱)("), "计量单位写法不清"),
        ((5.0, True), "计量单位栏里不是单位"),
    ],
)
def test_what_is_no_certain_number_of_whole_units_is_refused(
    cells: tuple[Cell, ...], reason: str
) -> None:
    assert refusal(*cells).startswith(reason)


def test_what_was_written_is_kept() -> None:
    assert read_counted("198箱").written == "198箱"
    assert read_counted(2.5, "吨").written == "2.5 吨"


@pytest.mark.parametrize(
    ("line", "item", "found"),
    [
        ("莲花清瘟胶囊（24粒装）13.5万盒", "莲花清瘟胶囊（24粒装）", (135_000, "盒")),
        ("口罩（N95型、一次性口罩）5万只", "口罩（N95型、一次性口罩）", (50_000, "只")),
        ("N95口罩36000个", "N95口罩", (36_000, "个")),
        ("大米 2.5吨", "大米", (2_500_000, "克")),
        ("口罩共1,000只。", "口罩", (1000, "只")),
        ("KN95口罩×500个", "KN95口罩", (500, "个")),
        ("手套100片装20盒", "手套100片装", (20, "盒")),
        ("手套【（大、小）】20盒", "手套【（大、小）】", (20, "盒")),
    ],
)
def test_the_one_quantity_at_the_end_of_a_line_is_taken_off(
    line: str, item: str, found: tuple[int, str]
) -> None:
    name, quantity = counted_in(line)
    assert (name, quantity.count, quantity.unit) == (item, *found)


@pytest.mark.parametrize(
    "line",
    [
        "双黄连口服液", "消毒液1400瓶60箱", "口罩5万只、消毒液1000瓶", "口罩、手套各100个",
        "口罩（5万只）",
        "大米2.5箱", "HM-250只", "0.25*50片", "5万只", "口罩约500个", "护目镜98个，手套198副",
        "第3批",
        "N95口罩9132", "0个口罩0个",
    ],
)  # fmt: skip
def test_a_line_with_several_things_or_no_clear_quantity_is_one_batch(line: str) -> None:
    name, quantity = counted_in(line)
    assert (name, quantity.count, quantity.unit) == (line, 1, "批")
    assert quantity.written == line


PIECES = st.sampled_from(
    ["5", "2.5", "万", "箱", "个", "/", "（", "）", "*", "吨", "kg", "-", ",", " ", "每", "0", "一",
     "1e9", "千", "装", "、", "元", "约", "\u200b"]
)  # fmt: skip
TEXTS = st.one_of(st.lists(PIECES, max_size=7).map("".join), st.text(max_size=8))
CELLS = st.one_of(TEXTS, st.floats(), st.integers(), st.booleans(), st.dates())


@given(CELLS, CELLS, TEXTS)
def test_whatever_the_cells_hold_a_count_is_at_least_one_or_refused_in_a_sentence(
    quantity: Cell, unit: Cell, specification: str
) -> None:
    try:
        found = read_counted(quantity, unit, specification)
    except CellUnreadable as error:
        assert "\n" not in str(error)  # noqa: PT017 either outcome is allowed
        return
    assert 1 <= found.count <= COUNT_MAX
    assert isinstance(found.count, int)
    assert found.unit
    assert found.written


@given(st.integers(1, 10**9), st.sampled_from(["箱", "只", "人份", "瓶"]))
def test_a_number_and_its_unit_are_the_same_in_one_cell_and_in_two(number: int, unit: str) -> None:
    together = [counted(f"{number}{unit}"), counted(f"{number:,} {unit}")]
    assert [*together, counted(float(number), unit)] == [(number, unit)] * 3


@given(TEXTS)
def test_a_line_of_any_text_counts_at_least_one(line: str) -> None:
    name, quantity = counted_in(line)
    assert quantity.count >= 1
    assert name in line
