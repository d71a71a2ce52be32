"""One ledger with a bit of everything in it, for whoever alters rows and files."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from api.hooks import asking
from api.hooks.asking import Asked as HookAsked
from api.importing import Order, open_file, record
from api.receipt_desk import ReceiptDesk
from api.settings import Settings
from api.wiring import House
from ledger.application import Correction
from ledger.application.asked import Asked
from ledger.domain.acting import Acting
from ledger.domain.receipt_books import Loss
from ledger.engine import Unsigned
from ledger.money import Money
from ledger.store.jobs import Job
from tests.attacks.accounts import rows_of_accounts
from tests.attacks.tampering import Place, place_of
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, pay, ready_for_receipts, register
from tests.ledger.claimed import claim

OFFICIAL = ("23050126", "0000009001")
"""A number of nobody in this ledger: no lot holds it."""

LOST = Loss(first=90, last=91, reason="spoiled", note="打印机卡纸")
LIST = "捐赠人,金额（元）,捐赠日期\n王某某,88.00,2026-10-02\n李某某,12.00,2026-10-03\n"


@pytest.fixture(scope="module")
def place(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Keep a ledger with gifts, payments, a move between funds, receipts and an erasure."""
    folder = tmp_path_factory.mktemp("tampering")
    settings = Settings(folder / "var", database_url, f"t_{uuid.uuid4().hex[:16]}")
    house = House(settings, create=True)
    try:
        _tell(house, folder)
        yield place_of(house)
    finally:
        house.close()


def _tell(house: House, folder: Path) -> None:
    register(house)
    fund, village = general_fund(house), house.ledger.funds.open_fund(
        USCC, "示例村资金", "project", "修缮教室", "230123"
    )  # fmt: skip
    gifts = give(house, fund, "100.00", "50.00", "7.00")
    (paid,) = pay(house, fund, "60.00")
    house.ledger.disbursements.accept(fund, paid, ["cd" * 32], date(2026, 11, 20), "village")
    sheet = folder / "list.csv"
    sheet.write_text(LIST, encoding="utf-8")
    order = Order(charity=USCC, fund=fund)
    record(house, open_file(sheet, order), order, lambda _: None)
    _move(house, fund, village)
    house.ledger.funds.change_use(village, "助学", None, "donor-consent", "ab" * 32, "reviewer")
    ready_for_receipts(house)
    _correct(house, fund)
    desk = ReceiptDesk(house, USCC, folder / "receipts", date(2026, 11, 21))
    assert len(list(desk.issue(gifts[:1], lambda _: None))) == 1
    house.ledger.receipts.record_official(
        "23050126", "0000000001", OFFICIAL, "aB3dE9", date(2026, 11, 21)
    )
    claim(house)
    _give_back(house, gifts[0])
    house.ledger.organisations.lose_numbers(USCC, "23050126", LOST)
    house.ledger.people.erase(gifts[2], "request of the person")
    assert len(list(desk.issue(gifts[1:2], lambda _: None))) == 1
    assert house.ledger.people.erase(gifts[1], "request of the person").kept
    waiting = Unsigned(USCC, house.engine.kid_of(USCC), b"e30.e30", elsewhere=True)
    house.requests.keep([waiting], {})
    house.jobs.ask(_job(house))
    clerk = Acting("4f1c090000", USCC, frozenset({"clerk"}))
    asked = Asked(clerk, "ab" * 32, "cd" * 32)
    unclaimed = gift("1.00", donor=None)
    house.of_request(asked).ledger.gifts.receive_gifts(USCC, fund, [unclaimed])
    house.ledger.donors.show(gifts[0], "pen-name", "春风")
    house.drafts.add(clerk, "gifts-return", b"{}", "k")
    hook, _ = asking.add(house, clerk, HookAsked("https://receiver.example/told"), "k")
    house.hooks.renew_secret(hook.id)
    rows_of_accounts(house)
    house.publish()


def _correct(house: House, fund: str) -> None:
    (paid,) = pay(house, fund, "9.00")
    back = Correction(reason="refund", note="项目取消", decided_by="reviewer")
    house.ledger.disbursements.recover(fund, paid, Money(4_00), date(2026, 11, 20), back)
    house.ledger.disbursements.classify(fund, paid, "charitable")


def _job(house: House) -> Job:
    at = house.jobs.now()
    return Job(
        id="a1b2", kind="import", account="4f1c090000", organisation=USCC, roles=("clerk",),
        confirmed=True, asked_key="k", asked="a", state="awaiting-approval", created=at,
        changed=at, expires=at + timedelta(days=7), approver="77aa010000",
    )  # fmt: skip


def _give_back(house: House, receipted: str) -> None:
    receipt = house.ledger.streams.gift(receipted).receipt
    assert receipt is not None
    why = Correction(reason="wrong-donor", note="抬头有误", decided_by="reviewer")
    house.ledger.receipts.reverse(*receipt, ["23050126"], date(2026, 11, 22), why)


def _move(house: House, fund: str, village: str) -> None:
    house.ledger.funds.allocate(fund, village, Money(30_00), "reviewer")
