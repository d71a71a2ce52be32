"""The fixed words on a receipt: Chinese first, English second."""

from __future__ import annotations

from typing import NamedTuple


class Label(NamedTuple):
    """A name printed beside a value: Chinese first, English small below."""

    zh: str
    en: str


TITLE = Label("公益事业捐赠票据", "Receipt for a charitable donation")
RED = Label("红字", "red")
COPY = Label("副本", "COPY")
SPECIMEN = Label("样张", "SPECIMEN")
VOID = Label("已冲红", "VOID")
EXCHANGED = Label("已换开纸质票据", "EXCHANGED")

CODE = Label("票据代码", "Code")
NUMBER = Label("票据号码", "Number")
CHECK_CODE = Label("校验码", "Check code")
ISSUED_ON = Label("开票日期", "Issued on")
PAYER = Label("捐赠人", "Donor")
PAYER_USCC = Label("捐赠人证件代码", "Donor's code")
PAYER_ADDRESS = Label("捐赠人地址", "Donor's address")
RECIPIENT = Label("受赠单位", "Recipient")
RECIPIENT_USCC = Label("统一社会信用代码", "Credit code")
FUND = Label("资金", "Fund")
GIFT_ON = Label("受赠日期", "Received on")
HANDLER = Label("经手人", "Handled by")
AREA = Label("用途地", "Target area")
ITEM_CODE = Label("项目编码", "Code")
ITEM_NAME = Label("项目名称", "Item")
UNIT = Label("单位", "Unit")
QUANTITY = Label("数量", "Quantity")
STANDARD = Label("标准", "Standard")
LINE_AMOUNT = Label("金额", "CNY")
LINE_DAY = Label("受赠日期", "Received")
REST = Label("其余", "further lines, listed in the attachment")
AMOUNT = Label("捐赠金额", "Amount")
IN_WORDS = Label("大写", "in words")
IN_FIGURES = Label("小写", "in figures")
ORIGINAL = Label("原币", "original")
MEMBERS = Label("捐赠名单", "Members")
MEMBERS_ATTACHED = Label("名单见附件", "list in the attachment")
REMARK = Label("备注", "Remark")
OTHER = Label("其他信息", "Further")
WITHHELD = Label("赞助部分不在本票据金额内", "sponsorship, not receipted")
OFFICIAL = Label("财政电子票据", "fiscal e-receipt")
ELIGIBILITY = Label("税前扣除", "Deduction")
SCAN = Label("扫码查验", "Scan to verify")
SCAN_REVERSED = Label("原票据，扫码查验", "Scan: the one reversed")
LOG_PROOF = Label("账本存证", "Log proof")
LOG_ORIGIN = Label("账本", "log")
FOLLOW = Label("捐赠去向", "Where it went")
LEAF = Label("序号", "leaf")
LOG_SIZE = Label("总数", "size")
EVENT_HASH = Label("事件摘要", "SHA-256")
REPLACES = Label("冲销并替代票据", "cancels and replaces No.")
REVERSES = Label("本红字票据冲销票据", "red receipt, reverses No.")

NOT_STATE_FORM = Label(
    "本件由公开捐赠账本生成，不是财政部门监制的票据式样，不带财政票据监制章；"
    "证明文件附于本 PDF 内。",
    "Made from a public donation ledger. Not the fiscal authority's form; carries no supervision"
    " seal. Its proof is attached to this PDF.",
)
SPECIMEN_USE = Label(
    "样张仅供演示，不得用于入账或税前扣除。", "Specimen: not for booking or deduction."
)

ALWAYS = (
    TITLE, CODE, NUMBER, CHECK_CODE, ISSUED_ON, PAYER, RECIPIENT, RECIPIENT_USCC, FUND, GIFT_ON,
    HANDLER, ITEM_CODE, ITEM_NAME, UNIT, QUANTITY, STANDARD, LINE_AMOUNT, AMOUNT, IN_WORDS,
    IN_FIGURES, REMARK, ELIGIBILITY, SCAN, LOG_PROOF, LOG_ORIGIN, LEAF, LOG_SIZE, EVENT_HASH,
    NOT_STATE_FORM,
)  # fmt: skip
"""What stands on every receipt."""
