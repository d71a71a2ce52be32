"""Read a published spreadsheet, told by its bytes and not by its name, into rows of money."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from api.imports.cells import clean, text_of
from api.imports.header_words import MONEY_LOOKED_FOR
from api.imports.headers import most_header_like
from api.imports.rows import MoneyRow, MoneyTable, RejectedRow, SourceFile
from api.imports.sheets import Sheet
from api.imports.tables import SheetReading, read_sheet
from api.imports.texts import decode, read_delimited, read_json
from api.imports.workbooks import ENCRYPTED, check_zip, read_workbook
from ledger.errors import Unreadable

__all__ = ["MoneyRow", "MoneyTable", "RejectedRow", "SourceFile", "read"]

FILE_MAX = 64 * 2**20
KINDS = {"auto": "auto", "gifts": "gifts", "payments": "payments", "disbursements": "payments"}
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""A compound file, which .xls is (MS-CFB 2.2)."""
ENCRYPTED_XLSX = "EncryptedPackage".encode("utf-16-le")
XLS_STREAMS = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
SIGNATURES = (
    (b"%PDF", "a PDF"), (b"\x89PNG", "an image (PNG)"), (b"\xff\xd8\xff", "an image (JPEG)"),
    (b"GIF8", "an image (GIF)"), (b"BM", "an image (BMP)"), (b"II*\x00", "an image (TIFF)"),
    (b"MM\x00*", "an image (TIFF)"), (b"Rar!", "a RAR archive"), (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"), (b"{\\rtf", "an RTF document"), (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)  # fmt: skip
MARKUP = (b"<!doctype html", b"<html", b"<table", b"<head", b"<body", b"<div", b"<meta", b"<?xml")


def read(path: Path, kind: str = "auto", date_given: date | None = None) -> SourceFile:
    """Read every table of money in a .xlsx, .xls, .csv or .json file.

    `kind` is "auto", "gifts", "payments" or "disbursements" (the same as payments). A row without
    a date gets `date_given`, else the latest date on its sheet. Rows that can't be recorded are
    in `rejected`, with reasons. Raises `Unreadable` if the file as a whole is no list of money.
    """
    if kind not in KINDS:
        raise Unreadable(f"{kind!r} is no kind of list: say {', '.join(KINDS)}")
    data = _bytes(path)
    try:
        sheets, hidden = _sheets(data, path.stem)
        readings = [read_sheet(sheet, KINDS[kind], date_given) for sheet in sheets]
        _check_found(sheets, readings)
    except Unreadable as error:
        raise Unreadable(f"{_name(path)}: {error}") from error
    tables = tuple(table for reading in readings for table in reading.tables)
    ignored = [line for reading in readings for line in reading.ignored]
    ignored += [(name, 0, "隐藏的工作表，没有读取 (hidden sheet, not read)") for name in hidden]
    return SourceFile(path, hashlib.sha256(data).hexdigest(), tables, tuple(ignored))


def _bytes(path: Path) -> bytes:
    try:
        if path.is_dir():
            raise Unreadable(f"{_name(path)}: it is a folder; name a file in it")
        if path.exists() and not path.is_file():
            raise Unreadable(f"{_name(path)}: it is no file that can be read to its end")
        with path.open("rb") as file:
            data = file.read(FILE_MAX + 1)
    except FileNotFoundError as error:
        raise Unreadable(f"{_name(path)}: not found") from error
    except (OSError, ValueError) as error:
        raise Unreadable(
            f"{_name(path)}: can't be opened; check the name and who may read it"
        ) from error
    if not data:
        raise Unreadable(f"{_name(path)}: it is empty")
    if len(data) > FILE_MAX:
        raise Unreadable(f"{_name(path)}: it is larger than {FILE_MAX // 2**20} MB; split it")
    return data


def _name(path: Path) -> str:
    return clean(path.name) or "."


def _sheets(data: bytes, name: str) -> tuple[list[Sheet], list[str]]:
    if data.startswith(b"PK"):
        check_zip(data)
        return read_workbook(data)
    if data.startswith(OLE2):
        _check_compound(data)
        return read_workbook(data)
    _check_text(data)
    text = decode(data)
    if any(text.count(mark) > len(text) // 1000 for mark in "\x00\x01\x02\x03\x04\ufffd"):
        raise Unreadable("it seems to be binary data, not a spreadsheet (.xlsx, .xls, .csv)")
    listed = read_json(text, name) if text.lstrip()[:1] in ("[", "{") else None
    return [listed or read_delimited(text, name)], []


def _check_compound(data: bytes) -> None:
    if ENCRYPTED_XLSX in data:
        raise Unreadable(ENCRYPTED)
    if not any(stream in data for stream in XLS_STREAMS):
        raise Unreadable("it seems to be an old Office document, not a spreadsheet (.xlsx, .xls)")


def _check_text(data: bytes) -> None:
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(f"it seems to be {what}, not a spreadsheet (.xlsx, .xls, .csv)")
    start = data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(MARKUP):
        raise Unreadable("it seems to be a web page or XML; open it and save it as .xlsx")


def _check_found(sheets: list[Sheet], readings: list[SheetReading]) -> None:
    """Refuse a file without any table of money, saying what it holds instead."""
    if any(reading.tables for reading in readings):
        return
    if not any(text_of(cell) for sheet in sheets for row in sheet.rows for cell in row):
        raise Unreadable("all its sheets are empty")
    if any(reading.goods for reading in readings):
        raise Unreadable("it is a list of goods (品名, 规格, 数量), and no list of money")
    found = max((most_header_like(sheet.rows) for sheet in sheets), key=len, default=[])
    named = ", ".join(text[:20] for text in found) or "no header"
    raise Unreadable(
        f"no table with a column of amounts: looked for {MONEY_LOOKED_FOR}; found {named}"
    )
