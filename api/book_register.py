"""The register of receipts as JSON, as lines for people, and as a workbook to print and file."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import xlsxwriter

from ledger.domain.organisations import Organisation
from ledger.money import Money
from ledger.store.durable import write_atomically
from projections.receipt_register import Line, Register

COLUMNS = ("代码 code", "号码 numbers", "份数 count>", "状态 fate", "日期 date", "金额 amount>",
           "相关票据 see")  # fmt: skip
FATE_WORDS = {
    "allotted": "领用",
    "issued": "已开具",
    "exchanged": "已换开纸质",
    "reversed": "已冲红",
    "red": "红字票据",
    "paper": "纸质票据",
    "lost": "遗失",
    "spoiled": "毁损",
    "handed-back": "交回",
    "unused": "未用",
}
SEE_WORDS = {
    "reversed": "由红字票据冲销",
    "reverses": "冲销",
    "replaced": "重开为",
    "exchanged": "换开纸质",
    "taken back": "纸质已收回",
}
WIDTHS = (12, 26, 8, 22, 12, 16, 60)


def as_json(found: Register, lines: int | None) -> dict[str, object]:
    """Return the register for scripts, up to so many lines; the counts are of all of them."""
    shown = found.lines[:lines]
    return {
        "counts": found.counts,
        "adds_up": found.adds_up,
        "numbers": [_line(line) for line in shown],
        "left_off": len(found.lines) - len(shown),
    }


def _line(line: Line) -> dict[str, object]:
    return {
        "code": line.code,
        "first": f"{line.first:010d}",
        "last": f"{line.last:010d}",
        "count": line.count,
        "fate": line.fate,
        "date": line.day.isoformat() if line.day else None,
        "amount": _amount(line),
        "see": [{"mark": s.mark, "code": s.code, "number": s.number} for s in line.see],
    }


def _amount(line: Line) -> str | None:
    return None if line.fen is None else Money(line.fen).decimal()


def row_of(line: Line) -> tuple[str | None, ...]:
    """Return the cells of a line, under `COLUMNS`."""
    numbers = f"{line.first:010d}"
    if line.count > 1:
        numbers += f" - {line.last:010d}"
    see = "；".join(f"{SEE_WORDS[s.mark]} {s.code} {s.number}" for s in line.see)
    day = line.day.isoformat() if line.day else None
    fate = f"{FATE_WORDS[line.fate]} {line.fate}"
    return (line.code, numbers, str(line.count), fate, day, _amount(line), see or None)


def count_words(found: Register) -> dict[str, object]:
    """Return the counts as people read them."""
    return {f"{FATE_WORDS[fate]} {fate}": count for fate, count in found.counts.items()}


def write_workbook(path: Path, known: Organisation, found: Register) -> None:
    """Write the register of an organisation as a workbook: landscape, its head on every page."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("票据登记簿")
        sheet.set_landscape()
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0, 1)
        sheet.write_string(0, 0, f"捐赠票据登记簿  {known.name}  {known.id}")
        for column, (title, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
            sheet.set_column(column, column, width)
            sheet.write_string(1, column, title.rstrip(">"))
        rows = [*map(row_of, found.lines), *_counted(found)]
        for at, row in enumerate(rows, start=2):
            for column, cell in enumerate(row):
                sheet.write_string(at, column, cell or "")
    write_atomically(path, content.getvalue())


def _counted(found: Register) -> list[tuple[str, ...]]:
    return [("合计", words, str(count)) for words, count in count_words(found).items()]
