"""One table and one chart of what was promised and what the last run of the benchmarks found.

Reads the results that the other scripts wrote; what was not measured is called so
and counts as reached by nobody. Writes summary.json and summary.svg
beside them.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import reduce
from math import log10
from operator import getitem
from pathlib import Path
from typing import Any, Literal

from machine import asking, keep
from reportlab.graphics import renderSVG
from reportlab.graphics.shapes import Drawing, Line, Rect, String
from reportlab.lib.colors import Color, HexColor
from rich.console import Console

from api.answers import table

GIB = 1024
"""MiB in a GiB."""

Found = tuple[float, float | None, float | None]
"""A figure, and the lowest and highest of its rounds where they are kept."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A figure that was promised: of which path, beside what, from which results, how far."""

    path: str
    beside: str
    results: str
    asked: float
    limit: Literal["at least", "at most"]
    find: Callable[[Any], Found]

    def kept(self, figure: float) -> bool:
        """Tell whether a figure is as good as promised."""
        return figure >= self.asked if self.limit == "at least" else figure <= self.asked


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table; the figure is None where it was not measured."""

    path: str
    beside: str
    figure: float | None
    lowest: float | None
    highest: float | None
    asked: str
    reached: bool | None
    goodness: float | None
    """The figure to what was asked, above one if it is better."""


class NotMeasured(Exception):
    """A path, or its peer, is not among the results: the peer was not on the machine, say."""


def ratio(name: str, peer: str) -> Callable[[Any], Found]:
    """Find the ratio of a path to its peer in the results of recording, or raise `NotMeasured`."""

    def find(results: Any) -> Found:
        if peer not in results.get(name, {"to": ()})["to"]:
            raise NotMeasured(name, peer)
        told = results[name]["to"][peer]
        return told["ratio"], told["lowest"], told["highest"]

    return find


def value(name: str, *within: str) -> Callable[[Any], Found]:
    """Find a figure by its name, in the part of the results that it is `within`."""

    def find(results: Any) -> Found:
        found = reduce(getitem, within, results)
        return found[name], found.get(f"{name}_least"), found.get(f"{name}_most")

    return find


def of_two_sizes(*parts: str) -> Callable[[Any], Found]:
    """Find the worst ratio of the large ledger to the small one among calls of these names."""

    def find(results: Any) -> Found:
        ratios = [one["ratio"] for one in results["sizes"] if one["name"].startswith(parts)]
        return max(ratios), None, None

    return find


def most_memory(results: Any) -> Found:
    """Find the most MiB that any command would take on ten million entries."""
    return max(one["at_ten_million_mib"] for one in results["peaks"]), None, None


RECORDING = "results.json"
PROMISES = (
    Promise(
        "gifts in bulk", "COPY and as many signatures", RECORDING, 0.5, "at least",
        ratio("gifts recorded in bulk, 2,000 a commit", "raw COPY, and as many signatures"),
    ),
    Promise(
        "gifts by 16 threads", "eventsourcing save(), 16 threads", RECORDING, 5, "at least",
        ratio(
            "gifts recorded, one a request, 16 threads",
            "eventsourcing save, one a commit, 16 threads",
        ),
    ),
    Promise(
        "gifts by 16 threads", "Emmett, 16 at a time", RECORDING, 1, "at least",
        ratio("gifts recorded, one a request, 16 threads", "Emmett, one an append, 16 at a time"),
    ),
    Promise(
        "rebuild of all views", "one event a commit", "rebuilding.json", 30, "at least",
        value("all views, one process to one event a commit", "ratios"),
    ),
    Promise(
        "rebuild of all views", "reading and decoding alone", "rebuilding.json", 0.5, "at least",
        value("all views, one process to reading and decoding alone", "ratios"),
    ),
    Promise(
        "trace in the largest fund, the slowest kind", "10,000 gifts, time", "trace_scale.json",
        1.5, "at most", of_two_sizes("trace a gift", "trace a payment"),
    ),
    Promise(
        "page of the largest fund", "10,000 gifts, time", "trace_scale.json", 1.5, "at most",
        of_two_sizes("what the public page"),
    ),
    Promise(
        "receipts rendered and signed", "the sum of the parts", "receipt_parts.json",
        0.9, "at least",
        value("parts_to_whole"),
    ),
    Promise(
        "receipts verified", "bare checks, libsodium and P-256", "verifying.json", 0.5, "at least",
        value("ratio_to_libsodium"),
    ),
    Promise(
        "receipts verified", "bare checks, OpenSSL", "verifying.json", 0.5, "at least",
        value("ratio_to_openssl"),
    ),
    Promise(
        "log audited", "bare checks, libsodium", "auditing.json", 0.8, "at least",
        value("ratio_to_libsodium"),
    ),
    Promise(
        "log audited", "bare checks, OpenSSL", "auditing.json", 0.8, "at least",
        value("ratio_to_openssl"),
    ),
    Promise(
        "log audited by two processes", "one process", "audit_scale.json", 1.7, "at least",
        value("times_as_fast"),
    ),
    Promise(
        "most memory of a command at ten million, MiB", "1 GiB", "memory.json", GIB, "at most",
        most_memory,
    ),
)  # fmt: skip


def row(promise: Promise, folder: Path) -> Row:
    """Look a figure up in the folder of results.

    It is not measured where they, or the peer in them, are missing.
    """
    asked = f"{promise.limit} {promise.asked:g}"
    try:
        results = json.loads((folder / promise.results).read_text())
        figure, lowest, highest = promise.find(results)
    except (FileNotFoundError, NotMeasured):
        return Row(promise.path, promise.beside, None, None, None, asked, None, None)
    goodness = figure / promise.asked if promise.limit == "at least" else promise.asked / figure
    kept = promise.kept(figure)
    return Row(promise.path, promise.beside, figure, lowest, highest, asked, kept, goodness)


WIDTH, LINE, LABELS, EDGE = 900.0, 26.0, 430.0, 20.0
"""Points: the chart's width, a line's height, the room for words, and the border."""

LOW, HIGH = 0.1, 10.0
"""The chart's ends: a tenth and ten times of what was asked."""

