"""The field's rules of accounting, and what is easily got wrong, each by its name."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest

from ledger.domain import bindings, corrections, disbursements, funds, gifts, transfers
from ledger.domain.axis import Span
from ledger.domain.bindings import ConsentMissing, OffPurpose, OtherRecipient, OutOfTerm
from ledger.domain.disbursements import COST_CLASSES
from ledger.domain.events import (
    FundBound,
    FundOpened,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
    UseChanged,
)
from ledger.domain.funds import BalanceTooSmall, GiftPlace
from ledger.domain.gifts import AgencyMoney, DonorNotIdentified, NoValuationEvidence
from ledger.domain.gifts_in_kind import AppraisalNeeded
from ledger.domain.gifts_in_kind import receive as receive_goods
from ledger.domain.goods import Quantity
from ledger.domain.receipts import kept_of
from ledger.domain.values import RateMalformed, exchange
from ledger.money import Money, convert_half_up
from tests.ledger.domain.given import (
    CHARITY,
    DONOR,
    FUND,
    GIFT_DAY,
    NOON,
    PAPER,
    PAYEE,
    RICE,
    Inflows,
    Story,
    approved,
    cny,
    fact,
    fund,
    gift,
    goods,
    inflows,
    line,
    paid,
    proposed,
)

# Section 7: accounting that matters for tracing.


def test_fair_value_proof_goods_without_it_are_counted_and_neither_income_nor_receipted() -> None:
    unproved = goods(line(40, RICE, cny("4000")))
    proved = goods(line(40, RICE, cny("4000"), "invoice", evidence=PAPER))

    assert unproved.units == (RICE,)
    assert unproved.booked == cny("0")
    with pytest.raises(NoValuationEvidence):
        gifts.receiptable(unproved)
    assert gifts.receiptable(proved) == GIFT_DAY


def test_fair_value_proof_shares_and_property_are_valued_by_a_third_party() -> None:
    shares = line(100, RICE, cny("4000"), "market", evidence=PAPER)

    with pytest.raises(AppraisalNeeded):
        receive_goods(
            "gift-1", fund(), CHARITY, "shares", "donor", [shares], DONOR, GIFT_DAY, "row", None,
            (), NOON,
        )  # fmt: skip


def test_the_value_of_goods_never_lies_among_the_money_of_a_fund() -> None:
    story = Story().tell(FundOpened, FUND).tell(
        GoodsReceived, "gift-1", lines=(line(40, RICE, cny("4000"), "invoice", evidence=PAPER),)
    )  # fmt: skip

    history = story.history()
    assert history.accounts[FUND, RICE].gifts == 40
    assert history.accounts[FUND, "CNY"].gifts == 0


def test_agency_money_is_no_income_bears_no_receipt_and_has_one_recipient() -> None:
    school = fact(FundBound, FUND, 2, recipient=PAYEE.organisation)
    agency = fund(school, kind="agency")

    with pytest.raises(AgencyMoney):
        kept_of(gift(), agency)
    with pytest.raises(OtherRecipient):
        transfers.allocate(agency, inflows("1"), fund(id="fund-2"), cny("1"), "council", NOON)


def test_restricted_money_goes_only_to_matching_purpose_place_and_time() -> None:
    bound = fund(fact(FundBound, FUND, 2), kind="project", purpose="助学", place="230108")
    agreed = fund(fact(FundBound, FUND, 2), proposed("60", 3), approved(4))

    for purpose, place in (("办公", None), (None, "230109")):
        with pytest.raises(OffPurpose):
            disbursements.propose(
                bound, inflows("1"), "disbursement-1", PAYEE, cny("1"), purpose, place, "clerk",
                None, NOON,
            )  # fmt: skip
    with pytest.raises(OutOfTerm):
        disbursements.pay(agreed, "disbursement-1", date(2027, 1, 1), NOON)


def test_change_of_use_is_an_event_with_the_right_consent_and_edits_no_gift() -> None:
    agreement = fund(
        fact(FundBound, FUND, 2, basis="agreement"), kind="project", purpose="助学"
    )  # fmt: skip

    with pytest.raises(ConsentMissing):
        bindings.change_use(agreement, "助医", None, "filing", "1", "council", NOON)
    event = bindings.change_use(agreement, "助医", None, "donor-consent", PAPER, "council", NOON)
    assert isinstance(event, UseChanged)
    changed = funds.evolve(agreement, event)
    assert (changed.purpose, changed.axes) == (agreement.purpose, agreement.axes)
    bindings.check_use(changed, "助医", None)


def test_every_spending_line_can_bear_one_of_four_classes_of_cost() -> None:
    assert COST_CLASSES == ("charitable", "management", "fundraising", "other")
    for cost_class in COST_CLASSES:
        disbursements.classify(fund(proposed("1")), "disbursement-1", cost_class, NOON)


def test_the_sum_of_uses_of_a_gift_never_exceeds_its_amount() -> None:
    spent = fund(proposed("100"), approved(), paid("100"))

    with pytest.raises(BalanceTooSmall):
        transfers.allocate(spent, inflows("100"), fund(id="fund-2"), cny("0.01"), "council", NOON)


def test_unspent_money_flows_back_as_its_own_event() -> None:
    [event] = corrections.return_gift(
        fund(), inflows("100"), "gift-1", cny("10.00"), "捐赠人申请退回", "council", NOON
    )

    assert event == fact(GiftReturned, FUND, 2)


def test_pooled_cash_is_used_first_in_first_out_in_the_order_of_the_log() -> None:
    early, late = date(2026, 1, 1), date(2026, 9, 1)
    known = Inflows()
    known.see(fact(GiftReceived, "gift-late", received_on=late))
    known.see(fact(GiftReceived, "gift-early", received_on=early))
    spent = fund(proposed("100"), approved(), paid("100"))

    assert known.place_of("gift-late", "CNY") == GiftPlace(FUND, "CNY", Span(0, 10_000))
    assert spent.axis("CNY").unspent(known.place_of("gift-late", "CNY").span) == ()
    left = spent.axis("CNY").unspent(known.place_of("gift-early", "CNY").span)
    assert left == (Span(10_000, 20_000),), "a gift that is entered late queues late"


# Section 9: what is easily got wrong.


def test_yen_are_quoted_per_hundred_and_other_quote_units_are_refused() -> None:
    yen = Money.parse("10000", "JPY")

    assert exchange("4.7035", 100, "中国外汇交易中心", GIFT_DAY).book(yen) == cny("470.35")
    assert exchange("4.7035", 1, "中国外汇交易中心", GIFT_DAY).book(yen) == cny("47035.00")
    with pytest.raises(RateMalformed):
        exchange("4.7035", 10, "中国外汇交易中心", GIFT_DAY)


def test_half_a_fen_goes_up_where_the_language_would_round_to_even() -> None:
    exact = Decimal("0.3") * Decimal("100.15")
    cent = Decimal("0.01")

    assert convert_half_up(cny("100.15"), Decimal("0.3"), 1) == cny("30.05")
    assert exact.quantize(cent, ROUND_HALF_UP) == Decimal("30.05")
    assert exact.quantize(cent, ROUND_HALF_EVEN) == Decimal("30.04")


@pytest.mark.parametrize("text", ["0.1", "0.29", "1.13", "8.41", "4503599627370.49"])
def test_no_float_meets_an_amount(text: str) -> None:
    amount = cny(text)

    assert type(amount.minor) is int
    assert Decimal(amount.decimal()) == Decimal(text)
    assert int(Decimal(text) * 100) == amount.minor


def test_ten_dimes_are_one_yuan_which_floats_deny() -> None:
    total = sum((cny("0.10") for _ in range(10)), Money(0))

    assert total == cny("1.00")
    assert sum([0.1] * 10) != 1.0


def test_a_correction_is_a_visible_reversal_with_a_note_and_names_what_replaces_it() -> None:
    [event] = corrections.reverse_gift(
        fund(), inflows("100"), "gift-1", ("CNY",), "wrong-amount", "金额录入有误，已更正",
        "gift-2", "council", NOON,
    )  # fmt: skip

    assert event == fact(GiftReversed, FUND, 2)
    assert (event.reason, event.note, event.replaced_by) == (
        "wrong-amount",
        "金额录入有误，已更正",
        "gift-2",
    )


def test_a_transfer_between_tiers_is_no_new_money() -> None:
    story = (
        Story()
        .tell(FundOpened, FUND)
        .tell(FundOpened, "fund-2")
        .tell(GiftReceived, "gift-1")
        .tell(FundsAllocated, FUND)
    )

    accounts = story.history().accounts
    assert sum(account.gifts for account in accounts.values()) == 10_000
    assert accounts["fund-2", "CNY"].gifts == 0


def test_a_gift_of_nobody_known_is_recorded_and_not_receipted() -> None:
    with pytest.raises(DonorNotIdentified):
        gifts.receiptable(gift(donor=None))


def test_goods_and_money_are_never_added_up() -> None:
    coats = Quantity(3, RICE)

    assert not hasattr(coats, "__add__")
    assert (coats.unit, cny("3").unit) == (RICE, "CNY")
