"""Help that is neither money nor goods: people and minutes by kind and place, value apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.events.service import ServiceCorrected, ServiceGiven
from ledger.money import Money
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner

COLUMNS = (
    "service", "organisation", "fund", "project", "kind", "people", "minutes", "given_on", "until",
    "place", "value", "currency", "basis", "provider", "leaf",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class ServiceEntry:
    """A record of help; `corrected` says why it counts no longer."""

    service: str
    organisation: str
    fund: str | None
    project: str | None
    kind: str
    people: int
    minutes: int
    given_on: date
    until: date
    place: str | None
    value: Money | None
    basis: str | None
    provider: str | None
    corrected: str | None
    replaced_by: str | None


@dataclass(frozen=True, slots=True)
class ServiceTotal:
    """What counts of a kind in a place; `worth` is no money, and is never added to any."""

    kind: str
    place: str | None
    records: int
    people: int
    minutes: int
    worth: tuple[Money, ...]


class Services:
    """Read model of services."""

    name = "services"
    facts = (ServiceGiven, ServiceCorrected)
    sought = ()
    tables = (
        "CREATE TABLE services (service text PRIMARY KEY, organisation text NOT NULL, fund text,"
        " project text, kind text NOT NULL, people bigint NOT NULL, minutes bigint NOT NULL,"
        " given_on date NOT NULL, until date NOT NULL, place text, value bigint, currency text,"
        " basis text, provider text, leaf bigint NOT NULL)",
        "CREATE TABLE service_corrections (service text PRIMARY KEY, reason text NOT NULL,"
        " replaced_by text, leaf bigint NOT NULL)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in help as it was given, and what of it counts no longer."""
        given, corrected = [], []
        for leaf, event in recorded:
            match event:
                case ServiceGiven():
                    given.append(_row(event, leaf))
                case ServiceCorrected():
                    corrected.append((event.originator_id, event.reason, event.replaced_by, leaf))
                case _:
                    pass
        copy_rows(connection, "services", COLUMNS, given)
        columns = ("service", "reason", "replaced_by", "leaf")
        copy_rows(connection, "service_corrections", columns, corrected)


def _row(event: ServiceGiven, leaf: int) -> tuple[object, ...]:
    value, provider = event.value, event.provider
    return (
        event.originator_id, event.organisation, event.fund, event.project, event.kind,
        event.people, event.minutes, event.given_on, event.until, event.place,
        value.minor if value else None, value.currency if value else None, event.basis,
        provider.organisation if provider else None, leaf,
    )  # fmt: skip


SERVICES = Services()


def services(runner: Runner, organisation: str | None) -> tuple[list[ServiceEntry], Position]:
    """Return the records of help, of one organisation or of all, in log order."""
    query = (
        "SELECT services.*, reason, replaced_by FROM services LEFT JOIN service_corrections"
        " USING (service) WHERE organisation = %(organisation)s OR %(organisation)s::text IS NULL"
        " ORDER BY services.leaf"
    )
    with runner.reading(SERVICES) as (connection, position):
        found = connection.execute(query, {"organisation": organisation}).fetchall()
    return [
        ServiceEntry(
            row["service"], row["organisation"], row["fund"], row["project"], row["kind"],
            row["people"], row["minutes"], row["given_on"], row["until"], row["place"],
            None if row["value"] is None else Money(row["value"], row["currency"]), row["basis"],
            row["provider"], row["reason"], row["replaced_by"],
        )
        for row in found
    ], position  # fmt: skip


def totals(runner: Runner, organisation: str | None) -> tuple[list[ServiceTotal], Position]:
    """Return what counts, by kind and place; who shows it hides small groups (`small_cells`).

    Jobs count the people who found them.
    """
    query = (
        "SELECT kind, place, currency, count(*) AS records, sum(people) AS people,"
        " sum(minutes) AS minutes, sum(value) AS value FROM services"
        " WHERE (organisation = %(organisation)s OR %(organisation)s::text IS NULL)"
        " AND NOT EXISTS"
        " (SELECT FROM service_corrections AS made WHERE made.service = services.service)"
        " GROUP BY kind, place, currency ORDER BY kind, place NULLS LAST, currency NULLS FIRST"
    )
    with runner.reading(SERVICES) as (connection, position):
        rows = connection.execute(query, {"organisation": organisation}).fetchall()
    found: dict[tuple[str, str | None], ServiceTotal] = {}
    for row in rows:
        key = row["kind"], row["place"]
        before = found.get(key, ServiceTotal(*key, 0, 0, 0, ()))
        worth = () if row["currency"] is None else (Money(int(row["value"]), row["currency"]),)
        found[key] = ServiceTotal(
            *key,
            before.records + row["records"],
            before.people + int(row["people"]),
            before.minutes + int(row["minutes"]),
            before.worth + worth,
        )
    return list(found.values()), position
