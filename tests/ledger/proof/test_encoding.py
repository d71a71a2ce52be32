from __future__ import annotations

import contextlib
import json
import re
from binascii import a2b_base64

import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import Untrusted
from ledger.proof import encoding
from ledger.proof.encoding import (
    DEPTH_MAX,
    INTEGER_MAX,
    NotACount,
    NotBase64,
    NotCanonical,
    b64,
    b64url,
    canonical,
    parse_canonical,
    parse_count,
    read_canonical,
    unb64,
    unb64url,
)

NAMES = st.text(st.characters(codec="ascii"), max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(min_value=-INTEGER_MAX, max_value=INTEGER_MAX)
    | st.text(st.characters(codec="utf-8"), max_size=12)
)
VALUES: st.SearchStrategy[object] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None)
@given(VALUES)
def test_canonical_bytes_are_those_of_another_implementation(value: object) -> None:
    assert canonical(value) == rfc8785.dumps(value)  # type: ignore[arg-type]  # its own alias


@settings(deadline=None)
@given(VALUES)
def test_a_value_reads_back_as_it_was_written(value: object) -> None:
    assert parse_canonical(canonical(value)) == value


@settings(deadline=None)
@given(st.binary(max_size=40) | st.text('[]{}",:0123e.-tn \\u\n\t', max_size=12).map(str.encode))
def test_bytes_are_canonical_or_untrusted_never_another_error(data: bytes) -> None:
    with contextlib.suppress(NotCanonical):
        assert canonical(parse_canonical(data)) == data


def plainly(data: bytes) -> object:
    """Read canonical JSON with the standard library: slower, and written quite differently."""
    value: object = json.loads(data.decode(), parse_float=None, parse_int=int)
    if rfc8785.dumps(value) != data:  # type: ignore[arg-type]  # its own alias
        raise ValueError("another spelling")
    return value


JSON_LIKE = st.text('[]{}",:0123e.- \\u\n\té€', max_size=14)
WRITTEN = VALUES.map(rfc8785.dumps)  # type: ignore[arg-type]  # its own alias
SPOILED = st.tuples(WRITTEN, st.integers(0, 200), st.sampled_from([b"", b" ", b"0", b'"', b"."]))


@settings(deadline=None, max_examples=200)
@given(WRITTEN | JSON_LIKE.map(str.encode) | SPOILED.map(lambda s: s[0][: s[1]] + s[2]))
def test_bytes_are_taken_or_refused_as_another_reader_does(data: bytes) -> None:
    try:
        expected = plainly(data)
        canonical(expected)
    except (ValueError, TypeError, RecursionError, rfc8785.CanonicalizationError):
        with pytest.raises(NotCanonical):
            parse_canonical(data)
    else:
        assert parse_canonical(data) == expected


@pytest.mark.parametrize("data", [b"1.5", b"[1.5]", '{"é":1}'.encode(), b"[" * 65 + b"]" * 65])
def test_who_reads_without_the_last_look_takes_the_look_himself(data: bytes) -> None:
    assert read_canonical(data) == json.loads(data)
    for inside in (data, b'{"a":[%b]}' % data):
        with pytest.raises(NotCanonical):
            parse_canonical(inside)


@settings(deadline=None)
@given(st.text("AQRgw048_-+/= \né", max_size=7))
def test_base64url_is_what_pads_and_writes_back_to_itself(text: str) -> None:
    try:
        padded = text.replace("-", "+").replace("_", "/") + "=" * (-len(text) % 4)
        expected = a2b_base64(padded.encode("ascii"), strict_mode=True)
    except ValueError:
        expected = None
    if expected is None or b64url(expected) != text:
        with pytest.raises(NotBase64):
            unb64url(text)
    else:
        assert unb64url(text) == expected


def test_lists_that_lie_too_deep_are_not_written() -> None:
    deep: object = []
    for _ in range(DEPTH_MAX):
        deep = [deep]
    with pytest.raises(ValueError, match="more than 64 deep"):
        canonical(deep)


def test_a_tuple_is_written_as_a_list() -> None:
    assert canonical((1, ("a", None))) == b'[1,["a",null]]'


