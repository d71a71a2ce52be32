"""Amounts in capital words (人民币壹仟元整), read by the rule and refused where it is broken."""

from __future__ import annotations

import re
from functools import lru_cache

from ledger.money import MINOR_MAX

DIGITS = "零壹贰叁肆伍陆柒捌玖"
TENS = {"拾": 10, "佰": 100, "仟": 1000}
VARIANTS = str.maketrans("圆圓萬億貳參叄参陸貮〇", "元元万亿贰叁叁叁陆贰零")
CAPITAL = re.compile(f"(?:人民币:?)?([{DIGITS}拾佰仟万亿元角分]+)[整正]?")
UNITS = re.compile("[元圆圓角分]")
"""One of these ends every amount in words; a quick look before the full reading."""
LONGEST = 60


def read_capitals(text: str) -> int | None:
    """Read an amount of yuan in capital words in fen; None if it is not written by the rule.

    银发〔1997〕393号 annex 1: 零 stands for an inner run of zeros, and may be left out only right
    under the digit of 万 or 元; 整 ends at 元, may end at 角, never ends at 分.
    """
    if not UNITS.search(text):
        return None
    plain = text.replace(" ", "").translate(VARIANTS)
    written = CAPITAL.fullmatch(plain) if len(plain) <= LONGEST else None
    if written is None:
        return None
    fen = _value(written[1])
    told = plain.removeprefix("人民币").removeprefix(":")
    return fen if fen <= MINOR_MAX and _spelling(fen).fullmatch(told) else None


def _value(words: str) -> int:
    """Add the words up in fen; whether they stand in order, the spelling shows."""
    fen = total = section = digit = 0
    for word in words:
        if word in DIGITS:
            digit = DIGITS.index(word)
            continue
        if word in TENS:
            section += digit * TENS[word]
        elif word == "万":
            total, section = total + (section + digit) * 10**4, 0
        elif word == "亿":
            total, section = (total + section + digit) * 10**8, 0
        elif word == "元":
            fen, total, section = (total + section + digit) * 100, 0, 0
        else:
            fen += digit * (10 if word == "角" else 1)
        digit = 0
    return fen


@lru_cache(maxsize=1024)
def _spelling(fen: int) -> re.Pattern[str]:
    """Return what the amount may be written like."""
    if fen == 0:
        return re.compile("零元[整正]")
    words, zeros = "", False
    digits = str(fen)
    for place, mark in zip(range(len(digits) - 3, -3, -1), digits, strict=True):
        if mark != "0":
            under_a_group = (place + 1) % 4 == 0
            words += ("零?" if under_a_group else "零") if zeros and words else ""
            words += DIGITS[int(mark)] + _unit(place)
        zeros = mark == "0"
        words += _group(fen, place)
    ending = "" if fen % 10 else "[整正]?" if fen % 100 else "[整正]"
    return re.compile(words + ending)


def _unit(place: int) -> str:
    return {-1: "角", -2: "分"}.get(place) or ("", "拾", "佰", "仟")[place % 4]


def _group(fen: int, place: int) -> str:
    """Return the word that ends a group of four digits, if the group has any."""
    yuan = fen // 100
    if place == 0:
        return "元" if yuan else ""
    if place == 8:  # noqa: PLR2004 the digit of 亿
        return "亿" if yuan >= 10**8 else ""
    return "万" if place in (4, 12) and yuan // 10**place % 10**4 else ""
