"""The donor's desk as it is read: without script, in two languages, in plain forms."""

from __future__ import annotations

import re

import pytest

from api.deducting.words import COLUMNS
from api.desk import my_gifts_words
from ledger.money import Money
from tests.api.donor.holding import API, HOME, PAYER, Donor, Given, words
from tests.conftest import USCC
from tests.houses import gift as gift_of
from tests.houses import pay
from tests.ledger.claimed import CODE, ISSUED_ON
from tests.ledger.corrected import goods, line, why


@pytest.fixture
def spent(donor: Donor, ledger: Given) -> str:
    """Let a donor hold a gift that is spent in part: the fund's next payment reaches into it."""
    new, five = ledger.fresh("30.00")
    donor.claim(five)
    pay(ledger.house, ledger.fund, f"{ledger.yuan_left() - 20}.00")
    return new


@pytest.mark.parametrize(
    ("lang", "says"),
    [
        ("zh", ("我的捐赠", "部分支出", "33.3%", "凭票据认领捐赠", "2026年10月1日")),
        ("en", ("My gifts", "partly paid out", "33.3%", "Claim gifts by a receipt", "1 Oct 2026")),
    ],
)
def test_the_list_and_the_gifts_own_page_tell_where_it_went(
    donor: Donor, spent: str, lang: str, says: tuple[str, ...]
) -> None:
    page = donor.page("", lang)
    assert all(one in words(page) for one in says), words(page)
    assert f'href="/trace/gift/{spent}"' in page
    own = words(donor.page(f"/{spent}", lang))
    assert {"zh": "已支出 33.3%", "en": "Paid out 33.3%"}[lang] in own
    assert {"zh": "捐赠已开票", "en": "Gift receipted"}[lang] in own
    for path in ("", "/claim", "/worksheet", f"/{spent}", f"/{spent}/shown"):
        text = donor.page(path, lang)
        assert not re.search(r"<script|style=|onclick", text)
        assert text.count("<h1>") == 1


def test_what_changed_since_is_told(donor: Donor, ledger: Given) -> None:
    new, five = ledger.fresh("21.00")
    donor.claim(five)
    house = ledger.house
    house.ledger.receipts.reverse(five["code"], five["number"], [CODE], ISSUED_ON, why())
    house.ledger.corrections.return_gift(new, Money(21_00), "捐赠人要求", "reviewer")
    own = words(donor.page(f"/{new}"))
    assert "已退还" in own
    assert "已冲红作废" in own
    assert "捐赠票据已冲红" in own
    told = donor.ask("GET", f"{API}/{new}").json()
    assert (told["state"], told["receipt"]) == ("returned", None)
    assert [one["state"] for one in told["receipts"]] == ["reversed"]


def test_a_gift_recorded_by_mistake_says_so(donor: Donor, ledger: Given) -> None:
    house = ledger.house
    (wrong,) = house.ledger.gifts.receive_gifts(USCC, ledger.fund, [gift_of("4.00")])
    house.ledger.corrections.reverse_gift(wrong, why("duplicate", "重复登记"))
    house.accounts.bind_gift(donor.id, wrong)
    own = words(donor.page(f"/{wrong}"))
    assert "误记，已冲正" in own
    assert "没有票据" in own


def test_goods_are_counted_item_by_item(donor: Donor, ledger: Given) -> None:
    house = ledger.house
    (kind,) = house.ledger.gifts.receive_gifts(USCC, ledger.fund, [goods(line(3, value="9.00"))])
    house.accounts.bind_gift(donor.id, kind)
    assert "医用口罩" in words(donor.page())
    (told,) = donor.ask("GET", API).json()["gifts"]
    assert told["parts"] == [
        {"unit": "goods:医用口罩|KN95|个", "amount": "3", "spent": "0", "unspent": "3",
         "returned": "0", "reversed": "0"},
    ]  # fmt: skip


def test_programs_read_what_the_pages_say(donor: Donor, ledger: Given) -> None:
    assert donor.ask("GET", API).json() == {"gifts": []}
    new, five = ledger.fresh("30.00")
    answer = donor.ask("POST", API, five)
    assert (answer.status_code, answer.json()) == (201, {"claimed": [new]})
    assert donor.ask("POST", API, five).json() == {"claimed": [new]}
    (told,) = donor.ask("GET", API).json()["gifts"]
    assert (told["gift"], told["charity"], told["state"]) == (new, "示范基金会", "unspent")
    assert told["receipt"] == {"code": five["code"], "number": five["number"]}
    assert donor.ask("GET", API).headers["cache-control"] == "no-store"
    whole = donor.ask("GET", f"{API}/{new}").json()
    assert whole["shown"]["kind"] == "anonymous"
    assert [one["state"] for one in whole["receipts"]] == ["stands"]
    assert PAYER not in str(whole)
    assert donor.ask("POST", API, {**five, "issued_on": "gestern"}).status_code == 400
    bare = donor.browser.ask("POST", API, json=five,
                             headers={"Authorization": f"Bearer {donor.token}"})  # fmt: skip
    assert bare.status_code == 400


def test_a_receipt_is_printed_again_as_a_copy_and_noted_as_read(
    donor: Donor, ledger: Given
) -> None:
    new, five = ledger.fresh("30.00")
    donor.claim(five)
    before = len(ledger.house.vault_reads.rows())
    number = {"code": five["code"], "number": five["number"]}
    copy = donor.send(f"/{new}/receipt", **number)
    assert (copy.status_code, copy.headers["content-type"]) == (200, "application/pdf")
    assert copy.content.startswith(b"%PDF")
    assert copy.headers["cache-control"] == "no-store"
    assert {read.who for read in ledger.house.vault_reads.rows()[before:]} == {donor.id}
    assert donor.send(f"/{new}/receipt", code=CODE, number="0000000001").status_code == 404
    ledger.house.ledger.people.erase(new, "request of the person")
    erased = donor.send(f"/{new}/receipt", **number)
    assert (erased.status_code, "erased" in erased.text) == (409, True)


def test_the_account_leads_to_each_gift(donor: Donor, spent: str) -> None:
    assert f'href="{HOME}/{spent}"' in donor.browser.get("/account").text


def test_every_column_of_the_form_has_english_words() -> None:
    assert set(COLUMNS) <= set(my_gifts_words.CELLS)
