"""What decisions are made from: each thing folded from its own verified stream."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

from ledger.application.kept_stories import KeptStories
from ledger.domain import credits as gift_credits
from ledger.domain import (
    funds,
    gifts,
    naming_grant,
    organisations,
    oversight,
    periods,
    pledges,
    receipt_books,
    receipt_life,
    receipts,
    services,
)
from ledger.domain.credits import CountedGift
from ledger.domain.events import (
    ClaimNoticeSettled,
    ClaimReleased,
    Event,
    FundEvent,
    ReceiptClaimed,
)
from ledger.domain.events.credit import ConduitNamed, CreditGiven, GiftSharesStated
from ledger.domain.events.naming import NamingEvent
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.kinds import KINDS
from ledger.domain.naming_grant import NamingGrant
from ledger.domain.naming_history import BY_OTHERS
from ledger.domain.organisations import AUTHORITY, Organisation
from ledger.domain.oversight import Oversight
from ledger.domain.periods import Periods
from ledger.domain.pledges import Pledge
from ledger.domain.receipt_books import ReceiptBook
from ledger.domain.receipt_life import Receipt
from ledger.domain.receipts import ReceiptUnknown
from ledger.domain.services import Service
from ledger.engine import Engine
from ledger.errors import Refused, Unknown, Untrusted

BY_TAX_BUREAU = (ReceiptClaimed, ClaimReleased, ClaimNoticeSettled)
"""Facts in a receipt's story that the authority signs."""

FUNDS_KEPT, ORGANISATIONS_KEPT = 256, 256
"""Funds and organisations kept in memory, those used last."""


class OrganisationUnknown(Unknown):
    """No organisation is registered under that credit code."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"no organisation {organisation}; register it first (charity register)")


class FundUnknown(Unknown):
    """No fund has that id."""

    def __init__(self, fund: str) -> None:
        super().__init__(f"no fund {fund}; open one first (fund open)")


class GiftUnknown(Unknown):
    """No gift has that id."""

    def __init__(self, gift: str) -> None:
        super().__init__(f"no gift {gift}")


class PledgeUnknown(Unknown):
    """No promise has that id."""

    def __init__(self, pledge: str) -> None:
        super().__init__(f"no pledge {pledge}; see pledge due")


class ServiceUnknown(Unknown):
    """No record of help has that id."""

    def __init__(self, service: str) -> None:
        super().__init__(f"no service {service}; see service list")


class NamingUnknown(Unknown):
    """No name was proposed under that id."""

    def __init__(self, naming: str) -> None:
        super().__init__(f"no name {naming}; propose it first (naming propose)")


class ActsOnAnothers(Untrusted):
    """An organisation signed a fact in a story that another one opened."""

    def __init__(self, actor: str, stream: str) -> None:
        super().__init__(f"{actor} signed in {stream}, which is not its own; run an audit")


class NotACharity(Refused):
    """Only charities, and others that may issue receipts, hold funds and receipt books."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"{organisation} is no charity, nor another body that may issue receipts")


