"""The picture of a fund's money: what goes in comes out, and there are not too many links."""

from __future__ import annotations

import pytest

from api.fund_flow import Flow, flow_of
from api.languages import saying
from projections.fund_page import Paid
from projections.fund_tallies import MONTH, UNDATED, Tally
from projections.trace_queries import Balance


def pictured(balance: Balance, months: dict[str, int], paid: list[Paid], lang: str = "zh") -> Flow:
    tallies = [Tally(MONTH + month, "CNY", 1, amount) for month, amount in months.items()]
    tallies += [Tally(UNDATED, "", 9, 0), Tally(f"{MONTH}2026-01", "USD", 1, 999)]
    flow = flow_of(saying(lang), lang, "助学资金", balance, tallies, paid)
    assert flow is not None
    return flow


def balance(received: int, spent: int, **other: int) -> Balance:
    moved = {"transferred_in": 0, "transferred_out": 0, "returned": 0, "reversed": 0} | other
    left = received + moved["transferred_in"] - moved["transferred_out"] - spent - moved["returned"]
    return Balance(fund="fund-1", unit="CNY", received=received, disbursed=spent, balance=left,
                   **moved)  # fmt: skip


def told(flow: Flow) -> list[tuple[str, str, int]]:
    return [(flow.name(one.source), flow.name(one.target), one.amount) for one in flow.links]


def test_gifts_come_in_by_month_and_go_to_payees_and_on_to_whether_they_were_accepted() -> None:
    paid = [Paid("示范小学", "CNY", 2, 700, 500), Paid(None, "CNY", 1, 100, 0)]
    flow = pictured(balance(1000, 800, transferred_in=50), {"2026-09": 400, "": 600}, paid)

    assert told(flow) == [
        ("日期不明", "助学资金", 600),
        ("2026年9月", "助学资金", 400),
        ("其他资金转入", "助学资金", 50),
        ("助学资金", "示范小学", 700),
        ("助学资金", "（个人，不公开）", 100),
        ("助学资金", "余额", 250),
        ("示范小学", "已验收", 500),
        ("示范小学", "尚未验收", 200),
        ("（个人，不公开）", "尚未验收", 100),
    ]


def test_the_picture_speaks_english_to_who_reads_english() -> None:
    paid = [Paid(None, "CNY", 1, 100, 100)]
    flow = pictured(balance(1000, 100), {"2026-09": 1000}, paid, "en")

    assert told(flow) == [
        ("2026-09", "助学资金", 1000),
        ("助学资金", "private person", 100),
        ("助学资金", "balance", 900),
        ("private person", "accepted", 100),
    ]


def test_of_many_months_and_payees_the_rest_is_one_and_nothing_is_lost() -> None:
    months = {f"2026-{n:02d}": 1000 for n in range(1, 13)}
    paid = [Paid(f"学校{n:02d}", "CNY", 1, 1000 - n, n) for n in range(11)]
    spent = sum(one.amount for one in paid)
    flow = pictured(
        balance(11_700, spent, transferred_in=9, transferred_out=7, returned=5, reversed=300),
        months,
        paid,
    )

    into = [one.amount for one in flow.links if one.target == "fund"]
    out = [one.amount for one in flow.links if one.source == "fund"]
    assert sum(into) == sum(out) == 12_009
    assert len(flow.links) <= 30
    assert ("其他月份", "助学资金", 7000) in told(flow)
    assert ("助学资金", "其他收款方", spent - sum(1000 - n for n in range(5))) in told(flow)
    assert ("其他收款方", "已验收", sum(range(5, 11))) in told(flow)
    assert ("助学资金", "退赠及冲正", 305) in told(flow)
    for node in flow.nodes:
        given = sum(one.amount for one in flow.links if one.target == node.id)
        passed = sum(one.amount for one in flow.links if one.source == node.id)
        assert not passed or not given or given == passed


@pytest.mark.parametrize("count", [6, 7])
def test_as_many_as_fit_are_all_named(count: int) -> None:
    months = {f"2026-{n:02d}": 10 for n in range(1, count + 1)}
    flow = pictured(balance(10 * count, 0), months, [])

    named = [node.name for node in flow.nodes if node.stage == 0]
    assert len(named) == 6
    assert ("其他月份" in named) == (count > 6)


def test_where_nothing_came_in_there_is_no_picture() -> None:
    assert flow_of(saying("zh"), "zh", "助学资金", balance(0, 0), [], []) is None
