"""Operations on receipts: made out, exchanged for paper, waived, void."""

from __future__ import annotations

from typing import Literal

from api.operations.fields import Day, Id, MaybeWords, Words, titled
from api.operations.operation import Body, Operation, Request
from api.operations.reasons import PUBLIC_NOTE, REASON, Reason, correction
from ledger.application import Payer
from ledger.domain import events as facts
from ledger.domain.receipts import Asked
from ledger.errors import Refused
from projections import receipt_numbers

CODE = titled("票据代码", "Code", pattern=r"^[0-9]{8}$", examples=["23052126"])
NUMBER = titled("票据号码", "Number", pattern=r"^[0-9]{10}$", examples=["0000000007"])


class NewReceipt(Body):
    """A gift that a receipt is made out for."""

    gift: Id = titled("捐赠编号", "Gift")
    payer: MaybeWords = titled("抬头（空：捐赠人）", "Made out to (empty: donor)", default=None)
    address: MaybeWords = titled("地址", "Address", default=None)
    taxpayer: MaybeWords = titled("纳税人识别号", "Taxpayer number", default=None)
    area: MaybeWords = titled("目标脱贫地区说明", "Target area, in words", default=None)
    deductible: bool = titled("须可税前扣除，否则不开", "Only if it can be deducted", default=False)


def issue(request: Request, body: NewReceipt) -> None:
    """Make out a receipt; its page is printed when it is asked for."""
    payer = Payer(body.payer, body.address, body.taxpayer) if body.payer else None
    outcome = request.house.ledger.receipts.issue_receipts(
        request.charity, [body.gift], codes(request), request.today, body.area, payer,
        deductible=body.deductible,
    )[body.gift]  # fmt: skip
    if isinstance(outcome, Refused):
        raise outcome


def codes(request: Request) -> tuple[str, ...]:
    """Return the codes that the charity's numbers may come from."""
    request.house.runner.catch_up()
    return tuple(receipt_numbers.codes_of(request.house.runner, request.charity))


class WaivedReceipt(Body):
    """A gift whose donor takes no receipt."""

    gift: Id = titled("捐赠编号", "Gift")
    reason: Literal["anonymous", "declined"] = titled("原因", "Reason")


def waive(request: Request, body: WaivedReceipt) -> None:
    """Record that a donor takes no receipt."""
    request.house.ledger.receipts.waive(body.gift, body.reason)


class VoidReceipt(Body):
    """A receipt that is void, by a red one."""

    code: str = CODE
    number: str = NUMBER
    reason: Reason = REASON
    note: Words = PUBLIC_NOTE
    replace: bool = titled("按余额重新开具", "Make it out anew for what is left", default=False)


def reverse(request: Request, body: VoidReceipt) -> None:
    """Void a receipt by a red one, and make it out anew if that is asked."""
    receipts, why = request.house.ledger.receipts, correction(request, body)
    if body.replace:
        asked = Asked(issued_on=request.today)
        receipts.replace(body.code, body.number, codes(request), asked, why)
    else:
        receipts.reverse(body.code, body.number, codes(request), request.today, why)


class Exchanged(Body):
    """The paper receipt handed out in place of an electronic one."""

    code: str = CODE
    number: str = NUMBER
    paper_code: str = titled("纸质票据代码", "Code of the paper", pattern=r"^[0-9]{8}$")
    paper_number: str = titled("纸质票据号码", "Number of the paper", pattern=r"^[0-9]{10}$")


def exchange(request: Request, body: Exchanged) -> None:
    """Record that a paper receipt was handed out."""
    paper = (body.paper_code, body.paper_number)
    request.house.ledger.receipts.exchange(body.code, body.number, paper, request.today)


class PaperBack(Body):
    """A receipt whose paper came back."""

    code: str = CODE
    number: str = NUMBER


def paper_back(request: Request, body: PaperBack) -> None:
    """Record that the paper receipt came back and is void."""
    request.house.ledger.receipts.take_back(body.code, body.number, request.today)


class Official(Body):
    """The finance authority's own e-receipt for one of ours."""

    code: str = CODE
    number: str = NUMBER
    official_code: str = titled("财政电子票据代码", "Official code", pattern=r"^[0-9]{8}$")
    official_number: str = titled("财政电子票据号码", "Official number", pattern=r"^[0-9]{10}$")
    check_code: str = titled("校验码（不公开）", "Check code (sealed)", pattern=r"^[0-9A-Za-z]{6}$")
    issued_on: Day = titled("开票日期", "Day issued")


def record_official(request: Request, body: Official) -> None:
    """Record the finance authority's own e-receipt; its check code is sealed."""
    official = (body.official_code, body.official_number)
    request.house.ledger.receipts.record_official(
        body.code, body.number, official, body.check_code, body.issued_on
    )


OPERATIONS = (
    Operation("receipts", "issue", "开具票据", "Make out a receipt", facts.ReceiptMadeOut,
              NewReceipt, issue),
    Operation("receipts", "waive", "不领取票据", "No receipt wanted", facts.GiftReceiptWaived,
              WaivedReceipt, waive),
    Operation("receipts", "reverse", "开具红字票据", "Void a receipt", facts.RedReceiptMadeOut,
              VoidReceipt, reverse),
    Operation("receipts", "exchange", "换开纸质票据", "Exchange for paper",
              facts.ReceiptExchanged, Exchanged, exchange),
    Operation("receipts", "paper-back", "收回纸质票据", "Take paper back", facts.PaperTakenBack,
              PaperBack, paper_back),
    Operation("receipts", "official", "登记财政电子票据", "Record the official receipt",
              facts.OfficialReceiptRecorded, Official, record_official),
)  # fmt: skip
