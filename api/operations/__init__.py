"""Everything an account can have recorded: each operation declared once, for programs and pages."""

from __future__ import annotations

from api.operations import (
    batches,
    claims,
    disbursements,
    donors,
    funds,
    gifts,
    namings,
    organisations,
    periods,
    pledges,
    receipts,
    services,
)
from api.operations import credits as gift_credits
from api.operations.operation import Operation
from ledger.domain.acting import Acting

OPERATIONS: tuple[Operation, ...] = (
    *batches.OPERATIONS,  # before single gifts: a fact is told in the words of the last one
    *gifts.OPERATIONS,
    *donors.OPERATIONS,
    *funds.OPERATIONS,
    *disbursements.OPERATIONS,
    *receipts.OPERATIONS,
    *pledges.OPERATIONS,
    *gift_credits.OPERATIONS,
    *services.OPERATIONS,
    *namings.OPERATIONS,
    *periods.OPERATIONS,
    *organisations.OPERATIONS,
    *claims.OPERATIONS,
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}


def open_to(acting: Acting) -> list[Operation]:
    """Return the operations that an account may use, in the order they are shown."""
    return [operation for operation in OPERATIONS if operation.open_to(acting)]
