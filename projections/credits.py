"""What gifts count for beside their money: credits, joint donors' shares, who passed them on.

Credits stand beside hard money and are never added to it. A gift that another charity had counted
before is no new money.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import assert_never

from psycopg import sql

from ledger.domain.credits import KINDS
from ledger.domain.events import FundOpened, GiftReceived, GiftReturned, GiftReversed
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
)
from ledger.money import Money
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner

COLUMNS = {
    "credit_funds": ("fund", "agency"),
    "credited": ("gift", "organisation", "fund", "booked", "gone", "currency", "leaf"),
    "credits": ("credit", "gift", "kind", "minor", "matched", "party", "leaf"),
    "withdrawn": ("credit", "reason", "leaf"),
    "shares": ("gift", "number", "party", "minor"),
    "conduits": ("gift", "party", "organisation", "new_money"),
}
"""The columns of each table, in the order that rows are written."""

OF = sql.SQL(
    "WHERE (credited.organisation = %(organisation)s OR %(organisation)s::text IS NULL)"
    " AND (credited.fund = %(fund)s OR %(fund)s::text IS NULL)"
)


@dataclass(frozen=True, slots=True)
class Credited:
    """Hard money of a fund, and the credits that stand beside it; the two are never added."""

    fund: str
    hard: Money
    credits: dict[str, Money]
    """By kind, every kind."""


@dataclass(frozen=True, slots=True)
class CreditEntry:
    """A credit, whose it is being sealed; `withdrawn` says why it stands no longer."""

    credit: str
    gift: str
    fund: str
    kind: str
    amount: Money
    matched: str | None
    withdrawn: str | None


@dataclass(frozen=True, slots=True)
class NewMoney:
    """Gifts as they are left; without agency money and what others counted before they are new."""

    received: Money
    agency: Money
    passed_on: Money
    new: Money


@dataclass(slots=True)
class Rows:
    """What a batch of events adds, by table; what gifts lose, by gift."""

    added: dict[str, list[tuple[object, ...]]] = field(
        default_factory=lambda: {table: [] for table in COLUMNS}
    )
    gone: Counter[str] = field(default_factory=Counter)


class Credits:
    """Read model of credits."""

    name = "credits"
    facts = (
        FundOpened, GiftReceived, GiftReturned, GiftReversed, CreditGiven, CreditWithdrawn,
        GiftSharesStated, ConduitNamed,
    )  # fmt: skip
    sought = ()
    tables = (
        "CREATE TABLE credit_funds (fund text PRIMARY KEY, agency boolean NOT NULL)",
        "CREATE TABLE credited (gift text PRIMARY KEY, organisation text NOT NULL,"
        " fund text NOT NULL, booked bigint NOT NULL, gone bigint NOT NULL, currency text NOT NULL,"
        " leaf bigint NOT NULL)",
        "CREATE INDEX credited_of ON credited (organisation, fund)",
        "CREATE TABLE credits (credit text PRIMARY KEY, gift text NOT NULL, kind text NOT NULL,"
        " minor bigint NOT NULL, matched text, party text NOT NULL, leaf bigint NOT NULL)",
        "CREATE TABLE withdrawn (credit text PRIMARY KEY, reason text NOT NULL,"
        " leaf bigint NOT NULL)",
        "CREATE TABLE shares (gift text NOT NULL, number bigint NOT NULL, party text NOT NULL,"
        " minor bigint NOT NULL, PRIMARY KEY (gift, number))",
        "CREATE TABLE conduits (gift text PRIMARY KEY, party text NOT NULL, organisation text,"
        " new_money boolean NOT NULL)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in gifts of money, what goes back of them, and whom they speak for."""
        rows = Rows()
        for leaf, event in recorded:
            match event:
                case FundOpened():
                    rows.added["credit_funds"].append((event.originator_id, event.kind == "agency"))
                case GiftReceived():
                    rows.added["credited"].append(
                        (event.originator_id, event.organisation, event.fund, event.booked.minor,
                         0, event.booked.currency, leaf)
                    )  # fmt: skip
                case GiftReturned() | GiftReversed():
                    rows.gone[event.gift] += event.amount.units
                case CreditGiven() | CreditWithdrawn() | GiftSharesStated() | ConduitNamed():
                    _counted(event, leaf, rows)
                case _:
                    pass
        for table, columns in COLUMNS.items():
            copy_rows(connection, table, columns, rows.added[table])
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE credited SET gone = gone + %s WHERE gift = %s",
                [(minor, gift) for gift, minor in rows.gone.items()],
            )


