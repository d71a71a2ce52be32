"""Times as people in China write them; whole UTC outside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")


def rfc3339(at: datetime | None) -> str | None:
    """Write a time for machines (RFC 3339, UTC)."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def written(at: datetime | None) -> str:
    """Write a time for people, in Beijing time."""
    return at.astimezone(BEIJING).strftime("%Y年%m月%d日 %H:%M:%S") if at else "—"


def today() -> date:
    """Return the day that it is in China now."""
    return datetime.now(BEIJING).date()
