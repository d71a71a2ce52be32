"""How fast the house is, as ratios to plain peers measured in the same run on the same machine.

Rates jump on shared machines; a ratio of two things measured side by side, round by round, stays.
Prints a table and writes benchmarks/results.json. No threshold: numbers only. A peer that is not on
this machine is left out, and so are the ratios to it.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from emmett_peer import Emmett, emmett
from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event
from machine import asking, keep
from psycopg.conninfo import conninfo_to_dict
from rich.console import Console

from api.answers import table
from api.settings import Settings
from api.wiring import House
from ledger.application import ReceiveGift
from ledger.money import Money
from ledger.proof.encoding import b64url
from ledger.store import embedded

RESULTS = "results.json"
USCC = "532300000000000198"
SINGLES, BULK = 60, 2000
THREADS, TOGETHER = 16, 1600
"""Threads that record at the same time, and how much they record a round."""
DAY = date(2026, 10, 1)

Work = Callable[[], int]
"""Does something; returns how many things it did."""

Timed = tuple[str, tuple[str, ...], Work]
"""What is counted, the names of its peers, and the work."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Median things per second over the rounds; to each peer, the ratios from low to high."""

    name: str
    unit: str
    rate: float
    to: dict[str, list[float]]

    def ratio(self, peer: str) -> float:
        """Return the median of the rounds' own ratios."""
        return statistics.median(self.to[peer])


class PlainGift(Aggregate):
    """The same facts in an aggregate of the engine's own kind, unsigned and in the clear."""

    @event("Received")
    def __init__(self, amount: int, currency: str, fund: str, donor: str, received_on: str) -> None:
        self.amount = amount
        self.currency = currency
        self.fund = fund
        self.donor = donor
        self.received_on = received_on


def gift(fen: int) -> ReceiveGift:
    """Describe a gift."""
    return ReceiveGift(amount=Money(fen), donor=f"捐赠人{fen}", received_on=DAY, date_basis="row")


@contextmanager
def server() -> Iterator[str]:
    """Run an embedded database for this run alone."""
    home = Path(tempfile.mkdtemp(prefix="ledger-bench-"))
    try:
        yield embedded.ensure(home)
    finally:
        embedded.stop(home)
        shutil.rmtree((home / "postgres").resolve(), ignore_errors=True)
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def furnished(conninfo: str) -> Iterator[tuple[House, str]]:
    """Open a ledger with a charity, a fund, eligibility and receipt numbers."""
    data = Path(tempfile.mkdtemp(prefix="ledger-bench-data-"))
    schema = f"b_{uuid.uuid4().hex[:12]}"
    house = House(Settings(data=data, database_url=conninfo, schema=schema), create=True)
    try:
        house.keys.create(USCC)
        signer = house.keys.signer_of(USCC)
        public = b64url(signer.public.public_bytes_raw())
        house.ledger.organisations.register_charity(USCC, "示例基金会", signer.kid, public)
        house.ledger.organisations.grant_eligibility(
            USCC, date(2026, 1, 1), date(2028, 12, 31), "示例", 3
        )
        house.ledger.organisations.allot_numbers(USCC, "23050126", 1, 1_000_000)
        yield house, house.ledger.funds.open_fund(USCC, "总", "general", None, None)
    finally:
        house.close()
        shutil.rmtree(data, ignore_errors=True)


def plain_application(conninfo: str) -> Application[uuid.UUID]:
    """Open the engine with its own recorder and JSON, in a schema of its own."""
    given = conninfo_to_dict(conninfo)
    password = Path(str(given["passfile"])).read_text().strip().rsplit(":", 1)[1]
    schema = f"p_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    return Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.postgres",
            "POSTGRES_DBNAME": str(given["dbname"]),
            "POSTGRES_HOST": str(given["host"]),
            "POSTGRES_PORT": str(given["port"]),
            "POSTGRES_USER": str(given["user"]),
            "POSTGRES_PASSWORD": password,
            "POSTGRES_SCHEMA": schema,
        }
    )


def raw_inserts(connection: psycopg.Connection, entries: list[bytes], at_once: int) -> int:
    """Insert the ledger's own bytes into a bare table, `at_once` rows a commit."""
    for first in range(0, len(entries), at_once):
        rows = [(uuid.uuid4().hex, 1, "t", e) for e in entries[first : first + at_once]]
        streams, versions, topics, states = (list(column) for column in zip(*rows, strict=True))
        connection.execute(
            "INSERT INTO raw SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[],"
            " %s::bytea[])",
            [streams, versions, topics, states],
        )
        connection.commit()
    return len(entries)


def raw_copy(connection: psycopg.Connection, entries: list[bytes]) -> int:
    """Copy the ledger's own bytes into a bare table."""
    query = "COPY raw FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(query) as copy:
        for entry in entries:
            copy.write_row((uuid.uuid4().hex, 1, "t", entry))
    connection.commit()
    return len(entries)


def signed_copy(connection: psycopg.Connection, entries: list[bytes]) -> int:
    """Copy the ledger's own bytes into a bare table, after as many signatures over them."""
    private = Ed25519PrivateKey.generate()
    for entry in entries:
        private.sign(entry)
    return raw_copy(connection, entries)


def in_threads(work: Callable[[int], object]) -> int:
    """Do a piece of work so many times, by threads that each take the next one; return how many.

    Emmett's writers take theirs in the same way (emmett/append.mjs).
    """
    coming = iter(range(1, TOGETHER + 1))

    def worker() -> int:
        return len([work(number) for number in coming])

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(one.result() for one in [pool.submit(worker) for _ in range(THREADS)])


