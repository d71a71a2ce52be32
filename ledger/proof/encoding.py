"""Bytes as text and values as bytes, each with exactly one spelling."""

from __future__ import annotations

import re
from binascii import a2b_base64, b2a_base64
from collections.abc import Iterable

import orjson

from ledger.errors import Untrusted

DEPTH_MAX = 64
"""How deep lists and objects may lie in each other."""

INTEGER_MAX = 2**53 - 1
"""The largest whole number that every JSON reader keeps exactly (RFC 8785 3.2.2.3)."""

COUNT_MAX = 2**63 - 1
"""The largest tree size or leaf index we read."""

_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_+/=", b"+/\0\0\0")
_PADDING = (b"", b"===", b"==", b"=")
_LAST = (b"", b"", b"AQgw", b"AEIMQUYcgkosw048")
"""By how many letters stand after whole groups of four: what pads them, and the last without spare
bits."""

COUNT = re.compile(r"0|[1-9][0-9]{0,18}")


class NotBase64(Untrusted):
    """A text is not the one base64 spelling of any bytes."""

    def __init__(self, text: str | bytes, alphabet: str) -> None:
        super().__init__(
            f"a text of {len(text)} characters is not canonical {alphabet}: "
            "write its letters only, with no blank, stray padding or spare bit"
        )


class NotCanonical(Untrusted):
    """Bytes are not the one JSON spelling of their value."""

    def __init__(self, why: str) -> None:
        super().__init__(f"not canonical JSON (RFC 8785): {why}")


class NotACount(Untrusted):
    """A text is not a tree size or leaf index."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"a text of {len(text)} characters is no count: write a decimal number "
            f"from 0 to {COUNT_MAX} without sign or leading zero"
        )


def b64(data: bytes) -> str:
    """Write bytes in base64 with padding (RFC 4648 4)."""
    return b2a_base64(data, newline=False).decode("ascii")


def unb64(text: str) -> bytes:
    """Read base64 with padding (RFC 4648 4); refuse all but the one spelling `b64` writes."""
    try:
        data = a2b_base64(text, strict_mode=True)
    except ValueError as reason:
        raise NotBase64(text, "base64") from reason
    if b64(data) != text:
        raise NotBase64(text, "base64")
    return data


def b64url(data: bytes) -> str:
    """Write bytes in URL-safe base64 without padding (RFC 4648 5, RFC 7515 2)."""
    written = b2a_base64(data, newline=False).rstrip(b"=\n")
    return written.translate(_TO_URL).decode("ascii")


def unb64url(text: str | bytes) -> bytes:
    """Read unpadded URL-safe base64; refuse all but the one spelling `b64url` writes.

    Strict reading refuses all that is no letter; then only spare bits could be spelled otherwise.
    """
    try:
        letters = text.encode("ascii") if isinstance(text, str) else text
        after = len(letters) % 4
        data = a2b_base64(letters.translate(_FROM_URL) + _PADDING[after], strict_mode=True)
    except ValueError as reason:
        raise NotBase64(text, "base64url") from reason
    if after and letters[-1] not in _LAST[after]:
        raise NotBase64(text, "base64url")
    return data


def parse_count(text: str) -> int:
    """Read a tree size or leaf index in plain ASCII decimal, at most 2**63 - 1."""
    if not COUNT.fullmatch(text) or int(text) > COUNT_MAX:
        raise NotACount(text)
    return int(text)


def canonical(value: object) -> bytes:
    """Write a value as canonical JSON (RFC 8785) in UTF-8.

    Takes objects with ASCII names, lists, tuples, strings, whole numbers below 2**53, booleans and
    None. On that domain the encoder writes what RFC 8785 asks for: ASCII names sort the same by
    byte as by UTF-16 unit, and no float needs a shortest form. Anything else is our own mistake:
    TypeError or ValueError.
    """
    _check_domain(value, DEPTH_MAX)
    try:
        return orjson.dumps(value, option=_SORTED)
    except orjson.JSONEncodeError as reason:
        raise ValueError(f"it can't be written: {reason}") from reason


def parse_canonical(data: bytes) -> object:
    """Read canonical JSON; refuse bytes that do not write back to themselves, or hold a float."""
    value = read_canonical(data)
    try:
        _check_read((value,), DEPTH_MAX + 1, plain=data.isascii())
    except ValueError as reason:
        raise NotCanonical(str(reason)) from reason
    return value


def read_canonical(data: bytes) -> object:
    """Read canonical JSON for who then looks at each value: some might be what we never write.

    That is a float, what lies deeper than `DEPTH_MAX`, and a name beyond ASCII. All else is refused
    by the comparison: repeated names, blanks, other escapes, other orders, `-0`, whole numbers of
    2**53 or more, and in plain ASCII a name that is not, for that is written with escapes.
    """
    try:
        value: object = orjson.loads(data)
        again = orjson.dumps(value, option=_SORTED)
    except (ValueError, TypeError) as reason:  # TypeError: the writer's, of 2**53 or more
        raise NotCanonical("it can't be read, or holds what we never write") from reason
    if again != data:
        raise NotCanonical("the same value has another spelling, and that one is canonical")
    return value


_SORTED = orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER


def _check_read(members: Iterable[object], depth: int, *, plain: bool) -> None:
    """Refuse what can be read and written back, but is none of `canonical`'s.

    That is a float, what lies too deep and, unless the bytes are `plain` ASCII, a name beyond it.
    """
    if not depth:
        raise ValueError(f"lists and objects lie more than {DEPTH_MAX} deep")
    kinds = {*map(type, members)}
    if float in kinds:
        raise ValueError("a number is not whole")
    if kinds.isdisjoint(_NESTING):
        return
    for member in members:
        if type(member) is dict:
            if not plain and not "".join(member).isascii():
                raise ValueError("a name must be ASCII, so that every reader sorts it alike")
            _check_read(member.values(), depth - 1, plain=plain)
        elif type(member) is list:
            _check_read(member, depth - 1, plain=plain)


_NESTING = frozenset((dict, list))


def _check_domain(value: object, depth: int) -> None:
    if type(value) in _AS_IT_IS or isinstance(value, str):
        return
    if isinstance(value, int):
        if not -INTEGER_MAX <= value <= INTEGER_MAX:
            raise ValueError("a whole number of 2**53 or more has no exact place in JSON")
        return
    if not isinstance(value, dict | list | tuple):
        raise TypeError(f"{type(value).__name__} has no canonical form here")
    if depth == 0:
        raise ValueError(f"lists and objects lie more than {DEPTH_MAX} deep")
    if isinstance(value, dict):
        _check_names(value)
        value = value.values()
    for member in value:
        if type(member) not in _AS_IT_IS:  # most are, and a call costs more than the look
            _check_domain(member, depth - 1)


def _check_names(value: Iterable[object]) -> None:
    for name in value:
        if not isinstance(name, str):
            raise TypeError(f"a name must be a string, not {type(name).__name__}")
        if not name.isascii():
            raise ValueError("a name must be ASCII, so that every reader sorts it alike")


_AS_IT_IS = frozenset((str, bool, type(None)))
