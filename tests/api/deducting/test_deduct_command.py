"""`deduct` answers a case with every step, by the rules known that day, or refuses in one line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from api.cli import main
from api.deducting.reference import FOLDER
from tests.conftest import SHARED
from tests.ledger.domain.deduction.given import (
    enterprise_case,
    gift,
    income,
    person_case,
    poverty,
    rule,
)

Json = dict[str, Any]
OWN = Path(__file__).resolve().parents[2] / "vectors" / "deduction-cases.json"
Write = Callable[[object], Path]


def cases_of(path: Path) -> list[Json]:
    found: list[Json] = json.loads(path.read_text(encoding="utf-8"))["cases"]
    return found


def run(*words: object) -> tuple[int, str, str]:
    """Run the command line; return exit code, standard output, standard error."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            code = main([str(word) for word in words])
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return code, out.getvalue(), err.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(case: object) -> Path:
        path = tmp_path / "case.json"
        path.write_text(json.dumps(case, ensure_ascii=False), encoding="utf-8")
        return path

    return written


def answered(path: Path, *words: object) -> Json:
    code, out, err = run("deduct", path, *words, "--json")
    assert (code, err) == (0, "")
    found: Json = json.loads(out)
    return found


def check(case: Json, found: Json) -> None:
    extra = {"steps", "rules"} | ({"by_year"} if "profits" in case else set())
    assert set(found) == set(case["expected"]) | extra
    assert {name: found[name] for name in case["expected"]} == case["expected"]
    assert found.get("by_year") == case["by_year"] if "by_year" in case else True
    for step in found["steps"]:
        assert all(step[name] for name in ("says", "rule", "source"))


@pytest.mark.parametrize("case", cases_of(OWN), ids=lambda case: str(case["id"]))
def test_a_case_worked_by_hand_comes_out(case: Json, write: Write) -> None:
    check(case, answered(write(case)))


@pytest.mark.shared
def test_the_cases_of_the_domain_come_out() -> None:
    path = SHARED / "domain" / "deduction_cases.json"
    if not path.exists():
        pytest.skip("the shared cases do not lie beside the repository")
    code, out, _ = run("deduct", path, "--json")
    assert code == 0
    for case, found in zip(cases_of(path), json.loads(out), strict=True):
        check(case, found)


def test_every_figure_of_an_answer_stands_in_a_step(write: Write) -> None:
    found = answered(write(cases_of(OWN)[0]))
    told = " ".join(step["says"] for step in found["steps"])
    for figure in ("60,000.00", "5,000.00", "55,000.00", "45,000.00", "12 %", "2026"):
        assert figure in told
    assert found["steps"][1]["says"].startswith("2023 年限额：会计利润 500,000.00 元 × 12 %")
    assert "Limit of 2023: accounting profit 500,000.00 x 12 % = 60,000.00" in told


def test_an_answer_can_be_asked_for_as_it_was_known(write: Write) -> None:
    path = write(enterprise_case({2019: "0.00"}, poverty("2019-02-01", "5.00")))
    early, late = (answered(path, "--as-known-on", day) for day in ("2019-04-01", "2019-04-02"))
    assert (early["deductible_full"], late["deductible_full"]) == ("0.00", "5.00")
    assert early["rules"]["as_known_on"] == "2019-04-01"
    assert early["rules"]["digest"] != late["rules"]["digest"]


def test_a_rule_that_is_loaded_later_changes_no_answer_of_before(
    write: Write, tmp_path: Path
) -> None:
    told = json.loads((FOLDER / "deduction_rules.json").read_bytes())
    told["rules"].append(rule("CIT-POV-FULL", "2026-01-01", loaded="2026-12-20"))
    table = tmp_path / "rules.json"
    table.write_text(json.dumps(told), encoding="utf-8")
    path = write(enterprise_case({2026: "0.00"}, poverty("2026-01-01", "5.00")))
    before = answered(path, "--as-known-on", "2026-12-19")
    assert answered(path, "--as-known-on", "2026-12-19", "--rules", table) == before
    after = answered(path, "--as-known-on", "2026-12-20", "--rules", table)
    assert (before["deductible_full"], after["deductible_full"]) == ("0.00", "5.00")


def test_a_bank_slip_waits_until_the_day_that_is_asked_about(write: Write) -> None:
    gifts = [gift("2023-03-10", "5.00", voucher="bank_slip")]
    path = write(person_case([income("comp", "100.00")], gifts, [("a", "comp")]))
    assert answered(path, "--as-known-on", "2023-06-08")["lost"] == "0.00"
    assert answered(path, "--as-known-on", "2023-06-09")["lost"] == "5.00"


def test_people_see_tables_and_nothing_of_a_case_is_markup(write: Write) -> None:
    name = "[red]x[/red]"
    path = write(enterprise_case({2023: "100.00"}, gift("2023-01-01", "20.00", name)))
    code, out, _ = run("deduct", path)
    assert code == 0
    assert name in out
    for shown in ("deductible_total", "纳税调增金额", "合计 total", "CIT-12-CF3"):
        assert shown in out
    path = write(person_case([income(name, "9.00")], [gift("2023-01-01", "2.00")], [("a", name)]))
    code, out, _ = run("deduct", path)
    assert code == 0
    assert name in out


def refused(*words: object) -> str:
    code, out, err = run("deduct", *words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    return err


def test_what_is_no_case_is_refused_in_one_line(write: Write, tmp_path: Path) -> None:
    assert "unknown member 'colour'" in refused(write(enterprise_case({2023: "1"}, colour="red")))
    assert "not JSON" in refused(_broken(tmp_path))
    assert "No such file" in refused(tmp_path / "nowhere.json")
    assert "name a file to read" in refused(tmp_path)
    assert "on 2007-01-01" in refused(write(enterprise_case({2007: "1.00"})))
    path = write(enterprise_case({2023: "1.00"}))
    assert "as known on 1990-01-01" in refused(path, "--as-known-on", "1990-01-01")
    assert "is no day" in refused(path, "--as-known-on", "soon")
    assert "rules: format is missing" in refused(path, "--rules", write({}))


def _broken(folder: Path) -> Path:
    path = folder / "broken.json"
    path.write_bytes(b"")
    return path


def test_a_worksheet_is_written_and_never_over_the_case(write: Write, tmp_path: Path) -> None:
    path = write(enterprise_case({2023: "100.00"}, gift("2023-01-01", "20.00")))
    sheet = tmp_path / "out.xlsx"
    first = answered(path, "--xlsx", sheet)
    content = sheet.read_bytes()
    assert content.startswith(b"PK")
    assert answered(path, "--xlsx", sheet) == first
    assert sheet.read_bytes() == content
    assert "the case itself" in refused(path, "--xlsx", path)
    assert "it is no file" in refused(path, "--xlsx", tmp_path)
    assert "name a file to write" in refused(path, "--xlsx", path / "below.xlsx")


def test_a_worksheet_holds_one_case(write: Write, tmp_path: Path) -> None:
    path = write({"cases": [enterprise_case({2023: "1.00"})] * 2})
    assert "the file has 2; give one case a file" in refused(path, "--xlsx", tmp_path / "out.xlsx")
