"""A batch is counted first, keyed, and recorded as a whole only if it is what was counted."""

from __future__ import annotations

import io
import re
import uuid
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from api.auditing.database import audit_database
from api.desk import batch_closing, batches
from api.desk.batch_rows import read
from api.desk.batches import Batch, BatchEnded, BatchOutdated, BatchTooLong, Row
from api.operations.running import Call, Use
from api.settings import Settings
from api.wiring import House
from ledger.domain.events import GiftReceived
from ledger.store.drafts import RECORDED
from tests.api.desk.keying import PLACE, TWO, Cells, Keying, columns
from tests.api.operations.accounts import AUDITOR, CLERK, REVIEWER, TAX, TODAY, account
from tests.houses import general_fund, register

CLERK_TOO = account(12, CLERK.organisation, "clerk")
FEW: tuple[Cells, ...] = (("", "张三", "1.00", ""),)
API = "/api/v1/gifts/receive-batch"


@pytest.fixture(scope="module")
def keying(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keying]:
    place, schema = tmp_path_factory.mktemp("batches"), f"t_{uuid.uuid4().hex[:16]}"
    house = House(Settings(data=place, database_url=database_url, schema=schema), create=True)
    yield Keying(house, general_fund(house, register(house)))
    house.close()


@pytest.fixture(autouse=True)
def _as_clerk(keying: Keying) -> None:
    keying.desk.acting = CLERK


def gifts_of(keying: Keying, name: str) -> list[GiftReceived]:
    kept = batches.find(keying.house, CLERK, name)
    events = batch_closing.recorded(keying.house, kept)
    return [event for event in events if isinstance(event, GiftReceived)]


def sheet(data: bytes) -> list[list[Any]]:
    book = openpyxl.load_workbook(io.BytesIO(data))
    return [list(row) for row in book.worksheets[0].iter_rows(values_only=True)]


def test_a_batch_is_recorded_in_one_commit_and_once(keying: Keying) -> None:
    name = keying.keyed(TWO)
    size, revision = keying.size(), keying.revision(name)
    shown = keying.page(name, "/close")
    assert shown.status_code == 200
    assert "王某某" in shown.text
    assert "gift-received.v1" in shown.text
    assert "<h3>登记捐款</h3>" in shown.text, "as of any other gift"
    assert keying.size() == size, "looking records nothing"

    assert keying.end(name, "record").headers["location"] == f"{PLACE}/{name}"
    assert keying.size() == size + 2
    assert keying.end(name, "record", revision).status_code == 303
    assert keying.size() == size + 2, "who asks again changes nothing"
    first, second = gifts_of(keying, name)
    assert (str(first.amount), str(second.amount)) == ("60.00 CNY", "40.00 CNY")
    assert (first.fund, str(first.received_on)) == (keying.fund, "2026-11-20")
    page = keying.page(name).text
    assert first.originator_id in page
    assert "王某某" not in page
    sealed = keying.house.vault.of_streams([one.originator_id for one in (first, second)])
    assert len(sealed) == 4, "a name and a note of each"


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ({"count": "3"}, "应有 3 笔、100.00 元，实录 2 笔、100.00 元；没有入账"),
        ({"total": "100.01"}, "应有 2 笔、100.01 元，实录 2 笔、100.00 元；没有入账"),
        ({"count": "1", "total": "60.00"}, "应有 1 笔、60.00 元，实录 2 笔、100.00 元；没有入账"),
    ],
)
def test_a_batch_that_is_not_what_was_counted_is_not_closed(
    keying: Keying, head: dict[str, str], said: str
) -> None:
    name = keying.keyed(TWO, **head)
    size = keying.size()
    for answer in (keying.page(name, "/close"), keying.end(name, "record"),
                   keying.end(name, "hand")):  # fmt: skip
        assert answer.status_code == 409
        assert said in answer.text
        assert 'value="王某某"' in answer.text
    assert keying.size() == size
    assert keying.key(name, TWO).status_code == 303, "it can be put right"
    assert keying.page(name, "/close").status_code == 200


