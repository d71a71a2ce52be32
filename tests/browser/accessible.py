"""axe-core looks at a page as a person with a screen reader, a keyboard or weak eyes needs it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from playwright.sync_api import Page

from tests.foreign.asking import INSTALLED, missing

TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
GRAVE = ("serious", "critical")
COLOURS = "color-contrast"
THERE = "() => 'axe' in window"
RUN = """options => axe.run(document, options).then(found => found.violations.map(one => ({
    id: one.id, impact: one.impact, help: one.help,
    nodes: one.nodes.slice(0, 5).map(node => node.target.join(" ") + ": " + node.failureSummary),
})))"""


@cache
def _source() -> str:
    script = INSTALLED / "javascript" / "node_modules" / "axe-core" / "axe.min.js"
    if not script.exists():
        missing("axe-core", "install npm (Node.js 18 or later), then run tests/foreign/tools.sh")
    return script.read_text(encoding="utf-8")


def faults(page: Page, *, colours: bool = True) -> list[str]:
    """Return what is seriously wrong with a page by WCAG 2.2 AA, one line for each rule.

    `colours` tells whether contrast is looked at, which takes longer than all other rules.
    """
    left_out = {} if colours else {COLOURS: {"enabled": False}}
    return _found(page, {"type": "tag", "values": list(TAGS)}, left_out)


def pale(page: Page) -> list[str]:
    """Return what can't be told from its background: all that a scheme of colours changes."""
    return _found(page, {"type": "rule", "values": [COLOURS]})


def _found(
    page: Page, rules: dict[str, object], left_out: Mapping[str, object] = MappingProxyType({})
) -> list[str]:
    """Run axe; the debugger evaluates it, as the page's own policy lets no stranger's script in."""
    if not page.evaluate(THERE):
        page.evaluate(_source())
    options = {
        "runOnly": rules, "rules": dict(left_out), "resultTypes": ["violations"], "preload": False,
    }  # fmt: skip
    found: list[dict[str, Any]] = page.evaluate(RUN, options)
    return [
        f"{one['id']} ({one['impact']}): {one['help']} | {' | '.join(one['nodes'])}"
        for one in found
        if one["impact"] in GRAVE
    ]
