"""A charity and the authorities over it, on a ledger that is served: what the desks work on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from api.app import create_app
from api.desk import drafting
from api.hooks import asking as hooks
from api.jobs import arguments, asking
from api.jobs.kinds import RECEIPTS
from api.jobs.worker import Worker
from api.operations import BY_NAME
from api.people import registering
from api.settings import Settings
from api.wiring import House
from receipts.verify import Verifier
from tests.api.operations.accounts import ADMINISTRATOR, CLERK, REVIEWER, Operating
from tests.browser import filling
from tests.browser.crawling import Crawl, crawled
from tests.browser.serving import served
from tests.conftest import OTHER_USCC, USCC
from tests.houses import general_fund, give, pay, ready_for_receipts, register
from tests.ledger.domain.naming_given import COUNTY as COUNTY_USCC

PAPER = sha256(b"letter of consent").hexdigest()
TEXT = "示范教学楼"


@dataclass(frozen=True, slots=True)
class Office:
    """The ledger of a charity, where it is served, and what stands in it.

    `naming` waits for government, `fund` holds `gifts` of 80, 20, 600 and 45 yuan, `payment` was
    paid out of it; `receipts` are the files of the first gift's receipt and of the last one's,
    `draft` waits for a second person, `job` is done, `hook` tells another server of events, and
    `other` is a second charity. A pledge was made, and the books of October are closed: `crawl`
    is what a stranger finds of it all.
    """

    origin: str
    house: House
    worker: Worker
    fund: str
    gifts: tuple[str, ...]
    payment: str
    naming: str
    receipts: tuple[Path, ...]
    draft: str
    job: str
    hook: str
    crawl: Crawl
    charity: str = USCC
    other: str = OTHER_USCC

    def invited(self, login: str, organisation: str, *roles: str) -> str:
        """Give an account; return the path of its invitation."""
        _, code = registering.add(self.house, login, organisation, roles, "command/test")
        return f"/invitation/{code}"

    def held(self, which: int = 0) -> dict[str, str]:
        """Return what stands on a receipt, by its own proof."""
        return Verifier(self.house.trust(), None).verify(self.receipts[which].read_bytes()).receipt

    def worked(self) -> None:
        """Let the jobs that were asked for be done."""
        self.worker.run_waiting()


@contextmanager
def opened(url: str, schema: str, place: Path) -> Iterator[Office]:
    """Found the ledger, record what stands in it, and serve it."""
    house = House(Settings(data=place / "var", database_url=url, schema=schema), create=True)
    try:
        fund = general_fund(house, register(house))
        register(house, OTHER_USCC, "邻县基金会")
        gifts = give(house, fund, "80.00", "20.00", "600.00", "45.00")
        (payment,) = pay(house, fund, "30.00")
        ready_for_receipts(house)
        issued = filling.issue(house, [gifts[0], gifts[3]], place / "receipts")
        naming = _submitted(house, fund, gifts[2])
        draft, job = _prepared(house, gifts[2]), _asked(house)
        _promised_and_closed(house, fund)
        house.publish()
        app = create_app(house)
        app.state.worker.run_waiting()
        with served(app) as origin:
            yield Office(
                origin=origin,
                house=house,
                worker=app.state.worker,
                fund=fund,
                gifts=tuple(gifts),
                payment=payment,
                naming=naming,
                receipts=tuple(one.path for one in issued),
                draft=draft,
                job=job,
                hook=_hooked(house),
                crawl=crawled(origin),
            )
    finally:
        house.close()


def _submitted(house: House, fund: str, gift: str) -> str:
    """Have a clerk bring a name, which rests on a gift, before the county's government."""
    clerk = Operating(house)
    name = clerk.stream(CLERK, "namings-propose", fund=fund, text=TEXT, thing="building",
                        construction=True, cost="1000.00", gift=gift)  # fmt: skip
    steps: dict[str, dict[str, Any]] = {
        "wish": {"wish": "yes", "document": PAPER, "publish": True},
        "screen": {"person": "nobody"},
        "consent": {"beneficiary": "示范县第一小学", "document": PAPER},
        "fund": {"rule": "naming-2026", "rule_from": date(2026, 1, 1), "source": "示范县办法",
                 "share_basis_points": 5000, "cost": "1000.00"},
        "submit": {"authority": COUNTY_USCC, "level": "county"},
    }  # fmt: skip
    for step, said in steps.items():
        clerk.use(CLERK, f"namings-{step}", naming=name, **said)
    return name


def _prepared(house: House, gift: str) -> str:
    """Have a clerk prepare the return of a part of a gift; return the draft."""
    operation = BY_NAME["gifts-return"]
    body = operation.body.model_validate({"gift": gift, "amount": "10.00", "note": "捐赠人要求"})
    draft, _ = drafting.prepare(house, CLERK, operation, body, "a draft")
    return draft.id


def _asked(house: House) -> str:
    """Have a clerk ask for the receipts of days without gifts; return the job."""
    days = arguments.of_days({"from": "2001-01-01", "to": "2001-01-02"})
    return asking.ask(house, CLERK, RECEIPTS, days, [], None).id


def _promised_and_closed(house: House, fund: str) -> None:
    """Record a pledge, and close the books of a month."""
    desk = Operating(house)
    desk.use(CLERK, "pledges-make", fund=fund, donor="孙某某", total="120.00", instalments=2,
             first_day="2026-12-01")  # fmt: skip
    desk.use(REVIEWER, "periods-close", last_day="2026-10-31")


def _hooked(house: House) -> str:
    """Have an administrator add a hook; nothing is sent by it here."""
    asked = hooks.Asked("https://receiver.example.org/events")
    hook, _ = hooks.add(house, ADMINISTRATOR, asked, "a hook")
    return hook.id
