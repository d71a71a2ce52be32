"""The journal (序时账): one row a movement, with the day it belongs to and the day it is booked on.

What is recorded after a close, of a day that is closed, is booked on the first open day and marked
late; that follows from log order alone, so rows of a closed period never change. Corrections that
the public is told of lie beside it (民政部令第81号 art. 16).
"""

from __future__ import annotations

from collections.abc import Sequence

from projections import journal_days
from projections.journal_page import Page
from projections.runner import Connection, Recorded
from projections.views import facts_of, handlers

_HANDLERS = handlers(Page, "take_in")


class Journal:
    """Read model of movements, corrections and closed periods."""

    name = "journal"
    facts = facts_of(Page, "take_in")
    sought = ("journal_id",)
    tables = (
        "CREATE TABLE books (fund text PRIMARY KEY, organisation text NOT NULL, name text NOT NULL,"
        " kind text NOT NULL)",
        "CREATE TABLE closes (leaf bigint NOT NULL, organisation text NOT NULL,"
        " last_day date NOT NULL, closed_by text NOT NULL, size bigint NOT NULL,"
        " time timestamptz NOT NULL, PRIMARY KEY (organisation, last_day))",
        "CREATE TABLE costs (disbursement text PRIMARY KEY, cost_class text NOT NULL)",
        "CREATE TABLE journal (leaf bigint NOT NULL, line integer NOT NULL,"
        " organisation text NOT NULL, fund text NOT NULL, kind text NOT NULL, id text NOT NULL,"
        " unit text NOT NULL, amount bigint NOT NULL, day date NOT NULL, booked_on date NOT NULL,"
        " late boolean NOT NULL, cost_class text, counterpart text, corrects bigint,"
        " debit text NOT NULL, credit text NOT NULL, value bigint, value_debit text,"
        " value_credit text, PRIMARY KEY (leaf, line))",
        "CREATE INDEX journal_id ON journal (id)",
        "CREATE INDEX journal_booked ON journal (organisation, booked_on, leaf, line)",
        "CREATE INDEX journal_moved ON journal (fund, leaf) WHERE kind IN ('allocation-out',"
        " 'allocation-in', 'take-back', 'given-back')",
        "CREATE INDEX journal_leaf ON journal (organisation, leaf, line)",
        "CREATE TABLE corrections (leaf bigint PRIMARY KEY, organisation text NOT NULL,"
        " fund text, kind text NOT NULL, id text NOT NULL, unit text, amount bigint,"
        " day date NOT NULL, booked_on date NOT NULL, late boolean NOT NULL, corrects bigint,"
        " reason text, note text, was text, became text, counterpart text)",
        "CREATE INDEX corrections_fund ON corrections (fund, leaf)",
        "CREATE INDEX corrections_id ON corrections (id)",
        "CREATE INDEX corrections_counterpart ON corrections (counterpart, leaf)",
        "CREATE INDEX corrections_organisation ON corrections (organisation, leaf)",
        journal_days.TABLE,
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in movements, corrections and closes."""
        page = Page(connection, [event for _, event in recorded])
        for leaf, event in recorded:
            _HANDLERS(type(event))(page, event, leaf)
        page.write()


JOURNAL = Journal()
