"""Questions to read models that are asked one by one, or several as one.

A question costs the server a tenth of a millisecond and more, however little it asks
(docs/benchmarks.md). Asked as one, their rows come as JSON, under the question they answer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Generic, TypeVar

import orjson

from projections.runner import Connection

T_co = TypeVar("T_co", covariant=True)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Question(Generic[T_co]):
    """What is asked, with named parameters and their values, and how its rows are read.

    `written` reads columns that JSON has no form of its own for, such as days, from their text.
    The rows come in no order when it is asked beside others; sums must be made `::bigint`, for what
    is `numeric` would come as a float.
    """

    text: str
    given: Mapping[str, object]
    read: Callable[[Sequence[Row]], T_co]
    written: Mapping[str, Callable[[str], object]] = field(default_factory=dict)


def ask(connection: Connection, question: Question[T_co]) -> T_co:
    """Ask one question."""
    return question.read(connection.execute(question.text, question.given).fetchall())


def ask_together(connection: Connection, *questions: Question[Any]) -> list[Any]:
    """Ask several questions as one, and return the answer of each."""
    given = {f"{n}_{name}": v for n, q in enumerate(questions) for name, v in q.given.items()}
    query = _together(tuple(question.text for question in questions))
    rows = connection.execute(query, given).fetchall()
    found = {row["asked"]: orjson.loads(row["found"]) for row in rows if row["found"]}
    return [
        question.read([_typed(row, question.written) for row in found.get(n, ())])
        for n, question in enumerate(questions)
    ]


@lru_cache(64)
def _together(texts: tuple[str, ...]) -> bytes:
    """Return one question for several, whose parameters are numbered by theirs."""
    parts = [
        f"SELECT {n} AS asked, json_agg(one)::text AS found FROM ({_numbered(text, n)}) AS one"  # noqa: S608 our own questions
        for n, text in enumerate(texts)
    ]
    return " UNION ALL ".join(parts).encode()


def _numbered(text: str, number: int) -> str:
    return text.replace("%(", f"%({number}_")


def _typed(row: Row, written: Mapping[str, Callable[[str], object]]) -> Row:
    for name, read in written.items():
        if row[name] is not None:
            row[name] = read(row[name])
    return row