def measure(works: dict[str, Timed], rounds: int) -> list[Measured]:
    """Run all works in turn, round by round, and compare each with its peers of the same round."""
    rates: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, (_, _, work) in works.items():
            started = time.perf_counter()
            done = work()
            rates[name].append(done / (time.perf_counter() - started))
    return [
        Measured(
            name,
            unit,
            statistics.median(rates[name]),
            {
                peer: sorted(a / b for a, b in zip(rates[name], rates[peer], strict=True))
                for peer in peers
                if peer in works
            },
        )
        for name, (unit, peers, _) in works.items()
    ]


@dataclass(frozen=True, slots=True)
class Writers:
    """A ledger, the engine alone, and a bare table, each of which can take the same gifts."""

    house: House
    fund: str
    plain: Application[uuid.UUID]

    def give(self, *fen: int) -> int:
        """Record gifts of these amounts in one commit."""
        return len(self.house.ledger.gifts.receive_gifts(USCC, self.fund, list(map(gift, fen))))

    def save(self, *fen: int) -> int:
        """Save the same facts with the engine alone, in one commit."""
        made = [PlainGift(n, "CNY", self.fund, f"捐赠人{n}", "2026-10-01") for n in fen]
        self.plain.save(*made)
        return len(made)


def recording(conninfo: str, rounds: int) -> list[Measured]:
    """Compare recording gifts with the engine alone and with bare SQL."""
    amounts = range(1, BULK + 1)
    with (
        furnished(conninfo) as (house, fund),
        psycopg.connect(conninfo) as connection,
        emmett(conninfo) as other,
    ):
        connection.execute(
            "CREATE TABLE raw (stream text, version bigint, topic text, state bytea,"
            " PRIMARY KEY (stream, version))"
        )
        connection.commit()
        plain = plain_application(conninfo)
        writers = Writers(house, fund, plain)
        sample = house.ledger.gifts.receive_gifts(USCC, fund, [gift(n) for n in amounts])
        entries = [row.entry for row in house.recorder.log_of(sample) if row.entry]
        raw_single = "raw INSERT, one a commit"
        raw_bulk = "raw INSERT, 2,000 a commit"
        threads = f"eventsourcing save, one a commit, {THREADS} threads"
        signed = "raw COPY, and as many signatures"
        abroad = f"Emmett, one an append, {THREADS} at a time"
        abroad_bulk = "Emmett, 2,000 an append"
        found = measure(
            _of_emmett(other, abroad, abroad_bulk)
            | {
                raw_single: (
                    "rows", (), lambda: raw_inserts(connection, entries[:SINGLES], 1),
                ),
                "eventsourcing save, one a commit": (
                    "events", (raw_single,), lambda: sum(map(writers.save, range(1, SINGLES + 1))),
                ),
                "gifts recorded, one at a time": (
                    "gifts", (raw_single,), lambda: sum(map(writers.give, range(1, SINGLES + 1))),
                ),
                threads: ("events", (), lambda: in_threads(writers.save)),
                f"gifts recorded, one a request, {THREADS} threads": (
                    "gifts", (threads, abroad), lambda: in_threads(writers.give),
                ),
                "raw COPY": ("rows", (), lambda: raw_copy(connection, entries)),
                signed: ("rows", ("raw COPY",), lambda: signed_copy(connection, entries)),
                raw_bulk: ("rows", ("raw COPY",), lambda: raw_inserts(connection, entries, BULK)),
                "eventsourcing save, 500 a commit": (
                    "events", (raw_bulk,),
                    lambda: sum(writers.save(*amounts[n : n + 500]) for n in range(0, BULK, 500)),
                ),
                "gifts recorded in bulk, 2,000 a commit": (
                    "gifts", (signed, abroad_bulk), lambda: writers.give(*amounts),
                ),
            },
            rounds,
        )  # fmt: skip
        plain.close()
        return found


def _of_emmett(other: Emmett | None, single: str, bulk: str) -> dict[str, Timed]:
    if other is None:
        return {}
    return {
        single: ("events", (), lambda: other.give(TOGETHER, THREADS, 1)),
        bulk: ("events", (), lambda: other.give(BULK, 1, BULK)),
    }


def shown(found: Measured) -> list[tuple[str, ...]]:
    """Return the lines of the table: a peer a line, and the rate in the first."""
    rate = (found.name, f"{found.rate:,.0f}", found.unit)
    ratios = [(f"{found.ratio(peer):.3f}", peer) for peer in found.to] or [("", "")]
    return [(rate if n == 0 else ("", "", "")) + told for n, told in enumerate(ratios)]


def main() -> None:
    """Measure, print, and keep the results."""
    asked = asking(__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    with server() as conninfo:
        found = recording(conninfo, given.rounds)
    rows = [line for m in found for line in shown(m)]
    columns = ("what", "per second>", "of", "ratio>", "to")
    console = Console()
    console.width = max(console.width, 120)
    console.print(table(f"benchmarks, median of {given.rounds} rounds", columns, rows))
    results = {
        m.name: {
            "per_second": m.rate,
            "unit": m.unit,
            "to": {
                peer: {"ratio": m.ratio(peer), "lowest": ratios[0], "highest": ratios[-1]}
                for peer, ratios in m.to.items()
            },
        }
        for m in found
    }
    keep(given.results / RESULTS, results, given.rounds)


if __name__ == "__main__":
    main()
