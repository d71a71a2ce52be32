"""The command line: `donation-ledger`. Every answer goes to standard output, the rest to error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import date
from io import TextIOWrapper
from pathlib import Path
from typing import NoReturn

import psycopg
from eventsourcing.persistence import PersistenceError

from api import serving
from api.answers import NOT_UNDERSTOOD, WRONG, Answer, complain, show
from api.commands import asking, checking, founding, proving, recording, showing
from ledger.errors import LedgerError, Untrusted
from ledger.store.database import first_line

INTERRUPTED = 130
DAY_S = 86_400
KINDS = ("auto", "gifts", "payments", "disbursements")

Command = Callable[[argparse.Namespace], Answer]


class OneLineParser(argparse.ArgumentParser):
    """Complains in one line that says what to do."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        complain(f"{self.prog}: {message}; see {self.prog} --help")
        sys.exit(NOT_UNDERSTOOD)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    args = parser().parse_args(_texts(sys.argv[1:] if argv is None else argv))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name need not be text
    try:
        answer: Answer = args.run(args)
        show(answer, as_json=args.json)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that exit is quiet
        return NOT_UNDERSTOOD
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001 no traceback reaches people
        line, code = _ending(error)
        complain(line)
        return code
    return answer.code


def _ending(error: BaseException) -> tuple[str, int]:
    """Return the line and the exit code that an error ends a command with."""
    match error:
        case Untrusted():
            return str(error), WRONG
        case LedgerError():
            return str(error), NOT_UNDERSTOOD
        case psycopg.Error() | PersistenceError():
            told = f"the database refused: {first_line(error)}; nothing was half-done, try again"
            return told, NOT_UNDERSTOOD
        case OSError():
            return f"{error.filename or 'a file'}: {error.strerror or error}", NOT_UNDERSTOOD
        case KeyboardInterrupt():
            return "interrupted; what was recorded stays, run the command again", INTERRUPTED
        case _:
            told = f"a fault of the program ({type(error).__name__}: {error}); please report it"
            return told, NOT_UNDERSTOOD


def _texts(words: Sequence[str]) -> Sequence[str]:
    """Refuse words that are no text: their bytes are not those of the terminal's encoding."""
    for word in words:
        if not word.isascii() and any("\ud800" <= character <= "\udfff" for character in word):
            complain(f"{word!a} is not UTF-8 text; name it in UTF-8")
            sys.exit(NOT_UNDERSTOOD)
    return words


