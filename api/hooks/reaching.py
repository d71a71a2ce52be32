"""Requests to receivers: to the very address that was checked, bounded, led on nowhere.

Whoever adds a hook chooses where this server sends a request. So a name is resolved once, every
address it stands for must be one of the public internet, and the connection goes to that address.
"""

from __future__ import annotations

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from types import TracebackType
from typing import Self
from urllib.parse import SplitResult, urlsplit

from ledger.errors import Refused

URL_MAX = 500
ANSWER_MAX = 2**16
"""So many bytes of an answer's body are read, and thrown away."""

TIMEOUT_S = 15.0
"""How long one request may take, from connecting to the end of the answer."""

WAIT_MAX_S = 86_400
"""A receiver that asks for a longer pause gets this one."""

ADDRESSES_TRIED = 3
DEFAULT_PORTS = {"https": 443, "http": 80}
VISIBLE = re.compile(r"[!-~]+")
UNICAST, NAT64 = IPv6Network("2000::/3"), IPv6Network("64:ff9b::/96")
SIX_TO_FOUR = IPv6Network("2002::/16")

FORBIDDEN, UNRESOLVED, UNREACHABLE = "forbidden-address", "unresolved", "unreachable"
UNTRUSTED, TOO_SLOW = "untrusted-certificate", "too-slow"
"""What may come in place of an HTTP status."""

OK, GONE = range(200, 300), 410


class UrlRefused(Refused):
    """An address can't be a receiver's."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"通知地址不可用 (this can't be the address of a receiver: {why}; "
            "write https://host/path, a host of the public internet)"
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of a request: an HTTP status and the pause it asks for (s), or why there is none.

    `what` is a status such as "204", or one of the words above.
    """

    what: str
    wait_s: int = 0

    @property
    def ok(self) -> bool:
        """Tell whether it was delivered."""
        return self.what.isdigit() and int(self.what) in OK

    @property
    def gone(self) -> bool:
        """Tell whether the receiver wants no more."""
        return self.what == str(GONE)


def resolved(host: str, port: int) -> list[str]:
    """Return the addresses that a name stands for, as the system resolves it."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom requests may reach, and how: `loopback` lets in this machine, without TLS too."""

    loopback: bool = False
    timeout_s: float = TIMEOUT_S
    resolve: Callable[[str, int], Sequence[str]] = resolved
    context: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def check(self, url: str) -> SplitResult:
        """Return the parts of a receiver's address; refuse one that is nobody's or not public.

        A name is resolved when something is sent, not here; an address that is written out is
        refused at once.
        """
        parts = parts_of(url)
        if parts.scheme != "https" and not (self.loopback and parts.scheme == "http"):
            raise UrlRefused("it must begin with https://")
        with suppress(ValueError):
            if not self.allows(ip_address(parts.hostname or "")):
                raise UrlRefused("it is an address inside a network or of this machine")
        if (parts.hostname or "").rpartition(".")[2] == "localhost" and not self.loopback:
            raise UrlRefused("it is a name of this machine")
        return parts

    def allows(self, address: IPv4Address | IPv6Address, scheme: str = "https") -> bool:
        """Tell whether an address may be connected to; without TLS only this machine may."""
        if self.loopback and address.is_loopback:
            return True
        return scheme == "https" and is_public(address)

    def addresses(self, parts: SplitResult) -> list[str]:
        """Return the addresses of a receiver; raise Unreached if one of them may not be reached."""
        host, port = str(parts.hostname), port_of(parts)
        try:
            found = list(self.resolve(host, port))
        except (OSError, UnicodeError):
            raise Unreached(UNRESOLVED) from None
        if not all(self.allows(ip_address(one), parts.scheme) for one in found):
            raise Unreached(FORBIDDEN)
        return found[:ADDRESSES_TRIED]


class Unreached(Exception):
    """A receiver was not asked; its one argument is the word for why."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Tell whether an address is one machine's on the public internet (IANA's registries).

    One of IPv6 that stands for one of IPv4 is judged by that: RFC 4291 2.5.5.2, RFC 6052 2.1.
    """
    if isinstance(address, IPv6Address):
        inner = address.ipv4_mapped
        if address in NAT64:
            inner = IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in UNICAST or address in SIX_TO_FOUR:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def port_of(parts: SplitResult) -> int:
    """Return the port that an address names or means."""
    return parts.port or DEFAULT_PORTS[parts.scheme]