def test_programs_are_held_to_the_control_totals_too(keying: Keying) -> None:
    body = {"fund": keying.fund, "count": 2, "total": "3.00",
            "gifts": [{"amount": "1.00"}, {"amount": "1.00", "donor": "张三"}]}  # fmt: skip
    size = keying.size()
    refused = keying.desk.post(API, body, Idempotency_Key="totals-1")
    assert refused.status_code == 409
    assert "2 gifts of 3.00 CNY together are expected" in refused.json()["detail"]
    assert "2 of 2.00 CNY" in refused.json()["detail"]
    assert keying.size() == size
    made = keying.desk.post(API, {**body, "total": "2.00"}, Idempotency_Key="totals-2")
    again = keying.desk.post(API, {**body, "total": "2.00"}, Idempotency_Key="totals-2")
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["recorded"] == again.json()["recorded"]
    assert keying.size() == size + 2


def test_all_of_a_batch_is_recorded_or_none(keying: Keying) -> None:
    other = general_fund(keying.house, name="将结项的资金")
    name = keying.keyed(TWO, fund=other)
    keying.house.ledger.funds.close_fund(other, "none", "项目结束", "reviewer")
    size = keying.size()
    refused = keying.end(name, "record")
    assert refused.status_code == 409
    assert "资金已结项" in refused.text
    assert keying.size() == size


def test_amounts_and_days_are_read_as_lists_are(keying: Keying) -> None:
    rows = [("2026年1月22日", "张三", "1,000.00", ""), ("1月5日", "李四", "10万元", ""),
            ("６日", "", "￥５０", "")]  # fmt: skip
    name = keying.keyed(rows, count="３", total="101,050.00")
    page = keying.page(name).text
    assert 'data-fen="10000000"' in page
    assert keying.end(name, "record").status_code == 303
    gifts = gifts_of(keying, name)
    assert [str(one.amount) for one in gifts] == ["1000.00 CNY", "100000.00 CNY", "50.00 CNY"]
    assert [str(one.received_on) for one in gifts] == ["2026-01-22", "2026-01-05", "2026-11-06"]


@pytest.mark.parametrize(
    ("cells", "column", "why"),
    [
        (("", "张三", "1,0000", ""), "amount", "有歧义"),
        (("", "张三", "", ""), "amount", "没有金额"),
        (("", "张三", "-5", ""), "amount", "负数"),
        (("", "张三", "10 USD", ""), "amount", "只录人民币"),
        (("", "张三", "2000亿", ""), "amount", "金额过大"),
        (("2026-13-01", "张三", "1.00", ""), "received_on", "日期读不懂"),
        (("", "张" * 501, "1.00", ""), "donor", "不超过 500 个字"),
        (("", "张三", "1.00", "记" * 399), "note", "不超过 398 个字"),
    ],
)
def test_what_cannot_be_read_is_said_below_its_cell_and_kept(
    keying: Keying, cells: Cells, column: str, why: str
) -> None:
    name = keying.keyed([("", "", "", ""), cells])
    page = keying.page(name).text
    assert f'aria-describedby="error-2-{column}"' in page
    assert re.search(rf'id="error-2-{column}">[^<]*{why}', page)
    assert all(f'value="{cell}"' in page for cell in cells if cell)
    refused = keying.page(name, "/close")
    assert refused.status_code == 409
    assert "需要更正" in refused.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [("count", "0"), ("count", "501"), ("count", "viele"), ("total", ""), ("total", "0"),
     ("received_on", "gestern"), ("reference", "单" * 101), ("fund", "")],
)  # fmt: skip
def test_a_batch_is_not_begun_without_control_totals_that_can_be_read(
    keying: Keying, field: str, typed: str
) -> None:
    before = len(batches.own(keying.house, CLERK))
    answer = keying.begin(**{field: typed})
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert len(batches.own(keying.house, CLERK)) == before


def test_control_totals_that_became_unreadable_do_not_close_a_batch(keying: Keying) -> None:
    name = keying.start()
    assert keying.key(name, TWO, total="hundert").status_code == 303
    assert 'id="total-error"' in keying.page(name).text
    assert keying.page(name, "/close").status_code == 409


