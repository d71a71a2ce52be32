from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from pathlib import Path

from api.problems import KINDS
from api.sentences import one_language
from api.settings import Settings
from api.wiring import House
from ledger.domain.axis import RULE
from ledger.money import Money
from ledger.store.log_folder import LogFolder, paths
from tests.api.portal import (
    DONOR,
    PRIVATE_PAYEE,
    Get,
    charity_at_work,
    private_payment,
    reading,
    words,
)
from tests.conftest import USCC
from tests.houses import general_fund, give, pay, payment, register


def test_the_front_page_says_what_each_fund_received_paid_and_kept_in_one_language(
    house: House, get: Get
) -> None:
    fund, *_ = charity_at_work(house)

    answer = get("/")

    assert answer.status_code == 200
    assert '<html lang="zh-CN">' in answer.text
    assert f'href="/funds/{fund}"' in answer.text
    for shown in ("扶贫济困资金", "示范基金会", "150.00", "130.00", "20.00"):
        assert shown in answer.text
    size = house.recorder.size()
    assert answer.text.count(f"截至账本第 <b>{size}</b> 条，北京时间 20") == 2
    assert "收到捐赠" in answer.text
    assert "Received" not in answer.text
    english = get("/?lang=en").text
    assert '<html lang="en">' in english
    assert "Received" in english
    assert "收到捐赠" not in english
    assert english.count(f"as of log size <b>{size}</b>, ") == 2


def test_the_front_page_shows_the_newest_checkpoint(house: House, get: Get) -> None:
    seen = house.integrator.integrate()

    text = html.unescape(get("/").text)

    assert house.log.note().splitlines()[2] in text
    assert f'<dd class="figure">{seen.size}</dd>' in text
    assert "账本里还没有资金" in text


def test_without_a_published_log_the_front_page_says_so_and_the_portal_is_not_ready(
    house: House, tmp_path: Path
) -> None:
    house.log = LogFolder(tmp_path / "nothing")
    get = reading(house)

    assert "尚未公布检查点" in get("/").text
    assert get("/readyz").status_code == 503
    assert get("/readyz").json()["type"] == "/problems/not-ready"
    assert get("/log/checkpoint").status_code == 404
    counts = [line.split()[0] for line in get("/metrics").text.splitlines()]
    assert "donation_ledger_published_size" not in counts


def test_no_movement_is_not_shown_as_zero(house: House, get: Get) -> None:
    register(house)
    fund = general_fund(house)
    house.publish()

    assert "尚无收支记录" in get("/").text
    page = get(f"/funds/{fund}").text
    assert "尚无捐赠记录" in page
    assert "尚无支出记录" in page
    assert "0.00" not in page
    assert get(f"/api/v1/funds/{fund}").json()["balances"] == []


def test_a_funds_page_counts_gifts_lists_payments_and_states_the_rule(
    house: House, get: Get
) -> None:
    fund, _, public, private = charity_at_work(house)

    page = get(f"/funds/{fund}").text

    assert '<td class="n">2</td><td class="n">150.00</td>' in page
    for shown in ("示范县第一小学", "2026年11月1日", "120.00 元", "（个人，不公开）", "截至账本第"):
        assert shown in words(page)
    assert one_language(RULE, "zh") in page
    english = words(get(f"/funds/{fund}?lang=en").text)
    for shown in ("示范县第一小学", "1 Nov 2026", "CNY 120.00", "private person", "as of log size"):
        assert shown in english
    assert one_language(RULE, "en") in english
    listed = page.partition("<h2>支出</h2>")[2]
    assert listed.index(private) < listed.index(public), "newest first"


