"""The sheet of a check: one line a receipt, as a spreadsheet and as a page to print and sign."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from io import BytesIO

import xlsxwriter

from api.verifying.session import Checked
from receipts.verdict import Verdict

RESULTS = {
    "valid": "有效 valid",
    "reversed": "已冲红 reversed",
    "replaced": "已被取代或换开 replaced",
    "not_eligible": "无扣除资格 not eligible",
    "mismatch": "内容不符 mismatch",
    "untrusted": "不可信 untrusted",
    "not_found": "查无此票 not found",
}
COLUMNS = (
    "文件 file", "行 row", "票据代码 code", "票据号码 number", "开票日期 issued on",
    "金额（元） amount", "结果 result", "扣除类别 class", "开票单位 issuer",
    "统一社会信用代码 credit code",
    "已申报扣除（元） claimed", "余额（元） remaining", "重复 repeats", "说明 why",
)  # fmt: skip
FACTS = ("code", "number", "issued_on", "amount")
MORE = ("issuer", "issuer_uscc", "claimed", "remaining")


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a check rests on: who checked, when, by which trust file, rules and status list."""

    made: datetime
    officer: str | None
    origin: str
    authority: str
    trust: str
    rules: str
    status: str | None
    status_day: str | None
    size: int | None
    root: str | None


def counts(checked: Sequence[Checked]) -> dict[str, int]:
    """Count results, in the order of `RESULTS`."""
    found = Counter(one.verdict.result for one in checked)
    return {result: found[result] for result in RESULTS if found[result]}


def why(verdict: Verdict) -> str:
    """Say what speaks against a receipt, all of it."""
    return "；".join(step.says for step in verdict.steps if not step.ok)


def cells(one: Checked) -> list[str]:
    """Return a line of the sheet."""
    said, verdict = one.verdict.receipt, one.verdict
    return [
        one.path.name.encode(errors="backslashreplace").decode(),
        "" if one.row is None else str(one.row),
        *(said.get(name, "") for name in FACTS),
        RESULTS[verdict.result],
        verdict.deduction_class,
        *(said.get(name, "") for name in MORE),
        "" if one.twice is None else str(one.twice),
        why(verdict),
    ]


def written(checked: Sequence[Checked], about: About) -> bytes:
    """Return the sheet as .xlsx; every cell is text, so that none is run or rounded."""
    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": about.made.replace(tzinfo=None)})
        sheet = book.add_worksheet("查验结果")
        for column, name in enumerate(COLUMNS):
            sheet.write_string(0, column, name)
        for line, one in enumerate(checked, 1):
            for column, text in enumerate(cells(one)):
                sheet.write_string(line, column, text)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, len(checked), len(COLUMNS) - 1)
        _write_about(book.add_worksheet("查验依据"), checked, about)
    return content.getvalue()


def _write_about(
    sheet: xlsxwriter.worksheet.Worksheet, checked: Sequence[Checked], about: About
) -> None:
    for line, (name, said) in enumerate(facts_of(checked, about)):
        sheet.write_string(line, 0, name)
        sheet.write_string(line, 1, said)


def facts_of(checked: Sequence[Checked], about: About) -> list[tuple[str, str]]:
    """Return what the check rests on and what it found, by name, for people."""
    listed = [
        ("查验时间 checked at", about.made.isoformat(timespec="seconds")),
        ("查验人员 officer", about.officer or "—"),
        ("账本 log", about.origin),
        ("主管机关密钥 authority's key", about.authority),
        ("信任文件 trust file (SHA-256)", about.trust),
        ("扣除规则表 rule table (SHA-256)", about.rules),
        ("状态清单 status list (SHA-256)", about.status or "未提供 none"),
        ("状态清单日期 its day", about.status_day or "—"),
        ("账本条数 log size", "—" if about.size is None else str(about.size)),
        ("账本根 log root", about.root or "—"),
        ("票据张数 receipts", str(len(checked))),
    ]
    return listed + [(RESULTS[result], str(count)) for result, count in counts(checked).items()]


def printed(
    checked: Sequence[Checked], about: About, sheet: str | None, recorded: str | None
) -> bytes:
    """Return the sheet as one page of HTML to print, which fetches nothing from anywhere.

    `sheet` is the digest of the .xlsx that goes with it, `recorded` names the check on record.
    """
    from api.templates import TEMPLATES  # noqa: PLC0415 most checks print no page

    facts = facts_of(checked, about)
    facts += [("结果表 sheet (SHA-256)", sheet)] if sheet else []
    facts += [("账本记录 on record as", recorded)] if recorded else []
    text = TEMPLATES.get_template("check_sheet.html").render(
        facts=facts, columns=COLUMNS, rows=[cells(one) for one in checked]
    )
    return text.encode()


def digest(data: bytes) -> str:
    """Return the SHA-256 of bytes in hex."""
    return sha256(data).hexdigest()
