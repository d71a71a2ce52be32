"""What every commit does, as one function of the server: one call, one wait, one transaction.

The function first locks the row of the ledger's head. That keeps commits in the order of the ids
and hands out contiguous leaf indexes (docs/decisions/0004-order-of-commits.md). What a decision
rests on is asked under that lock; then events, leaves and the rows beside them are added
(docs/decisions/0056-one-call-a-commit.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any, LiteralString

from eventsourcing.persistence import StoredEvent
from psycopg import Cursor, sql
from psycopg.rows import DictRow

from ledger.domain.keeping import AskedRow, SourceRow, Unless, VaultRow
from ledger.proof.merkle import leaf_hash
from ledger.store import answered, packed
from ledger.store.database import Database

FUNCTION = "record_v2"
"""Another body gets another name, so that processes of both releases can write meanwhile."""

ROWS = ("openings", "sources", "asked")
"""What may lie beside events that share a commit: rows that are added."""

BASIS = ("unless", "needed")
"""What a decision rests on. All else that may lie beside events takes rows away."""

Beside = Mapping[str, Any]

_PARAMETERS: tuple[LiteralString, ...] = (
    "streams text[]", "versions bigint[]", "topics text[]", "states bytea[]", "hashes bytea[]",
    "spoiled_streams text[]", "spoiled_versions bigint[]", "spoiled_topics text[]",
    "needed text[]",
    "box_digests text[]", "box_streams text[]", "box_versions bigint[]",
    "box_organisations text[]", "box_tags bytea[]", "boxes bytea[]",
    "source_identities text[]", "source_organisations text[]", "source_listings text[]",
    "source_contents text[]", "source_streams text[]",
    "asked_accounts text[]", "asked_keys text[]", "asked_digests text[]", "asked_seals text[]",
    "asked_ends bigint[]", "asked_streams text[]", "asked_versions bigint[]",
)  # fmt: skip
"""Columns of rows. Each answered request has places of its own: its last is the `asked_ends`-th."""

_BODY: LiteralString = """
CREATE FUNCTION {table} ({parameters}) RETURNS SETOF bigint LANGUAGE plpgsql
SET enable_seqscan TO off AS $$
#variable_conflict error
DECLARE
    base bigint;
    fact record;
BEGIN
    SELECT size INTO base FROM {head} FOR UPDATE;
    IF cardinality(spoiled_streams) > 0 THEN
        SELECT given.stream, given.topic INTO fact
            FROM unnest(spoiled_streams, spoiled_versions, spoiled_topics)
                AS given (stream, version, topic)
            WHERE EXISTS (SELECT FROM {events} AS later WHERE later.originator_id = given.stream
                AND later.originator_version > given.version AND later.topic = given.topic)
            LIMIT 1;
        IF FOUND THEN
            RAISE EXCEPTION '% came first in %', fact.topic, fact.stream
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF cardinality(needed) > 0 AND cardinality(needed) <> (SELECT count(*) FROM {vault} AS kept
        WHERE kept.digest = ANY(needed) AND length(kept.tag) = 32)
    THEN
        RAISE EXCEPTION 'an opening was erased first'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    PERFORM pg_notify({channel}, '');
    UPDATE {head} SET size = base + cardinality(streams);
    INSERT INTO {leaves} SELECT base + given.ordinality - 1, given.stream, given.version, given.hash
        FROM unnest(streams, versions, hashes) WITH ORDINALITY AS given (stream, version, hash);
    RETURN QUERY INSERT INTO {events} AS event (originator_id, originator_version, topic, state)
        SELECT given.stream, given.version, given.topic, given.state
        FROM unnest(streams, versions, topics, states) WITH ORDINALITY
            AS given (stream, version, topic, state)
        ORDER BY given.ordinality
        RETURNING event.notification_id;
    IF cardinality(boxes) > 0 THEN
        INSERT INTO {vault} SELECT * FROM unnest(
            box_digests, box_streams, box_versions, box_organisations, box_tags, boxes);
    END IF;
    IF cardinality(source_identities) > 0 THEN
        INSERT INTO {sources} SELECT * FROM unnest(source_identities, source_organisations,
            source_listings, source_contents, source_streams);
    END IF;
    FOR n IN 1 .. cardinality(asked_ends) LOOP
        INSERT INTO {answered} VALUES (asked_accounts[n], asked_keys[n], asked_digests[n],
            asked_streams[coalesce(asked_ends[n - 1], 0) + 1 : asked_ends[n]],
            asked_versions[coalesce(asked_ends[n - 1], 0) + 1 : asked_ends[n]], asked_seals[n]);
    END LOOP;
