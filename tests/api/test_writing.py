"""Operations over HTTP: keys, versions, dry runs, and what each refusal is answered with."""

from __future__ import annotations

import pytest

from api.wiring import House
from tests.api.operations.accounts import AUDITOR, CLERK, REVIEWER
from tests.api.operations.portal import Desk
from tests.houses import general_fund, register

RECEIVE = "/api/v1/gifts/receive"


@pytest.fixture
def fund(house: House) -> str:
    return general_fund(house, register(house))


@pytest.fixture
def desk(house: House, fund: str) -> Desk:
    return Desk(house, CLERK)


def gift(fund: str, **more: str) -> dict[str, str]:
    return {"fund": fund, "amount": "100.00", "donor": "王某某", **more}


def test_what_was_recorded_is_the_answer_and_no_name_is_in_it(desk: Desk, fund: str) -> None:
    answer = desk.post(RECEIVE, gift(fund), idempotency_key="k1")
    assert answer.status_code == 201
    (event,) = answer.json()["recorded"]
    assert event["topic"] == "gift-received.v1"
    assert event["data"]["amount"] == {"currency": "CNY", "minor": 10000}
    assert answer.headers["etag"] == '"v1"'
    assert answer.headers["cache-control"] == "no-store"
    assert "王某某" not in answer.text


def test_the_same_key_gives_the_same_answer_and_records_nothing_again(
    house: House, desk: Desk, fund: str
) -> None:
    first = desk.post(RECEIVE, gift(fund), idempotency_key="k1")
    size = house.recorder.size()
    again = desk.post(RECEIVE, gift(fund), idempotency_key="k1")
    assert again.status_code == 200
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == {**first.json(), "again": True}
    assert house.recorder.size() == size


def test_a_key_with_another_body_is_another_request(desk: Desk, fund: str) -> None:
    desk.post(RECEIVE, gift(fund), idempotency_key="k1")
    other = desk.post(RECEIVE, gift(fund, note="补记"), idempotency_key="k1")
    assert (other.status_code, other.json()["type"]) == (422, "/problems/key-used")


@pytest.mark.parametrize("key", [None, "", " ", "王", "k" * 256])
def test_what_records_takes_a_key(desk: Desk, fund: str, key: str | None) -> None:
    headers = {} if key is None else {"idempotency_key": key.encode()}
    answer = desk.post(RECEIVE, gift(fund), **headers)
    assert answer.status_code == 400
    assert "Idempotency-Key" in answer.json()["detail"]


def test_a_dry_run_says_what_would_be_recorded(house: House, desk: Desk, fund: str) -> None:
    size = house.recorder.size()
    answer = desk.post(f"{RECEIVE}?dry_run=true", gift(fund), idempotency_key="k1")
    assert (answer.status_code, answer.json()["dry_run"]) == (200, True)
    assert len(answer.json()["recorded"]) == 1
    assert house.recorder.size() == size
    assert desk.post(RECEIVE, gift(fund), idempotency_key="k1").status_code == 201


def test_a_version_seen_before_somebody_recorded_is_refused(desk: Desk, fund: str) -> None:
    desk.post(RECEIVE, gift(fund), idempotency_key="k1")
    body = {"fund": fund, "payee": "示范县第一小学", "amount": "1.00"}
    path = "/api/v1/disbursements/propose"
    first = desk.post(path, body, idempotency_key="k2", if_match='"v1"')
    assert first.status_code == 201
    late = desk.post(path, body, idempotency_key="k3", if_match='"v1"')
    assert (late.status_code, late.json()["type"]) == (412, "/problems/changed-meanwhile")
    current = first.headers["etag"]
    assert desk.post(path, body, idempotency_key="k4", if_match=current).status_code == 201


def test_a_version_that_cannot_be_read_or_means_nothing_is_refused(desk: Desk, fund: str) -> None:
    body = {"fund": fund, "payee": "示范县第一小学", "amount": "1.00"}
    malformed = desk.post(
        "/api/v1/disbursements/propose", body, idempotency_key="k1", if_match="W/x"
    )
    assert malformed.status_code == 400
    assert "ETag" in malformed.json()["detail"]
    nothing = desk.post(RECEIVE, gift(fund), idempotency_key="k1", if_match='"v1"')
    assert (nothing.status_code, nothing.json()["type"]) == (409, "/problems/refused")


def test_a_role_that_may_not_is_told_which_may(desk: Desk, fund: str) -> None:
    desk.acting = AUDITOR
    answer = desk.post(RECEIVE, gift(fund), idempotency_key="k1")
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/not-permitted")
    assert "clerk or reviewer" in answer.json()["detail"]


def test_a_field_that_is_unknown_or_malformed_is_named(desk: Desk, fund: str) -> None:
    for wrong in ({"amount": "1e3"}, {"colour": "red"}, {"received_on": "2026-02-30"}):
        answer = desk.post(RECEIVE, {**gift(fund), **wrong}, idempotency_key="k1")
        assert answer.status_code == 400
        assert [v["field"] for v in answer.json()["violations"]] == list(wrong)


def test_what_the_ledger_refuses_is_answered_with_its_words(desk: Desk, fund: str) -> None:
    desk.acting = REVIEWER
    answer = desk.post(
        "/api/v1/funds/allocate",
        {"fund": fund, "to_fund": "fund-unknown", "amount": "1.00"},
        idempotency_key="k1",
    )
    assert answer.status_code == 404
    assert "fund-unknown" in answer.json()["detail"]
