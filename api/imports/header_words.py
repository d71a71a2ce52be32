"""What a column's header says the column holds: money, donor, payee, day, number and so on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from api.imports.amounts import CURRENCY, NAMED, Unit, find_unit
from api.imports.cells import folded

LONGEST_HEADER = 32
MONEY_LOOKED_FOR = "金额, 捐赠额, 捐款, 善款, 交易金额, amount"
"""Headers of a column of amounts, for the sentence that says none was found."""

PERSON = (
    "单位|个人|人|者|方|主体|企业|机构|团体|组织|姓名|名称|名字|户名|账户名|户主|公司|学校|家庭"
)
NOT_PARTY = "(?!数|次|均|式|向|案|法|民币)"
"""人数, 方式, 方向 and 人民币 begin like a party and name none."""
GIVING = (
    "捐赠|捐款|捐助|捐资|捐献|捐物|捐|认捐|赞助|出资|汇款|付款|缴款|交款|打款|来款|转账|汇出|爱心"
)
TAKING = (
    "受赠|受捐赠?|接[收受](?:捐赠|捐款|救助|资助)?|被?资助|收款|受助|受益|受援|受资助|拨付|拨入|划拨"
    "|拨款|支付|使用|发放|收受|领取|领用|领款|救助|支出|用款|帮扶|帮困|慰问|补助|转入"
)
MOVING = "捐赠|捐款|到账|到帐|交易|拨付|支付|支出|发放|入账|收款|付款|汇款"
ABOUT_PARTY = (
    "电话|手机|联系|证件|身份证|账号|帐号|卡号|邮箱|类型|性质|类别|方式|渠道|代码|开户|银行|税号"
    "|信用代码|职务"
)

TITLE = re.compile(
    "一览表|公示|公布|公告|名单|明细表|统计表|情况表|汇总表|信息表|登记表|台账|明细$|情况$"
    "|第.{1,4}期|^关于|报表|账单|单$|信息$"
)
LINE = re.compile(r"^(金额|货币|计量)?单位:|^币种:|:.*\d|\d{4}年\d")
"""A line above a table, such as `单位：元` or `日期：2020年1月30日`, which heads no column."""
NO_MONEY = re.compile(
    "余额|结余|手续费|服务费|费率|退款|退回|单价|税|笔数|人数|人次|户数|次数|数量|比例|利息"
    "|折扣|优惠|代金券|充值券|balance|fee|refund|unitprice|discount|quantity|(?<![a-z])(count|rate)"
)
MONEY = re.compile(
    "金额|数额|款额|捐赠额|捐款额|捐额|捐资额|资助额|支出额|拨付额|发生额|款数|钱数|现金$|捐款$|善款$"
    "|捐资$|资金$|款项?$|^收入$|^支出$|^[借贷]方$|^存入$|^支取$|^转[入出]$|^实收|^到账(数|款)?$|^人民币$|^外币$|amount|^sum$|^total$"
)
MONEY_HINT = re.compile(
    rf"额|款|现金|捐资|资金|收入|支出|实收|[借贷]方|存入|支取|转[入出]|到账|[币元圆数]|amount|sum|total|\([十百千万亿]|{NAMED}"
)
"""What every header of amounts has somewhere; a quick look before the full reading."""
IN_KIND = re.compile("折价|折款|价值|估值|估价|作价|物资|实物|物品|货物|市值|value")
STATED_UNIT = re.compile(r"[(\[]?(?:金额)?单位[:：][^()\]]*[)\]]?")
"""`(单位:元)`, taken off so that 单位 is not read as an organisation."""
CONVERTED = re.compile("大写|折合|折算|折人民币|折美元|equivalent")
RECEIVED = re.compile("到账|实收|实际|已收|实付|已付|实捐|应结|^记账金额")
WEAK_MONEY = re.compile(
    "累计|合计|总计|小计|共计|总额|总金额|认捐|承诺|协议|计划|预算|应收|应付|申请|标准|人均|每人|/人"
    "|pledge|total"
)
ROW_SUM = re.compile("合计|总计|共计|小计")
INCOMING = re.compile("收入|贷方|转入|存入|credit|income|received")
OUTGOING = re.compile(
    "支出|支取|借方|转出|付出|拨付|拨款|发放|资助|使用|救助|划拨|补助|慰问|debit|expense|spent|disbursed"
)
GOODS = re.compile(
    "(?<!商)品名|物品|物资|规格|型号|计量单位|数量|品种|货品|货物|件数|箱数|入库|单价|品牌|用品|产品|药品"
    "|quantity|qty|goods|unitprice|specification|^items?$"
)
MAKER = re.compile("(公司|厂|店|局|中心|医院|协会|集团)$")
"""The end of a name: 某医疗用品公司 is a donor, not a column of goods."""

WORDS_OF_ROLES = (
    ("", 0, "退款|费率|手续费|服务费|国家或地区简称"),
    ("currency", 2, "^记账(币种|货币)"),
    ("currency", 1, "币种|币别|货币|^currency"),
    (
        "flow",
        1,
        "^((收[/、]?[支付]|借[/、]?贷)(类型|标志|方向|标识|标记|状态)?|交易方向|资金方向)$",
    ),
    ("state", 1, "(交易|支付|订单|当前)?状态$|^(payment)?status$"),
    ("", 0, "修改时间|更新时间|创建时间|截止|打印|制表|审核|经办|update"),
    ("date", 4, f"({MOVING})(日期|日$)|^donationdate|^giftdate"),
    ("date", 3, "日期|年月日|(?<!candi)date"),
    ("date", 2, f"({MOVING}|发生)时间"),
    ("date", 1, "时间|^time(stamp)?$|^day$"),
    ("serial", 0, "^(商户|商家|外部|merchant).*(单号|流水号|编号|id|no)$"),
    ("serial", 3, "交易单号|交易订单号|transaction_?(id|no|number)|^交易编号|^交易号"),
    ("serial", 2, "流水号?|交易号|支付单号|order_?(id|no|number)|reference|^serial"),
    ("serial", 1, "订单号|凭证号|单号|trade_?no"),
    ("place", 2, "区划代码|地区代码|行政区划|^place_?code$|^area_?code$"),
    ("", 0, ABOUT_PARTY),
    ("place", 1, "地区|地址|省份|^省|城市|区县|^县|所在地|来源地|地点|区域|籍贯|住址|^国家"),
    ("place", 1, "^(place|region|province|city|address|location|country|county)$"),
    ("payee", 2, f"({TAKING})[/(或及和、]*({PERSON}|对象|医院|地区|部门){NOT_PARTY}"),
    ("payee", 1, "对象$|流向|去向|供应商|^to$|recipient|payee|beneficiary|grantee|vendor|supplier"),
    ("donor", 2, f"({GIVING})[/(或及和、:]*({PERSON}){NOT_PARTY}"),
    ("donor", 2, "donor|contributor|giver|payer|sender|remitter"),
    ("donor", 1, "^捐赠来源|^资金来源|^来源单位|^from$"),
    ("sequence", 1, r"^(编号|序|行号|序列号?|顺序号?|no\.?|num|number|#|id|seq(uence)?)$|序号"),
    ("purpose", 2, "用途|意向|定向|指定|使用方向|捐赠目的|捐向|^purpose|designation|^use$"),
    ("purpose", 1, "项目|事由|专项|^基金|program|project|campaign|^fund$"),
    ("note", 2, "备注|附言|留言|寄语|祝福|^注$|^notes?$|remark|memo|message|comment"),
    ("note", 1, "说明|摘要|注释|商品|description"),
    (
        "party",
        1,
        rf"^(({PERSON}|账户名称|昵称|对方|对手|交易对方|交易对手|收/?付款?(?=方|人)|收\(付\)款?(?=方|人)|客户|人员|会员|[/及和与或、()])+)$",
    ),
    ("party", 1, "(校友|员工|职工|教师|教工|学生|党员|村民|居民|社员|会员|干部)姓名$"),
    ("party", 1, "^(name|full_?name|organi[sz]ation|counterparty)$"),
)
"""Role, how sure the words are of it, and the words, in the order they are tried; "" is none."""
ANY_ROLE = re.compile("|".join(f"(?:{words})" for _, _, words in WORDS_OF_ROLES))
WORDS_ASIDE = (
    ("balance", "^(账户|账面|本次|当前|可用|交易后|联机|本次交易后)?(余额|结余)(金额)?$|^balance$"),
    ("refund", "^(成功)?退款(金额)?$|^refund(amount)?$"),
    ("trade", "^(交易|业务|账务|入账|帐务)?(类型|分类|种类)$|^业务名称$|^type$"),
)
"""Columns that say more of a row than what is recorded of it."""
ASIDE = tuple((role, re.compile(words)) for role, words in WORDS_ASIDE)
ROLES = tuple((role, rank, re.compile(words)) for role, rank, words in WORDS_OF_ROLES)


@dataclass(frozen=True, slots=True)
class Heading:
    """What one header cell says: a role, how surely, and for money the unit and direction."""

    role: str
    rank: int
    unit: Unit | None = None
    direction: str = ""
    sums: bool = False
    """Whether a column of amounts adds up other columns of its rows (合计)."""


def may_head(texts: Iterable[str]) -> bool:
    """Tell whether a row of texts is worth reading as a header of money or goods."""
    line = "\n".join(texts).casefold()
    return MONEY_HINT.search(line) is not None or GOODS.search(line) is not None


@lru_cache(maxsize=4096)
def read_heading(text: str) -> Heading | None:
    """Tell what a column so headed holds; None if it is no header word we know."""
    label = folded(text)
    words_only = 0 < len(label) <= LONGEST_HEADER and not LINE.search(label)
    if not words_only or TITLE.search(_outside_brackets(label)):
        return None
    unit = find_unit(label) or find_unit(text)
    if CURRENCY.fullmatch(label.strip("()")):
        return Heading("amount", 3, unit)
    plain = STATED_UNIT.sub("", label)
    return _read_money(plain, unit) or _read_role(plain)


def read_aside(text: str) -> str:
    """Tell whether a column holds the balance, refunds or the kind of trade; "" if neither."""
    label = _outside_brackets(folded(text))
    return next((role for role, words in ASIDE if words.search(label)), "")


def _read_role(label: str) -> Heading | None:
    if GOODS.search(label) and not MAKER.search(label):
        return Heading("goods", 1)
    if not ANY_ROLE.search(label):
        return None
    told = next(((role, rank) for role, rank, words in ROLES if words.search(label)))
    return Heading(*told) if told[0] else None


def _read_money(label: str, unit: Unit | None) -> Heading | None:
    outside = _outside_brackets(label)
    if NO_MONEY.search(label) or not (MONEY.search(outside) or unit is not None):
        return None
    if IN_KIND.search(label):
        return Heading("goods", 1)
    if CONVERTED.search(label):
        return Heading("converted", 1, unit)
    rank = 4 if RECEIVED.search(label) else 1 if WEAK_MONEY.search(label) else 3
    incoming, outgoing = INCOMING.search(label), OUTGOING.search(label)
    direction = "in" if incoming else "out" if outgoing else ""
    return Heading("amount", rank, unit, direction, sums=ROW_SUM.search(label) is not None)


def _outside_brackets(label: str) -> str:
    return re.sub(r"\([^()]*\)?|\[[^\]]*\]?|(?<=[一-鿿])[/:_-]$", "", label) or label
