"""Cases as people hand them in, worked out by the rules of this release or by others."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from api.deducting.reference import FOLDER, rule_table
from ledger.domain.deduction import enterprise, person
from ledger.domain.deduction.case_reading import parse_cases
from ledger.domain.deduction.cases import EnterpriseCase, PersonCase
from ledger.domain.deduction.enterprise import YearResult
from ledger.domain.deduction.person import PersonResult
from ledger.domain.deduction.table import RuleTable
from ledger.domain.deduction.table_reading import parse_table

LISTED = [{"from": "2014-01-01", "to": "2029-12-31"}]
Json = dict[str, Any]


def gift(day: str, amount: str, name: str = "a", **more: Any) -> Json:
    """Return a gift to an eligible organisation with a receipt, unless told otherwise."""
    return {
        "id": name, "date": day, "amount": amount, "use": "other", "channel": "eligible_org",
        "voucher": "donation_receipt", "eligibility": LISTED,
    } | more  # fmt: skip


def poverty(day: str, amount: str, name: str = "a", **more: Any) -> Json:
    return gift(day, amount, name, use="target_area", **more)


def enterprise_case(profits: dict[int, str], *gifts: Json, **more: Any) -> Json:
    """Return a case for the last year of the profits."""
    told = {str(year): amount for year, amount in profits.items()}
    return {
        "taxpayer_kind": "enterprise", "year": max(profits), "gifts": list(gifts),
        "profits": told,
    } | more  # fmt: skip


def income(ref: str, taxable: str, kind: str = "comprehensive", **more: Any) -> Json:
    return {"ref": ref, "type": kind, "taxable": taxable} | more


def person_case(
    incomes: list[Json], gifts: list[Json], order: list[tuple[str, str]], **more: Any
) -> Json:
    """Return a resident's case of 2023, gifts applied in that order."""
    return {
        "taxpayer_kind": "resident_individual", "year": 2023, "gifts": gifts, "incomes": incomes,
        "allocation": [{"gift": one, "income": ref} for one, ref in order],
    } | more  # fmt: skip


def rules_with(*entries: Json) -> RuleTable:
    """Return the table of this release with further rules at its end."""
    told = json.loads((FOLDER / "deduction_rules.json").read_bytes())
    told["rules"].extend(entries)
    return parse_table(json.dumps(told).encode())


def rule(name: str, first: str, **more: Any) -> Json:
    """Return a full rule for enterprises that asks nothing of the gift."""
    return {
        "rule": name, "tax": "CIT", "who": ["enterprise"], "from": first, "to": None,
        "treatment": "full", "conditions": {}, "reason": "a later rule", "article": "art. 1",
        "instrument": "later rule", "confidence": "I", "loaded": first,
    } | more  # fmt: skip


def read(case: Json) -> EnterpriseCase | PersonCase:
    found = parse_cases(json.dumps(case).encode(), rule_table().words)
    assert isinstance(found, EnterpriseCase | PersonCase)
    return found


def years(case: Json, rules: RuleTable | None = None) -> tuple[YearResult, ...]:
    """Work an enterprise's case out, year by year."""
    found = read(case)
    assert isinstance(found, EnterpriseCase)
    return enterprise.work_out(found, rules or rule_table())


def last_year(case: Json, rules: RuleTable | None = None) -> YearResult:
    return years(case, rules)[-1]


def of_person(
    case: Json, rules: RuleTable | None = None, judged_on: date = date(2023, 12, 31)
) -> PersonResult:
    """Work a person's case out."""
    found = read(case)
    assert isinstance(found, PersonCase)
    return person.work_out(found, rules or rule_table(), judged_on)
