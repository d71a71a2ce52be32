"""Why something is corrected: one of a few reasons, so that corrections can be counted."""

from __future__ import annotations

from typing import Literal, Protocol

from api.operations.fields import titled
from api.operations.operation import Request
from ledger.application import Correction

Reason = Literal[
    "refund", "duplicate", "wrong-amount", "wrong-fund", "wrong-donor", "wrong-date",
    "wrong-payee", "not-received", "not-paid", "dispute", "court",
]  # fmt: skip

REASON = titled("更正原因", "Reason")
PUBLIC_NOTE = titled("说明（公开，勿写个人信息）", "Note (public; no personal data)")


class Corrects(Protocol):
    """A body that says why something is corrected."""

    @property
    def reason(self) -> Reason:
        """One of the reasons."""
        ...

    @property
    def note(self) -> str:
        """Public words."""
        ...


def correction(request: Request, body: Corrects) -> Correction:
    """Return why something is corrected, and who decided it."""
    return Correction(reason=body.reason, note=body.note, decided_by=request.by)
