"""Names of gifts as bytes, and the rows of a table found by them: millions in little memory.

A dictionary of strings takes some 150 bytes of each name before it says anything of it; here a name
takes 16, and 4 to 8 for where it is found.
"""

from __future__ import annotations

from array import array

KEY_BYTES = 16
PREFIX = "gift-"
NAME_LENGTH = len(PREFIX) + 2 * KEY_BYTES
FIRST_SLOTS = 1024
NOWHERE = -1


def key_of(name: str) -> bytes | None:
    """Return the bytes of a gift's name; None of any name that could not be told from them."""
    if len(name) != NAME_LENGTH or not name.startswith(PREFIX):
        return None
    digits = name[len(PREFIX) :]
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        return None
    return key if key.hex() == digits else None


class Rows:
    """Numbers keys of 16 bytes from 0 on, in the order they come, and finds them again.

    A slot holds the number of a row and one; none is ever taken out. Where a key's search begins
    follows from Python's own hash, which nobody who writes a log can foresee.
    """

    def __init__(self) -> None:
        self._keys = bytearray()
        self._slots = array("I", bytes(4 * FIRST_SLOTS))
        self._count = 0

    def find(self, key: bytes) -> int:
        """Return the row of a key; NOWHERE if it has none."""
        return self._slots[self._slot(key)] - 1

    def add(self, key: bytes) -> int:
        """Give a key that has no row the next one; return it."""
        if 3 * self._count >= 2 * len(self._slots):
            self._grow()
        self._count += 1
        self._keys += key
        self._slots[self._slot(key)] = self._count
        return self._count - 1

    def _slot(self, key: bytes) -> int:
        """Return where a key lies, or where it is to lie."""
        slots, keys = self._slots, self._keys
        mask = len(slots) - 1
        at = hash(key) & mask
        while row := slots[at]:
            end = row * KEY_BYTES
            if keys[end - KEY_BYTES : end] == key:
                return at
            at = (at + 1) & mask
        return at

    def _grow(self) -> None:
        """Take twice the slots, and put every row into its new one; the keys are all different."""
        slots = self._slots = array("I", bytes(8 * len(self._slots)))
        mask = len(slots) - 1
        for row in range(self._count):
            at = hash(bytes(self._keys[row * KEY_BYTES : (row + 1) * KEY_BYTES])) & mask
            while slots[at]:
                at = (at + 1) & mask
            slots[at] = row + 1
