"""Reference data that comes with the package: rules, ratios, and the 832 target counties."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from ledger.domain.deduction.ratios import RatioTable, parse_ratios
from ledger.domain.deduction.table import RuleTable
from ledger.domain.deduction.table_reading import parse_table
from ledger.domain.deduction.target_areas import TargetAreas, parse_target_areas

FOLDER = Path(__file__).parent.parent / "reference"


@lru_cache(maxsize=1)
def rule_table() -> RuleTable:
    """Return the deduction rules of this release."""
    return parse_table((FOLDER / "deduction_rules.json").read_bytes())


@lru_cache(maxsize=1)
def ratio_table() -> RatioTable:
    """Return the spending and cost ratios, those of eligibility and those of supervision."""
    return parse_ratios((FOLDER / "ratios.json").read_bytes())


@lru_cache(maxsize=1)
def target_areas() -> TargetAreas:
    """Return the 832 target counties."""
    return parse_target_areas((FOLDER / "target_counties.json").read_bytes())
