"""Where requests to receivers may go, and how little a receiver can do to whoever asks it."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from api.hooks.reaching import (
    ANSWER_MAX,
    FORBIDDEN,
    TOO_SLOW,
    UNREACHABLE,
    UNRESOLVED,
    UNTRUSTED,
    WAIT_MAX_S,
    Answer,
    Line,
    Reach,
    UrlRefused,
    is_public,
    resolved,
)
from tests.api.hooks.receiving import Receiver

INSIDE = (
    "127.0.0.1", "127.8.9.1", "::1", "0.0.0.0", "::", "169.254.169.254", "fe80::1", "10.0.0.1",  # noqa: S104
    "172.16.0.1", "192.168.1.1", "100.64.0.1", "fc00::1", "fec0::1", "224.0.0.1", "ff02::1",
    "255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "2001:db8::1", "2002:7f00:1::",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1",
)  # fmt: skip
OUTSIDE = ("93.184.215.14", "2606:4700::1111", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e")
BODY = b"{}"
OPEN = Reach(loopback=True)
STRICT = Reach()


def always(*addresses: str) -> Callable[[str, int], Sequence[str]]:
    """Resolve every name to these addresses."""
    return lambda *_: addresses


def posted(url: str, reach: Reach) -> str:
    with Line(url, reach) as line:
        return line.post(BODY, {}).what


@pytest.mark.parametrize("address", INSIDE)
def test_addresses_inside_are_refused_written_out_and_behind_a_name(address: str) -> None:
    assert not is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(UrlRefused, match="inside a network"):
        STRICT.check(f"https://{host}/hook")
    reach = Reach(resolve=always("93.184.215.14", address))
    assert posted("https://receiver.example/hook", reach) == FORBIDDEN


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_of_the_public_internet_may_be_reached(address: str) -> None:
    assert is_public(ip_address(address))
    host = f"[{address}]" if ":" in address else address
    assert STRICT.check(f"https://{host}:8443/hook?x=1").port == 8443


@pytest.mark.parametrize("written", ["127.1", "2130706433", "0x7f.0.0.1", "0177.0.0.1"])
def test_an_address_written_oddly_is_judged_by_what_it_stands_for(written: str) -> None:
    assert resolved(written, 443) == ["127.0.0.1"]
    assert posted(f"https://{written}/", STRICT) == FORBIDDEN


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://receiver.example/", "must begin with https"),
        ("ftp://receiver.example/", "must begin with https"),
        ("https:///path", "names no host"),
        ("https://receiver.example:0/", "no port"),
        ("https://receiver.example:70000/", "no port"),
        ("https://[::1/", "names no host"),
        ("https://user:word@receiver.example/", "no name, password"),
        ("https://receiver.example/#part", "fragment"),
        ("https://receiver.example/a b", "visible ASCII"),
        ("https://receiver.example/\r\nX: y", "visible ASCII"),
        ("https://接收.example/", "visible ASCII"),
        (f"https://receiver.example/{'x' * 500}", "visible ASCII"),
        ("", "visible ASCII"),
        ("https://localhost/", "of this machine"),
        ("https://a.localhost/", "of this machine"),
    ],
)
def test_an_address_that_is_no_receivers_is_refused(url: str, why: str) -> None:
    with pytest.raises(UrlRefused, match=why):
        STRICT.check(url)


def test_without_tls_only_this_machine_may_be_reached_and_only_where_that_is_allowed() -> None:
    assert OPEN.check("http://127.0.0.1:9/").port == 9
    assert OPEN.check("http://localhost/").hostname == "localhost"
    public = Reach(loopback=True, resolve=always("93.184.215.14"))
    assert posted("http://receiver.example/", public) == FORBIDDEN
    assert not OPEN.allows(IPv4Address("10.0.0.1"))


def test_the_address_that_was_checked_is_connected_to_whatever_the_name_says_later(
    receiver: Receiver,
) -> None:
    asked: list[str] = []

    def rebinding(host: str, _: int) -> Sequence[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    url = receiver.url.replace("127.0.0.1", "receiver.example")
    with Line(url, Reach(loopback=True, resolve=rebinding)) as line:
        assert [line.post(BODY, {}).what for _ in range(3)] == ["204"] * 3
    assert asked == ["receiver.example"]
    assert receiver.came[0].headers["host"].startswith("receiver.example:")


def test_a_name_is_asked_for_anew_on_a_new_line_and_refused_then(receiver: Receiver) -> None:
    found = iter((["127.0.0.1"], ["10.0.0.1"]))
    receiver.headers = {"Connection": "close"}
    url = receiver.url.replace("127.0.0.1", "receiver.example")
    with Line(url, Reach(loopback=True, resolve=lambda *_: next(found))) as line:
        assert [line.post(BODY, {}).what for _ in range(2)] == ["204", FORBIDDEN]


def test_a_name_that_stands_for_nothing_is_told() -> None:
    def nobody(*_: object) -> Sequence[str]:
        raise socket.gaierror

    assert posted("https://receiver.example/", Reach(resolve=nobody)) == UNRESOLVED
    assert posted("https://receiver.example/", Reach(resolve=always())) == UNRESOLVED
    assert posted(f"https://{'x' * 70}.example/", STRICT) == UNRESOLVED


def test_what_does_not_listen_is_unreachable_and_the_next_address_is_tried(
    receiver: Receiver,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert posted(f"http://127.0.0.1:{port}/", OPEN) == UNREACHABLE
    both = Reach(loopback=True, resolve=always("127.9.9.9", "127.0.0.1"))
    assert posted(receiver.url.replace("127.0.0.1", "receiver.example"), both) == "204"


def test_a_line_that_was_closed_meanwhile_is_opened_anew(receiver: Receiver) -> None:
    with Line(receiver.url, OPEN) as line:
        assert line.post(BODY, {}).ok
        receiver.status = None
        assert line.post(BODY, {}).what == UNREACHABLE
        assert len(receiver.came) == 3, "once on the old line, once on a new one"
        receiver.status = 200
        assert line.post(BODY, {}).ok


def test_an_answer_without_end_is_read_for_a_while_and_left(receiver: Receiver) -> None:
    receiver.body = b"x" * (ANSWER_MAX + 1)
    receiver.status = 200
    with Line(receiver.url, OPEN) as line:
        assert [line.post(BODY, {}).what for _ in range(2)] == ["200", "200"]
        receiver.body = b"x" * 10
        assert [line.post(BODY, {}).what for _ in range(2)] == ["200", "200"]
    assert len(receiver.lines) == 3


@pytest.mark.parametrize(
    ("said", "wait_s"), [("7", 7), ("99999999", WAIT_MAX_S), ("-1", 0), ("soon", 0)]
)
def test_a_pause_that_is_asked_for_is_heard(receiver: Receiver, said: str, wait_s: int) -> None:
    receiver.headers, receiver.status = {"Retry-After": said}, 503
    with Line(receiver.url, OPEN) as line:
        assert line.post(BODY, {}) == Answer("503", wait_s)


@contextmanager
def talking(talk: Callable[[socket.socket], object]) -> Iterator[str]:
    """Let something answer one connection as it likes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def once() -> None:
            line, _ = listener.accept()
            with line:
                talk(line)

        thread = threading.Thread(target=once)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join()


