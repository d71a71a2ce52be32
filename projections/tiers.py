"""Totals that survive tiers: what came from outside and left, and what only moved inside.

Money that passes from province to city to county is counted once, where it came in and where it
was paid out; the moves between are columns of their own. Goods are never added to money, nor one
unit to another, nor agency money (受托代理) to gifts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import singledispatchmethod

from ledger.domain.events import (
    AllocationTakenBack,
    DisbursementPaid,
    DisbursementRecovered,
    Event,
    FundOpened,
    FundsAllocated,
    GiftReceived,
    GiftReturned,
    GiftReversed,
    GoodsReceived,
)
from projections.rows import copy_rows
from projections.runner import Connection, Position, Recorded, Runner
from projections.views import facts_of, handlers

SUMS = ("gifts", "reversed", "paid", "recovered", "returned")
TIERS = ("national", "province", "city", "county", "town", "village", "unknown")
NATIONAL = ("000000", "100000")
COUNTY_DIGITS, TOWN_DIGITS = 6, 9

Key = tuple[str, str]
"""A fund and a unit."""


@dataclass(frozen=True, slots=True)
class Held:
    """A fund as totals sort it: its holder, its kind and its tier."""

    fund: str
    organisation: str
    kind: str
    tier: str


@dataclass(frozen=True, slots=True)
class Total:
    """One group and unit: from outside, to outside, and between groups; whole smallest units.

    `gifts` are without those that were reversed, `paid` without what was recovered. What moved
    between funds of this group is `moved_inside`. Agency money stands beside all that;
    `agency_moved` is what came of it from other groups, less what went there.
    """

    group: str
    unit: str
    gifts: int
    transferred_in: int
    transferred_out: int
    paid: int
    returned: int
    balance: int
    moved_inside: int
    agency_received: int
    agency_moved: int
    agency_out: int
    agency_balance: int


@dataclass(frozen=True, slots=True)
class Bridge:
    """One unit: what came from outside, what left, and that inside only moved."""

    unit: str
    external_in: int
    external_out: int
    balance: int
    internal_in: int
    internal_out: int


def tier_of(place: str | None, organisation: str) -> str:
    """Return the tier of a place (GB/T 2260), else of where the holder is registered.

    The region of a credit code is its characters 3 to 8 (GB 32100-2015); 100000 is national.
    """
    code = place or organisation[2:8]
    if not code.isascii() or not code.isdigit() or len(code) < COUNTY_DIGITS:
        return "unknown"
    if code[TOWN_DIGITS:].strip("0"):
        return "village"
    if code[COUNTY_DIGITS:].strip("0"):
        return "town"
    if code[:COUNTY_DIGITS] in NATIONAL:
        return "national"
    if code[2:COUNTY_DIGITS] == "0000":
        return "province"
    return "city" if code[4:COUNTY_DIGITS] == "00" else "county"


class Counts:
    """What funds received from outside, paid and moved, counted event by event."""

    def __init__(self) -> None:
        self.funds: dict[str, Held] = {}
        self.sums: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(SUMS, 0))
        self.moves: dict[tuple[str, str, str], int] = defaultdict(int)
        """Units that moved, by fund, fund they moved to, and unit."""

    def see(self, event: Event) -> None:
        """Take in one event."""
        _HANDLERS(type(event))(self, event)

    @singledispatchmethod
    def _apply(self, event: Event) -> None:
        """Most facts move nothing."""

    @_apply.register
    def _opened(self, event: FundOpened) -> None:
        fund, holder = event.originator_id, event.organisation
        self.funds[fund] = Held(fund, holder, event.kind, tier_of(event.place, holder))

    @_apply.register
    def _received(self, event: GiftReceived) -> None:
        self.sums[event.fund, event.booked.unit]["gifts"] += event.booked.units

    @_apply.register
    def _goods_received(self, event: GoodsReceived) -> None:
        for line in event.lines:
            self.sums[event.fund, line.quantity.unit]["gifts"] += line.quantity.units

    @_apply.register
    def _reversed(self, event: GiftReversed) -> None:
        self.sums[event.originator_id, event.amount.unit]["reversed"] += event.amount.units

    @_apply.register
    def _returned(self, event: GiftReturned) -> None:
        self.sums[event.originator_id, event.amount.unit]["returned"] += event.amount.units

    @_apply.register
    def _paid(self, event: DisbursementPaid) -> None:
        self.sums[event.originator_id, event.amount.unit]["paid"] += event.amount.units

    @_apply.register
    def _recovered(self, event: DisbursementRecovered) -> None:
        self.sums[event.originator_id, event.amount.unit]["recovered"] += event.amount.units

    @_apply.register
    def _allocated(self, event: FundsAllocated) -> None:
        moved = (event.originator_id, event.to_fund, event.amount.unit)
        self.moves[moved] += event.amount.units

    @_apply.register
    def _taken_back(self, event: AllocationTakenBack) -> None:
        moved = (event.originator_id, event.to_fund, event.amount.unit)
        self.moves[moved] -= event.amount.units


_HANDLERS = handlers(Counts, "_apply")


class Tiers:
    """Read model of what each fund received from outside, paid, and moved where."""

    name = "tiers"
    facts = facts_of(Counts, "_apply")
    sought = ()
    tables = (
        "CREATE TABLE tier_funds (fund text PRIMARY KEY, organisation text NOT NULL,"
        " kind text NOT NULL, tier text NOT NULL)",
        "CREATE TABLE tier_sums (fund text NOT NULL, unit text NOT NULL,"
        + "".join(f" {name} bigint NOT NULL," for name in SUMS)
        + " PRIMARY KEY (fund, unit))",
        "CREATE TABLE moves (fund text NOT NULL, to_fund text NOT NULL, unit text NOT NULL,"
        " amount bigint NOT NULL, PRIMARY KEY (fund, to_fund, unit))",
    )

    def fold(self, recorded: Sequence[Recorded], connection: Connection) -> None:
        """Take in openings and movements: one row a fund and unit, however many there are."""
        counts = Counts()
        for _, event in recorded:
            counts.see(event)
        held = ((f.fund, f.organisation, f.kind, f.tier) for f in counts.funds.values())
        copy_rows(connection, "tier_funds", ("fund", "organisation", "kind", "tier"), held)
        added = ", ".join(f"{name} = sums.{name} + excluded.{name}" for name in SUMS)
        with connection.cursor() as cursor:
            cursor.executemany(
                f"INSERT INTO tier_sums AS sums VALUES (%s, %s{', %s' * len(SUMS)})"  # noqa: S608 fixed words
                f" ON CONFLICT (fund, unit) DO UPDATE SET {added}",
                [(*key, *(sums[name] for name in SUMS)) for key, sums in counts.sums.items()],
            )
            cursor.executemany(
                "INSERT INTO moves VALUES (%s, %s, %s, %s) ON CONFLICT (fund, to_fund, unit)"
                " DO UPDATE SET amount = moves.amount + excluded.amount",
                [(*key, amount) for key, amount in counts.moves.items()],
            )


TIERS_VIEW = Tiers()

GROUPS: Mapping[str, Callable[[Held], str]] = {
    "tier": lambda held: held.tier,
    "organisation": lambda held: held.organisation,
    "kind": lambda held: held.kind,
}
"""What totals can be grouped by."""


def totals(counts: Counts, by: str = "tier") -> list[Total]:
    """Group what was counted; a move between two groups is in neither one's gifts nor payments."""
    group = GROUPS[by]
    found: dict[Key, dict[str, int]] = defaultdict(lambda: dict.fromkeys(Total.__slots__[2:], 0))
    for (fund, unit), sums in counts.sums.items():
        held = _held(counts, fund)
        _count(found[group(held), unit], sums, agency=held.kind == "agency")
    for (fund, to_fund, unit), amount in counts.moves.items():
        source, target = _held(counts, fund), _held(counts, to_fund)
        here, there = found[group(source), unit], found[group(target), unit]
        if source.kind == "agency":
            _add(here, -amount, "agency_moved", "agency_balance")
            _add(there, amount, "agency_moved", "agency_balance")
        elif here is there:
            here["moved_inside"] += amount
        else:
            here["transferred_out"] += amount
            _add(here, -amount, "balance")
            _add(there, amount, "transferred_in", "balance")
    order = {name: number for number, name in enumerate(TIERS)}
    keys = sorted(found, key=lambda key: (order.get(key[0], len(order)), *key))
    return [Total(group=key[0], unit=key[1], **found[key]) for key in keys]


