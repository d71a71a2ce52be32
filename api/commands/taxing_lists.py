"""Claims a whole list of deductions; a row that is refused stops no other."""

from __future__ import annotations

from argparse import Namespace
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from api import claim_lists
from api.answers import DONE, WRONG, Answer, progress, table
from api.claim_lists import ClaimRow, Outcome
from api.commands.founding import home_of
from api.wiring import House
from ledger.application.claims import ClaimReceipt
from ledger.domain import claims
from ledger.domain.organisations import AUTHORITY
from ledger.domain.values import account
from ledger.errors import Refused, Unknown, Unreadable
from ledger.money import Money
from ledger.store.durable import write_atomically

ROWS_SHOWN = 40


class ListNotWritable(Unreadable):
    """The results would be written over the list itself."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: the results can't go there: it is the list itself, or a folder")


def claim_list(args: Namespace) -> Answer:
    """Claim each row of a list, and write what came of it beside the list, or where asked."""
    out: Path = args.out or args.listed.with_name(f"{args.listed.stem}-勾选结果.xlsx")
    if out.is_dir() or (out.exists() and out.samefile(args.listed)):
        raise ListNotWritable(out)
    rows, officer = claim_lists.read(args.listed), account(args.officer)
    with home_of(args) as home, progress("勾选 claim", len(rows)) as advance:
        claims.check_power(home.ledger.streams.organisation(AUTHORITY))
        outcomes = []
        for outcome in _claimed(home, rows, officer):
            outcomes.append(outcome)
            advance(1)
        home.publish()
    write_atomically(out, claim_lists.written(outcomes))
    return _list_answer(args.listed, out, outcomes)


def _claimed(home: House, rows: Sequence[ClaimRow], officer: str) -> Iterator[Outcome]:
    """Claim row by row; a row that is refused stops no other, not even one like itself."""
    first: dict[tuple[str, ...], int] = {}
    for row in rows:
        if row.key in first:
            why = f"与第 {first[row.key]} 行重复 (the same as row {first[row.key]})"
            yield Outcome(row, "duplicate", why=why)
            continue
        try:
            claim = _claim_row(home, row, officer)
        except (Refused, Unknown) as error:
            yield Outcome(row, "refused", why=str(error))
        else:
            first[row.key] = row.row
            yield Outcome(row, "claimed", claim=claim)


def _claim_row(home: House, row: ClaimRow, officer: str) -> str:
    if row.refusal is not None:
        raise row.refusal
    amount, year = Money.parse(row.amount), claim_lists.year_of(row.year)
    asked = ClaimReceipt(
        taxpayer=row.taxpayer, name=row.name, year=year, amount=amount, officer=officer
    )
    return home.ledger.claims.claim(row.code, row.number, asked)


def _list_answer(listed: Path, out: Path, outcomes: Sequence[Outcome]) -> Answer:
    counts = Counter(outcome.result for outcome in outcomes)
    data: dict[str, object] = {
        "file": str(listed),
        "out": str(out),
        "rows": len(outcomes),
        **{result: counts[result] for result in ("claimed", "duplicate", "refused")},
        "outcomes": [
            {"row": o.row.row, "code": o.row.code, "number": o.row.number, "result": o.result,
             "claim": o.claim, "why": o.why}
            for o in outcomes
        ],
    }  # fmt: skip
    shown = [table("勾选 claims", ("结果 result", "行数 rows>"), sorted(counts.items()))]
    wrong = [(o.row.row, o.row.code, o.row.number, o.result, o.why) for o in outcomes if o.why]
    if wrong:
        columns = ("行 row>", "代码 code", "号码 number", "结果 result", "原因 why")
        shown.append(table("未勾选 not claimed", columns, wrong[:ROWS_SHOWN]))
    return Answer(data, shown, WRONG if wrong else DONE, [f"结果 results: {out}"])
