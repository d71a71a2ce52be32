"""Files of an import are all checked first, and not all kept in memory until they are recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.importing import Order, lists
from api.importing.checks import check_totals
from api.importing.lists import FileChanged, Lists
from ledger.money import Money
from tests.conftest import USCC

ORDER = Order(charity=USCC, fund="fund-1")


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Write three lists of two gifts each."""
    made = [tmp_path / f"{name}.csv" for name in ("one", "two", "three")]
    for number, path in enumerate(made, 1):
        path.write_text(f"捐赠人,金额（元）\n示范公司,{number}.00\n甲示范厂,7.00\n", "utf-8")
    return made


def test_few_rows_are_read_once(paths: list[Path]) -> None:
    files = Lists(paths, ORDER)
    first = list(files)
    assert all(one is two for one, two in zip(first, files, strict=True))


def test_many_rows_are_let_go_and_read_again(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "HELD_ROWS", 3)
    files = Lists(paths, ORDER)
    first, again = list(files), list(files)
    assert [one is two for one, two in zip(first, again, strict=True)] == [True, False, False]
    assert first == again


def test_a_file_changed_before_it_is_recorded_is_refused(
    paths: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "HELD_ROWS", 0)
    files = Lists(paths, ORDER)
    assert check_totals(files, 6, {"CNY": Money.parse("27.00", "CNY")}) == 6
    paths[1].write_text("捐赠人,金额（元）\n示范公司,2.01\n甲示范厂,7.00\n", "utf-8")
    coming = iter(files)
    assert next(coming).path == paths[0]
    with pytest.raises(FileChanged, match=r"two\.csv: it was changed while it was imported"):
        next(coming)
