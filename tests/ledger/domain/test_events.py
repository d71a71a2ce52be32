"""No event holds a person: every field of every class is thought about here, one by one."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import FrozenInstanceError, fields, is_dataclass
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

import pytest

from ledger.domain import events
from ledger.domain.events import TOPICS, AnyEvent, Event
from ledger.money import Money
from tests.ledger.domain import keyed, naming_given, receipted
from tests.ledger.domain.every_fact import FACTS, golden

HARMLESS = (int, bool, date, datetime, Money)
"""Types that hold figures and days; none can hold a name, and no number of a person is kept."""

SEALED = {
    ("Party", "sealed"),
    ("Payee", "sealed"),
    ("GiftReceived", "sealed"),
    ("GoodsReceived", "sealed"),
    ("OpeningsErased", "digests"),
    ("CreditGiven", "sealed"),
    ("ServiceGiven", "sealed"),
    ("DonorShown", "sealed"),
    *naming_given.SEALED,
    *receipted.SEALED,
}
"""Salted digests; the codec refuses to read anything else in them (RFC 9901 4.2.3)."""

RANDOM = "a random id that this ledger made"
CREDIT_CODE = "a unified social credit code, public by law, or the authority's fixed id"
ORGANISATION_NAME = "the registered public name of an organisation"
ROLE = "a role name such as clerk-2; `values.account` refuses anything else"
KEY = "a public key or its thumbprint"
REGION = "a GB/T 2260 code of digits only"
NUMBERED = "a number of eight or ten digits"
WORDED = "an official's own words on an act, typed for the public; the page says so"
KEYED = "a digest that only the key's holder can recompute"
FIXED = "one of a few fixed words"
GOODS = "the name of a thing, typed for the public; the page says so"
DOCUMENT = "the digest of a document"

PUBLIC: dict[tuple[str, str], str] = {
    ("Event", "originator_id"): RANDOM + ", a credit code, or a receipt's code and number",
    ("Event", "actor"): CREDIT_CODE,
    ("LedgerFounded", "organisation"): CREDIT_CODE,
    ("LedgerFounded", "name"): ORGANISATION_NAME,
    ("LedgerFounded", "powers"): FIXED,
    ("LedgerFounded", "kid"): KEY,
    ("LedgerFounded", "public"): KEY,
    ("OrganisationRegistered", "organisation"): CREDIT_CODE,
    ("OrganisationRegistered", "name"): ORGANISATION_NAME,
    ("OrganisationRegistered", "kind"): FIXED,
    ("KeyRegistered", "organisation"): CREDIT_CODE,
    ("KeyRegistered", "kid"): KEY,
    ("KeyRegistered", "public"): KEY,
    ("KeyRevoked", "organisation"): CREDIT_CODE,
    ("KeyRevoked", "kid"): KEY,
    ("KeyRevoked", "reason"): WORDED,
    ("EligibilityGranted", "organisation"): CREDIT_CODE,
    ("EligibilityGranted", "notice"): "the number of a public notice",
    ("EligibilityCancelled", "organisation"): CREDIT_CODE,
    ("ReceiptNumbersAllotted", "organisation"): CREDIT_CODE,
    ("ReceiptNumbersAllotted", "code"): NUMBERED,
    ("ReceiptNumbersDrawn", "organisation"): CREDIT_CODE,
    ("ReceiptNumbersDrawn", "code"): NUMBERED,
    ("FundOpened", "organisation"): CREDIT_CODE,
    ("FundOpened", "name"): "the public name of a fund",
    ("FundOpened", "kind"): FIXED,
    ("FundOpened", "purpose"): "the purpose that a fund asks gifts for in public",
    ("FundOpened", "place"): REGION,
    ("FundsAllocated", "to_fund"): RANDOM,
    ("FundsAllocated", "decided_by"): ROLE,
    ("DisbursementProposed", "disbursement"): RANDOM,
    ("DisbursementProposed", "purpose"): "the fund's own public purpose, never a payment's words",
    ("DisbursementProposed", "place"): REGION,
    ("DisbursementProposed", "proposed_by"): ROLE,
    ("DisbursementApproved", "disbursement"): RANDOM,
    ("DisbursementApproved", "approved_by"): ROLE,
    ("DisbursementPaid", "disbursement"): RANDOM,
    ("GiftReturned", "gift"): RANDOM,
    ("GiftReturned", "reason"): WORDED,
    ("GiftReturned", "decided_by"): ROLE,
    ("GiftReceived", "organisation"): CREDIT_CODE,
    ("GiftReceived", "fund"): RANDOM,
    ("GiftReceived", "date_basis"): FIXED,
    ("DonorIdentified", "evidence"): "a document's digest or number",
    ("GiftReceipted", "code"): NUMBERED,
    ("GiftReceipted", "number"): NUMBERED,
    ("ReceiptIssued", "organisation"): CREDIT_CODE,
    ("ReceiptIssued", "code"): NUMBERED,
    ("ReceiptIssued", "number"): NUMBERED,
    ("ReceiptIssued", "gift"): RANDOM,
    ("ReceiptIssued", "notice"): "the number of a public notice",
    ("OpeningsErased", "ground"): WORDED,
    ("FundBound", "basis"): FIXED,
    ("FundBound", "plan"): "the number of a plan that was filed",
    ("FundBound", "brand"): "the public name of a welfare brand",
    ("FundBound", "recipient"): ORGANISATION_NAME + ", whom the giver fixed",
    ("UseChanged", "purpose"): "the purpose that a fund is spent on in public",
    ("UseChanged", "place"): REGION,
    ("UseChanged", "ground"): FIXED,
    ("UseChanged", "document"): DOCUMENT + ", or the number of a filed plan",
    ("UseChanged", "decided_by"): ROLE,
    ("FundClosed", "left_over"): FIXED,
    ("FundClosed", "note"): WORDED,
    ("FundClosed", "decided_by"): ROLE,
    ("CostClassified", "disbursement"): RANDOM,
    ("CostClassified", "cost_class"): FIXED,
    ("DisbursementWithdrawn", "disbursement"): RANDOM,
    ("DisbursementWithdrawn", "reason"): WORDED,
    ("DisbursementWithdrawn", "withdrawn_by"): ROLE,
    ("DisbursementAccepted", "disbursement"): RANDOM,
    ("DisbursementAccepted", "evidence"): DOCUMENT,
    ("DisbursementAccepted", "accepted_by"): ROLE,
    ("DisbursementRecovered", "disbursement"): RANDOM,
    ("DisbursementRecovered", "reason"): FIXED,
    ("DisbursementRecovered", "note"): WORDED,
    ("DisbursementRecovered", "decided_by"): ROLE,
    ("GiftReversed", "gift"): RANDOM,
    ("GiftReversed", "reason"): FIXED,
    ("GiftReversed", "note"): WORDED,
    ("GiftReversed", "replaced_by"): RANDOM,
    ("GiftReversed", "decided_by"): ROLE,
    ("AllocationTakenBack", "to_fund"): RANDOM,
    ("AllocationTakenBack", "reason"): FIXED,
    ("AllocationTakenBack", "note"): WORDED,
    ("AllocationTakenBack", "decided_by"): ROLE,
    ("AllocationGivenBack", "from_fund"): RANDOM,
    ("GoodsReceived", "organisation"): CREDIT_CODE,
    ("GoodsReceived", "fund"): RANDOM,
    ("GoodsReceived", "kind"): FIXED,
    ("GoodsReceived", "origin"): FIXED,
    ("GoodsReceived", "date_basis"): FIXED,
    ("GoodsLine", "written"): "a quantity as it was written",
    ("GoodsLine", "conversion"): "how a quantity was counted",
    ("GoodsLine", "basis"): FIXED,
    ("GoodsLine", "evidence"): DOCUMENT,
    ("Quantity", "item"): GOODS,
    ("GiftReceiptReversed", "code"): NUMBERED,
    ("GiftReceiptReversed", "number"): NUMBERED,
    ("GiftReceiptReversed", "red_code"): NUMBERED,
    ("GiftReceiptReversed", "red_number"): NUMBERED,
    ("ReceiptReversed", "organisation"): CREDIT_CODE,
    ("ReceiptReversed", "code"): NUMBERED,
    ("ReceiptReversed", "number"): NUMBERED,
    ("ReceiptReversed", "red_code"): NUMBERED,
    ("ReceiptReversed", "red_number"): NUMBERED,
    ("ReceiptReversed", "gift"): RANDOM,
    ("ReceiptReversed", "reason"): FIXED,
    ("ReceiptReversed", "note"): WORDED,
    ("ApprovalLimitSet", "organisation"): CREDIT_CODE,
    ("ApprovalLimitSet", "role"): ROLE,
    ("ApprovalLimitSet", "decided_by"): ROLE,
    ("AttemptRefused", "organisation"): CREDIT_CODE,
    ("AttemptRefused", "fund"): RANDOM,
    ("AttemptRefused", "disbursement"): RANDOM,
    ("AttemptRefused", "attempted"): FIXED,
    ("AttemptRefused", "attempted_by"): ROLE,
    ("AttemptRefused", "rule"): "the name of a rule of this program",
    ("PeriodClosed", "organisation"): CREDIT_CODE,
    ("PeriodClosed", "closed_by"): ROLE,
    ("GiftSupportsName", "naming"): RANDOM,
    ("DonorShown", "shown"): FIXED,
    ("CreditGiven", "credit"): RANDOM,
    ("CreditGiven", "kind"): FIXED,
    ("CreditGiven", "matched"): RANDOM,
    ("CreditWithdrawn", "credit"): RANDOM,
    ("CreditWithdrawn", "reason"): WORDED,
    ("GiftSetAgainstPledge", "pledge"): RANDOM,
    ("GiftFreedFromPledge", "pledge"): RANDOM,
    ("PledgeMade", "organisation"): CREDIT_CODE,
    ("PledgeMade", "fund"): RANDOM,
    ("PledgeMade", "agreement"): DOCUMENT,
    ("PledgePaid", "gift"): RANDOM,
    ("PledgePaymentUndone", "gift"): RANDOM,
    ("PledgePaymentUndone", "reason"): WORDED,
    ("PledgeWrittenOff", "reason"): WORDED,
    ("PledgeWrittenOff", "document"): DOCUMENT,
    ("PledgeWrittenOff", "decided_by"): ROLE,
    ("RecurringAgreed", "organisation"): CREDIT_CODE,
    ("RecurringAgreed", "fund"): RANDOM,
    ("RecurringAgreed", "every"): FIXED,
    ("RecurringChanged", "every"): FIXED,
    ("RecurringChanged", "previous_every"): FIXED,
    ("RecurringChanged", "reason"): WORDED,
    ("RecurringEnded", "reason"): WORDED,
    ("ServiceGiven", "organisation"): CREDIT_CODE,
    ("ServiceGiven", "fund"): RANDOM,
    ("ServiceGiven", "project"): RANDOM,
    ("ServiceGiven", "place"): REGION,
    ("ServiceGiven", "kind"): FIXED,
    ("ServiceGiven", "basis"): FIXED,
    ("ServiceGiven", "evidence"): DOCUMENT,
    ("ServiceCorrected", "reason"): WORDED,
    ("ServiceCorrected", "replaced_by"): RANDOM,
    **naming_given.PUBLIC,
    **receipted.PUBLIC,
    **keyed.PUBLIC,
    ("Party", "id"): RANDOM + ", new for every gift",
    ("Payee", "id"): RANDOM,
    ("Payee", "organisation"): "an organisation's name; `payees.names_organisation` lets it pass",
    ("Exchange", "rate"): "a decimal number",
    ("Exchange", "source"): "who published the rate",
    ("Source", "file"): "the digest of a file",
    ("Source", "listing"): KEYED,
    ("Source", "identity"): KEYED,
    ("Source", "content"): KEYED,
}
"""Every field that holds text, and why that text is no person's."""


