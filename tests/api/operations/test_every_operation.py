"""Every operation is used once by who may, and records what it is declared to record."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from api.auditing.database import audit_database
from api.operations import OPERATIONS
from api.operations.funds import GroundUnnamed
from api.operations.running import Call
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.disbursements import SamePerson
from ledger.domain.gifts import AlreadyReceipted
from ledger.domain.naming_refusals import SamePerson as OnePerson
from tests.api.operations.accounts import (
    ADMINISTRATOR,
    CLERK,
    COUNTY,
    COUNTY_TOO,
    DONOR,
    FINANCE,
    REVIEWER,
    TAX,
    TODAY,
    Operating,
)
from tests.conftest import OTHER_USCC, USCC
from tests.houses import register
from tests.ledger.domain.naming_given import COUNTY as COUNTY_USCC

PAPER = sha256(b"document").hexdigest()
CODE = "23050126"
TEXT = "示范教学楼"
TAXPAYER = OTHER_USCC


class Story(Operating):
    """A ledger whose operations are all used, one after the other."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        object.__setattr__(self, "used", set())

    def use(self, who: Acting, name: str, /, **body: Any) -> Any:
        outcome = super().use(who, name, **body)
        fact = next(one.fact for one in OPERATIONS if one.name == name)
        assert any(type(event) is fact for event in outcome.events), name
        vars(self)["used"].add(name)
        return outcome


@pytest.fixture
def story(house: House) -> Story:
    register(house)
    told = Story(house)
    told.use(FINANCE, "eligibility-grant", uscc=USCC, notice="示范公告2026年第1号",
             notice_date="2026-02-01", applicant_kind="3")  # fmt: skip
    told.use(FINANCE, "books-allot", uscc=USCC, code=CODE, first=1, last=40)
    return told


def test_every_operation_records_its_fact(story: Story) -> None:
    fund = _funds(story)
    gift = _gifts(story, fund)
    _disbursements(story, fund)
    _receipts(story, fund)
    _promises(story, fund, gift)
    _names(story, fund)
    _services_and_books(story)
    assert set(vars(story)["used"]) == {operation.name for operation in OPERATIONS}
    assert audit_database(story.house).findings == []


def _funds(story: Story) -> str:
    fund = story.stream(CLERK, "funds-open", name="扶贫济困资金")
    school = story.stream(CLERK, "funds-open", name="示范小学", kind="project", purpose="建校",
                          basis="agreement")  # fmt: skip
    story.use(CLERK, "gifts-receive", fund=fund, amount="1000.00", donor="王某某",
              received_on="2026-11-20")  # fmt: skip
    moved = story.use(REVIEWER, "funds-allocate", fund=fund, to_fund=school, amount="10.00")
    (number,) = [e.originator_version for e in moved.events if e.originator_id == fund]
    story.use(REVIEWER, "funds-take-back", fund=fund, allocation=number, reason="wrong-fund",
              note="拨错资金")  # fmt: skip
    story.use(REVIEWER, "funds-change-use", fund=school, purpose="修路", consent=PAPER)
    with pytest.raises(GroundUnnamed):
        story.use(REVIEWER, "funds-change-use", fund=school, purpose="修桥")
    story.use(REVIEWER, "funds-close", fund=school, note="项目结束")
    return fund


def _gifts(story: Story, fund: str) -> str:
    gift = story.stream(CLERK, "gifts-receive", fund=fund, amount="100.00")
    story.use(CLERK, "gifts-identify", gift=gift, donor="李某某", evidence=PAPER)
    story.house.accounts.bind_gift(DONOR.account, gift)
    story.use(DONOR, "gifts-show", gift=gift, shown="pen-name", pen_name="春风")
    story.use(CLERK, "gifts-receive-goods", fund=fund, item="大米", quantity=20, unit="袋",
              value="900.00", basis="invoice", evidence=PAPER,
              donor="示范粮油有限公司")  # fmt: skip
    story.use(CLERK, "gifts-receive-batch", fund=fund, count=2, total="3.00",
              gifts=[{"amount": "1.00", "donor": "张三"}, {"amount": "2.00"}])  # fmt: skip
    story.use(REVIEWER, "gifts-return", gift=gift, amount="30.00", note="捐赠人要求")
    wrong = story.stream(CLERK, "gifts-receive", fund=fund, amount="8.00", donor="张三")
    story.use(REVIEWER, "gifts-reverse", gift=wrong, reason="duplicate", note="重复登记")
    story.use(CLERK, "credits-conduit", gift=gift, name="示范平台有限公司")
    credited = story.use(CLERK, "credits-give", gift=gift, name="示范企业", amount="5.00")
    story.use(CLERK, "credits-withdraw", gift=gift, credit=credited.events[0].credit,
              reason="mistake")  # fmt: skip
    return gift


