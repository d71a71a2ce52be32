"""The verifier makes ten checks in order, says each in words, and names what speaks against."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger.errors import Untrusted
from ledger.money import Money
from ledger.proof.disclosure import Opening
from receipts import chain, says
from receipts.bundle import Bundle
from receipts.verdict import Step, Verdict
from receipts.verify import STEPS, Verifier, verify
from tests.attacks.forging import (
    CHECK,
    NAME,
    NOTICE,
    TRUST,
    VALID,
    document,
    judged,
    judgement,
    receipt,
    told,
)
from tests.conftest import USCC
from tests.receipts.made_out import TAXPAYER, Story, line, made_out, opening
from tests.receipts.verified import checked, listed, step

ORDER = (
    (1, "form"), (2, "format"), (2, "checkpoint"), (2, "inclusion"), (2, "signers"), (2, "number"),
    (2, "gift"), (2, "openings"), (2, "signature"), (2, "page"), (2, "status"), (3, "issuer"),
    (4, "eligibility"), (5, "payer"), (6, "amounts"), (7, "class"), (8, "claims"), (9, "in_kind"),
    (10, "recorded"),
)  # fmt: skip


def test_a_receipt_passes_the_ten_checks_in_order() -> None:
    verdict = checked(Story(), listed())
    assert [(each.check, each.step) for each in verdict.steps] == list(ORDER)
    assert all(each.ok for each in verdict.steps)
    assert (verdict.result, verdict.deduction_class) == ("valid", "limited")
    assert tuple(name for _, name in ORDER) == STEPS


def test_a_receipt_of_the_old_kind_passes_them_too() -> None:
    verdict = verify(document(told().bundle().encode()), TRUST)
    assert [(each.check, each.step) for each in verdict.steps] == list(ORDER)
    assert (verdict.result, verdict.deduction_class) == ("valid", "limited")
    assert step(verdict, "signature").says == says.PASSED["signature"]


def test_what_is_proved_is_told() -> None:
    assert checked(Story(), listed(claimed=40_00)).receipt == {
        "code": "23050126",
        "number": "0000000001",
        "check_code": "aB3x9Z",
        "kind": "single",
        "payer": "王某某",
        "issuer": "示例基金会53",
        "issuer_uscc": USCC,
        "amount": "100.00",
        "gift_on": "2026-10-01",
        "issued_on": "2026-11-21",
        "gifts": "1",
        "claimed": "40.00",
        "remaining": "60.00",
    }


def test_what_was_not_looked_at_says_so_and_why() -> None:
    verdict = checked(Story())
    unasked = {each.step: each.says for each in verdict.steps if not each.asked}
    assert set(unasked) == {"signature", "page", "status", "payer", "class", "claims", "recorded"}
    assert all(said.startswith("未") for said in unasked.values())
    assert "not known offline without a status list" in unasked["status"]
    assert f"{verdict.as_of} entries" in unasked["status"]


def test_evidence_that_fails_ends_the_check() -> None:
    verdict = checked(Story(made_out([line(day=date(2026, 10, 2))])))
    assert (verdict.result, verdict.deduction_class) == ("mismatch", "none")
    assert verdict.fields == ("gift_on",)
    assert verdict.receipt == {}
    assert verdict.steps[-1] == Step(
        "gift",
        ok=False,
        says="票据内容与捐赠事件不符 (the day of the gift on the receipt is not the one recorded)",
        check=2,
    )


def test_of_what_is_proved_everything_that_speaks_against_it_is_said() -> None:
    verdict = checked(
        Story(granted={"last_day": date(2026, 9, 30)}),
        listed(red=("23050126", "0000000002")),
        taxpayer="李某某",
    )
    assert verdict.result == "reversed"
    failed = {each.step for each in verdict.steps if not each.ok}
    assert failed == {"status", "eligibility", "payer"}
    assert len(verdict.steps) == len(ORDER)
    assert verdict.deduction_class == "none"


def test_a_receipt_that_is_not_eligible_still_tells_what_it_says() -> None:
    verdict = checked(Story(granted={"last_day": date(2026, 9, 30)}))
    assert (verdict.result, verdict.deduction_class) == ("not_eligible", "none")
    assert verdict.receipt["amount"] == "100.00"
    assert "was not eligible on 2026-10-01" in step(verdict, "eligibility").says


def test_every_step_has_words_for_both_ends() -> None:
    assert set(says.PASSED) == set(says.FAILED) == {*STEPS, "code"}
    assert set(says.UNASKED) <= set(STEPS)
    assert says.failed("signature", "why") == "文件签名不成立，或签名后被改动 (why)"


def test_a_verdict_is_only_as_good_as_what_was_checked() -> None:
    assert Verdict().steps == []
    assert Step("gift", ok=False, says="x", check=2) != Step("gift", ok=True, says="x", check=2)


@pytest.mark.parametrize(
    ("first", "last", "result"),
    [
        (date(2026, 10, 1), date(2026, 10, 1), "valid"),
        (date(2026, 10, 2), date(2026, 12, 31), "not_eligible"),
        (date(2026, 1, 1), date(2026, 9, 30), "not_eligible"),
    ],
)
def test_both_ends_of_a_period_of_eligibility_are_in_it(
    first: date, last: date, result: str
) -> None:
    log = told(granted={"first_day": first, "last_day": last})
    assert judged(log.bundle())[0] == result
    assert receipt()["notice"] == NOTICE


def test_a_bundle_is_read_before_it_is_believed() -> None:
    with pytest.raises(Untrusted):
        Bundle.parse(b"%PDF-")


def test_one_verifier_for_many_finds_what_each_finds_alone() -> None:
    stories = [
        Story(),
        Story(made_out(number="0000000001", issued_on=date(2026, 12, 1))),
        Story(made_out([line(fen=100_01)])),
        Story(granted={"last_day": date(2026, 9, 30)}),
    ]
    verifier = Verifier(TRUST)
    for story in (*stories, *reversed(stories)):
        data = story.encode()
        assert verifier.verify(data) == verify(data, TRUST)


def test_files_checked_together_come_to_what_each_comes_to_alone() -> None:
    files = [
        Story().encode(),
        b"%PDF-1.7 without a proof",
        Story(made_out(number="0000000001", issued_on=date(2026, 12, 1))).encode(),
        Story(made_out([line(fen=100_01)])).encode(),
        Story(granted={"last_day": date(2026, 9, 30)}).encode(),
        Story().encode()[:-1],
        Story().encode(),
    ]

    together = Verifier(TRUST).verify_all(files)

    assert together == [verify(data, TRUST) for data in files]
    assert len({verdict.result for verdict in together}) > 2
    assert Verifier(TRUST).verify_all([]) == []


def test_what_was_remembered_of_one_receipt_proves_no_other() -> None:
    verifier = Verifier(TRUST)
    honest = Story()
    assert judgement(verifier.verify(honest.encode())) == VALID
    bundle = honest.bundle()
    without_key = Bundle(bundle.origin, (bundle.entries[0], *bundle.entries[3:]), bundle.openings)
    assert judgement(verifier.verify(without_key.encode())) == ("untrusted", "signers")


def test_an_entry_that_is_known_is_refused_with_any_other_proof() -> None:
    verifier, bundle = Verifier(TRUST), Story().bundle()
    assert judgement(verifier.verify(bundle.encode())) == VALID
    for at, proven in enumerate(bundle.entries):
        proof = proven.proof
        flipped = bytes([proof.path[-1][0] ^ 1]) + proof.path[-1][1:]
        lies = [replace(proof, path=(*proof.path[:-1], flipped)),
                replace(proof, path=proof.path[:-1]),
                replace(proof, path=(*proof.path, flipped))]  # fmt: skip
        for lie in lies:
            entries = [*bundle.entries]
            entries[at] = replace(proven, proof=lie)
            forged = replace(bundle, entries=tuple(entries))
            for _ in range(2):
                assert judgement(verifier.verify(forged.encode())) == ("untrusted", "inclusion")
    assert judgement(verifier.verify(bundle.encode())) == VALID


def test_a_forged_sibling_of_a_known_receipt_is_refused() -> None:
    verifier, honest = Verifier(TRUST), Story()
    bundle = honest.bundle()
    assert judgement(verifier.verify(bundle.encode())) == VALID
    other = Story(made_out([line(fen=100_01)])).bundle().entries[-1]
    in_its_place = replace(bundle.entries[-1], entry=other.entry)
    for last, failed in ((in_its_place, "inclusion"), (other, "checkpoint")):
        forged = replace(bundle, entries=(*bundle.entries[:-1], last))
        assert judgement(verifier.verify(forged.encode())) == ("untrusted", failed)


def test_what_is_remembered_is_bounded_and_proved_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "CLIMBS_KEPT", 0)
    verifier = Verifier(TRUST)
    for story in (Story(), Story(made_out([line(fen=50_00)])), Story()):
        assert verifier.verify(story.encode()) == verify(story.encode(), TRUST)


def of_year(year: str, issued_on: date) -> Verdict:
    code = f"230501{year}"
    story = Story(
        made_out(code=code, stream=f"receipt-{code}-0000000001", issued_on=issued_on),
        allotted={"code": code},
    )
    return checked(story)


@pytest.mark.parametrize(
    ("year", "issued_on", "result"),
    [
        ("26", date(2026, 11, 21), "valid"),
        ("25", date(2026, 1, 5), "valid"),
        ("24", date(2026, 1, 5), "mismatch"),
        ("27", date(2026, 12, 31), "mismatch"),
    ],
)
def test_a_codes_year_is_that_of_issue_or_the_year_before_whose_numbers_are_used_up_first(
    year: str, issued_on: date, result: str
) -> None:
    verdict = of_year(year, issued_on)
    assert verdict.result == result
    if result != "valid":
        assert judgement(verdict) == ("mismatch", "form")
        assert verdict.fields == ("code", "issued_on")


def test_a_code_of_another_category_is_no_donation_receipt() -> None:
    code = "23060126"
    story = Story(made_out(code=code, stream=f"receipt-{code}-0000000001"))
    verdict = checked(story)
    assert judgement(verdict) == ("mismatch", "form")
    assert "digits 3-4 are 06, not 05" in verdict.steps[0].says


GIFTS = {
    "gift-2": {"amount": Money(30_00), "booked": Money(30_00), "received_on": date(2026, 5, 4)}
}
ANNUAL = made_out([line(), line("gift-2", 30_00, date(2026, 5, 4))], kind="annual")


def test_an_annual_receipt_proves_each_of_its_gifts() -> None:
    verdict = checked(Story(ANNUAL, GIFTS))
    assert judgement(verdict) == VALID
    assert verdict.receipt["amount"] == "130.00"
    assert verdict.receipt["gifts"] == "2"
    assert verdict.receipt["gift_on"] == "2026-05-04 / 2026-10-01"


def test_an_annual_receipt_leaves_no_gift_unproved_and_proves_no_other() -> None:
    assert judgement(checked(Story(ANNUAL))) == ("mismatch", "gift")
    assert judgement(checked(Story(made_out(), GIFTS))) == ("mismatch", "gift")
    twice = made_out([line(fen=50_00), line(fen=50_00)], kind="annual")
    assert judgement(checked(Story(twice))) == ("mismatch", "gift")


def test_a_single_receipt_is_for_one_gift() -> None:
    assert judgement(checked(Story(ANNUAL | {"kind": "single"}, GIFTS))) == ("mismatch", "gift")


def joint(*members: Opening, kind: str = "joint") -> Story:
    openings = (NAME, CHECK, *members)
    return Story(made_out(kind=kind, openings=openings), openings=openings)


ZHANG, LI = opening(7, "member", "张三\t60.00"), opening(8, "member", "李四\t40.00")


def test_of_a_joint_receipt_each_member_finds_the_own_share() -> None:
    verdict = checked(joint(ZHANG, LI), taxpayer="李 四")
    assert judgement(verdict) == VALID
    assert "40.00" in step(verdict, "payer").says
    stranger = checked(joint(ZHANG, LI), taxpayer="王五")
    assert judgement(stranger) == ("mismatch", "payer")
    assert stranger.fields == ("members",)


def test_members_shares_add_up_to_the_receipt() -> None:
    verdict = checked(joint(ZHANG))
    assert judgement(verdict) == ("mismatch", "amounts")
    assert verdict.fields == ("members",)


def test_only_a_joint_receipt_has_members() -> None:
    assert judgement(checked(joint())) == ("mismatch", "openings")
    assert judgement(checked(joint(ZHANG, LI, kind="single"))) == ("mismatch", "openings")
    renamed = opening(9, "name", "张三\t100.00")
    said = made_out(kind="joint") | {"digests": (renamed.digest,)}
    assert judgement(checked(Story(said, openings=(NAME, CHECK, renamed)))) == (
        "mismatch",
        "openings",
    )


def test_address_and_taxpayer_number_may_be_opened_too() -> None:
    openings = (NAME, CHECK, TAXPAYER, opening(4, "address", "哈尔滨市示例路1号"))
    story = Story(made_out(openings=openings), openings=openings)
    assert judgement(checked(story)) == VALID
    odd = (NAME, CHECK, opening(5, "phone", "1"))
    assert judgement(checked(Story(made_out(openings=odd), openings=odd))) == (
        "mismatch",
        "openings",
    )


def test_an_opening_told_twice_is_refused() -> None:
    story = Story()
    story.openings = (NAME, NAME, CHECK)
    assert judgement(checked(story)) == ("mismatch", "openings")


def test_a_field_sealed_twice_is_refused() -> None:
    openings = (NAME, CHECK, opening(6, "name", "李某某"))
    assert judgement(checked(Story(made_out(openings=openings), openings=openings))) == (
        "mismatch",
        "openings",
    )
