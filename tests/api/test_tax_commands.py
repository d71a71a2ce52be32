"""The commands of the tax bureau, as an officer types them."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from api.answers import DONE, NOT_UNDERSTOOD, WRONG
from api.claim_lists import ClaimRow, Outcome, written
from api.wiring import House
from ledger.money import Money
from receipts.status import StatusList
from tests.invariants import check_house
from tests.ledger.claimed import (
    CODE,
    FIRST,
    ISSUED_ON,
    OFFICER,
    OTHER_PERSON,
    PAPER,
    PAYER,
    PERSON,
    SECOND,
    make_red,
    receipted,
)

CommandLine = Callable[..., tuple[int, str, str]]
Ask = Callable[..., Any]


@pytest.fixture
def ask(command_line: CommandLine) -> Ask:
    """Run a command that succeeds with --json; return its document."""

    def run(*words: object) -> Any:
        code, out, err = command_line(*words, "--json")
        assert code == DONE, err
        return json.loads(out)

    return run


def claiming(number: str = FIRST, yuan: str = "50.00", **options: str) -> list[str]:
    given = {"taxpayer": PERSON, "name": PAYER, "year": "2026", "amount": yuan,
             "officer": OFFICER, **options}  # fmt: skip
    return ["tax", "claim", CODE, number, *(w for k, v in given.items() for w in (f"--{k}", v))]


def test_a_receipt_is_claimed_shown_released_and_claimed_again(house: House, ask: Ask) -> None:
    receipted(house, "80.00")
    claimed = ask(*claiming())

    assert {k: claimed[k] for k in ("year", "amount", "claimed", "left", "eligible")} == {
        "year": 2026, "amount": "50.00", "claimed": "50.00", "left": "30.00", "eligible": True,
    }  # fmt: skip
    shown = ask("tax", "claims", CODE, FIRST)
    assert (shown["amount"], shown["left"], shown["red"]) == ("80.00", "30.00", None)
    assert shown["claims"] == [
        {"claim": claimed["claim"], "year": 2026, "amount": "50.00", "officer": OFFICER,
         "ended": None, "why": None}
    ]  # fmt: skip
    reason = ("--reason", "申报更正", "--officer", OFFICER)
    ask("tax", "release", CODE, FIRST, claimed["claim"], *reason)
    assert ask(*claiming(yuan="80.00"))["left"] == "0.00"
    ended = ask("tax", "claims", CODE, FIRST)["claims"][0]
    assert (ended["ended"], ended["why"]) == ("released", "申报更正")
    check_house(house)


def test_a_refusal_names_its_rule_in_one_line(house: House, command_line: CommandLine) -> None:
    receipted(house, "80.00")
    code, out, err = command_line(*claiming(yuan="80.01"))

    assert (code, out) == (NOT_UNDERSTOOD, "")
    assert "exceeds the 80.00 CNY of this receipt" in err
    assert err.count("\n") == 1


def test_a_notice_is_listed_until_it_is_settled(house: House, ask: Ask) -> None:
    receipted(house, "80.00")
    claim = ask(*claiming())["claim"]
    assert ask("tax", "notices")["notices"] == []
    red = make_red(house)
    house.publish()

    (notice,) = ask("tax", "notices", "--open")["notices"]
    assert {k: notice[k] for k in ("claim", "amount", "year", "red", "outcome")} == {
        "claim": claim, "amount": "50.00", "year": 2026, "red": list(red), "outcome": None,
    }  # fmt: skip
    outcome = ("--outcome", "已更正申报", "--officer", OFFICER)
    settled = ask("tax", "settle", CODE, FIRST, claim, *outcome)
    assert settled["outcome"] == "已更正申报"
    assert ask("tax", "notices", "--open")["notices"] == []
    assert ask("tax", "notices")["notices"][0]["outcome"] == "已更正申报"
    assert ask("tax", "claims", CODE, FIRST)["red"] == " ".join(red)
    check_house(house)


def test_people_read_tables(house: House, command_line: CommandLine) -> None:
    receipted(house, "80.00")
    command_line(*claiming())
    _, claims, _ = command_line("tax", "claims", CODE, FIRST)
    make_red(house)
    _, notices, _ = command_line("tax", "notices")

    assert "有效 stands" in claims
    assert "可勾选 30.00" in claims
    assert "待办 open" in notices


def test_a_dry_run_decides_and_records_nothing(house: House, command_line: CommandLine) -> None:
    receipted(house, "80.00")
    size = house.recorder.size()

    assert command_line(*claiming(), "--dry-run")[0] == DONE
    assert command_line(*claiming(yuan="80.01"), "--dry-run")[0] == NOT_UNDERSTOOD
    assert house.recorder.size() == size


@pytest.mark.parametrize(
    "words",
    [
        (),
        (CODE, FIRST),
        (CODE, "--taxpayer", PERSON, "--year", "2026", "--amount", "1.00"),
        (CODE, FIRST, "--taxpayer", PERSON, "--year", "2026"),
        ("--list", "claims.xlsx", "--year", "2026"),
        (
            CODE,
            FIRST,
            "--taxpayer",
            PERSON,
            "--year",
            "2026",
            "--amount",
            "1.00",
            "--out",
            "o.xlsx",
        ),
    ],
)
def test_a_claim_says_all_of_it_or_names_a_list(
    house: House, command_line: CommandLine, words: tuple[str, ...]
) -> None:
    code, _, err = command_line("tax", "claim", *words, "--officer", OFFICER)

    assert code == NOT_UNDERSTOOD
    assert "say which receipt" in err


@pytest.mark.parametrize("year", ["26", "20260", "２０２６", "20a6"])
def test_a_year_has_four_digits(house: House, command_line: CommandLine, year: str) -> None:
    receipted(house, "80.00")
    code, _, err = command_line(*claiming(year=year))

    assert code == NOT_UNDERSTOOD
    assert "is no tax year" in err


def test_the_paper_of_an_exchanged_receipt_is_named(
    house: House, command_line: CommandLine
) -> None:
    receipted(house, "80.00")
    house.ledger.receipts.exchange(CODE, FIRST, (PAPER.code, PAPER.number), ISSUED_ON)

    assert "--paper" in command_line(*claiming())[2]
    assert "CODE:NUMBER" in command_line(*claiming(paper=PAPER.number))[2]
    assert command_line(*claiming(paper=f"{PAPER.code}:{PAPER.number}"))[0] == DONE


HEADER = ("票据代码 code", "票据号码", "纳税人识别号", "姓名", "年度", "金额")


def listed(path: Path, *rows: tuple[object, ...], header: tuple[str, ...] = HEADER) -> Path:
    """Write a list as an officer keeps it: a title, an empty line, the header, the rows."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("勾选")
        sheet.write_string(0, 0, "勾选清单")
        for line, cells in enumerate((header, *rows), 2):
            for column, cell in enumerate(cells):
                (sheet.write_string if isinstance(cell, str) else sheet.write)(line, column, cell)
    path.write_bytes(content.getvalue())
    return path


