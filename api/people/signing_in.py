"""How a person proves to be the one of an account, step by step."""

from __future__ import annotations

from dataclasses import dataclass

from api.people import codes
from api.people.house import People
from api.people.passwords import check_password
from api.people.who import Who
from ledger.errors import Refused, Unknown
from ledger.store.accounts_sessions import OPEN, SECOND, digest_of
from ledger.store.accounts_tables import Account, Session

FREE_OF_ACCOUNT, FREE_OF_PLACE = 5, 30
"""Failures that cost no wait: of one account, and of all that come from one address."""

KNOWN_AT_MOST = 64


class SignInRefused(Refused):
    """The name or the password is wrong; it is not said which."""

    def __init__(self) -> None:
        super().__init__(
            "登录名或密码不对，或账号已停用 (wrong name or password, or no such account)"
        )


class CodeRefused(Refused):
    """A second factor does not fit."""

    def __init__(self) -> None:
        super().__init__(
            "验证码不对，或已用过，请等下一个 "
            "(the code is wrong or was used, wait for the next one)"
        )


class PasswordWrong(Refused):
    """The password that had to be typed again is another."""

    def __init__(self) -> None:
        super().__init__("当前密码不对 (the present password is another)")


class InvitationOver(Unknown):
    """An invitation was used, has expired, or never was."""

    def __init__(self) -> None:
        super().__init__(
            "邀请无效：已用过、已过期，或抄写有误；请管理员重发 "
            "(this invitation was used or has expired; ask your administrator for another)"
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """A session that began: its secret, and whether a second factor is owed."""

    secret: str
    owes_second: bool


def has_factor(people: People, account: Account) -> bool:
    """Tell whether an account has a second factor."""
    return bool(account.secret) or bool(people.accounts.passkeys(account.id))


def by_password(people: People, login: str, password: str, place: str) -> Begun:
    """Sign in with a password; refuse a wrong one, and one tried too often."""
    login = login.strip().lower()[:KNOWN_AT_MOST]
    _count(people, f"login {login}", place)
    account = people.accounts.find_named(login)
    kept = account.password if account is not None and account.active else ""
    if not people.passwords.fits(kept, password) or account is None:
        raise SignInRefused
    _forgive(people, f"login {login}", place)
    if people.passwords.outdated(kept):
        new = people.passwords.make(password)
        people.accounts.change(account.id, account.login, "hashed anew", password=new)
    return begin(people, account, strong=False)


def begin(people: People, account: Account, *, strong: bool) -> Begun:
    """Open a session; what was shown is strong if it is two factors at once."""
    owes = not strong and has_factor(people, account)
    stage = SECOND if owes else OPEN
    return Begun(people.sessions.open(account.id, stage=stage, confirmed=strong), owes)


def by_code(people: People, who: Who, code: str, place: str) -> str:
    """Take a one-time code, or a recovery code, as the second factor; return the new secret."""
    assert who.session is not None, "factors are shown in a session"
    _count(people, f"second {who.account.id}", place)
    if not (codes.use(people.accounts, who.account, code)
            or codes.use_recovery(people.accounts, who.account, code)):  # fmt: skip
        raise CodeRefused
    _forgive(people, f"second {who.account.id}", place)
    return confirm(people, who.session)


def confirm(people: People, session: Session) -> str:
    """Note that a second factor was shown; the session gets another secret, which is returned."""
    return people.sessions.renew(session, confirmed=True)


def check_again(people: People, who: Who, password: str, place: str) -> None:
    """Refuse who can't type the password of the account that is signed in."""
    _count(people, f"login {who.account.login}", place)
    if not people.passwords.fits(who.account.password, password):
        raise PasswordWrong
    _forgive(people, f"login {who.account.login}", place)


def check_may_enrol(people: People, who: Who, password: str, place: str) -> None:
    """Refuse a new factor to whoever only found an open session.

    Where there is a factor, one must have been shown lately; else the password is typed again.
    """
    if who.acting.confirmed:
        return
    if has_factor(people, who.account):
        raise CodeRefused
    check_again(people, who, password, place)


def change_password(people: People, who: Who, old: str, new: str, place: str) -> str:
    """Change a password; all other sessions end, and this one gets the secret that is returned."""
    assert who.session is not None, "a password is changed in a session"
    check_again(people, who, old, place)
    check_password(new, who.account.login)
    people.accounts.change(who.account.id, who.account.login, "changed the password", ends=True,
                           password=people.passwords.make(new))  # fmt: skip
    return people.sessions.renew(who.session, confirmed=False)


def invited(people: People, code: str) -> Account:
    """Return whom an invitation is for; refuse one that is over."""
    found = people.accounts.invited_with(digest_of(code))
    until = found.invited_until if found else None
    if found is None or not found.active or until is None or people.accounts.means.clock() > until:
        raise InvitationOver
    return found


def accept(people: People, code: str, password: str) -> str:
    """Set the first password of an account, and sign in with it; return the session's secret."""
    account = invited(people, code)
    check_password(password, account.login)
    people.accounts.change(
        account.id, account.login, "accepted an invitation", ends=True, invited="",
        invited_until=None, password=people.passwords.make(password),
    )  # fmt: skip
    return begin(people, account, strong=False).secret


def _count(people: People, whose: str, place: str) -> None:
    people.attempts.begin(whose, FREE_OF_ACCOUNT)
    people.attempts.begin(f"place {place}", FREE_OF_PLACE)


def _forgive(people: People, whose: str, place: str) -> None:
    people.attempts.succeeded(whose, all_of_it=True)
    people.attempts.succeeded(f"place {place}", all_of_it=False)
