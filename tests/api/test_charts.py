from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from api import assets, charts
from api.charts import Bars, Month
from api.fund_flow import Flow, Link, Node
from api.languages import saying
from api.templates import TEMPLATES

EVIL = "</script><script>alert(1)</script>&'\""
FLOW = Flow(
    "CNY",
    (Node("month-2026-10", 0, EVIL), Node("fund", 1, "扶贫资金"), Node("balance", 2, "余额")),
    (Link("month-2026-10", "fund", 123_456), Link("fund", "balance", 123_456)),
)
BARS = Bars("CNY", (Month("2026-09", 100, 0), Month("2026-10", 1_234_500, 7)))


def drawn(template: str, language: str, **shown: object) -> str:
    return TEMPLATES.get_template(template).render(say=saying(language), lang=language, **shown)


@pytest.fixture(autouse=True)
def library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Let the library be there, whether set-up made it here or not."""
    (tmp_path / "charts-library.js").write_text("")
    monkeypatch.setattr(assets, "FOLDERS", (*assets.FOLDERS[:2], tmp_path))


def test_amounts_are_written_by_the_server_and_stay_whole() -> None:
    data = charts.flow_data(FLOW, "zh")
    assert data["links"] == [
        {"source": "month-2026-10", "target": "fund", "value": 123456, "says": "1,234.56 元"},
        {"source": "fund", "target": "balance", "value": 123456, "says": "1,234.56 元"},
    ]
    assert charts.amount_words(123_456, "CNY", "en") == "CNY 1,234.56"
    assert charts.amount_words(20, "goods:棉被||床", "en") == "20 棉被 床"
    bars = charts.bars_data(BARS, "zh")
    assert bars["months"] == ["2026年9月", "2026年10月"]
    assert charts.bars_data(BARS, "en")["months"] == ["2026-09", "2026-10"]
    assert '"says": "12,345.00 元"' in json.dumps(bars, ensure_ascii=False)


def test_no_more_links_are_drawn_than_people_can_tell_apart() -> None:
    ends = [Node(f"payee-{n}", 2, str(n)) for n in range(40)]
    links = tuple(Link("fund", end.id, n + 1) for n, end in enumerate(ends))
    data = charts.flow_data(Flow("CNY", (Node("fund", 1, "f"), *ends), links), "zh")

    assert isinstance(data["links"], list)
    assert isinstance(data["nodes"], list)
    assert [link["value"] for link in data["links"]] == list(range(40, 10, -1))
    assert len(data["nodes"]) == 31, "a node without a link is left out"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_table_says_all_that_the_chart_draws(language: str) -> None:
    for template, shown in (("flow.html", {"flow": FLOW}), ("bars.html", {"bars": BARS})):
        page = drawn(template, language, **shown)
        (island,) = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
        table = page[page.index("<table>") :]

        for says in re.findall(
            r'"says": "([^"]+)"', json.dumps(json.loads(island), ensure_ascii=False)
        ):
            assert says in table
        assert 'scope="col"' in table


def test_no_name_gets_out_of_its_place() -> None:
    page = drawn("flow.html", "zh", flow=FLOW)

    assert "<script>alert" not in page
    (island,) = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(island)["nodes"][0]["name"] == EVIL
    assert "style=" not in page


def test_without_the_library_the_tables_stand_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assets, "FOLDERS", assets.FOLDERS[:2])
    for template, shown in (("flow.html", {"flow": FLOW}), ("bars.html", {"bars": BARS})):
        page = drawn(template, "zh", **shown)
        assert "<figure" not in page
        assert "<script" not in page
        assert "<table>" in page
