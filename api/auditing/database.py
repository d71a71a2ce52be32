"""The database audited: every row against the log, the log against what is published."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass

from api import vault_audit
from api.auditing.belongings import Belongings, source_findings, vault_findings
from api.auditing.entries import KeyDirectory, Keys, Proof, prove
from api.auditing.findings import Audit
from api.auditing.log_files import ALONE, Files, Spread
from api.auditing.reading import Reader
from api.auditing.views import audit_views
from api.people.auditing import check_accounts
from api.wiring import House
from api.working import in_order
from ledger.domain import donor_shown
from ledger.domain.events import DonorShown
from ledger.errors import LedgerError
from ledger.proof import merkle, tiles
from ledger.proof.checkpoint import Checkpoint
from ledger.store import shown_names
from ledger.store.checkpoints import Kept, check_checkpoints
from ledger.store.recorder import LogRow
from projections.garbage import collect_new, uncollected


def audit_database(house: House, spread: Spread = ALONE) -> Audit:
    """Audit the database: every row against the log, the log against what is published."""
    audit = Audit()
    _bring_up(audit, house)
    _audit_recorded(audit, house, spread)
    _audit_private(audit, house)
    audit_views(audit, house)
    return audit


def _audit_recorded(audit: Audit, house: House, spread: Spread) -> None:
    """Check the log and what is kept beside it; what was put aside of it ends here."""
    with closing(Belongings()) as belongings:
        erased = _audit_log(audit, house, belongings, spread)
        _audit_published(audit, house, spread)
        _audit_vault(audit, house, erased, belongings)
        _audit_sources(audit, house, belongings)


def _audit_log(
    audit: Audit, house: House, belongings: Belongings, spread: Spread
) -> Collection[str]:
    """Read every entry; return the digests erased. The history, which is large, ends here."""
    reader = Reader(audit, house.recorder.origin(), house.root_key())
    published = _published(audit, house)
    size, leaves, events = house.recorder.counts()
    if not size == leaves == events:
        audit.find(
            f"database: the head counts {size} entries, there are {leaves} leaves and "
            f"{events} events",
            "tree_ok",
        )
    kept, frontier, root = house.checkpoints.all(), merkle.Frontier(), None
    roots = dict.fromkeys([one.size for one in kept], merkle.EMPTY_ROOT)
    with uncollected():
        for batch, proofs in in_order(prove_rows, _batches(house, size, spread), spread.jobs):
            for row, proof in zip(batch.rows, proofs, strict=True):
                _audit_row(audit, reader, belongings, frontier, row, proof)
                if frontier.size in roots:
                    roots[frontier.size] = frontier.root()
                if published and frontier.size == published.size:
                    root = frontier.root()
    reader.close()
    if published and published.size and root != published.root:
        audit.find("database: its entries do not give the published checkpoint", "tree_ok")
    _audit_kept(audit, house, kept, roots)
    return reader.history.erased


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the log, and the keys that entries up to their end name.

    A directory in their place takes in the keys, and what is read of entries is kept.
    """

    rows: Sequence[LogRow]
    keys: Keys | KeyDirectory


def prove_rows(batch: Batch) -> list[Proof]:
    """Check what of a batch needs no order: the signatures."""
    return prove([row.entry for row in batch.rows], batch.keys)


def _batches(house: House, size: int, spread: Spread) -> Iterator[Batch]:
    """Read the log a block at a time; a process that works alone takes a bundle of it at a time."""
    directory = KeyDirectory(house.recorder.origin())
    for rows in house.recorder.log_in_batches(0, size, spread.bundles * tiles.WIDTH):
        if spread.jobs == 1:
            for first in range(0, len(rows), tiles.WIDTH):
                yield Batch(rows[first : first + tiles.WIDTH], directory)
        else:
            yield Batch(rows, directory.gather(row.entry for row in rows if row.entry is not None))
        collect_new()


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


