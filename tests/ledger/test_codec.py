"""Events as signed bytes: write then read, golden vectors, and whatever a forger hands in."""

from __future__ import annotations

import json
import types
from copy import deepcopy
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger import codec
from ledger.domain.events import (
    TOPICS,
    Event,
    FundsAllocated,
    GiftReceived,
    GoodsReceived,
    OpeningsErased,
)
from ledger.domain.goods import Quantity
from ledger.errors import Untrusted
from ledger.money import MINOR_MAX, PLACES, Money
from ledger.proof import jws
from ledger.proof.encoding import canonical
from ledger.proof.tiles import ENTRY_MAX
from tests.ledger.domain.every_fact import golden as golden_fact
from tests.ledger.domain.given import (
    COATS,
    NOON,
    ORIGIN,
    RATE,
    RICE,
    UNHURRIED,
    digest,
    fact,
    signer,
)

VECTORS = Path(__file__).parents[1] / "vectors"
SIGNER = signer()
CLASSES = sorted(TOPICS.values(), key=lambda cls: cls.TOPIC)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
digests = st.lists(texts.map(digest), max_size=3).map(tuple)
SCALARS: dict[object, st.SearchStrategy[Any]] = {
    str: texts,
    int: st.integers(-MINOR_MAX, MINOR_MAX),
    bool: st.booleans(),
    date: st.dates(),
    datetime: st.datetimes(timezones=st.just(UTC)),
    Money: st.builds(
        Money, st.integers(-MINOR_MAX, MINOR_MAX), st.sampled_from(sorted(PLACES))
    ),
    Quantity: st.builds(
        Quantity, st.integers(-MINOR_MAX, MINOR_MAX), st.sampled_from([RICE, COATS])
    ),
}  # fmt: skip


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Make any value that a field of this type can hold."""
    if get_origin(hint) in (Union, types.UnionType):
        return st.one_of(
            [st.none() if arg is type(None) else of_type(arg) for arg in get_args(hint)]
        )
    if get_origin(hint) is tuple:
        return st.lists(of_type(get_args(hint)[0]), max_size=3).map(tuple)
    return SCALARS[hint] if hint in SCALARS else of_class(hint)


def of_class(cls: type) -> st.SearchStrategy[Any]:
    """Make any instance of a dataclass, from its type hints."""
    assert is_dataclass(cls)
    hints = get_type_hints(cls)
    members = {
        f.name: digests if f.name in ("sealed", "digests") else of_type(hints[f.name])
        for f in fields(cls)
    }
    return st.builds(cls, **members)


any_event = st.sampled_from(CLASSES).flatmap(of_class)


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.TOPIC)
@given(data=st.data())
@settings(UNHURRIED, max_examples=25)
def test_every_event_reads_back_as_it_was_written(cls: type[Event], data: st.DataObject) -> None:
    event = data.draw(of_class(cls))
    entry = codec.encode(event, ORIGIN, SIGNER)

    signed, again = codec.read(entry, ORIGIN)

    assert again == event
    assert type(again) is cls
    assert signed.kid == SIGNER.kid
    assert jws.check(signed, SIGNER.public, codec.TYP) == codec.payload(event, ORIGIN)
    assert codec.encode(again, ORIGIN, SIGNER) == entry


def test_the_time_is_written_in_utc_wherever_it_was_taken() -> None:
    event = fact(OpeningsErased, "erasure-1")
    beijing = replace(event, timestamp=NOON.astimezone(timezone(timedelta(hours=8))))

    assert codec.payload(beijing, ORIGIN) == codec.payload(event, ORIGIN)
    assert b'"at":"2026-11-21T12:00:00.000000Z"' in codec.payload(event, ORIGIN)


# The golden vectors.


def golden() -> list[dict[str, str]]:
    """Read the golden vectors; classes that came later have files that came later."""
    entries: list[dict[str, str]] = []
    for path in sorted(VECTORS.glob("event-v1*.json")):
        vectors: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        assert vectors["origin"] == ORIGIN
        assert vectors["seed_hex"] == bytes(range(32)).hex()
        assert vectors["kid"] == SIGNER.kid
        entries += vectors["entries"]
    return entries


def test_there_is_one_golden_vector_for_every_class() -> None:
    assert sorted(vector["topic"] for vector in golden()) == [cls.TOPIC for cls in CLASSES]


@pytest.mark.parametrize("vector", golden(), ids=lambda vector: vector["topic"])
def test_an_event_still_has_the_bytes_it_always_had(vector: dict[str, str]) -> None:
    event = golden_event(TOPICS[vector["topic"]])

    assert codec.payload(event, ORIGIN) == vector["payload"].encode()
    assert codec.encode(event, ORIGIN, SIGNER) == vector["jws"].encode()
    assert codec.read(vector["jws"].encode(), ORIGIN)[1] == event


def golden_event(cls: type[Event]) -> Event:
    """Make the event of a golden vector: what `FACTS` says, abroad and unclaimed for variety."""
    if cls is GiftReceived:
        dollars = Money.parse("20000.00", "USD")
        booked = Money.parse("142434.00")
        return fact(GiftReceived, "gift-1", amount=dollars, booked=booked, exchange=RATE)
    return golden_fact(cls)


# What a forger may try with the payload.


def members_of(event: Event) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(codec.payload(event, ORIGIN))
    return members


def places_in(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """List the path of every value inside a JSON value."""
    inner: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [place for key, v in inner for place in [(*path, key), *places_in(v, (*path, key))]]


def put(members: dict[str, Any], path: tuple[Any, ...], value: object) -> dict[str, Any]:
    """Return a copy with another value at a path."""
    copy: Any = deepcopy(members)
    *steps, last = path
    inner = copy
    for step in steps:
        inner = inner[step]
    inner[last] = value
    forged: dict[str, Any] = copy
    return forged


def drop(members: dict[str, Any], path: tuple[Any, ...]) -> dict[str, Any]:
    """Return a copy without the value at a path."""
    copy: Any = deepcopy(members)
    *steps, last = path
    inner = copy
    for step in steps:
        inner = inner[step]
    del inner[last]
    forged: dict[str, Any] = copy
    return forged


def refused_or_exactly_ours(data: bytes) -> bool:
    """Tell whether bytes were refused; if they were taken, they are the event's one form."""
    try:
        event = codec.event_of(data, ORIGIN)
    except Untrusted:
        return True
    assert codec.payload(event, ORIGIN) == data
    return False


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.TOPIC)
def test_a_payload_that_lacks_a_member_is_refused(cls: type[Event]) -> None:
    members = members_of(golden_event(cls))

    for path in places_in(members):
        if isinstance(path[-1], str):
            assert refused_or_exactly_ours(canonical(drop(members, path))), path


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.TOPIC)
def test_a_payload_with_an_extra_member_is_refused(cls: type[Event]) -> None:
    members = members_of(golden_event(cls))
    objects = [(), *(p for p in places_in(members) if isinstance(at(members, p), dict))]

    for path in objects:
        for name in ("extra", "sealed", "_sd", "originator_id"):
            if name not in at(members, path):
                forged = put(members, (*path, name), [])
                assert refused_or_exactly_ours(canonical(forged)), (path, name)


