"""Names given in thanks by command line: from the wish to the review after a return."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.wiring import House
from tests.api.naming_desk import APPROVAL, RULE, TEXT, Desk, Run
from tests.conftest import USCC
from tests.houses import give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.domain.naming_given import COUNTY
from tests.ledger.store.test_vault import bytes_below, every_row, spellings


@pytest.fixture
def desk(house: House, command_line: Run, tmp_path: Path) -> Iterator[Desk]:
    register(house)
    ready_for_receipts(house)
    yield Desk(house, command_line, tmp_path)
    check_house(house)


@pytest.mark.long
def test_a_name_comes_into_force_a_return_puts_it_under_review_and_a_new_gift_keeps_it(
    desk: Desk,
) -> None:
    desk.watchful = True
    first, second = give(desk.house, desk.fund, "600.00", "400.00")
    naming = desk.proposed(first, cost="1000.00", place="230108", **{"share-asked": "50"})
    desk.ready(naming)
    assert desk.shown(naming)["missing"] is None
    desk.in_force(naming)

    desk.ask("gift", "return", first, "200.00", "--note", "捐赠人申请", "--by", "council")

    page = desk.shown(naming)
    assert (page["status"], page["under_review"]) == ("in force", True)
    assert page["figures"]["received_now"] == "400.00"
    assert (page["figures"]["enough"], page["figures"]["share_now"]) == (False, "40.00%")
    assert page["figures"]["gifts"][0]["gone_back"] == "200.00"
    assert [(r["gift"], r["received"], r["outcome"]) for r in page["reviews"]] == [
        (first, "400.00", None)
    ]
    two = ("--reason", "捐赠人已补足", "--by", "council", "--countersigned-by", "reviewer")
    assert "400.00 CNY was received, 500.00 CNY is needed" in desk.try_to(
        "naming", "review", naming, "kept", *two
    )
    desk.name("fund", naming, "--cost", "1000.00", "--gift", first, "--gift", second, *RULE)
    desk.name("review", naming, "kept", *two)

    page = desk.shown(naming)
    assert (page["status"], page["under_review"]) == ("in force", False)
    assert page["reviews"][0]["outcome"] == "kept"
    desk.ask("gift", "return", second, "400.00", "--note", "捐赠人申请", "--by", "council")
    desk.name("review", naming, "revoked", *two)
    assert desk.shown(naming)["status"] == "revoked"
    assert [r["outcome"] for r in desk.shown(naming)["reviews"]] == ["kept", "revoked"]


def test_the_page_for_the_approver_tells_wish_basis_checks_figures_receipts_and_history(
    desk: Desk, tmp_path: Path
) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift, cost="1000.00", benefit="开幕式展位", text="王某某教学楼")
    desk.ask("gift", "benefit", gift, "--value", "100.00", "--what", "开幕式展位",
             "--document", desk.paper, "--by", "council")  # fmt: skip
    issued = desk.ask("receipts", "issue", "--charity", USCC, "--gift", gift, "--out", tmp_path)
    desk.ready(naming)
    desk.submitted(naming)

    page = desk.shown(naming)

    assert (page["text"], page["text_erased"], page["status"]) == (
        "王某某教学楼", False, "submitted",
    )  # fmt: skip
    assert (page["wish"]["wish"], page["wish"]["publish"]) == ("yes", True)
    assert (page["checks"]["passed"], page["checks"]["findings"]) == (True, [])
    assert (page["basis"]["needed"], page["basis"]["share"]) == ("500.00", "60.00%")
    assert page["beneficiary"]["by"] == "示范县第一小学"
    assert page["submitted"]["authority"] == COUNTY
    assert [issued["issued"][0]["amount"], issued["not_issued"]] == ["500.00", []]
    (row,) = page["figures"]["gifts"]
    assert (row["receipt"], row["receipt_amount"]) == ("23050126 0000000001", "500.00")
    assert (row["benefit"], row["receipt_may_be"]) == ("100.00", "split")
    assert [step["words"] for step in page["history"]] == [
        "提出", "记录捐赠人意愿", "名称审查", "核对到账资金", "受益人意见", "报送审批",
    ]  # fmt: skip
    code, out, _ = desk._run("naming", "show", naming)
    assert code == 0
    assert "王某某教学楼" in out
    assert "示范县捐赠项目冠名办法" in out


# Around it.


def test_a_dry_run_decides_and_records_nothing(desk: Desk) -> None:
    naming = desk.proposed()
    before = desk.house.recorder.size()

    desk.name("wish", naming, "yes", "--document", desk.paper, "--dry-run")

    assert desk.house.recorder.size() == before
    assert desk.shown(naming)["wish"] is None


def test_what_can_not_be_read_is_refused_in_one_line(desk: Desk, tmp_path: Path) -> None:
    naming = desk.proposed()

    assert "no name naming-none" in desk.try_to("naming", "show", "naming-none")
    assert "no name gift-1" in desk.try_to("naming", "show", "gift-1")
    assert "no such file" in desk.try_to(
        "naming", "wish", naming, "yes", "--document", tmp_path / "none.pdf"
    )
    assert "no share" in desk.try_to("naming", "fund", naming, "--share", "half", *RULE)
    assert "10000 (100 %)" in desk.try_to(
        "naming", "propose", "--charity", USCC, "--fund", desk.fund, "--text", TEXT,
        "--thing", "room", "--share-asked", "100.01%", "--by", "clerk",
    )  # fmt: skip
    assert "printable" in desk.try_to(
        "naming", "propose", "--charity", USCC, "--fund", desk.fund, "--text", " ",
        "--thing", "room", "--by", "clerk",
    )  # fmt: skip


def test_the_text_of_a_name_is_erased_only_when_it_is_not_in_use(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift, text="王某某教学楼")
    desk.ready(naming)
    desk.submitted(naming)
    approval = ("王某某教学楼" if word == TEXT else word for word in APPROVAL)
    desk.name("approve", naming, *approval)
    desk.name("enter", naming, "--on", "2026-12-01", "--by", "reviewer")

    for person in (naming, "王某某教学楼", gift, "王某某"):
        assert "naming withdraw" in desk.try_to("erase", person)
    desk.name("withdraw", naming, "donor", "--document", desk.paper)
    erased = desk.ask("erase", gift)["erased"]

    assert {row["stream"] for row in erased} == {gift, naming}
    page = desk.shown(naming)
    assert (page["text"], page["text_erased"], page["status"]) == (None, True, "withdrawn")
    code, out, _ = desk._run("naming", "show", naming)
    assert code == 0
    assert "已按规定删除" in out


def test_a_name_whose_text_was_erased_comes_no_further(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift)
    desk.ready(naming)
    desk.ask("erase", naming)

    assert "propose the name anew" in desk.try_to(
        "naming", "submit", naming, "--authority", COUNTY, "--level", "county", "--by", "clerk"
    )
    desk.name("withdraw", naming, "donor", "--document", desk.paper)
    assert desk.shown(naming)["text_erased"]


def test_no_text_of_a_name_is_in_the_log_or_in_a_view(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift, text="独特示范教学楼")
    desk.ready(naming)

    published = bytes_below(desk.house.settings.data / "log")
    assert naming in json.dumps(desk.ask("naming", "list"))
    assert b"naming-proposed" not in published, "entries are base64, and looked at as such"
    assert any(word in published for word in spellings("naming-proposed.v1"))
    assert not any(word in published for word in spellings("独特示范"))
    assert "独特示范" not in every_row(desk.house)
