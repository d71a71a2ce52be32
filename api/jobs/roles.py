"""What is refused to an account whose roles do not allow it."""

from __future__ import annotations

from ledger.errors import Refused


class RoleMissing(Refused):
    """An account has none of the roles that may ask for something."""

    def __init__(self, what: str, roles: frozenset[str]) -> None:
        super().__init__(
            f"this account may not ask for {what}: it takes {' or '.join(sorted(roles))}"
        )
