"""Gifts in kind: counted always, valued only with proof."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.domain import gifts_in_kind
from ledger.domain.bindings import ProofMissing
from ledger.domain.events import FundClosed, GoodsLine, GoodsReceived
from ledger.domain.funds import AmountNotPositive, FundIsClosed
from ledger.domain.gifts import LARGEST_MINOR, FundOfAnotherCharity, GiftTooLarge
from ledger.domain.gifts_in_kind import (
    LARGEST_COUNT,
    AppraisalNeeded,
    BasisUnknown,
    ItemTwice,
    KindUnknown,
    NoLines,
    ProvedInYuan,
    QuantityTooLarge,
    ValueWithoutBasis,
)
from ledger.money import Money
from tests.ledger.domain.given import (
    CHARITY,
    COATS,
    DONOR,
    FACTS,
    FUND,
    GIFT_DAY,
    NOON,
    OTHER,
    PAPER,
    RICE,
    SOURCE,
    cny,
    digest,
    fact,
    fund,
    line,
)

LINES: Any = FACTS[GoodsReceived]["lines"]


def receive(*lines: GoodsLine, kind: str = "goods", organisation: str = CHARITY) -> GoodsReceived:
    return gifts_in_kind.receive(
        "gift-1", fund(), organisation, kind, "donor", lines, DONOR, GIFT_DAY, "row", SOURCE,
        (digest("words of the donor"),), NOON,
    )  # fmt: skip


def proved(yuan: str, code: str = RICE, basis: str = "invoice") -> GoodsLine:
    return line(1, code, cny(yuan), basis, evidence=PAPER)


def test_goods_are_received_line_by_line_as_they_were_written() -> None:
    assert receive(*LINES) == fact(GoodsReceived, "gift-1")


def test_goods_found_in_store_say_so() -> None:
    event = gifts_in_kind.receive(
        "gift-1", fund(), CHARITY, "goods", "stock", [line(3)], None, None, "none", None, (), NOON
    )

    assert (event.origin, event.donor, event.received_on) == ("stock", None, None)


def test_goods_lie_in_an_open_fund_of_the_organisation_that_received_them() -> None:
    with pytest.raises(FundOfAnotherCharity, match=f"{FUND} belongs to {CHARITY}, not to {OTHER}"):
        receive(line(1), organisation=OTHER)
    with pytest.raises(FundIsClosed):
        gifts_in_kind.receive(
            "gift-1", fund(fact(FundClosed, FUND, 2)), CHARITY, "goods", "donor", [line(1)], None,
            None, "none", None, (), NOON,
        )  # fmt: skip


def test_a_gift_in_kind_is_of_goods_shares_or_property() -> None:
    assert receive(line(1), kind="property").kind == "property"
    with pytest.raises(KindUnknown, match="kind 'money' is none of goods, shares, property"):
        receive(line(1), kind="money")


def test_a_gift_in_kind_has_at_least_one_line() -> None:
    with pytest.raises(NoLines, match="at least one line: item, unit and quantity"):
        receive()


def test_an_item_stands_on_one_line() -> None:
    with pytest.raises(ItemTwice, match=r"goods:大米.* stands on two lines; give their sum"):
        receive(line(1), line(2, COATS), line(3))


@pytest.mark.parametrize("count", [0, -1])
def test_nothing_or_less_of_an_item_is_no_gift(count: int) -> None:
    with pytest.raises(AmountNotPositive, match=f"an amount of {count} 袋 大米"):
        receive(line(count))


def test_a_quantity_larger_than_any_ever_was_is_misread() -> None:
    assert receive(line(LARGEST_COUNT)).lines[0].quantity.count == LARGEST_COUNT
    with pytest.raises(QuantityTooLarge, match=r"1000000000001 袋 .*; look whether the unit"):
        receive(line(LARGEST_COUNT + 1))


@pytest.mark.parametrize("basis", ["invoice", "customs", "market", "appraisal"])
def test_a_value_rests_on_one_of_a_few_bases(basis: str) -> None:
    assert receive(proved("100", basis=basis)).lines[0].basis == basis
    with pytest.raises(BasisUnknown, match="basis 'guess' is none of none, invoice, customs"):
        receive(proved("100", basis="guess"))


def test_shares_and_property_are_valued_by_appraisal() -> None:
    assert receive(proved("100", basis="appraisal"), kind="shares").kind == "shares"
    assert receive(line(100), kind="shares").lines == (line(100),)
    for kind in ("shares", "property"):
        with pytest.raises(AppraisalNeeded, match=f"{kind} are valued by appraisal, not by market"):
            receive(proved("100", basis="market"), kind=kind)


def test_the_proof_of_a_value_is_the_digest_of_a_document() -> None:
    with pytest.raises(ProofMissing, match="'invoice 12' is no SHA-256 in hex"):
        receive(line(1, RICE, cny("100"), "invoice", evidence="invoice 12"))


@pytest.mark.parametrize(
    "odd",
    [
        line(1, RICE, None, "invoice"),
        line(1, RICE, None, "invoice", evidence=PAPER),
        line(1, RICE, None, "none", evidence=PAPER),
        line(1, RICE, cny("100"), "none", evidence=PAPER),
    ],
    ids=["no value", "no value but proof", "proof of nothing", "proof without basis"],
)
def test_value_basis_and_proof_belong_together(odd: GoodsLine) -> None:
    with pytest.raises(ValueWithoutBasis, match="a value that is proved needs its basis"):
        receive(odd)


def test_what_the_donor_says_a_thing_is_worth_may_be_kept_unproved() -> None:
    stated = receive(line(1, RICE, cny("100")), line(1, COATS, Money(100, "USD"), "customs"))

    assert [one.value for one in stated.lines] == [cny("100"), Money(100, "USD")]


@pytest.mark.parametrize("value", [Money(0), Money(-1)])
def test_a_value_is_above_zero(value: Money) -> None:
    with pytest.raises(AmountNotPositive):
        receive(line(1, RICE, value))


def test_a_worth_is_in_yuan() -> None:
    with pytest.raises(ProvedInYuan, match=r"of 1\.00 USD can't be receipted; give it in CNY"):
        receive(line(1, RICE, Money(100, "USD"), "customs", evidence=PAPER))


def test_a_value_larger_than_any_ever_was_is_misread_alone_or_in_sum() -> None:
    with pytest.raises(GiftTooLarge, match="look whether its unit was misread"):
        receive(line(1, RICE, Money(LARGEST_MINOR + 1)))
    half = Money(LARGEST_MINOR // 2 + 1)
    with pytest.raises(GiftTooLarge, match=r"100000000000\.02 CNY can't be right"):
        receive(
            line(1, RICE, half, "invoice", evidence=PAPER),
            line(1, COATS, half, "invoice", evidence=PAPER),
        )
