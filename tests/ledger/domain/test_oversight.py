"""Oversight: who may approve how much, and the record of what was refused."""

from __future__ import annotations

from functools import reduce

import pytest

from ledger.domain import oversight
from ledger.domain.disbursements import SamePerson
from ledger.domain.events import ApprovalLimitSet, AttemptRefused
from ledger.domain.oversight import LimitNegative, Oversight, OwnLimit
from ledger.domain.values import AccountMalformed
from ledger.money import Money
from tests.ledger.domain.given import CHARITY, FUND, NOON, cny, fact, fund

STREAM = f"oversight-{CHARITY}"


def set_limit(
    known: Oversight, role: str = "reviewer", limit: Money | None = None, by: str = "council"
) -> ApprovalLimitSet | None:
    return oversight.set_limit(known, role, limit, by, NOON)


def test_a_role_approves_up_to_its_limit_from_then_on() -> None:
    event = set_limit(Oversight(CHARITY), limit=cny("50000.00"))

    assert event == fact(ApprovalLimitSet, STREAM)
    assert event is not None
    known = oversight.evolve(Oversight(CHARITY), event)
    assert known == Oversight(CHARITY, 1, {"reviewer": cny("50000.00")})


def test_a_limit_that_is_set_already_is_no_new_fact() -> None:
    known = reduce(oversight.evolve, [fact(ApprovalLimitSet, STREAM)], Oversight(CHARITY))

    assert set_limit(known, limit=cny("50000.00")) is None
    lifted = set_limit(known, limit=None)
    assert lifted is not None
    assert (lifted.limit, lifted.originator_version) == (None, 2)
    assert set_limit(oversight.evolve(known, lifted), limit=None) is None


def test_a_role_whose_limit_was_never_set_may_be_given_none() -> None:
    assert set_limit(Oversight(CHARITY), limit=None) is not None


def test_nobody_sets_the_limit_of_their_own_approvals() -> None:
    with pytest.raises(OwnLimit, match="reviewer can't set its own limit; another role must"):
        set_limit(Oversight(CHARITY), limit=cny("1"), by="reviewer")


def test_a_limit_is_zero_or_more() -> None:
    assert set_limit(Oversight(CHARITY), limit=cny("0"))
    with pytest.raises(LimitNegative, match=r"a limit of -0\.01 CNY can't be set"):
        set_limit(Oversight(CHARITY), limit=cny("-0.01"))


@pytest.mark.parametrize(("role", "by"), [("王某某", "council"), ("reviewer", "王某某")])
def test_only_role_names_have_and_set_limits(role: str, by: str) -> None:
    with pytest.raises(AccountMalformed):
        set_limit(Oversight(CHARITY), role, cny("1"), by)


def test_a_refused_attempt_is_kept_under_the_name_of_its_rule() -> None:
    event = oversight.refused(
        "attempt-1", fund(), "disbursement-1", cny("60.00"), "approve", "clerk",
        SamePerson("clerk"), None, NOON,
    )  # fmt: skip

    assert event == fact(AttemptRefused, "attempt-1", fund=FUND)


def test_an_attempt_changes_no_limit() -> None:
    known = Oversight(CHARITY, 3, {"reviewer": cny("1")})

    assert oversight.evolve(known, fact(AttemptRefused, "attempt-1")) == known
