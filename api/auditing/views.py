"""Read models against what the events give."""

from __future__ import annotations

from api.auditing.findings import Audit
from api.wiring import House
from ledger.errors import LedgerError


def audit_views(audit: Audit, house: House) -> None:
    """Bring the views up to the log, and compare each with one that is made anew."""
    audit.views_equal_rebuild = True
    stuck: set[str] = set()
    for view in house.runner.views:
        try:
            house.runner.follow(view)
        except LedgerError as error:
            stuck.add(view.name)
            audit.find(f"views: {error}", "views_equal_rebuild")
    try:
        rebuilt = house.runner.rebuild(keep=False)
    except LedgerError as error:
        audit.find(f"views: {error}", "views_equal_rebuild")
        return
    for made in rebuilt:
        if not made.equal and made.view not in stuck:
            audit.find(
                f"view {made.view}: its rows differ from what the events give; run: rebuild",
                "views_equal_rebuild",
            )
