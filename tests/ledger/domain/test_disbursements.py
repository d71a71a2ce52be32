"""Disbursements: nothing is overspent, nothing is spent off purpose, nobody approves alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ledger.domain import corrections, disbursements, funds, transfers
from ledger.domain.axis import Span
from ledger.domain.bindings import OffPurpose, OtherRecipient, OutOfTerm, ProofMissing
from ledger.domain.corrections import ReasonUnknown
from ledger.domain.disbursements import (
    COST_CLASSES,
    AboveLimit,
    CostClassUnknown,
    DisbursementUnknown,
    EvidenceMissing,
    RecoveryTooLarge,
    SamePerson,
    WrongMoment,
)
from ledger.domain.events import (
    CostClassified,
    DisbursementAccepted,
    DisbursementApproved,
    DisbursementProposed,
    DisbursementRecovered,
    DisbursementWithdrawn,
    FundBound,
    FundClosed,
    GiftReturned,
)
from ledger.domain.funds import AmountNotPositive, BalanceTooSmall, Fund, FundIsClosed
from ledger.domain.goods import Amount, Quantity
from ledger.domain.organisations import NameUnusable
from ledger.domain.values import AccountMalformed, Payee, PlaceMalformed
from ledger.errors import Unknown
from ledger.money import Money
from tests.ledger.domain.given import (
    CHARITY,
    FACTS,
    FUND,
    NOON,
    PAPER,
    PAYEE,
    RICE,
    SOURCE,
    Inflows,
    approved,
    cny,
    fact,
    fund,
    inflows,
    paid,
    proposed,
)

PAID_ON = date(2026, 11, 1)
PHOTOS = ("ab" * 32, "cd" * 32)


def propose(
    known: Fund,
    amount: Amount,
    received: Inflows,
    purpose: str | None = None,
    place: str | None = None,
    by: str = "clerk",
) -> DisbursementProposed:
    return disbursements.propose(
        known, received, "disbursement-1", PAYEE, amount, purpose, place, by, None, NOON
    )


def give_back(known: Fund, received: Inflows, gift: str, amount: Money) -> list[GiftReturned]:
    return corrections.return_gift(known, received, gift, amount, "捐赠人申请退回", "council", NOON)


def approve(
    known: Fund,
    received: Inflows,
    disbursement: str,
    by: str = "reviewer",
    limit: Money | None = None,
) -> DisbursementApproved:
    return disbursements.approve(known, received, disbursement, by, limit, NOON)


def withdraw(known: Fund, reason: str = "收款账户有误", by: str = "clerk") -> DisbursementWithdrawn:
    return disbursements.withdraw(known, "disbursement-1", reason, by, NOON)


def accept(
    known: Fund, evidence: tuple[str, ...] = (PAPER,), by: str = "reviewer"
) -> DisbursementAccepted:
    day = date(2026, 11, 20)
    return disbursements.accept(known, "disbursement-1", evidence, day, by, NOON)


def recover(
    known: Fund, amount: Amount, reason: str = "refund", note: str = "结余退回", by: str = "council"
) -> DisbursementRecovered:
    day = date(2026, 11, 10)
    return disbursements.recover(known, "disbursement-1", amount, reason, note, day, by, NOON)


def done(yuan: str = "60.00") -> Fund:
    """Pay a disbursement out of a fund."""
    return fund(proposed(yuan), approved(), paid(yuan))


# Proposing.


def test_what_lies_in_the_fund_may_be_asked_for_to_the_last_fen() -> None:
    event = propose(fund(), cny("100.00"), inflows("60.00", "40.00"))

    assert (event.amount, event.proposed_by, event.actor) == (cny("100.00"), "clerk", CHARITY)
    assert event.originator_version == 2
    with pytest.raises(BalanceTooSmall, match=r"100\.01 CNY is asked for, but only 100\.00 CNY"):
        propose(fund(), cny("100.01"), inflows("60.00", "40.00"))


def test_money_of_one_currency_pays_nothing_in_another() -> None:
    with pytest.raises(BalanceTooSmall, match=r"only 0\.00 USD is left"):
        propose(fund(), Money(1, "USD"), inflows("60.00"))


@pytest.mark.parametrize("amount", [Money(0), Money(-1)])
def test_nothing_or_less_is_neither_proposed_nor_allocated_nor_returned(amount: Money) -> None:
    received, other = inflows("60.00"), fund(id="fund-2")

    with pytest.raises(AmountNotPositive, match="must be above zero"):
        propose(fund(), amount, received)
    with pytest.raises(AmountNotPositive):
        transfers.allocate(fund(), received, other, amount, "council", NOON)
    with pytest.raises(AmountNotPositive):
        give_back(fund(), received, "gift-1", amount)


def test_a_payment_serves_the_purpose_of_its_fund() -> None:
    bound = fund(kind="project", purpose="助学")

    assert propose(bound, cny("1"), inflows("1"), "助学").purpose == "助学"
    assert propose(bound, cny("1"), inflows("1")).purpose == "助学"
    with pytest.raises(OffPurpose, match=r"purpose '办公' is not .*: '助学'"):
        propose(bound, cny("1"), inflows("1"), "办公")


def test_a_payments_own_words_never_become_public() -> None:
    assert propose(fund(), cny("1"), inflows("1"), "资助王某某").purpose is None


@pytest.mark.parametrize(
    ("bound", "place", "fits"),
    [
        ("230108", "230108", True),
        ("230108", "230108001", True),
        ("230108", "230108001201", True),
        ("230108", "230109", False),
        ("230108", "230100", False),
        ("230100", "230108", True),
        ("230100", "230200", False),
        ("230000", "230108001201", True),
        ("230000", "210000", False),
        ("230108001", "230108001201", True),
        ("230108001", "230108", False),
        ("230108001201", "230108001202", False),
    ],
)
def test_a_payment_stays_within_the_place_of_its_fund(
    bound: str, place: str, *, fits: bool
) -> None:
    known = fund(kind="project", place=bound)

    if fits:
        assert propose(known, cny("1"), inflows("1"), place=place).place == place
    else:
        with pytest.raises(OffPurpose, match=f"place '{place}' is not .* '{bound}'"):
            propose(known, cny("1"), inflows("1"), place=place)


def test_a_payment_without_a_place_takes_its_funds() -> None:
    assert propose(fund(kind="project", place="230108"), cny("1"), inflows("1")).place == "230108"
    assert propose(fund(), cny("1"), inflows("1"), place="230108").place == "230108"
    assert propose(fund(), cny("1"), inflows("1")).place is None
    with pytest.raises(PlaceMalformed):
        propose(fund(), cny("1"), inflows("1"), place="哈尔滨")


def test_only_a_role_name_proposes() -> None:
    with pytest.raises(AccountMalformed):
        propose(fund(), cny("1"), inflows("1"), by="王某某")


def test_a_proposal_reserves_nothing_but_carries_its_source() -> None:
    event = disbursements.propose(
        fund(), inflows("60"), "disbursement-1", PAYEE, cny("60"), None, None, "clerk", SOURCE, NOON
    )

    known = funds.evolve(fund(), event)
    assert known.available("CNY", 6_000) == cny("60.00")
    assert event.source == SOURCE


# Approving and paying.


def test_another_person_approves_and_the_money_is_reserved() -> None:
    known = fund(proposed("60.00"))
    event = approve(known, inflows("100.00"), "disbursement-1", "reviewer")

    assert event == approved()
    assert funds.evolve(known, event).available("CNY", 10_000) == cny("40.00")


def test_nobody_approves_what_he_proposed() -> None:
    with pytest.raises(SamePerson, match="clerk proposed this disbursement; another person"):
        approve(fund(proposed("60")), inflows("60"), "disbursement-1", "clerk")


@pytest.mark.parametrize("name", ["Clerk", "clerk ", "王某某"])
def test_the_same_person_under_another_spelling_is_refused(name: str) -> None:
    with pytest.raises(AccountMalformed):
        approve(fund(proposed("60")), inflows("60"), "disbursement-1", name)


def test_reserved_money_is_not_asked_for_approved_moved_or_returned_again() -> None:
    known = fund(proposed("60.00"), proposed("60.00", 3, "disbursement-2"), approved(4))
    received = inflows("60.00", "39.99")
    asked = r"60\.00 CNY is asked for, but only 39\.99 CNY is left"

    with pytest.raises(BalanceTooSmall, match=asked):
        propose(known, cny("60"), received)
    with pytest.raises(BalanceTooSmall, match=asked):
        approve(known, received, "disbursement-2")
    with pytest.raises(BalanceTooSmall, match=asked):
        transfers.allocate(known, received, fund(id="fund-2"), cny("60"), "council", NOON)
    with pytest.raises(BalanceTooSmall, match=asked):
        give_back(known, received, "gift-1", cny("60"))
    assert give_back(known, received, "gift-2", cny("39.99"))[0].end == 9_999


def test_a_proposal_cannot_be_approved_after_an_allocation_emptied_the_fund() -> None:
    received = inflows("100.00")
    known = fund(proposed("60.00"))
    moved = transfers.allocate(known, received, fund(id="fund-2"), cny("40.01"), "council", NOON)

    with pytest.raises(BalanceTooSmall, match=r"60\.00 CNY .* only 59\.99 CNY"):
        approve(funds.evolve(known, moved), received, "disbursement-1", "reviewer")


def test_an_approved_payment_leaves_the_front_of_the_axis() -> None:
    known = fund(proposed("60.00"), approved())
    event = disbursements.pay(known, "disbursement-1", PAID_ON, NOON)
    after = funds.evolve(known, event)

    assert event == paid("60.00")
    assert (after.axis("CNY").next, dict(after.reserved)) == (6_000, {"CNY": 0})
    assert after.disbursements["disbursement-1"].status == "paid"
    assert after.disbursements["disbursement-1"].spans == (Span(0, 6_000),)
    assert after.available("CNY", 10_000) == cny("40.00")


def test_a_payment_goes_from_proposed_to_approved_to_paid_each_once() -> None:
    asked, agreed = fund(proposed("60")), fund(proposed("60"), approved())

    with pytest.raises(WrongMoment, match="disbursement-1 is proposed; it can't be paid"):
        disbursements.pay(asked, "disbursement-1", PAID_ON, NOON)
    with pytest.raises(WrongMoment, match="disbursement-1 is approved; it can't be approved"):
        approve(agreed, inflows("60"), "disbursement-1", "reviewer")


def test_what_is_paid_is_neither_approved_nor_paid_again() -> None:
    done = fund(proposed("60"), approved(), paid("60"))

    with pytest.raises(WrongMoment, match="disbursement-1 is paid; it can't be paid"):
        disbursements.pay(done, "disbursement-1", PAID_ON, NOON)
    with pytest.raises(WrongMoment, match="disbursement-1 is paid; it can't be approved"):
        approve(done, inflows("60"), "disbursement-1")


def test_what_was_never_proposed_in_this_fund_is_unknown() -> None:
    received = inflows("60")
    steps: list[Callable[[], object]] = [
        lambda: disbursements.pay(fund(), "disbursement-1", PAID_ON, NOON),
        lambda: approve(fund(), received, "disbursement-1"),
        lambda: withdraw(fund()),
        lambda: accept(fund()),
        lambda: recover(fund(), cny("1")),
        lambda: disbursements.classify(fund(), "disbursement-1", "other", NOON),
    ]

    for step in steps:
        with pytest.raises(DisbursementUnknown, match="no disbursement disbursement-1 in this"):
            step()
    assert issubclass(DisbursementUnknown, Unknown)


def test_goods_are_proposed_approved_and_paid_like_money() -> None:
    received = Inflows()
    received.totals[FUND, RICE] = 40
    sacks = Quantity(40, RICE)

    known = funds.evolve(fund(), propose(fund(), sacks, received))
    known = funds.evolve(known, approve(known, received, "disbursement-1"))
    known = funds.evolve(known, disbursements.pay(known, "disbursement-1", PAID_ON, NOON))

    assert known.axis(RICE).taken == 40
    with pytest.raises(BalanceTooSmall, match="1 袋 大米（25kg/袋） is asked for, but only 0 袋"):
        propose(known, Quantity(1, RICE), received)


# Limits.


def test_an_approver_stays_within_the_limit() -> None:
    asked, received = fund(proposed("60.00")), inflows("60.00")

    assert approve(asked, received, "disbursement-1", limit=cny("60.00")) == approved()
    with pytest.raises(AboveLimit, match=r"reviewer may approve up to 59\.99 CNY, not 60\.00 CNY"):
        approve(asked, received, "disbursement-1", limit=cny("59.99"))


def test_a_refusal_above_the_limit_tells_the_limit() -> None:
    with pytest.raises(AboveLimit) as refusal:
        approve(fund(proposed("60")), inflows("60"), "disbursement-1", limit=cny("0"))

    assert refusal.value.limit == cny("0")


def test_money_in_another_currency_than_the_limit_is_above_it() -> None:
    dollars = fact(DisbursementProposed, FUND, 2, amount=Money(1, "USD"))
    received = Inflows()
    received.totals[FUND, "USD"] = 1

    with pytest.raises(AboveLimit, match=r"up to 60\.00 CNY, not 0\.01 USD"):
        approve(fund(dollars), received, "disbursement-1", limit=cny("60.00"))


def test_a_limit_in_money_does_not_count_goods() -> None:
    rice = fact(DisbursementProposed, FUND, 2, amount=Quantity(40, RICE))
    received = Inflows()
    received.totals[FUND, RICE] = 40

    assert approve(fund(rice), received, "disbursement-1", limit=cny("0")) == approved()


# What binds the fund.


def test_agency_money_is_paid_to_its_recipient_only() -> None:
    bound = fact(FundBound, FUND, 2, recipient="示范县第一小学")
    known = fund(bound, kind="agency")

    assert propose(known, cny("1"), inflows("1")).payee == PAYEE
    for payee in (None, "示范县第二小学"):
        stranger = Payee(id="payee-2", organisation=payee, sealed=())
        with pytest.raises(OtherRecipient, match="of this fund goes to 示范县第一小学 only"):
            disbursements.propose(
                known, inflows("1"), "disbursement-1", stranger, cny("1"), None, None, "clerk",
                None, NOON,
            )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "fits"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 12, 31), True),
        (date(2027, 1, 1), False),
        (None, True),
    ],
)
def test_a_payment_is_made_within_the_term_of_its_fund(day: date | None, *, fits: bool) -> None:
    known = fund(fact(FundBound, FUND, 2), proposed("60", 3), approved(4))

    if fits:
        assert disbursements.pay(known, "disbursement-1", day, NOON).paid_on == day
    else:
        with pytest.raises(OutOfTerm, match=f"{day} is outside .* 2026-01-01 to 2026-12-31"):
            disbursements.pay(known, "disbursement-1", day, NOON)


def test_a_payment_of_no_known_day_counts_as_of_the_day_it_is_recorded() -> None:
    past = fact(FundBound, FUND, 2, last_day=date(2026, 11, 20))
    known = fund(past, proposed("60", 3), approved(4))

    with pytest.raises(OutOfTerm, match=r"2026-11-21 is outside"):
        disbursements.pay(known, "disbursement-1", None, NOON)


def test_a_closed_fund_proposes_approves_and_pays_nothing() -> None:
    closed = fact(FundClosed, FUND, 5)

    with pytest.raises(FundIsClosed):
        propose(fund(closed), cny("1"), inflows("1"))
    with pytest.raises(FundIsClosed):
        approve(fund(proposed("60"), closed), inflows("60"), "disbursement-1")
    with pytest.raises(FundIsClosed):
        disbursements.pay(fund(proposed("60"), approved(), closed), "disbursement-1", None, NOON)


# Classes of cost.


@pytest.mark.parametrize("cost_class", COST_CLASSES)
def test_a_cost_is_classified_at_any_moment(cost_class: str) -> None:
    for known in (fund(proposed("60")), done()):
        event = disbursements.classify(known, "disbursement-1", cost_class, NOON)
        assert event == fact(CostClassified, FUND, known.version + 1, cost_class=cost_class)


def test_a_cost_is_of_one_of_four_classes() -> None:
    with pytest.raises(CostClassUnknown, match="'wages' is none of charitable, management, fund"):
        disbursements.classify(done(), "disbursement-1", "wages", NOON)


# Withdrawing.


def test_what_was_not_paid_may_be_withdrawn() -> None:
    assert withdraw(fund(proposed("60"))) == fact(DisbursementWithdrawn, FUND, 3)
    assert withdraw(fund(proposed("60"), approved())).originator_version == 4


def test_what_was_paid_or_withdrawn_is_not_withdrawn() -> None:
    gone = fund(proposed("60"), fact(DisbursementWithdrawn, FUND, 3))

    with pytest.raises(WrongMoment, match="disbursement-1 is paid; it can't be withdrawn"):
        withdraw(done())
    with pytest.raises(WrongMoment, match="disbursement-1 is withdrawn; it can't be withdrawn"):
        withdraw(gone)
    with pytest.raises(WrongMoment, match="disbursement-1 is withdrawn; it can't be approved"):
        approve(gone, inflows("60"), "disbursement-1")


def test_a_withdrawal_names_a_reason_and_a_role() -> None:
    with pytest.raises(NameUnusable):
        withdraw(fund(proposed("60")), reason=" ")
    with pytest.raises(AccountMalformed):
        withdraw(fund(proposed("60")), by="王某某")


# Accepting.


def test_another_person_accepts_what_was_paid_for_with_evidence() -> None:
    event = accept(done(), FACTS[DisbursementAccepted]["evidence"])  # type: ignore[arg-type] # it is

    assert event == fact(DisbursementAccepted, FUND, 5)


def test_nobody_accepts_what_he_proposed() -> None:
    with pytest.raises(SamePerson, match="clerk proposed this disbursement; another person"):
        accept(done(), by="clerk")


def test_an_acceptance_needs_digests_of_photos_or_files() -> None:
    with pytest.raises(EvidenceMissing, match="name at least one photo or file"):
        accept(done(), ())
    with pytest.raises(ProofMissing, match=r"'photo\.jpg' is no SHA-256 in hex"):
        accept(done(), (PAPER, "photo.jpg"))


def test_only_what_is_paid_and_held_is_accepted_and_only_once() -> None:
    accepted = funds.evolve(done(), accept(done()))
    all_back = funds.evolve(done(), recover(done(), cny("60.00")))

    with pytest.raises(WrongMoment, match="is approved; it can't be accepted"):
        accept(fund(proposed("60"), approved()))
    with pytest.raises(WrongMoment, match="is accepted; it can't be accepted"):
        accept(accepted)
    with pytest.raises(WrongMoment, match="is recovered; it can't be accepted"):
        accept(all_back)


# Recovering.


def test_what_came_back_lies_in_the_fund_again_in_its_old_place() -> None:
    event = recover(done(), cny("20.00"))
    known = funds.evolve(done(), event)

    assert event == fact(DisbursementRecovered, FUND, 5)
    assert known.available("CNY", 10_000) == cny("60.00")
    assert known.axis("CNY").free == (Span(4_000, 6_000),)
    assert known.disbursements["disbursement-1"].spans == (Span(0, 4_000),)


def test_no_more_is_recovered_than_the_payee_still_holds() -> None:
    known = funds.evolve(done(), recover(done(), cny("20.00")))

    with pytest.raises(RecoveryTooLarge, match=r"of 40\.01 CNY exceeds the 40\.00 CNY that this"):
        recover(known, cny("40.01"))
    assert recover(known, cny("40.00")).amount == cny("40.00")


@pytest.mark.parametrize("amount", [Money(1, "USD"), Quantity(1, RICE)])
def test_what_came_back_is_of_the_kind_that_was_paid(amount: Amount) -> None:
    with pytest.raises(RecoveryTooLarge, match=r"exceeds the 60\.00 CNY that this disbursement"):
        recover(done(), amount)


@pytest.mark.parametrize("amount", [Money(0), Money(-1)])
def test_nothing_or_less_is_not_recovered(amount: Money) -> None:
    with pytest.raises(AmountNotPositive):
        recover(done(), amount)


def test_only_what_was_paid_comes_back() -> None:
    with pytest.raises(WrongMoment, match="is approved; it can't be recovered"):
        recover(fund(proposed("60"), approved()), cny("1"))


def test_a_recovery_says_why_and_who_decided() -> None:
    with pytest.raises(ReasonUnknown, match="'because' is none of refund, duplicate"):
        recover(done(), cny("1"), reason="because")
    with pytest.raises(NameUnusable):
        recover(done(), cny("1"), note="")
    with pytest.raises(AccountMalformed):
        recover(done(), cny("1"), by="王某某")
