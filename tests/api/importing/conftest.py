"""A charity with a fund, and files that are imported into it by command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from api.wiring import House
from tests.conftest import USCC
from tests.houses import general_fund, register

Import = Callable[..., tuple[int, dict[str, Any], str]]


@pytest.fixture
def fund(house: House) -> str:
    """Open a general fund of a registered charity."""
    register(house)
    opened = general_fund(house)
    house.publish()
    return opened


@pytest.fixture
def imported(
    fund: str, command_line: Callable[..., tuple[int, str, str]], tmp_path: Path
) -> Import:
    """Import lines of text as a file; return exit code, the report and what was complained of."""

    def run(name: str, text: str, *more: object) -> tuple[int, dict[str, Any], str]:
        path = tmp_path / name
        path.write_text(text, "utf-8")
        code, out, err = command_line(
            "import", path, "--charity", USCC, "--fund", fund, "--json", *more
        )
        told = json.loads(out) if out else [{}]
        return code, told[0] if isinstance(told, list) else told, err

    return run
