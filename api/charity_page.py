"""What the page of a charity says: its eligibility, keys, receipt books, funds and duties."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from api.charts import Bars, Month
from api.commands.asking import as_of, balance_json
from api.deductibility_words import class_answers, fact_words
from api.organisations_seen import KeyLine, Seen, seen
from api.public_house import PublicHouse
from api.times import rfc3339, today
from ledger.domain import deductibility, disclosure
from ledger.domain.days import day_in_china
from ledger.domain.deductibility import Answer
from ledger.domain.disclosure import BooksClosed, Due, Raise
from ledger.domain.kinds import KINDS
from projections import directory, journal_queries, public_months, tallies, trace_queries
from projections.directory import FundEntry
from projections.journal_queries import Close
from projections.public_index import PUBLIC_INDEX
from projections.runner import Position, end_of
from projections.trace_queries import Balance, NotTraceable

CURRENCY = "CNY"
PROJECT = "project"
BY_PUBLIC_RAISE = "public-raise"
COUNTS = (tallies.ALLOTTED, tallies.ISSUED, tallies.VOID, tallies.RED, tallies.PAPER, tallies.LOST)


@dataclass(frozen=True, slots=True)
class Book:
    """The numbers of one receipt code: how many were allotted, drawn for receipts, and so on.

    `void` receipts were reversed by `red` ones; `paper` numbers were written by hand; `lost` are
    blanks that were lost, spoiled or handed back.
    """

    code: str
    allotted: int
    issued: int
    void: int
    red: int
    paper: int
    lost: int


@dataclass(frozen=True, slots=True)
class CharityPage:
    """All that is said of a charity, as of a position, and on a day."""

    seen: Seen
    on: date
    funds: tuple[tuple[FundEntry, tuple[Balance, ...]], ...]
    books: tuple[Book, ...]
    closes: tuple[Close, ...]
    duties: tuple[Due, ...]
    position: Position

    @property
    def may_issue(self) -> Answer:
        """May it issue donation receipts."""
        return deductibility.may_issue(self.seen.known)

    @property
    def eligible(self) -> Answer:
        """Can gifts of that day be deducted."""
        return deductibility.eligible_on(self.seen.known, self.on)

    @property
    def classes(self) -> list[dict[str, Any]]:
        """Which class a gift of that day has, by payer and purpose."""
        if self.seen.known.kind not in KINDS:
            return []
        return class_answers(self.seen.known, self.on)

    @property
    def facts(self) -> list[dict[str, Any]]:
        """What was recorded of its eligibility, in order."""
        return list(map(fact_words, self.seen.known.eligibility_facts))


def described(home: PublicHouse, uscc: str, at: Position | None) -> CharityPage:
    """Return what is known of a charity; NotTraceable when nobody registered it."""
    position = home.runner.reached(PUBLIC_INDEX, at)
    found = seen(home, [uscc], position.size).get(uscc)
    if found is None:
        raise NotTraceable("organisation", uscc)
    funds = directory.funds(home.runner, uscc, at)
    closes = [c for c in journal_queries.closes(home.runner, uscc) if c.leaf < end_of(at)]
    on = today() if at is None or at.time is None else day_in_china(at.time)
    return CharityPage(
        found, on, _with_balances(home, funds, at), _books(home, uscc, at), tuple(closes),
        tuple(_duties(home, found, funds, closes, on)), position,
    )  # fmt: skip


def months(home: PublicHouse, uscc: str, on: date) -> Bars | None:
    """Return the months with movements of money, of this year and the last; None without any."""
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for one in public_months.moved(home.runner, uscc, CURRENCY, date(on.year - 1, 1, 1)):
        sums[one.month][one.kind] += one.amount
    known = [Month(name, kinds["gift"], kinds["disbursement"]) for name, kinds in sums.items()]
    return Bars(CURRENCY, known) if known else None


def _with_balances(
    home: PublicHouse, funds: Sequence[FundEntry], at: Position | None
) -> tuple[tuple[FundEntry, tuple[Balance, ...]], ...]:
    known, _ = trace_queries.balances(home.runner, None, at)
    return tuple((fund, tuple(b for b in known if b.fund == fund.fund)) for fund in funds)


def _books(home: PublicHouse, uscc: str, at: Position | None) -> tuple[Book, ...]:
    counted, _ = tallies.of(home.runner, uscc, at)
    codes = sorted({code for _, what, code in counted if what == tallies.ALLOTTED})
    return tuple(Book(code, *(counted[uscc, what, code] for what in COUNTS)) for code in codes)


def _duties(
    home: PublicHouse,
    found: Seen,
    funds: Sequence[FundEntry],
    closes: Sequence[Close],
    on: date,
) -> list[Due]:
    """Return the calendar of a charity; the measure binds charities and no other kind."""
    if found.known.kind != "charity":
        return []
    ended = _ended(home, found.known.id)
    raises = [
        Raise(
            fund=fund.fund,
            public=fund.basis == BY_PUBLIC_RAISE,
            first_day=fund.first_day,
            last_day=fund.last_day,
            closed_on=ended[fund.fund] if fund.closed else None,
            left_over=fund.closed,
        )
        for fund in funds
        if fund.basis == BY_PUBLIC_RAISE or fund.kind == PROJECT
    ]
    books = [BooksClosed(close.last_day, day_in_china(close.time)) for close in closes]
    return disclosure.calendar_of(found.registered, raises, books, on)


def _ended(home: PublicHouse, uscc: str) -> dict[str, date]:
    """Return the day on which each closed fund was closed."""
    ended: dict[str, date] = {}
    for fund, leaf in directory.closed_at(home.runner, uscc).items():
        time = home.runner.position(leaf + 1).time
        assert time is not None, "an entry has a time"
        ended[fund] = day_in_china(time)
    return ended


def charity_json(found: CharityPage) -> dict[str, object]:
    """Return the page for programs."""
    known = found.seen.known
    return {
        "as_of": as_of(found.position),
        "uscc": known.id,
        "name": known.name,
        "kind": known.kind,
        "registered": rfc3339(found.seen.since),
        "on": found.on.isoformat(),
        "may_issue": _answer(found.may_issue),
        "eligible": _answer(found.eligible),
        "class": found.classes,
        "eligibility": found.facts,
        "keys": list(map(_key, found.seen.keys)),
        "books": [asdict(book) for book in found.books],
        "funds": list(map(_fund, found.funds)),
        "closes": list(map(_close, found.closes)),
        "disclosures": [due_json(due, found.on) for due in found.duties],
    }


def _answer(answer: Answer) -> dict[str, object]:
    return {"yes": answer.yes, "reason": answer.reason, "source": answer.source}


def _key(line: KeyLine) -> dict[str, object]:
    return asdict(line) | {"since": rfc3339(line.since), "until": rfc3339(line.until)}


def _fund(listed: tuple[FundEntry, Sequence[Balance]]) -> dict[str, object]:
    fund, balances = listed
    return {
        "fund": fund.fund,
        "name": fund.name,
        "kind": fund.kind,
        "closed": fund.closed,
        "balances": list(map(balance_json, balances)),
    }


def _close(close: Close) -> dict[str, object]:
    return {
        "leaf": close.leaf,
        "last_day": close.last_day.isoformat(),
        "closed_at": rfc3339(close.time),
        "size": close.size,
    }


def due_json(due: Due, on: date) -> Mapping[str, object]:
    """Return a disclosure for programs, with how it stands on a day."""
    return {
        "duty": due.duty,
        "about": due.about,
        "due": due.due.isoformat() if due.due else None,
        "recorded": due.recorded.isoformat() if due.recorded else None,
        "state": due.state(on),
        "source": due.source,
    }
