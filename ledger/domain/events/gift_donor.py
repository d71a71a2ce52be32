"""The fact of how a donor wishes to be shown in public."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.domain.events.base import Event


@dataclass(frozen=True, kw_only=True, slots=True)
class DonorShown(Event):
    """How public pages may show the donor of this gift: the donor's own choice, the newest counts.

    `shown` is "anonymous", "pen-name" or "own-name". `sealed` holds the digest of what is shown,
    and nothing of an anonymous donor: the text stands in no event. Its opening lies in the vault,
    and beside the log for everybody as long as this choice is the newest; erased, it is gone. No
    account is named: two gifts of one donor stay two strangers'.
    """

    TOPIC: ClassVar[str] = "donor-shown.v1"

    shown: str
    sealed: tuple[str, ...]
