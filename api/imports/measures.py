"""The units in which goods are counted, and how many of one a packing states for another."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

from api.imports.cells import clean, half_width

GRAMS = {
    "吨": 10**6, "公吨": 10**6, "公斤": 1000, "千克": 1000, "kg": 1000, "kgs": 1000,
    "斤": 500, "市斤": 500, "克": 1, "g": 1,
}  # fmt: skip
MILLILITRES = {"升": 1000, "公升": 1000, "l": 1000, "毫升": 1, "ml": 1}
DOZEN = {"打": 12}
"""Units with a fixed size, in the smallest unit goods of their kind are counted in."""

PIECES = (
    "人份|中包装|个|只|支|枝|瓶|盒|包|袋|套|件|片|双|副|付|台|条|张|卷|枚|粒|罐|桶|提|块|把|根|床|本|顶|对|份"
    "|板|颗|丸|贴|听|筒|捆|串|盏|辆|架|组|壶|筐|篓|坛|篮|匹|棵|株|头|羽|尾|艘|幅|册|部|管|针|剂|节|扎|排|身|盘"
)
PACKS = "大箱|小箱|中箱|纸箱|箱|小盒|大盒|小袋|大袋|小包|大包|批|车|托|柜"
MEASURES = "|".join((PACKS, PIECES, *sorted((*GRAMS, *MILLILITRES, *DOZEN), key=len, reverse=True)))
"""The words that are a unit for sure, where a text has more than a number and its unit."""

SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10**4, "十万": 10**5, "百万": 10**6,
          "千万": 10**7, "亿": 10**8}  # fmt: skip
SCALE = "[十百千]?万|亿|千(?![克米瓦升])|百"
NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"

_COUNT = rf"(?P<count>{NUMBER})(?P<scale>{SCALE})?(?P<inner>{PIECES}|{PACKS})"
PARTS = re.compile(r"[,;:\s]+")
AROUND_SIGNS = re.compile(r"\s*([/=])\s*")
PARTED_NUMBER = re.compile(r"\d\s*[、']\s*\d")
"""2、5KG/箱 is 2.5 kg badly typed; what stands in such a text is not to be trusted."""


def fixed_size(unit: str) -> tuple[int, str] | None:
    """Return how many of which smallest unit a weight, volume or dozen has; None for others."""
    word = unit.lower()
    for sizes, smallest in ((GRAMS, "克"), (MILLILITRES, "毫升"), (DOZEN, "个")):
        if word in sizes:
            return sizes[word], smallest
    return None


@lru_cache(maxsize=4096)
def find_packing(unit: str, *texts: str) -> tuple[int, str] | None:
    """Return how many of what one `unit` holds, if the texts state it in just one way.

    `200个/箱`, `FFP2，480只/件`, `每箱20盒`, `1箱=12瓶` say it. `80箱*100`, `10盒*40/箱`,
    `348瓶/箱，324瓶/箱` and a content by weight (`25kg/桶`) don't: None, and nothing is guessed.
    """
    found = {packing for text in texts if text for packing in _stated(unit, _plain(text))}
    return found.pop() if len(found) == 1 else None


def _plain(text: str) -> str:
    return AROUND_SIGNS.sub(r"\1", half_width(clean(text)).strip("() ").replace("。", ""))


def _stated(unit: str, text: str) -> list[tuple[int, str] | None]:
    """Return the packings of the unit in a text; None stands for one that is not clear."""
    if PARTED_NUMBER.search(text):
        return [None] if unit in text else []
    parts = [part for part in PARTS.split(text) if unit in part and part != unit]
    return [_packing(unit, part) for part in parts]


def _packing(unit: str, part: str) -> tuple[int, str] | None:
    one = re.escape(unit)
    ways = (rf"{_COUNT}/[1一每]?{one}", rf"每{one}{_COUNT}装?", rf"[1一]{one}=?{_COUNT}")
    written = next((m for way in ways if (m := re.fullmatch(way, part))), None)
    if written is None or written["inner"] == unit:
        return None
    size = Fraction(written["count"].replace(",", "")) * SCALES.get(written["scale"] or "", 1)
    return (int(size), written["inner"]) if size.denominator == 1 and size > 0 else None