def at(members: dict[str, Any], path: tuple[Any, ...]) -> Any:
    inner: Any = members
    for step in path:
        inner = inner[step]
    return inner


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.TOPIC)
def test_a_payload_with_a_value_of_another_type_is_refused(cls: type[Event]) -> None:
    members = members_of(golden_event(cls))
    others: list[object] = [1, True, "x", ["x"], {"x": 1}, [[]]]

    for path in places_in(members):
        found = at(members, path)
        for other in others:
            if type(other) is not type(found) and found is not None:
                forged = put(members, path, other)
                assert refused_or_exactly_ours(canonical(forged)), (path, other)


def test_a_truth_value_is_no_number_and_a_number_no_truth_value() -> None:
    gift = members_of(golden_event(GiftReceived))
    receipt = members_of(golden_event(TOPICS["receipt-issued.v1"]))

    for number in (("version",), ("data", "amount", "minor"), ("data", "exchange", "quote_unit")):
        assert refused_or_exactly_ours(canonical(put(gift, number, value=True)))
    for flag in ("eligible", "specimen"):
        assert refused_or_exactly_ours(canonical(put(receipt, ("data", flag), 1)))


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("origin",), "another.example/ledger", "its origin is 'another.example/ledger', not"),
        (("topic",), "gift-received.v2", "topic 'gift-received.v2' is not known"),
        (("topic",), ["gift-received.v1"], "is not known"),
        (("_sd_alg",), "sha-512", "is not known"),
        (("at",), "at noon", "'at noon' is not a time in UTC"),
        (("at",), "0001-01-01T00:00:00.000000+08:00", "is not a time in UTC"),
        (("at",), "2026-11-21T12:00:00Z", "not a time of the form 2020-01-31T08"),
        (("at",), "2026-11-21T12:00:00.000000", "not a time of the form 2020-01-31T08"),
        (("at",), "2026-11-21T12:00:00.000000+00:00", "not a time of the form 2020-01-31T08"),
        (("at",), "20261121T120000.000000Z", "not a time of the form 2020-01-31T08"),
        (("data", "received_on"), "20261001", "not a day of the form 2020-01-31"),
        (("data", "received_on"), "2026-W40-4", "not a day of the form 2020-01-31"),
        (("data", "received_on"), "2026-02-30", "is not a day"),
        (("data", "amount"), {"currency": "CNY"}, "an amount is not minor units and a currency"),
        (("data", "amount", "currency"), "XXX", "currency 'XXX' is no code of ISO 4217"),
        (("data", "donor", "_sd"), ["王某某"], "not a SHA-256 in base64url"),
        (("data", "_sd"), [digest("a")[:-1]], "not a SHA-256 in base64url"),
        (("data", "_sd"), [digest("a")[:-1] + "B"], "not a SHA-256 in base64url"),
        (("data",), [], "its data are not those of GiftReceived"),
        (("version",), "1", "'1' is not of type int"),
    ],
)
def test_a_forged_member_is_refused_with_what_was_found(
    path: tuple[str, ...], value: object, why: str
) -> None:
    forged = put(members_of(golden_event(GiftReceived)), path, value)

    with pytest.raises(codec.EntryMalformed, match=why):
        codec.event_of(canonical(forged), ORIGIN)


