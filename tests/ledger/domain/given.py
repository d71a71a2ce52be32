"""What the tests of rules begin with: events of every class, and a log written event by event."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import reduce
from hashlib import sha256
from typing import Any, TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, settings

from ledger.domain import events, funds, gifts
from ledger.domain.axis import Span
from ledger.domain.events import (
    Event,
    FundEvent,
    FundsAllocated,
    GiftEvent,
    GiftReceived,
    GoodsLine,
    GoodsReceived,
)
from ledger.domain.funds import Fund, GiftPlace
from ledger.domain.gifts import Gift
from ledger.domain.goods import Amount, Quantity, item
from ledger.domain.history import History
from ledger.domain.organisations import AUTHORITY
from ledger.domain.values import Exchange, Party, Payee, Source
from ledger.errors import Unknown
from ledger.money import Money
from ledger.proof.encoding import b64url
from ledger.proof.jws import Ed25519Signer

CHARITY = "53100000500021326D"
OTHER = "53330000501874064B"
ORIGIN = "donations.example/ledger"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
GIFT_DAY = date(2026, 10, 1)
FUND = "fund-1"
CODE = "23050126"

UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""Properties hold on a busy machine too."""

E = TypeVar("E", bound=Event)


def digest(text: str) -> str:
    """Make what stands in an event in place of a text."""
    return b64url(sha256(text.encode()).digest())


def signer() -> Ed25519Signer:
    """Sign with the one key of the golden vectors."""
    return Ed25519Signer(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))


def cny(text: str) -> Money:
    return Money.parse(text)


DONOR = Party(id="party-1", sealed=(digest("donor"),))
PAYEE = Payee(id="payee-1", organisation="示范县第一小学", sealed=())
RATE = Exchange(rate="7.1217", quote_unit=1, source="中国外汇交易中心", day=GIFT_DAY)
SOURCE = Source(
    file=sha256(b"file").hexdigest(),
    table=0,
    row=12,
    listing=digest("listing"),
    identity=digest("identity"),
    content=digest("content"),
)

PURPOSE = "助学"
PAPER = sha256(b"document").hexdigest()
RICE = item("大米", "25kg/袋", "袋").code
COATS = item("棉衣", None, "件").code


def line(
    count: int, code: str = RICE, value: Money | None = None, basis: str = "none", **said: Any
) -> GoodsLine:
    """Make a line of a gift in kind; without a value unless said otherwise."""
    members: dict[str, Any] = {"written": str(count), "conversion": None, "evidence": None, **said}
    return GoodsLine(quantity=Quantity(count, code), value=value, basis=basis, **members)


