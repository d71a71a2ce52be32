"""What a fund may be spent on: its purpose, place, time and brand, and how that is changed."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.events import FundBound, FundClosed, UseChanged
from ledger.domain.filings import filing_number
from ledger.domain.funds import (
    Binding,
    Fund,
    FundNotEmpty,
    Inflows,
    check_open,
    place_prefix,
)
from ledger.domain.grounds import DOCUMENT
from ledger.domain.organisations import printable_name
from ledger.domain.payees import names_organisation
from ledger.domain.public_words import public_words
from ledger.domain.values import account, place_code
from ledger.errors import Refused

BASES = ("agreement", "public-raise")
GROUND_OF = {"agreement": "donor-consent", "public-raise": "filing"}
"""Who must agree to another use: the donor, or civil affairs by a filing (慈善法 2023 art. 56)."""

LEFT_OVERS = ("none", "as-plan", "as-agreement", "similar-project")
"""What became of what was left (慈善法 2023 art. 58)."""


class BasisUnknown(Refused):
    """A fund rests on an agreement with donors or on a public raise."""

    def __init__(self, basis: str) -> None:
        super().__init__(f"basis {basis!r} is none of {', '.join(BASES)}")


class BoundAlready(Refused):
    """What binds a fund is said once; later changes need consent or filing."""

    def __init__(self, fund: str) -> None:
        super().__init__(f"{fund} is bound already; a change of use needs consent or a filing")


class TermReversed(Refused):
    """A fund's last day lies before its first."""

    def __init__(self, first: date, last: date) -> None:
        super().__init__(f"a term from {first} to {last} has no day")


class RecipientNotFixed(Refused):
    """Agency money needs the recipient whom its giver fixed (domain rules 7)."""

    def __init__(self, fund: str) -> None:
        super().__init__(
            f"{fund}: a fund of agency money (受托代理), and no other, names its one recipient"
        )


class RecipientMayBePerson(Refused):
    """The recipient of agency money is named in public, so it must surely be an organisation."""

    def __init__(self) -> None:
        super().__init__(
            "the recipient of agency money is public: give the full name of an organisation, "
            "such as 示范县第一小学; a person is never named"
        )


class OffPurpose(Refused):
    """A payment names another purpose or place than the fund may be spent on."""

    def __init__(self, what: str, asked: str, bound: str) -> None:
        super().__init__(
            f"{what} {asked!r} is not what the fund is bound to: {bound!r}; record the donor's "
            "consent or the filing first (fund change-use)"
        )


class OutOfTerm(Refused):
    """A payment's day lies outside the time that the fund is bound to."""

    def __init__(self, day: date, first: date | None, last: date | None) -> None:
        super().__init__(
            f"{day} is outside the fund's term, {first or 'any day'} to {last or 'any day'}"
        )


class OtherRecipient(Refused):
    """Agency money goes to the recipient whom its giver fixed, and to nobody else."""

    def __init__(self, recipient: str) -> None:
        super().__init__(f"agency money (受托代理) of this fund goes to {recipient} only")


class ConsentMissing(Refused):
    """A change of use rests on another ground than the fund asks for."""

    def __init__(self, basis: str, ground: str) -> None:
        super().__init__(f"a fund by {basis} needs {GROUND_OF[basis]}, not {ground!r}")