def plain_types(hint: Any) -> Iterator[Any]:
    """List the types inside a hint, without unions and tuples around them."""
    if get_origin(hint) in (Union, types.UnionType, tuple):
        for arg in get_args(hint):
            if arg not in (type(None), Ellipsis):
                yield from plain_types(arg)
    else:
        yield hint


def text_fields(cls: type) -> Iterator[tuple[str, str]]:
    """List the fields of a class, and of the values in it, that are not mere figures."""
    hints = get_type_hints(cls)
    for field in fields(cls):
        owner = "Event" if field.name in Event.__dataclass_fields__ else cls.__name__
        for kind in plain_types(hints[field.name]):
            if isinstance(kind, type) and is_dataclass(kind) and kind is not Money:
                yield from text_fields(kind)
            elif kind not in HARMLESS:
                yield owner, field.name


def test_no_field_of_any_event_can_hold_a_person() -> None:
    found = {place for cls in TOPICS.values() for place in text_fields(cls)}

    assert found - SEALED == set(PUBLIC), "say why this field can't hold a person, or seal it"
    assert found >= SEALED


def test_every_class_has_its_own_topic_and_is_among_those_that_bytes_can_become() -> None:
    assert set(TOPICS.values()) == set(get_args(AnyEvent)) == set(FACTS)
    assert len({cls.TOPIC for cls in get_args(AnyEvent)}) == len(TOPICS)
    assert all(topic.endswith(".v1") for topic in TOPICS)


@pytest.mark.parametrize("cls", TOPICS.values(), ids=lambda cls: cls.TOPIC)
def test_a_fact_can_not_be_changed(cls: type[Event]) -> None:
    event = golden(cls)

    with pytest.raises(FrozenInstanceError):
        event.actor = "another"  # type: ignore[misc] # this is what the test forbids


def test_the_topics_are_the_promised_ones() -> None:
    assert [cls.TOPIC for cls in (events.GiftReceived, events.ReceiptIssued)] == [
        "gift-received.v1",
        "receipt-issued.v1",
    ]
