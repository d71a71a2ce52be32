"""Two charities with much to show, for tests of the pages that everybody may read."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from api.wiring import House
from ledger.application import PayOut, ReceiveGift, ReceiveGoods
from ledger.money import Money
from tests.api.portal import PRIVATE_PAYEE
from tests.conftest import OTHER_USCC, USCC
from tests.houses import GIFT_DAY, general_fund, gift, payment, ready_for_receipts, register
from tests.ledger.corrected import goods, line, why

VILLAGE, COUNTY, CITY = "230108103201", "230108", "230100"
EVIDENCE = "ab" * 32
CODE = "23050126"
FORMULA = "=HYPERLINK 示范小学"


@dataclass(frozen=True)
class OpenLedger:
    """What was recorded, and the sizes at which it was published."""

    house: House
    fund: str
    project: str
    gifts: list[str]
    paid: list[str]
    persons: list[str]
    sizes: tuple[int, int]


def to(payee: str, yuan: str, place: str | None, purpose: str | None = None) -> PayOut:
    return replace(payment(yuan, payee, place), purpose=purpose)


def paid_out(house: House, fund: str, *wanted: PayOut) -> list[str]:
    done = house.ledger.disbursements.pay_out(USCC, fund, wanted, "clerk", "reviewer")
    assert all(isinstance(one, str) for one in done), done
    return [str(one) for one in done]


def opened(house: House) -> OpenLedger:
    """Record it all; publish in between."""
    register(house)
    register(house, OTHER_USCC, "另一慈善总会")
    fund = general_fund(house)
    given: list[ReceiveGift | ReceiveGoods] = [
        gift("1000.00"), gift("500.00"), replace(gift("20.00", donor=None), received_on=None),
        goods(line(200)),
    ]  # fmt: skip
    gifts = house.ledger.gifts.receive_gifts(USCC, fund, given)
    ready_for_receipts(house)
    house.ledger.receipts.issue_receipts(USCC, gifts[:2], [CODE], GIFT_DAY)
    paid = paid_out(
        house, fund,
        to("示范县第一小学", "120.00", VILLAGE, "修缮教室"),
        to("示范镇卫生院", "30.00", "230108103", "购买药品"),
        to("示范县第一小学", "10.00", None),
    )  # fmt: skip
    house.publish()
    first = house.recorder.size()
    persons = paid_out(house, fund, *(to(PRIVATE_PAYEE, "5.00", COUNTY, "助学") for _ in range(2)))
    disbursements = house.ledger.disbursements
    disbursements.accept(fund, paid[0], [EVIDENCE], date(2026, 11, 5), "reviewer")
    disbursements.recover(fund, paid[1], Money(1000), date(2026, 11, 6), why())
    house.ledger.corrections.return_gift(gifts[2], Money(500), "wish", "council")
    house.ledger.periods.close(USCC, date(2026, 10, 31), house.recorder.size(), "clerk")
    project = house.ledger.funds.open_fund(OTHER_USCC, "饮水工程", "project", "修建水井", VILLAGE)
    house.publish()
    return OpenLedger(house, fund, project, gifts, paid, persons, (first, house.recorder.size()))
