"""What a row of a statement says of its trade: which way the money went, and whether it counts."""

from __future__ import annotations

import re

from api.imports.amounts import Unit, read_figure
from api.imports.cells import Cell, CellUnreadable, bare, shown
from api.imports.frames import Frame

STOPPED = re.compile(
    "关闭|退款|退回|失败|等待|未支付|待付|取消|撤销|closed|failed|refund|revoke|notpay|cancel"
)
NEITHER_WAY = ("不计", "中性", "其他")
OUTWARD, INWARD = ("支", "付", "出", "借"), ("收", "入", "贷")
LETTERS = {"d": "借", "dr": "借", "debit": "借", "out": "出", "c": "贷", "cr": "贷",
           "credit": "贷", "in": "入"}  # fmt: skip
WRONG_WAY = {"gifts": (*OUTWARD, *NEITHER_WAY), "payments": (*INWARD, *NEITHER_WAY)}
NO_GIFT = re.compile(
    "手续费|服务费|收费|退费|年费|工本费|退款|退票|退汇|冲正|冲账|抹账|撤销|提现|充值|理财|结息|利息"
    "|信用卡还款|转入零钱通|转出零钱通|零钱通转|零钱转|余额宝|fee|refund|withdraw"
)
"""Kinds of trade that are a fee, a refund, interest or the owner's own money."""
NO_GIFT_ALONE = re.compile(
    f"(账户|批量|自动|活期|个人|对公|收取|扣)*({NO_GIFT.pattern})(入账|收入|支出|费|转入|转出)*"
)


def flow_of(frame: Frame, row: int) -> str:
    """Return which way the row says its money went, letters as words; "" if it does not say."""
    if "flow" not in frame.layout.simple:
        return ""
    flow = bare(frame.role(row, "flow")).lower()
    return LETTERS.get(flow, flow)


def is_stopped(frame: Frame, row: int) -> bool:
    """Tell whether the row's state says that the trade was not completed, or was undone."""
    if "state" not in frame.layout.simple:
        return False
    return STOPPED.search(bare(frame.role(row, "state")).lower()) is not None


def why_no_trade(frame: Frame, row: int) -> str:
    """Return why the row's trade is none to record: not completed, refunded, a fee; "" if none."""
    if is_stopped(frame, row):
        state = bare(frame.role(row, "state")).lower()
        return f"交易没有完成：{state} (transaction not completed)"
    refunds = [cell for cell in frame.aside(row, "refund") if is_figure(cell, frame.unit)]
    if refunds:
        return f"这一笔有退款：{shown(refunds[0])} (refunded)"
    if not frame.is_statement:
        return ""
    trades = [text for text in map(bare, frame.aside(row, "trade")) if NO_GIFT.search(text.lower())]
    notes = map(bare, (frame.role(row, "note"), *frame.aside(row, "note")))
    trades += [text for text in notes if NO_GIFT_ALONE.fullmatch(text.lower())]
    return f"这一行是“{trades[0][:20]}” (a fee, refund, interest or own transfer)" if trades else ""


def is_figure(cell: Cell, unit: Unit) -> bool:
    """Tell whether a cell holds a figure other than zero."""
    try:
        return read_figure(cell, unit).minor != 0
    except CellUnreadable:
        return False
