"""The commands: what each records, and what each refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from api.wiring import CaughtUpInflows, House, opened
from ledger.application import ReceiveGift
from ledger.application.batch import Batch, HeldInflows
from ledger.application.people import GROUNDS, GroundUnknown, PersonUnknown, SeveralPeople
from ledger.application.streams import (
    ActsOnAnothers,
    FundUnknown,
    GiftUnknown,
    NotACharity,
    OrganisationUnknown,
)
from ledger.domain.bindings import OffPurpose
from ledger.domain.disbursements import DisbursementUnknown, SamePerson, WrongMoment
from ledger.domain.events import FundsAllocated
from ledger.domain.funds import BalanceTooSmall, FundFull
from ledger.domain.gifts import (
    AlreadyReceipted,
    DonorAlreadyKnown,
    FundOfAnotherCharity,
    GiftTooLarge,
    GiftWasReturned,
    NameWasErased,
    ReceiptStands,
)
from ledger.domain.organisations import AUTHORITY
from ledger.domain.receipt_books import NumbersUsedUp
from ledger.domain.values import exchange
from ledger.engine import Conflict
from ledger.errors import LedgerError, Refused, Unknown
from ledger.money import Money
from projections import receipt_numbers
from projections.trace_queries import NotTraceable
from tests.conftest import OTHER_USCC, USCC
from tests.houses import (
    GIFT_DAY,
    general_fund,
    gift,
    give,
    pay,
    payment,
    ready_for_receipts,
    register,
)
from tests.invariants import check_house
from tests.ledger.store.test_vault import every_row, spellings

CODE = "23050126"
OVER = date(2057, 1, 1)
"""Thirty years after the end of 2026: no law keeps a voucher of that year any longer."""

DOLLARS = exchange("6.9249", 1, "PBOC", date(2026, 9, 30))


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def issue(house: House, *gifts: str, codes: tuple[str, ...] = (CODE,)) -> list[object]:
    outcomes = house.ledger.receipts.issue_receipts(USCC, gifts, codes, GIFT_DAY)
    return [outcomes[one] for one in gifts]


# Organisations.


def test_what_is_recorded_already_is_told_and_not_recorded_again(house: House, fund: str) -> None:
    ready_for_receipts(house)
    signer = house.keys.signer_of(AUTHORITY)
    before = house.recorder.counts()

    register(house)
    ready_for_receipts(house)
    assert house.ledger.organisations.found("主管机关", signer.kid, "x") is False

    assert house.recorder.counts() == before
    check_house(house)


def test_a_second_key_is_registered_beside_the_first(house: House, fund: str) -> None:
    assert house.ledger.organisations.register_charity(USCC, "示范基金会", "kid-2", "x" * 43)

    assert set(house.ledger.streams.organisation(USCC).keys) == {
        house.keys.signer_of(USCC).kid,
        "kid-2",
    }


def test_eligibility_ends_after_the_month_of_the_notice(house: House, fund: str) -> None:
    ready_for_receipts(house)

    assert house.ledger.organisations.cancel_eligibility(USCC, date(2026, 10, 15)) == date(
        2026, 11, 1
    )

    known = house.ledger.streams.organisation(USCC)
    assert known.eligible_on(date(2026, 10, 31))
    assert not known.eligible_on(date(2026, 11, 1))
    check_house(house)


@pytest.mark.parametrize("unknown", ["91110000MA0000000X", OTHER_USCC])
def test_an_organisation_that_nobody_registered_is_unknown(unknown: str, house: House) -> None:
    ledger = house.ledger
    for command in (
        lambda: ledger.organisations.revoke_key(unknown, "kid", "lost"),
        lambda: ledger.organisations.grant_eligibility(unknown, GIFT_DAY, GIFT_DAY, "公告", 3),
        lambda: ledger.organisations.cancel_eligibility(unknown, GIFT_DAY),
        lambda: ledger.organisations.allot_numbers(unknown, CODE, 1, 9),
        lambda: ledger.funds.open_fund(unknown, "资金", "general", None, None),
        lambda: ledger.gifts.receive_gifts(unknown, "fund-1", []),
        lambda: ledger.receipts.issue_receipts(unknown, [], [CODE], GIFT_DAY),
    ):
        with pytest.raises(OrganisationUnknown, match="register it first"):
            command()
    check_house(house)


def test_an_authority_holds_no_funds_and_no_receipt_book(house: House) -> None:
    with pytest.raises(NotACharity, match="authority is no charity"):
        house.ledger.funds.open_fund(AUTHORITY, "资金", "general", None, None)
    with pytest.raises(NotACharity):
        house.ledger.organisations.allot_numbers(AUTHORITY, CODE, 1, 9)
    check_house(house)


# Funds.


@pytest.mark.parametrize("unknown", ["fund-none", "gift-1", "", AUTHORITY])
def test_a_fund_that_nobody_opened_is_unknown(unknown: str, house: House, fund: str) -> None:
    ledger = house.ledger
    for command in (
        lambda: ledger.gifts.receive_gifts(USCC, unknown, [gift("1.00")]),
        lambda: ledger.funds.allocate(unknown, fund, Money(1), "clerk"),
        lambda: ledger.funds.allocate(fund, unknown, Money(1), "clerk"),
        lambda: ledger.disbursements.propose(unknown, payment("1.00"), "clerk"),
        lambda: ledger.disbursements.approve(unknown, "disbursement-1", "reviewer"),
        lambda: ledger.disbursements.pay(unknown, "disbursement-1", None),
        lambda: ledger.disbursements.pay_out(USCC, unknown, [], "clerk", "reviewer"),
    ):
        with pytest.raises(FundUnknown, match="open one first"):
            command()
    check_house(house)


def test_a_fund_of_another_charity_takes_no_gift_and_makes_no_payment(
    house: House, fund: str
) -> None:
    register(house, OTHER_USCC, "另一基金会")
    before = house.recorder.counts()

    with pytest.raises(FundOfAnotherCharity, match=f"belongs to {USCC}, not to {OTHER_USCC}"):
        house.ledger.gifts.receive_gifts(OTHER_USCC, fund, [gift("1.00")])
    with pytest.raises(FundOfAnotherCharity):
        house.ledger.disbursements.pay_out(OTHER_USCC, fund, [], "clerk", "reviewer")

    assert house.recorder.counts() == before
    check_house(house)


def test_a_payment_is_proposed_approved_by_another_person_and_paid(house: House, fund: str) -> None:
    give(house, fund, "10.00")
    disbursement = house.ledger.disbursements.propose(fund, payment("6.00", "张某某"), "clerk")

    with pytest.raises(SamePerson):
        house.ledger.disbursements.approve(fund, disbursement, "clerk")
    house.ledger.disbursements.approve(fund, disbursement, "reviewer")
    with pytest.raises(BalanceTooSmall, match=r"only 4\.00 CNY is left"):
        house.ledger.disbursements.propose(fund, payment("6.00"), "clerk")
    house.ledger.disbursements.pay(fund, disbursement, GIFT_DAY)
    with pytest.raises(WrongMoment, match="is paid; it can't be paid"):
        house.ledger.disbursements.pay(fund, disbursement, GIFT_DAY)
    with pytest.raises(DisbursementUnknown):
        house.ledger.disbursements.pay(fund, "disbursement-none", GIFT_DAY)
    check_house(house)


def test_of_many_payments_those_that_fit_are_recorded(house: House, fund: str) -> None:
    give(house, fund, "10.00")

    outcomes = house.ledger.disbursements.pay_out(
        USCC, fund, [payment("6.00"), payment("5.00"), payment("4.00")], "clerk", "reviewer"
    )

    assert [type(o) for o in outcomes] == [str, BalanceTooSmall, str]
    refused = house.ledger.disbursements.pay_out(USCC, fund, [payment("0.01")], "clerk", "reviewer")
    assert [type(o) for o in refused] == [BalanceTooSmall]
    same = house.ledger.disbursements.pay_out(USCC, fund, [payment("0.01")], "clerk", "clerk")
    assert isinstance(same[0], Refused)
    check_house(house)


def test_a_payment_from_a_bound_fund_keeps_to_its_purpose(house: House, fund: str) -> None:
    bound = house.ledger.funds.open_fund(USCC, "助学", "project", "助学", "230108")
    give(house, bound, "10.00")

    with pytest.raises(OffPurpose):
        house.ledger.disbursements.propose(bound, replace(payment("1.00"), purpose="修路"), "clerk")
    house.ledger.disbursements.propose(bound, replace(payment("1.00"), purpose="助学"), "clerk")
    house.ledger.disbursements.propose(
        bound, replace(payment("1.00", "张某某"), purpose=None), "clerk"
    )
    check_house(house)


def test_a_purpose_in_a_general_fund_is_sealed_as_a_person_may_stand_in_it(
    house: House, fund: str
) -> None:
    give(house, fund, "10.00")

    house.ledger.disbursements.propose(
        fund, replace(payment("1.00"), purpose="救助李某某"), "clerk"
    )

    assert [house.vault.open(o).name for o in house.vault.named("救助李某某")] == ["purpose"]
    assert "救助" not in every_row(house)
    check_house(house)


def test_a_gift_goes_back_as_far_as_it_is_unspent(house: House, fund: str) -> None:
    one, two = give(house, fund, "10.00", "5.00")
    pay(house, fund, "12.00")

    with pytest.raises(Refused, match=r"exceeds the 0\.00 CNY left"):
        house.ledger.corrections.return_gift(one, Money(1), "donor's wish", "clerk")
    with pytest.raises(Refused, match=r"exceeds the 3\.00 CNY left"):
        house.ledger.corrections.return_gift(two, Money(301), "donor's wish", "clerk")
    house.ledger.corrections.return_gift(two, Money(300), "donor's wish", "clerk")
    with pytest.raises(GiftUnknown):
        house.ledger.corrections.return_gift("gift-none", Money(1), "donor's wish", "clerk")
    check_house(house)


def test_money_for_another_charity_is_its_own_to_pay(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    other = general_fund(house, OTHER_USCC)
    (one,) = give(house, fund, "10.00")
    house.ledger.funds.allocate(fund, other, Money(700), "clerk")

    pay(house, other, "7.00", uscc=OTHER_USCC)

    with pytest.raises(BalanceTooSmall):
        house.ledger.funds.allocate(fund, other, Money(301), "clerk")
    house.ledger.corrections.return_gift(one, Money(300), "donor's wish", "clerk")
    check_house(house)


# Gifts.


@pytest.mark.parametrize("unknown", ["gift-none", "fund-none", ""])
def test_a_gift_that_nobody_recorded_is_unknown(unknown: str, house: House, fund: str) -> None:
    ledger = house.ledger
    for command in (
        lambda: ledger.gifts.identify_donor(unknown, "王某某", "1"),
        lambda: ledger.corrections.return_gift(unknown, Money(1), "reason", "clerk"),
        lambda: ledger.receipts.issue_receipts(USCC, [unknown], [CODE], GIFT_DAY),
    ):
        with pytest.raises(GiftUnknown, match="no gift"):
            command()
    with pytest.raises(NotTraceable):
        CaughtUpInflows(house.runner).place_of("gift-none", "CNY")
    check_house(house)


def test_a_gift_in_suspense_gets_its_receipt_once_the_donor_is_known(
    house: House, fund: str
) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("1.00", donor=None)])
    ready_for_receipts(house)
    (refused,) = issue(house, one)
    assert isinstance(refused, Refused)
    assert "not identified" in str(refused)

    house.ledger.gifts.identify_donor(one, "王某某", "bank slip 7")

    assert issue(house, one) == [(CODE, "0000000001")]
    with pytest.raises(DonorAlreadyKnown):
        house.ledger.gifts.identify_donor(one, "李某某", "bank slip 8")
    check_house(house)


# Receipts.


def test_each_gift_that_can_not_be_receipted_says_why(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    (foreign,) = give(house, general_fund(house, OTHER_USCC), "1.00", uscc=OTHER_USCC)
    given: list[ReceiveGift] = [
        gift("1.00"),
        replace(gift("1.00"), received_on=None, date_basis="none"),
        gift("100.00", currency="USD"),
        replace(gift("100.00", currency="USD"), exchange=DOLLARS),
        gift("3.00"),
        gift("2.00"),
    ]
    good, undated, dollars, booked, returned, partly = house.ledger.gifts.receive_gifts(
        USCC, fund, given
    )
    house.ledger.corrections.return_gift(returned, Money(300), "donor's wish", "clerk")
    house.ledger.corrections.return_gift(partly, Money(150), "donor's wish", "clerk")
    ready_for_receipts(house)

    outcomes = issue(house, good, undated, dollars, booked, returned, partly, foreign)

    assert outcomes[0] == (CODE, "0000000001")
    assert "the day of the gift is not known" in str(outcomes[1])
    assert "booked in USD, without a rate" in str(outcomes[2])
    assert outcomes[3] == (CODE, "0000000002")
    assert isinstance(outcomes[4], GiftWasReturned)
    assert outcomes[5] == (CODE, "0000000003")
    assert isinstance(outcomes[6], FundOfAnotherCharity)
    assert house.ledger.streams.receipt(CODE, "0000000002").amount == Money(69249)
    assert house.ledger.streams.receipt(CODE, "0000000003").amount == Money(50)
    with pytest.raises(ReceiptStands):
        house.ledger.corrections.return_gift(good, Money(1), "donor's wish", "clerk")
    again = issue(house, good)[0]
    assert isinstance(again, AlreadyReceipted)
    assert (again.code, again.number) == (CODE, "0000000001")
    check_house(house)


def test_a_gift_that_is_asked_for_twice_gets_one_receipt(house: House, fund: str) -> None:
    (one,) = give(house, fund, "1.00")
    ready_for_receipts(house)

    assert house.ledger.receipts.issue_receipts(USCC, [one, one], [CODE], GIFT_DAY) == {
        one: (CODE, "0000000001")
    }
    check_house(house)


def test_numbers_go_on_through_lots_and_codes_until_they_are_used_up(
    house: House, fund: str
) -> None:
    gifts = give(house, fund, *["1.00"] * 6)
    assert isinstance(issue(house, gifts[0], codes=())[0], NumbersUsedUp)
    assert isinstance(issue(house, gifts[0])[0], NumbersUsedUp)
    house.ledger.organisations.allot_numbers(USCC, CODE, 1, 2)
    house.ledger.organisations.allot_numbers(USCC, CODE, 11, 12)
    house.ledger.organisations.allot_numbers(USCC, "23052126", 1, 1)
    house.publish()
    codes = tuple(receipt_numbers.codes_of(house.runner, USCC))

    outcomes = issue(house, *gifts, codes=codes)

    assert codes == (CODE, "23052126")
    assert outcomes[:5] == [
        (CODE, "0000000001"),
        (CODE, "0000000002"),
        (CODE, "0000000011"),
        (CODE, "0000000012"),
        ("23052126", "0000000001"),
    ]
    assert isinstance(outcomes[5], NumbersUsedUp)
    check_house(house)


def test_a_receipt_says_whether_the_issuer_was_eligible_on_the_gifts_day(
    house: House, fund: str
) -> None:
    early = replace(gift("1.00"), received_on=date(2025, 12, 31))
    gifts = house.ledger.gifts.receive_gifts(USCC, fund, [early, gift("1.00")])
    ready_for_receipts(house)

    issue(house, *gifts)

    receipts = [house.ledger.streams.receipt(CODE, f"000000000{n}") for n in (1, 2)]
    assert [(r.lines[0].eligible, r.lines[0].notice) for r in receipts] == [
        (False, None),
        (True, "公告示例1号"),
    ]
    check_house(house)


# People.


def test_a_donor_is_erased_by_name_with_receipt_and_note(house: House, fund: str) -> None:
    donor = "欧阳某某某"
    one, two = house.ledger.gifts.receive_gifts(
        USCC, fund, [replace(gift("1.00", donor), note="匿名 欧阳某某某"), gift("1.00")]
    )
    ready_for_receipts(house)
    issue(house, one, two)
    kept = len(house.vault.all())

    erased = house.ledger.people.erase(donor, GROUNDS[0])

    assert [row.stream for row in erased.erased] == [one, one]
    assert len(erased.kept) == 2, "the receipt's payer and check code are a voucher"
    assert len(house.vault.all()) == kept - 2
    rows = every_row(house).encode()
    assert all(spelling not in rows for spelling in spellings(donor))
    assert not any(row.box.hex().encode() in rows for row in erased.erased)
    again = house.ledger.people.erase(donor, GROUNDS[0])
    assert (again.erased, {k.digest for k in again.kept}) == ((), {k.digest for k in erased.kept})
    check_house(house)


def test_a_donor_is_erased_by_the_id_of_a_gift(house: House, fund: str) -> None:
    one, two = give(house, fund, "1.00", "2.00")
    ready_for_receipts(house)
    issue(house, one)

    done = house.ledger.people.erase(one, GROUNDS[1], on=OVER)
    assert (len(done.erased), done.kept) == (3, ())

    assert {o.stream for o in house.vault.all()} == {two}
    assert isinstance(issue(house, two)[0], tuple)
    with pytest.raises(PersonUnknown):
        house.ledger.people.erase(one, GROUNDS[1])
    check_house(house)


def test_no_receipt_is_made_out_to_an_erased_name(house: House, fund: str) -> None:
    (one,) = give(house, fund, "1.00")
    ready_for_receipts(house)
    house.ledger.people.erase(one, GROUNDS[0])

    assert isinstance(issue(house, one)[0], NameWasErased)
    check_house(house)


def test_a_payee_is_erased_with_the_purpose_of_the_payment(house: House, fund: str) -> None:
    give(house, fund, "10.00")
    one, other = (replace(payment("1.00", p), purpose=f"救助{p}") for p in ("张某某", "李某某"))
    house.ledger.disbursements.pay_out(USCC, fund, [one, other], "clerk", "reviewer")
    house.ledger.disbursements.propose(fund, replace(one, purpose="第二次"), "clerk")

    done = house.ledger.people.erase("张某某", GROUNDS[0], namesakes=True)

    assert (len(done.erased), len(done.kept)) == (2, 2), "what was paid is a voucher"
    assert len(house.ledger.people.erase_due(OVER).erased) == 2
    kept = {house.vault.open(o).value for o in house.vault.all()}
    assert kept == {"王某某", "李某某", "救助李某某"}
    check_house(house)


def test_a_person_with_very_many_gifts_is_erased_whole(
    house: House, fund: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.application.people.ERASED_AT_ONCE", 2)
    give(house, fund, *["1.00"] * 5)

    assert len(house.ledger.people.erase("王某某", GROUNDS[0], namesakes=True).erased) == 5

    assert house.vault.all() == []
    check_house(house)


def test_an_erasure_needs_one_of_a_few_grounds_and_names_nobody(house: House, fund: str) -> None:
    give(house, fund, "1.00")

    with pytest.raises(GroundUnknown):
        house.ledger.people.erase("王某某", "王某某 asked")
    with pytest.raises(PersonUnknown):
        house.ledger.people.erase("gift-none", GROUNDS[0])

    assert len(house.vault.all()) == 1
    check_house(house)


# Dry runs.


def test_a_dry_run_decides_and_refuses_and_records_nothing(house: House, fund: str) -> None:
    one, two = give(house, fund, "10.00", "5.00")
    other = general_fund(house, name="助学资金")
    ready_for_receipts(house)
    before = every_row(house, without="vault_reads")
    with opened(house.settings, dry_run=True) as dry:
        ledger = dry.ledger
        assert len(ledger.gifts.receive_gifts(USCC, fund, [gift("1.00")])) == 1
        ledger.funds.open_fund(USCC, "资金", "general", None, None)
        ledger.funds.allocate(fund, other, Money(100), "clerk")
        ledger.corrections.return_gift(one, Money(100), "donor's wish", "clerk")
        ledger.disbursements.propose(fund, payment("1.00"), "clerk")
        assert isinstance(
            ledger.disbursements.pay_out(USCC, fund, [payment("15.00")], "a", "b")[0], str
        )
        assert issue(dry, one, two) == [(CODE, "0000000001"), (CODE, "0000000002")]
        assert len(ledger.people.erase("王某某", GROUNDS[0], namesakes=True).erased) == 2
        with pytest.raises(BalanceTooSmall):
            ledger.funds.allocate(fund, other, Money(1501), "clerk")
        dry.publish()

    assert every_row(house, without="vault_reads") == before, "reading is noted all the same"
    check_house(house)


def test_every_refusal_belongs_to_one_family() -> None:
    for refusal in (FundUnknown, GiftUnknown, OrganisationUnknown, PersonUnknown):
        assert issubclass(refusal, Unknown)
    for refused in (Conflict, NotACharity, GroundUnknown):
        assert issubclass(refused, Refused)
    assert issubclass(Refused, LedgerError)


def test_a_name_that_several_gifts_bear_is_erased_only_by_gift_or_for_all_namesakes(
    house: House, fund: str
) -> None:
    first, second = give(house, fund, "1.00", "2.00")
    with pytest.raises(SeveralPeople, match="2 gifts or payments"):
        house.ledger.people.erase("王某某", GROUNDS[0])
    assert len(house.vault.named("王某某")) == 2

    assert [o.stream for o in house.ledger.people.erase(first, GROUNDS[0]).erased] == [first]
    assert [o.stream for o in house.ledger.people.erase("王某某", GROUNDS[0]).erased] == [second]
    check_house(house)


def test_a_charity_that_would_be_refused_gets_no_key(house: House, fund: str) -> None:
    with pytest.raises(Refused, match="already registered as"):
        house.ledger.organisations.check_charity(USCC, "另一名称")
    house.ledger.organisations.check_charity(OTHER_USCC, "另一机构")


def test_a_fund_takes_no_more_than_can_be_counted_exactly(house: House, fund: str) -> None:
    most = [gift("100000000000.00")] * 900
    house.ledger.gifts.receive_gifts(USCC, fund, most)
    size = house.recorder.size()
    with pytest.raises(FundFull, match="can't hold that much"):
        house.ledger.gifts.receive_gifts(USCC, fund, [gift("80000000000.00")])
    other = general_fund(house, name="另一资金")
    give(house, other, "80000000000.00")
    with pytest.raises(FundFull, match="can't hold that much"):
        house.ledger.funds.allocate(other, fund, Money.parse("80000000000.00"), "clerk")
    with pytest.raises(GiftTooLarge, match="unit was misread"):
        house.ledger.gifts.receive_gifts(USCC, other, [gift("100000000000.01")])
    assert house.recorder.size() == size + 2
    check_house(house)


def test_what_another_organisation_signed_in_a_fund_moves_nothing(house: House, fund: str) -> None:
    give(house, fund, "1.00")
    register(house, OTHER_USCC, "另一机构")
    theirs = general_fund(house, OTHER_USCC)
    known = house.ledger.streams.fund(fund)
    stolen = FundsAllocated(
        originator_id=fund,
        originator_version=known.version + 1,
        timestamp=datetime.now(UTC),
        actor=OTHER_USCC,
        to_fund=theirs,
        amount=Money(100),
        decided_by="clerk",
    )
    house.ledger.funds._desk.record(Batch([stolen]))
    with pytest.raises(ActsOnAnothers, match="not its own"):
        pay(house, fund, "0.50")


def test_held_inflows_are_asked_once_and_places_each_time(house: House, fund: str) -> None:
    (one,) = give(house, fund, "1.00")
    inflows = CaughtUpInflows(house.runner)
    held = HeldInflows(inflows)
    assert held.received(fund, "CNY") == 100
    (two,) = give(house, fund, "2.00")
    assert held.received(fund, "CNY") == 100
    for gift_id in (one, two):
        assert held.place_of(gift_id, "CNY") == inflows.place_of(gift_id, "CNY")
    assert held.units_of(fund) == ("CNY",)
    number = house.ledger.funds.allocate(fund, general_fund(house), Money(50), "council")
    assert [place.span.length for place in held.allocated(fund, number)] == [50]
