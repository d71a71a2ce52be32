"""Organisations: registration, by kind, and keys."""

from __future__ import annotations

from functools import reduce

import pytest

from ledger.domain import organisations
from ledger.domain.credit_codes import CreditCodeMalformed
from ledger.domain.events import (
    KeyRegistered,
    KeyRevoked,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.domain.kinds import KINDS, KindUnknown, MayNotIssue
from ledger.domain.organisations import (
    AUTHORITY,
    KeyWasRevoked,
    NameUnusable,
    Organisation,
    OrganisationAlreadyRegistered,
    OrganisationIsOfKind,
    evolve,
)
from tests.ledger.domain.given import CHARITY, NOON, fact

STREAM = f"organisation-{CHARITY}"


def charity(*later: OrganisationEvent) -> Organisation:
    return reduce(evolve, later, evolve(None, fact(OrganisationRegistered, STREAM)))


def test_a_new_ledger_is_founded_by_an_authority_with_all_powers() -> None:
    founded = organisations.found_ledger(" 示范省民政厅 ", "kid", "public", NOON)
    known = evolve(None, founded)

    assert (founded.name, founded.actor, founded.originator_version) == (
        "示范省民政厅",
        AUTHORITY,
        1,
    )
    assert known.powers == ("register", "eligibility", "finance", "naming", "tax")
    assert known.keys == {"kid": "public"}
    assert known.kind == "authority"


def test_a_charity_is_registered_under_its_credit_code() -> None:
    event = organisations.register_charity(None, CHARITY, " 示范基金会 ", AUTHORITY, NOON)

    assert event == fact(OrganisationRegistered, STREAM, actor=AUTHORITY)
    assert charity() == Organisation(CHARITY, 1, "示范基金会", "charity")


def test_a_charity_is_registered_once_and_under_one_name() -> None:
    again = organisations.register_charity(charity(), CHARITY, "示范基金会", AUTHORITY, NOON)
    assert again is None

    with pytest.raises(OrganisationAlreadyRegistered, match=f"{CHARITY} is already .* 示范基金会"):
        organisations.register_charity(charity(), CHARITY, "另一基金会", AUTHORITY, NOON)


def test_only_a_credit_code_names_a_charity() -> None:
    with pytest.raises(CreditCodeMalformed):
        organisations.register_charity(None, AUTHORITY, "示范基金会", AUTHORITY, NOON)


@pytest.mark.parametrize("name", ["", "  ", "\n", "示范\n基金会", "示" * 201, "a\u202eb"])
def test_a_name_that_people_cannot_read_is_refused(name: str) -> None:
    with pytest.raises(NameUnusable, match="1 to 200 printable characters") as refusal:
        organisations.printable_name(name)

    assert repr(name[:40]) in str(refusal.value)
    assert organisations.printable_name(" " + "示" * 200) == "示" * 200


# Keys.


def test_a_key_works_from_its_registration_until_it_is_revoked() -> None:
    registered = organisations.register_key(charity(), "kid", "public", AUTHORITY, NOON)
    known = charity(registered)
    assert (registered.originator_version, known.keys) == (2, {"kid": "public"})

    revoked = fact(KeyRevoked, STREAM, 3, kid="kid")
    assert evolve(known, revoked).keys == {}
    assert evolve(known, revoked).revoked == {"kid"}


def test_revoking_one_key_leaves_the_others() -> None:
    two = charity(fact(KeyRegistered, STREAM, 2, kid="a"), fact(KeyRegistered, STREAM, 3, kid="b"))
    assert set(evolve(two, fact(KeyRevoked, STREAM, 4, kid="a")).keys) == {"b"}


def test_a_revoked_key_never_comes_back() -> None:
    known = charity(fact(KeyRegistered, STREAM, 2, kid="a"), fact(KeyRevoked, STREAM, 3, kid="a"))

    with pytest.raises(KeyWasRevoked, match=f"key a of {CHARITY} was revoked; register another"):
        organisations.register_key(known, "a", "public", AUTHORITY, NOON)
    assert organisations.register_key(known, "b", "public", AUTHORITY, NOON).kid == "b"


# Kinds.


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_whoever_may_issue_receipts_is_registered_by_its_kind(kind: str) -> None:
    event = organisations.register_charity(None, CHARITY, "示范机构", AUTHORITY, NOON, kind)

    assert event is not None
    assert (event.kind, evolve(None, event).kind) == (kind, kind)


def test_an_organisation_keeps_its_kind() -> None:
    same = organisations.register_charity(charity(), CHARITY, "示范基金会", AUTHORITY, NOON)
    assert same is None
    with pytest.raises(OrganisationIsOfKind, match=f"{CHARITY} is already registered as charity"):
        organisations.register_charity(
            charity(), CHARITY, "示范基金会", AUTHORITY, NOON, "institution"
        )


@pytest.mark.parametrize("kind", ["township-government", "village", "village-committee", "street"])
def test_townships_and_villages_are_registered_as_no_issuers(kind: str) -> None:
    with pytest.raises(MayNotIssue, match=f"{kind}: townships, villages .* county level"):
        organisations.register_charity(None, CHARITY, "示范乡政府", AUTHORITY, NOON, kind)


def test_a_kind_that_nobody_knows_is_refused() -> None:
    with pytest.raises(KindUnknown, match="'club' is none of charity, mass-organisation"):
        organisations.register_charity(None, CHARITY, "示范机构", AUTHORITY, NOON, "club")


def test_a_rural_collective_is_no_issuer_whatever_kind_it_names() -> None:
    collective = "N2230108000000000M"

    with pytest.raises(MayNotIssue, match=f"{collective} is the code of a rural collective"):
        organisations.register_charity(None, collective, "示范村经济合作社", AUTHORITY, NOON)
