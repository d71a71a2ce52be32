"""How much memory each command takes at its most, on a ledger and on one three times as long.

A ledger of so many gifts is made by the product's own commands: a charity, a fund, lists of gifts
imported, receipts for a part of the gifts. Then each command that goes through all of the ledger
runs as a process of its own, and the kernel says the most memory that it held (`ru_maxrss`). What
it takes more on the longer ledger is its slope, in bytes an entry; the line through the two says
what ten million entries would take, beside 1 GiB. Prints a table and writes benchmarks/memory.json.

`--length N` draws no line: it records so many gifts in bulk and runs the commands once, two at a
time, with an import of `--gifts` more. It writes benchmarks/memory_at_length.json.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path

from bench import BULK
from machine import asking, keep
from rich.console import Console

from api.answers import table
from api.importing.lists import HELD_ROWS
from api.imports.texts import ROWS_MAX
from api.settings import Settings
from api.wiring import House
from ledger.application import ReceiveGift
from ledger.money import Money

RESULTS, AT_LENGTH = "memory.json", "memory_at_length.json"
USCC = "532300000000000198"
TEN_MILLION = 10_000_000
MIB = 2**20
PROMISED_MIB = 1024
KIB_A_MAXRSS = 1 if sys.platform != "darwin" else 1 / 1024
"""`ru_maxrss` is in KiB on Linux, in bytes on macOS (getrusage(2))."""

FILE_ROWS = 20_000
"""Gifts in one list: longer ones come as several files, in one command."""

GROWS_UNTIL = {"import": HELD_ROWS + ROWS_MAX}
"""Entries after which a command takes no more: an import holds so many rows, and one file more."""

PUBLISHED = 50
"""Commits in bulk after which a checkpoint is published."""

RECEIPTED = 300
"""Gifts of the first day, for which receipts are made out."""

LAST_DAY = "2026-03-31"
"""The last day of the gifts: their period is closed and exported."""

ALONE = ("--jobs", "1")
"""What does all work in the process that is measured: others would hold a part of it unseen."""

RUN = "import sys; from api.cli import main; sys.exit(main())"


@dataclass(frozen=True, slots=True)
class Peak:
    """The most memory that a command took on the shorter and on the longer ledger, and the line."""

    command: str
    short_mib: float
    long_mib: float
    bytes_an_entry: float
    at_ten_million_mib: float
    kept: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """A ledger's entries, and the most memory of each command on it, in MiB."""

    entries: int
    peaks: Mapping[str, float]


class Ledger:
    """A ledger in a folder of its own; its commands run as processes that end by themselves."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.peaks: dict[str, float] = {}
        self.took_s: dict[str, float] = {}
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH", "LANG")
                if name in os.environ}  # fmt: skip
        self._environment = {**kept, "LEDGER_DATA": str(folder / "data"), "COLUMNS": "200"}

    def run(self, *words: str, name: str | None = None) -> str:
        """Run a command; note the most memory it took under `name`; return what it printed."""
        return self.python("-c", RUN, *words, name=name)

    def python(self, *words: str, name: str | None = None) -> str:
        """Run Python on the ledger in the same way."""
        with tempfile.TemporaryFile(dir=self.folder) as out:
            process = subprocess.Popen([sys.executable, *words], stdout=out, env=self._environment)
            begun = time.perf_counter()
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            out.seek(0)
            told = out.read().decode()
        assert process.returncode == 0, (words, process.returncode, told[-2000:])
        if name:
            self.peaks[name] = _mib(used)
            self.took_s[name] = round(time.perf_counter() - begun, 1)
        return told


def _mib(used: resource.struct_rusage) -> float:
    return round(used.ru_maxrss * KIB_A_MAXRSS / 1024, 1)


@contextmanager
def ledger() -> Iterator[Ledger]:
    """Make a ledger with a charity that may make out receipts; take it away at the end."""
    folder = Path(tempfile.mkdtemp(prefix="ledger-memory-"))
    made = Ledger(folder)
    try:
        made.run("init")
        made.run("charity", "register", USCC, "示例基金会（样张）")
        made.run("eligibility", "grant", USCC, "--from", "2026-01-01", "--to", "2028-12-31",
                 "--notice", "示例公告1号", "--applicant-kind", "3")  # fmt: skip
        made.run("book", "allot", USCC, "23050126", "1", "5000")
        yield made
    finally:
        made.run("stop")
        shutil.rmtree(folder)


def lists(folder: Path, gifts: int) -> list[str]:
    """Write lists of so many gifts, each donor's own, those to receipt on a day of their own."""
    paths = []
    for first in range(0, gifts, FILE_ROWS):
        path = folder / f"list-{first}.csv"
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(["捐赠人", "捐赠金额（元）", "捐赠日期", "用途"])
            for number in range(first, min(first + FILE_ROWS, gifts)):
                day = "2026-02-01" if number < RECEIPTED else f"2026-03-{1 + number % 28:02}"
                rows.writerow([f"示例捐赠人{number}", f"{1 + number % 500}.00", day, "助学"])
        paths.append(str(path))
    return paths


def measured(gifts: int) -> Measured:
    """Make a ledger of so many gifts, and run every command that goes through all of it."""
    with ledger() as made:
        take_in(made, opened(made), gifts)
        entries = audit_database(made)
        export_and_audit_log(made)
        rebuild(made)
        export(made)
        return Measured(entries, dict(made.peaks))


