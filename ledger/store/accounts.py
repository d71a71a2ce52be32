"""Accounts, their tokens and passkeys, and a log of who changed what of them.

All of it is private and lies beside the ledger; events name people only as `role/account`. Every
change is one line of a log in which each line is bound to the one before, and which has the digest
of the row as it is now: a row that was put in, taken out or put back is told by the audit.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

import psycopg

from ledger.errors import Refused, Unknown
from ledger.proof.encoding import canonical
from ledger.store import accounts_tables as tables
from ledger.store.accounts_tables import (
    ACCOUNTS,
    CHANGES,
    DONOR_GIFTS,
    LOGGED,
    PASSKEYS,
    SESSIONS,
    TOKENS,
    Account,
    Change,
    Connection,
    DonorGift,
    Passkey,
    SealedTable,
    Session,
    Token,
)
from ledger.store.database import Database


class LoginTaken(Refused):
    """Another account goes by that name."""

    def __init__(self, login: str) -> None:
        super().__init__(
            f"登录名已被使用：{login} (there is an account {login} already, choose another name)"
        )


class AccountUnknown(Unknown):
    """No account goes by that name."""

    def __init__(self, login: str) -> None:
        super().__init__(
            f"没有这个账号：{login} (there is no account {login}, account list shows all)"
        )


class GiftBoundAlready(Refused):
    """A gift is one donor's."""

    def __init__(self, gift: str) -> None:
        super().__init__(
            f"捐赠 {gift} 已由另一个账号认领；如非本人所为，请联系受赠慈善组织 "
            "(this gift was claimed by another account: if that was not you, ask the charity that "
            "received it)"
        )


class PasskeyKnown(Refused):
    """A credential belongs to one account."""

    def __init__(self) -> None:
        super().__init__("this passkey is registered already")


@dataclass(frozen=True, slots=True)
class Means:
    """What the tables of accounts are kept with: `key()` seals, `random(n)` gives n bytes."""

    database: Database
    key: Callable[[], bytes]
    clock: Callable[[], datetime]
    random: Callable[[int], bytes]
    dry_run: bool = False
    """Whether what is changed of accounts is decided, and not kept."""

    def table(self, name: str) -> SealedTable[Any]:
        """Return one of the tables."""
        return SealedTable(self.database, name, self.key)

    def digest(self, *said: object) -> str:
        """Return a keyed digest (hex) of something said."""
        return hmac.new(self.key(), canonical(list(said)), sha256).hexdigest()


