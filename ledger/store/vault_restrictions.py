"""What only the law keeps: openings that a person wants forgotten, and a law does not let go yet.

A restricted opening has a tag that no ordinary search computes; its row here says by which rule,
and until when, under a seal (HMAC-SHA-256) that shows whether it was altered.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from datetime import UTC, date
from hashlib import sha256

from psycopg import sql

from ledger.domain.keeping import Restriction
from ledger.proof.encoding import canonical
from ledger.store.database import Database
from ledger.store.forgetting import drop_requests
from ledger.store.vault_keys import derive
from ledger.store.vault_tables import RESTRICTED

ORDINARY = 32
"""Bytes of a tag by which an opening is found; a restricted one has a letter before them."""

LETTER = b"R"


class Restrictions:
    """The table of what is kept for the law alone. `secret()` gives what its keys follow from."""

    def __init__(self, database: Database, secret: Callable[[], bytes]) -> None:
        self._database = database
        self._secret = secret

    def tag(self, ordinary: bytes) -> bytes:
        """Return the tag of a restricted opening, from the one it was found by before."""
        return LETTER + self._digest("vault tag for the law", ordinary)

    def restrict(self, rows: Sequence[Restriction]) -> None:
        """Restrict openings, in one commit and in line with everything that is recorded."""
        names = {
            "vault": self._database.table("vault"),
            "head": self._database.table("head"),
            "table": self._database.table(RESTRICTED),
        }
        mark = sql.SQL(
            "UPDATE {vault} SET tag = %(new)s WHERE digest = %(digest)s AND tag = %(old)s"
        ).format(**names)
        put = sql.SQL(
            "INSERT INTO {table} VALUES (%(digest)s, %(rule)s, %(until)s, %(at)s, %(seal)s)"
        ).format(**names)
        with self._database.writing() as connection:
            connection.execute(sql.SQL("SELECT size FROM {head} FOR UPDATE").format(**names))
            drop_requests(connection, self._database, [row.digest for row in rows])
            for row in rows:
                given = {"digest": row.digest, "old": row.tag, "new": self.tag(row.tag)}
                if connection.execute(mark, given).rowcount:
                    told = {"rule": row.rule, "until": row.until, "at": row.at}
                    connection.execute(put, {**given, **told, "seal": self._seal(row)})

    def rows(self, digests: Sequence[str] | None = None) -> list[Restriction]:
        """Return what is restricted, all of it or of these digests, in order of their days."""
        found = self._found("%(digests)s::text[] IS NULL OR digest = ANY(%(digests)s)",
                            digests=None if digests is None else list(digests))  # fmt: skip
        return [one for one, _ in found]

    def due(self, on: date) -> list[Restriction]:
        """Return what no law keeps any longer on a day: its last day has passed."""
        return [one for one, _ in self._found("until < %(on)s", on=on)]

    def findings(self) -> list[str]:
        """Say which rows were altered, and which do not agree with the openings they restrict."""
        told = self._found("true")
        found = [
            f"vault_restricted: the row of {one.digest} was altered"
            for one, seal in told
            if not hmac.compare_digest(seal, self._seal(one))
        ]
        query = sql.SQL("SELECT digest FROM {} WHERE length(tag) > %s").format(
            self._database.table("vault")
        )
        with self._database.get_connection() as connection:
            marked = {r["digest"] for r in connection.execute(query, [ORDINARY]).fetchall()}
        rows = {one.digest for one, _ in told}
        found += [f"vault_restricted: the row of {d} is missing" for d in sorted(marked - rows)]
        return found + [
            f"vault_restricted: {d} can be found like any other" for d in sorted(rows - marked)
        ]

    def _found(self, condition: str, **given: object) -> list[tuple[Restriction, bytes]]:
        query = sql.SQL("SELECT * FROM {} WHERE {} ORDER BY until, digest").format(
            self._database.table(RESTRICTED), sql.SQL(condition)
        )
        with self._database.get_connection() as connection:
            found = connection.execute(query, given).fetchall()
        return [
            (Restriction(r["digest"], r["rule"], r["until"], r["at"]), bytes(r["seal"]))
            for r in found
        ]

    def _seal(self, row: Restriction) -> bytes:
        at = row.at.astimezone(UTC).isoformat()
        said = canonical([row.digest, row.rule, row.until.isoformat(), at])
        return self._digest("vault restriction", said)

    def _digest(self, purpose: str, message: bytes) -> bytes:
        return hmac.new(derive(self._secret(), purpose), message, sha256).digest()
