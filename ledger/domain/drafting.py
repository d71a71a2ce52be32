"""What one account prepares, another records: who may prepare what, and who decides."""

from __future__ import annotations

from ledger.domain.acting import Acting
from ledger.domain.events import Event
from ledger.domain.permissions import (
    CLERK,
    OF_DONORS,
    PERMITTED,
    REVIEWER,
    NotPermitted,
    may,
)
from ledger.errors import Refused


class OwnDraft(Refused):
    """Who prepared something does not decide on it too."""

    def __init__(self) -> None:
        super().__init__(
            "this was prepared by the same account: another person of the organisation records or "
            "refuses it; who prepared it can only withdraw it"
        )


class NotThePreparer(Refused):
    """A draft is withdrawn by who prepared it; others refuse it."""

    def __init__(self) -> None:
        super().__init__("another account prepared this: refuse it, with the reason in the note")


def may_prepare(acting: Acting, fact: type[Event]) -> bool:
    """Tell whether an account may prepare a fact for another account of its organisation.

    Who may record a fact may prepare it, and a clerk also whatever a reviewer may record. What a
    donor decides nobody prepares: donors belong to no organisation, and know nothing of each other.
    """
    if fact in OF_DONORS:
        return False
    clerk = acting.roles & CLERK and PERMITTED.get(fact, frozenset()) & REVIEWER
    return may(acting, fact) or bool(clerk)


def check_preparing(acting: Acting, fact: type[Event]) -> None:
    """Refuse an account that may not prepare a fact."""
    if not may_prepare(acting, fact):
        raise NotPermitted(fact, PERMITTED.get(fact, frozenset()))


def check_deciding(acting: Acting, prepared_by: str, fact: type[Event]) -> None:
    """Refuse who prepared a draft, and who may not record it, to record or refuse it."""
    if acting.account == prepared_by:
        raise OwnDraft
    if not may(acting, fact):
        raise NotPermitted(fact, PERMITTED.get(fact, frozenset()))


def check_withdrawing(acting: Acting, prepared_by: str) -> None:
    """Refuse anybody but who prepared a draft to withdraw it."""
    if acting.account != prepared_by:
        raise NotThePreparer
