"""Eligibility: three years by a list, to the end of a notice's month, by the day of the gift."""

from __future__ import annotations

from datetime import date, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import eligibility
from ledger.domain.eligibility import (
    ApplicantKindUnknown,
    EligibilityOverlaps,
    LevelUnknown,
    Listing,
    NeedsNoList,
    NeverListed,
    NotAPeriodOfTransition,
    NothingToCancel,
    NotThePeriodOfNotice,
    PeriodBackwards,
    StillBarred,
    first_of_next_month,
)
from ledger.domain.eligibility_grounds import (
    FOR_GOOD,
    LAPSES,
    OFFENCES,
    GroundUnknown,
    article,
    barred_until,
)
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityEnded,
    EligibilityGranted,
    EligibilityListed,
    OrganisationEvent,
    OrganisationRegistered,
)
from ledger.domain.organisations import AUTHORITY, EligibilityPeriod, Organisation, evolve
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
    return eligibility.grant(known, first, last, notice, kind, AUTHORITY, NOON)


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
    event = eligibility.cancel(known, date(2027, 5, 20), AUTHORITY, NOON)
    after = evolve(known, event)

    assert event == fact(EligibilityCancelled, STREAM, 3, actor=AUTHORITY)
    assert after.eligible_on(date(2027, 5, 28))
    assert after.eligible_on(date(2027, 5, 31))
    assert after.eligible_on(date(2027, 6, 1)) is None
    assert after.eligible_on(FIRST), "earlier gifts keep theirs"


def test_a_cancel_notice_drops_periods_that_have_not_begun() -> None:
    later = granted(date(2029, 1, 1), date(2031, 12, 31), "公告示例2号")
    known = charity(granted(), later)
    after = evolve(known, eligibility.cancel(known, date(2028, 12, 1), "a", NOON))

    assert after.eligibility == (EligibilityPeriod(FIRST, LAST, NOTICE),)


@pytest.mark.parametrize("notice_date", [date(2019, 1, 1), date(2025, 11, 30)])
def test_a_notice_cannot_take_what_was_granted_after_it(notice_date: date) -> None:
    told = "would erase the eligibility from 2026-01-01 to 2028-12-31 .公告示例1号., which was"

    with pytest.raises(NothingToCancel, match=told):
        eligibility.cancel(charity(granted()), notice_date, AUTHORITY, NOON)
    with pytest.raises(NothingToCancel, match="give the day of the notice that ends it"):
        ended(charity(granted()), notice_date, "rating")
    event = eligibility.cancel(charity(granted()), date(2025, 12, 1), AUTHORITY, NOON)
    assert event.effective == FIRST


def test_a_notice_that_ends_one_period_cannot_erase_a_later_one_with_it() -> None:
    known = charity(granted(date(2023, 1, 1), date(2025, 12, 31), "公告示例0号"), granted())

    with pytest.raises(NothingToCancel, match="erase the eligibility from 2026-01-01"):
        eligibility.cancel(known, date(2025, 3, 10), AUTHORITY, NOON)
    event = eligibility.cancel(known, date(2026, 3, 10), AUTHORITY, NOON)
    assert event.effective == date(2026, 4, 1)


def test_by_the_day_of_its_list_a_period_is_known_to_be_older_than_a_notice() -> None:
    new, renewed = listed(charity(), 3), listed(charity(), 1)
    assert new is not None
    assert renewed is not None

    for known in (charity(new), charity(renewed)):
        with pytest.raises(NothingToCancel, match="granted after this notice"):
            eligibility.cancel(known, ZHONGSHAN - timedelta(days=1), AUTHORITY, NOON)
    ends = eligibility.cancel(charity(renewed), ZHONGSHAN, AUTHORITY, NOON)
    assert evolve(charity(renewed), ends).eligibility == (), "renewed, and lost before it began"


def test_a_notice_may_take_the_last_day_of_a_period_alone() -> None:
    known = charity(granted(FIRST, date(2027, 6, 1)))
    after = evolve(known, eligibility.cancel(known, date(2027, 5, 31), "a", NOON))

    assert after.eligibility == (EligibilityPeriod(FIRST, date(2027, 5, 31), NOTICE),)


def test_what_has_ended_cannot_be_cancelled() -> None:
    with pytest.raises(NothingToCancel, match="no eligibility reaches 2029-01-01"):
        eligibility.cancel(charity(granted()), date(2028, 12, 1), AUTHORITY, NOON)
    with pytest.raises(NothingToCancel):
        eligibility.cancel(charity(), date(2027, 5, 20), AUTHORITY, NOON)


