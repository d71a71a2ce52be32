"""What donors, auditors and journalists do on the public pages, in a browser."""

from __future__ import annotations

import csv
import json
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from api.wiring import House
from receipts.verify import Verifier
from tests.browser.browsing import Language, Visitor
from tests.browser.conftest import Site, Visit

BOXES = ("code", "number", "check_code", "issued_on", "amount")
PHONE = Visitor(width="phone")


def held(site: Site) -> dict[str, str]:
    """Return what stands on the first receipt of a site, by the receipt's own proof."""
    pdf = min(site.receipts.glob("*.pdf")).read_bytes()
    return Verifier(site.house.trust(), None).verify(pdf).receipt


def gift_of(house: House, receipt: dict[str, str]) -> str:
    """Return the gift that a receipt is for."""
    return house.ledger.streams.receipt(receipt["code"], receipt["number"]).lines[0].gift


def first_link(page: Page, beginning: str) -> None:
    """Follow the first link in the main part that leads where it should."""
    page.locator(f'main a[href^="{beginning}"]:visible').first.click()


def to_fund(page: Page, site: Site) -> str:
    """Follow the front page's link to the fund of a site; return the fund's id."""
    page.goto("/")
    page.locator("main").get_by_role("link", name=site.fund, exact=True).first.click()
    return page.url.rpartition("/")[2]


def saved(page: Page, ending: str) -> Path:
    """Download what a link of that ending leads to."""
    with page.expect_download() as found:
        page.locator(f'main a[href$="{ending}"]').first.click()
    return Path(found.value.path())


def answered(page: Page, path: str) -> Any:
    """Return what the portal answers to a program that asks beside the page."""
    return json.loads(page.request.get(path).text())


def test_a_donor_sees_on_a_phone_where_the_money_went_and_nobody_else(
    site: Site, visit: Visit
) -> None:
    gift = gift_of(site.house, held(site))
    page = visit(site.origin, PHONE)

    page.goto("/")
    page.get_by_label("编号").fill(gift)
    page.get_by_role("search").get_by_role("button").click()

    expect(page).to_have_url(f"{site.origin}/trace/gift/{gift}")
    trace = answered(page, f"/api/v1/gifts/{gift}/trace")
    main = page.locator("main")
    for shown in (gift, f"{Decimal(trace['inflow']['amount']):,}", "先进先出"):
        expect(main).to_contain_text(shown)
    assert set(re.findall(r"gift-[0-9a-f]{32}", main.inner_text())) == {gift}


def test_from_the_front_page_a_reader_comes_to_a_fund_a_payment_and_the_gifts_that_paid(
    site: Site, visit: Visit
) -> None:
    page = visit(site.origin)

    fund = to_fund(page, site)
    expect(page.get_by_role("heading", level=1)).to_have_text(site.fund)
    (money, *_) = answered(page, f"/api/v1/funds/{fund}")["balances"]
    for figure in ("received", "disbursed", "balance"):
        expect(page.locator("main")).to_contain_text(f"{Decimal(money[figure]):,}")

    first_link(page, "/trace/disbursement/")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    first_link(page, "/trace/gift/")
    expect(page.locator("main")).to_contain_text("gift-")


@pytest.mark.parametrize("script", [True, False])
def test_whoever_holds_a_receipt_checks_it_by_five_boxes(
    script: bool,  # noqa: FBT001 a parameter of the test
    sample: Site,
    visit: Visit,
) -> None:
    receipt = held(sample)
    page = visit(sample.origin, Visitor(width="phone", script=script))

    page.goto("/")
    page.get_by_role("link", name="查验票据").first.click()
    _check(page, receipt)
    expect(page.locator("main")).to_contain_text("有效")

    _check(page, {**receipt, "amount": f"1{receipt['amount']}"})
    expect(page.locator("main")).to_contain_text("不符")

    _check(page, {**receipt, "number": "9999999999"})
    expect(page.locator("main")).to_contain_text("查不到不等于伪造")


def _check(page: Page, receipt: dict[str, str]) -> None:
    for name in BOXES:
        page.locator(f'main input[name="{name}"]').fill(receipt[name])
    page.locator('main form[action="/check"] button').click()


def test_a_journalist_gets_from_a_download_the_very_sum_that_the_page_shows(
    site: Site, visit: Visit
) -> None:
    page = visit(site.origin, Visitor("en"))

    fund = to_fund(page, site)
    (money, *_) = answered(page, f"/api/v1/funds/{fund}")["balances"]
    file = saved(page, "/payments.csv")

    rows = list(csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines()))
    paid = [Decimal(row["amount"]) for row in rows if row["unit"] == "CNY"]
    assert sum(paid) == Decimal(money["disbursed"])
    expect(page.locator("main")).to_contain_text(f"{sum(paid):,}")


def test_the_language_asked_for_stays_from_page_to_page(sample: Site, visit: Visit) -> None:
    page = visit(sample.origin)

    page.goto("/")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    page.get_by_role("link", name="English").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/check")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("link", name="中文").first.click()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")


def test_a_gift_page_on_paper_keeps_its_figures_and_drops_what_only_a_screen_needs(
    sample: Site, visit: Visit
) -> None:
    gift = gift_of(sample.house, held(sample))
    page = visit(sample.origin)
    page.goto(f"/trace/gift/{gift}")

    page.emulate_media(media="print")

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_role("search")).to_be_hidden()


@pytest.mark.shared
def test_a_payment_of_a_real_list_is_followed_to_the_gifts_that_paid_for_it(
    real: Site, visit: Visit
) -> None:
    page = visit(real.origin, PHONE)

    to_fund(page, real)
    expect(page.locator("main")).to_contain_text("636,719,778.71")
    first_link(page, "/trace/disbursement/")
    payment = page.url.rpartition("/")[2]
    trace = answered(page, f"/api/v1/disbursements/{payment}/trace?limit=100")
    first_link(page, "/trace/gift/")

    assert page.url.rpartition("/")[2] in {segment["gift"] for segment in trace["segments"]}


@pytest.mark.shared
def test_a_receipt_for_a_gift_of_a_real_list_is_checked_and_its_gift_followed(
    real: Site, visit: Visit
) -> None:
    receipt = held(real)
    page = visit(real.origin, PHONE)

    page.goto("/check")
    _check(page, receipt)
    expect(page.locator("main")).to_contain_text("有效")

    page.goto(f"/trace/gift/{gift_of(real.house, receipt)}")
    expect(page.locator("main")).to_contain_text(f"{Decimal(receipt['amount']):,}")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_chinese_names_are_drawn_from_the_portals_own_font(
    language: Language, sample: Site, visit: Visit
) -> None:
    page = visit(sample.origin, Visitor(language=language))
    to_fund(page, sample)
    page.evaluate("() => document.fonts.ready.then(() => null)")

    for selector in ("h1", ".language:lang(zh)" if language == "en" else "header .brand"):
        used = fonts_of(page, selector)
        assert [one["isCustomFont"] for one in used] == [True], used


def fonts_of(page: Page, selector: str) -> list[dict[str, Any]]:
    """Return the fonts that an element's letters are drawn with, as the browser tells."""
    asked = page.context.new_cdp_session(page)
    for part in ("DOM", "CSS"):
        asked.send(f"{part}.enable")
    root = asked.send("DOM.getDocument")["root"]["nodeId"]
    node = asked.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    found: list[dict[str, Any]] = asked.send("CSS.getPlatformFontsForNode", {"nodeId": node})[
        "fonts"
    ]
    return found
