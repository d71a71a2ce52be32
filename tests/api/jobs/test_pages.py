"""The pages of lists and jobs: without script, in two languages, each step a page of its own."""

from __future__ import annotations

import re
from typing import Any

import httpx
import pytest

from api.jobs import kinds
from api.jobs.kinds import EXPORT
from api.jobs.words import FILES, KINDS, STATES
from api.people import dependencies
from api.people.dependencies import check_form
from api.people.who import Forged
from api.wiring import House
from ledger.store import jobs as store
from tests.api.jobs.office import CLERK, CSV, DONOR, PAID, REVIEWER, Office, sent

REFRESH = 'http-equiv="refresh"'


def send(office: Office, fund: str, text: str, name: str = "a.csv", **more: Any) -> httpx.Response:
    return office.ask("POST", "/desk/import", data={"fund": fund, **more}, **sent(text, name))


def shown(office: Office, answer: httpx.Response, **more: Any) -> str:
    assert answer.status_code == 303, answer.text
    return office.ask("GET", answer.headers["Location"], **more).text


def test_a_list_is_sent_previewed_decided_and_recorded_page_by_page(
    office: Office, fund: str
) -> None:
    name = f"褚一{fund[-5:]}"
    office.done(
        office.ask("POST", "/api/v1/imports", data={"fund": fund},
                   **sent(f"{CSV}{name},8.00,2026-10-06\n"))
    )  # fmt: skip
    form = office.ask("GET", "/desk/import").text
    assert f'<option value="{fund}">' in form
    key = re.search(r'name="idempotency_key" value="(\w+)"', form)
    assert key is not None
    text = f"名单（四）,,\n{CSV}{name},8.00,2026-10-06\n=HYPERLINK(1),9.00,2026-10-06\n"
    asked = send(office, fund, text, idempotency_key=key[1])
    twice = send(office, fund, text, idempotency_key=key[1])
    assert asked.headers["Location"] == twice.headers["Location"]

    waiting = shown(office, asked)
    assert REFRESH in waiting
    assert "<progress" in waiting
    office.worker.run_waiting()
    preview = shown(office, asked)
    assert REFRESH not in preview
    assert "17.00" in preview
    assert re.search(r"待判断 1", preview)
    radios = re.findall(r'name="(row-\d+)" value="(\w+ a!3)"( checked)?', preview)
    assert [(value, bool(on)) for _, value, on in radios] == [
        ("hold a!3", True), ("record a!3", False), ("skip a!3", False),
    ]  # fmt: skip
    recorded = office.ask(
        "POST", f"{asked.headers['Location']}/record", data={radios[0][0]: "skip a!3"}
    )
    office.worker.run_waiting()
    page = shown(office, recorded)
    assert "已完成" in page
    cells = re.findall(r'<td class="n">(\d+)</td>', page)
    assert cells == ["2", "1", "1", "0"], "rows, recorded, known, refused"


def test_payments_are_approved_on_the_page_by_a_reviewer_who_confirmed(
    office: Office, fund: str
) -> None:
    office.done(office.ask("POST", "/api/v1/imports", data={"fund": fund},
                           **sent(f"{CSV}钱一,50.00,2026-10-06\n")))  # fmt: skip
    asked = send(office, fund, PAID)
    office.worker.run_waiting()
    assert "须由另一人批准" in shown(office, asked)
    job = office.ask("POST", f"{asked.headers['Location']}/record")
    office.worker.run_waiting()
    place = job.headers["Location"]
    assert "由您提出" in office.ask("GET", place).text
    other = type(CLERK)("c1e4c00001", CLERK.organisation, CLERK.roles)
    assert "须由复核人批准" in office.ask("GET", place, other).text
    unconfirmed = type(REVIEWER)(REVIEWER.account, REVIEWER.organisation, REVIEWER.roles)
    assert f"/account/confirm?next={place}" in office.ask("GET", place, unconfirmed).text
    assert f'action="{place}/approve"' in office.ask("GET", place, REVIEWER).text
    assert office.ask("POST", f"{place}/approve", REVIEWER).status_code == 303
    office.worker.run_waiting()
    assert "已完成" in office.ask("GET", place).text


