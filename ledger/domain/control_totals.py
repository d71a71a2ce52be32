"""Control totals: how many gifts a batch was to hold, and how much, counted before it was keyed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import Refused
from ledger.money import Money


@dataclass(frozen=True, slots=True)
class ControlTotals:
    """A number of gifts and their sum: those that were counted, or those that were keyed."""

    count: int
    amount: Money

    @classmethod
    def of(cls, amounts: Sequence[Money], currency: str) -> ControlTotals:
        """Count amounts of a currency; refuse one of another."""
        return cls(len(amounts), sum(amounts, Money(0, currency)))

    def check(self, amounts: Sequence[Money]) -> None:
        """Refuse amounts that are more, fewer, or another sum than was counted."""
        found = self.of(amounts, self.amount.currency)
        if found != self:
            raise ControlTotalsDiffer(self, found)


class ControlTotalsDiffer(Refused):
    """What was keyed is not what was counted: a gift is missing, doubled or mistyped."""

    def __init__(self, expected: ControlTotals, found: ControlTotals) -> None:
        super().__init__(
            f"{expected.count} gifts of {expected.amount} together are expected, the rows hold "
            f"{found.count} of {found.amount} together; nothing was recorded"
        )
        self.expected = expected
        self.found = found
