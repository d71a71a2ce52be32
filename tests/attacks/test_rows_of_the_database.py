"""Whoever alters rows of the database behind the ledger's back is named by the audit."""

from __future__ import annotations

from time import monotonic

import pytest
from psycopg import sql

from api.people.auditing import check_accounts
from api.wiring import VIEWS
from ledger.store import accounts_tables
from projections.runner import Runner, View, ViewStuck, table_names
from tests.attacks.tampering import OTHER_VALUE, Place, kept

pytestmark = pytest.mark.long

OWN_TABLES = (
    "account_attempts",
    "account_challenges",
    "account_changes",
    "account_passkeys",
    "account_sessions",
    "account_tokens",
    "accounts",
    "answered",
    "checkpoints",
    "donor_gifts",
    "drafts",
    "head",
    "hooks",
    "jobs",
    "leaves",
    "ledger_events",
    "requests",
    "shown_names",
    "sources",
    "vault",
    "vault_keys",
    "vault_reads",
    "vault_restricted",
)
VIEW_TABLES = [
    pytest.param(view, table, id=f"{view.name}-{table}")
    for view in VIEWS
    for table in table_names(view)
]
UNTOLD = {"pledges", "services", "credits", "namings", "journal"}
"""Views with tables that the ledger attacked here says nothing of; the others hold a row each."""
UNTOLD_TABLES = {("traces", "milestones")}
"""Tables without a row here, of views told of: a milestone takes a thousand entries."""

AGAIN = "erasures"
"""What is erased twice counts once: followed again from the start, this view holds the same."""

HARMLESS = {
    ("ledger_events", "notification_id"),
    ("head", "one"),
    ("checkpoints", "published_at"),
}
"""Ids of the engine have gaps by design and prove nothing; `one` is always true; when the newest
checkpoint was shown is told, not proved."""


ALTER_LAST = "UPDATE {where} SET {column} = {value} WHERE ctid = (SELECT max(ctid) FROM {where})"
DELETE_FIRST = "DELETE FROM {where} WHERE ctid = (SELECT min(ctid) FROM {where})"


def findings_after(place: Place, statement: str, **names: str) -> list[str]:
    with kept(place):
        assert place.run(statement, **names) > 0, "the statement meets at least one row"
        return place.audit().findings


def test_the_ledger_is_sound_before_and_after(place: Place) -> None:
    assert place.audit().findings == []
    with kept(place):
        pass
    assert place.audit().findings == []


def test_every_table_is_attacked_here(place: Place) -> None:
    schema = place.settings.schema
    views = {(f"{schema}_{v.name}", table) for v in VIEWS for table in table_names(v)}
    assert set(place.tables) == views | {(schema, table) for table in OWN_TABLES}


@pytest.mark.parametrize("table", sorted(set(OWN_TABLES) - set(accounts_tables.ROWS)))
def test_any_column_of_the_ledgers_own_tables_altered_is_found(place: Place, table: str) -> None:
    schema = place.settings.schema
    for column, kind in place.columns(schema, table):
        if (table, column) in HARMLESS:
            continue
        value = OTHER_VALUE[kind].format(c=column)
        where = f"{schema}.{table}"
        found = findings_after(place, ALTER_LAST, where=where, column=column, value=value)
        assert found, f"{table}.{column} was altered and not found"
        named = ("database", "log:") if table == "head" else (table, "leaf", "entry")
        assert any(name in finding for finding in found for name in named), found


@pytest.mark.parametrize("table", accounts_tables.ROWS)
def test_any_column_of_the_tables_of_accounts_altered_is_found(place: Place, table: str) -> None:
    where = f"{place.settings.schema}.{table}"
    last = f"SELECT * FROM {where} WHERE ctid = (SELECT max(ctid) FROM {where})"  # noqa: S608 a table's name
    with kept(place):
        for column, kind in place.columns(place.settings.schema, table):
            with place.house.database.reading() as connection:
                (before,) = connection.execute(last.encode()).fetchall()
            value = OTHER_VALUE[kind].format(c=column)
            assert place.run(ALTER_LAST, where=where, column=column, value=value) == 1
            assert any(table in line for line in check_accounts(place.house)), column
            back = ALTER_LAST.format(where=where, column=column, value="%s")
            with place.house.database.writing() as connection:
                connection.execute(back.encode(), [before[column]])
    assert list(check_accounts(place.house)) == []


def test_an_intruder_who_gives_himself_a_role_is_named_by_the_audit(place: Place) -> None:
    found = findings_after(place, "UPDATE {schema}.accounts SET roles = '{{reviewer}}'")
    assert [line.endswith("is not what was written") for line in found] == [True]


