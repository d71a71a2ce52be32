"""The newest gifts of a charity and what they still lack; each answer reads a bounded part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from projections.fund_tallies import FUND_TALLIES, UNCLAIMED
from projections.gift_index import GIFT_INDEX
from projections.runner import Runner

Place = tuple[date, int]
"""The day of a gift and its leaf: where to go on before."""

START: Place = (date.max, 2**62)


@dataclass(frozen=True, slots=True)
class NewGift:
    """A gift whose day is known; `minor` and `currency` are None of gifts in kind.

    `receipt` is the receipt's code and number, `waived` why there is none.
    """

    gift: str
    fund: str
    received_on: date
    minor: int | None
    currency: str | None
    identified: bool
    receipt: str | None
    waived: str | None
    leaf: int

    @property
    def unreceipted(self) -> bool:
        """Tell whether a receipt is still to be made out."""
        return self.receipt is None and self.waived is None


COLUMNS = ", ".join(NewGift.__slots__)


def newest(
    runner: Runner, organisation: str, limit: int, before: Place | None = None
) -> list[NewGift]:
    """Return the newest gifts of an organisation by their days, `limit` at most, before a place."""
    query = (
        f"SELECT {COLUMNS} FROM gifts WHERE organisation = %s"  # noqa: S608 our columns
        " AND (received_on, leaf) < (%s, %s) ORDER BY received_on DESC, leaf DESC LIMIT %s"
    )
    with runner.reading(GIFT_INDEX) as (connection, _):
        given = [organisation, *(before or START), limit]
        return [NewGift(**row) for row in connection.execute(query, given).fetchall()]


def in_suspense(runner: Runner, funds: Sequence[str]) -> dict[str, int]:
    """Count the gifts of which nobody knows the donor, by fund; a fund without any is left out."""
    query = "SELECT fund, gifts FROM sums WHERE fund = ANY(%s) AND what = %s AND gifts > 0"
    with runner.reading(FUND_TALLIES) as (connection, _):
        found = connection.execute(query, [list(funds), UNCLAIMED]).fetchall()
    return {row["fund"]: int(row["gifts"]) for row in found}
