"""Tells by its content what an uploaded file is, and refuses what nobody should have to open.

Nothing is unpacked here but the beginnings of XML parts: bombs, macros, archives in archives and
encrypted workbooks are told by the directory of the zip, before a reader is started.
"""

from __future__ import annotations

import codecs
import io
import re
import zipfile
import zlib
from pathlib import Path

from api.imports.archives import MEMBERS_MAX, RATIO_FROM, RATIO_MAX, files_of
from api.imports.files import ENCRYPTED_XLSX, MARKUP, OLE2, SIGNATURES, XLS_STREAMS
from api.imports.texts import decode
from api.imports.workbooks import UNPACKED_MAX
from ledger.errors import Unreadable

XLSX, XLS, CSV, JSON, PDF, ZIP = "xlsx", "xls", "csv", "json", "pdf", "zip"
LISTS = frozenset({XLSX, XLS, CSV, JSON, ZIP})
"""What the import reads."""
RECEIPTS = frozenset({XLSX, XLS, CSV, PDF, JSON})
"""What the verification of receipts reads: lists, receipts, bundles."""

PARTS_MAX = 5000
XML_LOOKED_AT = 2**16
DTD = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
MACROS = re.compile(r"(vbaProject\.bin|(^|/)macrosheets/|(^|/)vbaData\.xml)", re.IGNORECASE)
XLS_MACROS = "_VBA_PROJECT".encode("utf-16-le")
ARCHIVED = (
    b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"MSCF",
)  # fmt: skip
DAMAGED = (
    zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError, OSError,
    RuntimeError,
)  # fmt: skip
"""What the library raises for a zip that is broken, in whichever way."""
BINARY = "\x00\x01\x02\x03\x04\ufffd"


class WrongTypeOfFile(Unreadable):
    """A file is not of a kind that is taken here, or holds what is not taken anywhere."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


class FileEmpty(Unreadable):
    """A file has no bytes."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: it is empty; choose the file again")


class FileUnsafe(Unreadable):
    """A file is damaged, or was made to hurt who opens it."""

    def __init__(self, name: str, why: str) -> None:
        super().__init__(f"{name}: {why}")


class UnpacksTooLarge(Unreadable):
    """A packed file would come out far larger than it is."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name}: it unpacks to more than {UNPACKED_MAX // 2**20} MB, or was made to; "
            "save it again as .xlsx or .csv"
        )


def check_type(name: str, path: Path, kinds: frozenset[str]) -> str:
    """Return what a file is by its content: one of `kinds`, or it is refused by its name."""
    data = path.read_bytes()
    if not data:
        raise FileEmpty(name)
    kind = _kind(name, data)
    if kind not in kinds:
        wanted = ", ".join(f".{one}" for one in sorted(kinds)) or "no file"
        raise WrongTypeOfFile(name, f"it is a {kind} file; taken here: {wanted}")
    return kind


def _kind(name: str, data: bytes) -> str:
    if data.startswith(b"PK"):
        return _zipped(name, data)
    if data.startswith(OLE2):
        return _compound(name, data)
    if data.startswith(b"%PDF-"):
        return PDF
    for signature, what in SIGNATURES:
        if data.startswith(signature):
            raise WrongTypeOfFile(name, f"it seems to be {what}")
    return _text(name, data)


def _text(name: str, data: bytes) -> str:
    start = data[:1000].removeprefix(codecs.BOM_UTF8).lstrip().lower()
    if start.startswith(MARKUP) or DTD.match(start):
        raise WrongTypeOfFile(name, "it is a web page or XML; open it and save it as .xlsx")
    try:
        text = decode(data)
    except Unreadable as error:
        raise WrongTypeOfFile(name, str(error)) from None
    if any(text.count(mark) > len(text) // 1000 for mark in BINARY):
        raise WrongTypeOfFile(name, "it seems to be binary data, no spreadsheet or receipt")
    return JSON if text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{") else CSV


def _compound(name: str, data: bytes) -> str:
    if ENCRYPTED_XLSX in data:
        raise WrongTypeOfFile(name, "it is encrypted: save it without a password")
    if not any(stream in data for stream in XLS_STREAMS):
        raise WrongTypeOfFile(name, "it is an old Office document, and no workbook")
    if XLS_MACROS in data:
        raise WrongTypeOfFile(name, "it holds macros: save it as .xlsx, which has none")
    return XLS


def _zipped(name: str, data: bytes, *, inside: bool = False) -> str:
    """Tell what a zip is; `inside` another one it may be a workbook, and no archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _archive(name, archive, inside=inside)
    except DAMAGED as error:
        raise FileUnsafe(name, "it is a damaged zip or .xlsx file; save it again") from error


