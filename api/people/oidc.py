"""Signing in by an organisation's own identity provider (OpenID Connect Core 1.0, code flow).

An account must be there beforehand, with its subject at the provider bound to it: nobody registers
himself.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.errors import JoseError

from api.people.house import People
from api.people.oidc_client import Known, discover, redeem
from api.people.oidc_settings import Provider
from ledger.errors import Refused, Untrusted
from ledger.proof.encoding import b64url
from ledger.store.accounts_tables import Account

KIND = "oidc"
ALGORITHMS = ("RS256", "PS256", "ES256", "ES384", "EdDSA", "Ed25519")
LEEWAY_S = 60
OLDEST_S = 600
SECRET_BYTES = 32
TWO_FACTORS = "mfa"
"""What a provider says in `amr` when it asked for more than one factor (RFC 8176 2)."""


class TokenUnfit(Untrusted):
    """What came back from the provider is not an answer to what this browser asked."""

    def __init__(self, why: str) -> None:
        super().__init__(f"登录没有通过，请重新开始 (signing in did not work, begin again: {why})")


class SubjectUnknown(Refused):
    """The provider knows the person; no account is bound to it."""

    def __init__(self) -> None:
        super().__init__(
            "没有与此身份绑定的账号，请联系本机构的管理员 "
            "(no account is bound to this identity, ask your administrator)"
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Where a browser is sent, and the state that it must bring back."""

    place: str
    state: str


@dataclass(frozen=True, slots=True)
class CameBack:
    """Who came back: the account, whether two factors were shown, and where it was going."""

    account: Account
    strong: bool
    onward: str


def ask(people: People, provider: Provider, back: str, onward: str) -> Asked:
    """Return where to send a browser; `back` is where the provider sends it afterwards."""
    random = people.accounts.means.random
    nonce, verifier = b64url(random(SECRET_BYTES)), b64url(random(SECRET_BYTES))
    kept = {"provider": provider.name, "nonce": nonce, "verifier": verifier, "onward": onward}
    state = people.challenges.give(KIND, json.dumps(kept))
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back,
        "scope": "openid",
        "state": state,
        "nonce": nonce,
        "code_challenge": b64url(sha256(verifier.encode()).digest()),
        "code_challenge_method": "S256",
    }
    place = discover(provider).authorize
    return Asked(f"{place}{'&' if '?' in place else '?'}{urlencode(asked)}", state)


def come_back(
    people: People, provider: Provider, back: str, said: dict[str, str], cookie: str
) -> CameBack:
    """Return who came back.

    1. It is the browser that was sent, with the state that it was given.
    2. What was asked waits here, is taken once, and was asked of this provider.
    3. The answer names this provider, where it names one (RFC 9207).
    4. The code is redeemed with our secret and the verifier that only we know.
    5. The ID token is signed by the provider, for us, now, for this very question.
    6. An account that may act is bound to whom it names.
    """
    state = said.get("state", "")
    if not cookie or not hmac.compare_digest(cookie.encode(), state.encode()):  # 1
        raise TokenUnfit("it was begun in another browser")
    kept = json.loads(people.challenges.take(KIND, state) or "{}")
    if kept.get("provider") != provider.name:  # 2
        raise TokenUnfit("it took too long")
    if said.get("iss", provider.issuer).rstrip("/") != provider.issuer:  # 3
        raise TokenUnfit("another provider answered")
    if "code" not in said:
        raise TokenUnfit(f"the provider says {said.get('error', 'nothing')[:60]}")
    known = discover(provider)
    token = redeem(provider, known, said["code"], kept["verifier"], back)  # 4
    claims = check_token(provider, known, token, kept["nonce"], _now(people))  # 5
    account = people.accounts.of_subject(f"{provider.issuer} {claims['sub']}")
    if account is None or not account.active:  # 6
        raise SubjectUnknown
    return CameBack(account, TWO_FACTORS in _list(claims.get("amr")), kept["onward"])


def check_token(
    provider: Provider, known: Known, token: str, nonce: str, now_s: float
) -> dict[str, Any]:
    """Return the claims of an ID token; refuse what Core 1.0, 3.1.3.7 refuses."""
    try:
        claims = jwt.decode(token, known.keys, algorithms=ALGORITHMS).claims  # 6, 7
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise TokenUnfit(f"its signature fails: {type(error).__name__}") from None
    audience = claims.get("aud")
    audience = audience if isinstance(audience, list) else [audience]
    _check(str(claims.get("iss", "")).rstrip("/") == provider.issuer, "another issuer")  # 2
    _check(provider.client_id in audience, "for another client")  # 3
    if len(audience) > 1 or "azp" in claims:  # 4, 5
        _check(claims.get("azp") == provider.client_id, "for another party")
    _check(_number(claims.get("exp")) > now_s - LEEWAY_S, "it is over")  # 9
    issued = _number(claims.get("iat"))
    _check(now_s - OLDEST_S <= issued <= now_s + LEEWAY_S, "of another time")  # 10
    _check(hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()),
           "for another question")  # fmt: skip # 11
    _check(isinstance(claims.get("sub"), str) and bool(claims["sub"]), "it names nobody")
    return claims


def _check(fits: bool, why: str) -> None:  # noqa: FBT001 it is the outcome of one line
    if not fits:
        raise TokenUnfit(why)


def _number(value: object) -> float:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else 0


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _now(people: People) -> float:
    return people.accounts.means.clock().timestamp()
