"""What an account has recorded: what it may, once for a key, at the version it has seen."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import pytest

from api.wiring import House
from ledger.application import PayOut
from ledger.application.asked import Asked, ChangedMeanwhile, KeyOfMany
from ledger.domain.acting import Acting
from ledger.domain.disbursements import AboveLimit, SamePerson
from ledger.domain.permissions import NotPermitted, OtherOrganisation, SecondFactorMissing
from ledger.engine import Conflict
from tests.conftest import USCC
from tests.houses import general_fund, gift, give, payment, register

OTHER = "91110000600037341L"


def acting(*roles: str, account: str = "4f1c09aab2", organisation: str = USCC) -> Acting:
    return Acting(account, organisation, frozenset(roles), confirmed=True)


def asked(who: Acting, key: str | None = None, expected: Mapping[str, int] | None = None) -> Asked:
    hashed = sha256(key.encode()).hexdigest() if key else None
    return Asked(who, hashed, "0" * 64, expected or {})


@pytest.fixture
def fund(house: House) -> str:
    return general_fund(house, register(house))


def test_what_an_account_may_is_recorded_and_told(house: House, fund: str) -> None:
    request = asked(acting("clerk"))
    house.of_request(request).ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
    assert [event.TOPIC for event in request.recorded] == ["gift-received.v1"]
    assert house.recorder.log(house.recorder.size() - 1, house.recorder.size())[0].topic == (
        "gift-received.v1"
    )


def test_what_an_account_may_not_is_refused_and_not_recorded(house: House, fund: str) -> None:
    before = house.recorder.size()
    request = asked(acting("auditor"))
    with pytest.raises(NotPermitted):
        house.of_request(request).ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
    assert house.recorder.size() == before
    assert request.recorded == []


def test_another_charitys_fund_is_not_an_accounts_to_use(house: House, fund: str) -> None:
    stranger = acting("reviewer", organisation=OTHER)
    with pytest.raises(OtherOrganisation):
        house.of_request(asked(stranger)).ledger.funds.close_fund(fund, "none", "完成", "reviewer")


def test_a_dry_run_decides_tells_and_records_nothing(house: House, fund: str) -> None:
    before, request = house.recorder.size(), asked(acting("clerk"), "k1")
    acted = house.of_request(request, dry_run=True)
    acted.ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
    assert acted.dry_run
    assert not house.dry_run
    assert len(request.recorded) == 1
    assert house.recorder.size() == before
    assert house.answered.find("4f1c09aab2", request.key or "") is None


def test_a_key_is_kept_in_the_commit_of_its_events(house: House, fund: str) -> None:
    request = asked(acting("clerk"), "k1")
    house.of_request(request).ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
    kept = house.answered.find("4f1c09aab2", request.key or "")
    assert kept
    assert kept.places == tuple((e.originator_id, e.originator_version) for e in request.recorded)
    assert kept.digest == request.digest


def test_the_same_key_records_nothing_again(house: House, fund: str) -> None:
    for expected in (1, 1):
        request = asked(acting("clerk"), "k1")
        try:
            house.of_request(request).ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
        except Conflict:
            assert request.recorded == []
        assert _gifts(house) == expected


def test_keys_of_two_accounts_are_two_keys(house: House, fund: str) -> None:
    for account in ("4f1c09aab2", "4f1c09aab3"):
        request = asked(acting("clerk", account=account), "k1")
        house.of_request(request).ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
    assert _gifts(house) == 2


def test_one_key_answers_for_one_commit(house: House, fund: str) -> None:
    ledger = house.of_request(asked(acting("clerk"), "k1")).ledger
    ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
    with pytest.raises(KeyOfMany):
        ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])


def test_a_version_that_is_not_the_one_seen_is_refused(house: House, fund: str) -> None:
    give(house, fund, "100.00")
    house.publish()
    seen = house.ledger.streams.fund(fund).version
    who = acting("clerk")
    house.of_request(asked(who, expected={fund: seen})).ledger.disbursements.propose(
        fund, payment("10.00"), "clerk"
    )
    with pytest.raises(ChangedMeanwhile, match="look again"):
        house.of_request(asked(who, expected={fund: seen})).ledger.disbursements.propose(
            fund, payment("10.00"), "clerk"
        )


def test_a_version_of_what_the_request_does_not_touch_changes_nothing(
    house: House, fund: str
) -> None:
    request = asked(acting("clerk"), expected={fund: 17})
    house.of_request(request).ledger.gifts.receive_gifts(USCC, fund, [gift("100.00")])
    assert request.recorded


def test_a_person_cannot_approve_in_another_role_what_they_proposed(
    house: House, fund: str
) -> None:
    give(house, fund, "100.00")
    house.publish()
    who = acting("clerk", "reviewer")
    proposed = _propose(house, who, fund, payment("10.00"))
    request = asked(who, "k2")
    with pytest.raises(SamePerson):
        house.of_request(request).ledger.disbursements.approve(
            fund, proposed, who.as_role("reviewer")
        )
    assert [event.TOPIC for event in request.recorded] == ["attempt-refused.v1"]
    assert house.answered.find(who.account, request.key or "") is None  # to be tried again


def test_a_limit_of_the_role_holds_for_every_account_in_it(house: House, fund: str) -> None:
    give(house, fund, "100.00")
    house.ledger.disbursements.set_limit(USCC, "reviewer", gift("5.00").amount, "administrator")
    house.publish()
    proposed = _propose(house, acting("clerk"), fund, payment("10.00"))
    other = acting("reviewer", account="4f1c09aab3")
    with pytest.raises(AboveLimit, match="may approve up to"):
        house.of_request(asked(other)).ledger.disbursements.approve(
            fund, proposed, other.as_role("reviewer")
        )
    house.ledger.disbursements.set_limit(
        USCC, other.as_role("reviewer"), gift("50.00").amount, "administrator"
    )
    house.of_request(asked(other)).ledger.disbursements.approve(
        fund, proposed, other.as_role("reviewer")
    )
    assert house.ledger.streams.fund(fund).disbursements[proposed].status == "approved"


def test_money_takes_a_second_factor(house: House, fund: str) -> None:
    give(house, fund, "100.00")
    house.publish()
    proposed = _propose(house, acting("clerk"), fund, payment("10.00"))
    unsure = Acting("4f1c09aab3", USCC, frozenset({"reviewer"}), confirmed=False)
    with pytest.raises(SecondFactorMissing):
        house.of_request(asked(unsure)).ledger.disbursements.approve(
            fund, proposed, unsure.as_role("reviewer")
        )


def test_reading_the_vault_is_written_down_as_the_accounts(house: House, fund: str) -> None:
    (given,) = give(house, fund, "100.00")
    acted = house.of_request(asked(acting("clerk")))
    sealed = house.ledger.streams.gift(given).donor
    assert sealed
    acted.vault.of_digests(sealed.sealed)
    assert house.vault_reads.rows()[-1].who == "4f1c09aab2"
    assert house.vault_reads.rows()[-1].why.endswith("clerk")


def _propose(house: House, who: Acting, fund: str, pay_out: PayOut) -> str:
    return house.of_request(asked(who)).ledger.disbursements.propose(
        fund, pay_out, who.as_role("clerk")
    )


def _gifts(house: House) -> int:
    rows = house.recorder.log(0, house.recorder.size())
    return sum(row.topic == "gift-received.v1" for row in rows)
