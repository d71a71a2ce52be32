"""The view of deductions tells what stands, what is to be corrected, and how receipts stand."""

from __future__ import annotations

import pytest

from api.wiring import House
from ledger.application.receipting import Payer
from ledger.domain.events import ReceiptIssued, ReceiptReversed
from ledger.domain.receipts import Asked
from ledger.money import Money
from projections.claims import CLAIMS, Rows, _receipt, claims_of, notices, states
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register
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
    claim,
    make_red,
    receipted,
)
from tests.ledger.corrected import settling
from tests.ledger.domain.given import fact

THIRD = "0000000003"


def test_a_receipts_claims_are_told_with_how_they_ended(house: House) -> None:
    receipted(house, "80.00", "80.00")
    released, standing = claim(house), claim(house, "30.00", taxpayer=OTHER_PERSON)
    other = claim(house, number=SECOND)
    house.ledger.claims.release(CODE, FIRST, released, "申报更正", OFFICER)
    house.runner.catch_up()

    found, position = claims_of(house.runner, CODE, FIRST)
    assert position.size == house.recorder.size()
    assert [(c.claim, c.amount, c.ended, c.why) for c in found] == [
        (released, Money.parse("50.00"), "released", "申报更正"),
        (standing, Money.parse("30.00"), None, None),
    ]
    assert {(c.year, c.officer, c.number) for c in found} == {(2026, OFFICER, FIRST)}
    assert [c.claim for c in claims_of(house.runner, CODE, SECOND)[0]] == [other]
    assert claims_of(house.runner, CODE, THIRD)[0] == []
    check_house(house)


def test_notices_are_open_until_they_are_settled(house: House) -> None:
    receipted(house, "80.00")
    first, second = claim(house), claim(house, "30.00", taxpayer=OTHER_PERSON)
    assert notices(house.runner, open_only=False)[0] == []
    red = make_red(house)
    house.runner.catch_up()

    known = notices(house.runner, open_only=True)[0]
    assert [(n.claim, n.amount, n.red, n.reason, n.outcome) for n in known] == [
        (first, Money.parse("50.00"), red, "refund", None),
        (second, Money.parse("30.00"), red, "refund", None),
    ]
    assert {(n.organisation, n.year, n.code, n.number) for n in known} == {
        (USCC, 2026, CODE, FIRST)
    }
    house.ledger.claims.settle(CODE, FIRST, first, "已更正申报", OFFICER)
    house.runner.catch_up()
    assert [n.claim for n in notices(house.runner, open_only=True)[0]] == [second]
    assert [n.outcome for n in notices(house.runner, open_only=False)[0]] == ["已更正申报", None]
    assert claims_of(house.runner, CODE, FIRST)[0][0].ended == "settled"
    check_house(house)


def test_every_receipt_is_told_with_what_has_become_of_it(house: House) -> None:
    gifts = receipted(house, "80.00", "70.00", "60.00")
    claim(house)
    house.ledger.receipts.exchange(CODE, SECOND, (PAPER.code, PAPER.number), ISSUED_ON)
    house.ledger.corrections.return_gift(
        gifts[2], Money.parse("20.00"), "捐赠人申请", "council", settling(replace=True)
    )
    house.runner.catch_up()
    found, position = states(house.runner)
    first, second, third, fourth = found

    assert position.size == house.recorder.size()
    assert [s.number[-1] for s in found] == ["1", "2", "3", "5"], "4 is the red one"
    assert (first.amount, first.claimed, first.red) == (
        Money.parse("80.00"), Money.parse("50.00"), None,
    )  # fmt: skip
    assert (first.organisation, first.kind, first.issued_on) == (USCC, "single", ISSUED_ON)
    assert (first.eligible, first.notice) == (first.amount, "公告示例1号")
    assert (first.held, first.specimen) == (None, True)
    assert (second.paper, first.paper) == ((PAPER.code, PAPER.number), None)
    assert (third.red, third.replaced_by) == ((CODE, "0000000004"), (CODE, "0000000005"))
    assert (fourth.amount, fourth.red) == (Money.parse("40.00"), None)
    opened = house.vault.of_digests(first.sealed).values()
    assert {o.name for o in opened} == {"name", "check_code"}
    house.ledger.receipts.take_back(CODE, SECOND, ISSUED_ON)
    house.runner.catch_up()
    assert states(house.runner)[0][1].paper is None
    check_house(house)


