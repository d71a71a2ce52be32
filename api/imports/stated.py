"""What the lines around a statement say of it: its balances, its totals, its account."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import pairwise

from api.imports.cells import Cell, folded, half_width, text_of
from api.imports.prose import line_of

Lines = Sequence[Sequence[Cell]]

OPENING = "(?:期初|上期|上日|上年|昨日|起始|承前)(?:余额|结余|结转)|承前页"
CLOSING = "(?:期末|本期|截止|终止|最终)(?:余额|结余)"
SUMMED = "(?:总?金额|发生额)?(?:合计|总计|总额|总和)?"
INCOME = f"总?(?:收入|贷方|转入|存入){SUMMED}"
SPENDING = f"总?(?:支出|借方|转出|支取){SUMMED}"
WORDS = {"opening": OPENING, "closing": CLOSING, "income": INCOME, "spending": SPENDING}
FIGURE = r"[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d{1,2})?(?![\d.,*]*[\d*笔万亿%])"
BETWEEN = (
    r"(?:\((?:元|[+-]元)\))?[:\s]*(?:共?\s*\d+\s*笔[,\s]*)?(?:共计?|计)?\s*(?:人民币|cny|rmb|¥)*\s*"
)
STATED = {
    name: re.compile(rf"(?:^|[\s#,;。(])(?:{words}){BETWEEN}(?P<figure>{FIGURE})")
    for name, words in WORDS.items()
}
LABELS = {
    name: re.compile(rf"(?:{words})(?:\([^()]*\))?:?") for name, words in WORDS.items()
}  # fmt: skip
LONE_FIGURE = re.compile(rf"(?:¥|人民币|cny|rmb)?\s*(?P<figure>{FIGURE})\s*元?")
ACCOUNT = re.compile(
    r"(?:[账帐]\s*[号户]|卡\s*号|户\s*号|商户号)[^\d*]{0,12}(?P<number>[\d*][\d*\s-]*)"
)
DIGITS_SHOWN = 4


def find_stated(lines: Lines) -> dict[str, int]:
    """Return the opening, closing, income and spending that lines state once, in fen."""
    found: dict[str, set[int]] = {name: set() for name in WORDS}
    for line in lines:
        text = half_width(line_of(line)).lower()
        for name, rule in STATED.items():
            found[name] |= {_fen(match["figure"]) for match in rule.finditer(text)}
    for name, figure in _below_labels(lines):
        found[name].add(figure)
    return {name: figures.pop() for name, figures in found.items() if len(figures) == 1}


def _below_labels(lines: Lines) -> Iterator[tuple[str, int]]:
    """Yield the figures that stand in the row below their label."""
    for line, below in pairwise(lines):
        for cell, under in zip(line, below, strict=False):
            figure = LONE_FIGURE.fullmatch(half_width(text_of(under)).lower())
            if figure is not None:
                named = (name for name in LABELS if LABELS[name].fullmatch(folded(cell)))
                yield from ((name, _fen(figure["figure"])) for name in named)


def _fen(figure: str) -> int:
    return int(Decimal(figure.replace(",", "").replace("−", "-")).scaleb(2))


def label_of(cells: Sequence[Cell]) -> str | None:
    """Tell whether a row is labelled as the opening or the closing balance; None if neither."""
    for name in ("opening", "closing"):
        if any(LABELS[name].fullmatch(folded(cell)) for cell in cells if isinstance(cell, str)):
            return name
    return None


def find_account(lines: Lines) -> str | None:
    """Return the last four digits of the one account that lines above a table name."""
    named = (ACCOUNT.search(half_width(line_of(line))) for line in lines)
    digits = {re.sub(r"[^\d]", "", match["number"])[-DIGITS_SHOWN:] for match in named if match}
    whole = {each for each in digits if len(each) == DIGITS_SHOWN}
    return whole.pop() if len(whole) == 1 else None
