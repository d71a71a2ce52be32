"""The command that checks receipts, from the outside: it needs neither database nor network."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.table import Table

from api.answers import DONE, WRONG, Answer, facts, progress, table
from api.arguments import Commands, command, number
from api.deducting.reference import rule_table
from api.settings import Settings
from api.times import BEIJING
from api.verifying.files import read_file, read_or_fetch
from api.verifying.groups import targets
from api.verifying.session import Checked, Session, check_all
from api.verifying.sheet import RESULTS, About, counts, digest, printed, why, written
from api.working import cores
from ledger.domain.events import CheckCount
from ledger.store.durable import write_atomically
from receipts.status import StatusList
from receipts.trust import Trust

PROVEN = {
    "code": "票据代码 code",
    "number": "票据号码 number",
    "check_code": "校验码 check code",
    "kind": "票据种类 kind",
    "payer": "捐赠人 payer",
    "issuer": "受赠单位 issuer",
    "issuer_uscc": "统一社会信用代码 credit code",
    "amount": "金额（元） amount",
    "gift_on": "受赠日期 gift on",
    "issued_on": "开票日期 issued on",
    "gifts": "捐赠笔数 gifts",
    "claimed": "已申报扣除（元） claimed",
    "remaining": "余额（元） remaining",
}
"""What a verdict says of a receipt, by the names it is shown under."""

FILES_SHOWN = 40

FEW = 1500
"""So few files are checked before other processes have been of much use."""


def declare(commands: Commands) -> None:
    """Declare `verify`."""
    verify = command(commands, "verify", verify_receipts, writes=True)
    verify.add_argument("paths", nargs="+", type=Path, metavar="PATH",
                        help="PDF, bundle, folder, printed code (.txt, .png, .jpg), or list "
                        "(.xlsx, .csv)")  # fmt: skip
    verify.add_argument("--trust", type=Path, metavar="FILE")
    verify.add_argument("--status", metavar="FILE|URL", help="the status list of the day")
    verify.add_argument("--taxpayer", type=_somebody, metavar="NO|NAME", help="who claims")
    verify.add_argument("--officer", metavar="ROLE", help="put the check on record")
    verify.add_argument("--sheet", type=Path, metavar="OUT.xlsx")
    verify.add_argument("--print", dest="printed", type=Path, metavar="OUT.html")
    verify.add_argument(
        "--jobs",
        type=number,
        metavar="N",
        help="processes for receipts' files; "
        "if not given, as many as there are cores, and one for a few files",
    )


def _somebody(text: str) -> str:
    """Read who claims: a number or name of at least one character that can be seen."""
    if not text.strip() or not text.isprintable():
        raise ArgumentTypeError("no number or name is written there; leave it out to ask of nobody")
    return text


def verify_receipts(args: Namespace) -> Answer:
    """Check receipts with nothing but their files and a trust file."""
    made = datetime.now(UTC)
    session = _session(args, made)
    found = targets(args.paths)
    with progress("查验 verify", len(found)) as advance:
        checked = list(check_all(session, found, args.jobs or _jobs_for(len(found)), advance))
    about = about_of(args.officer, session, made)
    sheet = written(checked, about) if args.sheet else None
    check = _record(args, checked, about, digest(sheet or _plain(checked)))
    if sheet is not None:
        write_atomically(args.sheet, sheet)
    if args.printed:
        with_it = None if sheet is None else digest(sheet)
        write_atomically(args.printed, printed(checked, about, with_it, check))
    data = [checked_json(one, args.officer, check) for one in checked]
    return Answer(data, tables(checked), DONE if all(one.good for one in checked) else WRONG)


def _jobs_for(files: int) -> int:
    """Return how many processes are worth their start, which takes as long as a thousand files."""
    return cores() if files > FEW else 1


def _session(args: Namespace, made: datetime) -> Session:
    trust = read_file(args.trust or Settings.read().data / "trust.json")
    status = None if args.status is None else read_or_fetch(args.status)
    return Session(trust, status, args.taxpayer, made.astimezone(BEIJING).date())


def about_of(officer: str | None, session: Session, made: datetime) -> About:
    """Return what a check rests on, for its sheet."""
    trust = Trust.parse(session.trust)
    status = None if session.status is None else StatusList.parse(session.status, trust)
    return About(
        made=made,
        officer=officer,
        origin=trust.log.name,
        authority=trust.authority,
        trust=digest(session.trust),
        rules=rule_table().digest.removeprefix("sha256:"),
        status=status.digest if status else None,
        status_day=status.as_of.day.isoformat() if status else None,
        size=status.as_of.size if status else None,
        root=status.as_of.root.hex() if status else None,
    )


def _record(args: Namespace, checked: Sequence[Checked], about: About, sheet: str) -> str | None:
    """Put the check on record, if an officer is named (domain rules 3.9, 10); return its id."""
    if args.officer is None:
        return None
    results = [CheckCount(result=r, receipts=n) for r, n in counts(checked).items()]
    from api.commands.founding import home_of  # noqa: PLC0415 only this opens a ledger

    with home_of(args) as home:
        check = home.ledger.claims.checked(args.officer, results, sheet, about.rules, about.status)
        home.publish()
    return None if args.dry_run else check


def _plain(checked: Sequence[Checked]) -> bytes:
    """Return the results as the JSON whose digest goes on record when there is no sheet."""
    data = [checked_json(one, None, None) for one in checked]
    return json.dumps(data, ensure_ascii=False, sort_keys=True).encode(errors="backslashreplace")


def checked_json(one: Checked, officer: str | None, check: str | None) -> dict[str, object]:
    """Return what was found as the command line prints it."""
    verdict = one.verdict
    steps = [
        {"step": s.step, "ok": s.ok, "says": s.says, "check": s.check, "asked": s.asked}
        for s in verdict.steps
    ]
    if check is not None and steps and steps[-1]["step"] == "recorded":
        said = f"由 {officer} 查验，记入账本 {check} (on record)"
        steps[-1] = {**steps[-1], "says": said, "asked": True}
    place: dict[str, object] = {"path": str(one.path), "repeats": one.twice}
    if one.row is not None:
        place["row"] = one.row
    return place | {
        "result": verdict.result,
        "class": verdict.deduction_class,
        "rule": verdict.rule,
        "fields": list(verdict.fields),
        "steps": steps,
        "receipt": verdict.receipt,
        "as_of": verdict.as_of,
    }


def tables(checked: Sequence[Checked]) -> list[Table]:
    """Show one receipt step by step, many as a list with their count."""
    if len(checked) == 1:
        return _of_one(checked[0])
    counted = [(RESULTS[result], count) for result, count in counts(checked).items()]
    shown = [table("查验 verify", ("结果 result", "张数 receipts>"), counted)]
    wrong = [
        (one.name, RESULTS[one.verdict.result], _said_of(one)) for one in checked if not one.good
    ]
    if wrong:
        columns = ("文件 file", "结果 result", "原因 why")
        shown.append(table("不通过 not valid", columns, wrong[:FILES_SHOWN]))
    return shown


def _said_of(one: Checked) -> str:
    place = f"第 {one.twice} 行" if isinstance(one.twice, int) else one.twice
    twice = "" if place is None else f"与 {place} 重复 (repeats that)"
    return "；".join(said for said in (twice, why(one.verdict)) if said)


def _of_one(one: Checked) -> list[Table]:
    verdict = one.verdict
    rows = [
        (s.check, s.step, ("✓" if s.asked else "—") if s.ok else "✗", s.says) for s in verdict.steps
    ]
    title = f"{one.name}: {RESULTS[verdict.result]}"
    shown = [table(title, ("查验 check>", "步骤 step", "", "说明 says"), rows)]
    if verdict.receipt:
        proven = {PROVEN[name]: said for name, said in verdict.receipt.items()}
        shown.append(facts("账本所载 what the ledger says", proven))
    return shown
