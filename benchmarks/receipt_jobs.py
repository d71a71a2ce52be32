"""How much sooner two processes verify and print receipts in bulk than one.

Each round runs the command `verify` over a folder from its start to its end, and prints as many
pages to another folder, starting the other processes each time; with one process and with several
in turn. Times are those of the clock, so it says something only of a machine that nobody else uses.
Writes benchmarks/receipt_jobs.json. No threshold: numbers only.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from machine import asking, keep
from rich.console import Console

from api.answers import table
from api.working import cores
from receipts.press import Press, Sheet

RESULTS = "receipt_jobs.json"
ATTACHED = b"x" * 4000
VERIFY = "import sys; from api.cli import main; sys.exit(main(sys.argv[1:]))"


def issued(folder: Path, many: int) -> None:
    """Issue receipts with the product itself into a folder, its trust file beside them."""
    from verifying import receipts  # noqa: PLC0415 processes that print import this script too

    files, trust = receipts(many)
    (folder / "files").mkdir()
    for at, data in enumerate(files):
        (folder / "files" / f"{at:07d}.pdf").write_bytes(data)
    (folder / "trust.json").write_bytes(trust.encode())


def seconds(work: Callable[[], object]) -> float:
    """Return how long it takes by the clock."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def verified(folder: Path, jobs: int) -> None:
    """Verify all files with the command itself."""
    words = ("verify", folder / "files", "--trust", folder / "trust.json", "--jobs", jobs)
    told = [sys.executable, "-c", VERIFY, *map(str, words)]
    subprocess.run(told, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def printed(numbers: count[int], many: int, jobs: int) -> None:
    """Print pages to files, by so many processes."""
    from receipts_drawn import page, signer  # noqa: PLC0415 as above: the peers take long to import

    with TemporaryDirectory() as place, Press(signer(), jobs) as press:
        sheets = (
            Sheet(Path(place) / f"{at}.pdf", page(next(numbers)), ATTACHED) for at in range(many)
        )
        assert all(refusal is None for _, refusal in press.print_all(sheets))


def main() -> None:
    """Measure, print, and keep the results."""
    given = asking(__doc__)
    given.add_argument("--receipts", type=int, default=4096)
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--jobs", type=int, default=2)
    given.add_argument("--folder", type=Path, help="receipts of an earlier run, or where to keep")
    asked = given.parse_args()
    numbers = count(1)
    with TemporaryDirectory() as place:
        folder = asked.folder or Path(place)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "files").exists():
            issued(folder, asked.receipts)
        printed(numbers, 1, 1)  # imports what draws
        many = len(list((folder / "files").iterdir()))
        rounds = [
            {
                (what, jobs): seconds(work)
                for jobs in (1, asked.jobs)
                for what, work in (
                    ("verify", lambda jobs=jobs: verified(folder, jobs)),
                    ("print", lambda jobs=jobs: printed(numbers, many, jobs)),
                )
            }
            for _ in range(asked.rounds)
        ]
    found: dict[str, object] = {"receipts": many, "jobs": asked.jobs, "cores": cores()}
    for what in ("verify", "print"):
        for jobs in (1, asked.jobs):
            taken = statistics.median(one[what, jobs] for one in rounds)
            found[f"{what}_seconds_by_{jobs}"] = round(taken, 2)
        ratios = [one[what, 1] / one[what, asked.jobs] for one in rounds]
        found[f"{what}_times_as_fast"] = round(statistics.median(ratios), 2)
        found[f"{what}_times_as_fast_of_rounds"] = [round(ratio, 2) for ratio in ratios]
    rows = [(name, str(value)) for name, value in found.items()]
    console = Console()
    console.width = max(console.width, 100)
    console.print(table("receipts in bulk, by several processes", ("what", "value>"), rows))
    keep(asked.results / RESULTS, found, asked.rounds)


if __name__ == "__main__":
    main()