@pytest.mark.parametrize(
    ("path", "value", "why"),
    [
        (("lines", 0, "quantity"), {"count": 1}, "a quantity is not a count and an item"),
        (("lines", 0, "quantity"), 1, "a quantity is not a count and an item"),
        (("lines", 0, "quantity"), {"minor": 1, "currency": "CNY"}, "not a count and an item"),
        (("lines", 0, "quantity", "count"), "1", "'1' is not of type int"),
        (("lines", 0, "quantity", "item"), "goods:棉衣", "code 'goods:棉衣' can't name goods"),
        (("lines", 0, "value"), {"count": 1, "item": RICE}, "not minor units and a currency"),
        (("lines", 0, "extra"), 1, "its data are not those of GoodsLine"),
        (("lines",), {}, "{} is not of type list"),
    ],
)
def test_a_forged_line_of_goods_is_refused_with_what_was_found(
    path: tuple[Any, ...], value: object, why: str
) -> None:
    forged = put(members_of(golden_event(GoodsReceived)), ("data", *path), value)

    with pytest.raises(codec.EntryMalformed, match=why):
        codec.event_of(canonical(forged), ORIGIN)


def test_what_moves_is_money_or_goods_and_nothing_between() -> None:
    members = members_of(golden_event(FundsAllocated))
    rice = put(members, ("data", "amount"), {"count": 30, "item": RICE})

    assert codec.event_of(canonical(rice), ORIGIN) == replace(
        golden_event(FundsAllocated),
        amount=Quantity(30, RICE),  # type: ignore[call-arg] # the class is FundsAllocated
    )
    for neither in ({"count": 30, "currency": "CNY"}, {"minor": 1, "item": RICE}, None, [1]):
        forged = put(members, ("data", "amount"), neither)
        with pytest.raises(codec.EntryMalformed, match="not minor units and a currency"):
            codec.event_of(canonical(forged), ORIGIN)


@pytest.mark.parametrize(
    ("written", "instead"),
    [
        (b'"version":1', b'"version":1.5'),
        (b'"version":1', b'"version":' + b"[" * 70 + b"]" * 70),
        (b'"minor":2000000', b'"minor":2000000.5'),
        (b'"currency":"USD"', b'"currency":0.5'),
        (b'"version":1', '"version":1,"é":1'.encode()),
        (b'"version":1', b'"version":1 '),
    ],
)
def test_a_payload_with_what_is_never_written_is_refused(written: bytes, instead: bytes) -> None:
    data = codec.payload(golden_event(GiftReceived), ORIGIN)
    assert written in data

    with pytest.raises(Untrusted):
        codec.event_of(data.replace(written, instead), ORIGIN)


@pytest.mark.parametrize("data", [b"[]", b"null", b"{}", b'"event"', b"1"])
def test_json_that_is_no_event_is_refused(data: bytes) -> None:
    with pytest.raises(codec.EntryMalformed, match="its members are not those of an event"):
        codec.event_of(data, ORIGIN)


