"""The two languages of the pages, one at a time: which one a reader asked for, and words in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode

if TYPE_CHECKING:  # commands write in two languages too, and shall not wait for the web server
    from fastapi import Request, Response

CHINESE, ENGLISH = "zh", "en"
LANGUAGES = {CHINESE: "zh-CN", ENGLISH: "en"}
"""What a page may be written in, and how HTML names it (BCP 47)."""
ASKED = "lang"
"""The parameter that asks for a language, and the cookie that remembers it."""
A_YEAR_S = 31_536_000

Say = Callable[[str, str], str]


def language_of(request: Request) -> str:
    """Return the language asked for: by the address, else the one remembered, else Chinese."""
    for said in (request.query_params.get(ASKED), request.cookies.get(ASKED)):
        if said in LANGUAGES:
            return str(said)
    return CHINESE


def saying(language: str) -> Say:
    """Return what picks the words of a language, given them in Chinese and in English."""
    return lambda chinese, english: chinese if language == CHINESE else english


def other_address(request: Request) -> str:
    """Return the address of the same page in the other language, its other parameters kept."""
    other = ENGLISH if language_of(request) == CHINESE else CHINESE
    kept = [(name, said) for name, said in _asked(request) if name != ASKED]
    return f"{request.url.path}?{urlencode([*kept, (ASKED, other)])}"


def remember(request: Request, answer: Response) -> None:
    """Note that the answer depends on the cookie, and remember a language that was asked for."""
    answer.headers.append("Vary", "Cookie")
    if request.query_params.get(ASKED) in LANGUAGES:
        secure = request.url.scheme == "https"
        answer.set_cookie(
            ASKED, language_of(request), A_YEAR_S, secure=secure, httponly=True, samesite="lax"
        )


def _asked(request: Request) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query, keep_blank_values=True)
