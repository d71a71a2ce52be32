"""The demonstration: the whole main job on the sample charity, safe to repeat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources
from pathlib import Path

from rich.table import Table

from api import importing, status_export
from api.answers import DONE, WRONG, Answer, progress, table
from api.audit import audit_database, audit_log
from api.commands.asking import PERSON
from api.importing import Imported, Order
from api.receipt_desk import IssuedReceipt, NotIssued, ReceiptDesk
from api.times import BEIJING, written
from api.units import grouped, unit_words
from api.verifying import groups
from api.wiring import House
from ledger.domain.axis import RULE
from ledger.money import PLACES, Money
from ledger.proof.encoding import b64, b64url
from ledger.store.durable import write_atomically
from ledger.store.log_folder import STATUS_LIST, LogFolder, export
from projections import directory, gift_index, trace_queries
from projections.trace_queries import Segment
from receipts.status import DAYS_GOOD, StatusList
from receipts.verify import Verifier

USCC = "532300000000000198"
"""A made-up code of the right form: region and number belong to nobody."""

CHARITY = "示例扶贫基金会（样张）"
FUND = "定点帮扶资金（样张）"
NOTICE = "示例公告2025年第9号"
BOOK = ("230501", 1, 5000)
"""The book's code without its year, and its numbers."""

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
RATE = "USD:7.0865:1:2026-10-12:示例中间价"
SAMPLE = (
    "捐款名单-20261013.xlsx",
    "捐款名单-20261013-更正标题后重新公布.xlsx",
    "扫码捐款-202610.csv",
    "拨付明细-202610.csv",
    "物资接收-202610.xlsx",
    "物资发放-202610.json",
)
KIND_WORDS = {
    "gifts": "捐赠 {} 笔", "payments": "支出 {} 笔", "goods-received": "受赠物资 {} 行",
    "goods-issued": "发放物资 {} 行",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Chapter:
    """One step of the story: what was done, what came of it, whether it went well."""

    title: str
    outcome: str
    ok: bool = True


def run(house: House, folder: Path) -> Answer:
    """Do the main job and tell it as a table; receipts and the exported log go into `folder`."""
    fund = _set_up(house)
    reports = _import(house, fund)
    story = [_told_of_import(reports), *_told_of_money(house, fund)]
    story += [*_receipts(house, folder / "receipts"), _verified(house, folder / "receipts")]
    story += _audited(house, folder / "log")
    ok = all(chapter.ok for chapter in story)
    data = {
        "story": [{"step": c.title, "outcome": c.outcome, "ok": c.ok} for c in story],
        "imported": [r.as_json() for r in reports],
        "fund": fund,
        "receipts": str(folder / "receipts"),
        "log": str(folder / "log"),
        "trust": str(house.settings.data / "trust.json"),
    }
    shown = [_import_table(reports), _trace_table(house, fund), _story_table(story)]
    return Answer(data, shown, DONE if ok else WRONG, _closing_lines(folder))


def _set_up(house: House) -> str:
    ledger = house.ledger
    house.keys.create(USCC)
    signer = house.keys.signer_of(USCC)
    ledger.organisations.register_charity(
        USCC, CHARITY, signer.kid, b64url(signer.public.public_bytes_raw())
    )
    ledger.organisations.grant_eligibility(USCC, date(2026, 1, 1), date(2028, 12, 31), NOTICE, 3)
    code, first, last = BOOK
    year = datetime.now(BEIJING).year % 100
    ledger.organisations.allot_numbers(USCC, f"{code}{year:02d}", first, last)
    house.publish()
    known = [f.fund for f in directory.funds(house.runner, USCC) if f.name == FUND]
    return known[0] if known else ledger.funds.open_fund(USCC, FUND, "general", None, None)


def _import(house: House, fund: str) -> list[Imported]:
    order = Order(charity=USCC, fund=fund, exchanges=dict([importing.exchange_of(RATE)]))
    reports = []
    for name in SAMPLE:
        with resources.as_file(resources.files("api") / "sample" / name) as path:
            file = importing.open_file(path, order)
            reports += importing.record(house, file, order, lambda _: None)
    house.publish()
    return reports


def _told_of_import(reports: list[Imported]) -> Chapter:
    new = Counter[str]()
    for report in reports:
        new[report.kind] += report.recorded
    told = "、".join(KIND_WORDS[kind].format(count) for kind, count in new.items())
    already = sum(r.already for r in reports)
    refused = sum(len(r.rejected) for r in reports)
    return Chapter(
        "导入 import", f"新记{told}；已有 {already} 行未重复入账；退回 {refused} 行并注明原因"
    )


def _told_of_money(house: House, fund: str) -> list[Chapter]:
    found, position = trace_queries.balances(house.runner, fund)
    sums = "；".join(
        f"收 {grouped(b.received, b.unit)} = 支 {grouped(b.disbursed, b.unit)} + "
        f"余 {grouped(b.balance, b.unit)} {b.unit}"
        for b in found
        if b.unit in PLACES
    )
    goods = "；".join(
        f"{unit_words(b.unit)} 收 {grouped(b.received, b.unit)} 发 {grouped(b.disbursed, b.unit)}"
        f" 余 {grouped(b.balance, b.unit)}"
        for b in found
        if b.unit not in PLACES
    )
    conserved = all(
        b.received + b.transferred_in == b.transferred_out + b.disbursed + b.returned + b.balance
        for b in found
    )
    stamp = f"（截至第 {position.size} 条，{written(position.time)}）"
    return [Chapter("资金 fund", sums + stamp, conserved), Chapter("物资 goods", goods, conserved)]


def _receipts(house: House, folder: Path) -> list[Chapter]:
    gifts = gift_index.gifts_between(house.runner, USCC, FIRST, LAST)
    desk = ReceiptDesk(house, USCC, folder, datetime.now(BEIJING).date())
    with progress("开具票据 receipts", len(gifts)) as advance:
        outcomes = list(desk.issue(gifts, advance))
    new = sum(isinstance(o, IssuedReceipt) for o in outcomes)
    reasons = Counter(o.short for o in outcomes if isinstance(o, NotIssued))
    others = "；".join(f"{n} 笔未开：{reason}" for reason, n in reasons.items())
    return [Chapter("票据 receipts", f"新开 {new} 张" + (f"；{others}" if others else ""))]


def _verified(house: House, folder: Path) -> Chapter:
    files = [groups.Target(path, alone=False) for path in sorted(folder.glob("*.pdf"))]
    trust = house.trust()
    listed = status_export.export(house, datetime.now(BEIJING).date(), DAYS_GOOD)
    write_atomically(folder.with_name(STATUS_LIST), listed.data)
    house.log.replace(STATUS_LIST, listed.data)
    verifier = Verifier(trust, StatusList.parse(listed.data, trust))
    results = Counter(
        verdict.result
        for group in groups.grouped(files)
        for verdict in verifier.verify_all([target.path.read_bytes() for target in group])
    )
    told = "；".join(f"{result} {count} 张" for result, count in sorted(results.items()))
    told += f"（状态清单截至第 {listed.as_of.size} 条，{listed.entries} 张）"
    return Chapter("离线查验 verify", told, set(results) == {"valid"})


def _audited(house: House, folder: Path) -> list[Chapter]:
    house.integrator.integrate()
    seen = export(house.log, house.integrator.vkey, folder)
    trust = house.trust()
    alone = audit_log(LogFolder(folder).read, trust.log, trust.authority)
    inside = audit_database(house)
    told = "签名、树、检查点、金额守恒、票据号码" + ("全部通过" if not alone.findings else "有不符")
    within = "逐行核对，视图与重建一致" if not inside.findings else "; ".join(inside.findings[:3])
    return [
        Chapter("公开账本 log", f"{seen.size} 条，根 {b64(seen.root)[:16]}…"),
        Chapter("外部审计 audit --log", told, not alone.findings),
        Chapter("数据库审计 audit", within, not inside.findings),
    ]


def _import_table(reports: list[Imported]) -> Table:
    columns = ("文件 file", "新记 new>", "已有 known>", "退回 refused>", "合计 total>")
    rows = [
        (
            r.path.name,
            r.recorded,
            r.already,
            len(r.rejected),
            "\n".join(f"{Money(n, c).grouped()} {c}" for c, n in sorted(r.totals.items())),
        )
        for r in reports
    ]
    shown = table("一、导入真实格式的名单 files in", columns, rows)
    for report in reports:
        for row in report.rejected:
            shown.add_row(f"  ↳ 第 {row.row} 行退回：{row.reason}")
    return shown


def _trace_table(house: House, fund: str) -> Table:
    trace = next(t for t in trace_queries.trace_fund(house.runner, fund) if t.unit == "CNY")
    columns = ("每一分从 fen>", "到 to>", "金额 amount>", "捐赠 gift", "收款方 payee", "日期 date")
    shown = table(f"二、每一分钱的去向 every fen — {RULE}", columns, [])
    for segment in trace.segments:
        shown.add_row(*_segment_row(segment))
    return shown


def _segment_row(segment: Segment) -> list[str]:
    return [
        f"{segment.start:,}",
        f"{segment.end:,}",
        grouped(segment.end - segment.start, segment.unit),
        f"{segment.gift[:13]}…",
        segment.payee or PERSON,
        segment.day.isoformat() if segment.day else "—",
    ]


def _story_table(story: list[Chapter]) -> Table:
    rows = [(c.title, "✓" if c.ok else "✗", c.outcome) for c in story]
    return table("三、结果 what happened", ("步骤 step", "", "结果 outcome"), rows)


def _closing_lines(folder: Path) -> list[str]:
    return [
        f"票据 PDF 在 {folder / 'receipts'}，公开账本在 {folder / 'log'}。试一试 try:",
        f"  .venv/bin/donation-ledger verify {_shown(folder / 'receipts')} "
        f"--status {_shown(folder / STATUS_LIST)}",
        f"  .venv/bin/donation-ledger audit --log {_shown(folder / 'log')}",
    ]


def _shown(path: Path) -> Path:
    """Return a path as short as it can be typed here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