def at_length(gifts: int, imported: int, results: Path) -> None:
    """Record so many gifts in bulk; run the commands on that ledger, two at a time.

    What is recorded is published and taken into the views on the way: a rebuild compares both.
    """

    def told() -> None:
        keep(results / AT_LENGTH, {"gifts": gifts, "peaks": made.peaks, "took_s": made.took_s}, 1)

    def rebuilt() -> None:
        rebuild(made)
        take_in(made, fund, imported)
        export(made)

    with ledger() as made:
        fund = opened(made)
        made.python(__file__, "--fill", fund, "--gifts", str(gifts), name="gifts recorded in bulk")
        told()
        with ThreadPoolExecutor(2) as pool:
            for done in [pool.submit(rebuilt), pool.submit(export_and_audit_log, made)]:
                done.result()
        told()
        audit_database(made)
        told()
    rows = [
        (name, f"{peak:,.0f}", f"{made.took_s[name]:,.0f}") for name, peak in made.peaks.items()
    ]
    Console().print(table(f"at {gifts:,} gifts", ("command", "MiB>", "s>"), rows))


def fill(fund: str, gifts: int) -> None:
    """Record and publish so many gifts in bulk, in the ledger that the environment names."""
    house = House(Settings.read(os.environ))
    try:
        for turn, first in enumerate(range(0, gifts, BULK), 1):
            given = [_gift(number) for number in range(first, min(gifts, first + BULK))]
            house.ledger.gifts.receive_gifts(USCC, fund, given)
            if turn % PUBLISHED == 0:
                house.publish()
    finally:
        house.close()


def _gift(number: int) -> ReceiveGift:
    return ReceiveGift(
        amount=Money(100 + number % 50_000), donor=f"批量捐赠人{number}",
        received_on=date.fromisoformat(LAST_DAY), date_basis="row",
    )  # fmt: skip


def opened(made: Ledger) -> str:
    """Open a fund; return its id."""
    said = made.run("fund", "open", "--charity", USCC, "测量资金", "--json")
    return str(json.loads(said)["fund"])


def take_in(made: Ledger, fund: str, gifts: int) -> None:
    """Import so many gifts into a fund, and make out receipts for those of the first day."""
    made.run("import", *lists(made.folder, gifts), "--charity", USCC, "--fund", fund,
             name="import")  # fmt: skip
    made.run("receipts", "issue", "--charity", USCC, "--from", "2026-02-01",
             "--to", "2026-02-01", "--out", str(made.folder / "receipts"))  # fmt: skip


def audit_database(made: Ledger) -> int:
    """Audit the database; return how many entries it has."""
    told = json.loads(made.run("audit", "--json", *ALONE, name="audit of the database"))
    return int(told["events"])


def export_and_audit_log(made: Ledger) -> None:
    """Export the log, and audit its files."""
    exported, trust = str(made.folder / "log"), str(made.folder / "trust.json")
    made.run("trust", "export", trust)
    made.run("log", "export", exported, name="log export")
    made.run("audit", "--log", exported, "--trust", trust, *ALONE, name="audit of the log")


def rebuild(made: Ledger) -> None:
    """Make all views anew."""
    made.run("rebuild", *ALONE, name="rebuild")


def export(made: Ledger) -> None:
    """Export what is read from the views."""
    made.run("period", "close", USCC, LAST_DAY, "--by", "finance", name="period close")
    made.run("period", "export", USCC, str(made.folder / "journal.csv"), "--to", LAST_DAY,
             name="period export, CSV")  # fmt: skip
    made.run("status", "export", str(made.folder / "status.list"), name="status export")
    made.run("person", "export", "示例捐赠人7", "--why", "测量",
             "--out", str(made.folder / "person.json"), name="person export")  # fmt: skip


def peaks(short: Measured, long: Measured) -> list[Peak]:
    """Lay a line through what each command took on the two ledgers."""
    found = []
    for name, before in short.peaks.items():
        after = long.peaks[name]
        slope = (after - before) * MIB / (long.entries - short.entries)
        most = GROWS_UNTIL.get(name, TEN_MILLION)
        far = after + slope * max(0, most - long.entries) / MIB
        found.append(Peak(name, before, after, round(slope, 1), round(far, 1), far < PROMISED_MIB))
    return found


def show(found: Sequence[Peak], short: Measured, long: Measured) -> None:
    """Print the table."""
    columns = ("command", f"{short.entries:,} entries, MiB>", f"{long.entries:,} entries, MiB>",
               "bytes an entry>", "10 million, MiB>", "under 1 GiB")  # fmt: skip
    rows = [
        (p.command, p.short_mib, p.long_mib, p.bytes_an_entry, p.at_ten_million_mib,
         "yes" if p.kept else "no")
        for p in found
    ]  # fmt: skip
    Console().print(table("the most memory of each command", columns, rows))


def main() -> None:
    """Measure, print, and keep the results."""
    asked = asking(__doc__)
    asked.add_argument("--gifts", type=int, default=20_000)
    asked.add_argument(
        "--length", type=int, help="gifts recorded in bulk: all of it at that length"
    )
    asked.add_argument("--fill", metavar="FUND", help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.fill:
        fill(given.fill, given.gifts)
        return
    if given.length:
        at_length(given.length, given.gifts, given.results)
        return
    short, long = measured(given.gifts), measured(3 * given.gifts)
    found = peaks(short, long)
    show(found, short, long)
    results = {"entries": [short.entries, long.entries], "peaks": [asdict(one) for one in found]}
    keep(given.results / RESULTS, results, 1)


if __name__ == "__main__":
    main()
