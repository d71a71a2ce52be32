"""What decisions are made from: each thing folded from its own verified stream."""

from __future__ import annotations

from functools import reduce
from typing import Any

from ledger.domain import funds, gifts, organisations, receipt_books
from ledger.domain.events import ReceiptIssued
from ledger.domain.funds import Fund
from ledger.domain.gifts import Gift
from ledger.domain.organisations import Organisation
from ledger.domain.receipt_books import ReceiptBook
from ledger.engine import Engine
from ledger.errors import Refused, Unknown, Untrusted


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


class ActsOnAnothers(Untrusted):
    """An organisation signed a fact in a story that another one opened."""

    def __init__(self, actor: str, stream: str) -> None:
        super().__init__(f"{actor} signed in {stream}, which is not its own; run an audit")


class NotACharity(Refused):
    """Only charities hold funds and receipt books."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"{organisation} is no charity")


class Streams:
    """Reads organisations, funds, gifts and receipt books, verifying every event."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def organisation(self, organisation: str) -> Organisation:
        """Return an organisation, from its stream."""
        found = self.find_organisation(organisation)
        if found is None:
            raise OrganisationUnknown(organisation)
        return found

    def fund(self, fund: str) -> Fund:
        """Return a fund, from its stream."""
        history = self._own(fund) if fund.startswith("fund-") else []
        if not history:
            raise FundUnknown(fund)
        return reduce(funds.evolve, history[1:], funds.evolve(None, history[0]))

    def gift(self, gift: str) -> Gift:
        """Return a gift, from its stream."""
        history = self._own(gift) if gift.startswith("gift-") else []
        if not history:
            raise GiftUnknown(gift)
        return reduce(gifts.evolve, history[1:], gifts.evolve(None, history[0]))

    def _own(self, stream: str) -> list[Any]:
        """Return a stream's events; all must be by the organisation that opened it."""
        history = self._engine.history(stream)
        for event in history[1:]:
            if event.actor != history[0].actor:
                raise ActsOnAnothers(event.actor, stream)
        return history

    def receipt(self, stream: str) -> ReceiptIssued:
        """Return what a receipt said when it was issued."""
        issued: ReceiptIssued = self._engine.history(stream)[0]
        return issued

    def book(self, code: str) -> ReceiptBook:
        """Return the lots of a receipt code, from its stream."""
        receipt_books.receipt_code(code)
        history = self._engine.history(receipt_books.stream(code))
        return reduce(receipt_books.evolve, history, ReceiptBook(code))

    def charity(self, organisation: str) -> Organisation:
        """Return a charity; refuse an organisation that is none."""
        found = self.organisation(organisation)
        if found.kind != "charity":
            raise NotACharity(organisation)
        return found

    def fund_of(self, fund: str, organisation: str) -> Fund:
        """Return a fund of this charity; refuse a fund of another one."""
        self.charity(organisation)
        found = self.fund(fund)
        if found.organisation != organisation:
            raise gifts.FundOfAnotherCharity(fund, found.organisation, organisation)
        return found

    def find_organisation(self, organisation: str) -> Organisation | None:
        """Return an organisation, or None when it was never registered."""
        history = self._engine.history(organisations.stream(organisation))
        found: Organisation | None = None
        for event in history:
            found = organisations.evolve(found, event)
        return found
