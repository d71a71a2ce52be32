"""Names of streams as bytes, and numbers told of them in columns: millions in little memory.

A dictionary of strings takes some 150 bytes of each name before it says anything of it; here a name
takes 16, and 4 to 8 for where it is found.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

KEY_BYTES = 16
FIRST_SLOTS = 1024
ROWS_AT_ONCE = 1024
NOWHERE = -1
VERSION_MAX = 2**32 - 1

GIFT = "gift-"
GIFT_LENGTH = len(GIFT) + 2 * KEY_BYTES
RECEIPT = "receipt-"
CODE_LENGTH, NUMBER_LENGTH = 8, 10
CODE_END = len(RECEIPT) + CODE_LENGTH
RECEIPT_LENGTH = CODE_END + 1 + NUMBER_LENGTH

Kind = TypeVar("Kind", bound=Hashable)


def gift_key(name: str) -> bytes | None:
    """Return the bytes of a gift's name; None of any name that could not be told from them."""
    if len(name) != GIFT_LENGTH or not name.startswith(GIFT):
        return None
    return _bytes_of(name[len(GIFT) :])


def gift_name(key: bytes) -> str:
    """Return the name of the gift that has these bytes."""
    return GIFT + key.hex()


def receipt_key(name: str) -> bytes | None:
    """Return the bytes of a receipt's stream; None of any that could not be told from them."""
    if len(name) != RECEIPT_LENGTH or not name.startswith(RECEIPT) or name[CODE_END] != "-":
        return None
    return _bytes_of(name[len(RECEIPT) : CODE_END] + name[CODE_END + 1 :])


def receipt_parts(key: bytes) -> tuple[str, str]:
    """Return code and number of the receipt whose stream has these bytes."""
    digits = key.hex()
    return digits[:CODE_LENGTH], digits[CODE_LENGTH : CODE_LENGTH + NUMBER_LENGTH]


def _bytes_of(digits: str) -> bytes | None:
    try:
        key = bytes.fromhex(digits)
    except ValueError:
        return None
    return key.ljust(KEY_BYTES, b"\0") if key.hex() == digits else None


class Rows:
    """Numbers keys of 16 bytes from 0 on, in the order they come, and finds them again.

    A slot holds the number of a row and one; none is ever taken out. Where a key's search begins
    follows from Python's own hash, which nobody who writes a log can foresee.
    """

    def __init__(self) -> None:
        self._keys = bytearray()
        self._slots = array("I", bytes(4 * FIRST_SLOTS))
        self._count = 0

    def key(self, row: int) -> bytes:
        """Return the key of a row."""
        return bytes(self._keys[row * KEY_BYTES : (row + 1) * KEY_BYTES])

    def find(self, key: bytes) -> int:
        """Return the row of a key; NOWHERE if it has none."""
        return self._slots[self._slot(key)] - 1

    def add(self, key: bytes) -> int:
        """Return the row of a key, the next one if it has none."""
        slot = self._slot(key)
        if row := self._slots[slot]:
            return row - 1
        self._keys += key
        self._count += 1
        self._slots[slot] = self._count
        if 3 * self._count >= 2 * len(self._slots):
            self._grow()
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
            at = hash(self.key(row)) & mask
            while slots[at]:
                at = (at + 1) & mask
            slots[at] = row + 1


class Kinds(Generic[Kind]):
    """Numbers from 1 on what is the same of many rows; 0 stands for nothing."""

    def __init__(self) -> None:
        self._number_of: dict[Kind, int] = {}
        self._kinds: list[Kind] = []

    def __getitem__(self, number: int) -> Kind:
        return self._kinds[number - 1]

    def number(self, kind: Kind) -> int:
        """Return the number of a kind, a new one if it has none."""
        number = self._number_of.get(kind)
        if number is None:
            self._kinds.append(kind)
            number = self._number_of[kind] = len(self._kinds)
        return number


class Table:
    """Streams by name, each with its version, and a row of numbers that others tell of it.

    `key_of` gives the bytes of a name; of one that has none, only the version is kept.
    """

    def __init__(self, key_of: Callable[[str], bytes | None]) -> None:
        self._key_of = key_of
        self.rows = Rows()
        self._versions = array("I")
        self.kinds = array("I")
        self.days = array("I")
        self.places = array("q")
        self.minors = array("q")
        self.marks = bytearray()
        self._last, self._last_row = "", NOWHERE
        self._last_key: bytes | None = key_of("")
        """The name that was looked up last: each is asked for several times in a row."""
        self._other_versions: dict[str, int] = {}

    def move(self, stream: str, version: int) -> int:
        """Note that a stream goes to a version; return the one it stood at, 0 if it begins."""
        row = self.made(stream)
        before = self._versions[row] if row != NOWHERE else 0
        before = self._other_versions.pop(stream, before)
        if row == NOWHERE or not 0 <= version <= VERSION_MAX:
            self._other_versions[stream] = version
        else:
            self._versions[row] = version
        return before

    def row(self, name: str) -> int:
        """Return the row of a name; NOWHERE if it has none."""
        if name != self._last:
            self._last, self._last_key = name, self._key_of(name)
            self._last_row = self.rows.find(self._last_key) if self._last_key else NOWHERE
        return self._last_row

    def made(self, name: str) -> int:
        """Return the row of a name, a new one if it has none; NOWHERE if it can't have one."""
        if name != self._last:
            self._last, self._last_key, self._last_row = name, self._key_of(name), NOWHERE
        if self._last_row == NOWHERE and self._last_key:
            self._last_row = self.rows.add(self._last_key)
            if self._last_row == len(self.marks):
                self._lengthen()
        return self._last_row

    def _lengthen(self) -> None:
        for column in (self._versions, self.kinds, self.days, self.places, self.minors):
            column.frombytes(bytes(ROWS_AT_ONCE * column.itemsize))
        self.marks += bytes(ROWS_AT_ONCE)