def _audit_row(
    audit: Audit,
    reader: Reader,
    belongings: Belongings,
    frontier: merkle.Frontier,
    row: LogRow,
    proof: Proof,
) -> None:
    if row.leaf != frontier.size:
        audit.find(f"leaves: leaf {frontier.size} is missing", "tree_ok")
    frontier.append(row.hash)
    if row.entry is None:
        audit.find(f"leaves: the event of leaf {row.leaf} is missing", "tree_ok")
        return
    if merkle.leaf_hash(row.entry) != row.hash:
        audit.find(f"ledger_events: entry {row.leaf} is not what its leaf was made of", "tree_ok")
    event = reader.read(row.leaf, row.entry, proof)
    if event is None:
        return
    belongings.see(event)
    if (row.stream, row.version, row.topic) != (
        event.originator_id,
        event.originator_version,
        event.TOPIC,
    ):
        audit.find(
            f"ledger_events: the row of entry {row.leaf} says {row.stream} {row.version} "
            f"{row.topic}, which is not what was signed",
            "tree_ok",
        )


def _audit_kept(
    audit: Audit, house: House, kept: Sequence[Kept], roots: Mapping[int, bytes]
) -> None:
    """Check the checkpoints that were signed, and the requests that wait for a signature."""
    signer = house.integrator.signer
    for finding in check_checkpoints(kept, signer.vkey, signer.cosigner, roots):
        audit.find(finding, "checkpoint_ok")
    for finding in house.requests.findings():
        audit.find(f"requests: {finding}")


def _audit_published(audit: Audit, house: House, spread: Spread) -> None:
    """Check the published files; that their entries are the database's follows from the root."""
    found = Audit()
    Files(found, house.log.read, house.trust().log, spread).check()
    for finding in found.findings:
        audit.find(f"log: {finding}", "tree_ok" if found.checkpoint_ok else "checkpoint_ok")
    try:
        told = house.log.vkey()
    except LedgerError as error:
        audit.find(f"log: vkey: {error}", "checkpoint_ok")
        return
    if told != house.trust().log:
        audit.find("log: vkey: it is not the key of this ledger's log", "checkpoint_ok")


def _audit_vault(
    audit: Audit, house: House, erased: Collection[str], belongings: Belongings
) -> None:
    audit.vault_ok = True
    for finding in vault_audit.findings(house):  # first: a key that is gone explains the rest
        audit.find(finding, "vault_ok")
    for finding in vault_findings(house.vault, belongings, erased):
        audit.find(finding, "vault_ok")


def _audit_private(audit: Audit, house: House) -> None:
    """Check the rows of accounts, jobs and answered requests, each sealed by the vault's key."""
    try:
        for finding in (
            *house.answered.findings(),
            *house.drafts.findings(),
            *house.hooks.findings(),
            *house.jobs.findings(),
            *_shown_names(house),
            *check_accounts(house),
        ):
            audit.find(finding)
    except LedgerError as error:
        audit.find(f"vault_keys: {error}")


def _shown_names(house: House) -> Iterator[str]:
    """Say which openings stand open that no donor chose to show, and which should and do not."""
    gifts = house.recorder.streams_with(DonorShown.TOPIC)
    said = {gift: fact.sealed for gift in gifts if (fact := _chosen(house, gift))}
    kept = house.vault.rows_of_digests(d for digests in said.values() for d in digests)
    there = {row.digest for row in kept}
    left = {gift: [d for d in digests if d in there] for gift, digests in said.items()}
    yield from shown_names.findings(house.database, left)


def _chosen(house: House, gift: str) -> DonorShown | None:
    """Return how the donor of a gift chose to be shown; one that can't be read is told above."""
    try:
        return donor_shown.newest(list(house.engine.history(gift)))
    except LedgerError:
        return None


def _audit_sources(audit: Audit, house: House, belongings: Belongings) -> None:
    audit.sources_ok = True
    try:
        for finding in source_findings(house.sources, belongings):
            audit.find(finding, "sources_ok")
    except LedgerError as error:
        audit.find(f"sources: {error}", "sources_ok")
