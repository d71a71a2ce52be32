"""Puts into a batch what a return means for names: the reviews that it calls for."""

from __future__ import annotations

from ledger.application.batch import Batch
from ledger.application.desk import Desk
from ledger.domain import naming_life, naming_support
from ledger.domain.events import GiftSupportsName
from ledger.domain.events.naming import NamingEntered, NamingReviewClosed
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.keeping import Unless
from ledger.domain.naming_grant import NamingGrant
from ledger.domain.naming_steps import counted
from ledger.money import Money

STANDS_ANEW = (NamingEntered, NamingReviewClosed)
"""Facts after which a return calls for a review that it did not call for before."""


def received(desk: Desk, grant: NamingGrant, fund: Fund) -> Money:
    """Return what the gifts that count for a name hold; `fund` is the one they all lie in."""
    currency = grant.funding.needed.currency if grant.funding else "CNY"
    gifts = [desk.streams.gift(gift) for gift in counted(grant)]
    return naming_support.held(gifts, fund, currency)


def open_reviews(desk: Desk, gift: Gift, left: Fund, batch: Batch) -> None:
    """Add the reviews that the return or reversal of a gift calls for, after it.

    `left` is the fund as it will be. A name that comes to rest on the gift meanwhile, or into
    force, spoils the decision: it is then made anew.
    """
    batch.unless.append(Unless(gift.id, gift.version, GiftSupportsName.TOPIC))
    for naming in gift.namings:
        grant = desk.streams.naming(naming)
        now = received(desk, grant, left)
        review = naming_life.review_after_return(grant, now, gift.id, desk.now())
        if review:
            batch.events.append(review)
            continue
        batch.unless += [Unless(grant.id, grant.version, cls.TOPIC) for cls in STANDS_ANEW]
