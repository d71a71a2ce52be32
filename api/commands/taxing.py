"""Commands of the tax bureau: deductions, notices on them, and the status list."""

from __future__ import annotations

from argparse import Namespace
from datetime import datetime
from pathlib import Path

from api import claim_lists, status_export
from api.answers import Answer, facts, table
from api.arguments import Commands, OneLineParser, command, day, group, number
from api.commands.asking import as_of, stamp
from api.commands.founding import home_of
from api.commands.taxing_lists import claim_list
from api.times import BEIJING
from ledger.application.claims import ClaimReceipt
from ledger.domain import claims
from ledger.domain.events import ReceiptNumber
from ledger.errors import Unreadable
from ledger.money import Money
from ledger.proof.encoding import b64
from ledger.store.durable import write_atomically
from ledger.store.log_folder import STATUS_LIST
from projections import claims as claimed
from projections.claims import ClaimEntry, NoticeEntry
from receipts.status import DAYS_GOOD


class ClaimIncomplete(Unreadable):
    """A claim was asked for without saying of which receipt, by whom, when or how much."""

    def __init__(self) -> None:
        super().__init__(
            "say which receipt, whose deduction, of which year and how much (CODE NUMBER "
            "--taxpayer --year --amount), or give a list (--list FILE.xlsx), not both"
        )


class PaperUnreadable(Unreadable):
    """A paper receipt is given by its code and number."""

    def __init__(self) -> None:
        super().__init__("write the paper receipt as CODE:NUMBER, such as 23052126:0000000007")


def declare(commands: Commands) -> None:
    """Declare the commands of the tax bureau, and the one that exports the status list."""
    tax = group(commands, "tax", "税务勾选 deductions of receipts")
    _declare_claim(tax)
    release = command(tax, "release", release_claim, writes=True)
    _of_claim(release, "--reason", "why, in public words")
    settle = command(tax, "settle", settle_notice, writes=True)
    _of_claim(settle, "--outcome", "how it was corrected, in public words")
    listed = command(tax, "notices", show_notices)
    listed.add_argument("--open", action="store_true", help="only those to be corrected")
    shown = command(tax, "claims", show_claims)
    shown.add_argument("code", metavar="CODE")
    shown.add_argument("number", metavar="NUMBER")
    status = command(group(commands, "status", "票据状态清单 status list"), "export",
                     export_status)  # fmt: skip
    status.add_argument("file", type=Path, metavar="FILE")
    status.add_argument("--day", type=day, metavar="D", help="the list's day; today if not given")
    status.add_argument("--good-for", type=number, default=DAYS_GOOD, metavar="DAYS",
                        help="after so many days it is reported as stale")  # fmt: skip
    status.add_argument("--publish", action="store_true", help="the portal answers from it")


def _declare_claim(tax: Commands) -> None:
    claim = command(tax, "claim", claim_receipts, writes=True)
    claim.add_argument("code", nargs="?", metavar="CODE")
    claim.add_argument("number", nargs="?", metavar="NUMBER")
    claim.add_argument("--taxpayer", metavar="NO", help="kept in the vault, not in public")
    claim.add_argument("--name", metavar="NAME", help="kept in the vault, not in public")
    claim.add_argument("--year", metavar="Y", help="the tax year")
    claim.add_argument("--amount", metavar="A", help="in yuan")
    claim.add_argument("--paper", metavar="CODE:NUMBER", help="the paper receipt presented")
    claim.add_argument("--officer", required=True, metavar="ROLE")
    claim.add_argument("--list", dest="listed", type=Path, metavar="FILE.xlsx")
    claim.add_argument("--out", type=Path, metavar="OUT.xlsx", help="what came of each row")


def _of_claim(added: OneLineParser, option: str, told: str) -> None:
    for name in ("code", "number", "claim"):
        added.add_argument(name, metavar=name.upper())
    added.add_argument(option, required=True, metavar="TEXT", help=told)
    added.add_argument("--officer", required=True, metavar="ROLE")


def claim_receipts(args: Namespace) -> Answer:
    """Mark a receipt, or each one of a list, as deducted by a taxpayer in a tax year."""
    single = (args.code, args.number, args.taxpayer, args.year, args.amount)
    others = (*single, args.name, args.paper)
    if args.listed is None and all(single) and args.out is None:
        return _claim_one(args)
    if args.listed is not None and not any(others):
        return claim_list(args)
    raise ClaimIncomplete


def _claim_one(args: Namespace) -> Answer:
    asked = ClaimReceipt(
        taxpayer=args.taxpayer,
        year=claim_lists.year_of(args.year),
        amount=Money.parse(args.amount),
        officer=args.officer,
        name=args.name,
        paper=_paper(args.paper),
    )
    with home_of(args) as home:
        claim = home.ledger.claims.claim(args.code, args.number, asked)
        home.publish()
        receipt = home.ledger.streams.receipt(args.code, args.number)
    data: dict[str, object] = {
        "code": args.code,
        "number": args.number,
        "claim": claim,
        "year": asked.year,
        "amount": asked.amount.decimal(),
        "claimed": claims.claimed(receipt).decimal(),
        "left": claims.left(receipt).decimal(),
        "eligible": all(line.eligible for line in receipt.lines),
    }
    return Answer(data, [facts("已勾选 claimed", data)])


