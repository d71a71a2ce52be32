"""What is checked is read from files and addresses of bounded size, and refused in one line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from api.verifying.files import FileUnreadable, Unfetched, fetch, read_file, read_or_fetch


class Served(BaseHTTPRequestHandler):
    """Gives `list` its bytes, `endless` without end, `cut` fewer bytes than promised."""

    def do_GET(self) -> None:
        """Answer by the path."""
        if self.path == "/missing":
            self.send_error(404)
            return
        self.send_response(200)
        if self.path == "/cut":
            self.send_header("Content-Length", "10")
        self.end_headers()
        try:
            self.wfile.write(b"abc")
            while self.path == "/endless":
                self.wfile.write(b"x" * 65536)
        except ConnectionError:
            pass

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 the library's name
        """Say nothing."""


@contextmanager
def serving() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Served) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as found:
        yield found


def test_an_address_is_fetched_and_a_path_is_read(address: str, tmp_path: Path) -> None:
    assert read_or_fetch(f"{address}/list") == b"abc"
    (tmp_path / "list").write_bytes(b"abc")
    assert read_or_fetch(str(tmp_path / "list")) == b"abc"


@pytest.mark.parametrize(
    ("path", "why"),
    [("/endless", "larger than 1 MB"), ("/missing", "404"), ("/cut", "cut short by 7 bytes")],
)
def test_what_is_endless_missing_or_cut_is_refused(address: str, path: str, why: str) -> None:
    with pytest.raises(Unfetched, match=why):
        fetch(address + path, most=2**20)


def test_what_takes_too_long_is_refused(address: str) -> None:
    with pytest.raises(Unfetched, match="longer than -1 seconds"):
        fetch(f"{address}/list", seconds=-1)


def test_an_address_where_nobody_answers_is_refused() -> None:
    with serving() as gone:
        pass
    with pytest.raises(Unfetched, match="refused"):
        fetch(gone)


def test_a_file_that_is_too_large_or_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(b"123")
    with pytest.raises(FileUnreadable, match="larger"):
        read_file(tmp_path / "large", 2)
    with pytest.raises(FileUnreadable, match="No such file"):
        read_file(tmp_path / "nothing")
