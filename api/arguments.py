"""How commands declare what they take, and how words on the command line are read."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from datetime import date
from hashlib import file_digest
from pathlib import Path
from typing import NoReturn, TypeAlias

from api.answers import NOT_UNDERSTOOD, Answer, complain
from ledger.domain.goods import ITEM, Amount, Quantity
from ledger.errors import Refused, Unreadable
from ledger.money import Money

DAY_S = 86_400

Command = Callable[[argparse.Namespace], Answer]


class QuantityUnreadable(Refused):
    """A quantity of goods is a whole number."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no whole number of goods")


class OneLineParser(argparse.ArgumentParser):
    """Complains in one line that says what to do."""

    def error(self, message: str) -> NoReturn:
        """Print one line and exit with 2."""
        complain(f"{self.prog}: {message}; see {self.prog} --help")
        sys.exit(NOT_UNDERSTOOD)


Commands: TypeAlias = "argparse._SubParsersAction[OneLineParser]"  # noqa: SLF001 it has no other name
"""What subcommands are added to."""


def command(commands: Commands, name: str, run: Command, *, writes: bool = False) -> OneLineParser:
    """Add a command that `run` carries out; its help is the first line of that docstring."""
    added = commands.add_parser(name, help=(run.__doc__ or "").splitlines()[0])
    added.add_argument("--json", action="store_true", help="print one JSON document")
    if writes:
        added.add_argument("--dry-run", action="store_true", help="decide, but record nothing")
        added.add_argument(
            "--prepare",
            type=Path,
            metavar="FILE",
            help="where a key is held elsewhere: write what it must sign, record nothing",
        )
    added.set_defaults(run=run, use=added.prog.partition(" ")[2])
    return added


def group(commands: Commands, name: str, what: str) -> Commands:
    """Add a group of commands, such as `fund open` and `fund close`."""
    return commands.add_parser(name, help=what).add_subparsers(required=True, metavar="ACTION")


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


def amount(text: str, unit: str) -> Amount:
    """Read an amount of a currency, or a quantity of an item given by its code."""
    if not unit.startswith(ITEM):
        return Money.parse(text, unit)
    if not text.isascii() or not text.isdigit():
        raise QuantityUnreadable(text)
    return Quantity(int(text), unit)


def digest_of(path: Path) -> str:
    """Return the SHA-256 (hex) that binds a document to what is recorded; it is not kept."""
    if not path.is_file():
        raise Unreadable(f"{path}: no such file; name the photo or document that proves it")
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
