"""What jobs are asked with, read from forms: whatever is wrong with it is refused at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from api import importing
from api.imports.files import KINDS
from api.jobs.task import Json
from api.uploads import Form
from ledger.domain.disbursements import COST_CLASSES
from ledger.errors import Unreadable
from ledger.money import Money

UNCLEAR = ("hold", "record", "skip")
ID = re.compile(r"[0-9A-Za-z_.:-]{1,100}", re.ASCII)
COUNT = re.compile(r"[0-9]{1,9}", re.ASCII)


class FieldUnreadable(Unreadable):
    """A field of a form is missing, or does not hold what it should."""

    def __init__(self, field: str, wanted: str) -> None:
        super().__init__(f"{field}: {wanted}")
        self.field = field


def of_import(form: Form) -> Json:
    """Return what an import is asked with: the fund, how rows are read, totals to agree with."""
    day, count = form.one("date"), form.one("expect_count")
    said: Json = {
        "fund": _id(form, "fund"),
        "kind": _one_of(form, "kind", "auto", KINDS),
        "unclear": _one_of(form, "unclear", "hold", UNCLEAR),
        "cost_class": _one_of(form, "cost_class", "charitable", COST_CLASSES),
        "date": _day(day).isoformat() if day else None,
        "rates": [rate for rate in form.fields.get("rate", ()) if rate.strip()],
        "decided": sorted(form.fields.get("decided", ())),
        "skipped": sorted(form.fields.get("skipped", ())),
        "expect_totals": _totals(form.fields.get("expect_total", ())),
    }
    for rate in said["rates"]:
        importing.exchange_of(rate)
    if count and not COUNT.fullmatch(count):
        raise FieldUnreadable("expect_count", "a whole number of entries")
    return said | {"expect_count": int(count) if count else None}


def of_days(typed: Mapping[str, str]) -> Json:
    """Return what receipts in bulk are asked with on a page: the first day and the last."""
    days = {name: _day(typed.get(name, "")).isoformat() for name in ("from", "to")}
    return {**days, "area": None, "deductible": False}


def of_verification(form: Form) -> Json:
    """Return what a verification is asked with: who claims, and whether it goes on record."""
    return {"taxpayer": form.one("taxpayer"), "record": form.one("record") in ("true", "on", "1")}


def _id(form: Form, name: str) -> str:
    said = form.one(name)
    if not ID.fullmatch(said):
        raise FieldUnreadable(name, "it is no id" if said else "it is missing")
    return said


def _one_of(form: Form, name: str, usual: str, known: Iterable[str]) -> str:
    said = form.one(name) or usual
    if said not in known:
        raise FieldUnreadable(name, f"one of {', '.join(known)}")
    return said


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FieldUnreadable("date", "a day such as 2026-11-22") from None


def _totals(given: Iterable[str]) -> dict[str, str]:
    """Read control totals given as 1234.50 or USD:1234.50, as the command line takes them."""
    totals = {}
    for text in given:
        currency, _, number = text.strip().rpartition(":")
        if number:
            total = Money.parse(number, currency or "CNY")
            totals[total.currency] = total.decimal()
    return totals
