from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ledger.domain import drafting, permissions
from ledger.domain.acting import ROLES, Acting
from ledger.domain.events import (
    TOPICS,
    ClaimNoticeRaised,
    DonorShown,
    FundClosed,
    FundOpened,
    LedgerFounded,
    ReceiptNumber,
)
from ledger.domain.events.base import Event
from ledger.domain.permissions import (
    FOLLOWING,
    MONEY,
    PERMITTED,
    NotPermitted,
    NotTheDonor,
    OtherOrganisation,
    SecondFactorMissing,
)
from ledger.money import Money
from tests.conftest import USCC

RED = ReceiptNumber(code="23050126", number="0000000002")
NOBODY = {
    "ledger-founded.v1",
    "key-revoked.v1",
    "eligibility-cancelled.v1",
    "document-key-registered.v1",
    "document-key-revoked.v1",
    "receipt-issued.v1",
    "receipt-reversed.v1",
}
"""Founding, keys of documents, which the house registers itself, and facts of earlier forms."""


@pytest.mark.parametrize(
    ("who", "own"),
    [
        (("donor", ""), ()),
        (("donor", ""), ("gift-2",)),
        (("donor", USCC), ("gift-1",)),
        (("auditor", ""), ("gift-1",)),
    ],
)
def test_a_donor_decides_on_own_gifts_alone(who: tuple[str, str], own: tuple[str, ...]) -> None:
    role, organisation = who
    with pytest.raises((NotTheDonor, NotPermitted)):
        permissions.check(acting(role, organisation=organisation), [shown()], own)
    with pytest.raises(NotTheDonor):
        permissions.check_donor(acting(role, organisation=organisation), "gift-1", own)
    permissions.check(acting("donor", organisation=""), [shown()], ("gift-1",))


def test_nobody_prepares_what_a_donor_decides() -> None:
    assert not drafting.may_prepare(acting("donor", organisation=""), DonorShown)
    assert not drafting.may_prepare(acting("clerk"), DonorShown)


def test_no_role_of_a_charity_shows_a_donor() -> None:
    for role in set(ROLES) - {"donor"}:
        with pytest.raises(NotPermitted):
            permissions.check(acting(role), [shown()], ("gift-1",))


def shown() -> Event:
    return DonorShown(
        originator_id="gift-1", originator_version=2,
        timestamp=datetime(2026, 11, 22, tzinfo=UTC), actor=USCC, shown="anonymous", sealed=(),
    )  # fmt: skip


def acting(*roles: str, organisation: str = USCC, confirmed: bool = True) -> Acting:
    return Acting("4f1c09aab2", organisation, frozenset(roles), confirmed)


def opened(actor: str = USCC) -> Event:
    return FundOpened(
        originator_id="fund-1", originator_version=1, timestamp=datetime(2026, 11, 22, tzinfo=UTC),
        actor=actor, organisation=actor, name="扶贫济困资金", kind="general", purpose=None,
        place=None,
    )  # fmt: skip


def closed() -> Event:
    return FundClosed(
        originator_id="fund-1", originator_version=2, timestamp=datetime(2026, 11, 22, tzinfo=UTC),
        actor=USCC, left_over="none", note="完成", decided_by="reviewer-4f1c09aab2",
    )  # fmt: skip


def noticed() -> Event:
    return ClaimNoticeRaised(
        originator_id="receipt-1", originator_version=3,
        timestamp=datetime(2026, 11, 22, tzinfo=UTC), actor="authority", code="23050126",
        number="0000000001", claim="claim-1", amount=Money(100, "CNY"), year=2026, red=RED,
        reason="refund",
    )  # fmt: skip


def test_every_fact_is_some_roles_or_follows_or_is_nobodys() -> None:
    told = {cls.TOPIC for cls in PERMITTED} | {cls.TOPIC for cls in FOLLOWING}
    assert told | NOBODY == set(TOPICS)
    assert not told & NOBODY


def test_every_role_that_is_permitted_anything_exists() -> None:
    assert frozenset().union(*PERMITTED.values()) <= set(ROLES)


def test_what_moves_money_is_permitted_to_somebody() -> None:
    assert set(PERMITTED) >= MONEY


def test_a_role_may_cause_what_is_its_own_and_nothing_else() -> None:
    permissions.check(acting("clerk"), [opened()])
    with pytest.raises(NotPermitted, match="takes the role clerk or reviewer"):
        permissions.check(acting("auditor"), [opened()])


def test_what_is_nobodys_no_account_may_cause() -> None:
    assert not permissions.may(acting(*ROLES), LedgerFounded)
    founded = LedgerFounded(
        originator_id="organisation-authority", originator_version=1,
        timestamp=datetime(2026, 11, 22, tzinfo=UTC), actor="authority", organisation="authority",
        name="主管机关", powers=(), kid="k", public="p",
    )  # fmt: skip
    with pytest.raises(NotPermitted, match="none may"):
        permissions.check(acting(*ROLES), [founded])


def test_an_account_acts_for_its_own_organisation_alone() -> None:
    with pytest.raises(OtherOrganisation):
        permissions.check(acting("clerk"), [opened(actor="91110000600037341L")])


def test_one_fact_that_is_not_permitted_refuses_all() -> None:
    with pytest.raises(NotPermitted):
        permissions.check(acting("clerk"), [opened(), closed()])


def test_what_moves_money_takes_a_second_factor() -> None:
    permissions.check(acting("reviewer"), [closed()])
    with pytest.raises(SecondFactorMissing, match="second factor"):
        permissions.check(acting("reviewer", confirmed=False), [closed()])


def test_facts_that_the_ledger_adds_are_nobodys_to_be_permitted() -> None:
    permissions.check(acting("reviewer"), [closed(), noticed()])
