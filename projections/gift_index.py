"""The gifts of a charity: which are there, of which day, and whether a receipt was made out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from ledger.domain.events import DonorIdentified, GiftReceipted, GiftReceived
from projections.rows import copy_rows
from projections.runner import Connection, Recorded, Runner

COLUMNS = ("gift", "organisation", "fund", "received_on", "identified", "receipt", "leaf")


class GiftIndex:
    """Read model of gifts."""

    name = "gift_index"
    tables = (
        "CREATE TABLE gifts (gift text PRIMARY KEY, organisation text NOT NULL, fund text NOT NULL,"
        " received_on date, identified boolean NOT NULL, receipt text, leaf bigint NOT NULL)",
        "CREATE INDEX gifts_by_day ON gifts (organisation, received_on, leaf)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in gifts, and what became known of them later."""
        fresh: dict[str, dict[str, Any]] = {}
        later: list[tuple[str, str | None, str]] = []
        for leaf, event in recorded:
            match event:
                case GiftReceived():
                    fresh[event.originator_id] = {
                        "gift": event.originator_id,
                        "organisation": event.organisation,
                        "fund": event.fund,
                        "received_on": event.received_on,
                        "identified": event.donor is not None,
                        "receipt": None,
                        "leaf": leaf,
                    }
                case DonorIdentified():
                    later.append(("identified", None, event.originator_id))
                case GiftReceipted():
                    later.append(("receipt", f"{event.code} {event.number}", event.originator_id))
                case _:
                    pass
        old = [change for change in later if not _changed(fresh, change)]
        copy_rows(
            connection, "gifts", COLUMNS, ([row[c] for c in COLUMNS] for row in fresh.values())
        )
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE gifts SET receipt = coalesce(%s, receipt), identified = true"
                " WHERE gift = %s",
                [(receipt, gift) for _, receipt, gift in old],
            )


def _changed(fresh: dict[str, dict[str, Any]], change: tuple[str, str | None, str]) -> bool:
    column, receipt, gift = change
    if gift not in fresh:
        return False
    fresh[gift][column] = receipt if column == "receipt" else True
    return True


GIFT_INDEX = GiftIndex()


def gifts_between(runner: Runner, organisation: str, first: date, last: date) -> list[str]:
    """Return the gifts of an organisation of these days, in log order."""
    query = (
        "SELECT gift FROM gifts WHERE organisation = %s AND received_on BETWEEN %s AND %s"
        " ORDER BY leaf"
    )
    with runner.reading(GIFT_INDEX) as (connection, _):
        found = connection.execute(query, [organisation, first, last]).fetchall()
    return [row["gift"] for row in found]


def receipts_of(runner: Runner, gifts: Sequence[str]) -> dict[str, str]:
    """Return the receipts, as `CODE NUMBER`, of those gifts that have one."""
    query = "SELECT gift, receipt FROM gifts WHERE gift = ANY(%s) AND receipt IS NOT NULL"
    with runner.reading(GIFT_INDEX) as (connection, _):
        found = connection.execute(query, [list(gifts)]).fetchall()
    return {row["gift"]: row["receipt"] for row in found}
