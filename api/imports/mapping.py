"""Show what was guessed of a sheet's columns, so that a person can confirm or correct it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.imports.amounts import looks_numeric
from api.imports.cells import Cell, CellUnreadable, text_of
from api.imports.dates import read_date
from api.imports.headers import Header, Layout, find_headers, texts_of
from api.imports.roles import (
    ASIDE_ROLES,
    MONEY_ROLES,
    ROLES,
    Mapping,
    MappingUnreadable,
    RoleUnknown,
    keys_of,
    signature_of,
)
from api.imports.sheets import Sheet

__all__ = [
    "ROLES", "GuessedColumn", "GuessedTable", "Mapping", "MappingUnreadable", "RoleUnknown",
    "guessed", "mapping_of", "signature_of",
]  # fmt: skip

SAMPLES = 3
ROWS_FOR_SAMPLES = 50
FIGURES = {*MONEY_ROLES, "balance", "sequence", "quantity", "value"}
LONGEST_FIGURE = 16


@dataclass(frozen=True, slots=True)
class GuessedColumn:
    """A column (from 1): its key in a mapping, its header, its role, and masked samples of it."""

    column: int
    key: str
    header: str
    role: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuessedTable:
    """A table found: its header row (from 1), and the signature a mapping knows the header by."""

    sheet: str
    header_row: int
    signature: str
    columns: tuple[GuessedColumn, ...]


def guessed(sheet: Sheet, kind: str = "auto", mapping: Mapping | None = None) -> list[GuessedTable]:
    """Return each table found on a sheet with the roles its columns are taken for.

    Columns that are not read have the role `ignore`. No sample shows a name whole.
    """
    headers = find_headers(sheet.rows, "out" if kind == "payments" else "in", mapping)
    ends = [*(header.row for header in headers), len(sheet.rows)][1:]
    return [_table(sheet, header, end) for header, end in zip(headers, ends, strict=True)]


def mapping_of(tables: Sequence[GuessedTable]) -> Mapping:
    """Return the mapping that says what was guessed, to be corrected and kept."""
    return Mapping({t.signature: {c.key: c.role for c in t.columns} for t in tables})


def _table(sheet: Sheet, header: Header, end: int) -> GuessedTable:
    texts = texts_of(sheet.rows, header)
    roles = _roles(header.layouts)
    start = header.row + header.depth
    body = sheet.rows[start : min(end, start + ROWS_FOR_SAMPLES)]
    columns = tuple(
        GuessedColumn(
            column + 1, key, text, roles.get(column, "ignore"),
            _samples(body, column, roles.get(column, "ignore")),
        )
        for column, (key, text) in enumerate(zip(keys_of(texts), texts, strict=True))
    )  # fmt: skip
    return GuessedTable(sheet.name, header.row + 1, signature_of(texts), columns)


def _roles(layouts: Sequence[Layout]) -> dict[int, str]:
    found: dict[int, str] = {}
    for layout in layouts:
        way = layout.heading.direction
        other = {"in": "amount-out", "out": "amount-in"}.get(way, "amount")
        found |= dict.fromkeys(layout.asides.get("other", ()), other)
        asides = ((role, layout.asides.get(role, ())) for role in (*ASIDE_ROLES, "note", "date"))
        found |= {column: role for role, columns in asides for column in columns}
        found |= {column: role for role, columns in layout.parties.items() for column in columns}
        found |= {column: role for role, column in layout.simple.items()}
        amounts = (*layout.rivals, layout.amount)
        found |= dict.fromkeys(amounts, f"amount-{way}" if way else "amount")
    return found


def _samples(body: Sequence[Sequence[Cell]], column: int, role: str) -> tuple[str, ...]:
    texts = (text_of(row[column]) for row in body if column < len(row))
    return tuple([masked(text, role) for text in dict.fromkeys(texts) if text][:SAMPLES])


def masked(text: str, role: str) -> str:
    """Return a cell's text so that a person knows the column, and nobody is named by it.

    Amounts and days stay whole; of a long number the last four digits, of words the first sign.
    """
    if role in FIGURES and looks_numeric(text) and len(text) <= LONGEST_FIGURE:
        return text
    if role == "date" and _is_date(text):
        return text
    if text.isascii() and sum(sign.isdigit() for sign in text) > 4:  # noqa: PLR2004 as it says
        return f"**{text[-4:]}"
    return f"{text[0]}**" if len(text) > 1 else "*"


def _is_date(text: str) -> bool:
    try:
        return read_date(text) is not None
    except CellUnreadable:
        return False
