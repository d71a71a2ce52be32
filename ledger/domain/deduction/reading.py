"""Strict reading of JSON that people hand in: every surprise is one line that names the member."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal

from ledger.errors import Unreadable
from ledger.money import PLACES, Money

BYTES_MAX = 4_000_000
DEPTH_MAX = 12
ITEMS_MAX = 10_000
TEXT_MAX = 2_000
YEARS = range(1994, 2200)
"""Years that a case or a rule may speak of."""

_SHOWN = 40
_LISTED = 20
_AMOUNT = re.compile(r"-?[0-9]{1,13}(\.[0-9]{1,4})?")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class MemberUnusable(Unreadable):
    """A member of a case or a table is missing, unknown or no such thing as it must be."""

    def __init__(self, where: str, wanted: str) -> None:
        super().__init__(f"{where}: {wanted}")


def read_json(data: bytes, what: str) -> object:
    """Read one JSON document in UTF-8 that writes no name twice and no number with a fraction.

    Refuse with `MemberUnusable` what is too large, too deep, or no JSON.
    """
    if len(data) > BYTES_MAX:
        raise MemberUnusable(what, f"more than {BYTES_MAX} bytes; split it")
    try:
        value: object = _DECODER.decode(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise MemberUnusable(what, "not UTF-8 text; save it as UTF-8") from None
    except RecursionError:
        raise _too_deep(what) from None
    except json.JSONDecodeError as error:
        told = f"not JSON (line {error.lineno}, column {error.colno}); correct it there"
        raise MemberUnusable(what, told) from None
    except ValueError as error:
        raise MemberUnusable(what, str(error)) from None
    _check_depth(value, what, DEPTH_MAX)
    return value


def _too_deep(what: str) -> MemberUnusable:
    return MemberUnusable(what, f"lists and objects lie more than {DEPTH_MAX} deep; flatten it")


def _check_depth(value: object, what: str, left: int) -> None:
    if isinstance(value, dict | list):
        if left == 0:
            raise _too_deep(what)
        for member in value.values() if isinstance(value, dict) else value:
            _check_depth(member, what, left - 1)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {shown(name)} stands twice in one object; keep one")
        found[name] = value
    return found


def _whole(text: str) -> int:
    if len(text) > 16:  # noqa: PLR2004 digits of 2**53
        raise ValueError(f"the number {shown(text)} is too large; amounts are strings")
    return int(text)


def _no_number(text: str) -> object:
    raise ValueError(f"the number {shown(text)} is not whole; write amounts as strings")


_DECODER = json.JSONDecoder(
    parse_float=_no_number, parse_constant=_no_number, parse_int=_whole, object_pairs_hook=_once
)


def shown(value: object) -> str:
    """Write a value of unknown length and content on one short line."""
    text = ascii(value) if not isinstance(value, str) else repr(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def members(
    value: object, where: str, needed: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, object]:
    """Return an object that has all needed members, and none but these and the optional ones."""
    if not isinstance(value, dict):
        raise MemberUnusable(where, f"{shown(value)} is no object; write {{...}}")
    for name in value:
        if name not in needed and name not in optional:
            known = ", ".join([*needed, *optional])
            raise MemberUnusable(where, f"unknown member {shown(name)}; remove it, known: {known}")
    for name in needed:
        if name not in value:
            raise MemberUnusable(where, f"{name} is missing; add it")
    return value


def items(value: object, where: str) -> Sequence[object]:
    """Return the members of a list."""
    if not isinstance(value, list):
        raise MemberUnusable(where, f"{shown(value)} is no list; write [...]")
    if len(value) > ITEMS_MAX:
        raise MemberUnusable(where, f"more than {ITEMS_MAX} entries; split the case")
    return value


def by_name(value: object, where: str) -> Mapping[str, object]:
    """Return an object whose names are free."""
    if not isinstance(value, dict):
        raise MemberUnusable(where, f"{shown(value)} is no object; write {{...}}")
    return value


def text(value: object, where: str, most: int = TEXT_MAX) -> str:
    """Return a text on one line that is not empty and can be printed."""
    if isinstance(value, str) and value.strip() and len(value) <= most and value.isprintable():
        return value
    raise MemberUnusable(where, f"{shown(value)} is no text of 1 to {most} printable characters")


def word(value: object, where: str, known: Collection[str]) -> str:
    """Return one of the known words; the refusal lists them if they are few."""
    if isinstance(value, str) and value in known:
        return value
    told = ", ".join(sorted(known)) if len(known) <= _LISTED else "one of those known"
    raise MemberUnusable(where, f"{shown(value)} is unknown; write {told}")


def flag(value: object, where: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise MemberUnusable(where, f"{shown(value)} is neither true nor false")
    return value


def whole(value: object, where: str, least: int, most: int) -> int:
    """Return a whole number between two, both included."""
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise MemberUnusable(where, f"{shown(value)} is no whole number from {least} to {most}")
    return value


def year(value: object, where: str) -> int:
    """Return a year, written as a number."""
    return whole(value, where, YEARS.start, YEARS.stop - 1)


def year_name(name: str, where: str) -> int:
    """Return a year that stands as the name of a member."""
    if not re.fullmatch(r"[0-9]{4}", name):
        raise MemberUnusable(where, f"{shown(name)} is no year; write it as 2023")
    return year(int(name), where)


def day(value: object, where: str) -> date:
    """Return a day written as 2026-01-31."""
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            pass
    raise MemberUnusable(where, f"{shown(value)} is no day; write it as 2026-01-31")


def signed(value: object, where: str, currency: str = "CNY") -> Money:
    """Return an amount, below zero allowed; a string with the decimals that its currency has."""
    if isinstance(value, str) and _AMOUNT.fullmatch(value):
        places = len(value.partition(".")[2])
        if places <= PLACES[currency]:
            return Money.parse(value, currency)
    told = f"is no amount; write a string with at most {PLACES[currency]} decimals, such as"
    raise MemberUnusable(where, f'{shown(value)} {told} "{Money(12050, currency).decimal()}"')


def amount(value: object, where: str, currency: str = "CNY") -> Money:
    """Return an amount of zero or more."""
    found = signed(value, where, currency)
    if found.minor < 0:
        raise MemberUnusable(where, f"{shown(value)} is below zero; write what was given, unsigned")
    return found


def above_zero(value: object, where: str, currency: str = "CNY") -> Money:
    """Return an amount above zero."""
    found = amount(value, where, currency)
    if found.minor == 0:
        raise MemberUnusable(where, f"{shown(value)} is nothing; leave it out or write the amount")
    return found


def factor(value: object, where: str) -> Decimal:
    """Return a decimal above zero, such as an exchange rate or a tax rate."""
    if not isinstance(value, str) or not _NUMBER.fullmatch(value) or not Decimal(value):
        told = 'is no rate above zero; write it as a string, such as "7.1217"'
        raise MemberUnusable(where, f"{shown(value)} {told}")
    return Decimal(value)
