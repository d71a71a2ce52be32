"""Makes the status list of a ledger: its receipts as they stand at one size of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import islice

from api.wiring import House
from ledger import codec
from ledger.domain import organisations
from ledger.domain.events import (
    DocumentKeyRegistered,
    DocumentKeyRevoked,
    Event,
    KeyRegistered,
    KeyRevoked,
    KeyRotated,
    KeyWithdrawn,
    LedgerFounded,
)
from ledger.domain.organisations import EligibilityPeriod, Organisation
from ledger.proof import merkle
from ledger.proof.tiles import TileHashes
from ledger.store.log_folder import NotYetPublished
from projections.claims import CLAIMS, ReceiptState, states
from projections.directory import DIRECTORY, names
from receipts.status import AsOf, good_until, sign, tag
from receipts.status_body import Entry
from receipts.status_issuers import DocumentKey, Issuer, Period, WorkingKey

OPENED_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Exported:
    """A status list, what it shows, and how many receipts of which check code is unknown."""

    data: bytes
    as_of: AsOf
    entries: int
    issuers: int
    untagged: int

    @property
    def digest(self) -> str:
        """The SHA-256 of the file, in hex."""
        return sha256(self.data).hexdigest()


def export(house: House, day: date, days_good: int) -> Exported:
    """Make the list of a day: state, issuers and root are all those of one size of the log.

    The tree is published before it is signed for, so that every entry up to there was checked.
    Check codes come from the vault: without them no receipt can be told by its five elements.
    """
    house.runner.follow(CLAIMS)
    found, position = states(house.runner)
    grown = house.integrator.integrate()
    published = house.states().published
    if position.size > published:
        raise NotYetPublished(position.size - 1, published)
    hashes = TileHashes(house.log.read, grown.size)
    root = merkle.root(position.size, hashes.subtree)
    as_of = AsOf(day, position.size, root, good_until(day, days_good))
    entries = list(_entries(house, found))
    issuers = _issuers(house, position.size)
    key = house.keys.signing_key("log")
    data = sign(entries, issuers, as_of, house.recorder.origin(), key)
    untagged = sum(entry.tag is None for entry in entries)
    return Exported(data, as_of, len(entries), len(issuers), untagged)


def _entries(house: House, found: Sequence[ReceiptState]) -> Iterator[Entry]:
    rest = iter(found)
    while some := list(islice(rest, OPENED_AT_ONCE)):
        openings = house.vault.of_digests(d for state in some for d in state.sealed)
        checks = {d: o.value for d, o in openings.items() if o.name == "check_code"}
        for state in some:
            yield _entry(state, checks)


def _entry(state: ReceiptState, checks: Mapping[str, str]) -> Entry:
    check = next((checks[d] for d in state.sealed if d in checks), None)
    five = (state.issued_on, state.amount)
    return Entry(
        code=state.code,
        number=state.number,
        issued_on=state.issued_on,
        amount=state.amount.minor,
        eligible=state.eligible.minor,
        claimed=state.claimed.minor,
        issuer=state.organisation,
        notice=state.notice,
        kind=state.kind,
        held=state.held,
        specimen=state.specimen,
        red=state.red,
        replaced_by=state.replaced_by,
        paper=state.paper,
        tag=tag(state.code, state.number, check, *five) if check is not None else None,
    )


def _issuers(house: House, size: int) -> list[Issuer]:
    """Return the organisations as they stood at a size of the log, with their keys' times."""
    house.runner.follow(DIRECTORY)
    streams = [organisations.stream(one) for one in names(house.runner)]
    stories: dict[str, list[tuple[int, Event]]] = {stream: [] for stream in streams}
    for row in house.recorder.log_of(streams):
        if row.leaf < size:
            assert row.entry is not None, "the integrator has read them all"
            event = codec.read(row.entry, house.recorder.origin())[1]
            stories[event.originator_id].append((row.leaf, event))
    return [_issuer(story) for story in stories.values() if story]


def _issuer(story: Sequence[tuple[int, Event]]) -> Issuer:
    known: Organisation | None = None
    keys: dict[str, WorkingKey] = {}
    documents: dict[str, DocumentKey] = {}
    for leaf, event in story:
        known = organisations.evolve(known, event)  # type: ignore[arg-type] # its own stream
        match event:
            case LedgerFounded() | KeyRegistered():
                keys[event.kid] = WorkingKey(event.kid, event.public, leaf, None)
            case KeyRevoked() | KeyWithdrawn():
                _end(keys, event.kid, leaf)
            case KeyRotated():
                _end(keys, event.replaces, leaf)
                keys[event.kid] = WorkingKey(event.kid, event.public, leaf, None)
            case DocumentKeyRegistered():
                fingerprint = event.fingerprint
                documents[fingerprint] = DocumentKey(fingerprint, event.certificate, leaf, None)
            case DocumentKeyRevoked():
                held = documents[event.fingerprint]
                documents[event.fingerprint] = DocumentKey(
                    held.fingerprint, held.certificate, held.since, leaf
                )
            case _:
                pass
    assert known is not None, "a story has a first event"
    eligible = tuple(Period(p.first_day, p.last_day, p.notice) for p in _periods(known))
    return Issuer(
        known.id, known.name, known.kind, tuple(keys.values()), tuple(documents.values()), eligible
    )


def _end(keys: dict[str, WorkingKey], kid: str | None, leaf: int) -> None:
    """Note at which leaf a key stopped to sign; one that had stopped before keeps its leaf."""
    was = keys.get(kid) if kid else None
    if was is not None and was.until is None:
        keys[was.kid] = WorkingKey(was.kid, was.public, was.since, leaf)


def _periods(known: Organisation) -> Sequence[EligibilityPeriod]:
    """Return when gifts could be deducted; those to government always could."""
    always = known.eligible_on(date.min)
    return (always,) if always else known.eligibility
