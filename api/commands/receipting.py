"""Commands that make receipts out: singly or in bulk, for a donor's year, for a collection."""

from __future__ import annotations

import os
from argparse import Namespace
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from rich.table import Table

from api.answers import DONE, WRONG, Answer, progress, table
from api.arguments import Commands, command, day, group, number
from api.commands import receipt_joint, receipt_lives, receipt_reports
from api.commands.founding import home_of
from api.receipt_desk import DRY_RUN, IssuedReceipt, NotIssued, Outcome, ReceiptDesk
from api.times import today
from ledger.errors import Unreadable
from ledger.money import Money
from projections import gift_index

ROWS_SHOWN = 50


class WhichGifts(Unreadable):
    """Neither one gift nor a range of days was named."""

    def __init__(self) -> None:
        super().__init__("name one gift with --gift, or days with --from and --to")


class PayerOfMany(Unreadable):
    """An address and a taxpayer number are one donor's."""

    def __init__(self) -> None:
        super().__init__(
            "--payer-address and --payer-taxpayer are one donor's: name the gift with --gift"
        )


def declare(commands: Commands) -> None:
    """Declare the commands on receipts."""
    receipts = group(commands, "receipts", "receipts")
    issue = command(receipts, "issue", issue_receipts, writes=True)
    issue.add_argument("--charity", required=True, metavar="USCC")
    issue.add_argument("--gift", metavar="ID")
    issue.add_argument("--from", dest="first", type=day, metavar="D")
    issue.add_argument("--to", dest="last", type=day, metavar="D")
    issue.add_argument("--out", type=Path, required=True, metavar="DIR")
    issue.add_argument("--jobs", type=number, metavar="N", help="processes that print; one a core")
    receipt_joint.wishes(issue)
    receipt_joint.declare(receipts)
    receipt_lives.declare(receipts)
    receipt_reports.declare(receipts)


def issue_receipts(args: Namespace) -> Answer:
    """Issue receipts for one gift, or for all of a range of days; print what lacks its file."""
    if not args.gift and not (args.first and args.last):
        raise WhichGifts
    payer = receipt_joint.payer_of(args)
    if payer and not args.gift:
        raise PayerOfMany
    with home_of(args) as home:
        home.ledger.streams.organisation(args.charity)
        had = args.gift and home.ledger.streams.gift(args.gift).receipt  # known before any key
        if not home.dry_run:
            args.out.mkdir(parents=True, exist_ok=True)
        home.runner.catch_up()
        gifts = [args.gift] if args.gift else gift_index.gifts_between(
            home.runner, args.charity, args.first, args.last)  # fmt: skip
        desk = ReceiptDesk(
            home, args.charity, args.out, today(), payer, args.area,
            deductible=args.deductible, jobs=_jobs(args),
        )  # fmt: skip
        with progress("开具票据 receipts", len(gifts)) as advance:
            outcomes = list(desk.issue(gifts, advance))
    answer = receipts_answer(outcomes)
    return answer if had or not args.gift else replace(answer, code=_code(outcomes))


def _code(outcomes: Sequence[Outcome]) -> int:
    """Return the exit code of a gift that had no receipt: wrong if it has, or would have, none."""
    made = any(isinstance(o, IssuedReceipt) or o.short == DRY_RUN for o in outcomes)
    return DONE if made else WRONG


def _jobs(args: Namespace) -> int:
    return max(1, args.jobs or os.cpu_count() or 1)


def receipts_answer(outcomes: Sequence[Outcome]) -> Answer:
    """Say which receipts were issued, and for which gifts there is none and why."""
    issued = [o for o in outcomes if isinstance(o, IssuedReceipt)]
    refused = [o for o in outcomes if isinstance(o, NotIssued)]
    data = {
        "issued": [_issued(i) for i in issued],
        "not_issued": [{"gift": n.gift, "reason": n.reason} for n in refused],
        "summary": summary_of(issued, refused),
    }
    return Answer(data, list(_tables(issued, refused)))


def _issued(receipt: IssuedReceipt) -> dict[str, str]:
    return {
        "gift": receipt.gift,
        "code": receipt.code,
        "number": receipt.number,
        "check_code": receipt.check_code,
        "amount": receipt.amount,
        "path": str(receipt.path),
    }


def summary_of(issued: Sequence[IssuedReceipt], refused: Sequence[NotIssued]) -> dict[str, object]:
    """Add a run up so that it reconciles, by currency.

    All gifts = `issued` (on receipts) + `withheld` (returned, or sponsorship) + `not_issued`.
    """
    on = _sums(Money.parse(i.amount) for i in issued)
    booked = _sums(i.booked for i in issued)
    left = _sums(n.booked for n in refused)
    reasons = Counter(n.short for n in refused)
    return {
        "gifts": {"count": len(issued) + len(refused), "amount": _added(booked, left)},
        "issued": {"count": len(issued), "amount": on},
        "withheld": _added(booked, {c: f"-{a}" for c, a in on.items()}),
        "not_issued": {
            "count": len(refused),
            "amount": left,
            "reasons": [{"reason": r, "count": n} for r, n in reasons.most_common()],
        },
        "printed_again": sum(n.printed for n in refused),
    }


def _sums(amounts: Iterable[Money]) -> dict[str, str]:
    sums: dict[str, int] = defaultdict(int)
    for amount in amounts:
        sums[amount.currency] += amount.minor
    return {currency: Money(minor, currency).decimal() for currency, minor in sorted(sums.items())}


def _added(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    return _sums(Money.parse(a, c) for sums in (one, other) for c, a in sums.items())


def _tables(issued: Sequence[IssuedReceipt], refused: Sequence[NotIssued]) -> Iterable[Table]:
    if issued:
        columns = ("代码 code", "号码 number", "校验码 check", "金额 amount>", "文件 file")
        rows = [(i.code, i.number, i.check_code, i.amount, i.path.name) for i in issued]
        yield table(f"已开具 {len(issued)} 张 issued", columns, rows[:ROWS_SHOWN])
    if refused:
        reasons = Counter(n.short for n in refused).most_common(ROWS_SHOWN)
        names = ("原因 reason", "笔数 gifts>")
        yield table(f"未开具 {len(refused)} 笔 not issued", names, reasons)
