"""From a cookie or a token to the account that acts."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.domain.accounts import READ
from ledger.domain.acting import Acting
from ledger.errors import Refused
from ledger.store.accounts import Accounts
from ledger.store.accounts_sessions import OPEN, SEEN_AFTER, Sessions, digest_of
from ledger.store.accounts_tables import Account, Session


class NotSignedIn(Refused):
    """An address is for those who signed in."""

    def __init__(self, why: str = "请先登录 (sign in first, or send a token that works)") -> None:
        super().__init__(why)


class NotConfirmed(Refused):
    """What is asked takes a second factor, shown lately."""

    def __init__(self) -> None:
        super().__init__(
            "请先用第二要素确认 (confirm with your second factor first: /account/confirm)"
        )


class Forged(Refused):
    """A request that changes something did not come from a page of ours."""

    def __init__(self) -> None:
        super().__init__(
            "请求不是由本站页面发出，或页面已过期，请重新打开页面再提交 "
            "(this did not come from a page of this portal, or the page is too old: open it anew "
            "and send it again)"
        )


@dataclass(frozen=True, slots=True)
class Who:
    """Who asks: the account, how it acts now, and the session it came by (None: a token)."""

    account: Account
    acting: Acting
    session: Session | None
    csrf: str = ""


def by_session(accounts: Accounts, sessions: Sessions, secret: str) -> Who | None:
    """Return who a cookie stands for; None where the session or the account is over."""
    session = sessions.find(secret)
    account = accounts.find(session.account) if session else None
    if session is None or account is None or not account.active:
        return None
    acting = _acting(account, frozenset(account.roles), confirmed=sessions.confirmed(session))
    return Who(account, acting, session, sessions.csrf(session))


def by_token(accounts: Accounts, secret: str) -> Who | None:
    """Return who a token stands for, in no more than its scopes; a token confirms nothing."""
    token, now = accounts.find_token(digest_of(secret)), accounts.means.clock()
    account = accounts.find(token.account) if token else None
    if token is None or account is None or not account.active or now >= token.expires_at:
        return None
    if token.last_used is None or now - token.last_used >= SEEN_AFTER:
        accounts.used_token(token)
    scopes = frozenset(token.scopes) - {READ}
    return Who(account, _acting(account, scopes & set(account.roles), confirmed=False), None)


def is_open(who: Who | None) -> bool:
    """Tell whether somebody has signed in wholly; a session may still owe a second factor."""
    return who is not None and (who.session is None or who.session.stage == OPEN)


def _acting(account: Account, roles: frozenset[str], *, confirmed: bool) -> Acting:
    return Acting(account.id, account.organisation, roles, confirmed)
