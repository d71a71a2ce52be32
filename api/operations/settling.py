"""What becomes of the receipt of a gift that goes back, or was a mistake."""

from __future__ import annotations

from typing import Literal

from api.operations.operation import Request
from ledger.application import Settlement
from projections import receipt_numbers

Settle = Literal["none", "red", "replace"]
"""Nothing, where there is no receipt; a red one; a red one and a new one for the rest."""


def settlement(request: Request, how: Settle) -> Settlement | None:
    """Return how a receipt is settled, with the numbers that it may take."""
    if how == "none":
        return None
    request.house.runner.catch_up()
    codes = receipt_numbers.codes_of(request.house.runner, request.charity)
    return Settlement(codes=codes, on=request.today, replace=how == "replace")