def test_a_notice_without_a_month_after_it_cancels_nothing() -> None:
    forever = charity(granted(FIRST, date.max))

    with pytest.raises(NothingToCancel, match="no eligibility reaches 9999-12-05"):
        eligibility.cancel(forever, date(9999, 12, 5), AUTHORITY, NOON)


def test_a_second_notice_may_only_cut_what_the_first_one_left() -> None:
    known = charity(granted(), fact(EligibilityCancelled, STREAM, 3))

    with pytest.raises(NothingToCancel):
        eligibility.cancel(known, date(2027, 5, 31), AUTHORITY, NOON)
    earlier = eligibility.cancel(known, date(2027, 4, 30), AUTHORITY, NOON)
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
                event = eligibility.cancel(known, day, AUTHORITY, NOON)
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


# Lists (公告2020年第27号 art. 5-6).

ZHONGSHAN = date(2022, 11, 16)
"""The day of a real list: renewed 2023-2025, new 2022-2024."""


def of_kind(kind: str) -> Organisation:
    return evolve(None, fact(OrganisationRegistered, STREAM, kind=kind))


def listed(known: Organisation, kind: int = 3, **said: object) -> EligibilityListed | None:
    listing: dict[str, object] = {"notice": "公告示例2号", "notice_date": ZHONGSHAN, **said}
    made = Listing(applicant_kind=kind, **listing)  # type: ignore[arg-type] # a test's own words
    return eligibility.listed(known, made, AUTHORITY, NOON)


@pytest.mark.parametrize(
    ("kind", "first", "last"),
    [
        (1, date(2023, 1, 1), date(2025, 12, 31)),
        (2, date(2022, 1, 1), date(2024, 12, 31)),
        (3, date(2022, 1, 1), date(2024, 12, 31)),
    ],
)
def test_a_list_makes_eligible_for_three_years_by_its_day_and_the_kind_of_applicant(
    kind: int, first: date, last: date
) -> None:
    event = listed(charity(), kind)

    assert event is not None
    assert (event.first_day, event.last_day, event.notice_date) == (first, last, ZHONGSHAN)
    assert listed(charity(), kind, first_day=first, last_day=last) == event
    assert listed(charity(), kind, first_day=first) == event
    assert listed(charity(), kind, last_day=last) == event
    known = evolve(charity(), event)
    assert known.eligible_on(first) == known.eligible_on(last)
    assert known.eligible_on(first) == EligibilityPeriod(first, last, "公告示例2号")
    assert listed(known, kind) is None, "the same list again is no news"


@pytest.mark.parametrize(
    "said",
    [
        {"first_day": ZHONGSHAN},
        {"last_day": date(2025, 11, 15)},
        {"first_day": date(2023, 1, 1), "last_day": date(2025, 12, 31)},
    ],
)
def test_three_years_begin_on_no_other_day(said: dict[str, object]) -> None:
    lawful = r"holds from 2022-01-01 to 2024-12-31 \(公告2020年第27号 art. 6\)"

    with pytest.raises(NotThePeriodOfNotice, match=lawful):
        listed(charity(), 3, **said)


@pytest.mark.parametrize("kind", [1, 2, 3])
@pytest.mark.parametrize("years", [(2020, 2022), (2021, 2023)])
def test_lists_of_the_first_rounds_came_out_late(kind: int, years: tuple[int, int]) -> None:
    first, last = date(years[0], 1, 1), date(years[1], 12, 31)
    late = {"notice_date": date(2022, 1, 20), "first_day": first, "last_day": last}

    event = listed(charity(), kind, **late, transition=True)

    assert event is not None
    assert (event.first_day, event.last_day) == (first, last)
    if (kind, years) != (1, (2021, 2023)):
        with pytest.raises(NotThePeriodOfNotice, match="--transition"):
            listed(charity(), kind, **late)


@pytest.mark.parametrize(
    "said",
    [
        {"first_day": date(2022, 1, 1), "last_day": date(2024, 12, 31)},
        {"first_day": date(2020, 1, 1)},
        {},
        {
            "first_day": date(2020, 1, 1),
            "last_day": date(2022, 12, 31),
            "notice_date": date(2019, 12, 31),
        },
    ],
)
def test_the_first_rounds_had_two_periods_only(said: dict[str, object]) -> None:
    with pytest.raises(NotAPeriodOfTransition, match="2020-01-01 to 2022-12-31 and 2021-01-01"):
        listed(charity(), 3, **said, transition=True)


