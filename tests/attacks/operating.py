"""What a malicious operator does: with the database, with the log's folder, with stolen keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from psycopg import Connection
from psycopg.rows import DictRow

from api.wiring import House
from ledger import codec
from ledger.domain.events import GiftReceived
from ledger.proof import checkpoint, merkle, tiles
from ledger.proof.encoding import b64url, unb64url
from ledger.proof.merkle import leaf_hash
from receipts.attachment import attached
from receipts.bundle import Bundle
from tests.attacks.tampering import put_back
from tests.attacks.watching import World
from tests.conftest import USCC
from tests.houses import general_fund, gift, give


def nothing(_world: World) -> None:
    """Leave everything as it is."""


def goes_on_honestly(world: World) -> None:
    """Record another gift and publish it."""
    with world.opened() as house:
        give(house, general_fund(house, name="另一资金"), "3.00")
        house.publish()


# With the database alone


def removes_an_event(world: World) -> None:
    """Delete the newest event, its leaf, and count one less."""
    with world.place.house.database.writing() as rows:
        _run(world, rows, "DELETE FROM {s}.leaves WHERE leaf = (SELECT size - 1 FROM {s}.head)")
        _run(world, rows, "DELETE FROM {s}.ledger_events WHERE notification_id ="
             " (SELECT max(notification_id) FROM {s}.ledger_events)")  # fmt: skip
        _run(world, rows, "UPDATE {s}.head SET size = size - 1")


def edits_an_event(world: World) -> None:
    """Write another amount into a gift, and its hash into the leaf."""
    leaf, entry = _gifts(world)[0]
    with world.place.house.database.writing() as rows:
        forged = _reworded(entry, b'"minor":', b'"minor":9')
        statement = "UPDATE {s}.ledger_events SET state = %s WHERE state = %s"
        _run(world, rows, statement, forged, entry)
        _run(
            world, rows, "UPDATE {s}.leaves SET hash = %s WHERE leaf = %s", leaf_hash(forged), leaf
        )


def reorders_two_events(world: World) -> None:
    """Swap the places of two gifts in the log."""
    (first, _), (second, _) = _gifts(world)[:2]
    with world.place.house.database.writing() as rows:
        for old, new in ((first, -1), (second, first), (-1, second)):
            _run(world, rows, "UPDATE {s}.leaves SET leaf = %s WHERE leaf = %s", new, old)


def inserts_an_event(world: World) -> None:
    """Put a gift at the end that nobody signed: a copy of another one, in a stream of its own."""
    _, entry = _gifts(world)[0]
    forged = _reworded(entry, b'"minor":', b'"minor":7')
    with world.place.house.database.writing() as rows:
        _run(
            world, rows,
            "INSERT INTO {s}.ledger_events (originator_id, originator_version, topic, state)"
            " SELECT 'gift-forged', 1, topic, %s FROM {s}.ledger_events WHERE state = %s",
            forged, entry,
        )  # fmt: skip
        _run(world, rows, "INSERT INTO {s}.leaves SELECT size, 'gift-forged', 1, %s FROM {s}.head",
             leaf_hash(forged))  # fmt: skip
        _run(world, rows, "UPDATE {s}.head SET size = size + 1")


# With the folder of the log alone


def edits_the_published_entry(world: World) -> None:
    """Change an entry and the tile over it; no key signs a checkpoint for that."""
    entries = _published(world)
    leaf, entry = _gifts(world)[0]
    entries[leaf] = _reworded(entry, b'"minor":', b'"minor":9')
    _write(world, entries)


def replays_an_old_checkpoint(world: World) -> None:
    """Show the checkpoint that was shown some time ago."""
    path = world.place.log / "checkpoint"
    path.write_bytes(world.earlier.files[path])


def withholds_the_newest_entries(world: World) -> None:
    """Publish a checkpoint, and not the entries and hashes it speaks of."""
    goes_on_honestly(world)
    (index, width) = list(tiles.entry_bundles(world.shown().size))[-1]
    (world.place.log / tiles.entries_path(index, width)).unlink()
    (world.place.log / tiles.tile_path(0, index, width)).unlink()


# With the stolen key of the log


def shows_a_shorter_log(world: World) -> None:
    """Drop the newest entries from what is published, and sign that."""
    _resign(world, _published(world)[:-3])


def reorders_the_published_log(world: World) -> None:
    """Swap two gifts in what is published, and sign that."""
    entries = _published(world)
    (first, _), (second, _) = _gifts(world)[:2]
    entries[first], entries[second] = entries[second], entries[first]
    _resign(world, entries)


def inserts_into_the_published_log(world: World) -> None:
    """Put a gift, signed with the charity's key that the server holds, between older ones."""
    entries = _published(world)
    leaf, entry = _gifts(world)[0]
    with world.opened() as house:
        told = codec.read(entry, world.trust.log.name)[1]
        assert isinstance(told, GiftReceived)
        donor = replace(told.donor, id="donor-forged") if told.donor else None
        forged = replace(told, originator_id="gift-forged", donor=donor)
        entries.insert(leaf, codec.encode(forged, world.trust.log.name, house.keys.signer_of(USCC)))
    _resign(world, entries)


