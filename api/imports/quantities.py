"""How much of a thing a list of goods states, in whole smallest units; nothing is guessed."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache

from api.imports.amounts import GROUPED, PLAIN
from api.imports.cells import Cell, CellUnreadable, bare, half_width, is_placeholder, shown, text_of
from api.imports.measures import MEASURES, NUMBER, SCALE, SCALES, find_packing, fixed_size

COUNT_MAX = 10**12
LONGEST_NUMBER = 30
LONGEST_UNIT = 20
UNSTATED = "未注明单位"
"""The unit of a number to which the list gives none; it is counted apart from pieces."""
BATCH = "批"
NOISE = Fraction(1, 10**13)
"""A number cell is a binary64: what strays less than this part of itself is noise."""

WRITTEN = re.compile(
    rf"(?:共|计)?(?P<sign>[-−–+]?)(?P<number>[\d.][\d., ]*)(?P<scale>{SCALE})?\s*"
    r"(?P<unit>(?:[^\W\d_]|[μ㎏])*)\s*(?P<note>\(.*\)|[*×xX]\s?\d[^/]*)?",
)
IN_WORDS = re.compile(
    r"(?P<number>[一二两三四五六七八九十])(?P<scale>[十百千万])?"
    r"(?P<unit>[^\W\d_一二两三四五六七八九十百千万亿]{1,4})(?P<note>\(.*\))?"
)
DIGITS = {word: digit for digit, word in enumerate("零一二三四五六七八九十")} | {"两": 2}
UNIT = re.compile(rf"(?P<scale>{SCALE})?(?P<unit>[^()]*?)\s*(?P<note>\(.*\))?")
MEASURE = re.compile(MEASURES, re.IGNORECASE)
VAGUE = re.compile("^[多余几来]|左右|上下|以上|以下|不等|若干|约|半|将近|近")
MONEY = re.compile("[元圆币]|rmb|cny|usd", re.IGNORECASE)

BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^【】]*】")
WITHIN = re.compile(
    rf"(?<![\d.,A-Za-z#第-])(?<!\d[*×x])(?P<number>{NUMBER})\s*(?P<scale>{SCALE})?\s*(?P<unit>{MEASURES})"
    r"(?!装|[A-Za-z])",
    re.IGNORECASE,
)
NOT_ONE = re.compile("[、,;+]|(各|约|近|余|超过?|每[^0-9]?)$")
BEFORE_NUMBER = " :,*×·-共计"


@dataclass(frozen=True, slots=True)
class Counted:
    """How much of a thing: whole smallest units, and how they come from what was written.

    `count` is 1 to 10**12. `unit` is as written where nothing converts it. `conversion` is such
    as `1 吨 = 1000000 克`, or `1 箱 = 20 个 (list states it)`; None if there is none.
    """

    count: int
    unit: str
    written: str
    conversion: str | None


@dataclass(frozen=True, slots=True)
class _Parts:
    """A quantity taken apart: the number, the word for its unit, a remark in brackets."""

    number: Fraction
    scale: str
    unit: str
    note: str


def read_counted(quantity: Cell, unit: Cell = "", specification: str = "") -> Counted:
    """Read a quantity: a number or text such as `198箱`, `13.5万盒`, `2箱（200个/箱）`.

    Weights come to 克, volumes to 毫升, dozens to 个. A packing is used only if the cells state it
    for the very unit counted. Raises `CellUnreadable` with a reason for people: for no quantity,
    zero, less, part of a unit, and for whatever could mean two things.
    """
    return _counted(quantity, unit, specification)


@lru_cache(maxsize=4096, typed=True)
def _counted(quantity: Cell, unit: Cell, specification: str) -> Counted:
    parts = _taken_apart(quantity)
    column = _unit_of(unit)
    scale, word = _agreed(parts, column, quantity, unit)
    written = " ".join(filter(None, (text_of(quantity), "" if parts.unit else text_of(unit))))
    texts = (specification, parts.note, column[2])
    noisy = isinstance(quantity, float)
    return _converted(parts.number, (scale, word), written, texts, noisy=noisy)


def counted_in(item: str) -> tuple[str, Counted]:
    """Take the quantity off the end of a line such as `口罩（N95型）5万只`.

    A line with several things, several quantities or none is one batch under its whole text.
    """
    batch = item, Counted(1, BATCH, item, None)
    parted = _at_end(item)
    if parted is None:
        return batch
    try:
        return parted[0], read_counted(parted[1])
    except CellUnreadable:
        return batch  # no whole units: the batch is what is sure


def _at_end(item: str) -> tuple[str, str] | None:
    plain = half_width(item).rstrip("。. ")
    outside, seen = BRACKETS.sub(_blanked, plain), ""
    while seen != outside:
        outside, seen = BRACKETS.sub(_blanked, outside), outside
    found = list(WITHIN.finditer(outside))
    if len(found) != 1 or found[0].end() != len(outside):
        return None
    name = outside[: found[0].start()].rstrip(BEFORE_NUMBER)
    if NOT_ONE.search(name) or not re.search(r"[^\W\d_]", name.replace("\x00", "")):
        return None
    return item[: len(name)].strip(), found[0][0]


def _blanked(bracket: re.Match[str]) -> str:
    return "\x00" * len(bracket[0])


def _taken_apart(cell: Cell) -> _Parts:
    if isinstance(cell, bool | date):
        raise CellUnreadable(f"数量栏里不是数：{shown(cell)} (not a quantity)")
    if isinstance(cell, int | float):
        if not math.isfinite(cell):
            raise CellUnreadable(f"数量不是数字：{shown(cell)} (not a number)")
        return _Parts(_signed(Fraction(repr(cell)), cell), "", "", "")
    text = half_width(bare(cell))
    if not text or is_placeholder(text):
        raise CellUnreadable("没有数量 (no quantity)")
    written = WRITTEN.fullmatch(text)
    if written is not None:
        number = _number(written["number"].strip(" "), cell)
        number = -number if written["sign"] in ("-", "−", "–") else number
        scale, unit = _scaled(written)
        unit = _checked(unit, cell)
        return _Parts(_signed(number, cell), scale, unit, written["note"] or "")
    words = IN_WORDS.fullmatch(text)
    if words is None:
        raise CellUnreadable(f"数量写法不清：{shown(cell)} (unclear quantity)")
    scaled = Fraction(DIGITS[words["number"]] * SCALES.get(words["scale"] or "", 1))
    return _Parts(scaled, "", _checked(words["unit"], cell), words["note"] or "")


def _scaled(written: re.Match[str]) -> tuple[str, str]:
    """Return scale and unit; 千 and 百 begin other words too (千斤顶), 万 and 亿 don't."""
    scale, unit = written["scale"] or "", written["unit"]
    if scale in ("百", "千") and unit and not MEASURE.fullmatch(unit):
        return "", scale + unit
    return scale, unit


