"""What a log adds up to: of every fund and unit, of every organisation, at sizes that are asked."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ledger.domain.events import Event, GiftReceived, GoodsReceived
from ledger.domain.goods import amount_of
from ledger.domain.history import History, UnitAccount

SUMS = (
    "received", "transferred_in", "transferred_out", "disbursed", "returned", "balance",
    "reversed", "recovered",
)  # fmt: skip
"""What the portal says of each fund and unit, in its words."""

Sums = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Totals:
    """The sums of a log of `size` entries, in smallest units.

    Gifts are those recorded, in kind or in money; `numbers` has the receipts and red receipts made
    out, by organisation.
    """

    size: int
    sums: Mapping[tuple[str, str], Sums] = field(default_factory=dict)
    holders: Mapping[str, str] = field(default_factory=dict)
    gifts: Mapping[tuple[str, str], int] = field(default_factory=dict)
    numbers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return them as the command line prints them; amounts are decimal strings."""
        return {
            "size": self.size,
            "funds": [self._fund(*key) for key in sorted(self.sums)],
            "organisations": [self._organisation(one) for one in self._organisations()],
        }

    def _fund(self, fund: str, unit: str) -> dict[str, object]:
        who = {"fund": fund, "organisation": self.holders.get(fund), "unit": unit}
        gifts = self.gifts.get((fund, unit), 0)
        return {**who, **decimals(self.sums[fund, unit], unit), "gifts": gifts}

    def _organisations(self) -> list[str]:
        return sorted({*self.holders.values(), *self.numbers})

    def _organisation(self, organisation: str) -> dict[str, object]:
        sums: dict[str, Counter[str]] = defaultdict(Counter)
        gifts: Counter[str] = Counter()
        for (fund, unit), of_fund in self.sums.items():
            if self.holders.get(fund) == organisation:
                sums[unit].update(of_fund)
                gifts[unit] += self.gifts.get((fund, unit), 0)
        units = [
            {"unit": unit, **decimals(sums[unit], unit), "gifts": gifts[unit]}
            for unit in sorted(sums)
        ]
        receipts = {"issued": 0, "red": 0} | dict(self.numbers.get(organisation, {}))
        return {"organisation": organisation, "units": units, "receipts": receipts}


def decimals(sums: Sums, unit: str) -> dict[str, str]:
    """Write sums as decimal strings."""
    return {name: amount_of(sums[name], unit).decimal() for name in SUMS}


class TotalsAt:
    """Takes the totals of a log as it is read, at every size that is asked and at its end."""

    def __init__(self, sizes: Iterable[int]) -> None:
        self._sizes = set(sizes)
        self._gifts: Counter[tuple[str, str]] = Counter()
        self.at: dict[int, Totals] = {0: Totals(0)}

    def see(self, leaf: int, event: Event | None, history: History) -> None:
        """Take in a leaf; no event is one that could not be believed."""
        for key in _places(event):
            self._gifts[key] += 1
        if leaf + 1 in self._sizes:
            self.take(leaf + 1, history)

    def take(self, size: int, history: History) -> Totals:
        """Take the totals as they stand at a size."""
        self.at[size] = Totals(
            size,
            {key: sums_of(account) for key, account in history.accounts.items()},
            dict(history.holders),
            dict(self._gifts),
            _numbers(history),
        )
        return self.at[size]


def sums_of(account: UnitAccount) -> Sums:
    """Return what the portal calls the sums of a fund and unit.

    Corrections are taken out where they belong: gifts that were mistakes are not received, what
    payees gave back is not disbursed.
    """
    return {
        "received": account.gifts - account.reversed,
        "transferred_in": account.allocated_in - account.given_back,
        "transferred_out": account.allocated_out - account.taken_back,
        "disbursed": account.disbursed - account.recovered,
        "returned": account.returned,
        "balance": account.balance,
        "reversed": account.reversed,
        "recovered": account.recovered,
    }


def _places(event: Event | None) -> Iterator[tuple[str, str]]:
    if isinstance(event, GiftReceived):
        yield event.fund, event.booked.currency
    if isinstance(event, GoodsReceived):
        for line in event.lines:
            yield event.fund, line.quantity.item


def _numbers(history: History) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (organisation, made_out, red), count in history.numbers.counts().items():
        mine = found.setdefault(organisation, {"issued": 0, "red": 0})
        mine["issued"] += count * made_out
        mine["red"] += count * red
    return found
