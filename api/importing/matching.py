"""Finds rows that may be gifts recorded before from another list: a person must decide."""

from __future__ import annotations

import re
from collections.abc import Sequence

from api.imports.rows import MoneyRow
from api.wiring import House
from ledger.domain.values import Source
from projections import gift_index

MASKED = re.compile("[*＊×●○]")


def lookalikes(
    house: House, charity: str, rows: Sequence[tuple[MoneyRow, Source]]
) -> dict[str, str]:
    """Return, by row identity, a gift of the same donor, amount and day from another list.

    Only rows without a transaction number, with a day and a whole name of their own are looked
    at: a number settles which gift a row is, a masked name (王**) names nobody, and a list's own
    repetitions are gifts of their own.
    """
    asked = [
        (row, source)
        for row, source in rows
        if row.party
        and row.date
        and row.date_basis == "row"
        and not row.serial
        and not MASKED.search(row.party)
    ]
    named = house.vault.streams_named(charity, {row.party for row, _ in asked if row.party})
    listings = house.sources.listings_of({gift for found in named.values() for gift in found})
    elsewhere = {
        source.identity: [
            gift for gift in named.get(row.party or "", ()) if listings.get(gift) != source.listing
        ]
        for row, source in asked
    }
    gifts = gift_index.described(house.runner, {one for each in elsewhere.values() for one in each})
    found: dict[str, str] = {}
    for row, source in asked:
        said = (row.amount.minor, row.amount.currency, row.date)
        like = next((one for one in elsewhere[source.identity] if gifts.get(one) == said), None)
        if like:
            found[source.identity] = like
    return found
