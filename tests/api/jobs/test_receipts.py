"""Receipts in bulk, their list, and their verification, as jobs."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from openpyxl import load_workbook

from api.jobs import asking, receipts
from api.jobs.kinds import RECEIPTS
from api.status_export import export
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.days import day_in_china
from ledger.domain.events import ReceiptsChecked
from ledger.domain.organisations import AUTHORITY
from ledger.store.durable import write_atomically
from ledger.store.jobs import RUNNING
from ledger.store.log_folder import STATUS_LIST
from tests.api.jobs.office import CLERK, STRANGER, Office
from tests.conftest import USCC
from tests.houses import gift

OFFICER = Acting("0ff1ce0000", AUTHORITY, frozenset({"tax-officer"}))


def give(home: House, fund: str, day: int, *donors: str | None) -> list[str]:
    made = [
        replace(gift("10.00", donor), received_on=home.jobs.now().date() - timedelta(days=day))
        for donor in donors
    ]
    found = home.ledger.gifts.receive_gifts(USCC, fund, made)
    home.publish()
    return found


def days(home: House, day: int) -> dict[str, str]:
    at = (home.jobs.now().date() - timedelta(days=day)).isoformat()
    return {"from": at, "to": at}


def test_receipts_are_made_out_zipped_and_what_has_none_is_listed(
    office: Office, home: House, fund: str
) -> None:
    give(home, fund, 3, "王某某", None, "李某某")
    job = office.done(office.ask("POST", "/api/v1/receipts/bulk", json=days(home, 3)))

    assert job["state"] == "done", job
    assert job["result"]["summary"]["issued"] == {"count": 2, "amount": {"CNY": "20.00"}}
    assert job["result"]["summary"]["not_issued"]["count"] == 1
    with zipfile.ZipFile(io.BytesIO(office.file(job, "receipts.zip"))) as archive:
        names = archive.namelist()
        assert [one["file"] for one in job["result"]["issued"]] == names
        assert archive.read(names[0]).startswith(b"%PDF")
    book = load_workbook(io.BytesIO(office.file(job, "not-receipted.xlsx")))
    assert "待认领" in str(book.worksheets[0].cell(2, 4).value)
    again = office.done(office.ask("POST", "/api/v1/receipts/bulk", json=days(home, 3)))
    assert again["result"]["issued"] == []
    assert [one["name"] for one in again["files"]] == ["not-receipted.xlsx"]


def test_a_run_that_was_killed_tells_of_all_its_receipts_when_it_is_gone_on_with(
    office: Office, home: House, fund: str
) -> None:
    gifts = give(home, fund, 4, "周某某", "吴某某")
    asked = asking.ask(home, CLERK, RECEIPTS, days(home, 4), [], None)
    home.job_files.put(asked.id, receipts.PLAN, io.BytesIO(str(gifts).replace("'", '"').encode()))
    home.ledger.receipts.issue_receipts(
        USCC, gifts[:1], ["23050126"], day_in_china(home.jobs.now())
    )
    home.publish()
    home.jobs.change(asked.id, ["queued"], state=RUNNING, attempts=1)
    office.worker.run_waiting()
    job = office.ask("GET", f"/api/v1/jobs/{asked.id}").json()

    assert {one["gift"] for one in job["result"]["issued"]} == set(gifts)
    assert job["result"]["made_before_an_interruption"] == 1
    assert job["result"]["summary"]["issued"] == {"count": 2, "amount": {"CNY": "20.00"}}
    with zipfile.ZipFile(io.BytesIO(office.file(job, "receipts.zip"))) as archive:
        assert len(archive.namelist()) == 2


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("bulk", {"from": "2026-02-30", "to": "2026-03-01"}),
        ("bulk", {"from": "2026-03-01"}),
        ("bulk", {"from": "2026-03-01", "to": "2026-03-01", "charity": "x"}),
        ("export", {"year": 99}),
    ],
)
def test_what_is_asked_with_must_be_readable(office: Office, path: str, body: Any) -> None:
    assert office.ask("POST", f"/api/v1/receipts/{path}", json=body).status_code == 400


def test_days_that_end_before_they_begin_fail_the_job(office: Office) -> None:
    said = {"from": "2026-03-02", "to": "2026-03-01"}
    job = office.done(office.ask("POST", "/api/v1/receipts/bulk", json=said))
    assert job["state"] == "failed"
    assert "before they begin on 2026-03-02" in job["result"]["error"]


def test_the_receipts_of_a_year_come_as_a_spreadsheet_with_their_sums(
    office: Office, home: House, fund: str
) -> None:
    give(home, fund, 5, "郑某某")
    office.done(office.ask("POST", "/api/v1/receipts/bulk", json=days(home, 5)))
    year = day_in_china(home.jobs.now()).year
    job = office.done(office.ask("POST", "/api/v1/receipts/export", json={"year": year}))

    found = job["result"]["by_fate"]["issued"]
    book = load_workbook(io.BytesIO(office.file(job, "receipts.xlsx")))
    assert book.worksheets[0].max_row == 1 + job["result"]["receipts"]
    assert found["amount"] == f"{found['count'] * 10}.00"
    none = office.done(office.ask("POST", "/api/v1/receipts/export", json={"year": 2001}))
    assert none["result"]["receipts"] == 0


def listed(home: House, office: Office, fund: str, day: int) -> tuple[str, bytes]:
    """Make out a receipt and publish a status list; return a list with its elements, its PDF."""
    give(home, fund, day, "冯某某")
    job = office.done(office.ask("POST", "/api/v1/receipts/bulk", json=days(home, day)))
    (made,) = job["result"]["issued"]
    with zipfile.ZipFile(io.BytesIO(office.file(job, "receipts.zip"))) as archive:
        pdf = archive.read(made["file"])
    today = day_in_china(home.jobs.now())
    write_atomically(home.log.folder / STATUS_LIST, export(home, today, 7).data)
    text = "票据代码,票据号码,校验码,开票日期,金额\n"
    return f"{text}{made['code']},{made['number']},xxxxxx,{today},10.00\n", pdf


def test_receipts_and_lists_of_them_are_verified_and_say_their_own_names(
    office: Office, home: House, fund: str
) -> None:
    rows, pdf = listed(home, office, fund, 6)
    asked = office.ask(
        "POST", "/api/v1/verifications", STRANGER,
        files=[("file", ("票.pdf", pdf)), ("file", ("=清单.csv", rows.encode()))],
    )  # fmt: skip
    office.acting = STRANGER
    try:
        job = office.done(asked)
        book = load_workbook(io.BytesIO(office.file(job, "verified.xlsx")))
    finally:
        office.acting = CLERK
    assert job["state"] == "done", job
    assert job["result"]["counts"] == {
        "valid": 1, "mismatch": 1, "checked": 2, "repeated": 0,
    }  # fmt: skip
    paths = {row["path"] for row in job["result"]["rows"]}
    assert paths == {"票.pdf", "=清单.csv"}
    assert str(home.settings.data) not in str(job["result"])
    assert {book.worksheets[0].cell(2, 1).value, book.worksheets[0].cell(3, 1).value} == paths
    assert office.ask("GET", f"/api/v1/jobs/{job['id']}", CLERK).status_code == 404


def test_a_tax_officer_may_put_a_check_on_record(office: Office, home: House, fund: str) -> None:
    rows, _ = listed(home, office, fund, 7)
    office.acting = OFFICER
    try:
        job = office.done(office.ask(
            "POST", "/api/v1/verifications", files={"file": ("l.csv", rows.encode())},
            data={"record": "true"},
        ))  # fmt: skip
    finally:
        office.acting = CLERK
    assert job["state"] == "done", job
    check = job["result"]["check"]
    assert any(isinstance(e, ReceiptsChecked) for e in home.engine.history(check))
