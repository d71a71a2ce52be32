"""Names given in thanks: where each stands, since when, on which gifts, under which review.

No table holds the text of a name: only its digest, whose opening lies in the vault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property, singledispatchmethod

from psycopg import sql

from ledger.domain.events import Event
from ledger.domain.events.naming import (
    NamingApproved,
    NamingEntered,
    NamingExpired,
    NamingFundingTested,
    NamingProposed,
    NamingRejected,
    NamingResumed,
    NamingReviewClosed,
    NamingReviewOpened,
    NamingRevoked,
    NamingSubmitted,
    NamingSuspended,
    NamingWishRecorded,
    NamingWithdrawn,
)
from ledger.domain.naming_grant import WISHES_THAT_END
from projections.questions import Question, Row, ask
from projections.runner import Connection, Recorded, Runner
from projections.views import facts_of


@dataclass(frozen=True, slots=True)
class NameEntry:
    """A name as it stands; `text_digest` is all that is kept of its text."""

    naming: str
    organisation: str
    thing: str
    form: str
    construction: bool
    fund: str
    place: str | None
    text_digest: str
    proposed_at: datetime
    status: str
    since: datetime
    wish: str | None
    publish: bool
    authority: str | None
    number: str | None
    first_day: date | None
    last_day: date | None
    under_review: bool

    def shown_on(self, day: date) -> bool:
        """Tell whether public pages may show the name: in force, in its term, and consented to."""
        if self.status != "in force" or self.first_day is None or self.last_day is None:
            return False
        return self.publish and self.first_day <= day <= self.last_day


@dataclass(frozen=True, slots=True)
class Review:
    """A review: the gift that went back, what was left, what was needed, how it ended."""

    naming: str
    gift: str
    opened_at: datetime
    received: int
    needed: int
    currency: str
    closed_at: datetime | None
    outcome: str | None


COLUMNS = ", ".join(NameEntry.__slots__)


class Namings:
    """Read model of names."""

    name = "namings"
    sought = ("reviews_open",)
    tables = (
        "CREATE TABLE names (naming text PRIMARY KEY, organisation text NOT NULL,"
        " thing text NOT NULL, form text NOT NULL, construction boolean NOT NULL,"
        " fund text NOT NULL, place text, text_digest text NOT NULL,"
        " proposed_at timestamptz NOT NULL, status text NOT NULL, since timestamptz NOT NULL,"
        " wish text, publish boolean NOT NULL, authority text, number text, first_day date,"
        " last_day date, under_review boolean NOT NULL, leaf bigint NOT NULL)",
        "CREATE INDEX names_by_fund ON names (fund, leaf)",
        "CREATE TABLE name_gifts (naming text NOT NULL, gift text NOT NULL,"
        " PRIMARY KEY (naming, gift))",
        "CREATE INDEX name_gifts_by_gift ON name_gifts (gift)",
        "CREATE TABLE reviews (leaf bigint PRIMARY KEY, naming text NOT NULL, gift text NOT NULL,"
        " opened_at timestamptz NOT NULL, received bigint NOT NULL, needed bigint NOT NULL,"
        " currency text NOT NULL, closed_at timestamptz, outcome text)",
        "CREATE INDEX reviews_open ON reviews (naming) WHERE closed_at IS NULL",
    )

    @cached_property
    def facts(self) -> frozenset[type[Event]]:
        """The classes of events that become of names."""
        return facts_of(Namings, "_apply")

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in what became of names, in order."""
        for leaf, event in recorded:
            self._apply(event, leaf, connection)

    @singledispatchmethod
    def _apply(self, _event: Event, _leaf: int, _connection: Connection) -> None:
        """Most facts move no name."""

    @_apply.register
    def _proposed(self, event: NamingProposed, leaf: int, connection: Connection) -> None:
        row = {
            "naming": event.originator_id,
            "organisation": event.organisation,
            "thing": event.thing,
            "form": event.form,
            "construction": event.construction,
            "fund": event.fund,
            "place": event.place,
            "text_digest": " ".join(event.text.sealed),
            "proposed_at": event.timestamp,
            "status": "proposed",
            "since": event.timestamp,
            "publish": False,
            "under_review": False,
            "leaf": leaf,
        }
        names = sql.SQL(", ").join(map(sql.Identifier, row))
        values = sql.SQL(", ").join(map(sql.Placeholder, row))
        connection.execute(sql.SQL("INSERT INTO names ({}) VALUES ({})").format(names, values), row)
        _rest_on(connection, event.originator_id, event.gifts)

    @_apply.register
    def _wished(self, event: NamingWishRecorded, _leaf: int, connection: Connection) -> None:
        if event.wish in WISHES_THAT_END:
            _stands(connection, event, WISHES_THAT_END[event.wish])
        _note(connection, event, wish=event.wish, publish=event.publish)

    @_apply.register
    def _tested(self, event: NamingFundingTested, _leaf: int, connection: Connection) -> None:
        _rest_on(connection, event.originator_id, event.gifts)

    @_apply.register
    def _submitted(self, event: NamingSubmitted, _leaf: int, connection: Connection) -> None:
        _stands(connection, event, "submitted")
        _note(connection, event, authority=event.authority)

    @_apply.register
    def _approved(self, event: NamingApproved, _leaf: int, connection: Connection) -> None:
        _stands(connection, event, "approved")
        _note(connection, event, number=event.number, first_day=event.first_day,
              last_day=event.last_day)  # fmt: skip

    @_apply.register
    def _entered(self, event: NamingEntered, _leaf: int, connection: Connection) -> None:
        _stands(connection, event, "in force")
        _note(connection, event, first_day=event.first_day, last_day=event.last_day)

    @_apply.register
    def _suspended(self, event: NamingSuspended, _leaf: int, connection: Connection) -> None:
        _stands(connection, event, "suspended")

    @_apply.register
    def _resumed(self, event: NamingResumed, _leaf: int, connection: Connection) -> None:
        _stands(connection, event, "in force")

    @_apply.register
    def _rejected(self, event: NamingRejected, _leaf: int, connection: Connection) -> None:
        _stands(connection, event, "rejected")

    @_apply.register
    def _revoked(self, event: NamingRevoked, _leaf: int, connection: Connection) -> None:
        self._ended(event, "revoked", connection)

    @_apply.register
    def _expired(self, event: NamingExpired, _leaf: int, connection: Connection) -> None:
        self._ended(event, "expired", connection)

    @_apply.register
    def _withdrawn(self, event: NamingWithdrawn, _leaf: int, connection: Connection) -> None:
        self._ended(event, "withdrawn", connection)

    @_apply.register
    def _review_opened(self, event: NamingReviewOpened, leaf: int, connection: Connection) -> None:
        _note(connection, event, under_review=True)
        connection.execute(
            "INSERT INTO reviews (leaf, naming, gift, opened_at, received, needed, currency)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s)",
            [leaf, event.originator_id, event.gift, event.timestamp, event.received.minor,
             event.needed.minor, event.needed.currency],
        )  # fmt: skip

    @_apply.register
    def _review_closed(self, event: NamingReviewClosed, _leaf: int, connection: Connection) -> None:
        _close_review(connection, event, event.outcome)
        if event.outcome == "revoked":
            _stands(connection, event, "revoked")

    def _ended(self, event: Event, status: str, connection: Connection) -> None:
        _stands(connection, event, status)
        _close_review(connection, event, status)


