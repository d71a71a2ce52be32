"""Who stands in a donor's cell: one who gave, one who only passed it on, or several together."""

from __future__ import annotations

import re
from dataclasses import dataclass

from api.imports.amounts import Unit, read_amount
from api.imports.cells import CellUnreadable, folded, half_width, text_of
from ledger.money import Money

NOT_NAMED = re.compile(
    "匿名(者|人|人士|捐赠者?|捐款者?|捐赠人|捐款人|用户|网友|好心人|爱心人士|\\(不愿透露姓名\\))?"
    "|(一位|某|社会|热心|匿名)?(爱心|热心|好心)(人士|人|市民|网友|群众|企业|单位|个人|企业\\(个人\\)|单位\\(个人\\)"
    "|企业/个人|企业及个人|企业和个人|单位及个人|单位和个人)"
    "|(无名|佚名)(氏|者|人士)?|隐名|未署名|未留名|未留姓名|未具名|不具名"
    "|不愿(透露|公开|留|留下|具|署)(姓名|名字|名|身份)(者|的(爱心|热心|好心)?(人士|人|市民|企业|捐赠者|捐赠人))?"
    "|姓名(不详|未知|保密)|未知|不详|保密|anonymous(donor|giver)?|unknown(donor)?"
)
"""What stands for a donor who is not named, and says nothing of who it is."""

GIFT = r"(?:爱心)?(?:联名)?(?:捐赠|捐款|捐助|善款|捐资|捐\*)(?:款项?|资金)?"
ENDING = re.compile(rf"(?P<name>.*?)(?:的?{GIFT})?[。.\s]*")
ONLY_A_GIFT = re.compile(rf"(?:的)?(?:社会各界|爱心人士|社会)?(?:的)?{GIFT}")
BODY = (
    "公司|集团|协会|学会|商会|总会|联合会|联谊会|红十字会|慈善会|基金会|学校|大学|中学|小学|医院|银行"
    "|委员会"
)
BEFORE = "周流运旋中好扭翻"
"""周转, 流转, 运转 and their like are one word; the rest are those that begin with 转."""
TURNED = (
    "转业|转型|转运|转移|转让|转化|转换|转播|转账|转动|转机|转轮|转炉|转基因|转角|转世|转向|转塘|转水"
    "|转龙"
)
CONDUITS = tuple(
    re.compile(rule)
    for rule in (
        rf"(?P<conduit>.{{2,}}?)(?<![{BEFORE}])(?:转来(?!料)|转入|转交来?|转赠|转拨|转捐):?"
        r"(?P<given>.+)",
        rf"(?P<conduit>.{{2,}}?)[(](?!{TURNED})(?:转[来交拨赠捐]|代转|转):?(?P<given>.*)[)]",
        r"(?:通过|经由?|委托)(?P<conduit>.{2,}?)(?:捐赠|捐款|转来|转交|转捐)[:：](?P<given>.+)",
        r"(?P<given>.{2,}?)[(](?:经由?|通过|委托)(?P<conduit>.{2,}?)"
        r"(?:转来?|转交|转赠|转捐|转拨|代转|代捐|捐赠|捐款)[)]",
        rf"(?P<conduit>.+(?:{BODY})|[^\W\d]\*{{1,2}})(?!{TURNED})转(?P<given>.{{2,}}?{GIFT})",
        r"(?P<conduit>.{2,4})(?<![现时年古近当朝世后替新生交取换一二三四万])代"
        rf"(?![理表办驾购码销工步课沟县谢数言号管维练收付缴])(?P<given>.{{2,}}?{GIFT})",
    )
)
"""How a cell says that one passed on what another gave; brackets are half-width here.

A bare 转 or 代 is a part of many names: it counts only after a body or a masked name (王*), or
between two short names, and only where the cell speaks of a gift.
"""
LIST_MARK = re.compile(r"[;；、。]|[,，](?!\d{3}(?:\D|$))|\n")
SHARE = re.compile(
    rf"(?P<name>.*?[^\d\s.:：捐])[:：\s]*(?:{GIFT}|捐)?[:：\s]*(?P<amount>[\d][\d,.]*\s*(?:万元|元|万))"
)
FEWEST_TO_SHARE = 2


@dataclass(frozen=True, slots=True)
class Donors:
    """Who a donor's cell names: the donor, who passed the gift on, and the shares of several.

    `donor` is the text without the conduit, None where nobody is named. `shares` add up to the
    amount to the fen; where the cell states no such split they are empty.
    """

    donor: str | None
    conduit: str | None
    shares: tuple[tuple[str, Money], ...]


def is_not_named(text: str) -> bool:
    """Tell whether a cell only says that the donor is not named (匿名, 爱心人士)."""
    return NOT_NAMED.fullmatch(folded(text)) is not None


def read_donors(text: str, amount: Money) -> Donors:
    """Read a donor's cell of a gift of `amount`; what is not said beyond doubt stays whole."""
    whole = text_of(text)
    conduit, given = _conduit(whole)
    shares = _shares(given, amount)
    if conduit is not None:
        named = ENDING.fullmatch(given)
        given = named["name"].strip() if named else given
    nobody = not given or is_not_named(given) or bool(conduit and ONLY_A_GIFT.fullmatch(given))
    return Donors(None if nobody else given, conduit, shares)


def _conduit(text: str) -> tuple[str | None, str]:
    """Tell who passed the gift on, and what the cell says of who gave it."""
    level = half_width(text).replace("[", "(").replace("]", ")")
    for rule in CONDUITS:
        found = rule.fullmatch(level)
        if found is not None and _is_whole(found["conduit"]):
            conduit, given = (text[slice(*found.span(part))] for part in ("conduit", "given"))
            return conduit.strip(" :："), given.strip(" :：")
    return None, text


def _is_whole(conduit: str) -> bool:
    """Tell whether a text is a name and not the start of a sentence, a list or a bracket."""
    return conduit.count("(") == conduit.count(")") and not re.search(r"[;；。,，:：\d]", conduit)


def _shares(text: str, amount: Money) -> tuple[tuple[str, Money], ...]:
    """Read a list in which each names its amount; () if one does not, or the sum is another."""
    parts = [part.strip() for part in LIST_MARK.split(half_width(text)) if part.strip()]
    found = [_share(part, amount.currency) for part in parts]
    shares = tuple(share for share in found if share is not None)
    whole = len(shares) == len(found) >= FEWEST_TO_SHARE
    return shares if whole and sum(s.minor for _, s in shares) == amount.minor else ()


def _share(part: str, currency: str) -> tuple[str, Money] | None:
    stated = SHARE.fullmatch(part)
    if stated is None:
        return None
    try:
        return stated["name"], read_amount(stated["amount"], Unit(currency))
    except CellUnreadable:
        return None
