"""The register of receipt numbers: every number allotted has a fate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.events import (
    Event,
    PaperTakenBack,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptMadeOut,
    ReceiptNumbersAllotted,
    ReceiptNumbersLost,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from projections.rows import copy_rows
from projections.runner import Connection, Recorded, Runner

LOT = ("organisation", "code", "first_number", "last_number", "leaf")
LOST = ("organisation", "code", "first_number", "last_number", "reason", "leaf")
BORNE = ("code", "number", "organisation", "fate", "fen", "day", "leaf")
MARK = ("code", "number", "mark", "other_code", "other_number", "leaf")

Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class LotEntry:
    """A lot with how many of its numbers receipts bear, red or paper ones, or nobody ever will."""

    code: str
    first: int
    last: int
    issued: int
    unused: int
    red: int = 0
    paper: int = 0
    lost: int = 0


class ReceiptNumbers:
    """Read model of lots, of what bears their numbers, and of what refers to what.

    `borne` has a row for each number that is "issued", "red" or "paper"; `marks` say of a receipt
    that it was reversed, replaced or exchanged, by which other number; `lost` are blank ranges.
    """

    name = "receipt_numbers"
    facts = (
        ReceiptNumbersAllotted, ReceiptNumbersLost, ReceiptIssued, ReceiptMadeOut,
        ReceiptReversed, RedReceiptMadeOut, ReceiptExchanged, PaperTakenBack,
    )  # fmt: skip
    sought = ()
    tables = (
        "CREATE TABLE lots (organisation text NOT NULL, code text NOT NULL,"
        " first_number bigint NOT NULL, last_number bigint NOT NULL, leaf bigint NOT NULL,"
        " PRIMARY KEY (code, first_number))",
        "CREATE TABLE lost (organisation text NOT NULL, code text NOT NULL,"
        " first_number bigint NOT NULL, last_number bigint NOT NULL, reason text NOT NULL,"
        " leaf bigint NOT NULL, PRIMARY KEY (code, first_number))",
        "CREATE TABLE borne (code text NOT NULL, number bigint NOT NULL,"
        " organisation text NOT NULL, fate text NOT NULL, fen bigint, day date NOT NULL,"
        " leaf bigint NOT NULL, PRIMARY KEY (code, number, leaf))",
        "CREATE TABLE marks (code text NOT NULL, number bigint NOT NULL, mark text NOT NULL,"
        " other_code text NOT NULL, other_number text NOT NULL, leaf bigint NOT NULL,"
        " PRIMARY KEY (code, number, leaf))",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in lots, losses and receipts."""
        lots: list[Row] = []
        lost: list[Row] = []
        borne: list[Row] = []
        marks: list[Row] = []
        for leaf, event in recorded:
            match event:
                case ReceiptNumbersAllotted():
                    lots.append((event.organisation, event.code, event.first, event.last, leaf))
                case ReceiptNumbersLost():
                    lost.append(
                        (event.organisation, event.code, event.first, event.last, event.reason,
                         leaf)
                    )  # fmt: skip
                case _:
                    borne += _borne(event, leaf)
                    marks += _marks(event, leaf)
        copy_rows(connection, "lots", LOT, lots)
        copy_rows(connection, "lost", LOST, lost)
        copy_rows(connection, "borne", BORNE, borne)
        copy_rows(connection, "marks", MARK, marks)


def _borne(event: Event, leaf: int) -> list[Row]:
    """Return the number that a fact takes, if it takes one: code, number, whose, fate and so on."""
    match event:
        case ReceiptIssued() | ReceiptMadeOut():
            said: Row = (event.code, int(event.number), event.organisation, "issued",
                         event.amount.minor, event.issued_on, leaf)  # fmt: skip
        case ReceiptReversed():
            said = (event.red_code, int(event.red_number), event.organisation, "red",
                    event.amount.minor, event.reversed_on, leaf)  # fmt: skip
        case RedReceiptMadeOut():
            said = (event.red.code, int(event.red.number), event.organisation, "red",
                    event.amount.minor, event.reversed_on, leaf)  # fmt: skip
        case ReceiptExchanged():
            said = (event.paper.code, int(event.paper.number), event.organisation, "paper",
                    None, event.exchanged_on, leaf)  # fmt: skip
        case _:
            return []
    return [said]


def _marks(event: Event, leaf: int) -> list[Row]:
    """Return what a fact says of a receipt's number, and which other number it names."""
    match event:
        case ReceiptReversed():
            red: Row = (event.red_code, event.red_number)
        case RedReceiptMadeOut():
            red = (event.red.code, event.red.number)
        case ReceiptMadeOut(replaces=before) if before is not None:
            return [(before.code, int(before.number), "replaced", event.code, event.number, leaf)]
        case ReceiptExchanged() | PaperTakenBack():
            mark = "exchanged" if isinstance(event, ReceiptExchanged) else "taken back"
            paper = (event.paper.code, event.paper.number)
            return [(event.code, int(event.number), mark, *paper, leaf)]
        case _:
            return []
    return [
        (event.code, int(event.number), "reversed", *red, leaf),
        (red[0], int(str(red[1])), "reverses", event.code, event.number, leaf),
    ]


RECEIPT_NUMBERS = ReceiptNumbers()


def codes_of(runner: Runner, organisation: str) -> list[str]:
    """Return the receipt codes an organisation has lots of, oldest first."""
    query = "SELECT code FROM lots WHERE organisation = %s GROUP BY code ORDER BY min(leaf)"
    with runner.reading(RECEIPT_NUMBERS) as (connection, _):
        found = connection.execute(query, [organisation]).fetchall()
    return [row["code"] for row in found]


def register(runner: Runner, organisation: str) -> list[LotEntry]:
    """Return the lots of an organisation with how many of their numbers bear what."""
    with runner.reading(RECEIPT_NUMBERS) as (connection, _):
        found = connection.execute(_COUNTED, [organisation]).fetchall()
    return [_lot_entry(**row) for row in found]


def _lot_entry(
    *, code: str, first_number: int, last_number: int, issued: int, red: int, paper: int, lost: int
) -> LotEntry:
    unused = last_number - first_number + 1 - issued - red - paper - lost
    return LotEntry(code, first_number, last_number, issued, unused, red, paper, lost)


_COUNTED = (
    "SELECT lots.code, lots.first_number, lots.last_number,"
    " count(DISTINCT number) FILTER (WHERE fate = 'issued') AS issued,"
    " count(DISTINCT number) FILTER (WHERE fate = 'red') AS red,"
    " count(DISTINCT number) FILTER (WHERE fate = 'paper' AND NOT EXISTS (SELECT FROM borne AS o"
    " WHERE o.code = borne.code AND o.number = borne.number AND o.fate <> 'paper')) AS paper,"
    " (SELECT coalesce(sum(lost.last_number - lost.first_number + 1), 0)::bigint FROM lost"
    " WHERE lost.code = lots.code AND lost.first_number BETWEEN lots.first_number AND"
    " lots.last_number) AS lost FROM lots LEFT JOIN borne ON borne.code = lots.code"
    " AND number BETWEEN lots.first_number AND lots.last_number"
    " WHERE lots.organisation = %s GROUP BY lots.code, lots.first_number ORDER BY lots.leaf"
)
