"""Commands of the vault: who read what and why, what is held on a person, what the law keeps."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from api.receipt_desk import IssuedReceipt, NotIssued, ReceiptDesk
from api.times import BEIJING
from api.wiring import House, opened
from ledger.domain.claimants import PayerWasErased
from ledger.domain.keeping import Restriction
from tests.conftest import USCC
from tests.houses import general_fund, give, pay, payment, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.claimed import claim

Run = Callable[..., tuple[int, str, str]]
ISSUED = date(2026, 11, 21)
LAST, OVER = date(2056, 12, 31), date(2057, 1, 1)
WHY = "个案 2026-17"


def said(result: tuple[int, str, str]) -> Any:
    code, out, err = result
    assert code == 0, err
    return json.loads(out)


@pytest.fixture
def receipted(house: House, tmp_path: Path) -> str:
    """Keep a charity with a gift that has a receipt; return the gift."""
    register(house)
    (gift,) = give(house, general_fund(house), "80.00")
    ready_for_receipts(house)
    desk = ReceiptDesk(house, USCC, tmp_path / "receipts", ISSUED)
    assert all(isinstance(one, IssuedReceipt) for one in desk.issue([gift], lambda _: None))
    return gift


def test_what_no_law_keeps_is_erased_and_a_receipt_kept_for_the_law_alone(
    house: House, receipted: str, command_line: Run, tmp_path: Path
) -> None:
    told = said(command_line("erase", "王某某", "--json"))

    assert [one["stream"] for one in told["erased"]] == [receipted]
    assert {one["stream"] for one in told["restricted"]} == {"receipt-23050126-0000000001"}
    assert {one["until"] for one in told["restricted"]} == {"2056-12-31"}
    assert all("第79号" in one["source"] for one in told["restricted"])
    assert house.vault.named("王某某") == []
    assert house.vault.of_streams(["receipt-23050126-0000000001"]) == []
    again = command_line("receipts", "copy", "23050126", "0000000001", "--out", tmp_path)
    assert again[0] == 2
    with opened(house.settings) as home:
        desk = ReceiptDesk(home, USCC, tmp_path / "again", ISSUED)
        (outcome,) = desk.issue([receipted], lambda _: None)
        assert isinstance(outcome, NotIssued), "a restricted name is on no print"
    public = command_line("log", "export", tmp_path / "log")
    assert public[0] == 0
    erasures = [e for e in house.recorder.log(0, house.recorder.size())
                if e.topic == "openings-erased.v1"]  # fmt: skip
    assert len(erasures) == 1, "a restriction is not public: it would tell that somebody asked"
    check_house(house)


def test_erasing_again_says_what_is_kept_until_when(
    house: House, receipted: str, command_line: Run
) -> None:
    first = said(command_line("erase", receipted, "--json"))
    again = said(command_line("erase", receipted, "--json"))
    assert (again["erased"], again["restricted"]) == ([], first["restricted"])
    code, out, _ = command_line("erase", "王某某")
    assert (code, "会计凭证保管30年" in out, "2056-12-31" in out) == (0, True, True)


@pytest.mark.parametrize(("day", "gone"), [(LAST, 0), (OVER, 2)])
def test_what_the_law_kept_is_erased_once_its_last_day_has_passed(
    house: House, receipted: str, command_line: Run, day: date, gone: int
) -> None:
    said(command_line("erase", receipted, "--json"))
    dry = said(command_line("erase", "--due", "--on", day, "--dry-run", "--json"))
    assert len(house.vault.all()) == 2, "a dry run erases nothing"
    done = house.ledger.people.erase_due(day)
    assert len(done.erased) == len(dry["erased"]) == gone
    assert len(house.vault.all()) == 2 - gone
    assert len(house.vault.restrictions.rows()) == 2 - gone
    check_house(house)


@pytest.mark.parametrize("whom", ["--due", "王某某"])
def test_no_flag_brings_the_laws_last_day_nearer(
    house: House, receipted: str, command_line: Run, whom: str
) -> None:
    tomorrow = datetime.now(BEIJING).date() + timedelta(days=1)
    held = len(house.vault.all())
    for day in (tomorrow, OVER):
        code, out, err = command_line("erase", whom, "--on", day)
        assert (code, out, err.count("\n")) == (2, "", 1), err
        assert f"--on {day} has not come yet" in err
    assert len(house.vault.all()) == held
    today = datetime.now(BEIJING).date()
    assert command_line("erase", whom, "--on", today)[0] == 0
    assert len(house.vault.restrictions.rows()) == (0 if whom == "--due" else 2)


def test_a_dry_run_says_what_would_be_kept_and_restricts_nothing(
    house: House, receipted: str, command_line: Run
) -> None:
    told = said(command_line("erase", receipted, "--dry-run", "--json"))
    assert (len(told["erased"]), len(told["restricted"])) == (1, 2)
    assert len(house.vault.named("王某某")) == 2


def test_either_a_person_is_erased_or_what_is_due(receipted: str, command_line: Run) -> None:
    assert "--due alone" in command_line("erase")[2]
    assert "--due alone" in command_line("erase", receipted, "--due")[2]


def test_the_payer_of_a_reversed_receipt_goes_with_the_gift(
    house: House, receipted: str, command_line: Run, tmp_path: Path
) -> None:
    reversal = ("--reason", "wrong-donor", "--note", "抬头有误", "--by", "reviewer")
    said(command_line("receipts", "reverse", "23050126", "0000000001", *reversal,
                      "--out", tmp_path, "--json"))  # fmt: skip
    told = said(command_line("erase", receipted, "--json"))
    assert (len(told["erased"]), len(told["restricted"])) == (1, 2)


def test_the_text_a_payment_to_a_person_rests_on_is_kept_as_a_voucher(
    house: House, command_line: Run
) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")
    house.ledger.disbursements.pay_out(USCC, fund, [payment("1.00", "张某某")], "clerk", "reviewer")
    told = said(command_line("erase", "张某某", "--json"))
    assert (told["erased"], len(told["restricted"])) == ([], 1)
    check_house(house)


def test_a_deduction_is_kept_by_the_tax_bureau_for_ten_years(house: House, receipted: str) -> None:
    claim(house)
    done = house.ledger.people.erase("王某某", "request of the person", namesakes=True)
    assert {one.rule for one in done.kept} == {"voucher-30", "taxpayer-10-bureau"}
    bureau = next(one for one in done.kept if one.rule == "taxpayer-10-bureau")
    assert bureau.until.year == datetime.now(BEIJING).year + 10
    with pytest.raises(PayerWasErased):
        claim(house)
    check_house(house)


def test_all_that_is_held_on_a_person_is_handed_out_and_the_reading_noted(
    house: House, receipted: str, command_line: Run, tmp_path: Path
) -> None:
    out = tmp_path / "held.json"
    told = said(command_line("person", "export", "王某某", "--why", WHY, "--out", out, "--json"))
    held = json.loads(out.read_text())

    assert (told["openings"], told["gifts"], told["receipts"]) == (3, 1, 1)
    assert out.stat().st_mode & 0o777 == 0o600
    assert {one["field"] for one in held["openings"]} == {"name", "check_code"}
    assert held["openings"][0]["value"] == "王某某"
    assert held["gifts"][0]["amount"] == held["receipts"][0]["amount"] == "80.00"
    assert {one["restricted"] is None for one in held["openings"]} == {True}
    assert held["shown"][0]["where"].startswith(f"/trace/gift/{receipted}")
    reads = said(command_line("vault", "reads", "--stream", receipted, "--json"))["reads"]
    assert reads[-1]["why"] == f"person export: {WHY}"
    assert reads[-1]["who"] == house.settings.actor
    assert said(command_line("vault", "reads", "--since", "2999-01-01", "--json"))["reads"] == []
    assert "person export" in command_line("vault", "reads")[1]


def test_what_only_the_law_keeps_is_handed_out_with_its_last_day(
    house: House, receipted: str, command_line: Run, tmp_path: Path
) -> None:
    said(command_line("erase", "王某某", "--json"))
    for number, person in enumerate(("王某某", receipted)):
        out = tmp_path / f"{number}.json"
        said(command_line("person", "export", person, "--why", WHY, "--out", out, "--json"))
        held = json.loads(out.read_text())
        assert {one["restricted"]["until"] for one in held["openings"]} == {"2056-12-31"}
        assert {one["value"] for one in held["openings"] if one["field"] == "name"} == {"王某某"}


@pytest.mark.parametrize(
    ("why", "wrong"),
    [
        ("王某某来电", "not the person"),
        (" ", "can't be written"),
        ("长" * 201, "can't be written"),
        ("a\nb", "can't be written"),
        ("电话13800138000", "personal numbers"),
    ],
)
def test_why_somebody_reads_never_says_whom_it_is_about(
    receipted: str, command_line: Run, tmp_path: Path, why: str, wrong: str
) -> None:
    out = tmp_path / "held.json"
    code, _, err = command_line("person", "export", "王某某", "--why", why, "--out", out)
    assert (code, wrong in err, out.exists()) == (2, True, False)


def test_personal_data_is_written_into_no_file_that_is_there(
    receipted: str, command_line: Run, tmp_path: Path
) -> None:
    out = tmp_path / "held.json"
    out.write_text("x")
    code, _, err = command_line("person", "export", "王某某", "--why", WHY, "--out", out)
    assert (code, "is there already" in err, out.read_text()) == (2, True, "x")


def test_two_who_bear_a_name_are_told_apart_by_their_gifts(
    house: House, receipted: str, command_line: Run, tmp_path: Path
) -> None:
    give(house, house.ledger.streams.gift(receipted).fund, "1.00")
    out = tmp_path / "held.json"
    asked = ("person", "export", "王某某", "--why", WHY, "--out", out)
    assert "2 gifts or payments" in command_line(*asked)[2]
    assert said(command_line(*asked, "--namesakes", "--json"))["gifts"] == 2
    out.unlink()
    nobody = command_line("person", "export", "无此人", "--why", WHY, "--out", out)
    assert (nobody[0], "nothing is kept" in nobody[2]) == (2, True)


def test_the_text_of_a_name_and_a_payment_are_told_where_they_show(
    house: House, command_line: Run, tmp_path: Path
) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")
    pay(house, fund, "1.00")
    house.ledger.disbursements.pay_out(USCC, fund, [payment("1.00", "张某某")], "clerk", "reviewer")
    out = tmp_path / "held.json"
    said(command_line("person", "export", "张某某", "--why", WHY, "--out", out, "--json"))
    held = json.loads(out.read_text())
    assert held["shown"][0]["where"].startswith(f"/funds/{fund}")


def test_the_vaults_keys_are_listed_with_what_they_close(
    house: House, receipted: str, command_line: Run
) -> None:
    dry = said(command_line("vault", "rotate", "--dry-run", "--json"))
    assert dry == {"openings_behind": 0}
    done = said(command_line("vault", "rotate", "--data", "--json"))
    assert (done["key_file"], done["encrypted_anew"]) == ("vault-2.key", 3)
    keys = said(command_line("vault", "keys", "--json"))["keys"]
    assert [(k["key"], k["for"], k["openings"]) for k in keys] == [
        (1, "finding", 0), (2, "boxes", 0), (3, "boxes", 3)
    ]  # fmt: skip
    assert keys[1]["retired_at"] is not None
    assert "vault-2.key" in command_line("vault", "keys")[1]


def test_what_was_erased_meanwhile_is_not_restricted(house: House, receipted: str) -> None:
    (row, *_) = house.vault.of_streams([receipted])
    house.ledger.people.erase(receipted, "request of the person", on=OVER)
    mark = Restriction(row.digest, "voucher-30", LAST, datetime.now(BEIJING), row.tag)

    house.vault.restrict([mark])

    assert house.vault.restrictions.rows() == []
    check_house(house)
