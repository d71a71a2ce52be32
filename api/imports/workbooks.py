"""Read .xlsx and .xls workbooks in a process of their own, bounded in memory, time and size."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from api.imports.cells import Cell
from api.imports.sheets import Sheet
from ledger.errors import Unreadable

UNPACKED_MAX = 512 * 2**20
MEMORY_MAX = 2 * 2**30
SECONDS_MAX = 60
ROWS_MAX = 300_000
CELLS_MAX = 6_000_000
READER = Path(__file__).with_name("workbook_process.py")
TOO_LARGE = f"it is too large: a sheet may have {ROWS_MAX:,} rows and {CELLS_MAX:,} cells"
DAMAGED = "it is damaged, or asks for more memory than a list of money needs"
ARCHIVE = "a zip archive"
ENCRYPTED = "it is encrypted: save it without a password"


def is_archive(data: bytes) -> bool:
    """Tell a plain zip archive from the zip container of an Office document."""
    return _zip_kind(_members(data)) == ARCHIVE


def check_zip(data: bytes) -> None:
    """Refuse a zip container that is no .xlsx workbook or unpacks to more than 512 MB."""
    members = _members(data)
    if sum(member.file_size for member in members.values()) > UNPACKED_MAX:
        raise Unreadable(f"it unpacks to more than {UNPACKED_MAX // 2**20} MB")
    if any(member.flag_bits & 1 for member in members.values()):
        raise Unreadable(ENCRYPTED)
    if "xl/workbook.xml" not in members:
        raise Unreadable(
            f"it seems to be {_zip_kind(members)}, not a spreadsheet (.xlsx, .xls, .csv)"
        )


def _members(data: bytes) -> dict[str, zipfile.ZipInfo]:
    try:
        listed = zipfile.ZipFile(io.BytesIO(data)).infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable("it seems to be a damaged .xlsx or zip file") from error
    return {member.filename: member for member in listed}


def _zip_kind(members: dict[str, zipfile.ZipInfo]) -> str:
    kinds = {
        "word/document.xml": "a Word document", "ppt/presentation.xml": "a PowerPoint file",
        "xl/workbook.bin": "a binary workbook (.xlsb)", "content.xml": "an OpenDocument file",
        "OFD.xml": "an OFD document", "xl/workbook.xml": "a workbook",
    }  # fmt: skip
    return next((kind for name, kind in kinds.items() if name in members), ARCHIVE)


def read_workbook(data: bytes) -> tuple[list[Sheet], list[str]]:
    """Read a workbook's bytes; return its visible sheets and the names of the hidden ones."""
    limits = map(str, (MEMORY_MAX, SECONDS_MAX, ROWS_MAX, CELLS_MAX))
    command = [sys.executable, "-I", str(READER), *limits]
    try:
        done = subprocess.run(  # noqa: S603 our own reader, by its own path
            command, input=data, capture_output=True, timeout=2 * SECONDS_MAX, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(DAMAGED) from error
    if done.returncode != 0:
        raise Unreadable(DAMAGED)
    answer = json.loads(done.stdout)
    if "error" in answer:
        words = {"PasswordError": ENCRYPTED, "too large": TOO_LARGE}
        raise Unreadable(words.get(answer["error"], "it is damaged: no workbook could be read"))
    shown = [_sheet(found) for found in answer["sheets"] if found["visible"]]
    return shown, [found["name"] for found in answer["sheets"] if not found["visible"]]


def _sheet(found: dict[str, Any]) -> Sheet:
    merged = [(top, left, bottom, right) for (top, left), (bottom, right) in found["merged"]]
    return Sheet(found["name"], [_row(row) for row in found["rows"]], merged)


def _row(row: Sequence[Any]) -> list[Cell]:
    return [_cell(cell) if isinstance(cell, dict) else cell for cell in row]


def _cell(written: dict[str, str]) -> Cell:
    day = written.get("day")
    return datetime.fromisoformat(day) if day else written["text"]
