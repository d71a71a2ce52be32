"""The one database of a ledger: connections, and the schema that holds its tables."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, cast

import psycopg
from eventsourcing.persistence import IntegrityError, OperationalError
from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import DictRow, dict_row

from ledger.errors import Unreadable


class DatabaseUnreachable(Unreadable):
    """No connection to PostgreSQL could be made."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f"the database can't be reached ({why}); check LEDGER_DATABASE_URL, or unset it "
            "to use the embedded one"
        )


class DatabaseReadOnly(DatabaseUnreachable):
    """PostgreSQL answers and takes no writes: it follows another server."""

    def __init__(self) -> None:
        super().__init__(
            "it takes no writes, as it follows another server; name all of them, with "
            "target_session_attrs=read-write"
        )


class NotReplicated(OperationalError):
    """The commit stands on the leader, and no standby has said that it has it too."""

    def __init__(
        self,
        says: str = "the wait for the standby was broken off: look whether this was recorded, "
        "then try again",
    ) -> None:
        super().__init__(says)


ALONE_UNTIL_COMMIT = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"
"""Keeps all others out of what is named, until the transaction ends."""

CONNECT_S = 10
"""Longest wait for a connection apart from the pool, where the address says nothing of it."""

WAITS_FOR_STANDBY = "SyncRepWaitForLSN"
"""The server's function that warns when a commit is kept on the leader alone."""

SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@dataclass(slots=True)
class Sitting:
    """What a thread reads in one go: its connection once it has one, and what readers note."""

    stack: ExitStack
    connection: psycopg.Connection[DictRow] | None = None
    noted: dict[str, Any] | None = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Look:
    """Where a thread looks at what was recorded: one connection, and so one server."""

    connection: psycopg.Connection[DictRow]

    def confirm(self) -> None:
        """Wait until all that can be read there would survive the leader, as what is acknowledged.

        A commit whose wait for the standby was broken off, by a crash or a cancellation, can be
        read on the leader, and is lost with it. Whoever has found that something was recorded
        before asks this before saying so: a later commit is not replicated before an earlier one.
        Nor does a server get over it that led before and does not know yet that another one
        leads now: what it tells is old (docs/decisions/0048-two-machines-before-an-answer.md).
        """
        with _warned(self.connection) as warned:
            self.connection.execute("SELECT pg_logical_emit_message(true, 'ledger', '')")
            if WAITS_FOR_STANDBY in warned:
                raise NotReplicated


