"""The pages that officers and clerks start from: what each shows, to whom, and what it records."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import date
from hashlib import sha256

import pytest

from api.desk import own_charity, supervised
from api.jobs.asking import arguments_of
from api.operations.running import Call
from api.settings import Settings
from api.status_export import export
from api.wiring import House
from ledger.domain.events import CheckCount, ReceiptsChecked
from ledger.domain.organisations import AUTHORITY
from ledger.store.log_folder import STATUS_LIST
from projections import directory
from tests.api.operations.accounts import (
    AUDITOR,
    CLERK,
    COUNTY,
    COUNTY_TOO,
    DONOR,
    FINANCE,
    REVIEWER,
    TAX,
    TODAY,
    Operating,
    account,
)
from tests.api.operations.portal import Desk
from tests.api.test_status_export import check_of
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, register
from tests.ledger.claimed import CODE, FIRST, ISSUED_ON, SECOND, claim, make_red, receipted
from tests.ledger.domain.naming_given import COUNTY as COUNTY_USCC

PAPER = sha256(b"document").hexdigest()
TEXT = "示范教学楼"
SHEET = "票据代码,票据号码,校验码,开票日期,金额\n".encode()
OLDER = r'href="(/desk/charity\?day=[0-9-]+&leaf=[0-9]+)"'
OTHER_CLERK = account(9, OTHER_USCC, "clerk")
NO_TAX = account(10, USCC, "tax-officer")


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("desks")
    return Settings(data=folder / "var", database_url=database_url, schema="officers_desks")


@pytest.fixture(scope="module")
def house(settings: Settings) -> Iterator[House]:
    """One ledger for all: three receipts, one claimed in part, one claimed and made red."""
    home = House(settings, create=True)
    receipted(home, "80.00", "70.00", "60.00")
    claim(home)
    claim(home, "70.00", SECOND)
    make_red(home, SECOND)
    register(home, OTHER_USCC, "邻县基金会")
    home.publish()
    home.log.replace(STATUS_LIST, export(home, date(2026, 11, 22), 7).data)
    yield home
    home.close()


@pytest.fixture
def desk(house: House) -> Desk:
    return Desk(house, TAX)


def boxes(house: House, number: str = FIRST, **other: str) -> dict[str, str]:
    said = {
        "code": CODE,
        "number": number,
        "check_code": check_of(house, number),
        "issued_on": ISSUED_ON.isoformat(),
        "amount": "80.00",
    }
    return said | other


def shown(desk: Desk, path: str) -> str:
    answer = desk.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return html.unescape(answer.text)


def figures(page: str) -> dict[str, str]:
    """Read a page's list of names and values, without its markup."""
    found = re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page, re.DOTALL)
    return {name: " ".join(re.sub(r"<[^>]*>", " ", said).split()) for name, said in found}


def checks(house: House) -> list[ReceiptsChecked]:
    found = [event for _, event in house.runner.entries(0, house.recorder.size())]
    return [event for event in found if isinstance(event, ReceiptsChecked)]


def test_a_check_is_on_record_as_the_officers_once_for_a_form(house: House, desk: Desk) -> None:
    before = checks(house)
    form = boxes(house, idempotency_key="a check")
    page = html.unescape(desk.send("/desk/tax", form).text)
    assert '<h2 class="verdict good">有效</h2>' in page
    assert "tax-officer-0000000005" in page
    status = sha256(house.log.read(STATUS_LIST)).hexdigest()
    made = checks(house)
    assert made[:-1] == before
    assert (made[-1].officer, made[-1].status) == ("tax-officer-0000000005", status)
    assert made[-1].results == (CheckCount(result="valid", receipts=1),)
    recorded = re.search(r"check-[0-9a-f]+", page)
    assert recorded
    assert made[-1].originator_id == recorded[0]
    again = html.unescape(desk.send("/desk/tax", form).text)
    assert recorded[0] in again
    assert "未指明查验人员" not in again
    assert checks(house) == made