def silent(line: socket.socket) -> None:
    while line.recv(4096):
        pass


def dripping(line: socket.socket) -> None:
    line.settimeout(0.01)
    line.sendall(b"HTTP/1.1 200 OK\r\n")
    try:
        while True:
            try:
                if not line.recv(4096):
                    return
            except TimeoutError:
                line.sendall(b"X-Drip: 1\r\n")
    except OSError:
        return


@pytest.mark.parametrize("talk", [silent, dripping])
def test_whoever_answers_too_slowly_is_left_however_it_drips(
    talk: Callable[[socket.socket], None],
) -> None:
    with talking(talk) as host:
        assert posted(f"http://{host}/", Reach(loopback=True, timeout_s=0.3)) == TOO_SLOW


def test_a_handshake_without_end_is_left_too() -> None:
    with talking(silent) as host:
        assert posted(f"https://{host}/", Reach(loopback=True, timeout_s=0.3)) == TOO_SLOW


def test_nonsense_is_no_answer() -> None:
    with talking(lambda line: line.sendall(b"nonsense\r\n\r\n")) as host:
        assert posted(f"http://{host}/", OPEN) == UNREACHABLE


def test_a_certificate_must_be_trusted_and_the_hosts_own(tmp_path: Path) -> None:
    path = certificate(tmp_path, "receiver.example")
    trusting = ssl.create_default_context(cafile=str(path))
    found = []
    for name, context in (
        ("receiver.example", ssl.create_default_context()),
        ("other.example", trusting),
        ("receiver.example", trusting),
    ):
        with talking(lambda line: answer_tls(line, path)) as host:
            reach = Reach(loopback=True, resolve=always("127.0.0.1"), context=lambda c=context: c)  # type: ignore[misc]
            found.append(posted(f"https://{name}:{host.partition(':')[2]}/", reach))
    assert found == [UNTRUSTED, UNTRUSTED, "204"]


def answer_tls(line: socket.socket, path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    try:
        with context.wrap_socket(line, server_side=True) as safe:
            safe.recv(4096)
            safe.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")
            safe.recv(4096)
    except OSError:
        return


def certificate(folder: Path, host: str) -> Path:
    """Write a certificate of a host, signed by itself, and its key."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
        .sign(key, SHA256())
    )  # fmt: skip
    path = folder / "certificate.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(made.public_bytes(Encoding.PEM) + private)
    return path
