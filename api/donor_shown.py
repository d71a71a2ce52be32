"""How the donor of a gift is shown in public, on every page and in advance to the donor alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from api.public_house import PublicHouse
from ledger.domain import donor_shown
from ledger.domain.donor_shown import ANONYMOUS
from ledger.domain.events import Event


@dataclass(frozen=True, slots=True)
class Shown:
    """What everybody sees of a donor: the choice, and the text unless anonymous.

    `opening` is what proves the text against `digest`, which the log has at `version` of the
    gift's stream; neither stands in a preview.
    """

    kind: str = ANONYMOUS
    text: str | None = None
    digest: str | None = None
    opening: str | None = None
    version: int | None = None


NOBODY = Shown()


def shown_of(home: PublicHouse, gift: str) -> Shown:
    """Return how the donor of a gift is shown now; nobody, where the text was erased.

    The text is what stands open beside the log, and only if it is the opening of the digest in
    the donor's newest choice. A donor who chose to stay anonymous looks like one who never chose.
    """
    return shown_in(home, gift, [event for _, event in home.runner.stream(gift)])


def shown_in(home: PublicHouse, gift: str, story: Sequence[Event]) -> Shown:
    """Return the same, given the facts of the gift's stream."""
    fact = donor_shown.newest(story)
    if fact is None or (found := home.recorder.shown_name(gift, fact.sealed)) is None:
        return NOBODY
    return Shown(fact.shown, found.value, found.digest, found.encoded, fact.originator_version)


def as_would_be(kind: str, text: str | None) -> Shown:
    """Return how a donor would be shown with a choice that is not recorded yet."""
    return NOBODY if kind == ANONYMOUS else Shown(kind, text)
