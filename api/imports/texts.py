"""Read delimited text and JSON as sheets: the encoding and delimiter found, never assumed."""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Sequence
from typing import Any

from api.imports.headers import find_headers
from api.imports.sheets import Sheet
from ledger.errors import Unreadable

MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
DELIMITERS = ",\t;"
AFTER_QUOTE = re.compile(r'"[ \t]+(?=[,;\r\n]|$)')
"""Blanks and tabs that bank programs write between a closing quote and the delimiter."""
WRAPPED_IN = ("data", "rows", "list", "records", "items", "result", "results", "donations", "gifts")
ROWS_FOR_CHOICE = 300
ROWS_MAX, CELLS_MAX = 300_000, 6_000_000

PRIVATE_TO_2022 = str.maketrans(
    "\ue78d\ue78e\ue78f\ue790\ue791\ue792\ue793\ue794\ue795\ue796"
    "\ue81e\ue826\ue82b\ue82c\ue832\ue843\ue854\ue864",
    "\ufe10\ufe12\ufe11\ufe13\ufe14\ufe15\ufe16\ufe17\ufe18\ufe19"
    "\u9fb4\u9fb5\u9fb6\u9fb7\u9fb8\u9fb9\u9fba\u9fbb",
)
"""The 18 characters GB 18030-2022 moved out of the private use area; the codec is the older."""


def decode(data: bytes) -> str:
    """Decode text by its byte order mark, else as UTF-8, else as GB 18030; strictly."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return _strictly(data[len(mark) :], encoding)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _strictly(data, "gb18030").translate(PRIVATE_TO_2022)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise Unreadable("its text is neither UTF-8 nor GB 18030") from error


def read_delimited(text: str, name: str) -> Sheet:
    """Read text with commas, tabs or semicolons: the delimiter that shows the fullest header."""
    delimiter = max(DELIMITERS, key=lambda mark: _fullness(text, mark))
    try:
        return _delimited(text, name, delimiter)
    except Unreadable:
        tidied = AFTER_QUOTE.sub('"', text)
        if tidied == text:
            raise
        return _delimited(tidied, name, delimiter)


def _delimited(text: str, name: str, delimiter: str) -> Sheet:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    cells = 0
    try:
        for row in reader:
            rows.append(row)
            cells += len(row)
            if len(rows) > ROWS_MAX or cells > CELLS_MAX:
                raise Unreadable(
                    f"it is too large: more than {ROWS_MAX:,} rows or {CELLS_MAX:,} cells"
                )
    except csv.Error as error:
        raise Unreadable(
            f"line {reader.line_num} can't be read: {error}; check its quotes"
        ) from error
    return Sheet(name, rows)


def _fullness(text: str, delimiter: str) -> tuple[int, int, int]:
    """Rate a delimiter by the columns of the fullest header it gives, near the top.

    Of equals, the one whose cells do not begin with another delimiter, then the one of more cells.
    """
    start = "".join(text[:200_000].splitlines(keepends=True)[:ROWS_FOR_CHOICE])
    try:
        rows = list(csv.reader(io.StringIO(start, newline=""), delimiter=delimiter))
    except csv.Error:
        return (0, 0, 0)
    layouts = [layout for header in find_headers(rows, "in") for layout in header.layouts]
    others = tuple(DELIMITERS.replace(delimiter, ""))
    wrong = sum(cell.lstrip(" ").startswith(others) for row in rows for cell in row)
    return max((len(each.columns) for each in layouts), default=0), -wrong, sum(map(len, rows))


def read_json(text: str, name: str) -> Sheet | None:
    """Read a JSON list as rows: of objects under their keys, or of lists, the header among them.

    The list may be wrapped once, as in `{"data": [...]}`. Numbers stay the text they are written
    in. None if it is something else.
    """
    try:
        told = json.loads(text, parse_float=str, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        return None
    listed = _listed(told)
    if all(isinstance(each, dict) for each in listed):
        keys = list(dict.fromkeys(key for each in listed for key in each))
        table = [keys, *([each.get(key) for key in keys] for each in listed)] if listed else []
    elif all(isinstance(each, list) for each in listed):
        table = [*listed]
    else:
        return None
    if len(table) > ROWS_MAX + 1 or sum(map(len, table)) > CELLS_MAX:
        raise Unreadable(f"it is too large: more than {ROWS_MAX:,} rows or {CELLS_MAX:,} cells")
    return Sheet(name, [list(map(_json_cell, row)) for row in table]) if table else None


def _listed(told: Any) -> Sequence[Any]:
    """Return the list itself, or the one list that an object wraps; of several, the known name."""
    if isinstance(told, list):
        return told
    if not isinstance(told, dict):
        return ()
    lists = {
        key: value
        for key, value in told.items()
        if isinstance(value, list) and value and isinstance(value[0], dict | list)
    }
    named = [lists[key] for key in WRAPPED_IN if key in lists]
    only = list(lists.values()) if len(lists) == 1 else named[:1] if len(named) == 1 else []
    return only[0] if only else ()


def _json_cell(value: Any) -> str | bool:
    if value is None:
        return ""
    if isinstance(value, str | bool):
        return value
    return json.dumps(value, ensure_ascii=False)
