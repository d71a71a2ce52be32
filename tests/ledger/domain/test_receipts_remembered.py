"""What a history remembers of receipts in little memory is what was told of them."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.events import (
    ClaimNoticeRaised,
    Event,
    GiftReceipted,
    GiftReceiptReversed,
    ReceiptClaimed,
    ReceiptExchanged,
    ReceiptIssued,
    ReceiptNumber,
    RedReceiptMadeOut,
)
from ledger.domain.history import History, numbers
from ledger.domain.history.packing import Table, gift_key, receipt_key
from ledger.domain.history.receipt_stories import NOBODY, Key, ReceiptStories, ReceiptStory
from ledger.domain.organisations import AUTHORITY
from ledger.domain.receipt_life import Claim, Receipt
from ledger.domain.receipts import stream
from ledger.domain.values import Party
from ledger.money import Money
from tests.ledger.domain.given import CODE, GIFT_DAY, UNHURRIED, cny
from tests.ledger.domain.receipt_given import ReceiptLog
from tests.ledger.domain.test_history_lives import LIFE
from tests.ledger.domain.test_history_receipts import RECEIPT, begun, line, made

GIFT, OTHER_GIFT = (f"gift-{sha256(name).hexdigest()[:32]}" for name in (b"one", b"two"))
NUMBER, SECOND = "0000000001", "9999999999"
KEYS = [
    (CODE, NUMBER), (CODE, SECOND), ("00000000", NUMBER), ("code", NUMBER), (CODE, "1"),
    (f"{CODE}-", NUMBER[1:]), ("2305012A", NUMBER), ("", ""),
]  # fmt: skip
HARM: list[dict[str, Any]] = [
    {"version": 2}, {"kind": "joint"}, {"lines": ()}, {"lines": (line(GIFT), line(OTHER_GIFT))},
    {"lines": (line("gift-1"),)}, {"lines": (line(GIFT, withheld=cny("1.00")),)},
    {"amount": cny("99.00")}, {"digests": ("member",)}, {"organisation": "other"},
    {"number": "0000000007"}, {"notices": ("claim-1",)},
    {"claims": (Claim("claim-1", "token", 2026, cny("1.00")),)},
    *({name: ReceiptNumber(code=CODE, number=SECOND)}
      for name in ("replaces", "red", "paper", "official")),
]  # fmt: skip
ORDINARY: list[dict[str, Any]] = [
    {}, {"area": "230109"}, {"held": "anonymous"}, {"specimen": False},
    {"issued_on": date(2027, 1, 2)}, {"lines": (line(OTHER_GIFT, eligible=False, notice=None),)},
    {"lines": (line(GIFT, gift_on=date(2025, 12, 31)),)},
    {"lines": (line(GIFT, amount=Money(-5, "USD")),), "amount": Money(-5, "USD")},
]  # fmt: skip
PAYER = Party(id="party-2", sealed=("payer",))


def receipt(key: Key, **said: Any) -> Receipt:
    one = Receipt(
        *key, 1, "charity", "single", (line(GIFT),), cny("100.00"), PAYER, GIFT_DAY, specimen=True
    )
    return replace(one, **said)


def told(key: Key, said: dict[str, Any], **of_story: Any) -> ReceiptStory:
    return ReceiptStory("charity", issued=True, receipt=receipt(key, **said), **of_story)


def known() -> ReceiptStories:
    gifts = Table(gift_key)
    for gift in (GIFT, OTHER_GIFT):
        gifts.move(gift, 1)
    return ReceiptStories(gifts)


def but_for_payer(story: ReceiptStory | None) -> ReceiptStory | None:
    if story is None or story.receipt is None:
        return story
    return replace(story, receipt=replace(story.receipt, payer=NOBODY))


def asked_anew(stories: ReceiptStories, key: Key) -> ReceiptStory | None:
    stories.get(("another", "number"))
    return stories.get(key)


class Plain(ReceiptStories):
    """Every story as it was told, in a dictionary."""

    def __init__(self, gifts: Table) -> None:
        super().__init__(gifts)
        self.told: dict[Key, ReceiptStory] = {}

    def get(self, key: Key) -> ReceiptStory | None:
        return self.told.get(key)

    def put(self, key: Key, story: ReceiptStory) -> None:
        self.told[key] = story

    def mark(self, key: Key, story: ReceiptStory, gift: str) -> None:
        self.told[key] = replace(story, marked=(*story.marked, gift))

    def unfinished(self) -> Iterator[tuple[Key, ReceiptStory]]:
        yield from self.told.items()

    def counts(self) -> Counter[tuple[str, bool, bool]]:
        stories = self.told.values()
        return Counter((one.organisation, one.receipt is not None, one.red) for one in stories)


BARE = [
    ReceiptStory("charity"), ReceiptStory("other"), ReceiptStory("charity", issued=True, red=True),
    ReceiptStory("charity", issued=True), ReceiptStory("charity", red=True),
    ReceiptStory("charity", marked=(GIFT,)),
]  # fmt: skip


def stories_of(key: Key) -> st.SearchStrategy[ReceiptStory]:
    marks = st.sampled_from([(), (GIFT,), (OTHER_GIFT,), (GIFT, GIFT), (GIFT, OTHER_GIFT)])
    made_out = st.builds(
        lambda said, issued, red, marked, unmarked: ReceiptStory(
            "charity", issued, red, receipt(key, **said), marked, unmarked
        ),
        st.sampled_from(HARM + 3 * ORDINARY),
        st.sampled_from([True, True, True, False]), st.sampled_from([False, False, False, True]),
        marks, st.sampled_from([(), (), (GIFT,)]),
    )  # fmt: skip
    return st.sampled_from(BARE) | made_out


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("said", [*HARM, *ORDINARY])
@pytest.mark.parametrize("marked", [(), (GIFT,)])
def test_what_is_told_of_a_number_is_what_is_remembered(
    key: Key, said: dict[str, Any], marked: tuple[str, ...]
) -> None:
    stories, story = known(), told(key, said, marked=marked)
    stories.put(key, story)
    assert stories.get(key) == story
    assert but_for_payer(asked_anew(stories, key)) == but_for_payer(story)
    assert asked_anew(stories, ("23050127", NUMBER)) is None


@pytest.mark.parametrize("said", ORDINARY)
def test_a_receipt_that_nothing_befell_lies_in_columns(said: dict[str, Any]) -> None:
    stories, key = known(), (CODE, NUMBER)
    stories.put(key, told(key, said))
    assert not vars(stories)["_beside"]
    stories.put(key, told(key, {**said, "version": 2}))
    assert list(vars(stories)["_beside"]) == [key]
    stories.put(key, told(key, said))
    assert not vars(stories)["_beside"]


@UNHURRIED
@given(
    st.lists(st.sampled_from(KEYS).flatmap(lambda key: st.tuples(st.just(key), stories_of(key))))
)
def test_stories_are_those_that_were_put_last(puts: list[tuple[Key, ReceiptStory]]) -> None:
    stories, plain = known(), Plain(Table(gift_key))
    for key, story in puts:
        stories.streams.move(stream(*key), 1)
        stories.put(key, story)
        plain.put(key, story)
        gifts = story.receipt.gifts if story.receipt else ()
        if gifts and gifts[0] not in story.marked:
            stories.mark(key, story, gifts[0])
            plain.mark(key, story, gifts[0])
        assert but_for_payer(stories.get(key)) == but_for_payer(plain.get(key))
    for key in KEYS:
        assert but_for_payer(asked_anew(stories, key)) == but_for_payer(plain.get(key))
    assert stories.counts() == plain.counts()
    left = [(key, but_for_payer(story)) for key, story in stories.unfinished()]
    assert len(left) == len({key for key, _ in left})
    expected = {key: but_for_payer(story) for key, story in plain.unfinished()}
    assert all(expected[key] == story for key, story in left)
    silent = [(key, expected[key]) for key in expected.keys() - {key for key, _ in left}]
    assert not any(story.open(*key) or story.reversed for key, story in silent if story)


def simple_life() -> list[Event]:
    """Tell of a receipt that is deducted, exchanged, made red, and of one that stands."""
    log: ReceiptLog = begun(3)
    log.tell(ReceiptIssued, RECEIPT).tell(GiftReceipted, "gift-1")
    made(log, "0000000002", lines=(line("gift-2"),)).tell(
        GiftReceipted, "gift-2", number="0000000002"
    )
    log.tell(ReceiptClaimed, RECEIPT, actor=AUTHORITY)
    whole = {"gifts": ("gift-1",), "amount": cny("100.00")}
    number = ReceiptNumber(code=CODE, number="0000000003")
    log.tell(RedReceiptMadeOut, RECEIPT, red=number, **whole)
    log.tell(ClaimNoticeRaised, RECEIPT, red=number)
    log.tell(GiftReceiptReversed, "gift-1", red_number="0000000003")
    return log.tell(ReceiptExchanged, f"receipt-{CODE}-0000000002", number="0000000002").log


def renamed(value: Any) -> Any:
    """Give gifts names of the form that the ledger gives them."""
    if isinstance(value, str):
        return {"gift-1": GIFT, "gift-2": OTHER_GIFT}.get(value, value)
    if isinstance(value, tuple):
        return tuple(map(renamed, value))
    if is_dataclass(value) and not isinstance(value, type):
        changed: Any = replace(
            value, **{f.name: renamed(getattr(value, f.name)) for f in fields(value)}
        )
        return changed
    return value


LIVES: list[list[Event]] = [[renamed(one) for one in life] for life in (LIFE, simple_life())]


def found(events: list[Event]) -> tuple[list[str], Counter[tuple[str, bool, bool]]]:
    history, versions = History(), Counter[str]()
    for leaf, event in enumerate(events):
        versions[event.originator_id] += 1
        history.see(leaf, replace(event, originator_version=versions[event.originator_id]))
    history.close()
    return history.findings, history.numbers.counts()


def test_the_lives_tell_what_they_are_to_tell() -> None:
    assert [found(life)[0] for life in LIVES] == [[], []]


@UNHURRIED
@given(
    st.sampled_from(LIVES),
    st.lists(
        st.tuples(st.sampled_from(["leave", "repeat", "move"]), st.integers(0), st.integers(0))
    ),
)
def test_a_life_that_is_told_wrongly_is_found_as_it_is_with_plain_stories(
    life: list[Event], edits: list[tuple[str, int, int]]
) -> None:
    events = list(life)
    for edit, place, other in edits:
        event = events[place % len(events)]
        if edit != "repeat":
            events.remove(event)
        if edit != "leave" or not events:
            events.insert(other % (len(events) + 1), event)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numbers, "ReceiptStories", Plain)
        expected = found(events)
    assert found(events) == expected


def test_names_that_bytes_could_not_tell_apart_are_kept_as_they_are() -> None:
    keys = [receipt_key(stream(*key)) for key in KEYS]
    assert [key is not None for key in keys] == [True] * 3 + [False] * 5
    assert len({*keys}) == 4
    assert receipt_key(f"receipt-{CODE}+{NUMBER}") is None
    assert receipt_key("received-23050126-0000000001") is None


def test_a_receipt_takes_less_than_a_hundred_bytes() -> None:
    stories = known()
    for number in range(10_000):
        key = (CODE, f"{number:010d}")
        stories.streams.move(stream(*key), 1)
        stories.put(key, ReceiptStory("charity"))
        stories.put(key, told(key, {}))
    table = vars(stories.streams)
    columns = [value for value in table.values() if hasattr(value, "__len__")]
    rows = [value for value in vars(table["rows"]).values() if hasattr(value, "__len__")]
    assert sum(map(sys.getsizeof, (*columns, *rows))) < 100 * 10_000
    assert not vars(stories)["_beside"]
