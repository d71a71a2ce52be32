"""What clerks do at their desk, in a browser."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.looking import look
from tests.browser.offices import Office
from tests.browser.working import begin
from tests.conftest import USCC

PLAIN = Visitor(script=False)


def test_a_clerk_records_a_gift_after_seeing_what_will_be_public_without_any_script(
    office: Office, visit: Visit
) -> None:
    page = begin(visit(office.origin, PLAIN), office.house, "clerk-1", USCC, "clerk")

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
    page = begin(visit(office.origin), office.house, "clerk-2", USCC, "clerk")

    page.goto(f"/desk/gifts/receive?fund={office.fund}")
    page.get_by_label("金额").fill("一百")
    page.get_by_label("捐赠人（空：待认领）").fill("李四")
    page.get_by_role("button", name="预览").click()
    expect(page.get_by_label("金额")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("捐赠人（空：待认领）")).to_have_value("李四")
    assert look(page, "gift-refused.zh") == []
