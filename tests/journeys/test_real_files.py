"""The real lists of a Red Cross society, as they were published, through the command line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.wiring import House
from ledger.domain.events import ConduitNamed, GiftReceived, GiftSharesStated
from ledger.money import Money
from projections import trace_queries
from projections.traces import TRACES
from tests.api.imports.workbooks import written
from tests.conftest import SHARED, USCC
from tests.houses import general_fund, register
from tests.ledger.corrected import topics_after

Run = Callable[..., tuple[int, str, str]]
LISTS = SHARED / "data" / "red-cross-2020"
CASH, HUBEI = LISTS / "cash", LISTS / "gifts-hubei"
pytestmark = pytest.mark.shared

FACTS = {
    CASH / "gongshi-06-1_0122-0128.xlsx": (100, {"CNY": "362638873.00"}),
    CASH / "gongshi-07-1_0129.xlsx": (100, {"CNY": "77319319.01"}),
    CASH / "gongshi-08-1_0130.xlsx": (100, {"CNY": "129843982.85"}),
    CASH / "gongshi-11-1_0202.xlsx": (71, {"CNY": "144236922.86", "USD": "33133.00"}),
    HUBEI / "donate02.xls": (1633, {"CNY": "38422322.24"}),
    HUBEI / "donate03.xls": (1995, {"CNY": "153967316.14"}),
}
OUTFLOWS = CASH / "outflows.csv"


@pytest.fixture(autouse=True)
def present() -> None:
    if not LISTS.is_dir():
        pytest.skip("the real lists do not lie beside this repository")


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


@pytest.fixture
def imported(command_line: Run, fund: str) -> Callable[..., dict[str, Any]]:
    """Import one file and return its report; nothing may be refused."""

    def run(path: Path, *more: str) -> dict[str, Any]:
        code, out, err = command_line(
            "import", path, "--charity", USCC, "--fund", fund, "--json", *more
        )
        assert (code, err) == (0, "")
        (report,) = json.loads(out)
        assert report["rejected"] == []
        found: dict[str, Any] = report
        return found

    return run


@pytest.mark.parametrize("path", FACTS, ids=lambda path: path.name)
def test_every_gift_of_a_real_list_is_recorded_once(
    path: Path, imported: Callable[..., dict[str, Any]], house: House
) -> None:
    rows, totals = FACTS[path]
    before = house.recorder.size()
    dry = imported(path, "--dry-run")
    assert (dry["recorded"], dry["totals"]) == (rows, totals)
    assert house.recorder.size() == before, "a dry run records nothing"
    first = imported(path)
    assert (first["rows"], first["recorded"], first["already"]) == (rows, rows, 0)
    assert (first["kind"], first["totals"]) == ("gifts", totals)
    topics = Counter(topics_after(house, before))
    assert topics.pop(GiftReceived.TOPIC) == rows
    also = {ConduitNamed.TOPIC, GiftSharesStated.TOPIC}
    assert set(topics) <= also, "who passed it on, or who gave together, stands in some rows"
    size = house.recorder.size()
    again = imported(path)
    assert (again["recorded"], again["already"], again["totals"]) == (0, rows, totals)
    assert house.recorder.size() == size


def test_a_list_published_again_in_other_bytes_adds_nothing(
    imported: Callable[..., dict[str, Any]],
) -> None:
    first, again = imported(HUBEI / "donate03.xls"), imported(HUBEI / "donate04.xls")
    assert first["sha256"] != again["sha256"]
    assert (again["recorded"], again["already"]) == (0, 1995)
    assert again["totals"] == first["totals"]


def test_two_small_lists_that_share_a_row_are_both_recorded(
    imported: Callable[..., dict[str, Any]], tmp_path: Path
) -> None:
    head = "捐赠人,金额（元）,捐赠日期\n"
    one = written(tmp_path, "one.csv", f"{head}某公司,5.00,2026-10-01\n甲*,7.00,2026-10-01\n")
    two = written(tmp_path, "two.csv", f"{head}某公司,5.00,2026-10-01\n乙*,9.00,2026-10-01\n")
    assert imported(one)["recorded"] == 2
    assert imported(two)["recorded"] == 2


def test_the_payments_of_a_real_list_are_traced_to_gifts_and_back_to_the_fen(
    house: House, fund: str, imported: Callable[..., dict[str, Any]], command_line: Run
) -> None:
    for name in ("gongshi-06-1_0122-0128.xlsx", "gongshi-08-1_0130.xlsx", "gongshi-11-1_0202.xlsx"):
        imported(CASH / name)
    paid = imported(OUTFLOWS)
    assert (paid["kind"], paid["recorded"]) == ("payments", 14)
    assert paid["totals"] == {"CNY": "130777900.00"}
    assert imported(OUTFLOWS)["recorded"] == 0
    code, out, _ = command_line("balance", "--fund", fund, "--json")
    yuan, dollars = json.loads(out)
    assert code == 0
    assert (yuan["received"], yuan["disbursed"]) == ("636719778.71", "130777900.00")
    assert yuan["balance"] == "505941878.71"
    assert (dollars["unit"], dollars["balance"]) == ("USD", "33133.00")
    _trace_everything(house)
    assert command_line("audit")[0] == 0


def _trace_everything(house: House) -> None:
    with house.runner.reading(TRACES) as (connection, _):
        payments = connection.execute("SELECT id, amount FROM disbursements").fetchall()
        gifts = connection.execute(
            "SELECT gift, end_at - start_at AS fen FROM inflows WHERE unit = 'CNY'"
        ).fetchall()
    spent = 0
    for payment in payments:
        trace = trace_queries.trace_disbursement(house.runner, payment["id"])
        fen = [segment.end - segment.start for segment in trace.segments]
        assert sum(fen) == payment["amount"], "every fen of a payment comes from a gift"
        assert all(length > 0 for length in fen)
        spent += sum(fen)
    assert Money(spent).decimal() == "130777900.00"
    traced = 0
    for gift in gifts:
        (trace,) = trace_queries.trace_gift(house.runner, gift["gift"])
        fen = [segment.end - segment.start for segment in trace.segments]
        assert sum(fen) + trace.unspent == gift["fen"], "every fen of a gift is spent or there"
        traced += sum(fen)
    assert traced == spent, "from gifts and from payments it is the same money"


def test_a_trace_through_the_command_line_adds_up(
    house: House, imported: Callable[..., dict[str, Any]], command_line: Run
) -> None:
    imported(CASH / "gongshi-06-1_0122-0128.xlsx")
    imported(OUTFLOWS)
    with house.runner.reading(TRACES) as (connection, _):
        payments = connection.execute(
            "SELECT id, amount FROM disbursements ORDER BY leaf LIMIT 3"
        ).fetchall()
    gifts = set()
    for payment in payments:
        code, out, _ = command_line("trace", "disbursement", payment["id"], "--json")
        segments = json.loads(out)["segments"]
        assert code == 0
        assert _fen(segments) == payment["amount"]
        gifts |= {segment["gift"] for segment in segments}
    for gift in gifts:
        code, out, _ = command_line("trace", "gift", gift, "--json")
        found = json.loads(out)
        assert code == 0
        whole = Money.parse(found["inflow"]["amount"]).minor
        assert _fen(found["segments"]) + Money.parse(found["unspent"]).minor == whole


def _fen(segments: list[dict[str, str]]) -> int:
    return sum(Money.parse(segment["amount"]).minor for segment in segments)
