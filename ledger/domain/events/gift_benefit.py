"""Facts about what donors get in return: names that rest on a gift, and benefits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.domain.events.naming import SealedText
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class GiftSupportsName(Event):
    """A name rests on this gift: what takes the gift away must look at that name.

    It stands before the funding test that counts the gift, in the same commit.
    """

    TOPIC: ClassVar[str] = "gift-supports-name.v1"

    naming: str


@dataclass(frozen=True, kw_only=True, slots=True)
class BenefitRecorded(Event):
    """What the donor of this gift gets for it, in all; that much of it is sponsorship (赞助).

    The latest decision counts. A `benefit` of None could not be valued; zero is a decision that
    there is none.
    """

    TOPIC: ClassVar[str] = "benefit-recorded.v1"

    benefit: Money | None
    what: str
    decided_by: str
    document: SealedText
