"""Promises through the whole house: kept by gifts, freed by returns, and never money."""

from __future__ import annotations

import secrets
import uuid
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest

from api.wiring import CaughtUpInflows, House
from ledger.application import Desk, Ledger, ReceiveGift
from ledger.application.streams import GiftUnknown, PledgeUnknown
from ledger.domain.credits import OnlyMoneyCounts
from ledger.domain.events import FundClosed, GiftFreedFromPledge, GiftSetAgainstPledge
from ledger.domain.events.pledge import (
    Instalment,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringEnded,
)
from ledger.domain.funds import FundFull, FundIsClosed
from ledger.domain.gifts import FundOfAnotherCharity
from ledger.domain.goods import Quantity
from ledger.domain.pledge_payments import GiftUsedUp, MoreThanOutstanding, PromiseStands
from ledger.domain.pledges import NotRecurring, Standing
from ledger.domain.values import exchange
from ledger.engine import Conflict, Engine
from ledger.money import Money
from projections.pledges import story
from projections.trace_queries import Balance, balances
from projections.written_numbers import CaughtUpNumbers
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, gift, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.corrected import (
    DOCUMENT,
    MASKS,
    balance_of,
    events_of,
    goods,
    line,
    settling,
    topics_after,
    why,
)

NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
TODAY = date(2026, 11, 21)


def cny(text: str) -> Money:
    return Money.parse(text)


def at(house: House, now: datetime = NOON) -> Ledger:
    """Return the commands of a house whose clock stands still."""
    return Ledger(
        Desk(
            Engine(house.mapper, house.recorder), house.vault, CaughtUpInflows(house.runner),
            CaughtUpNumbers(house.runner), lambda: now, lambda: uuid.uuid4().hex,
            secrets.token_bytes, dry_run=False,
        )
    )  # fmt: skip


def balances_of(house: House, fund: str) -> list[Balance]:
    house.runner.catch_up()
    return list(balances(house.runner, fund)[0])


def parts(*said: tuple[str, str]) -> list[Instalment]:
    return [Instalment(due_on=date.fromisoformat(d), amount=cny(a)) for d, a in said]


def promise(ledger: Ledger, fund: str, donor: str = "王某某") -> str:
    """Promise 100 yuan: 40 that are overdue, 60 that are not."""
    return ledger.pledges.make(
        USCC, fund, donor, cny("100.00"), parts(("2026-10-31", "40.00"), ("2026-12-31", "60.00"))
    )


def standing(house: House, pledge: str, today: date = TODAY) -> Standing:
    house.runner.catch_up()
    return story(house.runner, pledge, today).standing


def amounts(found: Standing) -> tuple[str, str, str, str]:
    return (
        found.pledged.decimal(), found.paid.decimal(), found.written_off.decimal(),
        found.outstanding.decimal(),
    )  # fmt: skip


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


@pytest.fixture
def ledger(house: House) -> Ledger:
    return at(house)


