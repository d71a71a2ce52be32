"""Days as people in China count them: a fact recorded late in the evening in UTC is tomorrow's."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

AHEAD = timedelta(hours=8)
"""Asia/Shanghai is eight hours ahead of UTC, and has been without summer time since 1991."""


def day_in_china(at: datetime) -> date:
    """Return the day in China at a time; the last hours of time itself are its last day."""
    return (min(at, datetime.max.replace(tzinfo=UTC) - AHEAD) + AHEAD).date()