def _archive(name: str, archive: zipfile.ZipFile, *, inside: bool) -> str:
    members = files_of(archive)
    names = {one.filename for one in members}
    office = next((k for n, k in OFFICE.items() if n in names), ZIP)
    if any(one.flag_bits & 1 for one in members):
        raise WrongTypeOfFile(name, "it is encrypted: save it without a password")
    _check_unpacked(name, members)
    if office == XLSX:
        _check_workbook(name, archive, members)
    elif office == ZIP and inside:
        raise FileUnsafe(name, "it is an archive in an archive; unpack it and send the lists")
    elif office == ZIP:
        _check_lists(name, archive, members)
    else:
        raise WrongTypeOfFile(name, f"it is {office}, and no spreadsheet (.xlsx, .xls, .csv)")
    return office


OFFICE = {
    "xl/workbook.xml": XLSX, "word/document.xml": "a Word document",
    "ppt/presentation.xml": "a PowerPoint file", "xl/workbook.bin": "a binary workbook (.xlsb)",
    "content.xml": "an OpenDocument file", "OFD.xml": "an OFD document",
    "AndroidManifest.xml": "a program", "META-INF/MANIFEST.MF": "a program",
}  # fmt: skip
"""What a zip is that holds such a part."""


def _check_unpacked(name: str, members: list[zipfile.ZipInfo]) -> None:
    """Refuse what says that it unpacks too large; what lies about it is counted by its reader."""
    packed = all(one.file_size <= max(RATIO_FROM, one.compress_size * RATIO_MAX) for one in members)
    if not packed or sum(one.file_size for one in members) > UNPACKED_MAX:
        raise UnpacksTooLarge(name)


def _check_workbook(name: str, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    if len(members) > PARTS_MAX:
        raise FileUnsafe(name, f"it has more than {PARTS_MAX:,} parts; save it again as .csv")
    if any(MACROS.search(one.filename) for one in members):
        raise WrongTypeOfFile(name, "it holds macros: save it as .xlsx, which has none")
    for one in members:
        if one.filename.endswith((".xml", ".rels", ".vml")) and _declares(archive, one):
            raise FileUnsafe(name, "its XML declares entities, which no spreadsheet does")


def _declares(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bool:
    """Tell whether XML begins with a document type, where entities are declared, in any UTF."""
    with archive.open(member) as part:
        start = part.read(XML_LOOKED_AT)
    return bool(DTD.search(start.replace(b"\x00", b"")))


def _check_lists(name: str, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> None:
    """Refuse an archive of other than files side by side: paths out of it, archives in it."""
    if len(members) > MEMBERS_MAX:
        raise FileUnsafe(name, f"it holds more than {MEMBERS_MAX} files; send the lists alone")
    for one in members:
        if not one.filename:
            raise FileUnsafe(name, "a file in it has no name")
        if one.filename.startswith(("/", "\\")) or ".." in re.split(r"[/\\:]", one.filename):
            raise FileUnsafe(name, "a file in it names a place outside of it")
        with archive.open(one) as inner:
            start = inner.read(8)
        if start.startswith(b"PK"):
            _zipped(f"{name}: {one.filename}", archive.read(one), inside=True)
        elif start.startswith(ARCHIVED):
            raise FileUnsafe(name, "it holds another archive; unpack it and send the lists")
