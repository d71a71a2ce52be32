"""The runbook's own commands: what docs/availability.md shows is what is run."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUNBOOK = ROOT / "docs" / "availability.md"
BLOCK = re.compile(r"^```sh (?P<name>[a-z]+)\n(?P<commands>.*?)^```$", re.DOTALL | re.MULTILINE)


def blocks(text: str) -> dict[str, str]:
    """Return the commands of each fenced block that has a name."""
    found = [(block["name"], block["commands"]) for block in BLOCK.finditer(text)]
    named = dict(found)
    assert len(named) == len(found), "two blocks have one name"
    assert text.count("```sh") == len(found), "a block of commands has no name"
    return named
