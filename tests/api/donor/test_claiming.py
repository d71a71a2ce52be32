"""A gift becomes an account's own by what only the holder of its receipt knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi import FastAPI

from api.people.auditing import check_accounts
from api.wiring import House
from ledger.store.accounts import GiftBoundAlready
from tests.api.donor.holding import API, HOME, PAYER, Donor, Given
from tests.api.people.portal import Browser, Clock
from tests.ledger.claimed import CODE, ISSUED_ON
from tests.ledger.corrected import why


def test_the_five_elements_of_a_receipt_make_its_gift_the_accounts_own(
    donor: Donor, ledger: Given
) -> None:
    answer = donor.claim(ledger.five(1))

    assert (answer.status_code, answer.headers["location"]) == (303, f"{HOME}/{ledger.gifts[0]}")
    assert donor.own == [ledger.gifts[0]]
    assert ledger.gifts[0] in donor.page()
    assert donor.claim(ledger.five(1)).status_code == 303  # the same again changes nothing
    assert donor.own == [ledger.gifts[0]]
    assert list(check_accounts(donor.house)) == []


def test_a_claim_is_in_no_public_record(donor: Donor, ledger: Given) -> None:
    before = ledger.house.recorder.size()
    _, five = ledger.fresh()
    recorded = ledger.house.recorder.size()
    assert recorded > before
    assert donor.claim(five).status_code == 303
    assert ledger.house.recorder.size() == recorded


@pytest.mark.parametrize(
    "wrong",
    [
        {"code": "23050199"},
        {"number": "0000009999"},
        {"check_code": "zzzzzz"},
        {"issued_on": "2026-11-20"},
        {"amount": "80.01"},
        {"check_code": PAYER},
        {"number": "1"},
    ],
)
def test_whatever_is_wrong_the_answer_is_the_same(
    donor: Donor, ledger: Given, wrong: dict[str, str]
) -> None:
    answer = donor.claim(ledger.five(2, **wrong))

    assert answer.status_code == 409
    assert "没有这样一张票据，或所填五项与票面不一致" in answer.text
    assert donor.own == []


def test_the_payers_name_is_no_check_code_though_it_has_that_form(
    donor: Donor, ledger: Given
) -> None:
    _, five = ledger.fresh(donor="Mickey")
    assert donor.claim({**five, "check_code": "Mickey"}).status_code == 409
    assert donor.own == []


def test_boxes_that_are_empty_or_unreadable_are_named(donor: Donor, ledger: Given) -> None:
    empty = donor.claim(ledger.five(2, amount=""))
    assert (empty.status_code, "五项都要填写" in empty.text) == (422, True)
    wrong = donor.claim(ledger.five(2, issued_on="gestern"))
    assert (wrong.status_code, 'id="issued_on-error"' in wrong.text) == (422, True)
    assert f'value="{ledger.five(2)["check_code"]}"' in wrong.text


def test_only_a_closed_row_is_looked_at_until_the_check_code_is_right(
    donor: Donor, ledger: Given
) -> None:
    reads, (gift, five) = ledger.house.vault_reads, ledger.fresh()
    before = len(reads.rows())
    donor.claim({**five, "check_code": "zzzzzz"})
    assert len(reads.rows()) == before
    donor.claim(five)
    (read,) = reads.rows()[before:]
    assert (read.who, read.openings) == (donor.id, 1)
    assert donor.own == [gift]


def test_guessing_has_to_wait_longer_and_longer(donor: Donor, ledger: Given, clock: Clock) -> None:
    _, five = ledger.fresh()
    wrong = {**five, "check_code": "zzzzzz"}
    assert [donor.claim(wrong).status_code for _ in range(6)] == [409] * 6
    locked = donor.claim(wrong)
    assert (locked.status_code, "Retry-After" in locked.headers) == (429, True)
    assert donor.claim(five).status_code == 429  # who waits is not told that it is right now
    assert donor.own == []
    clock.turn(minutes=16)
    assert donor.claim(five).status_code == 303


def test_a_receipt_of_ones_own_buys_no_more_guesses(
    donor: Donor, ledger: Given, clock: Clock
) -> None:
    (_, mine), (_, theirs) = ledger.fresh(), ledger.fresh()
    statuses = []
    for guess in ("aaaaaa", "bbbbbb", "cccccc", "dddddd", "eeeeee", "ffffff"):
        donor.claim(mine)
        statuses.append(donor.claim({**theirs, "check_code": guess}).status_code)
    assert statuses[:5] == [409] * 5
    assert donor.claim({**theirs, "check_code": "gggggg"}).status_code == 429
    clock.turn(days=2)


def test_many_accounts_guess_no_faster_at_one_receipt(
    home: House, app: FastAPI, ledger: Given, clock: Clock
) -> None:
    _, five = ledger.fresh()
    wrong = {**five, "check_code": "zzzzzz"}
    many = [Donor.signed_in(home, app, Browser(app)) for _ in range(4)]
    statuses = [one.claim(wrong).status_code for one in (*many, *many)]
    assert statuses == [409] * 6 + [429] * 2
    clock.turn(days=2)


def test_a_gift_is_one_accounts_and_another_is_led_to_the_charity(
    donor: Donor, other: Donor, ledger: Given
) -> None:
    gift, five = ledger.fresh()
    donor.claim(five)
    refused = other.claim(five)
    assert (refused.status_code, "请联系受赠慈善组织" in refused.text) == (409, True)
    assert (donor.own, other.own) == ([gift], [])
    donor.send(f"/{gift}/release")
    assert donor.own == []
    assert other.claim(five).status_code == 303
    assert list(check_accounts(donor.house)) == []


def test_gifts_are_bound_all_or_none(donor: Donor, other: Donor) -> None:
    accounts = donor.house.accounts
    accounts.bind_gift(donor.id, "gift-a")
    with pytest.raises(GiftBoundAlready):
        accounts.bind_gift(other.id, "gift-b", "gift-a")
    assert other.own == []
    assert not accounts.free_gift("gift-a", other.id, other.id)
    assert accounts.free_gift("gift-a", "command/charity")
    assert not accounts.free_gift("gift-a", "command/charity")
    assert list(check_accounts(donor.house)) == []


def test_all_gifts_of_a_receipt_are_claimed_together(donor: Donor, ledger: Given) -> None:
    gifts, five = ledger.annual()
    answer = donor.claim(five)
    assert (answer.status_code, answer.headers["location"]) == (303, HOME)
    assert sorted(donor.own) == sorted(gifts)


def test_a_receipt_that_was_reversed_shows_nothing_any_more(donor: Donor, ledger: Given) -> None:
    _, five = ledger.fresh()
    ledger.house.ledger.receipts.reverse(five["code"], five["number"], [CODE], ISSUED_ON, why())
    refused = donor.claim(five)
    assert (refused.status_code, "这张票据已冲红" in refused.text) == (409, True)
    assert "已冲红" not in donor.claim({**five, "check_code": "zzzzzz"}).text
    assert donor.own == []


def test_the_receipts_own_file_claims_it_too(donor: Donor, ledger: Given, tmp_path: Path) -> None:
    gift, pdf = ledger.printed(tmp_path)
    sent = donor.file(pdf)
    assert (sent.status_code, sent.headers.get("location")) == (303, f"{HOME}/{gift}"), sent.text
    assert donor.own == [gift]
    altered = donor.file(pdf.replace(b"\n", b"\r", 1))
    assert altered.status_code in (409, 422)
    nothing = donor.file(b"%PDF-1.7\n%%EOF\n")
    assert (nothing.status_code, "这不是可以自证的票据文件" in nothing.text) == (409, True)


def test_a_file_without_the_forms_token_is_refused(donor: Donor, ledger: Given) -> None:
    sent = donor.browser.ask(
        "POST", f"{HOME}/claim-file", files={"file": ("a.pdf", b"%PDF-1.7\n")},
        headers={"sec-fetch-site": "same-origin"},
    )  # fmt: skip
    assert sent.status_code in (400, 403, 409)
    assert donor.own == []
    assert ledger.gifts


@pytest.mark.parametrize("role", ["clerk", "administrator"])
def test_an_account_of_an_organisation_claims_nothing(
    home: House, app: FastAPI, ledger: Given, clock: Clock, role: str
) -> None:
    clerk = Donor.signed_in(home, app, Browser(app), role)
    assert clerk.browser.get(HOME).status_code == 403
    assert clerk.browser.get(f"{HOME}/claim").status_code == 403
    assert clerk.send("/claim", **ledger.five(3)).status_code == 403
    assert clerk.ask("POST", API, ledger.five(3)).status_code == 403
    assert clerk.ask("GET", API).status_code == 403
    assert clerk.own == []


def test_a_stranger_is_led_to_sign_in(app: FastAPI, ledger: Given) -> None:
    assert Browser(app).get(HOME).headers["location"].startswith("/sign-in")
    named = {"Idempotency-Key": "k", "sec-fetch-site": "same-origin"}
    asked = Browser(app).ask("POST", API, json=ledger.five(3), headers=named)
    assert asked.status_code == 401