@pytest.mark.parametrize(
    "respell",
    [
        lambda data: data.replace(b",", b", ", 1),
        lambda data: data + b"\n",
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b"gift-1", b"gift\\u002d1"),
        lambda data: data.replace(b'"version":1', b'"version":1.0'),
        lambda data: data.replace(b'"version":1', b'"version":1,"version":1'),
        lambda data: data.replace(b'"version":1', b'"version":9007199254740992'),
        lambda data: data.replace(b"row", b"\\ud800"),
        lambda data: data.replace(b"row", b"\xff"),
    ],
    ids=["blank", "newline", "mark", "escape", "fraction", "twice", "too large", "half", "no utf8"],
)
def test_another_spelling_of_an_event_is_refused(respell: Any) -> None:
    data = codec.payload(golden_event(GiftReceived), ORIGIN)

    assert respell(data) != data
    assert refused_or_exactly_ours(respell(data))


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-MINOR_MAX, MINOR_MAX) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=5,
)


@given(any_event, st.data())
@settings(UNHURRIED, max_examples=150)
def test_whatever_is_put_into_a_payload_is_refused_or_an_event_of_one_form(
    event: Event, data: st.DataObject
) -> None:
    members = members_of(event)
    path = data.draw(st.sampled_from(places_in(members)))

    refused_or_exactly_ours(canonical(put(members, path, data.draw(json_values))))


def changed(data: st.DataObject, good: bytes) -> bytes:
    """Change, drop or add some bytes at some place."""
    start = data.draw(st.integers(0, len(good)))
    end = min(len(good), start + data.draw(st.integers(0, 3)))
    return good[:start] + data.draw(st.binary(max_size=3)) + good[end:]


@given(any_event, st.data())
@settings(UNHURRIED, max_examples=150)
def test_changed_bytes_of_a_payload_are_refused_or_an_event_of_one_form(
    event: Event, data: st.DataObject
) -> None:
    refused_or_exactly_ours(changed(data, codec.payload(event, ORIGIN)))


@given(any_event, st.data())
@settings(UNHURRIED, max_examples=150)
def test_changed_bytes_of_an_entry_never_pass_for_signed(event: Event, data: st.DataObject) -> None:
    entry = codec.encode(event, ORIGIN, SIGNER)
    forged = changed(data, entry)

    try:
        signed, _ = codec.read(forged, ORIGIN)
        jws.check(signed, SIGNER.public, codec.TYP)
    except Untrusted:
        assert forged != entry
    else:
        assert forged == entry


@given(st.binary(max_size=80))
@UNHURRIED
def test_any_bytes_are_refused_as_untrusted(data: bytes) -> None:
    for read in (codec.read, codec.event_of):
        with pytest.raises(Untrusted):
            read(data, ORIGIN)


# The entry.


def test_a_string_signed_for_another_use_is_no_entry() -> None:
    event = golden_event(GiftReceived)
    entry = jws.sign(codec.payload(event, ORIGIN), SIGNER, "receipt+jws").encode()

    with pytest.raises(codec.EntryMalformed, match=r"type 'receipt\+jws'"):
        codec.read(entry, ORIGIN)


def test_an_entry_of_another_ledger_is_refused() -> None:
    entry = codec.encode(golden_event(GiftReceived), "another.example/ledger", SIGNER)

    with pytest.raises(codec.EntryMalformed, match=r"not 'donations\.example/ledger'"):
        codec.read(entry, ORIGIN)


def test_an_event_larger_than_an_entry_is_refused_with_its_size() -> None:
    digests = tuple(digest(str(n)) for n in range(1100))
    event = fact(OpeningsErased, "erasure-1", digests=digests)

    with pytest.raises(codec.EntryTooLarge, match=rf"takes \d+ bytes.*at most {ENTRY_MAX}"):
        codec.encode(event, ORIGIN, SIGNER)


def test_a_thousand_digests_fit_into_one_entry() -> None:
    digests = tuple(digest(str(n)) for n in range(1000))
    event = fact(OpeningsErased, "erasure-1", digests=digests)

    assert len(codec.encode(event, ORIGIN, SIGNER)) <= ENTRY_MAX


@given(event=any_event)
@settings(UNHURRIED)
def test_the_topic_of_an_entry_is_seen_without_reading_it(event: Event) -> None:
    assert codec.topic_of(codec.encode(event, ORIGIN, SIGNER)) == event.TOPIC


@pytest.mark.parametrize("entry", [b"", b"..", b"a.b.c", b"a.bbbbb.c", b"a.e30.c"])
def test_what_is_no_entry_shows_no_topic(entry: bytes) -> None:
    assert codec.topic_of(entry) is None
