"""Those who record nothing: auditors, evaluators, poverty officers read what anybody can read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ledger.domain.organisations import AUTHORITY
from tests.browser.browsing import Visitor
from tests.browser.conftest import Visit
from tests.browser.looking import album
from tests.browser.offices import Office
from tests.browser.working import begin
from tests.conftest import USCC

PLAIN = Visitor(script=False)


@pytest.mark.parametrize(
    ("role", "organisation"),
    [("evaluator", AUTHORITY), ("poverty-officer", AUTHORITY), ("auditor", USCC)],
)
def test_who_records_nothing_is_told_so_and_refused_every_form_in_words(
    role: str, organisation: str, office: Office, visit: Visit
) -> None:
    page = begin(visit(office.origin, PLAIN), office.house, f"{role}-1", organisation, role)
    before = office.house.recorder.size()
    page.goto("/desk")
    expect(page.locator("main")).to_contain_text("没有可办理的事项")
    expect(page.locator("main section a")).to_have_count(0)

    for form in ("/desk/gifts/receive", "/desk/disbursements/accept", "/desk/charity"):
        answer = page.goto(form)
        assert answer is not None
        assert answer.status == 403, form
        expect(page.locator("main")).to_contain_text("this account may not")
    assert office.house.recorder.size() == before


def test_an_evaluator_follows_a_payment_from_its_fund_to_the_gifts_behind_it(
    office: Office, visit: Visit
) -> None:
    page = begin(visit(office.origin, Visitor(width="phone")), office.house, "evaluator-2",
                 AUTHORITY, "evaluator")  # fmt: skip
    page.goto(f"/funds/{office.fund}")
    page.locator(f'main a[href="/trace/disbursement/{office.payment}"]').first.click()
    expect(page.locator("main")).to_contain_text("30.00")
    expect(page.locator("main")).to_contain_text("示范县第一小学")
    page.locator('main a[href^="/trace/gift/"]').first.click()
    expect(page.locator("main")).to_contain_text(office.gifts[0])


def test_an_auditor_has_the_log_checked_by_the_browser(office: Office, visit: Visit) -> None:
    page = begin(visit(office.origin), office.house, "auditor-2", USCC, "auditor")
    wrong = album(page, "/desk", "auditors-desk")
    page.goto(f"/log?entry={office.payment}")
    page.locator("#steps[data-done=good]").wait_for()
    expect(page.locator("#steps")).to_contain_text("通过：第")
    expect(page.locator("#entry-contents")).to_contain_text(office.payment)

    page.goto("/desk/jobs")
    expect(page.locator(f'main a[href="/desk/jobs/{office.job}"]')).to_have_count(0)
    assert page.goto(f"/desk/drafts/{office.draft}").status == 404  # type: ignore[union-attr]
    assert page.goto(f"/desk/naming/{office.naming}").status == 403  # type: ignore[union-attr]
    assert not wrong, "\n".join(wrong)
