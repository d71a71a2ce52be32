"""What must be true of a whole history: streams, money and receipt numbers, event by event.

It trusts no decision: it folds every fact of a log from the first one on and says what can't be.
An auditor needs nothing else than the published entries.
"""

from __future__ import annotations

from ledger.domain.events import Event, OpeningsErased
from ledger.domain.history.accounts import UnitAccount
from ledger.domain.history.money import MoneyHistory
from ledger.domain.history.names import NameAndGiftHistory
from ledger.domain.history.numbers import ReceiptStory
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
        self._versions: dict[str, int] = {}
        self._money = MoneyHistory()
        self._receipts = ReceiptHistory(self._money)
        self._names = NameAndGiftHistory(self._money)
        self._promises = PromiseHistory()
        self._periods = PeriodHistory()
        self._times = TimeHistory()

    @property
    def accounts(self) -> dict[tuple[str, str], UnitAccount]:
        """The accounts, by fund and unit."""
        return self._money.accounts

    @property
    def holders(self) -> dict[str, str]:
        """The organisations that hold the funds."""
        return self._money.holders

    @property
    def numbers(self) -> dict[tuple[str, str], ReceiptStory]:
        """What was said of each receipt number that was drawn."""
        return self._receipts.numbers

    def see(self, leaf: int, event: Event) -> None:
        """Take in the event at a leaf."""

        def find(what: str) -> None:
            self.findings.append(f"entry {leaf}: {what}")

        expected = self._versions.get(event.originator_id, 0) + 1
        if event.originator_version != expected:
            find(
                f"{event.originator_id} goes to version {event.originator_version}, "
                f"expected {expected}"
            )
        self._versions[event.originator_id] = event.originator_version
        if isinstance(event, OpeningsErased):
            self.erased.update(event.digests)
        self._receipts.see(event, find)
        self._money.see(event, find)
        self._names.see(leaf, event, find)
        self._promises.see(event, find)
        self._periods.see(leaf, event, find)
        self._times.see(leaf, event, find)

    def close(self) -> None:
        """Say what is still open at the end of the log that can't stay open."""
        self.findings += self._receipts.still_open() + self._money.still_open()
        self._names.close(self.findings.append)
        self._promises.close(self.findings.append)
        for (fund, unit), account in sorted(self.accounts.items()):
            if not account.conserved():
                self.findings.append(f"money is not conserved in {fund} {unit}")

    @property
    def money_conserved(self) -> bool:
        """Tell whether every fund and unit balances."""
        return all(account.conserved() for account in self.accounts.values())
