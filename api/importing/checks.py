"""What must hold of files before anything of them is recorded: control totals, statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from api.importing.orders import worth_of
from api.imports.rows import MoneyTable, SourceFile
from ledger.errors import Refused
from ledger.money import Money


class CountDiffers(Refused):
    """The files hold another number of entries than was expected."""

    def __init__(self, expected: int, found: int) -> None:
        super().__init__(
            f"{expected} entries are expected, {found} can be read; nothing was recorded"
        )


class TotalDiffers(Refused):
    """The entries of the files add up to another sum than was expected."""

    def __init__(self, expected: Money, found: Money) -> None:
        super().__init__(
            f"a total of {expected} is expected, the entries add up to {found}; "
            "nothing was recorded"
        )


class StatementBroken(Refused):
    """Opening balance and movements of a statement do not give its closing balance."""

    def __init__(self, path: object, breaks: Sequence[str]) -> None:
        more = f" (and {len(breaks) - 1} more places)" if len(breaks) > 1 else ""
        super().__init__(
            f"{path}: {breaks[0]}{more}; a line is missing or was changed, so nothing was "
            "recorded; get the whole statement, or say --despite-breaks"
        )


def check_totals(
    files: Iterable[SourceFile], count: int | None, totals: Mapping[str, Money]
) -> int:
    """Refuse files whose entries differ in number or sum from the control totals.

    Returns the number of entries. Files are taken one at a time, and none is held.
    """
    counts = list(map(_counted, files))
    found = sum(entries for entries, _ in counts)
    if count is not None and found != count:
        raise CountDiffers(count, found)
    for currency, expected in totals.items():
        minor = sum(sums[currency] for _, sums in counts)
        if minor != expected.minor:
            raise TotalDiffers(expected, Money(minor, currency))
    return found


def _counted(file: SourceFile) -> tuple[int, Counter[str]]:
    """Return the number of a file's entries, and their sums in minor units by currency."""
    sums: Counter[str] = Counter()
    for row in (row for table in file.tables for row in table.rows):
        worth = worth_of(row)
        if worth is not None:
            sums[worth.currency] += worth.minor
    return sum(len(table.rows) for table in file.tables), sums


def check_statements(file: SourceFile) -> None:
    """Refuse a statement of account whose lines do not lead from opening to closing balance."""
    for table in file.tables:
        statement = table.statement if isinstance(table, MoneyTable) else None
        if statement is not None and statement.breaks:
            raise StatementBroken(file.path, statement.breaks)
