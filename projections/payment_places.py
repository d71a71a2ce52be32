"""Which entries of the log state a payment: its story is its fund's, so its id alone names none."""

from __future__ import annotations

from projections.runner import Runner
from projections.traces import TRACES


def payment_places(runner: Runner, disbursement: str) -> list[int]:
    """Return the indexes of the entries that proposed, paid and accepted a payment, in order."""
    query = "SELECT leaf, paid_leaf, accepted_leaf FROM disbursements WHERE id = %s"
    with runner.reading(TRACES) as (connection, _):
        found = connection.execute(query, [disbursement]).fetchall()
    return [leaf for row in found for leaf in row.values() if leaf is not None]
