"""Puts what a gift counts for into a batch: shares, conduit, and what ends as it shrinks."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from ledger.application.batch import Batch, digests
from ledger.application.desk import Desk
from ledger.domain import credits as gift_credits
from ledger.domain import pledge_payments
from ledger.domain.credits import CountedGift
from ledger.domain.events import GiftReturned, GiftReversed, GiftSetAgainstPledge
from ledger.domain.events.credit import CreditGiven, Share
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.keeping import Unless
from ledger.domain.payees import names_organisation
from ledger.domain.values import Party, Payee
from ledger.money import Money
from ledger.proof.disclosure import Opening


def sealed_party(desk: Desk, name: str) -> tuple[Party, list[Opening]]:
    """Seal the name of somebody who gives, shares or is credited, under a new id."""
    openings = [desk.sealer.opening("name", name)]
    return Party(id=desk.random_id(), sealed=digests(openings)), openings


def public_or_sealed(desk: Desk, name: str) -> tuple[Payee, list[Opening]]:
    """Name an organisation in public; seal what could be a person's name."""
    if names_organisation(name):
        return Payee(id=desk.random_id(), organisation=name, sealed=()), []
    party, openings = sealed_party(desk, name)
    return Payee(id=party.id, organisation=None, sealed=party.sealed), openings


def unless_gone(fund: Fund) -> list[Unless]:
    """Say what would spoil a decision on what is left of a gift: that some of it goes meanwhile."""
    return [Unless(fund.id, fund.version, cls.TOPIC) for cls in (GiftReturned, GiftReversed)]


def state_shares(
    desk: Desk, gift: CountedGift, shares: Sequence[tuple[str, Money]], batch: Batch
) -> CountedGift:
    """Add who gave how much of a joint gift, in the money it was given in; return the gift."""
    booked = gift_credits.booked_shares(gift, [amount for _, amount in shares])
    parties = [sealed_party(desk, name) for name, _ in shares]
    stated = gift_credits.state_shares(
        gift,
        [Share(party=p, amount=a) for (p, _), a in zip(parties, booked, strict=True)],
        desk.now(),
    )
    batch.events.append(stated)
    batch.openings += desk.sealer.rows([one for _, found in parties for one in found], stated)
    return gift_credits.evolve(gift, stated)


def name_conduit(
    desk: Desk, gift: CountedGift, name: str, batch: Batch, *, counted_before: bool
) -> CountedGift:
    """Add who passed a gift on, and whether their own count holds it already; return the gift."""
    conduit, openings = public_or_sealed(desk, name)
    named = gift_credits.name_conduit(gift, conduit, new_money=not counted_before, at=desk.now())
    batch.events.append(named)
    batch.openings += desk.sealer.rows(openings, named)
    return gift_credits.evolve(gift, named)


def shrink(desk: Desk, gift: Gift, left: Fund, why: str, batch: Batch) -> None:
    """Add to a batch that lets some of a gift go what ends with it: credits and kept promises.

    `left` is the fund as it will be. New credits and payments of the gift spoil the decision.
    """
    if gift.kind != "money":
        return
    known = desk.streams.counted_gift(gift.id)
    batch.unless += [
        Unless(gift.id, known.version, cls.TOPIC) for cls in (CreditGiven, GiftSetAgainstPledge)
    ]
    here = [event for event in batch.events if event.originator_id == gift.id]
    counted = reduce(gift_credits.evolve, here, known)
    kept, at = gift_credits.kept_of(counted, left), desk.now()
    for credit in gift_credits.credits_too_many(counted, kept):
        gone = gift_credits.withdraw_credit(counted, credit, gift_credits.WITHDRAWN, at)
        counted = gift_credits.evolve(counted, gone)
        batch.events.append(gone)
    for pledge, amount in pledge_payments.payments_too_many(counted, kept).items():
        undone, freed = pledge_payments.undo(desk.streams.pledge(pledge), counted, amount, why, at)
        counted = gift_credits.evolve(counted, freed)
        batch.events += [undone, freed]
