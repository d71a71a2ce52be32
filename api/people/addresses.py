"""Addresses: where the portal is known, where a person goes on, from where a request comes."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import Request

from ledger.errors import Unreadable

HOME = "/account"
NEXT_AT_MOST = 1000
HERE = re.compile(r"http://(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?")
"""Addresses of this machine, for a portal that nobody else opens."""
UNSAFE_IN_NEXT = re.compile(r"[\x00-\x20\x7f\\]")


class AddressNotSet(Unreadable):
    """The portal can't tell under which address people know it."""

    def __init__(self) -> None:
        super().__init__(
            "set LEDGER_ADDRESS to the address that people open, such as https://ledger.example.org"
        )


@dataclass(frozen=True, slots=True)
class Address:
    """Where people open the portal: an origin such as https://ledger.example.org."""

    origin: str

    @property
    def host(self) -> str:
        """Return the host alone; passkeys are bound to it."""
        return urlsplit(self.origin).hostname or ""

    @property
    def secure(self) -> bool:
        """Tell whether what is sent to it is encrypted on the way."""
        return self.origin.startswith("https://")


def address_of(request: Request, set_to: str | None) -> Address | None:
    """Return where people open the portal: as it is set, else this machine; None elsewhere.

    The Host header is believed only where it names this machine: it is the asker's word.
    """
    if set_to is not None:
        return Address(set_to)
    here = f"http://{request.headers.get('host', '')}"
    return Address(here) if HERE.fullmatch(here) else None


def onward(asked: str | None, otherwise: str = HOME) -> str:
    """Return a place within the portal to go on to; whatever leads elsewhere is not gone to."""
    if not asked or len(asked) > NEXT_AT_MOST or UNSAFE_IN_NEXT.search(asked):
        return otherwise
    return asked if asked.startswith("/") and not asked.startswith("//") else otherwise


def from_here(request: Request, address: Address | None) -> bool | None:
    """Tell whether a browser says that a page of ours sent a request; None if it does not say.

    Fetch metadata (Sec-Fetch-Site) first, which no page can set, else the Origin header.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin in {None, "null"}:
        return None
    if address is not None:
        return origin == address.origin
    host = request.headers.get("host")
    return origin in {f"https://{host}", f"http://{host}"}


def place_of(request: Request) -> str:
    """Return from where a request comes: an address, or for IPv6 the network of 64 bits."""
    host = request.client.host if request.client else "unknown"
    try:
        known = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(known, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((known, 64), strict=False))
    return host
