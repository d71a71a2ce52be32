"""What officers of government do: decide on a name, allot numbers, publish eligibility."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from ledger.domain.organisations import AUTHORITY
from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.looking import album, look
from tests.browser.offices import TEXT, Office
from tests.browser.working import begin, fill, press, record

PLAIN = Visitor(script=False)


def test_a_name_is_decided_by_two_officers_with_everything_on_one_page(
    office: Office, visit: Visit
) -> None:
    page = begin(visit(office.origin), office.house, "county-1", AUTHORITY, "county-approver")
    page.goto("/desk")
    page.get_by_role("link", name="冠名", exact=True).click()
    expect(page.locator("main")).not_to_contain_text(TEXT)
    page.get_by_role("link", name=office.naming).click()
    main = page.locator("main")
    facts = ("✓ 通过", "示范县第一小学：同意", "示范县办法", "500.00 元", "600.00 元")
    for said in (TEXT, office.gifts[2], *facts):
        expect(main).to_contain_text(said)
    wrong = album(page, f"/desk/naming/{office.naming}", "naming-to-decide")

    page.goto(f"/desk/naming/{office.naming}")
    page.get_by_role("link", name="批准冠名").click()
    fill(page, text=TEXT, number="示政函〔2026〕1号", approved_on="2026-11-21",
         first_day="2026-12-01", last_day="2031-11-30")  # fmt: skip
    press(page, "preview")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("button[value=record]")).to_have_count(0)
    wrong += look(page, "naming-takes-two.zh")
    press(page, "draft")
    draft = page.url.removeprefix(office.origin)
    expect(page.locator(f'form[action="{draft}/record"]')).to_have_count(0)

    other = begin(visit(office.origin, PLAIN), office.house, "county-2", AUTHORITY,
                  "county-approver")  # fmt: skip
    other.goto("/desk/queue")
    other.locator(f'main a[href="{draft}"]').click()
    expect(other.locator("main")).to_contain_text(TEXT)
    other.locator(f'form[action="{draft}/record"] button').click()
    expect(other.get_by_role("heading", name="已记入账本")).to_be_visible()
    expect(other.locator("main")).not_to_contain_text(TEXT)

    page.goto(f"/desk/naming/{office.naming}")
    expect(page.locator("main")).to_contain_text("批准 示政函〔2026〕1号")
    wrong += look(page, "naming-decided.zh")
    assert not wrong, "\n".join(wrong)


def row(page: Page, office: Office) -> str:
    """Come to the list of organisations; return what it says of the second charity."""
    page.goto("/desk/organisations")
    return page.locator("tr", has_text=office.other).inner_text()


def test_finance_allots_numbers_where_it_sees_how_many_are_left(
    office: Office, visit: Visit
) -> None:
    page = begin(visit(office.origin, PLAIN), office.house, "finance-1", AUTHORITY,
                 "finance-officer")  # fmt: skip
    assert "未发放" in row(page, office)
    line = page.locator("tr", has_text=office.other)
    line.get_by_role("link", name="发放票据号段").click()
    expect(page.locator("main [name=uscc]")).to_have_value(office.other)

    record(page, page.url, code="23050127", first="1", last="50")

    assert "23050127 剩余 50 / 50" in row(page, office)
    page.goto(f"/desk/books/allot?uscc={office.other}")
    fill(page, code="23050127", first="40", last="60")
    press(page, "preview")
    expect(page.get_by_role("alert")).to_be_visible()


def test_civil_affairs_publish_eligibility_and_everybody_can_read_it(
    office: Office, visit: Visit
) -> None:
    page = begin(visit(office.origin), office.house, "civil-1", AUTHORITY, "civil-affairs-officer")
    assert "✗ 无" in row(page, office)
    line = page.locator("tr", has_text=office.other)
    expect(line.get_by_role("link", name="发放票据号段")).to_have_count(0)
    line.get_by_role("link", name="公布扣除资格").click()
    fill(page, notice="示范公告2026年第7号", notice_date="2026-02-01", applicant_kind="3")
    press(page, "preview")
    expect(page.get_by_role("article")).to_contain_text("示范公告2026年第7号")
    wrong = look(page, "eligibility-previewed.zh")
    press(page, "record")
    expect(page.get_by_role("heading", name="已记入账本", level=1)).to_be_visible()

    assert "✓ 有" in row(page, office)
    wrong += album(page, "/desk/organisations", "organisations-after")
    stranger = visit(office.origin, PLAIN)
    stranger.goto(f"/charities/{office.other}")
    expect(stranger.locator("main")).to_contain_text("示范公告2026年第7号")
    assert not wrong, "\n".join(wrong)
