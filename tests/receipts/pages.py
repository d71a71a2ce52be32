"""Receipts to print in tests: invented, masked, and as long as a page must bear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ledger.money import Money
from receipts.page import Page

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
