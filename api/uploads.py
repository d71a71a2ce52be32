"""Takes in uploaded files: streamed to a private folder, counted while they come.

A file never gets a name that somebody chose: it lies under a number, and the name it was sent with
is only told. Whatever is over a bound is refused before more of it is read or written.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from fastapi import Request
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from api.upload_types import WrongTypeOfFile, check_type
from ledger.errors import Unreadable

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

FILES_MAX, FIELDS_MAX = 20, 400
FIELD_BYTES_MAX = 2**16
NAME_MAX = 200
WHITE = re.compile(r"[\x00-\x1f\x7f/\\]")


class UploadTooLarge(Unreadable):
    """A request or one of its files has more bytes than are taken in."""

    def __init__(self, what: str, most: int) -> None:
        super().__init__(f"{what} is larger than {most // 2**20} MB; split it")


class UploadMalformed(Unreadable):
    """What was sent is no form with files as browsers send it."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the upload can't be read: {why}")


class FileNameUnusable(Unreadable):
    """A file was sent under a name that is none: a path, a control character, nothing."""

    def __init__(self) -> None:
        super().__init__(
            "a file's name holds a path, a control character, or nothing, or is too long; "
            "rename the file and send it again"
        )


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many bytes are taken in: of one file, and of a whole request."""

    file: int
    request: int


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that lies at `path`; `name` is what it was called, `kind` what its content is."""

    name: str
    path: Path
    kind: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Form:
    """What a form holds: the values of each field in order, and its files."""

    fields: dict[str, list[str]]
    files: list[Upload]

    def one(self, name: str, missing: str = "") -> str:
        """Return the last value of a field, without blanks around it."""
        return self.fields.get(name, [missing])[-1].strip()


async def receive(
    request: Request, folder: Path, bounds: Bounds, kinds: frozenset[str] = frozenset()
) -> Form:
    """Take in a form (`multipart/form-data`, RFC 7578) whose files are of these kinds.

    Raises `UploadTooLarge`, `WrongTypeOfFile`, `FileNameUnusable` or another `Unreadable`; what
    was written until then lies in the folder, which is the caller's to remove.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > bounds.request:
        raise UploadTooLarge("the request", bounds.request)
    taking = _Taking(_boundary(request), folder, bounds)
    try:
        async for chunk in request.stream():
            await run_in_threadpool(taking.feed, chunk)
        return await run_in_threadpool(taking.finish, kinds)
    finally:
        taking.close()


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        raise WrongTypeOfFile("the request", "it must be sent as multipart/form-data")
    if not options.get(b"boundary"):
        raise UploadMalformed("its boundary is missing")
    return options[b"boundary"]


@dataclass(slots=True)
class _Part:
    """A part of the form while it comes: a field's bytes, or an open file."""

    headers: dict[bytes, bytes] = field(default_factory=dict)
    named: str = ""
    name: str | None = None
    data: bytearray = field(default_factory=bytearray)
    file: BinaryIO | None = None
    size: int = 0


class _Taking:
    """Parses a form as it comes in and writes its files down."""

    def __init__(self, boundary: bytes, folder: Path, bounds: Bounds) -> None:
        self._folder = folder
        self._bounds = bounds
        self._taken = 0
        self._part = _Part()
        self._header: tuple[bytes, bytes] = (b"", b"")
        self._fields: dict[str, list[str]] = defaultdict(list)
        self._files: list[tuple[str, Path, int, str]] = []
        self._digest = sha256()
        self._ended = False
        callbacks: dict[str, Callable[..., None]] = {
            "on_part_begin": self._begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._data,
            "on_part_end": self._end,
            "on_end": self._all,
        }
        try:
            self._parser = MultipartParser(boundary, cast("MultipartCallbacks", callbacks))
        except FormParserError as error:
            raise UploadMalformed("its boundary is no boundary") from error

    def feed(self, chunk: bytes) -> None:
        """Take in the next bytes of the request."""
        self._taken += len(chunk)
        if self._taken > self._bounds.request:
            raise UploadTooLarge("the request", self._bounds.request)
        try:
            self._parser.write(chunk)
        except FormParserError as error:
            raise UploadMalformed("it is not built as a form of parts") from error

    def finish(self, kinds: frozenset[str]) -> Form:
        """Return the form; refuse one that was cut off, and files of other kinds."""
        if not self._ended:
            raise UploadMalformed("it was cut off before its end")
        files = [
            Upload(name, path, check_type(name, path, kinds), size, digest)
            for name, path, size, digest in self._files
        ]
        return Form(dict(self._fields), files)

    def close(self) -> None:
        """Close the file that was being written when something went wrong."""
        if self._part.file is not None:
            self._part.file.close()

    def _begin(self) -> None:
        self._part = _Part()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], self._header[1])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _header_end(self) -> None:
        name, value = self._header
        self._part.headers[name.lower()] = value
        self._header = (b"", b"")

    def _headers_finished(self) -> None:
        said = self._part.headers.get(b"content-disposition", b"")
        _, options = parse_options_header(said)
        self._part.named = _text(options.get(b"name", b""))
        if b"filename" not in options:
            self._check_count(sum(map(len, self._fields.values())), FIELDS_MAX, "fields")
            return
        if not options[b"filename"]:  # a form's file box that was left empty
            return
        self._check_count(len(self._files), FILES_MAX, "files")
        self._part.name = checked_name(_raw_name(said) or _text(options[b"filename"]))
        self._digest = sha256()
        place = self._folder / f"upload-{len(self._files)}"
        self._part.file = place.open("xb")

    def _check_count(self, found: int, most: int, what: str) -> None:
        if found >= most:
            raise UploadMalformed(f"it holds more than {most} {what}")

    def _data(self, data: bytes, start: int, end: int) -> None:
        part = self._part
        part.size += end - start
        if part.file is None:
            if part.size > FIELD_BYTES_MAX:
                raise UploadMalformed(f"a field is longer than {FIELD_BYTES_MAX} bytes")
            part.data += data[start:end]
            return
        if part.size > self._bounds.file:
            raise UploadTooLarge(str(part.name), self._bounds.file)
        self._digest.update(data[start:end])
        part.file.write(data[start:end])

    def _end(self) -> None:
        part = self._part
        if part.name is None:
            self._fields[part.named].append(_text(bytes(part.data)))
            return
        assert part.file is not None, "a part with a name is a file"
        part.file.close()
        place = self._folder / f"upload-{len(self._files)}"
        self._files.append((part.name, place, part.size, self._digest.hexdigest()))

    def _all(self) -> None:
        self._ended = True


def checked_name(name: str) -> str:
    """Return a file's name as it may be told; refuse a path, control characters, and nothing."""
    shown = unicodedata.normalize("NFC", name).strip()
    odd = any(unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp") for one in shown)
    if not shown or odd or len(shown) > NAME_MAX or shown.startswith(".") or WHITE.search(shown):
        raise FileNameUnusable
    return shown


def _raw_name(said: bytes) -> str:
    """Return the name as it was sent: the parser drops what stands before a backslash."""
    found = re.search(rb'filename="((?:[^"\\]|\\.)*)"', said, re.IGNORECASE)
    return _text(found[1]) if found else ""


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise UploadMalformed("its text is not UTF-8") from error
