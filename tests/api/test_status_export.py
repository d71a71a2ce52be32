"""The status list of a ledger shows one size of its log, and can be told from the public log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from api.status_export import _issuer, export
from api.wiring import House
from ledger.application.receipting import Payer
from ledger.domain.events import (
    DocumentKeyRegistered,
    DocumentKeyRevoked,
    Event,
    OrganisationRegistered,
)
from ledger.domain.organisations import AUTHORITY
from ledger.domain.receipts import Asked
from ledger.money import Money
from ledger.proof import merkle
from ledger.proof.encoding import b64url
from projections.claims import CLAIMS
from receipts.status import StatusList
from receipts.status_issuers import DocumentKey, Issuer
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, ready_for_receipts, register
from tests.invariants import check_house
from tests.ledger.claimed import (
    CODE,
    FIRST,
    ISSUED_ON,
    PAPER,
    PAYER,
    SECOND,
    claim,
    make_red,
    receipted,
)
from tests.ledger.corrected import settling
from tests.ledger.domain.given import CHARITY, NOON, fact
from tests.ledger.domain.receipted import CERTIFICATE, FINGERPRINT
from tests.ledger.domain.receipted import FACTS as RECEIPT_FACTS

DAY = date(2026, 11, 22)


def listed(house: House) -> StatusList:
    """Export the list of a day and read it as an officer does."""
    return StatusList.parse(export(house, DAY, 7).data, house.trust())


def check_of(house: House, number: str) -> str:
    """Return a receipt's check code, which its holder reads on it."""
    payer = house.ledger.streams.receipt(CODE, number).payer
    openings = house.vault.of_digests(payer.sealed).values()
    return next(o.value for o in openings if o.name == "check_code")


def test_an_officer_without_network_learns_what_has_become_of_each_receipt(house: House) -> None:
    gifts = receipted(house, "80.00", "70.00", "60.00")
    claim(house)
    make_red(house, SECOND)
    house.ledger.corrections.return_gift(
        gifts[2], Money.parse("20.00"), "捐赠人申请", "council", settling(replace=True)
    )
    known = listed(house)
    first, second, third = (known.of(CODE, f"000000000{n}") for n in (1, 2, 3))

    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.state, first.claimed, first.eligible) == ("valid", Money.parse("50.00"), True)
    assert (second.state, second.red) == ("reversed", (CODE, "0000000004"))
    assert known.reverses(CODE, "0000000004") == (CODE, SECOND)
    assert (third.state, third.reduced_to) == ("replaced", Money.parse("40.00"))
    assert third.replaced_by is not None
    assert known.of(*third.replaced_by) is not None
    check_house(house)


def test_an_annual_receipt_in_whose_place_several_stand_is_only_reversed(house: House) -> None:
    register(house)
    gifts = give(house, general_fund(house), "11.00", "22.00")
    ready_for_receipts(house)
    wishes = Asked(issued_on=ISSUED_ON, area=None, deductible=False)
    house.ledger.receipts.issue_annual(USCC, gifts, 2026, [CODE], wishes, Payer(PAYER))
    make_red(house)
    house.ledger.receipts.issue_receipts(USCC, gifts, [CODE], ISSUED_ON)
    known = listed(house)
    annual = known.of(CODE, FIRST)

    assert annual is not None
    assert (annual.state, annual.red) == ("reversed", (CODE, SECOND))
    assert (annual.replaced_by, annual.reduced_to) == (None, None)
    assert len(known) == 3


def test_the_five_elements_of_a_receipt_are_told_by_the_list(house: House) -> None:
    receipted(house, "80.00", "70.00")
    known, check = listed(house), check_of(house, FIRST)
    eighty = Money.parse("80.00")

    assert known.five(CODE, FIRST, check, ISSUED_ON, eighty).matches
    assert known.five(
        CODE, SECOND, check_of(house, SECOND), ISSUED_ON, Money.parse("70.00")
    ).matches
    assert known.five(CODE, FIRST, check.swapcase()[::-1], ISSUED_ON, eighty).differ == (
        "check_code",
    )
    assert check.encode() not in export(house, DAY, 7).data


def test_the_list_shows_one_size_of_the_log_and_its_root(house: House) -> None:
    receipted(house, "80.00")
    found = export(house, DAY, 30)
    leaves = [row.hash for row in house.recorder.log(0, found.as_of.size)]

    assert found.as_of.size == house.recorder.size() == len(leaves)
    assert found.as_of.root == merkle.root(len(leaves), merkle.over(leaves))
    assert found.as_of.valid_until == date(2026, 12, 22)
    assert (found.entries, found.issuers, found.untagged) == (1, 2, 0)
    assert StatusList.parse(found.data, house.trust()).digest == found.digest