REACHED, MISSED, WORDS = HexColor("#1b7f5c"), HexColor("#b3541e"), HexColor("#222222")


def chart(rows: list[Row]) -> Drawing:
    """Draw every measured figure as a bar from what was asked, on a logarithmic scale."""
    measured = [one for one in rows if one.goodness is not None]
    height = LINE * (len(measured) + 2)
    drawing = Drawing(WIDTH, height)
    middle = _across(1.0)
    for mark, words in ((LOW, "a tenth"), (1.0, "as asked"), (HIGH, "ten times")):
        drawing.add(Line(_across(mark), LINE, _across(mark), height - LINE, strokeColor=WORDS))
        drawing.add(_words(_across(mark), LINE / 3, words, "middle"))
    for number, one in enumerate(measured):
        assert one.goodness is not None
        bottom = height - LINE * (number + 2)
        end = _across(min(HIGH, max(LOW, one.goodness)))
        colour: Color = REACHED if one.reached else MISSED
        bar = Rect(min(middle, end), bottom + 5, abs(end - middle), LINE - 10)
        bar.fillColor, bar.strokeColor = colour, None
        drawing.add(bar)
        words = f"{one.path}, to {one.beside}: {one.figure:.3g} ({one.asked})"
        drawing.add(_words(EDGE, bottom + 8, words, "start"))
    return drawing


def _across(goodness: float) -> float:
    return LABELS + EDGE + (WIDTH - LABELS - 3 * EDGE) * log10(goodness / LOW) / log10(HIGH / LOW)


def _words(x: float, y: float, words: str, anchor: Literal["start", "middle"]) -> String:
    return String(x, y, words, fontName="Helvetica", fontSize=9, fillColor=WORDS, textAnchor=anchor)


def report(folder: Path) -> None:
    """Print the table, and keep it with the machine's facts and the chart in the same folder."""
    rows = [row(promise, folder) for promise in PROMISES]
    said = {None: "not measured", True: "yes", False: "no"}
    lines = [
        (
            one.path, one.beside, "" if one.figure is None else f"{one.figure:.3g}",
            "" if one.lowest is None else f"{one.lowest:.3g} to {one.highest:.3g}",
            one.asked, said[one.reached],
        )
        for one in rows
    ]  # fmt: skip
    console = Console()
    console.width = max(console.width, 140)
    heads = ("path", "beside", "figure>", "of the rounds>", "asked>", "reached")
    console.print(table("what was promised, and what was found last", heads, lines))
    keep(folder / "summary.json", {"figures": [asdict(one) for one in rows]}, 1)
    renderSVG.drawToFile(chart(rows), str(folder / "summary.svg"))


if __name__ == "__main__":
    report(asking(__doc__).parse_args().results)
