"""Open data as it leaves: rows streamed as CSV or JSON, the same numbers as on the pages.

CSV is RFC 4180 in UTF-8 with a mark for spreadsheets; what one would run or round is text.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from io import StringIO

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from api.rendering import AS_OF, as_of_words, knows
from api.statement_files import neutral
from api.times import rfc3339
from projections.runner import Position

MARK = "\ufeff"
TOGETHER = 500
"""Rows sent at a time."""

NUMBERS = frozenset({
    "amount", "received", "transferred_in", "transferred_out", "disbursed", "returned", "balance",
    "reversed", "recovered",
})  # fmt: skip
"""Columns that a spreadsheet may add up; other digits are codes."""

Row = Mapping[str, object]


def csv_answer(
    request: Request, name: str, columns: Sequence[str], rows: Iterable[Row], position: Position
) -> Response:
    """Stream rows as CSV under the name of a file that says as of when, or say it is unchanged."""
    headers = _headers(request, name, "csv", position)
    if knows(request, headers["ETag"]):
        return Response(None, 304, headers)
    return StreamingResponse(_csv(columns, rows), headers=headers, media_type="text/csv")


def json_answer(
    request: Request,
    name: str,
    told: Mapping[str, object],
    rows: Iterable[Row],
    position: Position,
) -> Response:
    """Stream an object: what is `told` first, then the rows; or say that it is unchanged."""
    headers = _headers(request, name, "json", position)
    if knows(request, headers["ETag"]):
        return Response(None, 304, headers)
    return StreamingResponse(
        _json(name, told, rows), headers=headers, media_type="application/json"
    )


def _headers(request: Request, name: str, kind: str, position: Position) -> dict[str, str]:
    return {
        "ETag": _tag(request, position),
        "Content-Disposition": f'attachment; filename="{name}-as-of-{position.size}.{kind}"',
        AS_OF: as_of_words(position.size, rfc3339(position.time)),
        "Link": f'</data/schema/{name}.json>; rel="describedby"',
    }


def _tag(request: Request, position: Position) -> str:
    """Return the entity tag of a download: the same rows stand at the same size of the log.

    It is weak: it is made of what was asked for and as of when, before any row is read.
    """
    asked = f"{request.url.path}?{request.url.query} {position.size} {rfc3339(position.time)}"
    return f'W/"{sha256(asked.encode()).hexdigest()[:32]}"'


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    text = StringIO(MARK)
    text.seek(len(MARK))
    writer = csv.writer(text)
    writer.writerow(columns)
    for number, row in enumerate(rows, start=1):
        writer.writerow([_cell(column, row[column]) for column in columns])
        if number % TOGETHER == 0:
            yield _taken(text)
    yield _taken(text)


def _cell(column: str, value: object) -> str:
    """Write a cell: an amount as it is, all else so that a spreadsheet takes it for text."""
    if column in NUMBERS or not isinstance(value, str):
        return "" if value is None else str(value)
    return neutral(value)


def _taken(text: StringIO) -> bytes:
    """Return what was written since the last time."""
    sent = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return sent


def _json(name: str, told: Mapping[str, object], rows: Iterable[Row]) -> Iterator[bytes]:
    head = json.dumps(told, ensure_ascii=False)[:-1]
    text = StringIO()
    text.write(f'{head}, "{name}": [')
    for number, row in enumerate(rows):
        text.write(",\n" if number else "\n")
        text.write(json.dumps(row, ensure_ascii=False))
        if number % TOGETHER == 0:
            yield _taken(text)
    text.write("\n]}\n")
    yield _taken(text)