def test_a_job_is_cancelled_on_its_page(office: Office, fund: str) -> None:
    asked = send(office, fund, PAID)
    assert "已取消" in shown(office, office.ask("POST", f"{asked.headers['Location']}/cancel"))


@pytest.mark.parametrize(
    ("more", "text", "status", "said"),
    [
        ({"date": "x"}, PAID, 400, "date: a day such as"),
        ({"expect_count": "viele", "kind": "payments"}, PAID, 400, "a whole number of entries"),
        ({}, "", 400, "a.csv: it is empty"),
        ({}, "1" * 2**20 + "1", 413, "is larger than 1 MB"),
    ],
)
def test_a_form_that_is_refused_comes_back_with_the_sentence_and_what_was_typed(
    office: Office, fund: str, more: dict[str, str], text: str, status: int, said: str
) -> None:
    answer = send(office, fund, text, **more)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert said in answer.text
    if "date" in more:
        assert f'<option value="{fund}" selected>' in answer.text
        assert re.search(r'id="date"[^>]*aria-invalid="true"', answer.text)


def test_a_form_without_a_file_says_so(office: Office, fund: str) -> None:
    body = (
        f'--x\r\nContent-Disposition: form-data; name="fund"\r\n\r\n{fund}\r\n'
        '--x\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n\r\n--x--\r\n'
    )
    kind = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = office.ask("POST", "/desk/import", content=body.encode(), headers=kind)
    assert answer.status_code == 400
    assert "choose at least one" in answer.text


def test_receipts_in_bulk_are_asked_for_on_the_page_of_jobs(office: Office) -> None:
    assert 'action="/desk/jobs/receipts"' in office.ask("GET", "/desk/jobs").text
    asked = office.ask(
        "POST", "/desk/jobs/receipts", data={"from": "2001-01-01", "to": "2001-01-02"}
    )
    office.worker.run_waiting()
    assert "已开具 0 张" in shown(office, asked)
    wrong = office.ask("POST", "/desk/jobs/receipts", data={"from": "2001-01-01"})
    assert wrong.status_code == 400
    failed = office.ask(
        "POST", "/desk/jobs/receipts", data={"from": "2001-01-02", "to": "2001-01-01"}
    )
    office.worker.run_waiting()
    assert "before they begin" in shown(office, failed)


def test_pages_are_in_english_when_asked(office: Office, fund: str) -> None:
    asked = send(office, fund, PAID)
    assert "Preview of an import" in office.ask("GET", f"{asked.headers['Location']}?lang=en").text
    assert "Import lists" in office.ask("GET", "/desk/import?lang=en").text
    listed = office.ask("GET", "/desk/jobs?lang=en").text
    assert "The newest jobs" in listed
    assert asked.headers["Location"] in listed
    office.ask("POST", f"{asked.headers['Location']}/cancel")


def test_a_donor_sees_no_desk_of_lists(office: Office) -> None:
    assert office.ask("GET", "/desk/import", DONOR).status_code == 403
    page = office.ask("GET", "/desk/jobs", DONOR).text
    assert "/desk/jobs/receipts" not in page
    assert "还没有任务" in page


def test_everything_that_can_be_shown_has_words(home: House) -> None:
    assert set(STATES) == {*store.UNFINISHED, *store.FINISHED, store.EXPIRED}
    assert set(KINDS) == set(kinds.KINDS)
    assert EXPORT in KINDS
    assert set(FILES) >= {"errors.xlsx", "preview.json", "receipts.zip", "verified.xlsx"}


class _Request:
    """A request of a session, to the address of a form with files or to another."""

    def __init__(self, path: str, csrf: str, **headers: str) -> None:
        self.url = httpx.URL(f"http://portal{path}")
        self.headers = headers
        self.state = type("State", (), {"who": type("Who", (), {"csrf": csrf})})


@pytest.mark.parametrize("path", sorted(dependencies.UPLOADS))
def test_a_form_with_files_holds_the_token_of_its_session(path: str) -> None:
    check_form(_Request(path, "secret"), "secret")  # type: ignore[arg-type] # as far as it is asked
    with pytest.raises(Forged):
        check_form(_Request(path, "secret"), "")  # type: ignore[arg-type] # as above
    check_form(_Request(path, "secret", authorization="Bearer x"), "")  # type: ignore[arg-type] # as above
