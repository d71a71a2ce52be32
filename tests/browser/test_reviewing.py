"""Money takes two people: a clerk asks, a reviewer with a second factor looks and decides."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.looking import album, look
from tests.browser.offices import Office
from tests.browser.working import (
    add_telephone,
    begin,
    fill,
    press,
    record,
    sign_in,
    sign_out,
)
from tests.conftest import USCC

PLAIN = Visitor(script=False)
SCHOOL = "示范县第一小学"


def payments(page: Page, amount: str) -> Locator:
    """Return the payments of an amount that wait for approval, as the queue lists them."""
    page.goto("/desk/queue")
    return page.locator("tr", has_text=amount)


def test_a_payment_is_approved_by_a_second_person_with_a_second_factor(
    office: Office, visit: Visit
) -> None:
    clerk = begin(visit(office.origin, PLAIN), office.house, "clerk-paying", USCC, "clerk")
    record(clerk, f"/desk/disbursements/propose?fund={office.fund}",
           payee=SCHOOL, amount="12.34", purpose="课桌")  # fmt: skip
    expect(payments(clerk, "12.34")).to_have_count(1)
    expect(payments(clerk, "12.34").get_by_role("link", name="批准")).to_have_count(0)

    page = begin(visit(office.origin), office.house, "reviewer-paying", USCC, "reviewer")
    payments(page, "12.34").get_by_role("link", name="批准").click()
    press(page, "preview")
    expect(page.get_by_role("alert")).to_contain_text("second factor")
    wrong = look(page, "approve-without-second-factor.zh")

    telephone = add_telephone(page)
    sign_out(page)
    sign_in(page, "reviewer-paying", telephone)
    payments(page, "12.34").get_by_role("link", name="批准").click()
    press(page, "preview")
    expect(page.get_by_role("article")).to_contain_text("disbursement-approved")
    wrong += look(page, "approve-previewed.zh")
    payment = page.locator("main [name=disbursement]").input_value()
    press(page, "record")
    expect(page.get_by_role("heading", name="已记入账本", level=1)).to_be_visible()
    expect(payments(page, "12.34")).to_have_count(0)

    record(page, f"/desk/disbursements/pay?disbursement={payment}", paid_on="2026-11-20")
    stranger = visit(office.origin, PLAIN)
    stranger.goto(f"/trace/disbursement/{payment}")
    expect(stranger.locator("main")).to_contain_text("12.34")
    assert not wrong, "\n".join(wrong)


def test_nobody_approves_a_payment_of_her_own(office: Office, visit: Visit) -> None:
    page = begin(visit(office.origin), office.house, "both-1", USCC, "clerk", "reviewer")
    add_telephone(page)
    record(page, f"/desk/disbursements/propose?fund={office.fund}", payee=SCHOOL, amount="3.21")
    before = office.house.recorder.size()

    payments(page, "3.21").get_by_role("link", name="批准").click()
    press(page, "preview")

    expect(page.get_by_role("alert")).to_contain_text("another person")
    expect(page.locator("button[value=record]")).to_have_count(0)
    assert office.house.recorder.size() == before


def test_what_a_clerk_prepared_a_reviewer_sees_beside_what_it_would_record(
    office: Office, visit: Visit
) -> None:
    clerk = begin(visit(office.origin, PLAIN), office.house, "clerk-returning", USCC, "clerk")
    clerk.goto(f"/desk/gifts/return?gift={office.gifts[1]}")
    fill(clerk, amount="5.00", note="捐赠人要求退回")
    press(clerk, "draft")
    draft = clerk.url.removeprefix(office.origin)
    expect(clerk.locator("main")).to_contain_text("须由另一人记入")
    expect(clerk.locator(f'form[action="{draft}/record"]')).to_have_count(0)

    page = begin(visit(office.origin), office.house, "reviewer-looking", USCC, "reviewer")
    page.goto(draft)
    expect(page.get_by_role("link", name="先用第二要素确认")).to_be_visible()
    expect(page.locator(f'form[action="{draft}/record"]')).to_have_count(0)
    add_telephone(page)
    page.goto("/desk/queue")
    page.locator(f'main a[href="{draft}"]').click()
    prepared = page.locator("section", has_text="准备的内容")
    for said in (office.gifts[1], "5.00", "捐赠人要求退回"):
        expect(prepared.first).to_contain_text(said)
    expect(page.get_by_role("article")).to_contain_text("gift-returned")
    wrong = album(page, draft, "draft-to-decide")
    page.goto(draft)
    page.locator(f'form[action="{draft}/record"] button').click()

    expect(page.get_by_role("heading", name="已记入账本")).to_be_visible()
    clerk.goto(draft)
    expect(clerk.get_by_role("heading", name="已记入账本")).to_be_visible()
    assert not wrong, "\n".join(wrong)


def test_what_is_refused_goes_back_with_the_reason(office: Office, visit: Visit) -> None:
    clerk = begin(visit(office.origin, PLAIN), office.house, "clerk-refused", USCC, "clerk")
    clerk.goto(f"/desk/gifts/return?gift={office.gifts[1]}")
    fill(clerk, amount="1.00", note="误操作")
    press(clerk, "draft")
    draft = clerk.url.removeprefix(office.origin)
    page = begin(visit(office.origin, PLAIN), office.house, "reviewer-no", USCC, "reviewer")
    before = office.house.recorder.size()

    page.goto(draft)
    page.locator("#note").fill("缺少捐赠人的书面申请")
    page.get_by_role("button", name="不予通过").click()

    clerk.goto(draft)
    expect(clerk.locator("main")).to_contain_text("缺少捐赠人的书面申请")
    assert office.house.recorder.size() == before
