"""Times as people in China write them; whole UTC outside."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
"""Abroad a month is named by its word, which no order of figures can mistake."""


def rfc3339(at: datetime | None) -> str | None:
    """Write a time for machines (RFC 3339, UTC)."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z") if at else None


def written(at: datetime | None) -> str:
    """Write a time for people, in Beijing time."""
    return at.astimezone(BEIJING).strftime("%Y年%m月%d日 %H:%M:%S") if at else "—"


def day_words(known: date | None, language: str) -> str:
    """Write a day: 2026年11月22日, in English 22 Nov 2026; a dash where none is known."""
    if known is None:
        return "—"
    if language == "zh":
        return f"{known.year}年{known.month}月{known.day}日"
    return f"{known.day} {MONTHS[known.month - 1]} {known.year}"


def time_words(at: datetime | None, language: str) -> str:
    """Write a time in Beijing to the second: its day as `day_words` writes it, then the clock."""
    if at is None:
        return "—"
    here = at.astimezone(BEIJING)
    return f"{day_words(here.date(), language)} {here:%H:%M:%S}"


def today() -> date:
    """Return the day that it is in China now."""
    return datetime.now(BEIJING).date()
