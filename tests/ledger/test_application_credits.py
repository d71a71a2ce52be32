"""Credits, shares and conduits through the whole house: sealed, never money, gone with the gift."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import count

import pytest

from api.wiring import House
from ledger.application import ReceiveGift
from ledger.domain.credits import (
    CreditExceedsGift,
    CreditUnknown,
    PersonHasNoBooks,
    SharesDontAddUp,
    SharesStatedAlready,
    SharesTooMany,
)
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
)
from ledger.domain.values import Payee, exchange
from ledger.errors import Refused
from ledger.money import CurrenciesDiffer, Money
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, register
from tests.invariants import check_house
from tests.ledger.corrected import balance_of, events_of, why

RATE = exchange("7.1234", 1, "中国外汇交易中心", date(2026, 10, 1))


def cny(text: str) -> Money:
    return Money.parse(text)


def opened(house: House, *sealed: str) -> list[str]:
    """Return what sealed fields say, as far as the vault still knows."""
    return [one.value for one in house.vault.of_digests(sealed).values()]


def conduit_of(house: House) -> tuple[Payee, bool]:
    (named,) = events_of(house, ConduitNamed.TOPIC)
    assert isinstance(named, ConduitNamed)
    return named.conduit, named.new_money


def shares_of(house: House) -> list[tuple[list[str], str]]:
    """Return who gave how much, from the vault and the event."""
    (stated,) = events_of(house, GiftSharesStated.TOPIC)
    assert isinstance(stated, GiftSharesStated)
    return [(opened(house, *s.party.sealed), str(s.amount)) for s in stated.shares]


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def test_a_credit_is_sealed_and_moves_no_money(house: House, fund: str) -> None:
    (given,) = give(house, fund, "100.00")

    credit = house.ledger.credits.give(given, "soft", "李某某", cny("60.00"), note="募捐人")

    (event,) = events_of(house, CreditGiven.TOPIC)
    assert isinstance(event, CreditGiven)
    assert opened(house, *event.credited.sealed) == ["李某某"]
    assert opened(house, *event.sealed) == ["募捐人"]
    assert balance_of(house, fund).balance == 10000
    with pytest.raises(CreditExceedsGift, match=r"40\.01 CNY exceeds the 40\.00 CNY"):
        house.ledger.credits.give(given, "soft", "李某某", cny("40.01"))
    house.ledger.credits.withdraw(given, credit, "mistake")
    with pytest.raises(CreditUnknown):
        house.ledger.credits.withdraw(given, credit, "mistake")
    check_house(house)


def test_a_matching_gift_names_the_gift_that_it_doubles(house: House, fund: str) -> None:
    employees, companys = give(house, fund, "100.00", "100.00")

    house.ledger.credits.give(companys, "matching", "王某某", cny("100.00"), employees)

    (event,) = events_of(house, CreditGiven.TOPIC)
    assert isinstance(event, CreditGiven)
    assert (event.originator_id, event.matched) == (companys, employees)
    check_house(house)


@pytest.mark.parametrize("reversed_", [False, True])
def test_credits_go_with_the_part_of_a_gift_that_goes(
    house: House, fund: str, *, reversed_: bool
) -> None:
    (given,) = give(house, fund, "100.00")
    first = house.ledger.credits.give(given, "soft", "李某某", cny("60.00"))
    second = house.ledger.credits.give(given, "soft", "赵某某", cny("40.00"))

    if reversed_:
        house.ledger.corrections.reverse_gift(given, why("duplicate"))
    else:
        house.ledger.corrections.return_gift(given, cny("10.00"), "捐赠人申请退回", "reviewer")

    withdrawn = [
        (e.credit, e.reason)
        for e in events_of(house, CreditWithdrawn.TOPIC)
        if isinstance(e, CreditWithdrawn)
    ]
    assert withdrawn == [
        (c, "gift-returned") for c in ((second, first) if reversed_ else (second,))
    ]
    check_house(house)


def test_of_a_credit_and_a_return_at_the_same_moment_the_return_sees_the_credit(
    house: House, fund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (given,) = give(house, fund, "100.00")
    desk, times = house.ledger.corrections._desk, count()
    record = desk.record

    def overtaken(batch: object) -> None:
        if next(times) == 0:
            house.ledger.credits.give(given, "soft", "李某某", cny("100.00"))
        record(batch)  # type: ignore[arg-type] # whatever the command hands on

    monkeypatch.setattr(desk, "record", overtaken)
    house.ledger.corrections.return_gift(given, cny("10.00"), "捐赠人申请退回", "reviewer")

    assert len(events_of(house, CreditWithdrawn.TOPIC)) == 1
    check_house(house)


def test_a_gift_comes_with_its_conduit_and_its_shares_in_one_commit(
    house: House, fund: str
) -> None:
    joint = replace(
        gift("100.00", "王某某70元；李某某30元"), conduit="示范市红十字会",
        shares=[("王某某", cny("70.00")), ("李某某", cny("30.00"))],
    )  # fmt: skip

    house.ledger.gifts.receive_gifts(USCC, fund, [gift("1.00"), joint, gift("2.00")])

    conduit, new_money = conduit_of(house)
    assert (conduit.organisation, conduit.sealed, new_money) == ("示范市红十字会", (), True)
    assert shares_of(house) == [(["王某某"], "70.00 CNY"), (["李某某"], "30.00 CNY")]
    check_house(house)


@pytest.mark.parametrize(
    ("conduit", "donor", "public", "new_money"),
    [
        ("示范市红十字会", None, True, False),
        ("示范县慈善总会", None, True, False),
        ("示范市慈善联合会", None, True, False),
        ("示范公益基金会（示范县慈善会）", None, True, False),
        ("示范县慈善会", "王某某", True, True),
        ("示范县红十字会医院", None, True, True),
        ("示范投资有限公司", None, True, True),
        ("赵某某", None, False, True),
    ],
)
def test_only_what_a_body_that_raises_gifts_passes_on_without_a_donor_is_no_new_money(
    house: House, fund: str, conduit: str, donor: str | None, *, public: bool, new_money: bool
) -> None:
    received = replace(gift("1.00", donor), conduit=conduit)
    house.ledger.gifts.receive_gifts(USCC, fund, [received])

    found, counted = conduit_of(house)
    assert counted is new_money
    if public:
        assert found.organisation == conduit
    else:
        assert (found.organisation, opened(house, *found.sealed)) == (None, [conduit])


def test_shares_in_dollars_are_booked_in_yuan_to_the_fen(house: House, fund: str) -> None:
    usd = [Money.parse(text, "USD") for text in ("33.33", "33.33", "33.34")]
    received = ReceiveGift(
        amount=Money.parse("100.00", "USD"), donor="三人联名", received_on=None,
        date_basis="none", exchange=RATE,
        shares=list(zip(("王某某", "李某某", "赵某某"), usd, strict=True)),
    )  # fmt: skip

    house.ledger.gifts.receive_gifts(USCC, fund, [received])

    assert [amount for _, amount in shares_of(house)] == ["237.42 CNY", "237.42 CNY", "237.50 CNY"]
    check_house(house)


def test_a_row_whose_shares_are_not_the_gift_is_refused_and_the_others_recorded(
    house: House, fund: str
) -> None:
    wrong = replace(gift("100.00"), shares=[("王某某", cny("70.00")), ("李某某", cny("31.00"))])
    dollars = replace(wrong, shares=[(n, Money(5000, "USD")) for n in ("王某某", "李某某")])
    many = replace(gift("3.01"), shares=[(f"第{n}人", Money(1)) for n in range(301)])
    most = replace(gift("3.00"), shares=[(f"第{n}人", Money(1)) for n in range(300)])

    outcomes = house.ledger.gifts.receive_listed(
        USCC, fund, [gift("1.00"), wrong, dollars, many, most]
    )

    kinds = [type(one) for one in outcomes if isinstance(one, Refused)]
    assert kinds == [SharesDontAddUp, CurrenciesDiffer, SharesTooMany]
    assert balance_of(house, fund).received == 400
    assert len(shares_of(house)) == 300
    check_house(house)


def test_shares_and_conduit_are_said_once_and_a_person_keeps_no_books(
    house: House, fund: str
) -> None:
    (given,) = give(house, fund, "100.00")
    shares = [("王某某", cny("70.00")), ("李某某", cny("30.00"))]
    house.ledger.credits.state_shares(given, shares)
    with pytest.raises(SharesStatedAlready):
        house.ledger.credits.state_shares(given, shares)
    with pytest.raises(PersonHasNoBooks):
        house.ledger.credits.name_conduit(given, "赵某某", counted_before=True)
    house.ledger.credits.name_conduit(given, "示范市红十字会", counted_before=True)
    assert conduit_of(house)[1] is False
    check_house(house)


@pytest.fixture
def joint(house: House, fund: str) -> str:
    """Record a gift of two donors that a third one passed on, and a fourth one is credited with."""
    both = replace(
        gift("100.00", "王某某70元；李某某30元"), conduit="赵某某",
        shares=[("王某某", cny("70.00")), ("李某某", cny("30.00"))],
    )  # fmt: skip
    (given,) = house.ledger.gifts.receive_gifts(USCC, fund, [both])
    house.ledger.credits.give(given, "soft", "孙某某", cny("5.00"), note="同学 孙某某")
    return given


EVERYBODY = {"王某某70元；李某某30元", "王某某", "李某某", "赵某某", "孙某某", "同学 孙某某"}


@pytest.mark.parametrize(
    ("person", "gone"),
    [
        ("王某某", {"王某某70元；李某某30元", "王某某"}),
        ("李某某", {"王某某70元；李某某30元", "李某某"}),
        ("赵某某", {"赵某某"}),
        ("孙某某", {"孙某某", "同学 孙某某"}),
        ("王某某70元；李某某30元", {"王某某70元；李某某30元"}),
    ],
)
def test_who_is_erased_takes_along_only_what_says_their_name(
    house: House, joint: str, person: str, gone: set[str]
) -> None:
    house.ledger.people.erase(person, "request of the person")

    kept = house.vault.of_digests(row.digest for row in house.vault.all())
    assert {one.value for one in kept.values()} == EVERYBODY - gone
    check_house(house)


def test_erased_by_the_id_of_their_gift_all_its_donors_go_and_nobody_else(
    house: House, joint: str
) -> None:
    house.ledger.people.erase(joint, "request of the person")

    kept = house.vault.of_digests(row.digest for row in house.vault.all())
    assert {one.value for one in kept.values()} == {"赵某某", "孙某某", "同学 孙某某"}
    check_house(house)


def test_who_promised_is_erased_with_the_promise_left(house: House, fund: str) -> None:
    pledge = house.ledger.pledges.agree(
        USCC, fund, "王某某", cny("1.00"), "month", date(2027, 1, 1)
    )
    house.ledger.people.erase("王某某", "request of the person")

    assert house.vault.of_streams([pledge]) == []
    assert house.ledger.streams.pledge(pledge).terms
    check_house(house)
