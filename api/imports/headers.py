"""Find the header of a table and say which of its columns holds what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from api.imports.amounts import Unit, find_unit, looks_numeric
from api.imports.cells import Cell, folded, text_of
from api.imports.dates import is_date_alone
from api.imports.header_words import (
    LONGEST_HEADER,
    Heading,
    may_head,
    read_aside,
    read_heading,
)
from api.imports.roles import (
    ASIDE_ROLES,
    GOODS_ROLES,
    MONEY_ROLES,
    PARTY_ROLES,
    SIMPLE_ROLES,
    Mapping,
)

Rows = Sequence[Sequence[Cell]]

KEYS = {*PARTY_ROLES, "serial", "date"}
"""A table of money has a column of amounts and at least one of these."""
SURE = 9
"""The rank of what a mapping says: above any guess."""
GOODS_ENOUGH = 2
ROWS_TO_PROVE = 10
PLAIN_NUMBER = re.compile(r"\s*-?[0-9][0-9,.]*\s*")
"""The commonest text that no header has: a quick look before the full one."""
COLUMNS_MAX = 16_384
"""Columns a sheet can have (ECMA-376-1, Excel's own limit)."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns (from 0) of one table; `span` are those it has, mapped or not.

    `siblings` are further columns of amounts, in other currencies; the table of the first of
    them is `primary` and speaks for the rows. `rivals` are columns whose headers speak of
    amounts in the same currency just as surely. `asides` are columns that say more of a row than
    is recorded of it: `balance`, `refund`, `trade`, further ones of `note` and `date`, and
    `other`, the column of the amounts that went the other way.
    """

    amount: int
    heading: Heading
    parties: dict[str, tuple[int, ...]]
    simple: dict[str, int]
    span: range
    siblings: tuple[int, ...] = ()
    primary: bool = True
    rivals: tuple[int, ...] = ()
    asides: dict[str, tuple[int, ...]] = field(default_factory=dict)

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


def find_headers(rows: Rows, wanted: str, mapping: Mapping | None = None) -> list[Header]:
    """Find every header of a table of money or goods, top to bottom.

    `wanted` is "in" or "out": of two columns of amounts, which way the money went. A header that
    the mapping knows is one whatever its words, and its columns hold what the mapping says.
    """
    found: list[Header] = []
    at = 0
    while at < len(rows):
        named = _named_at(rows, at, wanted, mapping) if mapping else None
        header = named or _header_at(rows, at, wanted)
        if named is not None:
            found.append(named)
            at += named.depth
            continue
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


def _named_at(rows: Rows, at: int, wanted: str, mapping: Mapping) -> Header | None:
    """Return the header the mapping knows in this row, or in this row and the next."""
    lines = [list(map(text_of, rows[at]))]
    if at + 1 < len(rows) and is_wordy(rows[at]):
        lines.append(_stack(rows[at], rows[at + 1]))
    for depth, texts in enumerate(lines, 1):
        roles = mapping.roles_for(texts)
        if roles is not None:
            return Header(at, depth, _read(texts, wanted, roles) or ())
    return None


def texts_of(rows: Rows, header: Header) -> list[str]:
    """Return a header's texts by column, a header of two rows read as one."""
    top = rows[header.row]
    return list(map(text_of, top)) if header.depth == 1 else _stack(top, rows[header.row + 1])


def _size(layouts: tuple[Layout, ...] | None) -> int:
    return sum(1 + len(each.parties) + len(each.simple) for each in layouts or ())


def is_wordy(row: Sequence[Cell]) -> bool:
    """Tell whether every filled cell is a short text, none a number or a day, as in a header."""
    filled = [cell for cell in row if cell != ""]
    for cell in filled:
        if not isinstance(cell, str) or PLAIN_NUMBER.fullmatch(cell):
            return False
    return bool(filled) and all(map(_is_word, map(text_of, filled)))


def _is_word(text: str) -> bool:
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


def _read(
    texts: list[str], wanted: str, said: dict[int, str] | None = None
) -> tuple[Layout, ...] | None:
    """Read one header line, with the roles said of its columns; () is goods, None no header."""
    headings = {
        column: heading
        for column, text in enumerate(texts)
        if len(text) <= LONGEST_HEADER and (heading := read_heading(text)) is not None
    }
    headings = _as_said(texts, headings, said) if said else headings
    roles = [heading.role for heading in headings.values()]
    goods = roles.count("goods")
    amounts = [column for column, h in headings.items() if h.role == "amount"]
    strong = any(_is_strong(texts[c]) or headings[c].rank >= SURE for c in amounts)
    if goods + ("converted" in roles) >= GOODS_ENOUGH and not strong:
        return () if len(roles) > goods or goods > GOODS_ENOUGH else None
    if _is_summary(headings):
        return None
    blocks = _side_by_side(headings)
    starts = [0, *(min(block) for block in blocks[1:]), COLUMNS_MAX]
    spans = [range(*edges) for edges in pairwise(starts)]
    asides = _asides(texts, headings, said or {})
    found = [_layouts(*each, wanted, asides) for each in zip(blocks, spans, strict=True)]
    return tuple(layout for layouts in found for layout in layouts) or None


def _as_said(
    texts: Sequence[str], guessed: dict[int, Heading], said: dict[int, str]
) -> dict[int, Heading]:
    """Let what is said of a column replace the guess, and every guess of the same role."""
    given = {c: _heading(role, texts[c], guessed.get(c)) for c, role in said.items()}
    taken = {heading.role for heading in given.values() if heading} - {"goods"}
    taken |= {"converted"} if "amount" in taken else set()
    kept = {c: h for c, h in guessed.items() if c not in given and h.role not in taken}
    merged = kept | {column: heading for column, heading in given.items() if heading}
    return dict(sorted(merged.items()))


def _heading(role: str, text: str, guess: Heading | None) -> Heading | None:
    """Return what is said of a column; of two said to hold the same, the guess tells the surer."""
    said = "amount" if role in MONEY_ROLES else "goods" if role in GOODS_ROLES else role
    rank = SURE + (guess.rank if guess and guess.role == said else 0)
    if said == "amount":
        return Heading("amount", rank, find_unit(text), role.partition("-")[2])
    return Heading(said, rank) if said in ("goods", *PARTY_ROLES, *SIMPLE_ROLES) else None


def _is_summary(headings: dict[int, Heading]) -> bool:
    """Tell the line of a statement's totals from a header: it sums up both ways, and no more."""
    amounts = [heading for heading in headings.values() if heading.role == "amount"]
    return {h.direction for h in amounts} == {"in", "out"} and all(h.sums for h in amounts)


def _asides(
    texts: Sequence[str], headings: dict[int, Heading], said: dict[int, str]
) -> dict[str, tuple[int, ...]]:
    told = {c: role for c, text in enumerate(texts) if (role := read_aside(text))}
    given = {c: role for c, role in said.items() if role in ASIDE_ROLES}
    taken = set(given.values())
    kept = {c: role for c, role in told.items() if c not in said and c not in headings}
    found = {c: role for c, role in kept.items() if role not in taken} | given
    return {role: tuple(c for c in found if found[c] == role) for role in found.values()}


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


def _layouts(
    headings: dict[int, Heading], span: range, wanted: str, asides: dict[str, tuple[int, ...]]
) -> list[Layout]:
    sure = any(h.role == "amount" and h.rank >= SURE for h in headings.values())
    if not sure and not KEYS & {heading.role for heading in headings.values()}:
        return []
    amounts, rivals = _amounts(headings, wanted)
    parties = {role: _columns(headings, role) for role in PARTY_ROLES if _columns(headings, role)}
    simple = {role: _best(headings, role) for role in SIMPLE_ROLES if _columns(headings, role)}
    return [
        Layout(
            column, headings[column], parties, simple, span,
            siblings=tuple(other for other in amounts if other != column), primary=not number,
            rivals=rivals, asides=_within(headings, span, column, asides),
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


def _within(
    headings: dict[int, Heading], span: range, amount: int, asides: dict[str, tuple[int, ...]]
) -> dict[str, tuple[int, ...]]:
    """Return the asides of one table, with its further notes and the column of the other way."""
    own = headings[amount]
    other = {"in": "out", "out": "in"}.get(own.direction)
    opposite = [c for c, h in headings.items() if h.role == "amount" and h.direction == other]
    units = {headings[c].unit for c in opposite} | {own.unit}
    found = {role: tuple(c for c in columns if c in span) for role, columns in asides.items()}
    for role in ("note", "date"):
        more = [c for c in _columns(headings, role) if c != _best(headings, role)]
        found[role] = tuple(sorted(more, key=lambda c: -headings[c].rank))
    if other and len({unit.currency if unit else "" for unit in units}) == 1:
        found["other"] = tuple(sorted(opposite, key=lambda c: -headings[c].rank)[:1])
    return {role: columns for role, columns in found.items() if columns}


def _columns(headings: dict[int, Heading], role: str) -> tuple[int, ...]:
    return tuple(column for column, heading in headings.items() if heading.role == role)


def _best(headings: dict[int, Heading], role: str) -> int:
    return max(_columns(headings, role), key=lambda column: (headings[column].rank, -column))