def _disbursements(story: Story, fund: str) -> None:
    story.use(ADMINISTRATOR, "limits-set", role="reviewer", amount="500.00")

    def proposed(amount: str) -> str:
        asked = story.use(CLERK, "disbursements-propose", fund=fund, payee="示范县第一小学",
                          amount=amount, purpose="课桌", place="230102")  # fmt: skip
        return str(asked.events[0].disbursement)

    paid = proposed("100.00")
    story.use(REVIEWER, "disbursements-approve", disbursement=paid)
    story.use(CLERK, "disbursements-pay", disbursement=paid, paid_on="2026-11-21")
    story.use(REVIEWER, "disbursements-accept", disbursement=paid, evidence=PAPER,
              accepted_on="2026-11-22")  # fmt: skip
    story.use(CLERK, "disbursements-classify", disbursement=paid, cost_class="management")
    story.use(REVIEWER, "disbursements-recover", disbursement=paid, amount="5.00",
              reason="refund", note="退回余款")  # fmt: skip
    story.use(CLERK, "disbursements-withdraw", disbursement=proposed("1.00"), note="不再需要")
    own = story.use(REVIEWER, "disbursements-propose", fund=fund, payee="示范县第二小学",
                    amount="2.00")  # fmt: skip
    with pytest.raises(SamePerson):
        story.use(REVIEWER, "disbursements-approve", disbursement=own.events[0].disbursement)


def _receipts(story: Story, fund: str) -> None:
    def issued(amount: str) -> tuple[str, str, str]:
        gift = story.stream(CLERK, "gifts-receive", fund=fund, amount=amount, donor="赵某某",
                            received_on="2026-11-20")  # fmt: skip
        made = story.use(CLERK, "receipts-issue", gift=gift, payer="示范商贸有限公司",
                         taxpayer=TAXPAYER)  # fmt: skip
        (one,) = [e for e in made.events if e.TOPIC == "receipt-made-out.v1"]
        return gift, one.code, one.number

    gift, code, number = issued("60.00")
    with pytest.raises(AlreadyReceipted):
        story.use(CLERK, "receipts-issue", gift=gift)
    paper = {"paper_code": "23050226", "paper_number": "0000000009"}
    story.use(CLERK, "receipts-exchange", code=code, number=number, **paper)
    claimed = story.use(TAX, "tax-claim", code=code, number=number, year=2026, amount="60.00",
                        taxpayer=TAXPAYER, **paper)  # fmt: skip
    story.use(TAX, "tax-release", code=code, number=number, claim=claimed.events[0].claim,
              reason="申报更正")  # fmt: skip
    story.use(CLERK, "receipts-paper-back", code=code, number=number)
    again = story.use(TAX, "tax-claim", code=code, number=number, year=2026, amount="60.00",
                      taxpayer=TAXPAYER, name="示范商贸有限公司")  # fmt: skip
    story.use(CLERK, "receipts-official", code=code, number=number, official_code="23050326",
              official_number="0000000001", check_code="aB3dE5",
              issued_on="2026-11-22")  # fmt: skip
    story.use(REVIEWER, "gifts-return", gift=gift, amount="20.00", note="捐赠人要求",
              settle="replace")  # fmt: skip
    story.use(TAX, "tax-settle", code=code, number=number, claim=again.events[0].claim,
              outcome="已调减扣除")  # fmt: skip
    _, code, number = issued("70.00")
    story.use(REVIEWER, "receipts-reverse", code=code, number=number, reason="wrong-donor",
              note="抬头有误", replace=True)  # fmt: skip
    _, code, number = issued("80.00")
    story.use(REVIEWER, "receipts-reverse", code=code, number=number, reason="wrong-donor",
              note="抬头有误")  # fmt: skip
    waived = story.stream(CLERK, "gifts-receive", fund=fund, amount="3.00", donor="钱某某")
    story.use(CLERK, "receipts-waive", gift=waived, reason="declined")


def _promises(story: Story, fund: str, gift: str) -> None:
    pledge = story.stream(CLERK, "pledges-make", fund=fund, donor="孙某某", total="120.00",
                          instalments=2, first_day="2026-11-30")  # fmt: skip
    kept = {"pledge": pledge, "gift": gift, "amount": "10.00"}
    story.use(CLERK, "pledges-pay", **kept)
    story.use(CLERK, "pledges-undo", **kept)
    story.use(CLERK, "gifts-receive", fund=fund, amount="60.00", donor="孙某某", pledge=pledge)
    story.use(REVIEWER, "pledges-write-off", pledge=pledge, amount="60.00", reason="hardship",
              document=PAPER)  # fmt: skip
    monthly = story.stream(CLERK, "pledges-agree", fund=fund, donor="周某某", amount="20.00",
                           every="month", first_day="2026-11-01")  # fmt: skip
    story.use(CLERK, "pledges-change", pledge=monthly, amount="30.00", every="quarter",
              from_day="2026-12-01", reason="asked-by-donor")  # fmt: skip
    story.use(CLERK, "pledges-end", pledge=monthly, from_day="2027-01-01",
              reason="asked-by-donor")  # fmt: skip


