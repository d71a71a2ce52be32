"""What a command answers: data for scripts, a table for people, and an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from unicodedata import category

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

PAGE_WIDTH = 120
"""Columns of a table in a pipe or a file."""

DONE, WRONG, NOT_UNDERSTOOD = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Answer:
    """`data` is the one JSON document; `tables` are shown to people; `code` is the exit code."""

    data: object
    tables: Sequence[Table] = ()
    code: int = DONE
    lines: Sequence[str] = field(default_factory=tuple)


def table(title: str, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Return a table; columns whose name ends with > are set to the right."""
    shown = Table(
        title=_literal(title), title_justify="left", title_style="bold", header_style="bold cyan"
    )
    for name in columns:
        right = name.endswith(">")
        shown.add_column(name.rstrip(">"), justify="right" if right else "left", overflow="fold")
    for row in rows:
        shown.add_row(*(_literal("" if cell is None else str(cell)) for cell in row))
    return shown


def _literal(text: str) -> Text:
    """Return text that is shown as it is: no markup in it, nothing that steers a terminal."""
    return Text("".join(_seen(character) for character in text))


def _seen(character: str) -> str:
    steers = category(character) in {"Cc", "Cf"} and character != "\n"
    return f"\\u{ord(character):04x}" if steers else character


def facts(title: str, data: Mapping[str, object]) -> Table:
    """Return a table of names and values."""
    shown = [(name, _plain(value)) for name, value in data.items()]
    return table(title, ("项目 what", "值 value"), shown)


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "是 yes" if value else "否 no"
    if isinstance(value, dict):
        return ", ".join(f"{k} {v}" for k, v in value.items())
    return "—" if value is None else str(value)


def show(answer: Answer, *, as_json: bool) -> None:
    """Print an answer on standard output."""
    if as_json:
        sys.stdout.write(json.dumps(answer.data, ensure_ascii=False, indent=2) + "\n")
        return
    console = Console(file=sys.stdout, highlight=False)
    if not console.is_terminal:
        console.width = PAGE_WIDTH
    for shown in answer.tables:
        console.print(shown)
    for line in answer.lines:
        console.print(_literal(line))


def complain(message: str) -> None:
    """Print one line on standard error."""
    sys.stderr.write(" ".join(message.split()) + "\n")


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """Show a bar on a terminal, and nothing in a pipe; yields what advances it."""
    console = Console(file=sys.stderr)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.advance(task, done)
