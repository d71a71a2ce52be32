"""A status list for the receipt of `made_out`, and how a verdict's steps are looked at in tests."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ledger.money import Money
from receipts.known import Asked
from receipts.status import AsOf, StatusList, good_until, sign, tag
from receipts.status_body import Entry
from receipts.status_issuers import Issuer, Period, WorkingKey
from receipts.verdict import Step, Verdict
from receipts.verify import verify
from tests.attacks.forging import (
    CHECK,
    CODE,
    DAY,
    LOG,
    NOTICE,
    NUMBER,
    ORIGIN,
    SIGNERS,
    TRUST,
    public,
)
from tests.conftest import USCC
from tests.receipts.made_out import ISSUED_ON, Story

LIST_DAY = date(2027, 3, 1)
LISTED = Entry(
    code=CODE,
    number=NUMBER,
    issued_on=ISSUED_ON,
    amount=100_00,
    eligible=100_00,
    claimed=0,
    issuer=USCC,
    notice=NOTICE,
    kind="single",
    held=None,
    specimen=True,
    red=None,
    replaced_by=None,
    paper=None,
    tag=tag(CODE, NUMBER, CHECK.value, ISSUED_ON, Money(100_00)),
)
ISSUER = Issuer(
    USCC,
    "示例基金会53",
    "charity",
    (WorkingKey(SIGNERS[USCC].kid, public(SIGNERS[USCC]), 2, None),),
    (),
    (Period(date(2026, 1, 1), date(2028, 12, 31), NOTICE),),
)


def list_file(
    *more: Entry, size: int = 1000, issuer: Issuer = ISSUER, day: date = LIST_DAY, **changes: Any
) -> bytes:
    """Sign a list in which the receipt stands, changed so."""
    as_of = AsOf(day, size, bytes(32), good_until(day))
    return sign([replace(LISTED, **changes), *more], [issuer], as_of, ORIGIN, LOG)


def listed(*more: Entry, **changes: Any) -> StatusList:
    """Read such a list."""
    return StatusList.parse(list_file(*more, **changes), TRUST)


def other_receipt(number: str = "0000000009", amount: int = 60_00) -> Entry:
    """Another receipt in the list."""
    return replace(LISTED, number=number, amount=amount, eligible=amount)


def checked(story: Story, status: StatusList | None = None, **asked: Any) -> Verdict:
    """Check the bundle of a story."""
    return verify(story.encode(), TRUST, status, Asked(**asked))


def step(verdict: Verdict, name: str) -> Step:
    """Return the step of that name."""
    (found,) = (each for each in verdict.steps if each.step == name)
    return found


__all__ = ["CHECK", "DAY", "checked", "listed", "other_receipt", "step"]
