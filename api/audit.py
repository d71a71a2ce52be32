"""An audit by somebody who trusts nobody: of a published log alone, or of a database against it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from api.wiring import House
from ledger import codec
from ledger.domain.events import (
    DisbursementProposed,
    Event,
    GiftReceived,
    GoodsReceived,
    ReceiptMadeOut,
)
from ledger.domain.history import History
from ledger.domain.keeping import SourceRow
from ledger.domain.registry import Registry
from ledger.errors import LedgerError, Untrusted
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint, open_signed
from ledger.proof.notes import VerifierKey
from ledger.store.recorder import LogRow


@dataclass(slots=True)
class Audit:
    """What was checked; a part that was not looked at is None, a finding names what is wrong."""

    events: int = 0
    signatures_ok: bool = True
    tree_ok: bool = True
    checkpoint_ok: bool = True
    views_equal_rebuild: bool | None = None
    money_conserved: bool = True
    receipt_numbers_ok: bool = True
    vault_ok: bool | None = None
    sources_ok: bool | None = None
    findings: list[str] = field(default_factory=list)

    def find(self, what: str, part: str | None = None) -> None:
        """Note a finding against a part of the audit."""
        self.findings.append(what)
        if part:
            setattr(self, part, False)

    def as_json(self) -> dict[str, object]:
        """Return the object that the command line prints."""
        return {name: getattr(self, name) for name in self.__slots__}


class Reader:
    """Reads entries in log order: signatures, rights, and what must hold of the whole history."""

    def __init__(self, audit: Audit, origin: str, root_key: str | None) -> None:
        self._audit = audit
        self._origin = origin
        self._registry = Registry(root_key)
        self.history = History()
        self.sealed: dict[str, tuple[str, int, str]] = {}
        """Where each sealed digest belongs: stream, version, organisation."""
        self.sources: set[SourceRow] = set()

    def read(self, leaf: int, entry: bytes) -> Event | None:
        """Check one entry; return its event, or None when it can't be read."""
        self._audit.events += 1
        try:
            event = codec.admit(entry, self._origin, self._registry)
        except Untrusted as error:
            self._audit.find(f"entry {leaf}: {error}", "signatures_ok")
            return None
        self.history.see(leaf, event)
        here = (event.originator_id, event.originator_version, event.actor)
        for digest in _sealed(event):
            self.sealed.setdefault(digest, here)  # a name's text is repeated by later facts
        if isinstance(event, GiftReceived | GoodsReceived | DisbursementProposed) and event.source:
            said = event.source
            self.sources.add(
                SourceRow(
                    said.identity, event.actor, said.listing, said.content, event.originator_id
                )
            )
        return event

    def close(self) -> None:
        """Report what the whole history breaks."""
        self.history.close()
        for finding in self.history.findings:
            part = "receipt_numbers_ok" if "receipt" in finding or "number" in finding else None
            self._audit.find(finding, part)
        self._audit.money_conserved = self.history.money_conserved


SEALED_VALUES = (
    "donor",
    "payer",
    "payee",
    "text",
    "other",
    "document",
    "by",
    "credited",
    "conduit",
    "provider",
    "taxpayer",
)
"""The fields of events that hold values with sealed fields of their own."""


def _sealed(value: object) -> Iterator[str]:
    yield from getattr(value, "sealed", ())
    for name in SEALED_VALUES:
        party = getattr(value, name, None)
        yield from getattr(party, "sealed", ())
    for share in getattr(value, "shares", ()):
        yield from share.party.sealed
    if isinstance(value, ReceiptMadeOut):
        yield from value.digests


Read = Callable[[str], bytes]
"""Gives a file of a published log by its path; refuses when it is not there."""


def audit_log(read: Read, key: VerifierKey, root_key: str | None) -> Audit:
    """Audit a published log from its files alone."""
    audit = Audit()
    reader = Reader(audit, key.name, root_key)
    _audit_files(audit, read, key, reader.read)
    reader.close()
    return audit


def _audit_files(
    audit: Audit, read: Read, key: VerifierKey, see: Callable[[int, bytes], object]
) -> None:
    """Check that checkpoint, bundles and tiles agree; let `see` look at each entry."""
    try:
        seen = open_signed(read("checkpoint").decode("utf-8", errors="replace"), key)
    except LedgerError as error:
        audit.find(f"checkpoint: {error}", "checkpoint_ok")
        return
    frontier = merkle.Frontier()
    for index, width in tiles.entry_bundles(seen.size):
        _audit_bundle(audit, see, frontier, read, index, width)
    if frontier.size == seen.size and frontier.root() != seen.root:
        audit.find("checkpoint: its root is not that of the entries", "tree_ok")
    _audit_upper_tiles(audit, read, seen)


def _audit_bundle(
    audit: Audit,
    see: Callable[[int, bytes], object],
    frontier: merkle.Frontier,
    read: Read,
    index: int,
    width: int,
) -> None:
    path = tiles.entries_path(index, width)
    try:
        entries = tiles.unpack_entries(read(path))
    except LedgerError as error:
        audit.find(f"{path}: {error}", "tree_ok")
        return
    if len(entries) != width:
        audit.find(f"{path}: it holds {len(entries)} entries, expected {width}", "tree_ok")
    hashes = [merkle.leaf_hash(entry) for entry in entries]
    for place, entry in enumerate(entries):
        see(index * tiles.WIDTH + place, entry)
        frontier.append(hashes[place])
    _compare(audit, read, tiles.tile_path(0, index, width), b"".join(hashes))


def _compare(audit: Audit, read: Read, path: str, expected: bytes) -> None:
    try:
        found = read(path)
    except LedgerError as error:
        audit.find(f"{path}: {error}", "tree_ok")
        return
    if found != expected:
        audit.find(f"{path}: it differs from what the entries give", "tree_ok")


