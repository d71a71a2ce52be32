"""What people say a table's columns hold, kept by its header, to go before any guess."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from api.imports.cells import Cell, clean, folded, text_of
from ledger.errors import Unreadable

MONEY_ROLES = ("amount", "amount-in", "amount-out")
PARTY_ROLES = ("donor", "payee", "party")
SIMPLE_ROLES = (
    "date", "serial", "sequence", "purpose", "note", "place", "currency", "flow", "state",
)  # fmt: skip
ASIDE_ROLES = ("balance", "refund", "trade")
GOODS_ROLES = ("item", "specification", "quantity", "unit", "value")
ROLES = (*MONEY_ROLES, *PARTY_ROLES, *SIMPLE_ROLES, *ASIDE_ROLES, *GOODS_ROLES, "ignore")
LARGEST = 2**20
SHOWN = 40


class RoleUnknown(Unreadable):
    """A mapping gives a column a role there is not."""

    def __init__(self, column: str, role: object) -> None:
        super().__init__(
            f"the mapping says that {clean(column)[:SHOWN]!r} holds {clean(str(role))[:SHOWN]!r}; "
            f"say one of {', '.join(ROLES)}"
        )


class MappingUnreadable(Unreadable):
    """A mapping is not of the form asked for."""

    def __init__(self, why: str) -> None:
        super().__init__(
            f'the mapping can\'t be read: {why}; write {{"HEADER": {{"COLUMN": "ROLE"}}}} in JSON'
        )


def keys_of(texts: Sequence[str]) -> list[str]:
    """Return what each column is called in a mapping: its header, told apart where it repeats.

    A second 金额 is `金额 (2)`, and the third column without a header `#3`, from the left.
    """
    met: Counter[str] = Counter()
    keys: list[str] = []
    for column, text in enumerate(map(text_of, texts), 1):
        met[text] += 1
        again = f"{text} ({met[text]})" if met[text] > 1 else text
        keys.append(again if text else f"#{column}")
    return keys


def signature_of(texts: Sequence[str]) -> str:
    """Return what a header is known by: its words in order, written in one way."""
    return " | ".join(filter(None, map(folded, texts)))


@dataclass(frozen=True)
class Mapping:
    """The roles of columns by header signature and column key (`signature_of`, `keys_of`)."""

    headers: dict[str, dict[str, str]]
    _first_words: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for roles in self.headers.values():
            for column, role in roles.items():
                if role not in ROLES:
                    raise RoleUnknown(column, role)
        first = frozenset(signature.partition(" | ")[0] for signature in self.headers)
        object.__setattr__(self, "_first_words", first)

    @classmethod
    def parse(cls, text: str) -> Mapping:
        """Read a mapping from JSON; refuse one of another form, and a role there is not."""
        if len(text) > LARGEST:
            raise MappingUnreadable("it is too large")
        try:
            told = json.loads(text)
        except (ValueError, RecursionError):
            raise MappingUnreadable("it is no JSON") from None
        if not isinstance(told, dict):
            raise MappingUnreadable("it is no object")
        for roles in told.values():
            if not isinstance(roles, dict) or not all(isinstance(r, str) for r in roles.values()):
                raise MappingUnreadable("a header's roles are no object of words")
        return cls(told)

    def dump(self) -> str:
        """Write the mapping as JSON that `parse` reads."""
        return json.dumps(self.headers, ensure_ascii=False, indent=1, sort_keys=True)

    def roles_for(self, cells: Sequence[Cell]) -> dict[int, str] | None:
        """Return the roles by column (from 0) if the cells are a header of the mapping."""
        if not self._may_head(cells):
            return None
        texts = list(map(text_of, cells))
        said = self.headers.get(signature_of(texts))
        if said is None:
            return None
        return {column: said[key] for column, key in enumerate(keys_of(texts)) if key in said}

    def _may_head(self, cells: Iterable[Cell]) -> bool:
        first = next((word for cell in cells if cell != "" and (word := folded(cell))), "")
        return first in self._first_words
