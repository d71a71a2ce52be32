"""Who acts: one account, for one organisation, in its roles."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROLES = (
    "administrator",
    "clerk",
    "reviewer",
    "tax-officer",
    "finance-officer",
    "civil-affairs-officer",
    "county-approver",
    "poverty-officer",
    "evaluator",
    "auditor",
    "donor",
)
"""What an account may be for its organisation; `permissions` says what each of them may record."""

ACCOUNT_ID = re.compile(r"[0-9a-f]{10}")
"""An account's id: random, so that it says nothing."""

NAMED = re.compile(rf"(?P<role>[a-z][a-z-]*)-(?P<account>{ACCOUNT_ID.pattern})")


@dataclass(frozen=True, slots=True)
class Acting:
    """An account that acts: a random public id, never a name, and what it is for its organisation.

    `organisation` is a unified social credit code, the authority's id, or "" for a donor.
    `confirmed` tells that a second factor was shown in this session.
    """

    account: str
    organisation: str
    roles: frozenset[str]
    confirmed: bool = False

    def __post_init__(self) -> None:
        assert ACCOUNT_ID.fullmatch(self.account), "an account's id is ten hexadecimal digits"

    def as_role(self, *roles: str) -> str:
        """Return how an event names who did it: the first of `roles` that this account has.

        It is written `reviewer-4f1c09aab2`; without any of them, the first in `roles` stands.
        """
        role = next((one for one in roles if one in self.roles), roles[0])
        return f"{role}-{self.account}"


def role_of(named: str) -> str:
    """Return the role that an event names: `reviewer` of `reviewer-4f1c09aab2`, else all of it."""
    found = NAMED.fullmatch(named)
    return found["role"] if found else named


def same_person(one: str, other: str) -> bool:
    """Tell whether two names in events are one person's: an account in two roles is one person."""
    ours, theirs = NAMED.fullmatch(one), NAMED.fullmatch(other)
    return ours["account"] == theirs["account"] if ours and theirs else one == other
