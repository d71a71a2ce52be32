"""What tax officers ask for: who deducted what, what is to be corrected, how receipts stand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from psycopg.rows import DictRow

from ledger.domain.events import (
    ClaimNoticeRaised,
    ClaimNoticeSettled,
    ClaimReleased,
    Event,
    OfficialReceiptRecorded,
    PaperTakenBack,
    ReceiptClaimed,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptMadeOut,
    ReceiptReversed,
    RedReceiptMadeOut,
)
from ledger.domain.receipt_life import evolve
from ledger.money import Money
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner

COLUMNS = {
    "receipts": (
        "code", "number", "organisation", "kind", "issued_on", "fen", "eligible_fen", "notice",
        "held", "specimen", "sealed", "leaf",
    ),
    "claims": ("claim", "code", "number", "token", "year", "fen", "officer", "leaf"),
    "notices": (
        "claim", "code", "number", "organisation", "year", "fen", "red_code", "red_number",
        "reason", "leaf",
    ),
    "written": ("code", "number", "for_code", "for_number", "leaf"),
}  # fmt: skip
"""The columns of each table that are written when its row begins, in order."""

RED = "UPDATE receipts SET red_code = %s, red_number = %s WHERE code = %s AND number = %s"
PAPER = "UPDATE receipts SET paper_code = %s, paper_number = %s WHERE code = %s AND number = %s"
REPLACED = (
    "UPDATE receipts SET successors = successors + 1,"
    " by_code = CASE successors WHEN 0 THEN %s END, by_number = CASE successors WHEN 0 THEN %s END"
    " WHERE code = %s AND number = %s"
)
END = "UPDATE claims SET ended = %s, why = %s, ended_leaf = %s WHERE claim = %s"
SETTLE = "UPDATE notices SET outcome = %s, settled_leaf = %s WHERE claim = %s"
CHANGES = (RED, PAPER, REPLACED, END, SETTLE)
"""Changes of rows that are there; each says what no other says, so that their order is theirs."""

STATES = (
    "SELECT receipts.*, coalesce(claimed, 0)::bigint AS claimed FROM receipts LEFT JOIN"
    " (SELECT code, number, sum(fen) AS claimed FROM claims WHERE ended IS NULL"
    " GROUP BY code, number) AS standing USING (code, number) ORDER BY code, number"
)
RELEASED, SETTLED = "released", "settled"

Number = tuple[str, str]
"""A receipt's code and number."""


@dataclass(frozen=True, slots=True)
class ClaimEntry:
    """A deduction; `ended` is "released" or "settled" when it stands no longer, `why` in words."""

    claim: str
    code: str
    number: str
    token: str
    year: int
    amount: Money
    officer: str
    ended: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class NoticeEntry:
    """A deduction whose receipt became void; `outcome` is None while it is to be corrected."""

    claim: str
    code: str
    number: str
    organisation: str
    year: int
    amount: Money
    red: Number
    reason: str
    outcome: str | None


@dataclass(frozen=True, slots=True)
class ReceiptState:
    """A receipt, and what has become of it.

    `eligible` is how much of it was given on days that allow a deduction, by `notice`; `sealed`
    are the digests of its payer's fields, its check code among them. `replaced_by` is None too
    when several receipts stand in its place: none of them does alone.
    """

    code: str
    number: str
    organisation: str
    kind: str
    issued_on: date
    amount: Money
    eligible: Money
    notice: str | None
    held: str | None
    specimen: bool
    sealed: tuple[str, ...]
    red: Number | None
    replaced_by: Number | None
    paper: Number | None
    claimed: Money


