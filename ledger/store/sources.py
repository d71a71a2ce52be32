"""Rows of files that were recorded before: how a list that is published again is recognised.

A row with a transaction number is that number, wherever it turns up. A row without one is its
place among equal rows of its list; see `same_list` for when a list is one we have met before
(docs/decisions/0007-row-identity.md). Never donor and amount alone.
"""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from psycopg import sql

from ledger.domain.keeping import SourceRow
from ledger.store import row_masks
from ledger.store.database import Database
from ledger.store.streaming import streamed
from ledger.store.vault_keys import derive


@dataclass(frozen=True, slots=True)
class RowIdentity:
    """What names a row for ever: its list, its identity, its content (keyed digests, hex)."""

    listing: str
    identity: str
    content: str


class Sources:
    """The rows recorded so far; `secret()` keeps strangers from recomputing identities."""

    def __init__(self, database: Database, secret: Callable[[], bytes]) -> None:
        self._database = database
        self._secret = secret

    def identify(
        self, organisation: str, rows: Sequence[tuple[str | None, tuple[str, ...]]]
    ) -> list[RowIdentity]:
        """Name the rows of one list, given as (transaction number or None, content)."""
        contents = self._contents(organisation, rows)
        listing = self._known_listing(organisation, contents) or self._digest(
            organisation, "list", *contents
        )
        named = []
        for (serial, _), content in zip(rows, contents, strict=True):
            place = ("serial", serial) if serial else (listing, content)
            named.append(RowIdentity(listing, self._digest(organisation, *place), content))
        return named

    def known(self, identities: Sequence[str]) -> dict[str, str]:
        """Return what those of these rows that were recorded before, for good, say, by identity."""
        query = sql.SQL("SELECT identity, content FROM {} WHERE identity = ANY(%(ids)s)").format(
            self._database.table("sources")
        )
        with self._database.looking() as look:
            found = look.connection.execute(query, {"ids": list(identities)}).fetchall()
            if found:
                look.confirm()
        return {row["identity"]: row["content"] for row in found}

    def listings_of(self, streams: Iterable[str]) -> dict[str, str]:
        """Return the lists that these streams were read from, by stream."""
        query = sql.SQL("SELECT stream, listing FROM {} WHERE stream = ANY(%(streams)s)").format(
            self._database.table("sources")
        )
        with self._database.get_connection() as connection:
            found = connection.execute(query, {"streams": list(streams)}).fetchall()
        return {row["stream"]: row["listing"] for row in found}

    def as_said(self, row: SourceRow) -> SourceRow | None:
        """Return a row recorded, as its event is to say it, unless that is older than masks.

        None for one that says no digest.
        """
        return row_masks.as_said(row, self._mask_key)

    def each(self) -> Iterator[SourceRow]:
        """Yield every row recorded, in any order: few are in memory at once."""
        query = sql.SQL("SELECT * FROM {}").format(self._database.table("sources"))
        return (SourceRow(**row) for row in streamed(self._database, query))

    def all(self) -> list[SourceRow]:
        """Return every row recorded, in order of their identities."""
        return sorted(self.each(), key=lambda row: row.identity)

    def _contents(
        self, organisation: str, rows: Sequence[tuple[str | None, tuple[str, ...]]]
    ) -> list[str]:
        seen: Counter[tuple[str, ...]] = Counter()
        contents = []
        for serial, content in rows:
            seen[content] += 1
            place = "numbered" if serial else str(seen[content])
            contents.append(self._digest(organisation, "content", place, *content))
        return contents

    def _known_listing(self, organisation: str, contents: Sequence[str]) -> str | None:
        query = sql.SQL(
            "SELECT listing, count(*) FILTER (WHERE content = ANY(%(contents)s)) AS met,"
            " count(*) AS size FROM {sources} WHERE organisation = %(organisation)s AND listing IN"
            " (SELECT listing FROM {sources} WHERE organisation = %(organisation)s"
            " AND content = ANY(%(contents)s)) GROUP BY listing ORDER BY met DESC, listing"
        ).format(sources=self._database.table("sources"))
        given = {"organisation": organisation, "contents": list(contents)}
        with self._database.get_connection() as connection:
            found = connection.execute(query, given).fetchall()
        same = (r for r in found if same_list(r["met"], r["size"], len(contents)))
        return next((str(row["listing"]) for row in same), None)

    def _digest(self, *parts: str) -> str:
        message = b"".join(len(p.encode()).to_bytes(4, "big") + p.encode() for p in parts)
        return hmac.new(self._key, message, sha256).hexdigest()

    @cached_property
    def _key(self) -> bytes:
        return derive(self._secret(), "row identity")

    @cached_property
    def _mask_key(self) -> bytes:
        return row_masks.mask_key(self._secret())


def same_list(met: int, old: int, new: int) -> bool:
    """Tell whether a list of `new` rows is one of `old` rows, published again, given rows `met`.

    Equal lists are the same. A grown or corrected list repeats four fifths of the old one; an
    excerpt, of at least ten rows, is found in it for four fifths. Fewer common rows are chance.
    """
    if met == old == new:
        return True
    smaller, enough = (old, 3) if old <= new else (new, 10)
    return smaller >= enough and 5 * met >= 4 * smaller
