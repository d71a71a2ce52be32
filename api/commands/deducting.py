"""The command that works out the deduction of a case and explains every figure."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from rich.table import Table

from api.answers import Answer, facts, table
from api.arguments import Commands, command, day
from api.deducting.answering import Json, by_year, enterprise_answer, person_answer
from api.deducting.reference import rule_table
from api.deducting.words import COLUMNS, row_name, says
from api.deducting.worksheet import Sheet, enterprise_sheets, person_sheets, workbook
from ledger.domain.deduction import enterprise, enterprise_steps, person, person_steps
from ledger.domain.deduction.case_reading import parse_cases
from ledger.domain.deduction.cases import Case, EnterpriseCase, PersonCase
from ledger.domain.deduction.form import rows_of
from ledger.domain.deduction.reading import BYTES_MAX
from ledger.domain.deduction.steps import Step
from ledger.domain.deduction.table import RuleTable
from ledger.domain.deduction.table_reading import parse_table
from ledger.errors import Unreadable
from ledger.store.durable import write_atomically


class FileUnusable(Unreadable):
    """A file that was named can't be read or written."""

    def __init__(self, path: Path, why: str, wanted: str) -> None:
        super().__init__(f"{path}: {why}; {wanted}")


class OneCaseASheet(Unreadable):
    """A worksheet holds one case."""

    def __init__(self, cases: int) -> None:
        super().__init__(f"--xlsx writes one case, the file has {cases}; give one case a file")


@dataclass(frozen=True, slots=True)
class Told:
    """One case worked out: its JSON, its tables for people, and its sheets."""

    data: Json
    tables: tuple[Table, ...]
    sheets: tuple[Sheet, ...]


def declare(commands: Commands) -> None:
    """Declare the command on deductions."""
    added = command(commands, "deduct", deduct)
    added.add_argument("case", type=Path, metavar="CASE.json")
    added.add_argument("--as-known-on", type=day, metavar="D", help="by the rules known that day")
    added.add_argument("--rules", type=Path, metavar="RULES.json", help="a rule table of your own")
    added.add_argument("--xlsx", type=Path, metavar="OUT.xlsx", help="write the worksheet here")


def deduct(args: Namespace) -> Answer:
    """Work out what gifts may be deducted before tax, step by step, by the rules of their day."""
    rules = rule_table() if args.rules is None else parse_table(_bytes(args.rules))
    case = parse_cases(_bytes(args.case), rules.words)
    known = rules if args.as_known_on is None else rules.as_known_on(args.as_known_on)
    if isinstance(case, EnterpriseCase | PersonCase):
        told = tell(case, known)
        if args.xlsx is not None:
            made = datetime.combine(known.known_on or date(case.year, 12, 31), datetime.min.time())
            _write(args.xlsx, args.case, workbook(told.sheets, made))
        return Answer(told.data, told.tables)
    if args.xlsx is not None:
        raise OneCaseASheet(len(case))
    all_told = [tell(one, known) for one in case]
    return Answer([one.data for one in all_told], [t for one in all_told for t in one.tables])


def tell(case: Case, rules: RuleTable) -> Told:
    """Work out one case by the rules known."""
    if isinstance(case, EnterpriseCase):
        return _enterprise(case, rules)
    return _person(case, rules)


def _enterprise(case: EnterpriseCase, rules: RuleTable) -> Told:
    results = enterprise.work_out(case, rules)
    steps = enterprise_steps.steps_of(results, rules)
    answer = enterprise_answer(results)
    shown = facts(f"企业公益性捐赠扣除 {case.year} deduction", _flat(answer))
    data = answer | {"steps": _told(steps), "by_year": by_year(results), "rules": _version(rules)}
    return Told(data, (shown, _form(results), _steps(steps)),
                enterprise_sheets(case, results, steps))  # fmt: skip


def _person(case: PersonCase, rules: RuleTable) -> Told:
    judged_on = rules.known_on or date(case.year, 12, 31)
    result = person.work_out(case, rules, judged_on)
    steps = person_steps.steps_of(case, result, rules)
    answer = person_answer(result)
    shown = facts(f"个人公益捐赠扣除 {case.year} deduction", _flat(answer))
    data = answer | {"steps": _told(steps), "rules": _version(rules)}
    return Told(data, (shown, _steps(steps)), person_sheets(case, result, steps))


def _told(steps: Sequence[Step]) -> list[Json]:
    return [{"says": says(one), "rule": one.rule, "source": one.source} for one in steps]


def _version(rules: RuleTable) -> Json:
    known_on = None if rules.known_on is None else rules.known_on.isoformat()
    return {"digest": rules.digest, "as_known_on": known_on}


def _flat(answer: Json) -> Json:
    """Return the answer with its lists and objects each on one line."""
    return {name: _line(value) for name, value in answer.items()}


def _line(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_line(one) for one in value) or "—"
    if isinstance(value, dict):
        return ", ".join(f"{name} {told}" for name, told in value.items()) or "—"
    return str(value)


def _form(results: Sequence[enterprise.YearResult]) -> Table:
    rows = [
        (row_name(row.kind, row.year), *(_column(row.columns, name) for name in _COLUMN_NAMES))
        for row in rows_of(results)
    ]
    return table("A105070 工作底稿 worksheet", ("项目 row", *(f"{c}>" for c in COLUMNS)), rows)


_COLUMN_NAMES = (
    "booked", "carried_in", "limit", "tax_amount", "increase", "decrease", "carried_out",
)  # fmt: skip


def _column(columns: object, name: str) -> str | None:
    amount = getattr(columns, name)
    return None if amount is None else amount.grouped()


def _steps(steps: Sequence[Step]) -> Table:
    rows = [(no, says(one), one.rule, one.source) for no, one in enumerate(steps, 1)]
    return table("步骤 steps", ("序号>", "说明 step", "规则 rule", "依据 source"), rows)


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(BYTES_MAX + 1)
    except OSError as error:
        raise FileUnusable(path, error.strerror or str(error), "name a file to read") from None


def _write(path: Path, case: Path, content: bytes) -> None:
    try:
        if path.exists() and (not path.is_file() or path.samefile(case)):
            raise FileUnusable(path, "it is no file, or the case itself", "name a file to write")
        write_atomically(path, content)
    except OSError as error:
        raise FileUnusable(path, error.strerror or str(error), "name a file to write") from None
