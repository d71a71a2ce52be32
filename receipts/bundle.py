"""The bundle: everything that proves a receipt, in one canonical JSON document.

Entries of the log, each with its C2SP tlog-proof, and the openings of the receipt's sealed fields
(docs/formats/bundle.md). Nothing in it needs our server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from ledger.errors import Untrusted
from ledger.proof.disclosure import Opening, digest
from ledger.proof.encoding import canonical, parse_canonical
from ledger.proof.tlog_proof import TlogProof

FORMAT = "donation-ledger-bundle.v1"
ENTRIES_MAX = 1000
ENTRY_MAX = 2**17
"""An entry has at most 65,535 bytes (C2SP tlog-tiles), its proof a few thousand."""

ENTRIES_KEPT = 2048
"""How many proven entries are remembered by their bytes; more are read again."""

MEMBERS = {"format", "openings", "origin"}
PARTS, BLANKS, NAMES = 9, [b"", b":", b",", b":", b""], (b"entry", b"proof")
LETTERS = b"".join(bytes((n,)) for n in range(128) if chr(n).isalnum()) + b"-_."
CONTROLS = bytes(range(32))
BEFORE, BETWEEN, AFTER = b'{"entries":[', b"},{", b'],"format":'


class BundleMalformed(Untrusted):
    """The bytes are no bundle."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no bundle of a receipt: {why}")


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry of the log with the proof of its place."""

    entry: bytes
    proof: TlogProof

    def __hash__(self) -> int:
        """Hash the entry alone, which is quick; what is equal is equal in its proof too."""
        return hash(self.entry)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entries in log order, and openings."""

    origin: str
    entries: tuple[ProvenEntry, ...]
    openings: tuple[Opening, ...]
    digests: tuple[str, ...] = field(default=(), compare=False, repr=False)
    """Those of the openings, as they were read."""

    def encode(self) -> bytes:
        """Return the one form of this bundle."""
        entries = [
            {"entry": e.entry.decode("ascii"), "proof": e.proof.encode()} for e in self.entries
        ]
        return canonical(
            {
                "entries": entries,
                "format": FORMAT,
                "openings": [o.encoded for o in self.openings],
                "origin": self.origin,
            }
        )

    @classmethod
    def parse(cls, data: bytes) -> Bundle:
        """Read a bundle; anything but its one form is refused.

        It is cut where its one form has these bytes and nowhere else; each part must be canonical,
        so that the whole is. Parts that bundles share are read once.
        """
        body, tail = _cut(data)
        members = parse_canonical(tail)
        if not isinstance(members, dict) or set(members) != MEMBERS:
            raise BundleMalformed("it should hold entries, format, openings, origin")
        if members["format"] != FORMAT:
            raise BundleMalformed(f"its format is {members['format']!r}")
        entries = body.split(BETWEEN) if body else []
        if not 0 < len(entries) <= ENTRIES_MAX:
            raise BundleMalformed(f"it has {len(entries)} entries")
        if max(map(len, entries)) > ENTRY_MAX:
            raise BundleMalformed(f"an entry and its proof take more than {ENTRY_MAX} bytes")
        openings = [_text(each) for each in _list(members["openings"])]
        return cls(
            _text(members["origin"]),
            tuple([_proven(each) for each in entries]),
            tuple([Opening.parse(each) for each in openings]),
            tuple([digest(each) for each in openings]),
        )


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Return what lies between the outer brackets of the entries, and the other members."""
    end = data.rfind(AFTER)
    if data.startswith(BEFORE[:-1]) and end < 0:
        raise BundleMalformed("a list is missing")
    if end < 0 or not data.startswith(BEFORE):
        raise BundleMalformed("it should hold entries, format, openings, origin")
    if data[len(BEFORE) - 1 : end + 1] == b"[]":
        return b"", b"{" + data[end + 2 :]
    if data[len(BEFORE) : len(BEFORE) + 1] != b"{" or data[end - 1 : end] != b"}":
        raise BundleMalformed("it should hold entry, proof")
    return data[len(BEFORE) + 1 : end - 1], b"{" + data[end + 2 :]


@lru_cache(maxsize=ENTRIES_KEPT)
def _proven(inner: bytes) -> ProvenEntry:
    return _plainly(inner) or _canonically(inner)


def _plainly(inner: bytes) -> ProvenEntry | None:
    """Read a part that has no escape but line feeds, as ours have, without a JSON reader."""
    parts = inner.split(b'"')
    if len(parts) != PARTS or parts[::2] != BLANKS or (parts[1], parts[5]) != NAMES:
        return None
    entry, proof = parts[3], parts[7]
    text = proof.replace(rb"\n", b"\n")
    if entry.translate(None, LETTERS) or b"\\" in text or proof != proof.translate(None, CONTROLS):
        return None
    try:
        return ProvenEntry(entry, TlogProof.parse(text.decode()))
    except UnicodeDecodeError:
        return None


def _canonically(inner: bytes) -> ProvenEntry:
    members = parse_canonical(b"{" + inner + b"}")
    if not isinstance(members, dict) or set(members) != {"entry", "proof"}:
        raise BundleMalformed("it should hold entry, proof")
    entry = _text(members["entry"])
    if not entry.isascii():
        raise BundleMalformed("an entry is not ASCII")
    return ProvenEntry(entry.encode("ascii"), TlogProof.parse(_text(members["proof"])))


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise BundleMalformed("a list is missing")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BundleMalformed("a text is missing")
    return value