class Database(PostgresDatastore):
    """A pool of connections to one schema, given by a libpq connection string.

    The engine's own datastore takes host and port apart; a whole string allows several hosts,
    TLS and a password file (docs/decisions/0005-database.md).
    """

    def __init__(self, conninfo: str, schema: str, pool_size: int = 8) -> None:
        super().__init__("", "", "", "", "", schema=schema, originator_id_type="text")
        self.conninfo = conninfo
        self._known: set[str] = set()
        self._here = threading.local()
        self._written = itertools.count(1)
        self.writes = 0
        """Changes with each write of this process, never back to a number that it was before."""
        self.pool = ConnectionPool(
            conninfo,
            connection_class=psycopg.Connection[DictRow],
            kwargs={"row_factory": dict_row},
            min_size=1,
            max_size=pool_size,
            open=False,
            configure=self.after_connect_func(),
            timeout=30.0,
        )

    def prepare(self) -> None:
        """Check that the server answers, and create the schema if it is not there."""
        try:
            with self.alone(self.schema) as connection:
                name = sql.Identifier(self.schema)
                connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
        except psycopg.errors.ReadOnlySqlTransaction:
            raise DatabaseReadOnly from None
        except (psycopg.Error, OperationalError) as error:
            raise DatabaseUnreachable(first_line(error)) from None

    @contextmanager
    def sitting(self) -> Iterator[None]:
        """Let all that this thread reads in the block see one snapshot, on one connection.

        A connection is taken when the first thing is read. What is written in the block is
        written on another one, and not seen here.
        """
        with ExitStack() as stack, self._seated(Sitting(stack)):
            yield

    @contextmanager
    def looking(self) -> Iterator[Look]:
        """Let all that this thread reads in the block come from one server, as it stands by then.

        What stands on that server can be confirmed; what is written in the block goes apart.
        """
        with ExitStack() as stack:
            connection = stack.enter_context(super().get_connection())
            with self._seated(Sitting(stack, connection, noted=None)):
                yield Look(connection)

    @contextmanager
    def _seated(self, sitting: Sitting) -> Iterator[None]:
        before, self._here.sitting = self._sitting, sitting
        try:
            yield
        finally:
            self._here.sitting = before

    @property
    def _sitting(self) -> Sitting | None:
        return getattr(self._here, "sitting", None)

    @contextmanager
    def get_connection(self) -> Iterator[psycopg.Connection[DictRow]]:
        """Lend a connection: that of the sitting, if the thread is in one."""
        sitting = self._sitting
        if sitting is None:
            with super().get_connection() as connection:
                yield connection
            return
        if sitting.connection is None:
            sitting.connection = sitting.stack.enter_context(super().get_connection())
            sitting.connection.execute(SNAPSHOT)
        yield sitting.connection

    @contextmanager
    def reading(self) -> Iterator[psycopg.Connection[DictRow]]:
        """Lend a connection whose reads see one snapshot."""
        with self.get_connection() as connection:
            if self._sitting is None:
                connection.execute(SNAPSHOT)  # what lends the connection ends it
            yield connection

    @property
    def noted(self) -> dict[str, Any] | None:
        """What readers have noted in this thread's sitting, if it is in one; it ends with that."""
        return self._sitting.noted if self._sitting else None

    @contextmanager
    def writing(self, *, at_once: bool = False) -> Iterator[psycopg.Connection[DictRow]]:
        """Lend a connection inside one transaction.

        With `at_once` it is for one statement, which is a transaction of its own. Raises
        `NotReplicated` when the server has committed and did not wait for its standby to the end,
        as it does when the wait is cancelled: it says so in a warning only. What is refused because
        of what stands there already is refused once that is confirmed.
        """
        try:
            with super().get_connection() as connection, _warned(connection) as warned:
                try:
                    with nullcontext() if at_once else connection.transaction():
                        yield connection
                except (psycopg.IntegrityError, IntegrityError):
                    Look(connection).confirm()
                    raise
                if WAITS_FOR_STANDBY in warned:
                    raise NotReplicated
        finally:
            self.writes = next(self._written)

    @contextmanager
    def writing_alone(self, what: str) -> Iterator[psycopg.Connection[DictRow]]:
        """Lend a connection inside one transaction that keeps all others out of `what`."""
        with self.writing() as connection:
            connection.execute(ALONE_UNTIL_COMMIT, [what])
            yield connection

    @contextmanager
    def alone(self, what: str) -> Iterator[psycopg.Connection]:
        """Keep all others out of `what` for longer, on a connection that is not of the pool."""
        with self._apart() as connection:
            connection.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [what])
            yield connection

    @contextmanager
    def alone_if_free(self, what: str) -> Iterator[psycopg.Connection | None]:
        """Keep all others out of `what` like `alone`, or lend nothing if somebody is in it."""
        query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))"
        with self._apart() as connection:
            (free,) = connection.execute(query, [what]).fetchone() or (False,)
            yield connection if free else None

    @contextmanager
    def _apart(self) -> Iterator[psycopg.Connection]:
        """Open a connection that is not of the pool; what breaks it is told as the pool does."""
        named = conninfo_to_dict(self.conninfo).get("connect_timeout")
        within_s = int(named or CONNECT_S)
        try:
            with psycopg.connect(
                self.conninfo, autocommit=True, connect_timeout=within_s
            ) as connection:
                yield connection
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise OperationalError(first_line(error)) from error

    def ensure(self, name: str, *statements: str, **named: sql.Composable) -> None:
        """Create a table (or function) of this ledger and what belongs to it, unless it is there.

        The statements name it as `{table}`, and what else is `named`; a ledger made before it gets
        it so.
        """
        qualified = self.table(name)
        if self._has(name):
            return
        with self.writing_alone(f"{self.schema}.{name}") as connection:
            if self._has(name):  # somebody else was faster
                return
            for statement in statements:
                connection.execute(sql.SQL(cast("Any", statement)).format(table=qualified, **named))

    def _has(self, name: str) -> bool:
        """Tell whether a table, index or function is there; those that are were asked for once."""
        if name not in self._known:
            query = (
                "SELECT relname AS name FROM pg_class JOIN pg_namespace AS n ON n.oid ="
                " relnamespace WHERE nspname = %(schema)s UNION ALL SELECT proname FROM pg_proc"
                " JOIN pg_namespace AS n ON n.oid = pronamespace WHERE nspname = %(schema)s"
            )
            with self.get_connection() as connection:
                found = connection.execute(query, {"schema": self.schema}).fetchall()
            self._known = {row["name"] for row in found}
        return name in self._known

    def table(self, name: str) -> sql.Composed:
        """Return the qualified name of a table of this ledger."""
        return sql.SQL("{}.{}").format(sql.Identifier(self.schema), sql.Identifier(name))


@contextmanager
def _warned(connection: psycopg.Connection[DictRow]) -> Iterator[set[str | None]]:
    """Give a set that the functions of the server which warn in the block are put into."""
    warned: set[str | None] = set()

    def note(said: psycopg.errors.Diagnostic) -> None:
        warned.add(said.source_function)

    connection.add_notice_handler(note)
    try:
        yield warned
    finally:
        connection.remove_notice_handler(note)


def first_line(error: BaseException) -> str:
    """Return the first line of an error's text."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
