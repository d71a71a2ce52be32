"""The command line: `donation-ledger`. Every answer goes to standard output, the rest to error."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper

from api.answers import NOT_UNDERSTOOD, WRONG, complain, show
from api.arguments import OneLineParser
from api.prepared import answered
from ledger.errors import LedgerError, Untrusted

INTERRUPTED = 130
PARTS: Mapping[str, tuple[str, ...]] = {
    "founding": ("init", "stop", "charity"),
    "accounts": ("account",),
    "hooks": ("hooks",),
    "keys": ("key",),
    "signing": ("sign", "submit"),
    "sm2": ("sm2",),
    "eligibility": ("eligibility",),
    "books": ("book",),
    "funding": ("fund", "allocate", "take-back"),
    "giving": ("gift",),
    "pledging": ("pledge",),
    "spending": ("disbursement", "limit"),
    "naming": ("naming",),
    "serving_people": ("service",),
    "periods": ("period",),
    "reporting": ("corrections", "totals"),
    "crediting": ("credits",),
    "taxing": ("tax", "status"),
    "deducting": ("deduct",),
    "recording": ("import", "erase"),
    "receipting": ("receipts",),
    "witnessing": ("witness",),
    "vaulting": ("vault", "person"),
    "asking": ("trace", "balance"),
    "checking": ("check",),
    "verifying": ("verify",),
    "mirroring": ("mirror",),
    "proving": ("trust", "log", "rebuild"),
    "auditing": ("audit",),
    "showing": ("demo", "serve", "integrate"),
}
"""The modules of `api.commands`, and the commands that each declares."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code."""
    words = _texts(sys.argv[1:] if argv is None else argv)
    args = parser(words[0] if words else None).parse_args(words)
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
        case OSError():
            return f"{error.filename or 'a file'}: {error.strerror or error}", NOT_UNDERSTOOD
        case KeyboardInterrupt():
            return "interrupted; what was recorded stays, run the command again", INTERRUPTED
        case _:
            return _unforeseen(error), NOT_UNDERSTOOD


def _unforeseen(error: BaseException) -> str:
    import psycopg  # noqa: PLC0415 some commands know no database, and most end well
    from eventsourcing.persistence import PersistenceError  # noqa: PLC0415 as above

    from ledger.store.database import NotReplicated, first_line  # noqa: PLC0415 as above
    from ledger.store.shared_commits import WriterInterrupted  # noqa: PLC0415 as above

    if isinstance(error, NotReplicated | WriterInterrupted):
        return first_line(error)
    if isinstance(error, psycopg.Error | PersistenceError):
        return f"the database refused: {first_line(error)}; nothing was half-done, try again"
    return f"a fault of the program ({type(error).__name__}: {error}); please report it"


def _texts(words: Sequence[str]) -> Sequence[str]:
    """Refuse words that are no text: their bytes are not those of the terminal's encoding."""
    for word in words:
        if not word.isascii() and any("\ud800" <= character <= "\udfff" for character in word):
            complain(f"{word!a} is not UTF-8 text; name it in UTF-8")
            sys.exit(NOT_UNDERSTOOD)
    return words


def parser(word: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands, or of those that come with the command `word`.

    Whoever asks for one command does not wait for what the others need to load.
    """
    top = OneLineParser(prog="donation-ledger", description="善款账本 Donation Ledger")
    commands = top.add_subparsers(required=True, metavar="COMMAND")
    asked = [part for part, names in PARTS.items() if word in names]
    for part in asked or PARTS:
        import_module(f"api.commands.{part}").declare(commands)
    return top
