"""Read a published spreadsheet, told by its bytes and not its name, into rows of money or goods."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from api.imports.archives import unzipped
from api.imports.cells import clean, text_of
from api.imports.goods_rows import ISSUED, RECEIVED, GoodsRow, GoodsTable
from api.imports.goods_tables import GoodsReading, read_goods
from api.imports.goods_words import GOODS_LOOKED_FOR
from api.imports.header_words import MONEY_LOOKED_FOR
from api.imports.headers import most_header_like
from api.imports.roles import Mapping
from api.imports.rows import MoneyRow, MoneyTable, RejectedRow, SourceFile
from api.imports.sheets import Sheet
from api.imports.tables import Line, SheetReading, read_sheet
from api.imports.texts import decode, read_delimited, read_json
from api.imports.workbooks import ENCRYPTED, check_zip, is_archive, read_workbook
from ledger.errors import Unreadable

__all__ = ["GoodsRow", "GoodsTable", "MoneyRow", "MoneyTable", "RejectedRow", "SourceFile", "read"]

FILE_MAX = 64 * 2**20
KINDS = {
    "auto": "auto", "gifts": "gifts", "payments": "payments", "disbursements": "payments",
    RECEIVED: RECEIVED, ISSUED: ISSUED,
}  # fmt: skip
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


def read(
    path: Path,
    kind: str = "auto",
    date_given: date | None = None,
    mapping: Mapping | None = None,
    called: str | None = None,
) -> SourceFile:
    """Read every table of money and of goods in a .xlsx, .xls, .csv or .json file.

    `kind` is "auto", "gifts", "payments", "disbursements" (the same as payments),
    "goods-received" or "goods-issued". A row without a date gets `date_given`, else the latest
    date on its sheet. What `mapping` says of a header goes before its words. Rows that can't be
    recorded are in `rejected`, with reasons. A file that lies under another name than the one it
    is known by is `called` that. Raises `Unreadable` if the file as a whole is no list
    of the kind asked for.
    """
    if kind not in KINDS:
        raise Unreadable(f"{kind!r} is no kind of list: say {', '.join(KINDS)}")
    data, known = _bytes(path), Path(called) if called else path
    try:
        sheets, hidden = _sheets(data, known.stem)
        readings = [_read_sheet(sheet, KINDS[kind], date_given, mapping) for sheet in sheets]
        _check_found(sheets, readings, KINDS[kind])
    except Unreadable as error:
        raise Unreadable(f"{_name(known)}: {error}") from error
    tables = tuple(table for reading in readings for table in reading.tables)
    ignored = [line for reading in readings for line in reading.ignored]
    ignored += [
        (name, 0, "隐藏的工作表或读不懂的文件，没有读取 (hidden or unreadable, not read)")
        for name in hidden
    ]
    return SourceFile(known, hashlib.sha256(data).hexdigest(), tables, tuple(ignored))


def sheets_of(path: Path) -> list[Sheet]:
    """Return the visible sheets of a file as they are, before any of it is understood."""
    try:
        return _sheets(_bytes(path), path.stem)[0]
    except Unreadable as error:
        raise Unreadable(f"{_name(path)}: {error}") from error


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a sheet comes to: tables of the kind asked for, lines passed over, kinds it holds."""

    tables: tuple[MoneyTable | GoodsTable, ...]
    ignored: tuple[Line, ...]
    kinds: frozenset[str]


def _read_sheet(
    sheet: Sheet, kind: str, date_given: date | None, mapping: Mapping | None
) -> _Reading:
    """Read a sheet's money and then its goods, as far as they are asked for."""
    of_goods = kind in (RECEIVED, ISSUED)
    money = read_sheet(sheet, "auto" if of_goods else kind, date_given, mapping)
    held = {*(["money"] if money.tables else []), *(["goods"] if money.goods else [])}
    if kind in ("gifts", "payments"):
        return _Reading(money.tables, money.ignored, frozenset(held))
    goods = read_goods(sheet, kind, date_given, money.ignored, mapping, money.headers)
    tables = () if of_goods else money.tables
    held |= goods.kinds
    return _Reading((*tables, *goods.tables), _passed_over(money, goods), frozenset(held))


def _passed_over(money: SheetReading, goods: GoodsReading) -> tuple[Line, ...]:
    """Return the lines that are of neither: the reader of money passes over goods, too."""
    lines = [line for line in money.ignored if line[1] not in goods.rows]
    return tuple(sorted({*lines, *goods.ignored}))


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
    if data.startswith(b"PK") and is_archive(data):
        return _archived(data)
    return _sheets_of_list(data, name)


def _archived(data: bytes) -> tuple[list[Sheet], list[str]]:
    """Return the sheets of all lists in a zip, as payment services hand them out."""
    sheets: list[Sheet] = []
    unread: list[str] = []
    for name, member in unzipped(data):
        try:
            shown, hidden = _sheets_of_list(member, PurePosixPath(name).stem)
        except Unreadable:
            unread.append(name)
            continue
        sheets += shown
        unread += hidden
    if not sheets:
        raise Unreadable("it is a zip archive without a spreadsheet (.xlsx, .xls, .csv) in it")
    return sheets, unread


def _sheets_of_list(data: bytes, name: str) -> tuple[list[Sheet], list[str]]:
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


def _check_found(sheets: list[Sheet], readings: list[_Reading], kind: str) -> None:
    """Refuse a file without any table of the kind, saying what it holds instead."""
    if any(reading.tables for reading in readings):
        return
    if not any(text_of(cell) for sheet in sheets for row in sheet.rows for cell in row):
        raise Unreadable("all its sheets are empty")
    held = {each for reading in readings for each in reading.kinds}
    if kind in (RECEIVED, ISSUED):
        raise Unreadable(_no_goods(held, kind, sheets))
    if "goods" in held:
        goods = "it is a list of goods (品名, 规格, 数量)"
        unnamed = f"without a column that names things: looked for {GOODS_LOOKED_FOR}"
        raise Unreadable(
            f"{goods} {unnamed}" if kind == "auto" else f"{goods}, and no list of money"
        )
    raise Unreadable(
        f"no table with a column of amounts: looked for {MONEY_LOOKED_FOR}; found {_named(sheets)}"
    )


def _no_goods(held: set[str], kind: str, sheets: list[Sheet]) -> str:
    others = sorted(held - {"goods"})
    if others:
        return f"it is a list of {' and '.join(others)}, and no list of {kind}"
    return f"no list of {kind}: looked for {GOODS_LOOKED_FOR}; found {_named(sheets)}"


def _named(sheets: list[Sheet]) -> str:
    found = max((most_header_like(sheet.rows) for sheet in sheets), key=len, default=[])
    return ", ".join(text[:20] for text in found) or "no header"
