"""Many at once: nothing is overspent, no receipt number is given twice, nothing recorded twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import TypeVar, cast

import pytest

from api.importing import Order, open_file, record
from api.wiring import House
from ledger.application import Desk, Ledger
from ledger.application.batch import OpeningKeeper
from ledger.application.people import GROUNDS
from ledger.application.streams import Streams as LedgerStreams
from ledger.domain.corrections import NothingLeftOfGift
from ledger.domain.funds import BalanceTooSmall, GiftPlace, Inflows
from ledger.domain.gifts import GiftWasReturned, NameWasErased, ReceiptStands
from ledger.domain.keeping import VaultRow
from ledger.engine import Conflict
from ledger.errors import Refused
from ledger.money import Money
from projections import receipt_numbers
from projections.trace_queries import balances
from tests.conftest import USCC
from tests.houses import (
    GIFT_DAY,
    general_fund,
    gift,
    give,
    payment,
    ready_for_receipts,
    register,
)
from tests.invariants import check_house
from tests.ledger.corrected import topics_after

CODE = "23050126"
LONGEST_S = 60.0
TOPICS = {
    "gifts": ["gift-received.v1"],
    "payments": [
        "disbursement-proposed.v1", "cost-classified.v1", "disbursement-approved.v1",
        "disbursement-paid.v1",
    ],
}  # fmt: skip
T = TypeVar("T")
LIST = "捐赠人,捐赠金额(元),捐赠时间\n" + "".join(
    f"捐赠人{n}某,{n}.00,2026-10-{n:02d}\n" for n in range(1, 21)
)


def at_once(*commands: Callable[[], T]) -> list[T | Refused]:
    """Run commands in threads that start together; return their answers or refusals."""
    start = Barrier(len(commands))

    def run(command: Callable[[], T]) -> T | Refused:
        start.wait(LONGEST_S)
        try:
            return command()
        except Refused as refusal:
            return refusal

    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(run, commands, timeout=LONGEST_S))


def balance_of(house: House, fund: str) -> int:
    house.runner.catch_up()
    ((balance,), _) = balances(house.runner, fund)
    return balance.balance


def test_writers_who_pay_from_one_fund_at_once_never_overspend_it(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")

    def pay_many() -> int:
        outcomes = [
            house.ledger.disbursements.pay_out(USCC, fund, [payment("1.00")], "clerk", "reviewer")[
                0
            ]
            for _ in range(6)
        ]
        refused = [o for o in outcomes if not isinstance(o, str)]
        assert all(isinstance(o, BalanceTooSmall) for o in refused)
        return len(outcomes) - len(refused)

    answers = at_once(*[pay_many] * 4)

    assert sum(a for a in answers if isinstance(a, int)) == 10, answers
    assert balance_of(house, fund) == 0
    check_house(house)


def test_a_payment_an_allocation_and_a_return_at_once_take_each_fen_once(house: House) -> None:
    register(house)
    fund, other = general_fund(house), general_fund(house, name="助学资金")
    (one,) = give(house, fund, "10.00")
    proposed = [
        house.ledger.disbursements.propose(fund, payment("7.00"), "clerk") for _ in range(2)
    ]

    answers = at_once(
        lambda: house.ledger.disbursements.approve(fund, proposed[0], "reviewer"),
        lambda: house.ledger.disbursements.approve(fund, proposed[1], "reviewer"),
        lambda: house.ledger.funds.allocate(fund, other, Money(600), "clerk"),
        lambda: house.ledger.corrections.return_gift(one, Money(500), "donor's wish", "clerk"),
    )

    refused = [a for a in answers if isinstance(a, Refused)]
    assert len(refused) == len(answers) - 1, answers
    assert all(isinstance(a, BalanceTooSmall | NothingLeftOfGift) for a in refused)
    check_house(house)


def test_parallel_issuers_give_each_number_once_and_leave_no_gap(house: House) -> None:
    register(house)
    fund = general_fund(house)
    gifts = give(house, fund, *["1.00"] * 24)
    ready_for_receipts(house, numbers=40)

    def issuer(mine: list[str]) -> Callable[[], list[tuple[str, str] | Refused]]:
        batches = [mine[n : n + 2] for n in range(0, len(mine), 2)]
        return lambda: [
            outcome
            for batch in batches
            for outcome in house.ledger.receipts.issue_receipts(
                USCC, batch, [CODE], GIFT_DAY
            ).values()
        ]

    answers = at_once(*(issuer(gifts[n::4]) for n in range(4)))

    issued = [o for answer in answers if isinstance(answer, list) for o in answer]
    assert sorted(o for o in issued if isinstance(o, tuple)) == [
        (CODE, f"{n:010d}") for n in range(1, 25)
    ], answers
    house.publish()
    (lot,) = receipt_numbers.register(house.runner, USCC)
    assert (lot.issued, lot.unused) == (24, 16)
    check_house(house)


def test_two_issuers_of_the_same_gifts_make_out_one_receipt_each(house: House) -> None:
    register(house)
    gifts = give(house, general_fund(house), *["1.00"] * 5)
    ready_for_receipts(house)

    answers = at_once(
        *[lambda: house.ledger.receipts.issue_receipts(USCC, gifts, [CODE], GIFT_DAY)] * 2
    )

    made = [o for a in answers if isinstance(a, dict) for o in a.values() if isinstance(o, tuple)]
    assert len(made) == len(set(made)) == 5
    check_house(house)


@pytest.mark.parametrize("kind", ["gifts", "payments"])
def test_rows_that_two_import_at_once_are_recorded_once(
    kind: str, house: House, tmp_path: Path
) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "1000.00")
    size = house.recorder.size()
    path = tmp_path / "list.csv"
    text = LIST if kind == "gifts" else LIST.replace("捐赠人,捐赠金额(元),捐赠时间",
                                                     "收款单位,支付金额(元),支付时间")  # fmt: skip
    path.write_text(text, encoding="utf-8")
    order = Order(charity=USCC, fund=fund, kind=kind)
    file = open_file(path, order)

    answers = at_once(*[lambda: record(house, file, order, lambda _: None)] * 3)

    reports = [r for a in answers if not isinstance(a, Refused) for r in a]
    assert [(r.recorded + r.already, r.rejected) for r in reports] == [(20, [])] * 3, answers
    assert sum(r.recorded for r in reports) == 20
    assert Counter(topics_after(house, size)) == dict.fromkeys(TOPICS[kind], 20)
    assert len(house.sources.all()) == 20
    check_house(house)


class Meanwhile:
    """The inflows of a house; another command is run in the moment they are asked for."""

    def __init__(self, inflows: Inflows, command: Callable[[], object]) -> None:
        self._inflows = inflows
        self._commands = [command]

    def received(self, fund: str, unit: str) -> int:
        self._run()
        return self._inflows.received(fund, unit)

    def units_of(self, fund: str) -> tuple[str, ...]:
        self._run()
        return self._inflows.units_of(fund)

    def place_of(self, gift: str, unit: str) -> GiftPlace:
        self._run()
        return self._inflows.place_of(gift, unit)

    def allocated(self, fund: str, allocation: int) -> tuple[GiftPlace, ...]:
        self._run()
        return self._inflows.allocated(fund, allocation)

    def _run(self) -> None:
        if self._commands:
            self._commands.pop()()


def desk_of(house: House, command: Callable[[], object] = lambda: None) -> Desk:
    """Return another clerk's desk; `command` comes first while a command there is decided."""
    mine = house.ledger.funds._desk
    return Desk(
        mine._engine, house.vault, Meanwhile(mine.inflows, command), mine.written, mine.now,
        mine.random_id, mine._random, dry_run=False,
    )  # fmt: skip


