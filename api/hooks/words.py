"""What pages and the command line call the states of hooks, and what receivers answer."""

from __future__ import annotations

from api.hooks import reaching
from ledger.store.hooks import ACTIVE, ASKED, CLOSED, GONE, PAUSED, SILENT, Hook

Pair = tuple[str, str]

FAILING = "failing"
STATES: dict[str, Pair] = {
    ACTIVE: ("正常", "works"),
    FAILING: ("送达失败，稍后重试", "fails, tried again later"),
    PAUSED: ("已暂停", "paused"),
}
WHY: dict[str, Pair] = {
    ASKED: ("由本单位暂停。", "Your organisation paused it."),
    SILENT: (
        "连续五天送达失败，已自动暂停；修好接收端后恢复，不会缺漏。",
        "It failed for five days and was paused; resume it when the receiver works, and nothing "
        "is missing.",
    ),
    GONE: (
        "接收端答复 410（不再接收），已自动暂停。",
        "The receiver answered 410 (gone), so it was paused.",
    ),
    CLOSED: (
        "负责此通知的账号已停用或不再有此职责；由另一账号恢复。",
        "The account that answers for it was closed or lost that role; another one may resume it.",
    ),
}
CAME: dict[str, Pair] = {
    reaching.FORBIDDEN: (
        "地址不在公共互联网上，未发送",
        "not sent: the address is not of the public internet",
    ),
    reaching.UNRESOLVED: ("主机名无法解析", "the name of the host can't be resolved"),
    reaching.UNREACHABLE: ("无法连接或连接中断", "no connection, or it broke off"),
    reaching.UNTRUSTED: ("证书不受信任", "its certificate is not trusted"),
    reaching.TOO_SLOW: ("超时", "too slow"),
}


def state_of(hook: Hook) -> str:
    """Return a hook's state: active, failing (active, and the last attempt failed), or paused."""
    return FAILING if hook.state == ACTIVE and hook.failures else hook.state


def came_words(what: str) -> Pair:
    """Say what came of a request: an HTTP status, or why there is none."""
    return CAME.get(what, (f"HTTP {what}", f"HTTP {what}"))
