"""The status list: what has become of every receipt, signed by the log, for checks offline.

An officer fetches one a day (docs/formats/status-list.md). It needs nothing of our server, and
nothing of the house but this file's own imports.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.errors import Untrusted
from ledger.money import Money
from ledger.proof import notes
from ledger.proof.encoding import b64, parse_count, unb64
from ledger.proof.merkle import HASH_BYTES
from receipts.status_body import TAG_BYTES, Body, Entry, Number, key, pack, unpack
from receipts.status_issuers import Issuer, StatusListMalformed, day_of
from receipts.trust import Trust

SUFFIX = "/status-list"
"""After the log's origin in the first line: no checkpoint begins so, and no status list else."""

DAYS_GOOD = 7
RECEIPTS_MAX = 50_000_000


class StatusOfAnotherLog(Untrusted):
    """A status list speaks of another log than the trusted one."""

    def __init__(self, first_line: str, expected: str) -> None:
        super().__init__(f"a status list of {first_line!r}, expected one of {expected!r}")


class BodyDiffers(Untrusted):
    """The receipts in a status list are not those that its head was signed for."""

    def __init__(self) -> None:
        super().__init__("the receipts in this status list are not those it was signed for: "
                         "the file was cut, added to or altered; fetch it again")  # fmt: skip


@dataclass(frozen=True, slots=True)
class AsOf:
    """Which state a list shows: day, size and root of the log, and the last day it is good for."""

    day: date
    size: int
    root: bytes
    valid_until: date


@dataclass(frozen=True, slots=True)
class Status:
    """What has become of a receipt.

    `state` is "valid", "reversed" (by the red receipt `red`) or "replaced" (reversed, and
    `replaced_by` alone stands in its place; `reduced_to` if for less); one in whose place several
    receipts stand is "reversed". `exchanged` means that a paper
    receipt stands in its place. `eligible` means that all of it was given on days on which gifts
    to its issuer could be deducted.
    """

    code: str
    number: str
    issued_on: date
    amount: Money
    issuer: str
    kind: str
    state: str
    red: Number | None
    replaced_by: Number | None
    reduced_to: Money | None
    paper: Number | None
    held: str | None
    specimen: bool
    claimed: Money
    eligible: bool
    eligible_amount: Money
    notice: str | None
    tag: bytes | None

    @property
    def exchanged(self) -> bool:
        """Tell whether a paper receipt stands in its place."""
        return self.paper is not None


@dataclass(frozen=True, slots=True)
class Compared:
    """Five elements beside the list's: which differ, which can't be told; by names of fields."""

    found: bool
    differ: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def matches(self) -> bool:
        """Tell whether there is such a receipt and nothing differs."""
        return self.found and not self.differ


@dataclass(frozen=True)
class StatusList:
    """A status list whose signature and every byte were checked; `digest` is its file's SHA-256."""

    as_of: AsOf
    digest: str
    _body: Body = field(repr=False)

    @classmethod
    def parse(cls, data: bytes, trust: Trust) -> StatusList:
        """Read a status list that the trusted log key signed; else raise Untrusted.

        1. A signed note comes first, by the very key that the trust file pins.
        2. Its text is that of a status list of this log, and of nothing else.
        3. What follows has the digest that was signed.
        4. Only then is it unpacked; every value in it means something.
        """
        note, packed = _take_apart(data)
        text = notes.open_note(note, trust.log)  # 1
        as_of, digest, receipts = _read(text, trust.log.name)  # 2
        if sha256(packed).digest() != digest:  # 3
            raise BodyDiffers
        return cls(as_of, sha256(data).hexdigest(), unpack(packed, receipts))  # 4

    @property
    def issuers(self) -> Mapping[str, Issuer]:
        """The organisations of the ledger by credit code, its authority too."""
        return self._body.issuers

    def __len__(self) -> int:
        return len(self._body.keys)

    def of(self, code: str, number: str) -> Status | None:
        """Return what has become of a receipt; None when the list holds none of that number."""
        row = self._row(code, number)
        return None if row is None else self._status(self._body.entry(row))

    def reverses(self, code: str, number: str) -> Number | None:
        """Return which receipt is reversed, when the number is that of a red receipt."""
        return self._red.get((code, number))

    def five(self, code: str, number: str, check: str, day: date, amount: Money) -> Compared:
        """Compare the five elements of a receipt check with the list (domain rules 3.9, 2)."""
        found = self.of(code, number)
        if found is None:
            return Compared(found=False)
        differ = [
            name
            for name, said, listed in (
                ("issued_on", day, found.issued_on),
                ("amount", amount, found.amount),
            )
            if said != listed
        ]
        if found.tag is None:
            return Compared(found=True, differ=tuple(differ), unknown=("check_code",))
        if tag(code, number, check, found.issued_on, found.amount) != found.tag:
            differ.insert(0, "check_code")
        return Compared(found=True, differ=tuple(differ))

    def age(self, today: date) -> int:
        """Return how many days old the list is."""
        return (today - self.as_of.day).days

    def stale(self, today: date) -> bool:
        """Tell whether the list is past the last day that it is good for."""
        return today > self.as_of.valid_until

    def freshness(self, today: date) -> str:
        """Say how old the list is; a stale one still tells what was so on its day."""
        day, days = self.as_of.day, self.age(today)
        if days < 0:
            return f"状态清单日期 {day} 晚于今天，请核对时钟 (the list is of {day}, after today)"
        if self.stale(today):
            return (
                f"状态清单已过期：截至 {day}，有效期至 {self.as_of.valid_until}，请取最新清单 "
                f"(stale: {days} days old; later reversals and claims are not in it)"
            )
        return f"状态清单截至 {day}，{days} 天前 (as of {day}, {days} days ago)"

    def _status(self, entry: Entry) -> Status:
        by = entry.replaced_by
        new = self._amount(by) if by else entry.amount
        voided = "replaced" if by else "reversed"
        return Status(
            code=entry.code,
            number=entry.number,
            issued_on=entry.issued_on,
            amount=Money(entry.amount),
            issuer=entry.issuer,
            kind=entry.kind,
            state=voided if entry.red else "valid",
            red=entry.red,
            replaced_by=by,
            reduced_to=Money(new) if new < entry.amount else None,
            paper=entry.paper,
            held=entry.held,
            specimen=entry.specimen,
            claimed=Money(entry.claimed),
            eligible=entry.eligible == entry.amount,
            eligible_amount=Money(entry.eligible),
            notice=entry.notice,
            tag=entry.tag,
        )

    def _amount(self, known: Number) -> int:
        row = self._row(*known)
        assert row is not None, "the list is read so that it holds what it points to"
        return self._body.columns["amount"][row]

    def _row(self, code: str, number: str) -> int | None:
        if not (_digits(code, 8) and _digits(number, 10)):
            return None
        keys, wanted = self._body.keys, key(code, number)
        row = bisect_left(keys, wanted)
        return row if row < len(keys) and keys[row] == wanted else None

    @cached_property
    def _red(self) -> dict[Number, Number]:
        voided = (self._body.entry(r) for r, c in enumerate(self._body.columns["red_code"]) if c)
        return {e.red: (e.code, e.number) for e in voided if e.red}


