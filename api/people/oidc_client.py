"""What is asked of an identity provider: where its parts are, its keys, and a token for a code."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import quote, urlencode

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.people.oidc_settings import ISSUER, Provider
from ledger.errors import Unreadable

WELL_KNOWN = "/.well-known/openid-configuration"
SILENCE_S = 10
MOST = 2**18
PLACES = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class ProviderFails(Unreadable):
    """A provider can't be reached, or answers what can't be used."""

    def __init__(self, provider: Provider, why: str) -> None:
        super().__init__(
            f"{provider.name} 暂时不能用来登录：请稍后再试或用密码 "
            f"({provider.name} can't be used just now: {why[:200]})"
        )


@dataclass(frozen=True, slots=True)
class Known:
    """A provider's places and keys."""

    authorize: str
    token: str
    keys: KeySet


class _NoRedirection(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        """Go nowhere else: a secret is for the address that was named."""


def discover(provider: Provider) -> Known:
    """Return what a provider says of itself (Discovery 1.0, 4)."""
    said = _ask(provider, provider.issuer + WELL_KNOWN)
    if str(said.get("issuer", "")).rstrip("/") != provider.issuer:
        raise ProviderFails(provider, "it names another issuer")
    places = [str(said.get(name, "")) for name in PLACES]
    if not all(ISSUER.fullmatch(place.partition("?")[0]) for place in places):
        raise ProviderFails(provider, "an address that it names can't be used")
    try:
        keys = KeySet.import_key_set(_ask(provider, places[2]))  # type: ignore[arg-type] # judged here
    except (JoseError, KeyError, TypeError, ValueError) as error:
        raise ProviderFails(provider, f"its keys can't be read: {error}") from None
    return Known(places[0], places[1], keys)


def redeem(provider: Provider, known: Known, code: str, verifier: str, back: str) -> str:
    """Return the ID token that a code stands for (RFC 6749 4.1.3, RFC 7636 4.5)."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    ours = f"{quote(provider.client_id, safe='')}:{quote(provider.secret(), safe='')}"
    basic = base64.b64encode(ours.encode()).decode()
    answer = _ask(provider, known.token, urlencode(form).encode(), f"Basic {basic}")
    if not isinstance(answer.get("id_token"), str):
        raise ProviderFails(provider, "it gave no ID token")
    return str(answer["id_token"])


def _ask(
    provider: Provider, place: str, form: bytes | None = None, authorization: str = ""
) -> dict[str, Any]:
    headers = {"Accept": "application/json"}
    if authorization:
        headers["Authorization"] = authorization
    request = urllib.request.Request(place, form, headers)  # noqa: S310 the scheme was checked
    opener = urllib.request.build_opener(_NoRedirection)
    try:
        with opener.open(request, timeout=SILENCE_S) as answer:
            body = answer.read(MOST + 1)
            said = json.loads(body) if len(body) <= MOST else None
    except urllib.error.HTTPError as error:
        with error:
            raise ProviderFails(provider, f"it says {error.code}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise ProviderFails(provider, str(error)) from None
    if not isinstance(said, dict):
        raise ProviderFails(provider, "it gave no JSON object")
    return said
