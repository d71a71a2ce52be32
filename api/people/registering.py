"""Giving accounts, changing what they are for, and taking them back."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import timedelta

from api.settings import Settings
from api.wiring import House
from ledger.domain import accounts as rules
from ledger.domain.organisations import AUTHORITY
from ledger.errors import Refused
from ledger.proof.encoding import b64url
from ledger.store.accounts_sessions import TOKEN_BYTES, Terms, digest_of
from ledger.store.accounts_tables import Account, Token

ID_BYTES, CODE_BYTES = 5, 20
ACTIVE, DISABLED = "active", "disabled"
DAYS_AT_MOST = 366
NAME_AT_MOST = 60
MARK = "dl_"
"""Opens every token, so that one that leaked is known for what it is."""


class TokenUnusable(Refused):
    """A token has a name and ends within a year."""

    def __init__(self) -> None:
        super().__init__(
            f"令牌要有名称（至多 {NAME_AT_MOST} 字），有效期 1 至 {DAYS_AT_MOST} 天 "
            f"(a token has a name, at most {NAME_AT_MOST} characters, and 1 to {DAYS_AT_MOST} days)"
        )


class NotActive(Refused):
    """A disabled account is given nothing."""

    def __init__(self, login: str) -> None:
        super().__init__(f"账号已停用：{login} (account {login} is disabled)")


def address(settings: Settings) -> str:
    """Return where an invitation leads: as it is set, else the portal of this machine."""
    return settings.address or f"http://127.0.0.1:{settings.port}"


def add(
    house: House, login: str, organisation: str, roles: Collection[str], who: str
) -> tuple[Account, str]:
    """Add an account; return it, and the code of its invitation."""
    name, fitting = rules.login(login), rules.roles_of(organisation, roles)
    if organisation not in {"", AUTHORITY}:
        house.ledger.streams.organisation(organisation)  # one that is not registered is refused
    means, code = house.accounts.means, _code()
    made = Account(
        id=secrets.token_hex(ID_BYTES), login=name, organisation=organisation, roles=fitting,
        state=ACTIVE, invited=digest_of(code), created_at=means.clock(),
        invited_until=means.clock() + Terms().invitation,
    )  # fmt: skip
    return house.accounts.add(made, who), code


def give_roles(house: House, login: str, roles: Collection[str], who: str) -> Account:
    """Give an account other roles; its sessions and its tokens end."""
    account = house.accounts.named(login)
    fitting = rules.roles_of(account.organisation, roles)
    house.accounts.end_tokens(account.id, who)
    what = f"roles {', '.join(fitting)}"
    return house.accounts.change(account.id, who, what, ends=True, roles=fitting)


def bind_subject(house: House, login: str, subject: str, who: str) -> Account:
    """Say who an account is at its organisation's identity provider ("issuer subject")."""
    account = house.accounts.named(login)
    return house.accounts.change(account.id, who, "bound a subject", ends=True, subject=subject)


def disable(house: House, login: str, who: str) -> Account:
    """Shut an account out: nothing of it works from now on."""
    account = house.accounts.named(login)
    house.accounts.end_tokens(account.id, who)
    return house.accounts.change(
        account.id, who, "disabled", ends=True, state=DISABLED, invited="", invited_until=None
    )


def reset(house: House, login: str, who: str) -> tuple[Account, str]:
    """Take password and factors away, and invite anew; return the account and the code.

    A disabled account is active again.
    """
    account, code = house.accounts.named(login), _code()
    house.accounts.end_tokens(account.id, who)
    house.accounts.end_passkeys(account.id, who)
    until = house.accounts.means.clock() + Terms().invitation
    changed = house.accounts.change(
        account.id, who, "reset", ends=True, state=ACTIVE, password="", secret="", recovery=(),
        invited=digest_of(code), invited_until=until,
    )  # fmt: skip
    return changed, code


def make_token(
    house: House, account: Account, name: str, scopes: Collection[str], days: int, who: str
) -> tuple[Token, str]:
    """Make a token; return its row, and the secret that is shown once."""
    if not account.active:
        raise NotActive(account.login)
    if not (1 <= days <= DAYS_AT_MOST and 0 < len(name) <= NAME_AT_MOST and name.isprintable()):
        raise TokenUnusable
    secret, now = MARK + b64url(secrets.token_bytes(TOKEN_BYTES)), house.accounts.means.clock()
    made = Token(
        token=digest_of(secret), account=account.id, name=name,
        scopes=rules.scopes_of(account.roles, scopes), created_at=now,
        expires_at=now + timedelta(days=days), last_used=None,
    )  # fmt: skip
    house.accounts.add_token(made, who)
    return made, secret


def _code() -> str:
    return b64url(secrets.token_bytes(CODE_BYTES))