def test_below_the_verdict_stand_the_claims_and_what_is_left(house: House, desk: Desk) -> None:
    page = html.unescape(desk.send("/desk/tax", boxes(house)).text)
    told = figures(page)
    assert (told["已勾选"], told["尚可扣除"]) == ("50.00 元", "30.00 元")
    assert told["状态"] == "有效"
    (standing,) = house.ledger.streams.receipt(CODE, FIRST).claims
    assert f"/desk/tax/claim?code={CODE}&number={FIRST}" in page
    assert f"/desk/tax/release?code={CODE}&number={FIRST}&claim={standing.id}" in page
    assert standing.token not in page


def test_a_receipt_that_is_not_found_is_not_called_forged(house: House, desk: Desk) -> None:
    form = {**boxes(house), "number": "0000000099"}
    page = html.unescape(desk.send("/desk/tax", form).text)
    assert "查不到不等于伪造" in page
    assert "这张票据此刻的状态" not in page
    assert checks(house)[-1].results == (CheckCount(result="not_found", receipts=1),)


def test_an_open_notice_leads_to_the_form_that_settles_it(house: House, desk: Desk) -> None:
    (standing,) = house.ledger.streams.receipt(CODE, SECOND).claims
    settle = f"/desk/tax/settle?code={CODE}&number={SECOND}&claim={standing.id}"
    assert settle in shown(desk, "/desk/tax")
    assert f'value="{standing.id}"' in shown(desk, settle)
    page = shown(desk, f"/desk/tax?code={CODE}&number={SECOND}")
    assert figures(page)["尚可扣除"] == "0.00 元"
    assert "已冲红" in figures(page)["状态"]
    assert f"/desk/tax/claim?code={CODE}&number={SECOND}" not in page


def test_what_is_missing_or_unreadable_is_said_and_not_recorded(house: House, desk: Desk) -> None:
    before = checks(house)
    empty = desk.send("/desk/tax", boxes(house, amount=""))
    assert empty.status_code == 422
    assert "五项都要填写" in empty.text
    wrong = desk.send("/desk/tax", boxes(house, issued_on="gestern"))
    assert wrong.status_code == 422
    assert 'id="issued_on-error"' in wrong.text
    assert f'value="{CODE}"' in wrong.text
    assert checks(house) == before


def test_a_list_is_checked_by_a_job_on_record(house: House, desk: Desk) -> None:
    typed = {"record": "true", "idempotency_key": "a list"}
    sent = desk.send("/desk/tax/list", typed, file=SHEET)
    assert sent.status_code == 303, sent.text
    job = house.jobs.find(sent.headers["location"].removeprefix("/desk/jobs/"))
    assert (job.kind, job.account) == ("verification", TAX.account)
    assert arguments_of(house, job.id)["arguments"]["record"] is True
    refused = desk.send("/desk/tax/list", typed, file=b"\x7fELF\x00")
    assert refused.status_code == 415
    assert 'id="list-error"' in refused.text
    assert 'class="technical"' in refused.text, "the English sentence stands apart"


def test_the_desks_speak_english_too(house: House, desk: Desk) -> None:
    assert "Left to claim" in shown(desk, f"/desk/tax?code={CODE}&number={FIRST}&lang=en")
    assert "numbers left are those" in shown(desk, "/desk/organisations?lang=en")
    desk.acting = CLERK
    assert "Of the newest 3 gifts" in shown(desk, "/desk/charity?lang=en")
    assert "Waiting for government" in shown(desk, "/desk/names?lang=en")


def test_supervision_sees_eligibility_and_numbers_left(house: House, desk: Desk) -> None:
    desk.acting = FINANCE
    page = shown(desk, "/desk/organisations")
    ours, theirs = page.split("邻县基金会")
    assert f"<code>{CODE}</code> 剩余 96 / 100" in ours
    assert "✓ 有" in ours
    assert "✗ 无" in theirs
    assert "未发放" in theirs
    assert f"/desk/eligibility/grant?uscc={OTHER_USCC}" in theirs
    assert f"/desk/books/allot?uscc={USCC}" in ours
    desk.acting = TAX
    assert "/desk/books/allot" not in shown(desk, "/desk/organisations")


