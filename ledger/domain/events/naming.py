"""Facts about names given in thanks: 冠名 (a project's name) and 留名 (a plaque)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from ledger.domain.events.base import Event
from ledger.money import Money


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedText:
    """A text that may hold a person: one digest, whose opening lies in the vault.

    The exact text of a name is sealed once, when it is proposed; every later fact about it repeats
    that digest, so a text that differs by one sign is a digest that differs. No event ever holds
    the text in the clear: whether a name is a person's is a guess, and a wrong guess would be
    published for ever. While the name is in force a page shows the opening, which anybody can
    check against the digest; when the name ends the page drops it, and an erased opening is gone.
    Of a document (a letter of consent) the opening's value is the SHA-256 of the file.
    """

    sealed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Beneficiary:
    """Who agreed: an organisation by its public name, a person only by sealed fields."""

    id: str
    organisation: str | None
    sealed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingRule:
    """What "alone or mainly paid" means from day to day: no law gives a percentage (rules 4).

    A share of the cost, a least amount, or both; `source` is the dated text that says so.
    """

    id: str
    from_day: date
    to_day: date | None
    share_basis_points: int | None
    least: Money | None
    source: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingProposed(Event):
    """A name is proposed for something, by the donor or as an authority's thanks.

    `form` is a name or a plaque. `benefit` says what the donor gets beyond the name, if anything.
    `follows` is the grant whose text this one changes or whose term it renews.
    """

    TOPIC: ClassVar[str] = "naming-proposed.v1"

    organisation: str
    proposed_by: str
    thing: str
    form: str
    construction: bool
    text: SealedText
    language: str
    fund: str
    place: str | None
    benefit: str | None
    cost: Money | None
    gifts: tuple[str, ...]
    share_asked: int | None
    follows: str | None
    recorded_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingWishRecorded(Event):
    """What the donor wants: yes, no, another name, or to stay anonymous. It is decisive.

    `publish` is the separate consent to show the name in public (个人信息保护法 art. 25).
    """

    TOPIC: ClassVar[str] = "naming-wish-recorded.v1"

    wish: str
    other: SealedText | None
    publish: bool
    document: SealedText


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingScreened(Event):
    """The text was checked against the word lists `lists`; `findings` are fixed words."""

    TOPIC: ClassVar[str] = "naming-screened.v1"

    text: SealedText
    lists: str
    findings: tuple[str, ...]
    passed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingFundingTested(Event):
    """What was really received from these gifts, against what the rule of that day asks.

    `share` is in basis points of the cost, rounded down.
    """

    TOPIC: ClassVar[str] = "naming-funding-tested.v1"

    gifts: tuple[str, ...]
    received: Money
    cost: Money | None
    rule: NamingRule
    tested_on: date
    needed: Money
    share: int | None
    met: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingConsentRecorded(Event):
    """The beneficiary agreed to bear the name, or did not (慈善法 2023 art. 99)."""

    TOPIC: ClassVar[str] = "naming-consent-recorded.v1"

    given: bool
    by: Beneficiary
    document: SealedText


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingSubmitted(Event):
    """The name was put before a government of county level or above."""

    TOPIC: ClassVar[str] = "naming-submitted.v1"

    authority: str
    level: str
    submitted_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingApproved(Event):
    """The government approved exactly this text for these days, both included."""

    TOPIC: ClassVar[str] = "naming-approved.v1"

    authority: str
    number: str
    approved_on: date
    text: SealedText
    first_day: date
    last_day: date
    decided_by: str
    countersigned_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingRejected(Event):
    """The government refused the name, and said why."""

    TOPIC: ClassVar[str] = "naming-rejected.v1"

    authority: str
    reason: str
    decided_by: str
    countersigned_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingEntered(Event):
    """The name is in force; `received` is what its gifts held on that day."""

    TOPIC: ClassVar[str] = "naming-entered.v1"

    text: SealedText
    first_day: date
    last_day: date
    received: Money
    entered_on: date
    entered_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingSuspended(Event):
    """The name is not shown for the time being."""

    TOPIC: ClassVar[str] = "naming-suspended.v1"

    ground: str
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingResumed(Event):
    """A suspended name is in force again."""

    TOPIC: ClassVar[str] = "naming-resumed.v1"

    resumed_on: date
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingRevoked(Event):
    """The name was taken back, for good; its history stays."""

    TOPIC: ClassVar[str] = "naming-revoked.v1"

    ground: str
    decided_by: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingExpired(Event):
    """The term is over; a renewal is a new proposal that follows this one."""

    TOPIC: ClassVar[str] = "naming-expired.v1"

    expired_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingWithdrawn(Event):
    """The donor or the beneficiary took the consent back; either ends the name."""

    TOPIC: ClassVar[str] = "naming-withdrawn.v1"

    by: str
    document: SealedText


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingReviewOpened(Event):
    """Money went back, and what is left no longer carries the name."""

    TOPIC: ClassVar[str] = "naming-review-opened.v1"

    gift: str
    received: Money
    needed: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class NamingReviewClosed(Event):
    """Two people decided: the name is kept, funded again, or revoked."""

    TOPIC: ClassVar[str] = "naming-review-closed.v1"

    outcome: str
    reason: str
    decided_by: str
    countersigned_by: str


NamingEvent = (
    NamingProposed
    | NamingWishRecorded
    | NamingScreened
    | NamingFundingTested
    | NamingConsentRecorded
    | NamingSubmitted
    | NamingApproved
    | NamingRejected
    | NamingEntered
    | NamingSuspended
    | NamingResumed
    | NamingRevoked
    | NamingExpired
    | NamingWithdrawn
    | NamingReviewOpened
    | NamingReviewClosed
)