@pytest.mark.parametrize(
    ("kind", "departments"),
    [
        ("charity", ("civil-affairs", "finance", "tax")),
        ("mass-organisation", ("finance", "tax")),
    ],
)
def test_mass_organisations_are_listed_without_civil_affairs(
    kind: str, departments: tuple[str, ...]
) -> None:
    event = listed(of_kind(kind), level="city")

    assert event is not None
    assert (event.departments, event.level) == (departments, "city")


def test_a_list_has_a_level_and_an_applicant_a_kind() -> None:
    with pytest.raises(LevelUnknown, match="level 'county' is none of national, provincial, city"):
        listed(charity(), level="county")
    with pytest.raises(ApplicantKindUnknown):
        listed(charity(), 4)


def test_government_needs_no_list_and_is_eligible_on_every_day() -> None:
    county = of_kind("county-government")

    for day in (date.min, date(1998, 8, 1), date.max):
        period = county.eligible_on(day)
        assert period is not None
        assert "县级以上人民政府及其部门" in period.notice
    with pytest.raises(NeedsNoList, match="without any list"):
        listed(county)
    with pytest.raises(NeedsNoList):
        grant(county)


def test_an_institution_is_never_listed_and_never_eligible() -> None:
    school = of_kind("institution")

    assert school.eligible_on(date(2026, 10, 1)) is None
    with pytest.raises(NeverListed, match="of kind institution, which is never eligible"):
        listed(school)
    with pytest.raises(NeverListed):
        grant(school)


def test_the_last_years_of_the_calendar_have_a_period_too() -> None:
    assert eligibility.period_of(date.max, 1) == (date(9996, 1, 1), date(9998, 12, 31))


# Losing it (art. 7-10).


def ended(known: Organisation, day: date, ground: str) -> EligibilityEnded:
    return eligibility.end(known, "公告示例3号", day, ground, AUTHORITY, NOON)


def test_a_loss_ends_with_the_month_of_its_notice_and_reaches_nothing_earlier() -> None:
    known = charity(granted())
    event = ended(known, date(2027, 5, 20), "tied-beneficiary")
    after = evolve(known, event)

    assert (event.effective, event.barred_until) == (date(2027, 6, 1), date(2031, 1, 1))
    assert after.eligible_on(date(2027, 5, 31)) == EligibilityPeriod(
        FIRST, date(2027, 5, 31), NOTICE
    )
    assert after.eligible_on(date(2027, 6, 1)) is None
    assert after.eligibility_facts == (granted(), event)


def test_a_loss_needs_a_ground_of_the_law_and_days_to_take() -> None:
    with pytest.raises(GroundUnknown, match="ground 'gossip' is none of late-report"):
        ended(charity(granted()), date(2027, 5, 20), "gossip")
    with pytest.raises(NothingToCancel):
        ended(charity(), date(2027, 5, 20), "rating")
    with pytest.raises(NothingToCancel):
        ended(charity(granted(FIRST, date.max)), date(9996, 1, 1), "tied-beneficiary")


def test_each_ground_stands_in_one_article() -> None:
    found = {g: article(g) for g in (*LAPSES, *OFFENCES, *FOR_GOOD)}

    assert [sorted(found.values()).count(n) for n in (7, 8, 9)] == [7, 6, 2]
    assert barred_until("rating", ZHONGSHAN) is None
    assert barred_until("outside-articles", ZHONGSHAN) == date(2026, 1, 1)
    assert barred_until("public-harm", ZHONGSHAN) is None


def test_after_a_lapse_eligibility_may_be_regained_at_once() -> None:
    known = charity(granted())
    after = evolve(known, ended(known, date(2027, 5, 20), "rating"))
    again = listed(after, 2, notice_date=date(2027, 12, 10))

    assert again is not None
    assert after.bar is None
    regained = evolve(after, again)
    old, new = regained.eligible_on(date(2027, 5, 31)), regained.eligible_on(date(2027, 6, 1))
    assert old is not None
    assert new is not None
    assert (old.notice, new.notice) == (NOTICE, "公告示例2号")


