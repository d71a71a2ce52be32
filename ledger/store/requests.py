"""What waits to be signed elsewhere: events as they will be signed, and the rows beside them.

A request is named by the digest of its content, and whoever signs holds that name: what waits here
can't be altered unseen. The rows are the vault's own, encrypted; no event holds a person.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from psycopg import sql

from ledger.domain.keeping import Restriction, SourceRow, Unless, VaultRow
from ledger.engine import Unsigned
from ledger.errors import Unknown, Untrusted
from ledger.proof.encoding import b64url, canonical, parse_canonical, unb64url
from ledger.store import sealed_rows
from ledger.store.database import Database

TABLE = "requests"
KEPT = timedelta(days=7)
"""So long a request waits for its signatures."""

NONCE_BYTES = 16
ROWS: dict[str, type] = {
    cls.__name__: cls for cls in (Restriction, SourceRow, Unless, VaultRow)
}  # fmt: skip


class RequestUnknown(Unknown):
    """No such request waits here."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"no request {name} waits here: it was prepared for another ledger, or has expired; "
            "prepare it again"
        )


class RequestExpired(Unknown):
    """A request was submitted too late."""

    def __init__(self, name: str, expired: datetime) -> None:
        super().__init__(
            f"request {name} expired on {expired:%Y-%m-%d %H:%M} UTC, nothing was stored; "
            "prepare it again"
        )


class RequestAltered(Untrusted):
    """A request is not what it was when it was named."""

    def __init__(self, name: str) -> None:
        super().__init__(f"requests: the row {name} is not what was prepared")


@dataclass(frozen=True, slots=True)
class Request:
    """Events that wait, in order, with what is stored beside them."""

    id: str
    expires: datetime
    entries: tuple[Unsigned, ...]
    beside: Mapping[str, object]


class Requests:
    """The table of requests. `clock` tells the time in UTC, `random(n)` gives n random bytes."""

    def __init__(
        self, database: Database, clock: Callable[[], datetime], random: Callable[[int], bytes]
    ) -> None:
        self._database = database
        self._clock = clock
        self._random = random

    def prepare(self) -> None:
        """Create the table if it is not there."""
        self._database.ensure(
            TABLE,
            "CREATE TABLE {table} (id text PRIMARY KEY, expires timestamptz NOT NULL,"
            " content bytea NOT NULL)",
        )

    def keep(self, entries: Sequence[Unsigned], beside: Mapping[str, object]) -> Request:
        """Keep a request for a week; return it."""
        expires = (self._clock() + KEPT).replace(microsecond=0)
        content = canonical(
            {
                "beside": {name: _plain(value) for name, value in beside.items()},
                "entries": [
                    [e.actor, e.kid, e.signing_input.decode("ascii"), e.elsewhere] for e in entries
                ],
                "expires": expires.isoformat(),
                "nonce": b64url(self._random(NONCE_BYTES)),
            }
        )
        request = _read(_name(content), content)
        insert = "INSERT INTO {} (id, expires, content) VALUES (%s, %s, %s)"
        with self._database.writing() as connection:
            connection.execute(sql.SQL(insert).format(self._table), [request.id, expires, content])
        return request

    def drop_expired(self) -> None:
        """Drop what nobody signed in time, with the openings in it."""
        expired = sql.SQL("DELETE FROM {} WHERE expires < %s").format(self._table)
        with self._database.writing() as connection:
            connection.execute(expired, [self._clock()])

    def find(self, name: str) -> Request:
        """Return a request that waits; refuse one that is unknown, has expired or was altered."""
        query = sql.SQL("SELECT id, expires, content FROM {} WHERE id = %s").format(self._table)
        with self._database.get_connection() as connection:
            found = connection.execute(query, [name]).fetchall()
        if not found:
            raise RequestUnknown(name)
        request = _checked(found[0])
        if request.expires < self._clock():
            raise RequestExpired(name, request.expires)
        return request

    def findings(self) -> Iterator[str]:
        """Say which rows are not what was prepared."""
        return sealed_rows.altered(self._database, TABLE, _checked)

    @property
    def _table(self) -> sql.Composed:
        return self._database.table(TABLE)


def _name(content: bytes) -> str:
    return b64url(sha256(content).digest())


def _checked(row: Mapping[str, Any]) -> Request:
    """Read a row: its name and its time must be those of its content."""
    content = bytes(row["content"])
    if _name(content) != row["id"]:
        raise RequestAltered(row["id"])
    request = _read(row["id"], content)
    if request.expires != row["expires"]:
        raise RequestAltered(row["id"])
    return request


def _read(name: str, content: bytes) -> Request:
    said: Any = parse_canonical(content)
    entries = tuple(
        Unsigned(actor, kid, text.encode(), elsewhere)
        for actor, kid, text, elsewhere in said["entries"]
    )
    beside = {key: _value(value) for key, value in said["beside"].items()}
    return Request(name, datetime.fromisoformat(said["expires"]), entries, beside)


def _plain(value: object) -> object:
    """Write what stands beside events in plain JSON, so that `_value` reads it back."""
    match value:
        case str() | int() | None:
            return value
        case bytes():
            return {"bytes": b64url(value)}
        case datetime():
            return {"at": value.isoformat()}
        case date():
            return {"day": value.isoformat()}
        case list() | tuple():
            return [_plain(one) for one in value]
        case _:
            members = {f.name: _plain(getattr(value, f.name)) for f in fields(value)}  # type: ignore[arg-type] # rows are dataclasses
            return {"row": type(value).__name__, "says": members}


def _value(plain: Any) -> object:
    match plain:
        case {"bytes": text}:
            return unb64url(text)
        case {"at": text}:
            return datetime.fromisoformat(text)
        case {"day": text}:
            return date.fromisoformat(text)
        case {"row": name, "says": members}:
            return ROWS[name](**{key: _value(value) for key, value in members.items()})
        case list():
            return [_value(one) for one in plain]
        case _:
            return plain
