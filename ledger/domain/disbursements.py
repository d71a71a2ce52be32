"""Disbursements (支出): proposed, approved by another person, paid, accepted, recovered."""

from __future__ import annotations

from datetime import date, datetime

from ledger.domain.acting import same_person
from ledger.domain.bindings import check_recipient, check_term, check_use, digest
from ledger.domain.corrections import correction
from ledger.domain.days import day_in_china
from ledger.domain.events import (
    CostClassified,
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementPaid,
    DisbursementProposed,
    DisbursementRecovered,
    DisbursementWithdrawn,
)
from ledger.domain.funds import (
    AmountNotPositive,
    Disbursement,
    Fund,
    Inflows,
    check_open,
    check_within,
)
from ledger.domain.goods import Amount, amount_of
from ledger.domain.organisations import printable_name
from ledger.domain.public_words import public_words
from ledger.domain.small_cells import coarse
from ledger.domain.values import Payee, Source, account, place_code
from ledger.errors import Refused, Unknown
from ledger.money import Money

COST_CLASSES = ("charitable", "management", "fundraising", "other")
"""慈善活动支出, 管理费用, 募捐成本, 其他 (民发〔2016〕189号)."""


class SamePerson(Refused):
    """A disbursement must be approved, and accepted, by somebody other than who proposed it."""

    def __init__(self, person: str) -> None:
        super().__init__(f"{person} proposed this disbursement; another person must do this")


class AboveLimit(Refused):
    """A disbursement is larger than its approver may approve."""

    def __init__(self, person: str, amount: Amount, limit: Money) -> None:
        super().__init__(f"{person} may approve up to {limit}, not {amount}")
        self.limit = limit


class DisbursementUnknown(Unknown):
    """The fund has no disbursement under that id."""

    def __init__(self, disbursement: str) -> None:
        super().__init__(f"no disbursement {disbursement} in this fund")


class WrongMoment(Refused):
    """A disbursement goes from proposed to approved to paid, each once."""

    def __init__(self, disbursement: str, is_now: str, asked: str) -> None:
        super().__init__(f"disbursement {disbursement} is {is_now}; it can't be {asked}")


class CostClassUnknown(Refused):
    """A cost is of one of four classes."""

    def __init__(self, cost_class: str) -> None:
        super().__init__(f"cost class {cost_class!r} is none of {', '.join(COST_CLASSES)}")


class RecoveryTooLarge(Refused):
    """More came back than the payee still holds."""

    def __init__(self, asked: Amount, held: Amount) -> None:
        super().__init__(f"recovery of {asked} exceeds the {held} that this disbursement holds")


class EvidenceMissing(Refused):
    """An acceptance needs at least one photo or file."""

    def __init__(self) -> None:
        super().__init__("an acceptance needs evidence: name at least one photo or file")


def propose(
    fund: Fund,
    inflows: Inflows,
    disbursement: str,
    payee: Payee,
    amount: Amount,
    purpose: str | None,
    place: str | None,
    proposed_by: str,
    source: Source | None,
    at: datetime,
) -> DisbursementProposed:
    """Decide that a payment may be asked for; what can't be paid now is refused now."""
    check_open(fund)
    check_within(fund, inflows, amount)
    check_use(fund, purpose, place)
    check_recipient(fund, payee.organisation)
    return DisbursementProposed(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        payee=payee,
        amount=amount,
        purpose=_purpose(fund, purpose),
        place=_place(fund, payee, place),
        proposed_by=account(proposed_by),
        source=source,
    )


def _place(fund: Fund, payee: Payee, place: str | None) -> str | None:
    """Return where a payment is spent, as the public reads it: of a person, only the county.

    A fund that is bound to a place has said it in public already.
    """
    if not place or fund.place:
        return place_code(place) if place else fund.place
    return place_code(place) if payee.organisation else coarse(place_code(place))


def _purpose(fund: Fund, purpose: str | None) -> str | None:
    """Return what a payment is for, as the public reads it: only a fund's own purpose is named."""
    return public_words(purpose or fund.purpose) if fund.purpose else None


def classify(fund: Fund, disbursement: str, cost_class: str, at: datetime) -> CostClassified:
    """Decide which class of cost a disbursement is."""
    _disbursement(fund, disbursement)
    if cost_class not in COST_CLASSES:
        raise CostClassUnknown(cost_class)
    return CostClassified(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        cost_class=cost_class,
    )


