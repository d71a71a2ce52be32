"""What commands on names are given when there is much of it: a proposal, a decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.naming_grant import Term
from ledger.domain.naming_screen import LISTS, Person, WordLists
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class ProposeName:
    """A name as it is asked for; `NamingProposed` says what each field means, the text is clear."""

    text: str
    proposed_by: str
    thing: str
    form: str
    construction: bool
    fund: str
    language: str = "zh-Hans"
    place: str | None = None
    benefit: str | None = None
    cost: Money | None = None
    gifts: tuple[str, ...] = ()
    share_asked: int | None = None
    follows: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Screening:
    """What a text is set against: word lists, whose name it holds, other names and donors.

    `taken` are names whose texts are in use; `withheld` are gifts of donors not to be named.
    """

    person: Person
    lists: WordLists = LISTS
    taken: Sequence[str] = ()
    withheld: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class ApproveName:
    """A government's approval, as its document says it, with the text as it stands there."""

    text: str
    authority: str
    number: str
    approved_on: date
    term: Term
    decided_by: str
    countersigned_by: str
