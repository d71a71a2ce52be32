"""Spreadsheets that jobs give back: every cell is text, and stays text wherever it is copied to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path

import xlsxwriter

CELL_MAX = 32_767
"""So many characters does a cell hold (ECMA-376, as programs limit it)."""


def write_text(
    path: Path | BytesIO, title: str, heads: Sequence[str], lines: Iterable[Sequence[str]]
) -> None:
    """Write a sheet of text cells: ids keep their zeros, and no cell is ever a formula.

    Cells are also marked as quoted (`quotePrefix`): who edits one that begins with `=` in a
    spreadsheet program is left with the text.
    """
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet, quoted = book.add_worksheet(title), book.add_format({"quote_prefix": True})
        head = book.add_format({"bold": True})
        for column, text in enumerate(heads):
            sheet.write_string(0, column, text, head)
        for place, cells in enumerate(lines, 1):
            for column, text in enumerate(cells):
                sheet.write_string(place, column, text[:CELL_MAX], quoted)
