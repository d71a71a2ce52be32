from __future__ import annotations

import json
from collections.abc import Callable

import jsonschema
import pytest
from eventsourcing.persistence import OperationalError

from api.problems import NotReady
from api.wiring import House
from ledger.errors import Refused, Unreadable, Untrusted
from ledger.store.database import DatabaseUnreachable
from ledger.store.log_objects import FileMissing
from projections.trace_queries import NotTraceable
from tests.api.portal import (
    Broken,
    Get,
    charity_at_work,
    reading,
)
from tests.houses import general_fund, give, pay, register

Run = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize("what", ["gift", "disbursement"])
def test_a_trace_over_http_is_the_very_object_of_the_command_line(
    house: House, get: Get, command_line: Run, what: str
) -> None:
    _, gifts, public, _ = charity_at_work(house)
    asked = gifts[1] if what == "gift" else public

    _, out, _ = command_line("trace", what, asked, "--json")

    assert get(f"/api/v1/{what}s/{asked}/trace").json() == json.loads(out)


def test_balances_over_http_are_those_of_the_command_line(
    house: House, get: Get, command_line: Run
) -> None:
    charity_at_work(house)

    _, out, _ = command_line("balance", "--json")

    answer = get("/api/v1/funds").json()
    (fund,) = answer["funds"]
    assert [b | {"as_of": answer["as_of"]} for b in fund["balances"]] == json.loads(out)


def test_lists_come_in_pages_that_lead_to_the_next(house: House, get: Get) -> None:
    register(house)
    funds = [general_fund(house, name=f"资金{n}") for n in range(3)]
    give(house, funds[0], *["1.00"] * 3)
    paid = pay(house, funds[0], "1.00", "1.00", "1.00")
    house.publish()

    assert [f["fund"] for f in walked(get, "/api/v1/funds?limit=2", "funds")] == funds
    payments = walked(get, f"/api/v1/funds/{funds[0]}?limit=1", "payments")
    assert [p["disbursement"] for p in payments] == paid[::-1]
    fresh = give(house, funds[0], *["2.00"] * 5)
    (whole,) = pay(house, funds[0], "10.00")
    house.publish()
    segments = walked(get, f"/api/v1/disbursements/{whole}/trace?limit=2", "segments")
    assert [s["gift"] for s in segments] == fresh


def walked(get: Get, path: str | None, what: str) -> list[dict[str, str]]:
    """Follow the links from page to page; return all rows."""
    rows: list[dict[str, str]] = []
    while path is not None:
        answer = get(path)
        rows += answer.json()[what]
        path = answer.links.get("next", {}).get("url")
    return rows


def test_programs_get_problem_documents(get: Get) -> None:
    answer = get("/api/v1/gifts/gift-1/trace")

    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "/problems/unknown",
        "title": "Nothing is known under that name",
        "status": 404,
        "detail": "no gift gift-1 in this ledger",
        "instance": "/api/v1/gifts/gift-1/trace",
    }
    assert get("/api/v2/nothing").json()["type"] == "/problems/no-such-address"


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/api/v1/funds?limit=0", "limit"),
        ("/api/v1/funds?limit=101", "limit"),
        ("/api/v1/funds/x?before=-1", "before"),
        ("/api/v1/gifts/gift-1/trace?skip=x", "skip"),
        ("/api/v1/gifts/gift%00/trace", "gift"),
        ("/api/v1/funds?after=%00", "after"),
    ],
)
def test_a_parameter_that_cannot_be_is_refused_by_name(get: Get, path: str, field: str) -> None:
    answer = get(path)

    assert answer.status_code == 400
    assert [v["field"] for v in answer.json()["violations"]] == [field]
    assert field in answer.json()["detail"]


def test_nothing_can_be_sent_to_the_portal(house: House) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = reading(house, method)("/api/v1/funds")
        assert answer.status_code == 405
        assert answer.json()["type"] == "/problems/method"
        assert answer.headers["allow"] == "GET, HEAD"


def test_head_is_answered_wherever_get_is(house: House) -> None:
    head = reading(house, "HEAD")

    for path in ("/", "/log/checkpoint", "/healthz"):
        assert head(path).status_code == 200


def test_what_has_not_changed_is_not_sent_again(get: Get) -> None:
    first = get("/api/v1/funds")

    again = get("/api/v1/funds", if_none_match=f'"other", W/{first.headers["etag"]}')
    assert again.status_code == 304
    assert again.content == b""
    assert get("/api/v1/funds", if_none_match='"other"').status_code == 200


def test_every_answer_carries_the_safe_headers(house: House, get: Get) -> None:
    broken = reading(Broken())
    for answer in (
        get("/"),
        get("/nothing"),
        get("/api/v1/funds"),
        get("/portal.css"),
        broken("/"),
    ):
        assert answer.headers["content-security-policy"].startswith("default-src 'none'; ")
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_fault_of_ours_is_told_without_detail() -> None:
    answer = reading(Broken())("/metrics")

    assert answer.status_code == 500
    assert answer.json()["type"] == "/problems/fault"
    assert "secret" not in answer.text
    assert "系统内部错误" in reading(Broken())("/").text


@pytest.mark.parametrize(
    ("error", "status", "name"),
    [
        (Refused("no"), 409, "refused"),
        (NotTraceable("gift", "x"), 404, "unknown"),
        (FileMissing("tile/x"), 404, "unknown"),
        (Untrusted("no"), 422, "untrusted"),
        (Unreadable("no"), 400, "unreadable"),
        (NotReady("no"), 503, "not-ready"),
        (DatabaseUnreachable("host db.internal"), 503, "unavailable"),
        (OperationalError("host db.internal"), 503, "unavailable"),
    ],
)
def test_each_family_of_errors_has_one_status(error: Exception, status: int, name: str) -> None:
    answer = reading(Broken(error))("/metrics")

    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{name}")
    assert "db.internal" not in answer.text


def test_the_openapi_document_is_3_1_and_describes_what_is_answered(house: House, get: Get) -> None:
    fund, (gift, _), public, _ = charity_at_work(house)
    described = get("/openapi.json").json()

    assert described["openapi"].startswith("3.1")
    assert "HTTPValidationError" not in json.dumps(described)
    for path, shape in (
        ("/api/v1/funds", "FundsShape"),
        (f"/api/v1/funds/{fund}", "StatementShape"),
        (f"/api/v1/gifts/{gift}/trace", "TraceShape"),
        (f"/api/v1/disbursements/{public}/trace", "TraceShape"),
        ("/api/v1/gifts/none/trace", "ProblemDocument"),
        ("/api/v1/funds?limit=0", "ProblemDocument"),
    ):
        whole = described | {"$ref": f"#/components/schemas/{shape}"}
        jsonschema.Draft202012Validator(whole).validate(get(path).json())


def test_every_public_operation_says_what_it_does_and_how_it_can_fail(get: Get) -> None:
    for path, operations in get("/openapi.json").json()["paths"].items():
        for operation in operations.values():
            assert operation["description"].endswith("."), path
            assert path == "/healthz" or "default" in operation["responses"], path
