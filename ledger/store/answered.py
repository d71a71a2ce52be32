"""Requests that were answered: a key that comes again gets what was recorded the first time.

A row is written in the commit of its events and kept as long as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from psycopg import sql

from ledger.domain.keeping import AskedRow
from ledger.errors import Untrusted
from ledger.store import sealed_rows
from ledger.store.database import Database

TABLE = "answered"


class AnswerAltered(Untrusted):
    """A row does not say what was answered."""

    def __init__(self, account: str, key: str) -> None:
        super().__init__(f"answered: the row of account {account} under key {key} was altered")


class Answered:
    """The table of answered requests. `token` is the keyed digest that seals its rows."""

    def __init__(self, database: Database, token: Callable[[], Callable[..., str]]) -> None:
        self._database = database
        self._token = token

    def prepare(self) -> None:
        """Create the table if it is not there."""
        self._database.ensure(
            TABLE,
            "CREATE TABLE {table} (account text NOT NULL, key text NOT NULL, digest text NOT NULL,"
            " streams text[] NOT NULL, versions bigint[] NOT NULL, seal text NOT NULL,"
            " PRIMARY KEY (account, key))",
        )

    def find(self, account: str, key: str) -> AskedRow | None:
        """Return what an account's key (SHA-256, hex) was answered with, if it was, for good."""
        query = sql.SQL("SELECT * FROM {} WHERE account = %s AND key = %s").format(self._table)
        with self._database.looking() as look:
            found = look.connection.execute(query, [account, key]).fetchall()
            if not found:
                return None
            look.confirm()
        return self._checked(found[0])

    def findings(self) -> Iterator[str]:
        """Say which rows are not what was answered."""
        return sealed_rows.altered(self._database, TABLE, self._checked)

    def _checked(self, row: Mapping[str, Any]) -> AskedRow:
        places = tuple(zip(row["streams"], row["versions"], strict=False))
        said = AskedRow(row["account"], row["key"], row["digest"], places, row["seal"])
        if said.sealed(self._token()) != said or len(row["streams"]) != len(row["versions"]):
            raise AnswerAltered(said.account, said.key)
        return said

    @property
    def _table(self) -> sql.Composed:
        return self._database.table(TABLE)