def test_who_is_renewed_or_new_overlaps_nothing_that_was_cut_short() -> None:
    known = charity(granted(), fact(EligibilityCancelled, STREAM, 3))

    with pytest.raises(EligibilityOverlaps):
        listed(known, 3, notice_date=date(2027, 12, 10))
    with pytest.raises(EligibilityOverlaps):
        listed(charity(granted()), 2, notice_date=date(2027, 12, 10))
    assert listed(known, 1, notice_date=date(2027, 12, 10))


@pytest.mark.parametrize("ground", OFFENCES)
def test_after_an_offence_none_is_granted_in_that_year_and_three_more(ground: str) -> None:
    known = charity(granted())
    after = evolve(known, ended(known, date(2027, 5, 20), ground))
    told = f"lost for {ground} and can't be granted before 2031-01-01 .* art. 8"

    with pytest.raises(StillBarred, match=told):
        listed(after, 2, notice_date=date(2030, 12, 31))
    assert listed(after, 2, notice_date=date(2031, 1, 1))
    with pytest.raises(StillBarred):
        grant(after, date(2030, 12, 31), date(2033, 12, 30), "公告示例4号")
    assert grant(after, date(2031, 1, 1), date(2033, 12, 31), "公告示例4号")


@pytest.mark.parametrize("ground", FOR_GOOD)
def test_after_what_is_gravest_none_is_ever_granted_again(ground: str) -> None:
    known = charity(granted())
    after = evolve(known, ended(known, date(2027, 5, 20), ground))

    with pytest.raises(StillBarred, match=r"can't be granted ever again .* art\. 9"):
        listed(after, 2, notice_date=date(2099, 1, 1))


def test_what_lay_before_a_loss_can_still_be_recorded() -> None:
    known = charity(granted())
    after = evolve(known, ended(known, date(2027, 5, 20), "public-harm"))

    assert grant(after, date(2020, 1, 1), date(2022, 12, 31), "公告示例0号")


@pytest.mark.parametrize(
    ("grounds", "until"),
    [
        (("public-harm", "outside-articles"), None),
        (("outside-articles", "public-harm"), None),
        (("outside-articles", "rating"), date(2032, 1, 1)),
        (("rating", "outside-articles"), date(2031, 1, 1)),
        (("outside-articles", "outside-articles"), date(2032, 1, 1)),
    ],
)
def test_of_two_bars_the_longer_one_holds(grounds: tuple[str, str], until: date | None) -> None:
    known = charity(granted())
    for day, ground in zip((date(2028, 5, 20), date(2027, 5, 20)), grounds, strict=True):
        known = evolve(known, ended(known, day, ground))

    assert known.bar is not None
    assert known.bar.until == until


def test_a_cancellation_without_a_ground_leaves_a_bar_as_it_is() -> None:
    known = charity(granted())
    barred = evolve(known, ended(known, date(2027, 5, 20), "outside-articles"))
    after = evolve(barred, eligibility.cancel(barred, date(2027, 4, 20), AUTHORITY, NOON))

    assert after.bar == barred.bar


acts_of_law = st.lists(
    st.tuples(
        st.sampled_from([1, 2, 3, None]),
        st.dates(date(2020, 1, 1), date(2034, 12, 31)),
        st.sampled_from([*LAPSES, *OFFENCES]),
    ),
    max_size=8,
)


@given(acts_of_law)
@UNHURRIED
def test_whatever_is_listed_and_lost_a_day_that_was_answered_keeps_its_answer(
    acts: list[tuple[int | None, date, str]],
) -> None:
    """A list may only add days, a loss take days after its month: nothing else changes."""
    known = charity()
    for kind, day, ground in sorted(acts, key=lambda act: act[1]):
        before = known
        try:
            if kind is None:
                event: OrganisationEvent | None = ended(known, day, ground)
            else:
                event = listed(known, kind, notice=f"公告{day}-{kind}", notice_date=day)
        except (EligibilityOverlaps, NothingToCancel, StillBarred):
            continue
        known = evolve(known, event) if event else known
        for year in range(2020, 2039):
            for month in range(1, 13):
                asked = date(year, month, 1)
                was, now = before.eligible_on(asked), known.eligible_on(asked)
                lost = kind is None and asked >= first_of_next_month(day)
                assert (now is None) if lost else (was is None or _same_notice(was, now))


def _same_notice(was: EligibilityPeriod, now: EligibilityPeriod | None) -> bool:
    return now is not None and now.notice == was.notice
