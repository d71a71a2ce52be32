"""Amounts of money as people type them into cells, and the units their columns are in."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache

from api.imports.capitals import read_capitals
from api.imports.cells import Cell, CellUnreadable, bare, half_width, is_placeholder, shown
from ledger.money import MINOR_MAX, PLACES, Money

NAMES = {
    "CNY": "人民币|rmb|cny|cn¥", "USD": r"美元|美金|美圆|usd|us\$", "EUR": "欧元|eur|€",
    "GBP": "英镑|gbp|£", "HKD": r"港元|港币|港幣|港圆|hkd|hk\$", "MOP": "澳门元|澳门币|mop",
    "TWD": r"新台币|台币|新臺幣|twd|nt\$", "AUD": r"澳大利亚元|澳元|澳币|aud|au\$",
    "CAD": r"加拿大元|加元|加币|cad|ca\$", "CHF": "瑞士法郎|瑞郎|chf",
    "SGD": r"新加坡元|新加坡币|新元|坡币|sgd|s\$", "NZD": r"新西兰元|纽元|纽币|nzd|nz\$",
    "THB": "泰铢|thb|฿", "RUB": "卢布|rub|₽", "MYR": "林吉特|马币|令吉|myr",
    "SEK": "瑞典克朗|sek", "JPY": "日元|日圆|日币|jpy|jp¥|円", "KRW": "韩元|韩圆|韩币|krw|₩",
    "NOK": "挪威克朗|nok", "DKK": "丹麦克朗|dkk", "ISK": "冰岛克朗|isk", "CZK": "捷克克朗|czk",
    "PLN": "兹罗提|pln", "HUF": "福林|huf", "INR": "印度卢比|inr|₹", "PKR": "巴基斯坦卢比|pkr",
    "LKR": "斯里兰卡卢比|lkr", "NPR": "尼泊尔卢比|npr", "IDR": "印尼盾|印尼卢比|idr",
    "PHP": "菲律宾比索|₱", "VND": "越南盾|vnd|₫", "BRL": "雷亚尔|brl", "MXN": "墨西哥比索|mxn",
    "ZAR": "南非兰特|兰特|zar", "AED": "阿联酋迪拉姆|迪拉姆|aed", "TRY": "土耳其里拉|₺",
    "SAR": "沙特里亚尔", "QAR": "卡塔尔里亚尔|qar", "KWD": "科威特第纳尔|kwd",
    "BHD": "巴林第纳尔|bhd", "ILS": "谢克尔|₪", "UAH": "格里夫纳|uah", "MNT": "图格里克|mnt",
    "KZT": "坚戈|kzt", "BND": "文莱元|文莱币|bnd", "EGP": "埃及镑|egp",
}  # fmt: skip
"""The words and signs of the currencies that people name in words."""

CURRENCY_WORDS = {code: code.lower() for code in PLACES} | NAMES
"""What each currency of `ledger.money.PLACES` is called (codes: ISO 4217, list one).

