"""A large log made for measuring: gifts, payments, and some entries that are not as they must be.

What stands at a leaf follows from its number alone, so that any process can make any part of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from auditing import DAY, LOG, NOW, ORIGIN, SIGNERS, USCC, Log, digest, found_ledger, key

from api.auditing.upper import UpperTiles
from api.working import in_order
from ledger import codec
from ledger.domain.events import (
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    Event,
    FundOpened,
    GiftReceived,
)
from ledger.domain.values import Party, Payee
from ledger.money import Money
from ledger.proof import checkpoint, jws, merkle, tiles

FUND, EMPTY_FUND = "fund-1", "fund-2"
EVERY_PAYMENT, EVERY_LIE = 1000, 20_000
"""How far payments lie apart, and the lies of one kind."""

PAYS, OVERDRAWS = 500, 600
"""Where in its part of the log a payment begins, and one from a fund in which there is nothing."""

FORGED, STOLEN = 77, 177
"""Where a signature is altered, and where a key signs that nobody registered."""

BLOCK = 64
"""Bundles that a process makes at a time."""

PAID = Money(100_000)
STRANGER = jws.Ed25519Signer(key("a stranger"))


def beginning() -> list[bytes]:
    """Tell what the log begins with."""
    log = Log()
    found_ledger(log)
    log.record(
        FundOpened, EMPTY_FUND, USCC, organisation=USCC, name="空", kind="general", purpose=None,
        place=None,
    )  # fmt: skip
    return log.entries


def entry_at(leaf: int) -> bytes:
    """Make the entry at a leaf after the beginning."""
    for fund, every, begins in ((FUND, EVERY_PAYMENT, PAYS), (EMPTY_FUND, EVERY_LIE, OVERDRAWS)):
        part, place = divmod(leaf, every)
        if begins <= place < begins + 3:
            return _payment(fund, part, place - begins)
    entry = _gift(leaf, stranger=leaf % EVERY_LIE == STOLEN)
    if leaf % EVERY_LIE == FORGED:
        return entry[:-8] + (b"A" if entry[-8:-7] != b"A" else b"B") + entry[-7:]
    return entry


def _gift(leaf: int, *, stranger: bool) -> bytes:
    amount, name = Money(100 + leaf % 9973), sha256(b"gift %d" % leaf).hexdigest()[:32]
    donor = Party(id=UUID(int=2**64 + leaf).hex, sealed=(digest("donor", leaf),))
    return _signed(
        GiftReceived, f"gift-{name}", 1, STRANGER if stranger else SIGNERS[USCC],
        organisation=USCC, fund=FUND, amount=amount, booked=amount, exchange=None,
        received_on=DAY, date_basis="row", source=None, sealed=(), donor=donor,
    )  # fmt: skip


def _payment(fund: str, part: int, step: int) -> bytes:
    steps: tuple[tuple[type[Event], dict[str, Any]], ...] = (
        (DisbursementProposed, {
            "payee": Payee(id=UUID(int=2**66 + part).hex, organisation="示例公司", sealed=()),
            "amount": PAID, "purpose": "教室", "place": "532301", "proposed_by": "clerk",
            "source": None,
        }),
        (DisbursementApproved, {"approved_by": "reviewer"}),
        (DisbursementPaid, {"amount": PAID, "paid_on": DAY}),
    )  # fmt: skip
    cls, data = steps[step]
    version, name = 2 + 3 * part + step, f"disbursement-{fund}-{part}"
    return _signed(cls, fund, version, SIGNERS[USCC], disbursement=name, **data)


def _signed(
    cls: type[Event], stream: str, version: int, signer: jws.Ed25519Signer, **data: Any
) -> bytes:
    event = cls(originator_id=stream, originator_version=version, timestamp=NOW, actor=USCC, **data)
    return codec.encode(event, ORIGIN, signer)


class Made:
    """Makes the files of a part of the log: its bundles and their tiles."""

    def __init__(self, folder: Path, size: int) -> None:
        self._folder, self._size = folder, size

    def __call__(self, bundles: range) -> list[bytes]:
        """Write bundles and tiles; return the leaf hashes, a bundle's in one string."""
        return [self._bundle(index) for index in bundles]

    def _bundle(self, index: int) -> bytes:
        first = index * tiles.WIDTH
        width = min(tiles.WIDTH, self._size - first)
        entries = beginning()[first:] if index == 0 else []
        start = first + len(entries)
        entries = [*entries, *map(entry_at, range(start, first + width))][:width]
        tile = b"".join(merkle.leaf_hash(entry) for entry in entries)
        write(self._folder / tiles.entries_path(index, width), tiles.pack_entries(entries))
        write(self._folder / tiles.tile_path(0, index, width), tile)
        return tile


def write(path: Path, data: bytes) -> None:
    """Write a file, and the folders that it lies in."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def make_log(folder: Path, size: int, jobs: int) -> None:
    """Write a published log of so many entries into a folder."""
    frontier = merkle.Frontier()
    upper = UpperTiles(lambda path, data: write(folder / path, data))
    for _, made in in_order(Made(folder, size), _parts(size), jobs):
        for tile in made:
            leaves = [tile[at : at + 32] for at in range(0, len(tile), 32)]
            for leaf in leaves:
                frontier.append(leaf)
            if len(leaves) == tiles.WIDTH:
                upper.add(merkle.over(leaves)(tiles.HEIGHT, 0))
    upper.close()
    seen = checkpoint.Checkpoint(ORIGIN, size, frontier.root())
    write(folder / "checkpoint", checkpoint.sign(seen, LOG).encode())


def _parts(size: int) -> Iterator[range]:
    count = -(-size // tiles.WIDTH)
    for first in range(0, count, BLOCK):
        yield range(first, min(count, first + BLOCK))
