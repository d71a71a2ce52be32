"""Hooks: who is told of events as they are published, how far they have come, what they answered.

No row names a person, and what is sent is public. A hook's secret lies encrypted (AES-256-GCM),
bound to its hook. Each row bears a keyed digest of all that it says (`accounts_tables`).
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql

from ledger.errors import Refused, Unknown, Untrusted
from ledger.proof.encoding import b64url, canonical, unb64url
from ledger.proof.standard_webhooks import SECRET_BYTES
from ledger.store.accounts_tables import Connection, SealedTable
from ledger.store.database import Database
from ledger.store.jobs import KeyUsedOtherwise

TABLE = "hooks"
ACTIVE, PAUSED = "active", "paused"
ASKED, SILENT, GONE, CLOSED = "asked", "silent", "gone", "closed"
"""Why a hook is paused: somebody asked, days without success, 410, its account may no longer."""

ANSWERS_KEPT = 10
"""So many of the last answers are kept with a hook."""

HOOKS_MAX = 20
"""So many hooks one organisation may have."""

OLD_SECRET_KEPT = timedelta(days=1)
"""So long a secret that was replaced signs beside the new one."""

NONCE_BYTES = 12


class HookUnknown(Unknown):
    """No hook of this organisation has that id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no hook {name} is known here; look at the list of hooks")


class HookSecretAltered(Untrusted):
    """The secret of a hook can't be opened."""

    def __init__(self, name: str) -> None:
        super().__init__(f"hooks: the secret of {name} can't be opened; run: audit")


