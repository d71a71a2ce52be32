"""From what a visitor knows (an index, an id, the number of a receipt) to entries of the log."""

from __future__ import annotations

import re

from api.public_house import PublicHouse
from ledger.domain import receipts
from ledger.errors import Unknown
from ledger.proof.encoding import COUNT
from ledger.store.places import Place, key_places_of, places_at, places_of
from projections.payment_places import payment_places

LISTED = 100
"""Entries of one story that are listed at once."""

PAYMENT = "disbursement-"
RECEIPT = re.compile(r"([0-9]{8})[\s-]+([0-9]{10})")
"""A receipt's code and number, as they are printed."""


class EntryUnknown(Unknown):
    """No entry of the log is of that story."""

    def __init__(self, asked: str) -> None:
        super().__init__(
            f"the log holds no entry of {asked[:200]!r}: ids stand on receipts and on the pages"
        )


def find(home: PublicHouse, asked: str, first: int = 1, *, keys: bool = False) -> list[Place]:
    """Return entries of the story that was asked for, from its entry `first` on.

    At most LISTED, and one more to tell that there are more; with `keys` only what an organisation
    says of itself and of its keys. Raises EntryUnknown.
    """
    database = home.recorder.datastore
    receipt = RECEIPT.fullmatch(asked)
    stream = receipts.stream(*receipt.groups()) if receipt else asked
    if COUNT.fullmatch(asked):
        found = places_at(database, [int(asked)])
    elif asked.startswith(PAYMENT):
        found = places_at(database, payment_places(home.runner, asked))
    else:
        of = key_places_of if keys else places_of
        found = of(database, stream, first, LISTED + 1)
    if not found:
        raise EntryUnknown(asked)
    return found
