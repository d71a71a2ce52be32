"""The life of a receipt through the ledger's door: annual, joint, replaced, exchanged, waived."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from api.wiring import House
from ledger.application import Correction, Payer, Settlement
from ledger.application.claims import ClaimReceipt
from ledger.domain.benefits import GiftIsSponsorship
from ledger.domain.days import day_in_china
from ledger.domain.events import ClaimNoticeRaised, ReceiptNumber
from ledger.domain.gifts import (
    AlreadyReceipted,
    DonorNotIdentified,
    FundOfAnotherCharity,
    GiftWasReturned,
    NameWasErased,
)
from ledger.domain.payer_numbers import PayerNumberMalformed
from ledger.domain.receipt_books import NumbersUsedUp
from ledger.domain.receipt_changes import (
    OfficialDayToCome,
    PaperNotOut,
    PaperStillOut,
    ReceiptDoesNotStand,
)
from ledger.domain.receipts import (
    ANONYMOUS,
    Asked,
    CheckCodeMalformed,
    DonorsDiffer,
    MembersUnusable,
    NotEligibleOnDay,
    NothingToReceipt,
    SharesDiffer,
)
from ledger.domain.written_numbers import LotHoldsWritten, NumberIsDrawn, NumberStandsAlready
from ledger.errors import Refused
from ledger.money import Money
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, general_fund, gift, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.corrected import settling, why

CODE = "23050126"
ASKED = Asked(issued_on=GIFT_DAY)
WISH = "捐赠人申请退回"
MEMBERS = [("张三", Money(600)), ("李四", Money(400))]


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


def number(of: int) -> tuple[str, str]:
    return CODE, f"{of:010d}"


def annual(house: House, gifts: list[str], **said: Payer) -> tuple[str, str]:
    return house.ledger.receipts.issue_annual(USCC, gifts, 2026, [CODE], ASKED, **said)


def issue(house: House, one: str, **said: object) -> tuple[str, str] | Refused:
    return house.ledger.receipts.issue_receipts(USCC, [one], [CODE], GIFT_DAY, **said)[one]  # type: ignore[arg-type] # told by name


def openings(house: House, receipt: tuple[str, str]) -> dict[str, str]:
    known = house.ledger.streams.receipt(*receipt)
    return {o.name: o.value for o in house.vault.of_digests(known.payer.sealed).values()}


# Made out.


def test_a_receipt_keeps_the_payer_as_given_when_it_was_made_out(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    payer = Payer("", "示范市示范路1号", USCC.lower())

    made = issue(house, one, payer=payer, area="230108")

    assert made == number(1)
    said = openings(house, number(1))
    assert said == said | {"name": "王某某", "address": "示范市示范路1号", "taxpayer": USCC}
    assert len(said["check_code"]) == 6
    assert house.ledger.streams.receipt(*number(1)).area == "230108"
    check_house(house)


def test_a_payers_number_is_checked_before_anything_is_recorded(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    before = house.recorder.counts()

    with pytest.raises(PayerNumberMalformed):
        issue(house, one, payer=Payer("", None, "123"))

    assert house.recorder.counts() == before


def test_no_number_is_drawn_for_a_gift_that_could_not_be_deducted(house: House, fund: str) -> None:
    early = replace(gift("1.00"), received_on=date(2025, 12, 31))
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [early])
    ready_for_receipts(house)

    assert isinstance(issue(house, one, deductible=True), NotEligibleOnDay)
    assert issue(house, one) == number(1)
    check_house(house)


def test_what_is_left_of_sponsorship_is_receipted_and_the_rest_withheld(
    house: House, fund: str
) -> None:
    one, all_of_it = give(house, fund, "10.00", "5.00")
    ready_for_receipts(house)
    house.ledger.naming.record_benefit(one, Money(300), "广告位", "clerk", "依据")
    house.ledger.naming.record_benefit(all_of_it, Money(500), "广告位", "clerk", "依据")

    assert issue(house, one) == number(1)
    (line,) = house.ledger.streams.receipt(*number(1)).lines
    assert (line.amount, line.withheld) == (Money(700), Money(300))
    assert isinstance(issue(house, all_of_it), GiftIsSponsorship)
    check_house(house)


# A year's gifts.


def test_an_annual_receipt_counts_both_gifts_of_one_day(house: House, fund: str) -> None:
    gifts = give(house, fund, "10.00", "10.00", "5.00")
    ready_for_receipts(house)

    assert annual(house, gifts) == number(1)

    known = house.ledger.streams.receipt(*number(1))
    assert (known.kind, known.gifts, known.amount) == ("annual", tuple(gifts), Money(2500))
    assert all(house.ledger.streams.gift(one).receipt == number(1) for one in gifts)
    assert isinstance(issue(house, gifts[1]), AlreadyReceipted)
    assert openings(house, number(1))["name"] == "王某某"
    check_house(house)


def test_an_annual_receipt_is_one_donors(house: House, fund: str) -> None:
    gifts = house.ledger.gifts.receive_gifts(USCC, fund, [gift("1.00"), gift("2.00", "李某某")])
    ready_for_receipts(house)
    before = house.recorder.counts()

    with pytest.raises(DonorsDiffer, match="these gifts bear 2 names"):
        annual(house, gifts)
    with pytest.raises(NothingToReceipt):
        annual(house, [])

    assert house.recorder.counts() == before
    check_house(house)


def test_a_part_that_goes_back_leaves_an_annual_receipt_for_what_is_left(
    house: House, fund: str
) -> None:
    other = general_fund(house, name="助学资金")
    gifts = give(house, fund, "10.00", "5.00") + give(house, other, "3.00")
    ready_for_receipts(house)
    annual(house, gifts, payer=Payer("", "示范市示范路1号"))

    done = house.ledger.corrections.return_gift(
        gifts[0], Money(400), WISH, "clerk", settling(replace=True)
    )

    assert (done.red, done.receipt) == (number(2), number(3))
    old, new = (house.ledger.streams.receipt(*number(n)) for n in (1, 3))
    assert old.red == ReceiptNumber(code=CODE, number="0000000002")
    assert (new.kind, new.amount, new.gifts) == ("annual", Money(1400), tuple(gifts))
    assert [line.amount for line in new.lines] == [Money(600), Money(500), Money(300)]
    assert new.replaces == ReceiptNumber(code=CODE, number="0000000001")
    assert openings(house, number(3))["address"] == "示范市示范路1号"
    check_house(house)


def test_a_gift_that_goes_back_whole_leaves_the_annual_receipt_of_the_others(
    house: House, fund: str
) -> None:
    gifts = give(house, fund, "10.00", "5.00")
    ready_for_receipts(house)
    annual(house, gifts)

    done = house.ledger.corrections.return_gift(
        gifts[0], Money(1000), WISH, "clerk", settling(replace=True)
    )

    assert (done.red, done.receipt) == (number(2), number(3))
    assert house.ledger.streams.receipt(*number(3)).gifts == (gifts[1],)
    assert house.ledger.streams.gift(gifts[0]).receipt is None
    check_house(house)


def test_a_mistake_on_an_annual_receipt_leaves_one_for_the_other_gifts(
    house: House, fund: str
) -> None:
    gifts = give(house, fund, "10.00", "5.00")
    ready_for_receipts(house)
    annual(house, gifts)

    done = house.ledger.corrections.reverse_gift(
        gifts[1], why("duplicate"), settlement=settling(replace=True)
    )

    assert (done.red, done.receipt) == (number(2), number(3))
    assert house.ledger.streams.receipt(*number(3)).gifts == (gifts[0],)
    check_house(house)


def test_a_red_annual_receipt_frees_all_its_gifts(house: House, fund: str) -> None:
    gifts = give(house, fund, "10.00", "5.00")
    ready_for_receipts(house)
    annual(house, gifts)

    house.ledger.receipts.reverse(*number(1), [CODE], GIFT_DAY, why())

    assert [house.ledger.streams.gift(one).receipt for one in gifts] == [None, None]
    assert issue(house, gifts[1]) == number(3)
    before = ReceiptNumber(code=CODE, number="0000000001")
    assert house.ledger.streams.receipt(*number(3)).replaces == before
    assert annual(house, gifts[:1]) == number(4)
    assert house.ledger.streams.receipt(*number(4)).replaces == before
    check_house(house)


# Whose gifts.


def test_the_gifts_of_a_donor_are_those_given_in_just_that_name(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    elsewhere = general_fund(house, OTHER_USCC)
    mine, _, theirs = house.ledger.gifts.receive_gifts(
        USCC, fund, [gift("1.00"), gift("2.00", "王某"), gift("3.00", "李某某")]
    )
    give(house, elsewhere, "4.00", uscc=OTHER_USCC)
    house.ledger.credits.give(theirs, "soft", "王某某", Money(100))

    assert house.ledger.receiptable.given_by(USCC, "王某某") == [mine]
    assert house.ledger.receiptable.given_by(USCC, "赵某某") == []


def test_of_each_gift_it_is_told_what_its_receipt_would_say_or_why_there_is_none(
    house: House, fund: str
) -> None:
    fine, gone = give(house, fund, "10.00", "5.00")
    (nobodys,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("1.00", None)])
    house.ledger.corrections.return_gift(fine, Money(100), WISH, "clerk")
    house.ledger.corrections.return_gift(gone, Money(500), WISH, "clerk")

    told = house.ledger.receiptable.standing(USCC, [fine, gone, nobodys], ASKED)

    assert [one.line.amount if one.line else None for one in told] == [Money(900), None, None]
    assert [type(one.refusal) for one in told] == [type(None), GiftWasReturned, DonorNotIdentified]
    assert [one.gone for one in told] == [Money(100), Money(500), Money(0)]


# A collection.


def test_a_joint_receipt_seals_its_members(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)

    made = house.ledger.receipts.issue_joint(one, [CODE], ASKED, MEMBERS)

    known = house.ledger.streams.receipt(*made)
    told = {o.value for o in house.vault.of_digests(known.digests).values()}
    assert (known.kind, told) == ("joint", {"张三\t6.00", "李四\t4.00"})
    check_house(house)


def test_a_joint_receipt_lists_the_shares_that_were_stated(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    with pytest.raises(MembersUnusable, match="nobody stated who gave how much"):
        house.ledger.receipts.issue_joint(one, [CODE], ASKED)
    house.ledger.credits.state_shares(one, MEMBERS)

    made = house.ledger.receipts.issue_joint(one, [CODE], ASKED)

    known = house.ledger.streams.receipt(*made)
    told = {o.value for o in house.vault.of_digests(known.digests).values()}
    assert told == {"张三\t6.00", "李四\t4.00"}
    check_house(house)


def test_a_list_that_does_not_add_up_draws_no_number(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    before = house.recorder.counts()

    with pytest.raises(SharesDiffer):
        house.ledger.receipts.issue_joint(one, [CODE], ASKED, MEMBERS[:1])

    assert house.recorder.counts() == before


def test_a_joint_receipt_is_replaced_with_its_list_and_not_without(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    house.ledger.receipts.issue_joint(one, [CODE], ASKED, MEMBERS)

    red, anew = house.ledger.receipts.replace(
        *number(1), [CODE], replace(ASKED, area="230108"), why()
    )

    known = house.ledger.streams.receipt(*anew)
    assert (red, anew, known.kind, known.area) == (number(2), number(3), "joint", "230108")
    told = {o.value for o in house.vault.of_digests(known.digests).values()}
    assert told == {"张三\t6.00", "李四\t4.00"}
    with pytest.raises(SharesDiffer, match=r"10\.00 CNY, the receipt is for 9\.00 CNY"):
        house.ledger.corrections.return_gift(one, Money(100), WISH, "clerk", settling(replace=True))
    house.ledger.people.erase("张三", "request of the person")
    with pytest.raises(MembersUnusable, match="a name of its list was erased"):
        house.ledger.receipts.replace(*anew, [CODE], ASKED, why())
    check_house(house)


def test_stated_members_whose_names_were_erased_are_not_listed(house: House, fund: str) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("10.00", "示范公司工会")])
    ready_for_receipts(house)
    house.ledger.credits.state_shares(one, MEMBERS)
    house.ledger.people.erase("张三", "request of the person")

    with pytest.raises(NameWasErased):
        house.ledger.receipts.issue_joint(one, [CODE], ASKED)
    house.ledger.receipts.waive(one, "declined")
    with pytest.raises(MembersUnusable, match="the name of a member was erased"):
        house.ledger.receipts.issue_joint(one, [CODE], ASKED)


def test_a_member_is_forgotten_and_the_others_stay(house: House, fund: str) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("10.00", "示范公司工会")])
    ready_for_receipts(house)
    house.ledger.receipts.issue_joint(one, [CODE], ASKED, MEMBERS)

    done = house.ledger.people.erase("张三", "request of the person")

    known = house.ledger.streams.receipt(*number(1))
    told = [o.value for o in house.vault.of_digests(known.digests).values()]
    assert told == ["李四\t4.00"]
    assert (done.erased, len(done.kept)) == ((), 1), "the list is part of the voucher"
    house.ledger.people.erase("李四", "request of the person")
    held = house.vault.open_all(house.ledger.people.held_on("张三")).values()
    assert [o.value for o in held] == ["张三\t6.00"], "the law keeps both, each for themselves"
    check_house(house)


# Replaced.


def test_a_receipt_is_replaced_in_one_commit_with_what_is_said_anew(
    house: House, fund: str
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    issue(house, one, payer=Payer("", "旧址"), area="230108")
    size = house.recorder.size()

    red, anew = house.ledger.receipts.replace(
        *number(1), [CODE], ASKED, why("wrong-donor"), Payer("", "新址", USCC)
    )

    assert house.recorder.size() == size + 5, "numbers, red, freed, made out, marked"
    known, said = house.ledger.streams.receipt(*anew), openings(house, anew)
    assert (red, anew) == (number(2), number(3))
    assert (said["address"], said["taxpayer"]) == ("新址", USCC)
    assert (known.area, known.replaces) == ("230108", ReceiptNumber(code=CODE, number=number(1)[1]))
    with pytest.raises(ReceiptDoesNotStand):
        house.ledger.receipts.replace(*number(1), [CODE], ASKED, why())
    check_house(house)


def test_a_receipt_of_which_nothing_is_left_is_not_replaced(house: House, fund: str) -> None:
    one, _ = give(house, fund, "10.00", "1.00")
    ready_for_receipts(house, numbers=1)
    issue(house, one)

    with pytest.raises(NumbersUsedUp):
        house.ledger.receipts.replace(*number(1), [CODE], ASKED, why())
    check_house(house)


def test_a_deduction_of_a_receipt_that_becomes_void_is_told_in_the_same_commit(
    house: House, fund: str
) -> None:
    (one,) = house.ledger.gifts.receive_gifts(USCC, fund, [gift("10.00", "示范公司")])
    ready_for_receipts(house)
    issue(house, one, payer=Payer("", None, USCC))
    claim = ClaimReceipt(taxpayer=USCC, year=2026, amount=Money(1000), officer="tax-officer-1")
    claimed = house.ledger.claims.claim(*number(1), claim)
    size = house.recorder.size()

    house.ledger.corrections.return_gift(one, Money(400), WISH, "clerk", settling(replace=True))

    notice = [row.topic for row in house.recorder.log(size, house.recorder.size())]
    assert notice[1:3] == ["red-receipt-made-out.v1", ClaimNoticeRaised.TOPIC]
    assert house.ledger.streams.receipt(*number(1)).notices == (claimed,)
    check_house(house)


# Paper, official, waived.


def test_a_receipt_is_not_reversed_while_its_paper_is_out(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    issue(house, one)
    paper = ("23052126", "0000000007")
    with pytest.raises(PaperNotOut):
        house.ledger.receipts.take_back(*number(1), GIFT_DAY)
    house.ledger.receipts.exchange(*number(1), paper, GIFT_DAY)

    with pytest.raises(PaperStillOut):
        house.ledger.receipts.reverse(*number(1), [CODE], GIFT_DAY, why())
    with pytest.raises(PaperStillOut):
        house.ledger.corrections.return_gift(one, Money(100), WISH, "clerk", settling(replace=True))
    assert house.ledger.receipts.take_back(*number(1), GIFT_DAY) == paper
    assert house.ledger.receipts.reverse(*number(1), [CODE], GIFT_DAY, why()) == number(2)
    check_house(house)


def test_the_official_receipt_is_on_record_with_its_check_code_sealed(
    house: House, fund: str
) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    issue(house, one)
    with pytest.raises(CheckCodeMalformed):
        house.ledger.receipts.record_official(*number(1), number(9001), "1", GIFT_DAY)

    house.ledger.receipts.record_official(*number(1), number(9001), "aB3dE9", GIFT_DAY)

    known = house.ledger.streams.receipt(*number(1))
    assert known.official == ReceiptNumber(code=CODE, number="0000009001")
    assert [house.vault.open(o).name for o in house.vault.named("aB3dE9")] == ["check_code"]
    check_house(house)


def test_a_paper_or_official_number_stands_for_one_receipt_even_when_it_came_back(
    house: House, fund: str
) -> None:
    gifts = give(house, fund, "1.00", "2.00")
    ready_for_receipts(house)
    for one in gifts:
        issue(house, one)
    receipts, paper = house.ledger.receipts, ("23052126", "0000000007")
    receipts.exchange(*number(1), paper, GIFT_DAY)
    receipts.record_official(*number(1), number(9001), "aB3dE9", GIFT_DAY)
    receipts.take_back(*number(1), GIFT_DAY)

    for of in (1, 2):
        with pytest.raises(NumberStandsAlready, match="0000000007 stands for 23050126 0000000001"):
            receipts.exchange(*number(of), paper, GIFT_DAY)
    with pytest.raises(NumberStandsAlready):
        receipts.exchange(*number(2), number(9001), GIFT_DAY)
    for taken in (number(9001), paper):
        with pytest.raises(NumberStandsAlready):
            receipts.record_official(*number(2), taken, "aB3dE9", GIFT_DAY)
    receipts.exchange(*number(2), ("23052126", "0000000008"), GIFT_DAY)
    check_house(house)


def test_a_number_of_a_lot_is_no_paper_or_official_one(house: House, fund: str) -> None:
    (one,) = give(house, fund, "1.00")
    ready_for_receipts(house)
    register(house, OTHER_USCC)
    house.ledger.organisations.allot_numbers(OTHER_USCC, CODE, 9001, 9010)
    issue(house, one)

    for taken in (number(2), number(100), number(9001)):
        with pytest.raises(NumberIsDrawn):
            house.ledger.receipts.exchange(*number(1), taken, GIFT_DAY)
        with pytest.raises(NumberIsDrawn):
            house.ledger.receipts.record_official(*number(1), taken, "aB3dE9", GIFT_DAY)
    house.ledger.receipts.exchange(*number(1), number(101), GIFT_DAY)
    check_house(house)


def test_no_lot_is_allotted_over_a_paper_number(house: House, fund: str) -> None:
    (one,) = give(house, fund, "1.00")
    ready_for_receipts(house)
    issue(house, one)
    house.ledger.receipts.exchange(*number(1), number(105), GIFT_DAY)
    allot = house.ledger.organisations.allot_numbers

    with pytest.raises(LotHoldsWritten, match="0000000105 is not blank"):
        allot(USCC, CODE, 101, 110)
    assert allot(USCC, CODE, 101, 104)
    assert allot(USCC, CODE, 106, 110)
    assert not allot(USCC, CODE, 106, 110)
    check_house(house)


def test_a_lot_that_is_allotted_meanwhile_takes_its_numbers(house: House, fund: str) -> None:
    (one,) = give(house, fund, "1.00")
    ready_for_receipts(house)
    issue(house, one)
    told = house.ledger.receipts._desk.written

    class Meanwhile:
        """Numbers told of just before a lot is allotted."""

        def stands_for(self, code: str, number: str) -> tuple[str, str] | None:
            found = told.stands_for(code, number)
            house.ledger.organisations.allot_numbers(USCC, CODE, 101, 110)
            return found

        def first_within(self, code: str, first: int, last: int) -> str | None:
            return told.first_within(code, first, last)

    house.ledger.receipts._desk.written = Meanwhile()

    with pytest.raises(NumberIsDrawn):
        house.ledger.receipts.exchange(*number(1), number(105), GIFT_DAY)
    check_house(house)


def test_an_official_receipt_of_a_day_to_come_is_refused(house: House, fund: str) -> None:
    (one,) = give(house, fund, "1.00")
    ready_for_receipts(house)
    issue(house, one)
    day = day_in_china(datetime.now(UTC)) + timedelta(days=2)

    with pytest.raises(OfficialDayToCome):
        house.ledger.receipts.record_official(*number(1), number(9001), "aB3dE9", day)


def test_a_receipt_that_nobody_takes_is_made_out_and_kept(house: House, fund: str) -> None:
    declined, nobodys = house.ledger.gifts.receive_gifts(
        USCC, fund, [gift("1.00"), gift("2.00", None)]
    )
    ready_for_receipts(house)
    assert isinstance(issue(house, nobodys), DonorNotIdentified)
    house.ledger.receipts.waive(declined, "declined")
    house.ledger.receipts.waive(nobodys, "anonymous")

    assert issue(house, declined) == number(1)
    assert issue(house, nobodys) == number(2)

    assert openings(house, number(1))["name"] == "王某某"
    assert openings(house, number(2))["name"] == ANONYMOUS
    held = [house.ledger.streams.receipt(*number(n)).held for n in (1, 2)]
    assert held == ["declined", "anonymous"]
    check_house(house)


def test_receipts_are_made_out_by_the_charity_that_was_given_to(house: House, fund: str) -> None:
    register(house, OTHER_USCC, "另一基金会")
    (one,) = give(house, fund, "1.00")
    ready_for_receipts(house)

    with pytest.raises(FundOfAnotherCharity):
        house.ledger.receipts.issue_annual(OTHER_USCC, [one], 2026, [CODE], ASKED)
    check_house(house)


def test_a_settlement_names_the_day(house: House, fund: str) -> None:
    (one,) = give(house, fund, "10.00")
    ready_for_receipts(house)
    issue(house, one)
    on = date(2026, 11, 30)
    settled = Settlement(codes=[CODE], on=on, replace=True)

    house.ledger.corrections.return_gift(one, Money(100), WISH, "clerk", settled)

    assert house.ledger.streams.receipt(*number(3)).issued_on == on
    assert Correction(reason="refund", note=WISH, decided_by="clerk").reason == "refund"
