"""Three questions never mixed: a body may issue and not be eligible, or no more, or not yet."""

from __future__ import annotations

from datetime import date

import pytest

from ledger.domain.deductibility import eligible_on, may_issue
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityGranted,
    LedgerFounded,
    OrganisationRegistered,
)
from ledger.domain.kinds import KINDS, KindUnknown, issuing_kind
from ledger.domain.organisations import Organisation, evolve
from tests.ledger.domain.given import CHARITY, fact

STREAM = f"organisation-{CHARITY}"
DAY = date(2026, 10, 1)


def of_kind(kind: str) -> Organisation:
    return evolve(None, fact(OrganisationRegistered, STREAM, kind=kind))


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_registered_kind_may_issue_receipts_by_its_article(kind: str) -> None:
    answer = may_issue(of_kind(kind))

    assert answer.yes
    assert answer.source == "财综〔2024〕1号 art. 7"


def test_the_authority_of_a_ledger_issues_nothing_and_is_not_eligible() -> None:
    authority = evolve(None, fact(LedgerFounded, "organisation-authority"))

    assert not may_issue(authority).yes
    assert "kind authority issues no" in may_issue(authority).reason
    assert not eligible_on(authority, DAY).yes


def test_a_school_may_issue_and_is_never_eligible() -> None:
    answer = eligible_on(of_kind("institution"), DAY)

    assert may_issue(of_kind("institution")).yes
    assert (answer.yes, answer.period) == (False, None)
    assert "kind institution is never listed" in answer.reason


@pytest.mark.parametrize(
    ("kind", "source"),
    [("charity", "公告2020年第27号"), ("mass-organisation", "公告2021年第20号")],
)
def test_who_is_listed_is_eligible_on_the_days_of_its_list_only(kind: str, source: str) -> None:
    known = evolve(of_kind(kind), fact(EligibilityGranted, STREAM, 2))

    yes, no = eligible_on(known, DAY), eligible_on(known, date(2025, 12, 31))
    assert (yes.yes, yes.source, no.yes, no.source) == (True, source, False, source)
    assert yes.period == known.eligible_on(DAY)
    assert "listed from 2026-01-01 to 2028-12-31: 公告示例1号" in yes.reason
    assert (no.reason, no.period) == ("no list makes it eligible on 2025-12-31", None)


def test_of_days_that_a_notice_took_the_answer_names_the_notice() -> None:
    granted, cancelled = fact(EligibilityGranted, STREAM, 2), fact(EligibilityCancelled, STREAM, 3)
    known = evolve(evolve(of_kind("charity"), granted), cancelled)
    ended = "; ended from 2027-06-01 by the notice of 2027-05-20"

    kept, lost = eligible_on(known, DAY), eligible_on(known, date(2027, 6, 1))
    assert kept.reason == f"listed from 2026-01-01 to 2027-05-31: 公告示例1号{ended}"
    assert lost.reason == f"no list makes it eligible on 2027-06-01{ended}"
    for never in (date(2025, 12, 31), date(2029, 1, 1)):
        assert eligible_on(known, never).reason == f"no list makes it eligible on {never}"
    again = fact(EligibilityGranted, STREAM, 4, first_day=date(2027, 6, 1), last_day=date.max)
    last = eligible_on(evolve(known, again), date.max)
    assert last.reason == "listed from 2027-06-01 to 9999-12-31: 公告示例1号"


@pytest.mark.parametrize("tier", ["county", "city", "provincial", "central"])
def test_government_of_county_level_and_above_is_eligible_without_a_list(tier: str) -> None:
    answer = eligible_on(of_kind(f"{tier}-government"), DAY)

    assert answer.yes
    assert answer.reason == "government of county level and above needs no list"
    assert answer.source == "企业所得税法实施条例 art. 51"
    assert answer.period is not None


def test_a_kind_is_known_by_its_name() -> None:
    assert issuing_kind("charity").departments == ("civil-affairs", "finance", "tax")
    with pytest.raises(KindUnknown):
        issuing_kind("")
