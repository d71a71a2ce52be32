"""The cookie of a session: read by no script, sent to this host alone."""

from __future__ import annotations

from fastapi import Request, Response

from api.people.addresses import address_of
from api.people.house import people_of

HOST_ONLY = "__Host-"
SECURE, PLAIN = "__Host-session", "session"
"""The names on an encrypted line (RFC 6265bis 4.1.3.2), and on this machine without one."""


BEARER = "bearer "


def bearer_of(request: Request) -> str | None:
    """Return the token that a program sent (RFC 6750 2.1); None where it sent none."""
    header = request.headers.get("authorization", "")
    return header[len(BEARER) :].strip() if header.lower().startswith(BEARER) else None


def secret_of(request: Request) -> str | None:
    """Return the secret that a browser sent; the plain name counts on this machine alone."""
    if not request.cookies.keys() & {SECURE, PLAIN}:
        return None
    return request.cookies.get(PLAIN if plain(request) else SECURE)


def plain(request: Request) -> bool:
    """Tell whether the line is not encrypted, as it may be on this machine alone."""
    address = address_of(request, people_of(request).house.settings.address)
    return address is not None and not address.secure


def give(
    request: Request, answer: Response, secret: str, what: str = PLAIN, lasts_s: int | None = None
) -> None:
    """Give a browser the secret of its session, or of something else, for so long."""
    bare = plain(request)
    answer.set_cookie(
        what if bare else f"{HOST_ONLY}{what}", secret, lasts_s, path="/", secure=not bare,
        httponly=True, samesite="lax",
    )  # fmt: skip


def given(request: Request, what: str) -> str:
    """Return the secret of something else that a browser sent, or ""."""
    return request.cookies.get(what if plain(request) else f"{HOST_ONLY}{what}", "")


def take_back(request: Request, answer: Response) -> None:
    """Have a browser forget its session."""
    bare = plain(request)
    answer.delete_cookie(
        PLAIN if bare else SECURE, path="/", secure=not bare, httponly=True, samesite="lax"
    )
