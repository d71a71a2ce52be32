"""`verify` checks files, folders, printed codes, pictures and lists with no database or network."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import segno

from api.cli import main
from api.commands import verifying
from api.verifying.groups import Target
from api.verifying.session import Session, check_all
from api.working import cores
from ledger.money import Money
from receipts import qr
from tests.attacks.forging import CHECK, CODE, NUMBER, SIGNERS, TRUST
from tests.conftest import USCC
from tests.receipts.signed import document, elements, printed, told
from tests.receipts.verified import LISTED, list_file, other_receipt

Run = Callable[..., tuple[int, Any]]
STORY = told()
FILE = document(STORY.encode(), printed(STORY))
TEXT = qr.payload(elements(STORY), SIGNERS[USCC])
HEAD = "票据代码,票据号码,校验码,开票日期,金额\n"
ROW = f"{CODE},{NUMBER},{CHECK.value},2026-11-21,100.00\n"


@pytest.fixture
def verify(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Run `verify --json` in a folder with a trust file and a status list, and nothing else."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LEDGER_DATA", str(tmp_path / "nothing"))
    monkeypatch.setenv("LEDGER_DATABASE_URL", "postgresql://127.0.0.1:1/none")
    (tmp_path / "trust.json").write_bytes(TRUST.encode())
    (tmp_path / "status").write_bytes(list_file(claimed=40_00))

    def run(*words: object, trust: str = "trust.json") -> tuple[int, Any]:
        code = main(["verify", "--json", "--trust", trust, *map(str, words)])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else said.err

    return run


def written(path: str, data: bytes | str) -> Path:
    file = Path(path)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    return file


def test_a_file_and_a_bundle_are_checked_step_by_step(verify: Run) -> None:
    written("r.pdf", FILE)
    written("r.bundle.json", STORY.encode())
    code, found = verify("r.pdf", "r.bundle.json", "--status", "status")
    assert code == 0
    assert [one["result"] for one in found] == ["valid", "valid"]
    assert found[0]["receipt"]["remaining"] == "60.00"
    assert [step["check"] for step in found[0]["steps"]] == sorted(
        step["check"] for step in found[0]["steps"]
    )
    assert {"step", "ok", "says", "check", "asked"} == set(found[0]["steps"][0])


def test_the_class_comes_from_the_rule_table_of_the_release(verify: Run) -> None:
    written("r.pdf", FILE)
    _, (found,) = verify("r.pdf")
    assert (found["class"], found["rule"]) == ("limited", "CIT-12-CF3")


def test_a_folder_goes_on_past_a_file_that_is_none(verify: Run) -> None:
    written("many/a.pdf", FILE)
    written("many/b.pdf", b"%PDF-")
    code, found = verify("many")
    assert code == 1
    assert [one["result"] for one in found] == ["valid", "untrusted"]
    assert found[1]["steps"][0]["step"] == "format"


def test_several_processes_find_what_one_finds(verify: Run) -> None:
    for place in range(70):
        written(f"many/{place:03d}.pdf", FILE if place % 7 else FILE[:-1])
    assert verify("many", "--jobs", "2") == verify("many")


def test_many_files_are_shared_among_the_cores_if_nobody_says_otherwise(
    verify: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(70):
        written(f"many/{place:03d}.pdf", FILE)
    alone = verify("many")
    asked: list[int] = []

    def shared_out(session: Session, found: Sequence[Target], jobs: int, advance: Any) -> Any:
        asked.append(jobs)
        return check_all(session, found, jobs, advance)

    monkeypatch.setattr(verifying, "check_all", shared_out)
    verify("many")
    monkeypatch.setattr(verifying, "FEW", 69)
    assert verify("many") == alone
    assert asked == [1, cores()]


def test_a_taxpayer_is_compared_with_the_payer(verify: Run) -> None:
    written("r.pdf", FILE)
    assert verify("r.pdf", "--taxpayer", "王某某")[0] == 0
    code, (found,) = verify("r.pdf", "--taxpayer", "李某某")
    assert (code, found["result"], found["fields"]) == (1, "mismatch", ["payer"])


@pytest.mark.parametrize("nobody", ["", "  ", "王\n"])
def test_a_taxpayer_of_no_name_is_refused(
    verify: Run,
    nobody: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    written("r.pdf", FILE)
    with pytest.raises(SystemExit) as ended:
        verify("r.pdf", "--taxpayer", nobody)
    said = capsys.readouterr().err
    assert ended.value.code == 2
    assert "--taxpayer" in said
    assert said.count("\n") == 1


def test_the_payer_column_of_a_list_is_compared_with_the_taxpayer(verify: Run) -> None:
    written("r.pdf", FILE)
    rows = [ROW.replace("\n", f",{payer},{file}\n")
            for payer in ("王某某", "李某某", "") for file in ("", "r.pdf")]  # fmt: skip
    written("list.csv", HEAD.replace("\n", ",捐赠人,文件\n") + "".join(rows))
    _, found = verify("list.csv", "--status", "status", "--taxpayer", "王某某")
    assert [one["result"] for one in found] == ["valid"] * 2 + ["mismatch"] * 2 + ["valid"] * 2
    assert found[2]["fields"] == found[3]["fields"] == ["payer"]
    _, found = verify("list.csv", "--status", "status", "--taxpayer", "李某某")
    assert [one["result"] for one in found] == ["mismatch"] * 2 + ["valid"] + ["mismatch"] + [
        "valid", "mismatch"
    ]  # fmt: skip
    payer = next(s for s in found[2]["steps"] if s["step"] == "payer")
    assert "can only be compared with the file" in payer["says"]


def test_a_printed_code_is_checked_as_text_and_off_a_picture(verify: Run) -> None:
    written("code.txt", TEXT + "\n")
    segno.make_qr(TEXT, error="m").save("code.png", scale=4)
    for path in ("code.txt", "code.png"):
        code, (found,) = verify(path, "--status", "status")
        assert (code, found["result"]) == (0, "valid")
        assert found["receipt"]["amount"] == "100.00"


def test_the_code_of_another_receipt_on_this_ones_paper_tells_the_other(verify: Run) -> None:
    lie = qr.payload(elements(STORY, amount=Money(900_00)), SIGNERS[USCC])
    written("code.txt", lie)
    code, (found,) = verify("code.txt", "--status", "status")
    assert (code, found["result"]) == (1, "mismatch")
    assert "amount" in found["fields"]


@pytest.mark.parametrize("path", ["code.txt", "list.csv"])
def test_a_code_or_list_needs_a_status_list(verify: Run, path: str) -> None:
    written(path, HEAD + ROW if path.endswith("csv") else TEXT)
    code, said = verify(path)
    assert code == 2
    assert "--status" in said


def test_a_picture_without_a_code_or_that_is_none_says_so(verify: Run) -> None:
    segno.make_qr("https://example.org").save("other.png", scale=4)
    written("broken.png", b"\x89PNG\r\n")
    for path, why in (("other.png", "0 codes of a receipt"), ("broken.png", "no picture")):
        code, said = verify(path, "--status", "status")
        assert code == 2
        assert why in said


def test_each_row_of_a_list_has_its_result_and_repeats_are_flagged(verify: Run) -> None:
    Path("status").write_bytes(
        list_file(other_receipt(), replace(LISTED, number="0000000003", red=(CODE, "0000000004")))
    )
    rows = [
        ROW,
        ROW.replace("100.00", "100.01"),
        ROW.replace(NUMBER, "0000000003"),
        ROW.replace(NUMBER, "0000000055"),
        ROW.replace("2026-11-21", "yesterday"),
    ]
    written("list.csv", HEAD + "".join(rows))
    code, found = verify("list.csv", "--status", "status")
    assert code == 1
    assert [one["row"] for one in found] == [2, 3, 4, 5, 6]
    results = [one["result"] for one in found]
    assert results == ["valid", "mismatch", "mismatch", "not_found", "mismatch"]
    assert [one["repeats"] for one in found] == [None, 2, None, None, 2]
    assert found[1]["fields"] == ["amount"]
    assert found[2]["fields"] == ["check_code"]
    assert found[4]["fields"] == ["issued_on"]


def test_a_receipt_handed_in_again_as_another_file_or_row_says_where_it_was_met(
    verify: Run,
) -> None:
    written("a/r.pdf", FILE)
    written("b/r.pdf", FILE)
    written("a/r.bundle.json", STORY.encode())
    written("list.csv", HEAD + ROW)
    code, found = verify("a", "b", "list.csv", "--status", "status")
    assert code == 1
    assert [one["result"] for one in found] == ["valid"] * 4
    met = {one["path"]: one["repeats"] for one in found}
    assert met == {
        "a/r.bundle.json": None,
        "a/r.pdf": None,
        "b/r.pdf": "a/r.pdf",
        "list.csv": "a/r.pdf",
    }


def test_a_row_without_a_number_names_it_and_a_total_is_no_row(verify: Run) -> None:
    head = HEAD.replace("票据代码", "序号,票据代码")
    nameless = "2,,,aB3dE9,2026-11-21,5.00\n"
    total = "合 计,,,,,105.00\n,总计,,,,105.00\n"
    written("list.csv", head + "1," + ROW + nameless + "3," + nameless[2:] + total)
    code, found = verify("list.csv", "--status", "status")
    assert code == 1
    assert [(one["row"], one["result"], one["fields"]) for one in found[1:]] == [
        (3, "mismatch", ["number"]),
        (4, "mismatch", ["number"]),
    ]
    assert (found[0]["result"], found[2]["repeats"]) == ("valid", None)


def test_a_row_may_name_the_receipts_file_and_its_payer(verify: Run) -> None:
    written("receipts/r.pdf", FILE)
    head = HEAD.replace("\n", ",捐赠人,文件\n")
    rows = [
        ROW.replace("\n", ",王某某,r.pdf\n"),
        ROW.replace("\n", ",李某某,r.pdf\n"),
        ROW.replace("100.00", "99.00").replace("\n", ",王某某,r.pdf\n"),
        ROW.replace("\n", ",王某某,../trust.json\n"),
    ]
    written("receipts/list.csv", head + "".join(rows))
    _, found = verify("receipts/list.csv", "--status", "status")
    assert [one["result"] for one in found] == ["valid", "mismatch", "mismatch", "untrusted"]
    assert found[0]["receipt"]["payer"] == "王某某"
    assert (found[1]["fields"], found[2]["fields"]) == (["payer"], ["amount"])


def test_the_sheet_keeps_numbers_as_text_and_the_page_escapes_what_it_shows(verify: Run) -> None:
    written("=1+1<b>.pdf", FILE)
    written("x.pdf", FILE)
    verify("=1+1<b>.pdf", "x.pdf", "--status", "status", "--sheet", "o.xlsx", "--print", "o.html")
    book = openpyxl.load_workbook("o.xlsx")
    rows = list(book["查验结果"].iter_rows(values_only=True))
    assert rows[1][2:4] == (CODE, NUMBER)
    assert rows[1][0] == "=1+1<b>.pdf"
    assert all(cell.data_type in {"s", "n"} for row in book["查验结果"] for cell in row)
    assert all(cell is None or isinstance(cell, str) for row in rows for cell in row)
    page = Path("o.html").read_text()
    assert "=1+1&lt;b&gt;.pdf" in page
    assert "<b>" not in page
    assert TRUST.log.name in page


def test_a_list_of_no_receipts_and_an_unreadable_trust_file_are_said(verify: Run) -> None:
    written("list.csv", "a,b\n1,2\n")
    assert verify("list.csv", "--status", "status")[0] == 2
    code, said = verify("list.csv", "--status", "none")
    assert code == 2
    assert "none" in said


def test_a_status_list_of_another_log_is_not_used(verify: Run) -> None:
    written("r.pdf", FILE)
    written("status", list_file()[:-1])
    code, said = verify("r.pdf", "--status", "status")
    assert code == 1
    assert "status list" in said