def equal(place: Place, view: View) -> bool:
    """Tell whether a view holds what the events give."""
    house = place.house
    (rebuilt,) = Runner(house.database, house.recorder, [view], monotonic).rebuild(keep=False)
    return rebuilt.equal


@pytest.mark.parametrize(("view", "table"), VIEW_TABLES)
def test_any_column_of_a_view_altered_is_found(place: Place, view: View, table: str) -> None:
    schema = f"{place.settings.schema}_{view.name}"
    if not place.rows(f"{schema}.{table}"):
        told = view.name not in UNTOLD and (view.name, table) not in UNTOLD_TABLES
        assert not told, f"{view.name}.{table} has no row to attack"
        return
    for column, kind in place.columns(schema, table):
        value = OTHER_VALUE[kind].format(c=column)
        with kept(place):
            place.run(ALTER_LAST, where=f"{schema}.{table}", column=column, value=value)
            assert not equal(place, view), f"{table}.{column}"
    assert equal(place, view)


@pytest.mark.parametrize(("view", "table"), VIEW_TABLES)
def test_a_row_put_into_a_view_or_deleted_is_found(place: Place, view: View, table: str) -> None:
    schema = f"{place.settings.schema}_{view.name}"
    if table == "position":
        return
    with kept(place):
        place.put_in(schema, table)
        assert not equal(place, view)
    if place.rows(f"{schema}.{table}"):
        assert findings_after(place, DELETE_FIRST, where=f"{schema}.{table}") == [
            f"view {view.name}: its rows differ from what the events give; run: rebuild"
        ]


def test_a_view_set_back_is_found_and_a_rebuild_mends_it(place: Place) -> None:
    with kept(place):
        for view in VIEWS:
            set_back = "UPDATE {schema}_{view}.position SET size = 0, time = NULL"
            place.run(set_back, view=view.name)
        filled = {
            view.name
            for view in VIEWS
            for table in set(table_names(view)) - {"position"}
            if place.rows(f"{place.settings.schema}_{view.name}.{table}")
        }
        found = place.audit()
        assert found.views_equal_rebuild is False
        assert len(found.findings) == len(filled - {AGAIN}) >= len(VIEWS) - len(UNTOLD) - 1
        assert not any(f"view {AGAIN} " in finding for finding in found.findings)
        place.house.runner.rebuild(keep=True)
        assert place.audit().findings == []


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        ("DELETE FROM {schema}.ledger_events WHERE topic = 'gift-received.v1'", "is missing"),
        ("DELETE FROM {schema}.leaves WHERE leaf = 3", "leaf 3 is missing"),
        (
            "DELETE FROM {schema}.leaves WHERE leaf = (SELECT max(leaf) FROM {schema}.leaves)",
            "the head counts",
        ),
        ("DELETE FROM {schema}.vault", "is missing, and was not erased"),
        ("DELETE FROM {schema}.sources", "does not agree with the events"),
        (
            "INSERT INTO {schema}.ledger_events (originator_id, originator_version, topic, state)"
            " SELECT originator_id, 99, topic, state FROM {schema}.ledger_events LIMIT 1",
            "the head counts",
        ),
        (
            "INSERT INTO {schema}.leaves SELECT 9999, stream, 99, hash FROM {schema}.leaves"
            " LIMIT 1",
            "the head counts",
        ),
        (
            "INSERT INTO {schema}.vault SELECT 'x' || digest, stream, version, organisation, tag,"
            " box FROM {schema}.vault LIMIT 1",
            "does not belong to",
        ),
        (
            "INSERT INTO {schema}.sources SELECT 'x' || identity, organisation, listing, content,"
            " stream FROM {schema}.sources LIMIT 1",
            "does not agree with the events",
        ),
        (
            "UPDATE {schema}.sources AS kept SET content ="
            " convert_from(decode(rpad(body, (length(body) + 3) / 4 * 4, '='), 'base64'), 'UTF8')"
            "::jsonb -> 'data' -> 'source' ->> 'content' FROM (SELECT originator_id AS stream,"
            " translate(split_part(convert_from(state, 'UTF8'), '.', 2), '-_', '+/') AS body"
            " FROM {schema}.ledger_events WHERE topic = 'gift-received.v1') AS said"
            " WHERE said.stream = kept.stream",
            "does not agree with the events",
        ),
        ("UPDATE {schema}.head SET size = size - 1", "was restored from an older backup"),
        ("UPDATE {schema}.head SET size = size + 1", "differs from what was published"),
        ("UPDATE {schema}.head SET origin = 'look.alike/log'", "not those of trust.json"),
    ],
)
def test_rows_deleted_or_put_in_are_found(place: Place, statement: str, finding: str) -> None:
    found = findings_after(place, statement)
    assert any(finding in line for line in found), found


