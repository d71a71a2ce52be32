"""A ledger that moves single units: slow, plain, and with nothing in common with ranges."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

Axis = tuple[str, str]
"""A fund and a unit."""


@dataclass
class Cell:
    """One unit on an axis: of which gift it is, how it came here, who holds it now."""

    gift: str
    number: int
    """Its place on the axis of the gift's own fund."""
    via: tuple[str, ...]
    held: tuple[str, object] | None = None


@dataclass
class FenByFen:
    """Every unit that ever came in, in order; None holds what lies there unspent."""

    cells: dict[Axis, list[Cell]] = field(default_factory=lambda: defaultdict(list))
    gifts: dict[str, dict[str, str]] = field(default_factory=dict)
    """By gift and unit, the fund it was given to."""
    paid: dict[str, tuple[Axis, str | None]] = field(default_factory=dict)
    """By disbursement, where it was paid from and the place it was for."""
    moved: dict[tuple[str, int], tuple[Axis, list[Cell]]] = field(default_factory=dict)
    """By fund and number of an allocation, where it was taken from and what it became."""

    def lying(self, axis: Axis) -> list[Cell]:
        """Return what lies unspent in a fund."""
        return [cell for cell in self.cells[axis] if cell.held is None]

    def give(self, gift: str, fund: str, unit: str, count: int) -> None:
        """Add a gift at the end of its fund."""
        self.gifts.setdefault(gift, {})[unit] = fund
        row = self.cells[fund, unit]
        row += [Cell(gift, number, ()) for number in range(len(row), len(row) + count)]

    def pay(self, disbursement: str, axis: Axis, count: int, place: str | None) -> None:
        """Take the first units that lie there."""
        self.paid[disbursement] = axis, place
        _hold(self.lying(axis)[:count], "paid", disbursement)

    def recover(self, disbursement: str, count: int) -> None:
        """Let the last units go that a payment holds."""
        _hold(self.spent_on(disbursement)[-count:], None, None)

    def spent_on(self, disbursement: str) -> list[Cell]:
        """Return the units that a payment holds, in order."""
        axis, _ = self.paid[disbursement]
        return [cell for cell in self.cells[axis] if cell.held == ("paid", disbursement)]

    def move(self, axis: Axis, to_fund: str, count: int, number: int) -> None:
        """Move the first units that lie there to the end of another fund."""
        fund, unit = axis
        taken = self.lying(axis)[:count]
        came = [Cell(c.gift, c.number, (*c.via, to_fund)) for c in taken]
        _hold(taken, "moved", (fund, number))
        self.moved[fund, number] = axis, came
        self.cells[to_fund, unit] += came

    def can_take_back(self, fund: str, number: int) -> bool:
        """Tell whether all that an allocation moved still lies where it came to."""
        return all(cell.held is None for cell in self.moved[fund, number][1])

    def take_back(self, fund: str, number: int) -> None:
        """Undo an allocation."""
        axis, came = self.moved.pop((fund, number))
        _hold(came, "given back", number)
        _hold([c for c in self.cells[axis] if c.held == ("moved", (fund, number))], None, None)

    def own(self, gift: str, unit: str) -> list[Cell]:
        """Return the units of a gift in its own fund."""
        axis = self.gifts[gift][unit], unit
        return [cell for cell in self.cells[axis] if cell.gift == gift and not cell.via]

    def returnable(self, gift: str, unit: str) -> list[Cell]:
        """Return the units of a gift that lie in its own fund."""
        return [cell for cell in self.own(gift, unit) if cell.held is None]

    def give_back(self, gift: str, unit: str, count: int) -> None:
        """Return the last units of a gift to its donor."""
        _hold(self.returnable(gift, unit)[-count:], "returned", gift)

    def can_reverse(self, gift: str) -> bool:
        """Tell whether all of a gift that was not returned lies in its own fund."""
        held = [c.held for unit in self.gifts[gift] for c in self.own(gift, unit)]
        return None in held and all(h is None or h[0] == "returned" for h in held)

    def reverse(self, gift: str) -> None:
        """Take all that is left of a gift away, as a mistake."""
        for unit in self.gifts[gift]:
            _hold(self.returnable(gift, unit), "reversed", gift)

    def gone(self, gift: str, unit: str, how: str) -> int:
        """Count the units of a gift that were returned or reversed."""
        return sum(cell.held == (how, gift) for cell in self.own(gift, unit))

    def unspent(self, gift: str, unit: str) -> int:
        """Count the units of a gift that lie unspent, in any fund."""
        rows = (row for (_, of), row in self.cells.items() if of == unit)
        return sum(cell.gift == gift and cell.held is None for row in rows for cell in row)

    def ways(self, disbursements: Iterable[str]) -> set[tuple[str, int, tuple[str, ...], str]]:
        """Return of each unit paid out: its gift, its number there, its way, and the payment."""
        return {(c.gift, c.number, c.via, one) for one in disbursements for c in self.spent_on(one)}


def _hold(cells: Iterable[Cell], how: str | None, what: object) -> None:
    for cell in cells:
        cell.held = (how, what) if how else None
