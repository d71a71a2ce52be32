"""How a donor is shown in public: what may be chosen, and what a pen name may say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from ledger.domain import donor_shown, gifts
from ledger.domain.donor_shown import ANONYMOUS, OWN_NAME, PEN_NAME, PenNameUnusable
from ledger.domain.events import DonorShown
from ledger.domain.gifts import DonorNotIdentified, Gift
from ledger.domain.public_words import TextNamesPerson
from ledger.domain.values import Party
from ledger.money import Money
from tests.ledger.domain.every_fact import golden
from tests.ledger.domain.given import NOON

DIGEST = ("8lfn6R5HeCSwmzacFVWxcJiFHJ6k4jyFk2Bhwv5nP4k",)
GIFT = Gift(
    "gift-1", 3, "53100000500021326D", "fund-1", Money(100_00), Party(id="party-1", sealed=()),
    date(2026, 10, 1),
)  # fmt: skip


def chosen(gift: Gift, shown: str, sealed: tuple[str, ...] = DIGEST) -> Gift:
    fact = donor_shown.show(gift, shown, sealed, NOON)
    assert fact is not None
    return gifts.evolve(gift, fact)


def test_a_donor_is_anonymous_until_a_choice_and_can_go_back() -> None:
    assert donor_shown.show(GIFT, ANONYMOUS, (), NOON) is None
    named = chosen(GIFT, PEN_NAME)
    assert named.shown
    assert (named.version, named.shown.shown, named.shown.sealed) == (4, PEN_NAME, DIGEST)
    hidden = chosen(named, ANONYMOUS, ())
    assert hidden.shown
    assert (hidden.version, hidden.shown.sealed) == (5, ())
    assert donor_shown.show(hidden, ANONYMOUS, (), NOON) is None
    assert chosen(hidden, OWN_NAME).version == 6


def test_the_fact_is_the_charitys_and_names_no_account() -> None:
    fact = donor_shown.show(GIFT, OWN_NAME, DIGEST, NOON)

    assert fact == DonorShown(
        originator_id="gift-1", originator_version=4, timestamp=NOON, actor="53100000500021326D",
        shown=OWN_NAME, sealed=DIGEST,
    )  # fmt: skip


def test_a_gift_that_is_nobodys_yet_has_no_donor_to_show() -> None:
    with pytest.raises(DonorNotIdentified):
        donor_shown.show(replace(GIFT, donor=None), PEN_NAME, DIGEST, NOON)


def test_a_choice_has_a_text_unless_it_is_to_stay_anonymous() -> None:
    with pytest.raises(AssertionError):
        donor_shown.show(GIFT, PEN_NAME, (), NOON)
    with pytest.raises(AssertionError):
        donor_shown.show(GIFT, ANONYMOUS, DIGEST, NOON)


def test_the_newest_choice_counts() -> None:
    first = golden(DonorShown)
    last = replace(first, originator_version=9)
    assert donor_shown.newest([]) is None
    assert donor_shown.newest([first, last]) == last


@pytest.mark.parametrize("text", [" 春风 ", "王女士", "A teacher", "春" * 30])
def test_a_pen_name_is_taken_as_it_is(text: str) -> None:
    assert donor_shown.pen_name(text) == text.strip()


@pytest.mark.parametrize(
    "text", [None, "", "  ", "春" * 31, "扫码领取", "最佳好人", "见 www.example.cn"]
)
def test_a_pen_name_says_nothing_that_no_public_name_may_say(text: str | None) -> None:
    with pytest.raises(PenNameUnusable):
        donor_shown.pen_name(text)


def test_a_pen_name_holds_no_number_of_a_person() -> None:
    with pytest.raises(TextNamesPerson):
        donor_shown.pen_name("王 138 0013 8000")