def _counted(
    event: CreditGiven | CreditWithdrawn | GiftSharesStated | ConduitNamed, leaf: int, rows: Rows
) -> None:
    gift = event.originator_id
    match event:
        case CreditGiven():
            rows.added["credits"].append(
                (event.credit, gift, event.kind, event.amount.minor, event.matched,
                 event.credited.id, leaf)
            )  # fmt: skip
        case CreditWithdrawn():
            rows.added["withdrawn"].append((event.credit, event.reason, leaf))
        case GiftSharesStated():
            rows.added["shares"] += [
                (gift, number, share.party.id, share.amount.minor)
                for number, share in enumerate(event.shares, 1)
            ]
        case ConduitNamed():
            who = event.conduit
            rows.added["conduits"].append((gift, who.id, who.organisation, event.new_money))
        case _:
            assert_never(event)


CREDITS = Credits()


def credited(
    runner: Runner, organisation: str | None = None, fund: str | None = None
) -> tuple[list[Credited], Position]:
    """Return hard money and standing credits side by side, by fund and currency."""
    hard = sql.SQL(
        "SELECT fund, currency, sum(booked - gone) AS minor FROM credited {}"
        " GROUP BY fund, currency ORDER BY min(leaf)"
    ).format(OF)
    soft = sql.SQL(
        "SELECT fund, currency, kind, sum(minor) AS minor FROM credits"
        " JOIN credited USING (gift) {}"
        " AND credit NOT IN (SELECT credit FROM withdrawn) GROUP BY fund, currency, kind"
    ).format(OF)
    given = {"organisation": organisation, "fund": fund}
    with runner.reading(CREDITS) as (connection, position):
        held = connection.execute(hard, given).fetchall()
        counted = connection.execute(soft, given).fetchall()
    stands = {(row["fund"], row["currency"], row["kind"]): int(row["minor"]) for row in counted}
    return [
        Credited(
            row["fund"],
            Money(int(row["minor"]), row["currency"]),
            {
                kind: Money(stands.get((row["fund"], row["currency"], kind), 0), row["currency"])
                for kind in KINDS
            },
        )
        for row in held
    ], position


def entries(
    runner: Runner, organisation: str | None = None, fund: str | None = None
) -> list[CreditEntry]:
    """Return every credit that was given, in log order, those withdrawn too."""
    query = sql.SQL(
        "SELECT credits.*, fund, currency, reason FROM credits JOIN credited USING (gift)"
        " LEFT JOIN withdrawn USING (credit) {} ORDER BY credits.leaf"
    ).format(OF)
    with runner.reading(CREDITS) as (connection, _):
        found = connection.execute(query, {"organisation": organisation, "fund": fund}).fetchall()
    return [
        CreditEntry(
            row["credit"], row["gift"], row["fund"], row["kind"],
            Money(row["minor"], row["currency"]), row["matched"], row["reason"],
        )
        for row in found
    ]  # fmt: skip


def new_money(
    runner: Runner, organisation: str | None = None, fund: str | None = None
) -> list[NewMoney]:
    """Return by currency what is new of the gifts that are left.

    Agency money is no income (domain rules 7), and what another charity passed on is in its count
    already; both stand apart, and a gift that is both counts as agency money.
    """
    query = sql.SQL(
        "SELECT currency, sum(booked - gone) AS received,"
        " coalesce(sum(booked - gone) FILTER (WHERE agency), 0) AS agency,"
        " coalesce(sum(booked - gone) FILTER (WHERE NOT agency AND NOT new_money), 0) AS passed_on"
        " FROM credited JOIN credit_funds USING (fund) LEFT JOIN conduits USING (gift) {}"
        " GROUP BY currency ORDER BY currency"
    ).format(OF)
    with runner.reading(CREDITS) as (connection, _):
        rows = connection.execute(query, {"organisation": organisation, "fund": fund}).fetchall()
    found = []
    for row in rows:
        received, agency, passed_on = (
            Money(int(row[name]), row["currency"]) for name in ("received", "agency", "passed_on")
        )
        found.append(NewMoney(received, agency, passed_on, received - agency - passed_on))
    return found