FACTS: dict[type[Event], dict[str, object]] = {
    events.LedgerFounded: {
        "organisation": AUTHORITY,
        "name": "示范省民政厅",
        "powers": ("register", "eligibility", "finance"),
        "kid": digest("kid"),
        "public": digest("public"),
    },
    events.OrganisationRegistered: {
        "organisation": CHARITY,
        "name": "示范基金会",
        "kind": "charity",
    },
    events.KeyRegistered: {
        "organisation": CHARITY,
        "kid": digest("kid of charity"),
        "public": digest("public of charity"),
    },
    events.KeyRevoked: {
        "organisation": CHARITY,
        "kid": digest("kid of charity"),
        "reason": "设备遗失",
    },
    events.EligibilityGranted: {
        "organisation": CHARITY,
        "first_day": date(2026, 1, 1),
        "last_day": date(2028, 12, 31),
        "notice": "公告示例1号",
        "applicant_kind": 3,
    },
    events.EligibilityCancelled: {
        "organisation": CHARITY,
        "notice_date": date(2027, 5, 20),
        "effective": date(2027, 6, 1),
    },
    events.ReceiptNumbersAllotted: {
        "organisation": CHARITY,
        "code": CODE,
        "first": 1,
        "last": 100,
    },
    events.ReceiptNumbersDrawn: {"organisation": CHARITY, "code": CODE, "first": 1, "last": 1},
    events.FundOpened: {
        "organisation": CHARITY,
        "name": "扶贫济困资金",
        "kind": "project",
        "purpose": "助学",
        "place": "230108",
    },
    events.FundsAllocated: {"to_fund": "fund-2", "amount": cny("30.00"), "decided_by": "council"},
    events.DisbursementProposed: {
        "disbursement": "disbursement-1",
        "payee": PAYEE,
        "amount": cny("60.00"),
        "purpose": None,
        "place": "230108",
        "proposed_by": "clerk",
        "source": SOURCE,
    },
    events.DisbursementApproved: {"disbursement": "disbursement-1", "approved_by": "reviewer"},
    events.DisbursementPaid: {
        "disbursement": "disbursement-1",
        "amount": cny("60.00"),
        "paid_on": date(2026, 11, 1),
    },
    events.GiftReturned: {
        "gift": "gift-1",
        "amount": cny("10.00"),
        "start": 9_000,
        "end": 10_000,
        "reason": "捐赠人申请退回",
        "decided_by": "council",
    },
    events.GiftReceived: {
        "organisation": CHARITY,
        "fund": FUND,
        "amount": cny("100.00"),
        "booked": cny("100.00"),
        "exchange": None,
        "donor": DONOR,
        "received_on": GIFT_DAY,
        "date_basis": "row",
        "source": None,
        "sealed": (),
    },
    events.DonorIdentified: {"donor": DONOR, "evidence": "银行回单示例号"},
    events.GiftReceipted: {"code": CODE, "number": "0000000001"},
    events.ReceiptIssued: {
        "organisation": CHARITY,
        "code": CODE,
        "number": "0000000001",
        "gift": "gift-1",
        "payer": Party(id="party-2", sealed=(digest("check code"), digest("payer"))),
        "amount": cny("100.00"),
        "issued_on": date(2026, 11, 21),
        "gift_on": GIFT_DAY,
        "eligible": True,
        "notice": "公告示例1号",
        "specimen": True,
    },
    events.OpeningsErased: {"digests": (digest("donor"),), "ground": "本人申请"},
    events.FundBound: {
        "basis": "public-raise",
        "plan": "53100000500021326DA26001",
        "first_day": date(2026, 1, 1),
        "last_day": date(2026, 12, 31),
        "brand": "希望工程",
        "recipient": None,
    },
    events.UseChanged: {
        "purpose": "助医",
        "place": "230109",
        "ground": "donor-consent",
        "document": PAPER,
        "decided_by": "council",
    },
    events.FundClosed: {"left_over": "none", "note": "项目结束", "decided_by": "council"},
    events.CostClassified: {"disbursement": "disbursement-1", "cost_class": "charitable"},
    events.DisbursementWithdrawn: {
        "disbursement": "disbursement-1",
        "reason": "收款账户有误",
        "withdrawn_by": "clerk",
    },
    events.DisbursementAccepted: {
        "disbursement": "disbursement-1",
        "evidence": (PAPER, sha256(b"photo").hexdigest()),
        "accepted_on": date(2026, 11, 20),
        "accepted_by": "reviewer",
    },
    events.DisbursementRecovered: {
        "disbursement": "disbursement-1",
        "amount": cny("20.00"),
        "reason": "refund",
        "note": "结余退回",
        "recovered_on": date(2026, 11, 10),
        "decided_by": "council",
    },
    events.GiftReversed: {
        "gift": "gift-1",
        "amount": cny("100.00"),
        "start": 0,
        "end": 10_000,
        "reason": "wrong-amount",
        "note": "金额录入有误，已更正",
        "replaced_by": "gift-2",
        "decided_by": "council",
    },
    events.AllocationTakenBack: {
        "allocation": 2,
        "to_fund": "fund-2",
        "amount": cny("30.00"),
        "reason": "wrong-fund",
        "note": "拨付对象有误",
        "decided_by": "council",
    },
    events.AllocationGivenBack: {
        "from_fund": FUND,
        "allocation": 2,
        "amount": Quantity(30, RICE),
        "start": 0,
        "end": 30,
    },
    events.GoodsReceived: {
        "organisation": CHARITY,
        "fund": FUND,
        "kind": "goods",
        "origin": "donor",
        "lines": (
            line(
                40, RICE, cny("4000.00"), "invoice", written="40袋", conversion="1 袋 = 25 kg",
                evidence=PAPER,
            ),
            line(200, COATS, written="10箱", conversion="1 箱 = 20 件"),
        ),
        "donor": DONOR,
        "received_on": GIFT_DAY,
        "date_basis": "row",
        "source": SOURCE,
        "sealed": (digest("words of the donor"),),
    },
    events.GiftReceiptReversed: {
        "code": CODE,
        "number": "0000000001",
        "red_code": CODE,
        "red_number": "0000000002",
    },
    events.ReceiptReversed: {
        "organisation": CHARITY,
        "code": CODE,
        "number": "0000000001",
        "red_code": CODE,
        "red_number": "0000000002",
        "gift": "gift-1",
        "amount": cny("100.00"),
        "reversed_on": date(2026, 11, 22),
        "reason": "refund",
        "note": "捐赠人申请退回",
    },
    events.ApprovalLimitSet: {
        "organisation": CHARITY,
        "role": "reviewer",
        "limit": cny("50000.00"),
        "decided_by": "council",
    },
    events.AttemptRefused: {
        "organisation": CHARITY,
        "fund": FUND,
        "disbursement": "disbursement-1",
        "attempted": "approve",
        "attempted_by": "clerk",
        "rule": "SamePerson",
        "amount": cny("60.00"),
        "limit": None,
    },
    events.PeriodClosed: {
        "organisation": CHARITY,
        "last_day": date(2026, 10, 31),
        "closed_by": "accountant",
        "size": 120,
    },
}  # fmt: skip
"""What an event of each class says unless a test says otherwise."""


