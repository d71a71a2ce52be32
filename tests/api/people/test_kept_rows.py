"""What the tables of accounts keep, and what is seen when somebody alters them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from psycopg import sql

from api.people.auditing import check_accounts
from api.wiring import House
from ledger.store.accounts import GiftBoundAlready, PasskeyKnown
from ledger.store.accounts_boxes import BoxAltered, box, unbox
from ledger.store.accounts_sessions import Sessions, Terms
from ledger.store.accounts_tables import Passkey


def test_a_gift_is_bound_to_one_account(home: House, login: str) -> None:
    account = home.accounts.named(login).id
    home.accounts.bind_gift(account, f"gift-{login}")
    home.accounts.bind_gift(account, f"gift-{login}")

    assert home.accounts.gifts_of(account) == [f"gift-{login}"]
    with pytest.raises(GiftBoundAlready):
        home.accounts.bind_gift("0123456789", f"gift-{login}")


def test_a_passkey_is_of_one_account(home: House, login: str) -> None:
    at = home.accounts.means.clock()
    key = Passkey(id=login, account="0123456789", name="x", public="x", count=0, created_at=at,
                  last_used=None)  # fmt: skip
    home.accounts.add_passkey(key, login)
    with pytest.raises(PasskeyKnown):
        home.accounts.add_passkey(replace(key, account="9876543210"), login)


def test_a_secret_is_opened_for_its_own_account_alone(home: House) -> None:
    means = home.accounts.means
    boxed = box(means, "0123456789", "secret")

    assert unbox(means, "0123456789", boxed) == "secret"
    with pytest.raises(BoxAltered):
        unbox(means, "9876543210", boxed)


def test_a_session_that_ended_meanwhile_stays_ended(home: House) -> None:
    sessions = Sessions(home.accounts.means, Terms(confirmed=timedelta(minutes=15)))
    assert sessions._seen("ended", home.accounts.means.clock()) is None


def test_a_line_missing_from_the_log_or_moved_in_it_is_found(home: House, login: str) -> None:
    table = home.accounts.means.table("account_changes")
    last = home.accounts.changes()[-1]
    with home.database.writing() as connection:
        table.put(connection, replace(last, what="nothing"))
    assert f"account_changes: line {last.id} was altered" in list(check_accounts(home))
    with home.database.writing() as connection:
        table.put(connection, last)
        table.delete(connection, "id = %(one)s", one=last.id - 1)
    assert list(check_accounts(home)) == [f"account_changes: line {last.id - 1} is missing"]


def test_a_number_that_is_never_written_is_no_row_of_ours(home: House, login: str) -> None:
    name = home.database.table("accounts")
    with home.database.writing() as connection:
        connection.execute(
            sql.SQL("UPDATE {} SET step = 9223372036854775807 WHERE login = %s").format(name),
            [login],
        )
    assert any("is not what was written" in line for line in check_accounts(home))
