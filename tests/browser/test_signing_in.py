"""Signing in with what the device holds: a passkey made and used in the browser itself."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.looking import look
from tests.browser.offices import Office
from tests.browser.telephones import give_passkeys
from tests.browser.working import PASSWORD, begin, sign_out
from tests.conftest import USCC


def test_a_passkey_of_the_device_signs_in_alone_and_counts_as_both_factors(
    office: Office, visit: Visit
) -> None:
    named = office.origin.replace("127.0.0.1", "localhost")
    page = visit(named)
    give_passkeys(page)
    begin(page, office.house, "reviewer-passkey", USCC, "reviewer")
    page.goto("/account")
    page.locator("#enrol").fill(PASSWORD)
    page.locator("#passkey-name").fill("办公电脑")
    page.get_by_role("button", name="添加通行密钥").click()
    expect(page.get_by_role("rowheader", name="办公电脑")).to_be_visible()
    wrong = look(page, "account-with-passkey.zh")

    sign_out(page)
    page.get_by_role("button", name="用通行密钥登录").click()
    expect(page.locator('header nav a[href="/desk"]')).to_be_visible()
    page.goto(f"/desk/gifts/return?gift={office.gifts[2]}&amount=1.00&note=误捐")
    page.locator("button[value=preview]").click()
    expect(page.get_by_role("article")).to_contain_text("gift-returned")
    assert not wrong, "\n".join(wrong)


def test_an_address_in_numbers_offers_no_passkey_and_needs_no_script(
    office: Office, visit: Visit
) -> None:
    page = visit(office.origin)
    page.goto("/sign-in")
    expect(page.locator("[data-passkey]")).to_be_hidden()
    expect(page.locator("#password")).to_be_visible()
