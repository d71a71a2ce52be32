"""From files to facts: read, checked, matched with what is known, recorded."""

from __future__ import annotations

from api.importing.orders import Imported, Order, exchange_of
from api.importing.recording import open_file, period_of, preview, record

__all__ = ["Imported", "Order", "exchange_of", "open_file", "period_of", "preview", "record"]
