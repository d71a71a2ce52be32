"""Claims of any number put aside by name, to be held against each other a pile at a time.

What the events say must be kept beside the log, and what is kept there, are too many to hold in
memory. Each claim goes to the pile that its name falls on, as a line of a file without a name,
which the system takes away with the process. Two claims on one name fall on piles of one number,
so that two heaps are compared pile by pile, and a pile alone is in memory
(docs/decisions/0050-an-audit-in-bounded-memory.md).
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from json.encoder import encode_basestring_ascii

PILES = 128
HELD_BYTES = 2**15
"""What of a pile waits in memory for the file: a small heap never goes to the disk."""

BETWEEN = "\t"
"""Stands between the parts of a line; inside of a part JSON writes it as `\\t`."""


class Piles:
    """A heap of claims, each a name with values; they come back by pile, in the order they came.

    Lines are parts of JSON, and so hold anything that a row of an altered table may hold.
    """

    def __init__(self) -> None:
        self._held = [bytearray() for _ in range(PILES)]
        self._pieces: list[list[tuple[int, int]]] = [[] for _ in range(PILES)]
        """Where in the file the pieces of each pile lie: first byte, length."""
        self._file = tempfile.TemporaryFile(prefix="ledger-audit-")  # noqa: SIM115 see close
        self._end = 0

    def close(self) -> None:
        """Give the file back to the system."""
        self._file.close()

    def put(self, name: str, *values: str | int) -> None:
        """Put a claim on the pile of its name."""
        number = hash(name) % PILES  # within one process: the same name, the same pile
        held = self._held[number]
        held += line_of(name, *values)
        held += b"\n"
        if len(held) >= HELD_BYTES:
            self._file.write(held)
            self._pieces[number].append((self._end, len(held)))
            self._end += len(held)
            held.clear()

    def pile(self, number: int) -> Iterator[bytes]:
        """Yield the lines of a pile, one for each claim. Nothing is put while one is read."""
        for first, length in self._pieces[number]:
            self._file.seek(first)
            yield from self._file.read(length).splitlines()
        self._file.seek(self._end)
        yield from bytes(self._held[number]).splitlines()


def line_of(name: str, *values: str | int) -> bytes:
    """Return a claim as a line: equal claims, and only those, are equal lines."""
    return BETWEEN.join([_part(name), *map(_part, values)]).encode("ascii")


def name_of(line: bytes) -> bytes:
    """Return the name of a line's claim as it is written there: the same name, the same bytes."""
    return line.partition(b"\t")[0]


def parts_of(line: bytes) -> list[str | int]:
    """Return the name of a line's claim and its values."""
    parts: list[str | int] = json.loads(f"[{line.decode('ascii').replace(BETWEEN, ',')}]")
    return parts


def _part(value: str | int) -> str:
    """Write a value as JSON does, in ASCII."""
    return encode_basestring_ascii(value) if isinstance(value, str) else str(value)
