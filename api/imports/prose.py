"""Lines of a sheet that are no entries: totals, notes, signatures, titles and units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from api.imports.amounts import WORDS, Unit, find_unit
from api.imports.cells import Cell, folded, half_width, text_of
from api.imports.dates import is_date_alone, serial_date

TOTAL_WORDS = "合计|总计|小计|累计|共计|总额|总数|总和|总金额|sub-?total|grandtotal|total|sum"
ABOUT_TOTAL = (
    "本页|本日|当日|今日|本周|本期|本月|本年|本表|本次|以上|以下|全部|各项|捐款|捐赠|善款|金额|资金|现金"
    "|款项|收入|支出|拨付|单位|个人|企业|社会|定向|非定向|人民币|美元|港币|外币|转账|接收|接受|收到|总"
    "|第?[0-9一二三四五六七八九十]{1,4}[年月日页期部分]+|the|:"
)
AFTER_TOTAL = (
    r"[\d,.:¥$()\[\]/、+元万亿圆整人民币美港数金额捐款赠笔次户位名个页条项大写小共计]*|\([^()]*\):?"
)
TOTAL = re.compile(f"(?:截[至止].{{1,12}})?(?:{ABOUT_TOTAL})*(?:{TOTAL_WORDS})(?:{AFTER_TOTAL})")
TOTAL_HINT = re.compile("[计总额数和页余转结]|total|sum", re.IGNORECASE)
TOTAL_SIGN = re.compile("[计总额数和页余转结tTsSſ]")
"""What every `TOTAL_HINT` begins with: the quickest look."""
PART_TOTAL = re.compile("小计|累计|本页|sub")
CARRIED = re.compile(
    "承前页|承前余额|过次页|上页结转|转下页|(期初|上期|上年|上日|期末|本期)(余额|结余|结转)"
)
NOTE = re.compile(
    r"^(附?注|备注|说明|附件|制[表单]人?|填[表报]人?|审[核批]人?|复核人?|经[办手]人?|证明人|监督人|(单位)?负责人|主管|会计"
    r"|出纳|盖章|签[字章名]|联系(人|电话|方式)|((监督|咨询)?电话)|热线|网址|地址|邮编|开户行|账号"
    r"|(制表|打印)?(日期|时间)|(填报|制表|金额)?单位|币种"
    r"|note|remark|prepared ?by|approved ?by|signature|date)\s*\d*\s*[:：.、]",
    re.IGNORECASE,
)
NOTE_WORDS = re.compile(
    r"^[(（]?(注[0-9 ]|以上(为|是|数据|名单|信息)|特此公[示告]|第.{1,4}页|共.{1,4}页|续表|续上表"
    r"|接上[页表]|下[页接]|截[至止].*\d|page ?\d)"
    r"|一览表|公示|明细表|统计表|公布表|汇总表|情况表"
)
SEAL = re.compile("[(（]?(盖章|公章|签章|签字|签名)[)）]?[:：]?")
UNIT_LINE = re.compile(r"(?:单位|币种|货币)\s*[:：为]?\s*([^\s,，。;；]{1,10})")
ALONE = re.compile(r"[(\[][^()]{1,8}[)\]]")
AT_END = re.compile(r"\([^()]{2,6}\)$")
"""The unit at the end of a title: 捐赠收入(万元), 境外捐款(美元)."""
NUMBERED = ("(十)", "[十]")
"""The tenth list, and no unit of ten."""
SECTION = re.compile(r"^([(（]?[一二三四五六七八九十]{1,3}[)）]?[、.．])")
CONTACT = re.compile(
    "(?:咨询|监督|举报|投诉|联系|服务|办公|查询|公示|捐[赠款])*(?:电话|热线|手机|传真|邮编|邮政编码|[账帐]号)(?:号码)?:?"
)
CONTACT_SIGN = re.compile("[话线机传编号]")
"""What every `CONTACT` has somewhere; a quick look before the full reading."""
NAMED_TOTAL = re.compile(f".+(?:合计|小计|总计|共计)(?:{AFTER_TOTAL})")
"""A total named after what it sums up: 财务部小计, 城关镇合计."""
OF_WHICH = re.compile("^其中(?:[:：]|$)")
MARKED = re.compile(r"\s*[#＃*=—-]")
COMMENT = re.compile("#+[^#]|[#＃*=—-]{4,}")
SUMMED = re.compile(r"[^\d\s]{0,8}?总?(笔数|单数|金额|额)(\(.*\))?")
"""总交易单数, 应结订单总金额: the heads of the totals below a service's statement."""
FEWEST_SUMMED = 3


