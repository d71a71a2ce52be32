"""Pages of charities and places, search and open data: what they say, and what they never say."""

from __future__ import annotations

import csv
import json
import uuid
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from io import StringIO
from typing import Any

import jsonschema
import pytest

from api.settings import Settings
from api.wiring import House
from tests.api.open_ledger import CITY, CODE, COUNTY, EVIDENCE, VILLAGE, OpenLedger, opened
from tests.api.portal import PRIVATE_PAYEE, Get, reading
from tests.conftest import OTHER_USCC, USCC

PAGES = (
    "/charities", f"/charities/{USCC}", f"/charities/{OTHER_USCC}", "/villages",
    f"/villages/{VILLAGE}", f"/villages/{COUNTY}", "/search", "/search?q=小学&kind=payment",
    "/data", "/data/notes",
)  # fmt: skip


@pytest.fixture(scope="module")
def told(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenLedger]:
    settings = Settings(
        data=tmp_path_factory.mktemp("open"), database_url=database_url,
        schema=f"t_{uuid.uuid4().hex[:16]}",
    )  # fmt: skip
    with closing(House(settings, create=True)) as house:
        yield opened(house)


@pytest.fixture(scope="module")
def get(told: OpenLedger) -> Get:
    return reading(told.house)


def data(get: Get, path: str) -> Any:
    answer = get(path)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.text)


def rows(get: Get, path: str) -> list[dict[str, str]]:
    answer = get(path)
    assert answer.status_code == 200, answer.text
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_there_in_two_languages_now_and_as_of_the_past(
    get: Get, told: OpenLedger, path: str
) -> None:
    turned = f"{path}{'&' if '?' in path else '?'}"
    for asked in (path, f"{turned}lang=en", f"{turned}as_of={told.sizes[1]}"):
        answer = get(asked)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert PRIVATE_PAYEE not in answer.text
    assert get(f"{turned}as_of=2").status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/charities", f"/api/v1/charities/{USCC}", f"/api/v1/places/{VILLAGE}",
        f"/api/v1/places/{COUNTY}", "/api/v1/search", "/api/v1/search?q=小学",
    ],
)  # fmt: skip
def test_every_document_keeps_to_its_shape_and_has_an_entity_tag(
    get: Get, told: OpenLedger, path: str
) -> None:
    described = get("/openapi.json").json()
    name = next(n for n in described["paths"] if _fits(n, path.partition("?")[0]))
    answered = described["paths"][name]["get"]["responses"]["200"]
    schema = answered["content"]["application/json"]["schema"]
    for asked in (path, f"{path}{'&' if '?' in path else '?'}as_of={told.sizes[0]}"):
        if "小学" in path or told.sizes[0]:
            found = get(asked)
            assert found.status_code == 200, found.text
            whole = {**schema, "components": described["components"]}
            jsonschema.validate(found.json(), whole, cls=jsonschema.Draft202012Validator)
            assert get(asked, if_none_match=found.headers["etag"]).status_code == 304


def _fits(template: str, path: str) -> bool:
    wanted, had = template.split("/"), path.split("/")
    return len(wanted) == len(had) and all(
        w.startswith("{") or w == h for w, h in zip(wanted, had, strict=True)
    )


def test_a_charity_is_told_of_with_the_three_answers_apart(get: Get) -> None:
    found = data(get, f"/api/v1/charities/{USCC}")
    assert (found["may_issue"]["yes"], found["eligible"]["yes"]) == (True, True)
    assert [one["what"] for one in found["eligibility"]] == ["granted"]
    assert found["eligibility"][0]["notice"] == "公告示例1号"
    assert {one["payer"] for one in found["class"]} == {"enterprise", "resident_individual"}
    other = data(get, f"/api/v1/charities/{OTHER_USCC}")
    assert (other["may_issue"]["yes"], other["eligible"]["yes"]) == (True, False)


def test_a_charity_shows_its_keys_numbers_funds_and_closes(get: Get, told: OpenLedger) -> None:
    found = data(get, f"/api/v1/charities/{USCC}")
    (key,) = found["keys"]
    assert (key["how"], key["gone"], key["custody"]) == ("registered", None, "server")
    assert found["books"] == [
        {"code": CODE, "allotted": 100, "issued": 2, "void": 0, "red": 0, "paper": 0, "lost": 0}
    ]
    (fund,) = found["funds"]
    totals = {one["unit"]: one["received"] for one in fund["balances"]}
    assert (fund["fund"], totals["CNY"]) == (told.fund, "1520.00")
    assert [one["last_day"] for one in found["closes"]] == ["2026-10-31"]
    assert [one["duty"] for one in found["disclosures"]] == ["yearly"]


def test_as_of_the_past_a_charity_is_as_it_was(get: Get, told: OpenLedger) -> None:
    then = data(get, f"/api/v1/charities/{USCC}?as_of={told.sizes[0]}")
    assert then["closes"] == []
    assert then["as_of"]["size"] == told.sizes[0]
    assert data(get, f"/api/v1/charities/{OTHER_USCC}?as_of={told.sizes[0]}")["funds"] == []


