"""What must be true of a whole history: streams, money and receipt numbers, event by event.

It trusts no decision: it folds every fact of a log from the first one on and says what can't be.
An auditor needs nothing else than the published entries.
"""

from __future__ import annotations

from collections.abc import Callable

from ledger.domain.by_fact import TakeIn
from ledger.domain.events import Event, OpeningsErased, PeriodClosed
from ledger.domain.history.accounts import UnitAccount
from ledger.domain.history.gifts import Gifts
from ledger.domain.history.money import MoneyHistory
from ledger.domain.history.names import NameAndGiftHistory
from ledger.domain.history.packing import RECEIPT
from ledger.domain.history.receipt_stories import ReceiptStories
from ledger.domain.history.receipts import ReceiptHistory
from ledger.domain.history.times import TimeHistory
from ledger.domain.period_history import PeriodHistory
from ledger.domain.pledge_history import PromiseHistory

__all__ = ["History", "UnitAccount"]


class History:
    """Everything that must hold, folded from events in log order; `findings` are the breaches."""

    def __init__(self) -> None:
        self.findings: list[str] = []
        self.erased: set[str] = set()
        self._gifts = Gifts()
        self._money = MoneyHistory(self._gifts)
        self._receipts = ReceiptHistory(self._money)
        self._of_others, self._of_receipts = self._gifts.streams, self.numbers.streams
        self._names = NameAndGiftHistory(self._money)
        self._promises = PromiseHistory(self._gifts.received)
        self._periods = PeriodHistory()
        self._times = TimeHistory()
        self._leaf = 0
        self._takers: dict[type[Event], tuple[TakeIn, ...]] = {}

    @property
    def accounts(self) -> dict[tuple[str, str], UnitAccount]:
        """The accounts, by fund and unit."""
        return self._money.accounts

    @property
    def holders(self) -> dict[str, str]:
        """The organisations that hold the funds."""
        return self._money.holders

    @property
    def numbers(self) -> ReceiptStories:
        """What was said of each receipt number that was drawn."""
        return self._receipts.numbers

    def see(self, leaf: int, event: Event) -> None:
        """Take in the event at a leaf."""
        self._leaf = leaf
        stream, version = event.originator_id, event.originator_version
        streams = self._of_receipts if stream.startswith(RECEIPT) else self._of_others
        expected = streams.move(stream, version) + 1
        if version != expected:
            self._find(f"{stream} goes to version {version}, expected {expected}")
        kind = type(event)
        takers = self._takers.get(kind)
        if takers is None:
            takers = self._takers[kind] = self._takers_of(kind)
        for take_in in takers:
            take_in(event, self._find)
        self._times.see(leaf, event, self._find)

    def close(self) -> None:
        """Say what is still open at the end of the log that can't stay open."""
        self.findings += self._receipts.still_open() + self._money.still_open()
        self._names.close(self.findings.append)
        self._promises.close(self.findings.append)
        for (fund, unit), account in sorted(self.accounts.items()):
            if not account.conserved():
                self.findings.append(f"money is not conserved in {fund} {unit}")

    def _takers_of(self, kind: type[Event]) -> tuple[TakeIn, ...]:
        """Return what takes in events of a class, in turn; most classes concern few parts."""
        own = ((OpeningsErased, self._erase), (PeriodClosed, self._close_period))
        return (
            *self._receipts.takers(kind),
            *self._money.takers(kind),
            *self._names.takers(kind, self._where),
            *self._promises.takers(kind),
            *(take_in for concerned, take_in in own if issubclass(kind, concerned)),
        )

    def _find(self, what: str) -> None:
        self.findings.append(f"entry {self._leaf}: {what}")

    def _where(self) -> int:
        return self._leaf

    def _erase(self, event: OpeningsErased, _find: Callable[[str], None]) -> None:
        self.erased.update(event.digests)

    def _close_period(self, event: PeriodClosed, find: Callable[[str], None]) -> None:
        self._periods.see(self._leaf, event, find)

    @property
    def money_conserved(self) -> bool:
        """Tell whether every fund and unit balances."""
        return all(account.conserved() for account in self.accounts.values())
