"""Every field of free text that the public reads keeps personal numbers out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from ledger.domain import (
    benefits,
    bindings,
    disbursements,
    funds,
    gifts,
    naming,
    naming_life,
    services,
)
from ledger.domain.funds import Binding
from ledger.domain.public_words import TextNamesPerson
from ledger.domain.values import Party, Payee, exchange
from tests.ledger.domain import naming_given
from tests.ledger.domain.given import (
    CHARITY,
    FUND,
    NOON,
    Inflows,
    cny,
    fund,
    gift,
    inflows,
    proposed,
)

PHONE = "电话13800138000"
named = naming_given.at
PLAIN = "修缮教室"
"""What each of them takes."""


def _open(name: str, purpose: str) -> object:
    return funds.open_fund(FUND, CHARITY, name, "project", purpose, "230108", NOON)


def _pay(purpose: str) -> object:
    held = fund(purpose=purpose, kind="project")
    payee = Payee(id="p", organisation="示范县第一小学", sealed=())
    return disbursements.propose(
        held, inflows("10"), "disbursement-1", payee, cny("1"), purpose, None, "clerk", None, NOON
    )


def _help(project: str) -> object:
    day = date(2026, 1, 1)
    return services.give(
        "service-1", CHARITY, None, project, "volunteer", 5, 60, day, day, None, None, None, None,
        None, (), NOON,
    )  # fmt: skip


WRITERS: dict[str, Callable[[str], object]] = {
    "the name of a fund": lambda text: _open(text, PLAIN),
    "the purpose of a fund": lambda text: _open("资金", text),
    "the purpose of a payment": _pay,
    "why a payment is withdrawn": lambda text: disbursements.withdraw(
        fund(proposed("1.00")), "disbursement-1", text, "clerk", NOON
    ),
    "the source of a rate": lambda text: exchange("7.1", 1, text, date(2026, 1, 1)),
    "what proves a donor": lambda text: gifts.identify_donor(
        gift(donor=None), Party(id="p", sealed=("d",)), text, NOON
    ),
    "the project of a service": _help,
    "why a name is suspended": lambda text: naming_life.suspend(
        named("in force"), text, "council", CHARITY, NOON
    ),
    "why a name is revoked": lambda text: naming_life.revoke(
        named("in force"), text, "council", CHARITY, NOON
    ),
    "why government refused a name": lambda text: naming_given.reject(named("submitted"), text),
    "the number of an approval": lambda text: naming_given.approve(named("submitted"), number=text),
    "what a donor gets by a name": lambda text: naming.propose(
        "naming-1", CHARITY, naming_given.proposal(benefit=text), "clerk", NOON
    ),
    "what a donor gets": lambda text: benefits.record_benefit(
        gift(), None, text, "council", naming_given.PAPER, NOON
    ),
    "the brand of a fund": lambda text: bindings.bind(
        fund(kind="brand", purpose=PLAIN), Binding(brand=text), NOON
    ),
    "a purpose added to a fund": lambda text: bindings.change_use(
        fund(purpose="助医", kind="project"), text, None, "donor-consent", "ab" * 32, "a", NOON
    ),
    "the note of a fund that is closed": lambda text: bindings.close(
        fund(), Inflows(), "none", text, "council", NOON
    ),
}


@pytest.mark.parametrize("field", WRITERS)
def test_it_takes_words_and_refuses_a_personal_number(field: str) -> None:
    assert WRITERS[field](PLAIN)
    with pytest.raises(TextNamesPerson):
        WRITERS[field](PHONE)


def test_a_documents_digest_is_no_telephone_number() -> None:
    digest = "13800138000".rjust(64, "a")
    party = Party(id="p", sealed=("d",))
    assert gifts.identify_donor(gift(donor=None), party, digest, NOON).evidence == digest