def _number(digits: str, cell: Cell) -> Fraction:
    if len(digits) > LONGEST_NUMBER:
        raise CellUnreadable(f"数量太大：{shown(cell)} (too large)")
    if not PLAIN.fullmatch(digits) and not GROUPED.fullmatch(digits):
        raise CellUnreadable(f"数量写法不清：{shown(cell)} (unclear quantity)")
    return Fraction(digits.replace(",", "").replace(" ", ""))


def _signed(number: Fraction, cell: Cell) -> Fraction:
    if number == 0:
        raise CellUnreadable(f"数量为零：{shown(cell)} (zero)")
    if number < 0:
        raise CellUnreadable(f"数量为负数：{shown(cell)} (negative)")
    return number


def _checked(unit: str, cell: Cell) -> str:
    if VAGUE.search(unit):
        raise CellUnreadable(f"数量不是确数：{shown(cell)} (not an exact number)")
    if MONEY.search(unit):
        raise CellUnreadable(f"数量栏里是金额：{shown(cell)} (money, not a quantity)")
    if len(unit) > LONGEST_UNIT:
        raise CellUnreadable(f"数量写法不清：{shown(cell)} (unclear quantity)")
    return unit


def _unit_of(cell: Cell) -> tuple[str, str, str]:
    """Return the scale, word and bracketed remark of a cell of a column of units."""
    text = half_width(bare(cell))
    if not text or is_placeholder(text):
        return "", "", ""
    if not re.search(r"[^\W\d_]", text) or isinstance(cell, bool | date):
        raise CellUnreadable(f"计量单位栏里不是单位，疑似错列：{shown(cell)} (not a unit)")
    written = UNIT.fullmatch(text)
    if written is None:
        raise CellUnreadable(f"计量单位写法不清：{shown(cell)} (unclear unit)")
    scale, word = _scaled(written)
    return scale, _checked(word, cell), written["note"] or ""


def _agreed(
    parts: _Parts, column: tuple[str, str, str], quantity: Cell, unit: Cell
) -> tuple[str, str]:
    """Return the scale and unit of a quantity that may have one in its own cell and one beside."""
    scale, word, _ = column
    own = parts.unit
    if (own and word and _canonical(own) != _canonical(word)) or (scale and (own or parts.scale)):
        raise CellUnreadable(
            f"数量里的单位与计量单位栏不一致：{shown(quantity)}、{shown(unit)} (two units)"
        )
    return parts.scale or scale, own or word


def _canonical(unit: str) -> tuple[int, str]:
    return fixed_size(unit) or (1, unit)


def _converted(
    number: Fraction, unit: tuple[str, str], written: str, texts: tuple[str, ...], *, noisy: bool
) -> Counted:
    """Bring a number to whole smallest units, and note each step that led there."""
    scale, word = unit
    steps: list[str] = []
    packing = find_packing(word, *texts) if word else None
    fixed = fixed_size(word)
    if scale:
        number *= SCALES[scale]
        if fixed is None:
            steps.append(f"1 {scale}{word} = {SCALES[scale]} {word}".rstrip())
    if packing is not None:
        number *= packing[0]
        steps.append(f"1 {word} = {packing[0]} {packing[1]} (list states it)")
        word = packing[1]
    elif fixed is not None:
        number *= fixed[0]
        size = fixed[0] * (SCALES[scale] if scale else 1)
        steps += [f"1 {scale}{word} = {size} {fixed[1]}"] if size > 1 else []
        word = fixed[1]
    count = _whole(number, written, noisy=noisy)
    return Counted(count, word or UNSTATED, written, "; ".join(steps) or None)


def _whole(number: Fraction, written: str, *, noisy: bool) -> int:
    if number > COUNT_MAX:
        raise CellUnreadable(f"数量太大：{shown(written)} (too large)")
    count = round(number)
    if count < 1 or abs(number - count) > (number * NOISE if noisy else 0):
        raise CellUnreadable(f"数量不是整数，又不能换算：{shown(written)} (not whole units)")
    return count