def test_money_moved_between_funds_is_told_apart_from_gifts(house: House, get: Get) -> None:
    fund, *_ = charity_at_work(house)
    other = house.ledger.funds.open_fund(USCC, "乡村图书角", "project", "购置图书", "530000")
    house.ledger.funds.allocate(fund, other, Money.parse("5.00"), "reviewer")
    pay(house, other, "5.00")
    house.publish()

    page = get(f"/funds/{other}").text
    assert "其间由其他资金转入 5.00 元" in words(page)
    assert "购置图书" in page
    assert "530000" in page
    assert "尚无捐赠记录" in page
    (paid,) = get(f"/api/v1/funds/{other}").json()["payments"]
    trace = get(f"/trace/disbursement/{paid['disbursement']}").text
    assert f'<a href="/funds/{other}">乡村图书角</a>' in trace


def test_a_gifts_page_shows_its_segments_with_the_rule(house: House, get: Get) -> None:
    _, (first, second), public, _ = charity_at_work(house)

    page = get(f"/trace/gift/{second}").text

    assert "10000 12000 20.00 元" in words(page)
    assert f"/trace/disbursement/{public}" in page
    assert "（个人，不公开）" in page
    assert one_language(RULE, "zh") in page
    assert "截至账本第" in page
    assert first not in page, "no other gift"
    back = get(f"/trace/disbursement/{public}").text
    assert f"/trace/gift/{first}" in back
    assert "2026年11月1日 付给" in back


def test_an_unspent_gift_and_an_unpaid_disbursement_say_so(house: House, get: Get) -> None:
    register(house)
    fund = general_fund(house)
    (gift,) = give(house, fund, "10.00")
    asked = replace(payment("1.00"), paid_on=None)
    disbursement = house.ledger.disbursements.propose(fund, asked, "clerk")
    house.publish()

    assert "尚未用于支出" in get(f"/trace/gift/{gift}").text
    assert "尚未付款" in get(f"/trace/disbursement/{disbursement}").text


def test_long_pages_are_cut_and_lead_on(house: House, get: Get) -> None:
    register(house)
    funds = [general_fund(house, name=f"资金{n}") for n in range(26)]
    give(house, funds[0], *["1.00"] * 101)
    pay(house, funds[0], *["1.00"] * 26)
    (rest,) = pay(house, funds[0], "75.00")
    house.publish()

    assert f"/?after={funds[24]}" in get("/").text
    assert funds[25] in get(f"/?after={funds[24]}").text
    first = get(f"/funds/{funds[0]}")
    before = first.text.partition("?before=")[2].partition('"')[0]
    older = get(f"/funds/{funds[0]}?before={before}").text
    assert older.partition("<h2>支出</h2>")[2].count("由谁承担") == 2
    assert "最新" in older
    assert "更早" not in older
    assert "后面的分段" not in get(f"/trace/disbursement/{rest}").text
    give(house, funds[1], *["1.00"] * 101)
    (all_of_it,) = pay(house, funds[1], "101.00")
    house.publish()
    cut = get(f"/trace/disbursement/{all_of_it}").text
    assert "?skip=100" in cut
    assert get(f"/trace/disbursement/{all_of_it}?skip=100").text.count("/trace/gift/gift-") == 1


def test_an_id_typed_into_the_form_leads_to_its_page(get: Get) -> None:
    for asked, leads in (
        ("%20gift-1%20", "/trace/gift/gift-1"),
        ("disbursement-1", "/trace/disbursement/disbursement-1"),
        ("fund-1", "/funds/fund-1"),
        ("//evil.example", "/trace/gift/%2F%2Fevil.example"),
    ):
        answer = get(f"/trace?id={asked}")
        assert answer.status_code == 303
        assert answer.headers["location"] == leads


