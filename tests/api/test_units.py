"""Amounts, days and times as people write them, in each language."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from api.times import day_words, time_words
from api.units import is_goods, large, unit_name

RICE = "goods:东北大米||克"


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (999_999, ""),
        (1_000_000, "1.00"),
        (36_263_887_300, "约 36,263.89"),
        (274_140_000, "274.14"),
        (1_004_999, "约 1.00"),
        (1_005_000, "约 1.01"),
        (99_999_999_99, "约 10,000.00"),
        (-2_500_000, "-2.50"),
        (0, ""),
    ],
)
def test_above_ten_thousand_yuan_an_amount_is_also_told_in_them(fen: int, said: str) -> None:
    assert large(fen, "CNY") == said


def test_only_yuan_are_told_in_ten_thousands() -> None:
    assert large(10**9, "USD") == large(10**9, RICE) == ""


def test_a_unit_has_a_name_in_each_language() -> None:
    assert [unit_name("CNY", lang) for lang in ("zh", "en")] == ["元", "CNY"]
    assert [unit_name("USD", lang) for lang in ("zh", "en")] == ["USD", "USD"]
    assert unit_name(RICE, "en") == "东北大米 克"
    assert (is_goods(RICE), is_goods("CNY")) == (True, False)


def test_days_and_times_are_written_as_people_there_write_them() -> None:
    at = datetime(2026, 12, 31, 16, 5, 9, tzinfo=UTC)

    assert day_words(date(2026, 11, 2), "zh") == "2026年11月2日"
    assert day_words(date(2026, 11, 2), "en") == "2 Nov 2026"
    assert time_words(at, "zh") == "2027年1月1日 00:05:09"
    assert time_words(at, "en") == "1 Jan 2027 00:05:09"
    assert [day_words(None, "en"), time_words(None, "zh")] == ["—", "—"]