def second(house: House, command: Callable[[], object]) -> Ledger:
    """Return another clerk's commands, overtaken by `command` while they decide."""
    return Ledger(desk_of(house, command))


def test_a_command_that_was_overtaken_is_decided_anew(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")
    overtaken = second(
        house,
        lambda: house.ledger.disbursements.pay_out(
            USCC, fund, [payment("8.00")], "clerk", "reviewer"
        ),
    )

    (outcome,) = overtaken.disbursements.pay_out(USCC, fund, [payment("8.00")], "clerk", "reviewer")

    assert isinstance(outcome, BalanceTooSmall)
    assert balance_of(house, fund) == 200
    check_house(house)


def test_a_command_that_is_always_overtaken_gives_up_in_words(house: House) -> None:
    register(house)
    fund = general_fund(house)
    give(house, fund, "10.00")

    class Always(Meanwhile):
        def _run(self) -> None:
            house.ledger.disbursements.propose(fund, payment("0.01"), "clerk")

    desk = desk_of(house)
    desk.inflows = Always(desk.inflows, lambda: None)
    with pytest.raises(Conflict, match="try again"):
        Ledger(desk).disbursements.propose(fund, payment("1.00"), "clerk")
    check_house(house)


def test_a_gift_whose_receipt_is_made_out_meanwhile_does_not_go_back(house: House) -> None:
    register(house)
    (one,) = give(house, general_fund(house), "10.00")
    ready_for_receipts(house)
    overtaken = second(
        house, lambda: house.ledger.receipts.issue_receipts(USCC, [one], [CODE], GIFT_DAY)
    )

    with pytest.raises(ReceiptStands):
        overtaken.corrections.return_gift(one, Money(1000), "donor's wish", "clerk")

    check_house(house)


class VaultMeanwhile:
    """A vault; another command is run in the moment names are read from it."""

    def __init__(self, house: House, command: Callable[[], object]) -> None:
        self._vault = house.vault
        self._commands = [command]

    def __getattr__(self, name: str) -> object:
        if name == "of_digests" and self._commands:
            self._commands.pop()()
        return getattr(self._vault, name)


def test_a_gift_that_goes_back_meanwhile_gets_no_receipt(house: House) -> None:
    register(house)
    one, two = give(house, general_fund(house), "10.00", "5.00")
    ready_for_receipts(house)

    def give_back() -> None:
        house.ledger.corrections.return_gift(one, Money(1000), "donor's wish", "clerk")
        house.ledger.corrections.return_gift(two, Money(100), "donor's wish", "clerk")

    desk = desk_of(house)
    desk.vault = cast("OpeningKeeper", VaultMeanwhile(house, give_back))

    outcomes = Ledger(desk).receipts.issue_receipts(USCC, [one, two], [CODE], GIFT_DAY)

    assert isinstance(outcomes[one], GiftWasReturned)
    assert outcomes[two] == (CODE, "0000000001")
    check_house(house)


def test_a_name_that_is_erased_meanwhile_goes_on_no_receipt(house: House) -> None:
    register(house)
    (one,) = give(house, general_fund(house), "10.00")
    ready_for_receipts(house)

    class Streams:
        """The ledger's streams; the book is opened after the names were read."""

        def __getattr__(self, name: str) -> object:
            if name == "book" and house.vault.all():
                house.ledger.people.erase("王某某", GROUNDS[0])
            return getattr(house.ledger.streams, name)

    desk = desk_of(house)
    desk.streams = cast("LedgerStreams", Streams())

    outcomes = Ledger(desk).receipts.issue_receipts(USCC, [one], [CODE], GIFT_DAY)

    assert isinstance(outcomes[one], NameWasErased)
    assert house.vault.all() == []
    check_house(house)


def test_a_receipt_that_comes_in_during_an_erasure_loses_its_name_too(house: House) -> None:
    register(house)
    (one,) = give(house, general_fund(house), "10.00")
    ready_for_receipts(house)

    class Vault(VaultMeanwhile):
        """A vault in which the receipt is made out once the person's openings were read."""

        def of_streams(self, streams: list[str]) -> list[VaultRow]:
            found = self._vault.of_streams(streams)
            if self._commands:
                self._commands.pop()()
            return found

    def issue() -> object:
        return house.ledger.receipts.issue_receipts(USCC, [one], [CODE], GIFT_DAY)

    desk = desk_of(house)
    desk.vault = cast("OpeningKeeper", Vault(house, issue))

    done = Ledger(desk).people.erase("王某某", GROUNDS[0])

    assert (len(done.erased), len(done.kept)) == (1, 2), "the receipt is a voucher by then"
    assert house.vault.named("王某某") == []
    assert len(house.ledger.people.erase_due(date(2057, 1, 1)).erased) == 2
    assert house.vault.all() == []
    check_house(house)


def test_gifts_of_one_batch_are_recorded_all_or_none(house: House) -> None:
    register(house)
    fund = general_fund(house)
    before = house.recorder.counts()

    with pytest.raises(Refused, match="must be above zero"):
        house.ledger.gifts.receive_gifts(
            USCC, fund, [gift("1.00"), replace(gift("1.00"), amount=Money(0))]
        )

    assert house.recorder.counts() == before
    check_house(house)
