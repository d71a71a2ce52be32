"""A donor's yearly worksheet: the command's own figures, from the gifts that the account holds."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from api import cli
from api.desk.my_gifts_worksheet import NO_DAY, NO_YUAN, NOTHING_LEFT, OWN_COST
from ledger.money import Money
from tests.api.donor.holding import Donor, Given, words
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, register
from tests.ledger.claimed import CODE, ISSUED_ON
from tests.ledger.corrected import goods, line, why

ASK = "/api/v1/me/worksheet"
PAGE = "/worksheet"
ONE = {"profits": {"2026": "1.00"}}


@pytest.fixture
def held(donor: Donor, ledger: Given) -> Donor:
    """Let a donor hold two receipts of 2026: 30.00 and 1,000.00."""
    for yuan in ("30.00", "1000.00"):
        assert donor.claim(ledger.fresh(yuan)[1]).status_code == 303
    return donor


def worked(donor: Donor, **asked: Any) -> dict[str, Any]:
    answer = donor.ask("POST", ASK, {"year": 2026, "kind": "enterprise", **asked})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_an_enterprises_year_is_what_the_command_works_out(
    held: Donor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = worked(held, profits={"2026": "5000.00"})

    sheet = found["worksheet"]
    assert (sheet["limit_12pct"], sheet["deductible_total"]) == ("600.00", "600.00")
    assert sheet["carry_forward"] == [{"gift_year": 2026, "amount": "430.00", "last_year": 2029}]
    assert all(one["rule"] and one["source"] for one in sheet["steps"])
    case = {"taxpayer_kind": "enterprise", "year": 2026, "gifts": found["gifts"],
            "profits": {"2026": "5000.00"}, "opening_carry_forward": []}  # fmt: skip
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), encoding="utf-8")
    assert cli.main(["deduct", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == sheet


def test_earlier_profits_bring_in_earlier_gifts_and_carried_amounts_their_own(
    held: Donor,
) -> None:
    sheet = worked(held, profits={"2026": "5000.00"}, carried={"2025": "100.00"})["worksheet"]
    assert (sheet["deductible_from_carry_forward"], sheet["deductible_total"]) == (
        "100.00",
        "600.00",
    )
    none = worked(held, year=2025, profits={"2025": "5000.00"})
    assert (none["gifts"], none["worksheet"]["deductible_total"]) == ([], "0.00")
    both = worked(held, year=2027, profits={"2026": "5000.00", "2027": "1000.00"})
    assert len(both["gifts"]) == 2
    assert both["worksheet"]["deductible_from_carry_forward"] == "120.00"


def test_a_persons_gifts_go_to_the_income_that_was_chosen_first(held: Donor) -> None:
    incomes = [
        {"type": "comprehensive", "taxable": "1000.00"},
        {"type": "classified", "taxable": "500.00", "month": 10},
        {"type": "classified", "taxable": "500.00", "month": 9},
    ]
    asked = {"kind": "resident_individual", "incomes": incomes}
    sheet = worked(held, **asked)["worksheet"]
    assert sheet["limits_30pct"] == {
        "comprehensive-1": "300.00", "classified-2": "150.00", "classified-3": "150.00"
    }  # fmt: skip
    assert next(one["income"] for one in sheet["applied"]) == "comprehensive-1"
    assert sheet["deductible_total"] == "450.00"
    first = worked(held, **asked, first="classified")["worksheet"]
    assert next(one["income"] for one in first["applied"]) == "classified-2"
    assert "classified-3" not in {one["income"] for one in first["applied"]}


def test_what_can_not_be_counted_is_named_with_its_reason(donor: Donor, ledger: Given) -> None:
    house = ledger.house
    undated, dollars, returned = house.ledger.gifts.receive_gifts(
        USCC, ledger.fund,
        [replace(gift("1.00"), received_on=None, date_basis="none"), gift("2.00", currency="USD"),
         gift("3.00")],
    )  # fmt: skip
    house.ledger.corrections.return_gift(returned, Money(3_00), "捐赠人要求", "reviewer")
    shares = house.ledger.gifts.receive_gifts(
        USCC,
        ledger.fund,
        [replace(goods(replace(line(3, value="9.00"), basis="appraisal")), kind="shares")],
    )[0]
    house.accounts.bind_gift(donor.id, undated, dollars, returned, shares)
    left_out = {one["gift"]: one["reason"] for one in worked(donor, **ONE)["left_out"]}
    assert left_out == {
        undated: NO_DAY[1], dollars: NO_YUAN[1], returned: NOTHING_LEFT[1], shares: OWN_COST[1]
    }  # fmt: skip


def test_without_a_receipt_that_stands_nothing_is_deducted(donor: Donor, ledger: Given) -> None:
    _, five = ledger.fresh("500.00")
    donor.claim(five)
    assert worked(donor, profits={"2026": "9000.00"})["worksheet"]["deductible_total"] == "500.00"
    ledger.house.ledger.receipts.reverse(five["code"], five["number"], [CODE], ISSUED_ON, why())
    found = worked(donor, profits={"2026": "9000.00"})
    assert found["gifts"][0]["voucher"] == "none"
    assert found["worksheet"]["never_deductible"] == "500.00"


def test_the_issuers_eligibility_is_that_of_the_gifts_day(donor: Donor, ledger: Given) -> None:
    house = ledger.house
    register(house, OTHER_USCC, "邻县基金会")
    fund = general_fund(house, OTHER_USCC, "邻县资金")
    (theirs,) = house.ledger.gifts.receive_gifts(OTHER_USCC, fund, [gift("10.00")])
    house.accounts.bind_gift(donor.id, theirs)
    assert worked(donor, profits={"2026": "9000.00"})["gifts"][0]["eligibility"] == []


def test_the_page_shows_every_step_with_its_rule_and_keeps_nothing(held: Donor) -> None:
    size = held.house.recorder.size()
    for lang, heading, source in (("zh", "逐步说明", "会计利润"), ("en", "Step by step", "profit")):
        held.browser.get(f"/desk?lang={lang}")
        answer = held.send(
            PAGE, year="2026", kind="enterprise", **{"profit-0": "5000"}, step="show"
        )
        page = words(answer.text)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "no-store"
        assert heading in page
        assert source in page
        assert "CIT-12-CF3" in page
        assert "600.00" in page
    assert held.house.recorder.size() == size
    assert "5000" not in held.page(PAGE)


def test_a_persons_page_works_without_script(held: Donor) -> None:
    typed = {"comprehensive": "1000.00", "classified-1": "500.00", "month-1": "10"}
    answer = held.send(PAGE, year="2026", kind="resident_individual", **typed, step="show")
    assert answer.status_code == 200, words(answer.text)
    assert "450.00" in words(answer.text)
    assert 'value="1000.00"' in answer.text


def test_the_spreadsheet_is_the_commands_and_always_the_same(held: Donor) -> None:
    typed = {"year": "2026", "kind": "enterprise", "profit-0": "5000.00", "step": "xlsx"}
    first, again = held.send(PAGE, **typed), held.send(PAGE, **typed)
    assert first.headers["content-disposition"] == 'attachment; filename="deduction-2026.xlsx"'
    assert first.content == again.content
    book = openpyxl.load_workbook(io.BytesIO(first.content))
    assert book.sheetnames == ["A105070", "步骤", "捐赠"]


@pytest.mark.parametrize(
    ("box", "typed"),
    [
        ("year", {"year": "", "kind": "enterprise", "profit-0": "1"}),
        ("year", {"year": "26x", "kind": "enterprise", "profit-0": "1"}),
        ("year", {"year": "9999", "kind": "enterprise", "profit-0": "1"}),
        ("profit-0", {"year": "2026", "kind": "enterprise"}),
        ("profit-0", {"year": "2026", "kind": "enterprise", "profit-0": "much"}),
        ("profit-1", {"year": "2026", "kind": "enterprise", "profit-0": "1", "profit-2": "1"}),
        ("carried-1", {"year": "2026", "kind": "enterprise", "profit-0": "1", "carried-1": "-1"}),
        ("comprehensive", {"year": "2026", "kind": "resident_individual"}),
        ("comprehensive", {"year": "2026", "comprehensive": "-1"}),
        ("month-1", {"year": "2026", "classified-1": "5", "month-1": "13"}),
        ("month-2", {"year": "2026", "comprehensive": "5", "classified-2": "5"}),
    ],
)
def test_what_was_typed_amiss_is_told_below_its_box(
    donor: Donor, box: str, typed: dict[str, str]
) -> None:
    answer = donor.send(PAGE, **typed, step="show")
    assert answer.status_code == 422, words(answer.text)
    assert f'id="{box}-error"' in answer.text
    assert answer.text.count('-error">') == 1
    assert f'id="{box}" name="{box}" value="{typed.get(box, "")}"' in answer.text


def test_what_the_rules_refuse_is_told_above_the_boxes(held: Donor) -> None:
    typed = {"profit-0": "1", "profit-1": "1", "carried-1": "5"}
    answer = held.send(PAGE, year="2026", kind="enterprise", **typed, step="show")
    assert (answer.status_code, 'id="worksheet-error"' in answer.text) == (422, True)
    unknown = held.ask("POST", ASK, {"year": 2026, "kind": "enterprise", "profits": {"x": "1"}})
    assert unknown.status_code == 400


def test_only_donors_have_a_worksheet(held: Donor) -> None:
    assert held.ask("POST", ASK, {"year": 2026, "kind": "company"}).status_code in (400, 422)
    clerk = replace(held, token="")
    assert clerk.ask("POST", ASK, {"year": 2026, "kind": "enterprise"}).status_code in (400, 401)
