"""A clerk keys a batch like a sheet: with keys, from a spreadsheet, the totals beside it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from api.app import create_app
from api.people import registering
from api.settings import Settings
from api.wiring import House
from tests.browser.accessible import faults
from tests.browser.browsing import Language, Visitor
from tests.browser.conftest import Visit
from tests.browser.serving import served
from tests.conftest import USCC
from tests.houses import general_fund, register

PASSWORD = "correct horse battery staple"  # noqa: S105 of tests
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build" / "screenshots"
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
LEAVING = "() => window.dispatchEvent(new Event('beforeunload', {cancelable: true}))"
"""Whether the page lets its visitor go without a question."""

PASTE = """(box, text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    box.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
}"""  # noqa: E501 of another language


@dataclass(frozen=True)
class Counter:
    """A charity's ledger that is served, whose clerks key batches."""

    origin: str
    house: House

    def signed_in(self, page: Page) -> None:
        """Let a new clerk take up an invitation."""
        login = f"clerk-{uuid.uuid4().hex[:8]}"
        _, code = registering.add(self.house, login, USCC, ("clerk",), "command/test")
        page.goto(f"/invitation/{code}")
        for box in page.locator("main input[type=password]").all():
            box.fill(PASSWORD)
        page.locator("main button[type=submit]").first.click()
        page.wait_for_load_state()


@pytest.fixture(scope="module")
def counter(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Counter]:
    """Serve a small charity."""
    place, schema = tmp_path_factory.mktemp("counter"), f"t_{uuid.uuid4().hex[:16]}"
    house = House(
        Settings(data=place / "var", database_url=database_url, schema=schema), create=True
    )
    general_fund(house, register(house))
    with served(create_app(house)) as origin:
        yield Counter(origin, house)
    house.close()


def begun(counter: Counter, page: Page, count: str, total: str) -> None:
    """Begin a batch as a new clerk; its grid is shown then."""
    counter.signed_in(page)
    page.goto("/desk/batches")
    page.locator("#count").fill(count)
    page.locator("#total").fill(total)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url("**/desk/batches/*")


def box(page: Page, place: int, column: str) -> Locator:
    """Return a cell's input; places count from 1."""
    return page.locator(f'.grid input[name="row-{column}"]').nth(place - 1)


def test_a_clerk_keys_pastes_and_records_a_batch(counter: Counter, visit: Visit) -> None:
    page = visit(counter.origin)
    begun(counter, page, "5", "1,160.50")

    box(page, 1, "donor").focus()
    page.keyboard.type("张三")
    page.keyboard.press("ArrowRight")
    expect(box(page, 1, "amount")).to_be_focused()
    page.keyboard.type("60.5")
    expect(page.locator("#total-keyed")).to_have_text("60.50")
    expect(page.locator("#total-apart")).to_have_text("相差 1,100.00")
    page.keyboard.press("Enter")
    expect(box(page, 2, "amount")).to_be_focused()
    page.keyboard.press("Control+d")
    expect(box(page, 2, "amount")).to_have_value("60.5")
    page.keyboard.type("0.1")
    page.keyboard.press("ArrowUp")
    expect(box(page, 1, "amount")).to_be_focused()

    copied = '李四\t0.2\t"现金\n两笔"\r\n王五\t1,000.00\t\r\n\t99.8\t\r\n'
    box(page, 2, "donor").evaluate(PASTE, copied)
    expect(box(page, 2, "amount")).to_have_value("0.2")
    expect(box(page, 2, "note")).to_have_value("现金 两笔")
    expect(page.locator("#count-keyed")).to_have_text("4")
    expect(page.locator("#told")).to_have_text("已录 4 笔，1,160.50 元")
    expect(page.locator("#total-apart")).to_have_text("相符")
    expect(page.locator("#count-apart")).to_have_text("相差 1")
    assert not faults(page)

    page.get_by_role("button", name="核对并预览").click()
    expect(page.get_by_role("alert").first).to_contain_text("应有 5 笔、1,160.50 元，实录 4 笔")
    page.locator("#count").fill("4")
    page.get_by_role("button", name="核对并预览").click()
    expect(page.get_by_role("heading", name="核对一批捐款")).to_be_visible()
    expect(page.locator("main")).to_contain_text("现金 两笔")
    assert not faults(page)
    size = counter.house.recorder.size()
    page.get_by_role("button", name="全部记入账本").click()
    expect(page.get_by_role("status").first).to_contain_text("已记入账本，共 4 笔")
    assert counter.house.recorder.size() == size + 4


