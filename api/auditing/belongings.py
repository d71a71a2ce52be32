"""What a database keeps beside the log, as the events say it must be, held against what is there.

The claims of the events are put aside while the log is read, the rows when they are looked at;
then the two are compared a pile at a time, whatever their number (`piles`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import closing

from api.auditing.piles import PILES, Piles, line_of, name_of, parts_of
from ledger.domain.events import (
    DisbursementProposed,
    Event,
    GiftReceived,
    GoodsReceived,
    ReceiptMadeOut,
)
from ledger.domain.keeping import SourceRow
from ledger.errors import Untrusted
from ledger.store.sources import Sources
from ledger.store.vault import Vault

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


class Belongings:
    """What the events say of the vault and of the rows of lists."""

    def __init__(self) -> None:
        self.sealed = Piles()
        """Where each sealed digest belongs: stream, version, organisation; the first claim holds,
        for a name's text is repeated by later facts."""
        self.sources = Piles()

    def close(self) -> None:
        """Give back what it takes on the disk."""
        self.sealed.close()
        self.sources.close()

    def see(self, event: Event) -> None:
        """Take in one event."""
        here = (event.originator_id, event.originator_version, event.actor)
        for digest in _sealed(event):
            self.sealed.put(digest, *here)
        if isinstance(event, GiftReceived | GoodsReceived | DisbursementProposed) and event.source:
            said = event.source
            _put(
                self.sources,
                SourceRow(
                    said.identity, event.actor, said.listing, said.content, event.originator_id
                ),
            )


def _sealed(value: object) -> Iterator[str]:
    yield from getattr(value, "sealed", ())
    for name in SEALED_VALUES:
        party = getattr(value, name, None)
        yield from getattr(party, "sealed", ())
    for share in getattr(value, "shares", ()):
        yield from share.party.sealed
    if isinstance(value, ReceiptMadeOut):
        yield from value.digests


def vault_findings(vault: Vault, belongings: Belongings, erased: Collection[str]) -> Iterator[str]:
    """Say which openings are missing, in order; then what is wrong with those that are there.

    These come in order of stream, version and digest.
    """
    wrong: list[tuple[tuple[str, int, str], int, str]] = []
    missing: list[str] = []
    with closing(Piles()) as kept:
        for row in vault.each():
            kept.put(row.digest, row.stream, row.version, row.organisation)
            place = (row.stream, row.version, row.digest)
            if row.digest in erased:
                wrong.append((place, 1, f"vault: {row.digest} was erased, and is there"))
            try:
                vault.check(row)
            except Untrusted as error:
                wrong.append((place, 2, f"vault: {error}"))
        for number in range(PILES):
            gone, astray = held_against(belongings.sealed, kept, number)
            missing += [digest for digest in gone if digest not in erased]
            wrong += [
                ((stream, version, digest), 0, f"vault: {digest} does not belong to {stream}")
                for digest, stream, version in astray
            ]
    for digest in sorted(missing):
        yield f"vault: the opening of {digest} is missing, and was not erased"
    yield from (what for _, _, what in sorted(wrong))


def held_against(
    said: Piles, kept: Piles, number: int
) -> tuple[list[str], list[tuple[str, str, int]]]:
    """Compare a pile of each: the digests that no row has, and the rows that are not as said."""
    claims: dict[bytes, bytes] = {}
    for line in said.pile(number):
        claims.setdefault(name_of(line), line)
    astray = []
    for line in kept.pile(number):
        if claims.pop(name_of(line), None) != line:
            digest, stream, version, _ = parts_of(line)
            astray.append((str(digest), str(stream), int(version)))
    return [str(parts_of(line)[0]) for line in claims.values()], astray


def source_findings(sources: Sources, belongings: Belongings) -> Iterator[str]:
    """Say which rows of lists do not agree with the events, in order of their identities."""
    wrong: list[str] = []
    with closing(Piles()) as kept:
        for row in sources.each():
            _put(kept, row)
        for number in range(PILES):
            wrong += _disagreeing(sources, belongings.sources, kept, number)
    for identity in sorted(wrong):
        yield f"sources: row {identity} does not agree with the events"


def _disagreeing(sources: Sources, said: Piles, kept: Piles, number: int) -> Iterator[str]:
    """Yield the identities in which a pile of each differs, for either side that has it alone."""
    claims = set(said.pile(number))
    for line in kept.pile(number):
        row = _row(line)
        masked = sources.as_said(row)
        shown = masked and line_of(*_parts(masked))
        if masked and shown not in claims:
            shown = line  # as events said it before there were masks
        if shown in claims:
            claims.discard(shown)
        else:
            yield row.identity
    yield from (_row(line).identity for line in claims)


def _put(piles: Piles, row: SourceRow) -> None:
    piles.put(*_parts(row))


def _parts(row: SourceRow) -> tuple[str, str, str, str, str]:
    return row.identity, row.organisation, row.listing, row.content, row.stream


def _row(line: bytes) -> SourceRow:
    return SourceRow(*map(str, parts_of(line)))
