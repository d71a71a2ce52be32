"""Jobs that make out the receipts of many gifts, and list the receipts of a year."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from api.book_register import COLUMNS, row_of
from api.commands.receipting import summary_of
from api.jobs.sheets import write_text
from api.jobs.task import Json, Outcome, Task
from api.receipt_desk import IssuedReceipt, NotIssued, ReceiptDesk
from api.working import cores
from ledger.domain.days import day_in_china
from ledger.errors import Unreadable
from ledger.money import Money
from projections import gift_index, receipt_register

PLAN = "plan"
SHOWN = 500


class DaysBackwards(Unreadable):
    """A range of days ends before it begins."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"the days end on {last}, before they begin on {first}")


def issue(task: Task) -> Outcome:
    """Make out a receipt for each gift of the days that has none; zip the files.

    Which gifts those are is written down first: a run that was killed is gone on with, and tells
    of all of them, whichever run made them out.
    """
    plan = _plan(task)
    folder = task.folder / "receipts"
    folder.mkdir()
    task.progress.begin(len(plan))
    made_on = day_in_china(task.house.jobs.now())
    desk = ReceiptDesk(
        task.house, task.charity, folder, made_on, None, task.arguments.get("area"),
        deductible=bool(task.arguments.get("deductible")), jobs=max(1, cores() // 2),
    )  # fmt: skip
    outcomes = list(desk.issue(plan, task.progress.advance))
    issued = [o for o in outcomes if isinstance(o, IssuedReceipt)]
    left = [o for o in outcomes if isinstance(o, NotIssued) and not o.printed]
    before = [o.gift for o in outcomes if isinstance(o, NotIssued) and o.printed]
    made = [*issued, *(_made_before(task, desk, gift) for gift in before)]
    return _issued(task, made, left, len(before))


def _plan(task: Task) -> list[str]:
    """Return the gifts of these days that had no receipt when the job first began."""
    known = task.kept(PLAN)
    if known is not None:
        found: list[str] = json.loads(known)
        return found
    first, last = (date.fromisoformat(task.arguments[name]) for name in ("from", "to"))
    if last < first:
        raise DaysBackwards(first, last)
    task.house.ledger.streams.charity(task.charity)
    task.house.runner.catch_up()
    gifts = gift_index.gifts_between(task.house.runner, task.charity, first, last)
    plan = [one for one in gifts if task.house.ledger.streams.gift(one).receipt is None]
    task.keep(PLAN, json.dumps(plan).encode())
    return plan


def _made_before(task: Task, desk: ReceiptDesk, gift: str) -> IssuedReceipt:
    """Tell of a receipt that an earlier run of the job made out, and this one printed again."""
    known = task.house.ledger.streams.gift(gift)
    assert known.receipt is not None, "it was printed"
    code, number = known.receipt
    amount = task.house.ledger.streams.receipt(code, number).amount
    place = desk.path_of(code, number)
    return IssuedReceipt(gift, code, number, "", amount.decimal(), place, known.booked)


def _issued(
    task: Task, made: Sequence[IssuedReceipt], left: Sequence[NotIssued], before: int
) -> Outcome:
    """Return which receipts there are now, and for which gifts there is none and why."""
    result: Json = {
        "issued": [
            {"gift": i.gift, "code": i.code, "number": i.number, "amount": i.amount,
             "file": i.path.name} for i in made[:SHOWN]
        ],
        "not_issued": [{"gift": n.gift, "reason": n.reason} for n in left[:SHOWN]],
        "summary": summary_of(made, left),
        "made_before_an_interruption": before,
    }  # fmt: skip
    files = {}
    if printed := sorted((task.folder / "receipts").glob("*.pdf")):
        files["receipts.zip"] = _zipped(task.folder / "receipts.zip", printed)
    if left:
        place = files["not-receipted.xlsx"] = task.folder / "not-receipted.xlsx"
        lines = [(n.gift, n.booked.currency, n.booked.decimal(), n.reason) for n in left]
        write_text(place, "未开具", ("捐赠", "币种", "金额", "原因"), lines)
    return Outcome(result, files)


def _zipped(place: Path, files: Iterable[Path]) -> Path:
    """Put files into a zip as they are: a PDF is packed already."""
    with zipfile.ZipFile(place, "x", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.write(file, file.name)
    return place


def export(task: Task) -> Outcome:
    """List the receipts of a year as a spreadsheet: every number and its fate, with the sums."""
    year = int(task.arguments["year"])
    known = task.house.ledger.streams.charity(task.charity)
    task.house.runner.catch_up()
    register = receipt_register.of(task.house.runner, task.charity, None)
    lines = [line for line in register.lines if line.day and line.day.year == year]
    task.progress.begin(len(lines))
    place = task.folder / "receipts.xlsx"
    heads = [name.rstrip(">") for name in COLUMNS]
    rows = [[cell or "" for cell in row_of(line)] for line in lines]
    write_text(place, f"{year} 票据", heads, rows)
    task.progress.advance(len(lines))
    fates = {line.fate for line in lines}
    result = {
        "year": year,
        "charity": known.name,
        "receipts": sum(line.count for line in lines),
        "by_fate": {
            fate: {
                "count": sum(line.count for line in lines if line.fate == fate),
                "amount": Money(
                    sum(line.fen or 0 for line in lines if line.fate == fate)
                ).decimal(),
            }
            for fate in sorted(fates)
        },
    }
    return Outcome(result, {"receipts.xlsx": place})
