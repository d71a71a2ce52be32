"""What the history of money remembers of funds, payments and allocations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.axis import Span
from ledger.domain.events import FundOpened, UseChanged
from ledger.domain.funds import GiftPlace
from ledger.domain.goods import Amount


@dataclass(slots=True)
class FundStory:
    """What was said of a fund that later facts must respect."""

    opened: FundOpened
    recipient: str | None = None
    closed: bool = False
    uses: tuple[UseChanged, ...] = ()
    term: tuple[date | None, date | None] = (None, None)

    @property
    def agency(self) -> bool:
        """Tell whether the fund is only passed on to a fixed recipient (受托代理)."""
        return self.opened.kind == "agency"

    @property
    def purposes(self) -> tuple[str, ...]:
        """What the fund may be spent on; nothing for a fund that is bound to no purpose."""
        return _named(self.opened.purpose, [use.purpose for use in self.uses])

    @property
    def places(self) -> tuple[str, ...]:
        """Where the fund may be spent; nothing for a fund that is bound to no place."""
        return _named(self.opened.place, [use.place for use in self.uses])


@dataclass(slots=True)
class Payment:
    """What was said of a disbursement, and the spans it holds."""

    amount: Amount
    proposed_by: str
    status: str = "proposed"
    spans: tuple[Span, ...] = ()
    accepted: bool = False


@dataclass(slots=True)
class Moved:
    """What an allocation moved: from these spans, to this place in the other fund."""

    to_fund: str
    amount: Amount
    spans: tuple[Span, ...]
    target: GiftPlace


def _named(first: str | None, later: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(name for name in (first, *later) if name) if first else ()
