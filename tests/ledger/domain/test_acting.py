from __future__ import annotations

import pytest

from ledger.domain.acting import ROLES, Acting, role_of, same_person
from ledger.domain.values import account

CLERK = Acting("4f1c09aab2", "53100000500020097X", frozenset({"clerk", "reviewer"}))


def test_an_event_names_an_account_by_its_role_and_id() -> None:
    assert CLERK.as_role("clerk") == "clerk-4f1c09aab2"
    assert CLERK.as_role("tax-officer", "reviewer") == "reviewer-4f1c09aab2"


def test_who_has_none_of_the_roles_is_named_by_the_first() -> None:
    assert CLERK.as_role("auditor", "evaluator") == "auditor-4f1c09aab2"


@pytest.mark.parametrize("role", ROLES)
def test_the_name_of_any_role_can_stand_in_an_event(role: str) -> None:
    named = CLERK.as_role(role)
    assert account(named) == named
    assert role_of(named) == role


def test_a_plain_role_is_its_own_name() -> None:
    assert role_of("reviewer") == "reviewer"
    assert role_of("clerk-2") == "clerk-2"


def test_one_account_in_two_roles_is_one_person() -> None:
    assert same_person("clerk-4f1c09aab2", "reviewer-4f1c09aab2")
    assert not same_person("clerk-4f1c09aab2", "clerk-4f1c09aab3")


def test_names_without_an_account_are_compared_as_they_stand() -> None:
    assert same_person("clerk", "clerk")
    assert not same_person("clerk", "reviewer")
    assert not same_person("clerk", "clerk-4f1c09aab2")


@pytest.mark.parametrize("account", ["", "4F1C09AAB2", "4f1c09aab", "王某某"])
def test_an_accounts_id_is_ten_hexadecimal_digits(account: str) -> None:
    with pytest.raises(AssertionError, match="ten hexadecimal digits"):
        Acting(account, "", frozenset())
