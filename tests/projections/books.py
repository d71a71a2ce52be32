"""A charity's books for tests: whatever happens to them, and what an accountant would expect."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from api.statement_files import heading, write_csv
from api.wiring import House
from ledger.application import Correction
from ledger.domain.days import day_in_china
from ledger.domain.disbursements import COST_CLASSES
from ledger.domain.funds import Binding
from ledger.errors import Refused, Unknown
from ledger.money import Money
from projections import journal_queries
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, payment, register

WHY = Correction(reason="duplicate", note="重复登记", decided_by="council")
SCHOOL = "示范县第一小学"
START = datetime(2026, 3, 1, 4, tzinfo=UTC)

Act = tuple[str, int, int, int]
"""What is done, to which one, how many fen or which kind, how many days ago."""


class Books:
    """Four funds of two charities; every act takes a day, and what a rule refuses is left out."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.at = START
        house.ledger.periods._desk.now = lambda: self.at
        register(house)
        register(house, OTHER_USCC, "另一基金会")
        funds = house.ledger.funds
        school = funds.open_fund(USCC, "助学资金", "project", "助学", None)
        held = funds.open_fund(USCC, "代管资金", "agency", None, None, Binding(recipient=SCHOOL))
        self.funds = [general_fund(house), school, held, general_fund(house, OTHER_USCC, "县级")]
        self.holders = [USCC, USCC, USCC, OTHER_USCC]
        self.gifts: list[tuple[str, int]] = []
        self.paid: list[tuple[str, int]] = []
        self.moved: list[tuple[int, int]] = []
        self.closed: dict[str, date] = {}
        self.statements: dict[date, bytes] = {}
        self.income: Counter[date] = Counter()
        """Income of the first charity by the day it is booked on, agency money left out."""

    def act(self, kind: str, which: int, size: int, ago: int) -> None:
        """Do one thing, a day after the last one."""
        self.at += timedelta(days=1)
        with suppress(Refused, Unknown, IndexError):
            getattr(self, f"_{kind}")(which, size, ago)

    @property
    def today(self) -> date:
        return day_in_china(self.at)

    def _day(self, ago: int) -> date | None:
        return None if ago % 5 == 4 else self.today - timedelta(days=ago)

    def _booked(self, fund: int, day: date | None, fen: int) -> None:
        day, closed = day or self.today, self.closed.get(self.holders[fund])
        booked = day if closed is None or day > closed else closed + timedelta(days=1)
        if fund in (0, 1):
            self.income[booked] += fen

    def _give(self, which: int, size: int, ago: int) -> None:
        fund, day = which % 4, self._day(ago)
        given = replace(gift("0.01"), amount=Money(size), received_on=day)
        (one,) = self.house.ledger.gifts.receive_gifts(
            self.holders[fund], self.funds[fund], [given]
        )
        self.gifts.append((one, fund))
        self._booked(fund, day, size)

    def _pay(self, which: int, size: int, ago: int) -> None:
        fund = which % 4
        cost = (*COST_CLASSES, None)[ago % 5]
        asked = replace(payment("0.01", SCHOOL), amount=Money(size), paid_on=self._day(ago),
                        cost_class=cost, purpose="助学" if fund == 1 else None)  # fmt: skip
        (one,) = self.house.ledger.disbursements.pay_out(
            self.holders[fund], self.funds[fund], [asked], "clerk", "reviewer"
        )
        if isinstance(one, str):
            self.paid.append((one, fund))

    def _move(self, which: int, size: int, _ago: int) -> None:
        target = (1, 3)[which % 2]
        number = self.house.ledger.funds.allocate(
            self.funds[0], self.funds[target], Money(size), "council"
        )
        self.moved.append((0, number))

    def _take_back(self, which: int, _size: int, _ago: int) -> None:
        fund, number = self.moved[which % len(self.moved) if self.moved else 0]
        self.house.ledger.funds.take_back(self.funds[fund], number, WHY)

    def _back(self, which: int, size: int, _ago: int) -> None:
        one, _ = self.gifts[which % len(self.gifts) if self.gifts else 0]
        self.house.ledger.corrections.return_gift(one, Money(size), "捐赠人申请", "council")

    def _reverse(self, which: int, _size: int, _ago: int) -> None:
        one, fund = self.gifts[which % len(self.gifts) if self.gifts else 0]
        self.house.ledger.corrections.reverse_gift(one, WHY)
        history = self.house.ledger.streams.fund(self.funds[fund])
        left = self.house.ledger.streams.gift(one).booked.minor
        left -= history.returned.get((one, "CNY"), 0)
        self._booked(fund, None, -left)

    def _recover(self, which: int, size: int, ago: int) -> None:
        one, fund = self.paid[which % len(self.paid) if self.paid else 0]
        self.house.ledger.disbursements.recover(
            self.funds[fund], one, Money(size), self._day(ago), WHY
        )

    def _classify(self, which: int, size: int, _ago: int) -> None:
        one, fund = self.paid[which % len(self.paid) if self.paid else 0]
        self.house.ledger.disbursements.classify(self.funds[fund], one, COST_CLASSES[size % 4])

    def _close(self, which: int, _size: int, ago: int) -> None:
        holder, last = self.holders[which % 4], self.today - timedelta(days=ago)
        if not self.house.ledger.periods.close(holder, last, 0, "accountant"):
            return
        self.closed[holder] = last
        if holder == USCC:
            self.statements[last] = self.statement(last)

    def statement(self, last: date) -> bytes:
        """Return the statement of the period that ends with a day."""
        self.house.runner.catch_up()
        days, out = journal_queries.span(self.house.runner, USCC, last), BytesIO()
        with journal_queries.reading_rows(self.house.runner, USCC, days.first, last) as (rows, at):
            write_csv(out, heading(USCC, days, at), rows)
        return out.getvalue()
