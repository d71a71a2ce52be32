"""Read one workbook from standard input and write its sheets as JSON: a process of its own.

A broken workbook can make the native reader ask for any amount of memory, which ends its
process; so it is never the ledger's process. Imports nothing of the product: it is run by path.
"""

from __future__ import annotations

import io
import json
import resource
import sys
from datetime import date
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum


def main() -> None:
    """Write `{"sheets": [...]}` or `{"error": name}`; arguments: bytes, seconds, rows, cells."""
    memory_bytes, seconds, rows_max, cells_max = map(int, sys.argv[1:5])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    try:
        answer: dict[str, Any] = {"sheets": _sheets(sys.stdin.buffer.read(), rows_max, cells_max)}
    except CalamineError as error:
        answer = {"error": type(error).__name__}
    except OverflowError:
        answer = {"error": "too large"}
    json.dump(answer, sys.stdout, default=_day, ensure_ascii=True)


def _sheets(data: bytes, rows_max: int, cells_max: int) -> list[dict[str, Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    found = []
    for number, about in enumerate(book.sheets_metadata):
        visible = about.visible is SheetVisibleEnum.Visible
        if about.typ is not SheetTypeEnum.WorkSheet:
            continue
        sheet = book.get_sheet_by_index(number) if visible else None
        if sheet is not None and (
            sheet.total_height > rows_max or sheet.total_height * sheet.total_width > cells_max
        ):
            raise OverflowError
        rows = sheet.to_python(skip_empty_area=False) if sheet else []
        merged = (sheet.merged_cell_ranges or []) if sheet else []
        found.append({"name": about.name, "visible": visible, "rows": rows, "merged": merged})
    return found


def _day(cell: object) -> dict[str, str]:
    """Write a day or moment under `day`, any other value that is no plain one under `text`."""
    return {"day" if isinstance(cell, date) else "text": getattr(cell, "isoformat", cell.__str__)()}


if __name__ == "__main__":  # pragma: no branch
    main()
