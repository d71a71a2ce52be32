"""What tests of the portal share."""

from __future__ import annotations

import pytest

from api.wiring import House
from tests.api.portal import Get, reading


@pytest.fixture
def get(house: House) -> Get:
    """Ask the portal over a fresh house for a path."""
    return reading(house)
