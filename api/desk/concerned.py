"""What a form is about, where it only names the id: the payment that is to be approved or paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from api.wiring import House
from ledger.domain.acting import Acting
from projections import directory, waiting
from projections.directory import FundEntry
from projections.waiting import Proposed


@dataclass(frozen=True, slots=True)
class Concerned:
    """A payment that a form names, and the fund that it comes from."""

    payment: Proposed
    fund: FundEntry


def concerned(home: House, acting: Acting, typed: Mapping[str, str]) -> Concerned | None:
    """Return the payment that a form names; None of another organisation's, and where none is."""
    named = typed.get("disbursement")
    payment = waiting.payment(home.runner, named) if named else None
    fund = directory.fund(home.runner, payment.fund) if payment else None
    own = fund and fund.organisation == acting.organisation
    return Concerned(payment, fund) if payment and fund and own else None
