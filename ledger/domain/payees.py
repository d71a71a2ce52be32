"""Which payee may be named in public: an organisation by its name, never a person."""

from __future__ import annotations

import re

WORD = (
    r"(?:公司|集团|工厂|医院|卫生院|卫生室|中心|学校|小学|中学|大学|学院|幼儿园|委员会|村委会|居委会|"
    r"人民政府|管委会|办事处|办公室|指挥部|红十字会|慈善会|总会|协会|学会|联合会|商会|工会|基金会|"
    r"公安局|民政局|教育局|财政局|扶贫办|研究院|研究所|福利院|敬老院|养老院|合作社|银行|救助站)"
)
"""What the name of an organisation ends in."""

SEAT = (
    r"(?:中国|集团|控股|北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|"
    r"河南|湖北|湖南|广东|海南|四川|贵州|云南|陕西|甘肃|青海|台湾|内蒙古|广西|西藏|宁夏|新疆|香港|"
    r"澳门|深圳|广州|大连|青岛|宁波|厦门|苏州|杭州|南京|武汉|成都|西安|沈阳|哈尔滨|长春)"
)
"""What may stand in brackets inside a name; anything else there could be a person."""

PLAIN = rf"(?:[^、，；,;/\s（）()0-9０-９*转代的]|[（(]{SEAT}[）)])*"
"""What such a name may hold: `张某某转红十字会` and `李某某 6222… 银行` name a person."""

ORGANISATION = re.compile(rf"{PLAIN}{WORD}([（(]{PLAIN}{WORD}[）)])?")
LATIN = re.compile(
    r"[A-Z][A-Z&.,' -]*\b(Ltd\.?|Inc\.?|Foundation|Hospital|University|School|Committee)",
    re.IGNORECASE,
)
SHORTEST = 4


def names_organisation(name: str) -> bool:
    """Tell whether a name is surely an organisation's; in doubt it is treated as a person's."""
    surely = ORGANISATION.fullmatch(name) or LATIN.fullmatch(name)
    return len(name) >= SHORTEST and surely is not None
