"""A clerk brings a real list in by the browser: a look at each row first, doubts decided, once."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from api.importing import Order, open_file
from api.imports.rows import MoneyRow
from tests.browser import filling
from tests.browser.conftest import Site, Visit
from tests.browser.looking import look
from tests.browser.working import begin, record
from tests.conftest import USCC

LIST = filling.CASH / "gongshi-07-1_0129.xlsx"
FUND = "抗击疫情资金"
pytestmark = pytest.mark.shared


def sent(page: Page, site: Site, *files: object, **boxes: str) -> None:
    """Send lists in for the fund; come to the page that shows what would become of each row."""
    page.goto("/desk/import")
    page.locator("#fund").select_option(label=FUND)
    for name, said in boxes.items():
        page.locator(f"#{name}").fill(said)
    page.locator("#file").set_input_files(list(files))  # type: ignore[arg-type] # paths or bytes
    page.get_by_role("button", name="预览").click()
    done(page, site)


def done(page: Page, site: Site) -> None:
    """Let the job that was asked for be done, and look at what came of it."""
    expect(page).to_have_url(re.compile("/desk/jobs/[0-9a-f]+$"))
    site.worker.run_waiting()
    page.reload()
    expect(page.get_by_role("status").first).to_contain_text("已完成")


def test_a_real_list_is_looked_at_recorded_and_known_the_second_time(
    real: Site, visit: Visit
) -> None:
    page = begin(visit(real.origin), real.house, "clerk-lists", USCC, "clerk")
    record(page, "/desk/funds/open", name=FUND)
    before = real.house.recorder.size()

    sent(page, real, LIST, expect_count="100", expect_total="77319319.01")
    main = page.locator("main")
    expect(main).to_contain_text("77319319.01")
    wrong = look(page, "import-previewed.zh")
    assert real.house.recorder.size() == before, "a look records nothing"
    page.get_by_role("button", name="记入账本").click()
    done(page, real)
    assert reported(page) == ["100", "100", "0", "0"]

    sent(page, real, LIST)
    page.get_by_role("button", name="记入账本").click()
    done(page, real)
    assert reported(page) == ["100", "0", "100", "0"]

    row = named_row()
    text = f"捐赠人,金额（元）,捐赠日期\n{row.party},{row.amount.decimal()},{row.date}\n"
    text += "示范县某公司,12.00,2020-01-29\n"
    sent(page, real, {"name": "补报.csv", "mimeType": "text/csv", "buffer": text.encode()})
    expect(main).to_contain_text("待判断 1")
    wrong += look(page, "import-match-queue.zh")
    page.get_by_label("是同一笔，略过").check()
    page.get_by_role("button", name="记入账本").click()
    done(page, real)
    assert reported(page) == ["2", "1", "1", "0"]
    assert not wrong, "\n".join(wrong)


def reported(page: Page) -> list[str]:
    """Return a job's figures: rows, recorded, known, refused."""
    return page.locator("section", has_text="结果").locator("td.n").all_inner_texts()


def named_row() -> MoneyRow:
    """Return the first row of the real list: a company, named in full."""
    (table,) = open_file(LIST, Order(charity=USCC, fund="any")).money
    return table.rows[0]