def test_a_charity_sees_its_own_funds_and_what_gifts_lack(house: House, desk: Desk) -> None:
    fund = general_fund(house, OTHER_USCC, "邻县资金")
    clerk = Operating(house)
    found = clerk.stream(OTHER_CLERK, "gifts-receive", fund=fund, amount="12.00",
                         received_on="2026-11-20")  # fmt: skip
    known = clerk.stream(OTHER_CLERK, "gifts-receive", fund=fund, amount="13.00", donor="王某某",
                         received_on="2026-11-21")  # fmt: skip
    desk.acting = OTHER_CLERK
    page = shown(desk, "/desk/charity")
    assert "邻县资金" in page
    assert "扶贫济困资金" not in page
    assert "捐赠人待查 <b>1</b> 笔，尚无票据 <b>2</b> 笔" in page
    assert f"/desk/gifts/identify?gift={found}" in page
    assert f"/desk/receipts/issue?gift={known}" in page
    assert f"/desk/gifts/receive?fund={fund}" in page
    assert f"/desk/funds/allocate?fund={fund}" not in page
    assert page.index(known) < page.index(found)
    older = shown(desk, "/desk/charity?day=2026-11-21&leaf=0")
    assert found in older
    assert known not in older


def test_each_desk_is_for_its_roles_alone(desk: Desk) -> None:
    refused = {
        "/desk/tax": (FINANCE, CLERK, NO_TAX),
        "/desk/organisations": (COUNTY, CLERK, NO_TAX),
        "/desk/names": (TAX, AUDITOR),
        "/desk/charity": (TAX, AUDITOR, account(11, AUTHORITY, "clerk")),
    }
    for path, accounts in refused.items():
        for acting in accounts:
            desk.acting = acting
            assert desk.get(path).status_code == 403, (path, acting)


def test_the_menu_leads_to_what_the_roles_open(desk: Desk) -> None:
    opened = {}
    for acting in (TAX, COUNTY, FINANCE, CLERK, AUDITOR, DONOR):
        desk.acting = acting
        (overview,) = re.findall(r'<nav aria-labelledby="overview">.*?</nav>',
                                 desk.get("/desk").text, re.DOTALL)  # fmt: skip
        places = re.findall(r'href="([^"]+)"', overview)
        opened[acting] = [one for one in places if one != "/desk/queue"]
    assert opened == {
        TAX: ["/desk/tax", "/desk/organisations", "/desk/jobs", "/desk/hooks"],
        COUNTY: ["/desk/names"],
        FINANCE: ["/desk/organisations", "/desk/hooks"],
        CLERK: ["/desk/charity", "/desk/batches", "/desk/import", "/desk/names", "/desk/jobs",
                "/desk/hooks"],
        AUDITOR: ["/desk/jobs", "/desk/hooks"],
        DONOR: ["/desk/my-gifts"],
    }  # fmt: skip
    desk.acting = account(12, "authority", "evaluator")
    assert 'aria-labelledby="overview"' not in desk.get("/desk").text


def submitted(house: House, text: str) -> tuple[str, str]:
    """Put a name before a government; return it with the gift that it rests on."""
    clerk = Operating(house)
    fund = clerk.stream(CLERK, "funds-open", name="示范县校舍资金")
    (gift,) = give(house, fund, "600.00")
    name = clerk.stream(CLERK, "namings-propose", fund=fund, text=text, thing="building",
                        construction=True, cost="1000.00", gift=gift)  # fmt: skip
    clerk.use(CLERK, "namings-wish", naming=name, wish="yes", document=PAPER, publish=True)
    clerk.use(CLERK, "namings-screen", naming=name, person="nobody")
    clerk.use(CLERK, "namings-consent", naming=name, beneficiary="示范县第一小学", document=PAPER)
    clerk.use(CLERK, "namings-fund", naming=name, rule="naming-2026", rule_from="2026-01-01",
              source="示范县办法", share_basis_points=5000, cost="1000.00")  # fmt: skip
    clerk.use(CLERK, "namings-submit", naming=name, authority=COUNTY_USCC, level="county")
    return name, gift


@pytest.fixture(scope="module")
def naming(house: House) -> str:
    return submitted(house, TEXT)[0]


