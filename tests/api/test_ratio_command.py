"""A year held against both sets of ratios on the command line, without any ledger."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli import main

YEAR: dict[str, Any] = {
    "kind": "foundation", "qualified": True, "income": "1000.00", "net_assets": "9000000.00",
    "charitable_spending": "700.00", "management_cost": "78.00", "total_spending": "780.00",
}  # fmt: skip


def judged(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *words: str, **other: object
) -> tuple[int, Any]:
    (tmp_path / "year.json").write_text(json.dumps(YEAR | other))
    code = main(["eligibility", "ratios", str(tmp_path / "year.json"), *words, "--json"])
    said = capsys.readouterr()
    return code, json.loads(said.out) if said.out else said.err


def test_a_year_is_judged_set_by_set(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, told = judged(tmp_path, capsys, "--on", "2024-12-31")
    assert (code, told["on"], told["kind"]) == (0, "2024-12-31", "foundation")
    assert [one["set"] for one in told["sets"]] == ["eligibility", "supervision"]
    assert told["sets"][0] == {
        "set": "eligibility", "spending_asked": "700.00", "spending_met": True,
        "cost_allowed": "78.00", "cost_met": True, "met": True,
        "source": "公告2020年第27号 art. 4", "from": "2020-01-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("other", "met"),
    [
        ({"charitable_spending": "699.99"}, (False, True)),
        ({"management_cost": "78.01"}, (True, False)),
    ],
)
def test_a_ratio_missed_by_a_fen_ends_with_one(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    other: dict[str, str],
    met: tuple[bool, bool],
) -> None:
    code, told = judged(tmp_path, capsys, "--on", "2024-12-31", **other)
    assert code == 1
    assert [(one["spending_met"], one["cost_met"]) for one in told["sets"]] == [met] * 2


def test_a_set_that_is_older_than_the_day_is_left_out_and_none_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = judged(tmp_path, capsys, "--on", "2000-01-01")
    assert code == 2
    assert "no eligibility or supervision ratio for a foundation on 2000-01-01" in said


@pytest.mark.parametrize(
    ("other", "why"),
    [
        ({"kind": "club"}, "kind"),
        ({"income": 1000}, "income"),
        ({"surplus": "1.00"}, "surplus"),
        ({"average_income": "-1.00"}, "average_income"),
    ],
)
def test_a_year_that_is_none_names_the_member(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], other: dict[str, object], why: str
) -> None:
    code, said = judged(tmp_path, capsys, **other)
    assert (code, said.count("\n")) == (2, 1)
    assert why in said
