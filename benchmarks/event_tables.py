"""How the event table could be cut up: what inserts, index sizes and reads cost, shape by shape.

Each shape gets the same synthetic rows with random stream ids, in commits of 2,000, in a bare
PostgreSQL whose shared buffers are smaller than its indexes, and is dropped before the next one.
Prints a table and writes benchmarks/event_tables.json (docs/decisions/0053-event-table.md).
"""

from __future__ import annotations

import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import LiteralString

import psycopg
from machine import asking, keep
from rich.console import Console

from api.answers import table
from ledger.store import embedded

RESULTS = "event_tables.json"
COMMIT = 2000
STATE = 256
"""Bytes of a state here; a real one has some 900, which only makes the heap longer."""

BATCH, BATCHES = 5000, 60
STREAMS = 3000
CUTS = 8
SETTINGS = ("shared_buffers=32MB", "max_wal_size=512MB")


@dataclass(frozen=True, slots=True)
class Shape:
    """A way to lay the events down: its tables, and the statements that use them.

    In `insert`, rows %(first)s to %(last)s come from `given (leaf, stream, hash, state)`.
    """

    name: str
    tables: tuple[LiteralString, ...]
    insert: tuple[LiteralString, ...]
    scan: LiteralString
    read: LiteralString


GIVEN: LiteralString = "CREATE TEMP TABLE given (leaf bigint, stream text, hash bytea, state bytea)"
FILL: LiteralString = (
    "INSERT INTO given SELECT i, 'gift-' || replace(gen_random_uuid()::text, '-', ''),"
    " sha256(i::text::bytea), %(state)s FROM generate_series(%(first)s::bigint, %(last)s) AS i"
)
EVENTS: LiteralString = (
    "CREATE TABLE events (stream text NOT NULL, version bigint NOT NULL, topic text,"
    " state bytea, id bigserial, PRIMARY KEY (stream, version))"
)
LEAVES: LiteralString = (
    "CREATE TABLE leaves (leaf bigint PRIMARY KEY, stream text NOT NULL,"
    " version bigint NOT NULL, hash bytea NOT NULL, UNIQUE (stream, version))"
)
INSERT: tuple[LiteralString, ...] = (
    "INSERT INTO events (stream, version, topic, state)"
    " SELECT stream, 1, 'gift-received.v1', state FROM given ORDER BY leaf",
    "INSERT INTO leaves SELECT leaf, stream, 1, hash FROM given ORDER BY leaf",
)
SCAN: LiteralString = (
    "SELECT leaf, hash, topic, state FROM leaves JOIN events USING (stream, version)"
    " WHERE leaf >= %(first)s AND leaf < %(last)s ORDER BY leaf"
)
READ: LiteralString = "SELECT state FROM events WHERE stream = %(stream)s ORDER BY version"
PARTS: LiteralString = (
    "CREATE TABLE events (leaf bigint PRIMARY KEY, stream text NOT NULL, version bigint NOT NULL,"
    " topic text, hash bytea NOT NULL, state bytea) PARTITION BY RANGE (leaf)"
)
INTO_PARTS: LiteralString = (
    "INSERT INTO events SELECT leaf, stream, 1, 'gift-received.v1', hash, state FROM given"
    " ORDER BY leaf"
)
SCAN_PARTS: LiteralString = (
    "SELECT leaf, hash, topic, state FROM events WHERE leaf >= %(first)s AND leaf < %(last)s"
    " ORDER BY leaf"
)


