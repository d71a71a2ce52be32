"""What a tax bureau asks of a proved receipt: state, issuer, days, payer, amounts, class."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.deducting.reference import rule_table, target_areas
from ledger.domain.events import (
    EligibilityEnded,
    GoodsLine,
    KeyRevoked,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptNumber,
    RedReceiptMadeOut,
)
from ledger.domain.goods import Quantity
from ledger.money import Money
from receipts.classes import DeductionClasses
from receipts.status import StatusList
from receipts.status_issuers import Period, WorkingKey
from receipts.verdict import Verdict
from tests.attacks.forging import (
    CHECK,
    CODE,
    GIFT,
    NAME,
    NUMBER,
    SIGNERS,
    VALID,
    judgement,
    public,
)
from tests.conftest import OTHER_USCC, USCC
from tests.receipts.made_out import RED, STREAM, TAXPAYER, Story, line, made_out, opening
from tests.receipts.verified import ISSUER, checked, listed, other_receipt, step

PERSON = "11010519491231002X"
CLASSES = DeductionClasses(rule_table(), target_areas())
PAPER = ReceiptNumber(code="23052126", number="0000000007")
KID = SIGNERS[USCC].kid


def says(verdict: Verdict, name: str) -> str:
    return step(verdict, name).says


def red_story() -> Story:
    story = Story()
    story.tell(
        "red", RedReceiptMadeOut, STREAM, USCC, organisation=USCC, code=CODE, number=NUMBER,
        red=RED, gifts=(GIFT,), amount=Money(100_00), reversed_on=date(2026, 11, 22),
        reason="wrong-donor", note="抬头有误",
    )  # fmt: skip
    return story


def exchanged_story() -> Story:
    story = Story()
    data = {"organisation": USCC, "code": CODE, "number": NUMBER, "paper": PAPER}
    story.tell("out", ReceiptExchanged, STREAM, USCC, exchanged_on=date(2026, 11, 22), **data)
    return story


def test_a_red_receipt_that_the_proof_holds_voids_it_without_any_list() -> None:
    verdict = checked(red_story())
    assert judgement(verdict) == ("reversed", "status")
    assert RED.number in says(verdict, "status")


def test_an_exchange_that_the_proof_holds_sends_to_the_paper() -> None:
    verdict = checked(exchanged_story())
    assert judgement(verdict) == ("replaced", "status")
    assert PAPER.number in says(verdict, "status")


def test_paper_that_came_back_leaves_the_electronic_one_alone_again() -> None:
    story = exchanged_story()
    data = {"organisation": USCC, "code": CODE, "number": NUMBER, "paper": PAPER}
    story.tell("back", PaperTakenBack, STREAM, USCC, taken_on=date(2026, 11, 23), **data)
    assert judgement(checked(story)) == VALID


def test_the_red_receipt_of_another_does_not_void_this_one() -> None:
    story = Story()
    story.tell(
        "red", RedReceiptMadeOut, f"receipt-{CODE}-0000000005", USCC, organisation=USCC, code=CODE,
        number="0000000005", red=RED, gifts=("gift-9",), amount=Money(1), reason="wrong-donor",
        note="x", reversed_on=date(2026, 11, 22),
    )  # fmt: skip
    assert judgement(checked(story)) == VALID


def test_a_status_list_tells_what_came_after_the_file() -> None:
    cases: dict[str, dict[str, Any]] = {
        "reversed": {"red": (CODE, "0000000002")},
        "replaced": {"red": (CODE, "0000000002"), "replaced_by": (CODE, "0000000009")},
    }
    for result, changes in cases.items():
        verdict = checked(Story(), listed(other_receipt(), **changes))
        assert judgement(verdict) == (result, "status")
    assert "0000000009" in says(verdict, "status")
    assert "60.00" in says(verdict, "status")
    paper = checked(Story(), listed(paper=(PAPER.code, PAPER.number)))
    assert judgement(paper) == ("replaced", "status")
    assert PAPER.number in says(paper, "status")


def test_a_list_after_the_paper_came_back_goes_before_the_older_proof() -> None:
    assert judgement(checked(exchanged_story(), listed())) == VALID


def test_a_list_that_says_another_amount_day_or_check_code_names_the_field() -> None:
    verdict = checked(Story(), listed(amount=90_00, eligible=90_00))
    assert judgement(verdict) == ("mismatch", "status")
    assert set(verdict.fields) >= {"amount"}
    assert checked(Story(), listed(tag=b"abc")).fields == ("check_code",)
    assert "issued_on" in checked(Story(), listed(issued_on=date(2026, 11, 20))).fields


def test_not_found_is_said_of_a_list_that_should_know_it_and_is_no_word_for_forged() -> None:
    verdict = checked(Story(), listed(number="0000000077"))
    assert judgement(verdict) == ("not_found", "status")
    assert "查无此票" in says(verdict, "status")
    assert all("伪" not in each.says and "forg" not in each.says for each in verdict.steps)


def test_a_list_older_than_the_receipt_knows_nothing_of_it() -> None:
    verdict = checked(Story(), listed(number="0000000077", size=3))
    assert judgement(verdict) == VALID
    assert not step(verdict, "status").asked
    assert "is older" in says(verdict, "status")


def test_how_old_a_list_is_is_said() -> None:
    old = checked(Story(), listed(), today=date(2027, 6, 1))
    assert "stale" in says(old, "status")
    assert "0 days ago" in says(checked(Story(), listed()), "status")


def test_a_key_revoked_after_the_receipt_is_told_of_and_changes_nothing() -> None:
    story = Story()
    story.of_issuer("revoked", KeyRevoked, kid=KID, reason="lost")
    verdict = checked(story)
    assert judgement(verdict) == VALID
    assert "revoked later" in says(verdict, "signers")
    later = replace(ISSUER, keys=(WorkingKey(KID, public(SIGNERS[USCC]), 2, 500),))
    by_list = checked(Story(), listed(issuer=later))
    assert judgement(by_list) == VALID
    assert "revoked later" in says(by_list, "signers")
    assert "revoked later" not in says(checked(Story(), listed()), "signers")


@pytest.mark.parametrize("keys", [(), (WorkingKey(KID, public(SIGNERS[USCC]), 2, 5),)])
def test_a_revocation_left_out_of_the_proof_is_seen_in_the_lists_directory(
    keys: tuple[WorkingKey, ...],
) -> None:
    verdict = checked(Story(), listed(issuer=replace(ISSUER, keys=keys)))
    assert judgement(verdict) == ("untrusted", "signers")
    assert judgement(checked(Story(), listed(size=3, issuer=replace(ISSUER, keys=keys)))) == VALID


def test_eligibility_lost_after_the_gift_is_told_of_and_reaches_nothing_earlier() -> None:
    story = Story()
    story.of_issuer(
        "ended", EligibilityEnded, notice="公告示例3号", notice_date=date(2027, 5, 20),
        effective=date(2027, 6, 1), ground="spending-ratio", barred_until=None,
    )  # fmt: skip
    verdict = checked(story)
    assert judgement(verdict) == VALID
    assert "2027-06-01" in says(verdict, "eligibility")


def test_eligibility_that_is_over_by_the_lists_day_is_told_of() -> None:
    short = replace(ISSUER, eligibility=(Period(date(2026, 1, 1), date(2026, 12, 31), "x"),))
    verdict = checked(Story(), listed(issuer=short))
    assert judgement(verdict) == VALID
    assert "2026-12-31" in says(verdict, "eligibility")
    assert "ended" not in says(checked(Story(), listed()), "eligibility")


def test_a_cancellation_left_out_of_the_proof_is_seen_in_the_lists_directory() -> None:
    for periods in ((), (Period(date(2026, 1, 1), date(2026, 9, 30), "x"),)):
        verdict = checked(Story(), listed(issuer=replace(ISSUER, eligibility=periods)))
        assert judgement(verdict) == ("not_eligible", "eligibility")


def test_gifts_to_government_need_no_list() -> None:
    lines = [line(notice="无需列入名单")]
    story = Story(made_out(lines), registered={"kind": "county-government"})
    verdict = checked(story, listed(issuer=replace(ISSUER, eligibility=())), classes=CLASSES)
    assert judgement(verdict) == VALID
    assert verdict.deduction_class == "limited"


def test_a_public_institution_issues_but_nobody_deducts() -> None:
    verdict = checked(Story(registered={"kind": "institution"}))
    assert judgement(verdict) == ("not_eligible", "eligibility")
    assert step(verdict, "issuer").ok


@pytest.mark.parametrize("kind", ["township-government", "village", "company"])
def test_a_body_that_may_not_issue_made_out_nothing(kind: str) -> None:
    verdict = checked(Story(registered={"kind": kind}))
    assert judgement(verdict) == ("mismatch", "issuer")


def test_the_issuer_is_who_received_the_gift() -> None:
    verdict = checked(Story(gift={"organisation": OTHER_USCC}))
    assert judgement(verdict) == ("mismatch", "issuer")
    assert verdict.fields == ("issuer",)


def with_number(number: str | None) -> Story:
    openings = (NAME, CHECK) if number is None else (NAME, CHECK, replace(TAXPAYER, value=number))
    return Story(made_out(openings=openings), openings=openings)


@pytest.mark.parametrize(
    ("number", "asked", "holds"),
    [
        (None, "王某某", True),
        (None, "王 某某", True),
        (None, "李某某", False),
        (USCC, USCC.lower(), True),
        (USCC, "王某某", True),
        (USCC, OTHER_USCC, False),
        (USCC, "李某某", False),
        ("护照E12345678", "护照e12345678", True),
        (PERSON, PERSON.lower(), True),
    ],
)
def test_the_payer_is_the_taxpayer_by_number_or_name(
    number: str | None,
    asked: str,
    holds: bool,  # noqa: FBT001 pytest hands it in by name
) -> None:
    verdict = checked(with_number(number), taxpayer=asked)
    assert judgement(verdict) == (VALID if holds else ("mismatch", "payer"))
    assert step(verdict, "payer").asked


def test_a_receipt_without_a_number_can_only_be_compared_by_name() -> None:
    verdict = checked(with_number(None), taxpayer=USCC)
    assert judgement(verdict) == VALID
    assert not step(verdict, "payer").asked
    assert "compare the name" in says(verdict, "payer")


@pytest.mark.parametrize(
    "said",
    [
        made_out([line(fen=100_01)]),
        made_out([line(fen=0)]),
        made_out([line(fen=-1)]),
        made_out([line(withheld=Money(1))]),
        made_out(amount=Money(99_00)),
        made_out(amount=Money(100_00, "USD")),
        made_out(amount=Money(-1)),
    ],
    ids=range(7),
)
def test_amounts_agree_in_words_in_lines_and_with_the_gift(said: dict[str, Any]) -> None:
    assert judgement(checked(Story(said))) == ("mismatch", "amounts")


def test_the_amount_is_said_in_words() -> None:
    assert "人民币壹佰元整" in says(checked(Story()), "amounts")
    assert judgement(checked(Story(made_out([line(fen=80_00, withheld=Money(20_00))])))) == VALID


def classed(day: date, area: str | None, number: str | None = None) -> Verdict:
    openings = (NAME, CHECK) if number is None else (NAME, CHECK, replace(TAXPAYER, value=number))
    said = made_out([line(day=day)], openings=openings, area=area, issued_on=date(2026, 11, 21))
    story = Story(said, openings=openings, gift={"received_on": day},
                  granted={"first_day": date(2009, 1, 1)})  # fmt: skip
    return checked(story, classes=CLASSES)


@pytest.mark.parametrize(
    ("day", "area", "number", "expected", "rule"),
    [
        (date(2026, 10, 1), None, USCC, "limited", "CIT-12-CF3"),
        (date(2026, 10, 1), "230123", USCC, "limited", "CIT-12-CF3"),
        (date(2025, 12, 31), "230123", USCC, "full", "CIT-POV-FULL"),
        (date(2025, 12, 31), "230123", None, "full", "CIT-POV-FULL"),
        (date(2025, 12, 31), None, USCC, "limited", "CIT-12-CF3"),
        (date(2025, 12, 31), "230123", PERSON, "limited", "IIT-30"),
        (date(2010, 5, 1), None, USCC, "limited", "CIT-12-NOCF"),
    ],
)
def test_the_class_is_by_the_rules_of_the_day_and_names_its_rule(
    day: date, area: str | None, number: str | None, expected: str, rule: str
) -> None:
    verdict = classed(day, area, number)
    assert (verdict.result, verdict.deduction_class, verdict.rule) == ("valid", expected, rule)
    assert rule in says(verdict, "class")
    assert ("as for an enterprise" in says(verdict, "class")) == (number is None)


def test_an_area_that_is_no_target_county_is_told_of() -> None:
    listed_area = next(c.code for c in target_areas().counties if c.code)
    assert "a target county" in says(classed(date(2025, 6, 1), listed_area, USCC), "class")
    assert "poor village" in says(classed(date(2025, 6, 1), "210102", USCC), "class")


def test_of_gifts_of_several_days_the_least_class_counts() -> None:
    gifts = {"gift-2": {"received_on": date(2025, 6, 1)}}
    lines = [line(), line("gift-2", day=date(2025, 6, 1))]
    said = made_out(lines, kind="annual", area="230123")
    story = Story(said, gifts, granted={"first_day": date(2020, 1, 1)})
    assert checked(story, classes=CLASSES).deduction_class == "limited"


def test_a_day_that_no_rule_covers_leaves_the_class_open() -> None:
    verdict = classed(date(1993, 5, 1), None, USCC)
    assert verdict.result == "not_eligible"
    open_ = checked(
        Story(made_out([line(day=date(1993, 5, 1))]), gift={"received_on": date(1993, 5, 1)},
              granted={"first_day": date(1990, 1, 1)}),
        classes=CLASSES,
    )  # fmt: skip
    assert (open_.result, open_.deduction_class) == ("valid", "none")
    assert not step(open_, "class").asked


def test_what_is_deducted_already_and_what_is_left_is_said() -> None:
    part = checked(Story(), listed(claimed=40_00))
    assert judgement(part) == VALID
    assert "40.00" in says(part, "claims")
    assert "60.00" in says(part, "claims")
    assert "nothing is left" in says(checked(Story(), listed(claimed=100_00)), "claims")
    assert judgement(checked(Story(), listed(claimed=100_01))) == ("mismatch", "claims")


@pytest.mark.parametrize("status", [None, listed(held="declined")], ids=["alone", "listed"])
def test_a_receipt_kept_on_file_is_valid_but_nobody_deducts_it(status: StatusList | None) -> None:
    verdict = checked(Story(made_out(held="declined")), status, classes=CLASSES)
    assert judgement(verdict) == VALID
    assert (verdict.deduction_class, verdict.rule) == ("none", None)
    assert verdict.receipt["remaining"] == "0.00"
    for name in ("class", "claims"):
        assert "nobody can deduct it" in says(verdict, name)
        assert "declined" in says(verdict, name)


@pytest.mark.parametrize(
    ("story", "status"),
    [
        (red_story(), None),
        (exchanged_story(), None),
        (red_story(), listed()),
        (Story(), listed(red=(CODE, "0000000002"))),
        (Story(), listed(paper=(PAPER.code, PAPER.number))),
    ],
    ids=range(5),
)
def test_nothing_is_left_of_what_is_void(story: Story, status: StatusList | None) -> None:
    verdict = checked(story, status)
    assert verdict.result in {"reversed", "replaced"}
    assert verdict.receipt["remaining"] == "0.00"
    assert status is None or "nobody can deduct with it" in says(verdict, "claims")


def test_after_the_paper_came_back_all_is_left_again() -> None:
    verdict = checked(exchanged_story(), listed(claimed=40_00))
    assert verdict.receipt["remaining"] == "60.00"
    assert "remaining" not in checked(Story()).receipt


def test_the_members_of_one_name_have_one_share_together() -> None:
    members = [opening(7, "member", "张三\t60.00"), opening(8, "member", "张 三\t40.00")]
    openings = (NAME, CHECK, *members)
    story = Story(made_out(openings=openings, kind="joint"), openings=openings)
    assert "100.00" in says(checked(story, taxpayer="张三"), "payer")


def test_without_a_taxpayer_it_is_said_that_none_was_named() -> None:
    assert "no taxpayer was named" in says(checked(Story()), "payer")
    assert "no taxpayer was named" not in says(checked(with_number(None), taxpayer=USCC), "payer")


def goods(value: Money | None, basis: str, evidence: str | None) -> Verdict:
    item = GoodsLine(
        quantity=Quantity(10, "goods:棉衣||件"), written="10件", conversion=None, value=value,
        basis=basis, evidence=evidence,
    )  # fmt: skip
    return checked(Story(goods=(item,), gift=None), classes=CLASSES)


def test_each_value_of_a_gift_in_kind_has_its_evidence() -> None:
    proved = goods(Money(100_00), "invoice", "ab" * 32)
    assert judgement(proved) == VALID
    assert "1 项" in says(proved, "in_kind")
    for basis, evidence in (("invoice", None), ("none", "ab" * 32)):
        bare = goods(Money(100_00), basis, evidence)
        assert bare.result == "mismatch"
        assert not step(bare, "in_kind").ok


def test_money_needs_no_valuation() -> None:
    assert "货币捐赠" in says(checked(Story()), "in_kind")
