"""A row in every table of accounts."""

from __future__ import annotations

from api.people import registering
from api.wiring import House
from ledger.store.accounts_sessions import Challenges, FailedAttempts, Sessions, Terms
from ledger.store.accounts_tables import Passkey
from tests.conftest import USCC

WHO = "command/test"


def rows_of_accounts(house: House) -> None:
    """Give an account with a token, a passkey and a session; and what fails and waits."""
    accounts, means = house.accounts, house.accounts.means
    made, _ = registering.add(house, "clerk-1", USCC, ["clerk"], WHO)
    registering.make_token(house, made, "bank", ["clerk"], 30, WHO)
    accounts.add_passkey(
        Passkey(id="cGs", account=made.id, name="key", public="cHVi", count=3,
                created_at=means.clock(), last_used=None),
        made.login,
    )  # fmt: skip
    accounts.bind_gift(made.id, "gift-0123")
    Sessions(means, Terms()).open(made.id, stage="open", confirmed=True)
    FailedAttempts(means).begin("login clerk-1", 5)
    Challenges(means, Terms()).give("totp", "content")
