"""The published log: right after any crash, silent when the store is not what was published."""

from __future__ import annotations

import fcntl
import json
from dataclasses import replace
from pathlib import Path

import pymerkle
import pytest
from eventsourcing.persistence import OperationalError
from psycopg import sql
from tlog_scales.backend import LocalBackend
from tlog_scales.reader import TilesReader

from api.audit import audit_log
from api.wiring import House
from ledger.proof import merkle, tiles
from ledger.proof.merkle import leaf_hash
from ledger.store.integrator import Consistency, LogAhead, NoWitnesses, States
from ledger.store.log_folder import LogDiffers, LogFolder, export, paths
from ledger.store.log_objects import FileMissing
from ledger.store.recorder import EVENTS
from tests.conftest import USCC
from tests.houses import general_fund, gift, register
from tests.invariants import check_house


def grow(house: House, fund: str, size: int) -> None:
    missing = size - house.recorder.size()
    house.ledger.gifts.receive_gifts(USCC, fund, [gift("0.01", donor=None)] * missing)


def change(house: House, statement: str, *given: object) -> None:
    tables = {name: house.database.table(name) for name in ("head", "leaves", EVENTS)}
    with house.database.writing() as connection:
        connection.execute(sql.SQL(statement).format(**tables), given)


def forget(house: House, size: int) -> None:
    """Bring the store back to an older state of itself."""
    change(
        house,
        "DELETE FROM {ledger_events} USING {leaves} WHERE originator_id = stream"
        " AND originator_version = version AND leaf >= %s",
        size,
    )
    change(house, "DELETE FROM {leaves} WHERE leaf >= %s", size)
    change(house, "UPDATE {head} SET size = %s", size)


def forge(house: House, leaf: int, *, leaf_too: bool) -> None:
    """Change a stored entry; and, as a thief with more time, its leaf."""
    (row,) = house.recorder.log(leaf, leaf + 1)
    assert row.entry is not None, "nothing was deleted"
    forged = row.entry[:-1] + (b"A" if row.entry[-1:] != b"A" else b"Q")
    change(
        house,
        "UPDATE {ledger_events} SET state = %s WHERE originator_id = %s AND"
        " originator_version = %s",
        forged,
        row.stream,
        row.version,
    )
    if leaf_too:
        change(house, "UPDATE {leaves} SET hash = %s WHERE leaf = %s", leaf_hash(forged), leaf)