def day(text: str) -> date:
    """Read a day given as 2026-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as 2026-01-31") from None


def number(text: str) -> int:
    """Read a whole number, leading zeros allowed."""
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def seconds(text: str) -> int:
    """Read a whole number of seconds, 1 to 86400."""
    if not 0 < number(text) <= DAY_S:
        raise argparse.ArgumentTypeError(f"{text!r} is no pause; write 1 to {DAY_S} seconds")
    return int(text)


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = OneLineParser(prog="donation-ledger", description="善款账本 Donation Ledger")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    _founding_commands(commands)
    _recording_commands(commands)
    _asking_commands(commands)
    _proving_commands(commands)
    _showing_commands(commands)
    return top


Commands = argparse._SubParsersAction  # noqa: SLF001 argparse gives it no public name


def _command(
    commands: Commands[OneLineParser],
    name: str,
    run: Command,
    *,
    writes: bool = False,
) -> OneLineParser:
    added = commands.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
    added.add_argument("--json", action="store_true", help="print one JSON document")
    if writes:
        added.add_argument("--dry-run", action="store_true", help="decide, but record nothing")
    added.set_defaults(run=run)
    return added


def _group(commands: Commands[OneLineParser], name: str, what: str) -> Commands[OneLineParser]:
    return commands.add_parser(name, help=what).add_subparsers(required=True, metavar="ACTION")


def _founding_commands(commands: Commands[OneLineParser]) -> None:
    _command(commands, "init", founding.init, writes=True)
    _command(commands, "stop", founding.stop)
    charity = _group(commands, "charity", "charities")
    register = _command(charity, "register", founding.register_charity, writes=True)
    register.add_argument("uscc", metavar="USCC")
    register.add_argument("name", metavar="NAME")
    fund = _command(_group(commands, "fund", "funds"), "open", founding.open_fund, writes=True)
    fund.add_argument("--charity", required=True, metavar="USCC")
    fund.add_argument("name", metavar="NAME")
    fund.add_argument("--kind", choices=("general", "project", "enterprise", "named"))
    fund.add_argument("--purpose")
    fund.add_argument("--place", metavar="CODE")
    eligibility = _group(commands, "eligibility", "公益性捐赠税前扣除资格")
    grant = _command(eligibility, "grant", founding.grant_eligibility, writes=True)
    grant.add_argument("uscc", metavar="USCC")
    grant.add_argument("--from", dest="first", type=day, required=True, metavar="D")
    grant.add_argument("--to", dest="last", type=day, required=True, metavar="D")
    grant.add_argument("--notice", required=True, metavar="NO")
    grant.add_argument("--applicant-kind", type=int, choices=(1, 2, 3), default=1)
    cancel = _command(eligibility, "cancel", founding.cancel_eligibility, writes=True)
    cancel.add_argument("uscc", metavar="USCC")
    cancel.add_argument("--notice-date", type=day, required=True, metavar="D")
    book = _command(_group(commands, "book", "receipt books"), "allot", founding.allot_book,
                    writes=True)  # fmt: skip
    book.add_argument("uscc", metavar="USCC")
    book.add_argument("code", metavar="CODE")
    book.add_argument("first", type=number, metavar="FIRST")
    book.add_argument("last", type=number, metavar="LAST")


def _recording_commands(commands: Commands[OneLineParser]) -> None:
    files = _command(commands, "import", recording.import_files, writes=True)
    files.add_argument("files", nargs="+", type=Path, metavar="FILE")
    files.add_argument("--charity", required=True, metavar="USCC")
    files.add_argument("--fund", required=True)
    files.add_argument("--kind", choices=KINDS, default="auto")
    files.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="refused rows come here")
    files.add_argument("--date", type=day, metavar="D", help="day of rows that have none")
    files.add_argument("--rate", action="append", default=[], metavar="CUR:RATE:PER:DATE:SOURCE")
    files.add_argument("--proposed-by", default="clerk", metavar="ROLE")
    files.add_argument("--approved-by", default="reviewer", metavar="ROLE")
    issue = _command(_group(commands, "receipts", "receipts"), "issue", recording.issue_receipts,
                     writes=True)  # fmt: skip
    issue.add_argument("--charity", required=True, metavar="USCC")
    issue.add_argument("--gift", metavar="ID")
    issue.add_argument("--from", dest="first", type=day, metavar="D")
    issue.add_argument("--to", dest="last", type=day, metavar="D")
    issue.add_argument("--out", type=Path, required=True, metavar="DIR")
    erase = _command(commands, "erase", recording.erase, writes=True)
    erase.add_argument("person", metavar="PERSON", help="a name as recorded, or the id of a gift")
    erase.add_argument("--namesakes", action="store_true", help="all who bear that name")
    erase.add_argument("--ground", default="request of the person", help="why it is erased")


def _asking_commands(commands: Commands[OneLineParser]) -> None:
    trace = _command(commands, "trace", asking.trace)
    trace.add_argument("what", choices=("gift", "disbursement", "fund", "place"))
    trace.add_argument("id", metavar="ID")
    trace.add_argument("--unit", metavar="CUR", help="of several currencies, this one")
    balance = _command(commands, "balance", asking.balance)
    balance.add_argument("--fund")
    balance.add_argument("--at", type=number, metavar="SIZE", help="as of this size of the log")
    check = _command(commands, "check", checking.check)
    check.add_argument("what", choices=tuple(checking.RULES))
    check.add_argument("values", nargs="+", metavar="VALUE")


def _proving_commands(commands: Commands[OneLineParser]) -> None:
    verify = _command(commands, "verify", proving.verify_receipts)
    verify.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    verify.add_argument("--trust", type=Path, metavar="FILE")
    trust = _command(_group(commands, "trust", "keys to trust"), "export", proving.export_trust)
    trust.add_argument("file", type=Path, metavar="FILE")
    log = _group(commands, "log", "the public log")
    export = _command(log, "export", proving.export_log)
    export.add_argument("folder", type=Path, metavar="DIR")
    _command(log, "checkpoint", proving.show_checkpoint)
    audit = _command(commands, "audit", proving.audit)
    audit.add_argument("--log", metavar="DIR|URL", help="a published log, without any database")
    audit.add_argument("--trust", type=Path, metavar="FILE")
    rebuild = _command(commands, "rebuild", proving.rebuild)
    rebuild.add_argument("--check", action="store_true", help="compare only")


def _showing_commands(commands: Commands[OneLineParser]) -> None:
    _command(commands, "demo", showing.demo)
    _command(commands, "serve", serving.serve)
    integrate = _command(commands, "integrate", serving.integrate)
    integrate.add_argument("--every", type=seconds, metavar="SECONDS", help="go on until stopped")