def _note(connection: Connection, event: Event, **changes: object) -> None:
    """Write down what a fact says of its name."""
    given = sql.SQL(", ").join(
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in changes
    )
    query = sql.SQL("UPDATE names SET {} WHERE naming = %(its_name)s").format(given)
    connection.execute(query, {**changes, "its_name": event.originator_id})


def _stands(connection: Connection, event: Event, status: str) -> None:
    _note(connection, event, status=status, since=event.timestamp)


def _rest_on(connection: Connection, naming: str, gifts: Sequence[str]) -> None:
    connection.execute("DELETE FROM name_gifts WHERE naming = %s", [naming])
    connection.execute(
        "INSERT INTO name_gifts SELECT DISTINCT %s, gift FROM unnest(%s::text[]) AS given (gift)",
        [naming, list(gifts)],
    )


def _close_review(connection: Connection, event: Event, outcome: str) -> None:
    _note(connection, event, under_review=False)
    connection.execute(
        "UPDATE reviews SET closed_at = %s, outcome = %s WHERE naming = %s AND closed_at IS NULL",
        [event.timestamp, outcome, event.originator_id],
    )


NAMINGS = Namings()


def names(
    runner: Runner, organisation: str | None = None, fund: str | None = None
) -> list[NameEntry]:
    """Return names in the order they were proposed, of one organisation or fund, or all."""
    asked = {"organisation": organisation, "fund": fund}
    given = {name: one for name, one in asked.items() if one is not None}
    condition = " AND ".join(f"{name} = %({name})s" for name in given)
    return _names(runner, condition or "true", **given)


