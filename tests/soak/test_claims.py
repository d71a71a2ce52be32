"""Twenty processes claim one receipt: together they get its amount, and not a fen more."""

from __future__ import annotations

import pytest

from api.wiring import House
from ledger.domain.claims import claimed
from ledger.money import Money
from tests.invariants import check_house
from tests.ledger.claimed import CODE, FIRST, receipted
from tests.soak.claiming import Rush, run

PROCESSES, CLAIMS = 20, 60

pytestmark = pytest.mark.soak


def test_claims_of_twenty_processes_never_pass_the_receipts_amount(house: House) -> None:
    receipted(house, Money(CLAIMS * 7 + 5).decimal())

    got = run(house.settings, Rush(FIRST, 7), PROCESSES, longest_s=600)

    receipt = house.ledger.streams.receipt(CODE, FIRST)
    assert sum(got) == len(receipt.claims) == CLAIMS
    assert claimed(receipt) == Money(CLAIMS * 7)
    assert receipt.amount - claimed(receipt) == Money(5), "less than a claim is left"
    house.publish()
    check_house(house)