@dataclass(slots=True)
class Rows:
    """What a batch of events adds, by table, and what it changes, by statement, in order."""

    added: dict[str, list[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[str, list[tuple[object, ...]]] = field(default_factory=lambda: defaultdict(list))


class Claims:
    """Read model of receipts with their deductions, and of the notices on these."""

    name = "claims"
    facts = (
        ReceiptIssued, ReceiptMadeOut, ReceiptReversed, RedReceiptMadeOut, ReceiptExchanged,
        OfficialReceiptRecorded, PaperTakenBack, ReceiptClaimed, ClaimReleased, ClaimNoticeRaised,
        ClaimNoticeSettled,
    )  # fmt: skip
    sought = ()
    tables = (
        "CREATE TABLE receipts (code text NOT NULL, number text NOT NULL,"
        " organisation text NOT NULL, kind text NOT NULL, issued_on date NOT NULL,"
        " fen bigint NOT NULL, eligible_fen bigint NOT NULL, notice text, held text,"
        " specimen boolean NOT NULL, sealed text[] NOT NULL, leaf bigint NOT NULL,"
        " red_code text, red_number text, by_code text, by_number text,"
        " successors int NOT NULL DEFAULT 0,"
        " paper_code text, paper_number text, PRIMARY KEY (code, number))",
        "CREATE TABLE claims (claim text PRIMARY KEY, code text NOT NULL, number text NOT NULL,"
        " token text NOT NULL, year int NOT NULL, fen bigint NOT NULL, officer text NOT NULL,"
        " leaf bigint NOT NULL, ended text, why text, ended_leaf bigint)",
        "CREATE INDEX claims_of ON claims (code, number)",
        "CREATE TABLE notices (claim text PRIMARY KEY, code text NOT NULL, number text NOT NULL,"
        " organisation text NOT NULL, year int NOT NULL, fen bigint NOT NULL,"
        " red_code text NOT NULL, red_number text NOT NULL, reason text NOT NULL,"
        " leaf bigint NOT NULL, outcome text, settled_leaf bigint)",
        "CREATE TABLE written (code text NOT NULL, number text NOT NULL, for_code text NOT NULL,"
        " for_number text NOT NULL, leaf bigint NOT NULL, PRIMARY KEY (code, number, leaf))",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in receipts, what becomes of them, and deductions."""
        rows = Rows()
        for leaf, event in recorded:
            _receipt(event, leaf, rows)
            _claim(event, leaf, rows)
        for table, columns in COLUMNS.items():
            copy_rows(connection, table, columns, rows.added[table])
        with connection.cursor() as cursor:
            for change in CHANGES:
                cursor.executemany(change, rows.changed[change])


def _receipt(event: Event, leaf: int, rows: Rows) -> None:
    match event:
        case ReceiptIssued() | ReceiptMadeOut():
            _opened(event, leaf, rows)
        case ReceiptReversed():
            red = (event.red_code, event.red_number)
            rows.changed[RED].append((*red, event.code, event.number))
        case RedReceiptMadeOut():
            red = (event.red.code, event.red.number)
            rows.changed[RED].append((*red, event.code, event.number))
        case ReceiptExchanged():
            paper = (event.paper.code, event.paper.number)
            rows.changed[PAPER].append((*paper, event.code, event.number))
            rows.added["written"].append((*paper, event.code, event.number, leaf))
        case OfficialReceiptRecorded():
            official = (event.official.code, event.official.number)
            rows.added["written"].append((*official, event.code, event.number, leaf))
        case PaperTakenBack():
            rows.changed[PAPER].append((None, None, event.code, event.number))
        case _:
            pass


def _opened(event: ReceiptIssued | ReceiptMadeOut, leaf: int, rows: Rows) -> None:
    receipt = evolve(None, event)
    eligible = sum(line.amount.minor for line in receipt.lines if line.eligible)
    notices = dict.fromkeys(line.notice for line in receipt.lines if line.eligible and line.notice)
    rows.added["receipts"].append(
        (receipt.code, receipt.number, receipt.organisation, receipt.kind, receipt.issued_on,
         receipt.amount.minor, eligible, "、".join(notices) or None, receipt.held,
         receipt.specimen, list(receipt.payer.sealed), leaf)
    )  # fmt: skip
    if receipt.replaces is not None:
        old = receipt.replaces
        rows.changed[REPLACED].append((receipt.code, receipt.number, old.code, old.number))


def _claim(event: Event, leaf: int, rows: Rows) -> None:
    match event:
        case ReceiptClaimed():
            rows.added["claims"].append(
                (event.claim, event.code, event.number, event.token, event.year,
                 event.amount.minor, event.officer, leaf)
            )  # fmt: skip
        case ClaimReleased():
            rows.changed[END].append((RELEASED, event.reason, leaf, event.claim))
        case ClaimNoticeRaised():
            rows.added["notices"].append(
                (event.claim, event.code, event.number, event.actor, event.year,
                 event.amount.minor, event.red.code, event.red.number, event.reason, leaf)
            )  # fmt: skip
        case ClaimNoticeSettled():
            rows.changed[END].append((SETTLED, event.outcome, leaf, event.claim))
            rows.changed[SETTLE].append((event.outcome, leaf, event.claim))
        case _:
            pass


CLAIMS = Claims()


def claims_of(runner: Runner, code: str, number: str) -> tuple[list[ClaimEntry], Position]:
    """Return every deduction of a receipt, in log order, those that ended too."""
    query = "SELECT * FROM claims WHERE code = %s AND number = %s ORDER BY leaf"
    with runner.reading(CLAIMS) as (connection, position):
        found = connection.execute(query, [code, number]).fetchall()
    return [
        ClaimEntry(
            row["claim"], row["code"], row["number"], row["token"], row["year"],
            Money(row["fen"]), row["officer"], row["ended"], row["why"],
        )
        for row in found
    ], position  # fmt: skip


def notices(runner: Runner, *, open_only: bool) -> tuple[list[NoticeEntry], Position]:
    """Return the deductions whose receipts became void, in log order."""
    query = "SELECT * FROM notices WHERE outcome IS NULL OR NOT %s ORDER BY leaf"
    with runner.reading(CLAIMS) as (connection, position):
        found = connection.execute(query, [open_only]).fetchall()
    return [
        NoticeEntry(
            row["claim"], row["code"], row["number"], row["organisation"], row["year"],
            Money(row["fen"]), (row["red_code"], row["red_number"]), row["reason"],
            row["outcome"],
        )
        for row in found
    ], position  # fmt: skip


def states(runner: Runner) -> tuple[list[ReceiptState], Position]:
    """Return every receipt with its state, by code and number, all as of one size of the log."""
    with runner.reading(CLAIMS) as (connection, position):
        found = connection.execute(STATES).fetchall()
    return [_state(row) for row in found], position


def _state(row: DictRow) -> ReceiptState:
    return ReceiptState(
        row["code"], row["number"], row["organisation"], row["kind"], row["issued_on"],
        Money(row["fen"]), Money(row["eligible_fen"]), row["notice"], row["held"],
        row["specimen"], tuple(row["sealed"]), _pair(row, "red"), _pair(row, "by"),
        _pair(row, "paper"), Money(row["claimed"]),
    )  # fmt: skip


def _pair(row: DictRow, what: str) -> Number | None:
    code = row[f"{what}_code"]
    return None if code is None else (code, row[f"{what}_number"])
