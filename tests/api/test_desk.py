"""The desk: a menu of what an account may, forms that preview, record once, and tell."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256

import httpx
import pytest

from api.wiring import House
from tests.api.operations.accounts import AUDITOR, CLERK, REVIEWER, TAX
from tests.api.operations.portal import Desk
from tests.conftest import OTHER_USCC
from tests.houses import general_fund, give, payment, register

FORM = "/desk/gifts/receive"


@pytest.fixture
def fund(house: House) -> str:
    return general_fund(house, register(house))


@pytest.fixture
def desk(house: House, fund: str) -> Desk:
    return Desk(house, CLERK)


def typed(fund: str, step: str = "preview", key: str = "k1", **more: str) -> dict[str, str]:
    return {"fund": fund, "amount": "100.00", "donor": "王某某", "step": step,
            "idempotency_key": key, **more}  # fmt: skip


def hidden(page: httpx.Response, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found
    return found[1]


def test_the_menu_shows_what_the_account_may_have_recorded(desk: Desk) -> None:
    assert "登记捐款" in desk.get("/desk").text
    assert "退赠" not in desk.get("/desk").text
    desk.acting = REVIEWER
    assert "退赠" in desk.get("/desk").text
    desk.acting = TAX
    assert "勾选扣除" in desk.get("/desk").text
    desk.acting = AUDITOR
    assert "没有可办理的事项" in desk.get("/desk").text


def test_the_desk_speaks_english_too(desk: Desk) -> None:
    page = desk.get("/desk?lang=en").text
    assert "Record a gift of money" in page
    assert "登记捐款" not in page


def test_a_form_is_filled_in_as_far_as_the_address_says(desk: Desk, fund: str) -> None:
    assert f'value="{fund}"' in desk.get(f"{FORM}?fund={fund}").text


def test_a_preview_shows_the_events_and_records_nothing(
    house: House, desk: Desk, fund: str
) -> None:
    size = house.recorder.size()
    page = desk.send(FORM, typed(fund))
    assert page.status_code == 200
    assert "gift-received.v1" in page.text
    assert 'value="record"' in page.text
    assert hidden(page, "idempotency_key") == "k1"
    assert house.recorder.size() == size


def test_recording_leads_to_what_was_recorded_and_happens_once(
    house: House, desk: Desk, fund: str
) -> None:
    sent = desk.send(FORM, typed(fund, "record"))
    assert sent.status_code == 303
    size = house.recorder.size()
    again = desk.send(FORM, typed(fund, "record"))
    assert again.headers["location"] == sent.headers["location"]
    assert house.recorder.size() == size
    page = desk.get(sent.headers["location"])
    assert "gift-received.v1" in page.text
    assert "/trace/gift/gift-" in page.text
    assert "王某某" not in page.text


def test_what_is_wrong_stands_beside_its_field_and_the_rest_is_kept(desk: Desk, fund: str) -> None:
    page = desk.send(FORM, typed(fund, amount="viel"))
    assert page.status_code == 422
    assert 'aria-describedby="field-amount-error"' in page.text
    assert 'value="王某某"' in page.text


def test_what_the_ledger_refuses_is_said_on_the_form(desk: Desk) -> None:
    page = desk.send(FORM, typed("fund-unknown", "record"))
    assert page.status_code == 409
    assert 'role="alert"' in page.text
    assert "fund-unknown" in page.text


def test_a_document_is_bound_by_its_digest(house: House, desk: Desk, fund: str) -> None:
    gift = desk.send(FORM, typed(fund, "record", donor="")).headers["location"].split("/")[3]
    form = {"gift": gift, "donor": "李某某", "step": "record", "idempotency_key": "k2"}
    sent = desk.send("/desk/gifts/identify", form, evidence=b"agreement")
    assert sent.status_code == 303
    assert house.ledger.streams.gift(gift).donor
    (event,) = house.engine.history(gift, after=1)
    assert event.evidence == sha256(b"agreement").hexdigest()


def test_another_organisations_records_are_not_shown(desk: Desk, fund: str) -> None:
    shown = desk.send(FORM, typed(fund, "record")).headers["location"]
    desk.acting = TAX
    assert desk.get(shown).status_code == 404


def test_a_form_that_is_not_the_accounts_is_refused(desk: Desk) -> None:
    assert desk.get("/desk/tax/claim").status_code == 403
    assert desk.get("/desk/tax/nothing").status_code == 404


def test_what_moves_money_leads_to_the_second_factor(house: House, desk: Desk, fund: str) -> None:
    gift = desk.send(FORM, typed(fund, "record")).headers["location"].split("/")[3]
    desk.acting = replace(REVIEWER, confirmed=False)
    form = {"gift": gift, "amount": "1.00", "note": "捐赠人申请", "idempotency_key": "k2"}
    page = desk.send("/desk/gifts/return", {**form, "step": "record"})
    assert page.status_code == 409
    assert 'href="/account/confirm?next=/desk/gifts/return"' in page.text


def test_who_approves_a_payment_sees_what_it_is_and_other_organisations_do_not(
    house: House, desk: Desk, fund: str
) -> None:
    other = general_fund(house, register(house, OTHER_USCC, "邻县基金会"), "邻县资金")
    give(house, fund, "100.00")
    give(house, other, "100.00", uscc=OTHER_USCC)
    own, theirs = (
        house.ledger.disbursements.propose(one, payment("80.00"), "clerk") for one in (fund, other)
    )
    house.runner.catch_up()
    desk.acting = REVIEWER
    form = "/desk/disbursements/approve?disbursement="
    shown = desk.get(form + own).text
    assert "示范县第一小学" in shown
    assert "80.00" in shown
    assert "示范县第一小学" not in desk.get(form + theirs).text
    assert "80.00" not in desk.get(form + "disbursement-none").text