def test_a_batch_without_rows_is_not_closed(keying: Keying) -> None:
    name = keying.start()
    assert "还没有录入捐款" in keying.page(name, "/close").text


def test_a_batch_begins_with_a_row_for_each_gift_and_grows_by_ten(keying: Keying) -> None:
    name = keying.start(count="13")
    assert keying.page(name).text.count('name="row-amount"') == 13
    grown = keying.key(name, [("", "", "", "")] * 13, "more", count="13")
    assert grown.headers["location"].endswith("#row-14")
    assert keying.page(name).text.count('name="row-amount"') == 23


def test_a_batch_of_five_hundred_rows_is_kept_and_no_longer_one(keying: Keying) -> None:
    name = keying.keyed([*FEW] * 500, count="500", total="500")
    page = keying.page(name).text
    assert page.count('name="row-amount"') == 500
    assert "disabled" in page
    assert keying.key(name, [*FEW] * 500, "more", count="500").status_code == 303
    longer = keying.key(name, [*FEW] * 501, count="500")
    assert longer.status_code == 409
    assert "room for 500 rows" in longer.text
    assert keying.page(name).text.count('name="row-amount"') == 500
    with pytest.raises(BatchTooLong):
        Batch(rows=(Row(amount="1"),) * 501).as_bytes()
    with pytest.raises(BatchTooLong):
        Batch(rows=(Row(note="x" * (1 << 20)),)).as_bytes()


def test_a_broken_form_is_refused(keying: Keying) -> None:
    name = keying.start()
    uneven: dict[str, Any] = columns(TWO) | {"row-amount": ["1.00"]}
    broken: dict[str, Any] = {"revision": "x"}
    for sent in (uneven, broken):
        answer = keying.desk.send(f"{PLACE}/{name}", {**keying.head(), **sent})
        assert answer.status_code == 400


def test_two_windows_do_not_write_over_each_other(keying: Keying) -> None:
    name = keying.start()
    revision = keying.revision(name)
    assert keying.key(name, TWO, revision=revision).status_code == 303
    late = keying.key(name, FEW, revision=revision)
    assert late.status_code == 409
    assert "另一窗口" in late.text
    assert 'value="张三"' in late.text, "what was typed is not lost"
    assert 'value="王某某"' in keying.page(name).text
    assert keying.end(name, "discard", revision).status_code == 409
    assert keying.end(name, "record", revision).status_code == 409


@pytest.mark.parametrize("who", [CLERK_TOO, REVIEWER])
def test_a_batch_is_its_own_accounts_alone(keying: Keying, who: Any) -> None:
    name = keying.keyed(TWO)
    keying.desk.acting = who
    assert name not in keying.desk.get(PLACE).text
    for path in ("", "/close", "/print", "/rows.xlsx", "/errors.xlsx"):
        assert keying.page(name, path).status_code == 404
    for step in ("record", "hand", "discard"):
        assert keying.end(name, step, "2").status_code == 404
    assert keying.key(name, FEW, revision="2").status_code == 404
    assert keying.desk.get(f"/api/v1/drafts/{name}").status_code == 404
    assert name not in keying.desk.get("/api/v1/drafts").text
    assert name not in keying.desk.get("/desk/queue").text


@pytest.mark.parametrize("who", [TAX, AUDITOR])
def test_who_may_record_no_gifts_keys_none(keying: Keying, who: Any) -> None:
    keying.desk.acting = who
    assert keying.desk.get(PLACE).status_code == 403
    assert keying.begin(who).status_code == 403


def test_a_draft_of_another_kind_is_no_batch(keying: Keying) -> None:
    body = {"gift": "gift-1", "amount": "1.00", "note": "x"}
    said = {"operation": "gifts-return", "body": body}
    draft = keying.desk.post("/api/v1/drafts", said, Idempotency_Key=uuid.uuid4().hex).json()["id"]
    assert keying.page(draft).status_code == 404


