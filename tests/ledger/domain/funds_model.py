"""A second bookkeeper: a row of cells for each fund and unit, each cell with its two owners."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import pytest

from ledger.domain import (
    bindings,
    corrections,
    disbursements,
    funds,
    gifts,
    gifts_in_kind,
    transfers,
)
from ledger.domain.axis import Span
from ledger.domain.bindings import OffPurpose
from ledger.domain.corrections import (
    AllocationUnknown,
    NothingLeftOfGift,
    ReversedAlready,
    SpentAlready,
)
from ledger.domain.disbursements import (
    DisbursementUnknown,
    RecoveryTooLarge,
    SamePerson,
    WrongMoment,
)
from ledger.domain.events import Event, FundOpened, GiftReceived, GoodsReceived
from ledger.domain.funds import BalanceTooSmall, Fund, FundIsClosed, FundNotEmpty
from ledger.domain.goods import Amount, amount_of
from ledger.domain.history import History
from ledger.domain.transfers import SameFund
from ledger.errors import LedgerError
from ledger.money import Money
from tests.ledger.domain.given import (
    CHARITY,
    COATS,
    DONOR,
    GIFT_DAY,
    NOON,
    OTHER,
    PAPER,
    PAYEE,
    PURPOSE,
    RICE,
    Inflows,
    line,
)

HOLDERS = {"fund-1": CHARITY, "fund-2": CHARITY, "fund-3": OTHER, "fund-4": OTHER}
BOUND = {"fund-4": PURPOSE}
UNITS = ("CNY", "USD", RICE, COATS)
RETURNED, REVERSED, GIVEN_BACK = "returned", "reversed", "given back"
DAY = date(2026, 11, 1)

Refusals = list[type[LedgerError]]


@dataclass(slots=True)
class Cell:
    """One unit: the one inflow that brought it, the one outflow that holds it, if any."""

    inflow: str
    holder: str | None = None


@dataclass(slots=True)
class Asked:
    """A disbursement as the second bookkeeper knows it."""

    fund: str
    amount: Amount
    by: str
    status: str = "proposed"
    accepted: bool = False


@dataclass(slots=True)
class Moved:
    """An allocation as the second bookkeeper knows it."""

    fund: str
    version: int
    to_fund: str
    amount: Amount
    stands: bool = True

    @property
    def key(self) -> str:
        return f"{self.fund}/{self.version}"


class House:
    """Decides with the rules, folds with `evolve`, lets an auditor read along, counts cells."""

    def __init__(self, holders: dict[str, str] = HOLDERS) -> None:
        self.rows: dict[tuple[str, str], list[Cell]] = defaultdict(list)
        self.gifts: dict[str, tuple[str, tuple[str, ...]]] = {}
        self.undone: set[str] = set()
        self.asked: dict[str, Asked] = {}
        self.moved: list[Moved] = []
        self.closed: set[str] = set()
        self.inflows, self.history = Inflows(), History()
        self.funds: dict[str, Fund] = {}
        self.leaf = 0
        for fund, holder in holders.items():
            purpose = BOUND.get(fund)
            kind = "project" if purpose else "general"
            self.record(funds.open_fund(fund, holder, "资金", kind, purpose, None, NOON))

    # What is common to all steps.

    def record(self, event: Event) -> None:
        """Take a fact in everywhere."""
        self.history.see(self.leaf, event)
        self.inflows.see(event)
        self.leaf += 1
        if not isinstance(event, GiftReceived | GoodsReceived):
            known = None if isinstance(event, FundOpened) else self.funds[event.originator_id]
            self.funds[event.originator_id] = funds.evolve(known, event)  # type: ignore[arg-type] # all others are of funds

    def attempt(self, decide: Callable[[], Sequence[Event]], refusals: Refusals) -> bool:
        """Record a decision, or see it refused just when it must be, changing nothing."""
        if refusals:
            with pytest.raises(tuple(refusals)):
                decide()
            return False
        for event in decide():
            self.record(event)
        return True

    def free(self, fund: str, unit: str, inflow: str | None = None) -> list[Cell]:
        """List the cells that no outflow holds, in order."""
        cells = self.rows[fund, unit]
        return [c for c in cells if c.holder is None and inflow in (None, c.inflow)]

    def held(self, fund: str, unit: str, holder: str) -> list[Cell]:
        """List the cells that an outflow holds, in order."""
        return [cell for cell in self.rows[fund, unit] if cell.holder == holder]

    def reserved(self, fund: str, unit: str) -> int:
        return sum(
            asked.amount.units
            for asked in self.asked.values()
            if (asked.fund, asked.amount.unit, asked.status) == (fund, unit, "approved")
        )

    def available(self, fund: str, unit: str) -> int:
        return len(self.free(fund, unit)) - self.reserved(fund, unit)

    def short(self, fund: str, amount: Amount) -> Refusals:
        return [BalanceTooSmall] if self.available(fund, amount.unit) < amount.units else []

    def shut(self, fund: str) -> Refusals:
        return [FundIsClosed] if fund in self.closed else []

    # Gifts.

    def receive(self, fund: str, length: int, unit: str) -> str:
        gift, known = f"gift-{self.leaf}", self.funds[fund]
        amount = Money(length, unit)
        if self.attempt(
            lambda: [
                gifts.receive(
                    gift, known, known.organisation, amount, None, DONOR, GIFT_DAY, "row", None,
                    (), NOON,
                )
            ],
            self.shut(fund),
        ):  # fmt: skip
            self._came(gift, fund, [amount])
        return gift

    def receive_goods(self, fund: str, counts: dict[str, int]) -> str:
        gift, known = f"gift-{self.leaf}", self.funds[fund]
        lines = [line(count, code) for code, count in counts.items()]
        if self.attempt(
            lambda: [
                gifts_in_kind.receive(
                    gift, known, known.organisation, "goods", "donor", lines, DONOR, GIFT_DAY,
                    "row", None, (), NOON,
                )
            ],
            self.shut(fund),
        ):  # fmt: skip
            self._came(gift, fund, [one.quantity for one in lines])
        return gift

    def _came(self, gift: str, fund: str, amounts: Sequence[Amount]) -> None:
        self.gifts[gift] = (fund, tuple(amount.unit for amount in amounts))
        for amount in amounts:
            self.rows[fund, amount.unit] += [Cell(gift) for _ in range(amount.units)]

    def return_gift(self, gift: str, unit: str, length: int) -> bool:
        fund, amount = self.gifts[gift][0], amount_of(length, unit)
        cells = self.free(fund, unit, gift)
        refusals: Refusals = [NothingLeftOfGift] if len(cells) < length else []
        done = self.attempt(
            lambda: corrections.return_gift(
                self.funds[fund], self.inflows, gift, amount, "退回", "council", NOON
            ),
            refusals or self.short(fund, amount),
        )
        for cell in cells[-length:] if done else ():
            cell.holder = RETURNED
        return done

    def reverse_gift(self, gift: str) -> bool:
        fund, units = self.gifts[gift]
        rows = [cell for unit in units for cell in self.rows[fund, unit] if cell.inflow == gift]
        kept = [cell for cell in rows if cell.holder != RETURNED]
        refusals: Refusals = []
        if gift in self.undone or not kept:
            refusals.append(ReversedAlready)
        elif any(cell.holder for cell in kept):
            refusals.append(SpentAlready)
        for unit in units:
            left = amount_of(len(self.free(fund, unit, gift)), unit)
            refusals += self.short(fund, left) if left.units else []
        done = self.attempt(
            lambda: corrections.reverse_gift(
                self.funds[fund], self.inflows, gift, units, "duplicate", "重复录入", None,
                "council", NOON,
            ),
            refusals,
        )  # fmt: skip
        for cell in kept if done else ():
            cell.holder = REVERSED
        self.undone |= {gift} if done else set()
        return done

    # Allocations.

    def allocate(self, fund: str, to_fund: str, length: int, unit: str) -> bool:
        amount = amount_of(length, unit)
        refusals = self.shut(to_fund) or self.short(fund, amount)
        if fund == to_fund:
            refusals = [SameFund]
        elif fund in BOUND and to_fund not in BOUND and not refusals:
            refusals = [OffPurpose]
        done = self.attempt(
            lambda: [
                transfers.allocate(
                    self.funds[fund], self.inflows, self.funds[to_fund], amount, "council", NOON
                )
            ],
            refusals,
        )
        if done:
            made = Moved(fund, self.funds[fund].version, to_fund, amount)
            self.moved.append(made)
            for cell in self.free(fund, unit)[:length]:
                cell.holder = made.key
            self.rows[to_fund, unit] += [Cell(made.key) for _ in range(length)]
        return done

    def take_back(self, which: int) -> bool:
        made = self.moved[which]
        unit, target = made.amount.unit, self.funds[made.to_fund]
        reached = [cell for cell in self.rows[made.to_fund, unit] if cell.inflow == made.key]
        refusals: Refusals = []
        if not made.stands:
            refusals.append(AllocationUnknown)
        elif any(cell.holder for cell in reached):
            refusals.append(SpentAlready)
        if made.stands:
            refusals += self.short(made.to_fund, made.amount)

        def decide() -> list[Event]:
            taken, given = corrections.take_back(
                self.funds[made.fund], target, self.inflows, made.version, "wrong-fund",
                "拨付对象有误", "council", NOON,
            )  # fmt: skip
            return [taken, *given]

        done = self.attempt(decide, refusals)
        if done:
            made.stands = False
            for cell in self.held(made.fund, unit, made.key):
                cell.holder = None
            for cell in reached:
                cell.holder = GIVEN_BACK
        return done

    # Disbursements.

    def propose(self, fund: str, length: int, unit: str, by: str) -> str:
        disbursement, amount = f"disbursement-{self.leaf}-{fund}", amount_of(length, unit)
        if self.attempt(
            lambda: [
                disbursements.propose(
                    self.funds[fund], self.inflows, disbursement, PAYEE, amount, BOUND.get(fund),
                    None, by, None, NOON,
                )
            ],
            self.shut(fund) or self.short(fund, amount),
        ):  # fmt: skip
            self.asked[disbursement] = Asked(fund, amount, by)
        return disbursement

    def approve(self, disbursement: str, by: str, stray: str | None = None) -> bool:
        asked = self.asked[disbursement]
        fund = stray or asked.fund
        refusals: Refusals = []
        if fund != asked.fund:
            refusals.append(DisbursementUnknown)
        elif asked.status != "proposed":
            refusals.append(WrongMoment)
        elif asked.by == by:
            refusals.append(SamePerson)
        done = self.attempt(
            lambda: [
                disbursements.approve(self.funds[fund], self.inflows, disbursement, by, None, NOON)
            ],
            refusals or self.shut(fund) or self.short(fund, asked.amount),
        )
        asked.status = "approved" if done else asked.status
        return done

    def pay(self, disbursement: str) -> bool:
        asked = self.asked[disbursement]
        done = self.attempt(
            lambda: [disbursements.pay(self.funds[asked.fund], disbursement, DAY, NOON)],
            [WrongMoment] if asked.status != "approved" else [],
        )
        if done:
            asked.status = "paid"
            for cell in self.free(asked.fund, asked.amount.unit)[: asked.amount.units]:
                cell.holder = disbursement
        return done

    def pay_out(self, fund: str, length: int, unit: str) -> str | None:
        """Propose, approve and pay; return the disbursement's id, None when it was refused."""
        disbursement = self.propose(fund, length, unit, "clerk")
        if disbursement not in self.asked:
            return None
        self.approve(disbursement, "reviewer")
        self.pay(disbursement)
        return disbursement

    def withdraw(self, disbursement: str) -> bool:
        asked = self.asked[disbursement]
        refusals: Refusals = [WrongMoment] if asked.status not in ("proposed", "approved") else []
        done = self.attempt(
            lambda: [
                disbursements.withdraw(
                    self.funds[asked.fund], disbursement, "收款账户有误", "clerk", NOON
                )
            ],
            refusals,
        )
        asked.status = "withdrawn" if done else asked.status
        return done

    def accept(self, disbursement: str, by: str) -> bool:
        asked = self.asked[disbursement]
        there = self.held(asked.fund, asked.amount.unit, disbursement)
        refusals: Refusals = []
        if asked.status != "paid" or asked.accepted or not there:
            refusals.append(WrongMoment)
        elif asked.by == by:
            refusals.append(SamePerson)
        done = self.attempt(
            lambda: [
                disbursements.accept(self.funds[asked.fund], disbursement, (PAPER,), DAY, by, NOON)
            ],
            refusals,
        )
        asked.accepted = asked.accepted or done
        return done

    def recover(self, disbursement: str, length: int) -> bool:
        asked = self.asked[disbursement]
        amount = amount_of(length, asked.amount.unit)
        there = self.held(asked.fund, amount.unit, disbursement)
        refusals: Refusals = []
        if asked.status != "paid":
            refusals.append(WrongMoment)
        elif len(there) < length:
            refusals.append(RecoveryTooLarge)
        done = self.attempt(
            lambda: [
                disbursements.recover(
                    self.funds[asked.fund], disbursement, amount, "refund", "结余退回", DAY,
                    "council", NOON,
                )
            ],
            refusals,
        )  # fmt: skip
        for cell in there[-length:] if done else ():
            cell.holder = None
        return done

    def close(self, fund: str) -> bool:
        full = any(self.free(fund, unit) for unit in UNITS)
        done = self.attempt(
            lambda: [
                bindings.close(self.funds[fund], self.inflows, "none", "项目结束", "council", NOON)
            ],
            self.shut(fund) or ([FundNotEmpty] if full else []),
        )
        self.closed |= {fund} if done else set()
        return done

    # What must hold after every step.

    def check(self) -> None:
        """Assert that rules, auditor and second bookkeeper agree on every single unit."""
        assert self.history.findings == []
        assert self.history.money_conserved
        for (fund, unit), row in self.rows.items():
            self._check_row(fund, unit, row)
        for unit in UNITS:
            self._check_unit(unit)

    def _check_row(self, fund: str, unit: str, row: list[Cell]) -> None:
        known, account = self.funds[fund], self.history.accounts[fund, unit]
        assert account.received == self.inflows.received(fund, unit) == len(row)
        assert account.balance == len(self.free(fund, unit)) >= 0
        assert known.axis(unit) == account.axis
        left = known.available(unit, len(row))
        assert left.units == self.available(fund, unit) >= 0
        assert set(owned(row, "inflow")) == {c.inflow for c in row}
        holders = {
            **{one.id: one.spans for one in known.disbursements.values()},
            **{f"{fund}/{version}": one.spans for version, one in known.allocations.items()},
        }
        for holder, numbers in owned(row, "holder").items():
            if holder in (RETURNED, REVERSED, GIVEN_BACK):
                assert not set(numbers) & set(numbers_of(known.axis(unit).free))
            else:
                assert numbers_of(holders[holder]) == numbers
        for inflow, numbers in owned(row, "inflow").items():
            assert numbers_of([self._place(inflow, unit)]) == numbers

    def _place(self, inflow: str, unit: str) -> Span:
        if inflow in self.gifts:
            return self.inflows.place_of(inflow, unit).span
        fund, version = inflow.split("/")
        return self.inflows.allocated(fund, int(version))[0].span

    def _check_unit(self, unit: str) -> None:
        accounts = [self.history.accounts[fund, unit] for fund in self.funds]
        cells = [c for fund in self.funds for c in self.rows[fund, unit]]
        fates = Counter(fate(cell) for cell in cells)
        assert sum(a.gifts for a in accounts) == sum(c.inflow in self.gifts for c in cells)
        assert sum(a.disbursed - a.recovered for a in accounts) == fates["disbursed"]
        assert sum(a.returned for a in accounts) == fates[RETURNED]
        assert sum(a.reversed for a in accounts) == fates[REVERSED]
        assert sum(a.given_back for a in accounts) == fates[GIVEN_BACK]
        assert sum(a.taken_back for a in accounts) == fates[GIVEN_BACK]
        moving = sum(a.allocated_out - a.taken_back for a in accounts)
        assert moving == fates["allocated"] == sum(a.allocated_in - a.given_back for a in accounts)
        out = fates["disbursed"] + fates[RETURNED] + fates[REVERSED]
        assert sum(a.gifts for a in accounts) == fates["here"] + out

    # What the public is told.

    def totals(self) -> dict[str, tuple[int, int, int, int]]:
        """Add up what came in, went out and went back over all funds, by unit."""
        told = {}
        for unit in UNITS:
            accounts = [self.history.accounts[fund, unit] for fund in self.funds]
            told[unit] = (
                sum(a.gifts - a.reversed for a in accounts),
                sum(a.disbursed - a.recovered for a in accounts),
                sum(a.returned for a in accounts),
                sum(a.balance for a in accounts),
            )
        return told

    def givers(self) -> dict[str, Counter[str]]:
        """Tell for each payee which gifts paid how much, through any number of allocations."""
        told: dict[str, Counter[str]] = defaultdict(Counter)
        for (fund, unit), row in self.rows.items():
            for number, cell in enumerate(row):
                if cell.holder in self.asked:
                    told[str(cell.holder)][self._gift_of(fund, unit, number)] += 1
        return told

    def _gift_of(self, fund: str, unit: str, number: int) -> str:
        row = self.rows[fund, unit]
        inflow = row[number].inflow
        if inflow in self.gifts:
            return inflow
        place = owned(row, "inflow")[inflow].index(number)
        source = inflow.split("/")[0]
        return self._gift_of(source, unit, owned(self.rows[source, unit], "holder")[inflow][place])


