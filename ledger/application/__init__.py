"""Commands in: the ledger's one door for everything that is recorded."""

from __future__ import annotations

from ledger.application.desk import Desk
from ledger.application.ledger import Ledger
from ledger.application.receipting import Payer
from ledger.application.requests import (
    Correction,
    GiveService,
    PayOut,
    ReceiveGift,
    ReceiveGoods,
    Settlement,
)

__all__ = [
    "Correction",
    "Desk",
    "GiveService",
    "Ledger",
    "PayOut",
    "Payer",
    "ReceiveGift",
    "ReceiveGoods",
    "Settlement",
]
