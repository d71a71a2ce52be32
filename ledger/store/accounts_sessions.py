"""What lives a short while: sessions of browsers, failed attempts, and what must come back once."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

from ledger.errors import Refused
from ledger.proof.encoding import b64url
from ledger.store.accounts import Means
from ledger.store.accounts_tables import (
    ATTEMPTS,
    CHALLENGES,
    SESSIONS,
    Attempts,
    Challenge,
    Connection,
    SealedTable,
    Session,
)

SECOND, OPEN = "second", "open"
"""A session that owes a second factor, and one that is open."""

TOKEN_BYTES = 32
AT_MOST = 20
"""Sessions of one account; the oldest ends when there would be more."""

SEEN_AFTER = timedelta(minutes=1)
"""Uses closer together than this are not written down one by one."""

FORGOTTEN = timedelta(days=1)
"""Failures count no longer than this."""

ATTEMPTS_AT_MOST = 50_000
LONGEST_WAIT_S = 900


class TooManyAttempts(Refused):
    """Somebody tries too often."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(
            f"失败次数过多，请 {wait_s} 秒后再试 "
            f"(too many attempts failed, try again in {wait_s} s)"
        )
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Terms:
    """How long things last: unused sessions, any session, a shown factor, an invitation."""

    idle: timedelta = timedelta(hours=1)
    absolute: timedelta = timedelta(hours=12)
    confirmed: timedelta = timedelta(minutes=15)
    second: timedelta = timedelta(minutes=10)
    invitation: timedelta = timedelta(days=3)
    challenge: timedelta = timedelta(minutes=10)


def digest_of(secret: str) -> str:
    """Return what is kept of a random secret: its SHA-256 (hex)."""
    return sha256(secret.encode()).hexdigest()


class Sessions:
    """The sessions of all accounts."""

    def __init__(self, means: Means, terms: Terms) -> None:
        self._means = means
        self._terms = terms
        self._table: SealedTable[Session] = means.table(SESSIONS)

    def open(self, account: str, *, stage: str, confirmed: bool) -> str:
        """Begin a session; return the secret of its cookie, which is kept nowhere."""
        lasts = self._terms.second if stage == SECOND else self._terms.absolute
        now = self._means.clock()
        return self._begin(account, stage, now if confirmed else None, now + lasts)

    def renew(self, old: Session, *, confirmed: bool) -> str:
        """Put an open session with a new secret in the place of one; it lasts no longer for it."""
        now = self._means.clock()
        ends_at = old.ends_at if old.stage == OPEN else now + self._terms.absolute
        self.end(old.account, old.token)
        return self._begin(old.account, OPEN, now if confirmed else old.confirmed_at, ends_at)

    def _begin(
        self, account: str, stage: str, confirmed_at: datetime | None, ends_at: datetime
    ) -> str:
        secret, now = b64url(self._means.random(TOKEN_BYTES)), self._means.clock()
        row = Session(
            token=digest_of(secret), account=account, stage=stage, confirmed_at=confirmed_at,
            created_at=now, last_seen=now, ends_at=ends_at,
        )  # fmt: skip
        with self._means.database.writing() as connection:
            self._table.delete(connection, "ends_at < %(now)s", now=now)
            self._keep_few(connection, account)
            self._table.put(connection, row)
        return secret

    def find(self, secret: str) -> Session | None:
        """Return the session of a cookie, if it goes on; note that it was used."""
        found, now = self._table.find(digest_of(secret)), self._means.clock()
        if found is None or now >= min(found.ends_at, found.last_seen + self._terms.idle):
            return None
        if now - found.last_seen >= SEEN_AFTER:
            return self._seen(found.token, now)
        return found

    def confirmed(self, session: Session) -> bool:
        """Tell whether a second factor was shown in it lately."""
        shown = session.confirmed_at
        return shown is not None and self._means.clock() < shown + self._terms.confirmed

    def csrf(self, session: Session) -> str:
        """Return what forms of this session carry; it follows from the session and our key."""
        return self._means.digest("csrf", session.token)

    def of(self, account: str) -> list[Session]:
        """Return the open sessions of an account, the one used last first."""
        now = self._means.clock()
        found = self._table.where(
            "account = %(said)s AND stage = 'open' AND ends_at > %(now)s", said=account, now=now
        )
        return sorted(found, key=lambda one: one.last_seen, reverse=True)

    def end(self, account: str, token: str | None = None) -> None:
        """End one session of an account, by its digest, or all."""
        condition = "account = %(said)s AND (token = %(token)s OR %(token)s::text IS NULL)"
        with self._means.database.writing() as connection:
            self._table.delete(connection, condition, said=account, token=token)

    def end_others(self, session: Session) -> None:
        """End every session of an account but this one."""
        condition = "account = %(said)s AND token <> %(token)s"
        with self._means.database.writing() as connection:
            self._table.delete(connection, condition, said=session.account, token=session.token)

    def _seen(self, token: str, now: datetime) -> Session | None:
        with self._means.database.writing() as connection:
            rows = self._table.locked(connection, "token = %(said)s", said=token)
            for row in rows:  # it may have ended meanwhile, and stays so
                seen = replace(row, last_seen=now)
                self._table.put(connection, seen)
                return seen
        return None

    def _keep_few(self, connection: Connection, account: str) -> None:
        rows = self._table.within(connection, "account = %(said)s", said=account)
        for row in sorted(rows, key=lambda one: one.last_seen)[: max(0, len(rows) - AT_MOST + 1)]:
            self._table.delete(connection, "token = %(said)s", said=row.token)


