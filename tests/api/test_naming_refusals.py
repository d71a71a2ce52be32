"""What section 4 of the rules forbids of names, each refused by command line, in one line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from api.wiring import House
from tests.api.naming_desk import APPROVAL, RULE, TERM, TEXT, Desk, Run
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.domain.naming_given import COUNTY, SCHOOL


@pytest.fixture
def desk(house: House, command_line: Run, tmp_path: Path) -> Iterator[Desk]:
    register(house)
    ready_for_receipts(house)
    yield Desk(house, command_line, tmp_path)
    check_house(house)


def test_a_donors_no_ends_it_and_another_text_is_another_proposal(desk: Desk) -> None:
    declined, renamed = desk.proposed(), desk.proposed()

    desk.name("wish", declined, "no", "--document", desk.paper)
    desk.name("wish", renamed, "other-name", "--other", "示范综合楼", "--document", desk.paper)

    assert "declined" in desk.try_to("naming", "wish", declined, "yes", "--document", desk.paper)
    assert "propose the other text as a new name" in desk.try_to(
        "naming", "screen", renamed, "--person", "nobody"
    )
    assert [n["status"] for n in desk.ask("naming", "list")] == ["declined", "renamed"]


def test_an_anonymous_donor_is_named_only_after_a_new_wish(desk: Desk) -> None:
    naming = desk.proposed()
    desk.name("wish", naming, "anonymous", "--document", desk.paper)

    assert "anonymous" in desk.try_to("naming", "screen", naming, "--person", "nobody")
    desk.wished(naming)
    assert desk.name("screen", naming, "--person", "nobody")["passed"]


@pytest.mark.parametrize(
    ("text", "thing", "person", "finding"),
    [
        ("示范卷烟教学楼", "building", "nobody", "banned-product"),
        ("周恩来教学楼", "building", "nobody", "state-leader"),
        ("示范集团大道", "road-or-place", "nobody", "company-name"),
        ("Model Road", "road-or-place", "nobody", "foreign-name"),
        ("示范热线教学楼", "building", "nobody", "advertising"),
        ("全国第一教学楼", "building", "nobody", "superlative"),
        ("李某某教学楼", "building", "another", "personality-rights"),
    ],
)
def test_what_a_text_may_not_say_stops_it_at_the_screening(
    desk: Desk, text: str, thing: str, person: str, finding: str
) -> None:
    naming = desk.proposed(text=text, thing=thing)
    desk.wished(naming)

    assert finding in desk.name("screen", naming, "--person", person)["findings"]
    assert finding in desk.try_to(
        "naming", "consent", naming, "--from", "示范县第一小学", "--document", desk.paper
    )


def test_a_name_in_use_or_of_a_donor_who_stays_anonymous_fails_the_screening(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")  # the donor is 王某某
    first = desk.proposed(gift)
    desk.ready(first, gift)
    desk.in_force(first)
    hidden = desk.proposed(gift)
    desk.name("wish", hidden, "anonymous", "--document", desk.paper)
    again, exposing = desk.proposed(), desk.proposed(text="王某某教学楼")
    for naming in (again, exposing):
        desk.wished(naming)

    assert desk.name("screen", again, "--person", "nobody")["findings"] == ["name-taken"]
    assert desk.name("screen", exposing, "--person", "donor")["findings"] == ["anonymity"]


def test_each_step_before_government_is_asked_must_be_there(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "400.00")
    naming = desk.proposed()
    ask = ("naming", "submit", naming, "--authority", COUNTY, "--level", "county", "--by", "clerk")

    assert "wish" in desk.try_to(*ask)
    desk.wished(naming)
    assert "not screened" in desk.try_to(*ask)
    desk.name("screen", naming, "--person", "nobody")
    assert "funding" in desk.try_to(*ask)
    assert "state the total cost" in desk.try_to("naming", "fund", naming, "--gift", gift, *RULE)
    tested = desk.name("fund", naming, "--gift", gift, "--cost", "1000.00", *RULE)
    assert (tested["met"], tested["received"], tested["needed"]) == (False, "400.00", "500.00")
    assert "400.00 CNY was received" in desk.try_to(*ask)
    (more,) = give(desk.house, desk.fund, "100.00")
    both = ("--gift", gift, "--gift", more)
    assert desk.name("fund", naming, *both, "--cost", "1000.00", *RULE)["met"]
    assert "consent" in desk.try_to(*ask)
    desk.name("consent", naming, "--from", "示范县第一小学", "--document", desk.paper, "--refused")
    assert "refused" in desk.try_to(*ask)
    desk.name("consent", naming, "--from", "张某某", "--document", desk.paper)
    assert desk.shown(naming)["beneficiary"] == {
        "given": True, "by": "张某某", "public": False, "on": desk.shown(naming)["proposed_on"],
    }  # fmt: skip
    assert "must be a government" in desk.try_to(
        "naming", "submit", naming, "--authority", SCHOOL, "--level", "county", "--by", "clerk"
    )
    assert "must be a government" in desk.try_to(
        "naming", "submit", naming, "--authority", COUNTY, "--level", "township", "--by", "clerk"
    )
    desk.submitted(naming)


def test_government_approves_exactly_the_text_for_a_term_by_two_people(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift)
    desk.ready(naming)
    assert "it can't be approved" in desk.try_to("naming", "approve", naming, *APPROVAL)
    desk.submitted(naming)

    def approval(**other: str) -> tuple[str, ...]:
        words = dict(zip(APPROVAL[::2], APPROVAL[1::2], strict=True))
        words |= {f"--{name.replace('_', '-')}": value for name, value in other.items()}
        return tuple(word for pair in words.items() for word in pair)

    deciding = ("naming", "approve", naming)
    assert "propose the other text" in desk.try_to(*deciding, *approval(text="示范敎学楼"))
    assert "another person" in desk.try_to(*deciding, *approval(countersigned_by="officer"))
    assert "not to" in desk.try_to(*deciding, *approval(authority="112301000000000438"))
    assert "before it begins" in desk.try_to(*deciding, *approval(to="2026-11-30"))
    assert "--from" in desk.try_to(*deciding, *APPROVAL[:8])
    assert "another person" in desk.try_to(
        "naming", "reject", naming, "--authority", COUNTY, "--reason", "与地名重复",
        "--by", "officer", "--countersigned-by", "officer",
    )  # fmt: skip
    desk.name("approve", naming, *APPROVAL)

    assert "another person" in desk.try_to(
        "naming", "enter", naming, "--on", "2026-12-01", "--by", "clerk"
    )
    assert "not within the term" in desk.try_to(
        "naming", "enter", naming, "--on", "2026-11-30", "--by", "reviewer"
    )
    assert "not the approved one" in desk.try_to(
        "naming", "enter", naming, "--from", "2026-12-01", "--to", "2032-11-30",
        "--on", "2026-12-01", "--by", "reviewer",
    )  # fmt: skip
    desk.ask("gift", "return", gift, "200.00", "--note", "捐赠人申请", "--by", "council")
    assert "400.00 CNY was received" in desk.try_to(
        "naming", "enter", naming, "--on", "2026-12-01", "--by", "reviewer"
    )
    assert desk.shown(naming)["reviews"] == [], "what is not in force needs no review"


def test_a_refusal_by_government_says_why_and_ends_the_name(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift)
    desk.ready(naming)
    desk.submitted(naming)

    desk.name("reject", naming, "--authority", COUNTY, "--reason", "与现有地名重复",
              "--by", "officer", "--countersigned-by", "director")  # fmt: skip

    decision = desk.shown(naming)["decision"]
    assert (decision["approved"], decision["reason"]) == (False, "与现有地名重复")
    assert desk.ask("naming", "list", "--charity", USCC)[0]["status"] == "rejected"
    assert "propose a new name" in desk.try_to(
        "naming", "withdraw", naming, "donor", "--document", desk.paper
    )
    code, out, _ = desk._run("naming", "show", naming)
    assert code == 0
    assert "不予批准" in out


def test_a_plaque_needs_no_government_and_no_share_of_the_cost(desk: Desk) -> None:
    naming = desk.proposed(form="plaque")
    desk.wished(naming)
    desk.name("screen", naming, "--person", "nobody")
    desk.name("consent", naming, "--from", "示范县第一小学", "--document", desk.paper)

    assert "needs no approval" in desk.try_to(
        "naming", "submit", naming, "--authority", COUNTY, "--level", "county", "--by", "clerk"
    )
    asked = ("naming", "enter", naming, "--on", "2026-12-01", "--by", "reviewer")
    assert "no name without an end" in desk.try_to(*asked)
    assert "both the first and the last day" in desk.try_to(*asked, "--from", "2026-12-01")
    desk.ask(*asked, *TERM)
    assert desk.shown(naming)["status"] == "in force"
    assert "is in force; it can't be" in desk.try_to(*asked, *TERM)


def test_a_name_with_other_benefits_waits_until_they_are_valued_and_splits_the_receipt(
    desk: Desk, tmp_path: Path
) -> None:
    gift, other = give(desk.house, desk.fund, "600.00", "300.00")
    naming = desk.proposed(gift, benefit="冠名权广告位")
    desk.ready(naming)
    desk.submitted(naming)
    desk.name("approve", naming, *APPROVAL)
    issue = ("receipts", "issue", "--charity", USCC, "--out", tmp_path, "--gift")
    got = ("--what", "冠名权广告位", "--document", desk.paper, "--by", "council")

    entering = ("naming", "enter", naming, "--on", "2026-12-01", "--by", "reviewer")
    assert "record the benefit" in desk.try_to(*entering)
    desk.ask("gift", "benefit", gift, "--unvalued", *got)
    (none,) = desk.ask(*issue, gift, ending=1)["not_issued"]
    assert none["reason"].startswith("捐赠人取得的回报尚未估价")
    desk.ask("gift", "benefit", gift, "--value", "600.00", *got)
    (none,) = desk.ask(*issue, gift, ending=1)["not_issued"]
    assert none["reason"].startswith("捐赠人取得的回报不低于捐赠额")
    desk.ask("gift", "benefit", gift, "--value", "150.00", *got)
    assert desk.ask(*issue, gift)["issued"][0]["amount"] == "450.00"
    assert "receipts reverse" in desk.try_to("gift", "benefit", gift, "--value", "0.00", *got)
    desk.ask(*entering)
    back = desk.ask("gift", "return", gift, "50.00", "--note", "捐赠人申请", "--by", "council",
                    "--settle", "replace")  # fmt: skip
    assert back["new_receipt"]
    assert desk.shown(naming)["figures"]["gifts"][0]["receipt_amount"] == "400.00"

    assert "a benefit of -1.00 CNY can't be right" in desk.try_to(
        "gift", "benefit", other, "--value", "-1", *got
    )
    desk.ask("gift", "benefit", other, "--value", "0.00", *got)
    assert desk.ask(*issue, other)["issued"][0]["amount"] == "300.00"


def test_only_money_that_lies_in_the_names_own_fund_counts(desk: Desk) -> None:
    elsewhere = general_fund(desk.house, name="另一资金")
    (other,) = give(desk.house, elsewhere, "600.00")
    goods = desk.ask("gift", "goods", "--charity", USCC, "--fund", desk.fund, "--item", "大米",
                     "--quantity", "10", "--unit", "袋")["gift"]  # fmt: skip
    naming = desk.proposed()
    desk.wished(naming)
    desk.name("screen", naming, "--person", "nobody")
    test = ("naming", "fund", naming, "--cost", "1000.00", *RULE)

    assert f"lies in {elsewhere}" in desk.try_to(*test, "--gift", other)
    assert "only money counts" in desk.try_to(*test, "--gift", goods)
    assert "is named twice" in desk.try_to(*test, *["--gift", _gift(desk)] * 2)
    assert "no gift" in desk.try_to(*test, "--gift", "gift-none")
    assert f"lies in {elsewhere}" in desk.try_to(
        "naming", "propose", "--charity", USCC, "--fund", desk.fund, "--text", TEXT,
        "--thing", "room", "--gift", other, "--by", "clerk",
    )  # fmt: skip


def _gift(desk: Desk) -> str:
    return give(desk.house, desk.fund, "1.00")[0]


def test_a_name_is_suspended_resumed_renewed_and_expires_after_its_last_day(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift)
    desk.ready(naming)
    desk.in_force(naming)
    by = ("--by", "council")

    desk.name("suspend", naming, "--ground", "建筑物维修", *by, "--as-authority")
    assert "not its own" in desk.try_to("naming", "resume", naming, *by)
    assert not desk.shown(naming)["shown_today"]
    desk.name("resume", naming, "--on", "2027-01-01", *by, "--as-authority")
    assert "the term runs until 2031-11-30" in desk.try_to(
        "naming", "expire", naming, "--on", "2031-11-30"
    )
    desk.name("expire", naming, "--on", "2031-12-01")

    assert desk.ask("naming", "list", "--fund", desk.fund)[0]["status"] == "expired"
    renewed = desk.proposed(gift, follows=naming)
    assert desk.shown(renewed)["follows"] == naming
    register(desk.house, OTHER_USCC, "另一基金会")
    theirs = general_fund(desk.house, OTHER_USCC)
    assert "not its own" in desk.try_to(
        "naming", "propose", "--charity", OTHER_USCC, "--fund", theirs, "--text", TEXT,
        "--thing", "room", "--follows", naming, "--by", "clerk",
    )  # fmt: skip


@pytest.mark.parametrize("party", ["donor", "beneficiary"])
def test_donor_and_beneficiary_can_each_take_their_consent_back(desk: Desk, party: str) -> None:
    naming = desk.proposed(form="plaque")
    taking = ("naming", "withdraw", naming, party, "--document", desk.paper)
    assert "recorded" in desk.try_to(*taking)
    desk.wished(naming)
    desk.name("screen", naming, "--person", "nobody")
    desk.name("consent", naming, "--from", "示范县第一小学", "--document", desk.paper)
    desk.name("enter", naming, "--on", "2026-12-01", "--by", "reviewer", *TERM)

    desk.ask(*taking)

    assert desk.shown(naming)["status"] == "withdrawn"
    assert "withdrawn, for good" in desk.try_to(
        "naming", "revoke", naming, "--ground", "建筑物拆除", "--by", "council"
    )


def test_a_charity_revokes_a_name_itself(desk: Desk) -> None:
    (gift,) = give(desk.house, desk.fund, "600.00")
    naming = desk.proposed(gift)
    desk.ready(naming)
    assert "not in force" in desk.try_to(
        "naming", "suspend", naming, "--ground", "建筑物维修", "--by", "council"
    )
    desk.in_force(naming)
    assert "under no review" in desk.try_to(
        "naming", "review", naming, "kept", "--reason", "无", "--by", "council",
        "--countersigned-by", "reviewer",
    )  # fmt: skip

    desk.name("revoke", naming, "--ground", "建筑物拆除", "--by", "council")

    assert desk.shown(naming)["status"] == "revoked"