def test_a_receipt_in_whose_place_several_stand_is_replaced_by_none_of_them(house: House) -> None:
    register(house)
    gifts = give(house, general_fund(house), "11.00", "22.00", "33.00")
    ready_for_receipts(house)
    wishes = Asked(issued_on=ISSUED_ON, area=None, deductible=False)
    house.ledger.receipts.issue_annual(USCC, gifts, 2026, [CODE], wishes, Payer(PAYER))
    make_red(house)
    by = []
    for gift in gifts:
        house.ledger.receipts.issue_receipts(USCC, [gift], [CODE], ISSUED_ON)
        house.runner.catch_up()
        old, *anew = states(house.runner)[0]
        by.append(old.replaced_by)
        assert old.red == (CODE, SECOND)
        assert {s.replaced_by for s in anew} == {None}

    assert by == [(CODE, THIRD), None, None]
    assert all(one.equal for one in house.runner.rebuild(keep=False) if one.view == CLAIMS.name)


def test_what_ended_counts_as_claimed_no_longer(house: House) -> None:
    receipted(house, "80.00")
    known = claim(house)
    house.ledger.claims.release(CODE, FIRST, known, "申报更正", OFFICER)
    claim(house, "20.00")
    house.runner.catch_up()

    assert states(house.runner)[0][0].claimed == Money.parse("20.00")


def test_gifts_of_days_without_eligibility_are_told_apart(house: House) -> None:
    register(house)
    gifts = give(house, general_fund(house), "80.00")
    house.ledger.organisations.allot_numbers(USCC, CODE, 1, 10)
    house.ledger.receipts.issue_receipts(USCC, gifts, [CODE], ISSUED_ON)
    house.runner.catch_up()
    (state,), _ = states(house.runner)

    assert (state.amount, state.eligible, state.notice) == (Money.parse("80.00"), Money(0), None)


def test_a_number_and_address_on_a_receipt_are_sealed_with_it(house: House) -> None:
    register(house)
    gifts = give(house, general_fund(house), "80.00")
    ready_for_receipts(house)
    payer = Payer(PAYER, "示范路1号", PERSON)
    wishes = Asked(issued_on=ISSUED_ON, area=None, deductible=False)
    house.ledger.receipts.issue_annual(USCC, gifts, 2026, [CODE], wishes, payer)
    house.runner.catch_up()
    (state,), _ = states(house.runner)

    assert state.kind == "annual"
    assert len(house.vault.of_digests(state.sealed)) == 4


def test_receipts_of_the_first_form_are_told_too() -> None:
    rows = Rows()
    issued = fact(ReceiptIssued, f"receipt-{CODE}-{FIRST}")
    _receipt(issued, 7, rows)
    _receipt(fact(ReceiptReversed, f"receipt-{CODE}-{FIRST}", 2), 8, rows)

    (row,) = rows.added["receipts"]
    assert row[:4] == (CODE, FIRST, issued.organisation, "single")
    assert row[-1] == 7
    ((red_code, red_number, *receipt),) = (one for some in rows.changed.values() for one in some)
    assert (red_code, red_number) != tuple(receipt)
    assert receipt == [CODE, FIRST]


@pytest.mark.parametrize("batch", [1, 3, 5000])
def test_the_view_is_the_same_in_batches_of_any_size(
    house: House, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    receipted(house, "80.00", "70.00")
    known = claim(house)
    make_red(house)
    house.ledger.claims.settle(CODE, FIRST, known, "已更正申报", OFFICER)
    house.runner.catch_up()
    monkeypatch.setattr("projections.runner.BATCH", batch)

    assert all(one.equal for one in house.runner.rebuild(keep=False) if one.view == CLAIMS.name)
