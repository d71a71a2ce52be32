"""What a site tells the public is held against what its published log adds up to."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.audit import audit_log
from api.auditing.site import Page, differences
from api.auditing.totals import Totals, TotalsAt
from api.wiring import House
from tests.api.mirroring.serving import Handler, LogServer, serving
from tests.api.portal import charity_at_work, reading
from tests.attacks.forging import FUND, TRUST, Files, told
from tests.conftest import USCC
from tests.houses import general_fund, give, pay

Run = Callable[..., tuple[int, str, str]]
FUNDS = "api/v1/funds"


def test_a_log_adds_up_by_fund_and_by_organisation() -> None:
    log, totals = told(), TotalsAt({9, 12})
    found = audit_log(Files(log.files()), TRUST.log, TRUST.authority, watch=totals.see)
    assert found.findings == []
    assert sorted(totals.at) == [0, 9, 12]
    assert totals.at[0].as_json() == {"size": 0, "funds": [], "organisations": []}
    assert totals.at[9].numbers == {}
    whole: Any = totals.at[12].as_json()
    (fund,), (organisation,) = whole["funds"], whole["organisations"]
    assert (fund["fund"], fund["organisation"], fund["unit"]) == (FUND, USCC, "CNY")
    assert (fund["received"], fund["balance"], fund["gifts"]) == ("100.00", "100.00", 1)
    assert organisation["receipts"] == {"issued": 1, "red": 0}
    assert organisation["units"][0]["received"] == "100.00"


@pytest.fixture
def exported(house: House, command_line: Run, tmp_path: Path) -> Path:
    charity_at_work(house)
    second = house.ledger.funds.open_fund(USCC, "第二资金", "general", None, None)
    give(house, second, "7.00")
    house.publish()
    assert command_line("log", "export", tmp_path / "log")[0] == 0
    return tmp_path / "log"


def portal(house: House) -> bytes:
    return reading(house)(f"/{FUNDS}").content


def audited(command_line: Run, log: Path, server: LogServer) -> tuple[int, dict[str, Any], str]:
    code, out, err = command_line("audit", "--log", log, "--site", server.address, "--json")
    return code, json.loads(out or "{}"), err


def test_the_numbers_of_the_portal_are_those_of_its_log(
    house: House, exported: Path, command_line: Run
) -> None:
    with serving({FUNDS: portal(house)}) as server:
        code, found, _ = audited(command_line, exported, server)
    assert (code, found["findings"]) == (0, [])
    assert found["site"] == {"url": server.address, "as_of": [found["events"]]}
    assert [one["received"] for one in found["totals"]["funds"]] == ["150.00", "7.00"] or [
        one["received"] for one in found["totals"]["funds"]
    ] == ["7.00", "150.00"]
    (organisation,) = [o for o in found["totals"]["organisations"] if o["organisation"] == USCC]
    assert organisation["units"][0]["balance"] == "27.00"


@pytest.mark.parametrize("name", ["received", "disbursed", "returned", "balance", "recovered"])
def test_a_number_that_is_not_the_logs_is_named_with_both(
    house: House, exported: Path, command_line: Run, name: str
) -> None:
    shown = json.loads(portal(house))
    balance = shown["funds"][0]["balances"][0]
    ours, balance[name] = balance[name], "1.00"
    with serving({FUNDS: json.dumps(shown).encode()}) as server:
        code, found, _ = audited(command_line, exported, server)
    said = f"{name} is 1.00, the log gives {ours}, as of {found['events']} entries"
    assert (code, found["findings"]) == (1, [f"site: fund {balance['fund']} CNY: {said}"])


def test_a_site_that_stands_where_the_log_stood_earlier_is_held_to_that(
    house: House, exported: Path, command_line: Run, tmp_path: Path
) -> None:
    early = portal(house)
    fund = general_fund(house)
    give(house, fund, "9.00")
    pay(house, fund, "3.00")
    house.publish()
    assert command_line("log", "export", tmp_path / "later")[0] == 0
    with serving({FUNDS: early}) as server:
        code, found, _ = audited(command_line, tmp_path / "later", server)
    assert (code, found["findings"]) == (0, [])
    assert found["site"]["as_of"][0] < found["events"]


def test_a_site_further_on_than_the_log_is_asked_how_it_stood_then(
    house: House, exported: Path, command_line: Run
) -> None:
    early = portal(house)
    give(house, general_fund(house), "9.00")
    house.publish()
    later, asked = portal(house), []

    def then(handler: Handler) -> None:
        asked.append(handler.path)
        handler.say(early if "as_of=" in handler.path else later)

    with serving({}) as server:
        server.tricks[FUNDS] = then
        assert audited(command_line, exported, server)[0] == 0
        assert len(asked) == 2
        server.tricks[FUNDS] = lambda handler: handler.say(later)
        code, found, err = audited(command_line, exported, server)
    assert (code, found) == (2, {})
    assert "mirror it again" in err


def pages(shown: dict[str, Any], link: str) -> Callable[[Handler], None]:
    """Show a fund a page; `link` leads on from the first."""

    def turned(handler: Handler) -> None:
        second = "after=" in handler.path
        page = {**shown, "funds": shown["funds"][1:] if second else shown["funds"][:1]}
        more = {} if second else {"Link": f'<{link}>; rel="next"'}
        handler.say(json.dumps(page).encode(), headers=more)

    return turned


def test_every_page_of_a_site_is_asked_for_and_none_elsewhere(
    house: House, exported: Path, command_line: Run
) -> None:
    shown = json.loads(portal(house))
    with serving({}) as server:
        server.tricks[FUNDS] = pages(shown, f"/{FUNDS}?after=x")
        assert audited(command_line, exported, server)[0] == 0
        server.tricks[FUNDS] = pages(shown, "http://127.0.0.1:1/api/v1/funds")
        code, _, err = audited(command_line, exported, server)
        assert (code, "on another site" in err) == (2, True)
        server.tricks[FUNDS] = pages({**shown, "funds": []}, f"/{FUNDS}?after=x")
        code, found, _ = audited(command_line, exported, server)
        assert code == 1
        hidden = [f for f in found["findings"] if "is not shown" in f]
        assert len(hidden) == len(shown["funds"])


def test_a_fund_that_the_log_never_opened_is_named(
    house: House, exported: Path, command_line: Run
) -> None:
    shown = json.loads(portal(house))
    shown["funds"].append({"fund": "fund-invented", "balances": []})
    with serving({FUNDS: json.dumps(shown).encode()}) as server:
        code, found, _ = audited(command_line, exported, server)
    assert code == 1
    (finding,) = found["findings"]
    assert "fund-invented is shown" in finding
    assert "the log never opened it" in finding


@pytest.mark.parametrize(
    "answer",
    [
        b"<html>",
        b"[]",
        b"{}",
        b'{"as_of": {"size": "7"}, "funds": []}',
        b'{"as_of": {"size": -1}, "funds": []}',
        b'{"as_of": {"size": 7}, "funds": [{"fund": 1}]}',
        b'{"as_of": {"size": 7}, "funds": [{"fund": "f", "balances": [{"unit": "CNY"}]}]}',
        b"[" * 100_000,
    ],
)
def test_an_answer_of_another_form_is_no_answer(
    answer: bytes, exported: Path, command_line: Run
) -> None:
    with serving({FUNDS: answer}) as server:
        code, found, err = audited(command_line, exported, server)
    assert (code, found) == (2, {})
    assert "does not answer as a donation ledger does" in err


def test_a_site_is_held_against_a_log_that_is_named(command_line: Run) -> None:
    code, out, err = command_line("audit", "--site", "http://127.0.0.1:1")
    assert (code, out) == (2, "")
    assert "--log" in err


def test_a_log_that_can_not_be_read_to_the_end_adds_up_to_nothing_that_is_compared() -> None:
    page = Page(7, {"f": {}})
    said = list(differences([page], {0: Totals(0)}))
    assert said == ["site: it stands at 7 entries, up to which this log can't be read"]
    assert list(differences([], {})) == []


def test_what_never_moved_need_not_be_shown() -> None:
    nothing = dict.fromkeys(("received", "transferred_in", "transferred_out", "disbursed",
                             "returned", "balance", "reversed", "recovered"), 0)  # fmt: skip
    totals = Totals(3, {("f", "CNY"): nothing}, {"f": USCC})
    assert list(differences([Page(3, {"f": {}})], {3: totals})) == []
    some = Totals(3, {("f", "CNY"): {**nothing, "balance": 1}}, {"f": USCC})
    (said,) = differences([Page(3, {"f": {}})], {3: some})
    assert "balance is 0, the log gives 0.01" in said
