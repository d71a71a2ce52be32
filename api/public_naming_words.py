"""What the pages of names given in thanks call things: in Chinese and in English."""

from __future__ import annotations

from collections.abc import Mapping

from api import naming_words
from api.finding import THINGS
from api.public_naming import UNTAKEN
from api.public_words import Pair

__all__ = ["FORMS", "PROPOSERS", "STATUS", "STEPS", "THINGS"]

_STATUS_ENGLISH = {
    "proposed": "proposed",
    "submitted": "submitted for approval",
    "approved": "approved",
    "in force": "in force",
    "suspended": "suspended",
    "rejected": "refused",
    "revoked": "revoked",
    "expired": "expired",
    "withdrawn": "consent withdrawn",
}
STATUS: Mapping[str, Pair] = {
    **{name: (naming_words.STATUS[name], word) for name, word in _STATUS_ENGLISH.items()},
    UNTAKEN: ("未采用", UNTAKEN),
}
FORMS: Mapping[str, Pair] = {"name": ("冠名", "name"), "plaque": ("留名", "plaque")}
PROPOSERS: Mapping[str, Pair] = {
    "donor": ("捐赠人", "the donor"),
    "authority": ("主管机关（致谢）", "the authority, in thanks"),
}
STEPS: Mapping[str, Pair] = {
    "naming-proposed.v1": ("提出", "Proposed"),
    "naming-funding-tested.v1": ("核对到账资金", "Funding tested"),
    "naming-submitted.v1": ("报送审批", "Submitted for approval"),
    "naming-approved.v1": ("批准", "Approved"),
    "naming-rejected.v1": ("不予批准", "Refused"),
    "naming-entered.v1": ("生效", "In force"),
    "naming-suspended.v1": ("暂停", "Suspended"),
    "naming-resumed.v1": ("恢复", "In force again"),
    "naming-review-opened.v1": ("因退款启动复核", "Under review: money went back"),
    "naming-review-closed.v1": ("复核结束", "Review closed"),
    "naming-revoked.v1": ("撤销", "Revoked"),
    "naming-expired.v1": ("到期", "Expired"),
    "naming-withdrawn.v1": ("撤回同意", "Consent withdrawn"),
}