def test_government_finds_all_of_a_name_on_one_page(house: House, desk: Desk, naming: str) -> None:
    desk.acting = COUNTY
    listed = shown(desk, "/desk/names")
    assert f"/desk/naming/{naming}" in listed
    assert TEXT not in listed
    page = shown(desk, f"/desk/naming/{naming}")
    told = figures(page)
    assert TEXT in page
    assert told["捐赠人意愿"].startswith("同意")
    assert told["名称审查"].startswith("✓ 通过")
    assert told["受益人意见"].startswith("示范县第一小学：同意")
    assert told["要求"] == "500.00 元 · 50.00%"
    assert told["现存"] == "600.00 元 · 占造价 60.00% · ✓ 足够"
    for verb in ("approve", "reject"):
        assert f"/desk/namings/{verb}?naming={naming}&authority={COUNTY_USCC}" in page
    assert "/desk/namings/suspend" not in page
    assert "Submit to government" in shown(desk, f"/desk/naming/{naming}?lang=en")


def test_reading_a_name_is_noted_as_the_accounts(house: House, desk: Desk, naming: str) -> None:
    desk.acting = COUNTY
    before = len(house.vault_reads.rows(naming))
    shown(desk, "/desk/names")
    assert len(house.vault_reads.rows(naming)) == before
    shown(desk, f"/desk/naming/{naming}")
    reads = house.vault_reads.rows(naming)[before:]
    assert {read.who for read in reads} == {COUNTY.account}
    assert all("county-approver" in read.why for read in reads)


def test_another_charitys_account_learns_of_no_name(house: House, desk: Desk, naming: str) -> None:
    before = len(house.vault_reads.rows())
    desk.acting = OTHER_CLERK
    refused = desk.get(f"/desk/naming/{naming}")
    assert refused.status_code == 404
    assert TEXT not in refused.text
    assert naming not in shown(desk, "/desk/names")
    assert len(house.vault_reads.rows()) == before
    desk.acting = REVIEWER
    assert TEXT in shown(desk, f"/desk/naming/{naming}")
    assert naming in shown(desk, "/desk/names")
    assert desk.get("/desk/naming/naming-unknown").status_code == 404


def test_a_name_in_force_can_be_suspended_and_a_return_brings_its_review(
    house: House, desk: Desk
) -> None:
    name, gift = submitted(house, "示范图书馆")
    officers, decided = Operating(house), Call(TODAY, prepared_by=COUNTY)
    officers.use(COUNTY_TOO, "namings-approve", call=decided, naming=name, authority=COUNTY_USCC,
                 text="示范图书馆", number="示政函〔2026〕1号", approved_on="2026-11-22",
                 first_day="2026-11-22", last_day="2031-11-21")  # fmt: skip
    officers.use(REVIEWER, "namings-enter", naming=name)
    desk.acting = COUNTY
    page = shown(desk, f"/desk/naming/{name}")
    assert figures(page)["决定"].startswith("批准 示政函〔2026〕1号")
    assert f"/desk/namings/suspend?naming={name}" in page
    assert "/desk/namings/approve" not in page
    assert section(shown(desk, "/desk/names"), "生效或暂停").count(name) == 2
    officers.use(REVIEWER, "gifts-return", gift=gift, amount="200.00", note="捐赠人要求")
    page = shown(desk, f"/desk/naming/{name}")
    assert f"/desk/namings/review?naming={name}" in page
    assert "✗ 不足" in figures(page)["现存"]
    assert section(shown(desk, "/desk/names"), "复核中").count(name) == 2


def section(page: str, title: str) -> str:
    return page.split(f"<h2>{title}</h2>")[1].split("</section>", maxsplit=1)[0]


def test_long_lists_lead_on(house: House, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervised, "PER_PAGE", 1)
    first = shown(desk, "/desk/organisations")
    assert "邻县基金会" not in first
    (more,) = re.findall(r'href="(/desk/organisations\?after=[0-9]+)"', first)
    assert "邻县基金会" in shown(desk, more)
    monkeypatch.setattr(own_charity, "LOOKED_AT", 1)
    give(house, directory.funds(house.runner, USCC)[0].fund, "1.00", "2.00")
    house.publish()
    desk.acting = CLERK
    seen = []
    path = "/desk/charity"
    while path:
        page = shown(desk, path)
        seen += re.findall(r"/trace/gift/(gift-[0-9a-f]+)", page)
        path = next(iter(re.findall(OLDER, page)), "")
    monkeypatch.undo()
    assert len(seen) > 1
    assert seen == re.findall(r"/trace/gift/(gift-[0-9a-f]+)", shown(desk, "/desk/charity"))
