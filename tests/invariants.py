"""What must hold of a house at every moment, whatever has been done to it."""

from __future__ import annotations

from psycopg import sql

from api.audit import audit_database
from api.wiring import House
from ledger.store.recorder import EVENTS


def check_house(house: House) -> None:
    """Assert the audit's green, contiguous leaves, rising ids in leaf order, equal rebuilds."""
    audit = audit_database(house)
    assert audit.findings == [], audit.findings[:3]
    assert audit.views_equal_rebuild
    assert audit.vault_ok
    assert audit.sources_ok
    size, leaves, events = house.recorder.counts()
    assert size == leaves == events == audit.events
    query = sql.SQL(
        "SELECT leaf, notification_id FROM {} JOIN {} ON stream = originator_id"
        " AND version = originator_version ORDER BY leaf"
    ).format(house.database.table("leaves"), house.database.table(EVENTS))
    with house.database.get_connection() as connection:
        found = connection.execute(query).fetchall()
    ids = [row["notification_id"] for row in found]
    assert [row["leaf"] for row in found] == list(range(size))
    assert ids == sorted(set(ids))
