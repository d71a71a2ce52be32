"""Control totals and statements of account are checked before anything is recorded."""

from __future__ import annotations

from api.wiring import House
from tests.api.importing.conftest import Import

LIST = "捐赠人,金额（元）\n示范公司,5.00\n甲示范厂,7.00\n"
STATEMENT = (
    "交易日期,摘要,借方发生额,贷方发生额,余额,对方户名,流水号\n"
    "2026-10-01,捐款,,100.00,1100.00,示范公司,L1\n"
    "2026-10-02,手续费,10.00,,1090.00,示范银行,L2\n"
    "2026-10-03,捐款,,5.00,1095.00,甲示范厂,L3\n"
)


def test_a_batch_is_recorded_when_count_and_total_are_as_expected(imported: Import) -> None:
    code, report, _ = imported("one.csv", LIST, "--expect-count", 2, "--expect-total", "12.00")
    assert (code, report["recorded"]) == (0, 2)


def test_another_count_than_expected_records_nothing(house: House, imported: Import) -> None:
    size = house.recorder.size()
    code, _, err = imported("one.csv", LIST, "--expect-count", 3)
    assert code == 2
    assert "3 entries are expected, 2 can be read; nothing was recorded" in err
    assert house.recorder.size() == size


def test_another_total_than_expected_records_nothing(house: House, imported: Import) -> None:
    size = house.recorder.size()
    code, _, err = imported("one.csv", LIST, "--expect-total", "CNY:12.01")
    assert code == 2
    assert "12.01 CNY is expected, the entries add up to 12.00 CNY" in err
    assert house.recorder.size() == size


def test_a_total_of_a_currency_that_is_not_there_is_refused(imported: Import) -> None:
    code, _, err = imported("one.csv", LIST, "--expect-total", "USD:1.00")
    assert code == 2
    assert "the entries add up to 0.00 USD" in err


def test_a_statement_whose_balances_add_up_is_recorded(imported: Import) -> None:
    _, report, _ = imported("bank.csv", STATEMENT)
    assert (report["recorded"], report["totals"]) == (2, {"CNY": "105.00"})


def test_a_statement_with_a_line_missing_is_refused_whole(house: House, imported: Import) -> None:
    lines = STATEMENT.splitlines(keepends=True)
    size = house.recorder.size()
    code, _, err = imported("bank.csv", "".join([*lines[:2], *lines[3:]]))
    assert code == 2
    assert "a line is missing or was changed, so nothing was recorded" in err
    assert house.recorder.size() == size


def test_a_broken_statement_is_recorded_when_a_person_insists(imported: Import) -> None:
    lines = STATEMENT.splitlines(keepends=True)
    broken = "".join([*lines[:2], *lines[3:]])
    code, report, _ = imported("bank.csv", broken, "--despite-breaks")
    assert (code, report["recorded"]) == (0, 2)
