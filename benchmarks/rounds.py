"""Figures of several rounds, told by their median and by the least and the most of them."""

from __future__ import annotations

import statistics
from collections.abc import Iterable


def spread(name: str, of_rounds: Iterable[float]) -> dict[str, float]:
    """Return the median of the rounds' figures under `name`, and beside it the least and most."""
    figures = [round(one, 3) for one in of_rounds]
    return {
        name: statistics.median(figures),
        f"{name}_least": min(figures),
        f"{name}_most": max(figures),
    }


def ratios(ours: Iterable[float], theirs: Iterable[float]) -> list[float]:
    """Return each round's own ratio: what both did in the same minute."""
    return [a / b for a, b in zip(ours, theirs, strict=True)]