class ProofMissing(Refused):
    """A change of use, or an acceptance, without the digest of a document."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text!r} is no SHA-256 in hex; give the digest of the document")


class NothingChanged(Refused):
    """A change of use names neither a purpose nor a place."""

    def __init__(self) -> None:
        super().__init__("name the purpose or the place that the fund may also be spent on")


class LeftOverUnknown(Refused):
    """What is left over is used as the plan or agreement says, or for a similar project."""

    def __init__(self, left_over: str) -> None:
        super().__init__(f"left-over {left_over!r} is none of {', '.join(LEFT_OVERS)}")


def digest(text: str) -> str:
    """Return the digest of a document (SHA-256, hex) if it has that form."""
    if not DOCUMENT.fullmatch(text):
        raise ProofMissing(text)
    return text


def bind(fund: Fund, binding: Binding, at: datetime) -> FundBound:
    """Decide what binds a fund beside purpose and place; said once, when it is opened."""
    if fund.version > 1:
        raise BoundAlready(fund.id)
    if binding.basis is not None and binding.basis not in BASES:
        raise BasisUnknown(binding.basis)
    first, last = binding.first_day, binding.last_day
    if first and last and last < first:
        raise TermReversed(first, last)
    if (fund.kind == "agency") != (binding.recipient is not None):
        raise RecipientNotFixed(fund.id)
    recipient = printable_name(binding.recipient) if binding.recipient is not None else None
    if recipient is not None and not names_organisation(recipient):
        raise RecipientMayBePerson
    return FundBound(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        basis=binding.basis,
        plan=filing_number(binding.plan) if binding.plan else None,
        first_day=first,
        last_day=last,
        brand=public_words(printable_name(binding.brand)) if binding.brand else None,
        recipient=recipient,
    )


def change_use(
    fund: Fund,
    purpose: str | None,
    place: str | None,
    ground: str,
    document: str,
    decided_by: str,
    at: datetime,
) -> UseChanged:
    """Decide that a fund may also be spent on another purpose or at another place."""
    if not purpose and not place:
        raise NothingChanged
    basis = fund.binding.basis
    if ground not in GROUND_OF.values() or (basis and GROUND_OF[basis] != ground):
        raise ConsentMissing(basis or "agreement", ground)
    return UseChanged(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        purpose=public_words(printable_name(purpose)) if purpose else None,
        place=place_code(place) if place else None,
        ground=ground,
        document=filing_number(document) if ground == "filing" else digest(document),
        decided_by=account(decided_by),
    )


def check_use(fund: Fund, purpose: str | None, place: str | None) -> None:
    """Refuse a purpose or place that neither the fund nor a recorded change of use covers."""
    purposes = [fund.purpose, *(use.purpose for use in fund.uses)]
    if fund.purpose and purpose and purpose not in purposes:
        raise OffPurpose("purpose", purpose, fund.purpose)
    places = [fund.place, *(use.place for use in fund.uses)]
    if fund.place and place and not any(p and place.startswith(place_prefix(p)) for p in places):
        raise OffPurpose("place", place, fund.place)


def check_target(fund: Fund, target: Fund) -> None:
    """Refuse an allocation to a fund that is bound less tightly than this one.

    All that the other fund may be spent on, by a later change of use too, must be covered here.
    """
    if fund.purpose:
        for purpose in (target.purpose or "—", *(use.purpose for use in target.uses)):
            check_use(fund, purpose, None)
    if fund.place:
        for place in (target.place or "—", *(use.place for use in target.uses)):
            check_use(fund, None, place)
    if fund.kind == "agency" or target.kind == "agency":
        fixed = _recipient(fund if fund.kind == "agency" else target)
        if fund.binding.recipient != target.binding.recipient:
            raise OtherRecipient(fixed)


def check_recipient(fund: Fund, recipient: str | None) -> None:
    """Refuse a payee other than the one to whom agency money goes."""
    if fund.kind == "agency" and recipient != _recipient(fund):
        raise OtherRecipient(_recipient(fund))


def _recipient(fund: Fund) -> str:
    if fund.binding.recipient is None:
        raise RecipientNotFixed(fund.id)
    return fund.binding.recipient


def check_term(fund: Fund, day: date) -> None:
    """Refuse a day outside the time that the fund is bound to."""
    first, last = fund.binding.first_day, fund.binding.last_day
    if (first and day < first) or (last and day > last):
        raise OutOfTerm(day, first, last)


def close(
    fund: Fund, inflows: Inflows, left_over: str, note: str, decided_by: str, at: datetime
) -> FundClosed:
    """Decide that a fund is done; what was left has been moved or returned before."""
    check_open(fund)
    if left_over not in LEFT_OVERS:
        raise LeftOverUnknown(left_over)
    for unit in inflows.units_of(fund.id):
        left = fund.available(unit, inflows.received(fund.id, unit))
        if left.units or fund.reserved.get(unit, 0):
            raise FundNotEmpty(fund.id, str(left))
    return FundClosed(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        left_over=left_over,
        note=public_words(printable_name(note)),
        decided_by=account(decided_by),
    )
