"""What a gift counts for beside its money: credits, shares, a conduit; none of it is money."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ledger.domain import credits as gift_credits
from ledger.domain.credits import (
    ConduitNamedAlready,
    ConduitNotPublic,
    CountedGift,
    CreditExceedsGift,
    CreditKindUnknown,
    CreditUnknown,
    MatchedAlready,
    MatchUnnamed,
    OnlyMoneyCounts,
    PartyUsedTwice,
    PersonHasNoBooks,
    SharesDontAddUp,
    SharesStatedAlready,
    SharesTooFew,
)
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
    Share,
)
from ledger.domain.events.gift import DonorIdentified, GoodsReceived
from ledger.domain.events.pledge import GiftFreedFromPledge, GiftSetAgainstPledge
from ledger.domain.funds import AmountNotPositive
from ledger.domain.grounds import ReasonUnknown
from ledger.domain.values import Payee
from ledger.money import CurrenciesDiffer, Money
from tests.ledger.domain.promises import (
    FOUNDATION,
    NOON,
    PERSON,
    cny,
    fact,
    gift,
    party,
)


def give(
    known: CountedGift,
    amount: Money,
    kind: str = "soft",
    matched: CountedGift | None = None,
    kept: Money | None = None,
) -> CreditGiven:
    return gift_credits.give_credit(
        known,
        kept or known.booked,
        "credit-1",
        kind,
        party("credited"),
        amount,
        matched,
        (),
        NOON,
    )


# Credits.


def test_a_credit_says_whose_merit_a_part_of_a_gift_is() -> None:
    assert give(gift(), cny("60.00")) == fact(CreditGiven, "gift-1", 2)


def test_credits_of_one_kind_never_exceed_the_gift() -> None:
    known = gift(fact(CreditGiven, "gift-1", 2))

    assert give(known, cny("40.00")).amount == cny("40.00")
    with pytest.raises(CreditExceedsGift, match=r"of 40\.01 CNY exceeds the 40\.00") as no:
        give(known, cny("40.01"))
    assert no.value.left == cny("40.00")


def test_credits_of_two_kinds_stand_beside_each_other() -> None:
    known = gift(fact(CreditGiven, "gift-1", 2))

    assert give(known, cny("100.00"), "on-behalf").amount == cny("100.00")


def test_only_what_is_left_of_a_gift_is_credited() -> None:
    with pytest.raises(CreditExceedsGift):
        give(gift(), cny("20.01"), kept=cny("20.00"))


def test_a_credit_is_no_money() -> None:
    credited = gift(fact(CreditGiven, "gift-1", 2))

    assert (credited.booked, credited.given) == (gift().booked, gift().given)


@pytest.mark.parametrize("yuan", ["0", "-1"])
def test_a_credit_is_above_zero(yuan: str) -> None:
    with pytest.raises(AmountNotPositive):
        give(gift(), cny(yuan))


def test_a_credit_is_counted_as_the_gift_is_booked() -> None:
    with pytest.raises(CurrenciesDiffer):
        give(gift(), Money(1, "USD"))


def test_a_credit_is_of_a_known_kind() -> None:
    with pytest.raises(CreditKindUnknown, match="credit 'hard' is none of soft, matching"):
        give(gift(), cny("1"), "hard")


def test_a_matching_credit_names_the_gift_that_is_matched_and_no_other_does() -> None:
    event = give(gift(), cny("60.00"), "matching", gift(name="gift-2"))

    assert event == fact(CreditGiven, "gift-1", 2, kind="matching", matched="gift-2")
    with pytest.raises(MatchUnnamed, match="name the gift that this one matches"):
        give(gift(), cny("60.00"), "matching")
    with pytest.raises(MatchUnnamed, match="a soft credit matches no gift"):
        give(gift(), cny("60.00"), "soft", gift(name="gift-2"))


def test_a_gift_is_not_matched_twice_nor_by_itself_nor_in_a_ring() -> None:
    matching = fact(CreditGiven, "gift-1", 2, kind="matching", matched="gift-2")
    matched = fact(CreditGiven, "gift-2", 2, kind="matching", matched="gift-1")

    with pytest.raises(MatchedAlready, match="gift-1 and gift-1 are matched already, or are the"):
        give(gift(), cny("1"), "matching", gift())
    with pytest.raises(MatchedAlready):
        give(gift(matching), cny("1"), "matching", gift(name="gift-2"))
    with pytest.raises(MatchedAlready):
        give(gift(), cny("1"), "matching", gift(matched, name="gift-2"))
    assert give(gift(matching), cny("1"), "matching", gift(name="gift-3")).matched == "gift-3"


def test_what_is_withdrawn_can_be_credited_again() -> None:
    known = gift(fact(CreditGiven, "gift-1", 2, amount=cny("100.00")))
    event = gift_credits.withdraw_credit(known, "credit-1", "mistake", NOON)
    free = gift_credits.evolve(known, event)

    assert event == fact(CreditWithdrawn, "gift-1", 3)
    assert give(free, cny("100.00")).originator_version == 4
    with pytest.raises(CreditUnknown, match="no standing credit credit-1"):
        gift_credits.withdraw_credit(free, "credit-1", "mistake", NOON)


def test_a_withdrawal_has_a_known_reason() -> None:
    with pytest.raises(ReasonUnknown):
        gift_credits.withdraw_credit(
            gift(fact(CreditGiven, "gift-1", 2)), "credit-1", "王某某要求", NOON
        )


def test_a_gift_that_goes_back_loses_its_latest_credits_first() -> None:
    known = gift(
        fact(CreditGiven, "gift-1", 2, credit="a", amount=cny("40.00")),
        fact(CreditGiven, "gift-1", 3, credit="b", amount=cny("60.00")),
        fact(CreditGiven, "gift-1", 4, credit="c", kind="on-behalf", amount=cny("50.00")),
    )
    many = gift_credits.credits_too_many

    assert many(known, cny("100.00")) == ()
    assert many(known, cny("99.99")) == ("b",)
    assert many(known, cny("49.99")) == ("c", "b")
    assert many(known, cny("39.99")) == ("c", "b", "a")


# Shares.

TWO = (
    Share(party=party("one"), amount=cny("70.00")),
    Share(party=party("two"), amount=cny("30.00")),
)


def test_the_shares_of_a_joint_gift_are_the_gift() -> None:
    assert gift_credits.state_shares(gift(), TWO, NOON) == fact(GiftSharesStated, "gift-1", 2)


@pytest.mark.parametrize("last", ["29.99", "30.01"])
def test_shares_add_up_to_the_fen(last: str) -> None:
    shares = (TWO[0], replace(TWO[1], amount=cny(last)))

    with pytest.raises(SharesDontAddUp, match=r"the shares add up to \d+\.\d\d CNY, but the gift"):
        gift_credits.state_shares(gift(), shares, NOON)


def test_a_share_is_above_zero_and_in_the_money_of_the_gift() -> None:
    with pytest.raises(AmountNotPositive):
        gift_credits.state_shares(
            gift(), (*TWO, Share(party=party("three"), amount=cny("0"))), NOON
        )
    with pytest.raises(CurrenciesDiffer):
        gift_credits.state_shares(gift(), (TWO[0], replace(TWO[1], amount=Money(1, "USD"))), NOON)


def test_a_joint_gift_has_at_least_two_donors() -> None:
    alone = Share(party=party("one"), amount=cny("100.00"))

    with pytest.raises(SharesTooFew, match="1 donors share no gift"):
        gift_credits.state_shares(gift(), (alone,), NOON)
    with pytest.raises(SharesTooFew, match="0 donors"):
        gift_credits.state_shares(gift(), (), NOON)


def test_every_donor_of_a_joint_gift_has_a_party_of_its_own() -> None:
    again = Share(party=party("one"), amount=cny("30.00"))

    with pytest.raises(PartyUsedTwice, match="2 shares name 1 parties"):
        gift_credits.state_shares(gift(), (TWO[0], again), NOON)
    with pytest.raises(PartyUsedTwice, match="3 shares name 2 parties"):
        gift_credits.state_shares(gift(booked=cny("130.00")), (*TWO, again), NOON)


def test_shares_are_stated_once() -> None:
    with pytest.raises(SharesStatedAlready, match="the shares of gift-1 are stated already"):
        gift_credits.state_shares(gift(fact(GiftSharesStated, "gift-1", 2)), TWO, NOON)


# Conduits.


def test_another_charity_may_pass_on_what_it_has_counted() -> None:
    event = gift_credits.name_conduit(gift(), FOUNDATION, new_money=False, at=NOON)

    assert event == fact(ConduitNamed, "gift-1", 2)


def test_a_person_passes_on_new_money_only() -> None:
    assert gift_credits.name_conduit(gift(), PERSON, new_money=True, at=NOON).new_money
    with pytest.raises(PersonHasNoBooks, match="so it is new money"):
        gift_credits.name_conduit(gift(), PERSON, new_money=False, at=NOON)


@pytest.mark.parametrize(
    "conduit",
    [
        Payee(id="payee-1", organisation="王某某", sealed=()),
        Payee(id="payee-1", organisation=None, sealed=()),
        replace(FOUNDATION, sealed=PERSON.sealed),
    ],
)
def test_a_conduit_is_an_organisation_by_name_or_a_person_sealed(conduit: Payee) -> None:
    with pytest.raises(ConduitNotPublic):
        gift_credits.name_conduit(gift(), conduit, new_money=True, at=NOON)


def test_a_conduit_is_named_once() -> None:
    with pytest.raises(ConduitNamedAlready, match="the conduit of gift-1 is named already"):
        gift_credits.name_conduit(
            gift(fact(ConduitNamed, "gift-1", 2)), PERSON, new_money=True, at=NOON
        )


# The gift itself.


def test_a_gift_remembers_which_promises_it_keeps() -> None:
    known = gift(
        fact(GiftSetAgainstPledge, "gift-1", 2),
        fact(GiftSetAgainstPledge, "gift-1", 3, pledge="pledge-2", amount=cny("10.00")),
        fact(GiftFreedFromPledge, "gift-1", 4),
        fact(GiftFreedFromPledge, "gift-1", 5, pledge="pledge-2", amount=cny("10.00")),
    )

    assert known.pledges == {"pledge-1": cny("25.00")}
    assert known.version == 5


def test_other_facts_of_a_gift_only_count_as_versions() -> None:
    known = gift()
    later = gift_credits.evolve(known, fact(DonorIdentified, "gift-1", 2))

    assert later == replace(known, version=2)


def test_goods_bear_no_credits() -> None:
    with pytest.raises(OnlyMoneyCounts, match="gift-9 is no gift of money"):
        gift_credits.counted([fact(GoodsReceived, "gift-9")])


def test_only_its_receipt_can_open_a_gifts_story() -> None:
    with pytest.raises(AssertionError, match="only its receipt"):
        gift_credits.evolve(None, fact(CreditGiven, "gift-1"))
