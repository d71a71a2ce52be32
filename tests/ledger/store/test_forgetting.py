"""What waits to be signed elsewhere is no place in which a person stays who is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from api.receipt_desk import ReceiptDesk
from api.wiring import House, opened
from ledger.domain.keeping import VaultRow
from ledger.engine import Unsigned
from ledger.proof.disclosure import Opening
from ledger.proof.encoding import b64url
from ledger.store.requests import Request, RequestUnknown
from tests.conftest import USCC
from tests.houses import general_fund, gift, payment, ready_for_receipts, register
from tests.ledger.store.test_vault import cluster_bytes

OURS, OTHERS = "欧阳某某", "李某某"
WHY = "request of the person"


@pytest.fixture
def fund(house: House) -> str:
    register(house)
    return general_fund(house)


@pytest.fixture
def recorded(house: House, fund: str) -> str:
    """Record a gift of each of two people; return the first's."""
    both = [gift("1.00", OURS), gift("2.00", OTHERS)]
    return house.ledger.gifts.receive_gifts(USCC, fund, both)[0]


@pytest.fixture
def wait(house: House) -> Callable[..., Request]:
    """Keep a request with an opening of a value in a stream."""

    def keep(value: str, stream: str = "gift-new") -> Request:
        row = house.vault.row(Opening("c2FsdA", "name", value), stream, 2, USCC)
        entry = Unsigned(USCC, "kid", b"e30.e30", elsewhere=True)
        return house.requests.keep([entry], {"openings": [row]})

    return keep


def waits(house: House, request: Request) -> bool:
    try:
        house.requests.find(request.id)
    except RequestUnknown:
        return False
    return True


def box(request: Request) -> bytes:
    rows = request.beside["openings"]
    assert isinstance(rows, list)
    (row,) = rows
    assert isinstance(row, VaultRow)
    return b64url(row.box).encode()


@pytest.mark.parametrize("by", ["name", "gift"])
def test_a_request_that_holds_a_person_goes_when_the_person_is_erased(
    house: House, recorded: str, wait: Callable[..., Request], by: str
) -> None:
    same_name, same_gift, other = wait(OURS), wait("代捐人", recorded), wait(OTHERS)

    house.ledger.people.erase(OURS if by == "name" else recorded, WHY)

    assert [waits(house, one) for one in (same_name, same_gift, other)] == [False, False, True]
    assert box(same_name) not in cluster_bytes(house), "nor do its bytes stay in a page"
    assert box(other) in cluster_bytes(house)


def test_a_dry_run_drops_no_request(
    house: House, recorded: str, wait: Callable[..., Request]
) -> None:
    request = wait(OURS)
    with opened(house.settings, dry_run=True) as home:
        assert home.ledger.people.erase(recorded, WHY).erased
    assert waits(house, request)


def test_a_request_goes_too_where_the_law_keeps_what_was_recorded(
    house: House, fund: str, recorded: str, wait: Callable[..., Request]
) -> None:
    house.ledger.disbursements.pay_out(USCC, fund, [payment("1.00", "张某某")], "clerk", "reviewer")
    same_name, same_fund = wait("张某某", fund), wait(OTHERS, fund)

    done = house.ledger.people.erase("张某某", WHY)

    assert (len(done.erased), len(done.kept)) == (0, 1)
    assert not waits(house, same_name)
    assert waits(house, same_fund), "what is one fund's is many people's"


def test_a_request_on_a_receipt_goes_when_its_last_day_has_passed(
    house: House, recorded: str, wait: Callable[..., Request], tmp_path: Path
) -> None:
    ready_for_receipts(house)
    list(ReceiptDesk(house, USCC, tmp_path, date(2026, 11, 21)).issue([recorded], lambda _: None))
    house.ledger.people.erase(recorded, WHY)
    request = wait("校验", "receipt-23050126-0000000001")
    assert house.ledger.people.erase_due(date(2057, 1, 1)).erased
    assert not waits(house, request)
