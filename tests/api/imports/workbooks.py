"""Small workbooks and text files of invented persons, for the tests of reading."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import xlsxwriter

from api.imports.cells import Cell

GIFTS: Sequence[Sequence[Cell]] = [
    ["某会接收社会捐赠现金一览表"],
    [],
    ["捐赠人", "金额（元）"],
    ["甲*", 1.5],
    ["\u200b某公司\t", "\u00a02,000.00\u00a0"],
    ["某会"],
    [date(2020, 1, 29)],
]


def workbook(**sheets: Sequence[Sequence[Cell]]) -> bytes:
    """Return an .xlsx of the sheets; a name that ends in `_hidden` is of a hidden sheet."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                sheet.write(at, column, cell, *([day] if isinstance(cell, date) else []))
        if name.endswith("_hidden"):
            sheet.hide()
    book.close()
    return out.getvalue()


def written(folder: Path, name: str, data: bytes | str) -> Path:
    """Write a file into the folder; return its path."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path
