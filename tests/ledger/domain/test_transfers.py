"""Allocations: money and goods move between funds, and stay as bound as they were."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain import funds, transfers
from ledger.domain.bindings import OffPurpose, OtherRecipient
from ledger.domain.events import FundBound, FundClosed, FundsAllocated, UseChanged
from ledger.domain.funds import BalanceTooSmall, FundFull, FundIsClosed
from ledger.domain.goods import Quantity
from ledger.domain.transfers import SameFund
from ledger.domain.values import AccountMalformed
from ledger.money import MINOR_MAX
from tests.ledger.domain.given import FUND, NOON, RICE, Inflows, cny, fact, fund, inflows


def test_money_moves_to_another_fund() -> None:
    event = transfers.allocate(
        fund(), inflows("100.00"), fund(id="fund-2"), cny("30.00"), "council", NOON
    )

    assert event == fact(FundsAllocated, FUND, 2)
    assert funds.evolve(fund(), event).available("CNY", 10_000) == cny("70.00")


def test_more_than_the_balance_does_not_move() -> None:
    with pytest.raises(BalanceTooSmall, match=r"100\.01 CNY is asked for, but only 100\.00 CNY"):
        transfers.allocate(
            fund(), inflows("100"), fund(id="fund-2"), cny("100.01"), "council", NOON
        )


def test_a_fund_is_not_allocated_to_itself() -> None:
    with pytest.raises(SameFund, match="fund fund-1 can't be allocated to itself"):
        transfers.allocate(fund(), inflows("100"), fund(), cny("1"), "council", NOON)


@pytest.mark.parametrize(
    ("bound", "target", "why"),
    [
        ({"purpose": "助学"}, {"purpose": "助医"}, "purpose '助医' is not .* '助学'"),
        ({"purpose": "助学"}, {}, "purpose '—' is not .* '助学'"),
        ({"place": "230108"}, {"place": "230109"}, "place '230109' is not .* '230108'"),
        ({"place": "230108"}, {}, "place '—' is not .* '230108'"),
    ],
)
def test_bound_money_stays_bound_where_it_moves(
    bound: dict[str, str], target: dict[str, str], why: str
) -> None:
    known, other = fund(kind="project", **bound), fund(id="fund-2", kind="project", **target)

    with pytest.raises(OffPurpose, match=why):
        transfers.allocate(known, inflows("100"), other, cny("1"), "council", NOON)


def test_bound_money_may_move_to_a_fund_bound_as_narrowly() -> None:
    known = fund(kind="project", purpose="助学", place="230000")
    other = fund(id="fund-2", kind="named", purpose="助学", place="230108")

    moved = transfers.allocate(known, inflows("100"), other, cny("1"), "council", NOON)

    assert moved.to_fund == "fund-2"


def test_bound_money_may_move_to_what_a_change_of_use_covers() -> None:
    changed = fact(UseChanged, FUND, 2)
    known = fund(changed, kind="project", purpose="助学", place="230108")
    other = fund(id="fund-2", kind="project", purpose="助医", place="230109")

    moved = transfers.allocate(known, inflows("100"), other, cny("1"), "council", NOON)

    assert moved.to_fund == "fund-2"


@pytest.mark.parametrize("said", [{"purpose": "助医", "place": None},
                                  {"purpose": None, "place": "230109"}])  # fmt: skip
def test_bound_money_does_not_move_to_a_fund_whose_use_was_widened(said: dict[str, Any]) -> None:
    known = fund(kind="project", purpose="助学", place="230108")
    widened = fund(
        fact(UseChanged, "fund-2", 2, **said),
        id="fund-2", kind="project", purpose="助学", place="230108",
    )  # fmt: skip

    with pytest.raises(OffPurpose):
        transfers.allocate(known, inflows("100"), widened, cny("1"), "council", NOON)


def test_goods_move_like_money() -> None:
    received = Inflows()
    received.totals[FUND, RICE] = 40
    known, sacks = fund(), Quantity(40, RICE)

    moved = transfers.allocate(known, received, fund(id="fund-2"), sacks, "council", NOON)

    assert funds.evolve(known, moved).available(RICE, 40) == Quantity(0, RICE)


def test_an_allocation_is_remembered_under_its_version() -> None:
    known = fund(fact(FundsAllocated, FUND, 2))

    assert (known.allocations[2].to_fund, known.allocations[2].amount) == ("fund-2", cny("30.00"))


def test_nothing_moves_to_a_closed_fund_but_a_closed_one_may_pass_on() -> None:
    received, closed = inflows("100"), fact(FundClosed, "fund-2", 2)
    other = fund(closed, id="fund-2")

    with pytest.raises(FundIsClosed, match="fund-2 is closed"):
        transfers.allocate(fund(), received, other, cny("1"), "council", NOON)
    passed_on = transfers.allocate(
        fund(fact(FundClosed, FUND, 2)), received, fund(id="fund-3"), cny("1"), "council", NOON
    )
    assert passed_on.to_fund == "fund-3"


def test_no_fund_takes_in_more_than_can_be_written_exactly() -> None:
    received = inflows("100")
    received.totals["fund-2", "CNY"] = MINOR_MAX

    with pytest.raises(FundFull, match="fund-2 can't hold that much"):
        transfers.allocate(fund(), received, fund(id="fund-2"), cny("0.01"), "council", NOON)


def test_agency_money_moves_only_towards_its_recipient() -> None:
    school, other = "示范县第一小学", "示范县第二小学"
    held = fund(fact(FundBound, FUND, 2, recipient=school), kind="agency")
    same = fund(fact(FundBound, "fund-2", 2, recipient=school), id="fund-2", kind="agency")
    another = fund(fact(FundBound, "fund-3", 2, recipient=other), id="fund-3", kind="agency")
    received = inflows("100")

    moved = transfers.allocate(held, received, same, cny("1"), "council", NOON)
    assert moved.to_fund == "fund-2"
    for target in (another, fund(id="fund-4")):
        with pytest.raises(OtherRecipient, match=f"goes to {school} only"):
            transfers.allocate(held, received, target, cny("1"), "council", NOON)


def test_the_charitys_own_money_does_not_become_agency_money() -> None:
    agency = fund(
        fact(FundBound, "fund-2", 2, recipient="示范县第一小学"), id="fund-2", kind="agency"
    )

    with pytest.raises(OtherRecipient):
        transfers.allocate(fund(), inflows("100"), agency, cny("1"), "council", NOON)


def test_an_allocation_names_a_role() -> None:
    with pytest.raises(AccountMalformed):
        transfers.allocate(fund(), inflows("1"), fund(id="fund-2"), cny("1"), "王某某", NOON)
