"""How many bytes a gift takes, and a receipt: tables, indexes, write-ahead log, published log.

A ledger is made by the product's own commands in a temporary folder and measured part by part; it
is removed afterwards. Prints tables and writes benchmarks/storage.json (docs/capacity.md).
"""

from __future__ import annotations

import bz2
import json
import lzma
import os
import platform
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psycopg
from machine import asking, keep
from rich.console import Console

from api.answers import table
from ledger.proof.encoding import unb64url
from ledger.store import embedded

RESULTS = "storage.json"
COMMAND = Path(sys.executable).parent / "donation-ledger"
USCC = "53100000500021326D"
GIFTS, RECEIPTS = 20_000, 1000
DAY, LATER = "2026-10-01", "2026-10-02"
SAMPLE = 2000
"""Entries that are compressed one by one."""

_SIZES = """
    SELECT n.nspname AS schema, c.relname AS name, 'table' AS kind, pg_table_size(c.oid) AS bytes
      FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind = 'r' AND n.nspname LIKE 'ledger%'
    UNION ALL
    SELECT n.nspname, t.relname || '.' || i.relname, 'index', pg_relation_size(i.oid)
      FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
      JOIN pg_namespace n ON n.oid = t.relnamespace WHERE n.nspname LIKE 'ledger%'
"""


