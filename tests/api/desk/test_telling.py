from __future__ import annotations

from datetime import UTC, date, datetime

from api.desk.fact_words import value_words, words_of
from api.desk.telling import tell
from ledger.domain.events import AttemptRefused, GiftReceived, GiftReturned
from ledger.domain.values import Party
from ledger.money import Money
from tests.conftest import USCC

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ORIGIN = "localhost/donation-ledger"


def test_an_event_is_told_in_words_with_amounts_as_people_write_them() -> None:
    gift = GiftReceived(
        originator_id="gift-1", originator_version=1, timestamp=AT, actor=USCC, organisation=USCC,
        fund="fund-1", amount=Money(66_00), booked=Money(66_00), exchange=None,
        donor=Party(id="d1", sealed=("x" * 43,)), received_on=date(2026, 11, 21),
        date_basis="given", source=None, sealed=(),
    )  # fmt: skip
    told = tell(gift, ORIGIN)
    assert told.words == ("登记捐款", "Record a gift of money")
    assert (told.stream, told.version) == ("gift-1", 1)
    said = {zh: text for (zh, _), (text, _) in told.says}
    assert said["金额"] == "66.00 CNY"
    assert said["到账日期"] == "2026-11-21"
    assert said["捐赠人 · 密封信息的摘要"] == "x" * 43
    assert "备注" not in said
    assert (
        ("日期依据", "Basis of the day"),
        ("登记时填写", "Told when it was recorded"),
    ) in told.says


def test_a_place_on_the_axis_is_an_amount_and_a_reason_has_words() -> None:
    returned = GiftReturned(
        originator_id="fund-1", originator_version=7, timestamp=AT, actor=USCC, gift="gift-1",
        amount=Money(5_00), start=95_00, end=100_00, reason="wrong-amount", decided_by="reviewer",
    )  # fmt: skip
    said = {en: (zh, text) for (_, en), (zh, text) in tell(returned, ORIGIN).says}
    assert said["Start in the fund"] == ("95.00 CNY", "95.00 CNY")
    assert said["End in the fund"] == ("100.00 CNY", "100.00 CNY")
    assert said["Reason"] == ("金额有误", "Wrong amount")
    assert said["Decided by"] == ("复核", "Reviewer")


def test_what_was_typed_in_freely_stays_as_it_was_typed() -> None:
    assert value_words("reason", "donor asked") == ("donor asked", "donor asked")
    assert value_words("note", "other") == ("other", "other")
    assert value_words("eligible", value=False) == ("否", "No")


def test_what_the_ledger_adds_has_words_too() -> None:
    attempt = AttemptRefused(
        originator_id="attempt-1", originator_version=1, timestamp=AT, actor=USCC,
        organisation=USCC, fund="fund-1", disbursement="disbursement-1", attempted="approve",
        attempted_by="reviewer", rule="SamePerson", amount=Money(5_00), limit=None,
    )  # fmt: skip
    assert tell(attempt, ORIGIN).words == ("被拒绝的操作", "Refused attempt")


def test_a_path_is_said_part_by_part_and_an_unknown_name_stays() -> None:
    assert words_of("lines.1.quantity") == ("明细 · 1 · 数量", "Lines · 1 · Quantity")
    assert words_of("colour") == ("colour", "colour")
