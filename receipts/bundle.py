"""The bundle: everything that proves a receipt, in one canonical JSON document.

Entries of the log, each with its C2SP tlog-proof under one checkpoint, and the openings of the
receipt's sealed fields (docs/formats/bundle.md). Nothing in it needs our server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from ledger.errors import Untrusted
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import canonical, read_canonical
from ledger.proof.tlog_proof import GAP, TlogProof

FORMAT = "donation-ledger-bundle.v2"
FORMAT_V1 = "donation-ledger-bundle.v1"
"""The older form, in which each proof carries the checkpoint again."""

ENTRIES_MAX = 1000
ENTRY_MAX = 2**17
"""An entry has at most 65,535 bytes (C2SP tlog-tiles), its proof a few thousand."""

ENTRIES_KEPT = 2048
"""How many proven entries are remembered by their bytes; more are read again."""

MEMBERS = {"format", "openings", "origin"}
BEFORE, BETWEEN, AFTER = b'{"entries":[', b'},{"entry":', b'],"format":'
FIRST = BEFORE + BETWEEN[2:]
LIFTED, LIFTED_END = b'{"checkpoint":', b',"entries":'
NOTES_KEPT = 64
"""How many checkpoints are remembered by their bytes; receipts printed together share one."""


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

    def encode(self) -> bytes:
        """Return the one form of this bundle.

        Proofs under several checkpoints, which no verifier takes, fit into the older form only.
        """
        notes = {e.proof.checkpoint for e in self.entries}
        note = notes.pop() if len(notes) == 1 else ""
        entries = [
            {"entry": e.entry.decode("ascii"), "proof": e.proof.encode().removesuffix(note)}
            for e in self.entries
        ]
        members: dict[str, object] = {
            "entries": entries,
            "format": FORMAT if note else FORMAT_V1,
            "openings": [o.encoded for o in self.openings],
            "origin": self.origin,
        }
        return canonical(members | {"checkpoint": note} if note else members)

    @classmethod
    def parse(cls, data: bytes) -> Bundle:
        """Read a bundle; anything but its one form is refused.

        It is cut where its one form has these bytes and nowhere else; each part must be canonical,
        so that the whole is. Parts that bundles share are read once.
        """
        note, rest = _lifted(data)
        body, tail = _cut(rest)
        members = read_canonical(tail)
        if not isinstance(members, dict) or set(members) != MEMBERS:
            raise BundleMalformed("it should hold entries, format, openings, origin")
        if members["format"] != (FORMAT_V1 if note is None else FORMAT):
            raise BundleMalformed(f"its format is {members['format']!r}")
        entries = body.split(BETWEEN) if body else []
        if not 0 < len(entries) <= ENTRIES_MAX:
            raise BundleMalformed(f"it has {len(entries)} entries")
        if max(map(len, entries)) > ENTRY_MAX:
            raise BundleMalformed(f"an entry and its proof take more than {ENTRY_MAX} bytes")
        openings = [_text(each) for each in _list(members["openings"])]
        return cls(
            _text(members["origin"]),
            tuple([proven(each, note) for each in entries]),
            tuple([Opening.parse(each) for each in openings]),
        )


def _lifted(data: bytes) -> tuple[str | None, bytes]:
    """Return the checkpoint that stands before the entries, and the document without it."""
    if not data.startswith(LIFTED):
        return None, data
    note, found, rest = data.partition(LIFTED_END)
    return _note(note + b"}"), b"{" + found[1:] + rest


@lru_cache(maxsize=NOTES_KEPT)
def _note(data: bytes) -> str:
    members = read_canonical(data)
    if not isinstance(members, dict) or set(members) != {"checkpoint"} or not members["checkpoint"]:
        raise BundleMalformed("it should hold one checkpoint before its entries")
    return _text(members["checkpoint"])


def _cut(data: bytes) -> tuple[bytes, bytes]:
    """Return the entries without their first name and last bracket, and the other members."""
    end = data.rfind(AFTER)
    if data.startswith(BEFORE[:-1]) and end < 0:
        raise BundleMalformed("a list is missing")
    if end < 0 or not data.startswith(BEFORE):
        raise BundleMalformed("it should hold entries, format, openings, origin")
    if data[len(BEFORE) - 1 : end + 1] == b"[]":
        return b"", b"{" + data[end + 2 :]
    if not data.startswith(FIRST) or data[end - 1 : end] != b"}":
        raise BundleMalformed("it should hold entry, proof")
    return data[len(FIRST) : end - 1], b"{" + data[end + 2 :]


@lru_cache(maxsize=ENTRIES_KEPT)
def proven(inner: bytes, note: str | None) -> ProvenEntry:
    """Read an entry and its proof under a checkpoint; what bundles share is read once.

    A part is what follows an entry's name; the one before `BETWEEN` has lost its last bracket.
    """
    members = read_canonical(FIRST[len(BEFORE) :] + inner + b"}")
    if not isinstance(members, dict) or set(members) != {"entry", "proof"}:
        raise BundleMalformed("it should hold entry, proof")
    entry = _text(members["entry"])
    if not entry.isascii():
        raise BundleMalformed("an entry is not ASCII")
    return ProvenEntry(entry.encode("ascii"), _proof(_text(members["proof"]), note))


def _proof(text: str, note: str | None) -> TlogProof:
    """Read a proof whose checkpoint follows in its own text, or stands before the entries."""
    if note is None:
        return TlogProof.parse(text)
    if not text.endswith(GAP):
        raise BundleMalformed("a proof does not end where the checkpoint follows")
    return TlogProof.under(note, text.removesuffix(GAP))


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise BundleMalformed("a list is missing")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BundleMalformed("a text is missing")
    return value
