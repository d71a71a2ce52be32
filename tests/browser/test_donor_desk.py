"""What donors do at their desk: claim a gift by its receipt, choose how they are shown, count."""

from __future__ import annotations

import io
import re
from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.looking import album, look
from tests.browser.offices import Office
from tests.browser.working import begin, claim, fill, press

PLAIN_PHONE = Visitor(width="phone", script=False)
PEN_NAME = "山海一粟"


def test_a_donor_claims_a_gift_by_its_receipt_and_chooses_how_the_public_sees_it(
    office: Office, visit: Visit
) -> None:
    held, gift = office.held(1), office.gifts[3]
    page = begin(visit(office.origin, PLAIN_PHONE), office.house, "donor-1", "", "donor")
    page.goto("/desk")
    page.get_by_role("link", name="我的捐赠").first.click()
    expect(page.locator("main")).to_contain_text("还没有认领捐赠")
    claim(page, {**held, "amount": "46.00"})
    expect(page.get_by_role("alert")).to_be_visible()
    claim(page, held)
    expect(page).to_have_url(re.compile(f"/desk/my-gifts/{gift}$"))
    expect(page.locator("main")).to_contain_text("45.00")

    page.goto(f"/desk/my-gifts/{gift}/shown")
    page.locator("#pen-name").check()
    fill(page, pen_name=PEN_NAME)
    press(page, "preview")
    expect(page.locator("#preview")).to_contain_text("公众将看到的样子")
    expect(page.locator("#preview .donor")).to_contain_text(PEN_NAME)
    stranger = visit(office.origin, PLAIN_PHONE)
    stranger.goto(f"/trace/gift/{gift}")
    expect(stranger.locator("main")).not_to_contain_text(PEN_NAME)

    press(page, "record")
    expect(page).to_have_url(re.compile(f"/desk/my-gifts/{gift}$"))
    stranger.goto(f"/trace/gift/{gift}")
    expect(stranger.locator("main .donor")).to_contain_text(PEN_NAME)

    page.goto(f"/desk/my-gifts/{gift}/shown")
    page.locator("#anonymous").check()
    press(page, "preview")
    press(page, "record")
    stranger.goto(f"/trace/gift/{gift}")
    expect(stranger.locator("main")).not_to_contain_text(PEN_NAME)


def test_a_donor_counts_what_may_be_deducted_and_takes_the_sheet_along(
    office: Office, visit: Visit
) -> None:
    page = begin(visit(office.origin), office.house, "donor-2", "", "donor")
    page.goto("/desk/my-gifts/worksheet")
    fill(page, year="2026", comprehensive="100000.00")
    press(page, "show")
    expect(page.locator("main table").first).to_be_visible()
    wrong = look(page, "worksheet-counted.zh")
    with page.expect_download() as found:
        press(page, "xlsx")
    book = openpyxl.load_workbook(io.BytesIO(Path(found.value.path()).read_bytes()))
    cells = [cell for sheet in book for row in sheet.values for cell in row if cell is not None]
    assert not [one for one in cells if isinstance(one, str) and one.startswith("=")]
    assert "100000" in "".join(map(str, cells)).replace(",", "")
    assert not wrong, "\n".join(wrong)


def test_nobody_sees_the_gifts_of_another_donor(office: Office, visit: Visit) -> None:
    page = begin(visit(office.origin), office.house, "donor-3", "", "donor")
    wrong = album(page, "/desk/my-gifts", "no-gifts-yet")
    for path in (f"/desk/my-gifts/{office.gifts[0]}", f"/desk/my-gifts/{office.gifts[0]}/shown"):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status in {403, 404}, path
    assert not wrong, "\n".join(wrong)
