"""Every command answers as its users read it: tables, JSON, exit codes."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from api import demo
from api.commands import asking
from api.verifying.files import RECEIPT_MAX
from api.wiring import VIEWS, House
from ledger import codec
from ledger.application import ReceiveGift
from ledger.domain.organisations import KeyWasRevoked
from ledger.domain.values import exchange
from ledger.engine import Conflict
from ledger.errors import Refused
from ledger.money import Money
from ledger.proof.merkle import leaf_hash
from ledger.store.log_folder import LogFolder
from receipts.attachment import attached
from receipts.bundle import Bundle
from receipts.pades import Signer
from receipts.page import Page
from receipts.pdf import GlyphMissing, render_all
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, general_fund, give, pay, payment, ready_for_receipts, register

Run = Callable[..., tuple[int, str, str]]


def said(answer: tuple[int, str, str], ending: int = 0) -> Any:
    code, out, err = answer
    assert code == ending, err
    return json.loads(out)


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


# The demonstration.


def test_the_demonstration_tells_its_story_and_a_second_one_adds_nothing(
    command_line: Run, tmp_path: Path
) -> None:
    first = said(command_line("demo", "--json"))
    assert all(chapter["ok"] for chapter in first["story"])
    assert sum(report["recorded"] for report in first["imported"]) == 33
    size = said(command_line("log", "checkpoint", "--json"))["size"]

    second = said(command_line("demo", "--json"))
    assert [report["recorded"] for report in second["imported"]] == [0] * 6
    assert said(command_line("log", "checkpoint", "--json"))["size"] == size

    code, out, _ = command_line("demo")
    assert code == 0
    assert "拜泉县三道镇中心小学" in out
    assert str(tmp_path) in out
    code, out, _ = command_line("verify", first["receipts"])
    assert (code, "有效 valid" in out) == (0, True)


def test_the_sample_names_nobody(house: House) -> None:
    demo.run(house, house.settings.data / "demo")
    for kept in house.vault.all():
        opening = house.vault.open(kept)
        if opening.name == "name":
            assert re.search(r"[*]|示例|示范|（个人）|SAMPLE", opening.value), opening.value


# Setting up.


def test_a_charity_is_set_up_command_by_command(command_line: Run) -> None:
    key = said(command_line("charity", "register", USCC, "示范基金会", "--json"))["key"]
    again = said(command_line("charity", "register", USCC, "示范基金会", "--json"))
    assert again["key"] == key
    opened = said(
        command_line("fund", "open", "--charity", USCC, "校舍", "--purpose", "建校", "--json")
    )
    assert (opened["kind"], opened["purpose"]) == ("project", "建校")
    granted = said(
        command_line(
            *("eligibility", "grant", USCC, "--from", "2026-01-01", "--to", "2028-12-31"),
            *("--notice", "公告1号", "--json"),
        )
    )
    assert granted["new"]
    lot = said(command_line("book", "allot", USCC, "23050126", "0000000001", "100", "--json"))
    assert (lot["first"], lot["last"], lot["count"]) == ("0000000001", "0000000100", 100)
    cancelled = said(
        command_line("eligibility", "cancel", USCC, "--notice-date", "2027-05-20", "--json")
    )
    assert cancelled["effective"] == "2027-06-01"
    assert cancelled["periods"][0]["to"] == "2027-05-31"


def test_a_dry_run_of_a_registration_makes_no_key(command_line: Run, house: House) -> None:
    answer = said(command_line("charity", "register", OTHER_USCC, "另一", "--dry-run", "--json"))
    assert answer["key"] is None
    assert not house.keys.has(OTHER_USCC)


def test_init_may_be_repeated(command_line: Run) -> None:
    first = said(command_line("init", "--json"))
    assert said(command_line("init", "--json")) == first


def test_stop_says_when_there_was_nothing_to_stop(command_line: Run) -> None:
    assert said(command_line("stop", "--json")) == {"stopped": False}


# Asking.


def test_a_balance_is_told_as_of_any_size_of_the_log(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, "100.00")
    size = house.recorder.size()
    pay(house, fund, "40.00")
    (then,) = said(command_line("balance", "--fund", fund, "--at", size, "--json"))
    assert (then["balance"], then["as_of"]["size"]) == ("100.00", size)
    (now,) = said(command_line("balance", "--json"))
    assert (now["disbursed"], now["balance"]) == ("40.00", "60.00")
    assert said(command_line("balance", "--at", "0", "--json")) == []


def test_a_balance_beyond_the_log_is_refused(house: House, command_line: Run) -> None:
    code, _, err = command_line("balance", "--at", house.recorder.size() + 1)
    assert (code, "entries of the log" in err) == (2, True)


def test_a_fund_of_two_currencies_is_traced_one_at_a_time(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, "100.00")
    dollars = ReceiveGift(
        amount=Money.parse("7.00", "USD"), donor=None, received_on=GIFT_DAY, date_basis="row"
    )
    house.ledger.gifts.receive_gifts(USCC, fund, [dollars])
    assert said(command_line("trace", "fund", fund, "--json"))["unspent"] == "100.00"
    traced = said(command_line("trace", "fund", fund, "--unit", "USD", "--json"))
    assert (traced["unspent"], traced["inflow"]["unit"]) == ("7.00", "USD")
    code, _, err = command_line("trace", "fund", fund, "--unit", "JPY")
    assert (code, "JPY" in err) == (2, True)


def test_a_place_is_traced_with_the_places_within_it(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, "100.00")
    paid = [payment("30.00", place="230231"), payment("20.00", place="211422")]
    house.ledger.disbursements.pay_out(USCC, fund, paid, "clerk", "reviewer")
    traced = said(command_line("trace", "place", "230000", "--json"))
    assert [s["place"] for s in traced["segments"]] == ["230231"]
    assert traced["inflow"]["amount"] == "30.00"
    code, out, _ = command_line("trace", "place", "230231")
    assert (code, "示范县第一小学" in out) == (0, True)
    assert command_line("trace", "place", "990000")[0] == 2
    assert command_line("trace", "place", "23x")[0] == 2


def test_a_long_trace_is_cut_in_the_table_and_whole_in_json(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, *["1.00"] * (asking.SEGMENTS_SHOWN + 5))
    (disbursement,) = pay(house, fund, f"{asking.SEGMENTS_SHOWN + 5}.00")
    _, out, _ = command_line("trace", "disbursement", disbursement)
    assert "另有 5 段未显示" in out
    traced = said(command_line("trace", "disbursement", disbursement, "--json"))
    assert len(traced["segments"]) == asking.SEGMENTS_SHOWN + 5


# Importing.


def listed(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "名单.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_total_that_differs_is_a_warning(fund: str, command_line: Run, tmp_path: Path) -> None:
    path = listed(tmp_path, "捐赠人,金额（元）\n甲公司,5.00\n乙公司,6.00\n合计,12.00\n")
    (report,) = said(command_line("import", path, "--charity", USCC, "--fund", fund, "--json"))
    assert (report["recorded"], len(report["warnings"])) == (2, 1)
    code, out, _ = command_line("import", path, "--charity", USCC, "--fund", fund)
    assert (code, "不符" in out) == (0, True)


def test_a_transaction_number_twice_in_a_file_is_recorded_once(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    rows = "".join(f"42000000000{n},{a},5.00\n" for n, a in ((1, "甲"), (2, "乙"), (1, "甲")))
    path = listed(tmp_path, "交易单号,捐赠人,金额（元）\n" + rows)
    code, out, _ = command_line("import", path, "--charity", USCC, "--fund", fund, "--json")
    (report,) = json.loads(out)
    assert (code, report["recorded"], report["rejected"][0]["row"]) == (1, 2, 4)


def test_a_list_without_rows_is_not_understood(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = listed(tmp_path, "捐赠人,金额（元）\n")
    code, out, err = command_line("import", path, "--charity", USCC, "--fund", fund)
    assert (code, out) == (2, "")
    assert "no row" in err


def test_a_number_used_for_another_gift_is_not_taken_for_known(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    first = listed(tmp_path, "流水号,捐赠人,金额（元）\n0001,甲公司,5.00\n0002,乙公司,6.00\n")
    said(command_line("import", first, "--charity", USCC, "--fund", fund, "--json"))
    second = listed(tmp_path, "流水号,捐赠人,金额（元）\n0001,丙公司,50.00\n0002,乙公司,6.00\n")
    code, out, _ = command_line("import", second, "--charity", USCC, "--fund", fund, "--json")
    (report,) = json.loads(out)
    assert (code, report["recorded"], report["already"]) == (1, 0, 1)
    assert "已用于另一笔" in report["rejected"][0]["reason"]
    assert report["totals"] == {"CNY": "6.00"}


def test_lists_of_different_months_are_kept_apart(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    rows = "甲公司,5.00\n乙公司,6.00\n丙公司,7.00\n"
    for month in ("9月", "10月"):
        path = tmp_path / f"{month}名单.csv"
        path.write_text(f"{month}捐款名单,\n捐赠人,金额（元）\n{rows}", encoding="utf-8")
        (report,) = said(command_line("import", path, "--charity", USCC, "--fund", fund, "--json"))
        assert (report["recorded"], report["warnings"]) == (3, [])


def test_a_list_that_grew_or_was_sorted_anew_adds_only_what_is_new(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    given = [f"捐赠人{n},{n}.00" for n in range(1, 13)]
    published = (given, list(reversed(given)), ["新人,99.00", *given])
    recorded = []
    for rows in published:
        numbered = "".join(f"{n},{row}\n" for n, row in enumerate(rows, 1))
        path = listed(tmp_path, "截至10月30日名单,,\n序号,捐赠人,金额（元）\n" + numbered)
        (report,) = said(command_line("import", path, "--charity", USCC, "--fund", fund, "--json"))
        recorded.append(report["recorded"])
    assert recorded == [12, 0, 1]


def test_an_undated_list_that_was_met_before_is_pointed_out(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = listed(tmp_path, "捐赠人,金额（元）\n甲公司,5.00\n")
    command = ("import", path, "--charity", USCC, "--fund", fund, "--json")
    assert said(command_line(*command))[0]["warnings"] == []
    assert "与此前导入的一份名单相同" in said(command_line(*command))[0]["warnings"][0]


def test_a_list_that_was_refused_whole_is_not_called_known(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = listed(tmp_path, "收款单位,支付金额（元）\n示范县第一小学,5.00\n")
    code, out, _ = command_line("import", path, "--charity", USCC, "--fund", fund, "--json")
    (report,) = json.loads(out)
    assert (code, len(report["rejected"]), report["warnings"]) == (2, 1, [])


def test_gifts_and_payments_of_one_file_are_reported_apart(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = tmp_path / "收支.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, head, who in (
            ("收入", "捐赠人", "甲公司"),
            ("支出", "收款单位", "示范县第一小学"),
        ):
            sheet = book.add_worksheet(name)
            for column, text in enumerate((head, "金额（元）")):
                sheet.write(0, column, text)
            sheet.write(1, 0, who)
            sheet.write(1, 1, 5)
    reports = said(command_line("import", path, "--charity", USCC, "--fund", fund, "--json"))
    assert [(r["kind"], r["recorded"]) for r in reports] == [("gifts", 1), ("payments", 1)]


def test_an_amount_beyond_all_measure_is_sent_back(
    fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = listed(tmp_path, "捐赠人,金额（元）\n甲公司,900000000000.00\n乙公司,5.00\n")
    code, out, _ = command_line("import", path, "--charity", USCC, "--fund", fund, "--json")
    (report,) = json.loads(out)
    assert (code, report["recorded"], report["rejected"][0]["row"]) == (1, 1, 2)


def test_what_was_ignored_on_a_sheet_is_told(fund: str, command_line: Run, tmp_path: Path) -> None:
    path = listed(tmp_path, "捐赠公示,\n捐赠人,金额（元）\n甲公司,5.00\n注：以上为到账捐款,\n")
    (report,) = said(command_line("import", path, "--charity", USCC, "--fund", fund, "--json"))
    assert [row["row"] for row in report["ignored"]] == [1, 4]


def test_foreign_money_is_booked_at_the_rate_that_is_given(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    path = listed(tmp_path, "捐赠人,金额（美元）,日期\n甲公司,20000,2026-10-02\n")
    rate = "USD:7.1217:1:2026-10-02:中间价"
    command = ("import", path, "--charity", USCC, "--fund", fund, "--rate", rate, "--json")
    (report,) = said(command_line(*command))
    assert report["totals"] == {"USD": "20000.00"}
    (balance,) = said(command_line("balance", "--json"))
    assert (balance["unit"], balance["balance"]) == ("CNY", "142434.00")


def test_rows_that_others_record_meanwhile_are_given_up_after_some_attempts(
    house: House,
    fund: str,
    command_line: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def overtaken(*_: object) -> list[str]:
        raise Conflict(fund)

    monkeypatch.setattr("ledger.application.gifts.GiftCommands.receive_listed", overtaken)
    path = listed(tmp_path, "捐赠人,金额（元）\n甲公司,5.00\n")
    code, _, err = command_line("import", path, "--charity", USCC, "--fund", fund)
    assert (code, "try again" in err) == (2, True)
    assert said(command_line("balance", "--json")) == []


# Receipts and people.


def test_a_dry_run_of_receipts_draws_no_number(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    give(house, fund, "5.00")
    ready_for_receipts(house)
    days = ("--from", "2026-10-01", "--to", "2026-10-31", "--out", tmp_path / "out")
    answer = said(
        command_line("receipts", "issue", "--charity", USCC, *days, "--dry-run", "--json")
    )
    assert answer["issued"] == []
    assert "dry run" in answer["not_issued"][0]["reason"]
    assert not list(tmp_path.glob("out/*.pdf"))


def test_a_lost_file_is_printed_again_with_the_same_number(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (gift,) = give(house, fund, "5.00")
    ready_for_receipts(house)
    command = ("receipts", "issue", "--charity", USCC, "--gift", gift, "--out", tmp_path, "--json")
    (issued,) = said(command_line(*command))["issued"]
    Path(issued["path"]).unlink()
    assert "already receipted" in said(command_line(*command))["not_issued"][0]["reason"]
    assert command_line("verify", issued["path"])[0] == 0


def test_a_receipt_of_foreign_money_tells_amount_and_rate(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    at = exchange("7.1217", 1, "中间价", GIFT_DAY)
    abroad = ReceiveGift(
        amount=Money.parse("20.00", "USD"),
        donor="北方贸易公司",
        received_on=GIFT_DAY,
        date_basis="row",
        exchange=at,
    )
    (gift,) = house.ledger.gifts.receive_gifts(USCC, fund, [abroad])
    ready_for_receipts(house)
    code, out, _ = command_line(
        "receipts", "issue", "--charity", USCC, "--gift", gift, "--out", tmp_path
    )
    assert (code, "142.43" in out) == (0, True)


@pytest.mark.parametrize("name", ["王𪚥", "很长的名称" * 200])
def test_a_name_that_the_page_can_not_bear_draws_no_number(
    house: House, fund: str, command_line: Run, tmp_path: Path, name: str
) -> None:
    asked = ReceiveGift(amount=Money(500), donor=name, received_on=GIFT_DAY, date_basis="row")
    (gift,) = house.ledger.gifts.receive_gifts(USCC, fund, [asked])
    ready_for_receipts(house)
    answer = said(
        command_line(
            *("receipts", "issue", "--charity", USCC, "--gift", gift, "--out", tmp_path, "--json")
        ),
        1,
    )
    assert answer["issued"] == []
    assert answer["not_issued"][0]["reason"].startswith("姓名")
    assert house.ledger.streams.book("23050126").left(USCC) == 100


def test_erasing_tells_what_is_kept_and_why(house: House, fund: str, command_line: Run) -> None:
    give(house, fund, "5.00")
    code, out, _ = command_line("erase", "王某某")
    assert (code, "依法保留" in out) == (0, True)
    code, _, err = command_line("erase", "王某某")
    assert (code, "nothing is kept" in err) == (2, True)


# Proving.


def test_many_receipts_are_counted_and_the_wrong_ones_listed(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    give(house, fund, "5.00", "6.00")
    ready_for_receipts(house)
    days = ("--from", "2026-10-01", "--to", "2026-10-31", "--out", tmp_path / "out")
    command_line("receipts", "issue", "--charity", USCC, *days)
    with (tmp_path / "out" / "别的.pdf").open("wb") as huge:
        huge.truncate(RECEIPT_MAX + 1)
    code, out, _ = command_line("verify", tmp_path / "out")
    assert code == 1
    assert "有效 valid" in out
    assert "larger than" in out


def test_views_are_rebuilt_and_compared(house: House, fund: str, command_line: Run) -> None:
    give(house, fund, "5.00")
    compared = said(command_line("rebuild", "--check", "--json"))
    assert all(view["equal"] for view in compared)
    assert [view["view"] for view in compared] == [view.name for view in VIEWS]
    assert command_line("rebuild")[0] == 0


def test_a_comparison_names_the_table_and_the_row_and_a_rebuild_mends_it(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, "5.00")
    house.runner.catch_up()
    table = f"{house.settings.schema}_gift_index.gifts"
    changed = f"UPDATE {table} SET minor = 7 RETURNING gift"  # noqa: S608 a table's name
    with house.database.writing() as connection:
        (row,) = connection.execute(changed.encode()).fetchall()

    code, out, _ = command_line("rebuild", "--check", "--jobs", "2", "--json")
    (found,) = [view for view in json.loads(out) if not view["equal"]]
    assert code == 1
    assert (found["view"], found["differs"]) == (
        "gift_index",
        [{"table": "gifts", "key": f"({row['gift']})"}],
    )
    code, out, _ = command_line("rebuild", "--check")
    assert (code, f"gift_index: gifts, ({row['gift']})" in out) == (1, True)
    assert command_line("rebuild", "--fresh")[0] == 0
    assert all(view["equal"] for view in said(command_line("rebuild", "--check", "--json")))


def test_trust_and_log_leave_the_house(house: House, command_line: Run, tmp_path: Path) -> None:
    trusted = said(command_line("trust", "export", tmp_path / "trust.json", "--json"))
    exported = said(command_line("log", "export", tmp_path / "log", "--json"))
    assert trusted["log"] == exported["vkey"] == house.integrator.vkey.line
    assert LogFolder(tmp_path / "log").vkey() == house.integrator.vkey
    code, out, _ = command_line("log", "checkpoint")
    assert (code, house.log.note().splitlines()[0] in out) == (0, True)


def test_a_row_that_nobody_signed_is_not_published(
    house: House, fund: str, command_line: Run
) -> None:
    give(house, fund, "5.00")
    house.publish()
    published = house.log.note()
    forged = b"bm8.c2lnbmF0dXJl.YXQgYWxs"
    tables = {"events": house.database.table("ledger_events")}
    tables |= {name: house.database.table(name) for name in ("leaves", "head")}
    with house.database.writing() as connection:
        for table, columns, values in (
            ("events", "originator_id, originator_version, topic, state", ("x", 1, "t", forged)),
            ("leaves", "leaf, stream, version, hash",
             (house.recorder.size(), "x", 1, leaf_hash(forged))),
        ):  # fmt: skip
            connection.execute(
                f"INSERT INTO {tables[table].as_string()} ({columns}) VALUES (%s, %s, %s, %s)",  # noqa: S608 a test's own words
                values,
            )
        connection.execute(f"UPDATE {tables['head'].as_string()} SET size = size + 1")  # noqa: S608 a test's own words
    code, _, err = command_line("log", "checkpoint")
    assert code == 1
    assert err.count("\n") == 1
    assert house.log.note() == published


def test_a_revoked_key_is_not_published_any_more(
    house: House, fund: str, command_line: Run
) -> None:
    (one,) = give(house, fund, "5.00")
    house.publish()
    published = house.log.note()
    engine = house.ledger.gifts._desk._engine
    (received,) = engine.history(one)
    kid = house.keys.signer_of(USCC).kid
    house.ledger.organisations.revoke_key(USCC, kid, "lost")
    with pytest.raises(KeyWasRevoked):  # the commands refuse it; an operator's own program need not
        give(house, fund, "6.00")
    engine.record([replace(received, originator_id="gift-forced")], {})
    code, _, err = command_line("log", "checkpoint")
    assert (code, "does not sign for" in err) == (1, True)
    assert house.log.note() == published


def test_an_entry_in_the_place_of_another_is_not_published(
    house: House, fund: str, command_line: Run
) -> None:
    first, _ = give(house, fund, "5.00", "6.00")
    with house.database.writing() as connection:
        for table, column in (("ledger_events", "originator_id"), ("leaves", "stream")):
            query = f"UPDATE {house.database.table(table).as_string()} SET {column} = 'gift-x'"  # noqa: S608 a test's own words
            connection.execute(f"{query} WHERE {column} = %s", [first])
    code, _, err = command_line("log", "checkpoint")
    assert (code, "belongs elsewhere" in err) == (1, True)


def test_a_receipts_proof_holds_only_the_lot_of_its_number(
    house: House, fund: str, command_line: Run, tmp_path: Path
) -> None:
    (gift,) = give(house, fund, "5.00")
    ready_for_receipts(house)
    register(house, OTHER_USCC, "另一机构")
    house.ledger.organisations.allot_numbers(OTHER_USCC, "23050126", 101, 200)
    house.ledger.organisations.allot_numbers(USCC, "23050126", 201, 300)
    command = ("receipts", "issue", "--charity", USCC, "--gift", gift, "--out", tmp_path, "--json")
    (issued,) = said(command_line(*command))["issued"]
    bundle = Bundle.parse(attached(Path(issued["path"]).read_bytes()))
    topics = Counter(codec.read(e.entry, bundle.origin)[1].TOPIC for e in bundle.entries)
    assert topics["receipt-numbers-allotted.v1"] == 1
    assert command_line("verify", issued["path"])[0] == 0


def test_a_page_that_can_not_be_printed_does_not_stop_the_others(
    house: House,
    fund: str,
    command_line: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    gifts = give(house, fund, "5.00", "6.00")
    ready_for_receipts(house)
    faulty = [True]

    def jammed(wanted: Sequence[tuple[Page, bytes]], signer: Signer) -> list[bytes | Refused]:
        printed = render_all(wanted, signer)
        jams = [page.amount == Money(500) and bool(faulty) for page, _ in wanted]
        return [GlyphMissing("𪚥") if jam else one for jam, one in zip(jams, printed, strict=True)]

    monkeypatch.setattr("receipts.press.render_all", jammed)
    days = ("--from", "2026-10-01", "--to", "2026-10-31", "--out", tmp_path, "--json")
    answer = said(command_line("receipts", "issue", "--charity", USCC, *days))
    assert [i["gift"] for i in answer["issued"]] == [gifts[1]]
    assert [n["gift"] for n in answer["not_issued"]] == [gifts[0]]
    again = said(command_line("receipts", "issue", "--charity", USCC, *days))
    assert [n["reason"][:2] for n in again["not_issued"]] == ["姓名", "已开"]
    faulty.clear()
    command_line("receipts", "issue", "--charity", USCC, *days)
    assert len(list(tmp_path.glob("*.pdf"))) == 2


# The edges.


def test_every_command_of_the_contract_tells_its_use(command_line: Run) -> None:
    for words in (
        ["init"], ["charity", "register"], ["fund", "open"], ["eligibility", "grant"],
        ["eligibility", "cancel"], ["book", "allot"], ["import"], ["trace"], ["balance"],
        ["receipts", "issue"], ["verify"], ["trust", "export"], ["check"], ["log", "export"],
        ["log", "checkpoint"], ["audit"], ["rebuild"], ["erase"], ["serve"], ["integrate"],
        ["stop"], ["demo"],
    ):  # fmt: skip
        code, out, _ = command_line(*words, "--help")
        assert (code, "--json" in out) == (0, True), words


def test_an_interruption_and_a_fault_end_in_one_line(
    house: House, command_line: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    def faulty(*_: object) -> None:
        raise RuntimeError("unforeseen")

    for raised, code in ((interrupted, 130), (faulty, 2)):
        monkeypatch.setattr("projections.runner.Runner.catch_up", raised)
        answer = command_line("balance")
        assert (answer[0], answer[1], answer[2].count("\n")) == (code, "", 1)
