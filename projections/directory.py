"""Who is who: organisations and the funds they hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.events import FundOpened, LedgerFounded, OrganisationRegistered
from projections.rows import copy_rows
from projections.runner import Connection, Recorded, Runner


@dataclass(frozen=True, slots=True)
class FundEntry:
    """A fund as the directory lists it."""

    fund: str
    organisation: str
    name: str
    kind: str
    purpose: str | None
    place: str | None


class Directory:
    """Read model of organisations and funds."""

    name = "directory"
    tables = (
        "CREATE TABLE organisations (organisation text PRIMARY KEY, name text NOT NULL,"
        " kind text NOT NULL, leaf bigint NOT NULL)",
        "CREATE TABLE funds (fund text PRIMARY KEY, organisation text NOT NULL, name text NOT NULL,"
        " kind text NOT NULL, purpose text, place text, leaf bigint NOT NULL)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in registrations and openings."""
        organisations, funds = [], []
        for leaf, event in recorded:
            match event:
                case LedgerFounded():
                    organisations.append((event.organisation, event.name, "authority", leaf))
                case OrganisationRegistered():
                    organisations.append((event.organisation, event.name, event.kind, leaf))
                case FundOpened():
                    funds.append(
                        (event.originator_id, event.organisation, event.name, event.kind,
                         event.purpose, event.place, leaf)
                    )  # fmt: skip
                case _:
                    pass
        copy_rows(connection, "organisations", ("organisation", "name", "kind", "leaf"),
                  organisations)  # fmt: skip
        columns = ("fund", "organisation", "name", "kind", "purpose", "place", "leaf")
        copy_rows(connection, "funds", columns, funds)


DIRECTORY = Directory()


def funds(runner: Runner, organisation: str | None = None) -> list[FundEntry]:
    """Return the funds, of one organisation or of all, in the order they were opened."""
    query = (
        "SELECT fund, organisation, name, kind, purpose, place FROM funds"
        " WHERE organisation = %(organisation)s OR %(organisation)s::text IS NULL ORDER BY leaf"
    )
    with runner.reading(DIRECTORY) as (connection, _):
        found = connection.execute(query, {"organisation": organisation}).fetchall()
    return [FundEntry(**row) for row in found]


def names(runner: Runner) -> dict[str, str]:
    """Return the public names of all organisations, by id."""
    with runner.reading(DIRECTORY) as (connection, _):
        found = connection.execute("SELECT organisation, name FROM organisations").fetchall()
    return {row["organisation"]: row["name"] for row in found}