def results_of(path: Path) -> list[list[Any]]:
    return CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()


def test_a_list_is_claimed_row_by_row_and_handed_back(
    house: House, command_line: CommandLine, tmp_path: Path
) -> None:
    receipted(house, "80.00", "70.00")
    path = listed(
        tmp_path / "claims.xlsx",
        (CODE, FIRST, PERSON, PAYER, 2026, 50.5),
        (int(CODE), 1, PERSON, PAYER, "2026年", "1.00"),
        (CODE, FIRST, PERSON, PAYER, 2026, 50.5),
        ("", "", "", "", "", ""),
        (CODE, 2, OTHER_PERSON, "李四", 2026, "1.00"),
        (CODE, SECOND, 11010519491231002, PAYER, 2026, "1.00"),
        (CODE, SECOND, PERSON, PAYER, "=1+1", "1.00"),
        (CODE, SECOND, OTHER_PERSON, PAYER, 2026, "1,0.001"),
        (CODE, "0000000009", PERSON, PAYER, 2026, "1.00"),
        (CODE, SECOND, PERSON, PAYER, 2026, "1,000"),
        (CODE, SECOND, "G1234567", PAYER, 2026, "70.00"),
    )
    code, out, _ = command_line("tax", "claim", "--list", path, "--officer", OFFICER, "--json")
    told = json.loads(out)
    outcomes = {one["row"]: (one["result"], one["why"]) for one in told["outcomes"]}

    assert code == WRONG
    assert (told["rows"], told["claimed"], told["duplicate"], told["refused"]) == (10, 2, 2, 6)
    assert outcomes[4] == ("claimed", None)
    assert outcomes[5][0] == outcomes[6][0] == "duplicate"
    assert "row 4" in outcomes[6][1]
    assert "name is not the one" in outcomes[8][1]
    assert "rounds" in outcomes[9][1]
    assert "no tax year" in outcomes[10][1]
    assert "no amount" in outcomes[11][1]
    assert "no receipt" in outcomes[12][1]
    assert "exceeds" in outcomes[13][1]
    assert outcomes[14] == ("claimed", None)
    header, *rows = results_of(tmp_path / "claims-勾选结果.xlsx")
    assert header[-3:] == ["结果 result", "勾选编号 claim", "原因 why"]
    assert rows[0][:7] == ["4", CODE, FIRST, PERSON, PAYER, "2026", "50.5"]
    assert rows[5][5] == "=1+1"
    assert len(rows) == 10
    again = command_line("tax", "claim", "--list", path, "--officer", OFFICER, "--json")
    assert json.loads(again[1])["claimed"] == 0
    check_house(house)


