"""From the keys we trust to each entry of a bundle; what was proved once is known by its bytes.

The receipts of a folder share most of their entries. Whoever checks many keeps one `Chain`, so that
each founding, key or grant is verified once, however many receipts rest on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import get_args

from ledger import codec
from ledger.domain.events import Event, OrganisationEvent
from ledger.domain.organisations import Organisation
from ledger.domain.registry import Registry
from ledger.errors import Untrusted
from ledger.proof import jws
from ledger.proof.checkpoint import Checkpoint
from ledger.proof.merkle import Climbs, check_inclusion, leaf_hash
from ledger.proof.policy import QuorumMissing
from receipts import says
from receipts.bundle import Bundle, ProvenEntry
from receipts.trust import Trust

KEPT = 2048
"""How many proved entries are remembered; more are proved again."""

CLIMBS_KEPT = 8 * KEPT
"""How many steps from leaves to the root are remembered of one checkpoint."""

CHECKPOINTS_KEPT = 16

ORGANISATION_EVENTS = get_args(OrganisationEvent)


class ChainBroken(Untrusted):
    """Entries, proofs or keys do not hang together."""

    def __init__(self, why: str) -> None:
        super().__init__(why)


@dataclass(frozen=True, eq=False, slots=True)
class Standing:
    """Organisations and working keys at a point of the log; two are the same only by identity."""

    registry: Registry

    @property
    def organisations(self) -> Mapping[str, Organisation]:
        """The organisations, by their code."""
        return self.registry.organisations


class Chain:
    """Proves entries under one trust; safe to share between threads."""

    def __init__(self, trust: Trust) -> None:
        self._trust = trust
        self._start = Standing(Registry(trust.authority))
        self._read = lru_cache(KEPT)(codec.read)
        self._opened = lru_cache(KEPT)(self._open)
        self._included = lru_cache(KEPT)(self._include)
        self._climbs = lru_cache(CHECKPOINTS_KEPT)(self._none_climbed)
        self._admitted = lru_cache(KEPT)(self._admit)
        self._key = lru_cache(KEPT)(codec.public_key)

    def read(self, bundle: Bundle) -> list[Event]:
        """Return what the entries say; nothing in it is to be believed yet."""
        return [self._read(each.entry, bundle.origin)[1] for each in bundle.entries]

    def signer(self, bundle: Bundle, leaf: int) -> str:
        """Return the kid that signed the entry at a leaf."""
        found = next(each.entry for each in bundle.entries if each.proof.index == leaf)
        return self._read(found, bundle.origin)[0].kid

    def checkpoint(self, bundle: Bundle) -> Checkpoint:
        """Return the one checkpoint of all proofs, signed by the trusted log key.

        If the trust has a policy, enough of its witnesses have cosigned it.
        """
        first = bundle.entries[0].proof.checkpoint
        if any(each.proof.checkpoint != first for each in bundle.entries):
            raise ChainBroken("its proofs lead to different checkpoints")
        if bundle.origin != self._trust.log.name:
            raise ChainBroken(f"it belongs to the log {bundle.origin!r}, which is not trusted")
        return self._opened(first)

    def check_inclusion(self, bundle: Bundle) -> None:
        """Return quietly if each entry's bytes are a leaf, in the order of the log."""
        indexes = [each.proof.index for each in bundle.entries]
        if indexes != sorted(set(indexes)):
            raise ChainBroken("its entries are not in the order of the log")
        for proven in bundle.entries:
            self._included(proven)

    def check_signers(self, bundle: Bundle) -> Standing:
        """Return who stands registered at the end, if each signer had the right to sign its entry.

        From the trusted authority on, each key must be registered and working at that point.
        """
        standing = self._start
        for proven in bundle.entries:
            standing = self._admitted(standing, proven.entry, bundle.origin)
        return standing

    def _open(self, note: str) -> Checkpoint:
        try:
            return self._trust.open(note)
        except QuorumMissing as missing:
            raise ChainBroken(
                says.witnesses_missing(missing.needed, missing.present, missing.missing)
            ) from None

    def _include(self, proven: ProvenEntry) -> None:
        proof, seen = proven.proof, self._opened(proven.proof.checkpoint)
        known = self._climbs(seen)
        if len(known) > CLIMBS_KEPT:
            known.clear()
        leaf = leaf_hash(proven.entry)
        check_inclusion(leaf, proof.index, seen.size, proof.path, seen.root, known)

    @staticmethod
    def _none_climbed(_: Checkpoint) -> Climbs:
        return {}

    def _admit(self, standing: Standing, entry: bytes, origin: str) -> Standing:
        """Do what `codec.admit` does, with an entry that is read and a key that is loaded."""
        signed, event = self._read(entry, origin)
        registry = standing.registry
        key = self._key(registry.public_key(signed.kid, event))
        jws.check(signed, key, codec.TYP)
        registry.check_power(event)
        codec.check_vouchers(registry.vouchers(event, origin))
        if not isinstance(event, ORGANISATION_EVENTS):
            return standing
        _check_next(registry.organisations.get(event.organisation), event)
        following = Registry(self._trust.authority)
        following.organisations = dict(registry.organisations)
        following.apply(event)
        return Standing(following)


def _check_next(before: Organisation | None, event: OrganisationEvent) -> None:
    """Refuse a gap: a cancelled eligibility or revoked key could have been left out there."""
    expected = before.version + 1 if before else 1
    if event.originator_version != expected:
        raise ChainBroken(f"event {expected} of {event.organisation} was left out")
