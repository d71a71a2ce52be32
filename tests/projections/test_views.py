"""The smaller read models: who is who, which gifts, which numbers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from api.wiring import AUTHORITY_NAME, House
from ledger.domain.organisations import AUTHORITY
from projections.directory import FundEntry, funds, names
from projections.gift_index import gifts_between
from projections.receipt_numbers import LotEntry, codes_of
from projections.receipt_numbers import register as numbers_of
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, general_fund, gift, give, ready_for_receipts, register
from tests.invariants import check_house

CODE = "23050126"


def test_the_directory_lists_organisations_and_their_funds(house: House) -> None:
    register(house)
    register(house, OTHER_USCC, "另一基金会")
    general = general_fund(house)
    bound = house.ledger.funds.open_fund(USCC, "助学金", "project", "助学", "230108")
    other = general_fund(house, OTHER_USCC)
    house.runner.catch_up()

    assert names(house.runner) == {
        AUTHORITY: AUTHORITY_NAME,
        USCC: "示范基金会",
        OTHER_USCC: "另一基金会",
    }
    assert [f.fund for f in funds(house.runner)] == [general, bound, other]
    assert [f.fund for f in funds(house.runner, OTHER_USCC)] == [other]
    assert funds(house.runner, USCC)[1] == FundEntry(
        bound, USCC, "助学金", "project", "助学", "230108"
    )
    assert funds(house.runner, "none") == []
    check_house(house)


def test_gifts_are_found_by_their_days_with_their_receipts(house: House) -> None:
    register(house)
    fund = general_fund(house)
    days = [date(2026, 9, 30), GIFT_DAY, date(2026, 10, 31), date(2026, 11, 1), None]
    given = [replace(gift("1.00"), received_on=day) for day in days]
    found = house.ledger.gifts.receive_gifts(USCC, fund, given)
    ready_for_receipts(house)
    house.ledger.receipts.issue_receipts(USCC, found[1:2], [CODE], GIFT_DAY)
    house.runner.catch_up()

    assert gifts_between(house.runner, USCC, GIFT_DAY, date(2026, 10, 31)) == found[1:3]
    assert gifts_between(house.runner, OTHER_USCC, GIFT_DAY, GIFT_DAY) == []
    check_house(house)


def test_every_number_that_was_allotted_is_issued_or_unused(house: House) -> None:
    register(house)
    fund = general_fund(house)
    gifts = give(house, fund, *["1.00"] * 4)
    house.ledger.organisations.allot_numbers(USCC, "23052126", 100, 199)
    ready_for_receipts(house, numbers=3)
    house.ledger.receipts.issue_receipts(USCC, gifts, [CODE, "23052126"], GIFT_DAY)
    house.runner.catch_up()

    assert codes_of(house.runner, USCC) == ["23052126", CODE]
    assert codes_of(house.runner, OTHER_USCC) == []
    assert numbers_of(house.runner, USCC) == [
        LotEntry("23052126", 100, 199, 1, 99),
        LotEntry(CODE, 1, 3, 3, 0),
    ]
    check_house(house)