def test_a_list_all_of_which_is_claimed_ends_well(
    house: House, command_line: CommandLine, tmp_path: Path
) -> None:
    receipted(house, "80.00")
    path = listed(tmp_path / "claims.xlsx", (CODE, FIRST, PERSON, PAYER, 2026, "80"))
    words = ("tax", "claim", "--list", path, "--out", tmp_path / "out.xlsx", "--officer", OFFICER)
    code, out, _ = command_line(*words)

    assert code == DONE
    assert "claimed" in out
    assert len(results_of(tmp_path / "out.xlsx")) == 2


def test_a_list_with_names_of_columns_in_english_is_read(
    house: House, command_line: CommandLine, tmp_path: Path
) -> None:
    receipted(house, "80.00")
    path = tmp_path / "claims.csv"
    path.write_text(
        f"code,number,taxpayer,name,year,amount\n{CODE},{FIRST},{PERSON},{PAYER},2026,80\n",
        encoding="utf-8",
    )

    assert command_line("tax", "claim", "--list", path, "--officer", OFFICER)[0] == DONE


def test_people_read_why_rows_were_not_claimed(
    house: House, command_line: CommandLine, tmp_path: Path
) -> None:
    receipted(house, "80.00")
    path = listed(tmp_path / "claims.xlsx", (CODE, FIRST, PERSON, "李四", 2026, "80"))
    code, out, _ = command_line("tax", "claim", "--list", path, "--officer", OFFICER)

    assert code == WRONG
    assert "未勾选 not claimed" in out


@pytest.mark.parametrize("header", [HEADER[:4], ("代码", "号码", "姓名", "年度", "金额")])
def test_a_file_without_the_columns_is_no_list(
    house: House, command_line: CommandLine, tmp_path: Path, header: tuple[str, ...]
) -> None:
    path = listed(tmp_path / "claims.xlsx", header=header)
    code, _, err = command_line("tax", "claim", "--list", path, "--officer", OFFICER)

    assert code == NOT_UNDERSTOOD
    assert "no list of deductions" in err


def test_the_results_never_go_over_the_list_itself(
    house: House, command_line: CommandLine, tmp_path: Path
) -> None:
    path = listed(tmp_path / "claims.xlsx", (CODE, FIRST, PERSON, PAYER, 2026, "80"))
    for out in (path, tmp_path):
        words = ("tax", "claim", "--list", path, "--out", out, "--officer", OFFICER)
        code, _, err = command_line(*words)
        assert code == NOT_UNDERSTOOD
        assert "can't go there" in err


def test_an_officer_of_a_list_is_a_role(
    house: House, command_line: CommandLine, tmp_path: Path
) -> None:
    path = listed(tmp_path / "claims.xlsx", (CODE, FIRST, PERSON, PAYER, 2026, "80"))
    code, _, err = command_line("tax", "claim", "--list", path, "--officer", "张三")

    assert code == NOT_UNDERSTOOD
    assert "role name" in err
    assert not (tmp_path / "claims-勾选结果.xlsx").exists()


def test_cells_of_results_are_text_that_no_spreadsheet_runs(tmp_path: Path) -> None:
    row = ClaimRow(2, CODE, FIRST, "=HYPERLINK(1)", None, "2026", "+1", None)
    path = tmp_path / "out.xlsx"
    path.write_bytes(written([Outcome(row, "refused", why="@x")]))
    sheet = BytesIO(path.read_bytes())

    assert results_of(path)[1][3:] == ["=HYPERLINK(1)", "", "2026", "+1", "refused", "", "@x"]
    assert b"<f>" not in sheet.getvalue()


def test_the_status_list_is_written_for_a_day(
    house: House, command_line: CommandLine, ask: Ask, tmp_path: Path
) -> None:
    receipted(house, "80.00")
    ask(*claiming())
    path = tmp_path / "out" / "status.dls"
    told = ask("status", "export", path, "--day", "2026-11-22", "--good-for", "3")
    known = StatusList.parse(path.read_bytes(), house.trust())
    first = known.of(CODE, FIRST)

    assert first is not None
    assert first.claimed == Money.parse("50.00")
    assert (told["entries"], told["issuers"], told["without_check_code"]) == (1, 2, 0)
    assert (told["sha256"], told["bytes"]) == (known.digest, path.stat().st_size)
    assert told["as_of"]["day"] == "2026-11-22"
    assert told["as_of"]["size"] == known.as_of.size == house.recorder.size()
    assert told["valid_until"] == known.as_of.valid_until.isoformat() == "2026-11-25"
    assert command_line("status", "export", path)[0] == DONE