def test_what_one_account_hands_over_another_records(keying: Keying) -> None:
    name = keying.keyed(TWO)
    size, revision = keying.size(), keying.revision(name)
    handed = keying.end(name, "hand").headers["location"]
    draft = handed.rpartition("/")[2]
    assert keying.size() == size
    waiting = keying.page(name).text
    assert "已交他人复核" in waiting
    assert "待复核" in keying.desk.get(PLACE).text
    assert keying.page(name, "/close").status_code == 303
    for step in ("record", "hand", "discard"):
        assert keying.end(name, step, revision).status_code == 303
    assert keying.key(name, FEW, revision="3").status_code == 409
    assert keying.size() == size, "who prepared it does not record it"

    keying.desk.acting = REVIEWER
    looked = keying.desk.get(handed).text
    assert "王某某" in looked
    assert "缴款单 7; 现金" in looked
    assert keying.desk.send(f"{handed}/record", {}).status_code == 303
    assert keying.size() == size + 2
    keying.desk.acting = CLERK
    assert len(gifts_of(keying, name)) == 2
    assert "已记入账本，共 2 笔" in keying.page(name).text
    kept = batches.find(keying.house, CLERK, name)
    assert (kept.draft.state, kept.draft.decided_by) == (RECORDED, REVIEWER.account)
    assert (kept.draft.note, kept.draft.box) == (draft, b"")
    assert keying.end(name, "record", revision).status_code == 303
    assert keying.size() == size + 2


def test_what_comes_back_is_keyed_on_and_handed_over_anew(keying: Keying) -> None:
    name = keying.keyed(TWO)
    first = keying.end(name, "hand").headers["location"]
    keying.desk.acting = REVIEWER
    assert keying.desk.send(f"{first}/refuse", {"note": "金额有误"}).status_code == 303
    keying.desk.acting = CLERK
    page = keying.page(name).text
    assert "未通过 · 金额有误" in page
    assert "复核退回" in keying.desk.get(PLACE).text
    assert 'value="王某某"' in page
    second = keying.end(name, "hand").headers["location"]
    assert second != first
    assert keying.desk.send(f"{second}/withdraw", {}).status_code == 303
    assert keying.key(name, TWO).status_code == 303
    assert "未通过" not in keying.page(name).text
    assert keying.end(name, "record").status_code == 303
    assert len(gifts_of(keying, name)) == 2


def test_handed_over_and_the_draft_not_made_the_batch_is_still_its_accounts(
    keying: Keying,
) -> None:
    name = keying.keyed(TWO)
    with batches.changing(keying.house, CLERK, name) as kept:
        batches.rewrite(keying.house, kept, kept.batch.model_copy(update={"handed": "0" * 32}))
    assert batches.find(keying.house, CLERK, name).open
    assert keying.end(name, "hand").status_code == 303


def test_a_crash_after_recording_does_not_record_a_batch_again(keying: Keying) -> None:
    name = keying.keyed(TWO)
    revision, house = keying.revision(name), keying.house
    kept = batches.find(house, CLERK, name)
    begun = house.drafts.begin(kept.draft, CLERK.account)
    body = read(kept.batch).body()
    Use(house, CLERK, batches.RECEIVE, body, Call(TODAY, key=begun.key)).run()
    size = keying.size()
    assert name not in {one.draft.id for one in batches.own(house, CLERK)}
    assert keying.end(name, "record", revision).status_code == 303
    assert keying.size() == size
    assert len(gifts_of(keying, name)) == 2


def test_rows_that_may_be_doubled_are_pointed_out(keying: Keying) -> None:
    donor = f"重某某{uuid.uuid4().hex[:6]}"
    row = ("", donor, "50.00", "")
    name = keying.keyed([row, row])
    assert "与第 1 行相同" in keying.page(name, "/close").text
    assert keying.end(name, "record").status_code == 303
    first, _ = gifts_of(keying, name)
    again = keying.keyed([row, ("2026-11-19", donor, "50.00", "")])
    page = keying.page(again, "/close").text
    assert page.count("可能已入账：gift-") == 1
    assert "1 行可能重复" in page
    assert first.originator_id[:5] == "gift-"


def test_gifts_in_suspense_are_no_doubles(keying: Keying) -> None:
    name = keying.keyed([("", "", "50.00", ""), ("", "", "50.00", "")])
    page = keying.page(name, "/close").text
    assert "待认领" in page
    assert "可能重复" not in page