class Streams:
    """Reads organisations, funds, gifts, promises and receipt books, verifying every event."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._funds = KeptStories(engine.history, _fund, FUNDS_KEPT)
        self._organisations = KeptStories(engine.history, organisations.evolve, ORGANISATIONS_KEPT)

    def organisation(self, organisation: str) -> Organisation:
        """Return an organisation, from its stream."""
        found = self.find_organisation(organisation)
        if found is None:
            raise OrganisationUnknown(organisation)
        return found

    def fund(self, fund: str) -> Fund:
        """Return a fund, from its stream; one with years of payments is read on from the last."""
        known = self._find_fund(fund)
        if known is None:
            raise FundUnknown(fund)
        return known

    def _find_fund(self, fund: str, *, lately: bool = False) -> Fund | None:
        read = self._funds.lately if lately else self._funds.now
        return read(fund) if fund.startswith("fund-") else None

    def oversight(self, organisation: str) -> Oversight:
        """Return the limits of an organisation's roles, from their stream."""
        stream = oversight.stream(organisation)
        history = self._engine.history(stream)
        _check_own(stream, organisation, history)
        return reduce(oversight.evolve, history, Oversight(organisation))

    def periods(self, organisation: str) -> Periods:
        """Return how far an organisation has closed its books, from their stream."""
        stream = periods.stream(organisation)
        history = self._engine.history(stream)
        _check_own(stream, organisation, history)
        return reduce(periods.evolve, history, Periods(organisation))

    def gift(self, gift: str) -> Gift:
        """Return a gift, from its stream."""
        history = self._own(gift) if gift.startswith("gift-") else []
        if not history:
            raise GiftUnknown(gift)
        return reduce(gifts.evolve, history[1:], gifts.evolve(None, history[0]))

    def facts(self, stream: str, after: int | None = None) -> list[Event]:
        """Return what was recorded in a stream, after a version."""
        return list(self._engine.history(stream, after))

    def counted_gift(self, gift: str) -> CountedGift:
        """Return what a gift of money counts for, from its stream."""
        history = self._own(gift) if gift.startswith("gift-") else []
        if not history:
            raise GiftUnknown(gift)
        return gift_credits.counted(history)

    def aside(self, gift: str) -> dict[int, bool]:
        """Return the facts of a gift's story that name others than its donor, by version.

        True where these gave it together, so that the donor's own name may hold theirs.
        """
        return {
            event.originator_version: isinstance(event, GiftSharesStated)
            for event in self._own(gift)
            if isinstance(event, CreditGiven | ConduitNamed | GiftSharesStated)
        }

    def pledge(self, pledge: str) -> Pledge:
        """Return a promise, from its stream."""
        history = self._own(pledge) if pledge.startswith("pledge-") else []
        if not history:
            raise PledgeUnknown(pledge)
        return reduce(pledges.evolve, history[1:], pledges.evolve(None, history[0]))

    def service(self, service: str) -> Service:
        """Return a record of help, from its stream."""
        history = self._own(service) if service.startswith("service-") else []
        if not history:
            raise ServiceUnknown(service)
        return reduce(services.evolve, history[1:], services.evolve(None, history[0]))

    def naming(self, naming: str) -> NamingGrant:
        """Return a name, from its stream."""
        facts = self.naming_facts(naming)
        return reduce(naming_grant.evolve, facts[1:], naming_grant.evolve(None, facts[0]))

    def naming_facts(self, naming: str) -> list[NamingEvent]:
        """Return all that was recorded of a name: by its charity, or decided by the authority."""
        history: list[NamingEvent] = []
        if naming.startswith("naming-"):
            history = self._engine.history(naming)
        if not history:
            raise NamingUnknown(naming)
        theirs = [e for e in history if e.actor != AUTHORITY or not isinstance(e, BY_OTHERS)]
        _check_own(naming, history[0].actor, theirs)
        return history

    def _own(self, stream: str) -> list[Any]:
        """Return a stream's events; all must be by the organisation that opened it."""
        history = self._engine.history(stream)
        if history:
            _check_own(stream, history[0].actor, history)
        return history

    def receipt(self, code: str, number: str) -> Receipt:
        """Return a receipt, from its stream: the issuer's story, with what the tax bureau added."""
        receipts.numbered(code, number)
        stream = receipts.stream(code, number)
        history = self._engine.history(stream)
        if not history:
            raise ReceiptUnknown(code, number)
        theirs = [e for e in history if e.actor != AUTHORITY or not isinstance(e, BY_TAX_BUREAU)]
        _check_own(stream, history[0].actor, theirs)
        return reduce(receipt_life.evolve, history[1:], receipt_life.evolve(None, history[0]))

    def book(self, code: str) -> ReceiptBook:
        """Return the lots of a receipt code, from its stream."""
        receipt_books.receipt_code(code)
        history = self._engine.history(receipt_books.stream(code))
        return reduce(receipt_books.evolve, history, ReceiptBook(code))

    def recipient(self, organisation: str) -> Organisation:
        """Return an organisation that may hold funds and issue receipts; refuse any other."""
        found = self.organisation(organisation)
        if found.kind not in KINDS:
            raise NotACharity(organisation)
        return found

    charity = recipient
    """Most recipients are charities, and most commands speak of them."""

    def fund_of(self, fund: str, organisation: str, *, lately: bool = False) -> Fund:
        """Return a fund of this charity; refuse a fund of another one.

        Who holds a fund was a charity when it was opened, and stays one: that is not asked again.
        With `lately` the fund may be as it was read last (`KeptStories.lately`).
        """
        found = self._find_fund(fund, lately=lately)
        if found is not None and found.organisation == organisation:
            return found
        self.charity(organisation)
        if found is None:
            raise FundUnknown(fund)
        raise gifts.FundOfAnotherCharity(fund, found.organisation, organisation)

    def find_organisation(self, organisation: str) -> Organisation | None:
        """Return an organisation, or None when it was never registered."""
        return self._organisations.now(organisations.stream(organisation))


def _fund(known: Fund | None, event: FundEvent) -> Fund:
    """Apply one fact to a fund, whose holder alone speaks in its story."""
    _check_own(event.originator_id, known.organisation if known else event.actor, [event])
    return funds.evolve(known, event)


def _check_own(stream: str, holder: str, history: Sequence[Event]) -> None:
    """Refuse a story in which another organisation than its holder speaks."""
    for event in history:
        if event.actor != holder:
            raise ActsOnAnothers(event.actor, stream)
