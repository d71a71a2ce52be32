"""A TrueType file from its tables, with their checksums (ISO/IEC 14496-22 4, 5.2.1)."""

from __future__ import annotations

from collections.abc import Mapping
from struct import pack, unpack

_WORD = 0xFFFFFFFF
_WHOLE_FILE = 0xB1B0AFBA
"""What the sum over the file and the adjustment in its head come to."""

_ADJUSTMENT = slice(8, 12)
"""Where that adjustment lies in the table `head`."""


def word_sum(data: bytes) -> int:
    """Add up big-endian words of four bytes, the last one padded with zeros."""
    whole = data + bytes(-len(data) % 4)
    return sum(unpack(f">{len(whole) // 4}L", whole))


def written(tables: Mapping[bytes, bytes], sums: Mapping[bytes, int]) -> bytes:
    """Return the file; `sums` has the word sum of each table, that of a `head` not yet adjusted."""
    highest = 1 << (len(tables).bit_length() - 1)
    search = 16 * highest
    ends = (search, highest.bit_length() - 1, 16 * len(tables) - search)
    directory = [pack(">LHHHH", 0x00010000, len(tables), *ends)]
    at = 12 + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        directory.append(tag + pack(">LLL", sums[tag] & _WORD, at, len(table)))
        at += len(table) + -len(table) % 4
    first = b"".join(directory)
    rest = _WHOLE_FILE - word_sum(first) - sum(sums.values()) & _WORD
    head = tables[b"head"]
    adjusted = head[: _ADJUSTMENT.start] + pack(">L", rest) + head[_ADJUSTMENT.stop :]
    laid = {**tables, b"head": adjusted}
    return first + b"".join(table + bytes(-len(table) % 4) for _, table in sorted(laid.items()))
