"""The register of receipts as a book: every number ever allotted, in order, with its fate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg.rows import DictRow

from projections.receipt_numbers import RECEIPT_NUMBERS
from projections.runner import Connection, Runner

UNUSED = "unused"
FATES = (
    "issued", "exchanged", "reversed", "red", "paper", "lost", "spoiled", "handed-back", UNUSED,
)  # fmt: skip
"""What can have become of a number: each has one of these."""


@dataclass(frozen=True, slots=True)
class See:
    """What another number has to do with this one: "reversed", "replaced", "exchanged"..."""

    mark: str
    code: str
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """Numbers first to last of a code that share a fate; a receipt stands on a line of its own."""

    code: str
    first: int
    last: int
    fate: str
    day: date | None = None
    fen: int | None = None
    see: tuple[See, ...] = ()

    @property
    def count(self) -> int:
        """How many numbers the line is about."""
        return self.last - self.first + 1


@dataclass(frozen=True, slots=True)
class Register:
    """All lines of an organisation's lots, and how many numbers were allotted."""

    lines: tuple[Line, ...]
    allotted: int

    @property
    def counts(self) -> dict[str, int]:
        """How many numbers were allotted, and met which fate; the fates add up to the first."""
        met = Counter[str]()
        for line in self.lines:
            met[line.fate] += line.count
        return {"allotted": self.allotted, **{fate: met[fate] for fate in FATES}}

    @property
    def adds_up(self) -> bool:
        """Tell whether every number has one fate."""
        return sum(line.count for line in self.lines) == self.allotted


def of(runner: Runner, organisation: str, code: str | None) -> Register:
    """Return the register of an organisation, of one code or of all, lots as they were allotted."""
    with runner.reading(RECEIPT_NUMBERS) as (connection, _):
        lots = connection.execute(_LOTS, {"organisation": organisation, "code": code}).fetchall()
        lines = [line for lot in lots for line in _lines(connection, lot)]
    allotted = sum(lot["last_number"] - lot["first_number"] + 1 for lot in lots)
    return Register(tuple(lines), allotted)


def _lines(connection: Connection, lot: DictRow) -> Iterator[Line]:
    told = sorted((*_borne(connection, lot), *_lost(connection, lot)), key=lambda line: line.first)
    code, free = lot["code"], lot["first_number"]
    for line in told:
        if free < line.first:
            yield Line(code, free, line.first - 1, UNUSED)
        yield line
        free = line.last + 1
    if free <= lot["last_number"]:
        yield Line(code, free, lot["last_number"], UNUSED)


def _lost(connection: Connection, lot: DictRow) -> Iterator[Line]:
    for row in connection.execute(_LOST, lot):
        yield Line(row["code"], row["first_number"], row["last_number"], row["reason"])


def _borne(connection: Connection, lot: DictRow) -> Iterator[Line]:
    marks: dict[int, list[See]] = {}
    for row in connection.execute(_MARKS, lot):
        said = See(row["mark"], row["other_code"], row["other_number"])
        marks.setdefault(row["number"], []).append(said)
    for row in connection.execute(_BORNE, lot):
        number = row["number"]
        see = tuple(marks.get(number, ()))
        fate = _fate(row["fate"], see)
        yield Line(row["code"], number, number, fate, row["day"], row["fen"], see)


def _fate(borne: str, see: Sequence[See]) -> str:
    """Return what became of a number: a receipt may have been reversed, or exchanged for paper."""
    if borne != "issued":
        return borne
    marks = [said.mark for said in see]
    if "reversed" in marks:
        return "reversed"
    papers = [mark for mark in marks if mark in {"exchanged", "taken back"}]
    return "exchanged" if papers and papers[-1] == "exchanged" else "issued"


_LOTS = (
    "SELECT code, first_number, last_number FROM lots WHERE organisation = %(organisation)s"
    " AND (code = %(code)s OR %(code)s::text IS NULL) ORDER BY leaf"
)
_IN_LOT = "code = %(code)s AND number BETWEEN %(first_number)s AND %(last_number)s"
_BORNE = (
    "SELECT DISTINCT ON (number) code, number, fate, fen, day FROM borne"  # noqa: S608 our words
    f" WHERE {_IN_LOT} ORDER BY number, fate = 'paper', leaf"
)
"""What bears each number; a paper written by hand never hides a receipt that was drawn."""
_MARKS = (
    "SELECT number, mark, other_code, other_number FROM marks"  # noqa: S608 our own words
    f" WHERE {_IN_LOT} ORDER BY leaf"
)
_LOST = (
    "SELECT code, first_number, last_number, reason FROM lost WHERE code = %(code)s"
    " AND first_number BETWEEN %(first_number)s AND %(last_number)s"
)
