"""Files that are sent in: streamed, counted, told by their content, refused with one sentence."""

from __future__ import annotations

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
import xlsxwriter
from fastapi import FastAPI, Request

from api import problems
from api.rendering import HEADERS
from api.upload_types import LISTS, RECEIPTS
from api.uploads import FIELDS_MAX, FILES_MAX, Bounds, receive

KIB = 2**10
BOUNDS = Bounds(file=64 * KIB, request=128 * KIB)


class Desk:
    """One address that takes files, and the folder that they are streamed to."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.app = FastAPI()
        problems.install(self.app)
        self.kinds = LISTS
        self.read = 0

        @self.app.post("/upload")
        async def upload(request: Request) -> dict[str, object]:
            form = await receive(request, folder, BOUNDS, self.kinds)
            return {
                "fields": form.fields,
                "files": [[f.name, f.kind, f.size, f.path.name] for f in form.files],
            }

    def send(self, data: bytes, name: str = "list.csv", **more: str) -> httpx.Response:
        return self.ask(files={"file": (name, data)}, data=more)

    def ask(self, **given: object) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://portal") as client:
                return await client.post("/upload", **given)  # type: ignore[arg-type] # as given

        return asyncio.run(ask())

    @property
    def written(self) -> int:
        """How many bytes lie in the folder."""
        return sum(p.stat().st_size for p in self.folder.iterdir())


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def workbook(**parts: bytes) -> bytes:
    """Return a workbook of one cell, with parts added or replaced (`__` stands for `/`)."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.add_worksheet().write_string(0, 0, "金额")
    if not parts:
        return content.getvalue()
    named = {name.replace("__", "/").replace("_dot_", "."): data for name, data in parts.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(content) as old, zipfile.ZipFile(made, "w") as new:
        for one in old.namelist():
            if one not in named:
                new.writestr(one, old.read(one))
        for name, data in named.items():
            new.writestr(name, data, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def zipped(**members: bytes) -> bytes:
    """Return a zip of members whose names are given with `_dot_` and `__`."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return made.getvalue()


def test_files_lie_under_numbers_and_fields_keep_their_order(desk: Desk) -> None:
    answer = desk.ask(
        files=[("file", ("捐赠.csv", b"a,b\n1,2\n")), ("file", ("b.json", b" [1]"))],
        data={"fund": "f", "rate": ["x", "y"]},
    )
    assert answer.json() == {
        "fields": {"fund": ["f"], "rate": ["x", "y"]},
        "files": [["捐赠.csv", "csv", 8, "upload-0"], ["b.json", "json", 4, "upload-1"]],
    }


def test_a_file_box_that_was_left_empty_is_no_file(desk: Desk) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n'
        b"Content-Type: application/octet-stream\r\n\r\n\r\n--x--\r\n"
    )
    answer = desk.ask(content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.json()["files"] == []


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (workbook(), "xlsx"),
        (b"a,b\n1,2\n", "csv"),
        ("金额,日期\n".encode("gb18030"), "csv"),
        (b'\xef\xbb\xbf{"a": []}', "json"),
        (zipped(a_dot_csv=b"a,b\n", b_dot_xlsx=workbook()), "zip"),
    ],
)
def test_what_a_file_is_is_told_by_its_content(desk: Desk, data: bytes, kind: str) -> None:
    answer = desk.send(data, "whatever.pdf")
    assert answer.json()["files"][0][1] == kind


MACROS = workbook(xl__vbaProject_dot_bin=b"\xcc\x61")
DTD = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
XLS = OLE + "Workbook".encode("utf-16-le")
REFUSED: list[tuple[str, bytes, int, str]] = [
    ("a zip bomb", workbook(xl__worksheets__sheet1_dot_xml=bytes(12 * 2**20)), 413, "unpacks to"),
    ("a bomb in an archive", zipped(a_dot_csv=bytes(12 * 2**20)), 413, "unpacks to more"),
    ("an XML bomb", workbook(xl__sharedStrings_dot_xml=DTD), 400, "declares entities"),
    ("an XML bomb in UTF-16",
     workbook(xl__sharedStrings_dot_xml=DTD.decode().encode("utf-16")), 400, "declares entities"),
    ("macros", MACROS, 415, "it holds macros"),
    ("macros of old", XLS + "_VBA_PROJECT_CUR".encode("utf-16-le"), 415, "it holds macros"),
    ("macro sheets", workbook(xl__macrosheets__sheet1_dot_xml=b"<x/>"), 415, "it holds macros"),
    ("an encrypted workbook", OLE + "EncryptedPackage".encode("utf-16-le"), 415, "password"),
    ("a Word document of old", OLE, 415, "no workbook"),
    ("an archive in an archive", zipped(a_dot_zip=zipped(b_dot_csv=b"1")), 400, "an archive in"),
    ("another archive in one", zipped(a_dot_csv=b"Rar!\x1a\x07"), 400, "another archive"),
    ("macros in an archive", zipped(a_dot_xlsx=MACROS), 415, "it holds macros"),
    ("a path out of an archive", zipped(**{"..__..__a_dot_csv": b"1"}), 400, "outside of it"),
    ("a file without a name", zipped(a=b"1").replace(b"a", b"\0"), 400, "has no name"),
    ("many files in an archive", zipped(**{f"{n}_dot_csv": b"1" for n in range(101)}), 400,
     "more than 100 files"),
    ("a Word document", zipped(word__document_dot_xml=b"<x/>"), 415, "a Word document"),
    ("a program", zipped(META_INF__MANIFEST_dot_MF=b"x", AndroidManifest_dot_xml=b"x"), 415,
     "a program"),
    ("a damaged zip", workbook()[:-40], 400, "a damaged zip"),
    ("nothing", b"", 400, "it is empty"),
    ("a picture", b"\x89PNG\r\n", 415, "an image (PNG)"),
    ("a program of Windows", b"MZ\x90", 415, "a program"),
    ("a web page", b"  <!DOCTYPE html><p>", 415, "a web page or XML"),
    ("XML", b'<?xml version="1.0"?><a/>', 415, "a web page or XML"),
    ("binary data", b"\x00\x01\x02" * 100, 415, "binary data"),
    ("text of no encoding", b"\xff\xff\xfe\x81\x20\xff", 415, "neither UTF-8 nor GB 18030"),
    ("a receipt", b"%PDF-1.7\n", 415, "it is a pdf file; taken here: .csv"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("data", "status", "said"), [r[1:] for r in REFUSED], ids=[r[0] for r in REFUSED]
)
def test_what_nobody_should_have_to_open_is_refused_with_one_sentence(
    desk: Desk, data: bytes, status: int, said: str
) -> None:
    assert len(data) < BOUNDS.file
    answer = desk.send(data, "名单.xlsx")
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status), problem
    assert problem["detail"].startswith("名单.xlsx: ")
    assert said in problem["detail"]
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]


def test_receipts_are_taken_where_receipts_are_asked_for(desk: Desk) -> None:
    desk.kinds = RECEIPTS
    sent = [("file", ("a", b"%PDF-1.7\n")), ("file", ("b", zipped(a_dot_csv=b"1")))]
    assert desk.ask(files=sent[:1]).json()["files"][0][1] == "pdf"
    (desk.folder / "upload-0").unlink()
    assert desk.ask(files=sent[1:]).status_code == 415


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd", "C:\\x\\list.csv", "a/b.csv", ".profile", "a\u202egpj.csv", "a\x01b.csv",
     " ", "x" * 201],
)  # fmt: skip
def test_a_name_with_a_path_or_a_trick_in_it_is_refused(desk: Desk, name: str) -> None:
    said = name.encode()
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="' + said + b'"\r\n\r\n'
        b"a,b\n\r\n--x--\r\n"
    )
    answer = desk.ask(content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400, answer.text
    assert "rename the file" in answer.json()["detail"] or "can't be read" in answer.text
    assert list(desk.folder.iterdir()) == []


def test_a_file_over_its_bound_is_refused_and_little_more_is_written(desk: Desk) -> None:
    answer = desk.send(bytes(BOUNDS.file + 1))
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/too-large"
    assert desk.written <= BOUNDS.file


def test_a_request_that_says_two_gigabytes_is_refused_before_a_byte_is_read(desk: Desk) -> None:
    read = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal read
        read += 1
        yield b"x" * KIB

    headers = {"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(2**31)}
    answer = desk.ask(content=body(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["detail"] == "the request is larger than 0 MB; split it"
    assert desk.written == 0


@pytest.mark.parametrize("said", ["10", "many", None])
def test_two_gigabytes_that_lie_about_their_length_are_refused_while_they_come(
    desk: Desk, said: str | None
) -> None:
    given = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal given
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        while given < 2**31:
            given += KIB
            yield b"1" * KIB

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    headers |= {"Content-Length": said} if said else {}
    answer = desk.ask(content=body(), headers=headers)
    assert answer.status_code == 413
    assert desk.written <= BOUNDS.file
    assert given <= BOUNDS.request + KIB


def parts(count: int, filename: str = "") -> bytes:
    one = b'--x\r\nContent-Disposition: form-data; name="f"' + filename.encode() + b"\r\n\r\n1\r\n"
    return one * count + b"--x--\r\n"


def bad_forms() -> Iterator[object]:
    form = "multipart/form-data; boundary=x"
    yield pytest.param(b"{}", "application/json", 415, "must be sent as", id="JSON")
    yield pytest.param(b"", "multipart/form-data", 400, "boundary is missing", id="no boundary")
    yield pytest.param(b"", f"multipart/form-data; boundary={'y' * 300}", 400, "no boundary",
                       id="long boundary")  # fmt: skip
    yield pytest.param(b"hello", form, 400, "not built as a form", id="no parts")
    yield pytest.param(parts(1)[:-9], form, 400, "cut off", id="cut off")
    yield pytest.param(parts(FIELDS_MAX + 1), form, 400, f"than {FIELDS_MAX} fields", id="fields")
    yield pytest.param(parts(FILES_MAX + 1, '; filename="a.csv"'), form, 400,
                       f"than {FILES_MAX} files", id="files")  # fmt: skip
    yield pytest.param(parts(1).replace(b"1", b"1" * 70000), form, 400, "longer than",
                       id="long field")  # fmt: skip
    yield pytest.param(parts(1).replace(b"1", b"\xff"), form, 400, "not UTF-8", id="text")


@pytest.mark.parametrize(("body", "kind", "status", "said"), list(bad_forms()))
def test_what_is_no_form_is_refused(
    desk: Desk, body: bytes, kind: str, status: int, said: str
) -> None:
    answer = desk.ask(content=body, headers={"Content-Type": kind})
    assert answer.status_code == status, answer.text
    assert said in answer.json()["detail"]


def test_a_file_that_is_being_written_is_closed_when_the_request_fails(desk: Desk) -> None:
    body = parts(1, '; filename="a.csv"')[:-12]
    answer = desk.ask(content=body, headers={"Content-Type": "multipart/form-data; boundary=x"})
    assert answer.status_code == 400  # and no warning of a file that was left open
