"""The command that audits: the database, or a published log alone, or what a site shows of it."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from random import SystemRandom

from rich.table import Table

from api.answers import DONE, WRONG, Answer, table
from api.arguments import Commands, command, number
from api.audit import (
    ENGINES,
    Audit,
    Keeping,
    Spread,
    audit_database,
    audit_log,
    chosen,
    read_kept,
    write_kept,
)
from api.auditing.site import differences, shown_by
from api.auditing.totals import Totals, TotalsAt
from api.commands.asking import shortened
from api.commands.founding import home_of
from api.mirroring.fetching import Client, source
from api.serving import on_stop
from api.units import unit_words
from api.verifying.files import read_file
from api.working import cores
from ledger.domain.goods import amount_of
from ledger.errors import Refused, Untrusted
from ledger.proof.checkpoint import open_signed
from ledger.proof.notes import VerifierKey
from ledger.proof.policy import Policy
from ledger.proof.signed_tiles import Read
from receipts.trust import Trust

ROWS_SHOWN = 40
SHOWN = ("received", "disbursed", "returned", "balance")


class FileAltered(Untrusted):
    """A file of a published log is not of its form."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path}: {why}")


class LogNotNamed(Refused):
    """A site can only be held against a log that anybody can read."""

    def __init__(self) -> None:
        super().__init__("--site needs the log that it speaks of: name it with --log DIR|URL")


class OfLogsAlone(Refused):
    """Blocks are of a published log, and a sample is of what was kept of it."""

    def __init__(self) -> None:
        super().__init__("--engine and --kept are for a published log: name it with --log DIR|URL; "
                         "--sample is of what --kept FILE names")  # fmt: skip


def declare(commands: Commands) -> None:
    """Declare the audit."""
    asked = command(commands, "audit", audit)
    asked.add_argument("--log", metavar="DIR|URL", help="a published log, without any database")
    asked.add_argument("--trust", type=Path, metavar="FILE")
    asked.add_argument("--site", metavar="URL", help="a portal, whose totals are to be those of "
                       "the log")  # fmt: skip
    asked.add_argument("--jobs", type=number, metavar="N", help="processes at once; if not given, "
                       "as many as there are cores")  # fmt: skip
    asked.add_argument("--engine", choices=ENGINES, help="what does the work "
                       "of a published log's audit; if not given, processes")  # fmt: skip
    asked.add_argument("--kept", type=Path, metavar="FILE", help="what the audit before kept of "
                       "the log, and this one keeps: unchanged blocks' signatures are not checked "
                       "again")  # fmt: skip
    asked.add_argument("--sample", type=number, metavar="N", help="bundles of 256 entries, drawn "
                       "by lot, whose signatures are checked again all the same; if not given, "
                       "one in a hundred")  # fmt: skip


def audit(args: Namespace) -> Answer:
    """Audit the database, or a published log alone, and what a site says of it."""
    spread = Spread(args.jobs or cores(), engine=ENGINES[args.engine or "processes"])
    of_a_log = args.engine or args.kept or args.sample is not None
    if (of_a_log and args.log is None) or (args.sample is not None and not args.kept):
        raise OfLogsAlone
    with on_stop(_interrupt):
        if args.log is not None:
            return _audit_published(args, spread)
        if args.site:
            raise LogNotNamed
        with home_of(args) as home:
            return audit_answer(audit_database(home, spread))


def _interrupt() -> None:
    """End as Ctrl-C does, so that the processes at work end too."""
    raise KeyboardInterrupt


def _audit_published(args: Namespace, spread: Spread) -> Answer:
    read = source(args.log)
    key, root_key, policy = _held_to(args.trust, read)
    note = read("checkpoint")
    try:
        size = open_signed(note.decode("utf-8", errors="replace"), key).size
    except Untrusted:
        return audit_answer(audit_log(read, key, root_key))  # which says so
    pages = shown_by(args.site, size, Client()) if args.site else []
    totals = TotalsAt({size, *(page.size for page in pages)})

    def same(path: str) -> bytes:
        return note if path == "checkpoint" else read(path)

    keeping = _keeping(args, key.name)
    found = audit_log(same, key, root_key, spread, totals.see, policy, keeping)
    if args.kept and not keeping.differs:
        write_kept(args.kept, key.name, keeping)
    for difference in differences(pages, totals.at):
        found.find(difference)
    whole = totals.at.get(size)
    more: dict[str, object] = {"root": found.root, "totals": whole.as_json() if whole else None}
    if args.kept:
        more["kept"] = {"unchanged": keeping.unchanged, "checked_again": len(keeping.sample)}
    if args.site:
        more["site"] = {"url": args.site, "as_of": sorted({page.size for page in pages})}
    return audit_answer(found, whole, more)


def _keeping(args: Namespace, origin: str) -> Keeping:
    before = read_kept(args.kept, origin) if args.kept else {}
    return Keeping(before, chosen(before, args.sample, SystemRandom()))


def _held_to(trust_file: Path | None, read: Read) -> tuple[VerifierKey, str | None, Policy | None]:
    """Return the log's key, and, if pinned, the kid of its founder and whose cosignatures count."""
    if trust_file:
        trust = Trust.parse(read_file(trust_file))
        return trust.log, trust.authority, trust.policy
    line, end, rest = read("vkey").decode("utf-8", errors="replace").partition("\n")
    if not end or rest:
        raise FileAltered("vkey", "it is not one line")
    return VerifierKey.parse(line), None, None


def audit_answer(
    found: Audit, totals: Totals | None = None, more: dict[str, object] | None = None
) -> Answer:
    """Say what an audit found, and what the log adds up to."""
    rows = [(name, mark(value)) for name, value in found.as_json().items() if name != "findings"]
    shown = [table("审计 audit", ("项目 what", "结果 result"), rows)]
    if totals:
        shown.append(_funds(totals))
    if found.findings:
        first = [(finding,) for finding in found.findings[:ROWS_SHOWN]]
        shown.append(table("发现 findings", ("内容 what",), first))
    return Answer(found.as_json() | (more or {}), shown, WRONG if found.findings else DONE)


def _funds(totals: Totals) -> Table:
    columns = ("资金 fund", "单位 unit", "受赠 received>", "支出 paid>", "退赠 returned>",
               "余额 balance>", "笔数 gifts>")  # fmt: skip
    rows = [
        (
            shortened(fund),
            unit_words(unit),
            *(amount_of(sums[name], unit).grouped() for name in SHOWN),
            totals.gifts.get((fund, unit), 0),
        )
        for (fund, unit), sums in sorted(totals.sums.items())[:ROWS_SHOWN]
    ]
    return table(f"合计 totals ({totals.size} 条 entries)", columns, rows)


def mark(value: object) -> str:
    """Say in a word how a part was found."""
    if value is None:
        return "—  未查 (not looked at)"
    if value is True:
        return "✓  通过 ok"
    return "✗  不符 wrong" if value is False else str(value)
