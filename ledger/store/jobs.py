"""Long jobs: who asked for what, how far it has come, what became of it.

No row names a person: what was handed in and what came out lie encrypted beside (`job_files`).
Each row bears a keyed digest (HMAC-SHA-256) of all that it says, so that an altered one is seen.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import DictRow

from ledger.domain.acting import Acting
from ledger.errors import Refused, Unknown, Untrusted
from ledger.proof.encoding import canonical
from ledger.store import sealed_rows
from ledger.store.database import Database

TABLE = "jobs"
QUEUED, RUNNING, WAITING = "queued", "running", "awaiting-approval"
DONE, FAILED, CANCELLED, EXPIRED = "done", "failed", "cancelled", "expired"
UNDER_WAY = (QUEUED, RUNNING)
UNFINISHED = (*UNDER_WAY, WAITING)
FINISHED = (DONE, FAILED, CANCELLED)
UNFINISHED_MAX = 20
"""So many jobs of one account may wait or run at a time."""


class JobUnknown(Unknown):
    """No job of this organisation has that id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no job {name} is known here; look at the list of jobs")


class JobAltered(Untrusted):
    """The row of a job is not what was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"jobs: the row {name} is not what was written")


class JobMoved(Refused):
    """A job is not, or no longer, in a state that allows what was asked."""

    def __init__(self, name: str, state: str, wanted: Sequence[str]) -> None:
        super().__init__(
            f"job {name} is {state}; this is possible only while it is {' or '.join(wanted)}"
        )


class KeyUsedOtherwise(Untrusted):
    """An idempotency key came again with another request."""

    def __init__(self) -> None:
        super().__init__(
            "this idempotency key was used for another request; use a new key for what is new"
        )


class TooManyJobs(Refused):
    """An account has as many jobs unfinished as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"{UNFINISHED_MAX} jobs of this account are not finished; wait for one, or cancel one"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """A job as its row says it; `done` of `total` units, a total of 0 is not known yet.

    `asked_key` is a keyed digest of account and idempotency key, `asked` one of the whole request.
    `approver` is the account that agreed to it, if one was needed. `attempts` counts its starts.
    """

    id: str
    kind: str
    account: str
    organisation: str
    roles: tuple[str, ...]
    confirmed: bool
    asked_key: str
    asked: str
    state: str
    created: datetime
    changed: datetime
    expires: datetime
    done: int = 0
    total: int = 0
    attempts: int = 0
    approver: str | None = None

    @property
    def acting(self) -> Acting:
        """The account that asked, as it was then."""
        return Acting(self.account, self.organisation, frozenset(self.roles), self.confirmed)

    @property
    def approving(self) -> Acting | None:
        """The account that agreed; it was a reviewer and had shown its second factor."""
        if self.approver is None:
            return None
        return Acting(self.approver, self.organisation, frozenset({"reviewer"}), confirmed=True)


COLUMNS = tuple(field.name for field in fields(Job))
NAMES = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
PLACES = sql.SQL(", ").join([sql.Placeholder()] * (len(COLUMNS) + 1))


