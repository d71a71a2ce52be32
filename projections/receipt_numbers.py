"""The register of receipt numbers: every number allotted has a fate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.events import ReceiptIssued, ReceiptNumbersAllotted, ReceiptReversed
from projections.rows import copy_rows
from projections.runner import Connection, Recorded, Runner

LOT = ("organisation", "code", "first_number", "last_number", "leaf")
ISSUED = ("code", "number", "organisation", "gift", "fen", "issued_on", "leaf")
RED = (
    "code", "number", "organisation", "gift", "fen", "reversed_on", "leaf", "reversed_code",
    "reversed_number",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class LotEntry:
    """A lot with how many of its numbers receipts bear, red ones bear, and nobody bears yet."""

    code: str
    first: int
    last: int
    issued: int
    unused: int
    red: int = 0


class ReceiptNumbers:
    """Read model of lots, of receipts, and of the red ones that reverse them."""

    name = "receipt_numbers"
    tables = (
        "CREATE TABLE lots (organisation text NOT NULL, code text NOT NULL,"
        " first_number bigint NOT NULL, last_number bigint NOT NULL, leaf bigint NOT NULL,"
        " PRIMARY KEY (code, first_number))",
        "CREATE TABLE issued (code text NOT NULL, number text NOT NULL, organisation text NOT NULL,"
        " gift text NOT NULL, fen bigint NOT NULL, issued_on date NOT NULL, leaf bigint NOT NULL,"
        " PRIMARY KEY (code, number))",
        "CREATE TABLE red (code text NOT NULL, number text NOT NULL, organisation text NOT NULL,"
        " gift text NOT NULL, fen bigint NOT NULL, reversed_on date NOT NULL, leaf bigint NOT NULL,"
        " reversed_code text NOT NULL, reversed_number text NOT NULL, PRIMARY KEY (code, number))",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in lots and receipts."""
        lots, issued, red = [], [], []
        for leaf, event in recorded:
            match event:
                case ReceiptNumbersAllotted():
                    lots.append((event.organisation, event.code, event.first, event.last, leaf))
                case ReceiptIssued():
                    issued.append(
                        (event.code, event.number, event.organisation, event.gift,
                         event.amount.minor, event.issued_on, leaf)
                    )  # fmt: skip
                case ReceiptReversed():
                    red.append(
                        (event.red_code, event.red_number, event.organisation, event.gift,
                         event.amount.minor, event.reversed_on, leaf, event.code, event.number)
                    )  # fmt: skip
                case _:
                    pass
        copy_rows(connection, "lots", LOT, lots)
        copy_rows(connection, "issued", ISSUED, issued)
        copy_rows(connection, "red", RED, red)


RECEIPT_NUMBERS = ReceiptNumbers()


def codes_of(runner: Runner, organisation: str) -> list[str]:
    """Return the receipt codes an organisation has lots of, oldest first."""
    query = "SELECT code FROM lots WHERE organisation = %s GROUP BY code ORDER BY min(leaf)"
    with runner.reading(RECEIPT_NUMBERS) as (connection, _):
        found = connection.execute(query, [organisation]).fetchall()
    return [row["code"] for row in found]


def register(runner: Runner, organisation: str) -> list[LotEntry]:
    """Return the lots of an organisation with the fate of their numbers."""
    query = (
        "SELECT code, first_number, last_number, (SELECT count(*) FROM issued"
        " WHERE issued.code = lots.code AND number::bigint BETWEEN first_number AND last_number)"
        " AS issued, (SELECT count(*) FROM red"
        " WHERE red.code = lots.code AND number::bigint BETWEEN first_number AND last_number)"
        " AS red FROM lots WHERE organisation = %s ORDER BY leaf"
    )
    with runner.reading(RECEIPT_NUMBERS) as (connection, _):
        found = connection.execute(query, [organisation]).fetchall()
    return [
        LotEntry(
            row["code"],
            row["first_number"],
            row["last_number"],
            row["issued"],
            row["last_number"] - row["first_number"] + 1 - row["issued"] - row["red"],
            row["red"],
        )
        for row in found
    ]
