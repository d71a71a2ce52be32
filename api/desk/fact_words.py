"""The words for what an event says, by the name of each thing in it."""

from __future__ import annotations

from collections.abc import Mapping

from api.desk.choices import CHOICES, Pair
from api.role_words import ROLES

FACTS: Mapping[str, Pair] = {
    "accepted_by": ("验收人", "Accepted by"),
    "accepted_on": ("验收日期", "Accepted on"),
    "agreement": ("协议摘要", "Digest of the agreement"),
    "allocation": ("拨付序号", "Allocation"),
    "amount": ("金额", "Amount"),
    "applicant_kind": ("申请类别", "Kind of applicant"),
    "approved_by": ("批准人", "Approved by"),
    "approved_on": ("批准日期", "Approved on"),
    "area": ("目标地区", "Target area"),
    "attempted": ("所试操作", "What was tried"),
    "attempted_by": ("操作人", "Who tried"),
    "authority": ("批准机关", "Authority"),
    "basis": ("依据", "Basis"),
    "benefit": ("回报", "Benefit"),
    "booked": ("入账金额", "Booked"),
    "claim": ("勾选编号", "Claim"),
    "closed_by": ("结账人", "Closed by"),
    "code": ("票据代码", "Code"),
    "construction": ("工程", "Construction"),
    "cost": ("总造价", "Cost"),
    "cost_class": ("费用类别", "Cost class"),
    "countersigned_by": ("会签人", "Countersigned by"),
    "credit": ("关联编号", "Credit"),
    "date_basis": ("日期依据", "Basis of the day"),
    "decided_by": ("决定人", "Decided by"),
    "disbursement": ("支出编号", "Disbursement"),
    "document": ("文件摘要", "Digest of the document"),
    "donor": ("捐赠人", "Donor"),
    "due_on": ("到期日", "Due on"),
    "effective": ("生效日", "Effective"),
    "eligible": ("具备资格", "Eligible"),
    "end": ("资金区间止", "End in the fund"),
    "entered_by": ("办理人", "Entered by"),
    "every": ("周期", "Every"),
    "evidence": ("凭证摘要", "Digest of the evidence"),
    "exchange": ("汇率", "Exchange"),
    "first": ("起号", "First"),
    "first_day": ("起始日", "First day"),
    "form": ("形式", "Form"),
    "from_fund": ("拨出资金", "From fund"),
    "fund": ("资金", "Fund"),
    "gift": ("捐赠编号", "Gift"),
    "gifts": ("捐赠编号", "Gifts"),
    "given_on": ("日期", "Day"),
    "ground": ("事由", "Ground"),
    "held": ("留存原因", "Kept on file"),
    "id": ("编号", "Id"),
    "issued_on": ("开票日期", "Issued on"),
    "item": ("品目", "Item"),
    "kind": ("类别", "Kind"),
    "last": ("止号", "Last"),
    "last_day": ("截止日", "Last day"),
    "left_over": ("剩余财产", "What is left over"),
    "level": ("级次", "Level"),
    "limit": ("限额", "Limit"),
    "lines": ("明细", "Lines"),
    "matched": ("配捐依据", "Matched"),
    "minutes": ("分钟", "Minutes"),
    "name": ("名称", "Name"),
    "new_money": ("新增资金", "New money"),
    "note": ("说明", "Note"),
    "notice": ("公告", "Notice"),
    "notice_date": ("公告日期", "Day of the notice"),
    "number": ("号码", "Number"),
    "officer": ("经办人", "Officer"),
    "organisation": ("机构", "Organisation"),
    "outcome": ("结果", "Outcome"),
    "paid_on": ("付款日期", "Paid on"),
    "paper": ("纸质票据", "Paper receipt"),
    "passed": ("通过", "Passed"),
    "payee": ("收款方", "Payee"),
    "payer": ("抬头", "Made out to"),
    "people": ("人数", "People"),
    "place": ("地区", "Place"),
    "plan": ("备案号", "Filing number"),
    "pledge": ("认捐编号", "Pledge"),
    "previous_every": ("原周期", "Every before"),
    "project": ("项目", "Project"),
    "proposed_by": ("申请人", "Proposed by"),
    "publish": ("公开", "Published"),
    "purpose": ("用途", "Purpose"),
    "quantity": ("数量", "Quantity"),
    "quote_unit": ("每", "Per"),
    "rate": ("汇率", "Rate"),
    "reason": ("原因", "Reason"),
    "received": ("到账", "Received"),
    "received_on": ("到账日期", "Received on"),
    "recipient": ("受托对象", "Recipient"),
    "recorded_by": ("登记人", "Recorded by"),
    "recovered_on": ("退回日期", "Came back on"),
    "red": ("红字票据", "Red receipt"),
    "replaced_by": ("改为", "Replaced by"),
    "replaces": ("替换", "Replaces"),
    "reversed_on": ("冲红日期", "Void since"),
    "role": ("角色", "Role"),
    "rule": ("规则", "Rule"),
    "_sd": ("密封信息的摘要", "Digests of what is sealed"),
    "sealed": ("密封信息的摘要", "Digests of what is sealed"),
    "shown": ("公开方式", "Shown as"),
    "size": ("账本条数", "Log size"),
    "source": ("来源", "Source"),
    "specimen": ("样张", "Specimen"),
    "start": ("资金区间起", "Start in the fund"),
    "submitted_by": ("报送人", "Submitted by"),
    "text": ("全文", "Text"),
    "thing": ("冠名对象", "Thing named"),
    "to_fund": ("拨入资金", "To fund"),
    "total": ("总额", "Total"),
    "unit": ("单位", "Unit"),
    "unused_max": ("未用上限", "Unused at most"),
    "value": ("价值", "Value"),
    "wish": ("意愿", "Wish"),
    "withdrawn_by": ("撤回人", "Withdrawn by"),
    "written": ("原文", "As written"),
    "year": ("年度", "Year"),
}
"""What has no words here is shown under its own name."""

CODED = frozenset(
    {
        "applicant_kind", "basis", "cost_class", "custody", "every", "form", "ground", "kind",
        "left_over", "level", "outcome", "previous_every", "reason", "shown", "thing", "wish",
    }
)  # fmt: skip
"""Things whose value is one of a few words, which the forms let choose from."""

DATE_BASES: Mapping[str, Pair] = {
    "row": ("名单中的日期", "The row of the list"),
    "sheet": ("名单的日期", "The day of the list"),
    "given": ("登记时填写", "Told when it was recorded"),
    "none": ("没有", "None"),
}


def words_of(path: str) -> Pair:
    """Return the words for a path such as `donor.id` or `lines.1.quantity`."""
    parts = [FACTS.get(part, (part, part)) for part in path.split(".")]
    return " · ".join(zh for zh, _ in parts), " · ".join(en for _, en in parts)


def value_words(name: str, value: object) -> Pair:
    """Return the words for what a thing is said to be; what has none is written as recorded."""
    plain = str(value)
    if isinstance(value, bool):
        return ("是", "Yes") if value else ("否", "No")
    if name == "date_basis":
        return DATE_BASES.get(plain, (plain, plain))
    if name == "role" or name.endswith("_by"):
        chinese, english = ROLES.get(plain, (plain, plain))
        return chinese, english.capitalize() if plain in ROLES else english
    return CHOICES.get(plain, (plain, plain)) if name in CODED else (plain, plain)