def _names(story: Story, fund: str) -> None:
    gift = story.stream(CLERK, "gifts-receive", fund=fund, amount="600.00", donor="吴某某")

    def proposed(text: str) -> str:
        name = story.stream(CLERK, "namings-propose", fund=fund, text=text, thing="building",
                            construction=True, cost="1000.00", gift=gift)  # fmt: skip
        story.use(CLERK, "namings-wish", naming=name, wish="yes", document=PAPER, publish=True)
        story.use(CLERK, "namings-screen", naming=name, person="nobody")
        story.use(CLERK, "namings-consent", naming=name, beneficiary="示范县第一小学",
                  document=PAPER)  # fmt: skip
        story.use(CLERK, "namings-fund", naming=name, rule="naming-2026", rule_from="2026-01-01",
                  source="示范县办法", share_basis_points=5000, cost="1000.00")  # fmt: skip
        story.use(CLERK, "namings-submit", naming=name, authority=COUNTY_USCC, level="county")
        return name

    refused = proposed("示范图书馆")
    decided = Call(TODAY, prepared_by=COUNTY)
    story.use(COUNTY_TOO, "namings-reject", naming=refused, authority=COUNTY_USCC,
              reason="名称不当", call=decided)  # fmt: skip
    name = proposed(TEXT)
    approval = {
        "naming": name, "authority": COUNTY_USCC, "text": TEXT, "number": "示政函〔2026〕1号",
        "approved_on": "2026-11-22", "first_day": "2026-11-22", "last_day": "2031-11-21",
    }  # fmt: skip
    with pytest.raises(OnePerson):
        story.use(COUNTY, "namings-approve", **approval)
    story.use(COUNTY_TOO, "namings-approve", call=decided, **approval)
    story.use(REVIEWER, "namings-enter", naming=name)
    story.use(COUNTY, "namings-suspend", naming=name, ground="群众反映")
    story.use(COUNTY, "namings-resume", naming=name)
    story.use(REVIEWER, "gifts-return", gift=gift, amount="200.00", note="捐赠人要求")
    story.use(REVIEWER, "namings-review", naming=name, outcome="revoked", reason="到账不足",
              call=Call(TODAY, prepared_by=CLERK))  # fmt: skip
    _ended_names(story, fund)
    story.use(REVIEWER, "gifts-receive", fund=fund, amount="1.00")
    valued = story.stream(CLERK, "gifts-receive", fund=fund, amount="50.00", donor="郑某某")
    story.use(REVIEWER, "namings-benefit", gift=valued, value="5.00", what="晚宴座位",
              document=PAPER)  # fmt: skip


def _ended_names(story: Story, fund: str) -> None:
    def entered(text: str, **term: str) -> str:
        gift = story.stream(CLERK, "gifts-receive", fund=fund, amount="900.00", donor="冯某某")
        name = story.stream(CLERK, "namings-propose", fund=fund, text=text, thing="prize",
                            form="plaque", gift=gift)  # fmt: skip
        story.use(CLERK, "namings-wish", naming=name, wish="yes", document=PAPER)
        story.use(CLERK, "namings-screen", naming=name, person="nobody")
        story.use(CLERK, "namings-consent", naming=name, beneficiary="示范县第一小学",
                  document=PAPER)  # fmt: skip
        story.use(CLERK, "namings-fund", naming=name, rule="naming-2026", rule_from="2026-01-01",
                  source="示范县办法", least="100.00")  # fmt: skip
        story.use(REVIEWER, "namings-enter", naming=name, **term)
        return name

    term = {"first_day": "2026-11-22", "last_day": "2026-11-30"}
    story.use(REVIEWER, "namings-revoke", naming=entered("示范奖", **term), ground="违约")
    story.use(CLERK, "namings-withdraw", naming=entered("晨光奖", **term), party="donor",
              document=PAPER)  # fmt: skip
    over = entered("春蕾奖", **term)
    later = Call(TODAY.replace(month=12, day=1))
    story.use(CLERK, "namings-expire", naming=over, call=later)


def _services_and_books(story: Story) -> None:
    service = story.stream(CLERK, "services-give", kind="professional", people=3, minutes=540,
                           given_on="2026-11-20", value="900.00", basis="market",
                           evidence=PAPER, provider="示范设计有限公司")  # fmt: skip
    story.use(CLERK, "services-correct", service=service, reason="mistake")
    story.use(FINANCE, "books-limit", uscc=USCC, code=CODE, unused_max=100)
    story.use(CLERK, "books-lose", code=CODE, first=39, last=40, reason="spoiled", note="印刷污损")
    story.use(REVIEWER, "periods-close", last_day="2026-10-31")
    story.use(TAX, "eligibility-end", uscc=USCC, notice="示范公告2026年第9号",
              notice_date="2026-11-22", ground="late-report")  # fmt: skip
