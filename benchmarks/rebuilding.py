"""How fast all views are made anew, beside reading and decoding alone and the engine's own runner.

A ledger of all sorts of facts is recorded once. Then, in turn, round by round: all views by one
process and by two (rows compared, nothing swapped in), the log read and decoded and no more, and
a few thousand facts taken in by the engine's way, which hands one event at a time to each view and
commits it with its tracking. Prints a table and writes benchmarks/rebuilding.json; numbers only.
"""

from __future__ import annotations

import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bench import server
from machine import asking, keep
from mixed_ledger import fill
from rich.console import Console
from rounds import ratios, spread

from api.answers import table
from api.settings import Settings
from api.wiring import VIEWS, House
from api.working import in_order
from projections.garbage import uncollected
from projections.rebuilding import ALONE, Crew
from projections.shadows import BATCH, Place, discard, open_shadow
from projections.views import enter

RESULTS = "rebuilding.json"
ALL, TWO, READ, ENGINE = (
    "all views, one process",
    "all views, two processes",
    "reading and decoding alone",
    "one event a commit",
)
PAIRS = ((ALL, READ), (TWO, READ), (ALL, ENGINE), (TWO, ENGINE))


@dataclass(frozen=True, slots=True)
class Measured:
    """Entries a second over the rounds, in time that passed and in this process's own."""

    passed: list[float]
    own: list[float]


def rebuilt(house: House, crew: Crew) -> int:
    """Make all views anew and compare them; return how many entries that were."""
    found = house.runner.rebuild(keep=False, crew=crew)
    assert all(one.equal for one in found), found
    return found[0].events


def read(house: House) -> int:
    """Read and decode the log, as a rebuild does."""
    size = house.recorder.size()
    with uncollected():
        for start in range(0, size, BATCH):
            house.runner.entries(start, min(start + BATCH, size))
    return size


def one_by_one(house: House, events: int) -> int:
    """Take in the first facts as the engine's own runner does: an event, its tracking, a commit.

    Each view reads and decodes for itself, as each has a subscription of its own there, and commits
    for the facts that concern it alone, as the runner's topics let it. To read many events at once
    is kinder than the runner, which hands them over one by one in a thread.
    """
    place = Place(house.database, house.recorder, house.recorder.origin(), time.monotonic)
    for view in VIEWS:
        one = open_shadow(place, view, events, fresh=True)
        for leaf, event in house.runner.entries(0, events):
            if type(event) not in view.facts:
                continue
            with house.database.writing() as connection:
                enter(connection, one.schema)
                view.fold([(leaf, event)], connection)
                connection.execute("UPDATE position SET size = %s", [leaf + 1])
        discard(place, one.schema)
    return events


def measure(works: dict[str, Callable[[], int]], rounds: int) -> dict[str, Measured]:
    """Do all works in turn, round by round."""
    found = {name: Measured([], []) for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            passed, own = time.perf_counter(), time.process_time()
            done = work()
            found[name].passed.append(done / (time.perf_counter() - passed))
            found[name].own.append(done / (time.process_time() - own))
    return found


def main() -> None:
    """Record, measure, print, and keep the results."""
    asked = asking(__doc__)
    asked.add_argument("--events", type=int, default=60_000)
    asked.add_argument("--one-by-one", type=int, default=1_000, help="facts of the engine's way")
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    with server() as conninfo, tempfile.TemporaryDirectory() as folder:
        house = House(Settings(Path(folder) / "var", conninfo, "rebuilt"), create=True)
        events = fill(house, given.events)
        house.runner.catch_up()
        two = Crew(2, partial(in_order, jobs=2))
        found = measure(
            {
                READ: lambda: read(house),
                ALL: lambda: rebuilt(house, ALONE),
                TWO: lambda: rebuilt(house, two),
                ENGINE: lambda: one_by_one(house, min(given.one_by_one, events)),
            },
            given.rounds,
        )
        house.close()
    report(found, events, given.rounds, given.results)


def report(found: dict[str, Measured], events: int, rounds: int, folder: Path) -> None:
    """Print the table and write the results."""
    rates = {name: statistics.median(one.passed) for name, one in found.items()}
    compared: dict[str, float] = {}
    for ours, theirs in PAIRS:
        compared |= spread(f"{ours} to {theirs}", ratios(found[ours].passed, found[theirs].passed))
    by_own = ratios(found[ALL].own, found[READ].own)
    compared |= spread(f"{ALL} to {READ}, processor time of Python", by_own)
    console = Console()
    console.width = max(console.width, 120)
    rows = [(name, f"{rate:,.0f}") for name, rate in rates.items()]
    title = f"{events:,} facts, {len(VIEWS)} views, median of {rounds} rounds"
    console.print(table(title, ("what", "facts a second>"), rows))
    console.print(
        table("ratios", ("what", "ratio>"), [(n, f"{r:.2f}") for n, r in compared.items()])
    )
    said = {
        "facts": events, "views": len(VIEWS), "facts_a_second": rates, "ratios": compared,
        "peak_kib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss,
    }  # fmt: skip
    keep(folder / RESULTS, said, rounds)


if __name__ == "__main__":
    main()