def fate(cell: Cell) -> str:
    if cell.holder is None:
        return "here"
    if cell.holder in (RETURNED, REVERSED, GIVEN_BACK):
        return cell.holder
    return "disbursed" if cell.holder.startswith("disbursement-") else "allocated"


def owned(row: list[Cell], by: str) -> dict[str, list[int]]:
    """List the numbers of the cells that each owner of one kind has."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, cell in enumerate(row):
        owner = getattr(cell, by)
        if owner is not None:
            found[owner].append(number)
    return found


def numbers_of(spans: Sequence[Span]) -> list[int]:
    return [number for span in spans for number in range(span.start, span.end)]


Step = tuple[str, int, int, int, int]


def play(house: House, steps: Sequence[Step]) -> Iterator[Step]:
    """Do steps that were drawn as numbers; those that have nothing to act on are left out."""
    for step in steps:
        _do(house, *step)
        yield step


def _do(house: House, what: str, a: int, b: int, length: int, d: int) -> None:
    ids = sorted(HOLDERS)
    fund, to_fund, unit = ids[a % len(ids)], ids[b % len(ids)], UNITS[d % len(UNITS)]
    asked, given_ = list(house.asked), list(house.gifts)
    match what:
        case "receive":
            house.receive(fund, length, ("CNY", "USD")[d % 2])
        case "receive goods":
            house.receive_goods(fund, {RICE: length, COATS: 1 + b})
        case "allocate":
            house.allocate(fund, to_fund, length, unit)
        case "pay out":
            house.pay_out(fund, length, unit)
        case "recover" if asked:
            house.recover(asked[a % len(asked)], length)
        case "return" if given_:
            gift = given_[a % len(given_)]
            units = house.gifts[gift][1]
            house.return_gift(gift, units[d % len(units)], length)
        case "reverse" if given_:
            house.reverse_gift(given_[a % len(given_)])
        case "take back" if house.moved:
            house.take_back(a % len(house.moved))
