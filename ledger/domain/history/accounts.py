"""What one (fund, unit) received, moved, paid and got back, and whether it adds up."""

from __future__ import annotations

from dataclasses import dataclass, field

from ledger.domain.axis import Axis

SUMS = (
    "received", "gifts", "allocated_in", "allocated_out", "disbursed", "returned", "reversed",
    "recovered", "taken_back", "given_back",
)  # fmt: skip


@dataclass(slots=True)
class UnitAccount:
    """One (fund, unit), in units; `received` is all that ever lay on its axis.

    `reversed` gifts were mistakes; `recovered` is what payees gave back; `taken_back` and
    `given_back` are allocations that were mistakes, at the fund they left and the one they reached.
    """

    received: int = 0
    gifts: int = 0
    allocated_in: int = 0
    allocated_out: int = 0
    disbursed: int = 0
    returned: int = 0
    reversed: int = 0
    recovered: int = 0
    taken_back: int = 0
    given_back: int = 0
    axis: Axis = field(default_factory=Axis)

    @property
    def balance(self) -> int:
        """What lies in the fund."""
        return self.received - self.axis.used

    def conserved(self) -> bool:
        """Tell whether all that came in is where the events say (design section 6, promise)."""
        taken = self.disbursed - self.recovered + self.allocated_out - self.taken_back
        left = self.returned + self.reversed + self.given_back
        return (
            self.received == self.gifts + self.allocated_in
            and (self.axis.taken, self.axis.returned) == (taken, left)
            and self.balance >= 0
        )
