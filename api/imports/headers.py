"""Find the header of a table and say which of its columns holds what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from api.imports.amounts import Unit, looks_numeric
from api.imports.cells import Cell, folded, text_of
from api.imports.dates import is_date_alone
from api.imports.header_words import LONGEST_HEADER, Heading, may_head, read_heading

Rows = Sequence[Sequence[Cell]]

PARTIES = ("donor", "payee", "party")
KEYS = {*PARTIES, "serial", "date"}
"""A table of money has a column of amounts and at least one of these."""
SIMPLE = ("date", "serial", "sequence", "purpose", "note", "place", "currency", "flow", "state")
GOODS_ENOUGH = 2
ROWS_TO_PROVE = 10
COLUMNS_MAX = 16_384
"""Columns a sheet can have (ECMA-376-1, Excel's own limit)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns (from 0) of one table; `span` are those it has, mapped or not.

    `siblings` are further columns of amounts, in other currencies; the table of the first of
    them is `primary` and speaks for the rows. `rivals` are columns whose headers speak of
    amounts in the same currency just as surely.
    """

    amount: int
    heading: Heading
    parties: dict[str, tuple[int, ...]]
    simple: dict[str, int]
    span: range
    siblings: tuple[int, ...] = ()
    primary: bool = True
    rivals: tuple[int, ...] = ()

    @property
    def columns(self) -> dict[str, int]:
        """The column (from 0) of each role, for telling one header from another."""
        first = {role: columns[0] for role, columns in self.parties.items()}
        return {**first, **self.simple, "amount": self.amount}

    @property
    def unit(self) -> Unit | None:
        """The unit the header names; None if it is silent."""
        return self.heading.unit


@dataclass(frozen=True, slots=True)
class Header:
    """A header of `depth` rows from row `row` (from 0): its tables, none in a list of goods."""

    row: int
    depth: int
    layouts: tuple[Layout, ...]

    @property
    def amounts(self) -> tuple[int, ...]:
        """The columns of amounts of its tables."""
        return tuple(layout.amount for layout in self.layouts)


def find_headers(rows: Rows, wanted: str) -> list[Header]:
    """Find every header of a table of money or goods, top to bottom.

    `wanted` is "in" or "out": of two columns of amounts, which way the money went.
    """
    found: list[Header] = []
    at = 0
    while at < len(rows):
        header = _header_at(rows, at, wanted)
        if header is not None and (not found or _is_borne_out(rows, header, found)):
            found.append(header)
        at += header.depth if header else 1
    return found


def _is_borne_out(rows: Rows, header: Header, before: Sequence[Header]) -> bool:
    """Tell a further header from an entry in such words: it repeats one, or amounts follow it."""
    columns = [layout.columns for layout in header.layouts]
    if not columns or any(columns == [each.columns for each in old.layouts] for old in before):
        return True
    start = header.row + header.depth
    below = [row for row in rows[start : start + ROWS_TO_PROVE] if any(map(text_of, row))]
    amounts = [row[c] for row in below for c in header.amounts if c < len(row)]
    return any(not isinstance(a, str) or (text_of(a) and looks_numeric(a)) for a in amounts)


def most_header_like(rows: Rows) -> list[str]:
    """Return the texts of the row that comes nearest to a header, for telling what was found."""
    candidates = [[text_of(c) for c in row if c != ""] for row in rows[:200] if is_wordy(row)]
    best = max(candidates, key=lambda texts: (sum(map(_is_known, texts)), len(texts)), default=[])
    return best[:8]


def _is_known(text: str) -> bool:
    return read_heading(text) is not None


def _header_at(rows: Rows, at: int, wanted: str) -> Header | None:
    if not is_wordy(rows[at]):
        return None
    below = rows[at + 1] if at + 1 < len(rows) else ()
    if not may_head(map(folded, (*rows[at], *below))):
        return None
    single = _read(list(map(text_of, rows[at])), wanted)
    if is_wordy(below) and any(_is_known(text_of(cell)) for cell in below):
        both = _read(_stack(rows[at], below), wanted)
        alone = _read(list(map(text_of, below)), wanted)
        least = max(_size(single) + 1, _size(alone) + (single is None))
        if _size(both) >= least:
            return Header(at, 2, both or ())
    return None if single is None else Header(at, 1, single)


def _size(layouts: tuple[Layout, ...] | None) -> int:
    return sum(1 + len(each.parties) + len(each.simple) for each in layouts or ())


def is_wordy(row: Sequence[Cell]) -> bool:
    """Tell whether every filled cell is a short text, none a number or a day, as in a header."""
    filled = [cell for cell in row if cell != ""]
    return bool(filled) and all(map(_is_word, filled))


def _is_word(cell: Cell) -> bool:
    if not isinstance(cell, str):
        return False
    text = text_of(cell)
    return not looks_numeric(text) and not is_date_alone(text)


def _stack(top: Sequence[Cell], below: Sequence[Cell]) -> list[str]:
    """Join a header of two rows: a word above several columns belongs to each of them."""
    joined: list[str] = []
    above = ""
    for column in range(max(len(top), len(below))):
        own = text_of(top[column]) if column < len(top) else ""
        under = text_of(below[column]) if column < len(below) else ""
        above = own or (above if under else "")
        joined.append(_join(above, under))
    return joined


def _join(above: str, under: str) -> str:
    """Let the lower word speak if it says enough alone; else read both together."""
    if not above or not under:
        return above or under
    alone, both = read_heading(under), read_heading(above + under)
    if alone is None or alone.role == "party" or (alone.role == "amount" and both is not None):
        return above + under if both is not None else under
    return under


def _read(texts: list[str], wanted: str) -> tuple[Layout, ...] | None:
    """Read one header line; () is a list of goods, None no header."""
    headings = {
        column: heading
        for column, text in enumerate(texts)
        if len(text) <= LONGEST_HEADER and (heading := read_heading(text)) is not None
    }
    roles = [heading.role for heading in headings.values()]
    goods = roles.count("goods")
    strong = any(_is_strong(texts[column]) for column, h in headings.items() if h.role == "amount")
    if goods + ("converted" in roles) >= GOODS_ENOUGH and not strong:
        return () if len(roles) > goods or goods > GOODS_ENOUGH else None
    blocks = _side_by_side(headings)
    starts = [0, *(min(block) for block in blocks[1:]), COLUMNS_MAX]
    spans = [range(*edges) for edges in pairwise(starts)]
    found = [_layouts(*each, wanted) for each in zip(blocks, spans, strict=True)]
    return tuple(layout for layouts in found for layout in layouts) or None


def _is_strong(text: str) -> bool:
    return any(word in text for word in ("款", "现金", "资金", "交易金额", "到账"))


def _side_by_side(headings: dict[int, Heading]) -> list[dict[int, Heading]]:
    """Cut a header that repeats itself to the right into its repetitions."""
    blocks: list[dict[int, Heading]] = [{}]
    for column, heading in headings.items():
        roles = [each.role for each in blocks[-1].values()]
        if heading.role in roles and "amount" in roles:
            blocks.append({})
        blocks[-1][column] = heading
    shapes = {tuple(each.role for each in block.values()) for block in blocks}
    return blocks if len(shapes) == 1 else [headings]


def _layouts(headings: dict[int, Heading], span: range, wanted: str) -> list[Layout]:
    if not KEYS & {heading.role for heading in headings.values()}:
        return []
    amounts, rivals = _amounts(headings, wanted)
    parties = {role: _columns(headings, role) for role in PARTIES if _columns(headings, role)}
    simple = {role: _best(headings, role) for role in SIMPLE if _columns(headings, role)}
    return [
        Layout(
            column, headings[column], parties, simple, span,
            siblings=tuple(other for other in amounts if other != column), primary=not number,
            rivals=rivals,
        )
        for number, column in enumerate(amounts)
    ]  # fmt: skip


def _amounts(headings: dict[int, Heading], wanted: str) -> tuple[list[int], tuple[int, ...]]:
    """Choose the column of amounts, one for each currency if they differ in it; and its rivals.

    Of several in one currency, the column that sums them up (合计) is chosen, if there is one.
    """
    ranked = {
        column: (heading.role == "amount", heading.direction in ("", wanted), heading.rank)
        for column, heading in headings.items()
        if heading.role in ("amount", "converted")
    }
    best = [column for column, rank in ranked.items() if rank == max(ranked.values())]
    by_currency = {
        unit.currency if (unit := headings[column].unit) else "": column
        for column in reversed(best)
    }
    if len(by_currency) > 1 and "" not in by_currency:
        return sorted(by_currency.values()), ()
    sums = [column for column in ranked if headings[column].sums]
    if len(best) > 1 and len(sums) == 1 and sums[0] not in best:
        return sums, ()
    return best[:1], tuple(best[1:])


def _columns(headings: dict[int, Heading], role: str) -> tuple[int, ...]:
    return tuple(column for column, heading in headings.items() if heading.role == role)


def _best(headings: dict[int, Heading], role: str) -> int:
    return max(_columns(headings, role), key=lambda column: (headings[column].rank, -column))