@pytest.mark.parametrize(
    ("statement", "finding"),
    [
        (
            "UPDATE {schema}.leaves SET leaf = -leaf - 1 WHERE leaf IN (4, 5);"
            "UPDATE {schema}.leaves SET leaf = 10 + leaf WHERE leaf < 0",
            "database: its entries do not give the published checkpoint",
        ),
        (
            "UPDATE {schema}.ledger_events e SET state = o.state FROM {schema}.ledger_events o"
            " WHERE e.topic = 'gift-received.v1' AND o.topic = 'gift-received.v1'"
            " AND o.originator_id <> e.originator_id",
            "is not what its leaf was made of",
        ),
        (
            "UPDATE {schema}.vault v SET box = o.box FROM {schema}.vault o"
            " WHERE o.digest <> v.digest",
            "vault: the opening of digest",
        ),
        (
            "UPDATE {schema}.vault v SET tag = o.tag FROM {schema}.vault o WHERE o.tag <> v.tag",
            "vault: the opening of digest",
        ),
    ],
)
def test_two_rows_swapped_are_found(place: Place, statement: str, finding: str) -> None:
    with kept(place):
        for one in statement.split(";"):
            place.run(one)
        found = place.audit().findings
    assert any(finding in line for line in found), found


def test_a_leaf_hash_remade_to_fit_an_altered_entry_breaks_the_checkpoint(place: Place) -> None:
    with kept(place):
        place.run(
            "UPDATE {schema}.ledger_events SET state = state || '\\x41'::bytea"
            " WHERE topic = 'fund-opened.v1'"
        )
        place.run(
            "UPDATE {schema}.leaves SET hash = sha256('\\x00'::bytea || state)"
            " FROM {schema}.ledger_events WHERE stream = originator_id"
            " AND version = originator_version"
        )
        found = place.audit()
    assert "database: its entries do not give the published checkpoint" in found.findings
    assert not found.signatures_ok


def test_an_event_put_in_whole_with_leaf_and_head_is_not_signed_by_anybody(place: Place) -> None:
    with kept(place):
        place.run(
            "INSERT INTO {schema}.ledger_events (originator_id, originator_version, topic, state)"
            " SELECT 'gift-forged', 1, topic, state FROM {schema}.ledger_events"
            " WHERE topic = 'gift-received.v1' LIMIT 1"
        )
        place.run(
            "INSERT INTO {schema}.leaves SELECT size, 'gift-forged', 1, sha256('\\x00'::bytea ||"
            " state) FROM {schema}.head, {schema}.ledger_events"
            " WHERE originator_id = 'gift-forged'"
        )
        place.run("UPDATE {schema}.head SET size = size + 1")
        found = place.audit()
    assert any("ledger_events: the row of entry" in line for line in found.findings)
    assert any("goes to version 1, expected" in line for line in found.findings)


def test_a_view_whose_rows_do_not_bear_the_next_events_says_how_to_mend_it(place: Place) -> None:
    with kept(place):
        place.run("UPDATE {schema}_traces.position SET size = 0")
        with pytest.raises(ViewStuck, match=r"view traces can't go on .* donation-ledger rebuild"):
            place.house.runner.catch_up()
        place.house.runner.rebuild(keep=True)
        place.house.runner.catch_up()
        assert place.audit().findings == []


def test_a_view_said_to_be_ahead_of_the_log_is_found(place: Place) -> None:
    found = findings_after(place, "UPDATE {schema}_traces.position SET size = size + 1000")
    assert found == ["view traces: its rows differ from what the events give; run: rebuild"]


def test_views_can_not_be_made_anew_from_a_log_that_lost_a_row(place: Place) -> None:
    with kept(place):
        place.run("DELETE FROM {schema}.ledger_events WHERE topic = 'fund-opened.v1'")
        found = place.audit()
    assert found.views_equal_rebuild is False
    assert any(line.startswith("views: the row of entry") for line in found.findings)


def test_an_opening_put_back_after_its_erasure_is_found(place: Place) -> None:
    with kept(place):
        kept_by_a_copier = place.house.vault.named("李某某")
        place.house.ledger.people.erase("李某某", "request of the person")
        with place.house.database.writing() as connection, connection.cursor() as cursor:
            cursor.executemany(
                sql.SQL("INSERT INTO {} VALUES (%s, %s, %s, %s, %s, %s)").format(
                    place.house.database.table("vault")
                ),
                [
                    (k.digest, k.stream, k.version, k.organisation, k.tag, k.box)
                    for k in kept_by_a_copier
                ],
            )
        found = place.audit()
    (opening,) = kept_by_a_copier
    assert found.findings == [f"vault: {opening.digest} was erased, and is there"]
