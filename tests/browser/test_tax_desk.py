"""What tax officers do: check five boxes, claim what is left, hand in a list and get one back."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
from playwright.sync_api import Page, expect

from ledger.domain.organisations import AUTHORITY
from tests.api.imports.workbooks import workbook
from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.looking import look
from tests.browser.offices import Office
from tests.browser.working import FIVE, begin, fill, press, send
from tests.ledger.claimed import PAYER, PERSON

PLAIN = Visitor(script=False)
HEAD = ["票据代码", "票据号码", "校验码", "开票日期", "金额"]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def checked(page: Page, held: dict[str, str]) -> None:
    """Type the five elements of a receipt and have them checked."""
    page.goto("/desk/tax")
    fill(page, **{name: held[name] for name in FIVE})
    send(page)


def test_a_receipt_is_checked_on_record_and_claimed_once(office: Office, visit: Visit) -> None:
    held = office.held()
    page = begin(visit(office.origin), office.house, "tax-1", AUTHORITY, "tax-officer")
    checked(page, held)
    main = page.locator("main")
    expect(page.locator("h2.verdict")).to_have_text("有效")
    expect(main).to_contain_text("check-")
    expect(main).to_contain_text("尚可扣除80.00 元")
    wrong = look(page, "tax-checked.zh")

    page.locator('main a[href^="/desk/tax/claim"]').first.click()
    expect(page.get_by_label("票据号码", exact=True)).to_have_value(held["number"])
    fill(page, taxpayer=PERSON, name=PAYER, year="2026", amount="80.01")
    press(page, "preview")
    expect(page.get_by_role("alert")).to_contain_text("80.00")
    fill(page, amount="50.00")
    press(page, "preview")
    expect(page.get_by_role("article")).not_to_contain_text(PERSON)
    press(page, "record")
    expect(page.get_by_role("heading", name="已记入账本", level=1)).to_be_visible()

    page.goto(f"/desk/tax?code={held['code']}&number={held['number']}")
    expect(main).to_contain_text("尚可扣除30.00 元")
    page.locator('main a[href^="/desk/tax/release"]').click()
    fill(page, reason="勾选年度有误")
    press(page, "preview")
    press(page, "record")
    page.goto(f"/desk/tax?code={held['code']}&number={held['number']}")
    expect(main).to_contain_text("尚可扣除80.00 元")
    assert not wrong, "\n".join(wrong)


def test_a_receipt_that_says_otherwise_is_told_from_one_that_is_not_there(
    office: Office, visit: Visit
) -> None:
    held = office.held()
    page = begin(visit(office.origin, PLAIN), office.house, "tax-2", AUTHORITY, "tax-officer")

    checked(page, {**held, "amount": f"1{held['amount']}"})
    expect(page.locator("h2.verdict")).to_contain_text("不符")
    checked(page, {**held, "number": "9999999999"})
    expect(page.locator("main")).to_contain_text("查不到不等于伪造")
    checked(page, {**held, "issued_on": "昨天"})
    expect(page.locator("#issued_on")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#code")).to_have_value(held["code"])


def test_a_spreadsheet_goes_in_and_one_with_a_verdict_on_each_line_comes_out(
    office: Office, visit: Visit
) -> None:
    held = office.held()
    page = begin(visit(office.origin), office.house, "tax-3", AUTHORITY, "tax-officer")
    row = [held[name] for name in FIVE]
    unknown = [held["code"], "9999999999", *row[2:]]
    sheet = workbook(名单=[HEAD, row, unknown])

    page.goto("/desk/tax")
    page.locator("#file").set_input_files({"name": "名单.xlsx", "mimeType": XLSX, "buffer": sheet})
    page.get_by_role("button", name="查验名单").click()
    expect(page).to_have_url(re.compile("/desk/jobs/[0-9a-f]+$"))
    office.worked()
    page.reload()
    expect(page.locator("main")).to_contain_text("已完成")
    wrong = look(page, "tax-list-checked.zh")

    with page.expect_download() as found:
        page.locator('main a[href$=".xlsx"]').first.click()
    valid, unknown_too = verdicts(Path(found.value.path()).read_bytes())
    assert "有效" in valid
    assert "查无此票" in unknown_too
    assert not wrong, "\n".join(wrong)


def verdicts(data: bytes) -> list[str]:
    """Return what a workbook of checked receipts says of each, in the order they were handed in."""
    rows = list(openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].values)
    head = next(row for row in rows if "票据号码 number" in row)
    line, result = head.index("行 row"), head.index("结果 result")
    return [str(row[result]) for row in rows if str(row[line]).isdigit()]
