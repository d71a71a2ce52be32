"""Jobs that read lists of gifts and payments: shown first, then recorded."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from api import importing
from api.commands import mappings
from api.commands.recording import given_back
from api.importing import Imported, Order
from api.importing.checks import check_totals
from api.importing.orders import worth_of
from api.importing.recording import PAYING
from api.imports.rows import SourceFile
from api.jobs.sheets import write_text
from api.jobs.task import Json, Outcome, Task
from ledger.money import Money

SHOWN = 500
"""So many rows of each status are in a result; all of them are in its files."""
ROLE_OF_IMPORT, ROLE_OF_APPROVAL = "clerk", "reviewer"


def preview(task: Task) -> Outcome:
    """Say of every row what would become of it; nothing is recorded."""
    order = order_of(task)
    files = _opened(task, order)
    return _previewed(task, files, order)


def record(task: Task) -> Outcome:
    """Record what the files hold; payments wait for another account that has seen the preview."""
    order = order_of(task)
    files = _opened(task, order)
    if task.approver is None and _pays(files):
        seen = _previewed(task, files, order)
        return Outcome(seen.result, seen.files, waits=True)
    task.progress.begin(sum(len(t.rows) for f in files for t in f.tables))
    reports = [
        report
        for file in files
        for report in importing.record(task.house, file, order, task.progress.advance)
    ]
    task.house.publish()
    return _recorded(task, reports)


def order_of(task: Task) -> Order:
    """Return how files are to be recorded; the charity is always the one that acts."""
    said = task.arguments
    mapping = mappings.of_charity(task.house.settings.data, task.charity, None)
    approver = task.approver or task.acting
    return Order(
        charity=task.charity,
        fund=said["fund"],
        kind=said.get("kind", "auto"),
        date_given=date.fromisoformat(said["date"]) if said.get("date") else None,
        exchanges=dict(importing.exchange_of(rate) for rate in said.get("rates", ())),
        proposed_by=task.acting.as_role(ROLE_OF_IMPORT),
        approved_by=approver.as_role(ROLE_OF_APPROVAL),
        cost_class=said.get("cost_class", "charitable"),
        mapping=mapping,
        unclear=said.get("unclear", "hold"),
        decided=frozenset(said.get("decided", ())),
        skipped=frozenset(said.get("skipped", ())),
    )


def _opened(task: Task, order: Order) -> list[SourceFile]:
    """Read all files whole, and check their control totals, before anything is recorded."""
    task.house.ledger.streams.fund_of(order.fund, order.charity)
    files = [importing.open_file(one.path, order, one.name) for one in task.handed]
    totals = {
        currency: Money.parse(number, currency)
        for currency, number in task.arguments.get("expect_totals", {}).items()
    }
    check_totals(files, task.arguments.get("expect_count"), totals)
    return files


def _pays(files: Sequence[SourceFile]) -> bool:
    return any(table.kind in PAYING for file in files for table in file.tables)


def _previewed(task: Task, files: Sequence[SourceFile], order: Order) -> Outcome:
    task.progress.begin(len(files))
    rows: list[Json] = []
    for file in files:
        rows += _rows(task, file, order)
        task.progress.advance()
    place = task.folder / "preview.json"
    place.write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
    counts = Counter(str(row["status"]) for row in rows)
    shown = [row for status in counts for row in _first(rows, status)]
    result = {"counts": dict(counts), "files": [_totals(f) for f in files], "rows": shown}
    return Outcome(result, {"preview.json": place})


def _first(rows: Sequence[Json], status: str) -> list[Json]:
    return [row for row in rows if row["status"] == status][:SHOWN]


def _rows(task: Task, file: SourceFile, order: Order) -> Iterator[Json]:
    for row, status, gift in importing.preview(task.house, file, order):
        worth = worth_of(row)
        yield {
            "file": file.path.name, "sheet": row.sheet, "row": row.row, "status": status,
            "gift": gift or None, "amount": str(worth) if worth else None, "reason": None,
            "cells": list(row.content) if status == "unclear" else [],
        }  # fmt: skip
    for table in file.tables:
        for refused in table.rejected:
            yield {
                "file": file.path.name, "sheet": refused.sheet, "row": refused.row,
                "status": "refused", "gift": None, "amount": None, "reason": refused.reason,
                "cells": list(refused.cells),
            }  # fmt: skip


def _totals(file: SourceFile) -> Json:
    """Return a file's control totals: its digest, kinds, rows that can be read, their sums."""
    sums: Counter[str] = Counter()
    for table in file.tables:
        for row in table.rows:
            worth = worth_of(row)
            if worth is not None:
                sums[worth.currency] += worth.minor
    return {
        "file": file.path.name,
        "sha256": file.sha256,
        "kinds": sorted({table.kind for table in file.tables}),
        "rows": sum(len(table.rows) for table in file.tables),
        "totals": {c: Money(minor, c).decimal() for c, minor in sorted(sums.items())},
    }


def _recorded(task: Task, reports: Sequence[Imported]) -> Outcome:
    """Return the JSON of the command line, and a spreadsheet of what was handed back."""
    result = {"reports": [report.as_json() for report in reports]}
    left = list(given_back(reports))
    if not left:
        return Outcome(result)
    place = task.folder / "errors.xlsx"
    write_text(place, "退回", ("文件", "表", "行", "原因", "原内容"), left)
    return Outcome(result, {"errors.xlsx": place})
