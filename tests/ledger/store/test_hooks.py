"""The table of hooks: sealed rows, secrets that only their hook opens, one organisation's each."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, cast

import pytest
from psycopg import sql

from ledger.store.accounts_tables import RowAltered
from ledger.store.database import Database
from ledger.store.hooks import (
    ASKED,
    HOOKS_MAX,
    OLD_SECRET_KEPT,
    PAUSED,
    TABLE,
    Hook,
    Hooks,
    HookSecretAltered,
    HookUnknown,
    TooManyHooks,
)
from ledger.store.jobs import KeyUsedOtherwise
from tests.conftest import OTHER_USCC, USCC

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)
URL = "https://receiver.example/told"


@dataclass
class Table:
    """The table at a time that a test sets."""

    database: Database
    now: datetime = NOON

    def __post_init__(self) -> None:
        self.hooks = self.opened()

    def opened(self, *, dry_run: bool = False) -> Hooks:
        """Return the table, perhaps so that nothing is kept."""
        return Hooks(
            self.database,
            lambda purpose: sha256(purpose.encode()).digest(),
            lambda: self.now,
            secrets.token_bytes,
            dry_run=dry_run,
        )

    def add(self, key: str = "k", organisation: str = USCC, **said: Any) -> Hook:
        """Add a hook, a minute after the one before."""
        self.now += timedelta(minutes=1)
        return self.hooks.add(asked(organisation, **said), key, None)[0]

    def alter(self, change: str) -> None:
        """Alter all rows behind the ledger's back."""
        query = sql.SQL("UPDATE {} SET ").format(self.database.table(TABLE))
        with self.database.writing() as connection:
            connection.execute(query + sql.SQL(cast("Any", change)))


def asked(organisation: str = USCC, **said: Any) -> Hook:
    given = {"url": URL, "topics": (), "charity": "", **said}
    return Hook(id="", organisation=organisation, account="0000000001", created=NOON, **given)


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url, f"t_{secrets.token_hex(8)}")
    found.prepare()
    yield found
    found.close()


@pytest.fixture
def table(database: Database) -> Iterator[Table]:
    one = Table(database)
    one.hooks.prepare()
    yield one
    with database.writing() as connection:
        connection.execute(sql.SQL("DELETE FROM {}").format(database.table(TABLE)))


def test_a_key_makes_one_hook_and_gives_its_secret_once(table: Table) -> None:
    hook, secret = table.hooks.add(asked(), "k", None)
    assert secret is not None
    assert table.hooks.secrets_of(hook) == [secret]
    assert secret.hex() not in repr(hook)
    assert table.hooks.add(asked(next=7), "k", None) == (hook, None), "where it begins was asked"
    for other in (asked(url=f"{URL}x"), asked(topics=("a",)), asked(charity=USCC)):
        with pytest.raises(KeyUsedOtherwise):
            table.hooks.add(other, "k", None)
    with pytest.raises(KeyUsedOtherwise):
        table.hooks.add(asked(), "k", 7)
    assert table.hooks.add(asked(), "k2", None)[1] != secret


def test_a_hook_is_there_for_its_organisation_alone(table: Table) -> None:
    ours, theirs = table.add("k"), table.add("k", OTHER_USCC, url=f"{URL}2")
    later = table.add("k2")
    assert table.hooks.find(ours.id, USCC) == ours
    with pytest.raises(HookUnknown):
        table.hooks.find(ours.id, OTHER_USCC)
    assert table.hooks.listed(USCC) == [later, ours]
    assert {one.id for one in table.hooks.all()} == {ours.id, theirs.id, later.id}


def test_an_organisation_has_so_many_hooks_and_no_more(table: Table) -> None:
    made = [table.add(str(number)) for number in range(HOOKS_MAX)]
    with pytest.raises(TooManyHooks, match="remove one first"):
        table.add("one more")
    table.add("k", OTHER_USCC)
    table.hooks.remove(made[0].id)
    table.add("one more")
    for gone in (made[0].id, "nobody"):
        with pytest.raises(HookUnknown):
            table.hooks.get(gone)
        with pytest.raises(HookUnknown):
            table.hooks.remove(gone)


def test_those_furthest_behind_are_due_first_and_some_are_not(table: Table) -> None:
    far, near = table.add("a", next=1), table.add("b", next=4)
    paused, early = table.add("c"), table.add("d")
    table.hooks.change(paused.id, lambda hook: hook.paused(ASKED))
    wait = table.now + timedelta(minutes=1)
    table.hooks.change(early.id, lambda hook: replace(hook, try_at=wait))
    assert table.hooks.due(5) == [far.id, near.id]
    assert table.hooks.due(4) == [far.id]
    for one, published in ((far, 5), (paused, 5), (early, 5), (near, 4)):
        assert table.hooks.get(one.id).is_due(published, table.now) == (one is far)
    table.now = wait
    assert table.hooks.due(4) == [early.id, far.id]
    assert table.hooks.get(early.id).is_due(4, wait)
    assert table.hooks.get(paused.id).state == PAUSED


def test_a_new_secret_has_the_one_before_beside_it_for_a_day(table: Table) -> None:
    hook, old = table.hooks.add(asked(), "k", None)
    changed, new = table.hooks.renew_secret(hook.id)
    assert table.hooks.secrets_of(changed) == [new, old]
    table.now += OLD_SECRET_KEPT
    assert table.hooks.secrets_of(changed) == [new]


def test_one_sends_at_a_time(table: Table) -> None:
    with table.hooks.sending("h") as first, table.hooks.sending("h") as second:
        assert first is not None
        assert second is None
        with table.hooks.sending("other") as third:
            assert third is not None


def test_a_dry_run_decides_and_keeps_nothing(table: Table) -> None:
    hook, dry = table.add(), table.opened(dry_run=True)
    assert dry.change(hook.id, lambda one: one.paused(ASKED)).state == PAUSED
    dry.remove(hook.id)
    dry.add(asked(), "another", None)
    assert table.hooks.all() == [hook]


@pytest.mark.parametrize(
    "change",
    [
        "url = url || 'x'", "topics = '{a}'", "charity = 'x'", "state = 'paused'", "next = 9",
        "box = box || 'x'", "account = 'x'", "answers = '{x}'", "failing_since = now()",
        "seal = sha256(seal)",
    ],
)  # fmt: skip
def test_a_row_that_was_altered_is_refused_and_told(table: Table, change: str) -> None:
    hook = table.add()
    table.alter(change)
    for read in (lambda: table.hooks.get(hook.id), lambda: table.hooks.renew_secret(hook.id)):
        with pytest.raises(RowAltered):
            read()
    assert list(table.hooks.findings()) == [f"hooks: the row {hook.id} is not what was written"]


def test_a_secret_of_another_hook_is_not_opened(table: Table) -> None:
    one, other = table.add("a"), table.add("b", url=f"{URL}2")
    for box in (other.box, "AAAA"):
        with pytest.raises(HookSecretAltered):
            table.hooks.secrets_of(replace(one, box=box))
