"""How long a law keeps a record: the longest period that binds its holder, from the year's end."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.retention import (
    CHARITY,
    CLAIM,
    PAYMENT,
    PERIODS,
    RECEIPT,
    TAX_BUREAU,
    keeping,
    source_of,
)


@pytest.mark.parametrize("record", [RECEIPT, PAYMENT])
@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 12, 31)])
def test_a_voucher_of_a_charity_is_kept_thirty_years_from_the_end_of_its_year(
    record: str, day: date
) -> None:
    kept = keeping(record, CHARITY, day)
    assert kept is not None
    assert (kept.until, kept.rule) == (date(2056, 12, 31), "voucher-30")
    assert "第79号" in kept.source


@pytest.mark.parametrize(
    ("day", "rule", "until"),
    [
        (date(2015, 12, 31), "voucher-15", date(2030, 12, 31)),
        (date(2016, 1, 1), "voucher-30", date(2046, 12, 31)),
        (date(1998, 12, 31), "stub-5", date(2003, 12, 31)),
    ],
)
def test_the_rule_of_the_records_own_day_goes(day: date, rule: str, until: date) -> None:
    kept = keeping(RECEIPT, CHARITY, day)
    assert kept is not None
    assert (kept.rule, kept.until) == (rule, until)


def test_the_tax_bureau_keeps_a_deduction_ten_years() -> None:
    kept = keeping(CLAIM, TAX_BUREAU, date(2027, 5, 1))
    assert kept is not None
    assert (kept.until, kept.rule) == (date(2037, 12, 31), "taxpayer-10-bureau")


@pytest.mark.parametrize(
    ("record", "holder", "day"),
    [
        ("gift", CHARITY, date(2026, 1, 1)),
        (CLAIM, CHARITY, date(2026, 1, 1)),
        (PAYMENT, CHARITY, date(1998, 12, 31)),
    ],
)
def test_what_no_law_asks_its_holder_to_keep_is_kept_by_none(
    record: str, holder: str, day: date
) -> None:
    assert keeping(record, holder, day) is None


def test_a_period_ends_with_the_calendar_at_the_latest() -> None:
    kept = keeping(RECEIPT, CHARITY, date(9990, 1, 1))
    assert kept is not None
    assert kept.until == date.max


def test_every_rule_says_what_it_rests_on() -> None:
    assert all(source_of(period.id) == period.source for period in PERIODS)
    assert source_of("a rule of old") == "a rule of old"
