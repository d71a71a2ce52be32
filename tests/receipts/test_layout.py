"""Every text on a receipt stands whole inside its own place, however long it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from receipts.layout import (
    HEIGHT_MM,
    LEADING,
    POINT_MM,
    QR_BOX,
    WIDTH_MM,
    Box,
    Run,
    Style,
    TextDoesNotFit,
    fit,
    lay_out,
)
from receipts.page import Page
from receipts.typeface import advance as _advance
from tests.receipts.pages import (
    ANNUAL,
    GIFTS,
    GOODS,
    JOINT,
    LATIN,
    LONG,
    MEMBERS,
    PAGES,
    RED,
    SHORT,
)

WIDE = Box(10, 10, 40, 12)


def texts(page: Page) -> dict[Box, list[Run]]:
    places: dict[Box, list[Run]] = {}
    for run in lay_out(page, _advance).runs:
        places.setdefault(run.box, []).append(run)
    return places


def overlap(one: Box, two: Box) -> bool:
    across = min(one.left + one.width, two.left + two.width) - max(one.left, two.left)
    down = min(one.top + one.height, two.top + two.height) - max(one.top, two.top)
    return across > 1e-6 and down > 1e-6


def assert_inside(run: Run, box: Box) -> None:
    em = run.size * POINT_MM
    assert run.left >= box.left - 1e-6
    assert run.left + _advance(run.text) * em <= box.left + box.width + 1e-6
    assert run.baseline - 0.88 * em >= box.top
    assert run.baseline + 0.12 * em <= box.top + box.height


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_no_text_leaves_its_place_and_no_two_places_overlap(page: Page) -> None:
    places = texts(page)
    height = lay_out(page, _advance).height

    for box, runs in places.items():
        assert not overlap(box, QR_BOX)
        assert 0 <= box.left < box.left + box.width <= WIDTH_MM - 10 + 1e-6
        assert 0 <= box.top < box.top + box.height <= height - 5
        for run in runs:
            assert_inside(run, box)
    for one, two in combinations(places, 2):
        assert not overlap(one, two), (places[one], places[two])


@pytest.mark.parametrize("page", [LONG, LATIN], ids=["long", "latin"])
def test_long_names_and_remarks_are_printed_whole(page: Page) -> None:
    found = ["".join(run.text for run in runs).replace(" ", "") for runs in texts(page).values()]

    for wanted in (page.payer, page.remark, page.recipient, page.fund, page.amount_in_words,
                   page.amount_in_figures, page.eligibility, page.proof):  # fmt: skip
        assert wanted.replace(" ", "") in found


def printed(page: Page) -> str:
    runs = lay_out(page, _advance).runs
    return "".join(run.text for run in runs).replace(" ", "")


def test_a_receipt_for_money_has_one_line_and_the_usual_height() -> None:
    sheet = lay_out(SHORT, _advance)

    assert abs(sheet.height - HEIGHT_MM) < 1e-9
    assert (sheet.red, sheet.watermark) == (False, "样张 SPECIMEN")


def test_each_line_of_goods_is_printed_with_unit_quantity_standard_and_amount() -> None:
    text = printed(GOODS)

    assert "0502方便面（红烧牛肉味）箱19824桶/箱11,880.00" in text
    assert "0502二手课桌椅套60捐赠金额" in text
    assert "91330000MA0000000X" in text
    assert "某省某县（520000）" in text


def test_the_days_of_an_annual_receipts_gifts_are_printed_in_a_column() -> None:
    text = printed(ANNUAL)

    assert "受赠日期Received" in text
    assert "05012026-01-01货币捐赠元1100.00" in text
    assert "其余" not in text


def test_of_more_lines_than_forty_the_last_row_tells_number_and_sum_of_the_rest() -> None:
    forty, more = replace(ANNUAL, lines=GIFTS[:40]), replace(ANNUAL, lines=GIFTS[:41])

    assert "其余" not in printed(forty)
    assert "其余2笔，明细见附件2furtherlines,listedintheattachment200.79" in printed(more)
    assert lay_out(more, _advance).height == lay_out(forty, _advance).height


def test_members_are_listed_with_their_amounts_up_to_sixty() -> None:
    sixty, more = replace(JOINT, members=MEMBERS[:60]), replace(JOINT, members=MEMBERS)

    assert "赵某0¥100.00" in printed(sixty)
    assert "赵某59¥100.59" in printed(sixty)
    assert "赵某0" not in printed(more)
    assert "61人，名单见附件(listintheattachment)" in printed(more)


def test_a_red_receipt_names_what_it_reverses_and_is_below_zero_in_words_and_figures() -> None:
    text = printed(RED)

    assert "（红字·副本·样张）" in text
    assert "本红字票据冲销票据990501260000000041" in text
    assert "（负数）人民币壹万捌仟捌佰元零伍角整" in text
    assert "¥-18,800.50" in text
    assert lay_out(RED, _advance).red


def test_a_replacing_receipt_names_what_it_replaces() -> None:
    text = printed(replace(SHORT, replaces="99050126 0000000041"))

    assert "冲销并替代票据990501260000000041cancelsandreplacesNo." in text


def test_the_code_on_a_red_receipt_is_captioned_as_that_of_the_one_it_reverses() -> None:
    assert "原票据，扫码查验Scan:theonereversed" in printed(RED)
    assert "扫码查验Scantoverify" in printed(SHORT)
    assert "原票据" not in printed(SHORT)


def test_a_void_or_exchanged_receipt_says_so_in_its_heading_and_across_the_page() -> None:
    void = replace(SHORT, specimen=False, copy=True, void=True)
    exchanged = replace(SHORT, exchanged=True)

    assert "公益事业捐赠票据（副本·已冲红）" in printed(void)
    assert lay_out(void, _advance).watermark == "副本已冲红 COPY VOID"
    assert "（样张·已换开纸质票据）" in printed(exchanged)
    assert "EXCHANGED" in lay_out(exchanged, _advance).watermark


@pytest.mark.parametrize(
    ("until", "says"),
    [
        (date(2026, 3, 1), "2026年3月1日"),
        (date(2026, 12, 31), "2026年3月1日至12月31日"),
        (date(2027, 1, 2), "2026年3月1日至2027年1月2日"),
    ],
)
def test_a_receipt_for_gifts_of_several_days_says_from_when_to_when(until: date, says: str) -> None:
    assert f"受赠日期Receivedon{says}经手人" in printed(replace(SHORT, gift_until=until))


def test_sponsorship_official_number_and_reason_for_holding_are_told() -> None:
    text = printed(JOINT)

    assert "赞助部分不在本票据金额内：¥20,000.00" in text
    assert "财政电子票据320501240000012345" in text
    assert "捐赠人匿名，票据留存备查" in text


def test_an_amount_in_figures_is_one_line_and_shrinks() -> None:
    huge = replace(LATIN, original=None)

    (run,) = next(runs for runs in texts(huge).values() if runs[0].text.startswith("¥"))
    assert run.text == "¥9,007,199,254,740.91"


def test_a_short_text_keeps_the_largest_size_in_the_middle_of_its_place() -> None:
    (run,) = fit("壹", WIDE, Style(10), _advance)

    assert run.size == 10
    assert run.left == WIDE.left
    assert abs(run.baseline - 0.37 * run.size * POINT_MM - 16) < 1e-9


def test_a_centred_text_has_as_much_room_left_as_right() -> None:
    (run,) = fit("壹贰", WIDE, Style(10, align=0.5), _advance)

    assert abs(run.left + 10 * POINT_MM - 30) < 1e-9


def test_lines_break_between_ideographs_but_never_before_a_closing_mark() -> None:
    runs = fit(
        "壹贰叁肆伍陆柒捌玖拾，壹贰叁", Box(0, 0, 10.05 * 10 * POINT_MM, 20), Style(10), _advance
    )

    assert [run.text for run in runs] == ["壹贰叁肆伍陆柒捌玖", "拾，壹贰叁"]
    assert abs(runs[1].baseline - runs[0].baseline - LEADING * 10 * POINT_MM) < 1e-9


def test_words_stay_whole_and_lose_the_space_at_a_line_s_end() -> None:
    runs = fit("Rural Schools Fund", Box(0, 0, 25, 20), Style(10), _advance)

    assert [run.text for run in runs] == ["Rural Schools", "Fund"]


def test_a_word_wider_than_a_line_is_taken_apart() -> None:
    runs = fit("W" * 40, WIDE, Style(10), _advance)

    assert len(runs) > 1
    assert "".join(run.text for run in runs) == "W" * 40


def test_an_empty_text_prints_nothing() -> None:
    assert fit("", WIDE, Style(10), _advance) == []


def test_a_text_too_long_at_any_size_is_refused_and_not_cut() -> None:
    with pytest.raises(TextDoesNotFit, match=r"^900 characters do not fit .* shorten '捐捐"):
        lay_out(replace(SHORT, payer="捐" * 900), _advance)


@settings(max_examples=60, deadline=None)
@given(st.text("捐赠 Wi，（）“”。-1", max_size=160), st.floats(20, 90), st.floats(3, 20))
def test_a_text_fits_whole_or_is_refused(text: str, width: float, height: float) -> None:
    box = Box(5, 5, width, height)
    try:
        runs = fit(text, box, Style(12), _advance)
    except TextDoesNotFit:
        return
    for run in runs:
        assert_inside(run, box)
    assert "".join(run.text for run in runs).replace(" ", "") == text.replace(" ", "")
