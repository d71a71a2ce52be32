"""The body of a status list: a directory of issuers, and a column for each thing a receipt has.

Fixed widths, big-endian, one value a receipt (docs/formats/status-list.md): a hundred thousand
receipts are read in a blink and, being alike, compress to a few bytes each.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from ledger.money import MINOR_MAX
from ledger.proof.encoding import canonical, parse_canonical
from receipts.status_issuers import (
    Issuer,
    StatusListMalformed,
    day_of,
    issuer_json,
    issuer_of,
)

FORMAT = "donation-ledger-status.v1"
BODY_MAX = 2**30
TAG_BYTES = 3
NUMBERS = 10**10
CODES = 10**8
KINDS = ("single", "annual", "joint")
HELD = (None, "anonymous", "declined")
SPECIMEN, UNTAGGED = 1, 2

Number = tuple[str, str]
"""A receipt's code and number."""

COLUMNS = {
    "code": "I", "number": "Q", "issued_on": "I", "amount": "Q", "eligible": "Q", "claimed": "Q",
    "issuer": "H", "notice": "H", "kind": "B", "held": "B", "marks": "B", "red_code": "I",
    "red_number": "Q", "replaced_by": "I", "paper_code": "I", "paper_number": "Q",
}  # fmt: skip
"""Columns in order, each with its width as `struct` writes it: B 1 byte, H 2, I 4, Q 8."""

