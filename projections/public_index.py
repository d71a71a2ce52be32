"""What the public may look for: organisations, funds, names given in thanks, places, payments made.

Nothing in it grows with gifts. Of a payment to a private person there is no name, no purpose and no
place: nobody can count by place how few were helped. The digests that prove an acceptance lie
beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property, singledispatchmethod

from ledger.domain.days import day_in_china
from ledger.domain.events import (
    DisbursementAccepted,
    DisbursementPaid,
    DisbursementProposed,
    Event,
    FundBound,
    FundOpened,
    LedgerFounded,
    OrganisationRegistered,
)
from ledger.domain.events.naming import NamingProposed
from projections.grams import grams
from projections.rows import copy_rows
from projections.runner import Connection, Recorded
from projections.views import facts_of, handlers

KINDS = ("charity", "fund", "naming", "place", "payment")
"""What can be found, in the order it is shown."""

ENTRY = (
    "kind", "id", "charity", "fund", "title", "words", "place", "day", "amount", "unit", "leaf",
    "rank", "grams",
)  # fmt: skip
EVIDENCE = ("disbursement", "leaf", "number", "digest")

Entry = dict[str, object]


class PublicIndex:
    """Read model of what can be looked for; a payment has no `leaf` before it was made."""

    name = "public_index"
    sought = ()
    tables = (
        "CREATE TABLE entries (kind text NOT NULL, id text NOT NULL, charity text, fund text,"
        " title text, words text, place text, day date, amount bigint, unit text, leaf bigint,"
        " rank integer NOT NULL, grams text[] NOT NULL, PRIMARY KEY (kind, id))",
        "CREATE INDEX entries_grams ON entries USING gin (grams) WITH (fastupdate = off)",
        "CREATE INDEX entries_order ON entries (rank, leaf DESC)",
        "CREATE INDEX entries_charity ON entries (charity, rank, leaf DESC)",
        "CREATE INDEX entries_place ON entries (place text_pattern_ops)",
        "CREATE INDEX entries_day ON entries (day)",
        "CREATE TABLE evidence (disbursement text NOT NULL, leaf bigint NOT NULL,"
        " number integer NOT NULL, digest text NOT NULL, PRIMARY KEY (disbursement, number))",
    )

    @cached_property
    def facts(self) -> frozenset[type[Event]]:
        """The classes of events that a batch has its say on."""
        return facts_of(_Page, "take_in")

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in whatever can be looked for."""
        page = _Page(connection)
        for leaf, event in recorded:
            _HANDLERS(type(event))(page, event, leaf)
        page.write()


PUBLIC_INDEX = PublicIndex()


class _Page:
    """What one batch adds and changes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._entries: dict[tuple[str, str], Entry] = {}
        self._places: dict[str, int] = {}
        self._paid: dict[str, tuple[date | None, int]] = {}
        self._words: dict[str, list[str]] = {}
        self._evidence: list[tuple[object, ...]] = []

    @singledispatchmethod
    def take_in(self, event: Event, leaf: int) -> None:
        """Most facts are not looked for."""

    @take_in.register
    def _founded(self, event: LedgerFounded, leaf: int) -> None:
        self._organisation(event.organisation, event.name, "authority", leaf)

    @take_in.register
    def _registered(self, event: OrganisationRegistered, leaf: int) -> None:
        self._organisation(event.organisation, event.name, event.kind, leaf)

    def _organisation(self, organisation: str, name: str, kind: str, leaf: int) -> None:
        self._add("charity", organisation, leaf, charity=organisation, title=name, words=kind,
                  grams=grams(organisation, name))  # fmt: skip

    @take_in.register
    def _opened(self, event: FundOpened, leaf: int) -> None:
        self._add("fund", event.originator_id, leaf, charity=event.organisation,
                  fund=event.originator_id, title=event.name, words=event.purpose,
                  place=event.place, day=day_in_china(event.timestamp),
                  grams=grams(event.name, event.purpose, event.place,
                              event.originator_id))  # fmt: skip
        if event.place:
            self._places.setdefault(event.place, leaf)

    @take_in.register
    def _bound(self, event: FundBound, _leaf: int) -> None:
        said = [text for text in (event.brand, event.recipient, event.plan) if text]
        self._words.setdefault(event.originator_id, []).extend(said)

    @take_in.register
    def _named(self, event: NamingProposed, leaf: int) -> None:
        self._add("naming", event.originator_id, leaf, charity=event.organisation,
                  fund=event.fund, words=event.thing, place=event.place,
                  day=day_in_china(event.timestamp),
                  grams=grams(event.originator_id, event.place))  # fmt: skip

    @take_in.register
    def _proposed(self, event: DisbursementProposed, _leaf: int) -> None:
        payee = event.payee.organisation
        purpose, place = (event.purpose, event.place) if payee else (None, None)
        self._add("payment", event.disbursement, None, charity=event.actor,
                  fund=event.originator_id, title=payee, words=purpose, place=place,
                  amount=event.amount.units, unit=event.amount.unit,
                  grams=grams(payee, purpose, place, event.disbursement))  # fmt: skip

    @take_in.register
    def _was_paid(self, event: DisbursementPaid, leaf: int) -> None:
        self._paid[event.disbursement] = (event.paid_on, leaf)

    @take_in.register
    def _accepted(self, event: DisbursementAccepted, leaf: int) -> None:
        self._evidence += [
            (event.disbursement, leaf, number, digest)
            for number, digest in enumerate(event.evidence)
        ]

    def _add(self, kind: str, what: str, leaf: int | None, **said: object) -> None:
        given = {"kind": kind, "id": what, "leaf": leaf, "rank": KINDS.index(kind)}
        self._entries[kind, what] = dict.fromkeys(ENTRY) | given | said

    def write(self) -> None:
        """Write the batch."""
        copy_rows(self._connection, "entries", ENTRY, _rows(self._entries.values()))
        copy_rows(self._connection, "evidence", EVIDENCE, self._evidence)
        self._pay()
        for place, leaf in self._places.items():
            self._connection.execute(_PLACE, [place, place, leaf, grams(place)])
        for fund, words in self._words.items():
            self._connection.execute(_SAID, [grams(*words), fund])

    def _pay(self) -> None:
        """Note which payments were made, and the places that the first of them went to."""
        if not self._paid:
            return
        paid = [(what, day, leaf) for what, (day, leaf) in self._paid.items()]
        given = [[row[column] for row in paid] for column in range(3)]
        for row in self._connection.execute(_PAY, given).fetchall():
            if row["place"]:
                known = self._places.get(row["place"], row["leaf"])
                self._places[row["place"]] = min(known, row["leaf"])


_HANDLERS = handlers(_Page, "take_in")


def _rows(entries: Iterable[Entry]) -> Iterable[list[object]]:
    return ([entry[column] for column in ENTRY] for entry in entries)


_PAY = (
    "UPDATE entries SET day = paid.day, leaf = paid.leaf FROM unnest(%s::text[], %s::date[],"
    " %s::bigint[]) AS paid (id, day, leaf) WHERE kind = 'payment' AND entries.id = paid.id"
    " RETURNING place, entries.leaf"
)
_PLACE = (
    "INSERT INTO entries (kind, id, place, leaf, rank, grams)"  # noqa: S608 our words
    f" VALUES ('place', %s, %s, %s, {KINDS.index('place')}, %s) ON CONFLICT DO NOTHING"
)
_SAID = "UPDATE entries SET grams = grams || %s::text[] WHERE kind = 'fund' AND id = %s"
