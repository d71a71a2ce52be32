"""What a name may not say: checks on its text, before anybody is asked to approve it.

The words are settings: whoever runs a ledger may hand in longer lists, and the event records the
id of those used. A finding is one of a few fixed words; it never repeats the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

FINDINGS = (
    "banned-product", "state-leader", "foreign-name", "company-name", "advertising", "superlative",
    "personality-rights", "anonymity", "name-taken",
)  # fmt: skip

FOREIGN_SCRIPTS = ("LATIN", "CYRILLIC", "GREEK", "HIRAGANA", "KATAKANA")
"""Scripts of foreign names; Tibetan, Mongolian, Uyghur, Yi and Hangul are written at home."""

NUMBER_TO_CALL = re.compile(r"[0-9]{7,}")

Person = Literal["nobody", "donor", "another-agreed", "another"]
"""Whose name the text holds; of another person, or the family, whether they agreed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WordLists:
    """Dated lists of words that a name may not hold; the last two only bind names of places."""

    id: str
    banned_products: tuple[str, ...]
    state_leaders: tuple[str, ...]
    advertising: tuple[str, ...]
    superlatives: tuple[str, ...]
    foreign_names: tuple[str, ...]
    companies: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Circumstances:
    """What the text alone can't tell.

    `withheld` are names of donors who are not to be named; `taken` are names already in force.
    """

    person: Person
    withheld: tuple[str, ...] = ()
    taken: tuple[str, ...] = ()


def screen_text(
    text: str, thing: str, lists: WordLists, circumstances: Circumstances
) -> tuple[str, ...]:
    """Return what speaks against a text, in the order of `FINDINGS`; nothing if it passes.

    Names of places bear no company and no foreign name (地名管理条例 2022); tobacco and products
    that may not be advertised are barred everywhere (慈善法 2023 art. 40).
    """
    folded, place = _folded(text), thing == "road-or-place"
    against = {
        "banned-product": _holds(folded, lists.banned_products),
        "state-leader": _holds(folded, lists.state_leaders),
        "foreign-name": place and (_foreign_script(text) or _holds(folded, lists.foreign_names)),
        "company-name": place and _holds(folded, lists.companies),
        "advertising": _holds(folded, lists.advertising) or bool(NUMBER_TO_CALL.search(folded)),
        "superlative": _holds(folded, lists.superlatives),
        "personality-rights": circumstances.person == "another",
        "anonymity": _holds(folded, circumstances.withheld),
        "name-taken": folded in map(_folded, circumstances.taken),
    }
    return tuple(finding for finding in FINDINGS if against[finding])


def _folded(text: str) -> str:
    """Drop what hides a word from a reader of letters: width, case, spaces and signs between."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return "".join(c for c in plain if c.isalnum())


def _holds(folded: str, words: Iterable[str]) -> bool:
    return any(word and word in folded for word in map(_folded, words))


def _foreign_script(text: str) -> bool:
    plain = unicodedata.normalize("NFKC", text)
    return any(unicodedata.name(c, "").startswith(FOREIGN_SCRIPTS) for c in plain if c.isalpha())


LISTS = WordLists(
    id="names-2026-11",
    banned_products=(
        "烟草", "煙草", "香烟", "香煙", "卷烟", "捲煙", "雪茄", "电子烟", "烟厂", "中烟工业",
        "烟叶", "tobacco", "cigar", "毒品", "麻醉药", "赌博", "赌场", "博彩", "色情", "枪支",
        "弹药", "母乳代用品",
    ),
    state_leaders=(
        "毛泽东", "毛澤東", "刘少奇", "周恩来", "朱德", "邓小平", "陈云", "宋庆龄", "董必武",
        "叶剑英", "李先念", "杨尚昆", "华国锋", "胡耀邦", "江泽民", "李鹏", "乔石", "朱镕基",
        "李瑞环", "胡锦涛", "温家宝", "吴邦国", "贾庆林", "习近平", "習近平", "李克强", "李强",
        "张德江", "俞正声", "栗战书", "赵乐际", "王沪宁", "孙中山",
    ),
    advertising=(
        "热线", "电话", "微信", "扫码", "二维码", "官网", "网址", "www", "http", "特价", "优惠",
        "折扣", "促销", "团购", "包邮", "免费", "订购", "购买", "热销", "旗舰店", "专卖", "加盟",
        "招商", "代言", "品牌", "广告", "赞助", "独家冠名", "discount", "hotline",
    ),
    superlatives=(
        "最佳", "最好", "最大", "最优", "最高", "最强", "最美", "最先进", "国家级", "世界级",
        "宇宙级", "顶级", "极品", "首选", "独一无二", "唯一", "独家", "第一品牌", "全国第一",
        "全省第一", "世界第一", "全球第一", "中国第一", "天下第一", "无与伦比", "至尊", "王牌",
        "the best", "world class", "number one",
    ),
    foreign_names=(
        "曼哈顿", "威尼斯", "巴黎", "伦敦", "纽约", "罗马", "加州", "哥伦布", "维多利亚", "诺丁山",
        "普罗旺斯", "托斯卡纳", "莱茵", "塞纳", "香榭丽舍", "凯旋门", "米兰", "剑桥", "牛津",
        "哈佛", "夏威夷", "地中海", "巴塞罗那", "佛罗伦萨", "华盛顿", "林肯",
    ),
    companies=(
        "公司", "集团", "控股", "股份", "实业", "企业", "商行", "银行", "酒业", "药业", "地产",
        "置业", "商标", "ltd", "corp",
    ),
)  # fmt: skip
"""Words to begin with: heads of state, party, government and parliament since 1949; what 广告法
art. 9 and 22 and 慈善法 art. 40 bar; foreign names that the cleaning of place names struck out."""
