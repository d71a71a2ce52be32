"""What the tests of promises, credits and services begin with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import reduce
from hashlib import sha256
from typing import Any, TypeVar

from ledger.domain import credits as gift_credits
from ledger.domain import pledges
from ledger.domain.credits import CountedGift
from ledger.domain.events.base import Event
from ledger.domain.events.credit import (
    ConduitNamed,
    CreditGiven,
    CreditWithdrawn,
    GiftSharesStated,
    Share,
)
from ledger.domain.events.fund import FundOpened, GiftReturned, GiftReversed
from ledger.domain.events.gift import DonorIdentified, GiftReceived, GoodsReceived
from ledger.domain.events.pledge import (
    GiftFreedFromPledge,
    GiftSetAgainstPledge,
    Instalment,
    PledgeMade,
    PledgePaid,
    PledgePaymentUndone,
    PledgeWrittenOff,
    RecurringAgreed,
    RecurringChanged,
    RecurringEnded,
)
from ledger.domain.events.service import ServiceCorrected, ServiceGiven
from ledger.domain.funds import Fund
from ledger.domain.pledge_history import PromiseHistory
from ledger.domain.pledges import Pledge
from ledger.domain.values import Party, Payee
from ledger.money import Money
from ledger.proof.encoding import b64url

CHARITY = "53100000500021326D"
OTHER = "53330000501874064B"
NOON = datetime(2026, 11, 21, 4, tzinfo=UTC)
TODAY = date(2026, 11, 21)
FUND = "fund-1"
DOCUMENT = sha256(b"document").hexdigest()

E = TypeVar("E", bound=Event)


def cny(text: str) -> Money:
    return Money.parse(text)


def party(name: str) -> Party:
    return Party(id=f"party-{name}", sealed=(b64url(sha256(name.encode()).digest()),))


def parts(*said: tuple[str, str]) -> tuple[Instalment, ...]:
    """Write instalments as days and yuan."""
    return tuple(Instalment(due_on=date.fromisoformat(d), amount=cny(a)) for d, a in said)


FOUNDATION = Payee(id="payee-1", organisation="示范省慈善总会", sealed=())
PERSON = Payee(id="payee-2", organisation=None, sealed=party("conduit").sealed)

PROMISE_FACTS: dict[type[Event], dict[str, object]] = {
    PledgeMade: {
        "organisation": CHARITY,
        "fund": FUND,
        "donor": party("pledge"),
        "total": cny("100.00"),
        "instalments": parts(("2026-10-31", "40.00"), ("2026-12-31", "60.00")),
        "agreement": DOCUMENT,
    },
    RecurringAgreed: {
        "organisation": CHARITY,
        "fund": FUND,
        "donor": party("recurring"),
        "amount": cny("10.00"),
        "every": "month",
        "first_day": date(2026, 8, 31),
        "last_day": None,
    },
    RecurringChanged: {
        "previous_amount": cny("10.00"),
        "previous_every": "month",
        "amount": cny("15.00"),
        "every": "quarter",
        "from_day": date(2026, 12, 15),
        "reason": "asked-by-donor",
    },
    RecurringEnded: {"from_day": date(2026, 12, 1), "reason": "payments-fail"},
    PledgePaid: {"gift": "gift-1", "amount": cny("30.00")},
    PledgePaymentUndone: {"gift": "gift-1", "amount": cny("5.00"), "reason": "gift-returned"},
    PledgeWrittenOff: {
        "amount": cny("20.00"),
        "reason": "hardship",
        "document": DOCUMENT,
        "decided_by": "council",
    },
    GiftSetAgainstPledge: {"pledge": "pledge-1", "amount": cny("30.00")},
    GiftFreedFromPledge: {"pledge": "pledge-1", "amount": cny("5.00")},
    CreditGiven: {
        "credit": "credit-1",
        "kind": "soft",
        "credited": party("credited"),
        "amount": cny("60.00"),
        "matched": None,
        "sealed": (),
    },
    CreditWithdrawn: {"credit": "credit-1", "reason": "mistake"},
    GiftSharesStated: {
        "shares": (
            Share(party=party("one"), amount=cny("70.00")),
            Share(party=party("two"), amount=cny("30.00")),
        )
    },
    ConduitNamed: {"conduit": FOUNDATION, "new_money": False},
    ServiceGiven: {
        "organisation": CHARITY,
        "fund": FUND,
        "project": "示范县支教",
        "kind": "volunteer",
        "people": 12,
        "minutes": 5_760,
        "given_on": date(2026, 10, 1),
        "until": date(2026, 10, 2),
        "place": "230108",
        "value": None,
        "basis": None,
        "evidence": None,
        "provider": None,
        "sealed": (),
    },
    ServiceCorrected: {"reason": "mistake", "replaced_by": None},
}
"""What an event of each class says unless a test says otherwise."""

BESIDE: dict[type[Event], dict[str, object]] = {
    FundOpened: {
        "organisation": CHARITY,
        "name": "扶贫济困资金",
        "kind": "general",
        "purpose": None,
        "place": None,
    },
    GiftReceived: {
        "organisation": CHARITY,
        "fund": FUND,
        "amount": cny("100.00"),
        "booked": cny("100.00"),
        "exchange": None,
        "donor": party("donor"),
        "received_on": date(2026, 10, 1),
        "date_basis": "row",
        "source": None,
        "sealed": (),
    },
    GoodsReceived: {
        "organisation": CHARITY,
        "fund": FUND,
        "kind": "goods",
        "origin": "gift",
        "lines": (),
        "donor": party("donor"),
        "received_on": date(2026, 10, 1),
        "date_basis": "row",
        "source": None,
        "sealed": (),
    },
    DonorIdentified: {"donor": party("donor"), "evidence": "银行回单示例号"},
    GiftReturned: {
        "gift": "gift-1",
        "amount": cny("80.00"),
        "start": 2_000,
        "end": 10_000,
        "reason": "捐赠人申请退回",
        "decided_by": "council",
    },
    GiftReversed: {
        "gift": "gift-1",
        "amount": cny("100.00"),
        "start": 0,
        "end": 10_000,
        "reason": "mistake",
        "note": "重复登记",
        "replaced_by": None,
        "decided_by": "council",
    },
}
"""Facts of funds and gifts that these rules look at."""


def fact(cls: type[E], stream: str, version: int = 1, actor: str = CHARITY, **said: object) -> E:
    """Make an event, with the figures that a test is about."""
    members: dict[str, Any] = {**(PROMISE_FACTS | BESIDE)[cls], **said}
    at = members.pop("timestamp", NOON)
    return cls(
        originator_id=stream, originator_version=version, timestamp=at, actor=actor, **members
    )


def fund(**said: Any) -> Fund:
    members: dict[str, Any] = {
        "id": FUND, "version": 1, "organisation": CHARITY, "name": "资金", "kind": "general",
        "purpose": None, "place": None, **said,
    }  # fmt: skip
    return Fund(**members)


def gift(*later: Event, name: str = "gift-1", **said: Any) -> CountedGift:
    """Fold a gift of 100.00 yuan, unless said otherwise, and what it counts for."""
    return gift_credits.counted([fact(GiftReceived, name, **said), *later])


def pledge(*later: Any, **said: Any) -> Pledge:
    """Fold a fixed promise of 100.00 yuan in two instalments, unless said otherwise."""
    return reduce(pledges.evolve, later, pledges.evolve(None, fact(PledgeMade, "pledge-1", **said)))


def monthly(*later: Any, **said: Any) -> Pledge:
    """Fold a recurring gift of 10.00 yuan on the last day of every month from August on."""
    agreed = fact(RecurringAgreed, "pledge-1", **said)
    return reduce(pledges.evolve, later, pledges.evolve(None, agreed))


def dues(found: Sequence[pledges.Due]) -> list[tuple[str, str, str, str, str]]:
    """Write dues as day, paid, written off, open and state."""
    return [
        (str(d.due_on), d.paid.decimal(), d.written_off.decimal(), d.open.decimal(), d.state)
        for d in found
    ]


@dataclass
class Story:
    """A log written event by event; every event gets the next version of its stream."""

    log: list[Event] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)

    def tell(self, cls: type[Event], stream: str, **said: Any) -> Story:
        """Add an event with what a test says about it."""
        self.versions[stream] += 1
        self.log.append(fact(cls, stream, self.versions[stream], **said))
        return self

    def findings(self, *, closed: bool = False) -> list[str]:
        """Return what an auditor finds."""
        history, found = PromiseHistory(), list[str]()
        for event in self.log:
            history.see(event, found.append)
        if closed:
            history.close(found.append)
        return found
