"""Lists of who gave how much of a joint gift: stated with it, or sealed in its receipt."""

from __future__ import annotations

from collections.abc import Sequence

from ledger.application.desk import Desk
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import MembersUnusable
from ledger.money import Money
from ledger.proof.disclosure import Opening

Member = tuple[str, Money]
"""Who gave how much."""


def sealed_members(desk: Desk, members: Sequence[Member]) -> list[Opening]:
    """Seal each member with what they gave: their name, a tab, the amount in yuan."""
    return [desk.sealer.opening("member", f"{name}\t{share.decimal()}") for name, share in members]


def members_of(desk: Desk, receipt: Receipt) -> list[Member]:
    """Return the members that a joint receipt lists; refuse if one of them was erased."""
    found = desk.vault.of_digests(receipt.digests)
    if len(found) < len(receipt.digests):
        raise MembersUnusable("a name of its list was erased")
    told = [opening.value.rpartition("\t") for opening in found.values()]
    return [(name, Money.parse(share)) for name, _, share in told]


def stated_members(desk: Desk, gift: str) -> list[Member]:
    """Return who gave how much of a gift as it was stated; refuse if nobody said or was erased."""
    shares = desk.streams.counted_gift(gift).shares
    if not shares:
        raise MembersUnusable("nobody stated who gave how much; hand in a list (--list)")
    names = desk.vault.of_digests(d for share in shares for d in share.party.sealed)
    known = [[names[d].value for d in share.party.sealed if d in names] for share in shares]
    if not all(known):
        raise MembersUnusable("the name of a member was erased")
    return [(named[0], share.amount) for named, share in zip(known, shares, strict=True)]
