"""Commands on people: what the vault keeps on them is erased."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ledger.application.batch import Batch
from ledger.application.desk import Desk
from ledger.domain import naming_support, receipts
from ledger.domain.events import OpeningsErased
from ledger.domain.events.naming import NamingApproved, NamingEntered
from ledger.domain.keeping import Unless, VaultRow
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


class PeopleCommands:
    """What is kept on a person, and how it is forgotten."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def erase(self, person: str, ground: str, *, namesakes: bool = False) -> list[VaultRow]:
        """Erase what the vault keeps on a person, by name or by the id of a gift of theirs.

        A name that several gifts or payments bear could be several people's: only with
        `namesakes` are they all erased. A name given in thanks that holds the person's goes with
        them, or stops it all while it may be shown; it can also be erased by its own id.
        """
        if ground not in GROUNDS:
            raise GroundUnknown(ground)
        if not namesakes:
            self._check_one_person(person)
        erased: list[VaultRow] = []
        while openings := self._openings_on(person):  # again: a receipt may come in between
            self._erase_all(openings, ground)
            erased += openings
            if self._desk.dry_run:
                return erased
        if not erased:
            raise PersonUnknown(person)
        self._desk.vault.sweep()
        return erased

    def _check_one_person(self, person: str) -> None:
        named = [] if person.startswith("gift-") else self._desk.vault.named(person)
        stories = {(self._story_of(o.stream) or [f"{o.stream} {o.version}"])[0] for o in named}
        if len(stories) > 1:
            raise SeveralPeople(person, sorted(stories))

    def _erase_all(self, openings: Sequence[VaultRow], ground: str) -> None:
        unless = self._unless_named(openings)
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
        """Return the gifts that a receipt makes one person's, and the receipt, for any of them."""
        if stream.startswith("receipt-"):
            _, code, number = stream.split("-")
            stream = self._desk.streams.receipt(code, number).gifts[0]
        if not stream.startswith("gift-"):
            return []
        number_ = self._desk.streams.gift(stream).receipt
        if number_ is None:
            return [stream]
        return [*self._desk.streams.receipt(*number_).gifts, receipts.stream(*number_)]
