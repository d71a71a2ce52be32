"""Receipts on the command line: a year, a collection, copies, papers, what is not issued."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.wiring import House
from ledger.money import Money
from tests.api.test_commands import Run, said
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, give, ready_for_receipts, register

CODE = "23050126"
FIRST = (CODE, "0000000001")
DAYS = ("--from", "2026-10-01", "--to", "2026-10-31")
WHY = ("--reason", "refund", "--note", "捐赠人申请退回", "--by", "clerk")


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def receipts(run: Run, *words: object) -> Any:
    return said(run("receipts", *map(str, words), "--json"))


def made_out(run: Run, gift: str, out: Path, *more: object) -> dict[str, Any]:
    answer = receipts(run, "issue", "--charity", USCC, "--gift", gift, "--out", out, *more)
    (issued,) = answer["issued"]
    return dict(issued)


def test_a_run_adds_up(house: House, fund: str, command_line: Run, tmp_path: Path) -> None:
    one, part, nobodys = house.ledger.gifts.receive_gifts(
        USCC, fund, [gift("10.00"), gift("6.00"), gift("3.00", None)]
    )
    house.ledger.corrections.return_gift(part, Money(200), "捐赠人申请退回", "clerk")
    ready_for_receipts(house)

    answer = receipts(command_line, "issue", "--charity", USCC, *DAYS, "--out", tmp_path)

    summary = answer["summary"]
    assert summary["gifts"] == {"count": 3, "amount": {"CNY": "19.00"}}
    assert summary["issued"] == {"count": 2, "amount": {"CNY": "14.00"}}
    assert summary["withheld"] == {"CNY": "2.00"}
    assert summary["not_issued"]["amount"] == {"CNY": "3.00"}
    assert summary["not_issued"]["reasons"] == [
        {"reason": "捐赠人待认领，不能开具票据", "count": 1}
    ]
    assert [i["gift"] for i in answer["issued"]] == [one, part]
    assert [n["gift"] for n in answer["not_issued"]] == [nobodys]
    again = receipts(command_line, "issue", "--charity", USCC, *DAYS, "--out", tmp_path)
    assert (again["issued"], again["summary"]["printed_again"]) == ([], 0)
    next(tmp_path.glob("*.pdf")).unlink()
    third = receipts(command_line, "issue", "--charity", USCC, *DAYS, "--out", tmp_path)
    assert (third["issued"], third["summary"]["printed_again"]) == ([], 1)
    assert len(list(tmp_path.glob("*.pdf"))) == 2


def test_many_are_printed_over_several_processes(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    give(house, fund, *["1.00"] * 60)
    ready_for_receipts(house)

    issued = receipts(
        command_line, "issue", "--charity", USCC, *DAYS, "--out", tmp_path, "--jobs", 2
    )["issued"]

    assert len(issued) == 60 == len(list(tmp_path.glob("*.pdf")))
    assert [i["number"] for i in issued] == [f"{n:010d}" for n in range(1, 61)]


def test_the_payers_particulars_are_one_gifts(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    told = ("--payer-address", "示范市示范路1号", "--payer-taxpayer", USCC)

    code, _, err = command_line(
        "receipts", "issue", "--charity", USCC, *DAYS, "--out", tmp_path, *told
    )
    assert (code, "name the gift with --gift" in err) == (2, True)
    made_out(command_line, one, tmp_path, *told, "--area", "230108")
    known = house.ledger.streams.receipt(*FIRST)
    values = {o.value for o in house.vault.of_digests(known.payer.sealed).values()}
    assert {"示范市示范路1号", USCC} <= values


def test_a_gift_of_another_charity_is_not_receipted(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    register(house, OTHER_USCC, "另一基金会")
    (theirs,) = give(house, general_fund(house, OTHER_USCC), "10.00", uscc=OTHER_USCC)
    ready_for_receipts(house)

    code, out, _ = command_line(
        "receipts", "issue", "--charity", USCC, "--gift", theirs, "--out", str(tmp_path), "--json"
    )
    answer = json.loads(out)

    assert code == 1
    assert [n["reason"][:8] for n in answer["not_issued"]] == ["不是本单位的捐赠"]
    assert house.ledger.streams.fund(fund).organisation == USCC


def test_a_member_whose_name_can_not_be_printed_draws_no_number(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    listed = tmp_path / "名单.csv"
    listed.write_text("姓名,金额（元）\n张𪚥,6.00\n李四,4.00\n", encoding="utf-8")
    before = house.recorder.counts()

    code, _, err = command_line(
        "receipts", "joint", "--gift", one, "--list", str(listed), "--out", str(tmp_path)
    )

    assert (code, "U+2A6A5" in err) == (2, True)
    assert house.recorder.counts() == before


def test_for_deduction_none_is_made_out_of_a_day_without_eligibility(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    house.ledger.organisations.allot_numbers(USCC, CODE, 1, 100)
    house.publish()

    asked = ("issue", "--charity", USCC, "--gift", one, "--out", tmp_path)
    code, out, _ = command_line("receipts", *map(str, asked), "--deductible", "--json")

    (left,) = json.loads(out)["not_issued"]
    assert code == 1
    assert left["reason"].startswith("捐赠日受赠单位没有税前扣除资格")
    days = ("receipts", "issue", "--charity", USCC, *DAYS, "--out", str(tmp_path), "--deductible")
    assert command_line(*days)[0] == 0, "in a range of days that is nothing unusual"


def test_a_gift_that_has_its_receipt_is_no_failure_and_its_file_is_printed_again(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    asked = ("issue", "--charity", USCC, "--gift", one, "--out", tmp_path)

    tried = receipts(command_line, *asked, "--dry-run")
    assert (tried["issued"], house.ledger.streams.gift(one).receipt) == ([], None)
    made_out(command_line, one, tmp_path)
    assert receipts(command_line, *asked)["summary"]["printed_again"] == 0
    next(tmp_path.glob("*.pdf")).unlink()
    assert receipts(command_line, *asked)["summary"]["printed_again"] == 1


def test_an_annual_receipt_lists_what_it_holds_and_what_is_left_out(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    one, two, receipted, _ = house.ledger.gifts.receive_gifts(
        USCC, fund, [gift("10.00"), gift("10.00"), gift("5.00"), gift("7.00", "李某某")]
    )
    ready_for_receipts(house)
    made_out(command_line, receipted, tmp_path)
    asked = ("annual", "--charity", USCC, "--year", 2026, "--donor", "王某某", "--out", tmp_path)

    code, _, err = command_line("receipts", *map(str, asked))
    assert (code, "may be several people's" in err) == (2, True)
    assert receipts(command_line, *asked, "--same-person", "--dry-run")["receipt"] == {}
    answer = receipts(command_line, *asked, "--same-person")

    assert [n["gift"] for n in answer["lines"]] == [one, two]
    assert (answer["total"], answer["receipt"]["amount"]) == ("20.00", "20.00")
    assert [n["gift"] for n in answer["left_out"]] == [receipted]
    assert "joins these gifts to each other in public" in answer["warning"]
    assert command_line("verify", answer["receipt"]["path"])[0] == 0


def test_an_annual_receipt_can_be_made_of_gifts_that_are_named(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    one, _, other = house.ledger.gifts.receive_gifts(
        USCC, fund, [gift("10.00"), gift("10.00"), gift("7.00", "李某某")]
    )
    ready_for_receipts(house)
    asked = ("annual", "--charity", USCC, "--year", 2026, "--out", tmp_path, "--donor")

    answer = receipts(command_line, *asked, "王某某", "--gift", one)
    assert [n["gift"] for n in answer["lines"]] == [one]
    code, _, err = command_line("receipts", *map(str, asked), "王某某", "--gift", other)
    assert (code, f"{other} was not given in the name" in err) == (2, True)
    code, _, err = command_line("receipts", *map(str, asked), "赵某某")
    assert (code, "no gift was recorded in the name" in err) == (2, True)


def test_a_collection_is_receipted_with_its_list(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("10.00", "示范公司工会")])
    ready_for_receipts(house)
    listed = tmp_path / "名单.csv"
    listed.write_text("姓名,金额（元）\n张三,6.00\n李四,4.00\n", encoding="utf-8")

    answer = receipts(
        command_line, "joint", "--gift", one, "--list", listed, "--out", tmp_path / "out"
    )

    assert (answer["members"], answer["amount"]) == (2, "10.00")
    assert command_line("verify", answer["path"])[0] == 0


def test_a_list_with_a_row_that_is_not_understood_is_refused(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    listed = tmp_path / "名单.csv"
    for rows in ("张三,6.00\n李四,四元整整\n", "张三,6.00\n,4.00\n"):
        listed.write_text("姓名,金额（元）\n" + rows, encoding="utf-8")
        code, _, err = command_line(
            "receipts", "joint", "--gift", one, "--list", str(listed), "--out", str(tmp_path)
        )
        assert (code, "a name and an amount in every row" in err) == (2, True)


def test_a_receipt_is_reversed_and_replaced_with_its_papers(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    made_out(command_line, one, tmp_path)
    code, _, err = command_line("receipts", "reverse", *FIRST, *WHY, "--replace")
    assert (code, "--out" in err) == (2, True)

    answer = receipts(
        command_line, "reverse", *FIRST, *WHY, "--replace", "--area", "230108", "--out", tmp_path
    )

    assert (answer["red_number"], answer["new_number"]) == ("0000000002", "0000000003")
    assert answer["freed"] == [one]
    assert Path(answer["red_path"]).is_file()
    assert command_line("verify", answer["new_path"])[0] == 0
    shown = receipts(command_line, "show", CODE, "0000000003")
    assert (shown["replaces"], shown["area"]) == (" ".join(FIRST), "230108")
    again = receipts(command_line, "reverse", CODE, "0000000003", *WHY)
    assert (again["red_number"], again["new_number"]) == ("0000000004", None)


def test_a_copy_says_that_it_is_one(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    made_out(command_line, one, tmp_path)

    copy = receipts(command_line, "copy", *FIRST, "--out", tmp_path)

    assert Path(copy["path"]).name == f"{CODE}-0000000001-copy.pdf"
    assert command_line("verify", copy["path"])[0] == 0
    house.ledger.people.erase(one, "request of the person")
    code, _, err = command_line("receipts", "copy", *FIRST, "--out", tmp_path)
    assert (code, "was erased" in err) == (2, True)
    void = receipts(command_line, "reverse", *FIRST, *WHY, "--out", tmp_path)
    assert void["red_path"] is None


def test_a_receipts_life_is_told_in_words(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    made_out(command_line, one, tmp_path)
    paper = ("--paper-code", "23052126", "--paper-number", "0000000007")
    assert receipts(command_line, "exchange", *FIRST, *paper)["paper"] == "23052126 0000000007"
    assert receipts(command_line, "show", *FIRST)["paper"] == "23052126 0000000007"
    assert receipts(command_line, "paper-back", *FIRST)["paper"] == "23052126 0000000007"
    official = ("--code", CODE, "--number", "0000009001", "--check-code", "aB3dE9")
    receipts(command_line, "official", *FIRST, *official, "--on", "2026-10-02")
    receipts(command_line, "reverse", *FIRST, *WHY)

    shown = receipts(command_line, "show", *FIRST)

    told = " | ".join(step["says"] for step in shown["life"])
    words = ("made out", "exchanged for paper", "paper taken back", "official receipt recorded",
             "(reversed)")  # fmt: skip
    assert [told.find(word) for word in words] == sorted(told.find(word) for word in words)
    assert -1 not in [told.find(word) for word in words]
    assert (shown["red"], shown["official"]) == (f"{CODE} 0000000002", f"{CODE} 0000009001")


def test_what_can_be_no_paper_or_official_receipt_is_refused_in_words(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    gifts = give(house, fund, "10.00", "20.00")
    ready_for_receipts(house)
    for one in gifts:
        made_out(command_line, one, tmp_path)
    paper = ("--paper-code", "23052126", "--paper-number")
    receipts(command_line, "exchange", *FIRST, *paper, "0000000007")
    second = (CODE, "0000000002")
    official = ("official", *second, "--code", CODE, "--check-code", "aB3dE9", "--number")

    for words, why in (
        (("exchange", *second, *paper, "0000000007"), f"stands for {CODE} 0000000001 already"),
        ((*official, "0000000050", "--on", "2026-10-02"), "are drawn, not written by hand"),
        ((*official, "0000009001", "--on", "2999-01-01"), "that day is still to come"),
    ):
        code, _, err = command_line("receipts", *words)
        assert (code, why in err) == (2, True), err


def test_a_waived_receipt_is_made_out_and_kept_on_file(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    one, nobodys = house.ledger.gifts.receive_gifts(USCC, fund, [gift("10.00"), gift("2.00", None)])
    ready_for_receipts(house)

    kept = receipts(command_line, "waive", nobodys, "--reason", "anonymous", "--out", tmp_path)
    alone = receipts(command_line, "waive", one, "--reason", "declined")

    assert Path(kept["path"]).is_file()
    assert alone == {"gift": one, "reason": "declined"}
    assert house.ledger.streams.receipt(*FIRST).held == "anonymous"


def test_every_gift_without_a_receipt_is_listed_with_its_reason(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    one, back, nobodys, later = house.ledger.gifts.receive_gifts(
        USCC, fund, [gift("10.00"), gift("5.00"), gift("3.00", None), gift("2.00")]
    )
    ready_for_receipts(house)
    made_out(command_line, one, tmp_path)
    house.ledger.corrections.return_gift(back, Money(500), "捐赠人申请退回", "clerk")

    answer = receipts(
        command_line, "not-issued", "--charity", USCC, *DAYS, "--xlsx", tmp_path / "未开.xlsx"
    )

    codes = {g["gift"]: g["code"] for g in answer["gifts"]}
    assert codes == {
        back: "gift-was-returned", nobodys: "donor-not-identified", later: "not-yet",
    }  # fmt: skip
    summary = answer["summary"]
    assert summary["all"] == {"count": 4, "amount": {"CNY": "20.00"}, "gone": {"CNY": "5.00"}}
    assert summary["receipted"]["amount"] == {"CNY": "10.00"}
    assert summary["not_receipted"]["amount"] == {"CNY": "10.00"}
    assert (tmp_path / "未开.xlsx").is_file()
    assert answer["undated"] == 0
    assert date.fromisoformat(answer["from"]) == date(2026, 10, 1)
    assert json.dumps(answer)
