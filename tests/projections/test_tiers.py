"""Totals count what came from outside and what left, however many tiers it passed in between."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.wiring import House
from ledger import codec
from ledger.application import ReceiveGoods
from ledger.domain.events import (
    AllocationTakenBack,
    DisbursementPaid,
    DisbursementRecovered,
    Event,
    FundOpened,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsLine,
)
from ledger.domain.funds import Binding
from ledger.domain.goods import Quantity
from ledger.money import Money
from projections import runner as running
from projections.tiers import Bridge, Counts, Total, bridge, counted, tier_of, totals
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, gift, give, payment, register
from tests.invariants import check_house
from tests.ledger.domain.given import CHARITY, UNHURRIED, fact
from tests.projections.books import SCHOOL, WHY

PLACES = ("230000", "230100", "230108", "230108001", "230108001201", None)
UNITS = ("CNY", "USD")
BYS = ("tier", "organisation", "kind")


@pytest.mark.parametrize(
    ("place", "organisation", "tier"),
    [
        ("230000", USCC, "province"), ("230100", USCC, "city"), ("230108", USCC, "county"),
        ("230108001", USCC, "town"), ("230108001000", USCC, "town"),
        ("230108001201", USCC, "village"), ("230108000", USCC, "county"),
        ("230000000000", USCC, "province"), ("100000", OTHER_USCC, "national"),
        ("000000", OTHER_USCC, "national"), (None, USCC, "national"),
        (None, OTHER_USCC, "province"), (None, "53230108MJY000000X", "county"),
        (None, "authority", "unknown"), (None, "", "unknown"), (None, "53２３０１０８", "unknown"),
    ],
)  # fmt: skip
def test_a_fund_s_tier_is_that_of_its_place_else_of_its_holder_s_registration(
    place: str | None, organisation: str, tier: str
) -> None:
    assert tier_of(place, organisation) == tier


def opened(number: int, place: str | None, kind: str = "general") -> FundOpened:
    return fact(
        FundOpened, f"fund-{number}", organisation=CHARITY, name="资金", kind=kind, purpose=None,
        place=place,
    )  # fmt: skip


FUNDS = [opened(number, place) for number, place in enumerate(PLACES)]
AGENCY = [opened(number + 10, place, "agency") for number, place in enumerate(PLACES)]


def given_to(fund: int, fen: int, unit: str = "CNY") -> GiftReceived:
    amount = Money(fen, unit)
    return fact(GiftReceived, "gift-1", fund=f"fund-{fund}", amount=amount, booked=amount)


def moved(fund: int, to_fund: int, fen: int, unit: str = "CNY") -> FundsAllocated:
    return fact(FundsAllocated, f"fund-{fund}", to_fund=f"fund-{to_fund}", amount=Money(fen, unit))


def left(cls: type[Event], fund: int, fen: int, unit: str = "CNY") -> Event:
    return fact(cls, f"fund-{fund}", amount=Money(fen, unit))


def counts_of(events: Sequence[Event]) -> Counts:
    counts = Counts()
    for event in [*FUNDS, *AGENCY, *events]:
        counts.see(event)
    return counts


OUT = (DisbursementPaid, DisbursementRecovered, GiftReturned, GiftReversed)
fund_numbers = st.integers(0, len(PLACES) - 1)
amounts = st.integers(1, 10**9)
units = st.sampled_from(UNITS)
STORIES = st.lists(
    st.one_of(
        st.builds(given_to, fund_numbers, amounts, units),
        st.builds(moved, fund_numbers, fund_numbers, amounts, units),
        st.builds(left, st.sampled_from(OUT), fund_numbers, amounts, units),
    ),
    max_size=25,
)


@UNHURRIED
@given(STORIES, fund_numbers, st.data())
def test_another_tier_in_any_path_changes_no_public_total(
    story: list[Event], extra: int, data: st.DataObject
) -> None:
    moves = [n for n, event in enumerate(story) if isinstance(event, FundsAllocated)]
    longer = list(story)
    if moves:
        at = data.draw(st.sampled_from(moves))
        move = story[at]
        assert isinstance(move, FundsAllocated)
        first = fact(FundsAllocated, move.originator_id, to_fund=f"fund-{extra}",
                     amount=move.amount)  # fmt: skip
        then = fact(FundsAllocated, f"fund-{extra}", to_fund=move.to_fund, amount=move.amount)
        longer[at : at + 1] = [first, then]

    for by in BYS:
        short, long = (bridge(totals(counts_of(told), by)) for told in (story, longer))
        assert [_public(b) for b in short] == [_public(b) for b in long]
        assert all(b.internal_in == b.internal_out for b in [*short, *long])


def _public(found: Bridge) -> tuple[str, int, int, int]:
    return found.unit, found.external_in, found.external_out, found.balance


@UNHURRIED
@given(STORIES)
def test_every_group_balances_and_all_groups_together_are_the_whole(story: list[Event]) -> None:
    counts = counts_of(story)
    whole = [_public(b) for b in bridge(totals(counts, "organisation"))]
    for by in BYS:
        found = totals(counts, by)
        assert [_public(b) for b in bridge(found)] == whole
        for t in found:
            came, went = t.gifts + t.transferred_in, t.transferred_out + t.paid + t.returned
            assert t.balance == came - went


def test_a_move_inside_a_tier_is_a_column_of_its_own() -> None:
    also = opened(7, "239900")
    counts = counts_of([also, given_to(1, 100), moved(1, 7, 40), moved(7, 2, 30)])

    city, county = totals(counts)

    assert (city.group, city.moved_inside, city.transferred_in) == ("city", 40, 0)
    assert (city.transferred_out, city.balance) == (30, 70)
    assert (county.group, county.transferred_in, county.gifts) == ("county", 30, 0)


def test_a_move_that_is_taken_back_never_was() -> None:
    taken = fact(AllocationTakenBack, "fund-0", to_fund="fund-2", amount=Money(40))
    counts = counts_of([given_to(0, 100), moved(0, 2, 40), taken])

    province, county = totals(counts)

    assert (province.transferred_out, province.balance) == (0, 100)
    assert (county.transferred_in, county.balance) == (0, 0)


def test_agency_money_is_never_added_to_gifts_nor_to_moves() -> None:
    told = [given_to(10, 500), moved(10, 12, 200), left(DisbursementPaid, 12, 150),
            left(GiftReturned, 12, 20), given_to(0, 7)]  # fmt: skip

    province, county = totals(counts_of(told))

    assert (province.gifts, province.balance, province.agency_received) == (7, 7, 500)
    assert (province.agency_moved, province.agency_balance) == (-200, 300)
    assert (county.gifts, county.transferred_in, county.paid, county.balance) == (0, 0, 0, 0)
    assert (county.agency_moved, county.agency_out, county.agency_balance) == (200, 170, 30)
    (whole,) = bridge([province, county])
    assert (whole.external_in, whole.external_out, whole.internal_in) == (7, 0, 0)


def test_units_and_tiers_stand_in_their_own_order_and_are_never_added() -> None:
    told = [given_to(4, 1), given_to(0, 2), given_to(0, 3, "USD"), given_to(5, 4)]

    found = [(t.group, t.unit, t.gifts) for t in totals(counts_of(told))]

    assert found == [
        ("national", "CNY", 4), ("province", "CNY", 2), ("province", "USD", 3),
        ("village", "CNY", 1),
    ]  # fmt: skip


def test_a_fund_that_nobody_opened_is_in_no_known_group() -> None:
    counts = Counts()
    counts.see(given_to(99, 5))

    assert [(t.group, t.gifts) for t in totals(counts)] == [("unknown", 5)]


@pytest.fixture
def tiered(house: House) -> dict[str, str]:
    """Open funds of a province, a city, a county and a village, and one of agency money."""
    register(house)
    register(house, OTHER_USCC, "另一基金会")
    opening = house.ledger.funds.open_fund
    places = {"province": "230000", "city": "230100", "village": "230108001201"}
    found = {t: opening(USCC, t, "project", None, place) for t, place in places.items()}
    found["county"] = opening(OTHER_USCC, "县级", "project", None, "230108")
    found["agency"] = opening(USCC, "代管", "agency", None, None, Binding(recipient=SCHOOL))
    return found


def test_the_view_counts_what_commands_record_and_an_extra_tier_changes_nothing(
    house: House, tiered: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = house.ledger
    _, two, _ = give(house, tiered["province"], "100.00", "50.00", "30.00")
    give(house, tiered["agency"], "7.00")
    ledger.gifts.receive_gifts(USCC, tiered["city"], [gift("9.00", currency="USD")])
    quilts = GoodsLine(quantity=Quantity(3, "goods:棉被||床"), written="3床", conversion=None,
                       value=None, basis="none", evidence=None)  # fmt: skip
    in_kind = ReceiveGoods(lines=[quilts], donor=None, received_on=GIFT_DAY, date_basis="row")
    ledger.gifts.receive_gifts(USCC, tiered["city"], [in_kind])
    ledger.corrections.return_gift(two, Money(500), "捐赠人申请", "council")
    ledger.funds.allocate(tiered["province"], tiered["city"], Money(6000), "council")
    ledger.funds.allocate(tiered["city"], tiered["county"], Money(4000), "council")
    wrong = ledger.funds.allocate(tiered["city"], tiered["county"], Money(100), "council")
    ledger.funds.take_back(tiered["city"], wrong, WHY)
    (paid,) = ledger.disbursements.pay_out(
        OTHER_USCC, tiered["county"], [payment("12.00", SCHOOL, "230108")], "clerk", "reviewer"
    )
    ledger.disbursements.recover(tiered["county"], str(paid), Money(200), None, WHY)
    house.runner.catch_up()
    before = bridge(totals(counted(house.runner)[0]))

    ledger.funds.allocate(tiered["county"], tiered["village"], Money(1000), "council")
    house.runner.catch_up()
    counts, position = counted(house.runner)

    assert [_public(b) for b in bridge(totals(counts))] == [_public(b) for b in before] == [
        ("CNY", 18000, 1500, 16500), ("USD", 900, 0, 900), ("goods:棉被||床", 3, 0, 3),
    ]  # fmt: skip
    assert position.size == house.recorder.size()
    folded = Counts()
    for row in house.recorder.log(0, position.size):
        assert row.entry is not None
        folded.see(codec.read(row.entry, house.recorder.origin())[1])
    for by in BYS:
        assert totals(counts, by) == totals(folded, by)
    county = next(t for t in totals(counts) if (t.group, t.unit) == ("county", "CNY"))
    assert county == Total(
        group="county", unit="CNY", gifts=0, transferred_in=4000, transferred_out=1000, paid=1000,
        returned=0, balance=2000, moved_inside=0, agency_received=0, agency_moved=0, agency_out=0,
        agency_balance=0,
    )  # fmt: skip
    monkeypatch.setattr(running, "BATCH", 3)
    assert all(rebuilt.equal for rebuilt in house.runner.rebuild(keep=False))
    check_house(house)
