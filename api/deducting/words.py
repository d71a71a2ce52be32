"""The words of each step and form row, Chinese first, then English."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ledger.domain.deduction.steps import Figure, Step
from ledger.money import Money

SAYS: Mapping[str, tuple[str, str]] = {
    "gift_full": (
        "{day} 捐赠 {gift} 计 {amount} 元：全额扣除。{reason_zh}。",
        "Gift {gift} of {day}, {amount}: deducted in full. {reason}.",
    ),
    "gift_limited": (
        "{day} 捐赠 {gift} 计 {amount} 元：限额扣除。{reason_zh}。",
        "Gift {gift} of {day}, {amount}: deducted inside the limit. {reason}.",
    ),
    "gift_none": (
        "{day} 捐赠 {gift} 计 {amount} 元：不得扣除。{reason_zh}。",
        "Gift {gift} of {day}, {amount}: never deductible. {reason}.",
    ),
    "founder_waits": (
        "注册资金捐赠 {gift} 计 {amount} 元：{year} 年先调增，{deduct_year} 年扣除。",
        "Founder's gift {gift}, {amount}: added back in {year}, deducted in {deduct_year}.",
    ),
    "limit": (
        "{year} 年限额：会计利润 {profit} 元 × {rate} = {limit} 元（四舍五入到分）。",
        "Limit of {year}: accounting profit {profit} x {rate} = {limit}, half a fen going up.",
    ),
    "no_limit": (
        "{year} 年会计利润 {profit} 元，不大于零：限额为 {limit} 元。",
        "Accounting profit of {year} is {profit}, not above zero: the limit is {limit}.",
    ),
    "claimed_back": (
        "{gift_year} 年尚未扣除的扶贫捐赠 {amount} 元，在 {year} 年全额扣除。",
        "What was not yet deducted of the poverty gifts of {gift_year}, {amount}, is deducted in "
        "full in {year}.",
    ),
    "full": (
        "{year} 年全额扣除 {amount} 元，不占限额。",
        "Deducted in full in {year}: {amount}, outside the limit.",
    ),
    "used_earlier": (
        "先用以前年度结转：{gift_year} 年余额 {carried} 元，本年扣除 {amount} 元，"
        "限额还余 {room} 元。",
        "Carried amounts first: of the {carried} left of {gift_year}, {amount} is deducted; "
        "{room} of the limit is left.",
    ),
    "used_now": (
        "再用本年限额捐赠：{limited} 元，可用限额 {room} 元，扣除 {amount} 元。",
        "Then this year's limited gifts: {limited} against {room} of the limit, {amount} is "
        "deducted.",
    ),
    "used_only": (
        "本年限额捐赠 {limited} 元，限额 {room} 元，扣除 {amount} 元。",
        "This year's limited gifts: {limited} against a limit of {room}, {amount} is deducted.",
    ),
    "lost_at_once": (
        "超过限额的 {amount} 元不得结转（2016 年 9 月 1 日以前的捐赠）。",
        "{amount} above the limit can't be carried: the gifts were made before carry-forward.",
    ),
    "expired": (
        "{gift_year} 年捐赠的结转期到 {year} 年为止：{amount} 元不再扣除。",
        "The time of the gifts of {gift_year} ends with {year}: {amount} is lost.",
    ),
    "carried_out": (
        "{gift_year} 年捐赠余 {amount} 元，结转以后年度，最迟 {last_year} 年扣除。",
        "{amount} of the gifts of {gift_year} is carried on, to be used by {last_year}.",
    ),
    "deducted": (
        "{year} 年扣除合计：全额 {full} + 结转 {earlier} + 本年 {now} = {amount} 元。",
        "Deducted in {year}: full {full} + carried {earlier} + current {now} = {amount}.",
    ),
    "add_back": (
        "{year} 年纳税调增 {amount} 元，其中永不扣除 {never} 元。",
        "Added back in {year}: {amount}; {never} of it is never deductible.",
    ),
    "subtract": (
        "{year} 年纳税调减 {amount} 元。",
        "Subtracted in {year}: {amount}.",
    ),
    "adds_up": (
        "核对：捐赠 {given} + 上年结转 {carried_in} = 扣除 {deducted} + 结转 {carried_out} + "
        "过期 {expired} + 永不扣除 {never}。",
        "Check: given {given} + carried in {carried_in} = deducted {deducted} + carried out "
        "{carried_out} + expired {expired} + never deductible {never}.",
    ),
    "receipt_came": (
        "捐赠 {gift} 先凭银行凭证：票据 {came} 取得，期限 {due}（{days} 日内）。",
        "Gift {gift} stood on a bank slip: the receipt came on {came}, due by {due} ({days} days).",
    ),
    "receipt_awaited": (
        "捐赠 {gift} 暂凭银行凭证：票据应在 {due} 以前（{days} 日内）补交。",
        "Gift {gift} stands on a bank slip: the receipt is due by {due} ({days} days).",
    ),
    "person_limit": (
        "所得 {income} 限额：捐赠前应纳税所得额 {taxable} 元 × {rate} = {limit} 元"
        "（四舍五入到分）。",
        "Limit of income {income}: taxable income before gifts {taxable} x {rate} = {limit}, "
        "half a fen going up.",
    ),
    "deemed_income": (
        "所得 {income} 核定征收（{taxable} 元）：不扣除捐赠。",
        "Income {income} is assessed by estimate ({taxable}): no gift is deducted.",
    ),
    "applied_full": (
        "捐赠 {gift} 在所得 {income} 中全额扣除 {amount} 元。",
        "Gift {gift} is deducted from income {income} in full: {amount}.",
    ),
    "applied_limited": (
        "捐赠 {gift} 在所得 {income} 限额内扣除 {amount} 元。",
        "Gift {gift} is deducted from income {income} inside its limit: {amount}.",
    ),
    "hindered_other_year": (
        "捐赠 {gift} 不属于本年，不在所得 {income} 中扣除。",
        "Gift {gift} is of another year; income {income} takes nothing.",
    ),
    "hindered_deemed": (
        "所得 {income} 核定征收，捐赠 {gift} 不扣除。",
        "Income {income} is assessed by estimate; gift {gift} is not deducted.",
    ),
    "hindered_other_month": (
        "所得 {income} 不在捐赠 {gift} 的当月，不扣除。",
        "Income {income} is not of the month of gift {gift}; nothing is deducted.",
    ),
    "hindered_not_deductible": (
        "捐赠 {gift} 不符合条件，不在所得 {income} 中扣除。",
        "Gift {gift} is not deductible; income {income} takes nothing.",
    ),
    "hindered_nothing_left": (
        "捐赠 {gift} 或所得 {income} 的限额已用完。",
        "Gift {gift}, or what income {income} may take, is used up.",
    ),
    "person_deducted": ("全年扣除合计 {amount} 元。", "Deducted in the year: {amount}."),
    "person_lost": (
        "未能扣除的 {amount} 元不得结转。",
        "What could not be deducted, {amount}, is lost: a person carries nothing forward.",
    ),
    "taxable_after": (
        "所得 {income} 扣除后应纳税所得额：{before} − {deducted} = {amount} 元。",
        "Taxable income {income} after gifts: {before} - {deducted} = {amount}.",
    ),
    "tax_before": (
        "捐赠前综合所得税额：{taxable} × {rate} − {quick} = {amount} 元。",
        "Tax on comprehensive income before gifts: {taxable} x {rate} - {quick} = {amount}.",
    ),
    "tax_after": (
        "捐赠后综合所得税额：{taxable} × {rate} − {quick} = {amount} 元。",
        "Tax on comprehensive income after gifts: {taxable} x {rate} - {quick} = {amount}.",
    ),
}

REASONS: Mapping[str, str] = {
    "12 per cent with three-year carry-forward": "年度利润总额 12% 以内，超过部分结转三年",
    "12 per cent, no carry-forward": "年度利润总额 12% 以内，不得结转",
    "30 per cent of the taxable income": "应纳税所得额 30% 以内",
    "poverty gift in the policy window, receipt names the area": (
        "政策期内扶贫捐赠，票据注明目标脱贫地区"
    ),
    "poverty gift of 2015 to 2018, the part not yet deducted": (
        "2015 至 2018 年扶贫捐赠尚未扣除的部分"
    ),
    "epidemic gift in the policy window": "政策期内疫情防控捐赠",
    "epidemic goods straight to a designated hospital, acceptance letter": (
        "直接向承担疫情防治任务的医院捐赠物品，有捐赠接收函"
    ),
    "founder's gift, deducted in first eligible year": "注册资金捐赠，在首次取得资格的年度扣除",
    "receipt does not name the target area": "票据未注明目标脱贫地区",
    "benefit in return: sponsorship, not a gift": "有回报，属于赞助支出，不是捐赠",
    "not through an eligible organisation or county-level government": (
        "未通过有资格的公益性社会组织或县级以上人民政府及其部门"
    ),
    "direct hospital gift other than goods with an acceptance letter": (
        "直接向医院捐赠只限物品并凭捐赠接收函"
    ),
    "organisation not eligible on the gift date": "捐赠之日受赠组织没有公益性捐赠税前扣除资格",
    "no donation receipt": "没有公益事业捐赠票据",
    "no donation receipt within the days allowed": "未在规定期限内取得捐赠票据",
    "gift to Red Cross work": "向红十字事业的捐赠",
    "gift to public youth activity places": "向公益性青少年活动场所的捐赠",
    "gift to welfare and non-profit homes for the old": "向福利性、非营利性老年服务机构的捐赠",
    "gift to rural compulsory education": "向农村义务教育的捐赠",
    "gift to education": "向教育事业的捐赠",
    "gift to a foundation on a closed list": "向名单内基金会的捐赠",
    "stated to be fully deductible; the list it stands on is for the giver to name": (
        "申报为全额扣除，依据由捐赠人指明"
    ),
}
"""Reasons of the rules of this release; those of other tables stand as they are written."""

ROWS: Mapping[str, tuple[str, str]] = {
    "non_public": ("非公益性捐赠", "non-public"),
    "full": ("全额扣除", "in full"),
    "full_poverty": ("其中：扶贫捐赠", "of which poverty"),
    "earlier": ("限额扣除 {year} 年度", "limited {year}"),
    "current": ("限额扣除 本年 {year} 年度", "limited, this year"),
    "total": ("合计", "total"),
    "poverty_since_2015": ("附列资料：2015 年度以来扶贫捐赠", "poverty since 2015"),
}

COLUMNS = (
    "账载金额", "以前年度结转可扣除的捐赠额", "按税收规定计算的扣除限额", "税收金额",
    "纳税调增金额", "纳税调减金额", "可结转以后年度扣除的捐赠额",
)  # fmt: skip


def says(step: Step) -> str:
    """Return the sentence of a step, Chinese and then English, amounts in groups of three."""
    figures = {name: _figure(name, value) for name, value in step.figures.items()}
    reason = figures.get("reason", "")
    chinese, english = SAYS[step.kind]
    figures["reason_zh"] = REASONS.get(reason, reason)
    return f"{chinese.format_map(figures)} {english.format_map(figures)}"


def row_name(kind: str, year: int) -> str:
    """Return the name of a row of the form."""
    return " ".join(ROWS[kind]).format(year=year)


def _figure(name: str, value: Figure) -> str:
    if isinstance(value, Money):
        return value.grouped()
    if name == "rate":
        return f"{(Decimal(str(value)) * 100).normalize():f} %"
    return str(value)