Columns = dict[str, Sequence[int]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A receipt as the list holds it; amounts are whole fen.

    `eligible` is how much of it was given on days on which gifts to the issuer could be deducted,
    `notice` by which notices; `tag` is None where the check code was erased.
    """

    code: str
    number: str
    issued_on: date
    amount: int
    eligible: int
    claimed: int
    issuer: str
    notice: str | None
    kind: str
    held: str | None
    specimen: bool
    red: Number | None
    replaced_by: Number | None
    paper: Number | None
    tag: bytes | None


@dataclass(frozen=True, slots=True)
class Body:
    """Receipts by rising code and number, as columns, and who issued them."""

    issuers: Mapping[str, Issuer]
    order: Sequence[str]
    notices: tuple[str, ...]
    keys: Sequence[int]
    columns: Columns
    tags: bytes

    def entry(self, row: int) -> Entry:
        """Return one receipt."""
        at = {name: column[row] for name, column in self.columns.items()}
        code, number = _split(self.keys[row])
        return Entry(
            code=code,
            number=number,
            issued_on=date.fromisoformat(str(at["issued_on"])),
            amount=at["amount"],
            eligible=at["eligible"],
            claimed=at["claimed"],
            issuer=self.order[at["issuer"]],
            notice=self.notices[at["notice"] - 1] if at["notice"] else None,
            kind=KINDS[at["kind"]],
            held=HELD[at["held"]],
            specimen=bool(at["marks"] & SPECIMEN),
            red=_pair(at["red_code"], at["red_number"]),
            replaced_by=_split(self.keys[at["replaced_by"] - 1]) if at["replaced_by"] else None,
            paper=_pair(at["paper_code"], at["paper_number"]),
            tag=None if at["marks"] & UNTAGGED else self._tag(row),
        )

    def _tag(self, row: int) -> bytes:
        return self.tags[row * TAG_BYTES : (row + 1) * TAG_BYTES]


def key(code: str, number: str) -> int:
    """Return code and number as one whole number, by which the list is sorted."""
    return int(code) * NUMBERS + int(number)


def _split(known: int) -> Number:
    code, number = divmod(known, NUMBERS)
    return f"{code:08d}", f"{number:010d}"


def _pair(code: int, number: int) -> Number | None:
    return _split(code * NUMBERS + number) if code else None


def pack(entries: Sequence[Entry], issuers: Sequence[Issuer]) -> bytes:
    """Return the compressed body; the same entries, in any order, give the same bytes."""
    listed = sorted(entries, key=lambda e: (e.code, e.number))
    known = sorted(issuers, key=lambda one: one.uscc)
    notices = sorted({e.notice for e in listed if e.notice is not None})
    places = {(e.code, e.number): row for row, e in enumerate(listed, 1)}
    rows = [_row(e, [i.uscc for i in known], notices, places) for e in listed]
    directory = {
        "format": FORMAT,
        "issuers": [issuer_json(one) for one in known],
        "notices": notices,
        "receipts": len(listed),
    }
    columns = [struct.pack(f">{len(rows)}{w}", *(r[c] for r in rows)) for c, w in COLUMNS.items()]
    tags = b"".join(e.tag or bytes(TAG_BYTES) for e in listed)
    return zlib.compress(b"".join([canonical(directory), b"\n", *columns, tags]), 9)


def _row(
    entry: Entry, issuers: Sequence[str], notices: Sequence[str], places: Mapping[Number, int]
) -> dict[str, int]:
    red, paper = entry.red or ("0", "0"), entry.paper or ("0", "0")
    marks = SPECIMEN * entry.specimen + UNTAGGED * (entry.tag is None)
    return {
        "code": int(entry.code),
        "number": int(entry.number),
        "issued_on": int(f"{entry.issued_on:%Y%m%d}"),
        "amount": entry.amount,
        "eligible": entry.eligible,
        "claimed": entry.claimed,
        "issuer": issuers.index(entry.issuer),
        "notice": notices.index(entry.notice) + 1 if entry.notice is not None else 0,
        "kind": KINDS.index(entry.kind),
        "held": HELD.index(entry.held),
        "marks": marks,
        "red_code": int(red[0]),
        "red_number": int(red[1]),
        "replaced_by": places[entry.replaced_by] if entry.replaced_by else 0,
        "paper_code": int(paper[0]),
        "paper_number": int(paper[1]),
    }


def unpack(data: bytes, receipts: int) -> Body:
    """Read a compressed body of so many receipts; refuse all but the form `pack` writes."""
    directory, end, packed = _inflated(data).partition(b"\n")
    members = parse_canonical(directory)
    if not end or not isinstance(members, dict) or set(members) != MEMBERS:
        raise StatusListMalformed("its directory has other members than ours")
    if members["format"] != FORMAT or members["receipts"] != receipts:
        raise StatusListMalformed(f"it is no {FORMAT} of {receipts} receipts")
    issuers = [issuer_of(one) for one in _list(members["issuers"])]
    notices = tuple(_text(one) for one in _list(members["notices"]))
    order = [one.uscc for one in issuers]
    if order != sorted(set(order)):
        raise StatusListMalformed("its issuers are not in order")
    columns, tags = _columns(packed, receipts)
    _check_columns(columns, len(issuers), len(notices), receipts)
    keys = [c * NUMBERS + n for c, n in zip(columns["code"], columns["number"], strict=True)]
    if any(one >= two for one, two in pairwise(keys)):
        raise StatusListMalformed("its numbers do not rise")
    return Body({one.uscc: one for one in issuers}, order, notices, keys, columns, tags)


MEMBERS = {"format", "issuers", "notices", "receipts"}


def _inflated(data: bytes) -> bytes:
    inflater = zlib.decompressobj()
    try:
        found = inflater.decompress(data, BODY_MAX)
    except zlib.error as error:
        raise StatusListMalformed(f"its body does not unpack ({error})") from None
    if not inflater.eof or inflater.unused_data:
        raise StatusListMalformed("its body ends too early, or too late, or is too large")
    return found


def _columns(packed: bytes, receipts: int) -> tuple[Columns, bytes]:
    columns: Columns = {}
    at = 0
    sizes = [receipts * struct.calcsize(f">{width}") for width in COLUMNS.values()]
    if len(packed) != sum(sizes) + receipts * TAG_BYTES:
        raise StatusListMalformed(f"its columns are not those of {receipts} receipts")
    for (name, width), size in zip(COLUMNS.items(), sizes, strict=True):
        columns[name] = struct.unpack_from(f">{receipts}{width}", packed, at)
        at += size
    return columns, packed[at:]


def _check_columns(columns: Columns, issuers: int, notices: int, receipts: int) -> None:
    """Refuse a value that means nothing."""
    limits = {
        "code": CODES, "number": NUMBERS, "amount": MINOR_MAX + 1, "eligible": MINOR_MAX + 1,
        "claimed": MINOR_MAX + 1, "issuer": issuers, "notice": notices + 1, "kind": len(KINDS),
        "held": len(HELD), "marks": 4, "red_code": CODES, "red_number": NUMBERS,
        "replaced_by": receipts + 1, "paper_code": CODES, "paper_number": NUMBERS,
    }  # fmt: skip
    for name, limit in limits.items():
        if max(columns[name], default=-1) >= limit:
            raise StatusListMalformed(f"a value in its column {name} is too large")
    for day in set(columns["issued_on"]):
        day_of(str(day), written=False)


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise StatusListMalformed("a list in its directory is missing")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise StatusListMalformed("a text in its directory is missing")
    return value
