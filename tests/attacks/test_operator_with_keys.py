"""A malicious operator who holds keys: what a receipt's own proof, or the audit, refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from api.audit import Audit, audit_log
from ledger.domain import organisations, receipt_books
from ledger.domain.events import (
    EligibilityCancelled,
    EligibilityGranted,
    FundOpened,
    GiftReceived,
    KeyRevoked,
    ReceiptNumbersAllotted,
)
from ledger.domain.organisations import AUTHORITY
from ledger.domain.values import Exchange
from ledger.money import Money
from ledger.proof import checkpoint, merkle
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url
from ledger.proof.merkle import NotConsistent
from ledger.proof.notes import VerifierKey
from ledger.proof.tlog_proof import TlogProof
from receipts.bundle import Bundle
from receipts.trust import Trust
from receipts.verify import verify
from tests.attacks.forging import (
    CHECK,
    CODE,
    GIFT,
    LOG,
    NAME,
    NOTICE,
    ORIGIN,
    PROVING,
    SIGNERS,
    TRUST,
    VALID,
    Files,
    Log,
    document,
    gift,
    grant,
    judged,
    judgement,
    key_of,
    receipt,
    told,
    with_entry,
)
from tests.conftest import OTHER_USCC, USCC
from tests.ledger.proof.given import private

CHARITY = organisations.stream(USCC)
STRANGER = private("a stranger")


def audited(log: Log) -> Audit:
    return audit_log(Files(log.files()), TRUST.log, TRUST.authority)


def revocation() -> dict[str, Any]:
    kid = SIGNERS[USCC].kid
    return {"organisation": USCC, "kid": kid, "reason": "stolen"}


def cancellation(day: date = date(2026, 10, 1)) -> dict[str, Any]:
    return {"organisation": USCC, "notice_date": date(2026, 9, 3), "effective": day}


def extra(name: str, cls: type[Any], stream: str, actor: str, /, **data: Any) -> dict[str, Any]:
    return {"events": [(name, cls, stream, actor, data)]}


def test_the_honest_story_is_valid_and_audited_without_finding() -> None:
    log = told()
    assert judged(log.bundle()) == VALID
    assert judged(document(log.bundle().encode())) == VALID
    assert audited(log).findings == []


def test_a_gift_signed_anew_breaks_the_checkpoint_that_a_donor_keeps() -> None:
    honest, altered = told(), told(gift={"amount": Money(1_00), "booked": Money(1_00)})
    kept = checkpoint.open_signed(honest.note(), TRUST.log)
    now = checkpoint.open_signed(altered.note(), TRUST.log)
    assert kept.root != now.root
    with pytest.raises(NotConsistent):
        merkle.check_consistency(kept.size, kept.root, now.size, now.root, [])
    altered.record("later", FundOpened, "fund-2", USCC, **FUND_DATA)
    grown = checkpoint.open_signed(altered.note(), TRUST.log)
    with pytest.raises(NotConsistent, match="leads to other roots"):
        merkle.check_consistency(
            kept.size, kept.root, grown.size, grown.root, altered.consistency(kept.size)
        )


FUND_DATA = {
    "organisation": USCC, "name": "示例资金", "kind": "general", "purpose": None, "place": None,
}  # fmt: skip


def test_a_gift_signed_anew_is_not_under_the_new_root_for_an_old_receipt() -> None:
    honest, altered = told(), told(receipt={"amount": Money(1_00)})
    old, note = honest.bundle(), altered.note()
    entries = [replace(e, proof=replace(e.proof, checkpoint=note)) for e in old.entries]
    assert judged(replace(old, entries=tuple(entries))) == ("untrusted", "inclusion")
    assert judged(old) == VALID, "the old receipt still proves itself"


def test_an_audit_of_the_altered_log_alone_cannot_know() -> None:
    lie = {"amount": Money(1_00)}
    altered = told(gift={**lie, "booked": Money(1_00)}, receipt=lie)
    assert audited(altered).findings == []


def test_a_revoked_key_signs_nothing_more() -> None:
    log = told(before_receipt=extra("revoked", KeyRevoked, CHARITY, AUTHORITY, **revocation()))
    assert judged(log.bundle((*PROVING, "revoked"))) == ("untrusted", "signers")
    assert any("does not sign for" in finding for finding in audited(log).findings)


def test_a_revoked_key_does_not_seal_a_file() -> None:
    log = told()
    log.record("revoked", KeyRevoked, CHARITY, AUTHORITY, **revocation())
    proof = log.bundle((*PROVING, "revoked"))
    assert judged(proof) == VALID, "what it signed before stays good"
    assert judged(document(proof.encode())) == ("untrusted", "signature")


def test_a_revocation_left_out_leaves_a_gap_in_the_issuers_story() -> None:
    log = told(before_receipt=extra("revoked", KeyRevoked, CHARITY, AUTHORITY, **revocation()))
    log.record("granted_again", EligibilityGranted, CHARITY, AUTHORITY, **grant())
    verdict = verify(log.bundle((*PROVING, "granted_again")).encode(), TRUST)
    assert judgement(verdict) == ("untrusted", "signers")
    assert f"event 4 of {USCC} was left out" in verdict.steps[-1].says


@pytest.mark.parametrize("event", ["gift", "receipt"])
def test_the_key_of_another_charity_does_not_sign_for_this_one(event: str) -> None:
    log = told(**{event: {"signer": SIGNERS[OTHER_USCC]}})
    assert judged(log.bundle((*PROVING, "other", "other_key"))) == ("untrusted", "signers")
    assert any("does not sign for" in finding for finding in audited(log).findings)


def test_a_key_named_by_its_kid_must_be_the_key_that_signed() -> None:
    log = told(key={"public": key_of(OTHER_USCC)["public"]})
    assert judged(log.bundle()) == ("untrusted", "signers")


def test_another_charity_does_not_seal_this_ones_file() -> None:
    proof = told().bundle().encode()
    assert judged(document(proof, SIGNERS[OTHER_USCC])) == ("untrusted", "signature")


@pytest.mark.parametrize("event", ["granted", "allotted", "key"])
def test_a_charity_grants_itself_neither_eligibility_nor_numbers_nor_keys(event: str) -> None:
    lie = {"actor": USCC, "signer": SIGNERS[USCC]}
    log = told(**{event: lie})
    if event == "key":
        log = told(before_granted=extra("second", type(log.events[2]), CHARITY, USCC,
                                        **key_of(OTHER_USCC)))  # fmt: skip
    proving = (*PROVING, "second") if event == "key" else PROVING
    verdict = verify(log.bundle(proving).encode(), TRUST)
    assert judgement(verdict) == ("untrusted", "signers")
    assert "has no right to record" in verdict.steps[-1].says
    assert any("has no right to record" in finding for finding in audited(log).findings)


def test_a_receipt_may_not_say_more_than_the_gift() -> None:
    log = told(receipt={"amount": Money(100_01)})
    assert judged(log.bundle()) == ("mismatch", "amounts")
    assert audited(log).findings == [
        f"entry {log.leaves['receipt']}: receipt {CODE} 0000000001 is not for what is left of its "
        "gift"
    ]


@pytest.mark.parametrize("amount", [Money(0), Money(-1), Money(100_00, "USD")])
def test_a_receipt_of_nothing_or_of_another_currency_differs_from_its_gift(amount: Money) -> None:
    assert judged(told(receipt={"amount": amount}).bundle()) == ("mismatch", "amounts")


@pytest.mark.parametrize(
    "number", ["0000000101", "0000000000", "7", "x", "７７７７７７７７７７", "9" * 5000, ""]
)
def test_a_receipt_bears_a_number_of_the_right_form_out_of_its_lot(number: str) -> None:
    log = told(receipt={"number": number, "stream": f"receipt-{CODE}-{number}"})
    step = "number" if number.isascii() and len(number) == len("0000000001") else "form"
    assert judged(log.bundle()) == ("mismatch", step)
    assert not audited(log).receipt_numbers_ok


def test_a_receipt_does_not_bear_the_number_of_another_charity() -> None:
    log = told(allotted={"organisation": OTHER_USCC})
    assert judged(log.bundle()) == ("mismatch", "number")


@pytest.mark.parametrize("event", ["receipt", "gift"])
def test_a_second_version_of_a_receipt_or_gift_is_not_the_first(event: str) -> None:
    log = told(**{event: {"originator_version": 2}})
    result, step = judged(log.bundle(), TRUST)
    assert (result, step) == ("mismatch", "number" if event == "receipt" else "gift")


def test_a_receipt_lies_in_the_stream_of_its_number() -> None:
    log = told(receipt={"stream": f"receipt-{CODE}-0000000008"})
    assert judged(log.bundle()) == ("mismatch", "number")


@pytest.mark.parametrize(
    ("lie", "where"),
    [
        ({"gift": "gift-2"}, "receipt"),
        ({"gift_on": date(2026, 10, 2)}, "receipt"),
        ({"organisation": OTHER_USCC}, "receipt"),
        ({"organisation": OTHER_USCC}, "gift"),
        ({"actor": OTHER_USCC, "organisation": USCC}, "gift"),
    ],
)
def test_a_receipt_names_the_gift_its_day_and_its_charity(lie: dict[str, Any], where: str) -> None:
    log = told(**{where: lie})
    step = "issuer" if "organisation" in lie else "gift"
    assert judged(log.bundle((*PROVING, "other", "other_key"))) == ("mismatch", step)


def test_two_charities_that_name_each_other_do_not_pass_for_one() -> None:
    crossed = {"actor": OTHER_USCC, "organisation": USCC}
    log = told(gift=crossed, receipt={"organisation": OTHER_USCC})
    assert judged(log.bundle((*PROVING, "other", "other_key"))) == ("mismatch", "issuer")


def test_eligibility_cancelled_before_the_gifts_month_is_seen_though_the_receipt_denies_it() -> (
    None
):
    log = told(
        before_gift=extra("cancelled", EligibilityCancelled, CHARITY, AUTHORITY, **cancellation())
    )
    assert judged(log.bundle((*PROVING, "cancelled"))) == ("not_eligible", "eligibility")


def test_a_cancellation_left_out_before_a_later_event_leaves_a_gap() -> None:
    log = told(
        before_gift=extra("cancelled", EligibilityCancelled, CHARITY, AUTHORITY, **cancellation())
    )
    log.record("again", EligibilityGranted, CHARITY, AUTHORITY, **grant())
    assert judged(log.bundle((*PROVING, "again"))) == ("untrusted", "signers")


def test_the_last_cancellation_left_out_is_seen_only_in_the_log() -> None:
    log = told(
        before_gift=extra("cancelled", EligibilityCancelled, CHARITY, AUTHORITY, **cancellation())
    )
    assert judged(log.bundle()) == VALID
    whole = log.bundle((*PROVING, "cancelled"))
    assert judged(whole) == ("not_eligible", "eligibility")


def test_eligibility_left_out_of_the_proof_is_no_eligibility() -> None:
    proving = tuple(name for name in PROVING if name != "granted")
    assert judged(told().bundle(proving)) == ("not_eligible", "eligibility")


@pytest.mark.parametrize("lie", [{"eligible": False}, {"notice": None}, {"notice": "公告示例9号"}])
def test_a_receipt_names_the_notice_that_grants_it(lie: dict[str, Any]) -> None:
    assert judged(told(receipt=lie).bundle()) == ("not_eligible", "eligibility")


def test_a_cancellation_on_the_first_day_of_the_calendar_is_no_crash() -> None:
    lie = cancellation(date.min)
    log = told(before_gift=extra("cancelled", EligibilityCancelled, CHARITY, AUTHORITY, **lie))
    assert judged(log.bundle((*PROVING, "cancelled"))) == ("not_eligible", "eligibility")
    assert audited(log).signatures_ok


def test_forged_trust_that_names_another_authority_is_not_the_founders() -> None:
    forged = Trust(TRUST.log, SIGNERS["stolen"].kid)
    verdict = verify(told().bundle().encode(), forged)
    assert judgement(verdict) == ("untrusted", "signers")
    assert "not the trusted one" in verdict.steps[-1].says


def test_a_ledger_founded_by_a_forger_is_not_the_trusted_one() -> None:
    thief = SIGNERS["stolen"]
    lie = {"kid": thief.kid, "public": b64url(thief.public.public_bytes_raw()), "signer": thief}
    log = told(founded=lie)
    assert judged(log.bundle()) == ("untrusted", "signers")
    assert "not the trusted one" in audited(log).findings[0]


def test_a_ledger_is_founded_once() -> None:
    again = extra("again", type(told().events[0]), "organisation-authority", AUTHORITY,
                  organisation=AUTHORITY, name="x", powers=(), kid=SIGNERS[AUTHORITY].kid,
                  public=b64url(SIGNERS[AUTHORITY].public.public_bytes_raw()))  # fmt: skip
    log = told(before_gift=again)
    assert judged(log.bundle((*PROVING, "again"))) == ("untrusted", "signers")
    assert any("no proper beginning" in finding for finding in audited(log).findings)


def test_a_log_key_of_the_same_name_is_not_the_trusted_one() -> None:
    assert judged(told().bundle(key=STRANGER)) == ("untrusted", "checkpoint")
    lookalike = VerifierKey.of(ORIGIN, STRANGER.public_key())
    trusting = Trust(lookalike, TRUST.authority)
    assert judged(told().bundle(), trusting) == ("untrusted", "checkpoint")
    found = audit_log(Files(told().files(STRANGER)), TRUST.log, TRUST.authority)
    assert not found.checkpoint_ok
    assert found.findings == [f"checkpoint: the note carries no signature by the key {ORIGIN!r}"]


def test_a_bundle_of_another_log_is_not_of_the_trusted_one() -> None:
    other = Trust(VerifierKey.of("other.example", LOG.public_key()), TRUST.authority)
    verdict = verify(told().bundle().encode(), other)
    assert judgement(verdict) == ("untrusted", "checkpoint")
    assert ORIGIN in verdict.steps[-1].says


def test_proofs_lead_to_one_checkpoint() -> None:
    log = told()
    bundle, older = log.bundle(), log.bundle()
    log.record("later", FundOpened, "fund-2", USCC, **FUND_DATA)
    mixed = replace(bundle, entries=(*bundle.entries[:-1], log.bundle().entries[-1]))
    assert judged(mixed) == ("untrusted", "checkpoint")
    assert judged(older) == VALID


def test_an_entry_moved_to_another_leaf_is_not_there() -> None:
    bundle = told().bundle()
    last = len(bundle.entries) - 1
    proof = bundle.entries[last].proof
    for index in (proof.index - 1, proof.index + 1, 2**62):
        moved = with_entry(bundle, last, proof=replace(proof, index=index))
        assert judged(moved)[0] == "untrusted"
        assert judged(moved)[1] == "inclusion"


def test_two_entries_swapped_are_not_in_the_order_of_the_log() -> None:
    bundle = told().bundle()
    swapped = (*bundle.entries[:-2], bundle.entries[-1], bundle.entries[-2])
    assert judged(replace(bundle, entries=swapped)) == ("untrusted", "inclusion")
    doubled = (*bundle.entries, bundle.entries[-1])
    assert judged(replace(bundle, entries=doubled)) == ("untrusted", "format")
    gift_doubled = (*bundle.entries[:-1], bundle.entries[-2], bundle.entries[-1])
    assert judged(replace(bundle, entries=gift_doubled)) == ("untrusted", "inclusion")


def test_a_proof_of_another_entry_does_not_prove_this_one() -> None:
    bundle = told().bundle()
    other: TlogProof = replace(bundle.entries[-2].proof, index=bundle.entries[-1].proof.index)
    assert judged(with_entry(bundle, -1, proof=other)) == ("untrusted", "inclusion")


def test_openings_of_another_receipt_do_not_open_this_one() -> None:
    name = Opening(b64url(b"other salt 16 by"), "name", "李某某")
    openings = (name, CHECK)
    assert judged(told().bundle(openings=openings)) == ("mismatch", "openings")


@pytest.mark.parametrize(
    "openings",
    [
        (),
        (NAME,),
        (Opening(b64url(b"a new salt of 16"), "name", "李某某"), CHECK),
        (Opening(NAME.salt, "name", "李某某"), CHECK),
        (NAME, CHECK, Opening(b64url(b"a new salt of 16"), "name", "李某某")),
    ],
)
def test_a_payer_renamed_or_hidden_is_not_the_one_sealed(openings: tuple[Opening, ...]) -> None:
    assert judged(told().bundle(openings=openings)) == ("mismatch", "openings")


def test_fields_of_other_names_are_no_payer() -> None:
    alias = Opening(NAME.salt, "nickname", "王某某")
    payer = replace(receipt()["payer"], sealed=tuple(sorted((alias.digest, CHECK.digest))))
    log = told(receipt={"payer": payer})
    assert judged(log.bundle(openings=(alias, CHECK))) == ("mismatch", "openings")


@pytest.mark.parametrize("check", ["aB3x9", "aB3x9Z7", "aB3x９Z", ""])
def test_a_check_code_has_six_letters_and_digits(check: str) -> None:
    code = Opening(CHECK.salt, "check_code", check)
    payer = replace(receipt()["payer"], sealed=tuple(sorted((NAME.digest, code.digest))))
    log = told(receipt={"payer": payer})
    assert judged(log.bundle(openings=(NAME, code))) == ("mismatch", "openings")


def test_a_bundle_of_two_receipts_or_gifts_says_which_is_too_many() -> None:
    lie = receipt() | {"number": "0000000006"}
    second = extra("second", type(told().events[-2]), f"receipt-{CODE}-0000000006", USCC, **lie)
    log = told(before_receipt=second)
    assert judged(log.bundle((*PROVING, "second"))) == ("untrusted", "format")
    again = extra("again", GiftReceived, "gift-2", USCC, **gift())
    log = told(before_receipt=again)
    assert judged(log.bundle((*PROVING, "again"))) == ("mismatch", "gift")


def test_a_bundle_without_receipt_or_gift_proves_none() -> None:
    for left_out, step in (("gift", "gift"), ("allotted", "number")):
        proving = tuple(name for name in PROVING if name != left_out)
        assert judged(told().bundle(proving)) == ("mismatch", step)
    none = tuple(name for name in PROVING if name != "receipt")
    assert judged(told().bundle(none)) == ("untrusted", "format")


def test_a_bundle_without_the_founding_has_no_signer_at_all() -> None:
    for left_out in ("founded", "registered", "key"):
        proving = tuple(name for name in PROVING if name != left_out)
        assert judged(told().bundle(proving)) == ("untrusted", "signers")


def test_a_gift_told_twice_in_one_stream_is_found() -> None:
    more = gift() | {"amount": Money(900_00), "booked": Money(900_00)}
    log = told(before_drawn=extra("again", GiftReceived, GIFT, USCC, **more))
    assert any("received a second time" in finding for finding in audited(log).findings)


def test_a_fund_taken_over_by_another_charity_is_found() -> None:
    lie = FUND_DATA | {"organisation": OTHER_USCC}
    log = told(before_gift=extra("taken", FundOpened, "fund-1", OTHER_USCC, **lie))
    assert any("opened a second time" in finding for finding in audited(log).findings)


@pytest.mark.parametrize(
    "exchange",
    [
        Exchange(rate="abc", quote_unit=1, source="x", day=date(2026, 10, 1)),
        Exchange(rate="1e999999", quote_unit=1, source="x", day=date(2026, 10, 1)),
        Exchange(rate="1", quote_unit=0, source="x", day=date(2026, 10, 1)),
        Exchange(rate="99999999", quote_unit=1, source="x", day=date(2026, 10, 1)),
    ],
)
def test_a_gift_booked_at_no_banks_rate_is_found(exchange: Exchange) -> None:
    lie = {"exchange": exchange, "amount": Money(2**52 // 6, "USD")}
    assert any("is booked as" in finding for finding in audited(told(gift=lie)).findings)


def test_a_lot_of_all_numbers_drawn_at_once_is_found_without_counting_them() -> None:
    log = told(drawn={"last": 2**53 - 1})
    assert any("are not next in a lot" in finding for finding in audited(log).findings)


def test_numbers_allotted_again_to_another_charity_are_found() -> None:
    lie = {"organisation": OTHER_USCC, "code": CODE, "first": 1, "last": 100}
    stream = receipt_books.stream(CODE)
    log = told(before_fund=extra("again", ReceiptNumbersAllotted, stream, AUTHORITY, **lie))
    assert any("are allotted twice" in finding for finding in audited(log).findings)


def test_a_receipt_that_was_never_drawn_or_marked_is_found() -> None:
    assert not audited(told(drawn=None)).receipt_numbers_ok
    assert not audited(told(marked=None)).receipt_numbers_ok


def test_an_entry_left_out_of_a_stream_is_found() -> None:
    log = told(granted={"originator_version": 4})
    assert judged(log.bundle()) == ("untrusted", "signers")
    assert any("goes to version 4, expected 3" in finding for finding in audited(log).findings)


def test_an_entry_of_another_use_or_log_is_no_entry() -> None:
    bundle = told().bundle()
    assert isinstance(bundle, Bundle)
    for junk in (b"x", b"a.b.c", bundle.entries[0].entry.replace(b".", b",")):
        forged = with_entry(bundle, 0, entry=junk)
        assert judged(forged) == ("untrusted", "format")


def test_the_notice_of_the_honest_story_is_the_one_granted() -> None:
    assert verify(told().bundle().encode(), TRUST).deduction_class == "limited"
    assert receipt()["notice"] == grant()["notice"] == NOTICE
