from __future__ import annotations

import html
import re
from datetime import date
from urllib.parse import urlencode

import pytest

from api.routes import receipts as routes
from api.status_export import export
from api.wiring import House
from ledger.store.durable import write_atomically
from ledger.store.log_folder import STATUS_LIST
from receipts.status import StatusList
from tests.api.portal import Get
from tests.api.test_status_export import check_of
from tests.ledger.claimed import CODE, FIRST, ISSUED_ON, SECOND, make_red, receipted

LISTED = date(2026, 11, 22)


@pytest.fixture(autouse=True)
def on_the_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the portal's day be the one after the list's."""
    monkeypatch.setattr(routes, "datetime", _Noon)


class _Noon:
    @staticmethod
    def now(zone: object) -> object:
        from datetime import UTC, datetime  # noqa: PLC0415 the name is replaced in the module

        assert zone is UTC
        return datetime(2026, 11, 23, 4, tzinfo=UTC)


def published(house: House) -> None:
    write_atomically(house.log.folder / STATUS_LIST, export(house, LISTED, 7).data)


def boxes(house: House, number: str, **other: str) -> str:
    said = {
        "code": CODE,
        "number": number,
        "check_code": check_of(house, number),
        "issued_on": ISSUED_ON.isoformat(),
        "amount": "80.00",
    }
    return urlencode(said | other)


def test_a_receipt_that_stands_is_valid_and_the_answer_says_how_old_it_is(
    house: House, get: Get
) -> None:
    receipted(house, "80.00")
    published(house)

    answer = get(f"/api/v1/receipts/check?{boxes(house, FIRST)}").json()

    assert answer["result"] == "valid"
    assert [s["check"] for s in answer["steps"]] == sorted(s["check"] for s in answer["steps"])
    assert answer["receipt"]["remaining"] == "80.00"
    assert answer["as_of"] | {"size": 0} == {
        "day": "2026-11-22", "size": 0, "valid_until": "2026-11-29", "stale": False,
    }  # fmt: skip
    page = html.unescape(get(f"/check?{boxes(house, FIRST)}").text)
    assert '<h2 class="verdict good">有效</h2>' in page
    assert "1 天前" in page
    english = html.unescape(get(f"/check?{boxes(house, FIRST)}&lang=en").text)
    assert '<h2 class="verdict good">valid</h2>' in english
    assert "1 days ago" in english
    assert not re.search("[\u4e00-\u9fff]", english.partition("<main")[2].partition("</main>")[0])


def test_whoever_holds_a_receipt_is_led_to_where_its_gift_went(house: House, get: Get) -> None:
    gift, other = receipted(house, "80.00", "80.00")
    make_red(house, SECOND)
    published(house)

    assert f'href="/trace/gift/{gift}"' in get(f"/check?{boxes(house, FIRST)}").text
    assert f'href="/trace/gift/{other}"' in get(f"/check?{boxes(house, SECOND)}").text
    assert "/trace/gift/" not in get(f"/check?{boxes(house, FIRST, amount='80.01')}").text


def test_a_void_receipt_another_amount_and_an_unknown_number_are_told_apart(
    house: House, get: Get
) -> None:
    gifts = receipted(house, "80.00", "80.00")
    make_red(house, FIRST)
    published(house)
    assert len(gifts) == 2

    def result(query: str) -> str:
        return str(get(f"/api/v1/receipts/check?{query}").json()["result"])

    assert result(boxes(house, FIRST)) == "reversed"
    assert result(boxes(house, SECOND)) == "valid"
    assert result(boxes(house, SECOND, amount="80.01")) == "mismatch"
    assert result(boxes(house, SECOND, check_code="zzzzzz")) == "mismatch"
    assert result(boxes(house, SECOND) + "&") == "valid"
    unknown = boxes(house, SECOND).replace(SECOND, "0000000999")
    assert result(unknown) == "not_found"
    assert "查不到不等于伪造" in get(f"/check?{unknown}").text


def test_boxes_that_are_empty_or_unreadable_are_named(house: House, get: Get) -> None:
    receipted(house, "80.00")
    published(house)

    assert "五项都要填写" not in get("/check").text
    assert "五项都要填写" in get("/check?code=23050126").text
    assert "2026-11-22" in get(f"/check?{boxes(house, FIRST, issued_on='昨天')}").text
    assert "金额（元）：不是金额" in get(f"/check?{boxes(house, FIRST, amount='<b>')}").text
    assert "is no amount of money" in html.unescape(
        get(f"/check?{boxes(house, FIRST, amount='<b>')}&lang=en").text
    )
    assert "<b>" not in get(f"/check?{boxes(house, FIRST, amount='<b>')}").text
    refused = get(f"/api/v1/receipts/check?{boxes(house, FIRST, issued_on='x')}")
    assert (refused.status_code, refused.json()["type"]) == (400, "/problems/unreadable")
    assert get("/api/v1/receipts/check?code=1").status_code == 400


def test_the_list_itself_is_handed_out_and_verifies(house: House, get: Get) -> None:
    receipted(house, "80.00")
    assert get("/status-list").status_code == 404
    assert get("/check").status_code == 404
    published(house)

    answer = get("/status-list")

    assert StatusList.parse(answer.content, house.trust()).of(CODE, FIRST) is not None


def test_a_check_is_as_of_the_size_that_the_list_shows_and_of_no_other(
    house: House, get: Get
) -> None:
    receipted(house, "80.00")
    published(house)
    asked = boxes(house, FIRST)
    shown = get(f"/api/v1/receipts/check?{asked}").json()
    size = shown["as_of"]["size"]

    assert get(f"/api/v1/receipts/check?{asked}&as_of={size}").json() == shown
    assert get(f"/check?{asked}&as_of={size}").status_code == 200
    for path in ("/api/v1/receipts/check", "/check"):
        for other in (0, size - 1):
            answer = get(f"{path}?{asked}&as_of={other}")
            assert answer.status_code == 404
            assert f"shows the log at {size} entries, not at {other}" in answer.text
