"""Which payee may be named in public: an organisation by its name, never a person."""

from __future__ import annotations

import re

WORD = (
    r"(?:公司|集团|工厂|医院|卫生院|卫生室|中心|学校|小学|中学|大学|学院|幼儿园|委员会|村委会|居委会|"
    r"人民政府|管委会|办事处|办公室|指挥部|红十字会|慈善会|总会|协会|学会|联合会|商会|工会|基金会|"
    r"公安局|民政局|教育局|财政局|扶贫办|研究院|研究所|福利院|敬老院|养老院|合作社|银行|救助站|"
    r"Ltd\.?|Inc\.?|Foundation|Hospital|University|School|Committee)"
)
"""What the name of an organisation ends in."""

ORGANISATION = re.compile(
    rf"[^、，；]*{WORD}([（(][^（）()、，；]*{WORD}[）)])?",  # `…红十字会（王某某）` names a person
    re.IGNORECASE,
)
SHORTEST = 4


def names_organisation(name: str) -> bool:
    """Tell whether a name is surely an organisation's; in doubt it is treated as a person's."""
    return len(name) >= SHORTEST and "*" not in name and ORGANISATION.fullmatch(name) is not None
