"""The job that checks receipts: files of them, or a spreadsheet with one in each row."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from api.commands.verifying import about_of, checked_json
from api.jobs.sheets import write_text
from api.jobs.task import Json, Outcome, Task
from api.times import BEIJING
from api.verifying.groups import Target
from api.verifying.session import Checked, Session, check_all
from api.verifying.sheet import COLUMNS, cells, counts, digest, facts_of
from ledger.domain.events import CheckCount
from ledger.store.log_folder import STATUS_LIST
from ledger.store.log_objects import FileMissing

OFFICER = "tax-officer"
CHECK = "check"
SHOWN = 500


def verify(task: Task) -> Outcome:
    """Check what was handed in against the newest status list; put it on record if asked to."""
    made = task.house.jobs.now()
    session = _session(task, made)
    targets = [Target(one.path, alone=True) for one in task.handed]
    task.progress.begin(len(targets))
    checked = list(check_all(session, targets, 1, task.progress.advance))
    officer = task.acting.as_role(OFFICER) if task.arguments.get("record") else None
    about = about_of(officer, session, made)
    place = task.folder / "verified.xlsx"
    basis = [("", name, said) for name, said in facts_of(checked, about)]
    names = {str(one.path): one.name for one in task.handed}
    rows = [[_named(cell, names) for cell in cells(one)] for one in checked]
    heads = [name.rstrip(">") for name in COLUMNS]
    write_text(place, "查验结果", heads, [*rows, *basis])
    check = _recorded(task, checked, officer, digest(place.read_bytes()), about.rules, about.status)
    return Outcome(_result(checked, officer, check), {"verified.xlsx": place})


def _session(task: Task, made: datetime) -> Session:
    try:
        status = task.house.log.read(STATUS_LIST)
    except FileMissing:
        status = None
    trust = task.house.exported_trust().encode()
    payer = task.arguments.get("taxpayer") or None
    return Session(trust, status, payer, made.astimezone(BEIJING).date())


def _recorded(
    task: Task,
    checked: Sequence[Checked],
    officer: str | None,
    sheet: str,
    rules: str,
    status: str | None,
) -> str | None:
    """Put the check on record, if an officer asked for it; return its id."""
    if officer is None:
        return None
    if (known := task.kept(CHECK)) is not None:  # by a run that was killed after it
        return known.decode()
    results = [CheckCount(result=r, receipts=n) for r, n in counts(checked).items()]
    check: str = task.house.ledger.claims.checked(officer, results, sheet, rules, status)
    task.keep(CHECK, check.encode())
    task.house.publish()
    return check


def _result(checked: Sequence[Checked], officer: str | None, check: str | None) -> Json:
    """Return counts, and first of all what speaks against something."""
    first = sorted(checked, key=lambda one: one.good)[:SHOWN]
    return {
        "counts": {**counts(checked), "checked": len(checked),
                   "repeated": sum(one.twice is not None for one in checked)},
        "check": check,
        "rows": [checked_json(one, officer, check) for one in first],
    }  # fmt: skip


def _named(text: str, names: dict[str, str]) -> str:
    """Say a file's own name where the place is said that it lies at for now."""
    for place, name in names.items():
        text = text.replace(place, name).replace(place.rpartition("/")[2], name)
    return text
