"""Who may have an account: how it is called, and which roles its organisation has to give."""

from __future__ import annotations

import re
from collections.abc import Collection

from ledger.domain.organisations import AUTHORITY
from ledger.errors import Refused

LOGIN = re.compile(r"[a-z][a-z0-9]*([._-][a-z0-9]+)*")
LOGIN_AT_MOST = 40
DONOR = "donor"
OF_AUTHORITY = frozenset(
    {
        "administrator",
        "tax-officer",
        "finance-officer",
        "civil-affairs-officer",
        "county-approver",
        "poverty-officer",
        "evaluator",
        "auditor",
    }
)
OF_CHARITY = frozenset({"administrator", "clerk", "reviewer", "auditor"})
READ = "read"
"""The scope of a token that reads and records nothing."""


class LoginUnusable(Refused):
    """An account goes by a short name that says what it is for, not whose it is."""

    def __init__(self, login: str) -> None:
        super().__init__(
            f"登录名用 2 至 {LOGIN_AT_MOST} 个小写字母和数字，"
            "中间可用单个 . _ -，字母开头，如 clerk-2 "
            f"({login!r} can't be an account's name: 2 to {LOGIN_AT_MOST} letters a-z and digits, "
            "single . _ - between them, a letter first, such as clerk-2)"
        )


class RolesDoNotFit(Refused):
    """An organisation gives its own roles, and no others."""

    def __init__(self, roles: Collection[str], fitting: Collection[str]) -> None:
        said = ", ".join(sorted(roles)) or "no role"
        super().__init__(
            f"职责不符：{said} "
            f"({said}: an account here has one or more of {', '.join(sorted(fitting))})"
        )


class ScopeTooWide(Refused):
    """A token may do no more than its account."""

    def __init__(self, scopes: Collection[str], roles: Collection[str]) -> None:
        super().__init__(
            f"令牌的范围不能超出账号的职责 (a token of this account may be for "
            f"{', '.join([*sorted(roles), READ])}, asked was {', '.join(sorted(scopes)) or 'none'})"
        )


def login(text: str) -> str:
    """Return the name of an account; refuse one of another form."""
    if not (LOGIN.fullmatch(text) and 1 < len(text) <= LOGIN_AT_MOST):
        raise LoginUnusable(text)
    return text


def roles_of(organisation: str, roles: Collection[str]) -> tuple[str, ...]:
    """Return the roles in order; refuse none, and those that the organisation does not give.

    "" is the organisation of donors, who have none.
    """
    fitting = fitting_roles(organisation)
    if not roles or not fitting.issuperset(roles):
        raise RolesDoNotFit(roles, fitting)
    return tuple(sorted(set(roles)))


def fitting_roles(organisation: str) -> frozenset[str]:
    """Return the roles that an organisation gives."""
    if not organisation:
        return frozenset({DONOR})
    return OF_AUTHORITY if organisation == AUTHORITY else OF_CHARITY


def scopes_of(roles: Collection[str], scopes: Collection[str]) -> tuple[str, ...]:
    """Return what a token is for, in order; refuse more than the account's own roles."""
    if not scopes or not {*roles, READ}.issuperset(scopes):
        raise ScopeTooWide(scopes, roles)
    return tuple(sorted(set(scopes)))
