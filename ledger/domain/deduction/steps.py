"""One step of an answer: what was decided, with which figures, by which rule; words come later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ledger.domain.deduction.table import Rule
from ledger.money import Money

Figure: TypeAlias = Money | int | str
"""An amount, a year, month or count, or a word; a share is written such as `0.12`."""


@dataclass(frozen=True, slots=True)
class Step:
    """A kind that the edge has words for, the figures of those words, the rule and its source."""

    kind: str
    figures: Mapping[str, Figure]
    rule: str
    source: str


def step(kind: str, rule: Rule, **figures: Figure) -> Step:
    """Return a step that stands on a rule."""
    return Step(kind, figures, rule.rule, rule.source)