class Accounts:
    """The accounts of one ledger."""

    def __init__(self, means: Means) -> None:
        self.means = means
        tables.ensure(means.database)

    @cached_property
    def _accounts(self) -> SealedTable[Account]:
        return self.means.table(ACCOUNTS)

    @cached_property
    def _tokens(self) -> SealedTable[Token]:
        return self.means.table(TOKENS)

    @cached_property
    def _passkeys(self) -> SealedTable[Passkey]:
        return self.means.table(PASSKEYS)

    @cached_property
    def _changes(self) -> SealedTable[Change]:
        return self.means.table(CHANGES)

    @cached_property
    def _gifts(self) -> SealedTable[DonorGift]:
        return self.means.table(DONOR_GIFTS)

    @cached_property
    def _sessions(self) -> SealedTable[Session]:
        return self.means.table(SESSIONS)

    def find(self, account: str) -> Account | None:
        """Return the account of an id."""
        return self._accounts.find(account)

    def named(self, login: str) -> Account:
        """Return the account of a name; refuse one that nobody has."""
        found = self.find_named(login)
        if found is None:
            raise AccountUnknown(login)
        return found

    def find_named(self, login: str) -> Account | None:
        """Return the account of a name, or None."""
        return next(iter(self._accounts.where("login = %(login)s", login=login)), None)

    def of_subject(self, subject: str) -> Account | None:
        """Return the account bound to somebody at an identity provider ("issuer subject")."""
        return next(iter(self._accounts.where("subject = %(said)s", said=subject)), None)

    def invited_with(self, digest: str) -> Account | None:
        """Return the account whose invitation has that digest, in time or not."""
        return next(iter(self._accounts.where("invited = %(said)s", said=digest)), None)

    def all(self, organisation: str | None = None) -> list[Account]:
        """Return all accounts, or those of an organisation, by name."""
        condition = "organisation = %(said)s OR %(said)s::text IS NULL"
        found = self._accounts.where(condition, said=organisation)
        return sorted(found, key=lambda account: account.login)

    def add(self, account: Account, who: str) -> Account:
        """Add an account; refuse a name that is taken."""
        with self._changing() as connection:
            if self._accounts.within(connection, "login = %(said)s", said=account.login):
                raise LoginTaken(account.login)
            self._note(connection, ACCOUNTS, account, who, f"added {account.login}")
            self._accounts.put(connection, account)
        return account

    def change(
        self, account: str, who: str, what: str, *, ends: bool = False, **new: object
    ) -> Account:
        """Change columns of an account; with `ends`, all its sessions end in the same commit."""
        with self._changing() as connection:
            (old,) = self._accounts.within(connection, "id = %(said)s", said=account)
            row: Account = replace(old, **new)  # type: ignore[arg-type] # names are columns
            self._note(connection, ACCOUNTS, row, who, what)
            self._accounts.put(connection, row)
            if ends:
                self._sessions.delete(connection, "account = %(said)s", said=account)
        return row

    def step(self, account: str, step: int) -> bool:
        """Use a step of one-time codes; False if it, or a later one, was used before."""
        with self._changing() as connection:
            (old,) = self._accounts.within(connection, "id = %(said)s", said=account)
            if step <= old.step:
                return False
            self._accounts.put(connection, replace(old, step=step))
        return True

    def use_recovery(self, account: str, digest: str) -> bool:
        """Use a recovery code up; False if the account has none with that digest."""
        with self._changing() as connection:
            (old,) = self._accounts.within(connection, "id = %(said)s", said=account)
            if digest not in old.recovery:
                return False
            row = replace(old, recovery=tuple(one for one in old.recovery if one != digest))
            self._note(connection, ACCOUNTS, row, old.login, "used a recovery code")
            self._accounts.put(connection, row)
        return True

    def add_token(self, token: Token, who: str) -> None:
        """Add a token."""
        with self._changing() as connection:
            self._note(connection, TOKENS, token, who, f"made token {token.name}")
            self._tokens.put(connection, token)

    def tokens(self, account: str) -> list[Token]:
        """Return the tokens of an account, the newest first."""
        found = self._tokens.where("account = %(said)s", said=account)
        return sorted(found, key=lambda token: token.created_at, reverse=True)

    def find_token(self, digest: str) -> Token | None:
        """Return the token of that digest."""
        return self._tokens.find(digest)

    def used_token(self, token: Token) -> None:
        """Note when a token was last used."""
        with self._changing() as connection:
            for row in self._tokens.within(connection, "token = %(said)s", said=token.token):
                self._tokens.put(connection, replace(row, last_used=self.means.clock()))

    def end_tokens(self, account: str, who: str, token: str | None = None) -> int:
        """End one token of an account, or all; return how many there were."""
        return self._end(TOKENS, account, who, token)

    def add_passkey(self, passkey: Passkey, who: str) -> None:
        """Add a passkey; refuse one that is known."""
        with self._changing() as connection:
            if self._passkeys.within(connection, "id = %(said)s", said=passkey.id):
                raise PasskeyKnown
            self._note(connection, PASSKEYS, passkey, who, "added a passkey")
            self._passkeys.put(connection, passkey)

    def passkeys(self, account: str) -> list[Passkey]:
        """Return the passkeys of an account."""
        return self._passkeys.where("account = %(said)s", said=account)

    def find_passkey(self, name: str) -> Passkey | None:
        """Return the passkey of a credential's id (base64url)."""
        return self._passkeys.find(name)

    def used_passkey(self, passkey: Passkey, count: int) -> None:
        """Note the use of a passkey, and the count that it told."""
        with self._changing() as connection:
            for row in self._passkeys.within(connection, "id = %(said)s", said=passkey.id):
                used = replace(row, count=count, last_used=self.means.clock())
                self._passkeys.put(connection, used)

    def end_passkeys(self, account: str, who: str, passkey: str | None = None) -> int:
        """End one passkey of an account, or all; return how many there were."""
        return self._end(PASSKEYS, account, who, passkey)

    def bind_gift(self, account: str, *gifts: str) -> None:
        """Bind gifts to the account of their donor, all or none; refuse one that is another's.

        A gift is one account's: whoever has seen a receipt can type what stands on it, and where
        two accounts held the gift, its donor would never learn of the other.
        """
        with self._changing() as connection:
            found = self._gifts.within(connection, "gift = ANY(%(said)s)", said=list(gifts))
            for row in found:
                if row.account != account:
                    raise GiftBoundAlready(row.gift)
            for gift in sorted(set(gifts) - {row.gift for row in found}):
                row = DonorGift(gift=gift, account=account, bound_at=self.means.clock())
                self._note(connection, DONOR_GIFTS, row, account, "claimed a gift")
                self._gifts.put(connection, row)

    def free_gift(self, gift: str, who: str, account: str | None = None) -> bool:
        """Take a gift from the account that it is bound to; tell whether there was one.

        With an account, only if it is that one's.
        """
        condition = "gift = %(gift)s AND (account = %(said)s OR %(said)s::text IS NULL)"
        with self._changing() as connection:
            found = self._gifts.within(connection, condition, gift=gift, said=account)
            for row in found:
                self._line(connection, who, "freed a gift", _subject(DONOR_GIFTS, row), "")
                self._gifts.delete(connection, "gift = %(gift)s", gift=gift)
        return bool(found)

    def gifts_of(self, account: str) -> list[str]:
        """Return the gifts bound to an account."""
        return [row.gift for row in self._gifts.where("account = %(said)s", said=account)]

    def changes(self) -> list[Change]:
        """Return the log of changes, in order."""
        return self._changes.where()

    def findings(self) -> Iterator[str]:
        """Say which rows of all tables were altered, put in, taken out or put back."""
        for name in tables.ROWS:
            yield from self.means.table(name).findings()
        try:
            yield from self._log_findings()
        except tables.RowAltered:
            return  # it was named above

    def _log_findings(self) -> Iterator[str]:
        before, newest = "", dict[str, str]()
        for expected, line in enumerate(self.changes(), 1):
            if line.id != expected:
                yield f"{CHANGES}: line {expected} is missing"
                return
            if line.chain != self._chain(before, line):
                yield f"{CHANGES}: line {line.id} was altered"
            before, newest[line.subject] = line.chain, line.state
        there = self._states()
        for subject in sorted(newest.keys() | there.keys()):
            if newest.get(subject, "") != there.get(subject, ""):
                name, _, key = subject.partition("/")
                yield f"{name}: the row {key} is not as its last change left it"

    def _states(self) -> Mapping[str, str]:
        return {
            _subject(name, row): self._state(name, row)
            for name in LOGGED
            for row in self.means.table(name).where()
        }

    def _end(self, name: str, account: str, who: str, key: str | None) -> int:
        """Delete rows of an account, and say so in the log."""
        table = self.means.table(name)
        with self._changing() as connection:
            rows = table.within(connection, "account = %(said)s", said=account)
            gone = [row for row in rows if key in (None, _key(row))]
            for row in gone:
                self._line(connection, who, f"ended {name}", _subject(name, row), "")
                column = fields(row)[0].name
                table.delete(connection, f"{column} = %(said)s", said=_key(row))
        return len(gone)

    def _note(self, connection: Connection, name: str, row: Any, who: str, what: str) -> None:
        self._line(connection, who, what, _subject(name, row), self._state(name, row))

    def _line(self, connection: Connection, who: str, what: str, subject: str, state: str) -> None:
        last = self._changes.within(connection, "id = (SELECT max(id) FROM {table})")
        number, before = (last[0].id, last[0].chain) if last else (0, "")
        at = self.means.clock().astimezone(UTC)
        line = Change(id=number + 1, at=at, who=who, what=what, subject=subject, state=state,
                      chain="")  # fmt: skip
        self._changes.put(connection, replace(line, chain=self._chain(before, line)))

    def _chain(self, before: str, line: Change) -> str:
        at = line.at.astimezone(UTC).isoformat()
        return self.means.digest(
            "chain", before, line.id, at, line.who, line.what, line.subject, line.state
        )

    def _state(self, name: str, row: Any) -> str:
        said = [getattr(row, column) for column in LOGGED[name]]
        plain = [v.astimezone(UTC).isoformat() if isinstance(v, datetime) else v for v in said]
        return self.means.digest(name, *plain)

    @contextmanager
    def _changing(self) -> Iterator[Connection]:
        """Lend a connection that alone changes accounts."""
        database = self.means.database
        with database.writing_alone(f"{database.schema}.{ACCOUNTS}") as connection:
            yield connection
            if self.means.dry_run:
                raise psycopg.Rollback


def _key(row: Any) -> str:
    return str(getattr(row, fields(row)[0].name))


def _subject(name: str, row: Any) -> str:
    return f"{name}/{_key(row)}"