class FailedAttempts:
    """Counts what fails, by whom and from where, and makes them wait longer and longer."""

    def __init__(self, means: Means) -> None:
        self._means = means
        self._table: SealedTable[Attempts] = means.table(ATTEMPTS)

    def begin(self, whose: str, free: int) -> None:
        """Count an attempt as failed before it is made; refuse it while one must wait.

        After `free` failures the wait is 1, 2, 4 ... seconds, at most 15 minutes.
        """
        with self._alone(whose) as (connection, row, now):
            if now < row.locked_until:
                raise TooManyAttempts(math.ceil((row.locked_until - now).total_seconds()))
            self._forget(connection, now)
            failures = 1 + (row.failures if now - row.last_at < FORGOTTEN else 0)
            wait = timedelta(seconds=_wait_s(failures - free))
            self._table.put(
                connection,
                replace(row, failures=failures, last_at=now, locked_until=now + wait),
            )

    def succeeded(self, whose: str, *, all_of_it: bool) -> None:
        """Take the last attempt back, or all that are counted."""
        with self._alone(whose) as (connection, row, now):
            left = 0 if all_of_it else max(0, row.failures - 1)
            if left:
                self._table.put(connection, replace(row, failures=left, locked_until=now))
            else:
                self._table.delete(connection, "key = %(key)s", key=row.key)

    def _forget(self, connection: Connection, now: datetime) -> None:
        self._table.delete(
            connection,
            "last_at < greatest(%(old)s,"
            " (SELECT last_at FROM {table} ORDER BY last_at DESC OFFSET %(most)s LIMIT 1))",
            old=now - FORGOTTEN,
            most=ATTEMPTS_AT_MOST,
        )

    @contextmanager
    def _alone(self, whose: str) -> Iterator[tuple[Connection, Attempts, datetime]]:
        """Lend the row of one who tries, under a lock of its own, and the time."""
        key, now = self._means.digest("attempts", whose), self._means.clock()
        fresh = Attempts(key=key, failures=0, last_at=now, locked_until=now)
        with self._means.database.writing_alone(f"attempts {key}") as connection:
            found = self._table.within(connection, "key = %(said)s", said=key)
            yield connection, next(iter(found), fresh), now


def _wait_s(failures: int) -> int:
    return min(LONGEST_WAIT_S, 2 ** min(failures - 1, 20)) if failures > 0 else 0


class Challenges:
    """What a browser is given and must bring back once."""

    def __init__(self, means: Means, terms: Terms) -> None:
        self._means = means
        self._terms = terms
        self._table: SealedTable[Challenge] = means.table(CHALLENGES)

    def give(self, kind: str, content: str, name: str | None = None) -> str:
        """Keep something for ten minutes; return the random name that it is asked back by."""
        name = name or b64url(self._means.random(TOKEN_BYTES))
        now = self._means.clock()
        row = Challenge(
            id=digest_of(name), kind=kind, content=content, expires_at=now + self._terms.challenge
        )
        with self._means.database.writing() as connection:
            self._table.delete(connection, "expires_at < %(now)s", now=now)
            self._table.put(connection, row)
        return name

    def take(self, kind: str, name: str) -> str | None:
        """Return what was kept under a name, in time and once; None otherwise."""
        with self._means.database.writing() as connection:
            found = self._table.locked(
                connection, "id = %(said)s AND kind = %(kind)s", said=digest_of(name), kind=kind
            )
            self._table.delete(connection, "id = %(said)s", said=digest_of(name))
        row = next(iter(found), None)
        return row.content if row and self._means.clock() < row.expires_at else None
