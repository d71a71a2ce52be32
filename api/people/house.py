"""What signing in works with, for one house: accounts, sessions, counters, passwords."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import cached_property
from typing import cast

from fastapi import Request

from api.people.addresses import Address, AddressNotSet, address_of
from api.people.limits import Limits
from api.people.passwords import Passwords
from api.public_house import PublicHouse
from api.wiring import House
from ledger.store.accounts import Accounts
from ledger.store.accounts_sessions import Challenges, FailedAttempts, Sessions, Terms


class People:
    """The accounts of a house, as the portal uses them."""

    def __init__(self, house: PublicHouse) -> None:
        self.house = cast("House", house)
        self.limits = Limits(time.monotonic)
        self.passwords = Passwords()

    @cached_property
    def terms(self) -> Terms:
        """How long things last."""
        return Terms(confirmed=timedelta(minutes=self.house.settings.confirmed_minutes))

    @cached_property
    def accounts(self) -> Accounts:
        """The accounts."""
        return self.house.accounts

    @cached_property
    def sessions(self) -> Sessions:
        """The sessions."""
        return Sessions(self.accounts.means, self.terms)

    @cached_property
    def attempts(self) -> FailedAttempts:
        """What failed of late."""
        return FailedAttempts(self.accounts.means)

    @cached_property
    def challenges(self) -> Challenges:
        """What browsers must bring back."""
        return Challenges(self.accounts.means, self.terms)

    def address(self, request: Request) -> Address:
        """Return where people open the portal; refuse where nobody has said so."""
        found = address_of(request, self.house.settings.address)
        if found is None:
            raise AddressNotSet
        return found


def people_of(request: Request) -> People:
    """Return the people of the house that a request is for."""
    found: People = request.app.state.people
    return found