def approve(
    fund: Fund,
    inflows: Inflows,
    disbursement: str,
    approved_by: str,
    limit: Money | None,
    at: datetime,
) -> DisbursementApproved:
    """Decide the second person's approval, which reserves the money.

    `limit` is how much money the approver may approve; None is without limit.
    """
    asked = _at(fund, disbursement, "proposed", "approved")
    if same_person(asked.proposed_by, approved_by):
        raise SamePerson(approved_by)
    if limit is not None and isinstance(asked.amount, Money):
        _check_limit(approved_by, asked.amount, limit)
    check_open(fund)
    check_within(fund, inflows, asked.amount)
    return DisbursementApproved(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        approved_by=account(approved_by),
    )


def _check_limit(person: str, amount: Money, limit: Money) -> None:
    """Refuse an amount above the limit; one in another currency can't be shown to be below it."""
    if amount.currency != limit.currency or limit < amount:
        raise AboveLimit(person, amount, limit)


def pay(fund: Fund, disbursement: str, paid_on: date | None, at: datetime) -> DisbursementPaid:
    """Decide that the reserved money has left."""
    approved = _at(fund, disbursement, "approved", "paid")
    check_open(fund)
    check_term(fund, paid_on or day_in_china(at))
    return DisbursementPaid(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        amount=approved.amount,
        paid_on=paid_on,
    )


def withdraw(
    fund: Fund, disbursement: str, reason: str, withdrawn_by: str, at: datetime
) -> DisbursementWithdrawn:
    """Decide that a disbursement not yet paid will not be: asked back, or turned down."""
    found = _disbursement(fund, disbursement)
    if found.status not in ("proposed", "approved"):
        raise WrongMoment(disbursement, found.status, "withdrawn")
    return DisbursementWithdrawn(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        reason=public_words(printable_name(reason)),
        withdrawn_by=account(withdrawn_by),
    )


def accept(
    fund: Fund,
    disbursement: str,
    evidence: tuple[str, ...],
    accepted_on: date,
    accepted_by: str,
    at: datetime,
) -> DisbursementAccepted:
    """Decide that what was paid for is there; `evidence` are digests (SHA-256, hex) of files."""
    paid = _at(fund, disbursement, "paid", "accepted")
    if paid.accepted or not paid.spans:
        raise WrongMoment(disbursement, "accepted" if paid.accepted else "recovered", "accepted")
    if same_person(paid.proposed_by, accepted_by):
        raise SamePerson(accepted_by)
    if not evidence:
        raise EvidenceMissing
    return DisbursementAccepted(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        evidence=tuple(digest(one) for one in evidence),
        accepted_on=accepted_on,
        accepted_by=account(accepted_by),
    )


def recover(
    fund: Fund,
    disbursement: str,
    amount: Amount,
    reason: str,
    note: str,
    recovered_on: date | None,
    decided_by: str,
    at: datetime,
) -> DisbursementRecovered:
    """Decide that money came back from a payee, or that the payment was recorded by mistake."""
    paid = _at(fund, disbursement, "paid", "recovered")
    if amount.units <= 0:
        raise AmountNotPositive(amount)
    held = amount_of(sum(span.length for span in paid.spans), paid.amount.unit)
    if held.unit != amount.unit or held.units < amount.units:
        raise RecoveryTooLarge(amount, held)
    typed, told = correction(reason, note)
    return DisbursementRecovered(
        originator_id=fund.id,
        originator_version=fund.version + 1,
        timestamp=at,
        actor=fund.organisation,
        disbursement=disbursement,
        amount=amount,
        reason=typed,
        note=told,
        recovered_on=recovered_on,
        decided_by=account(decided_by),
    )


def _disbursement(fund: Fund, disbursement: str) -> Disbursement:
    found = fund.disbursements.get(disbursement)
    if found is None:
        raise DisbursementUnknown(disbursement)
    return found


def _at(fund: Fund, disbursement: str, expected: str, asked: str) -> Disbursement:
    found = _disbursement(fund, disbursement)
    if found.status != expected:
        raise WrongMoment(disbursement, found.status, asked)
    return found
