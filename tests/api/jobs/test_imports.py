"""Lists sent in over HTTP: shown, decided, approved, recorded once."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import load_workbook

from api.wiring import House
from ledger.domain.events import DisbursementApproved, DisbursementProposed
from ledger.store.jobs import UNFINISHED_MAX
from tests.api.jobs.office import BOTH, CLERK, CSV, DONOR, PAID, REVIEWER, STRANGER, Office, sent

Json = dict[str, Any]


def import_(office: Office, fund: str, text: str, **more: Any) -> Json:
    asked = office.ask("POST", "/api/v1/imports", data={"fund": fund, **more}, **sent(text))
    return office.done(asked)


def test_a_list_of_gifts_is_recorded_and_answered_as_the_command_line_answers(
    office: Office, fund: str
) -> None:
    job = import_(office, fund, f"{CSV}王一,11.00,2026-10-02\n李二,12.50,2026-10-03\n")

    assert (job["state"], job["progress"]) == ("done", {"done": 2, "total": 2})
    (report,) = job["result"]["reports"]
    assert (report["file"], report["recorded"]) == ("名单.csv", 2)
    assert report["totals"] == {"CNY": "23.50"}
    assert job["files"] == []
    again = import_(office, fund, f"{CSV}王一,11.00,2026-10-02\n李二,12.50,2026-10-03\n")
    assert again["result"]["reports"][0]["already"] == 2


def test_what_was_handed_in_is_gone_when_the_job_is_done_and_never_lay_in_clear(
    office: Office, home: House, fund: str
) -> None:
    asked = office.ask(
        "POST", "/api/v1/imports", data={"fund": fund}, **sent(f"{CSV}孙某私名,5.00,2026-10-04\n")
    )
    folder = home.settings.data / "jobs"
    waiting = [p for p in folder.rglob("*") if p.is_file()]
    assert any(p.name == "in-0" for p in waiting)
    assert not any("孙某私名".encode() in p.read_bytes() for p in waiting)
    assert (folder.stat().st_mode & 0o777) == 0o700
    job = office.done(asked)
    assert not (folder / job["id"] / "in-0").exists()
    assert not (folder / job["id"] / "work").exists()


def test_rows_that_are_refused_come_back_as_a_spreadsheet_of_text(
    office: Office, fund: str
) -> None:
    job = import_(office, fund, f"{CSV}=1+1,abc,2026-10-02\n王三,7.00,2026-10-05\n")

    (report,) = job["result"]["reports"]
    assert (report["recorded"], len(report["rejected"])) == (1, 1)
    book = load_workbook(io.BytesIO(office.file(job, "errors.xlsx")))
    cells = [cell for row in book.worksheets[0].iter_rows(min_row=2) for cell in row if cell.value]
    assert "=1+1" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.quotePrefix for cell in cells), "stays text when it is edited"


def test_a_preview_records_nothing_and_says_of_each_row_what_would_become_of_it(
    office: Office, home: House, fund: str
) -> None:
    import_(office, fund, f"{CSV}周四,8.00,2026-10-06\n")
    size = home.recorder.size()
    text = f"捐款名单（二）,,\n{CSV}周四,8.00,2026-10-06\n吴五,9.00,2026-10-06\n郑六,x,2026-10-06\n"
    asked = office.ask(
        "POST", "/api/v1/imports/preview", data={"fund": fund}, **sent(text, "b.csv")
    )
    job = office.done(asked)

    assert job["state"] == "done"
    assert job["result"]["counts"] == {"unclear": 1, "new": 1, "refused": 1}
    assert job["result"]["files"][0]["totals"] == {"CNY": "17.00"}
    assert home.recorder.size() == size
    assert b"x" in office.file(job, "preview.json")


@pytest.mark.parametrize(
    ("decision", "recorded", "already", "held"),
    [({"record": ["c!3"]}, 2, 0, 0), ({"skip": ["c!3"]}, 1, 1, 0), ({}, 1, 0, 1)],
    ids=["record", "skip", "hold"],
)
def test_an_unclear_row_is_recorded_skipped_or_held_as_was_decided(
    office: Office, fund: str, decision: Json, recorded: int, already: int, held: int
) -> None:
    import_(office, fund, f"{CSV}冯七{fund[-6:]},8.00,2026-10-06\n")
    text = (
        f"捐款名单（三）,,\n{CSV}冯七{fund[-6:]},8.00,2026-10-06\n陈八{fund[-6:]},9.00,2026-10-06\n"
    )
    asked = office.ask(
        "POST", "/api/v1/imports/preview", data={"fund": fund}, **sent(text, "c.csv")
    )
    preview = office.done(asked)
    job = office.done(office.ask("POST", f"/api/v1/jobs/{preview['id']}/record", json=decision))

    (report,) = job["result"]["reports"]
    assert (report["recorded"], report["already"]) == (recorded, already)
    assert len(report["unclear"]) == held


def test_payments_wait_for_another_account_and_name_both(
    office: Office, home: House, fund: str
) -> None:
    import_(office, fund, f"{CSV}钱九,100.00,2026-10-07\n")
    job = import_(office, fund, PAID)
    assert job["state"] == "awaiting-approval"
    assert job["result"]["files"][0]["totals"] == {"CNY": "30.00"}
    assert home.ledger.streams.fund(fund).disbursements == {}

    place = f"/api/v1/jobs/{job['id']}"
    assert office.ask("POST", f"{place}/approve").json()["status"] == 403, "a clerk"
    assert office.ask("POST", f"{place}/approve", STRANGER).status_code == 404
    assert office.ask("POST", f"{place}/approve", REVIEWER).json()["state"] == "queued"
    assert office.ask("POST", f"{place}/approve", REVIEWER).status_code == 200, "again"
    office.worker.run_waiting()
    done = office.ask("GET", place).json()
    assert (done["state"], done["approver"]) == ("done", REVIEWER.account)
    told = home.engine.history(fund)
    (proposed,) = [e for e in told if isinstance(e, DisbursementProposed)]
    (approved,) = [e for e in told if isinstance(e, DisbursementApproved)]
    assert proposed.proposed_by == CLERK.as_role("clerk")
    assert approved.approved_by == REVIEWER.as_role("reviewer")


def test_who_asked_can_not_be_the_second_person(office: Office, fund: str) -> None:
    asked = office.ask("POST", "/api/v1/imports", BOTH, data={"fund": fund}, **sent(PAID))
    job = office.done(asked)
    refused = office.ask("POST", f"/api/v1/jobs/{job['id']}/approve", BOTH)
    assert refused.status_code == 409
    assert "another account must approve" in refused.json()["detail"]
    cancelled = office.ask("DELETE", f"/api/v1/jobs/{job['id']}", BOTH)
    assert cancelled.json()["state"] == "cancelled"
    assert office.ask("POST", f"/api/v1/jobs/{job['id']}/approve", REVIEWER).status_code == 409


def test_a_second_factor_is_asked_of_who_approves(office: Office, fund: str) -> None:
    job = office.done(office.ask("POST", "/api/v1/imports", data={"fund": fund}, **sent(PAID)))
    unconfirmed = type(REVIEWER)(REVIEWER.account, REVIEWER.organisation, REVIEWER.roles)
    assert office.ask("POST", f"/api/v1/jobs/{job['id']}/approve", unconfirmed).status_code == 403
    office.ask("DELETE", f"/api/v1/jobs/{job['id']}")


def test_the_same_key_gives_the_same_job_and_another_request_under_it_is_refused(
    office: Office, home: House, fund: str
) -> None:
    headers, data = {"Idempotency-Key": f"k-{fund}"}, {"fund": fund}
    list_ = sent(f"{CSV}卫一,3.00,2026-10-08\n")
    first = office.ask("POST", "/api/v1/imports", headers=headers, data=data, **list_)
    second = office.ask("POST", "/api/v1/imports", headers=headers, data=data, **list_)
    other = office.ask(
        "POST",
        "/api/v1/imports",
        headers=headers,
        data=data,
        **sent(f"{CSV}卫一,4.00,2026-10-08\n"),
    )
    theirs = office.ask("POST", "/api/v1/imports", BOTH, headers=headers, data=data, **list_)

    assert first.headers["Location"] == second.headers["Location"] != theirs.headers["Location"]
    assert other.status_code == 422
    assert other.json()["type"] == "/problems/key-used"
    kept = {p.name for p in (home.settings.data / "jobs").iterdir()}
    assert kept >= {first.json()["id"], theirs.json()["id"]}
    assert not any(p.startswith("incoming") for p in kept)
    office.worker.run_waiting()


def test_a_job_is_there_for_its_organisation_alone(office: Office, fund: str) -> None:
    job = import_(office, fund, f"{CSV}蒋二,2.00,{'坏'}\n")
    for method, path in (
        ("GET", ""), ("DELETE", ""), ("POST", "/approve"), ("GET", "/files/errors.xlsx"),
    ):  # fmt: skip
        answer = office.ask(method, f"/api/v1/jobs/{job['id']}{path}", STRANGER)
        assert answer.status_code == 404, path
    assert office.ask("GET", "/api/v1/jobs", STRANGER).json() == {"jobs": []}
    assert office.ask("GET", f"/api/v1/jobs/{job['id']}", REVIEWER).status_code == 200
    listed = office.ask("GET", "/api/v1/jobs", REVIEWER).json()["jobs"]
    assert job["id"] in [one["id"] for one in listed]


def test_the_list_of_jobs_goes_on_after_a_cursor(office: Office, fund: str) -> None:
    for amount in ("1.00", "2.00"):
        import_(office, fund, f"{CSV}沈三,{amount},2026-10-09\n")
    first = office.ask("GET", "/api/v1/jobs?limit=1")
    (one,) = first.json()["jobs"]
    following = first.links["next"]["url"]
    (two,) = office.ask("GET", following).json()["jobs"]
    assert one["id"] != two["id"]
    assert one["created"] >= two["created"]


def test_a_donor_may_not_import_and_sees_no_job_of_another_donor(office: Office, fund: str) -> None:
    asked = office.ask("POST", "/api/v1/imports", DONOR, data={"fund": fund}, **sent(PAID))
    assert asked.status_code == 403
    assert "clerk or reviewer" in asked.json()["detail"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "fund: it is missing"),
        ({"kind": "x"}, "kind: one of auto"),
        ({"date": "gestern"}, "date: a day such as"),
        ({"unclear": "maybe"}, "unclear: one of hold"),
        ({"expect_count": "-1"}, "expect_count: a whole number"),
        ({"rate": "USD"}, "can't be read"),
        ({"expect_total": "12,3,4.x"}, "amount"),
    ],
)
def test_a_field_that_can_not_be_read_is_refused_before_a_job_is_made(
    office: Office, fund: str, data: dict[str, str], said: str
) -> None:
    given = {"fund": fund, **data} if data else data
    answer = office.ask("POST", "/api/v1/imports", data=given, **sent(PAID))
    assert answer.status_code in (400, 409), answer.text
    assert said in answer.json()["detail"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"expect_count": "3"}, "3 entries are expected, 1 can be read"),
        ({"expect_total": "99.00"}, "a total of 99.00 CNY is expected"),
    ],
)
def test_a_control_total_that_differs_fails_the_job_and_nothing_is_recorded(
    office: Office, home: House, fund: str, data: dict[str, str], said: str
) -> None:
    size = home.recorder.size()
    job = import_(office, fund, f"{CSV}韩四,6.00,2026-10-10\n", **data)
    assert job["state"] == "failed"
    assert said in job["result"]["error"]
    assert home.recorder.size() == size


def test_a_file_that_is_no_list_fails_the_job_and_says_its_own_name(
    office: Office, fund: str
) -> None:
    job = import_(office, fund, "只有,文字\n甲,乙\n")
    assert job["state"] == "failed"
    assert job["result"]["error"].startswith("名单.csv: no table with a column of amounts")


def test_a_fund_of_another_charity_is_not_recorded_in(office: Office, fund: str) -> None:
    asked = office.ask("POST", "/api/v1/imports", STRANGER, data={"fund": fund}, **sent(PAID))
    office.worker.run_waiting()
    job = office.ask("GET", asked.headers["Location"], STRANGER).json()
    assert job["state"] == "failed"


def test_an_account_may_not_fill_the_queue(office: Office, fund: str) -> None:
    crowd = type(CLERK)("c404d00000", CLERK.organisation, CLERK.roles)
    answers = [
        office.ask("POST", "/api/v1/receipts/export", crowd, json={"year": 2026})
        for _ in range(UNFINISHED_MAX + 1)
    ]
    assert [a.status_code for a in answers] == [202] * UNFINISHED_MAX + [409]
    office.worker.run_waiting()