def test_who_is_not_registered_has_no_page(get: Get) -> None:
    for path in ("/charities/91110000600007XXXX", "/villages/110101", "/funds/fund-0/gifts.csv"):
        answer = get(path)
        assert answer.status_code == 404
        assert "text/html" in answer.headers["content-type"]
    for path in ("/api/v1/charities/91110000600007XXXX", "/api/v1/places/110101"):
        assert get(path).headers["content-type"] == "application/problem+json"


def test_lists_go_on_after_what_was_shown(get: Get) -> None:
    first = get("/api/v1/charities?limit=1")
    assert [one["uscc"] for one in first.json()["charities"]] == [USCC]
    onward = first.headers["link"].partition(">")[0].lstrip("<")
    assert [one["uscc"] for one in data(get, onward)["charities"]] == [OTHER_USCC]
    assert "link" not in get(onward).headers


def test_a_village_shows_what_reached_it_with_what_proves_it(get: Get, told: OpenLedger) -> None:
    found = data(get, f"/api/v1/places/{VILLAGE}")
    (reached,) = found["reached"]
    assert (reached["paid"], reached["payments"], reached["accepted"]) == ("120.00", 1, 1)
    (payment,) = found["payments"]
    assert (payment["disbursement"], payment["evidence"]) == (told.paid[0], [EVIDENCE])
    then = data(get, f"/api/v1/places/{VILLAGE}?as_of={told.sizes[0]}")
    assert (then["reached"][0]["accepted"], then["payments"][0]["evidence"]) == (0, [])


def test_a_county_takes_in_all_within_it_and_counts_few_persons_not_at_all(get: Get) -> None:
    found = data(get, f"/api/v1/places/{COUNTY}")
    (reached,) = found["reached"]
    assert (reached["paid"], reached["recovered"]) == ("140.00", "10.00")
    (people,) = found["people"]
    assert isinstance(people["payments"], str)
    assert isinstance(found["people_total"], str)
    assert all("5.00" not in (p["amount"], p["payee"]) for p in found["payments"])


def test_of_a_city_or_a_village_nothing_is_said_of_persons(get: Get) -> None:
    for place in (CITY, VILLAGE):
        found = data(get, f"/api/v1/places/{place}")
        assert (found["people"], found["people_total"]) == ([], None)


def test_no_search_leads_from_a_place_to_a_person(get: Get, told: OpenLedger) -> None:
    found = data(get, f"/api/v1/search?kind=payment&place={COUNTY}&limit=100")
    assert {one["id"] for one in found["found"]} == set(told.paid[:2])
    persons = [
        one for one in data(get, "/api/v1/search?kind=payment&limit=100")["found"]
        if one["id"] in told.persons
    ]  # fmt: skip
    assert len(persons) == 2
    assert {(one["title"], one["words"], one["place"]) for one in persons} == {(None, None, None)}


@pytest.mark.parametrize(
    ("asked", "kinds"),
    [
        ("q=小学", {"payment"}),
        ("q=卫生院", {"payment"}),
        ("q=饮水", {"fund"}),
        ("q=水井", {"fund"}),
        ("q=慈善总会", {"charity"}),
        (f"q={USCC.lower()}", {"charity"}),
        (f"q={VILLAGE}", {"payment", "fund", "place"}),
        ("q=济", {"fund"}),
        ("q=没有这样的", set()),
    ],
)
def test_any_part_of_what_is_said_is_found(get: Get, asked: str, kinds: set[str]) -> None:
    assert {one["kind"] for one in data(get, f"/api/v1/search?{asked}")["found"]} == kinds


def test_facets_narrow_down_and_count_what_they_lead_to(get: Get, told: OpenLedger) -> None:
    whole = data(get, "/api/v1/search?kind=payment")
    assert whole["facets"]["total"] == 5
    for sort in ("charity", "year", "band", "place"):
        for value, n in whole["facets"][sort].items():
            narrowed = data(get, f"/api/v1/search?kind=payment&{sort}={value}")
            assert narrowed["facets"]["total"] == n, (sort, value)
    assert whole["facets"]["band"] == {"to-1000": 5}
    assert whole["facets"]["place"] == {COUNTY: 2}
    then = data(get, f"/api/v1/search?kind=payment&as_of={told.sizes[0]}")
    assert then["facets"]["total"] == 3


def test_pages_of_results_hold_everything_once(get: Get) -> None:
    whole = [one["id"] for one in data(get, "/api/v1/search?limit=100")["found"]]
    path, walked = "/api/v1/search?limit=2", []
    while path:
        answer = get(path)
        walked += [one["id"] for one in answer.json()["found"]]
        path = answer.headers.get("link", "").partition(">")[0].lstrip("<")
    assert walked == whole
    assert [one["id"] for one in rows(get, "/search.csv")] == [
        f"'{one}" if one.isdigit() else one for one in whole
    ]