def named(fund: str) -> Question[list[NameEntry]]:
    """Return what asks for the names of a fund, in the order they were proposed."""
    return _question("fund = %(fund)s", fund=fund)


def shown_on(runner: Runner, day: date) -> list[NameEntry]:
    """Return the names that public pages may show on a day: in force, in term, and consented to."""
    found = _names(runner, "status = 'in force' AND publish")
    return [entry for entry in found if entry.shown_on(day)]


def in_use(runner: Runner) -> list[str]:
    """Return the names that another can't repeat: approved, in force or suspended."""
    found = _names(runner, "status IN ('approved', 'in force', 'suspended')")
    return [entry.naming for entry in found]


def gifts_of(runner: Runner, naming: str) -> list[str]:
    """Return the gifts that a name rests on."""
    query = "SELECT gift FROM name_gifts WHERE naming = %s ORDER BY gift"
    with runner.reading(NAMINGS) as (connection, _):
        return [row["gift"] for row in connection.execute(query, [naming]).fetchall()]


def unnamed_gifts(runner: Runner) -> list[str]:
    """Return the gifts whose donors do not want to be named for them."""
    query = (
        "SELECT DISTINCT gift FROM name_gifts JOIN names USING (naming)"
        " WHERE wish IN ('no', 'anonymous') ORDER BY gift"
    )
    with runner.reading(NAMINGS) as (connection, _):
        return [row["gift"] for row in connection.execute(query).fetchall()]


def reviews(runner: Runner, *, still_open: bool = False) -> list[Review]:
    """Return the reviews in the order they were opened; with `still_open` those not closed."""
    query = sql.SQL("SELECT {} FROM reviews WHERE closed_at IS NULL OR NOT %s ORDER BY leaf")
    columns = sql.SQL(", ").join(map(sql.Identifier, Review.__slots__))
    with runner.reading(NAMINGS) as (connection, _):
        found = connection.execute(query.format(columns), [still_open]).fetchall()
    return [Review(**row) for row in found]


def _names(runner: Runner, condition: str, **given: object) -> list[NameEntry]:
    with runner.reading(NAMINGS) as (connection, _):
        return ask(connection, _question(condition, **given))


def _question(condition: str, **given: object) -> Question[list[NameEntry]]:
    query = f"SELECT {COLUMNS}, leaf FROM names WHERE {condition}"  # noqa: S608 our own
    return Question(query, given, _proposed_first, _WRITTEN)


def _proposed_first(rows: Sequence[Row]) -> list[NameEntry]:
    rows = sorted(rows, key=lambda row: row["leaf"])
    return [NameEntry(**{name: row[name] for name in NameEntry.__slots__}) for row in rows]


_WRITTEN = {
    **dict.fromkeys(("proposed_at", "since"), datetime.fromisoformat),
    **dict.fromkeys(("first_day", "last_day"), date.fromisoformat),
}