def _audit_upper_tiles(audit: Audit, read: Read, seen: Checkpoint) -> None:
    hashes = tiles.TileHashes(read, seen.size)
    for level, index, width in tiles.hash_tiles(seen.size):
        if level:
            first = index * tiles.WIDTH
            try:
                nodes = [hashes.above(level, n) for n in range(first, first + width)]
            except LedgerError as error:
                audit.find(f"{tiles.tile_path(level - 1, index)}: {error}", "tree_ok")
                continue
            _compare(audit, read, tiles.tile_path(level, index, width), b"".join(nodes))


def audit_database(house: House) -> Audit:
    """Audit the database: every row against the log, the log against what is published."""
    audit = Audit()
    origin = house.recorder.origin()
    _bring_up(audit, house)
    reader = Reader(audit, origin, house.root_key())
    frontier = merkle.Frontier()
    roots: dict[int, bytes] = {}
    published = _published(audit, house)
    size, leaves, events = house.recorder.counts()
    if not size == leaves == events:
        audit.find(
            f"database: the head counts {size} entries, there are {leaves} leaves and "
            f"{events} events",
            "tree_ok",
        )
    for rows in house.recorder.log_in_batches(0, size):
        for row in rows:
            _audit_row(audit, reader, frontier, row)
            if published and frontier.size == published.size:
                roots[frontier.size] = frontier.root()
    reader.close()
    if published and published.size and roots.get(published.size) != published.root:
        audit.find("database: its entries do not give the published checkpoint", "tree_ok")
    _audit_published(audit, house)
    _audit_vault(audit, house, reader)
    _audit_sources(audit, house, reader)
    _audit_views(audit, house)
    return audit


def _bring_up(audit: Audit, house: House) -> None:
    """Publish what is new; a store that is no longer what was published stays as it is."""
    try:
        house.integrator.integrate()
    except LedgerError as error:
        audit.find(f"database: {error}", "tree_ok")
    if house.pinned not in (None, house.trust()):
        audit.find("database: head: origin or keys are not those of trust.json", "checkpoint_ok")


def _published(audit: Audit, house: House) -> Checkpoint | None:
    try:
        return house.log.published(house.trust().log)
    except LedgerError as error:
        audit.find(f"checkpoint: {error}", "checkpoint_ok")
        return None


def _audit_row(audit: Audit, reader: Reader, frontier: merkle.Frontier, row: LogRow) -> None:
    if row.leaf != frontier.size:
        audit.find(f"leaves: leaf {frontier.size} is missing", "tree_ok")
    frontier.append(row.hash)
    if row.entry is None:
        audit.find(f"leaves: the event of leaf {row.leaf} is missing", "tree_ok")
        return
    if merkle.leaf_hash(row.entry) != row.hash:
        audit.find(f"ledger_events: entry {row.leaf} is not what its leaf was made of", "tree_ok")
    event = reader.read(row.leaf, row.entry)
    here = (row.stream, row.version, row.topic)
    if event and here != (event.originator_id, event.originator_version, event.TOPIC):
        audit.find(
            f"ledger_events: the row of entry {row.leaf} says {row.stream} {row.version} "
            f"{row.topic}, which is not what was signed",
            "tree_ok",
        )


def _audit_published(audit: Audit, house: House) -> None:
    """Check the published files; that their entries are the database's follows from the root."""
    found = Audit()
    _audit_files(found, house.log.read, house.trust().log, lambda _leaf, _entry: None)
    for finding in found.findings:
        audit.find(f"log: {finding}", "tree_ok" if found.checkpoint_ok else "checkpoint_ok")
    try:
        told = house.log.vkey()
    except LedgerError as error:
        audit.find(f"log: vkey: {error}", "checkpoint_ok")
        return
    if told != house.trust().log:
        audit.find("log: vkey: it is not the key of this ledger's log", "checkpoint_ok")


def _audit_vault(audit: Audit, house: House, reader: Reader) -> None:
    audit.vault_ok = True
    kept = {k.digest: k for k in house.vault.all()}
    for digest in sorted(set(reader.sealed) - set(kept) - reader.history.erased):
        audit.find(f"vault: the opening of {digest} is missing, and was not erased", "vault_ok")
    for digest, opening in kept.items():
        here = (opening.stream, opening.version, opening.organisation)
        if reader.sealed.get(digest) != here:
            audit.find(f"vault: {digest} does not belong to {opening.stream}", "vault_ok")
        if digest in reader.history.erased:
            audit.find(f"vault: {digest} was erased, and is there", "vault_ok")
        try:
            house.vault.check(opening)
        except Untrusted as error:
            audit.find(f"vault: {error}", "vault_ok")


def _audit_sources(audit: Audit, house: House, reader: Reader) -> None:
    audit.sources_ok = True
    for row in sorted(set(house.sources.all()) ^ reader.sources, key=lambda row: row.identity):
        audit.find(f"sources: row {row.identity} does not agree with the events", "sources_ok")


def _audit_views(audit: Audit, house: House) -> None:
    audit.views_equal_rebuild = True
    stuck: set[str] = set()
    for view in house.runner.views:
        try:
            house.runner.follow(view)
        except LedgerError as error:
            stuck.add(view.name)
            audit.find(f"views: {error}", "views_equal_rebuild")
    try:
        rebuilt = house.runner.rebuild(keep=False)
    except LedgerError as error:
        audit.find(f"views: {error}", "views_equal_rebuild")
        return
    for made in rebuilt:
        if not made.equal and made.view not in stuck:
            audit.find(
                f"view {made.view}: its rows differ from what the events give; run: rebuild",
                "views_equal_rebuild",
            )
