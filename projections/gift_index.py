"""The gifts of a charity: which are there, of which day, and whether a receipt was made out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from ledger.domain.events import (
    DonorIdentified,
    GiftReceipted,
    GiftReceiptReversed,
    GiftReceiptWaived,
    GiftReceived,
    GoodsReceived,
)
from projections.rows import copy_rows, update_rows
from projections.runner import Connection, Recorded, Runner

COLUMNS = (
    "gift", "organisation", "fund", "received_on", "identified", "receipt", "waived", "minor",
    "currency", "leaf",
)  # fmt: skip


class GiftIndex:
    """Read model of gifts."""

    name = "gift_index"
    facts = (
        GiftReceived, GoodsReceived, DonorIdentified, GiftReceipted, GiftReceiptReversed,
        GiftReceiptWaived,
    )  # fmt: skip
    sought = ()
    tables = (
        "CREATE TABLE gifts (gift text PRIMARY KEY, organisation text NOT NULL, fund text NOT NULL,"
        " received_on date, identified boolean NOT NULL, receipt text, waived text, minor bigint,"
        " currency text, leaf bigint NOT NULL)",
        "CREATE INDEX gifts_by_day ON gifts (organisation, received_on, leaf)",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in gifts, and what became known of them later."""
        fresh: dict[str, dict[str, Any]] = {}
        later: list[tuple[str, dict[str, Any]]] = []
        for leaf, event in recorded:
            match event:
                case GiftReceived() | GoodsReceived():
                    fresh[event.originator_id] = _row(event, leaf)
                case DonorIdentified():
                    later.append((event.originator_id, {"identified": True, "waived": None}))
                case GiftReceipted():
                    later.append((event.originator_id, {"receipt": f"{event.code} {event.number}"}))
                case GiftReceiptReversed():
                    later.append((event.originator_id, {"receipt": None}))
                case GiftReceiptWaived():
                    later.append((event.originator_id, {"waived": event.reason}))
                case _:
                    pass
        for gift, change in later:
            if gift in fresh:
                fresh[gift] |= change
        rows = ([row[c] for c in COLUMNS] for row in fresh.values())
        copy_rows(connection, "gifts", COLUMNS, rows)
        update_rows(connection, "gifts", "gift", [one for one in later if one[0] not in fresh])


def _row(event: GiftReceived | GoodsReceived, leaf: int) -> dict[str, Any]:
    given = event.amount if isinstance(event, GiftReceived) else None
    return {
        "gift": event.originator_id,
        "organisation": event.organisation,
        "fund": event.fund,
        "received_on": event.received_on,
        "identified": event.donor is not None,
        "receipt": None,
        "waived": None,
        "minor": given.minor if given else None,
        "currency": given.currency if given else None,
        "leaf": leaf,
    }


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


def by_day(runner: Runner, gifts: Iterable[str]) -> list[str]:
    """Return these gifts by their days, those of one day in log order; undated ones come last."""
    query = "SELECT gift FROM gifts WHERE gift = ANY(%s) ORDER BY received_on NULLS LAST, leaf"
    with runner.reading(GIFT_INDEX) as (connection, _):
        found = connection.execute(query, [list(gifts)]).fetchall()
    return [row["gift"] for row in found]


def undated(runner: Runner, organisation: str) -> int:
    """Count the gifts of an organisation whose day nobody knows: they lie in no period."""
    query = "SELECT count(*) AS n FROM gifts WHERE organisation = %s AND received_on IS NULL"
    with runner.reading(GIFT_INDEX) as (connection, _):
        found = connection.execute(query, [organisation]).fetchone()
    assert found is not None, "a count is always there"
    return int(found["n"])


def described(
    runner: Runner, gifts: Collection[str]
) -> dict[str, tuple[int | None, str | None, date | None]]:
    """Return what was given (minor units, currency) and on which day, by gift.

    The index is brought up to the log for it, unless no gift is asked for.
    """
    if not gifts:
        return {}
    query = "SELECT gift, minor, currency, received_on FROM gifts WHERE gift = ANY(%s)"
    runner.follow(GIFT_INDEX)
    with runner.reading(GIFT_INDEX) as (connection, _):
        found = connection.execute(query, [list(gifts)]).fetchall()
    return {row["gift"]: (row["minor"], row["currency"], row["received_on"]) for row in found}
