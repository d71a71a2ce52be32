"""The page of a fund and of a gift: what they show, in which order, in one language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import pytest

from api.settings import Settings
from api.wiring import House
from ledger.application import Correction, PayOut
from ledger.domain.funds import Binding
from ledger.money import Money
from tests.api.portal import DONOR, Get, reading, words
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, payment, register
from tests.ledger.claimed import CODE, FIRST, SECOND, make_red, receipted

SCHOOL, PERSON = "示范县第一小学", "钱某某私名"
PROOF = "ab" * 32


@dataclass(frozen=True)
class Shown:
    """A fund with a story, the house it is in, and what asks the portal for a path."""

    house: House
    get: Get
    fund: str
    gifts: list[str]
    payments: list[str]
    small: int
    """The size of the log before anything was paid."""


@pytest.fixture(scope="module")
def shown(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shown]:
    """Tell the story once for all tests here."""
    folder = tmp_path_factory.mktemp("fund-page")
    house = House(
        Settings(data=folder, database_url=database_url, schema="t_fund_page"), create=True
    )
    try:
        yield _story(house)
    finally:
        house.close()


def _story(house: House) -> Shown:
    register(house)
    purse = general_fund(house)
    give(house, purse, "50000.00")
    term = Binding("public-raise", "53100000500021326DA26001", date(2026, 3, 1), date(2027, 2, 28),
                   None, None)  # fmt: skip
    fund = house.ledger.funds.open_fund(USCC, "图书角", "project", "购置图书", None, term)
    told = [gift("20000.00"), replace(gift("300.00"), donor=None),
            replace(gift("8.00", DONOR), received_on=None, date_basis="none")]  # fmt: skip
    gifts = house.ledger.gifts.receive_gifts(USCC, fund, told)
    house.ledger.funds.allocate(purse, fund, Money.parse("1000.00"), "reviewer")
    house.publish()
    small = house.recorder.size()
    payments = [
        _paid(house, fund, SCHOOL, "230231100201", "12000.00"),
        _paid(house, fund, "示范卫生院", "230231", "500.00"),
        _paid(house, fund, PERSON, "230231", "70.00"),
    ]
    house.ledger.disbursements.accept(fund, payments[0], [PROOF], date(2026, 11, 5), "inspector")
    back = Correction(reason="refund", note="结余退回", decided_by="reviewer")
    house.ledger.disbursements.recover(
        fund, payments[1], Money.parse("100.00"), date(2026, 11, 6), back
    )
    house.publish()
    return Shown(house, reading(house), fund, gifts, payments, small)


def _paid(house: House, fund: str, payee: str, place: str, yuan: str) -> str:
    asked = PayOut(payee=payee, amount=Money.parse(yuan), paid_on=date(2026, 11, 2),
                   purpose="购置图书", place=place)  # fmt: skip
    (done,) = house.ledger.disbursements.pay_out(USCC, fund, [asked], "clerk", "reviewer")
    return str(done)


def steps_in(page: str) -> list[str]:
    found = re.findall(r'<li class="(?:done|open|gone)">(.*?)</li>', page, re.DOTALL)
    return [words(one) for one in found]


def test_a_funds_page_keeps_the_order_in_which_people_ask(shown: Shown) -> None:
    page = shown.get(f"/funds/{shown.fund}").text

    headings = re.findall(r"<h2>([^<]*)</h2>", page)
    assert headings == ["捐赠", "资金流向", "大事记", "支出", "更正", "下载", "数据说明",
                        "归属规则", "回看某一时点"]  # fmt: skip
    assert page.index("<h1>图书角</h1>") < page.index('<dl class="tiles">') < page.index("<h2>")


def test_four_figures_say_what_they_are_as_of(shown: Shown) -> None:
    page = shown.get(f"/funds/{shown.fund}").text
    tiles = words(page.partition('<dl class="tiles">')[2].partition("</dl>")[0])
    stood = f"截至第 {shown.house.recorder.size()} 条"

    assert tiles == (
        f"收到捐赠 20,308.00 元 约 2.03 万元 {stood} 已支出 12,470.00 元 约 1.25 万元 {stood} "
        f"余额 8,838.00 元 {stood} 到达村庄 1 个村 涉及 1 个县 {stood}"
    )


def test_the_flow_the_timeline_and_the_proofs_are_told(shown: Shown) -> None:
    page = words(shown.get(f"/funds/{shown.fund}").text)

    for said in (
        "图书角 示范县第一小学 12,000.00 元", "示范县第一小学 已验收 12,000.00 元",
        "示范卫生院 尚未验收 400.00 元", "日期不明 图书角 8.00 元",
        "其他资金转入 图书角 1,000.00 元",
        "支付给 示范县第一小学 12,000.00 元", "由其他资金转入： 扶贫济困资金 1,000.00 元",
        "约定期间和依据 53100000500021326DA26001", "资金开立",
        f"2026年11月5日 SHA-256 {PROOF[:12]}…", "收回或更正支出 100.00 元",
        "原因：退款", "说明：结余退回",
    ):  # fmt: skip
        assert said in page


def test_what_is_unknown_is_counted_and_said(shown: Shown) -> None:
    chinese = words(shown.get(f"/funds/{shown.fund}").text)
    english = words(shown.get(f"/funds/{shown.fund}?lang=en").text)

    assert "1 笔捐赠的日期不明。 1 笔捐赠待认领：不知是谁所捐。" in chinese
    assert "1 gifts: their day is unknown. 1 gifts: nobody knows yet who gave them." in english
    assert "公允价值证明" not in chinese


def test_a_funds_page_leads_to_its_data(shown: Shown) -> None:
    page = shown.get(f"/funds/{shown.fund}").text

    for path in ("gifts.csv", "payments.csv"):
        assert f'href="/funds/{shown.fund}/{path}"' in page
    assert f'href="/api/v1/funds/{shown.fund}"' in page


def test_an_english_page_says_nothing_in_chinese_but_what_was_recorded_so(shown: Shown) -> None:
    recorded = (
        "图书角",
        "购置图书",
        SCHOOL,
        "示范卫生院",
        "结余退回",
        "示范基金会",
        "扶贫济困资金",
    )
    gift_path = f"/trace/gift/{shown.gifts[0]}"

    for path in (
        "/",
        f"/funds/{shown.fund}",
        gift_path,
        f"/trace/disbursement/{shown.payments[2]}",
    ):
        said = words(shown.get(f"{path}?lang=en").text.partition("<main")[2])
        for text in recorded:
            said = said.replace(text, "")
        assert not re.findall("[\u4e00-\u9fff]+", said), path


def test_in_the_past_a_fund_is_shown_as_it_stood(shown: Shown) -> None:
    page = shown.get(f"/funds/{shown.fund}?as_of={shown.small}").text

    assert "尚无支出记录" in page
    assert SCHOOL not in page
    assert "尚无数据" in page
    assert "<h2>更正</h2>" not in page
    assert "图书角 余额 21,308.00 元" in words(page)


def test_a_gift_is_followed_step_by_step(shown: Shown) -> None:
    page = shown.get(f"/trace/gift/{shown.gifts[0]}").text

    assert steps_in(page) == [
        "收到捐赠 20,000.00 元 图书角 2026年10月1日",
        "开具票据 尚未",
        "支出 12,000.00 元 付给 示范县第一小学，地区 230231100201 2026年11月2日 这笔支出的详情",
        "支出 400.00 元 付给 示范卫生院，地区 230231 2026年11月2日 这笔支出的详情",
        "支出 70.00 元 付给 （个人，不公开），地区 230231 2026年11月2日 这笔支出的详情",
        "验收 12,000.00 元 付给 示范县第一小学，地区 230231100201 2026年11月5日 1 份验收凭证",
        "验收 尚未 470.00 元",
    ]
    assert not any(other in page for other in shown.gifts[1:]), "no other gift"
    assert PERSON not in page


def test_a_gift_that_waits_says_so_at_every_step(shown: Shown) -> None:
    page = shown.get(f"/trace/gift/{shown.gifts[2]}").text

    assert steps_in(page) == [
        "收到捐赠 8.00 元 图书角 日期不明",
        "开具票据 尚未",
        "支出 尚未 这笔捐赠尚未用于支出。",
        "验收 尚未",
    ]


def test_what_was_moved_on_first_says_through_which_fund(shown: Shown) -> None:
    house = shown.house
    purse = general_fund(house, name="过路资金")
    (one,) = give(house, purse, "30.00")
    target = house.ledger.funds.open_fund(USCC, "水井", "project", "打井", None)
    house.ledger.funds.allocate(purse, target, Money.parse("20.00"), "reviewer")
    done = replace(payment("15.00"), purpose="打井")
    house.ledger.disbursements.pay_out(USCC, target, [done], "clerk", "reviewer")
    house.publish()

    assert "拨付到项目 15.00 元 水井" in steps_in(shown.get(f"/trace/gift/{one}").text)


def test_a_receipt_a_reversal_and_a_waiver_are_steps(house: House) -> None:
    first, second, third = receipted(house, "80.00", "80.00", "80.00")
    make_red(house, FIRST)
    (waived,) = give(house, house.ledger.streams.gift(first).fund, "5.00")
    house.ledger.receipts.waive(waived, "declined")
    house.ledger.corrections.return_gift(waived, Money.parse("2.00"), "捐赠人申请", "reviewer")
    house.publish()
    get = reading(house)

    told = {one: steps_in(get(f"/trace/gift/{one}").text)[1] for one in (first, second, waived)}
    assert third not in told
    assert re.fullmatch(f"票据已冲红 票据 {CODE} {FIRST} 20.*日", told[first])
    assert re.fullmatch(f"开具票据 票据 {CODE} {SECOND} 20.*日", told[second])
    assert told[waived].startswith("捐赠人声明不索取票据 20")
    assert steps_in(get(f"/trace/gift/{waived}").text)[-1] == "退赠 2.00 元"
