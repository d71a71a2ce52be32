"""Organisations: registration, keys, and eligibility by the day of the gift."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import organisations
from ledger.domain.credit_codes import CreditCodeMalformed
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityGranted,
    KeyRegistered,
    KeyRevoked,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.domain.organisations import (
    AUTHORITY,
    ApplicantKindUnknown,
    EligibilityOverlaps,
    EligibilityPeriod,
    KeyUnknown,
    KeyWasRevoked,
    NameUnusable,
    NothingToCancel,
    Organisation,
    OrganisationAlreadyRegistered,
    PeriodBackwards,
    evolve,
    first_of_next_month,
)
from tests.ledger.domain.given import CHARITY, NOON, UNHURRIED, fact

FIRST, LAST, NOTICE = date(2026, 1, 1), date(2028, 12, 31), "公告示例1号"
STREAM = f"organisation-{CHARITY}"


def charity(*later: OrganisationEvent) -> Organisation:
    return reduce(evolve, later, evolve(None, fact(OrganisationRegistered, STREAM)))


def granted(first: date = FIRST, last: date = LAST, notice: str = NOTICE) -> EligibilityGranted:
    return fact(EligibilityGranted, STREAM, 2, first_day=first, last_day=last, notice=notice)


def grant(
    known: Organisation,
    first: date = FIRST,
    last: date = LAST,
    notice: str = NOTICE,
    kind: int = 3,
) -> EligibilityGranted | None:
    return organisations.grant_eligibility(known, first, last, notice, kind, AUTHORITY, NOON)


def test_a_new_ledger_is_founded_by_an_authority_with_all_powers() -> None:
    founded = organisations.found_ledger(" 示范省民政厅 ", "kid", "public", NOON)
    known = evolve(None, founded)

    assert (founded.name, founded.actor, founded.originator_version) == (
        "示范省民政厅",
        AUTHORITY,
        1,
    )
    assert known.powers == ("register", "eligibility", "finance", "naming")
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

    revoked = organisations.revoke_key(known, "kid", " 设备遗失 ", AUTHORITY, NOON)
    assert (revoked.originator_version, revoked.reason) == (3, "设备遗失")
    assert evolve(known, revoked).keys == {}


def test_revoking_one_key_leaves_the_others() -> None:
    two = charity(fact(KeyRegistered, STREAM, 2, kid="a"), fact(KeyRegistered, STREAM, 3, kid="b"))
    assert set(evolve(two, fact(KeyRevoked, STREAM, 4, kid="a")).keys) == {"b"}


def test_a_revoked_key_never_comes_back() -> None:
    known = charity(fact(KeyRegistered, STREAM, 2, kid="a"), fact(KeyRevoked, STREAM, 3, kid="a"))

    with pytest.raises(KeyWasRevoked, match=f"key a of {CHARITY} was revoked; register another"):
        organisations.register_key(known, "a", "public", AUTHORITY, NOON)
    assert organisations.register_key(known, "b", "public", AUTHORITY, NOON).kid == "b"


def test_a_key_that_does_not_work_cannot_be_revoked() -> None:
    with pytest.raises(KeyUnknown, match=f"{CHARITY} has no working key kid-9"):
        organisations.revoke_key(charity(), "kid-9", "设备遗失", AUTHORITY, NOON)


def test_a_revocation_needs_a_reason_that_people_can_read() -> None:
    known = charity(fact(KeyRegistered, STREAM, 2, kid="a"))

    with pytest.raises(NameUnusable):
        organisations.revoke_key(known, "a", "", AUTHORITY, NOON)


# Eligibility.


def test_both_ends_of_a_period_are_eligible_days() -> None:
    known = charity(granted())

    assert (
        known.eligible_on(FIRST)
        == known.eligible_on(LAST)
        == EligibilityPeriod(FIRST, LAST, NOTICE)
    )
    assert known.eligible_on(FIRST - timedelta(days=1)) is None
    assert known.eligible_on(LAST + timedelta(days=1)) is None


def test_a_period_is_granted_once_and_the_same_grant_again_is_no_news() -> None:
    event = grant(charity(), notice=f" {NOTICE} ")

    assert event == fact(EligibilityGranted, STREAM, 2, actor=AUTHORITY)
    assert grant(charity(granted())) is None


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (FIRST, LAST),
        (date(2025, 1, 1), FIRST),
        (LAST, date(2030, 12, 31)),
        (date(2027, 1, 1), date(2027, 1, 1)),
        (date(2020, 1, 1), date(2030, 1, 1)),
    ],
)
def test_two_notices_cannot_cover_one_day(first: date, last: date) -> None:
    with pytest.raises(
        EligibilityOverlaps, match="from 2026-01-01 to 2028-12-31 is already granted"
    ):
        grant(charity(granted()), first, last, "公告示例2号")


def test_periods_may_follow_each_other_day_by_day() -> None:
    before, after = date(2025, 12, 31), date(2029, 1, 1)

    assert grant(charity(granted()), before, before, "公告示例2号")
    assert grant(charity(granted()), after, after, "公告示例2号")
    assert grant(charity(), FIRST, FIRST)


def test_a_period_may_not_end_before_it_begins() -> None:
    with pytest.raises(PeriodBackwards, match="2028-12-31 to 2026-01-01 ends before it begins"):
        grant(charity(), LAST, FIRST)


@pytest.mark.parametrize("kind", [0, 4, -1])
def test_there_are_three_kinds_of_applicants(kind: int) -> None:
    with pytest.raises(ApplicantKindUnknown, match=f"applicant kind {kind} is none of 1"):
        grant(charity(), kind=kind)


def test_a_cancel_notice_ends_eligibility_with_its_month() -> None:
    known = charity(granted())
    event = organisations.cancel_eligibility(known, date(2027, 5, 20), AUTHORITY, NOON)
    after = evolve(known, event)

    assert event == fact(EligibilityCancelled, STREAM, 3, actor=AUTHORITY)
    assert after.eligible_on(date(2027, 5, 28))
    assert after.eligible_on(date(2027, 5, 31))
    assert after.eligible_on(date(2027, 6, 1)) is None
    assert after.eligible_on(FIRST), "earlier gifts keep theirs"


def test_a_cancel_notice_drops_periods_that_have_not_begun() -> None:
    later = granted(date(2029, 1, 1), date(2031, 12, 31), "公告示例2号")
    known = charity(granted(), later)
    after = evolve(known, organisations.cancel_eligibility(known, date(2028, 12, 1), "a", NOON))

    assert after.eligibility == (EligibilityPeriod(FIRST, LAST, NOTICE),)


def test_a_notice_may_take_the_last_day_of_a_period_alone() -> None:
    known = charity(granted(FIRST, date(2027, 6, 1)))
    after = evolve(known, organisations.cancel_eligibility(known, date(2027, 5, 31), "a", NOON))

    assert after.eligibility == (EligibilityPeriod(FIRST, date(2027, 5, 31), NOTICE),)


def test_what_has_ended_cannot_be_cancelled() -> None:
    with pytest.raises(NothingToCancel, match="no eligibility reaches 2029-01-01"):
        organisations.cancel_eligibility(charity(granted()), date(2028, 12, 1), AUTHORITY, NOON)
    with pytest.raises(NothingToCancel):
        organisations.cancel_eligibility(charity(), date(2027, 5, 20), AUTHORITY, NOON)


def test_a_notice_without_a_month_after_it_cancels_nothing() -> None:
    forever = charity(granted(FIRST, date.max))

    with pytest.raises(NothingToCancel, match="no eligibility reaches 9999-12-05"):
        organisations.cancel_eligibility(forever, date(9999, 12, 5), AUTHORITY, NOON)


def test_a_second_notice_may_only_cut_what_the_first_one_left() -> None:
    known = charity(granted(), fact(EligibilityCancelled, STREAM, 3))

    with pytest.raises(NothingToCancel):
        organisations.cancel_eligibility(known, date(2027, 5, 31), AUTHORITY, NOON)
    earlier = organisations.cancel_eligibility(known, date(2027, 4, 30), AUTHORITY, NOON)
    assert evolve(known, earlier).eligible_on(date(2027, 5, 1)) is None


def test_after_a_cancel_the_same_notice_cannot_quietly_be_granted_again() -> None:
    known = charity(granted(), fact(EligibilityCancelled, STREAM, 3))

    with pytest.raises(EligibilityOverlaps, match="from 2026-01-01 to 2027-05-31"):
        grant(known)
    assert grant(known, date(2027, 6, 1), LAST, "公告示例2号"), "a new notice may, for later days"


@pytest.mark.parametrize(
    ("day", "first"),
    [
        (date(2026, 12, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
        (date(2027, 1, 31), date(2027, 2, 1)),
        (date(2028, 2, 29), date(2028, 3, 1)),
        (date(2023, 5, 20), date(2023, 6, 1)),
    ],
)
def test_the_month_after_a_notice_begins_on_its_first_day(day: date, first: date) -> None:
    assert first_of_next_month(day) == first


@given(st.dates(max_value=date(9999, 11, 30)))
@UNHURRIED
def test_no_day_lies_between_a_month_and_the_next(day: date) -> None:
    first = first_of_next_month(day)

    assert first.day == 1
    assert (first - timedelta(days=1)).timetuple()[:2] == day.timetuple()[:2]


starts = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@given(st.lists(st.tuples(st.booleans(), starts, st.integers(0, 1100)), max_size=10))
@UNHURRIED
def test_whatever_is_granted_and_cancelled_no_day_is_covered_twice(
    acts: list[tuple[bool, date, int]],
) -> None:
    known, eligible = charity(), set[date]()

    for grants, day, length in acts:
        days = {day + timedelta(days=n) for n in range(length + 1)}
        try:
            if grants:
                event: OrganisationEvent | None = grant(known, day, max(days), f"公告{day}")
                eligible |= days if event else set()
            else:
                event = organisations.cancel_eligibility(known, day, AUTHORITY, NOON)
                eligible = {d for d in eligible if d < first_of_next_month(day)}
        except (EligibilityOverlaps, NothingToCancel):
            continue
        known = evolve(known, event) if event else known
        covered = [
            p.first_day + timedelta(days=n)
            for p in known.eligibility
            for n in range((p.last_day - p.first_day).days + 1)
        ]
        assert len(covered) == len(set(covered))
        assert set(covered) == eligible
