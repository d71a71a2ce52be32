"""Commands on people: what is kept on them is told, erased, or kept for the law alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.application.batch import Batch
from ledger.application.desk import Desk
from ledger.application.lawful import LawfulKeeping
from ledger.domain import naming_support, receipts
from ledger.domain.days import day_in_china
from ledger.domain.events import GiftReceipted, OpeningsErased
from ledger.domain.events.naming import NamingApproved, NamingEntered
from ledger.domain.keeping import Restriction, Unless, VaultRow
from ledger.errors import Refused, Unknown

ERASED_AT_ONCE = 1000
GROUNDS = ("request of the person", "retention period over", "recorded by mistake")


class PersonUnknown(Unknown):
    """The vault holds nothing on that person."""

    def __init__(self, person: str) -> None:
        super().__init__(f"nothing is kept on {person!r}: give a name just as it was recorded, "
                         "or the id of a gift or of a name (naming-...)")  # fmt: skip


class SeveralPeople(Refused):
    """A name is borne by several gifts, which may be several people's."""

    def __init__(self, person: str, stories: Sequence[str]) -> None:
        super().__init__(
            f"{len(stories)} gifts or payments bear the name {person!r}; erase one by the id of "
            f"its gift ({', '.join(stories[:5])}), or all of them with --namesakes"
        )


class GroundUnknown(Refused):
    """Erasure has one of a few grounds; free text could name the very person."""

    def __init__(self, ground: str) -> None:
        super().__init__(f"ground {ground!r} is none of: {'; '.join(GROUNDS)}")


