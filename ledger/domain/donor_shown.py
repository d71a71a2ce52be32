"""How a donor is shown in public: anonymous until the donor chooses otherwise, and then again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from ledger.domain.events import DonorShown, Event
from ledger.domain.gifts import DonorNotIdentified, Gift
from ledger.domain.naming_screen import LISTS, Circumstances, screen_text
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.errors import Refused

ANONYMOUS, PEN_NAME, OWN_NAME = SHOWN = ("anonymous", "pen-name", "own-name")
FIELD = "shown"
"""What the opening of the text is called."""

PEN_NAME_MAX = 30


class PenNameUnusable(Refused):
    """A pen name is short, and says nothing that no public name may say; it is not repeated."""

    def __init__(self, findings: Sequence[str]) -> None:
        why = ", ".join(findings) or f"1 to {PEN_NAME_MAX} characters are needed"
        super().__init__(f"化名不能使用，请换一个 (choose another pen name: {why})")


class PenNameNotAsked(Refused):
    """Only a pen name is typed; the own name is the one that the charity recorded."""

    def __init__(self) -> None:
        super().__init__("leave the pen name out: it is for the choice pen-name alone")


def pen_name(text: str | None) -> str:
    """Return a pen name, trimmed; refuse one that no public page may show."""
    trimmed = (text or "").strip()
    if not trimmed or len(trimmed) > PEN_NAME_MAX:
        raise PenNameUnusable(())
    name = public_words(printable_name(trimmed))
    if findings := screen_text(name, "donor", LISTS, Circumstances(person="nobody")):
        raise PenNameUnusable(findings)
    return name


def show(gift: Gift, shown: str, sealed: tuple[str, ...], at: datetime) -> DonorShown | None:
    """Decide how the donor of a gift is shown; None where an anonymous one stays so.

    `sealed` is the digest of what is shown. A gift that is nobody's yet has no donor to show.
    """
    assert shown in SHOWN, "the choice is one of three"
    assert bool(sealed) == (shown != ANONYMOUS), "there is a text unless the donor is anonymous"
    if gift.donor is None:
        raise DonorNotIdentified
    if shown == ANONYMOUS and (gift.shown is None or gift.shown.shown == ANONYMOUS):
        return None
    return DonorShown(
        originator_id=gift.id,
        originator_version=gift.version + 1,
        timestamp=at,
        actor=gift.organisation,
        shown=shown,
        sealed=sealed,
    )


def newest(story: Sequence[Event]) -> DonorShown | None:
    """Return the choice that counts, of the facts of a gift's stream in order."""
    return next((fact for fact in reversed(story) if isinstance(fact, DonorShown)), None)
