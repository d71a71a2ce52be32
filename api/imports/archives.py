"""Open the zip in which a payment service hands out its lists; nothing is written to disk."""

from __future__ import annotations

import io
import zipfile
import zlib
from pathlib import PurePosixPath

from api.imports.workbooks import ENCRYPTED, UNPACKED_MAX
from ledger.errors import Unreadable

MEMBERS_MAX = 100
RATIO_MAX = 200
"""A list of money packs to a tenth or so; a bomb to a thousandth."""
RATIO_FROM = 2**20
UTF8_NAME = 0x800
"""The bit that says a name is UTF-8 (APPNOTE 4.4.4); without it the services mean GBK."""
DAMAGED = "it seems to be a damaged zip file"


def unzipped(data: bytes) -> list[tuple[str, bytes]]:
    """Return the name and bytes of each file in a zip, in its order.

    Folders and what a desktop adds (`__MACOSX`, dot files) are left out. Raises `Unreadable` for
    a damaged or encrypted zip, for one of too many members or of one without a name, and for one
    that unpacks too large: what comes out is counted, whatever the zip says of itself.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _read_all(archive, files_of(archive))
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(DAMAGED) from error
    except (EOFError, RuntimeError) as error:
        raise Unreadable(DAMAGED) from error


def files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Return the members that are files; one may be without a name, which `is_dir` can't take."""
    return [member for member in archive.infolist() if not member.filename.endswith("/")]


def _read_all(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> list[tuple[str, bytes]]:
    if len(members) > MEMBERS_MAX:
        raise Unreadable(f"it holds more than {MEMBERS_MAX} files; unpack it and name the lists")
    if any(member.flag_bits & 1 for member in members):
        raise Unreadable(ENCRYPTED)
    found: list[tuple[str, bytes]] = []
    left = UNPACKED_MAX
    for member in members:
        name = _name(member)
        if not name:
            raise Unreadable(DAMAGED)
        if name.startswith(".") or member.filename.startswith("__MACOSX"):
            continue
        found.append((name, _bytes(archive, member, left)))
        left -= len(found[-1][1])
    return found


def _bytes(archive: zipfile.ZipFile, member: zipfile.ZipInfo, left: int) -> bytes:
    allowed = min(left, max(RATIO_FROM, member.compress_size * RATIO_MAX))
    with archive.open(member) as file:
        data = file.read(allowed + 1)
    if len(data) > allowed:
        raise Unreadable(f"it unpacks to more than {UNPACKED_MAX // 2**20} MB, or was made to")
    return data


def _name(member: zipfile.ZipInfo) -> str:
    name = member.filename
    if not member.flag_bits & UTF8_NAME:
        try:
            name = name.encode("cp437").decode("gb18030")
        except UnicodeError:
            name = member.filename
    return PurePosixPath(name.replace("\\", "/")).name
