"""The private tables of accounts: rows that only this ledger can write, each under a keyed digest.

The digest (HMAC-SHA-256, `seal`) binds every column of a row, so that whoever alters the database
without the key makes rows that are refused when they are read, and named by the audit.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from dataclasses import astuple, dataclass, fields
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Generic, LiteralString, TypeVar, cast

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ledger.errors import Untrusted
from ledger.proof.encoding import canonical
from ledger.store.database import Database

Connection = psycopg.Connection[DictRow]

ACCOUNTS, SESSIONS, TOKENS = "accounts", "account_sessions", "account_tokens"
PASSKEYS, CHANGES, ATTEMPTS = "account_passkeys", "account_changes", "account_attempts"
CHALLENGES, DONOR_GIFTS = "account_challenges", "donor_gifts"


class RowAltered(Untrusted):
    """A row of accounts is not what this ledger wrote."""

    def __init__(self, table: str, key: str) -> None:
        super().__init__(f"{table}: the row {key} is not what was written")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Who may sign in: a random public id, a name of its own choosing, and what it is for.

    `invited` is the SHA-256 (hex) of an invitation that waits; `secret` the shared secret of
    one-time codes, encrypted, and `step` the last one that was shown; `recovery` the SHA-256 of
    codes that may each take a factor's place once; `subject` who it is at the organisation's own
    identity provider ("issuer subject").
    """

    id: str
    login: str
    organisation: str
    roles: tuple[str, ...]
    state: str
    password: str = ""
    invited: str = ""
    invited_until: datetime | None = None
    secret: str = ""
    step: int = 0
    recovery: tuple[str, ...] = ()
    subject: str = ""
    created_at: datetime

    @property
    def active(self) -> bool:
        """Tell whether it may act at all."""
        return self.state == "active"


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that signed in; `token` is the SHA-256 (hex) of its cookie.

    `stage` is "second" while a second factor is still owed, then "open"; `confirmed_at` is when
    one was last shown; `ends_at` is when it ends however much it is used.
    """

    token: str
    account: str
    stage: str
    confirmed_at: datetime | None
    created_at: datetime
    last_seen: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a program signs in with; `token` is the SHA-256 (hex) of what was shown once."""

    token: str
    account: str
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    last_used: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Passkey:
    """A WebAuthn credential: its id and public key (base64url), and how often it was used."""

    id: str
    account: str
    name: str
    public: str
    count: int
    created_at: datetime
    last_used: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who did what to which row, and its digest afterwards ("" when it is gone).

    `chain` binds the line to the one before.
    """

    id: int
    at: datetime
    who: str
    what: str
    subject: str
    state: str
    chain: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """How often somebody failed of late; `key` says of whom only to this ledger."""

    key: str
    failures: int
    last_at: datetime
    locked_until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """What a browser must bring back once, and in time; `id` is the SHA-256 (hex) of its name."""

    id: str
    kind: str
    content: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DonorGift:
    """A gift that an account of a donor has shown to be its own."""

    gift: str
    account: str
    bound_at: datetime


ROWS: dict[str, type] = {
    ACCOUNTS: Account,
    SESSIONS: Session,
    TOKENS: Token,
    PASSKEYS: Passkey,
    CHANGES: Change,
    ATTEMPTS: Attempts,
    CHALLENGES: Challenge,
    DONOR_GIFTS: DonorGift,
}
"""What each table holds; the first column is its primary key."""

LOGGED = {
    ACCOUNTS: ("id", "login", "organisation", "roles", "state", "password", "invited", "secret",
               "recovery", "subject"),
    TOKENS: ("token", "account", "name", "scopes", "expires_at"),
    PASSKEYS: ("id", "account", "public"),
    DONOR_GIFTS: ("gift", "account"),
}  # fmt: skip
"""Tables whose every row has its newest state in the log of changes, and the columns it binds."""

_TYPES = {
    "str": "text NOT NULL",
    "int": "bigint NOT NULL",
    "datetime": "timestamptz NOT NULL",
    "datetime | None": "timestamptz",
    "tuple[str, ...]": "text[] NOT NULL",
}
_INDEXES = (
    "CREATE UNIQUE INDEX ON {0}.accounts (login)",
    "CREATE INDEX ON {0}.account_sessions (account)",
    "CREATE INDEX ON {0}.account_tokens (account)",
    "CREATE INDEX ON {0}.account_passkeys (account)",
    "CREATE INDEX ON {0}.account_changes (subject, id)",
    "CREATE INDEX ON {0}.account_attempts (last_at)",
    "CREATE INDEX ON {0}.account_challenges (expires_at)",
    "CREATE INDEX ON {0}.donor_gifts (account)",
)


def ensure(database: Database) -> None:
    """Create the tables if they are not there, all in one commit."""
    schema = sql.Identifier(database.schema).as_string()
    made = [f"CREATE TABLE {schema}.{name} ({_columns(row)})" for name, row in ROWS.items()]
    database.ensure(ACCOUNTS, *made, *(text.format(schema) for text in _INDEXES))


def _columns(row: type) -> str:
    names = [f"{f.name} {_TYPES[str(f.type)]}" for f in fields(row)]
    return ", ".join([f"{names[0]} PRIMARY KEY", *names[1:], "seal bytea NOT NULL"])


LOCKED: LiteralString = "FOR UPDATE"

Row = TypeVar("Row", bound=Any)


class SealedTable(Generic[Row]):
    """One table, whose rows are written with their digest and read only if it still fits."""

    def __init__(
        self,
        database: Database,
        name: str,
        key: Callable[[], bytes],
        row: type[Row] | None = None,
    ) -> None:
        self.name = name
        self._database = database
        self._row = row or ROWS[name]
        self._names = [f.name for f in fields(self._row)]
        self._key = key

    def put(self, connection: Connection, row: Row) -> None:
        """Write a row, in the place of one with the same key."""
        names = [sql.Identifier(name) for name in (*self._names, "seal")]
        new = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(name) for name in names[1:])
        values = sql.SQL(", ").join([sql.SQL("%s")] * len(names))
        query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) ON CONFLICT ({}) DO UPDATE SET {}")
        given = [list(v) if isinstance(v, tuple) else v for v in astuple(row)]
        connection.execute(
            query.format(self._table, sql.SQL(", ").join(names), values, names[0], new),
            [*given, self.seal(row)],
        )

    def find(self, key: str) -> Row | None:
        """Return the row under a key, or None."""
        return next(iter(self.where(f"{self._names[0]} = %(key)s", key=key)), None)

    def where(self, condition: str = "true", **given: object) -> list[Row]:
        """Return the rows that a condition of SQL holds for; refuse one that was altered."""
        with self._database.get_connection() as connection:
            return self.within(connection, condition, **given)

    def within(self, connection: Connection, condition: str, **given: object) -> list[Row]:
        """Return them as a transaction sees them."""
        return [self._checked(one) for one in self._read(connection, condition, given)]

    def locked(self, connection: Connection, condition: str, **given: object) -> list[Row]:
        """Return them so that others wait with theirs until the transaction ends."""
        return [self._checked(one) for one in self._read(connection, condition, given, LOCKED)]

    def delete(self, connection: Connection, condition: str, **given: object) -> None:
        """Delete the rows that a condition holds for."""
        query = sql.SQL("DELETE FROM {} WHERE {}").format(self._table, self._where(condition))
        connection.execute(query, given)

    def findings(self) -> Iterator[str]:
        """Say which rows were altered."""
        with self._database.get_connection() as connection:
            found = self._read(connection, "true", {})
        for one in found:
            try:
                self._checked(one)
            except RowAltered as error:
                yield str(error)

    def seal(self, row: Row) -> bytes:
        """Return the digest of a whole row."""
        said = [self.name, *(_plain(value) for value in astuple(row))]
        return hmac.new(self._key(), canonical(said), sha256).digest()

    def _read(
        self,
        connection: Connection,
        condition: str,
        given: dict[str, object],
        end: LiteralString = "",
    ) -> list[Any]:
        if not all(value.isprintable() for value in given.values() if isinstance(value, str)):
            return []  # no row is written with such a name, and PostgreSQL refuses some of them
        query = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY 1 {}").format(
            self._table, self._where(condition), sql.SQL(end)
        )
        return connection.execute(query, given).fetchall()

    def _checked(self, found: DictRow) -> Row:
        said = {name: found[name] for name in self._names}
        row: Row = self._row(**{k: tuple(v) if isinstance(v, list) else v for k, v in said.items()})
        try:
            fits = hmac.compare_digest(self.seal(row), bytes(found["seal"]))
        except ValueError:  # a number that this ledger never writes
            fits = False
        if not fits:
            raise RowAltered(self.name, str(found[self._names[0]]))
        return row

    def _where(self, condition: str) -> sql.Composed:
        """Return a condition of this package, in which `{table}` stands for the table."""
        return sql.SQL(cast("Any", condition)).format(table=self._table)

    @property
    def _table(self) -> sql.Composed:
        return self._database.table(self.name)


def _plain(value: object) -> object:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case tuple():
            return list(value)
        case _:
            return value
