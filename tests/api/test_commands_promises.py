"""Promises, credits and services on the command line: what it prints, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from api.commands.pledging import today
from api.commands.serving_people import minutes_of
from api.promise_words import REFUSALS
from api.wiring import House
from api.words import in_words
from ledger.domain import credits as gift_credits
from ledger.domain import grounds, pledge_payments, pledges, schedules, services
from ledger.domain.events.credit import ConduitNamed, GiftSharesStated
from ledger.domain.small_cells import FEWER
from ledger.errors import LedgerError
from tests.conftest import USCC
from tests.houses import general_fund, give, register
from tests.invariants import check_house
from tests.ledger.corrected import events_of

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


@pytest.fixture
def asked(command_line: Run) -> Callable[..., Any]:
    """Run a command that must succeed; return its JSON."""

    def ask(*words: object) -> Any:
        code, out, err = command_line(*words, "--json")
        assert (code, err) == (0, "")
        return json.loads(out)

    return ask


def days(ahead: int) -> str:
    return (today() + timedelta(days=ahead)).isoformat()


def by_donor(fund: str) -> tuple[str, ...]:
    return ("--charity", USCC, "--fund", fund, "--donor", "王某某")


def test_a_promise_is_made_paid_written_off_and_shown(
    house: House, fund: str, asked: Callable[..., Any], command_line: Run, tmp_path: Path
) -> None:
    agreement = tmp_path / "agreement.pdf"
    agreement.write_bytes(b"agreement")
    made = asked("pledge", "make", *by_donor(fund), "--total", "100.00", "--agreement", agreement,
                 "--due", f"{days(-30)}:40.00", "--due", f"{days(30)}:60.00")  # fmt: skip
    pledge = made["pledge"]
    assert made["agreement"] == sha256(b"agreement").hexdigest()
    kept = asked("gift", "record", "--charity", USCC, "--fund", fund, "--amount", "25.00",
                 "--pledge", pledge)  # fmt: skip
    assert kept["pledge"] == pledge
    (other,) = give(house, fund, "50.00")
    asked("pledge", "pay", pledge, other, "20.00")
    asked("pledge", "undo", pledge, other, "15.00")
    asked("pledge", "write-off", pledge, "50.00", "--reason", "hardship", "--document", agreement,
          "--by", "council")  # fmt: skip

    found = asked("pledge", "show", pledge)
    assert {k: found[k] for k in ("pledged", "paid", "written_off", "outstanding", "ahead")} == {
        "pledged": "100.00", "paid": "30.00", "written_off": "50.00", "outstanding": "20.00",
        "ahead": "0.00",
    }  # fmt: skip
    assert found["payments"] == {kept["gift"]: "25.00", other: "5.00"}
    assert [one["what"] for one in found["changes"]] == [
        "pledge-made", "pledge-paid", "pledge-paid", "pledge-payment-undone", "pledge-written-off",
    ]  # fmt: skip
    assert "王某某" not in json.dumps(found, ensure_ascii=False)
    due = asked("pledge", "due", "--charity", USCC, "--fund", fund)["due"]
    assert [(d["due_on"], d["open"], d["state"]) for d in due] == [(days(-30), "10.00", "overdue")]
    later = asked("pledge", "due", "--until", days(30))["due"]
    assert [(d["open"], d["state"]) for d in later] == [("10.00", "overdue"), ("10.00", "open")]
    assert asked("balance", "--fund", fund)[0]["balance"] == "75.00"
    code, out, _ = command_line("pledge", "show", pledge)
    assert code == 0
    assert "逾期" in out
    assert "认捐不是收入" in out
    check_house(house)


def test_a_promise_spread_by_rule_adds_up(
    house: House, fund: str, asked: Callable[..., Any]
) -> None:
    made = asked("pledge", "make", *by_donor(fund), "--total", "100.00", "--instalments", 3,
                 "--every", "quarter", "--from", "2027-01-31")  # fmt: skip

    dues = asked("pledge", "show", made["pledge"])["dues"]
    assert [(d["due_on"], d["amount"], d["state"]) for d in dues] == [
        ("2027-01-31", "33.34", "open"), ("2027-04-30", "33.33", "open"),
        ("2027-07-31", "33.33", "open"),
    ]  # fmt: skip


def test_a_recurring_gift_is_agreed_changed_and_ended(
    house: House, fund: str, asked: Callable[..., Any], command_line: Run
) -> None:
    agreed = asked("pledge", "agree", *by_donor(fund), "--amount", "10", "--every", "month",
                   "--from", days(-1), "--to", days(400))  # fmt: skip
    pledge = agreed["pledge"]
    asked("pledge", "change", pledge, "--amount", "20", "--from", days(40), "--reason",
          "asked-by-donor")  # fmt: skip
    asked("pledge", "change", pledge, "--every", "year", "--from", days(80), "--reason",
          "asked-by-donor")  # fmt: skip
    asked("pledge", "end", pledge, "--from", days(100), "--reason", "payments-fail")

    found = asked("pledge", "show", pledge)
    assert (found["recurring"], found["pledged"]) == (True, "10.00")
    logged = [(c["previous_amount"], c["amount"], c["every"]) for c in found["changes"]]
    assert logged == [
        (None, "10.00", "month"), ("10.00", "20.00", "month"), ("20.00", "20.00", "year"),
        (None, None, None),
    ]  # fmt: skip
    code, out, err = command_line(
        "pledge", "change", pledge, "--from", days(9), "--reason", "asked-by-donor"
    )
    assert (code, out) == (2, "")
    assert "--amount" in err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--instalments", "2"),
        ("--from", "2027-01-31"),
        ("--due", "2027-01-31:100.00", "--instalments", "1"),
        ("--due", "tomorrow:100.00"),
        ("--due", "2027-01-31"),
        ("--due", "2027-01-31:99.99"),
    ],
)
def test_instalments_that_are_unclear_are_refused_in_one_line(
    house: House, fund: str, command_line: Run, words: tuple[str, ...]
) -> None:
    code, out, err = command_line("pledge", "make", *by_donor(fund), "--total", "100.00", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "Traceback" not in err


def test_a_dry_run_promises_nothing(house: House, fund: str, asked: Callable[..., Any]) -> None:
    size = house.recorder.size()
    asked("pledge", "agree", *by_donor(fund), "--amount", "10", "--every", "month", "--from",
          "2027-01-31", "--dry-run")  # fmt: skip
    assert house.recorder.size() == size


def test_credits_shares_and_conduits_are_listed_beside_the_money(
    house: House, fund: str, asked: Callable[..., Any], command_line: Run
) -> None:
    first, second = give(house, fund, "100.00", "60.00")
    soft = asked("gift", "credit", first, "李某某", "100.00", "--note", "募捐人")
    asked("gift", "credit", second, "王某某", "60.00", "--kind", "matching", "--matches", first)
    gone = asked("gift", "credit", first, "赵某某", "1.00", "--kind", "on-behalf")
    asked("gift", "uncredit", first, gone["credit"], "--reason", "mistake")
    shares = asked("gift", "shares", first, "王某某:70.00", "李某某：30.00")
    assert shares["shares"] == ["70.00", "30.00"]
    body = asked("gift", "conduit", second, "示范市红十字会", "--counted-before")
    assert body["conduit"] == "示范市红十字会"
    assert asked("gift", "conduit", first, "赵某某")["conduit"] is None

    found = asked("credits", "--charity", USCC, "--fund", fund)
    assert found["funds"] == [
        {"fund": fund, "unit": "CNY", "hard": "160.00",
         "credits": {"soft": "100.00", "matching": "60.00", "on-behalf": "0.00"}}
    ]  # fmt: skip
    assert found["new_money"] == [
        {"unit": "CNY", "received": "160.00", "agency": "0.00", "passed_on": "60.00",
         "new": "100.00"}
    ]  # fmt: skip
    assert [c["withdrawn"] for c in found["credits"]] == [None, None, "mistake"]
    assert found["credits"][0]["credit"] == soft["credit"]
    assert asked("balance")[0]["balance"] == "160.00"
    code, out, _ = command_line("credits")
    assert code == 0
    assert "从不相加" in out
    code, _, err = command_line("gift", "shares", first, ":70.00")
    assert code == 2
    assert "NAME:AMOUNT" in err
    check_house(house)


def test_services_are_recorded_corrected_listed_and_summed(
    house: House, fund: str, asked: Callable[..., Any], command_line: Run, tmp_path: Path
) -> None:
    invoice = tmp_path / "invoice.pdf"
    invoice.write_bytes(b"invoice")
    record = ("service", "record", "--charity", USCC, "--place", "230108", "--people")
    wrong = asked(*record, 3, "--kind", "volunteer", "--hours", "9", "--on", "2026-10-01")
    right = asked(
        *record,
        3,
        "--kind",
        "volunteer",
        "--hours",
        "2.5",
        "--on",
        "2026-10-01",
        "--until",
        "2026-10-02",
        "--project",
        "示范县支教",
        "--provider",
        "王某某",
    )
    assert (right["minutes"], right["hours"]) == (150, "2:30")
    asked(
        *record,
        1,
        "--kind",
        "professional",
        "--hours",
        "0.1",
        "--on",
        "2026-10-01",
        "--value",
        "800",
        "--basis",
        "invoice",
        "--evidence",
        invoice,
        "--fund",
        fund,
        "--note",
        "李某某",
    )
    asked(*record, 4, "--kind", "jobs", "--on", "2026-10-01")
    asked("service", "correct", wrong["service"], "--reason", "mistake", "--replaced-by",
          right["service"])  # fmt: skip

    totals = asked("service", "totals", "--charity", USCC)["totals"]
    assert [(t["kind"], t["people"], t["hours"], t["worth"]) for t in totals] == [
        ("jobs", 4, "0:00", {}), ("professional", None, None, {}),
        ("volunteer", 3, "2:30", {}),
    ]  # fmt: skip
    assert [t["suppressed"] for t in totals] == [None, FEWER, None], "one person is no group"
    listed = asked("service", "list", "--charity", USCC)["services"]
    assert "800.00" in {s["worth"] for s in listed}
    assert [s["corrected"] for s in listed] == ["mistake", None, None, None]
    assert listed[0]["replaced_by"] == right["service"]
    assert "王某某" not in json.dumps(listed, ensure_ascii=False)
    for name in ("list", "totals"):
        code, out, _ = command_line("service", name)
        assert code == 0
        assert "志愿服务" in out
        assert "服务时间不折算为金额" in out
    check_house(house)


@pytest.mark.parametrize(
    ("hours", "minutes"), [("2.5", 150), ("0.1", 6), ("1", 60), ("0.75", 45), ("0.050", 3)]
)
def test_hours_are_whole_minutes(hours: str, minutes: int) -> None:
    assert minutes_of(hours) == minutes


@pytest.mark.parametrize("hours", ["0.33", "-1", "1e3", "２.5", "1:30", "", "nan", "0.0000001"])
def test_hours_that_are_no_whole_minutes_are_refused_in_one_line(
    hours: str, command_line: Run
) -> None:
    code, out, err = command_line(
        "service", "record", "--charity", USCC, "--kind", "volunteer", "--people", 1,
        f"--hours={hours}", "--on", "2026-10-01",
    )  # fmt: skip
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_every_refusal_on_promises_has_chinese_words() -> None:
    modules = (grounds, schedules, pledges, pledge_payments, gift_credits, services)
    refusals = {
        found
        for module in modules
        for found in vars(module).values()
        if isinstance(found, type)
        and issubclass(found, LedgerError)
        and found.__module__ == module.__name__
    }
    assert refusals == set(REFUSALS)
    assert in_words(gift_credits.SharesTooFew(1)).startswith("联名捐赠至少两方 (")


LIST = (
    "捐赠人,金额（元）,捐赠日期\n"
    "示范市红十字会转来李某某捐款,88.00,2026-10-02\n"
    "王某某70元；赵某某30元,100.00,2026-10-03\n"
    "示范投资有限公司,12.00,2026-10-03\n"
    "示范县慈善总会转来爱心人士捐款,40.00,2026-10-04\n"
)


def test_a_list_says_who_passed_gifts_on_and_who_gave_them_together(
    house: House, fund: str, asked: Callable[..., Any], tmp_path: Path
) -> None:
    sheet = tmp_path / "list.csv"
    sheet.write_text(LIST, encoding="utf-8")
    for again in (4, 0):
        (report,) = asked("import", sheet, "--charity", USCC, "--fund", fund)
        assert (report["recorded"], report["rejected"]) == (again, [])

    named = [e for e in events_of(house, ConduitNamed.TOPIC) if isinstance(e, ConduitNamed)]
    assert [(e.conduit.organisation, e.new_money) for e in named] == [
        ("示范市红十字会", True), ("示范县慈善总会", False),
    ]  # fmt: skip
    (stated,) = events_of(house, GiftSharesStated.TOPIC)
    assert isinstance(stated, GiftSharesStated)
    assert [str(share.amount) for share in stated.shares] == ["70.00 CNY", "30.00 CNY"]
    (new,) = asked("credits")["new_money"]
    assert (new["received"], new["passed_on"], new["new"]) == ("240.00", "40.00", "200.00")
    check_house(house)