def test_a_sheet_longer_than_the_grid_makes_rows_and_one_too_long_is_not_pasted(
    counter: Counter, visit: Visit
) -> None:
    page = visit(counter.origin)
    begun(counter, page, "300", "300")
    box(page, 300, "amount").evaluate(PASTE, "1\n1\n")
    assert page.locator(".grid tbody tr").count() == 301
    box(page, 1, "received_on").evaluate(PASTE, "a\tb\tc\td\te\n")
    expect(page.locator("#refused")).to_contain_text("复制的列")
    box(page, 2, "amount").evaluate(PASTE, "1\n" * 500)
    expect(page.locator("#refused")).to_contain_text("不超过 500 行")
    box(page, 1, "amount").evaluate(PASTE, "1\n" * 299)
    expect(page.locator("#refused")).to_be_hidden()
    box(page, 301, "amount").fill("")
    expect(page.locator("#count-apart")).to_have_text("相符")
    page.keyboard.press("Control+s")
    page.wait_for_load_state()
    expect(page.locator("#count-keyed")).to_have_text("300")
    expect(page.locator("[name=revision]").first).to_have_value("2")


def test_who_leaves_without_saving_is_warned(counter: Counter, visit: Visit) -> None:
    page = visit(counter.origin)
    begun(counter, page, "1", "10万元")
    expect(page.locator("#total-expected")).to_have_text("100,000.00")
    box(page, 1, "amount").press_sequentially("10万元")
    expect(page.locator("#count-keyed")).to_have_text("0")
    page.keyboard.press("Tab")
    expect(page.locator("#told")).to_contain_text("另有 1 行保存后计入")
    assert not page.evaluate(LEAVING), "the browser asks first"
    page.get_by_role("button", name="保存").click()
    expect(page.locator("#total-keyed")).to_have_text("100,000.00")
    assert page.evaluate(LEAVING)


def test_a_batch_is_keyed_and_recorded_without_any_script(counter: Counter, visit: Visit) -> None:
    page = visit(counter.origin, Visitor(script=False))
    begun(counter, page, "2", "30.00")
    box(page, 1, "amount").fill("10")
    box(page, 1, "donor").fill("张三")
    page.get_by_role("button", name="加十行").click()
    assert page.locator(".grid tbody tr").count() == 20
    expect(box(page, 1, "donor")).to_have_value("张三")
    box(page, 12, "amount").fill("zwanzig")
    page.get_by_role("button", name="保存").click()
    expect(box(page, 12, "amount")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#error-12-amount")).to_contain_text("金额不是数字")
    box(page, 12, "amount").fill("20")
    page.get_by_role("button", name="核对并预览").click()
    page.get_by_role("button", name="全部记入账本").click()
    expect(page.get_by_role("status").first).to_contain_text("共 2 笔")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_the_pages_of_a_batch_are_accessible_and_fit_their_screen(
    counter: Counter, visit: Visit, language: Language, width: str
) -> None:
    page = visit(counter.origin, Visitor(language, "phone" if width == "phone" else "desktop"))
    begun(counter, page, "3", "1,060.50")
    box(page, 1, "donor").fill("张三")
    box(page, 1, "amount").fill("60.50")
    box(page, 2, "amount").fill("1,0000")
    page.locator("#save").click()
    page.wait_for_load_state()
    place = page.url
    looked = {"grid": place, "list": "/desk/batches"}
    for name, path in looked.items():
        page.goto(path)
        assert not faults(page), name
        assert page.evaluate(TOO_WIDE) <= 0, name
        page.screenshot(path=SCREENSHOTS / f"batch-{name}.{language}.{width}.png", full_page=True)
    page.goto(place)
    box(page, 2, "amount").fill("1000")
    box(page, 2, "donor").fill("张三")
    page.locator("#count").fill("2")
    page.locator("[value=close]").click()
    page.wait_for_url("**/close")
    for name, path in {"close": page.url, "print": f"{place}/print?paper=a5"}.items():
        page.goto(path)
        assert not faults(page), name
        assert page.evaluate(TOO_WIDE) <= 0, name
        page.screenshot(path=SCREENSHOTS / f"batch-{name}.{language}.{width}.png", full_page=True)
