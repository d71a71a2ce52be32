"""A charity whose donors hold receipts, and a donor who is signed in."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI

from api.people import registering
from api.receipt_desk import IssuedReceipt, ReceiptDesk
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.receipts import Asked
from projections import trace_queries
from tests.api.people.portal import WHO, Browser, account
from tests.api.test_status_export import check_of
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, pay, ready_for_receipts, register
from tests.ledger.claimed import CODE, ISSUED_ON

HOME = "/desk/my-gifts"
API = "/api/v1/me/gifts"
AMOUNTS = ("100.00", "80.00", "70.00", "60.00", "50.00", "40.00")
PAYER = "王某某"
"""Who `tests.houses.give` says gave it."""


@dataclass(frozen=True)
class Given:
    """Gifts, each with a receipt of its own under the numbers 1, 2, 3 ...; the first is spent."""

    house: House
    fund: str
    gifts: tuple[str, ...]

    def five(self, which: int = 1, /, **other: str) -> dict[str, str]:
        """Return the five elements of a receipt, as they are typed."""
        written = f"{which:010}"
        said = {
            "code": CODE,
            "number": written,
            "check_code": check_of(self.house, written),
            "issued_on": ISSUED_ON.isoformat(),
            "amount": AMOUNTS[which - 1],
        }
        return said | other

    def fresh(self, yuan: str = "30.00", donor: str = PAYER) -> tuple[str, dict[str, str]]:
        """Make out a receipt for a new gift; return the gift and the five elements."""
        given = [gift(yuan, donor)]
        (new,) = self.house.ledger.gifts.receive_gifts(USCC, self.fund, given)
        issued = self.house.ledger.receipts.issue_receipts(USCC, [new], [CODE], ISSUED_ON)
        (number,) = issued.values()
        assert isinstance(number, tuple), number
        return new, self._five_of(number[1], yuan)

    def annual(self) -> tuple[list[str], dict[str, str]]:
        """Make out one receipt for two gifts; return both and the five elements."""
        gifts = give(self.house, self.fund, "11.00", "22.00")
        asked = Asked(issued_on=ISSUED_ON)
        number = self.house.ledger.receipts.issue_annual(USCC, gifts, 2026, [CODE], asked)
        return gifts, self._five_of(number[1], "33.00")

    def yuan_left(self) -> int:
        """Return how many yuan the fund holds."""
        self.house.runner.catch_up()
        found, _ = trace_queries.balances(self.house.runner, self.fund)
        return next(one.balance for one in found if one.unit == "CNY") // 100

    def printed(self, folder: Path) -> tuple[str, bytes]:
        """Make out a receipt for a new gift with its PDF; return both."""
        (new,) = give(self.house, self.fund, "25.00")
        desk = ReceiptDesk(self.house, USCC, folder, ISSUED_ON)
        (made,) = desk.issue([new], lambda _: None)
        assert isinstance(made, IssuedReceipt), made
        return new, made.path.read_bytes()

    def _five_of(self, number: str, yuan: str) -> dict[str, str]:
        return self.five(1, number=number, amount=yuan, check_code=check_of(self.house, number))


def given(house: House) -> Given:
    """Let a charity take gifts, make out their receipts, and pay the first of them out."""
    register(house)
    fund = general_fund(house)
    gifts = give(house, fund, *AMOUNTS)
    ready_for_receipts(house)
    house.ledger.receipts.issue_receipts(USCC, gifts, [CODE], ISSUED_ON)
    pay(house, fund, "100.00")
    house.publish()
    return Given(house, fund, tuple(gifts))


@dataclass
class Donor:
    """A donor in a browser, and with a token for programs."""

    house: House
    browser: Browser
    id: str
    token: str

    @classmethod
    def signed_in(cls, house: House, app: FastAPI, browser: Browser, role: str = "donor") -> Donor:
        """Give an account, sign it in, and make it a token."""
        login = f"{role}-{uuid.uuid4().hex[:8]}"
        organisation = "" if role == "donor" else USCC
        made = account(house, app, login, role, organisation=organisation)
        browser.sign_in(login)
        _, token = registering.make_token(
            house, house.accounts.named(login), "test", [role], 30, WHO
        )
        return cls(house, browser, made, token)

    @property
    def acting(self) -> Acting:
        """Return the account as it acts."""
        return Acting(self.id, "", frozenset({"donor"}), confirmed=True)

    @property
    def own(self) -> list[str]:
        """Return the gifts that are bound to it."""
        return self.house.accounts.gifts_of(self.id)

    def claim(self, five: dict[str, str]) -> httpx.Response:
        """Fill in the five boxes."""
        return self.browser.send(f"{HOME}/claim", five, f"{HOME}/claim")

    def page(self, path: str = "", lang: str = "zh") -> str:
        """Look at a page of the donor's desk, as text with its markup."""
        answer = self.browser.get(f"{HOME}{path}?lang={lang}")
        assert answer.status_code == 200, answer.text
        assert answer.headers["cache-control"] == "no-store"
        return unescape(answer.text)

    def send(self, path: str, **typed: str) -> httpx.Response:
        """Send a form of the donor's desk."""
        return self.browser.send(f"{HOME}{path}", typed)

    def file(self, data: bytes, name: str = "receipt.pdf") -> httpx.Response:
        """Send a receipt's file."""
        token = self.browser.csrf(f"{HOME}/claim")
        return self.browser.ask(
            "POST", f"{HOME}/claim-file", data={"csrf": token}, files={"file": (name, data)},
            headers={"sec-fetch-site": "same-origin"},
        )  # fmt: skip

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
        """Ask as a program does, with the token."""
        named = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": uuid.uuid4().hex}
        return Browser(self.browser.app).ask(method, path, json=body, headers=named | headers)


def words(page: str) -> str:
    """Return what a page says: its text without tags, with single spaces."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())