@dataclass(frozen=True, slots=True)
class Kept:
    """An opening that a law keeps: whose, under which digest, until which day, by which rule."""

    stream: str
    digest: str
    until: date
    rule: str


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased of a person, and what is kept for the law alone."""

    erased: tuple[VaultRow, ...]
    kept: tuple[Kept, ...] = ()


class PeopleCommands:
    """What is kept on a person, and how it is forgotten."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def erase(
        self, person: str, ground: str, *, namesakes: bool = False, on: date | None = None
    ) -> Forgotten:
        """Erase what is kept on a person, by name or by the id of a gift of theirs.

        What a law still keeps on the day `on`, today where it is None, is restricted: only the
        law's own purpose finds it, until its last day. A name that several gifts or payments bear
        could be several people's: only with `namesakes` are they all erased. A name given in
        thanks that holds the person's goes with them, or stops it all while it may be shown; it
        can also be erased by its own id.
        """
        if ground not in GROUNDS:
            raise GroundUnknown(ground)
        if not namesakes:
            self._check_one_person(person)
        on, erased, kept = on or self._today(), list[VaultRow](), list[Kept]()
        while openings := self._openings_on(person):  # again: a receipt may come in between
            marks = self._marks(openings, on)
            free = [one for one in openings if one.digest not in marks]
            unless = self._unless_named(free)
            lawful = self._restrict(openings, marks)
            self._erase_all(free, ground, unless)
            erased, kept = [*erased, *free], [*kept, *lawful]
            if self._desk.dry_run:
                return Forgotten(tuple(erased), tuple(kept))
        before = self._restricted_on(person) if not kept else []
        if not (erased or kept or before):
            raise PersonUnknown(person)
        self._desk.vault.sweep()
        return Forgotten(tuple(erased), (*kept, *before))

    def erase_due(self, on: date | None = None) -> Forgotten:
        """Erase what a law kept, and no longer keeps on the day `on`, today where it is None."""
        due = [one.digest for one in self._desk.vault.restrictions.due(on or self._today())]
        openings = self._desk.vault.rows_of_digests(due)
        self._erase_all(openings, GROUNDS[1], [])
        if openings and not self._desk.dry_run:
            self._desk.vault.sweep()
        return Forgotten(tuple(openings))

    def held_on(self, person: str, *, namesakes: bool = False) -> list[VaultRow]:
        """Return all that is kept on a person, closed, with what is kept for the law alone."""
        if not namesakes:
            self._check_one_person(person, lawful=True)
        found = self._openings_on(person)
        lawful = [one for one in self._restricted_rows(person) if one not in found]
        if not (found or lawful):
            raise PersonUnknown(person)
        return [*found, *lawful]

    def _today(self) -> date:
        return day_in_china(self._desk.now())

    def _marks(self, openings: Sequence[VaultRow], on: date) -> dict[str, Restriction]:
        """Say of what a law keeps of these by which rule, and until when; by digest."""
        lawful, at = LawfulKeeping(self._desk.streams).of(openings, on), self._desk.now()
        tags = {one.digest: one.tag for one in openings}
        return {d: Restriction(d, k.rule, k.until, at, tags[d]) for d, k in lawful.items()}

    def _restrict(
        self, openings: Sequence[VaultRow], marks: Mapping[str, Restriction]
    ) -> list[Kept]:
        if marks and not self._desk.dry_run:
            self._desk.vault.restrict(list(marks.values()))
        return _kept(openings, marks.values())

    def _restricted_on(self, person: str) -> list[Kept]:
        """Return what was restricted before of what bears a name, or of a gift's story."""
        rows = self._restricted_rows(person)
        return _kept(rows, self._desk.vault.restrictions.rows([one.digest for one in rows]))

    def _restricted_rows(self, person: str) -> list[VaultRow]:
        vault = self._desk.vault
        if not person.startswith("gift-"):
            named = vault.restricted_named(person)
            facts = {(one.stream, one.version) for one in named}
            near = vault.restricted_of_streams(sorted({one.stream for one in named}))
            listed = self._listed(one.stream for one in named)
            return [
                one
                for one in near
                if (one.stream, one.version) in facts
                if one in named or one.digest not in listed
            ]
        known = self._desk.streams.facts(person)
        return vault.restricted_of_streams(self._story_of(person)) if known else []

    def _check_one_person(self, person: str, *, lawful: bool = False) -> None:
        named = [] if person.startswith("gift-") else self._desk.vault.named(person)
        if lawful and not person.startswith("gift-"):
            named += self._desk.vault.restricted_named(person)
        stories = {(self._story_of(o.stream) or [f"{o.stream} {o.version}"])[0] for o in named}
        if len(stories) > 1:
            raise SeveralPeople(person, sorted(stories))

    def _erase_all(self, openings: Sequence[VaultRow], ground: str, unless: list[Unless]) -> None:
        for organisation in sorted({o.organisation for o in openings}):
            theirs = [o.digest for o in openings if o.organisation == organisation]
            for first in range(0, len(theirs), ERASED_AT_ONCE):
                self._erase(organisation, theirs[first : first + ERASED_AT_ONCE], ground, unless)

    def _erase(
        self, organisation: str, theirs: list[str], ground: str, unless: list[Unless]
    ) -> None:
        erased = OpeningsErased(
            originator_id=f"erasure-{self._desk.random_id()}",
            originator_version=1,
            timestamp=self._desk.now(),
            actor=organisation,
            digests=tuple(theirs),
            ground=ground,
        )
        self._desk.record(Batch([erased], erased=theirs, unless=unless))

    def _unless_named(self, openings: Sequence[VaultRow]) -> list[Unless]:
        """Refuse to erase the text of a name that may be shown; say what would make it one."""
        unless: list[Unless] = []
        for opening in openings:
            if opening.stream.startswith("naming-"):
                grant = self._desk.streams.naming(opening.stream)
                if opening.digest in grant.text.sealed:
                    naming_support.check_forgettable(grant)
                    shown = (NamingApproved, NamingEntered)
                    unless += [Unless(grant.id, grant.version, cls.TOPIC) for cls in shown]
        return unless

    def _openings_on(self, person: str) -> list[VaultRow]:
        """Return the openings that say a person's name, and those of the gifts that are theirs.

        A gift's conduit, who is credited with it and the other joint donors stay as they are.
        """
        by_id = person.startswith(("gift-", "naming-"))
        vault = self._desk.vault
        found = vault.of_streams([person]) if by_id else vault.named(person)
        listed = self._listed(o.stream for o in found)
        members = [o for o in found if o.digest in listed]
        found = [o for o in found if o.digest not in listed]
        aside = self._aside(found)
        alone = {fact for fact, together in aside.items() if not together}
        said = {o.digest for o in found if not (by_id and (o.stream, o.version) in alone)}
        facts = {(o.stream, o.version) for o in found if o.digest in said} - (set(aside) - alone)
        stories = {
            s for o in found if (o.stream, o.version) not in alone for s in self._story_of(o.stream)
        }
        near = vault.of_streams(sorted(stories | {o.stream for o in found}))
        others = set() if by_id else self._listed(stories)
        theirs = [
            o
            for o in near
            if o.digest in said
            or (o.stream, o.version) in facts
            or (o.stream in stories and (o.stream, o.version) not in aside)
            if o.digest not in others
        ]
        theirs += [o for o in self._as_member(person, members) if o not in theirs]
        return theirs + [o for o in self._names_holding(theirs) if o not in theirs]

    def _listed(self, streams: Iterable[str]) -> set[str]:
        """Return the digests of those who are listed in these streams' joint receipts."""
        found = [stream.split("-") for stream in set(streams) if stream.startswith("receipt-")]
        return {
            digest
            for _, code, number in found
            for digest in self._desk.streams.receipt(code, number).digests
        }

    def _as_member(self, person: str, members: Sequence[VaultRow]) -> list[VaultRow]:
        """Return what says that a person shares in joint receipts; the other members stay."""
        near = self._desk.vault.of_streams(
            sorted({s for o in members for s in self._story_of(o.stream)})
        )
        known = self._desk.vault.of_digests(o.digest for o in near)
        holding = {d for d, o in known.items() if o.name == "name" and person in o.value}
        return [*members, *(o for o in near if o.digest in holding)]

    def _aside(self, openings: Sequence[VaultRow]) -> dict[tuple[str, int], bool]:
        """Return the facts of these gifts that name others than their donors: see `Streams`."""
        streams = {s for o in openings for s in self._story_of(o.stream) if s.startswith("gift-")}
        return {
            (gift, version): together
            for gift in streams
            for version, together in self._desk.streams.aside(gift).items()
        }

    def _names_holding(self, openings: Sequence[VaultRow]) -> list[VaultRow]:
        """Return the texts of names that rest on these gifts and hold their donors' names."""
        given = {o.stream for o in openings if o.stream.startswith("gift-")}
        names = {name for gift in given for name in self._desk.streams.gift(gift).namings}
        kept = self._desk.vault.of_streams(sorted(names))
        known = self._desk.vault.of_digests(o.digest for o in [*openings, *kept])
        donors = {o.value for o in known.values() if o.name == "name"}
        texts = {d for d, o in known.items() if o.name == "name-text"
                 and any(donor in o.value for donor in donors)}  # fmt: skip
        return [o for o in kept if o.digest in texts]

    def _story_of(self, stream: str) -> list[str]:
        """Return the gifts that a receipt makes one person's, and the receipts, void ones too."""
        if stream.startswith("receipt-"):
            _, code, number = stream.split("-")
            stream = self._desk.streams.receipt(code, number).gifts[0]
        if not stream.startswith("gift-"):
            return []
        made = [receipts.stream(e.code, e.number) for e in self._desk.streams.facts(stream)
                if isinstance(e, GiftReceipted)]  # fmt: skip
        number_ = self._desk.streams.gift(stream).receipt
        if number_ is None:
            return [stream, *made]
        return [*self._desk.streams.receipt(*number_).gifts, *made]


def _kept(rows: Sequence[VaultRow], marks: Iterable[Restriction]) -> list[Kept]:
    """Say what is restricted of these openings: whose, until when, by which rule."""
    streams = {one.digest: one.stream for one in rows}
    return [Kept(streams[m.digest], m.digest, m.until, m.rule) for m in marks]
