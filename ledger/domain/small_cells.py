"""Small groups in public tables: hidden, with as much else as keeps them from being computed.

A count of one or two people at a place tells of a household. Primary suppression hides it;
complementary suppression hides further cells until no total, less what is shown, gives one away.
Whether a cell can be told is decided exactly: hidden numbers that fit what is shown differ only
by flows around cycles of the table (Gusfield, A Graph Theoretic Approach to Statistical Data
Security, 1988), so a cell can be told if and only if no such cycle runs through it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

THRESHOLD = 3
FEWER = "少于3 (fewer than 3)"
WITHHELD = "不公布，以免推知小额群体 (withheld: it would give a small group away)"
"""It says nothing of the number: in rare tables a small one is withheld too."""

NO_LIMIT = 2**53

COUNTY_DIGITS = 6
"""A place code of more digits names a town or a village (GB/T 2260 and its extension)."""

Cell: TypeAlias = tuple[str, str]
"""A row and a column; `TOTAL` in the place of one of them, or of both, is a sum."""

TOTAL = ""
"""In the place of a row or column: the sum over it."""

Node: TypeAlias = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Arc:
    """A number of the table as a flow from node to node; hidden ones may lie between limits."""

    cell: Cell
    tail: Node
    head: Node
    value: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Table:
    """What is shown of a table, its totals too: a count, or the words that stand in its place."""

    shown: Mapping[Cell, int | str]

    def cell(self, row: str, column: str) -> int | str:
        """Return what is shown at a row and column; nobody was counted where nothing stands."""
        return self.shown.get((row, column), 0)


def two_way(
    counts: Mapping[Cell, int],
    *,
    row_totals: bool = True,
    column_totals: bool = True,
    total: bool = True,
) -> Table:
    """Suppress a table of counts of people by row and column, with those totals that are public.

    Zeros are shown: they are nobody.
    """
    sums = _with_totals(counts)
    public = {TOTAL: row_totals, "column": column_totals, "both": total}
    secret = {cell for cell in sums if not public.get(_kind(cell), True)}
    words = _protected(sums, secret)
    public_sums = {cell: count for cell, count in sums.items() if count and cell not in secret}
    return Table({cell: words.get(cell, count) for cell, count in public_sums.items()})


def one_way(counts: Mapping[str, int], *, total: bool = True) -> dict[str, int | str]:
    """Suppress a list of counts of people; with their sum under `TOTAL` where it is public."""
    table = two_way(
        {(name, "n"): count for name, count in counts.items()},
        row_totals=False,
        column_totals=total,
        total=False,
    )
    shown = {name: table.cell(name, "n") for name in counts}
    return shown | ({TOTAL: table.cell(TOTAL, "n")} if total else {})


def coarse(place: str, people: int = 1) -> str:
    """Return the place code that may be public of so few people: no finer than the county."""
    return place if people >= THRESHOLD else place[:COUNTY_DIGITS]


def told(counts: Mapping[Cell, int], words: Mapping[Cell, str]) -> set[Cell]:
    """Return the hidden cells that follow from what is shown.

    `counts` has the totals too; `words` stand in the place of hidden cells. Whoever computes knows
    that `FEWER` is 1 or 2, and that what is `WITHHELD` is not zero.
    """
    return _told(_arcs(counts, words, set()))


def _kind(cell: Cell) -> str:
    row, column = cell
    if TOTAL not in cell:
        return "cell"
    if row == column:
        return "both"
    return TOTAL if column == TOTAL else "column"


def _with_totals(counts: Mapping[Cell, int]) -> dict[Cell, int]:
    sums: dict[Cell, int] = defaultdict(int)
    for (row, column), count in counts.items():
        for cell in ((row, column), (row, TOTAL), (TOTAL, column), (TOTAL, TOTAL)):
            sums[cell] += count
    return dict(sums)


def _protected(sums: Mapping[Cell, int], secret: set[Cell]) -> dict[Cell, str]:
    """Return what stands in the place of cells so that none can be told: one more at a time."""
    words = {
        cell: FEWER for cell, count in sums.items() if 0 < count < THRESHOLD and cell not in secret
    }
    while exposed := _told(_arcs(sums, words, secret)) - secret:
        near = {part for cell in exposed for part in enumerate(cell)}
        shown = [c for c, count in sums.items() if count and c not in words and c not in secret]
        if shown:
            words[_next(shown, near, sums)] = WITHHELD
        else:  # of what is said to be few, a sum says too much
            fewer = [cell for cell, said in words.items() if said == FEWER]
            words[min(fewer, key=lambda c: (_kind(c) == "cell", sums[c], c))] = WITHHELD
    return words


def _next(cells: Sequence[Cell], near: set[tuple[int, str]], sums: Mapping[Cell, int]) -> Cell:
    """Choose a cell to withhold: in a row or column of one that can be told, and a small one."""
    return min(cells, key=lambda c: (not near & set(enumerate(c)), _kind(c) != "cell", sums[c], c))


def _arcs(sums: Mapping[Cell, int], words: Mapping[Cell, str], secret: set[Cell]) -> list[Arc]:
    """Return the numbers that are not shown, with the limits that everybody knows of each."""
    known = {c: (1, THRESHOLD - 1 if said == FEWER else NO_LIMIT) for c, said in words.items()}
    known |= dict.fromkeys(secret, (0, NO_LIMIT))
    return [Arc(cell, *_ends(cell), sums[cell], *limits) for cell, limits in known.items()]


def _ends(cell: Cell) -> tuple[Node, Node]:
    """Return where a number flows: rows to columns, columns to the total, the total to rows."""
    row, column = cell
    ends: dict[str, tuple[Node, Node]] = {
        "cell": (("row", row), ("column", column)),
        TOTAL: (("total", "of rows"), ("row", row)),
        "column": (("column", column), ("total", "of columns")),
        "both": (("total", "of columns"), ("total", "of rows")),
    }
    return ends[_kind(cell)]


def _told(arcs: list[Arc]) -> set[Cell]:
    """Return the arcs through which no flow can go around, neither more nor less."""
    ways: dict[Node, list[tuple[Node, Arc]]] = defaultdict(list)
    for arc in arcs:
        if arc.value < arc.high:
            ways[arc.tail].append((arc.head, arc))
        if arc.value > arc.low:
            ways[arc.head].append((arc.tail, arc))
    return {
        arc.cell
        for arc in arcs
        if not (arc.value < arc.high and _reaches(ways, arc.head, arc.tail, arc))
        and not (arc.value > arc.low and _reaches(ways, arc.tail, arc.head, arc))
    }


def _reaches(
    ways: Mapping[Node, list[tuple[Node, Arc]]], start: Node, goal: Node, without: Arc
) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        for node, arc in ways.get(waiting.pop(), ()):
            if arc is not without and node not in seen:
                seen.add(node)
                waiting.append(node)
    return goal in seen