END $$
"""


class Recording:
    """Calls the function for one ledger."""

    def __init__(self, database: Database, events: str, channel: str) -> None:
        self._database = database
        self._events = events
        self._channel = channel
        places = sql.SQL(", ").join([sql.Placeholder()] * len(_PARAMETERS))
        called = sql.SQL("SELECT * FROM {} ({})").format(database.table(FUNCTION), places)
        self._called = called.as_bytes()

    def ensure(self) -> None:
        """Create the function where it is not there, also in a ledger made before it."""
        tables = ("head", "leaves", "vault", "sources", answered.TABLE)
        self._database.ensure(
            FUNCTION,
            _BODY,
            parameters=sql.SQL(", ").join(map(sql.SQL, _PARAMETERS)),
            events=self._database.table(self._events),
            channel=sql.Literal(self._channel),
            **{name: self._database.table(name) for name in tables},
        )

    def record(
        self, curs: Cursor[DictRow], stored: Sequence[StoredEvent], beside: Beside
    ) -> list[int]:
        """Store events and the `ROWS` beside them, if their `BASIS` holds; return their ids.

        Raises psycopg's `IntegrityError` when a place is taken, or when the decision was spoiled.
        """
        packed.taught(curs)
        given = [
            *_of_events(stored),
            *_of_basis(beside.get("unless", ()), beside.get("needed", ())),
            *_of_openings(beside.get("openings", ())),
            *_of_sources(beside.get("sources", ())),
            *_of_asked(beside.get("asked", ())),
        ]
        curs.execute(self._called, given, prepare=True)
        return [row[FUNCTION] for row in curs.fetchall()]


def takes_away(beside: Beside) -> bool:
    """Tell whether more is to be done than to add rows, which is all that the function does."""
    return any(given for name, given in beside.items() if name not in (*ROWS, *BASIS))


def _of_events(stored: Sequence[StoredEvent]) -> tuple[packed.Column, ...]:
    return (
        packed.texts(str(event.originator_id) for event in stored),
        packed.numbers([event.originator_version for event in stored]),
        packed.texts(event.topic for event in stored),
        packed.blobs([event.state for event in stored]),
        packed.blobs([leaf_hash(event.state) for event in stored]),
    )


def _of_basis(unless: Sequence[Unless], needed: Sequence[str]) -> tuple[packed.Column, ...]:
    return (
        packed.texts(fact.stream for fact in unless),
        packed.numbers([fact.version for fact in unless]),
        packed.texts(fact.topic for fact in unless),
        packed.texts(needed),
    )


def _of_openings(openings: Sequence[VaultRow]) -> tuple[packed.Column, ...]:
    return (
        packed.texts(row.digest for row in openings),
        packed.texts(row.stream for row in openings),
        packed.numbers([row.version for row in openings]),
        packed.texts(row.organisation for row in openings),
        packed.blobs([row.tag for row in openings]),
        packed.blobs([row.box for row in openings]),
    )


def _of_sources(sources: Sequence[SourceRow]) -> tuple[packed.Column, ...]:
    return (
        packed.texts(row.identity for row in sources),
        packed.texts(row.organisation for row in sources),
        packed.texts(row.listing for row in sources),
        packed.texts(row.content for row in sources),
        packed.texts(row.stream for row in sources),
    )


def _of_asked(asked: Sequence[AskedRow]) -> tuple[packed.Column, ...]:
    places = [place for row in asked for place in row.places]
    return (
        packed.texts(row.account for row in asked),
        packed.texts(row.key for row in asked),
        packed.texts(row.digest for row in asked),
        packed.texts(row.seal for row in asked),
        packed.numbers(list(accumulate(len(row.places) for row in asked))),
        packed.texts(stream for stream, _ in places),
        packed.numbers([version for _, version in places]),
    )
