"""The portal asked in this process, and a charity for it to show."""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import httpx

from api.app import create_app
from api.public_house import PublicHouse
from api.wiring import House
from ledger.application import PayOut
from tests.conftest import USCC
from tests.houses import general_fund, gift, pay, payment, register

Get = Callable[..., httpx.Response]

DONOR = "赵某某私名"
PRIVATE_PAYEE = "钱某某私名"


def reading(house: object, method: str = "GET") -> Get:
    """Return what asks the portal over this house for a path."""
    app = create_app(cast("PublicHouse", house))

    def get(path: str, **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
                named = {name.replace("_", "-"): value for name, value in headers.items()}
                return await client.request(method, path, headers=named)

        return asyncio.run(ask())

    return get


def charity_at_work(house: House) -> tuple[str, list[str], str, str]:
    """Record two gifts, a payment to an organisation and one to a private person."""
    register(house)
    fund = general_fund(house)
    gifts = house.ledger.gifts.receive_gifts(
        USCC,
        fund,
        [replace(gift(yuan), donor=DONOR) for yuan in ("100.00", "50.00")],
    )
    (public,) = pay(house, fund, "120.00")
    outcomes = house.ledger.disbursements.pay_out(
        USCC, fund, [private_payment("10.00")], "clerk", "reviewer"
    )
    house.publish()
    return fund, gifts, public, str(outcomes[0])


def private_payment(yuan: str) -> PayOut:
    """Describe a payment to a private person."""
    return replace(payment(yuan), payee=PRIVATE_PAYEE)


def words(page: str) -> str:
    """Return what a page says: its text without tags, with single spaces."""
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", page)).split())


class Broken:
    """A house in which whatever is asked goes wrong."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error or ZeroDivisionError("a secret of ours")

    @property
    def recorder(self) -> None:
        raise self.error

    runner = log = checkpoints = states = recorder
