"""How a file is to be recorded, and what became of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from api.imports.goods_rows import GoodsRow
from api.imports.roles import Mapping as ColumnMapping
from api.imports.rows import MoneyRow, RejectedRow
from ledger.domain.values import Exchange, exchange
from ledger.errors import Unreadable
from ledger.money import PLACES, Money

Row = MoneyRow | GoodsRow


def worth_of(row: Row) -> Money | None:
    """Return the money of a row: its amount, or the value that a list of goods states."""
    return row.amount if isinstance(row, MoneyRow) else row.value


class RateUnreadable(Unreadable):
    """An exchange rate on the command line is not of the form asked for."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"rate {text!r} can't be read; write CUR:RATE:PER:DATE:SOURCE, "
            "such as USD:6.9249:1:2020-02-03:PBOC"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """How a file is to be recorded.

    `unclear` says what becomes of rows that look like a gift from another list: "record" and point
    them out, "hold" them for a person to decide, or "skip" them; `decided` are single rows of
    those ("sheet!row") that a person decided to record, `skipped` those that are known gifts.
    """

    charity: str
    fund: str
    kind: str = "auto"
    date_given: date | None = None
    exchanges: Mapping[str, Exchange] = field(default_factory=dict)
    proposed_by: str = "clerk"
    approved_by: str = "reviewer"
    cost_class: str = "charitable"
    mapping: ColumnMapping | None = None
    unclear: str = "record"
    decided: frozenset[str] = frozenset()
    skipped: frozenset[str] = frozenset()
    despite_breaks: bool = False


@dataclass(frozen=True, slots=True)
class UnclearRow:
    """A row that may be a gift recorded before, from another list: which, and why it seems so."""

    sheet: str
    row: int
    gift: str
    reason: str
    cells: tuple[str, ...]
    held: bool


@dataclass(slots=True)
class Imported:
    """What became of a file's rows; `totals` are minor units of its valid rows by currency."""

    path: Path
    sha256: str
    kind: str = "gifts"
    recorded: int = 0
    already: int = 0
    unidentified: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    unclear: list[UnclearRow] = field(default_factory=list)
    totals: dict[str, int] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    ignored: tuple[tuple[str, int, str], ...] = ()
    """Sheet, row and text of what was taken for a title, note, total or signature."""

    @property
    def rows(self) -> int:
        """How many rows the file's tables hold, refused ones included."""
        return self.recorded + self.already + len(self.rejected) + len(self.held)

    @property
    def held(self) -> list[UnclearRow]:
        """The rows that wait for a person's decision."""
        return [row for row in self.unclear if row.held]

    def count(self, row: Row) -> None:
        """Add a valid row to the totals."""
        worth = worth_of(row)
        if worth is not None:
            self.totals[worth.currency] = self.totals.get(worth.currency, 0) + worth.minor
        self.unidentified += row.party is None

    def refuse(self, row: Row, reason: str) -> None:
        """Hand a row back with the reason."""
        self.rejected.append(RejectedRow(row.sheet, row.row, reason, row.content))

    def as_json(self) -> dict[str, object]:
        """Return the object that the command line prints."""
        return {
            "file": str(self.path),
            "sha256": self.sha256,
            "kind": self.kind,
            "rows": self.rows,
            "recorded": self.recorded,
            "already": self.already,
            "unidentified": self.unidentified,
            "rejected": [
                {"sheet": r.sheet, "row": r.row, "reason": r.reason} for r in self.rejected
            ],
            "unclear": [
                {"sheet": r.sheet, "row": r.row, "gift": r.gift, "held": r.held, "reason": r.reason}
                for r in self.unclear
            ],
            "totals": {c: Money(minor, c).decimal() for c, minor in sorted(self.totals.items())},
            "warnings": self.warnings,
            "ignored": [{"sheet": s, "row": r, "text": t} for s, r, t in self.ignored],
        }


def exchange_of(text: str) -> tuple[str, Exchange]:
    """Read a rate given as CUR:RATE:PER:DATE:SOURCE, such as USD:6.9249:1:2020-02-03:PBOC."""
    parts = text.split(":", 4)
    if len(parts) != 5 or parts[0] not in PLACES or parts[2] not in ("1", "100"):  # noqa: PLR2004 as above
        raise RateUnreadable(text)
    try:
        day = date.fromisoformat(parts[3])
    except ValueError:
        raise RateUnreadable(text) from None
    return parts[0], exchange(parts[1], int(parts[2]), parts[4], day)