def is_total(cells: Iterable[Cell]) -> bool:
    """Tell whether a row says by a label, spaced or not, that it sums up others."""
    return any(TOTAL.fullmatch(label) or CARRIED.match(label) for label in _labels(cells))


def is_part_total(cells: Iterable[Cell]) -> bool:
    """Tell whether the total may cover less or more than its table: 小计, 本页, 累计."""
    labels = [label for label in _labels(cells) if TOTAL.fullmatch(label) or CARRIED.match(label)]
    return any(PART_TOTAL.search(label) or CARRIED.match(label) for label in labels)


def _labels(cells: Iterable[Cell]) -> list[str]:
    texts = (
        folded(cell).strip("'’:")
        for cell in cells
        if isinstance(cell, str) and TOTAL_SIGN.search(cell) and TOTAL_HINT.search(cell)
    )
    return [text for text in texts if len(text) <= 40]  # noqa: PLR2004 a label, no prose


def is_note(cells: Sequence[Cell]) -> bool:
    """Tell whether a row without an amount is a note, signature, title or date, not an entry."""
    texts = [text for text in map(text_of, cells) if text]
    if NOTE.match(texts[0]) or (len(texts) == 1 and NOTE_WORDS.search(texts[0])):
        return True
    if any(map(SEAL.fullmatch, texts)):
        return True
    return len(texts) == 1 and (is_date_alone(texts[0]) or SECTION.match(texts[0]) is not None)


def is_comment(cells: Sequence[Cell]) -> bool:
    """Tell whether a row is a line a program writes around its table, such as `#收入合计：5笔`."""
    first = next((cell for cell in cells if cell != ""), "")
    if not isinstance(first, str) or not MARKED.match(first):
        return False
    texts = [text for text in map(text_of, cells) if text]
    return len(texts) == 1 and COMMENT.match(texts[0]) is not None


def is_summary(cells: Sequence[Cell]) -> bool:
    """Tell whether a row heads the totals of a statement; the row below it holds them."""
    for cell in cells:
        if isinstance(cell, str) and "总" in cell:
            break
    else:
        return False
    texts = [text for cell in cells if (text := folded(cell))]
    return len(texts) >= FEWEST_SUMMED and all(map(SUMMED.fullmatch, texts))


def is_of_which(text: str) -> bool:
    """Tell whether a line only breaks up the amount of the line above it (其中：)."""
    return OF_WHICH.match(text) is not None


def is_contact(text: str) -> bool:
    """Tell whether a text only says what the number beside it is: a telephone, an account."""
    return CONTACT_SIGN.search(text) is not None and CONTACT.fullmatch(folded(text)) is not None


def names_total(text: str) -> bool:
    """Tell whether a text in place of a name ends as totals of departments or towns do."""
    return "计" in text and NAMED_TOTAL.fullmatch(folded(text)) is not None


def unit_line(texts: Iterable[str]) -> Unit | None:
    """Find the unit a line above a table states, such as `单位：万元` or `（美元）`."""
    for text in texts:
        stated = UNIT_LINE.search(text)
        line = half_width(text).strip()
        alone = ALONE.fullmatch(line)
        ending = AT_END.search(line)
        in_title = ending and WORDS.fullmatch(ending[0].strip("()").lower())
        bracket = alone or (ending if in_title else None)
        found = stated[1] if stated else bracket[0] if bracket else ""
        unit = find_unit(found) if found not in NUMBERED else None
        if unit is not None:
            return unit
    return None


def line_of(cells: Sequence[Cell]) -> str:
    """Return a row as one line; a lone number that can only be a day is written as that day."""
    filled = [cell for cell in cells if cell != ""]
    if len(filled) == 1 and (day := serial_date(filled[0])) is not None:
        return day.isoformat()
    return " ".join(text for text in map(text_of, filled) if text)