class TooManyHooks(Refused):
    """An organisation has as many hooks as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"this organisation has {HOOKS_MAX} hooks, as many as it may have; remove one first"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hook:
    """Who is told of events: `next` is the first entry that was neither delivered nor passed over.

    `topics` and `charity` (an organisation) say of which events; empty means of all. `why` says
    why a hook is paused. `failures` counts attempts since one last succeeded, `failing_since` is
    when the first of them was, `try_at` when the next one may be. `answers` are the last ones, the
    newest first: time, entry, what came. `asked` is a keyed digest of what was asked for.
    """

    id: str
    organisation: str
    account: str
    url: str
    topics: tuple[str, ...]
    charity: str
    created: datetime
    asked: str = ""
    box: str = ""
    old_box: str = ""
    old_until: datetime | None = None
    state: str = ACTIVE
    why: str = ""
    next: int = 0
    failures: int = 0
    failing_since: datetime | None = None
    try_at: datetime | None = None
    answers: tuple[str, ...] = ()

    def is_due(self, published: int, now: datetime) -> bool:
        """Tell whether something may be sent now, if so many entries are published."""
        early = self.try_at is not None and now < self.try_at
        return self.state == ACTIVE and self.next < published and not early

    def paused(self, why: str) -> Hook:
        """Return it so that nothing is sent until it is resumed."""
        return replace(self, state=PAUSED, why=why, try_at=None)

    def resumed(self, account: str) -> Hook:
        """Return it so that what waits is sent at once, and an account answers for it."""
        again = replace(self, state=ACTIVE, why="", account=account)
        return replace(again, failures=0, failing_since=None, try_at=None)

    def moved(self, entry: int) -> Hook:
        """Return it so that entries are sent from this one on, at once unless it is paused."""
        return replace(self, next=entry, try_at=None)

    def answered(self, line: str) -> Hook:
        """Return it with one more answer."""
        return replace(self, answers=(line, *self.answers)[:ANSWERS_KEPT])


class Hooks:
    """The table of hooks.

    `secret(purpose)` gives a key of 32 bytes, `clock` tells the time in UTC, `random(n)` gives n
    random bytes. With `dry_run` what is changed is decided, and not kept.
    """

    def __init__(
        self,
        database: Database,
        secret: Callable[[str], bytes],
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
        *,
        dry_run: bool = False,
    ) -> None:
        self._database = database
        self._secret = secret
        self.now = clock
        self._random = random
        self._dry_run = dry_run
        self._rows = SealedTable[Hook](database, TABLE, lambda: secret("hook rows"), Hook)

    def prepare(self) -> None:
        """Create the table if it is not there."""
        self._database.ensure(
            TABLE,
            "CREATE TABLE {table} (id text PRIMARY KEY, organisation text NOT NULL,"
            " account text NOT NULL, url text NOT NULL, topics text[] NOT NULL,"
            " charity text NOT NULL, created timestamptz NOT NULL, asked text NOT NULL,"
            " box text NOT NULL, old_box text NOT NULL, old_until timestamptz,"
            " state text NOT NULL, why text NOT NULL, next bigint NOT NULL,"
            " failures bigint NOT NULL, failing_since timestamptz, try_at timestamptz,"
            " answers text[] NOT NULL, seal bytea NOT NULL)",
            "CREATE INDEX ON {table} (organisation)",
            f"CREATE INDEX ON {{table}} (next) WHERE state = '{ACTIVE}'",
        )

    def add(self, hook: Hook, key: str, after: int | None) -> tuple[Hook, bytes | None]:
        """Add a hook under its account's key; return it with its secret, which is made here.

        Its id, time, digest and box are made here, too; `after` is what was asked for as the
        beginning. The same request again gives the hook that stands, and no secret: that is given
        once. Refuses a key of another request, and more hooks than an organisation may have.
        """
        said = (hook.organisation, hook.url, ",".join(hook.topics), hook.charity, str(after))
        named = replace(
            hook,
            id=self._digest("hook", hook.organisation, hook.account, key)[:32],
            asked=self._digest("asked", *said),
            created=self.now(),
        )
        with self._database.writing_alone(f"{self._database.schema}.{TABLE}") as connection:
            theirs = self._rows.within(connection, "organisation = %(of)s", of=named.organisation)
            known = next((one for one in theirs if one.id == named.id), None)
            if known is not None:
                return _same(known, named), None
            if len(theirs) >= HOOKS_MAX:
                raise TooManyHooks
            secret = self._random(SECRET_BYTES)
            made = replace(named, box=self._box(named, secret))
            self._put(connection, made)
        return made, secret

    def find(self, name: str, organisation: str) -> Hook:
        """Return a hook of an organisation; those of others are not there."""
        found = self._rows.where(
            "id = %(name)s AND organisation = %(of)s", name=name, of=organisation
        )
        if not found:
            raise HookUnknown(name)
        return found[0]

    def listed(self, organisation: str) -> list[Hook]:
        """Return the hooks of an organisation, the newest first."""
        found = self._rows.where("organisation = %(of)s", of=organisation)
        return sorted(found, key=lambda one: (one.created, one.id), reverse=True)

    def all(self) -> list[Hook]:
        """Return every hook of the ledger, by its id."""
        return self._rows.where()

    def due(self, published: int) -> list[str]:
        """Return the ids of hooks that something may be sent to, those furthest behind first."""
        query = sql.SQL(
            "SELECT id FROM {} WHERE state = %s AND next < %s"
            " AND (try_at IS NULL OR try_at <= %s) ORDER BY next, id"
        ).format(self._database.table(TABLE))
        with self._database.get_connection() as connection:
            found = connection.execute(query, [ACTIVE, published, self.now()]).fetchall()
        return [row["id"] for row in found]

    def get(self, name: str) -> Hook:
        """Return a hook, whoever's it is."""
        found = self._rows.find(name)
        if found is None:
            raise HookUnknown(name)
        return found

    def change(self, name: str, change: Callable[[Hook], Hook]) -> Hook:
        """Change a hook as it is now, in one commit; return it as it is then."""
        with self._database.writing() as connection:
            hook = change(self._locked(connection, name))
            self._put(connection, hook)
        return hook

    def remove(self, name: str) -> None:
        """Remove a hook; nothing more is sent to it."""
        with self._database.writing() as connection:
            self._locked(connection, name)
            if not self._dry_run:
                self._rows.delete(connection, "id = %(name)s", name=name)

    def renew_secret(self, name: str) -> tuple[Hook, bytes]:
        """Give a hook another secret; the one before signs beside it for a day."""
        secret, until = self._random(SECRET_BYTES), self.now() + OLD_SECRET_KEPT
        changed = self.change(
            name,
            lambda hook: replace(
                hook, box=self._box(hook, secret), old_box=hook.box, old_until=until
            ),
        )
        return changed, secret

    def secrets_of(self, hook: Hook) -> list[bytes]:
        """Return the secrets that sign for a hook now, the newest first."""
        both = hook.old_until is not None and self.now() < hook.old_until
        boxes = [hook.box, hook.old_box] if both else [hook.box]
        return [self._opened(hook, box) for box in boxes]

    def sending(self, name: str) -> AbstractContextManager[psycopg.Connection | None]:
        """Keep all others from sending to a hook, or lend nothing if somebody does just now."""
        return self._database.alone_if_free(f"{self._database.schema}.{TABLE} {name}")

    def findings(self) -> Iterator[str]:
        """Say which rows are not what was written."""
        return self._rows.findings()

    def _locked(self, connection: Connection, name: str) -> Hook:
        found = self._rows.locked(connection, "id = %(name)s", name=name)
        if not found:
            raise HookUnknown(name)
        return found[0]

    def _put(self, connection: Connection, hook: Hook) -> None:
        if not self._dry_run:
            self._rows.put(connection, hook)

    def _box(self, hook: Hook, secret: bytes) -> str:
        nonce = self._random(NONCE_BYTES)
        return b64url(nonce + self._cipher().encrypt(nonce, secret, _bound(hook)))

    def _opened(self, hook: Hook, box: str) -> bytes:
        data = unb64url(box)
        try:
            return self._cipher().decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], _bound(hook))
        except (InvalidTag, ValueError):
            raise HookSecretAltered(hook.id) from None

    def _cipher(self) -> AESGCM:
        return AESGCM(self._secret("hooks"))

    def _digest(self, *said: str) -> str:
        return hmac.new(self._secret("hook rows"), canonical(list(said)), sha256).hexdigest()


def _same(known: Hook, asked: Hook) -> Hook:
    if known.asked != asked.asked:
        raise KeyUsedOtherwise
    return known


def _bound(hook: Hook) -> bytes:
    """Return what a secret is bound to: whose it is, and where it goes."""
    return canonical([hook.id, hook.organisation, hook.url])
