"""The command line: `donation-ledger`. Every answer goes to standard output, the rest to error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

import psycopg
from eventsourcing.persistence import PersistenceError

from api import serving
from api.answers import NOT_UNDERSTOOD, WRONG, complain, show
from api.arguments import Commands, OneLineParser, command, day, group, number, seconds
from api.commands import (
    accounts,
    asking,
    auditing,
    books,
    checking,
    crediting,
    deducting,
    eligibility,
    founding,
    funding,
    giving,
    hooks,
    keys,
    mirroring,
    naming,
    periods,
    pledging,
    proving,
    receipting,
    recording,
    reporting,
    serving_people,
    showing,
    signing,
    sm2,
    spending,
    taxing,
    vaulting,
    verifying,
    witnessing,
)
from api.preparing import answered
from ledger.domain.disbursements import COST_CLASSES
from ledger.errors import LedgerError, Untrusted
from ledger.store.database import first_line

INTERRUPTED = 130
KINDS = ("auto", "gifts", "goods-received", "goods-issued", "payments", "disbursements")


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    args = parser().parse_args(_texts(sys.argv[1:] if argv is None else argv))
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a file's name need not be text
    try:
        answer = answered(args)
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


def parser() -> argparse.ArgumentParser:
    """Return the parser of all commands."""
    top = OneLineParser(prog="donation-ledger", description="善款账本 Donation Ledger")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    founding.declare(commands)
    accounts.declare(commands)
    hooks.declare(commands)
    keys.declare(commands)
    signing.declare(commands)
    sm2.declare(commands)
    eligibility.declare(commands)
    books.declare(commands)
    funding.declare(commands)
    giving.declare(commands)
    pledging.declare(commands)
    spending.declare(commands)
    naming.declare(commands)
    serving_people.declare(commands)
    periods.declare(commands)
    reporting.declare(commands)
    crediting.declare(commands)
    taxing.declare(commands)
    deducting.declare(commands)
    _recording_commands(commands)
    receipting.declare(commands)
    witnessing.declare(commands)
    vaulting.declare(commands)
    _asking_commands(commands)
    _proving_commands(commands)
    _showing_commands(commands)
    return top


def _recording_commands(commands: Commands) -> None:
    files = command(commands, "import", recording.import_files, writes=True)
    files.add_argument("files", nargs="+", type=Path, metavar="FILE")
    files.add_argument("--charity", required=True, metavar="USCC")
    files.add_argument("--fund", required=True)
    files.add_argument("--kind", choices=KINDS, default="auto")
    files.add_argument("--errors", type=Path, metavar="OUT.xlsx", help="refused rows come here")
    files.add_argument("--date", type=day, metavar="D", help="day of rows that have none")
    files.add_argument("--rate", action="append", default=[], metavar="CUR:RATE:PER:DATE:SOURCE")
    files.add_argument("--cost-class", choices=COST_CLASSES, default="charitable")
    files.add_argument("--preview", action="store_true", help="say of each row what it is: new, "
                       "known, unclear or refused; record nothing")  # fmt: skip
    files.add_argument("--unclear", choices=("record", "hold", "skip"), default="record",
                       help="rows like a gift from another list")  # fmt: skip
    files.add_argument("--record-row", action="append", default=[], metavar="SHEET!ROW",
                       help="an unclear row that is a gift of its own")  # fmt: skip
    files.add_argument("--show-mapping", action="store_true", help="how columns are understood")
    files.add_argument("--map", type=Path, metavar="FILE.json",
                       help="correct that, now and for later files of this charity")  # fmt: skip
    files.add_argument("--expect-count", type=number, metavar="N", help="control total: entries")
    files.add_argument("--expect-total", action="append", default=[], metavar="[CUR:]AMOUNT")
    files.add_argument("--despite-breaks", action="store_true",
                       help="record a statement whose balances do not add up")  # fmt: skip
    files.add_argument("--proposed-by", default="clerk", metavar="ROLE")
    files.add_argument("--approved-by", default="reviewer", metavar="ROLE")
    erase = command(commands, "erase", recording.erase, writes=True)
    erase.add_argument(
        "person",
        nargs="?",
        metavar="PERSON",
        help="a name as recorded, or the id of a gift or of a name (naming-...)",
    )
    erase.add_argument("--namesakes", action="store_true", help="all who bear that name")
    erase.add_argument("--ground", default="request of the person", help="why it is erased")
    erase.add_argument("--due", action="store_true", help="what a law kept, and no longer keeps")
    erase.add_argument("--on", type=day, metavar="D", help="as of this day, not of today")


def _asking_commands(commands: Commands) -> None:
    trace = command(commands, "trace", asking.trace)
    trace.add_argument("what", choices=("gift", "disbursement", "fund", "place"))
    trace.add_argument("id", metavar="ID")
    trace.add_argument("--unit", metavar="CUR", help="of several currencies, this one")
    trace.add_argument("--at", type=number, metavar="SIZE", help="as of this size of the log")
    balance = command(commands, "balance", asking.balance)
    balance.add_argument("--fund")
    balance.add_argument("--at", type=number, metavar="SIZE", help="as of this size of the log")
    check = command(commands, "check", checking.check)
    check.add_argument("what", choices=tuple(checking.RULES))
    check.add_argument("values", nargs="+", metavar="VALUE")


def _proving_commands(commands: Commands) -> None:
    verifying.declare(commands)
    mirroring.declare(commands)
    trust = command(group(commands, "trust", "keys to trust"), "export", proving.export_trust)
    trust.add_argument("file", type=Path, metavar="FILE")
    trust.add_argument("--certificate", type=Path, metavar="FILE.pem",
                       help="the root certificate of document signatures")  # fmt: skip
    log = group(commands, "log", "the public log")
    export = command(log, "export", proving.export_log)
    export.add_argument("folder", type=Path, metavar="DIR")
    command(log, "checkpoint", proving.show_checkpoint)
    auditing.declare(commands)
    rebuild = command(commands, "rebuild", proving.rebuild)
    rebuild.add_argument("--check", action="store_true", help="compare only")


def _showing_commands(commands: Commands) -> None:
    command(commands, "demo", showing.demo)
    command(commands, "serve", serving.serve)
    integrate = command(commands, "integrate", serving.integrate)
    integrate.add_argument("--every", type=seconds, metavar="SECONDS", help="go on until stopped")
    integrate.add_argument("--write-again", action="store_true", help="write a log that was lost, "
                           "or restored from an older backup, anew")  # fmt: skip
