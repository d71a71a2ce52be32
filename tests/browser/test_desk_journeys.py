"""What clerks, reviewers and tax officers do at their desks, in a browser."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from api.app import create_app
from api.people import registering
from api.settings import Settings
from api.wiring import House
from ledger.domain.organisations import AUTHORITY
from receipts.verify import Verifier
from tests.browser import accessible, filling
from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.serving import served
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register

PASSWORD = "correct horse battery staple"  # noqa: S105 of tests
PLAIN = Visitor(script=False)


@dataclass(frozen=True)
class Office:
    """A charity's ledger that is served, one fund in it, one receipt, and who may sign in."""

    origin: str
    house: House
    fund: str
    receipt: Path

    def invited(self, login: str, organisation: str, *roles: str) -> str:
        """Give an account; return the path of its invitation."""
        _, code = registering.add(self.house, login, organisation, roles, "command/test")
        return f"/invitation/{code}"


@pytest.fixture(scope="module")
def office(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Serve a small charity."""
    place, schema = tmp_path_factory.mktemp("office"), f"t_{uuid.uuid4().hex[:16]}"
    house = House(
        Settings(data=place / "var", database_url=database_url, schema=schema), create=True
    )
    fund = general_fund(house, register(house))
    gifts = give(house, fund, "80.00", "20.00")
    ready_for_receipts(house)
    (issued,) = filling.issue(house, gifts[:1], place / "receipts")
    with served(create_app(house)) as origin:
        yield Office(origin, house, fund, issued.path)
    house.close()


def signed_in(page: Page, invitation: str) -> None:
    """Take an invitation up, as its person would."""
    page.goto(invitation)
    for box in page.locator("main input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    expect(page.get_by_role("navigation").get_by_role("link", name="我的工作台")).to_be_visible()


def test_a_clerk_records_a_gift_after_seeing_what_will_be_public_without_any_script(
    office: Office, visit: Visit
) -> None:
    page = visit(office.origin, PLAIN)
    signed_in(page, office.invited("clerk-1", USCC, "clerk"))

    page.goto(f"/desk/gifts/receive?fund={office.fund}")
    page.get_by_label("金额").fill("66.00")
    page.get_by_label("捐赠人（空：待认领）").fill("张三")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("heading", name="将记入账本")).to_be_visible()
    expect(page.get_by_role("article")).to_contain_text("66.00 CNY")
    expect(page.get_by_role("article")).not_to_contain_text("张三")
    page.get_by_role("button", name="记入账本").click()
    expect(page.get_by_role("heading", name="已记入账本", level=1)).to_be_visible()

    page.get_by_role("link", name="追踪这笔捐赠").click()
    expect(page.locator("main")).to_contain_text("66.00")
    expect(page.locator("main")).not_to_contain_text("张三")


def test_what_is_wrong_is_said_beside_the_box_and_what_was_typed_stays(
    office: Office, visit: Visit
) -> None:
    page = visit(office.origin, PLAIN)
    signed_in(page, office.invited("clerk-2", USCC, "clerk"))

    page.goto(f"/desk/gifts/receive?fund={office.fund}")
    page.get_by_label("金额").fill("一百")
    page.get_by_label("捐赠人（空：待认领）").fill("李四")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_label("金额")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("捐赠人（空：待认领）")).to_have_value("李四")


def test_money_waits_for_a_second_factor(office: Office, visit: Visit) -> None:
    page = visit(office.origin)
    signed_in(page, office.invited("reviewer-1", USCC, "reviewer"))

    page.goto(f"/desk/funds/allocate?fund={office.fund}&to_fund={office.fund}&amount=1.00")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_role("alert")).to_contain_text("second factor")


def test_a_tax_officer_checks_a_receipt_and_sees_what_may_be_claimed(
    office: Office, visit: Visit
) -> None:
    held = Verifier(office.house.trust(), None).verify(office.receipt.read_bytes()).receipt
    page = visit(office.origin, PLAIN)
    signed_in(page, office.invited("tax-1", AUTHORITY, "tax-officer"))

    page.goto("/desk/tax")
    for name in ("code", "number", "check_code", "issued_on", "amount"):
        page.locator(f"main [name={name}]").fill(held[name])
    page.locator("main button[type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("有效")
    page.locator('main a[href^="/desk/tax/claim"]').first.click()
    expect(page.get_by_label("票据号码", exact=True)).to_have_value(held["number"])


@pytest.mark.parametrize("width", ["phone", "desktop"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_desks_can_be_used_by_everybody(
    office: Office, visit: Visit, width: str, language: str
) -> None:
    page = visit(office.origin, Visitor(width=width, language=language))  # type: ignore[arg-type] # two of each
    page.goto(office.invited(f"clerk-{width}-{language}", USCC, "clerk", "reviewer"))
    for box in page.locator("main input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    for path in ("/account", "/desk", "/desk/gifts/receive", "/desk/gifts/receive-goods",
                 "/desk/namings/propose", "/desk/charity", "/desk/queue", "/desk/import",
                 "/desk/jobs"):  # fmt: skip
        page.goto(path)
        assert accessible.faults(page) == [], path
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide"
