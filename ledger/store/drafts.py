"""Drafts: what one account prepared and another has recorded, refused or left.

What a draft says may hold names: it lies encrypted (AES-256-GCM), bound to its draft, and is
emptied when the draft is decided or too old. Each row bears a keyed digest (HMAC-SHA-256) of all
that it says, so that an altered one is seen.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import astuple, dataclass, fields, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import psycopg
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from psycopg import sql
from psycopg.rows import DictRow

from ledger.domain.acting import Acting
from ledger.domain.keeping import AskedRow
from ledger.errors import Refused, Unknown, Untrusted
from ledger.proof.encoding import b64url, canonical
from ledger.store import sealed_rows
from ledger.store.answered import Answered
from ledger.store.database import Database
from ledger.store.jobs import KeyUsedOtherwise

TABLE = "drafts"
WAITING, RECORDED, REFUSED = "waiting", "recorded", "refused"
WITHDRAWN, EXPIRED = "withdrawn", "expired"
STATES = (WAITING, RECORDED, REFUSED, WITHDRAWN, EXPIRED)
KEPT = timedelta(days=30)
"""So long a draft waits to be decided."""

WAITING_MAX = 100
"""So many drafts of one account may wait at a time."""

NONCE_BYTES = 12
EMPTY = b""


class DraftUnknown(Unknown):
    """No draft of this organisation has that id."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no draft {name} is known here; look at the list of drafts")


class DraftAltered(Untrusted):
    """The row of a draft is not what was written."""

    def __init__(self, name: str) -> None:
        super().__init__(f"drafts: the row {name} is not what was written")


class DraftDecided(Refused):
    """A draft waits no longer."""

    def __init__(self, name: str, state: str) -> None:
        super().__init__(f"draft {name} is {state}: nothing can be done with it; prepare another")


