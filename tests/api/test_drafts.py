"""What one account prepares, another records: over HTTP and on the pages of the desk."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from psycopg import sql

from api.settings import Settings
from api.wiring import House
from ledger.domain.acting import Acting
from ledger.domain.events import DisbursementProposed
from ledger.store.drafts import TABLE
from tests.api.operations.accounts import (
    ADMINISTRATOR,
    AUDITOR,
    CLERK,
    COUNTY,
    COUNTY_TOO,
    REVIEWER,
    TAX,
    Operating,
    account,
)
from tests.api.operations.portal import Desk
from tests.conftest import OTHER_USCC
from tests.houses import general_fund, register
from tests.ledger.domain.naming_given import COUNTY as COUNTY_USCC

REVIEWER_TOO = account(9, REVIEWER.organisation, "reviewer")
STRANGER = account(10, OTHER_USCC, "clerk", "reviewer")
PAPER = "ab" * 32
TEXT = "示范教学楼"
DRAFTS = "/api/v1/drafts"


class Prepared:
    """A ledger whose drafts are asked for as one account or another."""

    def __init__(self, house: House, fund: str) -> None:
        self.house = house
        self.fund = fund
        self.operating = Operating(house)
        self.desk = Desk(house, CLERK)

    def gift(self, amount: str = "100.00") -> str:
        """Record a gift; return its id."""
        body = {"fund": self.fund, "amount": amount, "donor": "王某某"}
        return self.operating.stream(CLERK, "gifts-receive", **body)

    def prepare(self, who: Acting, operation: str, key: str = "", **body: Any) -> httpx.Response:
        """Prepare an operation as an account."""
        self.desk.acting = who
        said = {"operation": operation, "body": body}
        return self.desk.post(DRAFTS, said, Idempotency_Key=key or uuid.uuid4().hex)

    def returning(self, amount: str = "30.00") -> str:
        """Prepare the return of a gift as a clerk; return the draft's id."""
        made = self.prepare(CLERK, "gifts-return", gift=self.gift(), amount=amount, note="误捐")
        assert made.status_code == 201
        return str(made.json()["id"])

    def ask(self, who: Acting, path: str) -> httpx.Response:
        """Look at something as an account."""
        self.desk.acting = who
        return self.desk.get(path)

    def decide(self, who: Acting, draft: str, how: str, **said: str) -> httpx.Response:
        """Decide on a draft as an account."""
        self.desk.acting = who
        return self.desk.post(f"{DRAFTS}/{draft}/{how}", said)

    def send(self, who: Acting, path: str, **typed: str) -> httpx.Response:
        """Send a form as an account."""
        self.desk.acting = who
        return self.desk.send(path, typed)

    def box(self, draft: str) -> bytes:
        """Return what the database holds of a draft's body."""
        return bytes(self.row(draft)["box"])

    def row(self, draft: str) -> dict[str, Any]:
        """Return the row of a draft."""
        query = sql.SQL("SELECT * FROM {} WHERE id = %s").format(self._table)
        with self.house.database.get_connection() as connection:
            (row,) = connection.execute(query, [draft]).fetchall()
        return row

    def put_back(self, draft: str, row: dict[str, Any]) -> None:
        """Put another row in the place of a draft's, as whoever owns the server can."""
        gone = sql.SQL("DELETE FROM {} WHERE id = %s").format(self._table)
        names = sql.SQL(", ").join(map(sql.Identifier, row))
        places = sql.SQL(", ").join([sql.Placeholder()] * len(row))
        put = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(self._table, names, places)
        with self.house.database.writing() as connection:
            connection.execute(gone, [draft])
            connection.execute(put, list(row.values()))

    @property
    def _table(self) -> sql.Composed:
        return self.house.database.table(TABLE)


