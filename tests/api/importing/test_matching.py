"""Rows that may be a gift from another list are pointed out, and a person decides."""

from __future__ import annotations

import pytest

from api.importing import recording
from api.wiring import House
from projections import gift_index
from projections.runner import Runner
from tests.api.importing.conftest import Import
from tests.invariants import check_house

HEAD = "捐赠人,金额（元）,捐赠日期\n"
ONE = f"{HEAD}示范公司,5.00,2026-10-01\n甲示范厂,7.00,2026-10-01\n"
TWO = f"{HEAD}示范公司,5.00,2026-10-01\n乙示范厂,9.00,2026-10-01\n"


def test_a_row_like_a_gift_from_another_list_is_recorded_and_pointed_out(
    house: House, imported: Import
) -> None:
    imported("one.csv", ONE)
    code, report, _ = imported("two.csv", TWO)
    assert (code, report["recorded"], report["rows"]) == (0, 2, 2)
    (unclear,) = report["unclear"]
    assert (unclear["row"], unclear["held"]) == (2, False)
    assert unclear["gift"].startswith("gift-")
    check_house(house)


def test_a_held_row_waits_and_is_recorded_once_a_person_says_so(imported: Import) -> None:
    imported("one.csv", ONE)
    code, report, _ = imported("two.csv", TWO, "--unclear", "hold")
    assert (code, report["recorded"], report["rows"]) == (1, 1, 2)
    sheet = report["unclear"][0]["sheet"]
    decided = ("--unclear", "hold", "--record-row", f"{sheet}!2")
    code, report, _ = imported("two.csv", TWO, *decided)
    assert (code, report["recorded"], report["already"], report["unclear"]) == (0, 1, 1, [])
    code, report, _ = imported("two.csv", TWO)
    assert (code, report["recorded"], report["already"]) == (0, 0, 2)


def test_a_skipped_row_counts_as_known_and_is_not_recorded(imported: Import) -> None:
    imported("one.csv", ONE)
    code, report, _ = imported("two.csv", TWO, "--unclear", "skip")
    assert (code, report["recorded"], report["already"]) == (0, 1, 1)


def test_equal_rows_of_one_list_are_gifts_of_their_own(imported: Import) -> None:
    same = f"{HEAD}示范公司,5.00,2026-10-01\n示范公司,5.00,2026-10-01\n"
    code, report, _ = imported("one.csv", same, "--unclear", "hold")
    assert (code, report["recorded"], report["unclear"]) == (0, 2, [])


def test_a_masked_name_names_nobody(imported: Import) -> None:
    masked = ONE.replace("示范公司", "王**")
    imported("one.csv", masked)
    _, report, _ = imported("two.csv", TWO.replace("示范公司", "王**"), "--unclear", "hold")
    assert (report["recorded"], report["unclear"]) == (2, [])


def test_another_day_or_amount_is_another_gift(imported: Import) -> None:
    imported("one.csv", ONE)
    other = TWO.replace("5.00,2026-10-01", "5.00,2026-10-02")
    assert imported("two.csv", other, "--unclear", "hold")[1]["unclear"] == []
    more = TWO.replace("示范公司,5.00", "示范公司,5.01").replace("乙示范厂", "丙示范厂")
    assert imported("three.csv", more, "--unclear", "hold")[1]["unclear"] == []


def test_a_transaction_number_settles_which_gift_a_row_is(imported: Import) -> None:
    imported("one.csv", ONE)
    numbered = "交易单号,捐赠人,金额（元）,捐赠日期\nA1,示范公司,5.00,2026-10-01\n"
    code, report, _ = imported("two.csv", numbered, "--unclear", "hold")
    assert (code, report["recorded"], report["unclear"]) == (0, 1, [])


def test_a_preview_says_of_each_row_what_it_is_and_records_nothing(
    house: House, imported: Import
) -> None:
    imported("one.csv", ONE)
    size = house.recorder.size()
    shown = f"{TWO}丙示范厂,abc,2026-10-01\n"
    code, report, _ = imported("two.csv", shown, "--preview")
    assert code == 0
    assert report["counts"] == {"unclear": 1, "new": 1, "refused": 1}
    assert [row["status"] for row in report["rows"]] == ["unclear", "new", "refused"]
    assert house.recorder.size() == size
    assert imported("one.csv", ONE, "--preview")[1]["counts"] == {"known": 2}


def test_a_list_that_is_like_no_other_does_not_bring_the_index_of_gifts_up_to_it(
    imported: Import, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(Runner, "follow", lambda _, view: asked.append(view))
    same = f"{HEAD}示范公司,5.00,2026-10-01\n示范公司,5.00,2026-10-01\n"
    monkeypatch.setattr(recording, "BATCH", 1)
    _, report, _ = imported("one.csv", same)
    assert (report["recorded"], asked) == (2, [])
    imported("two.csv", TWO)
    assert asked == [gift_index.GIFT_INDEX]