class TooManyDrafts(Refused):
    """An account has as many drafts waiting as it may have."""

    def __init__(self) -> None:
        super().__init__(
            f"{WAITING_MAX} drafts of this account wait; let them be decided, or withdraw some"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """A draft as its row says it; `asked` is a keyed digest of what was prepared at first.

    `box` holds what was prepared, encrypted, and is empty once the draft is decided. `decided_by`
    is the account that decided, and while the draft waits, the one that last began to record it.
    """

    id: str
    organisation: str
    operation: str
    prepared_by: str
    roles: tuple[str, ...]
    prepared_at: datetime
    asked: str
    box: bytes
    state: str = WAITING
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str = ""

    @property
    def preparer(self) -> Acting:
        """The account that prepared it, as it was then."""
        return Acting(self.prepared_by, self.organisation, frozenset(self.roles))

    @property
    def key(self) -> str:
        """The idempotency key that it is recorded under."""
        return f"draft-{self.id}"

    def check_waiting(self) -> None:
        """Refuse a draft that was decided."""
        if self.state != WAITING:
            raise DraftDecided(self.id, self.state)


COLUMNS = tuple(field.name for field in fields(Draft))
NAMES = sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
PLACES = sql.SQL(", ").join([sql.Placeholder()] * (len(COLUMNS) + 1))


class Drafts:
    """The table of drafts; `answered` tells which of them were recorded.

    `secret(purpose)` gives a key of 32 bytes, `clock` tells the time in UTC, `random(n)` gives n
    random bytes.
    """

    def __init__(
        self,
        database: Database,
        answered: Answered,
        secret: Callable[[str], bytes],
        clock: Callable[[], datetime],
        random: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._answered = answered
        self._secret = secret
        self._now = clock
        self._random = random

    def prepare(self) -> None:
        """Create the table if it is not there."""
        self._database.ensure(
            TABLE,
            "CREATE TABLE {table} (id text PRIMARY KEY, organisation text NOT NULL,"
            " operation text NOT NULL, prepared_by text NOT NULL, roles text[] NOT NULL,"
            " prepared_at timestamptz NOT NULL, asked text NOT NULL, box bytea NOT NULL,"
            " state text NOT NULL, decided_by text, decided_at timestamptz, note text NOT NULL,"
            " seal bytea NOT NULL)",
            "CREATE INDEX ON {table} (organisation, prepared_at DESC, id)",
            f"CREATE INDEX ON {{table}} (prepared_at) WHERE state = '{WAITING}'",
        )

    def add(self, acting: Acting, operation: str, body: bytes, key: str) -> tuple[Draft, bool]:
        """Keep what an account prepared; return the draft that stands, and whether it is new.

        An account's key names its draft: the same request gives the same one. Refuses a key of
        another request, and an account that has too many waiting.
        """
        draft = self._made(acting, operation, body, key)
        with self._database.writing_alone(f"{self._database.schema}.{TABLE}") as connection:
            (known,) = self._rows(connection, "id = %s", draft.id) or (None,)
            if known is not None and known.asked != draft.asked:
                raise KeyUsedOtherwise
            if known is not None:
                return known, False
            where = "prepared_by = %s AND state = %s"
            if len(self._rows(connection, where, acting.account, WAITING)) >= WAITING_MAX:
                raise TooManyDrafts
            put = sql.SQL("INSERT INTO {} ({}, seal) VALUES ({})")
            connection.execute(put.format(self._table, NAMES, PLACES), self._values(draft))
        return draft, True

    def rewrite(self, draft: Draft, body: bytes) -> Draft:
        """Put something else in the place of what a draft that waits holds; return it as it is."""
        draft.check_waiting()
        return self._change(self._boxed(draft, body))

    def name_of(self, account: str, key: str) -> str:
        """Return the name of the draft that an account's key makes."""
        return self._digest("draft", account, key)[:32]

    def find(self, name: str, organisation: str) -> Draft:
        """Return a draft of an organisation; those of others are not there."""
        self.expire()
        return self.settled(self._find(name, organisation))

    def listed(
        self,
        organisation: str,
        operations: Sequence[str],
        states: Sequence[str],
        after: str | None,
        most: int,
    ) -> list[Draft]:
        """Return drafts of an organisation, the newest first, those after a draft of the list."""
        self.expire()
        where = "organisation = %s AND operation = ANY(%s) AND state = ANY(%s)"
        given: list[object] = [organisation, list(operations), list(states)]
        if after is not None:
            last = self._find(after, organisation)
            where, given = f"{where} AND (prepared_at, id) < (%s, %s)", [
                *given, last.prepared_at, after,
            ]  # fmt: skip
        where = f"{where} ORDER BY prepared_at DESC, id DESC LIMIT %s"
        with self._database.get_connection() as connection:
            found = self._rows(connection, where, *given, most)
        return [self.settled(one) for one in found]

    def own(self, acting: Acting, operation: str) -> list[Draft]:
        """Return what an account prepared of an operation and waits, the newest first."""
        self.expire()
        where = (
            "organisation = %s AND prepared_by = %s AND operation = %s AND state = %s"
            " ORDER BY prepared_at DESC, id DESC"
        )
        given = (acting.organisation, acting.account, operation, WAITING)
        with self._database.get_connection() as connection:
            found = self._rows(connection, where, *given)
        settled = map(self.settled, found)
        return [one for one in settled if one.state == WAITING]

    def body(self, draft: Draft) -> bytes:
        """Return what was prepared; refuse a draft that was decided."""
        draft.check_waiting()
        nonce, box = draft.box[:NONCE_BYTES], draft.box[NONCE_BYTES:]
        try:
            return AESGCM(self._secret("drafts")).decrypt(nonce, box, _bound(draft))
        except (InvalidTag, ValueError):
            raise DraftAltered(draft.id) from None

    @contextmanager
    def deciding(self, name: str) -> Iterator[None]:
        """Keep all others from deciding on a draft, on whichever machine; a crash lets go."""
        with self._database.alone(self._lock(name)):
            yield

    def begin(self, draft: Draft, account: str) -> Draft:
        """Note that an account begins to record a draft: its events will be found under its key."""
        draft.check_waiting()
        return self._change(replace(draft, decided_by=account))

    def answer(self, draft: Draft) -> AskedRow | None:
        """Return what the account that began to record a draft recorded of it, if it did."""
        if draft.decided_by is None:
            return None
        return self._answered.find(draft.decided_by, sha256(draft.key.encode()).hexdigest())

    def settled(self, draft: Draft) -> Draft:
        """Return a draft as it is: recorded also where a crash came before that was noted."""
        if draft.state != WAITING or draft.decided_by is None or self.answer(draft) is None:
            return draft
        return self.decide(draft, RECORDED, draft.decided_by)

    def decide(self, draft: Draft, state: str, account: str, note: str = "") -> Draft:
        """Note what became of a draft that waits, and empty it; return it as it is then."""
        draft.check_waiting()
        return self._change(
            replace(draft, state=state, box=EMPTY, decided_by=account, decided_at=self._now(),
                    note=note)
        )  # fmt: skip

    def expire(self) -> None:
        """Empty the drafts that nobody decided in time."""
        query = sql.SQL("SELECT * FROM {} WHERE state = %s AND prepared_at < %s")
        given = [WAITING, self._now() - KEPT]
        with self._database.get_connection() as connection:
            old = connection.execute(query.format(self._table), given).fetchall()
        for row in old:
            with self._database.alone_if_free(self._lock(row["id"])) as free:
                if free is not None:  # else somebody decides on it at this moment
                    self._expire(row)

    def findings(self) -> Iterator[str]:
        """Say which rows are not what was written."""
        return sealed_rows.altered(self._database, TABLE, self._looked_at)

    def _looked_at(self, row: DictRow) -> None:
        """Refuse a row that was altered, or whose body can't be opened."""
        draft = self._checked(row)
        if draft.state == WAITING:
            self.body(draft)

    def _expire(self, row: DictRow) -> None:
        with suppress(DraftAltered):  # the audit names it; nothing waits for that
            draft = self.settled(self._checked(row))
            if draft.state == WAITING:
                gone = replace(draft, state=EXPIRED, box=EMPTY, decided_by=None)
                self._change(replace(gone, decided_at=self._now()))

    def _lock(self, name: str) -> str:
        return f"{self._database.schema}.{TABLE} {name}"

    @property
    def _table(self) -> sql.Composed:
        return self._database.table(TABLE)

    def _made(self, acting: Acting, operation: str, body: bytes, key: str) -> Draft:
        said = [operation, b64url(body)]
        draft = Draft(
            id=self.name_of(acting.account, key),
            organisation=acting.organisation,
            operation=operation,
            prepared_by=acting.account,
            roles=tuple(sorted(acting.roles)),
            prepared_at=self._now(),
            asked=self._digest("asked", *said),
            box=EMPTY,
        )
        return self._boxed(draft, body)

    def _boxed(self, draft: Draft, body: bytes) -> Draft:
        nonce = self._random(NONCE_BYTES)
        box = AESGCM(self._secret("drafts")).encrypt(nonce, body, _bound(draft))
        return replace(draft, box=nonce + box)

    def _digest(self, *said: str) -> str:
        return self._hmac(canonical(list(said))).hex()

    def _hmac(self, said: bytes) -> bytes:
        return hmac.new(self._secret("draft rows"), said, sha256).digest()

    def _find(self, name: str, organisation: str) -> Draft:
        with self._database.get_connection() as connection:
            found = self._rows(connection, "id = %s AND organisation = %s", name, organisation)
        if not found:
            raise DraftUnknown(name)
        return found[0]

    def _rows(
        self, connection: psycopg.Connection[DictRow], where: str, *given: object
    ) -> list[Draft]:
        query = sql.SQL("SELECT * FROM {} WHERE ").format(self._table) + sql.SQL(where)
        return [self._checked(row) for row in connection.execute(query, given).fetchall()]

    def _change(self, draft: Draft) -> Draft:
        put = sql.SQL("UPDATE {} SET ({}, seal) = ROW({}) WHERE id = %s AND state = %s")
        said = [*self._values(draft), draft.id, WAITING]
        with self._database.writing() as connection:
            connection.execute(put.format(self._table, NAMES, PLACES), said)
        return draft

    def _values(self, draft: Draft) -> list[object]:
        said = [list(one) if isinstance(one, tuple) else one for one in astuple(draft)]
        return [*said, self._seal(draft)]

    def _checked(self, row: DictRow) -> Draft:
        said = {name: row[name] for name in COLUMNS}
        draft = Draft(**(said | {"roles": tuple(row["roles"]), "box": bytes(row["box"])}))
        if not hmac.compare_digest(self._seal(draft), bytes(row["seal"])):
            raise DraftAltered(draft.id)
        return draft

    def _seal(self, draft: Draft) -> bytes:
        return self._hmac(canonical([_plain(one) for one in astuple(draft)]))


def _bound(draft: Draft) -> bytes:
    """Return what a body is bound to: whose it is, and what for."""
    return canonical([draft.id, draft.organisation, draft.operation, draft.prepared_by])


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return b64url(value)
    return list(value) if isinstance(value, tuple) else value