@pytest.mark.parametrize("size", [255, 256, 257, 513])
def test_a_log_of_any_size_is_accepted_by_tools_nobody_here_wrote(
    size: int, house: House, tmp_path: Path
) -> None:
    register(house)
    fund = general_fund(house)
    grow(house, fund, size // 2)
    house.integrator.integrate()
    grow(house, fund, size)
    seen = house.integrator.integrate()
    assert seen.size == size
    assert house.integrator.integrate() == seen

    assert export(house.log, house.integrator.vkey, tmp_path / "copy") == seen

    entries = [row.entry or b"" for row in house.recorder.log(0, size)]
    copied = {str(p.relative_to(tmp_path / "copy")) for p in (tmp_path / "copy").rglob("*")}
    assert {p for p in copied if (tmp_path / "copy" / p).is_file()} == set(paths(size))
    reader = TilesReader(LocalBackend(tmp_path / "copy"))
    assert reader.get_checkpoint().root_hash == seen.root
    assert reader.calculate_root_hash() == seen.root
    assert reader.get_entry(size - 1) == entries[-1]
    assert pymerkle.InmemoryTree.init_from_entries(entries).get_root(size) == seen.root
    copy = LogFolder(tmp_path / "copy")
    assert audit_log(copy.read, copy.vkey(), house.root_key()).findings == []
    check_house(house)


def test_every_leaf_is_proved_under_the_checkpoint_as_it_stands(house: House) -> None:
    register(house)
    grow(house, general_fund(house), 258)
    house.integrator.integrate()
    prover = house.log.prover(house.integrator.vkey)

    for index in (0, 1, 128, 255, 256, 257):
        (row,) = house.recorder.log(index, index + 1)
        proof = prover.prove(index)
        assert proof.check(row.entry or b"", house.integrator.vkey).size == prover.size == 258
    check_house(house)


def test_a_store_restored_from_an_older_backup_signs_nothing(house: House) -> None:
    register(house)
    fund = general_fund(house)
    grow(house, fund, 20)
    house.integrator.integrate()
    note = house.log.note()

    forget(house, 15)
    with pytest.raises(LogAhead, match="has 20 entries, the event store only 15"):
        house.integrator.integrate()

    assert house.log.note() == note


def test_a_store_that_lost_entries_and_went_on_signs_nothing(house: House) -> None:
    register(house)
    fund = general_fund(house)
    grow(house, fund, 20)
    house.integrator.integrate()
    note = house.log.note()
    forget(house, 15)
    grow(house, fund, 30)

    with pytest.raises(LogDiffers, match="the event store differs"):
        house.integrator.integrate()

    assert house.log.note() == note


@pytest.mark.parametrize(("leaf", "leaf_too"), [(3, False), (3, True), (25, False)])
def test_an_entry_that_was_changed_is_not_published(
    leaf: int, house: House, *, leaf_too: bool
) -> None:
    register(house)
    fund = general_fund(house)
    grow(house, fund, 20)
    house.integrator.integrate()
    note = house.log.note()
    grow(house, fund, 30)

    forge(house, leaf, leaf_too=leaf_too)
    with pytest.raises(LogDiffers, match="nothing is signed"):
        house.integrator.integrate()

    assert house.log.note() == note


@pytest.mark.parametrize("statement", ["DELETE FROM {leaves}", "DELETE FROM {ledger_events}"])
def test_a_row_that_is_gone_is_not_passed_over(statement: str, house: House) -> None:
    register(house)
    grow(house, general_fund(house), 12)
    where = {"DELETE FROM {leaves}": " WHERE leaf = 9"}.get(
        statement, " USING {leaves} WHERE originator_id = stream AND leaf = 9"
    )
    change(house, statement + where)

    with pytest.raises(LogDiffers):
        house.integrator.integrate()


def test_a_file_that_is_missing_is_named(house: House) -> None:
    register(house)
    grow(house, general_fund(house), 300)
    house.integrator.integrate()
    (house.log.folder / tiles.tile_path(0, 0)).unlink()

    with pytest.raises(FileMissing, match="tile/0/000 is missing"):
        house.log.prover(house.integrator.vkey).prove(7)
    with pytest.raises(FileMissing):
        house.log.read("checkpoint/inside")
    assert LogFolder(house.log.folder / "none").published(house.integrator.vkey) is None


def test_a_checkpoint_or_key_that_is_no_text_is_refused(house: House) -> None:
    (house.log.folder / "checkpoint").write_bytes(b"\xff\xfe")
    with pytest.raises(LogDiffers, match="checkpoint differs"):
        house.log.note()
    (house.log.folder / "vkey").write_bytes(b"\xff")
    with pytest.raises(LogDiffers, match="vkey differs"):
        house.log.vkey()


def test_an_empty_store_has_a_checkpoint_of_its_own(house: House, tmp_path: Path) -> None:
    forget(house, 0)
    log = LogFolder(tmp_path / "log")
    with house.database.writing() as connection:
        connection.execute(house.checkpoints._statement("DELETE FROM {table}"))
    integrator = replace(house.integrator, log=log)

    assert integrator.integrate().root == merkle.EMPTY_ROOT
    assert integrator.integrate().size == 0
    assert log.vkey() == integrator.vkey
    assert [p for p in paths(0) if not (log.folder / p).exists()] == []


def test_a_log_that_others_integrate_meanwhile_is_copied_as_it_was(
    house: House, tmp_path: Path
) -> None:
    register(house)
    fund = general_fund(house)
    grow(house, fund, 30)
    before = house.integrator.integrate()
    grow(house, fund, 40)

    class Growing(LogFolder):
        """A log that others integrate while its first file is read."""

        def read(self, path: str) -> bytes:
            if path == "vkey":
                house.integrator.integrate()
            return super().read(path)

    assert export(Growing(house.log.folder), house.integrator.vkey, tmp_path / "copy") == before

    copy = LogFolder(tmp_path / "copy")
    assert audit_log(copy.read, copy.vkey(), house.root_key()).findings == []
    check_house(house)


def test_whoever_integrates_keeps_all_others_out_of_this_ledger(house: House) -> None:
    register(house)
    query = "SELECT pg_try_advisory_lock(hashtextextended(%s, 0)) AS free"
    free: list[bool] = []

    class Looking(NoWitnesses):
        """Tries the lock from another connection while the integrator is at work."""

        def __call__(self, note: str, consistency: Consistency, /) -> str:
            with house.database.get_connection() as connection:
                name = f"{house.settings.schema} integrator"
                free.append(connection.execute(query, [name]).fetchall()[0]["free"])
            with (house.log.folder / ".lock").open() as lock, pytest.raises(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return super().__call__(note, consistency)

    replace(house.integrator, witnesses=Looking()).integrate()

    assert free == [False]


def test_whose_connection_is_lost_meanwhile_shows_nothing(house: House) -> None:
    register(house)
    note = house.log.note()
    query = (
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database"
        " WHERE datname = current_database()) AND (classid::bigint << 32 | objid::bigint)"
        " = hashtextextended(%s, 0)"
    )

    class Ending(NoWitnesses):
        """Ends the connection that holds the lock while the integrator is at work."""

        def __call__(self, note: str, consistency: Consistency, /) -> str:
            with house.database.get_connection() as connection:
                connection.execute(query, [f"{house.settings.schema} integrator"])
            return super().__call__(note, consistency)

    with pytest.raises(OperationalError, match="terminating connection"):
        replace(house.integrator, witnesses=Ending()).integrate()
    assert house.log.note() == note

    house.integrator.integrate()
    check_house(house)


def test_the_states_are_told_apart_and_old_ledgers_have_no_table(house: House) -> None:
    register(house)
    size = house.recorder.size()
    shown = house.log.shown()
    assert shown is not None
    assert house.states() == States(size, shown.size, shown.size)
    with house.database.writing() as connection:
        connection.execute(house.checkpoints._statement("DELETE FROM {table}"))
    assert house.states() == States(size, shown.size, shown.size)

    house.publish()

    assert house.states() == States(size, size, size)
    assert [one.size for one in house.checkpoints.all()] == [shown.size, size]
    check_house(house)


def test_the_trust_file_names_the_key_of_the_log(house: House) -> None:
    pinned = json.loads((house.settings.data / "trust.json").read_text(encoding="utf-8"))

    assert house.integrator.vkey.line in json.dumps(pinned)
    assert house.log.vkey() == house.integrator.vkey
    check_house(house)
