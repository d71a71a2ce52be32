"""What must hold of files before anything of them is recorded: control totals, statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

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
    files: Sequence[SourceFile], count: int | None, totals: Mapping[str, Money]
) -> None:
    """Refuse files whose entries differ in number or sum from the control totals."""
    tables = [table for file in files for table in file.tables]
    found = sum(len(table.rows) for table in tables)
    if count is not None and found != count:
        raise CountDiffers(count, found)
    sums: Counter[str] = Counter()
    for table in tables:
        for row in table.rows:
            worth = worth_of(row)
            if worth is not None:
                sums[worth.currency] += worth.minor
    for currency, expected in totals.items():
        if sums[currency] != expected.minor:
            raise TotalDiffers(expected, Money(sums[currency], currency))


def check_statements(file: SourceFile) -> None:
    """Refuse a statement of account whose lines do not lead from opening to closing balance."""
    for table in file.tables:
        statement = table.statement if isinstance(table, MoneyTable) else None
        if statement is not None and statement.breaks:
            raise StatementBroken(file.path, statement.breaks)