Many a code is an English word (ALL, TOP, TRY): one without words counts only where nothing but a
code can stand, `CODE`.
"""

POWERS = {"十": 1, "百": 2, "千": 3, "万": 4, "亿": 8}
SCALE = "[十百千]?[万亿]|[十百千]"
WHOLE_WORD = re.compile("([a-z]{2,})")
NAMED = "|".join(
    f"(?P<{code}>" + WHOLE_WORD.sub(r"(?<![a-z])\1(?![a-z])", words) + ")"
    for code, words in NAMES.items()
)
CODE_IN_BRACKETS = re.compile(r"\(([A-Z]{3})\)", re.ASCII)
NO_CODE_BESIDE_A_NUMBER = {"ALL", "CUP", "KGS", "PEN", "TOP"}
CODE_AND_NUMBER = re.compile(r"([A-Z]{3}) ?([-+]?[0-9].*)|([-+]?[0-9].*?) ?([A-Z]{3})", re.ASCII)
CURRENCY = re.compile(f"(?P<scale>{SCALE})?(?:{NAMED})(?P<after>{SCALE})?")
YUAN = re.compile(
    rf"(?P<scale>{SCALE})[元圆]|[元圆](?=$|[)\]】,，;；:：/、\s+-])|\((?P<alone>{SCALE})\)"
)
WORDS = re.compile(rf"(?:{NAMED}|{SCALE}|[元圆块整正¥$:：\s])*")
PLAIN = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+")
GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?|[0-9]{1,3}( [0-9]{3})+(\.[0-9]+)?")
PARTS = re.compile(r"([^0-9.]*)([0-9.][0-9., ]*)(\D*)", re.ASCII)
SCIENTIFIC = re.compile(r"\D*[0-9]+(\.[0-9]+)?e[-+]?[0-9]+\D*", re.ASCII)
MINUS = re.compile("^[(]|[-−–]")
DOLLARS = {"USD", "HKD", "AUD", "CAD", "SGD", "NZD", "TWD", "MOP"}
NOISE_MINOR = Decimal("1e-6")
NOISE_RELATIVE = Decimal("1e-13")
"""A sum of binary64 cells strays by some 1e-14 of itself (seen in published totals)."""
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Unit:
    """What one in a column is worth: `10 ** power` units of the currency."""

    currency: str = "CNY"
    power: int = 0


def _power(scale: str | None) -> int:
    return sum(POWERS[mark] for mark in scale or "")


def _code(named: re.Match[str]) -> str:
    return next(code for code in NAMES if named[code])


@lru_cache(maxsize=1024)
def find_unit(text: str) -> Unit | None:
    """Find the unit named in a header or note such as `金额(万美元)`; None if none is named.

    A currency's own name counts anywhere; a bare 元 only where a unit ends.
    """
    code = CODE_IN_BRACKETS.search(half_width(text))
    if code is not None and code[1] in PLACES.keys() - NAMES.keys():
        return Unit(code[1])
    lowered = half_width(text).lower()
    named, yuan = CURRENCY.search(lowered), YUAN.search(lowered)
    power = _power((yuan["scale"] or yuan["alone"]) if yuan else None)
    if named is not None:
        return Unit(_code(named), _power(named["scale"]) + _power(named["after"]) or power)
    return Unit("CNY", power) if yuan else None


def looks_numeric(text: str) -> bool:
    """Tell whether a text is meant for a number or an amount, well written or not."""
    if read_capitals(text) is not None:
        return True
    parts = PARTS.fullmatch(half_width(text).lower().replace("-", ""))
    return parts is not None and all(
        map(WORDS.fullmatch, (parts[1].strip("(+"), parts[3].strip(")")))
    )


def read_currency(cell: Cell, default: str) -> str:
    """Read a cell of a column of currencies; `default` if empty; raise `CellUnreadable` else."""
    text = bare(cell)
    if not text or is_placeholder(text):
        return default
    if text in PLACES:
        return text
    unit = find_unit(text)
    if unit is None:
        raise CellUnreadable(f"币种不认识：{shown(cell)} (unknown currency)")
    return unit.currency


def read_amount(cell: Cell, unit: Unit) -> Money:
    """Read an amount in whole minor units; the cell's own sign or unit goes before `unit`.

    Takes a number, or text with a currency's sign or word, thousands separated, 元, 万.
    Raises `CellUnreadable` with a reason for people: nothing is guessed, rounded or dropped
    but the noise a binary64 number brings along.
    """
    amount = read_figure(cell, unit)
    if amount.minor == 0:
        raise CellUnreadable(f"金额为零：{shown(cell)} (zero amount)")
    if amount.minor < 0:
        raise CellUnreadable(f"金额为负数：{shown(cell)} (negative amount)")
    return amount


def read_figure(cell: Cell, unit: Unit) -> Money:
    """Read a figure that may be zero or negative, such as a balance, as `read_amount` does."""
    if isinstance(cell, bool | date):
        raise CellUnreadable(f"金额栏里是{_kind(cell)}：{shown(cell)} (not an amount)")
    if isinstance(cell, str):
        return _read_text(cell, unit)
    if not math.isfinite(cell):
        raise CellUnreadable(f"金额不是数字：{shown(cell)} (not a number)")
    return _money(Decimal(repr(cell)), unit, cell)


def _kind(cell: Cell) -> str:
    return "是/否" if isinstance(cell, bool) else "日期"


def _read_text(cell: str, unit: Unit) -> Money:
    written = half_width(bare(cell))
    if PLAIN.fullmatch(written) or GROUPED.fullmatch(written):
        return _money(_decimal(written, cell), unit, cell)
    coded = CODE_AND_NUMBER.fullmatch(written)
    code = (coded[1] or coded[4]) if coded else ""
    if coded is not None and code in PLACES.keys() - NO_CODE_BESIDE_A_NUMBER:
        written, unit = coded[2] or coded[3], Unit(code)
    text = written.lower()
    if not text or is_placeholder(text):
        raise CellUnreadable("没有金额 (no amount)")
    if SCIENTIFIC.fullmatch(text):
        raise CellUnreadable(f"金额是科学计数法，位数不可靠：{shown(cell)} (scientific notation)")
    fen = read_capitals(text)
    if fen is not None:
        return _in_yuan(fen, text, unit, cell)
    parts = PARTS.fullmatch(text)
    before = re.sub("[-+−–(]", "", parts[1]) if parts else ""
    after = parts[3].rstrip(")") if parts else ""
    if parts is None or not WORDS.fullmatch(before) or not WORDS.fullmatch(after):
        raise CellUnreadable(f"金额不是数字：{shown(cell)} (not a number)")
    value = _decimal(parts[2].strip(" "), cell)
    value = -value if MINUS.search(parts[1]) else value
    return _money(value, _own_unit(before + " " + after, unit), cell)


def _noise(scaled: Decimal) -> Decimal:
    return max(NOISE_MINOR, abs(scaled) * NOISE_RELATIVE)


def _in_yuan(fen: int, text: str, unit: Unit, cell: Cell) -> Money:
    currency = "CNY" if "人民币" in text else unit.currency
    return _money(Decimal(fen).scaleb(-2), Unit(currency), cell)


def _decimal(number: str, cell: Cell) -> Decimal:
    if len(number) > LONGEST:
        raise CellUnreadable(f"金额太大：{shown(cell)} (too large)")
    if PLAIN.fullmatch(number):
        return Decimal(number)
    if GROUPED.fullmatch(number):
        return Decimal(number.replace(",", "").replace(" ", ""))
    why = "小数点多于一个" if number.count(".") > 1 else "逗号、空格或小数点有歧义"
    raise CellUnreadable(f"金额写法不清，{why}：{shown(cell)} (ambiguous)")


def _own_unit(words: str, unit: Unit) -> Unit:
    named, scale = CURRENCY.search(words), re.search(SCALE, words)
    currency = _code(named) if named else unit.currency
    if named is None and "$" in words and currency not in DOLLARS:
        currency = "USD"
    own = scale or re.search("[元圆块]", words)
    return Unit(currency, _power(scale[0] if scale else None) if own else unit.power)


def _money(value: Decimal, unit: Unit, cell: Cell) -> Money:
    scaled = value.scaleb(unit.power + PLACES[unit.currency])
    if abs(scaled) > MINOR_MAX:
        raise CellUnreadable(f"金额太大：{shown(cell)} (too large)")
    minor = scaled.to_integral_value()
    if minor != scaled and (minor == 0 or abs(scaled - minor) > _noise(scaled)):
        raise CellUnreadable(
            f"金额小数位太多：{shown(cell)} ({unit.currency} has {PLACES[unit.currency]} decimals)"
        )
    return Money(int(minor), unit.currency)
