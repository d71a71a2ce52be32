"""Amounts in Chinese capital words (人民币大写), written in one form, read in all allowed ones."""

from __future__ import annotations

import re

from ledger.errors import Refused

PREFIX = "人民币"
DIGITS = "零壹贰叁肆伍陆柒捌玖"
PLACES = {"仟": 1000, "佰": 100, "拾": 10}
GROUPS = ("", "万", "亿", "万")
"""The unit after each group of four digits, from the right: 元 itself, 万, 亿, 万(亿)."""

LARGEST_FEN = 10**18 - 1
"""Above 9999 万 9999 亿 9999 万 9999 元 the words name no further unit."""

BEFORE_JIAO = 0
"""The place between 元 and 角, counted with the places after 万 (1), 亿 (2) and 万 of 亿 (3)."""

_FOUR = f"([{DIGITS}{''.join(PLACES)}]*)"
_SHAPE = re.compile(
    f"(?:(?:(?:{_FOUR}万)?{_FOUR}亿)?(?:{_FOUR}万)?{_FOUR}元)?"
    f"(?:零?([{DIGITS}])角)?(?:零?([{DIGITS}])分)?[整正]?"
)


class AmountHasNoWords(Refused):
    """An amount below zero, or above the largest that the words can name."""

    def __init__(self, fen: int) -> None:
        super().__init__(f"{fen} fen can't be written in words: give 0 to {LARGEST_FEN} fen")


class WordsUnreadable(Refused):
    """A text is not an amount in capital words as the banks' rule allows them."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no amount in capital words, such as {rmb_words(188_50)}")


def rmb_words(fen: int, *, prefixed: bool = False) -> str:
    """Write whole fen in the canonical form, 人民币 in front if `prefixed`.

    整 follows 元 and 角; 零 stands between 元 and 角 when the 元 digit is 0
    (银发〔1997〕393号 annex 1; domain rules 6.4).
    Refuse with `AmountHasNoWords` below zero and above `LARGEST_FEN`.
    """
    if not 0 <= fen <= LARGEST_FEN:
        raise AmountHasNoWords(fen)
    words = _spelled(fen, optional=BEFORE_JIAO)
    return (PREFIX if prefixed else "") + words + ("" if words.endswith("分") else "整")


def parse_rmb_words(text: str) -> int:
    """Read whole fen from words in any spelling the rule allows, with or without 人民币.

    Allowed beside the canonical form: 正 for 整, neither of them after 角, and at most one of the
    零 that the rule leaves to the writer. All else is refused with `WordsUnreadable`.
    """
    bare = text.removeprefix(PREFIX)
    shape = _SHAPE.fullmatch(bare)
    if shape is None:
        raise WordsUnreadable(text)
    *groups, jiao, fen = (_value(words) for words in shape.groups(default=""))
    yuan = 0
    for group in groups:
        yuan = yuan * 10**4 + group
    amount = yuan * 100 + jiao * 10 + fen
    if bare != rmb_words(amount) and bare not in _spellings(amount):
        raise WordsUnreadable(text)
    return amount


def _spellings(fen: int) -> set[str]:
    words = {_spelled(fen, optional=place) for place in (None, *range(len(GROUPS)))}
    endings = {"元": ("整", "正"), "角": ("", "整", "正"), "分": ("",)}
    return {spelled + ending for spelled in words for ending in endings[spelled[-1]]}


def _spelled(fen: int, optional: int | None) -> str:
    """Write the amount without 整, with the optional 零 of one place if that place allows it."""
    yuan, cents = divmod(fen, 100)
    jiao, fen = divmod(cents, 10)
    words = _whole(yuan, optional) + "元" if yuan or not cents else ""
    if words and cents and (not jiao or (yuan % 10 == 0 and optional == BEFORE_JIAO)):
        words += "零"
    return words + (f"{DIGITS[jiao]}角" if jiao else "") + (f"{DIGITS[fen]}分" if fen else "")


def _whole(yuan: int, optional: int | None) -> str:
    """Join the groups of four digits; one 零 stands for every run of zeros between them."""
    words = ""
    left = 0
    for place in reversed(range(len(GROUPS))):
        group = yuan // 10 ** (4 * place) % 10**4
        if group:
            skipped = left == 0 or group < 1000  # noqa: PLR2004 a group opens with its 仟 digit
            chosen = left % 10 == 0 and optional == place + 1
            words += "零" if words and (skipped or chosen) else ""
            words += _four(group)
        words += GROUPS[place] if group or (words and GROUPS[place] == "亿") else ""
        left = group
    return words or "零"


def _four(group: int) -> str:
    digits = zip(f"{group:04d}", (*PLACES, ""), strict=True)
    words = "".join("零" if digit == "0" else DIGITS[int(digit)] + unit for digit, unit in digits)
    return re.sub("零+", "零", words).strip("零")


def _value(words: str) -> int:
    total = digit = 0
    for sign in words:
        if sign in PLACES:
            total += digit * PLACES[sign]
            digit = 0
        else:
            digit = DIGITS.index(sign)
    return total + digit