def tag(code: str, number: str, check: str, issued_on: date, amount: Money) -> bytes:
    """Return three bytes that tell a wrong check code, and tell nobody the right one.

    A wrong one passes once in 16.7 million; some two thousand of all check codes fit each tag.
    """
    said = f"{code}|{number}|{check}|{issued_on.isoformat()}|{amount.decimal()}"
    return sha256(said.encode("utf-8", errors="surrogatepass")).digest()[:TAG_BYTES]


def sign(
    entries: Sequence[Entry],
    issuers: Sequence[Issuer],
    as_of: AsOf,
    origin: str,
    private: Ed25519PrivateKey,
) -> bytes:
    """Return a status list: the same receipts, state and key give the same bytes."""
    packed = pack(entries, issuers)
    lines = (
        f"{origin}{SUFFIX}",
        as_of.day.isoformat(),
        str(as_of.size),
        b64(as_of.root),
        sha256(packed).hexdigest(),
        str(len(entries)),
        as_of.valid_until.isoformat(),
    )
    note = notes.sign("".join(f"{line}\n" for line in lines), origin, private)
    return note.encode() + b"\n" + packed


def good_until(day: date, days: int = DAYS_GOOD) -> date:
    """Return the last day that a list of `day` is good for."""
    return day + timedelta(days=days)


def _take_apart(data: bytes) -> tuple[str, bytes]:
    """Split after the note: its text and its signatures each end with an empty line."""
    text, gap, rest = data.partition(b"\n\n")
    signatures, end, packed = rest.partition(b"\n\n")
    if not gap or not end:
        raise StatusListMalformed("a signed head, an empty line and a body make one")
    try:
        return f"{text.decode()}\n\n{signatures.decode()}\n", packed
    except UnicodeDecodeError:
        raise StatusListMalformed("its head is not UTF-8") from None


def _read(text: str, origin: str) -> tuple[AsOf, bytes, int]:
    match text.split("\n"):
        case [first, day, size, root, digest, receipts, until, ""]:
            if first != f"{origin}{SUFFIX}":
                raise StatusOfAnotherLog(first, f"{origin}{SUFFIX}")
            as_of = AsOf(day_of(day), parse_count(size), unb64(root), day_of(until))
        case _:
            raise StatusListMalformed("its head needs seven lines")
    count = parse_count(receipts)
    if len(as_of.root) != HASH_BYTES or count > RECEIPTS_MAX or as_of.valid_until < as_of.day:
        raise StatusListMalformed("its root, count or last day can't be")
    return as_of, _hex(digest), count


def _hex(text: str) -> bytes:
    if len(text) != 2 * HASH_BYTES or not set(text) <= set("0123456789abcdef"):
        raise StatusListMalformed("its digest is not 64 digits 0-9 and a-f")
    return bytes.fromhex(text)


def _digits(text: str, length: int) -> bool:
    return len(text) == length and text.isascii() and text.isdigit()
