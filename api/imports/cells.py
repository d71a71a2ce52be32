"""Cells as spreadsheets hold them, and their text without hidden characters and doubled spaces."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time
from decimal import Decimal

from ledger.errors import Unreadable

Cell = str | int | float | date
"""A cell as read: text, a number (or truth value), a day (or moment); "" if empty."""

BLANKS = r"\s\u2800\u3164\uffa0"
SIGNS_HIDDEN = (
    "\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f"
)
SPACES = re.compile(f"[{BLANKS}]+")
HIDDEN = re.compile(f"[{SIGNS_HIDDEN}]")
UNCLEAN = re.compile(f"[{BLANKS}{SIGNS_HIDDEN}]")
"""What every text that is not clean has somewhere; a quick look that most texts pass."""
MARKS = "'`’‘"
"""Signs that some write before a number to keep it a text."""
FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0xFFE5: "¥", 0xFFE1: "£"}
WIDE = re.compile("[！-～￥￡]")
"""Any of `FULL_WIDTH`."""
PLACEHOLDER = re.compile("[-—–_/\\\\.。]{0,3}|无")
FORMULA_TEXT = re.compile(r'="(.*)"')
SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+\d+")
DIGITS_KEPT = 15
"""A number cell is a binary64: it keeps 15 decimal digits for sure (IEEE 754-2019, table 3.2)."""


class CellUnreadable(Unreadable):
    """One cell can't be understood; the row that holds it is handed back with the reason."""


def clean(text: str) -> str:
    """Return the text as a reader sees it: nothing hidden, one blank where blanks were."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    if not UNCLEAN.search(text):
        return text
    return SPACES.sub(" ", HIDDEN.sub("", SPACES.sub(" ", text))).strip()


def text_of(cell: Cell) -> str:
    """Return a cell's text, the same for a number or day however the file stores it."""
    if isinstance(cell, str):
        unwrapped = FORMULA_TEXT.fullmatch(cell.strip()) if "=" in cell else None
        return clean(unwrapped[1] if unwrapped else cell)
    if isinstance(cell, datetime):
        return (cell if cell.time() != time.min else cell.date()).isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".lower()
    return str(cell)


def bare(cell: Cell) -> str:
    """Return a code's text: without the apostrophe or backtick that marks a text cell."""
    text = text_of(cell)
    return clean(text.lstrip(MARKS)) if text and text[0] in MARKS else text


def half_width(text: str) -> str:
    """Write full-width letters, digits and signs as half-width; touch nothing else."""
    return text.translate(FULL_WIDTH) if WIDE.search(text) else text


def folded(cell: Cell) -> str:
    """Return the text for comparing labels: NFKC, lower case, no blanks (UAX 15, UAX 44)."""
    return unicodedata.normalize("NFKC", text_of(cell)).casefold().replace(" ", "")


def shown(cell: Cell) -> str:
    """Return the cell's text short enough to stand in a reason."""
    text = text_of(cell)
    return text if len(text) <= 30 else f"{text[:29]}…"  # noqa: PLR2004 a line's worth


def is_placeholder(text: str) -> bool:
    """Tell whether the text only says that there is nothing, such as `/` or `—`."""
    return PLACEHOLDER.fullmatch(text) is not None


def read_serial(cell: Cell) -> str | None:
    """Read a transaction number as text; None if empty.

    Raises `CellUnreadable` for a number cell longer than its digits are kept, and for the
    scientific notation such a cell leaves behind in a text file.
    """
    text = bare(cell)
    if not text:
        return None
    lost = isinstance(cell, int | float) and len(text.lstrip("-").partition(".")[0]) > DIGITS_KEPT
    if lost or SCIENTIFIC.fullmatch(text):
        raise CellUnreadable(f"交易单号存成了数字，位数已丢失：{shown(cell)} (digits lost)")
    return None if is_placeholder(text) else text
