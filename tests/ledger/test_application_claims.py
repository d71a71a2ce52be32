"""Deductions through a database: decided on the receipt's own story, with people in the vault."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy

import pytest

from api.settings import Settings
from api.wiring import House
from ledger import codec
from ledger.application.claims import ClaimCommands
from ledger.application.joining import Member
from ledger.application.receipting import Payer
from ledger.domain.claim_refusals import (
    AlreadyClaimed,
    ClaimExceedsReceipt,
    ClaimExceedsShare,
    NoticeStillOpen,
    PaperNotPresented,
    ReceiptIsVoid,
    TaxPowerMissing,
)
from ledger.domain.claimants import NotInMemberList, PayerDiffers, PayerWasErased
from ledger.domain.claims import claimed
from ledger.domain.events import CheckCount, ReceiptClaimed
from ledger.domain.organisations import AUTHORITY, POWERS
from ledger.domain.receipts import Asked, ReceiptUnknown
from ledger.engine import Conflict
from ledger.money import Money
from tests.conftest import USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.claimed import (
    CODE,
    FIRST,
    ISSUED_ON,
    OFFICER,
    OTHER_PERSON,
    PAPER,
    PAYER,
    PERSON,
    SECOND,
    asked,
    claim,
    make_red,
    receipted,
)
from tests.ledger.corrected import settling

DIGEST = "ab" * 32


def test_a_receipt_is_deducted_up_to_its_amount_and_no_further(house: House) -> None:
    receipted(house, "80.00")
    claim(house, "50.00")

    with pytest.raises(AlreadyClaimed):
        claim(house, "10.00")
    with pytest.raises(ClaimExceedsReceipt, match=r"30\.00 CNY of this receipt"):
        claim(house, "30.01", taxpayer=OTHER_PERSON)
    claim(house, "30.00", taxpayer=OTHER_PERSON)

    assert claimed(house.ledger.streams.receipt(CODE, FIRST)) == Money.parse("80.00")
    check_house(house)


def test_the_same_number_in_another_spelling_is_the_same_taxpayer(house: House) -> None:
    receipted(house, "80.00")
    claim(house, "1.00")

    with pytest.raises(AlreadyClaimed):
        claim(house, "1.00", taxpayer="１１０１０５ 19491231 002x")


def test_nobody_can_join_the_claims_of_one_taxpayer(house: House) -> None:
    receipted(house, "80.00", "80.00")
    claim(house)
    claim(house, number=SECOND)
    first, second = (house.ledger.streams.receipt(CODE, n).claims[0] for n in (FIRST, SECOND))

    assert first.token != second.token
    assert house.vault.token("receipt", PERSON) != house.vault.token("receiptP", PERSON[1:])


def test_what_a_taxpayer_is_called_lies_in_the_vault_alone(house: House) -> None:
    receipted(house, "80.00")
    claim(house)
    house.publish()
    entries = b"".join(row.entry or b"" for row in house.recorder.log(0, house.recorder.size()))
    event = codec.read(
        house.recorder.log_of([f"receipt-{CODE}-{FIRST}"])[-1].entry or b"",
        house.recorder.origin(),
    )[1]

    assert PERSON.encode() not in entries
    assert isinstance(event, ReceiptClaimed)
    assert event.actor == AUTHORITY
    kept = house.vault.of_digests(event.taxpayer.sealed).values()
    assert {o.name: o.value for o in kept} == {"name": PAYER, "taxpayer": PERSON}
    check_house(house)


def test_only_the_payer_deducts(house: House) -> None:
    receipted(house, "80.00")

    with pytest.raises(PayerDiffers, match="name"):
        claim(house, name="李四")
    check_house(house)


def test_a_number_on_the_receipt_decides(house: House) -> None:
    register(house)
    gifts = give(house, general_fund(house), "80.00")
    ready_for_receipts(house)
    payer = Payer(PAYER, taxpayer=PERSON)
    house.ledger.receipts.issue_receipts(USCC, gifts, [CODE], ISSUED_ON, payer=payer)

    with pytest.raises(PayerDiffers, match="number"):
        claim(house, taxpayer=OTHER_PERSON)
    claim(house, name=None)
    kept = house.vault.of_streams([f"receipt-{CODE}-{FIRST}"])
    assert sum(house.vault.open(row).name == "taxpayer" for row in kept) == 2
    check_house(house)


def test_members_of_a_joint_receipt_deduct_their_shares(house: House) -> None:
    register(house)
    (gift,) = give(house, general_fund(house), "80.00")
    ready_for_receipts(house)
    members: list[Member] = [("张三", Money.parse("50.00")), ("李四", Money.parse("30.00"))]
    wishes = Asked(issued_on=ISSUED_ON, area=None, deductible=False)
    house.ledger.receipts.issue_joint(gift, [CODE], wishes, members)

    with pytest.raises(NotInMemberList):
        claim(house, "1.00")
    with pytest.raises(ClaimExceedsShare):
        claim(house, "50.01", name="张三")
    claim(house, "50.00", name="张三")
    claim(house, "30.00", name="李四", taxpayer=OTHER_PERSON)
    check_house(house)


def test_another_number_gives_a_member_no_further_share(house: House) -> None:
    register(house)
    (gift,) = give(house, general_fund(house), "80.00")
    ready_for_receipts(house)
    members: list[Member] = [("张三", Money.parse("50.00")), ("李四", Money.parse("30.00"))]
    wishes = Asked(issued_on=ISSUED_ON, area=None, deductible=False)
    house.ledger.receipts.issue_joint(gift, [CODE], wishes, members)
    first = claim(house, "20.00", name="张三")

    with pytest.raises(AlreadyClaimed, match="claim all shares of the name together"):
        claim(house, "20.00", name="张 三", taxpayer=OTHER_PERSON)
    house.ledger.claims.release(CODE, FIRST, first, "申报更正", OFFICER)
    with pytest.raises(ClaimExceedsShare, match=r"50\.00 CNY left of the shares"):
        claim(house, "50.01", name="张三", taxpayer=OTHER_PERSON)
    claim(house, "50.00", name="张三", taxpayer=OTHER_PERSON)
    claim(house, "30.00", name="李四")
    check_house(house)


def test_what_was_erased_can_not_be_claimed(house: House) -> None:
    (gift,) = receipted(house, "80.00")
    house.ledger.people.erase(gift, "request of the person")

    with pytest.raises(PayerWasErased):
        claim(house)
    check_house(house)


def test_of_an_exchanged_receipt_the_paper_is_presented(house: House) -> None:
    receipted(house, "80.00")
    house.ledger.receipts.exchange(CODE, FIRST, (PAPER.code, PAPER.number), ISSUED_ON)

    with pytest.raises(PaperNotPresented):
        claim(house)
    claim(house, paper=PAPER)
    check_house(house)


def test_a_released_claim_frees_its_amount(house: House) -> None:
    receipted(house, "80.00")
    known = claim(house, "80.00")
    house.ledger.claims.release(CODE, FIRST, known, "申报更正", OFFICER)

    assert claim(house, "80.00", taxpayer=OTHER_PERSON) != known
    check_house(house)


def test_a_receipt_that_becomes_void_gives_notice_in_the_same_commit(house: House) -> None:
    receipted(house, "80.00")
    known = claim(house)
    before = house.recorder.size()
    make_red(house)
    receipt = house.ledger.streams.receipt(CODE, FIRST)
    topics = [row.topic for row in house.recorder.log(before, house.recorder.size())]

    assert receipt.notices == (known,)
    assert topics.index("claim-notice-raised.v1") == topics.index("red-receipt-made-out.v1") + 1
    with pytest.raises(ReceiptIsVoid):
        claim(house, "1.00", taxpayer=OTHER_PERSON)
    with pytest.raises(NoticeStillOpen):
        house.ledger.claims.release(CODE, FIRST, known, "申报更正", OFFICER)
    house.ledger.claims.settle(CODE, FIRST, known, "已更正申报", OFFICER)
    assert house.ledger.streams.receipt(CODE, FIRST).notices == ()
    check_house(house)


def test_a_returned_gift_gives_notice_too(house: House) -> None:
    (gift,) = receipted(house, "80.00")
    claim(house)
    house.ledger.corrections.return_gift(
        gift, Money.parse("20.00"), "捐赠人申请", "council", settling(replace=True)
    )
    old, new = (house.ledger.streams.receipt(CODE, n) for n in (FIRST, "0000000003"))

    assert len(old.notices) == 1
    assert (new.amount, new.claims) == (Money.parse("60.00"), ())
    check_house(house)


def test_an_unknown_receipt_is_not_claimed(house: House) -> None:
    receipted(house, "80.00")

    with pytest.raises(ReceiptUnknown):
        claim(house, number=SECOND)


def test_a_ledger_founded_before_deductions_refuses_each_of_these_commands(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tuple(power for power in POWERS if power != "tax")
    monkeypatch.setattr("ledger.domain.organisations.POWERS", older)
    house = House(settings, create=True)
    commands, results = house.ledger.claims, [CheckCount(result="valid", receipts=1)]
    all_of_them: tuple[Callable[[], object], ...] = (
        lambda: commands.claim(CODE, FIRST, asked()),
        lambda: commands.release(CODE, FIRST, "claim-1", "申报更正", OFFICER),
        lambda: commands.settle(CODE, FIRST, "claim-1", "已更正申报", OFFICER),
        lambda: commands.checked(OFFICER, results, DIGEST, DIGEST, None),
    )
    try:
        receipted(house, "80.00")
        for refused in all_of_them:
            with pytest.raises(TaxPowerMissing, match="founded before"):
                refused()
        check_house(house)
    finally:
        house.close()


def test_a_check_is_put_on_record(house: House) -> None:
    results = [CheckCount(result="valid", receipts=9), CheckCount(result="reversed", receipts=1)]
    first = house.ledger.claims.checked(OFFICER, results, DIGEST, DIGEST, None)
    second = house.ledger.claims.checked(OFFICER, results, DIGEST, DIGEST, DIGEST)

    assert first != second
    assert {row.topic for row in house.recorder.log_of([first, second])} == {"receipts-checked.v1"}
    house.publish()
    check_house(house)


def test_claims_of_many_threads_never_pass_the_receipts_amount(house: House) -> None:
    receipted(house, "0.05")
    numbers = [f"G{place:07d}" for place in range(12)]

    def wish(place: int) -> str:
        try:
            return house.ledger.claims.claim(CODE, FIRST, asked("0.01", taxpayer=numbers[place]))
        except (ClaimExceedsReceipt, Conflict) as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(len(numbers)) as pool:
        outcomes = list(pool.map(wish, range(len(numbers))))

    won = [outcome for outcome in outcomes if outcome.startswith("claim-")]
    receipt = house.ledger.streams.receipt(CODE, FIRST)
    assert len(won) == len(receipt.claims)
    assert claimed(receipt) == Money(len(won)) <= receipt.amount
    assert len(won) == 5 or "Conflict" in outcomes
    check_house(house)


def test_an_erasure_meanwhile_spoils_a_claim(house: House) -> None:
    (gift,) = receipted(house, "80.00")
    desk = copy(house.ledger.claims._desk)
    of_digests = house.vault.of_digests

    class Meanwhile:
        """A vault whose openings are erased right after they were read once."""

        def __init__(self) -> None:
            self.read = 0

        def __getattr__(self, name: str) -> object:
            return getattr(house.vault, name)

        def of_digests(self, digests: object) -> object:
            found = of_digests(digests)  # type: ignore[arg-type]
            self.read += 1
            if self.read == 1:
                house.ledger.people.erase(gift, "request of the person")
            return found

    desk.vault = Meanwhile()  # type: ignore[assignment]
    with pytest.raises(PayerWasErased):
        ClaimCommands(desk).claim(CODE, FIRST, asked())
    assert house.ledger.streams.receipt(CODE, FIRST).claims == ()
