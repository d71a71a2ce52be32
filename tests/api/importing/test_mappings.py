"""How columns are understood is shown, corrected by hand, and kept for the charity."""

from __future__ import annotations

import json
from pathlib import Path

from api.wiring import House
from tests.api.importing.conftest import Import

ODD = "项目A,项目B,项目C\n示范公司,5.00,2026-10-01\n甲示范厂,7.00,2026-10-02\n"
HEADERS = {"项目a | 项目b | 项目c": {"项目A": "donor", "项目B": "amount", "项目C": "date"}}


def test_a_list_with_an_odd_header_is_read_by_a_mapping_which_is_kept(
    house: House, imported: Import, tmp_path: Path
) -> None:
    assert imported("odd.csv", ODD)[0] == 2
    mapping = tmp_path / "map.json"
    mapping.write_text(json.dumps(HEADERS, ensure_ascii=False), "utf-8")
    code, report, _ = imported("odd.csv", ODD, "--map", mapping)
    assert (code, report["recorded"], report["totals"]) == (0, 2, {"CNY": "12.00"})
    assert (house.settings.data / "mappings").is_dir()
    code, report, _ = imported("odd.csv", ODD)
    assert (code, report["already"]) == (0, 2)


def test_a_dry_run_keeps_no_mapping(house: House, imported: Import, tmp_path: Path) -> None:
    mapping = tmp_path / "map.json"
    mapping.write_text(json.dumps(HEADERS, ensure_ascii=False), "utf-8")
    imported("odd.csv", ODD, "--map", mapping, "--dry-run")
    assert not (house.settings.data / "mappings").exists()


def test_a_mapping_that_is_shown_can_be_handed_in_as_it_is(
    imported: Import, tmp_path: Path
) -> None:
    text = "捐赠人,金额（元）\n王某某,5.00\n"
    _, shown, _ = imported("one.csv", text, "--show-mapping")
    columns = shown["tables"][0]["columns"]
    assert [(c["header"], c["role"]) for c in columns] == [
        ("捐赠人", "donor"), ("金额（元）", "amount"),
    ]  # fmt: skip
    assert "王某某" not in json.dumps(shown, ensure_ascii=False)
    mapping = tmp_path / "map.json"
    mapping.write_text(json.dumps(shown["mapping"], ensure_ascii=False), "utf-8")
    assert imported("one.csv", text, "--map", mapping)[1]["recorded"] == 1


def test_a_mapping_that_can_not_be_read_is_refused_in_one_line(
    imported: Import, tmp_path: Path
) -> None:
    code, _, err = imported("one.csv", ODD, "--map", tmp_path / "none.json")
    assert code == 2
    assert "no mapping can be read there" in err
    assert err.count("\n") == 1
    bad = tmp_path / "bad.json"
    bad.write_text('{"a": {"b": "whatever"}}', "utf-8")
    code, _, err = imported("one.csv", ODD, "--map", bad)
    assert code == 2
    assert "'whatever'" in err
