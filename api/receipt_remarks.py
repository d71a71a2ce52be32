"""Words on a receipt beside its amounts: foreign money, parts of gifts, what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.domain.events import GiftReceived, GoodsReceived, ReceiptLine
from ledger.domain.receipt_life import Receipt
from ledger.domain.values import Exchange
from ledger.money import Money

PARTS_TOLD = 2
"""Foreign gifts of which a part is left that are named each; of more, their number is told."""


def original_words(given: Money | None, exchange: Exchange | None) -> str | None:
    """Say what was given in foreign money, and at which rate it was booked (domain rules 1.4)."""
    if given is None or exchange is None:
        return None
    return f"{given.currency} {given.decimal()} × {exchange.rate}/{exchange.quote_unit}"


def is_whole(said: ReceiptLine, booked: Money) -> bool:
    """Tell whether a line is about all that was booked: what it says, and what it withholds."""
    withheld = said.withheld.minor if said.withheld else 0
    return said.amount.minor + withheld == booked.minor


def original_of(said: ReceiptLine, gift: GiftReceived | GoodsReceived) -> str | None:
    """Say the foreign money of a line, which is that of the whole gift; None beside a part."""
    if isinstance(gift, GoodsReceived) or not is_whole(said, gift.booked):
        return None
    return original_words(gift.amount, gift.exchange)


def part_words(given: Money | None, exchange: Exchange | None, booked: Money) -> str:
    """Say of which foreign gift the receipt says the part that was not given back."""
    original = original_words(given, exchange)
    if original is None:
        return ""
    return f"原捐赠 {original}，折合 {booked.grouped()} 元，本票据为其中保留部分"


def parts_of(receipt: Receipt, gifts: Sequence[GiftReceived | GoodsReceived]) -> str:
    """Say of which foreign gifts the lines of a receipt are parts, in few words if they are many.

    A line that is about all of its gift has its foreign money beside it.
    """
    said = {line.gift: line for line in receipt.lines}
    parts = [
        part_words(gift.amount, gift.exchange, gift.booked)
        for gift in gifts
        if isinstance(gift, GiftReceived) and not is_whole(said[gift.originator_id], gift.booked)
    ]
    told = [words for words in parts if words]
    if len(told) > PARTS_TOLD:
        return f"{len(told)} 笔外币捐赠已部分退回，本票据为其中保留部分"
    return "；".join(told)


def fate_words(known: Receipt) -> str:
    """Say that a receipt is void, or that a paper one stands in its place, and by which number."""
    told = []
    if known.red:
        red = f"{known.red.code} {known.red.number}"
        told.append(f"已冲红，由红字票据 {red} 冲销 (void: reversed by red receipt {red})")
    if known.paper:
        paper = f"{known.paper.code} {known.paper.number}"
        told.append(f"已换开纸质票据 {paper} (exchanged for paper receipt {paper})")
    return "；".join(told)


def joined(*remarks: str) -> str:
    """Join remarks, leaving out the empty ones."""
    return "；".join(remark for remark in remarks if remark)
