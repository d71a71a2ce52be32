"""What a column's header says in a list of goods: the thing, how many, of which unit and worth."""

from __future__ import annotations

import re
from functools import lru_cache

from api.imports.amounts import find_unit
from api.imports.cells import folded
from api.imports.header_words import (
    LINE,
    LONGEST_HEADER,
    ROLES,
    STATED_UNIT,
    Heading,
)

GOODS_LOOKED_FOR = "品名, 物资名称, 规格, 数量"
"""Headers of a list of goods, for the sentence that says none was found."""

THING = "物资|物品|货物|货品|实物|用品|物料|产品|商品|药品|器材|器械|设备|食品|耗材"
ABOUT_THING = (
    "捐赠|捐献|捐助|捐|接收|接受|受赠|收到|入库|出库|发放|拨付|调拨|分配|使用|领用|赠送|援助|救援|救灾"
    "|防疫|抗疫|防控|防护|医疗|医用|生活|慰问|所|的|款及|疫情"
)
MOVING = "发往|收货|配送|分配|调拨|调往|调入|提货|领取|需求|申领|拨往|下发"
PLACE = "单位|对象|地点|地区|医院|机构|部门|人|方|学校|村"
NAMED_THING = "(?<!单位)(?<!企业)(?<!公司)(?<!机构)(?<!项目)(?<!活动)(?<!医院)(?<!账户)名称?"

ONLY_TITLE = re.compile("一览表|公示|公布|公告|统计表|情况表|汇总表|登记表|信息表|名单|台账")
NOT_OURS = re.compile(
    "单价|均价|价格|unit ?price|生产日期|有效期|保质期|失效|到期|余额|结余|结存"
    "|库存|剩余|余数|待发|未发|未到|厂家|厂商|生产(单位|企业|商)|制造商|供应商|供货|产地|品牌|商标|条码"
    "|条形码|批号|批次|批文|注册证|图片|照片|签[收字名章]|发货人|送货人|保管|库管|经办|审核|制[单表]人?|电话|联系|税"
    "|运费|体积|类型|类别|分类|比例|人数"
)
VALUE = (
    (3, "总价|总额|总金额|总值|金额合计|价值合计|合计金额|合计价值"),
    (2, "金额|价值|折价|折款|作价|估值|估价|市值|货值|货款|折算|折合|公允|^价款|value|amount"),
)
QUANTITY = (
    (4, "实[收发领捐到际].{0,2}(数量?|件数)$|数量[总合共]计|总数量|合计数量"),
    (1, "(应|拟|计划|申请|申领|需求|预计|认捐|承诺|批准|核定).{0,3}数"),
    (3, "数量|quantity|qty"),
    (2, "数目|^总?数$|^count$"),
    (1, "^.{0,4}[件箱盒包袋套瓶只台个份桶]数$|重量|净重|^weight"),
)
UNIT_OF_MEASURE = re.compile(
    "(计量|计数|计件|数量|包装|计价|物资|物品|规格|最小|基本)单位|量词|^uom$|unitofmeasure|^units?$"
)
SPECIFICATION = re.compile(
    "^.{0,4}(规格|型号|尺码|尺寸|规格[/及和、]?型号|型号[/及和、]?规格)(及?包装|参数|描述)?$"
    "|^spec(ification)?s?$|^model$|^size$"
)
ITEM = (
    (3, f"品名|(?:{THING}).{{0,2}}{NAMED_THING}$|item_?name|productname|goodsname"),
    (2, f"^(?:{ABOUT_THING})*(?:{THING})(?:明细|清单|内容|种类|品种)?$|^.{{0,6}}(?<!单位)货名$"),
    (2, "^(items?|goods|product|commodity|materials?|supplies|article)$"),
    (1, "^(捐赠|发放|接收|物资)?(品种|品类|种类|品目|内容|明细|清单)$|^(药品|货物)$"),
)
SELVES = {"名称": "name", "name": "name", "单位": "one-or-unit"}
"""Headers whose meaning the other columns decide."""
WITHIN_PARTY = re.compile(f"(?:{THING})(?=(?:{PLACE})|去向|流向|来源|接收|受赠|领用|捐赠)")
GENERIC = re.compile("^(医院|学校|部门|科室|街道|社区|乡镇|村名?|福利院|机构|网点)(名称?)?$")
MOVED_TO = re.compile(f"(?:{MOVING})(?:{PLACE})|接收医院|受捐|送往|发往")
BRACKETS = re.compile(r"\([^()]*\)?|\[[^\]]*\]?")


@lru_cache(maxsize=4096)
def read_goods_heading(text: str) -> Heading | None:
    """Tell what a column so headed holds in a list of goods; None if we know no such header."""
    label = folded(text)
    if not 0 < len(label) <= LONGEST_HEADER or LINE.search(label) or ONLY_TITLE.search(label):
        return None
    plain = BRACKETS.sub("", STATED_UNIT.sub("", label)).strip("/:*") or label.strip("()")
    if plain in SELVES:
        return Heading(SELVES[plain], 1)
    if NOT_OURS.search(plain):
        return None
    return _party(plain) or _measure(plain, label) or _thing(plain) or _other(plain)


def unit_in(text: str) -> str:
    """Return the unit a header of quantities states, as in 数量（箱）; "" if none."""
    label = folded(text)
    bracket = re.search(r"\((?:单位:)?([^()\d:]{1,6})\)", label)
    after = re.search(r"数量/([^\W\d]{1,3})$", label)
    stated = bracket or after
    return "" if stated is None or stated[1] in ("单位", "合计", "总计", "规格") else stated[1]


def _party(plain: str) -> Heading | None:
    name = WITHIN_PARTY.sub("", plain)
    if MOVED_TO.search(name):
        return Heading("payee", 2)
    if GENERIC.search(name):
        return Heading("party", 1)
    found = _first(name, ("donor", "payee"))
    return found if found and not re.search("[日时]期?$|时间|数量|规格", name) else None


def _measure(plain: str, label: str) -> Heading | None:
    if UNIT_OF_MEASURE.fullmatch(plain):
        return Heading("unit", 2)
    for rank, words in VALUE:
        if re.search(words, plain):
            return Heading("value", rank, find_unit(label))
    if re.fullmatch("合计|小计|总计|共计", plain) and (unit := find_unit(label)):
        return Heading("value", 1, unit)
    for rank, words in QUANTITY:
        if re.search(words, plain):
            return Heading("quantity", rank)
    return None


def _thing(plain: str) -> Heading | None:
    if SPECIFICATION.search(plain):
        return Heading("specification", 1)
    return next((Heading("item", rank) for rank, words in ITEM if re.search(words, plain)), None)


def _other(plain: str) -> Heading | None:
    found = _first(plain, None)
    return found if found and found.role not in ("", "flow", "state") else None


def _first(plain: str, roles: tuple[str, ...] | None) -> Heading | None:
    """Return the role that the words of lists of money have for the label, if it is wanted."""
    told = next(((role, rank) for role, rank, words in ROLES if words.search(plain)), None)
    return Heading(*told) if told and (roles is None or told[0] in roles) else None