def fact(cls: type[E], stream: str, version: int = 1, actor: str = CHARITY, **said: object) -> E:
    """Make an event, with the figures that a test is about."""
    members: dict[str, Any] = {**FACTS[cls], **said}
    return cls(
        originator_id=stream,
        originator_version=version,
        timestamp=NOON,
        actor=actor,
        **members,
    )


def fund(*later: FundEvent, **said: object) -> Fund:
    """Fold a fund from its opening; a general one unless said otherwise."""
    opening: dict[str, Any] = {"kind": "general", "purpose": None, "place": None, **said}
    stream = str(opening.pop("id", FUND))
    opened = fact(events.FundOpened, stream, **opening)
    return reduce(funds.evolve, later, funds.evolve(None, opened))


def gift(*later: GiftEvent, **said: Any) -> Gift:
    """Fold a gift from its first fact."""
    return reduce(gifts.evolve, later, gifts.evolve(None, fact(GiftReceived, "gift-1", **said)))


def goods(*lines: GoodsLine, **said: Any) -> Gift:
    """Fold a gift in kind from its first fact."""
    if lines:
        said["lines"] = lines
    return gifts.evolve(None, fact(GoodsReceived, "gift-1", **said))


def proposed(yuan: str, version: int = 2, disbursement: str = "disbursement-1") -> FundEvent:
    """Ask for a payment out of the fund."""
    return fact(
        events.DisbursementProposed, FUND, version, disbursement=disbursement, amount=cny(yuan),
        place=None, source=None,
    )  # fmt: skip


def approved(version: int = 3, disbursement: str = "disbursement-1") -> FundEvent:
    """Approve a payment out of the fund."""
    return fact(events.DisbursementApproved, FUND, version, disbursement=disbursement)


def paid(yuan: str, version: int = 4, disbursement: str = "disbursement-1") -> FundEvent:
    """Pay a payment out of the fund."""
    return fact(events.DisbursementPaid, FUND, version, disbursement=disbursement, amount=cny(yuan))


class NoSuchPart(Unknown):
    """Nothing of a gift is counted in that unit."""


@dataclass
class Inflows:
    """Inflows kept in memory: how much came into each fund and unit, and where it lies."""

    totals: Counter[tuple[str, str]] = field(default_factory=Counter)
    places: dict[tuple[str, str], GiftPlace] = field(default_factory=dict)
    moved: dict[tuple[str, int], tuple[GiftPlace, ...]] = field(default_factory=dict)

    def received(self, fund: str, unit: str) -> int:
        return self.totals[fund, unit]

    def units_of(self, fund: str) -> tuple[str, ...]:
        return tuple(sorted(unit for of, unit in self.totals if of == fund))

    def place_of(self, gift: str, unit: str) -> GiftPlace:
        if (gift, unit) not in self.places:
            raise NoSuchPart(f"no {unit} of {gift}")
        return self.places[gift, unit]

    def allocated(self, fund: str, allocation: int) -> tuple[GiftPlace, ...]:
        return self.moved.get((fund, allocation), ())

    def see(self, event: Event) -> None:
        """Take in a gift or an allocation."""
        if isinstance(event, GiftReceived):
            self._gift(event.originator_id, event.fund, event.booked)
        elif isinstance(event, GoodsReceived):
            for one in event.lines:
                self._gift(event.originator_id, event.fund, one.quantity)
        elif isinstance(event, FundsAllocated):
            place = self._come(event.to_fund, event.amount)
            self.moved[event.originator_id, event.originator_version] = (place,)

    def _gift(self, gift: str, fund: str, amount: Amount) -> None:
        self.places[gift, amount.unit] = self._come(fund, amount)

    def _come(self, fund: str, amount: Amount) -> GiftPlace:
        start = self.totals[fund, amount.unit]
        self.totals[fund, amount.unit] += amount.units
        return GiftPlace(fund, amount.unit, Span(start, start + amount.units))


def inflows(*yuan: str) -> Inflows:
    """Let gifts `gift-1`, `gift-2`, ... come into the fund."""
    known = Inflows()
    for number, text in enumerate(yuan, 1):
        amount = cny(text)
        known.see(fact(GiftReceived, f"gift-{number}", amount=amount, booked=amount))
    return known


@dataclass
class Story:
    """A log written event by event; every event gets the next version of its stream."""

    log: list[Event] = field(default_factory=list)
    versions: Counter[str] = field(default_factory=Counter)

    def tell(self, cls: type[Event], stream: str, **said: Any) -> Story:
        """Add an event with what a test says about it."""
        self.versions[stream] += 1
        version = said.pop("version", self.versions[stream])
        self.log.append(fact(cls, stream, version, **said))
        return self

    def history(self) -> History:
        """Let an auditor read the log."""
        history = History()
        for leaf, event in enumerate(self.log):
            history.see(leaf, event)
        return history

    def findings(self, *, closed: bool = False) -> list[str]:
        """Return what an auditor finds, without the places in the log."""
        history = self.history()
        if closed:
            history.close()
        return [found.removeprefix(f"entry {len(self.log) - 1}: ") for found in history.findings]