def parts_of(url: str) -> SplitResult:
    """Return the parts of an address; refuse one that is not of the form a receiver's has."""
    if len(url) > URL_MAX or not VISIBLE.fullmatch(url):
        raise UrlRefused(f"it must be 1 to {URL_MAX} visible ASCII characters")
    try:
        parts = urlsplit(url)
        named = parts.hostname and parts.port != 0
    except ValueError:
        named = None
    if not named:
        raise UrlRefused("it names no host, or no port that there is")
    if parts.username is not None or parts.password is not None or "#" in url:
        raise UrlRefused("it may hold no name, password or fragment")
    return parts


class Line:
    """A line to one receiver, opened when something is first sent, and kept between requests."""

    def __init__(self, url: str, reach: Reach) -> None:
        self._parts = parts_of(url)
        self._reach = reach
        self._open: HTTPConnection | None = None

    def __enter__(self) -> Self:
        """Wait to be used."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Hang up."""
        self._close()

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send a body; once more where a line that was open had been closed at the other end."""
        reused = self._open is not None
        answer = self._post(body, headers)
        return self._post(body, headers) if reused and answer.what == UNREACHABLE else answer

    def _post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        given = {"Host": self._parts.netloc, "Content-Type": "application/json", **headers}
        target = self._parts._replace(scheme="", netloc="", path=self._parts.path or "/").geturl()
        try:
            line = self._open = self._open or self._connected()
            with _ended_after(line.sock, self._reach.timeout_s):
                line.request("POST", target, body, given)
                answer = line.getresponse()
                if not _read_out(answer):
                    self._close()
            return Answer(str(answer.status), _wait(answer.getheader("Retry-After")))
        except Unreached as error:
            return Answer(str(error))
        except (OSError, HTTPException) as error:
            self._close()
            return Answer(_word(error))

    def _connected(self) -> HTTPConnection:
        """Connect to an address that was checked, whatever the name stands for by then."""
        parts, timeout_s = self._parts, self._reach.timeout_s
        plain = _socket(self._reach.addresses(parts), port_of(parts), timeout_s)
        host = str(parts.hostname)
        if parts.scheme == "http":
            line = HTTPConnection(host, port_of(parts))
            line.sock = plain
            return line
        context = self._reach.context()
        line = HTTPSConnection(host, port_of(parts), context=context)
        line.sock = context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
        self._open = line
        with _ended_after(line.sock, timeout_s):
            line.sock.do_handshake()
        return line

    def _close(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None


def _socket(addresses: Sequence[str], port: int, timeout_s: float) -> socket.socket:
    """Connect to the first address that answers."""
    error: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout_s / len(addresses))
        except OSError as failed:
            error = failed
    raise error or Unreached(UNRESOLVED)


class _Expired(TimeoutError):
    """A request took too long as a whole."""


@contextmanager
def _ended_after(open_socket: socket.socket, seconds: float) -> Iterator[None]:
    """Shut a connection down when the time is over, however slowly something drips in."""
    over = threading.Event()

    def end() -> None:
        over.set()
        with suppress(OSError):
            socket.socket.shutdown(open_socket, socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, HTTPException):
        if over.is_set():
            raise _Expired from None
        raise
    finally:
        timer.cancel()
    if over.is_set():  # what was cut off may look like an end
        raise _Expired


def _read_out(answer: HTTPResponse) -> bool:
    """Read what is left of an answer; tell whether the line may be used again."""
    left = ANSWER_MAX
    while left and (chunk := answer.read1(left)):
        left -= len(chunk)
    whole = answer.isclosed() or answer.length == 0
    answer.close()
    return whole and not answer.will_close


def _word(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return TOO_SLOW
    return UNTRUSTED if isinstance(error, ssl.SSLCertVerificationError) else UNREACHABLE


def _wait(said: str | None) -> int:
    """Read Retry-After as seconds (RFC 9110 10.2.3); a date is passed over."""
    if said is None or not re.fullmatch("[0-9]{1,9}", said):
        return 0
    return min(int(said), WAIT_MAX_S)
