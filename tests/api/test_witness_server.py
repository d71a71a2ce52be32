"""The witness over HTTP answers each request with the status code that the specification names."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from api import witness_server
from ledger.proof import checkpoint, merkle
from ledger.proof.add_checkpoint import SIZE_TYPE, AddCheckpoint
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.cosignatures import cosigned
from ledger.store.witness import Witness
from ledger.store.witness_asking import Answered, HttpPost, WitnessSilent
from tests.api.witnessed_log import keys, listening, witness_of
from tests.ledger.proof.given import LOG, LOG_KEY, ORIGIN, private
from tests.ledger.proof.witnessed import AT, TREE, note_of, of_another_tree, seen_at

KEYS = keys("tax").public
SEEN = f"/{sha256(ORIGIN.encode()).hexdigest()}/checkpoint"


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    return witness_of(tmp_path, "tax", LOG_KEY)


@pytest.fixture
def address(witness: Witness) -> Iterator[str]:
    with listening(witness) as url:
        yield url


def post(address: str, old: int, note: str, *path: bytes) -> Answered:
    return HttpPost()(f"{address}/add-checkpoint", AddCheckpoint(old, path, note).encode())


def raw(address: str, request: bytes) -> bytes:
    """Send bytes as they are; return all that comes back before the other side hangs up."""
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as there:
        there.sendall(request)
        got = b""
        while chunk := there.recv(65536):
            got += chunk
    return got


def test_a_log_that_grows_is_answered_with_cosignatures(address: str) -> None:
    first = post(address, 0, note_of(7))
    assert (first.status, first.kind) == (200, "text/plain")
    assert cosigned(note_of(7) + first.body.decode(), KEYS) == dict.fromkeys(KEYS, AT)
    grown = post(address, 7, note_of(9), *merkle.consistency(7, 9, TREE))
    assert cosigned(note_of(9) + grown.body.decode(), KEYS) == dict.fromkeys(KEYS, AT)


def test_each_refusal_has_the_status_code_of_the_specification(address: str) -> None:
    unknown = checkpoint.sign(Checkpoint("other.example", 1, bytes(32)), LOG)
    forged = checkpoint.sign(seen_at(7), private("thief"))
    assert post(address, 0, note_of(7)).status == 200
    assert post(address, 0, "nonsense").status == 400
    assert HttpPost()(f"{address}/add-checkpoint", b"old 1").status == 400
    assert HttpPost()(f"{address}/add-checkpoint", b"old 01\n\nx").status == 400
    assert post(address, 8, note_of(7)).status == 400
    assert post(address, 0, forged).status == 403
    assert post(address, 0, unknown).status == 404
    assert post(address, 0, note_of(9)) == Answered(409, SIZE_TYPE, b"7\n")
    assert post(address, 7, note_of(9)).status == 422
    assert post(address, 7, of_another_tree(7)).status == 422


def test_a_witness_that_lost_its_memory_says_so_with_500(address: str, tmp_path: Path) -> None:
    (seen,) = tmp_path.glob("logs/*/seen")
    seen.unlink()
    answer = post(address, 0, note_of(7))
    assert answer.status == 500
    assert b"missing or altered" in answer.body


def test_whoever_compares_gets_the_newest_checkpoint_that_was_cosigned(address: str) -> None:
    parts = urlsplit(address)
    with closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as connection:
        for path in (SEEN, "/", "/add-checkpoint", SEEN.upper()):
            connection.request("GET", path)
            answer = connection.getresponse()
            assert (answer.status, answer.read()[-1:]) == (404, b"\n")
        lines = post(address, 0, note_of(7)).body.decode()
        connection.request("GET", SEEN)
        answer = connection.getresponse()
        assert answer.read().decode() == note_of(7) + lines
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Server"] == "witness"


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /elsewhere HTTP/1.1\r\nContent-Length: 3", b"404"),
        (b"POST /add-checkpoint HTTP/1.1", b"411"),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: -1", b"411"),
        (b"POST /add-checkpoint HTTP/1.1\r\nTransfer-Encoding: chunked", b"411"),
        (b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 1000001", b"413"),
        (b"PUT /add-checkpoint HTTP/1.1", b"501"),
    ],
)
def test_what_is_not_read_ends_the_connection(address: str, head: bytes, status: bytes) -> None:
    got = raw(address, head + b"\r\nHost: x\r\n\r\n")
    assert got.startswith(b"HTTP/1.1 " + status)
    assert b"Connection: close" in got


def test_a_request_cut_short_harms_nobody(address: str) -> None:
    parts = urlsplit(address)
    with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=30) as there:
        there.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 500\r\n\r\nold 0")
    assert post(address, 0, note_of(7)).status == 200


def test_a_client_that_resets_is_not_told_of(
    address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    parts = urlsplit(address)
    for _ in range(3):
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as there:
            there.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
            there.sendall(b"GET / HTTP/1.1\r\n\r\n" * 3)
    assert post(address, 0, note_of(7)).status == 200
    assert capfd.readouterr().err == ""


def test_more_connections_than_there_is_room_for_are_closed_at_once(
    witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witness_server, "AT_ONCE", 1)
    with listening(witness) as address:
        parts = urlsplit(address)
        with closing(http.client.HTTPConnection(parts.netloc, timeout=30)) as first:
            first.request("GET", "/")
            first.getresponse().read()
            assert raw(address, b"") == b"", "the first is kept open, and is all there is room for"
        assert post_when_free(address).status == 200


def post_when_free(address: str) -> Answered:
    """Ask until the place of the connection that was closed is free again."""
    patience = threading.Event()
    for _ in range(1000):
        try:
            return post(address, 0, note_of(7))
        except WitnessSilent:
            patience.wait(0.01)
    raise AssertionError("the place of a connection that was closed is never free again")
