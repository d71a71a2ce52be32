"""The table of drafts: sealed rows, bodies that only their draft opens, emptied when it ends."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast

import pytest
from psycopg import sql

from ledger.domain.acting import Acting
from ledger.domain.keeping import AskedRow
from ledger.store.answered import Answered
from ledger.store.database import Database
from ledger.store.drafts import (
    EXPIRED,
    KEPT,
    RECORDED,
    REFUSED,
    STATES,
    TABLE,
    WAITING,
    WAITING_MAX,
    WITHDRAWN,
    Draft,
    DraftAltered,
    DraftDecided,
    Drafts,
    DraftUnknown,
    TooManyDrafts,
)
from ledger.store.jobs import KeyUsedOtherwise
from tests.conftest import OTHER_USCC, USCC

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
CLERK = Acting("0000000001", USCC, frozenset({"clerk"}))
OTHER = "0000000002"
BODY = '{"donor":"王某某"}'.encode()


@dataclass
class Table:
    """The table at a time that a test sets."""

    database: Database
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.answered = Answered(self.database, lambda: seal)
        self.drafts = Drafts(
            self.database,
            self.answered,
            lambda purpose: sha256(purpose.encode()).digest(),
            lambda: self.now,
            secrets.token_bytes,
        )

    def add(self, key: str = "k", operation: str = "gifts-return", body: bytes = BODY) -> Draft:
        """Add a draft, a minute after the one before."""
        self.now += timedelta(minutes=1)
        return self.drafts.add(CLERK, operation, body, key)[0]

    def recorded(self, draft: Draft, account: str) -> None:
        """Store the row of what an account recorded of a draft, as the ledger does."""
        key = sha256(draft.key.encode()).hexdigest()
        row = AskedRow(account, key, "digest", (("gift-1", 2),)).sealed(seal)
        with self.database.writing() as connection:
            query = sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s, %s)")
            streams, versions = zip(*row.places, strict=True)
            connection.execute(
                query.format(self.database.table("answered")),
                [row.account, row.key, row.digest, list(streams), list(versions), row.seal],
            )

    def alter(self, change: str) -> None:
        """Alter all rows behind the ledger's back."""
        query = sql.SQL("UPDATE {} SET ").format(self.database.table(TABLE))
        with self.database.writing() as connection:
            connection.execute(query + sql.SQL(cast("Any", change)))


def seal(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url, "t_drafts")
    found.prepare()
    yield found
    found.close()


@pytest.fixture
def table(database: Database) -> Table:
    made = Table(database)
    made.answered.prepare()
    made.drafts.prepare()
    with database.writing() as connection:
        for name in (TABLE, "answered"):
            connection.execute(sql.SQL("DELETE FROM {}").format(database.table(name)))
    return made


def rows(table: Table) -> bytes:
    with table.database.get_connection() as connection:
        query = sql.SQL("SELECT box FROM {}").format(table.database.table(TABLE))
        return b"".join(bytes(row["box"]) for row in connection.execute(query).fetchall())


def test_a_draft_is_found_as_it_was_prepared_and_its_body_lies_encrypted(table: Table) -> None:
    draft = table.add()
    assert table.drafts.find(draft.id, USCC) == draft
    assert table.drafts.body(draft) == BODY
    assert BODY not in rows(table)
    assert (draft.preparer, draft.state) == (CLERK, WAITING)
    assert list(table.drafts.findings()) == []


def test_a_draft_of_another_organisation_is_not_there(table: Table) -> None:
    draft = table.add()
    with pytest.raises(DraftUnknown, match=f"no draft {draft.id} is known"):
        table.drafts.find(draft.id, OTHER_USCC)
    assert table.drafts.listed(OTHER_USCC, ["gifts-return"], STATES, None, 9) == []


def test_a_key_that_comes_again_gives_the_draft_that_stands(table: Table) -> None:
    draft = table.add()
    assert table.drafts.add(CLERK, "gifts-return", BODY, "k") == (draft, False)
    with pytest.raises(KeyUsedOtherwise):
        table.add(body=b"{}")
    with pytest.raises(KeyUsedOtherwise):
        table.add(operation="gifts-reverse")
    other = replace(CLERK, account=OTHER)
    assert table.drafts.add(other, "gifts-return", BODY, "k")[1], "each account has its own keys"


def test_an_account_has_a_bounded_number_of_drafts_waiting(table: Table) -> None:
    for number in range(WAITING_MAX):
        last = table.add(str(number))
    with pytest.raises(TooManyDrafts):
        table.add("more")
    table.drafts.decide(last, REFUSED, OTHER)
    table.add("more")


def test_drafts_are_listed_newest_first_in_parts_by_operation_and_state(table: Table) -> None:
    one, two, three = table.add("1"), table.add("2"), table.add("3")
    table.add("4", "gifts-reverse")
    table.drafts.decide(two, REFUSED, OTHER)
    able = ["gifts-return"]
    first = table.drafts.listed(USCC, able, STATES, None, 2)
    assert [found.id for found in first] == [three.id, two.id]
    assert table.drafts.listed(USCC, able, STATES, two.id, 2) == [one]
    assert table.drafts.listed(USCC, able, [WAITING], None, 9) == [three, one]


