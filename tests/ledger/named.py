"""A name proposed for what one fund pays, for tests of the commands on names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from api.settings import Settings
from api.wiring import House
from ledger.application import Ledger
from ledger.application.naming_requests import ApproveName, ProposeName, Screening
from ledger.domain.events.naming import NamingRule
from ledger.domain.naming_grant import ENTERED, Term
from ledger.domain.naming_steps import counted
from ledger.domain.naming_support import held
from ledger.money import Money
from tests.conftest import USCC
from tests.houses import general_fund, give
from tests.ledger.domain.naming_given import COUNTY

TEXT = "示范教学楼"
PAPER = sha256(b"letter").hexdigest()
TODAY = date(2026, 11, 21)
TERM = Term(TODAY, date(2031, 11, 20))
COST = Money(1000_00)
HALF = NamingRule(
    id="naming-2026", from_day=date(2026, 1, 1), to_day=None, share_basis_points=5000, least=None,
    source="示范县捐赠项目冠名办法",
)  # fmt: skip
APPROVAL = ApproveName(
    text=TEXT, authority=COUNTY, number="示政函〔2026〕1号", approved_on=TODAY, term=TERM,
    decided_by="officer", countersigned_by="director",
)  # fmt: skip


@dataclass(frozen=True)
class Named:
    """A ledger with one fund and a name proposed for what it pays."""

    house: House
    fund: str
    gifts: tuple[str, ...]
    name: str

    @property
    def ledger(self) -> Ledger:
        return self.house.ledger

    def test(self, *gifts: str, ledger: Ledger | None = None) -> Any:
        naming = (ledger or self.ledger).naming
        return naming.test_funding(self.name, gifts or self.gifts, COST, HALF, TODAY)

    def approved(self) -> None:
        self.test()
        self.ledger.naming.submit(self.name, COUNTY, "county", "clerk")
        self.ledger.naming.approve(self.name, APPROVAL)

    def enter(self, ledger: Ledger | None = None) -> Any:
        return (ledger or self.ledger).naming.enter(self.name, None, TODAY, "reviewer")

    def give_back(self, gift: str, fen: int, ledger: Ledger | None = None) -> Any:
        corrections = (ledger or self.ledger).corrections
        return corrections.return_gift(gift, Money(fen), "捐赠人申请", "council")

    def unseen(self) -> bool:
        """Tell whether the name stands below its threshold and nobody was told."""
        grant = self.ledger.streams.naming(self.name)
        if grant.status not in ENTERED or grant.funding is None or grant.under_review:
            return False
        fund = self.ledger.streams.fund(self.fund)
        gifts = [self.ledger.streams.gift(gift) for gift in counted(grant)]
        return held(gifts, fund, "CNY") < grant.funding.needed


def named(house: House, *yuan: str, text: str = TEXT) -> Named:
    """Propose a name that its donor wants, its text passes, and its beneficiary agrees to."""
    fund = general_fund(house)
    gifts = tuple(give(house, fund, *yuan))
    asked = ProposeName(
        text=text, proposed_by="donor", thing="building", form="name", construction=True,
        fund=fund, gifts=gifts, cost=COST,
    )  # fmt: skip
    name = house.ledger.naming.propose(USCC, asked, "clerk")
    house.ledger.naming.record_wish(name, "yes", PAPER, publish=True)
    assert house.ledger.naming.screen(name, Screening(person="nobody")) == ()
    house.ledger.naming.record_consent(name, "示范县第一小学", PAPER, given=True)
    return Named(house, fund, gifts, name)


@contextmanager
def another(place: Settings, *, create: bool = False) -> Iterator[House]:
    """Open a ledger, maybe a second time, as another server would."""
    home = House(place, create=create)
    try:
        yield home
    finally:
        home.close()
