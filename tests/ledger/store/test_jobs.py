"""The table of jobs: one row a request, sealed, each change from a state that allows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from psycopg import sql

from ledger.store.database import Database
from ledger.store.jobs import (
    CANCELLED,
    DONE,
    EXPIRED,
    FINISHED,
    QUEUED,
    RUNNING,
    TABLE,
    UNDER_WAY,
    UNFINISHED_MAX,
    WAITING,
    Job,
    JobAltered,
    JobMoved,
    Jobs,
    JobUnknown,
    KeyUsedOtherwise,
    TooManyJobs,
)
from tests.conftest import OTHER_USCC, USCC

NOON = datetime(2026, 11, 22, 4, tzinfo=UTC)


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    found = Database(database_url, "t_jobs")
    found.prepare()
    yield found
    found.close()


@pytest.fixture
def jobs(database: Database) -> Jobs:
    found = Jobs(database, lambda: bytes(32), lambda: NOON)
    found.prepare()
    with database.writing() as connection:
        connection.execute(sql.SQL("DELETE FROM {}").format(database.table(TABLE)))
    return found


def job(name: str, minutes: int = 0, **more: object) -> Job:
    at = NOON - timedelta(hours=1) + timedelta(minutes=minutes)
    said: dict[str, object] = {
        "id": name, "kind": "import", "account": "c1e4c00000", "organisation": USCC,
        "roles": ("clerk",), "confirmed": False, "asked_key": name, "asked": "a", "state": QUEUED,
        "created": at, "changed": at, "expires": NOON + timedelta(days=7),
    }  # fmt: skip
    return Job(**{**said, **more})  # type: ignore[arg-type] # as the fields are


def test_a_job_is_found_as_it_was_asked_for(jobs: Jobs) -> None:
    asked = job("a1")
    assert jobs.ask(asked) == (asked, True)
    assert jobs.find("a1") == jobs.find("a1", USCC) == asked
    assert asked.acting.account == "c1e4c00000"
    assert asked.approving is None
    approved = jobs.change("a1", [QUEUED], approver="4e51e30000").approving
    assert approved is not None
    assert (approved.account, approved.roles, approved.confirmed) == (
        "4e51e30000", frozenset({"reviewer"}), True,
    )  # fmt: skip


def test_a_job_of_another_organisation_is_not_there(jobs: Jobs) -> None:
    jobs.ask(job("a1"))
    for name, organisation in (("a1", OTHER_USCC), ("b2", USCC), ("b2", None)):
        with pytest.raises(JobUnknown, match=f"no job {name} is known"):
            jobs.find(name, organisation)
    with pytest.raises(JobUnknown):
        jobs.change("b2", UNDER_WAY, state=DONE)


def test_a_key_that_comes_again_gives_the_job_that_stands(jobs: Jobs) -> None:
    first, _ = jobs.ask(job("a1", asked_key="k"))
    assert jobs.ask(job("b2", asked_key="k")) == (first, False)
    with pytest.raises(KeyUsedOtherwise):
        jobs.ask(job("c3", asked_key="k", asked="b"))


def test_an_account_has_a_bounded_number_of_unfinished_jobs(jobs: Jobs) -> None:
    for number in range(UNFINISHED_MAX):
        jobs.ask(job(f"a{number}"))
    with pytest.raises(TooManyJobs):
        jobs.ask(job("b2"))
    jobs.ask(job("c3", account="4e51e30000"))
    jobs.change("a0", UNDER_WAY, state=DONE)
    jobs.ask(job("b2"))


def test_the_job_that_has_waited_longest_is_next_and_one_that_ran_stays_first(jobs: Jobs) -> None:
    assert jobs.next() is None
    jobs.ask(job("b2", 1))
    jobs.ask(job("a1", 0))
    jobs.change("a1", UNDER_WAY, state=RUNNING, attempts=1)
    following = jobs.next()
    assert following is not None
    assert (following.id, following.attempts) == ("a1", 1)
    jobs.change("a1", [RUNNING], state=WAITING)
    following = jobs.next()
    assert following is not None
    assert following.id == "b2"


def test_a_change_is_refused_from_any_other_state(jobs: Jobs) -> None:
    jobs.ask(job("a1"))
    jobs.change("a1", UNDER_WAY, state=CANCELLED)
    with pytest.raises(JobMoved, match=r"job a1 is cancelled; .* only while it is running"):
        jobs.change("a1", [RUNNING], done=1)


def test_jobs_are_listed_from_the_newest_and_after_a_cursor(jobs: Jobs) -> None:
    for minute, name in enumerate(("a1", "b2", "c3")):
        jobs.ask(job(name, minute))
    jobs.ask(job("d4", organisation=OTHER_USCC))
    assert [one.id for one in jobs.listed(USCC, None, 2)] == ["c3", "b2"]
    assert [one.id for one in jobs.listed(USCC, "b2", 2)] == ["a1"]
    with pytest.raises(JobUnknown):
        jobs.listed(USCC, "d4", 2)


def test_what_is_over_its_time_and_not_worked_on_is_due(jobs: Jobs) -> None:
    over = NOON - timedelta(seconds=1)
    for name, state in (("a1", DONE), ("b2", WAITING), ("c3", RUNNING), ("d4", EXPIRED)):
        jobs.ask(job(name, state=state, expires=over))
    jobs.ask(job("e5", state=DONE, expires=NOON))
    assert [one.id for one in jobs.due()] == ["a1", "b2"]
    assert jobs.change("a1", FINISHED, state=EXPIRED).changed == NOON


def test_an_altered_row_is_seen_and_not_acted_on(jobs: Jobs, database: Database) -> None:
    jobs.ask(job("a1"))
    assert list(jobs.findings()) == []
    with database.writing() as connection:
        query = "UPDATE {} SET organisation = %s"
        connection.execute(sql.SQL(query).format(database.table(TABLE)), [OTHER_USCC])
    assert list(jobs.findings()) == ["jobs: the row a1 is not what was written"]
    with pytest.raises(JobAltered):
        jobs.find("a1", OTHER_USCC)


def test_a_lock_that_somebody_holds_is_not_waited_for(database: Database) -> None:
    with database.alone_if_free("jobs of a test") as held:
        assert held is not None
        with database.alone_if_free("jobs of a test") as other:
            assert other is None
    with database.alone_if_free("jobs of a test") as again:
        assert again is not None