def test_what_is_thrown_away_is_emptied(keying: Keying) -> None:
    name = keying.keyed(TWO)
    assert keying.end(name, "discard").headers["location"] == PLACE
    assert "已删除或过期" in keying.page(name).text
    assert batches.find(keying.house, CLERK, name).draft.box == b""
    with pytest.raises(BatchEnded):
        batches.save(keying.house, CLERK, name, Batch(revision=2))
    assert name not in keying.desk.get(PLACE).text


def test_the_same_form_begins_one_batch(keying: Keying) -> None:
    key = uuid.uuid4().hex
    first = keying.begin(idempotency_key=key)
    name = first.headers["location"].rpartition("/")[2]
    assert keying.key(name, TWO).status_code == 303
    assert keying.begin(idempotency_key=key).headers["location"] == first.headers["location"]
    assert 'value="王某某"' in keying.page(name).text


def test_a_batch_that_was_keyed_on_an_older_page_says_so(keying: Keying) -> None:
    draft, _ = keying.house.drafts.add(CLERK, batches.KIND, b'{"purse": 1}', uuid.uuid4().hex)
    with pytest.raises(BatchOutdated):
        batches.find(keying.house, CLERK, draft.id)
    keying.house.drafts.decide(draft, "withdrawn", CLERK.account)


def test_the_rows_to_be_put_right_are_a_file_with_reasons(keying: Keying) -> None:
    rows = [("", "王某某", "60.00", ""), ("", "=李四", "007", "x"), ("", "张三", "fünf", "")]
    name = keying.keyed(rows)
    answer = keying.page(name, "/errors.xlsx")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith("attachment")
    head, *wrong = sheet(answer.content)
    assert head == ["行", "到账日期", "捐赠人", "金额（元）", "备注", "原因"]
    assert wrong == [["3", "", "张三", "fünf", "", "金额不是数字：fünf"]]
    assert sheet(keying.page(name, "/errors.xlsx?lang=en").content)[1][-1] == "not a number"
    keyed = sheet(keying.page(name, "/rows.xlsx").content)
    assert keyed[2] == ["2", "", "=李四", "007", "x"], "as typed: no number, no formula"


def test_a_recorded_batch_is_taken_along_without_names(keying: Keying) -> None:
    name = keying.keyed(TWO)
    keying.end(name, "record")
    head, *rows = sheet(keying.page(name, "/rows.xlsx").content)
    assert head == ["行", "捐赠编号", "到账日期", "金额（元）"]
    gifts = [one.originator_id for one in gifts_of(keying, name)]
    assert rows == [["1", gifts[0], "2026-11-20", "60.00"], ["2", gifts[1], "2026-11-20", "40.00"]]
    paper = keying.page(name, "/print").text
    assert gifts[1] in paper
    assert "王某某" not in paper


@pytest.mark.parametrize(("paper", "small"), [("a4", False), ("a5", True)])
def test_a_batch_is_printed_on_paper_of_two_sizes(
    keying: Keying, paper: str, *, small: bool
) -> None:
    name = keying.keyed([*TWO, ("", "赵六", "x", "")])
    page = keying.page(name, f"/print?paper={paper}").text
    assert ("batch-a5.css" in page) == small
    assert "王某某" in page
    assert "x ✗" in page
    assert keying.page(name, "/print?paper=a3").status_code == 400


def test_the_menu_leads_to_the_batches(keying: Keying) -> None:
    menu = keying.desk.get("/desk").text
    assert f'href="{PLACE}"' in menu
    assert keying.desk.get("/desk/gifts/receive-batch").headers["location"] == PLACE


def test_the_pages_speak_english_too(keying: Keying) -> None:
    name = keying.keyed(TWO, count="3")
    page = keying.page(name, "/close?lang=en").text
    assert "3 gifts of 100.00 CNY together are expected, the rows hold 2" in page
    assert not re.search(
        "[\u4e00-\u9fff]", re.sub(r'value="[^"]*"|<option.*|<a class="language.*', "", page)
    )


def test_what_keeps_batches_is_audited(keying: Keying) -> None:
    assert [one for one in audit_database(keying.house).findings if "drafts" in str(one)] == []