def _paper(text: str | None) -> ReceiptNumber | None:
    if text is None:
        return None
    code, gap, known = text.replace("：", ":").partition(":")
    if not (code and gap and known):
        raise PaperUnreadable
    return ReceiptNumber(code=code, number=known)


def release_claim(args: Namespace) -> Answer:
    """Take a deduction back, so that its amount can be claimed again."""
    with home_of(args) as home:
        home.ledger.claims.release(args.code, args.number, args.claim, args.reason, args.officer)
        home.publish()
    data: dict[str, object] = {
        "code": args.code, "number": args.number, "claim": args.claim, "reason": args.reason,
    }  # fmt: skip
    return Answer(data, [facts("勾选已撤销 released", data)])


def settle_notice(args: Namespace) -> Answer:
    """Record how the deduction of a receipt that became void was corrected."""
    with home_of(args) as home:
        home.ledger.claims.settle(args.code, args.number, args.claim, args.outcome, args.officer)
        home.publish()
    data: dict[str, object] = {
        "code": args.code, "number": args.number, "claim": args.claim, "outcome": args.outcome,
    }  # fmt: skip
    return Answer(data, [facts("提醒已办结 settled", data)])


def show_claims(args: Namespace) -> Answer:
    """Show every deduction of a receipt, those that ended too."""
    with home_of(args) as home:
        receipt = home.ledger.streams.receipt(args.code, args.number)
        home.runner.catch_up()
        found, position = claimed.claims_of(home.runner, args.code, args.number)
    left = claims.left(receipt)
    data = {
        "code": args.code,
        "number": args.number,
        "amount": receipt.amount.decimal(),
        "left": left.decimal(),
        "red": f"{receipt.red.code} {receipt.red.number}" if receipt.red else None,
        "claims": [_claim_json(one) for one in found],
        "as_of": as_of(position),
    }
    columns = (
        "勾选编号 claim",
        "年度 year",
        "金额 amount>",
        "经办 officer",
        "状态 state",
        "说明 why",
    )
    rows = [
        (
            one.claim,
            one.year,
            one.amount.grouped(),
            one.officer,
            one.ended or "有效 stands",
            one.why,
        )
        for one in found
    ]
    said = f"票面 {receipt.amount.grouped()}，可勾选 {left.grouped()} (amount, left to claim)"
    return Answer(data, [table("勾选 claims", columns, rows)], lines=[said, stamp(position)])


def _claim_json(one: ClaimEntry) -> dict[str, object]:
    return {
        "claim": one.claim,
        "year": one.year,
        "amount": one.amount.decimal(),
        "officer": one.officer,
        "ended": one.ended,
        "why": one.why,
    }


def show_notices(args: Namespace) -> Answer:
    """Show deductions whose receipts became void: they are to be corrected."""
    with home_of(args) as home:
        home.runner.catch_up()
        found, position = claimed.notices(home.runner, open_only=args.open)
    data = {"notices": [_notice_json(one) for one in found], "as_of": as_of(position)}
    columns = ("代码 code", "号码 number", "勾选编号 claim", "年度 year", "金额 amount>",
               "红字 red", "办结 outcome")  # fmt: skip
    rows = [
        (n.code, n.number, n.claim, n.year, n.amount.grouped(), " ".join(n.red),
         n.outcome or "待办 open")
        for n in found
    ]  # fmt: skip
    return Answer(data, [table("提醒 notices", columns, rows)], lines=[stamp(position)])


def _notice_json(one: NoticeEntry) -> dict[str, object]:
    return {
        "code": one.code,
        "number": one.number,
        "claim": one.claim,
        "issuer": one.organisation,
        "year": one.year,
        "amount": one.amount.decimal(),
        "red": list(one.red),
        "reason": one.reason,
        "outcome": one.outcome,
    }


def export_status(args: Namespace) -> Answer:
    """Write the signed list of what has become of every receipt, for checks without network."""
    listed = args.day or datetime.now(BEIJING).date()
    with home_of(args) as home:
        found = status_export.export(home, listed, args.good_for)
        if args.publish:
            home.log.replace(STATUS_LIST, found.data)
    write_atomically(args.file, found.data)
    data: dict[str, object] = {
        "file": str(args.file),
        "sha256": found.digest,
        "bytes": len(found.data),
        "entries": found.entries,
        "issuers": found.issuers,
        "without_check_code": found.untagged,
        "as_of": {
            "day": found.as_of.day.isoformat(),
            "size": found.as_of.size,
            "root": b64(found.as_of.root),
        },
        "valid_until": found.as_of.valid_until.isoformat(),
    }
    return Answer(data, [facts("票据状态清单 status list", data)])