def shapes(rows: int) -> list[Shape]:
    """Return the shapes that are compared, partitioned for so many rows."""
    ranges = [
        f"CREATE TABLE events_{n} PARTITION OF events FOR VALUES"
        f" FROM ({n * rows // CUTS}) TO ({(n + 1) * rows // CUTS})"
        for n in range(CUTS)
    ]
    hashes = [
        f"CREATE TABLE events_{n} PARTITION OF events FOR VALUES WITH (MODULUS {CUTS},"
        f" REMAINDER {n})"
        for n in range(CUTS)
    ]
    once: LiteralString = "CREATE UNIQUE INDEX ON events (id)"
    text: LiteralString = (
        "CREATE TABLE places (stream text, version int, leaf bigint, PRIMARY KEY (stream, version))"
    )
    narrow: LiteralString = (
        "CREATE TABLE places (stream uuid, version int, leaf bigint, PRIMARY KEY (stream, version))"
    )
    return [
        Shape("one table, as it is", (EVENTS, once, LEAVES), INSERT, SCAN, READ),
        Shape(
            "the same, read by ids",
            (EVENTS, once, LEAVES),
            INSERT,
            "SELECT leaf, hash, topic, state FROM leaves JOIN events USING (stream, version)"
            " WHERE leaf >= %(first)s AND leaf < %(last)s AND id > %(first)s AND id <= %(last)s"
            " ORDER BY leaf",
            READ,
        ),
        Shape(
            f"by hash of the stream, {CUTS} parts",
            (
                EVENTS + " PARTITION BY HASH (stream)",
                *hashes,
                "CREATE INDEX ON events (id)",
                LEAVES,
            ),
            INSERT,
            SCAN,
            READ,
        ),
        Shape(
            f"by position, {CUTS} parts; streams beside, as text",
            (PARTS, *ranges, text),
            ("INSERT INTO places SELECT stream, 1, leaf FROM given ORDER BY leaf", INTO_PARTS),
            SCAN_PARTS,
            "SELECT state FROM places JOIN events USING (leaf) WHERE places.stream = %(stream)s"
            " ORDER BY places.version",
        ),
        Shape(
            f"by position, {CUTS} parts; streams beside, 16 bytes",
            (PARTS, *ranges, narrow),
            (
                "INSERT INTO places SELECT substr(stream, 6)::uuid, 1, leaf FROM given"
                " ORDER BY leaf",
                INTO_PARTS,
            ),
            SCAN_PARTS,
            "SELECT state FROM places JOIN events USING (leaf)"
            " WHERE places.stream = substr(%(stream)s, 6)::uuid ORDER BY places.version",
        ),
    ]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a shape costs; bytes and microseconds of the server's processor time are for a row.

    `first` and `last` are the first and the last quarter of the rows that were inserted.
    """

    name: str
    insert_us_first: float
    insert_us_last: float
    insert_ms_wall_last: float
    wal_bytes_first: float
    wal_bytes_last: float
    index_bytes: float
    heap_bytes: float
    scan_us: float
    scan_blocks: float
    scan_ms_wall: float
    read_us: float
    read_blocks: float


def cpu_s(pid: int) -> float:
    """Return the processor time that a process has used."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9


def one(connection: psycopg.Connection, query: LiteralString) -> int:
    """Return the one number that a query gives."""
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])


WAL: LiteralString = "SELECT pg_current_wal_insert_lsn() - '0/0'"
READ_IN: LiteralString = "SELECT blks_read FROM pg_stat_database WHERE datname = current_database()"


