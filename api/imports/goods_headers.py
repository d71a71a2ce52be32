"""Find the header of a list of goods and say which of its columns holds what."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from api.imports.amounts import Unit, find_unit
from api.imports.cells import folded, text_of
from api.imports.goods_words import read_goods_heading, unit_in
from api.imports.header_words import Heading, may_head
from api.imports.headers import COLUMNS_MAX, SURE, Header, Rows, is_wordy, texts_of
from api.imports.roles import GOODS_ROLES, PARTY_ROLES, SIMPLE_ROLES, Mapping

USED = {*PARTY_ROLES, *SIMPLE_ROLES, *GOODS_ROLES} - {"flow", "state"}
HOW_MUCH = {"quantity", "value"}
ABOUT = {"unit", "specification"}
VAGUE = ("name", "one-or-unit", "party")
"""Words of a lower row that take their meaning from the row above."""
FEWEST = 2


cell_text = lru_cache(maxsize=4096, typed=True)(text_of)
"""`text_of`, remembered: a list's cells repeat, and a row's are read several times."""


@dataclass(frozen=True, slots=True)
class GoodsLayout:
    """The columns (from 0) of one list of goods; `span` are those it has, mapped or not.

    `counted_in` is the unit the header of quantities states, `worth_in` that of the values.
    `rivals` are further columns of quantities whose headers speak as surely.
    """

    columns: dict[str, int]
    parties: dict[str, tuple[int, ...]]
    span: range
    counted_in: str = ""
    worth_in: Unit | None = None
    rivals: tuple[int, ...] = ()

    @property
    def item(self) -> int:
        """The column that names the things."""
        return self.columns["item"]

    @property
    def key(self) -> int:
        """The column that makes a row a line of goods: quantities, for want of them things."""
        return self.columns.get("quantity", self.item)

    @property
    def mapped(self) -> tuple[int, ...]:
        """All columns with a known meaning, left to right."""
        named = (column for columns in self.parties.values() for column in columns)
        return tuple(sorted({*self.columns.values(), *named}))


@dataclass(frozen=True, slots=True)
class GoodsHeader:
    """A header of `depth` rows from row `row` (from 0), with its tables side by side."""

    row: int
    depth: int
    layouts: tuple[GoodsLayout, ...]


def find_goods_headers(
    rows: Rows, taken: Collection[int], mapping: Mapping | None = None, *, alone: bool
) -> list[GoodsHeader]:
    """Find every header of a list of goods, top to bottom.

    `taken` are the rows of headers of money. A sheet of goods `alone` may have a header that
    names things and parties only. What the mapping says of a header goes before its words.
    """
    found: list[GoodsHeader] = []
    at = 0
    while at < len(rows):
        named = _named_at(rows, at, mapping) if mapping and at not in taken else None
        header = named or (None if at in taken else _header_at(rows, at))
        if named is not None:
            found.append(named)
            at += named.depth
        elif header is not None and all(
            _is_enough(each, alone and not found) for each in header.layouts
        ):
            found.append(header)
            at += header.depth
        else:
            at += 1
    return found


def _is_enough(layout: GoodsLayout, alone: bool) -> bool:  # noqa: FBT001 it is all that differs
    roles = set(layout.columns)
    if roles & HOW_MUCH or roles >= ABOUT:
        return True
    return alone and bool(layout.parties)


def _header_at(rows: Rows, at: int) -> GoodsHeader | None:
    if not is_wordy(rows[at]):
        return None
    texts = [cell_text(cell) for cell in rows[at]]
    below = rows[at + 1] if at + 1 < len(rows) else ()
    if not may_head(map(folded, (*rows[at], *below))):
        return None
    single = _read(texts)
    if is_wordy(below):
        under = [cell_text(cell) for cell in below]
        both = _read(_stack(texts, under))
        if _size(both) > max(_size(single), _size(_read(under))):
            return GoodsHeader(at, 2, both)
    return GoodsHeader(at, 1, single) if single else None


def _named_at(rows: Rows, at: int, mapping: Mapping) -> GoodsHeader | None:
    """Return the header the mapping knows in this row, or in this row and the next."""
    lines = [list(map(cell_text, rows[at]))]
    if at + 1 < len(rows) and is_wordy(rows[at]):
        lines.append(texts_of(rows, Header(at, 2, ())))
    for depth, texts in enumerate(lines, 1):
        said = mapping.roles_for(texts) or {}
        if "item" in said.values() and (layouts := _read(texts, said)):
            return GoodsHeader(at, depth, layouts)
    return None


def _size(layouts: tuple[GoodsLayout, ...]) -> int:
    return sum(len(layout.mapped) for layout in layouts)


def _stack(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """Join a header of two rows: a word above several columns belongs to each of them."""
    joined: list[str] = []
    above = ""
    for column in range(max(len(top), len(below))):
        own = top[column] if column < len(top) else ""
        under = below[column] if column < len(below) else ""
        above = own or (above if under else "")
        alone = read_goods_heading(under)
        over = read_goods_heading(above)
        of_things = over is not None and over.role == "item"
        vague = alone is None or alone.role in (("name",) if of_things else VAGUE)
        both = above + under
        joined.append(both if vague and read_goods_heading(both) else under or above)
    return joined


def _read(texts: Sequence[str], said: dict[int, str] | None = None) -> tuple[GoodsLayout, ...]:
    headings = {
        column: heading
        for column, text in enumerate(texts)
        if column not in (said or {}) and (heading := read_goods_heading(text)) is not None
    }
    for column, role in (said or {}).items():
        if role in USED:
            headings[column] = Heading(role, SURE, find_unit(texts[column]))
    headings = dict(sorted(headings.items()))
    if not said and len(headings) * 2 < len([text for text in texts if text]):
        return ()
    blocks = _side_by_side(headings)
    starts = [0, *(min(block) for block in blocks[1:]), COLUMNS_MAX]
    spans = [range(*edges) for edges in pairwise(starts)]
    layouts = [_layout(*each, texts) for each in zip(blocks, spans, strict=True)]
    return tuple(layout for layout in layouts if layout is not None)


def _side_by_side(headings: dict[int, Heading]) -> list[dict[int, Heading]]:
    """Cut a header that repeats itself to the right into its repetitions."""
    blocks: list[dict[int, Heading]] = [{}]
    for column, heading in headings.items():
        roles = [each.role for each in blocks[-1].values()]
        if heading.role in roles and "item" in roles and "quantity" in roles:
            blocks.append({})
        blocks[-1][column] = heading
    shapes = {tuple(each.role for each in block.values()) for block in blocks}
    return blocks if len(shapes) == 1 else [headings]


def _layout(found: dict[int, Heading], span: range, texts: Sequence[str]) -> GoodsLayout | None:
    headings = _resolved(found)
    by_role: dict[str, list[int]] = {}
    for column, heading in headings.items():
        by_role.setdefault(heading.role, []).append(column)
    if "item" not in by_role or len(headings) < FEWEST:
        return None
    columns = {
        role: max(choice, key=lambda column: (headings[column].rank, -column))
        for role, choice in by_role.items()
        if role not in PARTY_ROLES
    }
    parties = {role: tuple(by_role[role]) for role in PARTY_ROLES if role in by_role}
    counted, worth = columns.get("quantity"), columns.get("value")
    rivals = (
        c for c in by_role.get("quantity", ())
        if counted is not None and c != counted and headings[c].rank == headings[counted].rank
    )  # fmt: skip
    return GoodsLayout(
        columns, parties, span,
        counted_in="" if counted is None else unit_in(texts[counted]),
        worth_in=None if worth is None else headings[worth].unit,
        rivals=tuple(rivals),
    )  # fmt: skip


def _resolved(headings: dict[int, Heading]) -> dict[int, Heading]:
    """Give 名称 and 单位 the meaning the other columns leave: thing or party, party or unit."""
    roles = {heading.role for heading in headings.values()}
    resolved = dict(headings)
    for column, heading in headings.items():
        if heading.role == "name":
            resolved[column] = Heading("party" if "item" in roles else "item", 1)
            roles.add("item")
    things = [column for column, heading in resolved.items() if heading.role == "item"]
    for column, heading in headings.items():
        if heading.role == "one-or-unit":
            party = "unit" in roles or bool(things and column < min(things))
            resolved[column] = Heading("party" if party else "unit", 1)
    return resolved
