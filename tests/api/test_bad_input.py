"""Whatever is wrong with what was handed in: one clear line, exit 2, and nothing recorded."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from api.settings import Settings
from api.wiring import House
from tests.api.imports.workbooks import workbook, written
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, ready_for_receipts, register

Run = Callable[..., tuple[int, str, str]]
PROGRAM = Path(sys.executable).with_name("donation-ledger")
ROOT = os.geteuid() == 0
GOOD = "捐赠人,金额（元）,捐赠日期\n王某某,5.00,2026-10-02\n"


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def refused(answer: tuple[int, str, str]) -> str:
    code, out, err = answer
    assert code == 2, (code, out, err)
    assert out == ""
    assert err.count("\n") == 1, err
    assert "Traceback" not in err
    return err


def columns(*cells: str) -> str:
    return "捐赠人,金额（元）\n" + "".join(f"某公司{n},{c}\n" for n, c in enumerate(cells))


# Files that are no list of money.


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("empty.xlsx", b"", "it is empty"),
        ("gifts.xlsx", b"%PDF-1.7\n", "a PDF"),
        ("gifts.xlsx", b"PK\x03\x04" + b"\0" * 60, "gifts.xlsx"),
        ("noise.xls", bytes(range(256)) * 8, "neither UTF-8 nor GB 18030"),
        ("blank.xlsx", workbook(A=[]), "empty"),
        ("people.xlsx", workbook(A=[["姓名", "地址"], ["王某某", "某地"]]), "amounts"),
        ("words.csv", "这是一段话\n", "amounts"),
        ("list.json", '{"a":', "list.json"),
        ("list.json", "[" * 100_000, "list.json"),
    ],
)
def test_a_file_that_is_no_list_of_money_is_refused_whole(
    house: House, fund: str, command_line: Run, tmp_path: Path, name: str, data: bytes, says: str
) -> None:
    before = house.recorder.size()
    path = written(tmp_path, name, data)
    err = refused(command_line("import", path, "--charity", USCC, "--fund", fund))
    assert says in err
    assert name in err
    assert house.recorder.size() == before


def test_a_folder_a_missing_file_and_a_device_are_no_list(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    before = house.recorder.size()
    for path, says in ((tmp_path, "folder"), (tmp_path / "none.xlsx", "not found"),
                       (Path("/dev/zero"), "no file")):  # fmt: skip
        err = refused(command_line("import", path, "--charity", USCC, "--fund", fund))
        assert says in err
    assert house.recorder.size() == before


def test_one_bad_file_among_good_ones_stops_them_all(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    before = house.recorder.size()
    good, bad = written(tmp_path, "good.csv", GOOD), written(tmp_path, "bad.csv", "")
    refused(command_line("import", good, bad, "--charity", USCC, "--fund", fund))
    assert house.recorder.size() == before


def test_a_donor_that_is_half_a_character_is_no_crash(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = written(tmp_path, "list.json", '[{"捐赠人": "\\ud800", "金额": "5.00"}]')
    code, out, err = command_line("import", path, "--charity", USCC, "--fund", fund, "--json")
    assert (code, err) == (0, "")
    assert json.loads(out)[0]["totals"] == {"CNY": "5.00"}


# Rows that can't be recorded.


@pytest.mark.parametrize(
    "cells", [("-5.00", "-1"), ("NaN", "nan"), ("5.001",), ("0", "0.001"), ("1e5", "∞", "五元")]
)
def test_a_file_whose_rows_are_all_refused_records_nothing_and_gives_reasons(
    house: House, fund: str, command_line: Run, tmp_path: Path, cells: tuple[str, ...]
) -> None:
    before = house.recorder.size()
    path = written(tmp_path, "list.csv", columns(*cells))
    code, out, err = command_line("import", path, "--charity", USCC, "--fund", fund, "--json")
    assert code == 2
    if out:
        (report,) = json.loads(out)
        assert [r["row"] for r in report["rejected"]] == list(range(2, 2 + len(cells)))
        assert all(r["reason"] for r in report["rejected"])
        assert report["recorded"] == 0
    else:
        assert err.count("\n") == 1
    assert house.recorder.size() == before


def test_some_rows_refused_leaves_the_others_recorded_and_gives_them_back_as_text(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = written(tmp_path, "list.csv", columns("5.00", "=1+1", "-3", "7.00", "2.345"))
    errors = tmp_path / "refused.xlsx"
    order = ("import", path, "--charity", USCC, "--fund", fund, "--errors", errors, "--json")
    code, out, _ = command_line(*order)
    (report,) = json.loads(out)
    assert code == 1
    assert report["recorded"] == 2
    assert report["totals"] == {"CNY": "12.00"}
    assert [(r["sheet"], r["row"]) for r in report["rejected"]] == [
        ("list", 3), ("list", 4), ("list", 6)
    ]  # fmt: skip
    sheet = CalamineWorkbook.from_path(str(errors)).get_sheet_by_index(0).to_python()
    assert sheet[0] == ["文件", "表", "行", "原因", "原内容", ""][: len(sheet[0])]
    assert [row[2] for row in sheet[1:]] == ["3", "4", "6"], "cells are text, numbers too"
    assert "=1+1" in sheet[1], "a formula comes back as the text it was"
    code, out, _ = command_line(*order)
    assert code == 1
    assert json.loads(out)[0]["already"] == 2


@pytest.mark.parametrize("where", ["/dev/full", "/proc/none/out.xlsx", "{folder}", "{file}/x"])
def test_refused_rows_that_could_not_be_written_are_noticed_before_anything_is_recorded(
    house: House, fund: str, command_line: Run, tmp_path: Path, where: str
) -> None:
    before = house.recorder.size()
    path = written(tmp_path, "list.csv", columns("5.00", "-3"))
    errors = where.format(folder=tmp_path, file=path)
    err = refused(
        command_line("import", path, "--charity", USCC, "--fund", fund, "--errors", errors)
    )
    assert "refused rows can't be written there" in err
    assert house.recorder.size() == before


def test_refused_rows_never_replace_the_file_they_came_from(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    before = house.recorder.size()
    path = written(tmp_path, "list.csv", columns("5.00", "-3"))
    err = refused(command_line("import", path, "--charity", USCC, "--fund", fund, "--errors", path))
    assert "refused rows can't be written there" in err
    assert path.read_text() == columns("5.00", "-3")
    assert house.recorder.size() == before


def test_a_payment_above_the_balance_is_refused_with_what_is_left(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    give(house, fund, "10.00")
    before = house.recorder.size()
    path = written(
        tmp_path, "pay.csv", "收款单位,支出金额（元）,支出日期\n某公司,10.01,2026-11-01\n"
    )
    code, out, _ = command_line(
        "import", path, "--charity", USCC, "--fund", fund, "--kind", "payments", "--json"
    )
    (report,) = json.loads(out)
    assert code == 2
    assert "only 10.00 CNY is left" in report["rejected"][0]["reason"]
    assert house.recorder.size() == before


# Names that are known to nobody.


def test_codes_and_funds_that_are_wrong_unknown_or_another_charitys_are_refused(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    register(house, OTHER_USCC, "另一基金会")
    theirs = general_fund(house, OTHER_USCC)
    path = written(tmp_path, "good.csv", GOOD)
    before = house.recorder.size()
    orders: list[tuple[str | Path, ...]] = [
        ("charity", "register", "53100000500021326X", "示范基金会"),
        ("charity", "register", "", "示范基金会"),
        ("charity", "register", USCC, "另一个名称"),
        ("charity", "register", OTHER_USCC, "\u200b"),
        ("import", path, "--charity", USCC, "--fund", theirs),
        ("import", path, "--charity", USCC, "--fund", "fund-none"),
        ("import", path, "--charity", USCC, "--fund", "gift-none"),
        ("import", path, "--charity", "53100000500021326X", "--fund", fund),
        ("import", path, "--charity", "authority", "--fund", fund),
        ("fund", "open", "--charity", "none", "名称"),
        ("fund", "open", "--charity", USCC, ""),
        ("fund", "open", "--charity", USCC, "名称", "--place", "２３０１２３"),
        ("fund", "open", "--charity", USCC, "名称", "--place", "1"),
        ("fund", "open", "--charity", USCC, "名称", "--kind", "general", "--purpose", "x"),
        ("trace", "gift", "gift-none"),
        ("trace", "disbursement", "x"),
        ("trace", "fund", "fund-none"),
        ("trace", "place", "abc"),
        ("balance", "--fund", "fund-none"),
        ("balance", "--at", "99999999999999999999"),
        ("erase", "没有这个人"),
        ("receipts", "issue", "--charity", "none", "--gift", "x", "--out", tmp_path / "o"),
        ("receipts", "issue", "--charity", USCC, "--gift", "gift-none", "--out", tmp_path / "o"),
    ]
    for order in orders:
        refused(command_line(*order))
    assert house.recorder.size() == before


@pytest.mark.parametrize(
    "words",
    [
        ("import", "x.csv", "--charity", USCC),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--kind", "goods"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--date", "2026-02-30"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--date", "昨天"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--rate", "USD"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--rate", "USD:7:²:2026-01-01:X"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--rate", "USD:7:5:2026-01-01:X"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--rate", "USD:0:1:2026-01-01:X"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--rate", "USD:７:1:2026-01-01:X"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--rate", "USD:7:1:2026-13-01:X"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--rate", "XXX:7:1:2026-01-01:X"),
        ("import", "x.csv", "--charity", USCC, "--fund", "f", "--proposed-by", "王某某"),
        ("eligibility", "grant", USCC, "--from", "x", "--to", "2028-12-31", "--notice", "n"),
        ("eligibility", "grant", USCC, "--from", "2029-01-01", "--to", "2028-12-31",
         "--notice", "n"),
        ("eligibility", "grant", USCC, "--from", "2026-01-01", "--to", "2028-12-31",
         "--notice", " "),
        ("eligibility", "grant", USCC, "--from", "2026-01-01", "--to", "2028-12-31",
         "--notice", "n", "--applicant-kind", "9"),
        ("eligibility", "cancel", USCC, "--notice-date", "9999-12-31"),
        ("eligibility", "cancel", USCC, "--notice-date", "0001-01-01"),
        ("eligibility", "cancel", USCC, "--notice-date", "2026-1-1"),
        ("book", "allot", USCC, "23050126", "1", "0"),
        ("book", "allot", USCC, "23050126", "1", "99999999999"),
        ("book", "allot", USCC, "23050126", "x", "9"),
        ("book", "allot", USCC, "23050126", "9" * 5000, "9"),
        ("book", "allot", USCC, "23050126", "一", "9"),
        ("book", "allot", USCC, "23990126", "1", "9"),
        ("book", "allot", USCC, "1", "1", "9"),
        ("receipts", "issue", "--charity", USCC, "--out", "o"),
        ("receipts", "issue", "--charity", USCC, "--out", "o", "--from", "2026-01-01"),
        ("balance", "--at", "-1"),
        ("trace", "gift"),
        ("trace", "person", "x"),
        ("verify",),
        ("frobnicate",),
        (),
        ("audit", "--frobnicate"),
        ("log",),
    ],
    ids=lambda words: " ".join(words)[:60] or "nothing",
)  # fmt: skip
def test_words_that_make_no_command_are_refused_in_one_line(
    house: House, fund: str, command_line: Run, words: tuple[str, ...]
) -> None:
    before = house.recorder.size()
    refused(command_line(*words))
    assert house.recorder.size() == before


@pytest.mark.parametrize(
    "words",
    [("erase", "\udcff"), ("trace", "gift", "\udcff"), ("verify", "\udcff"),
     ("charity", "register", "\udcff", "x"), ("balance", "--fund", "fund-\udcff")],
)  # fmt: skip
def test_words_that_are_no_text_are_refused(
    fund: str, command_line: Run, words: tuple[str, ...]
) -> None:
    assert "not UTF-8" in refused(command_line(*words))


# Keys, data folder, database.


@pytest.mark.parametrize("key", ["authority", USCC, "log", "vault"])
def test_without_a_key_file_nothing_is_recorded(
    house: House, fund: str, command_line: Run, tmp_path: Path, key: str
) -> None:
    before = house.recorder.size()
    (house.settings.data / "keys" / f"{key}.key").unlink()
    path = written(tmp_path, "good.csv", GOOD)
    orders: list[tuple[str | Path, ...]] = [
        ("import", path, "--charity", USCC, "--fund", fund),
        ("eligibility", "grant", USCC, "--from", "2026-01-01", "--to", "2028-12-31",
         "--notice", "n"),
    ]  # fmt: skip
    order = orders[key == "authority"]
    err = refused(command_line(*order))
    assert f"{key}.key is missing" in err
    assert house.recorder.size() == before


@pytest.mark.parametrize("damage", ["passphrase", "salt", "key"])
def test_a_wrong_passphrase_and_a_damaged_key_file_open_nothing(
    house: House, fund: str, command_line: Run, tmp_path: Path, damage: str
) -> None:
    before = house.recorder.size()
    data = house.settings.data
    damaged = {
        "passphrase": data / "passphrase",
        "salt": data / "keys" / "salt",
        "key": data / "keys" / "log.key",
    }[damage]
    damaged.write_bytes(b"another passphrase or salt\n")
    path = written(tmp_path, "good.csv", GOOD)
    err = refused(command_line("import", path, "--charity", USCC, "--fund", fund))
    assert "can't be opened" in err
    assert house.recorder.size() == before


def test_a_data_folder_without_a_ledger_stays_as_it_is(
    command_line: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("LEDGER_SCHEMA", f"t_{uuid.uuid4().hex[:16]}")
    assert "run: donation-ledger init" in refused(command_line("balance"))
    monkeypatch.delenv("LEDGER_DATABASE_URL")
    monkeypatch.setenv("LEDGER_DATA", str(tmp_path / "none"))
    assert "run: donation-ledger init" in refused(command_line("balance"))
    assert not (tmp_path / "none").exists()


def test_a_database_out_of_reach_is_named_without_its_password(
    command_line: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LEDGER_DATABASE_URL", "postgresql://ledger:geheim@127.0.0.1:9/ledger")
    err = refused(command_line("balance"))
    assert "LEDGER_DATABASE_URL" in err
    assert "geheim" not in err


@pytest.mark.parametrize(
    ("name", "value"),
    [("LEDGER_DATABASE_URL", "not a url"), ("LEDGER_SCHEMA", "Robert'; --"),
     ("LEDGER_ORIGIN", "a b"), ("LEDGER_PORT", "²"), ("LEDGER_PORT", "70000")],
)  # fmt: skip
def test_settings_that_can_not_be_used_are_named(
    command_line: Run, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert name in refused(command_line("balance"))


# Receipts and trust files to verify.


@pytest.fixture
def receipts(house: House, fund: str, command_line: Run, tmp_path: Path) -> Path:
    give(house, fund, "100.00")
    ready_for_receipts(house)
    out = tmp_path / "receipts"
    days = ("--from", "2026-10-01", "--to", "2026-10-31")
    assert command_line("receipts", "issue", "--charity", USCC, *days, "--out", out)[0] == 0
    return out


def test_a_path_with_no_receipt_is_named(receipts: Path, command_line: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "none.pdf", tmp_path / "empty", receipts / "x" / "y.pdf"):
        assert str(path) in refused(command_line("verify", path))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n%%EOF\n", b"\xff" * 500, b"hello"])
def test_a_file_that_is_no_receipt_is_untrusted(
    receipts: Path, command_line: Run, tmp_path: Path, data: bytes
) -> None:
    path = written(tmp_path, "other.pdf", data)
    code, out, err = command_line("verify", path, "--json")
    (verdict,) = json.loads(out)
    assert (code, err) == (1, "")
    assert verdict["result"] == "untrusted"
    assert [step["step"] for step in verdict["steps"]] == ["format"]


def test_a_device_without_end_is_no_receipt(receipts: Path, command_line: Run) -> None:
    assert "larger than 16 MB" in refused(command_line("verify", "/dev/zero"))


@pytest.mark.parametrize("data", [b"", b"not json", b"{}", b"[" * 100_000, b"\xff"])
def test_a_trust_file_that_is_none_is_refused(
    receipts: Path, command_line: Run, tmp_path: Path, data: bytes
) -> None:
    trust = written(tmp_path, "trust.json", data)
    assert "trust export" in refused(command_line("verify", receipts, "--trust", trust))
    assert "none.json" in refused(
        command_line("verify", receipts, "--trust", tmp_path / "none.json")
    )


def test_a_receipts_name_that_is_no_text_is_still_shown(
    receipts: Path, command_line: Run, tmp_path: Path
) -> None:
    folder = tmp_path / "odd"
    folder.mkdir()
    shutil.copy(next(receipts.glob("*.pdf")), folder / "\udcff.pdf")
    code, out, _ = command_line("verify", folder, "--json")
    assert code == 0
    assert json.loads(out)[0]["result"] == "valid"


# Folders that can't be written, disks that are full.


def test_receipts_are_not_issued_into_a_place_that_is_no_folder(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    give(house, fund, "100.00")
    ready_for_receipts(house)
    before = house.recorder.size()
    file = written(tmp_path, "file", "x")
    for out in (file, file / "inside", Path("/proc/none")):
        days = ("--from", "2026-10-01", "--to", "2026-10-31")
        refused(command_line("receipts", "issue", "--charity", USCC, *days, "--out", out))
    assert house.recorder.size() == before


def test_a_log_is_not_exported_into_a_place_that_is_no_folder(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    file = written(tmp_path, "file", "x")
    refused(command_line("log", "export", file))
    refused(command_line("trust", "export", file / "trust.json"))
    assert file.read_text() == "x"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a disk of 64 kB, or skip where that is not allowed."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        ROOT
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk],
            capture_output=True,
            check=False,
        ).returncode
    )
    if not mounted:
        pytest.skip("a small disk can be mounted by root only")
    yield disk
    subprocess.run(["umount", "-l", disk], check=True)


def test_on_a_full_disk_no_half_receipt_stays_and_the_next_run_prints_the_rest(
    house: House, fund: str, command_line: Run, tmp_path: Path, small_disk: Path
) -> None:
    give(house, fund, "100.00", "50.00", "70.00")
    ready_for_receipts(house)
    order = ("receipts", "issue", "--charity", USCC, "--from", "2026-10-01", "--to", "2026-10-31")
    err = refused(command_line(*order, "--out", small_disk))
    assert "No space left" in err
    whole = list(small_disk.glob("*.pdf"))
    assert len(whole) < 3
    assert list(small_disk.glob(".new-*")) == []
    if whole:
        assert command_line("verify", *whole)[0] == 0
    assert command_line(*order, "--out", tmp_path / "more")[0] == 0
    assert command_line("verify", tmp_path / "more")[0] == 0
    assert len(list((tmp_path / "more").glob("*.pdf"))) == 3
    assert command_line("audit")[0] == 0


def test_on_a_full_disk_a_log_is_not_exported_as_if_it_were_whole(
    house: House, fund: str, command_line: Run, small_disk: Path
) -> None:
    give(house, fund, *(["1.00"] * 100))
    err = refused(command_line("log", "export", small_disk))
    assert "No space left" in err
    assert not (small_disk / "checkpoint").exists(), "the checkpoint is written last"


def test_with_a_full_data_folder_what_was_recorded_is_published_later(
    house: House, fund: str, command_line: Run, tmp_path: Path, small_disk: Path
) -> None:
    log = house.settings.data / "log"
    house.publish()
    shutil.copytree(log, small_disk / "log")
    shutil.rmtree(log)
    log.symlink_to(small_disk / "log")
    filler = small_disk / "filler"
    filler.write_bytes(b"x" * (os.statvfs(small_disk).f_bavail * os.statvfs(small_disk).f_frsize))
    path = written(tmp_path, "good.csv", GOOD)
    err = refused(command_line("import", path, "--charity", USCC, "--fund", fund))
    assert "No space left" in err
    filler.unlink()
    code, out, _ = command_line("import", path, "--charity", USCC, "--fund", fund, "--json")
    assert code == 0
    assert json.loads(out)[0]["already"] == 1
    assert command_line("audit")[0] == 0


# The same through the program itself.


def program(settings: Settings, *words: object, **more: str) -> subprocess.CompletedProcess[str]:
    assert settings.database_url
    environment = {
        "PATH": os.environ["PATH"],
        "LEDGER_DATA": str(settings.data),
        "LEDGER_DATABASE_URL": settings.database_url,
        "LEDGER_SCHEMA": settings.schema,
        **more,
    }
    return subprocess.run(
        [PROGRAM, *map(str, words)], env=environment, capture_output=True, text=True, check=False,
        timeout=60,
    )  # fmt: skip


def test_the_program_answers_in_one_line_whatever_the_terminal_can_show(
    house: House, fund: str, tmp_path: Path
) -> None:
    path = written(tmp_path, "empty.xlsx", b"")
    done = program(house.settings, "import", path, "--charity", USCC, "--fund", fund)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "empty.xlsx: it is empty\n"
    shown = program(house.settings, "audit", PYTHONIOENCODING="ascii")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert "tree_ok" in shown.stdout


def test_the_program_stops_quietly_when_nobody_reads_its_answer(house: House) -> None:
    command = f"{PROGRAM} audit --json | true; echo ${{PIPESTATUS[0]}}"
    assert house.settings.database_url
    environment = {
        "PATH": os.environ["PATH"],
        "LEDGER_DATA": str(house.settings.data),
        "LEDGER_DATABASE_URL": house.settings.database_url,
        "LEDGER_SCHEMA": house.settings.schema,
    }
    done = subprocess.run(
        ["bash", "-c", command], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    assert done.stdout.strip() in {"0", "2"}, "all was read before, or nobody read it"
