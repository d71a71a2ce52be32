"""Nothing is shown before it is signed, kept and cosigned; a crash anywhere is gone on from."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest
from eventsourcing.persistence import OperationalError

from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.cosignatures import NotCosigned, cosigned_at
from ledger.store.checkpoints import (
    CheckpointTaken,
    CheckpointUnknown,
    check_checkpoints,
)
from ledger.store.database import Database
from ledger.store.integrator import LogAhead, LogBehind, States, states
from ledger.store.log_folder import LogDiffers, LogFolder, paths
from ledger.store.log_objects import FileMissing, OtherBytesThere
from tests.ledger.store.integrating import (
    NOON,
    SIGNER,
    WITNESS_KEY,
    Bureau,
    Cut,
    Memory,
    Power,
    PowerCut,
    Store,
    integrator,
    published,
    row,
)


@pytest.fixture(scope="module")
def table(database_url: str) -> Iterator[Cut]:
    database = Database(database_url, f"t_{uuid.uuid4().hex[:16]}")
    database.prepare()
    kept = Cut(database)
    kept.prepare()
    kept.prepare()
    yield kept
    database.close()


@pytest.fixture
def kept(table: Cut) -> Cut:
    empty(table)
    return table


def empty(table: Cut) -> None:
    table.power = Power()
    with table._database.writing() as connection:
        connection.execute(table._statement("DELETE FROM {table}"))


def root_of(store: Store, size: int) -> bytes:
    frontier = merkle.Frontier()
    for one in store.rows[:size]:
        frontier.append(one.hash)
    return frontier.root()


@pytest.mark.parametrize("size", [0, 1, 255, 256, 257, 65_536, 70_000])
def test_the_published_shape_of_a_log_is_that_of_the_standard(size: int, kept: Cut) -> None:
    store, place = Store(size), Memory()

    seen = integrator(store, place, kept).integrate()

    assert seen == Checkpoint(SIGNER.name, size, root_of(store, size))
    assert published(place) == seen
    assert set(place.files) == set(paths(size))
    for index, width in tiles.entry_bundles(size):
        entries = tiles.unpack_entries(place.files[tiles.entries_path(index, width)])
        assert entries == [r.entry for r in store.rows[256 * index : 256 * index + width]]
    for level, index, width in tiles.hash_tiles(size):
        assert len(place.files[tiles.tile_path(level, index, width)]) == 32 * width
    hashes = tiles.TileHashes(place.read, size)
    assert merkle.root(size, hashes.subtree) == seen.root
    assert cosigned_at(kept.at(size), SIGNER.cosigner) == NOON.timestamp()


@pytest.mark.parametrize("sizes", [(0, 3), (3, 300), (255, 257), (65_500, 65_600)])
def test_whichever_write_fails_before_or_after_it_lands_the_next_integrator_finishes(
    sizes: tuple[int, int], kept: Cut
) -> None:
    old, new = sizes
    store, whole = Store(new), Memory()
    store.known = old
    integrator(store, whole, kept, Bureau()).integrate()
    before, first = dict(whole.files), kept.signed(old)
    assert first is not None
    store.known = new
    integrator(store, whole, kept, Bureau()).integrate()
    steps = whole.power.written + kept.power.written
    roots = {size: root_of(store, size) for size in sizes}

    for at in range(1, steps + 1):
        for lands in (False, True):
            empty(kept)
            kept.keep(first.size, first.note, first.signed_at, first.published_at)
            bureau, power = Bureau(), Power(at, lands)
            place = Memory(dict(before), power)
            kept.power = power
            try:
                integrator(store, place, kept, bureau).integrate()
            except PowerCut:
                assert_sound(place, kept, roots)
            else:
                assert power.written < at
                assert at > 7
                return
            place.power = kept.power = Power()
            assert integrator(store, place, kept, bureau).integrate().size == new
            assert len(bureau.seen) <= 1, "one note of the new size, never another"
            assert same(place, whole)
            assert_sound(place, kept, roots)
    pytest.fail("it never came to the end")


def same(one: Memory, other: Memory) -> bool:
    """Compare logs: each file, and what the checkpoints say, not the hedge in a signature."""
    assert published(one) == published(other)
    return {**one.files, "checkpoint": b""} == {**other.files, "checkpoint": b""}


def assert_sound(place: Memory, kept: Cut, roots: dict[int, bytes]) -> None:
    """Hold what is published, and every note that was signed, against the tree."""
    seen = published(place)
    assert seen is not None
    assert roots[seen.size] == seen.root
    assert list(check_checkpoints(kept.all(), SIGNER.vkey, SIGNER.cosigner, roots)) == []
    hashes = tiles.TileHashes(place.read, seen.size)
    assert merkle.root(seen.size, hashes.subtree) == seen.root


def test_a_checkpoint_that_waits_is_published_as_it_stands_before_another_is_signed(
    kept: Cut,
) -> None:
    store, place, bureau = Store(30), Memory(), Bureau()
    bureau.away = True
    store.known = 20
    assert integrator(store, place, kept, bureau).integrate().size == 20
    waiting = kept.signed()
    assert waiting is not None
    assert (published(place), kept.newest()) == (None, None)
    with pytest.raises(CheckpointUnknown, match="no checkpoint of 20 entries was published"):
        kept.at(20)
    store.known = 30
    assert integrator(store, place, kept, bureau).integrate().size == 20
    assert states(store, kept, LogFolder(place)) == States(30, 20, 0)

    bureau.away = False
    assert integrator(store, place, kept, bureau).integrate().size == 30

    assert kept.at(20).startswith(waiting.note)
    assert cosigned_at(kept.at(20), WITNESS_KEY) > 0
    assert [one.size for one in kept.published(None, 9)] == [30, 20]
    assert [one.size for one in kept.published(30, 9)] == [20]
    assert bureau.asked == 2
    assert states(store, kept, LogFolder(place)) == States(30, 30, 30)


def test_a_checkpoint_published_before_there_were_witnesses_is_cosigned_afterwards(
    kept: Cut,
) -> None:
    store, place, bureau = Store(30), Memory(), Bureau()
    store.known = 20
    integrator(store, place, kept).integrate()
    (before,) = kept.published(None, 9)

    bureau.away = True
    assert integrator(store, place, kept, bureau).integrate().size == 20
    assert kept.published(None, 9) == [before]
    bureau.away = False
    kept.power = Power(at=1, lands=True)  # the cosignature is kept, and then not shown
    with pytest.raises(PowerCut):
        integrator(store, place, kept, bureau).integrate()
    kept.power = Power()
    assert integrator(store, place, kept, bureau).integrate().size == 20

    assert bureau.asked == 1
    assert bureau.satisfied(LogFolder(place).note())
    assert kept.at(20) == LogFolder(place).note()
    assert kept.published(None, 9)[0].published_at == before.published_at


def test_entries_after_a_checkpoint_without_witnesses_do_not_wait_for_its_own(kept: Cut) -> None:
    store, place, bureau = Store(30), Memory(), Bureau()
    store.known = 20
    integrator(store, place, kept).integrate()
    store.known = 30

    assert integrator(store, place, kept, bureau).integrate().size == 30

    assert bureau.asked == 1
    assert not bureau.satisfied(kept.at(20))
    assert bureau.satisfied(kept.at(30))


def test_cosignatures_got_before_a_crash_are_not_asked_for_again(kept: Cut) -> None:
    store, place, bureau = Store(5), Memory(), Bureau()
    kept.power = Power()
    place.power = Power(at=3, lands=False)  # the tiles land, the key line does not

    with pytest.raises(PowerCut):
        integrator(store, place, kept, bureau).integrate()
    place.power = Power()
    integrator(store, place, kept, bureau).integrate()

    assert bureau.asked == 1


def test_what_a_witness_refuses_is_passed_on_and_nothing_is_shown(kept: Cut) -> None:
    class Knows(Bureau):
        def __call__(self, _note: str, _consistency: object, /) -> str:
            raise NotCosigned("witness.example/bureau")

    place = Memory()
    for _ in range(2):
        with pytest.raises(NotCosigned):
            integrator(Store(5), place, kept, Knows()).integrate()
    assert published(place) is None


def test_whoever_lost_the_lock_meanwhile_shows_nothing(kept: Cut) -> None:
    class Lost(Exception):
        pass

    def lost() -> None:
        raise Lost

    def alone() -> AbstractContextManager[object]:
        return nullcontext(lost)

    place = Memory()
    with pytest.raises(Lost):
        integrator(Store(5), place, kept, alone=alone).integrate()  # type: ignore[arg-type]  # narrower
    assert published(place) is None
    assert integrator(Store(5), place, kept).integrate().size == 5


def restored(kept: Cut, size: int) -> None:
    """Bring the table back to what it held when the log had that size."""
    with kept._database.writing() as connection:
        connection.execute(kept._statement("DELETE FROM {table} WHERE size > %s"), [size])


def test_after_a_restore_of_the_database_alone_nothing_is_signed(kept: Cut) -> None:
    store, place = Store(30), Memory()
    for store.known in (20, 30):
        integrator(store, place, kept).integrate()
    note = place.files["checkpoint"]
    restored(kept, 20)

    store.known = 25
    with pytest.raises(LogAhead, match=r"has 30 entries, .* only 25: .* restore a newer backup"):
        integrator(store, place, kept).integrate()
    other = Store(30, said="another entry")
    other.rows[:20] = store.rows[:20]
    with pytest.raises(LogDiffers, match="the event store differs"):
        integrator(other, place, kept).integrate()
    other.rows += Store(40).rows[30:]
    other.known = 40
    with pytest.raises(LogDiffers, match="the event store differs"):
        integrator(other, place, kept).integrate()

    assert place.files["checkpoint"] == note
    assert [one.size for one in kept.all()] == [20]


def test_a_restored_database_that_lost_no_entry_takes_up_what_was_published(kept: Cut) -> None:
    store, place = Store(30), Memory()
    integrator(store, place, kept).integrate()
    note = place.files["checkpoint"].decode()
    restored(kept, -1)

    assert integrator(store, place, kept).integrate().size == 30

    (taken,) = kept.all()
    assert (taken.note, taken.published_at) == (note, NOON)


@pytest.mark.parametrize("lost", ["older", "gone"])
def test_after_a_restore_of_the_folder_alone_it_is_written_again_when_that_is_asked(
    lost: str, kept: Cut
) -> None:
    store, place = Store(300), Memory()
    store.known = 20
    assert integrator(store, place, kept).write_again() is None
    integrator(store, place, kept).integrate()
    older = dict(place.files)
    store.known = 300
    integrator(store, place, kept).integrate()
    place.files = older if lost == "older" else {}
    shown = 20 if lost == "older" else 0

    with pytest.raises(LogBehind, match=rf"shows {shown} entries, but 300 .* --write-again"):
        integrator(store, place, kept).integrate()
    again = integrator(store, place, kept).write_again()

    assert again is not None
    assert again == published(place)
    assert set(paths(300)) <= set(place.files)
    assert integrator(store, place, kept).integrate() == again


def test_a_log_that_is_written_again_must_give_the_published_root(kept: Cut) -> None:
    store, place = Store(30), Memory()
    integrator(store, place, kept).integrate()

    place.files = {"tile/0/000.p/30": bytes(32)}
    with pytest.raises(LogDiffers, match="the event store differs"):
        integrator(Store(30, "other"), place, kept).write_again()
    with pytest.raises(OtherBytesThere, match=r"tile/0/000\.p/30 lies in the published log"):
        integrator(store, place, kept).write_again()
    assert published(place) is None


def test_an_older_database_does_not_write_over_what_was_published(kept: Cut) -> None:
    store, place = Store(40), Memory()
    for store.known in (20, 30):
        integrator(store, place, kept).integrate()
    before = dict(place.files)
    restored(kept, 20)

    store.known = 25
    with pytest.raises(LogAhead, match="has 30 entries"):
        integrator(store, place, kept).write_again()
    other = Store(40, said="another entry")
    other.rows[:20] = store.rows[:20]
    with pytest.raises(LogDiffers, match="the event store differs"):
        integrator(other, place, kept).write_again()
    assert place.files == before

    store.known = 40
    assert integrator(store, place, kept).write_again() == published(place)
    assert place.files == before, "what was published is taken up again, not taken back"


def test_what_a_former_leader_tells_is_looked_at_again_once_that_is_gone(kept: Cut) -> None:
    store, place = Store(30), Memory()
    integrator(store, place, kept).integrate()
    store.known = 25  # as a server tells that stood still while another one led
    confirmed = []

    class Former:
        def confirm(self) -> None:
            confirmed.append(store.known)
            store.known = 30

    def looking() -> AbstractContextManager[Former]:
        return nullcontext(Former())

    found = replace(integrator(store, place, kept), looking=looking).integrate()
    assert found == published(place)
    assert confirmed == [25]


def test_a_former_leader_that_can_confirm_nothing_is_not_a_log_put_back(kept: Cut) -> None:
    store, place = Store(30), Memory()
    integrator(store, place, kept).integrate()
    store.known = 25

    class Former:
        def confirm(self) -> None:
            raise OperationalError("terminating connection due to administrator command")

    def looking() -> AbstractContextManager[Former]:
        return nullcontext(Former())

    with pytest.raises(OperationalError):
        replace(integrator(store, place, kept), looking=looking).integrate()


def test_a_damaged_checkpoint_is_written_again(kept: Cut) -> None:
    store, place = Store(20), Memory()
    seen = integrator(store, place, kept).integrate()
    place.files["checkpoint"] = b"no note"
    assert integrator(store, place, kept).write_again() == seen == published(place)


@pytest.mark.parametrize("published_before", [0, 20])
def test_a_checkpoint_that_waits_gets_its_files_again_too(kept: Cut, published_before: int) -> None:
    store, place, bureau = Store(30), Memory(), Bureau()
    if published_before:
        store.known = published_before
        integrator(store, place, kept, bureau).integrate()
    bureau.away, store.known = True, 30
    integrator(store, place, kept, bureau).integrate()
    place.files = {}

    again = integrator(store, place, kept, bureau).write_again()

    assert again == published(place)
    assert (again.size if again else 0) == published_before
    bureau.away = False
    assert integrator(store, place, kept, bureau).integrate() == published(place)
    assert set(paths(30)) <= set(place.files)


def test_after_a_restore_of_both_only_a_witness_can_tell(kept: Cut) -> None:
    store, place, bureau = Store(20), Memory(), Bureau()
    integrator(store, place, kept, bureau).integrate()
    before = dict(place.files)
    grown = Store(30)
    integrator(grown, place, kept, bureau).integrate()
    restored(kept, 20)
    place.files = before
    other = Store(30, "other")
    other.rows[:20] = store.rows

    integrator(other, place, kept, bureau).integrate()

    assert len({root for size, root in bureau.seen if size == 30}) == 2, "the witness has seen both"


def test_a_published_checkpoint_that_was_never_signed_here_is_refused(kept: Cut) -> None:
    store, place = Store(30), Memory()
    for store.known in (20, 30):
        integrator(store, place, kept).integrate()
    for size, root in ((25, root_of(store, 25)), (30, bytes(32))):
        forged = Checkpoint(SIGNER.name, size, root)
        place.files["checkpoint"] = SIGNER.sign(forged, NOON).encode()
        with pytest.raises(LogDiffers, match="checkpoint differs"):
            integrator(store, place, kept).integrate()


def test_a_row_that_holds_the_checkpoint_of_another_size_is_refused(kept: Cut) -> None:
    store, place = Store(30), Memory()
    integrator(store, place, kept).integrate()
    with kept._database.writing() as connection:
        connection.execute(kept._statement("UPDATE {table} SET size = size - 1"))

    with pytest.raises(LogDiffers, match="the row of 29 differs"):
        integrator(store, place, kept).integrate()


def test_a_tile_that_was_altered_is_not_built_upon(kept: Cut) -> None:
    store, place = Store(600), Memory()
    store.known = 300
    integrator(store, place, kept).integrate()
    before = dict(place.files)
    store.known = 600
    for path in ("tile/1/000.p/1", "tile/0/001.p/44"):
        place.files[path] = bytes(len(before[path]))
        with pytest.raises(LogDiffers, match="a tile of the log differs"):
            integrator(store, place, kept).integrate()
        del place.files[path]
        with pytest.raises(FileMissing):
            integrator(store, place, kept).integrate()
        place.files = dict(before)
    assert integrator(store, place, kept).integrate().size == 600


def test_what_a_store_with_other_entries_would_give_is_not_even_written(kept: Cut) -> None:
    store, place = Store(40), Memory()
    store.known = 20
    integrator(store, place, kept).integrate()
    before = dict(place.files)
    other = Store(40)
    other.rows[7] = row(7, "other")

    with pytest.raises(LogDiffers, match="the event store differs"):
        integrator(other, place, kept).integrate()
    assert place.files == before
    store.known = 40
    assert integrator(store, place, kept).integrate().size == 40


def test_two_checkpoints_of_one_size_can_not_be_kept(kept: Cut) -> None:
    kept.keep(5, "note", NOON)

    with pytest.raises(CheckpointTaken, match="a checkpoint of 5 entries was signed meanwhile"):
        kept.keep(5, "other", NOON)
    (only,) = kept.all()
    assert only.note == "note"


def test_a_clock_set_back_does_not_turn_the_order_round(kept: Cut) -> None:
    store, place = Store(9), Memory()
    later = NOON + timedelta(hours=1)
    store.known = 5
    replace(integrator(store, place, kept), clock=lambda: later).integrate()
    store.known = 9
    integrator(store, place, kept).integrate()

    assert [(one.signed_at, one.published_at) for one in kept.all()] == [(later, later)] * 2


def test_what_is_wrong_with_a_kept_checkpoint_is_named(kept: Cut) -> None:
    store, place = Store(9), Memory()
    for store.known in (3, 6, 9):
        integrator(store, place, kept).integrate()
    one, two, three = kept.all()
    roots = {size: root_of(store, size) for size in (3, 6, 9)}
    second = timedelta(seconds=1)
    for rows, finding in (
        ((one, replace(two, note=three.note), three), "the row of 6 holds the checkpoint of 9"),
        ((one, replace(two, note=two.note[:-9] + "\n"), three), "6: "),
        ((one, replace(two, signed_at=NOON + second), three), "6 was not signed at 2026"),
        ((one, replace(two, published_at=None), three), "6 was not published before 9 was"),
        ((one, replace(two, published_at=NOON + second), three), "6 was not published before 9"),
        ((one, replace(two, published_at=NOON - second), three), "published before it was signed"),
    ):
        found = list(check_checkpoints(rows, SIGNER.vkey, SIGNER.cosigner, roots))
        assert any(finding in line for line in found), (finding, found)
    wrong = list(check_checkpoints([one], SIGNER.vkey, None, {3: bytes(32)}))
    assert wrong == ["checkpoints: 3: its root is not that of the entries"]
    plain = replace(one, note=one.note[: one.note.rindex("\u2014")])
    assert open_signed(plain.note, SIGNER.vkey).size == 3
    assert list(check_checkpoints([plain], SIGNER.vkey, SIGNER.cosigner, roots)) == []
