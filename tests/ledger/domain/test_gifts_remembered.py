"""What a history remembers of gifts in little memory is what was told of them."""

from __future__ import annotations

import sys
from datetime import date
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.axis import Span
from ledger.domain.funds import GiftPlace
from ledger.domain.history.gifts import RECEIPTED, SUSPENSE, Gifts, GiftStory
from ledger.domain.history.packing import NOWHERE, Rows, gift_key
from ledger.domain.naming_history import NamingHistory
from ledger.domain.pledge_history import PromiseHistory
from ledger.money import Money

DAY = date(2026, 10, 1)
ONE, TWO = (f"gift-{sha256(name).hexdigest()[:32]}" for name in (b"one", b"two"))
ODD = ["gift-1", "fund-1", "gift-" + "G" * 32, "gift-" + "A" * 32, "gift-" + " " * 32, ""]


def story(minor: int, start: int = 0, currency: str = "CNY", day: date | None = DAY) -> GiftStory:
    booked = Money(minor, currency)
    place = GiftPlace("fund-1", currency, Span(start, start + minor))
    return GiftStory("charity", "fund-1", day, booked, booked, {currency: place})


def goods() -> GiftStory:
    place = GiftPlace("fund-1", "item-1", Span(0, 3))
    return GiftStory("charity", "fund-1", DAY, None, Money(700), {"item-1": place})


def abroad() -> GiftStory:
    told = story(700)
    return GiftStory("charity", "fund-1", DAY, Money(100, "USD"), told.value, told.places)


def known(gift: str, told: GiftStory) -> Gifts:
    gifts = Gifts()
    gifts.streams.move(gift, 1)
    gifts.put(gift, told)
    return gifts


@pytest.mark.parametrize("gift", [ONE, "gift-1"])
@pytest.mark.parametrize(
    "told",
    [
        story(1), story(0), story(-5), story(2**53 - 1, 2**62), story(5, 2**64), story(5, -(2**64)),
        story(5, day=None), story(100, currency="USD"), goods(), abroad(),
    ],
)  # fmt: skip
def test_what_is_told_of_a_gift_is_what_is_remembered(gift: str, told: GiftStory) -> None:
    gifts = known(gift, told)
    gifts.streams.move(TWO, 1)
    gifts.put(TWO, story(9))
    assert gifts.get(gift) == told
    assert gift in gifts
    assert gifts.get(TWO) == story(9)


def test_of_a_gift_that_never_came_in_nothing_is_remembered() -> None:
    gifts = known(ONE, story(5))
    gifts.streams.move(TWO, 1)
    for name in (TWO, "gift-1", "gift-" + "0" * 32):
        assert gifts.get(name) is None
        assert name not in gifts
        assert gifts.received(name) is None
        assert gifts.booked(name, "CNY") == 0
        assert not gifts.marked(name, RECEIPTED)


@given(st.lists(st.tuples(st.sampled_from([ONE, TWO, *ODD]), st.integers(-1, 2**33))))
def test_versions_are_those_that_were_told(told: list[tuple[str, int]]) -> None:
    streams, plain = Gifts().streams, dict[str, int]()
    for stream, version in told:
        assert streams.move(stream, version) == plain.get(stream, 0)
        plain[stream] = version
    assert {stream: streams.move(stream, 0) for stream in plain} == plain


@given(st.lists(st.tuples(st.sampled_from([ONE, TWO, "gift-1"]), st.booleans(), st.booleans())))
def test_marks_are_those_that_were_given(told: list[tuple[str, bool, bool]]) -> None:
    gifts, plain = Gifts(), set[str]()
    for gift, begun, marked in told:
        if begun:
            gifts.streams.move(gift, 1)
        (gifts.mark if marked else gifts.unmark)(gift, RECEIPTED)
        (plain.add if marked else plain.discard)(gift)
        assert {name for name in (ONE, TWO, "gift-1") if gifts.marked(name, RECEIPTED)} == plain
        assert not gifts.marked(gift, SUSPENSE)


def test_a_gift_that_is_told_twice_counts_as_it_would_if_each_part_kept_it() -> None:
    """Promises go by the newest gift of money, names by all money that was told."""
    told = [story(5), story(7), goods(), goods(), story(11, currency="USD"), abroad(), story(2)]
    gifts, promised, named = Gifts(), None, dict[str, int]()
    gifts.streams.move(ONE, 1)
    for one in told:
        gifts.put(ONE, one)
        if one.given is not None:
            promised = (one.organisation, one.fund, one.given, one.value)
            named[one.value.currency] = named.get(one.value.currency, 0) + one.value.minor
        assert gifts.get(ONE) == one
        assert gifts.received(ONE) == promised
        for currency in ("CNY", "USD"):
            assert gifts.booked(ONE, currency) == named.get(currency, 0)
    twice = known(ONE, goods())
    twice.put(ONE, goods())
    assert (twice.get(ONE), twice.received(ONE)) == (goods(), None)


def test_names_that_bytes_could_not_tell_apart_are_kept_as_they_are() -> None:
    assert [gift_key(name) for name in ODD] == [None] * len(ODD)
    assert gift_key(ONE) == bytes.fromhex(ONE[5:])


def test_ten_thousand_keys_are_found_again_and_no_other() -> None:
    rows = Rows()
    keys = [sha256(b"%d" % n).digest()[:16] for n in range(10_000)]
    assert [rows.add(key) for key in keys] == list(range(10_000))
    assert [rows.find(key) for key in keys] == list(range(10_000))
    assert rows.find(bytes(16)) == NOWHERE


def test_a_gift_takes_less_than_a_hundred_bytes() -> None:
    gifts = Gifts()
    for number in range(10_000):
        name = f"gift-{sha256(b'%d' % number).hexdigest()[:32]}"
        gifts.streams.move(name, 1)
        gifts.put(name, story(number, number))
    table = vars(gifts.streams)
    columns = [value for value in table.values() if hasattr(value, "__len__")]
    rows = [value for value in vars(table["rows"]).values() if hasattr(value, "__len__")]
    assert sum(map(sys.getsizeof, (*columns, *rows))) < 100 * 10_000
    assert not vars(gifts)["_other_stories"]


def test_parts_that_are_told_of_gifts_elsewhere_ask_there() -> None:
    gifts = known(ONE, story(500))
    names = NamingHistory({}, gifts.booked)
    assert names.booked(ONE, "CNY") == 500
    assert NamingHistory({}).booked(ONE, "CNY") == 0
    assert not PromiseHistory(gifts.received).pledges