def test_a_promise_is_in_no_balance_and_its_donor_only_in_the_vault(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = promise(ledger, fund)

    (made,) = events_of(house, PledgeMade.TOPIC)
    assert isinstance(made, PledgeMade)
    opened = house.vault.of_digests(made.donor.sealed)
    assert [(o.name, o.value) for o in opened.values()] == [("name", "王某某")]
    assert balances_of(house, fund) == []
    assert amounts(standing(house, pledge)) == ("100.00", "0.00", "0.00", "100.00")
    check_house(house)


def test_what_a_gift_pays_is_in_both_stories_in_one_commit(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = promise(ledger, fund)
    (paying,) = give(house, fund, "50.00")
    size = house.recorder.size()

    ledger.pledges.pay(pledge, paying, cny("45.00"))

    assert topics_after(house, size) == [PledgePaid.TOPIC, GiftSetAgainstPledge.TOPIC]
    assert amounts(standing(house, pledge)) == ("100.00", "45.00", "0.00", "55.00")
    with pytest.raises(GiftUsedUp, match=r"only 5\.00 CNY of the gift is free"):
        ledger.pledges.pay(pledge, paying, cny("5.01"))
    ledger.pledges.undo(pledge, paying, cny("15.00"))
    assert amounts(standing(house, pledge)) == ("100.00", "30.00", "0.00", "70.00")
    assert balance_of(house, fund).balance == 5000, "no payment of a promise moves money"
    check_house(house)


def test_a_gift_and_the_promise_that_it_keeps_are_one_commit_or_none(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = promise(ledger, fund)
    kept = ledger.pledges.receive(USCC, fund, gift("70.00"), pledge)
    size = house.recorder.size()

    with pytest.raises(MoreThanOutstanding, match=r"30\.01 CNY is more than the 30\.00 CNY"):
        ledger.pledges.receive(USCC, fund, gift("30.01"), pledge)

    assert house.recorder.size() == size, "the gift is not recorded without its payment"
    assert ledger.streams.counted_gift(kept).pledges == {pledge: cny("70.00")}
    ledger.pledges.receive(USCC, fund, gift("30.00"), pledge)
    assert amounts(standing(house, pledge)) == ("100.00", "100.00", "0.00", "0.00")
    assert balance_of(house, fund).received == 10000
    check_house(house)


def test_a_promise_in_dollars_is_kept_by_a_gift_that_is_booked_in_yuan(
    house: House, ledger: Ledger, fund: str
) -> None:
    usd = Money.parse("100.00", "USD")
    pledge = ledger.pledges.make(
        USCC, fund, "王某某", usd, [Instalment(due_on=date(2026, 12, 31), amount=usd)]
    )
    rate = exchange("7.1234", 1, "中国外汇交易中心", date(2026, 10, 1))
    received = ReceiveGift(
        amount=usd, donor=None, received_on=None, date_basis="none", exchange=rate
    )
    kept = ledger.pledges.receive(USCC, fund, received, pledge)

    assert standing(house, pledge).paid == usd
    ledger.corrections.return_gift(kept, cny("356.17"), "捐赠人申请退回", "reviewer")
    assert standing(house, pledge).paid == Money.parse("50.00", "USD")
    check_house(house)


class FullFunds(CaughtUpInflows):
    """Says of every fund that nothing more fits into it."""

    def received(self, fund: str, unit: str) -> int:  # noqa: ARG002 of every fund
        return 2**53 - 1


def test_a_fund_without_room_takes_no_gift_that_keeps_a_promise(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = promise(ledger, fund)
    ledger.pledges._desk.inflows = FullFunds(house.runner)

    with pytest.raises(FundFull):
        ledger.pledges.receive(USCC, fund, gift("1.00"), pledge)
    assert balances_of(house, fund) == []


def test_what_goes_back_keeps_no_promise_and_the_red_receipt_comes_first(
    house: House, ledger: Ledger, fund: str
) -> None:
    ready_for_receipts(house)
    first, second = promise(ledger, fund), promise(ledger, fund, "李某某")
    (paying,) = give(house, fund, "80.00")
    ledger.pledges.pay(first, paying, cny("50.00"))
    ledger.pledges.pay(second, paying, cny("30.00"))
    house.ledger.receipts.issue_receipts(USCC, [paying], ["23050126"], TODAY)

    ledger.corrections.return_gift(
        paying, cny("40.00"), "捐赠人申请退回", "reviewer", settling(replace=True)
    )

    assert amounts(standing(house, second)) == ("100.00", "0.00", "0.00", "100.00")
    assert amounts(standing(house, first)) == ("100.00", "40.00", "0.00", "60.00")
    undone = events_of(house, PledgePaymentUndone.TOPIC)
    assert [(e.originator_id, e.reason) for e in undone if isinstance(e, PledgePaymentUndone)] == [
        (second, "gift-returned"), (first, "gift-returned"),
    ]  # fmt: skip
    check_house(house)


def test_a_return_that_leaves_enough_frees_nothing(house: House, ledger: Ledger, fund: str) -> None:
    pledge = promise(ledger, fund)
    (paying,) = give(house, fund, "80.00")
    ledger.pledges.pay(pledge, paying, cny("50.00"))

    ledger.corrections.return_gift(paying, cny("30.00"), "捐赠人申请退回", "reviewer")

    assert events_of(house, GiftFreedFromPledge.TOPIC) == []
    check_house(house)


def test_a_gift_recorded_by_mistake_keeps_no_promise(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = promise(ledger, fund)
    kept = ledger.pledges.receive(USCC, fund, gift("70.00"), pledge)

    ledger.corrections.reverse_gift(kept, why("duplicate"), gift("60.00"))

    assert amounts(standing(house, pledge)) == ("100.00", "0.00", "0.00", "100.00")
    (undone,) = events_of(house, PledgePaymentUndone.TOPIC)
    assert isinstance(undone, PledgePaymentUndone)
    assert undone.reason == "gift-reversed"
    with pytest.raises(GiftUsedUp, match=r"only 0\.00 CNY"):
        ledger.pledges.pay(pledge, kept, cny("1.00"))
    check_house(house)


def test_goods_keep_no_promise_and_go_back_as_before(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = promise(ledger, fund)
    (masks,) = house.ledger.gifts.receive_gifts(USCC, fund, [goods(line(10))])
    with pytest.raises(OnlyMoneyCounts):
        ledger.pledges.pay(pledge, masks, cny("1.00"))

    ledger.corrections.return_gift(masks, Quantity(4, MASKS), "捐赠人申请退回", "reviewer")

    assert balance_of(house, fund, MASKS).balance == 6
    check_house(house)


def test_a_write_off_keeps_what_was_promised_and_paid(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = promise(ledger, fund)
    ledger.pledges.receive(USCC, fund, gift("30.00"), pledge)
    with pytest.raises(PromiseStands):
        ledger.pledges.write_off(pledge, cny("70.00"), "changed-mind", None, "council")

    ledger.pledges.write_off(pledge, cny("60.00"), "hardship", DOCUMENT, "council")

    assert amounts(standing(house, pledge)) == ("100.00", "30.00", "60.00", "10.00")
    (let_go,) = events_of(house, PledgeWrittenOff.TOPIC)
    assert isinstance(let_go, PledgeWrittenOff)
    assert (let_go.reason, let_go.document, let_go.decided_by) == ("hardship", DOCUMENT, "council")
    check_house(house)


def test_a_recurring_gift_falls_due_by_itself_and_each_change_is_on_record(
    house: House, ledger: Ledger, fund: str
) -> None:
    pledge = ledger.pledges.agree(USCC, fund, "王某某", cny("10.00"), "month", date(2026, 9, 30))
    assert amounts(standing(house, pledge)) == ("20.00", "0.00", "0.00", "20.00")

    ledger.pledges.change(pledge, cny("15.00"), None, date(2026, 12, 15), "asked-by-donor")
    ledger.pledges.change(pledge, None, "quarter", date(2027, 1, 15), "asked-by-donor")
    ledger.pledges.end(pledge, date(2027, 8, 1), "payments-fail")

    house.runner.catch_up()
    found = story(house.runner, pledge, date(2027, 12, 31))
    assert [(str(d.due_on), d.amount.decimal()) for d in found.dues] == [
        ("2026-09-30", "10.00"), ("2026-10-30", "10.00"), ("2026-11-30", "10.00"),
        ("2026-12-15", "15.00"), ("2027-01-15", "15.00"), ("2027-04-15", "15.00"),
        ("2027-07-15", "15.00"),
    ]  # fmt: skip
    logged = [
        (c.kind, c.previous and c.previous.decimal(), c.previous_every,
         c.amount and c.amount.decimal(), c.every)
        for c in found.changes
    ]  # fmt: skip
    assert logged == [
        ("recurring-agreed", None, None, "10.00", "month"),
        ("recurring-changed", "10.00", "month", "15.00", "month"),
        ("recurring-changed", "15.00", "month", "15.00", "quarter"),
        ("recurring-ended", None, None, None, None),
    ]
    assert len(events_of(house, RecurringEnded.TOPIC)) == 1
    check_house(house)


def test_a_fixed_promise_is_not_changed(ledger: Ledger, fund: str) -> None:
    pledge = promise(ledger, fund)
    with pytest.raises(NotRecurring):
        ledger.pledges.change(pledge, cny("1.00"), None, date(2027, 1, 1), "asked-by-donor")


def test_promises_are_made_to_open_funds_of_the_charity_itself(
    house: House, ledger: Ledger, fund: str
) -> None:
    register(house, OTHER_USCC, "另一基金会")
    with pytest.raises(FundOfAnotherCharity):
        ledger.pledges.make(OTHER_USCC, fund, "王某某", cny("1.00"), parts(("2026-12-31", "1.00")))
    house.ledger.funds.close_fund(fund, "none", "已结项", "council")
    with pytest.raises(FundIsClosed):
        promise(ledger, fund)


def test_a_fund_that_closes_at_the_same_moment_takes_no_promise(
    house: House, ledger: Ledger, fund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = ledger.pledges._desk.record

    def late(batch: object) -> None:
        house.ledger.funds.close_fund(fund, "none", "已结项", "council")
        record(batch)  # type: ignore[arg-type] # whatever the command hands on

    monkeypatch.setattr(ledger.pledges._desk, "record", late)
    with pytest.raises(Conflict):
        promise(ledger, fund)
    assert len(events_of(house, FundClosed.TOPIC)) == 1
    check_house(house)


def test_of_a_payment_and_a_return_at_the_same_moment_the_later_one_is_decided_anew(
    house: House, ledger: Ledger, fund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pledge = promise(ledger, fund)
    (paying,) = give(house, fund, "50.00")
    record, times = ledger.pledges._desk.record, count()

    def overtaken(batch: object) -> None:
        if next(times) == 0:
            house.ledger.corrections.return_gift(paying, cny("10.00"), "退回", "reviewer")
        record(batch)  # type: ignore[arg-type] # whatever the command hands on

    monkeypatch.setattr(ledger.pledges._desk, "record", overtaken)
    with pytest.raises(GiftUsedUp, match=r"only 40\.00 CNY"):
        ledger.pledges.pay(pledge, paying, cny("50.00"))
    check_house(house)


def test_of_a_return_and_a_payment_at_the_same_moment_the_return_sees_the_payment(
    house: House, ledger: Ledger, fund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pledge = promise(ledger, fund)
    (paying,) = give(house, fund, "50.00")
    record, times = ledger.corrections._desk.record, count()

    def overtaken(batch: object) -> None:
        if next(times) == 0:
            house.ledger.pledges.pay(pledge, paying, cny("50.00"))
        record(batch)  # type: ignore[arg-type] # whatever the command hands on

    monkeypatch.setattr(ledger.corrections._desk, "record", overtaken)
    ledger.corrections.return_gift(paying, cny("10.00"), "退回", "reviewer")

    assert amounts(standing(house, pledge)) == ("100.00", "40.00", "0.00", "60.00")
    check_house(house)


def test_promises_and_gifts_that_are_not_there_are_unknown(ledger: Ledger, fund: str) -> None:
    pledge = promise(ledger, fund)
    for name in ("pledge-none", "gift-none"):
        with pytest.raises(PledgeUnknown):
            ledger.pledges.end(name, TODAY + timedelta(days=9), "mistake")
    for name in ("gift-none", pledge):
        with pytest.raises(GiftUnknown):
            ledger.pledges.pay(pledge, name, cny("1.00"))
