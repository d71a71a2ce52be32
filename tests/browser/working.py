"""What people do at a desk, box by box: sign in, fill in a form, look at it, have it recorded."""

from __future__ import annotations

import re
from collections.abc import Mapping

from playwright.sync_api import Page, expect

from api.people import registering
from api.wiring import House
from tests.browser.telephones import Telephone

PASSWORD = "correct horse battery staple"  # noqa: S105 of tests
FIVE = ("code", "number", "check_code", "issued_on", "amount")
"""The elements of a receipt that are checked, by the names of their boxes."""


def take_up(page: Page, invitation: str) -> None:
    """Take an invitation up, as its person would: with a password of its own."""
    page.goto(invitation)
    for box in page.locator("main input[type=password]").all():
        box.fill(PASSWORD)
    send(page)
    expect(page.locator('header nav a[href="/desk"]')).to_be_visible()


def begin(page: Page, house: House, login: str, organisation: str, *roles: str) -> Page:
    """Give an account and sign in with it for the first time."""
    _, code = registering.add(house, login, organisation, roles, "command/test")
    take_up(page, f"/invitation/{code}")
    return page


def add_telephone(page: Page) -> Telephone:
    """Add an authenticator to the account, by the key that stands beside the picture."""
    page.goto("/account")
    page.locator("#enrol").fill(PASSWORD)
    page.locator('form[action="/account/code/begin"] button[type=submit]').click()
    secret = page.locator("main code").first.inner_text().replace(" ", "")
    telephone = Telephone(secret)
    page.locator("#code").fill(telephone.code())
    send(page)
    expect(page.locator("main")).to_contain_text("-")
    expect(page.locator("#code")).to_have_count(0)
    return telephone


def sign_out(page: Page) -> None:
    """Leave."""
    page.goto("/account")
    page.locator('form[action="/sign-out"] button').click()
    expect(page.locator("#login")).to_be_visible()


def type_password(page: Page, login: str) -> None:
    """Come back, with the password alone."""
    page.goto("/sign-in")
    page.locator("#login").fill(login)
    page.locator("#password").fill(PASSWORD)
    send(page)


def sign_in(page: Page, login: str, telephone: Telephone | None = None) -> None:
    """Come back, with the password and, where there is one, a code of the telephone."""
    type_password(page, login)
    if telephone is not None:
        page.locator("#code").fill(telephone.code())
        send(page)
    expect(page.locator('header nav a[href="/desk"]')).to_be_visible()


def send(page: Page) -> None:
    """Press the first button of the page that sends a form."""
    page.locator("main button[type=submit]").first.click()


def fill(page: Page, **said: str) -> None:
    """Fill in boxes, each by its name."""
    for name, value in said.items():
        box = page.locator(f"main form [name={name}]").last
        if page.locator(f"main form select[name={name}]").count():
            box.select_option(value)
        else:
            box.fill(value)


def press(page: Page, step: str) -> None:
    """Press one of a form's buttons: `preview`, `record`, or `draft` to hand it to another."""
    page.locator(f"main button[name=step][value={step}]").click()


def record(page: Page, path: str, **said: str) -> None:
    """Fill in a form, look at what would be recorded, and have it recorded."""
    page.goto(path)
    fill(page, **said)
    press(page, "preview")
    expect(page.locator("main article.card").first).to_be_visible()
    press(page, "record")
    expect(page).to_have_url(re.compile("/desk/recorded/"))


def claim(page: Page, receipt: Mapping[str, str]) -> None:
    """Claim a gift as its donor, by the five elements of its receipt."""
    page.goto("/desk/my-gifts/claim")
    fill(page, **{name: receipt[name] for name in FIVE})
    send(page)
