"""Eligibility on the command line: lists, losses, and three answers that are never one flag."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from api.wiring import House
from ledger.domain.kinds import KINDS
from tests.conftest import USCC
from tests.invariants import check_house

ZHONGSHAN = ("--notice", "公告示例2号", "--notice-date", "2022-11-16")

Run = Callable[..., tuple[int, str, str]]


def said(outcome: tuple[int, str, str]) -> Any:
    code, out, err = outcome
    assert code == 0, err
    return json.loads(out)


def refused(outcome: tuple[int, str, str]) -> str:
    code, out, err = outcome
    assert (code, out, err.count("\n")) == (2, "", 1)
    return err


def register(command_line: Run, kind: str = "charity") -> Any:
    words = ("charity", "register", USCC, "示范机构", "--kind", kind, "--json")
    return said(command_line(*words))


def eligibility(command_line: Run, action: str, *words: object) -> Any:
    return said(command_line("eligibility", action, USCC, *words, "--json"))


def show(command_line: Run, on: str) -> Any:
    return eligibility(command_line, "show", "--on", on)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (1, "2023-01-01", "2025-12-31"),
        (2, "2022-01-01", "2024-12-31"),
        (3, "2022-01-01", "2024-12-31"),
    ],
)
def test_the_days_of_a_list_follow_from_its_notice(
    command_line: Run, kind: int, first: str, last: str
) -> None:
    register(command_line)

    told = eligibility(command_line, "grant", *ZHONGSHAN, "--applicant-kind", kind)
    again = eligibility(
        command_line, "grant", *ZHONGSHAN, "--applicant-kind", kind, "--from", first, "--to", last
    )

    assert (told["from"], told["to"], told["new"]) == (first, last, True)
    assert (told["level"], told["notice_date"]) == ("provincial", "2022-11-16")
    assert (again["from"], again["to"], again["new"]) == (first, last, False)
    (fact,) = show(command_line, first)["history"]
    assert fact == {
        "what": "listed", "from": first, "to": last, "notice": "公告示例2号",
        "applicant_kind": kind, "notice_date": "2022-11-16",
        "departments": ["civil-affairs", "finance", "tax"], "level": "provincial",
    }  # fmt: skip


def test_days_that_the_law_does_not_give_are_refused(command_line: Run) -> None:
    register(command_line)
    asked = ("eligibility", "grant", USCC, *ZHONGSHAN)

    err = refused(command_line(*asked, "--applicant-kind", 3, "--from", "2022-11-16"))
    assert "holds from 2022-01-01 to 2024-12-31" in err
    first_round = ("--from", "2020-01-01", "--to", "2022-12-31")
    assert "--transition" in refused(command_line(*asked, *first_round))
    assert eligibility(command_line, "grant", *ZHONGSHAN, *first_round, "--transition")["new"]


def test_without_the_day_of_a_notice_both_days_are_told(command_line: Run) -> None:
    register(command_line)
    asked = ("eligibility", "grant", USCC, "--notice", "公告示例2号")
    days = ("--from", "2026-01-01", "--to", "2028-12-31")

    for words in ((), days[:2], days[2:], (*days, "--transition")):
        assert "(--notice-date)" in refused(command_line(*asked, *words))
    assert eligibility(command_line, "grant", "--notice", "公告示例2号", *days)["new"]
    (fact,) = show(command_line, "2026-01-01")["history"]
    assert fact == {
        "what": "granted", "from": "2026-01-01", "to": "2028-12-31", "notice": "公告示例2号",
        "applicant_kind": 1,
    }  # fmt: skip


def test_a_loss_says_until_when_eligibility_cannot_be_had_again(command_line: Run) -> None:
    register(command_line)
    eligibility(command_line, "grant", *ZHONGSHAN, "--applicant-kind", 3)
    notice = ("--notice-date", "2023-05-20", "--notice", "公告示例3号")

    told = eligibility(command_line, "cancel", *notice, "--ground", "tied-beneficiary")

    assert (told["effective"], told["barred_until"]) == ("2023-06-01", "2027-01-01")
    assert (told["ground"], told["barred_for_good"]) == ("tied-beneficiary", False)
    assert [p["to"] for p in told["periods"]] == ["2023-05-31"]
    again = ("eligibility", "grant", USCC, "--notice", "公告示例4号", "--notice-date", "2026-12-01")
    err = refused(command_line(*again, "--applicant-kind", 2))
    assert "can't be granted before 2027-01-01" in err
    assert show(command_line, "2023-05-31")["eligible"]["yes"]
    assert not show(command_line, "2023-06-01")["eligible"]["yes"]
    assert [f["what"] for f in show(command_line, "2023-06-01")["history"]] == ["listed", "ended"]


def test_a_ground_and_a_notice_go_together(command_line: Run) -> None:
    register(command_line)
    eligibility(command_line, "grant", *ZHONGSHAN, "--applicant-kind", 3)
    day = ("eligibility", "cancel", USCC, "--notice-date", "2023-05-20")

    for words in (("--notice", "公告示例3号"), ("--ground", "rating")):
        assert "needs both" in refused(command_line(*day, *words))
    told = said(command_line(*day, "--json"))
    assert told["effective"] == "2023-06-01"
    assert "ground" not in told
    assert show(command_line, "2023-06-01")["history"][1] == {
        "what": "cancelled", "notice_date": "2023-05-20", "effective": "2023-06-01",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "eligible", "poverty"),
    [
        ("charity", False, "none"),
        ("mass-organisation", False, "none"),
        ("institution", False, "none"),
        ("county-government", True, "full"),
        ("central-government", True, "full"),
    ],
)
def test_issuing_eligibility_and_class_are_three_answers(
    command_line: Run,
    kind: str,
    eligible: bool,  # noqa: FBT001 a table's column
    poverty: str,
) -> None:
    assert register(command_line, kind)["kind"] == kind

    told = show(command_line, "2024-10-01")

    assert told["may_issue"]["yes"]
    assert told["may_issue"]["source"] == "财综〔2024〕1号 art. 7"
    assert told["eligible"]["yes"] is eligible
    assert (told["eligible"]["period"] is not None) is eligible
    classes = {(one["payer"], one["purpose"]): one["class"] for one in told["class"]}
    assert classes["enterprise", "target_area"] == poverty
    assert classes["enterprise", "other"] == ("limited" if eligible else "none")
    assert all(one["reason"] and one["source"] for one in told["class"])


def test_the_class_is_of_the_day_and_a_day_without_rules_has_none(command_line: Run) -> None:
    register(command_line, "city-government")

    classes = [
        {one["purpose"]: one["class"] for one in show(command_line, day)["class"][:2]}
        for day in ("2025-12-31", "2026-01-01", "1990-01-01")
    ]

    assert classes == [
        {"other": "limited", "target_area": "full"},
        {"other": "limited", "target_area": "limited"},
        {"other": None, "target_area": None},
    ]


def test_people_read_three_tables_and_the_history(command_line: Run) -> None:
    register(command_line)
    eligibility(command_line, "grant", *ZHONGSHAN, "--applicant-kind", 3)

    code, shown, _ = command_line("eligibility", "show", USCC)

    assert code == 0
    for words in ("能否开具捐赠票据", "当日有无税前扣除资格", "扣除类别", "资格记录", "列入名单"):
        assert words in shown


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_whoever_may_issue_holds_funds_and_numbers(
    house: House, command_line: Run, kind: str
) -> None:
    register(command_line, kind)

    said(command_line("fund", "open", "--charity", USCC, "示范资金", "--json"))
    said(command_line("book", "allot", USCC, "23050126", 1, 9, "--json"))
    check_house(house)


def test_who_may_not_issue_is_not_registered(house: House, command_line: Run) -> None:
    before = house.recorder.size()

    for kind, told in (
        ("township-government", "issue no donation receipts"),
        ("club", "is none of"),
    ):
        words = ("charity", "register", USCC, "示范乡政府", "--kind", kind)
        assert told in refused(command_line(*words))
    assert house.recorder.size() == before
    assert not house.keys.has(USCC)
