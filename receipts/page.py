"""What a person reads on a receipt, as data, and the fixed words around it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from ledger.errors import Refused
from ledger.money import Money
from receipts.words import rmb_words


class Label(NamedTuple):
    """A name printed beside a value: Chinese first, English small below."""

    zh: str
    en: str


TITLE = Label("公益事业捐赠票据", "Receipt for a charitable donation")
SPECIMEN_TITLE = Label("公益事业捐赠票据（样张）", "Receipt for a charitable donation (specimen)")
WATERMARK = "样张 SPECIMEN"

CODE = Label("票据代码", "Code")
NUMBER = Label("票据号码", "Number")
CHECK_CODE = Label("校验码", "Check code")
ISSUED_ON = Label("开票日期", "Issued on")
PAYER = Label("捐赠人", "Donor")
RECIPIENT = Label("受赠单位", "Recipient")
RECIPIENT_USCC = Label("统一社会信用代码", "Credit code")
ITEM = Label("捐赠项目", "Item")
FUND = Label("资金", "Fund")
GIFT_ON = Label("受赠日期", "Received on")
HANDLER = Label("经手人", "Handled by")
AMOUNT = Label("捐赠金额", "Amount")
IN_WORDS = Label("大写", "in words")
IN_FIGURES = Label("小写", "in figures")
ORIGINAL = Label("原币", "original")
REMARK = Label("备注", "Remark")
ELIGIBILITY = Label("税前扣除", "Deduction")
SCAN = Label("扫码查验", "Scan to verify")
LOG_PROOF = Label("账本存证", "Log proof")
LOG_ORIGIN = Label("账本", "log")
LEAF = Label("序号", "leaf")
LOG_SIZE = Label("总数", "size")
EVENT_HASH = Label("事件摘要", "SHA-256")

NOT_STATE_FORM = Label(
    "本件由公开捐赠账本生成，不是财政部门监制的票据式样，不带财政票据监制章；"
    "证明文件附于本 PDF 内。",
    "Made from a public donation ledger. Not the fiscal authority's form; carries no supervision"
    " seal. Its proof is attached to this PDF.",
)
SPECIMEN_USE = Label(
    "样张仅供演示，不得用于入账或税前扣除。", "Specimen: not for booking or deduction."
)


class AmountNotInCny(Refused):
    """A receipt is booked in yuan; another currency belongs in `original`."""

    def __init__(self, amount: Money) -> None:
        super().__init__(f"a receipt's amount is in CNY, not {amount}: name that as the original")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Everything a person reads on one receipt (财综〔2024〕1号 art. 6; domain rules 3.2, 3.3)."""

    code: str
    number: str
    check_code: str
    issued_on: date
    payer: str
    recipient: str
    recipient_uscc: str
    gift_on: date
    item: str
    fund: str
    amount: Money
    original: str | None
    remark: str
    eligibility: str
    handler: str
    origin: str
    leaf: int
    log_size: int
    event_hash: str
    qr: str
    specimen: bool

    def __post_init__(self) -> None:
        """Refuse an amount that is not in yuan."""
        if self.amount.currency != "CNY":
            raise AmountNotInCny(self.amount)

    @property
    def title(self) -> Label:
        """The heading, which says when the receipt is only a specimen."""
        return SPECIMEN_TITLE if self.specimen else TITLE

    @property
    def amount_in_words(self) -> str:
        """The amount as 人民币 in capital words."""
        return rmb_words(self.amount.minor, prefixed=True)

    @property
    def amount_in_figures(self) -> str:
        """The amount as ¥ with thousands separators and two decimals."""
        yuan, fen = divmod(self.amount.minor, 100)
        return f"¥{yuan:,}.{fen:02d}"

    @property
    def proof(self) -> str:
        """Where the gift's event lies in the public log, and its digest."""
        return (
            f"{LOG_ORIGIN.zh} {self.origin}　{LEAF.zh} {LEAF.en} {self.leaf}　"
            f"{LOG_SIZE.zh} {LOG_SIZE.en} {self.log_size}　{EVENT_HASH.zh} {EVENT_HASH.en} "
            f"{self.event_hash}"
        )


def written_date(day: date) -> str:
    """Write a day as people in China do: 2026年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"
