"""The bundle: everything that proves a receipt, in one canonical JSON document.

Entries of the log, each with its C2SP tlog-proof, and the openings of the receipt's sealed fields
(docs/formats/bundle.md). Nothing in it needs our server.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.errors import Untrusted
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import canonical, parse_canonical
from ledger.proof.tlog_proof import TlogProof

FORMAT = "donation-ledger-bundle.v1"
ENTRIES_MAX = 1000


class BundleMalformed(Untrusted):
    """The bytes are no bundle."""

    def __init__(self, why: str) -> None:
        super().__init__(f"this is no bundle of a receipt: {why}")


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """An entry of the log with the proof of its place."""

    entry: bytes
    proof: TlogProof


@dataclass(frozen=True, slots=True)
class Bundle:
    """Entries in log order, and openings."""

    origin: str
    entries: tuple[ProvenEntry, ...]
    openings: tuple[Opening, ...]

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
        """Read a bundle; anything but its one form is refused."""
        members = _object(parse_canonical(data), {"entries", "format", "openings", "origin"})
        if members["format"] != FORMAT:
            raise BundleMalformed(f"its format is {members['format']!r}")
        entries = _list(members["entries"])
        if not 0 < len(entries) <= ENTRIES_MAX:
            raise BundleMalformed(f"it has {len(entries)} entries")
        return cls(
            _text(members["origin"]),
            tuple(_proven(e) for e in entries),
            tuple(Opening.parse(_text(o)) for o in _list(members["openings"])),
        )


def _proven(value: object) -> ProvenEntry:
    members = _object(value, {"entry", "proof"})
    entry = _text(members["entry"])
    if not entry.isascii():
        raise BundleMalformed("an entry is not ASCII")
    return ProvenEntry(entry.encode("ascii"), TlogProof.parse(_text(members["proof"])))


def _object(value: object, names: set[str]) -> dict[str, object]:
    if not isinstance(value, dict) or set(value) != names:
        raise BundleMalformed(f"it should hold {', '.join(sorted(names))}")
    return value


def _list(value: object) -> Sequence[object]:
    if not isinstance(value, list):
        raise BundleMalformed("a list is missing")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise BundleMalformed("a text is missing")
    return value