def test_what_comes_in_meanwhile_is_left_out_of_state_issuers_and_root(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipted(house, "80.00")
    house.publish()
    size, follow = house.recorder.size(), house.runner.follow

    def late(view: object) -> None:
        follow(view)  # type: ignore[arg-type]
        if view is CLAIMS:
            claim(house)
            register(house, OTHER_USCC, "另一基金会")

    monkeypatch.setattr(house.runner, "follow", late)
    known = listed(house)
    first = known.of(CODE, FIRST)
    leaves = [row.hash for row in house.recorder.log(0, size)]

    assert first is not None
    assert (known.as_of.size, first.claimed) == (size, Money(0))
    assert known.as_of.root == merkle.root(size, merkle.over(leaves))
    assert set(known.issuers) == {AUTHORITY, USCC}
    assert house.recorder.size() > size


def test_the_list_tells_whose_keys_worked_from_when_to_when(house: House) -> None:
    register(house)
    old = house.keys.signer_of(USCC)
    house.ledger.organisations.revoke_key(USCC, old.kid, "设备遗失")
    revoked_at = house.recorder.size() - 1
    (issuer, authority) = (listed(house).issuers[one] for one in (USCC, AUTHORITY))

    assert [(k.kid, k.public, k.until) for k in issuer.keys] == [
        (old.kid, b64url(old.public.public_bytes_raw()), revoked_at)
    ]
    assert (issuer.name, issuer.kind) == ("示范基金会", "charity")
    assert authority.keys[0].kid == house.trust().authority
    assert (authority.keys[0].since, authority.keys[0].until) == (0, None)
    assert issuer.eligibility == ()


def test_the_list_tells_which_key_took_the_place_of_another(
    house: House, command_line: Callable[..., tuple[int, str, str]]
) -> None:
    register(house)
    assert command_line("key", "rotate", USCC)[0] == 0
    first_at = house.recorder.size() - 1
    words = ("key", "revoke", USCC, "--signing", "--ground", "lost", "--reason", "遗失")
    assert command_line(*words)[0] == 0
    assert command_line("key", "renew", USCC)[0] == 0
    house.publish()
    first, second, third = listed(house).issuers[USCC].keys

    assert first.until == second.since == first_at
    assert second.until == first_at + 1, "ended once, by its withdrawal"
    assert third.since > first_at + 1
    assert third.until is None


def test_the_list_tells_when_gifts_could_be_deducted(house: House) -> None:
    register(house)
    ready_for_receipts(house)
    house.ledger.organisations.cancel_eligibility(USCC, date(2027, 5, 20))
    (period,) = listed(house).issuers[USCC].eligibility

    assert (period.first, period.last) == (date(2026, 1, 1), date(2027, 5, 31))
    assert period.notice == "公告示例1号"


def test_a_receipt_whose_check_code_was_erased_stays_in_the_list(house: House) -> None:
    (gift,) = receipted(house, "80.00")
    house.ledger.people.erase(gift, "request of the person")
    found = export(house, DAY, 7)
    known = StatusList.parse(found.data, house.trust())

    assert (found.entries, found.untagged) == (1, 1)
    compared = known.five(CODE, FIRST, "a1B2c3", ISSUED_ON, Money.parse("80.00"))
    assert (compared.matches, compared.unknown) == (True, ("check_code",))


def test_a_ledger_without_receipts_has_an_empty_list(house: House) -> None:
    known = listed(house)

    assert len(known) == 0
    assert set(known.issuers) == {AUTHORITY}


def test_the_list_tells_of_paper_and_of_joint_receipts(house: House) -> None:
    register(house)
    (gift,) = give(house, general_fund(house), "80.00")
    ready_for_receipts(house)
    wishes = Asked(issued_on=ISSUED_ON, area=None, deductible=False)
    members = [("张三", Money.parse("50.00")), ("李四", Money.parse("30.00"))]
    house.ledger.receipts.issue_joint(gift, [CODE], wishes, members)
    house.ledger.receipts.exchange(CODE, FIRST, (PAPER.code, PAPER.number), ISSUED_ON)
    data = export(house, DAY, 7).data
    known = StatusList.parse(data, house.trust()).of(CODE, FIRST)

    assert known is not None
    assert (known.kind, known.paper) == ("joint", (PAPER.code, PAPER.number))
    assert "张三".encode() not in data


def test_the_same_state_gives_the_same_list(house: House) -> None:
    receipted(house, "80.00", "70.00")

    assert export(house, DAY, 7).data == export(house, DAY, 7).data


def told(*facts: Event) -> Issuer:
    """Return how the list tells of an organisation whose story is this, from leaf 10 on."""
    return _issuer(list(enumerate(facts, 10)))


def of_story(cls: type[Event], version: int, **others: Any) -> Event:
    stream = f"organisation-{CHARITY}"
    if cls in RECEIPT_FACTS:
        head = {"originator_id": stream, "originator_version": version, "timestamp": NOON}
        return cls(**{**head, "actor": AUTHORITY, **RECEIPT_FACTS[cls], **others})
    return fact(cls, stream, version, **others)


def test_the_list_tells_which_certificates_signed_documents() -> None:
    opened = of_story(OrganisationRegistered, 1)
    other = "ef" * 32
    story = (
        opened,
        of_story(DocumentKeyRegistered, 2),
        of_story(DocumentKeyRevoked, 3),
        of_story(DocumentKeyRegistered, 4, fingerprint=other),
    )

    assert told(*story).documents == (
        DocumentKey(FINGERPRINT, CERTIFICATE, 11, 12),
        DocumentKey(other, CERTIFICATE, 13, None),
    )
    assert told(opened).documents == ()


def test_gifts_to_government_could_be_deducted_on_every_day() -> None:
    (period,) = told(of_story(OrganisationRegistered, 1, kind="county-government")).eligibility

    assert (period.first, period.last) == (date.min, date.max)