def test_control_characters_have_one_escape() -> None:
    written = canonical('\b\t\n\f\r\x1f\x7f"\\/€𝄞')
    assert written == '"\\b\\t\\n\\f\\r\\u001f\x7f\\"\\\\/€𝄞"'.encode()


@pytest.mark.parametrize(
    "text",
    [
        '{"b":1,"a":2}',
        '{"a":1,"a":1}',
        '{"a": 1}',
        " 1",
        "1\n",
        "-0",
        "01",
        "1.0",
        "1e2",
        "NaN",
        "Infinity",
        "9007199254740992",
        "-9007199254740992",
        "9" * 5000,
        '"\\u0041"',
        '"\\/"',
        '"\\u001F"',
        '"\\ud800"',
        '{"é":1}',
        "\ufeff1",
        "[1,]",
        "",
        "[" * 100_000,
        "[" * (DEPTH_MAX + 1) + "]" * (DEPTH_MAX + 1),
    ],
)
def test_any_other_spelling_of_json_is_refused(text: str) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(text.encode())


@pytest.mark.parametrize("data", [b"\xff", b'"\xed\xa0\x80"', b'"\xc0\x80"'])
def test_bytes_that_are_not_utf_8_are_refused(data: bytes) -> None:
    with pytest.raises(NotCanonical):
        parse_canonical(data)


def test_lists_may_lie_as_deep_as_the_bound() -> None:
    deep = b"[" * DEPTH_MAX + b"]" * DEPTH_MAX
    assert canonical(parse_canonical(deep)) == deep


@pytest.mark.parametrize("value", [1.5, b"x", {1}, object(), {1: 2}, {"a": [float("nan")]}])
def test_what_has_no_canonical_form_is_our_own_mistake(value: object) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [INTEGER_MAX + 1, -INTEGER_MAX - 1, "\ud800", {"é": 1}])
def test_a_value_outside_the_domain_is_our_own_mistake(value: object) -> None:
    with pytest.raises(ValueError, match=re.compile("2|surrogates|ASCII")):
        canonical(value)


@settings(deadline=None)
@given(st.binary(max_size=80))
def test_base64_reads_back_in_both_alphabets(data: bytes) -> None:
    assert unb64(b64(data)) == data
    assert unb64url(b64url(data)) == data


@settings(deadline=None)
@given(st.text("AQ+/-_= \n\0é\ud800", max_size=9) | st.text(max_size=9))
def test_a_text_is_the_one_base64_of_its_bytes_or_refused(text: str) -> None:
    for read, write in ((unb64, b64), (unb64url, b64url)):
        with contextlib.suppress(NotBase64):
            assert write(read(text)) == text


@pytest.mark.parametrize(
    "text", ["QQ", "QQ=", "QR==", "QQ==\n", " QQ==", "QQ==QQ==", "QQ===", "Q", "-_==", "é", "=="]
)
def test_base64_with_spare_bits_blanks_or_wrong_padding_is_refused(text: str) -> None:
    with pytest.raises(NotBase64, match="not canonical base64:"):
        unb64(text)


@pytest.mark.parametrize("text", ["QQ==", "QR", "QQ\n", "Q", "+/", "é", "QQ QQ", "="])
def test_base64url_with_spare_bits_blanks_or_padding_is_refused(text: str) -> None:
    with pytest.raises(NotBase64, match="not canonical base64url:"):
        unb64url(text)


@pytest.mark.parametrize("text", ["0", "7", "10", "9223372036854775807"])
def test_a_count_reads_back(text: str) -> None:
    assert str(parse_count(text)) == text


@pytest.mark.parametrize(
    "text", ["", "-1", "+1", "01", "1 ", "1\n", "1_0", "٣", "1.0", "9223372036854775808", "9" * 40]
)
def test_a_count_has_one_spelling_and_a_bound(text: str) -> None:
    with pytest.raises(NotACount, match="is no count"):
        parse_count(text)


def test_every_refusal_of_the_encoding_is_untrusted() -> None:
    assert issubclass(encoding.NotBase64, Untrusted)
    assert issubclass(encoding.NotCanonical, Untrusted)
    assert issubclass(encoding.NotACount, Untrusted)
