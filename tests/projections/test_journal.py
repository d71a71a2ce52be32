"""The journal balances, keeps closed periods as they were, and books what is late in the next."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.settings import Settings
from api.wiring import House
from ledger.application import ReceiveGoods, Settlement
from ledger.domain.events import GoodsLine
from ledger.domain.goods import Quantity
from ledger.money import Money
from projections import runner as running
from projections.journal_queries import (
    AccountSum,
    BeyondTheLog,
    Row,
    Span,
    changes,
    closes,
    corrections,
    income,
    rows,
    span,
    trial_balance,
)
from projections.trace_queries import balances
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, gift, payment, ready_for_receipts
from tests.invariants import check_house
from tests.projections.books import SCHOOL, START, WHY, Act, Books

EVER = date(9999, 12, 31)
QUILTS = "goods:棉被||床"
KINDS = ("give", "pay", "move", "take_back", "back", "reverse", "recover", "classify", "close")

ACTS = st.lists(
    st.tuples(
        st.sampled_from(("give", "give", "pay", *KINDS)),
        st.integers(0, 7),
        st.integers(1, 9),
        st.integers(0, 40),
    ),
    min_size=10,
    max_size=40,
)

LONG: list[Act] = [
    ("give", 0, 90, 20), ("give", 1, 80, 3), ("give", 2, 70, 4), ("pay", 0, 30, 10),
    ("pay", 1, 20, 9), ("pay", 2, 10, 2), ("close", 0, 0, 5), ("give", 0, 50, 12),
    ("move", 0, 15, 0), ("move", 1, 5, 0), ("take_back", 1, 0, 0), ("recover", 0, 7, 20),
    ("classify", 0, 1, 0), ("classify", 0, 2, 0), ("classify", 1, 3, 0), ("back", 1, 6, 0),
    ("reverse", 2, 0, 0), ("close", 0, 0, 1), ("give", 0, 4, 30), ("pay", 0, 9, 33),
    ("reverse", 3, 0, 0), ("close", 3, 0, 0), ("give", 3, 8, 39), ("classify", 2, 1, 0),
]  # fmt: skip


@pytest.fixture
def books(settings: Settings) -> Iterator[Books]:
    """Books of a ledger that was founded on the day they begin."""
    with closing(House(settings, create=True, clock=lambda: START)) as house:
        yield Books(house)


def of(books: Books, holder: str = USCC) -> list[Row]:
    books.house.runner.catch_up()
    return rows(books.house.runner, holder, None, EVER)[0]


def check_books(books: Books) -> None:
    """Assert that what is booked is what lies in the funds, and what an accountant expects."""
    books.house.runner.catch_up()
    lying = {(b.fund, b.unit): b.balance for b in balances(books.house.runner)[0]}
    for holder in (USCC, OTHER_USCC):
        found = of(books, holder)
        sums = {(s.account, s.unit): s.debit - s.credit for s in trial_balance(found)}
        assert sum(sums.values()) == 0
        agency = sum(n for (f, _), n in lying.items() if f == books.funds[2] and holder == USCC)
        mine = [f for f, h in zip(books.funds, books.holders, strict=True) if h == holder]
        cash = sum(n for (f, _), n in lying.items() if f in mine) - agency
        assert sums.get(("货币资金", "CNY"), 0) == cash
        assert sums.get(("受托代理资产", "CNY"), 0) == agency
        assert sums.get(("受托代理负债", "CNY"), 0) == -agency
        assert all(row.late == (row.booked_on != row.day) for row in found)
    booked = [row.booked_on for row in of(books)]
    for day in {*booked, *books.income}:
        on_it = rows(books.house.runner, USCC, day, day)[0]
        assert income(trial_balance(on_it)).get("CNY", 0) == books.income[day]


def check_closed(books: Books) -> None:
    """Assert that each statement of a closed period is what it was when it was closed."""
    assert {day: books.statement(day) for day in books.statements} == books.statements


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(acts=ACTS)
def test_whatever_happens_the_books_balance_and_closed_periods_stay(
    acts: list[Act], database_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    name = f"t_{uuid.uuid4().hex[:16]}"
    folder = tmp_path_factory.mktemp("house")
    kept = Settings(data=folder, database_url=database_url, schema=name)
    house = House(kept, create=True, clock=lambda: START)
    try:
        books = Books(house)
        for act in acts:
            books.act(*act)
        check_books(books)
        check_closed(books)
        assert all(rebuilt.equal for rebuilt in house.runner.rebuild(keep=True))
        check_closed(books)
        check_house(house)
    finally:
        house.close()


def test_batches_of_any_size_make_the_same_books(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    for act in LONG:
        books.act(*act)
    check_books(books)
    assert {row.kind for row in of(books) + of(books, OTHER_USCC)} >= {
        "gift", "disbursement", "allocation-out", "allocation-in", "take-back", "given-back",
        "recovery", "classification", "return", "reversal",
    }  # fmt: skip
    assert len(books.statements) == 2
    digests = set()
    for size in (1, 2, 7, 5000):
        monkeypatch.setattr(running, "BATCH", size)
        found = {r.view: r for r in books.house.runner.rebuild(keep=True)}
        assert found["journal"].equal
        digests.add(found["journal"].digest)
        check_closed(books)
    assert len(digests) == 1
    check_house(books.house)


def test_what_comes_after_the_close_is_booked_on_the_first_open_day(books: Books) -> None:
    books.act("give", 0, 100, 10)
    books.act("close", 0, 0, 1)
    closed = books.closed[USCC]
    books.act("give", 0, 50, 12)
    books.act("give", 0, 30, 0)

    early, late, timely = of(books)

    assert (early.late, early.booked_on) == (False, early.day)
    assert (late.late, late.booked_on) == (True, closed + timedelta(days=1))
    assert late.day == books.today - timedelta(days=13)
    assert (timely.late, timely.booked_on) == (False, books.today)
    (close,) = closes(books.house.runner, USCC)
    assert (close.last_day, close.closed_by) == (closed, "accountant")
    check_house(books.house)


def test_one_charity_s_close_does_not_touch_another_s_books(books: Books) -> None:
    books.act("close", 0, 0, 0)
    books.act("give", 3, 50, 12)

    (row,) = of(books, OTHER_USCC)

    assert not row.late
    assert closes(books.house.runner, OTHER_USCC) == []
    check_house(books.house)


def test_the_first_period_begins_where_the_facts_begin_and_each_next_one_after_the_last(
    books: Books,
) -> None:
    books.act("give", 0, 100, 10)
    books.act("close", 0, 0, 5)
    first = books.closed[USCC]
    books.act("close", 0, 0, 0)
    second, runner = books.closed[USCC], books.house.runner
    runner.catch_up()

    one, two = closes(runner, USCC)
    assert span(runner, USCC, first) == Span(None, first, one)
    assert span(runner, USCC, second) == Span(first + timedelta(days=1), second, two)
    within = first - timedelta(days=1)
    assert span(runner, USCC, within) == Span(None, within, one)
    beyond = second + timedelta(days=1)
    assert span(runner, USCC, beyond) == Span(beyond, beyond, None)
    assert span(runner, USCC, second, within) == Span(within, second, two)
    check_house(books.house)


def test_agency_money_is_never_income(books: Books) -> None:
    books.act("give", 2, 100, 0)
    books.act("pay", 2, 40, 0)
    books.act("reverse", 0, 0, 0)
    books.act("back", 0, 10, 0)
    books.act("recover", 0, 5, 0)
    books.act("classify", 0, 1, 0)

    found = of(books)

    assert income(trial_balance(found)) == {}
    assert {s.account for s in trial_balance(found)} == {"受托代理资产", "受托代理负债"}
    assert "classification" not in {row.kind for row in found}
    check_books(books)
    check_house(books.house)


def test_restricted_income_stands_apart_from_unrestricted(books: Books) -> None:
    books.act("give", 0, 100, 0)
    books.act("give", 1, 30, 0)

    assert {s.account: s.credit for s in trial_balance(of(books)) if s.credit} == {
        "捐赠收入—非限定性": 100,
        "捐赠收入—限定性": 30,
    }
    check_house(books.house)


def quilts(count: int, fen: int | None, item: str = QUILTS) -> GoodsLine:
    return GoodsLine(
        quantity=Quantity(count, item),
        written=f"{count}床",
        conversion=None,
        value=None if fen is None else Money(fen),
        basis="none" if fen is None else "invoice",
        evidence=None if fen is None else "ab" * 32,
    )


def goods(*lines: GoodsLine) -> ReceiveGoods:
    return ReceiveGoods(lines=lines, donor="王某某", received_on=GIFT_DAY, date_basis="row")


def test_goods_are_booked_by_quantity_and_by_value_only_where_it_is_proved(books: Books) -> None:
    pans = "goods:铁锅||口"
    books.house.ledger.gifts.receive_gifts(
        USCC, books.funds[0], [goods(quilts(3, 100), quilts(5, None, pans))]
    )

    assert trial_balance(of(books)) == [
        AccountSum("备查—受赠物资", QUILTS, 0, 3),
        AccountSum("备查—受赠物资", pans, 0, 5),
        AccountSum("备查—在库物资", QUILTS, 3, 0),
        AccountSum("备查—在库物资", pans, 5, 0),
        AccountSum("存货等（非货币）", "CNY", 100, 0),
        AccountSum("捐赠收入—非限定性（非货币）", "CNY", 0, 100),
    ]
    assert income(trial_balance(of(books))) == {}, "goods are never added to money"
    check_house(books.house)


def test_goods_that_go_back_part_by_part_take_their_whole_value_along(books: Books) -> None:
    house = books.house
    (one,) = house.ledger.gifts.receive_gifts(USCC, books.funds[0], [goods(quilts(3, 100))])
    for _ in range(2):
        house.ledger.corrections.return_gift(one, Quantity(1, QUILTS), "破损", "council")
    house.ledger.corrections.reverse_gift(one, WHY)

    came, *gone = sorted(of(books), key=lambda row: row.leaf)

    assert came.value == 100
    assert [row.value for row in gone] == [33, 33, 34]
    assert [row.kind for row in gone] == ["return", "return", "reversal"]
    assert all(row.corrects == came.leaf for row in gone)
    check_house(house)


def test_goods_without_a_worth_go_back_without_one(books: Books) -> None:
    house = books.house
    (one,) = house.ledger.gifts.receive_gifts(USCC, books.funds[0], [goods(quilts(3, None))])
    house.ledger.corrections.return_gift(one, Quantity(1, QUILTS), "破损", "council")

    assert [row.value for row in of(books)] == [None, None]
    check_house(house)


def test_a_payment_moves_between_cost_accounts_when_it_is_classed_anew(books: Books) -> None:
    books.act("give", 0, 100, 0)
    books.act("pay", 0, 60, 9)  # nobody has classed it
    books.act("recover", 0, 10, 0)
    books.act("classify", 0, 1, 0)
    books.act("classify", 0, 1, 0)
    books.act("classify", 0, 0, 0)

    found = of(books)

    assert [r.kind for r in found if r.cost_class] == ["classification", "classification"]
    sums = {s.account: s.debit - s.credit for s in trial_balance(found)}
    assert (sums["业务活动成本"], sums["管理费用"], sums["待分类支出"]) == (50, 0, 0)
    (correction,) = corrections(books.house.runner, books.funds[0])[0][1:]
    assert (correction.kind, correction.was, correction.became) == (
        "classification", "management", "charitable",
    )  # fmt: skip
    assert correction.amount == 50
    check_house(books.house)


def test_a_class_that_changes_before_the_payment_is_a_correction_that_moves_nothing(
    books: Books,
) -> None:
    books.act("give", 0, 100, 0)
    spending = books.house.ledger.disbursements
    one = spending.propose(
        books.funds[0], replace(payment("0.40", SCHOOL), cost_class="management"), "clerk"
    )
    spending.classify(books.funds[0], one, "charitable")
    spending.approve(books.funds[0], one, "reviewer")
    spending.pay(books.funds[0], one, None)

    (_, paid) = of(books)

    assert paid.debit == "业务活动成本"
    (correction,) = corrections(books.house.runner)[0]
    assert (correction.amount, correction.corrects) == (None, None)
    check_house(books.house)


def test_every_correction_is_on_the_public_list_with_its_reason_and_note(books: Books) -> None:
    house, fund = books.house, books.funds[0]
    ready_for_receipts(house)
    given = replace(gift("10.00"), received_on=GIFT_DAY)
    one, two, three = house.ledger.gifts.receive_gifts(USCC, fund, [given, given, given])
    house.ledger.receipts.issue_receipts(USCC, [one], ["23050126"], GIFT_DAY)
    settled = Settlement(codes=["23050126"], on=GIFT_DAY, replace=False)
    house.ledger.corrections.reverse_gift(one, WHY, settlement=settled)
    house.ledger.corrections.return_gift(two, Money(100), "捐赠人申请", "council")
    books.act("pay", 0, 200, 1)
    books.act("recover", 0, 50, 0)
    books.act("move", 0, 70, 0)
    books.act("take_back", 0, 0, 0)
    proof = "ab" * 32
    school = books.funds[1]
    house.ledger.funds.change_use(school, "助医", None, "donor-consent", proof, "council")
    house.runner.catch_up()

    found, position = corrections(house.runner, organisation=USCC)

    assert [c.kind for c in found] == [
        "receipt-reversal", "reversal", "return", "recovery", "take-back", "use-change",
    ]  # fmt: skip
    assert position.size == house.recorder.size()
    red, gone, back, recovered, taken, use = found
    assert (red.id, red.became) == ("23050126 0000000001", "23050126 0000000002")
    assert (gone.id, gone.amount, gone.reason, gone.note) == (one, 1000, "duplicate", "重复登记")
    assert (back.id, back.reason) == (two, "捐赠人申请")
    assert (recovered.amount, taken.id) == (50, f"{fund}/{books.moved[0][1]}")
    assert (use.fund, use.reason, use.note, use.became) == (school, "donor-consent", proof, "助医")
    gifts = {row.id: row.leaf for row in of(books) if row.kind == "gift"}
    assert (red.corrects, gone.corrects, back.corrects) == (gifts[one], gifts[one], gifts[two])
    of_school = corrections(house.runner, school)[0]
    assert [c.kind for c in of_school] == ["take-back", "use-change"], "it reached this fund"
    assert corrections(house.runner, organisation=OTHER_USCC)[0] == []
    assert three in gifts
    check_house(house)


def test_an_allocation_taken_back_is_a_correction_for_the_charity_it_reached_too(
    books: Books,
) -> None:
    books.act("give", 0, 100, 0)
    books.act("move", 1, 70, 0)
    books.act("take_back", 0, 0, 0)
    books.house.runner.catch_up()

    (mine,) = corrections(books.house.runner, organisation=OTHER_USCC)[0]

    assert (mine.kind, mine.organisation, mine.counterpart) == ("take-back", USCC, books.funds[3])
    assert [row.kind for row in of(books, OTHER_USCC)] == ["allocation-in", "given-back"]
    check_house(books.house)


def test_changes_since_an_entry_go_on_from_a_cursor_and_never_change(books: Books) -> None:
    runner = books.house.runner
    books.act("give", 0, 100, 0)
    runner.catch_up()
    first, cursor, _ = changes(runner, USCC, None)
    books.act("close", 0, 0, 0)
    books.act("give", 0, 50, 20)
    books.act("give", 3, 70, 0)
    runner.catch_up()

    then, further, position = changes(runner, USCC, cursor)

    assert [row.amount for row in first] == [100]
    assert [(row.amount, row.late) for row in then] == [(50, True)]
    assert further == position.size - 1
    assert changes(runner, USCC, further)[:2] == ([], further)
    assert changes(runner, USCC, None, cursor)[:2] == (first, cursor)
    for asked in ((position.size, None), (None, position.size)):
        with pytest.raises(BeyondTheLog, match=f"entry {position.size} is not in the log"):
            changes(runner, USCC, *asked)
    check_house(books.house)