@pytest.fixture(scope="module")
def prepared(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    place, schema = tmp_path_factory.mktemp("drafts"), f"t_{uuid.uuid4().hex[:16]}"
    house = House(Settings(data=place, database_url=database_url, schema=schema), create=True)
    yield Prepared(house, general_fund(house, register(house)))
    house.close()


def test_what_a_clerk_prepared_a_reviewer_records_once(prepared: Prepared) -> None:
    draft = prepared.returning()
    assert prepared.box(draft)
    size = prepared.house.recorder.size()

    looked = prepared.ask(REVIEWER, f"{DRAFTS}/{draft}").json()
    assert (looked["state"], looked["refused"]) == ("waiting", "")
    assert looked["prepared"]["amount"] == "30.00"
    assert [event["topic"] for event in looked["events"]] == ["gift-returned.v1"]
    assert prepared.house.recorder.size() == size, "looking records nothing"

    first = prepared.decide(REVIEWER, draft, "record")
    again = prepared.decide(REVIEWER, draft, "record")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["recorded"] == again.json()["recorded"]
    assert again.json()["again"]
    assert prepared.house.recorder.size() == size + 1
    assert first.json()["recorded"][0]["data"]["decided_by"] == f"reviewer-{REVIEWER.account}"

    assert prepared.box(draft) == b""
    after = prepared.ask(CLERK, f"{DRAFTS}/{draft}").json()
    assert (after["state"], after["decided_by"]) == ("recorded", REVIEWER.account)
    assert (after["prepared"], len(after["events"])) == (None, 1)
    assert prepared.decide(REVIEWER_TOO, draft, "record").status_code == 409
    assert prepared.house.recorder.size() == size + 1


def test_who_prepared_a_draft_does_not_decide_on_it(prepared: Prepared) -> None:
    gift = prepared.gift()
    body = {"gift": gift, "amount": "1.00", "note": "误捐"}
    draft = prepared.prepare(REVIEWER, "gifts-return", **body).json()["id"]
    for how, said in (("record", {}), ("refuse", {"note": "x"})):
        refused = prepared.decide(REVIEWER, draft, how, **said)
        assert refused.status_code == 409
        assert "prepared by the same account" in refused.json()["detail"]
    assert prepared.decide(REVIEWER_TOO, draft, "withdraw").status_code == 409
    gone = prepared.decide(REVIEWER, draft, "withdraw").json()
    assert gone["state"] == "withdrawn"
    assert prepared.box(draft) == b""
    assert prepared.decide(REVIEWER_TOO, draft, "record").status_code == 409


def test_only_who_may_record_it_decides_on_a_draft(prepared: Prepared) -> None:
    draft = prepared.returning()
    other_clerk = account(11, CLERK.organisation, "clerk")
    assert prepared.decide(other_clerk, draft, "record").status_code == 403
    assert prepared.decide(other_clerk, draft, "refuse", note="x").status_code == 403
    assert "may not record" in prepared.ask(other_clerk, f"{DRAFTS}/{draft}").json()["refused"]
    unconfirmed = Acting(REVIEWER.account, REVIEWER.organisation, REVIEWER.roles)
    assert prepared.decide(unconfirmed, draft, "record").status_code == 403
    assert prepared.decide(REVIEWER, draft, "refuse").status_code == 400, "a reason is said"
    refused = prepared.decide(REVIEWER, draft, "refuse", note="金额有误").json()
    assert (refused["state"], refused["note"]) == ("refused", "金额有误")


@pytest.mark.parametrize("who", [STRANGER, TAX, AUDITOR, ADMINISTRATOR])
def test_for_others_a_draft_is_not_there(prepared: Prepared, who: Acting) -> None:
    draft = prepared.returning()
    assert prepared.ask(who, f"{DRAFTS}/{draft}").status_code == 404
    assert prepared.ask(who, f"/desk/drafts/{draft}").status_code == 404
    assert prepared.decide(who, draft, "record").status_code == 404
    assert prepared.decide(who, draft, "withdraw").status_code == 404
    assert prepared.ask(who, DRAFTS).json() == {"drafts": []}


def test_nobody_prepares_what_no_account_beside_could_record(prepared: Prepared) -> None:
    body = {"gift": "gift-1", "amount": "1.00", "note": "x"}
    assert prepared.prepare(AUDITOR, "gifts-return", **body).status_code == 403
    assert prepared.prepare(CLERK, "limits-set", role="reviewer", amount="1.00").status_code == 403
    assert prepared.prepare(CLERK, "gifts-nothing").status_code == 404
    wrong = prepared.prepare(CLERK, "gifts-return", gift="gift-1", amount="viel", note="x")
    assert wrong.status_code == 400
    assert wrong.json()["violations"][0]["field"] == "amount"


def test_a_key_names_one_draft(prepared: Prepared) -> None:
    body = {"gift": prepared.gift(), "amount": "1.00", "note": "误捐"}
    first = prepared.prepare(CLERK, "gifts-return", "k1", **body)
    again = prepared.prepare(CLERK, "gifts-return", "k1", **body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert first.headers["location"] == f"{DRAFTS}/{first.json()['id']}"
    assert prepared.prepare(CLERK, "gifts-return", "k1", **{**body, "amount": "2.00"}
                            ).status_code == 422  # fmt: skip


def test_drafts_are_listed_in_parts_that_lead_on(prepared: Prepared) -> None:
    made = [prepared.returning() for _ in range(3)]
    page = prepared.ask(REVIEWER, f"{DRAFTS}?limit=2&state=waiting")
    assert [one["id"] for one in page.json()["drafts"]] == [made[2], made[1]]
    following = prepared.ask(REVIEWER, page.links["next"]["url"]).json()["drafts"]
    assert following[0]["id"] == made[0]
    assert {one["state"] for one in following} == {"waiting"}


def test_what_the_ledger_refuses_leaves_the_draft_waiting(prepared: Prepared) -> None:
    draft = prepared.returning("900.00")
    for who in (REVIEWER, REVIEWER_TOO):
        refused = prepared.decide(who, draft, "record")
        assert refused.status_code == 409
        assert "900.00" in refused.json()["detail"]
    assert "900.00" in prepared.ask(REVIEWER, f"{DRAFTS}/{draft}").json()["refused"]
    assert prepared.decide(CLERK, draft, "withdraw").json()["state"] == "withdrawn"


def test_recorded_by_one_before_a_crash_no_other_records_it_again(prepared: Prepared) -> None:
    draft, drafts = prepared.returning(), prepared.house.drafts
    begun = drafts.begin(drafts.find(draft, CLERK.organisation), REVIEWER.account)
    row = prepared.row(draft)
    first = prepared.decide(REVIEWER, draft, "record").json()["recorded"]
    size = prepared.house.recorder.size()
    prepared.put_back(draft, row)  # the crash: recorded, and not noted yet

    assert begun.state == "waiting"
    assert prepared.decide(REVIEWER_TOO, draft, "record").status_code == 409
    again = prepared.decide(REVIEWER, draft, "record")
    assert (again.status_code, again.json()["recorded"]) == (200, first)
    assert prepared.house.recorder.size() == size
    assert prepared.box(draft) == b""


def test_an_approval_of_a_name_is_signed_by_two_accounts(prepared: Prepared) -> None:
    naming = submitted(prepared)
    approval = {
        "naming": naming, "authority": COUNTY_USCC, "text": TEXT, "number": "示政函〔2026〕1号",
        "approved_on": "2026-11-22", "first_day": "2026-11-22", "last_day": "2031-11-21",
    }  # fmt: skip
    assert prepared.prepare(TAX, "namings-approve", **approval).status_code == 403
    draft = prepared.prepare(COUNTY, "namings-approve", **approval).json()["id"]
    assert TEXT.encode() not in prepared.box(draft)
    recorded = prepared.decide(COUNTY_TOO, draft, "record")
    assert recorded.status_code == 201
    (event,) = recorded.json()["recorded"]
    assert event["topic"] == "naming-approved.v1"
    assert event["data"]["decided_by"] == f"county-approver-{COUNTY.account}"
    assert event["data"]["countersigned_by"] == f"county-approver-{COUNTY_TOO.account}"


def submitted(prepared: Prepared) -> str:
    use = prepared.operating.use
    gift = prepared.gift("600.00")
    proposal = {"fund": prepared.fund, "text": TEXT, "thing": "building", "construction": True,
                "cost": "1000.00", "gift": gift}  # fmt: skip
    name = prepared.operating.stream(CLERK, "namings-propose", **proposal)
    use(CLERK, "namings-wish", naming=name, wish="yes", document=PAPER, publish=True)
    use(CLERK, "namings-screen", naming=name, person="nobody")
    use(CLERK, "namings-consent", naming=name, beneficiary="示范县第一小学", document=PAPER)
    use(CLERK, "namings-fund", naming=name, rule="naming-2026", rule_from="2026-01-01",
        source="示范县办法", share_basis_points=5000, cost="1000.00")  # fmt: skip
    use(CLERK, "namings-submit", naming=name, authority=COUNTY_USCC, level="county")
    return name


def test_a_clerk_hands_over_on_a_page_and_a_reviewer_records_there(prepared: Prepared) -> None:
    form = prepared.ask(CLERK, f"/desk/gifts/return?gift={prepared.gift()}").text
    assert 'value="draft"' in form
    assert 'value="preview"' not in form, "a clerk may not record it"
    typed = {"gift": prepared.gift(), "amount": "3.00", "note": "误捐", "step": "draft",
             "idempotency_key": uuid.uuid4().hex}  # fmt: skip
    sent = prepared.send(CLERK, "/desk/gifts/return", **typed)
    assert sent.status_code == 303
    place = sent.headers["location"]
    assert "须由另一人" in prepared.ask(CLERK, place).text

    assert f'href="{place}"' in prepared.ask(REVIEWER, "/desk/queue").text
    page = prepared.ask(REVIEWER, place).text
    assert "gift-returned.v1" in page
    assert "误捐" in page
    assert prepared.send(REVIEWER, f"{place}/record").status_code == 303
    done = prepared.ask(REVIEWER, place).text
    assert "已记入账本" in done
    assert "误捐" not in done.partition("gift-returned.v1")[0]
    assert f'href="{place}"' not in prepared.ask(REVIEWER, "/desk/queue").text
    assert prepared.send(REVIEWER_TOO, f"{place}/record").status_code == 409


def test_a_page_says_why_a_draft_can_not_be_decided(prepared: Prepared) -> None:
    place = f"/desk/drafts/{prepared.returning('900.00')}"
    assert "900.00" in prepared.ask(REVIEWER, place).text
    for path, who in ((f"{place}/record", REVIEWER), (f"{place}/withdraw", REVIEWER)):
        page = prepared.send(who, path)
        assert page.status_code == 409
        assert 'role="alert"' in page.text
    assert prepared.send(REVIEWER, f"{place}/refuse", note=" ").status_code == 400
    unconfirmed = Acting(REVIEWER.account, REVIEWER.organisation, REVIEWER.roles)
    assert "/account/confirm?next=" not in prepared.ask(REVIEWER, place).text
    other = f"/desk/drafts/{prepared.returning()}"
    assert f"/account/confirm?next={other}" in prepared.ask(unconfirmed, other).text
    other_clerk = account(11, CLERK.organisation, "clerk")
    assert "须由有权限的另一人" in prepared.ask(other_clerk, place).text
    assert prepared.send(REVIEWER, f"{place}/refuse", note="金额有误").status_code == 303
    assert "金额有误" in prepared.ask(CLERK, place).text
    assert prepared.send(CLERK, f"{other}/withdraw").status_code == 303


def test_the_queue_shows_payments_that_wait_for_approval(prepared: Prepared) -> None:
    prepared.gift()
    body: dict[str, Any] = {"fund": prepared.fund, "payee": "示范县第一小学", "amount": "5.00"}
    asked = prepared.operating.use(CLERK, "disbursements-propose", **body).events[0]
    assert isinstance(asked, DisbursementProposed)
    link = f"/desk/disbursements/approve?disbursement={asked.disbursement}"
    assert link in prepared.ask(REVIEWER, "/desk/queue").text
    clerks = prepared.ask(CLERK, "/desk/queue?lang=en").text
    assert "示范县第一小学" in clerks
    assert link not in clerks
    assert "/desk/gifts/return" in clerks, "what a clerk prepares for a reviewer"
    assert "示范县第一小学" not in prepared.ask(STRANGER, "/desk/queue").text
    prepared.operating.use(REVIEWER, "disbursements-approve", disbursement=asked.disbursement)
    assert link not in prepared.ask(REVIEWER, "/desk/queue").text


def test_what_was_prepared_is_shown_in_the_words_of_its_form(prepared: Prepared) -> None:
    asked = {"fund": prepared.fund, "text": "示范图书馆", "thing": "room"}
    draft = prepared.prepare(CLERK, "namings-propose", construction=True, **asked).json()["id"]
    page = prepared.ask(REVIEWER, f"/desk/drafts/{draft}?lang=en").text
    shown = {"Exact text (sealed)": "示范图书馆", "Built for the gift": "Yes",
             "What is named": "Room"}  # fmt: skip
    for name, value in shown.items():
        assert f'<th scope="row">{name}</th><td>{value}</td>' in page
    assert "Cost in all" not in page, "it was left empty"
    assert prepared.decide(REVIEWER, draft, "record").status_code == 201


def test_what_was_prepared_for_a_form_of_before_is_not_recorded(prepared: Prepared) -> None:
    draft, _ = prepared.house.drafts.add(CLERK, "gifts-return", b'{"gone": 1}', uuid.uuid4().hex)
    assert prepared.decide(REVIEWER, draft.id, "record").status_code == 409
    assert prepared.ask(REVIEWER, f"{DRAFTS}/{draft.id}").status_code == 409
    assert prepared.decide(CLERK, draft.id, "withdraw").status_code == 200
    unknown, _ = prepared.house.drafts.add(CLERK, "gifts-gone", b"{}", uuid.uuid4().hex)
    assert prepared.ask(REVIEWER, f"{DRAFTS}/{unknown.id}").status_code == 404


def test_an_altered_draft_is_named_by_its_row_and_not_recorded(prepared: Prepared) -> None:
    draft = prepared.returning()
    row = prepared.row(draft)
    prepared.put_back(draft, row | {"prepared_by": REVIEWER_TOO.account})
    assert prepared.decide(REVIEWER, draft, "record").status_code == 422
    assert list(prepared.house.drafts.findings()) == [
        f"drafts: the row {draft} is not what was written"
    ]
    prepared.put_back(draft, row)
    assert list(prepared.house.drafts.findings()) == []
