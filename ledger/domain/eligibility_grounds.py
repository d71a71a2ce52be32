"""Why 公益性捐赠税前扣除资格 is lost, and until when it can't be had again (公告2020年第27号)."""

from __future__ import annotations

from datetime import date

from ledger.errors import Refused

LAPSES = (
    "late-report", "spending-ratio", "cost-ratio", "tax-exemption-lapsed", "penalty",
    "dishonesty-list", "rating",
)  # fmt: skip
"""Art. 7: lost, and to be had again as soon as the conditions are met."""

OFFENCES = (
    "benefit-to-donor", "profit-under-cover", "banned-advertising", "against-public-purpose",
    "outside-articles", "tied-beneficiary",
)  # fmt: skip
"""Art. 8: not to be had again in the year of the loss and three more."""

FOR_GOOD = ("illegal-politics", "public-harm")
"""Art. 9: illegal political activity, harm to national security or the public interest."""

YEARS_BARRED = 4
"""The year of the loss and three more."""


class GroundUnknown(Refused):
    """A loss of eligibility rests on one of the grounds of art. 7-9."""

    def __init__(self, ground: str) -> None:
        known = ", ".join((*LAPSES, *OFFENCES, *FOR_GOOD))
        super().__init__(f"ground {ground!r} is none of {known}")


def article(ground: str) -> int:
    """Return the article of 公告2020年第27号 that a ground stands in."""
    for number, grounds in ((7, LAPSES), (8, OFFENCES), (9, FOR_GOOD)):
        if ground in grounds:
            return number
    raise GroundUnknown(ground)


def barred_until(ground: str, notice_date: date) -> date | None:
    """Return the first day on which eligibility can be had again; None for art. 7 and art. 9.

    Art. 7 bars nobody and art. 9 bars for good: `bars` tells them apart.
    """
    if article(ground) != 8:  # noqa: PLR2004 the article's number
        return None
    return date(notice_date.year + YEARS_BARRED, 1, 1)


def bars(ground: str, until: date | None) -> bool:
    """Tell whether a recorded loss keeps eligibility from being granted anew."""
    return until is not None or ground in FOR_GOOD