@dataclass(frozen=True, slots=True)
class Stood:
    """What there was at one moment: entries, bytes of each relation, of the log, of the WAL."""

    entries: int
    relations: dict[str, int]
    bundles: int
    tiles: int
    wal: int
    wal_pages: int
    at: float


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes that one gift, or one receipt, added to a part."""

    where: str
    bytes: float


def run(data: Path, *words: object) -> Any:
    """Run a command of the product in a data folder; return its JSON."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("LEDGER_")}
    done = subprocess.run(
        [COMMAND, *map(str, words), "--json"],
        env={**kept, "LEDGER_DATA": str(data)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return json.loads(done.stdout)


def stood(data: Path, connection: psycopg.Connection) -> Stood:
    """Publish, and measure what there is."""
    size = run(data, "integrate")["size"]
    connection.execute("VACUUM ANALYZE")
    wal = connection.execute("SELECT wal_bytes, wal_fpi FROM pg_stat_wal").fetchone()
    assert wal is not None
    found = connection.execute(_SIZES).fetchall()
    log = data / "log"
    bundles = sum(p.stat().st_size for p in (log / "tile/entries").rglob("*") if whole(p))
    everything = sum(p.stat().st_size for p in (log / "tile").rglob("*") if whole(p))
    relations = {f"{schema} {kind} {name}": size_ for schema, name, kind, size_ in found}
    made = (int(wal[0]), int(wal[1]), time.perf_counter())
    return Stood(size, relations, bundles, everything - bundles, *made)


def whole(path: Path) -> bool:
    """Tell whether it is a file of the log that stays: no partial tile or bundle of the past."""
    return path.is_file() and ".p/" not in str(path)


def between(before: Stood, after: Stood, times: int) -> list[Part]:
    """Return what each part gained for each of so many gifts or receipts, the largest first."""
    gained = {name: size - before.relations.get(name, 0) for name, size in after.relations.items()}
    schemas: dict[str, float] = {}
    parts = []
    for name, size in gained.items():
        schema, kind, relation = name.split(" ", 2)
        if schema == "ledger":
            parts.append(Part(f"{kind} {relation}", size / times))
        else:
            plural = "tables" if kind == "table" else "indexes"
            where = f"view {schema.removeprefix('ledger_')}, {plural}"
            schemas[where] = schemas.get(where, 0) + size / times
    parts += [Part(where, size) for where, size in schemas.items()]
    parts.append(
        Part("published log, bundles of entries", (after.bundles - before.bundles) / times)
    )
    parts.append(Part("published log, tiles", (after.tiles - before.tiles) / times))
    return sorted((p for p in parts if p.bytes >= 0.5), key=lambda part: -part.bytes)


def compressed(data: Path, connection: psycopg.Connection) -> dict[str, float]:
    """Return by what factor things shrink: entries alone, and whole bundles."""
    query = "SELECT state FROM ledger.ledger_events WHERE topic LIKE 'gift-received%%' LIMIT %s"
    states = [bytes(state) for (state,) in connection.execute(query, [SAMPLE]).fetchall()]
    length = sum(map(len, states))
    decoded = [b"".join(map(unb64url, state.decode().split("."))) for state in states]
    bundles = [p.read_bytes() for p in sorted((data / "log/tile/entries").rglob("*")) if whole(p)]
    bundles = bundles[len(bundles) // 2 :][:16]
    total = sum(map(len, bundles))
    found = {
        "an entry, bytes": length / len(states),
        "an entry decoded from base64, to its length": sum(map(len, decoded)) / length,
        "entries one by one, deflate": sum(len(zlib.compress(s)) for s in states) / length,
        "decoded entries one by one, deflate": sum(len(zlib.compress(s)) for s in decoded) / length,
        "bundles of 256, gzip -6": sum(len(zlib.compress(b)) for b in bundles) / total,
        "bundles of 256, bzip2": sum(len(bz2.compress(b)) for b in bundles) / total,
        "bundles of 256, xz": sum(len(lzma.compress(b)) for b in bundles) / total,
    }
    if program := shutil.which("zstd"):

        def zstd(level: str) -> float:
            sizes = [
                len(subprocess.run([program, level, "-c"], input=b, capture_output=True,
                                   check=True).stdout) for b in bundles
            ]  # fmt: skip
            return sum(sizes) / total

        found["bundles of 256, zstd -3"] = zstd("-3")
        found["bundles of 256, zstd -19"] = zstd("-19")
    connection.execute("CREATE TEMP TABLE squeezed (state bytea) WITH (toast_tuple_target = 128)")
    connection.execute("ALTER TABLE squeezed ALTER state SET STORAGE MAIN")
    with connection.cursor().copy("COPY squeezed FROM STDIN") as copy:
        for state in states:
            copy.write_row([state])
    kept = connection.execute("SELECT sum(pg_column_size(state)) FROM squeezed").fetchone()
    assert kept is not None
    found["the column state, pglz forced"] = int(kept[0]) / length
    return found


@contextmanager
def folder() -> Iterator[Path]:
    """Give a data folder, and remove it with its server."""
    data = Path(tempfile.mkdtemp(prefix="ledger-storage-")) / "var"
    try:
        yield data
    finally:
        embedded.stop(data)
        shutil.rmtree((data / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(data.parent, ignore_errors=True)


def listed(path: Path, gifts: int, first: int) -> Path:
    """Write a list of gifts as charities publish them."""
    rows = (
        f"{n},捐赠人{n},{n % 90 + 1}.{n % 100:02d}\n" for n in range(first, first + gifts)
    )  # fmt: skip
    path.write_text("序号,捐赠人,金额（元）\n" + "".join(rows), encoding="utf-8")
    return path


def measure(gifts: int, receipts: int) -> dict[str, Any]:
    """Make the ledger and measure it after each stage."""
    with folder() as data:
        run(data, "charity", "register", USCC, "示范基金会")
        run(data, "eligibility", "grant", USCC, "--from", "2026-01-01", "--to", "2028-12-31",
            "--notice", "示例1号", "--applicant-kind", "3")  # fmt: skip
        run(data, "book", "allot", USCC, "23050126", "1", str(receipts + 1))
        fund = run(data, "fund", "open", "--charity", USCC, "总")["fund"]
        whose = ("--charity", USCC, "--fund", fund, "--date")
        with psycopg.connect(embedded.ensure(data), autocommit=True) as connection:
            founded = stood(data, connection)
            first = listed(data.parent / "名单.csv", gifts, 1)
            (told,) = run(data, "import", first, *whose, DAY)
            assert told["recorded"] == gifts, told
            given = stood(data, connection)
            second = listed(data.parent / "再.csv", receipts, gifts + 1)
            run(data, "import", second, *whose, LATER)
            more = stood(data, connection)
            issued = run(data, "receipts", "issue", "--charity", USCC, "--from", LATER, "--to",
                         LATER, "--out", data.parent / "out")["issued"]  # fmt: skip
            files = sum(p.stat().st_size for p in (data.parent / "out").rglob("*.pdf"))
            receipted = stood(data, connection)
            shrunk = compressed(data, connection)
            heap = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    assert len(issued) == receipts, len(issued)
    events = receipted.entries - more.entries
    return {
        "gifts": gifts,
        "receipts": receipts,
        "database_bytes": heap[0] if heap else None,
        "events_a_gift": (given.entries - founded.entries) / gifts,
        "events_a_receipt": events / receipts,
        "of_a_gift": [asdict(p) for p in between(founded, given, gifts)],
        "of_a_receipt": [asdict(p) for p in between(more, receipted, receipts)],
        "wal_of_a_gift": (given.wal - founded.wal) / gifts,
        "wal_pages_of_a_gift": (given.wal_pages - founded.wal_pages) / gifts,
        "wal_of_a_receipt": (receipted.wal - more.wal) / receipts,
        "pdf_of_a_receipt": files / receipts,
        "compression": shrunk,
        "machine": {"processors": os.cpu_count(), "python": platform.python_version()},
    }


def show(found: dict[str, Any]) -> None:
    """Print what was found."""
    console = Console()
    console.width = max(console.width, 110)
    for what, events in (("gift", "events_a_gift"), ("receipt", "events_a_receipt")):
        parts = [(p["where"], f"{p['bytes']:,.0f}") for p in found[f"of_a_{what}"]]
        total = sum(p["bytes"] for p in found[f"of_a_{what}"])
        parts += [
            ("all of it", f"{total:,.0f}"),
            ("for each of its events", f"{total / found[events]:,.0f}"),
            ("write-ahead log, with all views", f"{found[f'wal_of_a_{what}']:,.0f}"),
        ]
        console.print(table(f"bytes of a {what} ({found[events]:.2f} events)", ("", ">"), parts))
    shrunk = [(name, f"{value:.2f}") for name, value in found["compression"].items()]
    console.print(table("compressed, to what it was", ("", ">"), shrunk))


def main() -> None:
    """Measure at the size that is asked for."""
    parser = asking("Measure the bytes of gifts and receipts.")
    parser.add_argument("--gifts", type=int, default=GIFTS)
    parser.add_argument("--receipts", type=int, default=RECEIPTS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is temporary is removed
    found = measure(given.gifts, given.receipts)
    show(found)
    keep(given.results / RESULTS, found, 1)


if __name__ == "__main__":
    main()
