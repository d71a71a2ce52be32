"""How fast the portal answers from PostgreSQL beside the same framework giving a constant.

A large synthetic ledger is made in a temporary database; two servers (one process each) show it,
one of them without keeping answers. A third process asks, path by path, in interleaved rounds.
Prints a table and writes benchmarks/reading.json (docs/benchmarks.md). The promise: an answer that
is made anew comes at a quarter of the rate of a constant, one that is kept at 70 % of it.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random
from typing import Any

import uvicorn
from anyio import to_thread
from bench import USCC, furnished, gift, server
from fastapi import FastAPI, Response
from loading import Asked, Loader
from long_fund import BLOCK, TIME, Story, build, gift_id, payment_id
from machine import asking, keep
from psycopg import sql
from rich.console import Console
from trace_scale import check_room, store_events

from api.answers import table
from api.app import create_app
from api.kept_answers import KEPT_BYTES, readers
from api.settings import Settings
from api.wiring import House
from projections.garbage import settle
from projections.gift_index import GIFT_INDEX
from projections.journal import JOURNAL
from projections.runner import View

RESULTS = "reading.json"
GIFTS = 1_000_000
CHOSEN = 40
"""Gifts of which one is traced at random."""

CONNECTIONS, SECONDS, WARM_S = 8, 0.7, 0.7
CONSTANT = "/constant"
BODY = json.dumps({"funds": ["总"], "words": "x" * 2000}, ensure_ascii=False).encode()


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians over the rounds: answers a second, and their ratio to the constant's, by round.

    `cpu_ms` is the processor time of the server's process that one answer takes, `cpu_ratio` the
    constant's time to it: on a machine that others use too, that is what jumps least.
    """

    name: str
    way: str
    per_second: float
    ratio: float
    cpu_ms: float
    cpu_ratio: float
    slowest_ms: float


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its port and its process."""

    port: int
    process: subprocess.Popen[bytes]

    def cpu_s(self) -> float:
        """Return the processor time it has used so far."""
        said = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(said[11]) + int(said[12])) / os.sysconf("SC_CLK_TCK")


def fill(house: House, fund: str, gifts: int) -> Story:
    """Give a house the rows that so many gifts leave in the event store and in the read models."""
    others = [house.ledger.funds.open_fund(USCC, n, "general", None, None) for n in "省县村样"]
    (sample,) = house.ledger.gifts.receive_gifts(USCC, others.pop(), [gift(100)])
    house.publish()
    story = Story([fund, *others], gifts, house.recorder.size())
    size = build(house, story)
    (entry,) = house.recorder.log_of([sample])
    store_events(house, story, entry.entry, size, gifts)
    given = {"gifts": gifts, "leaf": story.leaf, "fund": fund, "uscc": USCC}
    _insert(house, JOURNAL, _JOURNAL, given)
    _insert(house, GIFT_INDEX, _GIFTS, given)
    for view in house.runner.views:
        _insert(house, view, "UPDATE position SET size = %(size)s, time = %(time)s",
                {"size": size, "time": TIME})  # fmt: skip
    with house.database.alone("analyze") as connection:
        connection.execute("VACUUM ANALYZE")
    return story


def _insert(house: House, view: View, statement: str, given: dict[str, object]) -> None:
    schema = sql.Identifier(house.runner.schema(view))
    with house.database.writing() as connection:
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(schema))
        connection.execute(sql.SQL(statement), given)


_JOURNAL = (
    "INSERT INTO journal (leaf, line, organisation, fund, kind, id, unit, amount, day, booked_on,"
    " late, debit, credit) SELECT %(leaf)s + i, 0, %(uscc)s, %(fund)s, 'gift',"
    " 'gift-' || md5(i::text), 'CNY', 100, '2026-10-01', '2026-10-01', false, '1002', '4201'"
    " FROM generate_series(0::bigint, %(gifts)s::bigint - 1) AS i"
)
_GIFTS = (
    "INSERT INTO gifts (gift, organisation, fund, received_on, identified, minor, currency, leaf)"
    " SELECT 'gift-' || md5(i::text), %(uscc)s, %(fund)s, '2026-10-01', false, 100, 'CNY',"
    " %(leaf)s + i FROM generate_series(0::bigint, %(gifts)s::bigint - 1) AS i"
)


def asked(story: Story) -> dict[str, list[str]]:
    """Return what is asked for, by name; of several paths one is taken in turn."""
    chosen = Random(1).sample(range(story.gifts), min(CHOSEN, story.gifts))  # noqa: S311 a choice
    fund = story.funds[0]
    return {
        "front page": ["/"],
        "fund page": [f"/funds/{fund}"],
        "page of a gift": [f"/trace/gift/{gift_id(number)}" for number in chosen],
        "funds, JSON": ["/api/v1/funds"],
        "statement of a fund, JSON": [f"/api/v1/funds/{fund}"],
        "trace of a gift, JSON": [f"/api/v1/gifts/{gift_id(number)}/trace" for number in chosen],
        "trace of a payment, JSON": [f"/api/v1/disbursements/{payment_id(0, 1)}/trace"],
    }


def with_constant(app: FastAPI) -> FastAPI:
    """Let the portal give a constant too, through the same middleware and in the same way."""
    app.add_api_route(CONSTANT, constant)
    return app


async def constant() -> Response:
    """Give a constant, in the threads that make public answers: what the framework itself costs."""
    return await to_thread.run_sync(_made, limiter=readers())


def _made() -> Response:
    return Response(BODY, media_type="application/json")


@contextmanager
def serving(house: House, *, keep: bool) -> Iterator[Server]:
    """Serve the portal over a house in a process of its own, on a free port of this machine."""
    given = house.settings
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = [sys.executable, __file__, "--serve", str(listener.fileno()),
                   "--house", str(given.data), str(given.database_url), given.schema]  # fmt: skip
        command += [] if keep else ["--forget"]
        process = subprocess.Popen(command, pass_fds=[listener.fileno()])
        try:
            yield Server(listener.getsockname()[1], process)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(20)


def serve(given: argparse.Namespace) -> None:
    """Be the server: one process, as `donation-ledger serve` starts it."""
    data, url, schema = given.house
    home = House(Settings(data=Path(data), database_url=url, schema=schema))
    app = with_constant(create_app(home, kept_bytes=0 if given.forget else KEPT_BYTES))
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False,
                            lifespan="off")  # fmt: skip
    settle()
    with closing(home), suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[socket.socket(fileno=given.serve)])


def measure(paths: dict[str, list[str]], ways: dict[str, Server], rounds: int) -> list[Measured]:
    """Ask for everything in turn, round by round; before each path for the constant."""
    taken: dict[tuple[str, str], list[tuple[float, ...]]] = {}
    with Loader() as loader:
        for one in ways.values():
            for several in paths.values():
                loader.ask(Asked(one.port, several, CONNECTIONS, WARM_S))
        for _ in range(rounds):
            for name, several in paths.items():
                for way, one in ways.items():
                    peer = _asked(loader, one, [CONSTANT])
                    rate, cpu, slowest = _asked(loader, one, several)
                    made = (rate, rate / peer[0], cpu, peer[1] / cpu, slowest)
                    taken.setdefault((name, way), []).append(made)
                    constant = (peer[0], 1.0, peer[1], 1.0, peer[2])
                    taken.setdefault(("a constant", way), []).append(constant)
    return [
        Measured(*key, *(statistics.median(column) for column in zip(*found, strict=True)))
        for key, found in taken.items()
    ]


def _asked(loader: Loader, one: Server, paths: Sequence[str]) -> tuple[float, float, float]:
    before = one.cpu_s()
    found = loader.ask(Asked(one.port, list(paths), CONNECTIONS, SECONDS))
    return found.per_second, 1000 * (one.cpu_s() - before) / found.answers, found.slowest_ms


def run(gifts: int, rounds: int) -> dict[str, object]:
    """Build the ledger in a database of its own, serve it twice, measure, and remove it."""
    with server() as conninfo, ExitStack() as stack:
        house, fund = stack.enter_context(furnished(conninfo))
        started = time.perf_counter()
        story = fill(house, fund, gifts)
        built = time.perf_counter() - started
        ways = {
            "made anew": stack.enter_context(serving(house, keep=False)),
            "kept": stack.enter_context(serving(house, keep=True)),
        }
        found = measure(asked(story), ways, rounds)
    return {
        "events": gifts,
        "build_s": round(built, 1),
        "answers": [asdict(one) for one in found],
    }


def show(found: dict[str, Any], rounds: int) -> None:
    """Print what was found."""
    console = Console()
    console.width = max(console.width, 110)
    rows = [
        (m["name"], m["way"], f"{m['per_second']:,.0f}", f"{m['ratio']:.2f}",
         f"{m['cpu_ms']:.2f}", f"{m['cpu_ratio']:.2f}", f"{m['slowest_ms']:.0f}")
        for m in found["answers"]
    ]  # fmt: skip
    heads = (
        "what",
        "way",
        "a second>",
        "to the constant>",
        "CPU ms>",
        "its ratio>",
        "slowest, ms>",
    )
    title = f"answers from {found['events']:,} events, medians of {rounds} rounds"
    console.print(table(title, heads, rows))


def main() -> None:
    """Measure at the size that is asked for."""
    parser = asking("Measure public reads against a constant answer.")
    parser.add_argument("--events", type=int, default=GIFTS, help=f"a multiple of {BLOCK:,}")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--house", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--forget", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what is temporary is removed
    if given.serve is not None:
        serve(given)
        return
    if given.events < BLOCK or given.events % BLOCK:
        parser.error(f"--events must be a multiple of {BLOCK}")
    check_room(given.events)
    found = run(given.events, given.rounds)
    show(found, given.rounds)
    keep(given.results / RESULTS, found, given.rounds)


if __name__ == "__main__":
    main()
