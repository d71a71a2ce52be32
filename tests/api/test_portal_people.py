"""What the portal says of people: that a donor was erased, and no place finer than a county."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime

import pytest
from psycopg import sql

from api.erasure_marks import ERASED
from api.routes.shapes import TraceShape
from api.sentences import one_language
from api.times import BEIJING, day_words
from api.wiring import CaughtUpInflows, House
from ledger.domain import disbursements
from ledger.domain.values import Payee
from ledger.money import Money
from ledger.proof.encoding import b64url
from projections.erasures import ERASURES
from tests.api.portal import Get
from tests.houses import general_fund, give, register

Run = Callable[..., tuple[int, str, str]]
VILLAGE, COUNTY = "230108001201", "230108"
OLD = "disbursement-old"


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def test_the_trace_of_a_gift_says_that_its_donor_was_erased(
    house: House, get: Get, fund: str
) -> None:
    gift, other = give(house, fund, "3.00", "4.00")
    house.publish()
    before = house.recorder.size()
    assert get(f"/api/v1/gifts/{gift}/trace").json()["erased"] is None
    house.ledger.people.erase(gift, "request of the person")
    house.publish()

    today = datetime.now(BEIJING).date()
    told = get(f"/api/v1/gifts/{gift}/trace").json()
    assert told["erased"] == {
        "words": ERASED, "fields": 1, "of": 1, "erased_on": today.isoformat(),
        "ground": "request of the person",
    }  # fmt: skip
    assert TraceShape.model_validate(told).erased is not None
    page = get(f"/trace/gift/{gift}").text
    gone = one_language(ERASED, "zh")
    marked = f"捐赠人信息：{gone}（{day_words(today, 'zh')}）"
    assert marked in page.replace("&#39;", "'")
    now = house.recorder.size()
    assert get(f"/api/v1/gifts/{gift}/trace?as_of={now}").json()["erased"] == told["erased"]
    assert gone in get(f"/trace/gift/{gift}?as_of={now}").text
    assert get(f"/api/v1/gifts/{gift}/trace?as_of={before}").json()["erased"] is None
    assert gone not in get(f"/trace/gift/{gift}?as_of={before}").text
    assert get(f"/api/v1/gifts/{other}/trace").json()["erased"] is None
    assert gone not in get(f"/trace/gift/{other}").text


def test_an_answer_that_stays_never_leaves_an_erasure_out(
    house: House, get: Get, fund: str
) -> None:
    (gift,) = give(house, fund, "3.00")
    house.ledger.people.erase(gift, "request of the person")
    house.publish()
    with house.database.writing() as connection:  # the view of erasures lags behind
        lagging = sql.Identifier(house.runner.schema(ERASURES), "position")
        connection.execute(sql.SQL("UPDATE {} SET size = size - 1").format(lagging))
    answer = get(f"/api/v1/gifts/{gift}/trace?as_of={house.recorder.size()}")
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/not-ready")


def paid_in_a_village(house: House, fund: str) -> str:
    """Pay a person, as it was recorded before only the county was: with the village."""
    known = house.ledger.streams.fund(fund)
    give(house, fund, "5.00")
    at, payee = (
        datetime.now(BEIJING),
        Payee(id="payee-1", organisation=None, sealed=(b64url(bytes(32)),)),
    )
    asked = disbursements.propose(
        known, CaughtUpInflows(house.runner), OLD, payee, Money(1_00), None, None, "clerk", None, at
    )
    house.engine.record([replace(asked, place=VILLAGE)], {})
    house.ledger.disbursements.approve(fund, OLD, "reviewer")
    house.ledger.disbursements.pay(fund, OLD, date(2026, 11, 1))
    house.publish()
    return OLD


def test_a_payment_to_a_person_recorded_with_a_village_is_shown_with_its_county(
    house: House, get: Get, fund: str, command_line: Run
) -> None:
    paid = paid_in_a_village(house, fund)
    gift = get(f"/api/v1/disbursements/{paid}/trace").json()["segments"][0]["gift"]
    shown = [
        get(path).text
        for path in (
            f"/api/v1/disbursements/{paid}/trace", f"/api/v1/gifts/{gift}/trace",
            f"/api/v1/funds/{fund}", f"/trace/disbursement/{paid}", f"/trace/gift/{gift}",
            f"/funds/{fund}",
        )
    ]  # fmt: skip
    shown += [command_line("trace", *what, "--json")[1]
              for what in (("gift", gift), ("fund", fund), ("place", COUNTY))]  # fmt: skip
    for text in shown:
        assert COUNTY in text
        assert COUNTY + "0" not in text, "no finer place"
    assert json.loads(shown[-1])["segments"][0]["place"] == COUNTY
    assert command_line("trace", "place", VILLAGE)[0] == 2, "who asks for the village is not told"
