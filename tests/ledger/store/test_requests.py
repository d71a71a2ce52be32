"""What waits to be signed elsewhere is kept just so, for a week, and the audit sees it altered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from psycopg import sql

from api.wiring import House
from ledger.domain.keeping import Restriction, SourceRow, Unless, VaultRow
from ledger.engine import Unsigned
from ledger.store.requests import RequestAltered, RequestExpired, Requests, RequestUnknown

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
ENTRIES = (
    Unsigned("a", "kid", b"e30.e30", elsewhere=True),
    Unsigned("b", "k", b"e30.e", elsewhere=False),
)
BESIDE: dict[str, object] = {
    "openings": [VaultRow("digest", "gift-1", 1, "a", bytes(range(9)), b"\xff\x00")],
    "sources": [SourceRow("identity", "a", "listing", "content", "gift-1")],
    "erased": ["digest"],
    "unless": [Unless("fund-1", 3, "fund-closed.v1")],
    "needed": [],
    "restricted": [Restriction("digest", "rule", date(2036, 1, 1), NOW, b"tag")],
    "none": None,
}


class Clock:
    """Tells the time it is set to."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def requests(house: House, clock: Clock) -> Requests:
    numbers = iter(range(100))
    return Requests(house.database, clock, lambda size: bytes([next(numbers)] * size))


def test_a_request_is_found_as_it_was_kept(requests: Requests) -> None:
    kept = requests.keep(ENTRIES, BESIDE)

    assert requests.find(kept.id) == kept
    assert kept.entries == ENTRIES
    assert kept.beside == BESIDE
    assert kept.expires == NOW + timedelta(days=7)
    assert requests.keep(ENTRIES, BESIDE).id != kept.id, "each has a name of its own"
    assert list(requests.findings()) == []


def test_a_request_is_kept_for_a_week_and_then_dropped(requests: Requests, clock: Clock) -> None:
    kept = requests.keep(ENTRIES, {})
    clock.now = kept.expires
    requests.drop_expired()
    assert requests.find(kept.id) == kept

    clock.now += timedelta(seconds=1)
    with pytest.raises(RequestExpired, match=r"expired on 2026-11-29 08:00 UTC.*prepare it again"):
        requests.find(kept.id)
    requests.drop_expired()
    with pytest.raises(RequestUnknown, match=f"no request {kept.id} waits here"):
        requests.find(kept.id)


@pytest.mark.parametrize(
    "change",
    [
        "content = set_byte(content, 20, 65)",
        "expires = expires + interval '1 day'",
        "id = 'x' || id",
    ],
)
def test_an_altered_row_is_refused_and_found(house: House, requests: Requests, change: str) -> None:
    kept = requests.keep(ENTRIES, BESIDE)
    with house.database.writing() as connection:
        query = f"UPDATE {{}} SET {change}"  # noqa: S608 a test's own words
        connection.execute(sql.SQL(query).format(house.database.table("requests")))

    (finding,) = requests.findings()
    assert finding.startswith("requests: the row ")
    assert finding.endswith("is not what was prepared")
    with pytest.raises(RequestUnknown if change.startswith("id") else RequestAltered):
        requests.find(kept.id)