def fill(
    connection: psycopg.Connection, shape: Shape, rows: int
) -> list[tuple[float, float, float]]:
    """Insert the rows; return processor seconds, wall seconds and bytes of WAL of each quarter."""
    pid = connection.info.backend_pid
    state, quarters = Random(7).randbytes(STATE), []  # noqa: S311 filler
    for quarter in range(4):
        spent, wall, logged = 0.0, 0.0, 0
        for first in range(quarter * rows // 4, (quarter + 1) * rows // 4, COMMIT):
            connection.execute("TRUNCATE given")
            given = {"state": state, "first": first, "last": first + COMMIT - 1}
            connection.execute(FILL, given)
            connection.commit()
            before, at, cpu = one(connection, WAL), time.perf_counter(), cpu_s(pid)
            for statement in shape.insert:
                connection.execute(statement)
            connection.commit()
            spent, wall = spent + cpu_s(pid) - cpu, wall + time.perf_counter() - at
            logged += one(connection, WAL) - before
        quarters.append((spent, wall, float(logged)))
    return quarters


def reads(
    connection: psycopg.Connection, query: LiteralString, asked: list[dict[str, object]]
) -> tuple[float, float, float]:
    """Ask one after the other; return processor seconds, blocks from outside, wall seconds."""
    connection.execute("SELECT pg_stat_force_next_flush()")
    connection.commit()
    blocks, cpu = one(connection, READ_IN), cpu_s(connection.info.backend_pid)
    at = time.perf_counter()
    for given in asked:
        connection.execute(query, given, prepare=True, binary=True).fetchall()
    connection.commit()
    wall, spent = time.perf_counter() - at, cpu_s(connection.info.backend_pid) - cpu
    connection.execute("SELECT pg_stat_force_next_flush()")
    connection.commit()
    return spent, float(one(connection, READ_IN) - blocks), wall


def measure(conninfo: str, shape: Shape, rows: int) -> Measured:
    """Lay the rows down in a shape, read them, and drop it all."""
    with psycopg.connect(conninfo) as connection:
        connection.execute("DROP TABLE IF EXISTS events, leaves, places")
        connection.execute(GIVEN)
        for ddl in shape.tables:
            connection.execute(ddl)
        connection.commit()
        first, *_, last = fill(connection, shape, rows)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
        connection.autocommit = False
        size = (
            "SELECT sum({}(c.oid)) FROM pg_class c WHERE relkind = 'r'"
            " AND relname ~ 'events|leaves|places'"
        )
        index = one(connection, size.format("pg_indexes_size"))
        heap = one(connection, size.format("pg_table_size"))
        chance = Random(11)  # noqa: S311 a choice
        starts = [chance.randrange(rows - BATCH) for _ in range(BATCHES)]
        scan = reads(connection, shape.scan, [{"first": s, "last": s + BATCH} for s in starts])
        where: LiteralString = "places" if "places" in shape.read else "leaves"
        pick: LiteralString = (
            "SELECT stream FROM events WHERE leaf = ANY(%s)" if where == "places"
            else "SELECT stream FROM leaves WHERE leaf = ANY(%s)"
        )  # fmt: skip
        wanted = connection.execute(pick, [chance.sample(range(rows), STREAMS)]).fetchall()
        read = reads(connection, shape.read, [{"stream": stream} for (stream,) in wanted])
        connection.execute("DROP TABLE events")
        connection.execute("DROP TABLE IF EXISTS leaves, places")
        connection.commit()
    part, scanned = rows / 4, BATCH * BATCHES
    return Measured(
        shape.name,
        1e6 * first[0] / part,
        1e6 * last[0] / part,
        1e3 * last[1] / part,
        first[2] / part,
        last[2] / part,
        index / rows,
        heap / rows,
        1e6 * scan[0] / scanned,
        scan[1] / scanned,
        1e3 * scan[2] / scanned,
        1e6 * read[0] / STREAMS,
        read[1] / STREAMS,
    )


@contextmanager
def server() -> Iterator[str]:
    """Run a database with little memory for this run alone."""
    home = Path(tempfile.mkdtemp(prefix="ledger-tables-"))
    try:
        yield embedded.ensure(home, extra=SETTINGS)
    finally:
        embedded.stop(home)
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


def show(found: list[Measured], rows: int) -> None:
    """Print what was found."""
    console = Console()
    console.width = max(console.width, 150)
    heads = (
        "shape",
        "insert, us first>",
        "last quarter>",
        "WAL, bytes first>",
        "last>",
        "index, bytes>",
        "heap>",
        "scan, us>",
        "blocks>",
        "read stream, us>",
        "blocks>",
    )
    lines = [
        (m.name, f"{m.insert_us_first:.1f}", f"{m.insert_us_last:.1f}",
         f"{m.wal_bytes_first:,.0f}", f"{m.wal_bytes_last:,.0f}", f"{m.index_bytes:.0f}",
         f"{m.heap_bytes:.0f}", f"{m.scan_us:.2f}", f"{m.scan_blocks:.2f}",
         f"{m.read_us:.0f}", f"{m.read_blocks:.1f}")
        for m in found
    ]  # fmt: skip
    console.print(table(f"{rows:,} rows, each figure for one", heads, lines))


def main() -> None:
    """Measure all shapes, one after the other."""
    parser = asking("Compare shapes of the event table.")
    parser.add_argument("--rows", type=int, default=2_000_000, help=f"a multiple of {4 * COMMIT}")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is temporary is removed
    with server() as conninfo:
        found = []
        for shape in shapes(given.rows):
            found.append(measure(conninfo, shape, given.rows))
            show(found[-1:], given.rows)
    show(found, given.rows)
    result = {"rows": given.rows, "settings": SETTINGS, "shapes": [asdict(m) for m in found]}
    keep(given.results / RESULTS, result, 1)


if __name__ == "__main__":
    main()