def test_the_whole_id_of_a_gift_leads_to_its_trace(get: Get, told: OpenLedger) -> None:
    answer = get(f"/search?q={told.gifts[0]}")
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/trace/gift/{told.gifts[0]}"
    assert get("/search?q=gift-unknown").status_code == 200


def test_a_search_that_cannot_be_understood_says_which_field(get: Get) -> None:
    for wrong in ("kind=gift", "year=20", "band=all", "place=1", "after=9.1", "after=x"):
        answer = get(f"/api/v1/search?{wrong}")
        assert answer.status_code == 400
        assert answer.json()["violations"][0]["field"] == wrong.partition("=")[0]
    assert get("/search?kind=&year=&band=&place=&charity=&q=").status_code == 200
    assert data(get, "/api/v1/search?year=0000&limit=1")["facets"]["total"] > 0


def total(found: list[dict[str, str]], column: str, unit: str = "CNY") -> Decimal:
    return sum((Decimal(row[column]) for row in found if row["unit"] == unit), Decimal())


def test_downloads_add_up_to_what_the_pages_say(get: Get, told: OpenLedger) -> None:
    for size in told.sizes:
        then = f"?as_of={size}"
        stated = data(get, f"/api/v1/funds/{told.fund}{then}")
        (balance,) = [one for one in stated["balances"] if one["unit"] == "CNY"]
        gifts = rows(get, f"/funds/{told.fund}/gifts.csv{then}")
        paid = rows(get, f"/funds/{told.fund}/payments.csv{then}")
        assert total(gifts, "amount") - total(gifts, "reversed") == Decimal(balance["received"])
        assert total(gifts, "returned") == Decimal(balance["returned"])
        assert total(paid, "amount") - total(paid, "recovered") == Decimal(balance["disbursed"])
        (line,) = [
            row for row in rows(get, f"/data/funds.csv{then}")
            if (row["fund"], row["unit"]) == (told.fund, "CNY")
        ]  # fmt: skip
        assert {name: line[name] for name in balance if name != "fund"} == {
            name: said for name, said in balance.items() if name != "fund"
        }
        assert {row["as_of"] for row in (*gifts, *paid, line)} == {str(size)}


def test_json_says_what_csv_says_with_its_stamp_and_its_schema(get: Get, told: OpenLedger) -> None:
    paths = {
        "funds": "/data/funds", "gifts": f"/funds/{told.fund}/gifts",
        "payments": f"/funds/{told.fund}/payments",
    }  # fmt: skip
    for name, path in paths.items():
        schema = data(get, f"/data/schema/{name}.json")
        answer = get(f"{path}.json")
        found = answer.json()
        assert answer.headers["ledger-as-of"].startswith(f"{found['as_of']['size']}; 20")
        assert f"</data/schema/{name}.json>" in answer.headers["link"]
        assert list(schema["properties"]) == list(found[name][0])
        for row in found[name]:
            jsonschema.validate(row, schema, cls=jsonschema.Draft202012Validator)
        written = rows(get, f"{path}.csv")
        assert len(written) == len(found[name])
        assert list(written[0]) == list(found[name][0])


def test_corrections_stand_beside_what_they_correct(get: Get, told: OpenLedger) -> None:
    gifts = {row["gift"]: row for row in rows(get, f"/funds/{told.fund}/gifts.csv")}
    assert gifts[told.gifts[2]]["returned"] == "5.00"
    assert "退回" in gifts[told.gifts[2]]["notes"]
    assert gifts[told.gifts[0]]["notes"] == ""
    paid = {
        r["disbursement"]: r for r in data(get, f"/funds/{told.fund}/payments.json")["payments"]
    }
    assert "项目取消" in paid[told.paid[1]]["notes"]
    assert gifts[told.gifts[2]]["date"] == ""


def test_no_download_names_a_donor_or_a_private_payee(get: Get, told: OpenLedger) -> None:
    for form in ("csv", "json"):
        for name in ("gifts", "payments"):
            text = get(f"/funds/{told.fund}/{name}.{form}").text
            assert "王某某" not in text
            assert PRIVATE_PAYEE not in text


def test_codes_stay_text_in_a_spreadsheet(get: Get, told: OpenLedger) -> None:
    paid = {r["disbursement"]: r for r in rows(get, f"/funds/{told.fund}/payments.csv")}
    assert paid[told.paid[0]]["place"] == f"'{VILLAGE}"


def test_what_is_missing_is_counted_for_each_organisation(get: Get, told: OpenLedger) -> None:
    page = get("/data/notes?lang=en").text
    own = page[page.index("示范基金会") : page.index("另一慈善总会")]
    counts = [cell.partition("<")[0] for cell in own.split('<td class="n">')[1:]]
    assert counts == ["4", "1", "1", "1", "5", "0", "4", "1", "3"]
    before = get(f"/data/notes?lang=en&as_of={told.sizes[0]}").text
    own = before[before.index("示范基金会") : before.index("另一慈善总会")]
    counts = [cell.partition("<")[0] for cell in own.split('<td class="n">')[1:]]
    assert counts == ["4", "1", "1", "1", "3", "0", "3", "1", "3"]
