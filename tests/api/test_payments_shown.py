"""A payment's row is written once for each language and size that is looked at, and is escaped."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from api.payments_shown import payment_row
from api.routes.as_of import Links, Past
from ledger.store.checkpoints import Kept
from projections.runner import Position
from projections.statements import Payment

PAID = Payment(
    disbursement="disbursement-1", payee="示范<b>小学", amount=120_00, unit="CNY",
    purpose="修缮 & 购置", place="230108", day=date(2026, 11, 1), leaf=7, recovered=10_00,
    accepted_on=date(2026, 11, 5), cost_class="charitable", evidence=("ab" * 32,),
)  # fmt: skip
NOW = Links(None)
THEN = Links(Past(Position(9, None), "", cast("Kept", None), ()))


def test_what_was_typed_in_is_escaped_and_what_is_ours_is_not() -> None:
    row = payment_row(PAID, NOW, "zh")
    assert row.startswith("<tr><td")
    assert row.endswith("</td></tr>")
    assert "示范&lt;b&gt;小学" in row
    assert "修缮 &amp; 购置" in row


def test_each_language_and_each_size_has_a_row_of_its_own() -> None:
    chinese, english = payment_row(PAID, NOW, "zh"), payment_row(PAID, NOW, "en")
    assert "由谁承担" in chinese
    assert "paid by" in english
    assert "由谁承担" not in english
    assert 'href="/trace/disbursement/disbursement-1"' in chinese
    assert 'href="/trace/disbursement/disbursement-1?as_of=9"' in payment_row(PAID, THEN, "zh")


def test_a_payment_that_has_changed_is_written_anew() -> None:
    before = payment_row(PAID, NOW, "zh")
    assert payment_row(PAID, NOW, "zh") is before
    later = payment_row(replace(PAID, accepted_on=None, payee=None, purpose=None), NOW, "zh")
    assert "尚未" in later
    assert "示范" not in later
