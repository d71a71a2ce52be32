"""Tells a receipt's life in words: Chinese first, then English."""

from __future__ import annotations

from functools import singledispatch

from api.correction_words import REASONS
from ledger.domain.events import (
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    Event,
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptClaimed,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptMadeOut,
    ReceiptNumber,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.receipt_life import Receipt

KINDS = {"single": "单笔 single", "annual": "年度合并 annual", "joint": "联合（附名单） joint"}


def state_of(receipt: Receipt) -> dict[str, object]:
    """Return how a receipt stands now, as data."""
    return {
        "code": receipt.code,
        "number": receipt.number,
        "issuer": receipt.organisation,
        "kind": receipt.kind,
        "amount": receipt.amount.decimal(),
        "issued_on": receipt.issued_on.isoformat(),
        "gifts": list(receipt.gifts),
        "members": len(receipt.digests),
        "area": receipt.area,
        "held": receipt.held,
        "replaces": _name(receipt.replaces),
        "red": _name(receipt.red),
        "paper": _name(receipt.paper),
        "official": _name(receipt.official),
        "claims": len(receipt.claims),
        "open_notices": len(receipt.notices),
    }


def _name(number: ReceiptNumber | None) -> str | None:
    return f"{number.code} {number.number}" if number else None


@singledispatch
def life_words(event: Event) -> str:
    """Say in one sentence what a fact in a receipt's stream is."""
    raise NotImplementedError(f"no words for {event.TOPIC}")


@life_words.register
def _issued(event: ReceiptIssued) -> str:
    return f"开具，金额 {event.amount.grouped()} 元 (made out)"


@life_words.register
def _made_out(event: ReceiptMadeOut) -> str:
    said = [f"开具{KINDS[event.kind]}，{len(event.lines)} 笔，金额 {event.amount.grouped()} 元"]
    if event.replaces:
        said.append(f"取消并替代票据 {_name(event.replaces)} (cancels and replaces)")
    if event.held:
        said.append("留存备查 (kept on file)")
    return "；".join([*said, "(made out)"])


@life_words.register
def _reversed(event: ReceiptReversed) -> str:
    reason = REASONS.get(event.reason, event.reason)
    return f"以红字票据 {event.red_code} {event.red_number} 冲销，原因：{reason} (reversed)"


@life_words.register
def _red(event: RedReceiptMadeOut) -> str:
    reason = REASONS.get(event.reason, event.reason)
    return f"以红字票据 {_name(event.red)} 冲销，原因：{reason}；{event.note} (reversed)"


@life_words.register
def _exchanged(event: ReceiptExchanged) -> str:
    return f"换开纸质票据 {_name(event.paper)} (exchanged for paper)"


@life_words.register
def _taken_back(event: PaperTakenBack) -> str:
    return f"纸质票据 {_name(event.paper)} 收回作废 (paper taken back)"


@life_words.register
def _official(event: OfficialReceiptRecorded) -> str:
    return f"登记财政电子票据 {_name(event.official)} (official receipt recorded)"


@life_words.register
def _claimed(event: ReceiptClaimed) -> str:
    return f"{event.year} 年度税前扣除 {event.amount.grouped()} 元 (deducted), {event.claim}"


@life_words.register
def _released(event: ClaimReleased) -> str:
    return f"扣除登记撤回：{event.reason} (deduction released), {event.claim}"


@life_words.register
def _noticed(event: ClaimNoticeRaised) -> str:
    return (
        f"通知税务机关更正 {event.year} 年度扣除 {event.amount.grouped()} 元 "
        f"(the tax bureau is told), {event.claim}"
    )


@life_words.register
def _settled(event: ClaimNoticeSettled) -> str:
    return f"税务机关已处理：{event.outcome} (settled), {event.claim}"
