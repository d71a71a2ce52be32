"""A bulk of receipts killed at any moment, database included, ends with each made out once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import USCC
from tests.soak.test_killed_imports import data, kill_after, run

GIFTS = 2000
MOMENTS_S = (2.0, 4.0, 6.0, 3.0, 5.0, 8.0)
"""When the command is killed; every third time the database server is killed with it."""

__all__ = ["data"]

pytestmark = pytest.mark.soak


def test_a_bulk_of_receipts_killed_six_times_ends_with_every_file_and_no_number_twice(
    data: Path,
    tmp_path: Path,
) -> None:
    listed, out = tmp_path / "名单.csv", tmp_path / "receipts"
    rows = "".join(f"{n},捐赠人{n},{n % 90 + 1}.00,2026-10-01\n" for n in range(1, GIFTS + 1))
    listed.write_text("序号,捐赠人,金额（元）,捐赠日期\n" + rows, encoding="utf-8")
    total = sum(n % 90 + 1 for n in range(1, GIFTS + 1))
    run(data, "charity", "register", USCC, "示范基金会")
    fund = run(data, "fund", "open", "--charity", USCC, "总")["fund"]
    run(data, "book", "allot", USCC, "23050126", 1, GIFTS)
    run(data, "import", listed, "--charity", USCC, "--fund", fund)
    days = ("--from", "2026-10-01", "--to", "2026-10-31")
    command: list[object] = ["receipts", "issue", "--charity", USCC, *days, "--out", out]

    for round_, moment in enumerate(MOMENTS_S):
        kill_after(data, moment, command, server=round_ % 3 == 2)

    run(data, *command)
    again = run(data, *command)
    assert (again["issued"], again["summary"]["printed_again"]) == ([], 0)
    told = run(data, "receipts", "not-issued", "--charity", USCC, *days)["summary"]
    assert told["receipted"]["amount"] == told["all"]["amount"] == {"CNY": f"{total}.00"}
    names = sorted(path.name for path in out.glob("*.pdf"))
    assert names == [f"23050126-{n:010d}.pdf" for n in range(1, GIFTS + 1)]
    assert run(data, "audit")["findings"] == []
