"""The report of the benchmarks: what was promised beside what was found, and nothing made up."""

from __future__ import annotations

import importlib
import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BENCHMARKS = ROOT / "benchmarks"
SCRIPTS = sorted(each.name for each in BENCHMARKS.glob("*.py") if "parse_args" in each.read_text())
BULK, SIGNED = "gifts recorded in bulk, 2,000 a commit", "raw COPY, and as many signatures"


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("report")


def told(folder: Path, results: str, found: object) -> None:
    (folder / results).write_text(json.dumps(found))


def described() -> dict[str, str]:
    """Return the scripts in the table of the page, each with the file that it writes."""
    page = (ROOT / "docs" / "benchmarks.md").read_text()
    row = r"^\| `benchmarks/(\w+\.py)` \|.*\| `(\w+\.json)` \|$"
    return dict(re.findall(row, page, re.MULTILINE))


def scripts_that_run() -> list[str]:
    """Return the scripts that `make bench` runs before the report, in order."""
    target = re.search(r"^bench:.*\n((?:\t.*\n)+)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert target
    *found, last = re.findall(r"benchmarks/(\w+\.py)", target[1])
    assert last == "report.py"
    return found


def recorded(ratio: float) -> dict[str, Any]:
    beside = {"ratio": ratio, "lowest": ratio - 0.1, "highest": ratio + 0.1}
    return {BULK: {"per_second": 1.0, "unit": "gifts", "to": {SIGNED: beside}}}


@pytest.mark.parametrize(("ratio", "reached"), [(0.49, False), (0.5, True), (0.9, True)])
def test_a_figure_is_held_against_what_was_promised(
    report: ModuleType, tmp_path: Path, *, ratio: float, reached: bool
) -> None:
    told(tmp_path, "results.json", recorded(ratio))
    found = report.row(report.PROMISES[0], tmp_path)
    assert (found.figure, found.reached) == (ratio, reached)
    assert (found.lowest, found.highest) == (ratio - 0.1, ratio + 0.1)
    assert (found.goodness >= 1) == reached


def test_a_figure_that_must_stay_low_is_better_the_lower_it_is(
    report: ModuleType, tmp_path: Path
) -> None:
    memory = next(one for one in report.PROMISES if one.results == "memory.json")
    for most, reached in ((1024, True), (2048, False)):
        told(tmp_path, "memory.json", {"peaks": [{"at_ten_million_mib": n} for n in (9, most)]})
        found = report.row(memory, tmp_path)
        assert (found.figure, found.reached) == (most, reached)
        assert found.goodness == 1024 / most


def test_a_figure_is_the_median_of_the_rounds_own_ratios(
    report: ModuleType, tmp_path: Path
) -> None:
    rounds = importlib.import_module("rounds")
    found = rounds.ratios([10.0, 30.0, 20.0], [20.0, 20.0, 20.0])
    told(tmp_path, "receipt_parts.json", rounds.spread("parts_to_whole", found))
    parts = next(one for one in report.PROMISES if one.results == "receipt_parts.json")
    row = report.row(parts, tmp_path)
    assert (row.figure, row.lowest, row.highest) == (1.0, 0.5, 1.5)
    with pytest.raises(ValueError, match="shorter"):
        rounds.ratios([1.0, 2.0], [1.0])


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_says_what_it_takes_and_does_nothing_else(script: str) -> None:
    command = [sys.executable, str(BENCHMARKS / script), "--help"]
    said = subprocess.run(command, capture_output=True, timeout=60, check=True, text=True)
    assert said.stdout.startswith(f"usage: {script}")


def test_what_was_not_measured_is_called_so(report: ModuleType, tmp_path: Path) -> None:
    told(tmp_path, "results.json", {BULK: {"to": {}}})
    for promise in report.PROMISES:
        found = report.row(promise, tmp_path)
        assert (found.figure, found.reached, found.goodness) == (None, None, None)


def test_the_summary_says_on_what_machine_and_the_chart_shows_each_figure(
    report: ModuleType, tmp_path: Path
) -> None:
    told(tmp_path, "results.json", recorded(0.4))
    report.report(tmp_path)
    kept = json.loads((tmp_path / "summary.json").read_text())
    assert len(kept["figures"]) == len(report.PROMISES)
    assert {"cores", "python", "openssl", "packages", "commit"} <= kept["machine"].keys()
    drawn = ET.parse(tmp_path / "summary.svg").getroot()  # noqa: S314 we have written it just now
    words = ["".join(each.itertext()).strip() for each in drawn.iter() if each.tag.endswith("text")]
    assert "as asked" in words
    assert sum("gifts in bulk" in each for each in words) == 1
    assert not any("log audited" in each for each in words), "what was not measured has no bar"


def test_the_page_describes_the_scripts_that_run_and_no_others() -> None:
    assert set(described()) == set(scripts_that_run()) <= set(SCRIPTS)


def test_each_promise_is_looked_for_where_a_script_that_runs_writes(report: ModuleType) -> None:
    assert {one.results for one in report.PROMISES} <= set(described().values())


@pytest.mark.parametrize("script", sorted(BENCHMARKS.glob("*.json")), ids=lambda path: path.stem)
def test_figures_that_are_kept_are_json(script: Path) -> None:
    assert isinstance(json.loads(script.read_text()), dict)