# With everything: database, folder, every key the server holds


def rolls_everything_back(world: World) -> None:
    """Put database and folder back to what they were before the last gifts."""
    put_back(world.place, world.earlier)


def rewrites_history(world: World) -> None:
    """Roll everything back, and tell another story from there, longer than the old one."""
    put_back(world.place, world.earlier)
    _tell_until(world, world.known.size + 5)


def forks_at_the_same_size(world: World) -> None:
    """Roll everything back, and tell another story of the very same length, for other readers."""
    put_back(world.place, world.earlier)
    _tell_until(world, world.known.size)


def dates_a_gift_back(world: World, days: int = 30) -> None:
    """Record a gift with the clock turned back, and publish it."""
    with world.opened() as house:
        fund = general_fund(house, name="另一资金")
        desk = house.ledger.gifts._desk
        desk.now = lambda: datetime.now(UTC) - timedelta(days=days)
        house.ledger.gifts.receive_gifts(USCC, fund, [gift("88.00")])
        house.publish()


def dates_a_gift_back_by_a_day(world: World) -> None:
    """Record a gift of today as if it were of yesterday."""
    dates_a_gift_back(world, days=1)


def keeps_a_gift_back(world: World) -> None:
    """Record a gift and publish nothing."""
    with world.opened() as house:
        give(house, general_fund(house, name="另一资金"), "3.00")


def swaps_the_proof_of_a_receipt(world: World) -> None:
    """Hand out a receipt with the proof of another entry in it."""
    bundle = Bundle.parse(attached(world.receipt))
    *rest, other, last = bundle.entries
    forged = replace(last, proof=replace(other.proof, index=last.proof.index))
    world.handed = replace(bundle, entries=(*rest, other, forged)).encode()


def _run(world: World, rows: Connection[DictRow], statement: str, *given: object) -> None:
    text = statement.replace("{s}", world.place.settings.schema)
    assert rows.execute(text.encode(), given).rowcount == 1


def _gifts(world: World) -> list[tuple[int, bytes]]:
    """Find the gifts in the log: leaf and entry."""
    house = world.place.house
    rows = house.recorder.log(0, house.recorder.size())
    return [
        (row.leaf, bytes(row.entry))
        for row in rows
        if row.entry and row.topic == GiftReceived.TOPIC
    ]


def _reworded(entry: bytes, old: bytes, new: bytes) -> bytes:
    """Change what an entry says; its signature stays the old one."""
    head, payload, signature = entry.decode().split(".")
    told = unb64url(payload).replace(old, new, 1)
    assert told != unb64url(payload)
    return f"{head}.{b64url(told)}.{signature}".encode()


def _published(world: World) -> list[bytes]:
    size = world.shown().size
    bundles = (tiles.entries_path(*place) for place in tiles.entry_bundles(size))
    return [entry for path in bundles for entry in tiles.unpack_entries(world.log.read(path))]


def _write(world: World, entries: Sequence[bytes]) -> merkle.Subtree:
    """Write bundles and tiles of these entries; the checkpoint stays."""
    subtree = merkle.over([leaf_hash(entry) for entry in entries])
    for index, width in tiles.entry_bundles(len(entries)):
        first = index * tiles.WIDTH
        _put(world, tiles.entries_path(index, width),
             tiles.pack_entries(entries[first : first + width]))  # fmt: skip
    for level, index, width in tiles.hash_tiles(len(entries)):
        nodes = (subtree(8 * level, n) for n in range(256 * index, 256 * index + width))
        _put(world, tiles.tile_path(level, index, width), b"".join(nodes))
    return subtree


def _put(world: World, path: str, data: bytes) -> None:
    file = world.place.log / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data)


def _resign(world: World, entries: Sequence[bytes]) -> None:
    """Publish these entries under a checkpoint that the stolen key signs."""
    root = merkle.root(len(entries), _write(world, entries))
    with world.opened() as house:
        grown = checkpoint.Checkpoint(world.trust.log.name, len(entries), root)
        note = checkpoint.sign(grown, house.keys.signing_key("log"))
    _put(world, "checkpoint", note.encode())


def _tell_until(world: World, size: int) -> None:
    with world.opened() as house:
        fund = general_fund(house, name="另一资金")
        give(house, fund, *(f"{n}.00" for n in range(1, size - house.recorder.size() + 1)))
        house.publish()
        assert _size(house) == size


def _size(house: House) -> int:
    return int(house.recorder.size())