class Jobs:
    """The table of jobs. `key()` gives the key of its digests, `clock` tells the time in UTC."""

    def __init__(
        self, database: Database, key: Callable[[], bytes], clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._key = key
        self.now = clock

    def prepare(self) -> None:
        """Create the table if it is not there."""
        self._database.ensure(
            TABLE,
            "CREATE TABLE {table} (id text PRIMARY KEY, kind text NOT NULL, account text NOT NULL,"
            " organisation text NOT NULL, roles text[] NOT NULL, confirmed boolean NOT NULL,"
            " asked_key text NOT NULL UNIQUE, asked text NOT NULL, state text NOT NULL,"
            " created timestamptz NOT NULL, changed timestamptz NOT NULL,"
            " expires timestamptz NOT NULL, done bigint NOT NULL, total bigint NOT NULL,"
            " attempts bigint NOT NULL, approver text, seal bytea NOT NULL)",
            "CREATE INDEX ON {table} (organisation, created DESC, id)",
            "CREATE INDEX ON {table} (state, created)",
        )

    def digest(self, *said: str) -> str:
        """Return the keyed digest of something that must not lie in clear (hex)."""
        return hmac.new(self._key(), canonical(list(said)), sha256).hexdigest()

    def ask(self, job: Job) -> tuple[Job, bool]:
        """Put a job down, unless its key was used: return the one that stands, and if it is new.

        Refuses a key that was used for another request, and an account that has too many waiting.
        """
        with self._database.writing_alone(f"{self._database.schema}.{TABLE}") as connection:
            (known,) = self._rows(connection, "asked_key = %s", job.asked_key) or (None,)
            if known is not None and known.asked != job.asked:
                raise KeyUsedOtherwise
            if known is not None:
                return known, False
            held = self._rows(
                connection, "account = %s AND state = ANY(%s)", job.account, list(UNFINISHED)
            )
            if len(held) >= UNFINISHED_MAX:
                raise TooManyJobs
            self._insert(connection, job)
        return job, True

    def find(self, name: str, organisation: str | None = None) -> Job:
        """Return a job; for an organisation, those of others are not there."""
        with self._database.get_connection() as connection:
            found = self._rows(connection, "id = %s", name)
        if not found or organisation not in (None, found[0].organisation):
            raise JobUnknown(name)
        return found[0]

    def listed(self, organisation: str, after: str | None, most: int) -> list[Job]:
        """Return jobs of an organisation, the newest first, those after a job of the list."""
        where: str = "organisation = %s"
        given: list[object] = [organisation]
        if after is not None:
            last = self.find(after, organisation)
            where, given = f"{where} AND (created, id) < (%s, %s)", [*given, last.created, after]
        with self._database.get_connection() as connection:
            return self._rows(
                connection, f"{where} ORDER BY created DESC, id DESC LIMIT %s", *given, most
            )

    def next(self) -> Job | None:
        """Return the job that has waited longest, or that ran when its server went."""
        where = "state = ANY(%s) ORDER BY created, id LIMIT 1"
        with self._database.get_connection() as connection:
            found = self._rows(connection, where, list(UNDER_WAY))
        return found[0] if found else None

    def due(self) -> list[Job]:
        """Return the jobs whose time is over and which nobody works on."""
        where = "expires < %s AND state = ANY(%s) ORDER BY expires, id"
        with self._database.get_connection() as connection:
            return self._rows(connection, where, self.now(), [*FINISHED, WAITING])

    def change(self, name: str, wanted: Sequence[str], **changes: Any) -> Job:
        """Change a job that is in one of the wanted states; return it as it is then."""
        with self._database.writing() as connection:
            found = self._rows(connection, "id = %s FOR UPDATE", name)
            if not found:
                raise JobUnknown(name)
            if found[0].state not in wanted:
                raise JobMoved(name, found[0].state, wanted)
            job = replace(found[0], changed=self.now(), **changes)
            put = sql.SQL("UPDATE {} SET ({}, seal) = ROW({}) WHERE id = %s")
            said = [*self._values(job), name]
            connection.execute(put.format(self._table, NAMES, PLACES), said)
        return job

    def findings(self) -> Iterator[str]:
        """Say which rows are not what was written."""
        return sealed_rows.altered(self._database, TABLE, self._checked)

    @property
    def _table(self) -> sql.Composed:
        return self._database.table(TABLE)

    def _rows(
        self, connection: psycopg.Connection[DictRow], where: str, *given: object
    ) -> list[Job]:
        query = sql.SQL("SELECT * FROM {} WHERE ").format(self._table) + sql.SQL(where)
        return [self._checked(row) for row in connection.execute(query, given).fetchall()]

    def _insert(self, connection: psycopg.Connection[DictRow], job: Job) -> None:
        put = sql.SQL("INSERT INTO {} ({}, seal) VALUES ({})")
        connection.execute(put.format(self._table, NAMES, PLACES), self._values(job))

    def _values(self, job: Job) -> list[object]:
        said = [list(one) if isinstance(one, tuple) else one for one in astuple(job)]
        return [*said, self._seal(job)]

    def _checked(self, row: DictRow) -> Job:
        said = {name: row[name] for name in COLUMNS}
        job = Job(**(said | {"roles": tuple(row["roles"])}))
        if not hmac.compare_digest(self._seal(job), bytes(row["seal"])):
            raise JobAltered(job.id)
        return job

    def _seal(self, job: Job) -> bytes:
        said = [_plain(one) for one in astuple(job)]
        return hmac.new(self._key(), canonical(said), sha256).digest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return list(value) if isinstance(value, tuple) else value
