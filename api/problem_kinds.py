"""The kinds of problems that the portal answers with: name, status, titles, and what to do then."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of problem: its stable name, status and titles; `detail` replaces the error's own.

    `advice` tells people in Chinese and in English what it means for them and what they can do.
    """

    name: str
    status: int
    title: str
    chinese: str
    advice: Pair
    detail: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


OURS = (
    "问题在我们这边，您的请求没有错。请过一会儿再试。",
    "The trouble is on our side and not with what you asked. Please try again later.",
)
LOST = (
    "请核对网址或编号是否完整；刚刚记录的内容要等账本公布后才能查到。"
    "查不到只说明这里没有，不说明别的。",
    "Please check that the address or id is complete; what was recorded just now appears once it "
    "is published. “Not found” says only that it is not here.",
)
LATER = {"Retry-After": "10"}

UNREACHABLE = Problem(
    "unavailable", 503, "The ledger can't be reached right now", "账本暂时无法访问", OURS,
    "the database does not answer; nothing is wrong with your request, try again soon", LATER,
)  # fmt: skip
NO_LOG = Problem(
    "log-unavailable", 503, "The published log can't be read right now", "公开账本暂时无法读取",
    OURS,
    "where the log lies does not answer; nothing is wrong with your request, try again soon",
    LATER,
)  # fmt: skip
NOT_READY = Problem(
    "not-ready", 503, "The ledger is not ready yet", "账本尚未就绪",
    ("账本正在整理刚刚记录的内容，数据没有丢失。请过一会儿再试。",
     "The ledger is still taking in what was just recorded; nothing is lost. Try again soon."),
)  # fmt: skip
REFUSED = Problem(
    "refused", 409, "A rule of the ledger says no", "账本规则不允许",
    ("按账本的规则，这件事不能这样办，因此什么都没有记录。请照说明改正后再试；"
     "对规则有疑问，请联系办理的慈善组织。",
     "By the ledger's rules this can't be done this way, so nothing was recorded. Put right what "
     "is said below and try again; ask the charity if the rule itself is unclear."),
)  # fmt: skip
UNKNOWN = Problem("unknown", 404, "Nothing is known under that name", "账本中没有这一项", LOST)
UNTRUSTED = Problem(
    "untrusted", 422, "Evidence does not check out", "证据核对不上",
    ("提交的文件或签名与账本对不上。请重新取得原始文件再试；查验票据时，"
     "请以账本和票据两边都核对一致为准。",
     "The file or signature that was sent does not agree with the ledger. Get the original file "
     "and try again; rely on a receipt only if ledger and receipt agree."),
)  # fmt: skip
UNREADABLE = Problem(
    "unreadable", 400, "The request can't be understood", "无法理解这个请求",
    ("有一项填写的内容或网址中的参数读不懂，什么都没有记录。请照说明核对格式"
     "（日期如 2026-11-22，金额如 100.00）后再试。",
     "Something that was filled in, or a parameter of the address, can't be read; nothing was "
     "recorded. Check its form (a day is 2026-11-22, an amount 100.00) and try again."),
)  # fmt: skip
NO_SUCH_ADDRESS = Problem(
    "no-such-address", 404, "There is no such address here", "没有这个网址", LOST,
    "there is nothing at this address; the front page leads to all that is shown",
)  # fmt: skip
METHOD = Problem(
    "method", 405, "This address does not take that method", "此网址不接受这种请求方法",
    ("这个网址不能这样使用。请从首页进入要找的页面，用页面上的按钮办理。",
     "This address can't be used that way. Find the page from the front page and use its buttons."),
    "ask with one of the methods that the Allow header names",
)  # fmt: skip
FAULT = Problem(
    "fault", 500, "A fault of ours", "系统内部错误",
    ("系统出了差错，已经记入我们的日志。请过一会儿再试；若是正在办理的事项，"
     "请先查看是否已经记录，再决定是否重办。",
     "Something of ours went wrong, and our log has it. Try again later; if you were recording "
     "something, look first whether it is there already."),
    "the fault is ours and was written to the server's log",
)  # fmt: skip

NOT_PERMITTED = Problem(
    "not-permitted", 403, "This account may not do that", "此账户无权办理",
    ("您的账户没有办理这件事的角色，或这件事属于别的单位。请由有权的同事办理，"
     "或请本单位管理员授予角色。",
     "Your account has no role for this, or it is another organisation's. Have a colleague who "
     "may do it do so, or ask your administrator for the role."),
)  # fmt: skip
CHANGED = Problem(
    "changed-meanwhile", 412, "It was changed meanwhile", "期间已有变动",
    ("在您查看之后，这一项又有了新的记录，因此这次没有办理。请刷新页面，看清现状后再办。",
     "It was changed after you looked at it, so nothing was done. Load the page again, look at "
     "how it stands, and decide anew."),
)  # fmt: skip
KEY_USED = Problem(
    "key-used", 422, "This idempotency key is another request's", "幂等键已用于其他请求",
    ("这份表单已经提交过别的内容。请回到表单重新打开一次再提交，以免重复记录。",
     "This form was already sent with something else in it. Open the form anew and send that, so "
     "that nothing is recorded twice."),
)  # fmt: skip

NOT_SIGNED_IN = Problem(
    "not-signed-in", 401, "This takes an account", "请先登录",
    ("这一页须登录后使用；公开的账目无须登录，可从首页查看。",
     "This page takes an account; what is public does not, and starts at the front page."),
    headers={"WWW-Authenticate": "Bearer"},
)  # fmt: skip
NOT_CONFIRMED = Problem(
    "not-confirmed", 403, "This takes a second factor", "请先用第二要素确认",
    ("办理这件事要先用第二要素（通行密钥或动态口令）确认是您本人。请在“我的账户”中确认后再试。",
     "This takes proof that it is you, by passkey or one-time code. Confirm it under your account, "
     "then try again."),
)  # fmt: skip
FORGED = Problem(
    "forged", 403, "This was not sent by a page of ours", "请求不是由本站页面发出",
    ("为防他人冒用您的登录，只接受由本站页面发出的请求，这次什么都没有记录。"
     "请从本站页面重新打开表单再提交。",
     "So that nobody can use your session from elsewhere, only pages of ours may send this; "
     "nothing was recorded. Open the form here again and send it."),
)  # fmt: skip
TOO_FAST = Problem(
    "too-fast", 429, "Too much at once", "请求过于频繁，请稍后再试",
    ("短时间内的请求太多，暂时停一会儿。请稍等再试，等候时间见说明。",
     "There were too many requests in a short time. Wait a little, as said below, and try again."),
)  # fmt: skip

TOO_LARGE = Problem(
    "too-large", 413, "It is too large to be taken in", "内容过大",
    ("提交的内容超过上限，没有接收。请分成几个较小的文件再提交。",
     "What was sent is above the limit and was not taken in. Send it as several smaller files."),
    headers={"Connection": "close"},
)  # fmt: skip
WRONG_TYPE = Problem(
    "wrong-type", 415, "Such files are not taken here", "不接受这种文件",
    ("这种文件不能使用。名单请用 .xlsx 或 .csv，票据请用 PDF 或凭证包。",
     "Such a file can't be used. Send lists as .xlsx or .csv, receipts as PDF or bundle."),
)  # fmt: skip
