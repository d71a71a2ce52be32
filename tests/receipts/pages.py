"""Receipts to print in tests: invented, masked, and as long as a page must bear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ledger.money import Money
from receipts.page import NO_CHECK_CODE, Page, PageLine

SHORT = Page(
    code="99050126",
    number="0000000042",
    check_code="aB3x9Z",
    issued_on=date(2026, 3, 5),
    payer="张*三",
    recipient="某某慈善基金会",
    recipient_uscc="53100000MJ0000000X",
    gift_on=date(2026, 3, 1),
    item="货币捐赠",
    fund="乡村教室专项资金",
    amount=Money(18_800_50),
    original=None,
    remark="定向用于目标脱贫地区某县某村小学教室修缮。",
    eligibility="受赠单位在受赠日期具有公益性捐赠税前扣除资格；是否扣除以税务机关核定为准。",
    handler="李*",
    origin="ledger.example/charity",
    leaf=41,
    log_size=128,
    event_hash="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    qr="https://ledger.example/v/99050126/0000000042?c=aB3x9Z&a=1880050&d=20260305"
    "&h=n4bQgYhMfWWaL-qgxVrQFaO_TxsrC4Is0V1sFbDwCgg",
    specimen=True,
)

LONG = replace(
    SHORT,
    payer="某某壮族自治区某某市某某县𬭎𫍯䶮" * 7 + "甲",
    recipient="某某省某某市某某县某某乡村振兴与教育发展公益慈善基金会（某某分会）",
    fund="某某企业扶贫公益基金·某某县某某乡义务教育学校教室与操场修缮专项资金",
    amount=Money(9_007_199_254_740_99),
    original="USD 20,000.00 × 7.1217/1",
    remark="备注文字，" * 40,
)

LATIN = replace(
    SHORT,
    payer=("International Friends of Rural Schools & Libraries " * 3)[:120],
    remark="W" * 200,
    amount=Money(9_007_199_254_740_91),
    original="JPY 1,000,000 × 4.7231/100",
    specimen=False,
)

GOODS = replace(
    SHORT,
    payer="某某食品有限公司",
    payer_uscc="91330000MA0000000X",
    payer_address="某省某市某某区某某路 100 号某某大厦 18 层",
    area="某省某县（520000）",
    lines=(
        PageLine(code="0502", name="方便面（红烧牛肉味）", unit="箱", quantity="198",
                 standard="24 桶/箱", amount=Money(11_880_00)),
        PageLine(code="0502", name="棉被", unit="床", quantity="1,200", standard="150×210 cm",
                 amount=Money(96_000_00)),
        PageLine(code="0502", name="二手课桌椅", unit="套", quantity="60", standard="",
                 amount=None),
    ),
    amount=Money(107_880_00),
)  # fmt: skip

GIFTS = tuple(
    PageLine(code="0501", name="货币捐赠", unit="元", quantity="1", standard="",
             amount=Money(100_00 + n), gift_on=date(2026, 1 + n % 12, 1 + n % 28))
    for n in range(200)
)  # fmt: skip
ANNUAL = replace(
    SHORT, specimen=False, lines=GIFTS[:30], amount=Money(3004_35), gift_until=date(2026, 12, 28)
)

MEMBERS = tuple((f"赵某{n}", Money(100_00 + n)) for n in range(61))
JOINT = replace(
    SHORT,
    specimen=False,
    payer="某某县教育局职工（集体捐赠）",
    members=MEMBERS[:40],
    withheld=Money(20_000_00),
    official="32050124 0000012345",
    held="捐赠人匿名，票据留存备查",
)

RED = replace(
    SHORT,
    red=True,
    check_code=NO_CHECK_CODE,
    copy=True,
    amount=Money(-18_800_50),
    replaces="99050126 0000000041",
    remark="捐赠协议经法院撤销，全额冲销。",
)

RARE = replace(SHORT, specimen=False, payer="䶮𠮷㛃堃𬭎𫍯（𠮷某公益团队）", handler="王䶮")

VOID = replace(SHORT, copy=True, void=True, exchanged=True)

LINKED = replace(SHORT, link="https://ledger.example.org/receipts/99050126-0000000042")

PAGES = {
    "short": SHORT, "long": LONG, "latin": LATIN, "goods": GOODS, "annual": ANNUAL,
    "joint": JOINT, "red": RED, "rare": RARE, "void": VOID,
    "linked": LINKED,
}  # fmt: skip
