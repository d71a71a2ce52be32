"""What roles are called."""

from __future__ import annotations

from collections.abc import Mapping

ROLES: Mapping[str, tuple[str, str]] = {
    "administrator": ("管理员", "administrator"),
    "clerk": ("经办", "clerk"),
    "reviewer": ("复核", "reviewer"),
    "tax-officer": ("税务", "tax officer"),
    "finance-officer": ("财政", "finance officer"),
    "civil-affairs-officer": ("民政", "civil affairs officer"),
    "county-approver": ("县级审批", "county approver"),
    "poverty-officer": ("扶贫", "poverty officer"),
    "evaluator": ("评估", "evaluator"),
    "auditor": ("审计", "auditor"),
    "donor": ("捐赠人", "donor"),
    "read": ("只读", "read only"),
}
"""Of accounts, in Chinese and in English; "read" is the scope of a token that records nothing."""