def test_a_decided_draft_is_emptied_and_says_who_decided_and_why(table: Table) -> None:
    draft = table.add()
    decided = table.drafts.decide(draft, REFUSED, OTHER, "金额有误")
    assert table.drafts.find(draft.id, USCC) == decided
    assert (decided.decided_by, decided.decided_at, decided.note) == (OTHER, table.now, "金额有误")
    assert rows(table) == b""
    for late in (
        lambda: table.drafts.body(decided),
        lambda: table.drafts.begin(decided, OTHER),
        lambda: table.drafts.decide(decided, RECORDED, OTHER),
    ):
        with pytest.raises(DraftDecided, match="is refused"):
            late()
    assert list(table.drafts.findings()) == []


def test_what_a_crash_kept_from_being_noted_is_found_as_recorded(table: Table) -> None:
    draft = table.drafts.begin(table.add(), OTHER)
    assert table.drafts.find(draft.id, USCC) == draft, "begun, and nothing recorded yet"
    table.recorded(draft, OTHER)
    (found,) = table.drafts.listed(USCC, ["gifts-return"], STATES, None, 9)
    assert (found.state, found.decided_by, found.box) == (RECORDED, OTHER, b"")
    answer = table.drafts.answer(found)
    assert answer is not None
    assert answer.places == (("gift-1", 2),)
    assert table.drafts.answer(table.add("2")) is None


def test_a_draft_that_nobody_decides_in_time_is_emptied(table: Table) -> None:
    old, begun, noted = table.add("1"), table.add("2"), table.add("3")
    table.drafts.begin(begun, OTHER)
    table.recorded(table.drafts.begin(noted, OTHER), OTHER)
    table.now += KEPT + timedelta(minutes=1)
    table.drafts.expire()
    assert table.drafts.find(noted.id, USCC).state == RECORDED
    assert table.drafts.find(begun.id, USCC).state == EXPIRED
    assert rows(table) == b""
    expired = table.drafts.find(old.id, USCC)
    assert (expired.state, expired.decided_by, expired.decided_at) == (EXPIRED, None, table.now)


def test_a_draft_that_somebody_decides_on_at_that_moment_does_not_expire(table: Table) -> None:
    draft = table.add()
    table.now += KEPT + timedelta(minutes=1)
    with table.drafts.deciding(draft.id):
        table.drafts.expire()
        assert table.drafts.find(draft.id, USCC).state == WAITING
    assert table.drafts.find(draft.id, USCC).state == EXPIRED


@pytest.mark.parametrize(
    "change",
    [
        "operation = 'funds-close'",
        "prepared_by = '0000000009'",
        "roles = ARRAY['reviewer']",
        "state = 'recorded'",
        "note = 'x'",
        "box = set_byte(box, 20, get_byte(box, 20) # 1)",
        "seal = set_byte(seal, 0, get_byte(seal, 0) # 1)",
        "decided_by = '0000000009'",
        "prepared_at = prepared_at - interval '40 days'",
    ],
)
def test_an_altered_row_is_named_and_not_used(table: Table, change: str) -> None:
    draft = table.add()
    table.alter(change)
    assert list(table.drafts.findings()) == [f"drafts: the row {draft.id} is not what was written"]
    with pytest.raises(DraftAltered):
        table.drafts.find(draft.id, USCC)


def test_a_body_put_under_another_draft_does_not_open(table: Table) -> None:
    one, two = table.add("1"), table.add("2", body=b"{}")
    with pytest.raises(DraftAltered, match=one.id):
        table.drafts.body(replace(one, box=two.box))
    with pytest.raises(DraftAltered):
        table.drafts.body(replace(one, box=b""))


def test_what_a_draft_holds_is_rewritten_while_it_waits(table: Table) -> None:
    first, _ = table.drafts.add(CLERK, "batch", BODY, "k")
    second = table.drafts.rewrite(first, b"more")
    assert second.box != first.box
    assert table.drafts.body(table.drafts.find(first.id, USCC)) == b"more"
    assert table.drafts.add(CLERK, "batch", BODY, "k") == (second, False)
    assert list(table.drafts.findings()) == []
    gone = table.drafts.decide(second, WITHDRAWN, CLERK.account)
    with pytest.raises(DraftDecided):
        table.drafts.rewrite(gone, b"late")


def test_an_accounts_own_drafts_of_a_kind_are_those_that_wait(table: Table) -> None:
    first, _ = table.drafts.add(CLERK, "batch", BODY, "k")
    table.now += timedelta(minutes=1)
    second, _ = table.drafts.add(CLERK, "batch", BODY, "k2")
    assert table.drafts.name_of(CLERK.account, "k2") == second.id
    other = Acting(OTHER, USCC, CLERK.roles)
    for who, kind in ((other, "batch"), (CLERK, "gifts-return")):
        table.drafts.add(who, kind, BODY, "k3")
    assert table.drafts.own(CLERK, "batch") == [second, first]
    table.drafts.decide(second, WITHDRAWN, CLERK.account)
    begun = table.drafts.begin(first, CLERK.account)
    assert table.drafts.own(CLERK, "batch") == [begun]
    elsewhere = Acting(CLERK.account, OTHER_USCC, CLERK.roles)
    assert table.drafts.own(elsewhere, "batch") == []
