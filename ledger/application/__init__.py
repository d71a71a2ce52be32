"""Commands in: the ledger's one door for everything that is recorded."""

from __future__ import annotations

from ledger.application.ledger import Ledger
from ledger.application.requests import PayOut, ReceiveGift

__all__ = ["Ledger", "PayOut", "ReceiveGift"]