def _add(total: dict[str, int], amount: int, *names: str) -> None:
    for name in names:
        total[name] += amount


def _count(total: dict[str, int], sums: Mapping[str, int], *, agency: bool) -> None:
    gifts = sums["gifts"] - sums["reversed"]
    paid, returned = sums["paid"] - sums["recovered"], sums["returned"]
    if agency:
        total["agency_received"] += gifts
        total["agency_out"] += paid + returned
        total["agency_balance"] += gifts - paid - returned
    else:
        total["gifts"] += gifts
        total["paid"] += paid
        total["returned"] += returned
        total["balance"] += gifts - paid - returned


def _held(counts: Counts, fund: str) -> Held:
    return counts.funds.get(fund, Held(fund, "unknown", "unknown", "unknown"))


def bridge(found: Iterable[Total]) -> list[Bridge]:
    """Return the public totals a unit, and the moves that they leave out: in is out."""
    units: dict[str, list[Total]] = defaultdict(list)
    for one in found:
        units[one.unit].append(one)
    return [
        Bridge(
            unit,
            sum(t.gifts for t in mine),
            sum(t.paid + t.returned for t in mine),
            sum(t.balance for t in mine),
            sum(t.transferred_in for t in mine),
            sum(t.transferred_out for t in mine),
        )
        for unit, mine in sorted(units.items())
    ]


def counted(runner: Runner) -> tuple[Counts, Position]:
    """Return what every fund received from outside, paid and moved, as far as the view has read."""
    counts = Counts()
    with runner.reading(TIERS_VIEW) as (connection, position):
        for row in connection.execute("SELECT * FROM tier_funds").fetchall():
            counts.funds[row["fund"]] = Held(**row)
        for row in connection.execute("SELECT * FROM tier_sums").fetchall():
            counts.sums[row["fund"], row["unit"]] = {name: row[name] for name in SUMS}
        for row in connection.execute("SELECT * FROM moves").fetchall():
            counts.moves[row["fund"], row["to_fund"], row["unit"]] = row["amount"]
    return counts, position