def test_no_private_person_appears_anywhere_and_the_vault_stays_shut(
    house: House, settings: Settings
) -> None:
    fund, gifts, public, private = charity_at_work(house)
    portal = House(settings)
    try:
        get = reading(portal)
        answers = [
            get(path)
            for path in (
                "/",
                f"/funds/{fund}",
                f"/api/v1/funds/{fund}",
                "/api/v1/funds",
                *(f"/trace/gift/{gift}" for gift in gifts),
                *(f"/api/v1/gifts/{gift}/trace" for gift in gifts),
                *(f"/trace/disbursement/{one}" for one in (public, private)),
                *(f"/api/v1/disbursements/{one}/trace" for one in (public, private)),
                *(f"/log/{path}" for path in paths(house.recorder.size())),
                "/metrics",
            )
        ]
        assert {a.status_code for a in answers} == {200}
        whole = b"".join(a.content for a in answers).decode("utf-8", errors="replace")
        assert DONOR not in whole
        assert PRIVATE_PAYEE not in whole
        assert json.dumps(DONOR).strip('"') not in whole
        assert not {"vault", "keys", "sources", "ledger"} & set(vars(portal)), "never opened"
    finally:
        portal.close()


def test_words_of_a_private_payment_are_not_shown(house: House, get: Get) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")
    told = replace(private_payment("1.00"), purpose=f"资助{PRIVATE_PAYEE}")
    house.ledger.disbursements.pay_out(USCC, fund, [told], "clerk", "reviewer")
    house.publish()

    assert PRIVATE_PAYEE not in get(f"/funds/{fund}").text
    assert get(f"/api/v1/funds/{fund}").json()["payments"][0]["purpose"] is None


def test_names_are_escaped_in_pages(house: House, get: Get) -> None:
    register(house, name="<script>alert(1)</script>基金会")
    general_fund(house, name='"><img src=x>')
    house.publish()

    text = get("/").text

    assert "<script" not in text
    assert "<img" not in text


def test_reading_writes_nothing(house: House, get: Get) -> None:
    fund, (gift, _), *_ = charity_at_work(house)
    (late,) = give(house, fund, "1.00")
    size, folder = house.recorder.size(), sorted(house.settings.data.rglob("*"))
    note = house.log.note()

    for path in ("/", f"/funds/{fund}", f"/trace/gift/{gift}", "/metrics", "/readyz"):
        assert get(path).status_code == 200

    assert get(f"/trace/gift/{late}").status_code == 404, "shown once the integrator has been there"
    assert (house.recorder.size(), house.log.note()) == (size, note)
    assert sorted(house.settings.data.rglob("*")) == folder


def test_pages_load_nothing_from_elsewhere_and_have_no_script_in_them_that_runs(
    house: House, get: Get
) -> None:
    fund, (gift, _), public, _ = charity_at_work(house)

    for path in ("/", f"/funds/{fund}", f"/trace/gift/{gift}", f"/trace/disbursement/{public}"):
        text = get(path).text
        scripts = re.findall(r"<script([^>]*)>", text)
        assert all(one == ' type="application/json"' or 'src="/assets/' in one for one in scripts)
        assert "style=" not in text
        places = re.findall(r'(?:href|src|action)="([^"]*)"', text)
        assert all(place.startswith(("/", "?", "#")) for place in places)
        assert not any(place.startswith("//") for place in places)
    assert get("/portal.css").headers["content-type"].startswith("text/css")
    assert "url(" not in get("/portal.css").text
    assert get("/icon.svg").headers["content-type"] == "image/svg+xml"


def test_not_found_is_a_friendly_page_for_people_and_never_called_forged(get: Get) -> None:
    for path in ("/trace/gift/gift-1", "/trace/disbursement/x", "/funds/x", "/?after=fund-1"):
        answer = get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert "账本中没有这一项" in answer.text
        assert "查不到只说明这里没有" in answer.text
        told = answer.text.replace("查不到不等于伪造", "").replace("is not “forged”", "")
        assert "伪造" not in told
        assert "forged" not in told


def test_every_kind_of_problem_has_a_page_of_its_own(get: Get) -> None:
    for name, problem in KINDS.items():
        answer = get(f"/problems/{name}")
        assert answer.status_code == 200
        assert problem.chinese in answer.text
    assert get("/problems/other").status_code == 404
